"""Who placed an order, as the canonical order tells it. Nothing of the database."""

import hashlib

from odoo.tools import email_normalize

from .places import fold
from .vat import clean_vat

NAME_LIMIT = 250
WALK_IN = "walk-in"  # the shop's one customer for sales over the counter


def identity_of(order):
    """(kind, key) pairs that identify the customer, the surest first; maybe none.

    Who orders now for a company and now for another, or privately, is a contact of each.
    """
    keys, company = [], fold(company_name_of(order))
    own_id, email = order.customer.external_id, email_of(order)
    if own_id and company:
        keys.append(("customer", f"{own_id}/{company}"[:200]))
    if own_id:
        keys.append(("customer", own_id))
    if email:
        keys.append(("email", email))
    if not keys and name_of(order):
        # Without id and e-mail (marketplaces): the order's own customer.
        keys.append(("customer", f"order-{order.external_id}"))
    if not keys and order.channel == "pos":
        keys.append(("customer", WALK_IN))
    return keys


def email_of(order):
    """Normalized; empty where there is none."""
    billing = order.billing_address
    for email in (order.customer.email, billing.email if billing else ""):
        normalized = email_normalize(email or "", strict=False)
        if normalized:
            return normalized
    return ""


def claim_of(text):
    """What an e-mail or a VAT number is claimed under: PostgreSQL logs the values of a
    refused insert."""
    return hashlib.sha256(text.encode()).hexdigest()


def name_of(order):
    customer, billing, shipping = order.customer, order.billing_address, order.shipping_address
    names = (
        " ".join(filter(None, (customer.first_name, customer.last_name))),
        billing.full_name if billing else "",
        shipping.full_name if shipping else "",
        customer.company,
        billing.company if billing else "",
        customer.email,
    )
    return next(filter(None, names), "")[:NAME_LIMIT]


def company_name_of(order):
    """The company that is invoiced; empty for private people."""
    billing = order.billing_address
    return ((billing and billing.company) or order.customer.company)[:NAME_LIMIT]


def vat_of(order):
    """The first candidate that is a well-formed VAT number for the buyer's country, with
    prefix; else an empty string."""
    countries = {
        address.country
        for address in (order.billing_address, order.shipping_address)
        if address and address.country
    }
    numbers = (clean_vat(candidate.value, countries) for candidate in order.vat_candidates)
    return next(filter(None, numbers), "")
