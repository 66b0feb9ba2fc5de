from odoo import fields, models

INVOICE_POLICIES = [
    ("never", "Never"),
    ("order", "At once"),
    ("delivery", "When goods leave"),
]
INVOICE_DATES = [
    ("order", "Date of the order"),
    ("payment", "Date of the payment"),
    ("today", "Day of the import"),
]
YES_NO = [("yes", "Yes"), ("no", "No")]


class CiamaMappingPayment(models.Model):
    """A payment method and its rules; what is left empty is as the shop says."""

    _name = "ciama.mapping.payment"
    _description = "Payment Method of a Shop"
    _inherit = "ciama.mapping"
    _problem_codes = ("payment_method_unmapped", "payment_journal_missing")
    _mapped_by = ("confirm", "journal_id")

    confirm = fields.Selection(
        [("shop", "As the shop says"), ("always", "At once"), ("paid", "Only when paid")],
        string="Confirm Orders",
        help="Filling this in accepts the payment method.",
    )
    payment_term_id = fields.Many2one("account.payment.term", check_company=True)
    invoice_policy = fields.Selection(INVOICE_POLICIES, string="Invoice Orders")
    invoice_date = fields.Selection(INVOICE_DATES)
    register_payment = fields.Selection(YES_NO, string="Register Payments")
    journal_id = fields.Many2one(
        "account.journal",
        check_company=True,
        domain=[("type", "in", ("bank", "cash", "credit"))],
    )
    payment_method_line_id = fields.Many2one(
        "account.payment.method.line",
        domain="[('journal_id', '=', journal_id), ('payment_type', '=', 'inbound')]",
    )
    send_invoice = fields.Selection(YES_NO, string="Send Invoices by E-mail")
