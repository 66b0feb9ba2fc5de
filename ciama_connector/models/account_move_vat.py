from odoo import api, fields, models

from .account_tax_vat import VAT_KINDS


class AccountMove(models.Model):
    """How the document stands for VAT, kept as it was when it was posted: the customer may
    move to another country or change the number afterwards."""

    _inherit = "account.move"

    ciama_vat_kind = fields.Selection(
        VAT_KINDS, string="VAT Kind", compute="_compute_ciama_vat", store=True
    )
    ciama_vat_country_id = fields.Many2one(
        "res.country", string="VAT Country", compute="_compute_ciama_vat", store=True
    )
    ciama_vat_number = fields.Char(
        string="Customer's VAT Number",
        compute="_compute_ciama_vat",
        store=True,
        help="With the prefix of the member state, when the document was posted.",
    )

    @api.depends(
        "fiscal_position_id",
        "line_ids.tax_ids",
        "move_type",
        "partner_id",
        "partner_shipping_id",
        "state",
    )
    def _compute_ciama_vat(self):
        engine = self.env["ciama.vat.kind"]
        for move in self:
            if move.is_sale_document(include_receipts=True):
                kind = engine._of_move(move)
                move.ciama_vat_kind = kind
                move.ciama_vat_country_id = engine._country(move, kind)
                move.ciama_vat_number = engine._vat_number(move)
            else:
                move.ciama_vat_kind = False
                move.ciama_vat_country_id = False
                move.ciama_vat_number = False

    def _reverse_moves(self, default_values_list=None, cancel=False):
        """A credit note made by hand belongs to the shop of its invoice."""
        values_list = default_values_list or [{} for _move in self]
        for move, values in zip(self, values_list, strict=True):
            values.setdefault("ciama_shop_id", move.ciama_shop_id.id)
        return super()._reverse_moves(values_list, cancel)
