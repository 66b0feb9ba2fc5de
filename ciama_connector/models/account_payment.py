from odoo import fields, models


class AccountPayment(models.Model):
    _inherit = "account.payment"

    ciama_order_id = fields.Many2one(
        "ciama.order", string="Shop Order", readonly=True, copy=False, index="btree_not_null"
    )
    ciama_shop_id = fields.Many2one(
        "ciama.shop", string="Shop", readonly=True, copy=False, index="btree_not_null"
    )

    def action_open_ciama_order(self):
        self.ensure_one()
        return self.ciama_order_id._get_records_action()
