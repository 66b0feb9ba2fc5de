from odoo import fields, models


class AccountPayment(models.Model):
    _name = "account.payment"
    _inherit = ["account.payment", "ciama.shop.link"]

    ciama_order_id = fields.Many2one(
        "ciama.order", string="Shop Order", readonly=True, copy=False, index="btree_not_null"
    )

    def _ciama_orders(self):
        return self.ciama_order_id
