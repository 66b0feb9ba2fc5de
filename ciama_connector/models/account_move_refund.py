from odoo import fields, models


class AccountMove(models.Model):
    _inherit = "account.move"

    ciama_refund = fields.Char(
        string="Refund in the Shop",
        readonly=True,
        copy=False,
        help="The shop's id of the refund that this credit note books.",
    )


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _get_invoice_lines(self):
        """What a shop gave back stays invoiced: Odoo must not ask for its invoice again."""
        rows = super()._get_invoice_lines()
        return rows.filtered(lambda row: not row.move_id.ciama_refund)

    ciama_kits_left_out = fields.Float(
        readonly=True,
        copy=False,
        help="Units of a kit whose parts were taken out of the deliveries.",
    )
