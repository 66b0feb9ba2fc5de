"""How an order is treated: by its payment method and its customer, else by its shop."""

from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from typing import Any

from odoo import Command, api, models

from .calendar import company_zone


@dataclass(frozen=True)
class Rules:
    """Shared by the orders of a batch that have one payment method and customer group."""

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
        """Set ``payment`` and ``group`` (the mappings of payment method and customer group,
        either may be empty) and ``rules`` of each draft."""
        methods = {d.order.payment_method.code: d.order.payment_method.label
                   for d in drafts if d.order.payment_method}  # fmt: skip
        groups = {key: d.order.customer.group_name for d in drafts if (key := group_of(d.order))}
        no_payment, no_group = self.env["ciama.mapping.payment"], self.env["ciama.mapping.group"]
        payments = no_payment._of_values(shop, methods)
        groups = no_group._of_values(shop, groups)
        known = {}
        for draft in drafts:
            method = draft.order.payment_method
            draft.payment = payments[method.code] if method else no_payment
            draft.group = groups.get(group_of(draft.order), no_group)
            key = draft.payment, draft.group
            if key not in known:
                known[key] = self._of(shop, *key)
            draft.rules = known[key]

    @api.model
    def _of(self, shop, payment, group):
        """The rules of a payment method and a customer group, whose mappings may be empty."""
        own = payment.confirm if payment.confirm != "shop" else False
        register = payment.register_payment or ("yes" if shop.register_payments else "no")
        sends = payment.send_invoice or ("yes" if shop.send_invoices else "no")
        return Rules(
            confirm=own or shop.confirm_policy,
            invoice=payment.invoice_policy or shop.invoice_policy,
            invoice_date=payment.invoice_date or shop.invoice_date,
            register_payment=register == "yes",
            journal=payment.journal_id or shop.payment_journal_id,
            payment_method_line=payment.payment_method_line_id,
            payment_term=payment.payment_term_id or group.payment_term_id or shop.payment_term_id,
            send_invoice=sends == "yes",
        )

    @api.model
    def _follow_customers(self, drafts):
        """Once the customers are known: what people set on their records goes before what
        their group says (terms, pricelist); their group's tags are put on them."""
        customers = self.env["res.partner"].union(*(draft.partner for draft in drafts))
        for draft in drafts:
            customer = draft.partner.with_prefetch(customers._prefetch_ids)
            term = customer.property_payment_term_id
            if term and not draft.payment.payment_term_id:
                draft.rules = replace(draft.rules, payment_term=term)
            own = customer.specific_property_product_pricelist
            for pricelist in (own, draft.group.pricelist_id):
                if pricelist.active and pricelist.currency_id == draft.currency:
                    draft.pricelist = pricelist
                    break
        self._tag(drafts)

    def _tag(self, drafts):
        """The customer and its company get the tags of the group; one write for each tag."""
        customers = {}
        for draft in drafts:
            if draft.group.tag_ids:
                both = draft.partner | draft.partner.commercial_partner_id
                customers[draft.group] = customers.get(draft.group, both) | both
        for group, of_group in customers.items():
            for tag in group.tag_ids:
                lacking = of_group.filtered(lambda partner, tag=tag: tag not in partner.category_id)
                lacking.write({"category_id": [Command.link(tag.id)]})


def group_of(order):
    """The value of its customer's group in the mapping; empty where the shop has none."""
    return order.customer.group_id or order.customer.group_name


def promised(company, ordered_at, days):
    """``ordered_at`` (aware) plus calendar ``days``, at the same time of day in the time zone
    of ``company``, as Odoo stores it (naive UTC)."""
    local = ordered_at.astimezone(company_zone(company)) + timedelta(days=days)
    return local.astimezone(UTC).replace(tzinfo=None)
