from odoo import fields, models


class CiamaMappingPayment(models.Model):
    _name = "ciama.mapping.payment"
    _description = "Payment Method of a Shop"
    _inherit = "ciama.mapping"
    _problem_codes = ("payment_method_unmapped",)
    _mapped_by = ("confirm",)

    confirm = fields.Selection(
        [("shop", "As the shop says"), ("always", "At once"), ("paid", "Only when paid")],
        string="Confirm Orders",
        help="Filling this in accepts the payment method.",
    )
    payment_term_id = fields.Many2one("account.payment.term", check_company=True)
