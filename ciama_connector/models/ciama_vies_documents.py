from odoo import fields, models


class ViesProof(models.AbstractModel):
    """A document that keeps the VIES answer it was made with."""

    _name = "ciama.vies.proof"
    _description = "Document with a VAT Number Check"

    ciama_vies_check_id = fields.Many2one(
        "ciama.vies.check", string="VAT Number Check", readonly=True, copy=False,
        ondelete="restrict", index="btree_not_null",
    )  # fmt: skip
    ciama_vies_number = fields.Char(
        related="ciama_vies_check_id.number", string="VAT Number Checked"
    )
    ciama_vies_state = fields.Selection(
        related="ciama_vies_check_id.state", string="Answer of VIES"
    )
    ciama_vies_answered_at = fields.Datetime(
        related="ciama_vies_check_id.answered_at", string="VIES Answered"
    )
    ciama_vies_consultation_number = fields.Char(
        related="ciama_vies_check_id.consultation_number", string="VIES Consultation Number"
    )

    def action_open_ciama_vies_check(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "ciama.vies.check",
            "res_id": self.ciama_vies_check_id.id,
            "view_mode": "form",
        }


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "ciama.vies.proof"]

    def _prepare_invoice(self):
        return {**super()._prepare_invoice(), "ciama_vies_check_id": self.ciama_vies_check_id.id}


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "ciama.vies.proof"]
