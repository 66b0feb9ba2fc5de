from odoo import fields, models


class AccountMove(models.Model):
    _inherit = "account.move"

    ciama_shop_id = fields.Many2one(
        "ciama.shop", string="Shop", readonly=True, copy=False, index="btree_not_null"
    )
