from odoo import api, fields, models

from .ciama_mapping_payment import (
    INVOICE_DATES,
    INVOICE_POLICIES,
    MONEY_JOURNALS,
    check_money_journal,
)


class CiamaShop(models.Model):
    """Rules for the documents that follow an order; a payment method may have its own."""

    _inherit = "ciama.shop"

    invoice_policy = fields.Selection(
        INVOICE_POLICIES,
        string="Invoice Orders",
        default="order",
        required=True,
        help="At once: the whole order as soon as it is confirmed, with later refunds as "
        "credit notes. When goods leave: what leaves, as it leaves. A payment method may have "
        "its own rule.",
    )
    invoice_date = fields.Selection(
        INVOICE_DATES,
        default="today",
        required=True,
        help="The date on the invoice. The day it is made keeps the numbers in the order of "
        "the dates and never falls into a period that is closed.",
    )
    register_payments = fields.Boolean(
        default=True,
        help="Book what the shop received and gave back, and match it with the invoices. Off "
        "where the bank statements alone tell what came in.",
    )
    payment_journal_id = fields.Many2one(
        "account.journal",
        compute="_compute_payment_journal_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        domain=[("type", "in", MONEY_JOURNALS)],
        help="For payment methods that have no journal of their own under Mappings.",
    )
    send_invoices = fields.Boolean(
        string="Send Invoices by E-mail",
        help="By Odoo's own mail, with the PDF attached. Off where the shop sends the customer "
        "an invoice already: two invoices for one sale are wrong.",
    )

    @api.depends("company_id")
    def _compute_payment_journal_id(self):
        """The company's first bank journal."""
        for shop in self:
            if not shop.payment_journal_id or shop.payment_journal_id.company_id != shop.company_id:
                journals = self.env["account.journal"]
                shop.payment_journal_id = journals.search(
                    [*journals._check_company_domain(shop.company_id), ("type", "=", "bank")],
                    limit=1,
                )

    @api.constrains("payment_journal_id")
    def _check_payment_journal(self):
        for shop in self:
            check_money_journal(shop.payment_journal_id)
