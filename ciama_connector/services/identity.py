"""Who placed an order, as the canonical order tells it. Nothing of the database."""

import hashlib
import re
from dataclasses import dataclass

from odoo.tools import email_normalize

from .places import fold
from .vat import Meaning, read_vat

NAME_LIMIT = 250
# Sources of VAT candidates where anything may stand, by the names the platforms give them.
_FREE_TEXT = re.compile(r"(note|buyerNote|company|address_?2|addressLine2|other|dni)$", re.I)
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
        keys += own_keys(order)
    if not keys and order.channel == "pos":
        keys.append(("customer", WALK_IN))
    return keys


def own_keys(order):
    """What an order is known by that names nobody: a person said who ordered."""
    return [("customer", f"order-{order.external_id}")]


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
    """The first candidate that is a well-formed VAT number, with prefix; else an empty
    string."""
    return vat_claim(order).number


@dataclass(frozen=True)
class VatClaim:
    """What the buyer gave as VAT number."""

    number: str = ""  # well-formed, with prefix
    text: str = ""  # as it was written, where it is no such number
    malformed: bool = False  # and where it was meant as one


def vat_claim(order):
    """The VatClaim of an order. A malformed text counts only where a number is asked:
    patterns found in notes and names may be anything."""
    addresses = order.billing_address, order.shipping_address
    countries = [address.country for address in addresses if address and address.country]
    claim = VatClaim()
    for candidate in order.vat_candidates:
        reading = read_vat(candidate.value, tuple(dict.fromkeys(countries)))
        if reading.meaning is Meaning.VAT:
            return VatClaim(number=reading.number)
        malformed = reading.meaning is Meaning.MALFORMED
        asked = not _FREE_TEXT.search(candidate.source)
        if reading.meaning is not Meaning.NOTHING and asked and not claim.text:
            claim = VatClaim(text=candidate.value[:NAME_LIMIT], malformed=malformed)
    return claim
