from odoo import fields, models

from ..canonical import Code, Problem


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "ciama.shop.link"]

    ciama_order_ids = fields.One2many("ciama.order", "sale_order_id", string="Shop Orders")
    ciama_payment_method = fields.Char(string="Payment Method in the Shop", readonly=True)
    ciama_shipping_method = fields.Char(string="Shipping Method in the Shop", readonly=True)
    ciama_vouchers = fields.Char(string="Vouchers", readonly=True)
    ciama_customer_note = fields.Text(string="Customer's Note", readonly=True)
    ciama_gift_message = fields.Text(string="Gift Message", readonly=True)
    ciama_pickup_point = fields.Char(string="Pick-up Point", readonly=True)
    ciama_vat_text = fields.Char(
        string="VAT Number as Written",
        readonly=True,
        help="What the customer gave as VAT number, where it is none that can be used.",
    )

    def unlink(self):
        """An order of a shop is never forgotten: without sale order it is a card again."""
        cards = self.sudo().ciama_order_ids
        result = super().unlink()
        cards._set_problem(Problem(Code.SALE_ORDER_DELETED))
        return result

    def _prepare_confirmation_values(self):
        """An order of a shop keeps the date on which the customer ordered."""
        values = super()._prepare_confirmation_values()
        if self and all(order.ciama_shop_id for order in self):
            values.pop("date_order", None)
        return values

    def _prepare_invoice(self):
        plan = self.env.context.get("ciama_invoicing") or {}
        return {
            **super()._prepare_invoice(),
            "ciama_shop_id": self.ciama_shop_id.id,
            **plan.get(self.id, {}).get("values", {}),
        }

    def _get_invoiceable_lines(self, final=False):
        """The connector says in the context what is due, whatever the products' policy."""
        plan = self.env.context.get("ciama_invoicing") or {}
        if self.id not in plan:
            return super()._get_invoiceable_lines(final)
        due = plan[self.id]["quantities"]
        return self.order_line.filtered(lambda row: row.display_type or row.id in due)

    def _ciama_orders(self):
        return self.ciama_order_ids
