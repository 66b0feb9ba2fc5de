"""Who buys, where it goes, and every text that may be a VAT number."""

import re
from collections.abc import Iterator
from typing import Any

from ...canonical import Address, Customer, Risk, VatCandidate
from ..normalizing import build, label, long, text, vat_numbers_in
from . import const
from .fields import flag, identifier, worded
from .source import Row, Source

KINDS = ("invoice", "delivery")
_SOURCES = {"invoice": "billing_address", "delivery": "shipping_address"}


def customer(source: Source) -> Customer:
    """The buyer. Guests are records of the shop too; of an erased customer, the invoice
    address tells the name."""
    row, place = source.customer, source.place("invoice")
    group = source.shared("groups", row.get("id_default_group"))
    person = row or place
    return build(
        Customer,
        external_id=identifier(source.order.get("id_customer")),
        is_guest=flag(row.get("is_guest")),
        email=label(row.get("email")),
        phone=label(place.get("phone_mobile")) or label(place.get("phone")),
        first_name=label(person.get("firstname")),
        last_name=label(person.get("lastname")),
        company=label(row.get("company")) or label(place.get("company")),
        language=language(source),
        group_id=identifier(row.get("id_default_group")),
        group_name=group_name(group, source.language),
    )


def group_name(group: Row, language: str) -> str:
    return label(worded(group.get("name"), language))


def risk(source: Source) -> Risk | None:
    level = const.RISK_LEVELS.get(identifier(source.customer.get("id_risk")))
    return build(Risk, level=level) if level else None


def language(source: Source) -> str:
    """That of the order: "fr-FR", or "fr" where the shop has no more."""
    row = source.shared("languages", source.order.get("id_lang"))
    return label(row.get("locale")) or label(row.get("iso_code"))


def billing_address(source: Source) -> Address | None:
    place = source.place("invoice")
    number = label(place.get("dni")) or label(source.customer.get("siret"))
    return _address(source, place, number)


def shipping_address(source: Source) -> Address | None:
    place = source.place("delivery")
    return _address(source, place, label(place.get("dni")))


def _address(source: Source, place: Row, number: str) -> Address | None:
    """Addresses that customers delete are only hidden: orders still find them."""
    if not place:
        return None
    country = text(source.shared("countries", place.get("id_country")).get("iso_code")).upper()
    state = source.shared("states", place.get("id_state"))
    return build(
        Address,
        external_id=identifier(place.get("id")),
        first_name=label(place.get("firstname")),
        last_name=label(place.get("lastname")),
        company=label(place.get("company")),
        street=label(place.get("address1")),
        street2=label(place.get("address2")),
        zip=label(place.get("postcode")),
        city=label(place.get("city")),
        state_code=label(state.get("iso_code")).removeprefix(f"{country}-"),
        state_name=label(source.worded(state.get("name"))),
        country=const.COUNTRIES.get(country, country),
        phone=label(place.get("phone")) or label(place.get("phone_mobile")),
        identification=number,
        instructions=long(place.get("other")),
    )


# -- numbers


def vat_candidates(source: Source) -> list[VatCandidate]:
    """Each text once: from the field for it, then from where people put it instead. The
    identification number counts for companies: in Spain and Italy it is their VAT number."""
    found: dict[str, VatCandidate] = {}
    for value, where in _vat_texts(source):
        key = re.sub(r"[\W_]", "", value).upper()
        if key and key not in found:
            found[key] = build(VatCandidate, value=label(value), source=where)
    return list(found.values())


def _vat_texts(source: Source) -> Iterator[tuple[str, str]]:
    places = [(_SOURCES[kind], source.place(kind)) for kind in KINDS]
    for where, place in places:
        yield text(place.get("vat_number")), f"{where}.vat_number"
    for where, place in places:
        if text(place.get("company")):
            yield text(place.get("dni")), f"{where}.dni"
    for where, place in places:
        for field in ("company", "address2", "other"):
            for match in vat_numbers_in(text(place.get(field))):
                yield match, f"{where}.{field}"
    for match in vat_numbers_in(customer_note(source)):
        yield match, "note"


# -- messages


def customer_note(source: Source) -> str:
    """What was written at the checkout; modules put word of the payment there too."""
    return long(_messages(source, of_staff=False))


def staff_note(source: Source) -> str:
    own = text(source.order.get("note"))
    return long("\n".join(part for part in (own, _messages(source, of_staff=True)) if part))


def _messages(source: Source, *, of_staff: bool) -> str:
    told: list[Any] = [
        text(row.get("message"))
        for row in source.rows("messages")
        if bool(identifier(row.get("id_employee"))) is of_staff
    ]
    return "\n".join(dict.fromkeys(message for message in told if message))
