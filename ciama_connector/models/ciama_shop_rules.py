from odoo import api, fields, models

from .ciama_mapping_payment import INVOICE_DATES, INVOICE_POLICIES


class CiamaShop(models.Model):
    """Rules for the documents that follow an order; a payment method may have its own."""

    _inherit = "ciama.shop"

    invoice_policy = fields.Selection(
        INVOICE_POLICIES,
        string="Invoice Orders",
        default="order",
        required=True,
        help="At once: as soon as the order is confirmed.",
    )
    invoice_date = fields.Selection(INVOICE_DATES, default="today", required=True)
    register_payments = fields.Boolean(
        default=True, help="Book what the shop received, and match it with the invoice."
    )
    payment_journal_id = fields.Many2one(
        "account.journal",
        check_company=True,
        domain=[("type", "in", ("bank", "cash", "credit"))],
        default=lambda self: self._default_payment_journal(),
        help="For payment methods that have no journal of their own.",
    )
    send_invoices = fields.Boolean(
        string="Send Invoices by E-mail", help="By Odoo's own mail, with the PDF attached."
    )

    @api.model
    def _default_payment_journal(self):
        return self.env["account.journal"].search(
            [*self.env["account.journal"]._check_company_domain(self.env.company),
             ("type", "=", "bank")], limit=1,
        )  # fmt: skip
