from odoo import models

from ..canonical.parts import Part, exact


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _ciama_part(self):
        """Amounts (``Part``) of a line of an invoice, in its currency."""
        self.ensure_one()
        engine, move = self.env["account.tax"], self.move_id
        row = move._prepare_product_base_line_for_taxes_computation(self)
        engine._add_tax_details_in_base_line(row, move.company_id)
        engine._round_base_lines_tax_details([row], move.company_id)
        digits, details = move.currency_id.decimal_places, row["tax_details"]
        taxes = {
            data["tax"].id: exact(data["tax_amount_currency"], digits)
            for data in details["taxes_data"]
        }
        return Part(exact(details["total_excluded_currency"], digits), taxes)
