from odoo import models

from ..canonical.parts import NOTHING, Part, exact


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "ciama.shop.link"]

    def _compute_name(self):
        """Invoices of one day are numbered as their orders were placed: Odoo sorts by the
        text of the reference, where #1000 comes before #999."""
        if not self.env.context.get("ciama_numbering"):
            return super()._compute_name()
        for move in self.sorted(lambda move: (move.date, move._origin.id)):
            super(AccountMove, move)._compute_name()
        return None

    def _post(self, soft=True):
        """Money that came before an invoice made by hand is matched with it."""
        posted = super()._post(soft)
        if not self.env.context.get("ciama_numbering"):
            of_shops = posted.filtered(
                lambda move: move.ciama_shop_id and move.move_type == "out_invoice"
            )
            cards = of_shops.sudo().line_ids.sale_line_ids.order_id.ciama_order_ids
            if cards:
                self.env["ciama.documents"]._enqueue(
                    cards, self.env._("Match payments with invoices (%s orders)", len(cards))
                )
        return posted

    def _ciama_orders(self):
        """Those who bill may not see sale orders; a credit note made by hand leads to the
        order through its invoice."""
        moves = (self | self.reversed_entry_id).sudo()
        cards = moves.line_ids.sale_line_ids.order_id.ciama_order_ids
        return cards.with_env(self.env)._filtered_access("read")

    def _ciama_part(self):
        """Untaxed amount and tax per tax (``Part``), as posted."""
        self.ensure_one()
        digits, sign = self.currency_id.decimal_places, self.direction_sign
        part = Part(exact(self.amount_untaxed, digits), {})
        for row in self.line_ids.filtered("tax_line_id"):
            amount = exact(sign * row.amount_currency, digits)
            part += Part(NOTHING.net, {row.tax_line_id.id: amount})
        return part
