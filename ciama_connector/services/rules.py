"""How an order is treated: by its payment method's mapping, else by its shop."""

from dataclasses import dataclass
from typing import Any

from odoo import api, models


@dataclass(frozen=True)
class Rules:
    """Shared by the orders of a batch that have one payment method."""

    confirm: str  # a key of importer.CONFIRMED_BY
    invoice: str  # "never", "order": at once, "delivery": as goods leave
    invoice_date: str  # "order", "payment", "today"
    register_payment: bool
    journal: Any  # account.journal; empty: none is known
    payment_method_line: Any  # account.payment.method.line; empty: the journal's first
    payment_term: Any  # account.payment.term
    send_invoice: bool


class CiamaRules(models.AbstractModel):
    _name = "ciama.rules"
    _description = "Rules for Shop Orders"

    @api.model
    def _resolve(self, shop, drafts):
        """Set ``payment`` (the mapping of its payment method) and ``rules`` of each draft."""
        methods = {d.order.payment_method.code: d.order.payment_method.label
                   for d in drafts if d.order.payment_method}  # fmt: skip
        mappings = self.env["ciama.mapping.payment"]
        rows = mappings._of_values(shop, methods)
        known = {mapping: self._of(shop, mapping) for mapping in (mappings, *rows.values())}
        for draft in drafts:
            method = draft.order.payment_method
            draft.payment = rows[method.code] if method else mappings
            draft.rules = known[draft.payment]

    @api.model
    def _of(self, shop, mapping):
        """The rules of a payment method mapping, which may be empty."""
        own = mapping.confirm if mapping.confirm != "shop" else False
        register = mapping.register_payment or ("yes" if shop.register_payments else "no")
        return Rules(
            confirm=own or shop.confirm_policy,
            invoice=mapping.invoice_policy or shop.invoice_policy,
            invoice_date=mapping.invoice_date or shop.invoice_date,
            register_payment=register == "yes",
            journal=mapping.journal_id or shop.payment_journal_id,
            payment_method_line=mapping.payment_method_line_id,
            payment_term=mapping.payment_term_id or shop.payment_term_id,
            send_invoice=(mapping.send_invoice or ("yes" if shop.send_invoices else "no")) == "yes",
        )
