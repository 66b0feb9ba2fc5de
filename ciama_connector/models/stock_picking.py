from odoo import fields, models


class StockPicking(models.Model):
    _name = "stock.picking"
    _inherit = ["stock.picking", "ciama.shop.link"]

    # The sale order's, so that nothing is written per delivery; lists search and group by it.
    ciama_shop_id = fields.Many2one(related="sale_id.ciama_shop_id")

    def _ciama_orders(self):
        """Those who pack may not see sale orders."""
        return self.sudo().sale_id.ciama_order_ids.with_env(self.env)._filtered_access("read")

    def _action_done(self):
        """Goods that left may have to be invoiced now; that is for a job, not for the person
        at the packing table."""
        result = super()._action_done()
        left = self.filtered(
            lambda picking: picking.state == "done" and picking.location_dest_id.usage == "customer"
        )
        cards = left.sale_id.sudo().ciama_order_ids
        shops = cards.shop_id.filtered(lambda shop: shop._invoices_at_delivery())
        cards = cards.filtered(lambda card: card.shop_id in shops)
        if cards:
            self.env["ciama.documents"]._enqueue(
                cards, self.env._("Invoice what left the warehouse (%s orders)", len(cards))
            )
        return result
