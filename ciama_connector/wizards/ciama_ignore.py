from odoo import fields, models


class CiamaIgnore(models.TransientModel):
    """Take cards off the board, with a reason."""

    _name = "ciama.ignore"
    _description = "Ignore Orders"

    order_ids = fields.Many2many("ciama.order", required=True)
    reason = fields.Char(required=True)

    def action_ignore(self):
        self.ensure_one()
        orders = self.order_ids._checked().filtered(lambda order: not order.sale_order_id)
        orders._ignored_by(self.reason)
        return {"type": "ir.actions.act_window_close"}
