from odoo import fields, models


class AccountPayment(models.Model):
    _inherit = "account.payment"

    ciama_shop_id = fields.Many2one(
        "ciama.shop", string="Shop", readonly=True, copy=False, index="btree_not_null"
    )
