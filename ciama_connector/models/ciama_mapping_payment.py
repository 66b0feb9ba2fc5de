from odoo import api, fields, models
from odoo.exceptions import ValidationError

CONFIRM_POLICIES = [
    ("ready", "When paid, authorised or released for shipping"),
    ("paid", "Only when paid"),
    ("always", "Always"),
    ("never", "Never"),
]
INVOICE_POLICIES = [
    ("never", "Never"),
    ("order", "At once"),
    ("delivery", "When goods leave"),
]
INVOICE_DATES = [
    ("order", "Date of the order"),
    ("payment", "Date of the payment"),
    ("today", "Day it is made"),
]
YES_NO = [("yes", "Yes"), ("no", "No")]
SENDERS = [("yes", "Odoo"), ("no", "The shop, or nobody")]
MONEY_JOURNALS = ("bank", "cash", "credit")


class CiamaMappingPayment(models.Model):
    """A payment method and its rules; what is left empty is as the shop says."""

    _name = "ciama.mapping.payment"
    _description = "Payment Method of a Shop"
    _inherit = "ciama.mapping"
    _problem_codes = ("payment_method_unmapped", "payment_journal_missing")
    _mapped_by = ("journal_id", "confirm")
    _meaning_fields = (
        "confirm",
        "payment_term_id",
        "invoice_policy",
        "invoice_date",
        "register_payment",
        "journal_id",
        "payment_method_line_id",
        "send_invoice",
    )

    confirm = fields.Selection(
        [("shop", "As the shop says"), *CONFIRM_POLICIES],
        string="Confirm Orders",
        help="Filling this in accepts the payment method, where the shop blocks unknown ones. "
        "Cash on delivery and payment by invoice are confirmed before any money came: "
        "choose Always, or leave it to the shop's rule.",
    )
    payment_term_id = fields.Many2one(
        "account.payment.term",
        string="Payment Terms",
        check_company=True,
        help="When the invoice is due. Left empty: what the customer's record says, then the "
        "customer group, then the shop.",
    )
    invoice_policy = fields.Selection(
        INVOICE_POLICIES,
        string="Invoice Orders",
        help="At once: as soon as the order is confirmed. Left empty: as the shop says.",
    )
    invoice_date = fields.Selection(
        INVOICE_DATES, help="The date on the invoice. Left empty: as the shop says."
    )
    register_payment = fields.Selection(
        YES_NO,
        string="Register Payments",
        help="No for money that is booked elsewhere, such as from the bank statement. "
        "Left empty: as the shop says.",
    )
    journal_id = fields.Many2one(
        "account.journal",
        check_company=True,
        domain=[("type", "in", MONEY_JOURNALS)],
        help="Where the money is booked. A journal for each payment provider keeps its "
        "payouts easy to match. Left empty: the shop's.",
    )
    payment_method_line_id = fields.Many2one(
        "account.payment.method.line",
        string="Payment Method of the Journal",
        domain="[('journal_id', '=', journal_id), ('payment_type', '=', 'inbound')]",
        help="Says which outstanding account is used. Left empty: the first of the journal.",
    )
    send_invoice = fields.Selection(
        SENDERS,
        string="Invoice Sent By",
        help="Odoo sends it by e-mail, with the PDF. Left empty: as the shop says.",
    )

    @api.onchange("journal_id")
    def _onchange_journal_id(self):
        if self.payment_method_line_id.journal_id != self.journal_id:
            self.payment_method_line_id = False

    @api.constrains("journal_id", "payment_method_line_id")
    def _check_journal(self):
        for mapping in self:
            check_money_journal(mapping.journal_id)
            method = mapping.payment_method_line_id
            if method and (
                method.journal_id != mapping.journal_id or method.payment_type != "inbound"
            ):
                raise ValidationError(
                    self.env._(
                        '"%(method)s" is no way to receive money in the journal of the payment '
                        'method "%(value)s".',
                        method=method.name,
                        value=mapping.label or mapping.value,
                    )
                )


def check_money_journal(journal):
    """Raise where payments cannot be booked in ``journal`` (which may be empty)."""
    if journal and journal.type not in MONEY_JOURNALS:
        raise ValidationError(
            journal.env._(
                'Payments are booked in a bank, cash or credit card journal; "%s" is none.',
                journal.name,
            )
        )
