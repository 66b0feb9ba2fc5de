"""Who bought, where it goes, and every place that may hold a VAT number."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ...canonical import Address, Attribute, Customer, PickupPoint, VatCandidate
from ..normalizing import build, label, long, mapping, objects, text, vat_numbers_in
from .const import CODICE_FISCALE, VAT_FIELD
from .money import nodes, tail

Json = Mapping[str, Any]
_TAX_NUMBER = re.compile(r"TAX_CREDENTIAL_(?!TYPE_|USE_)")


def customer(order: Json) -> Customer:
    """The buyer; guests (``customer`` null) are known by what the order itself says."""
    person = mapping(order.get("customer"))
    entity = mapping(order.get("purchasingEntity"))
    company, location = mapping(entity.get("company")), mapping(entity.get("location"))
    billing = mapping(order.get("billingAddress") or order.get("shippingAddress"))
    email = mapping(person.get("defaultEmailAddress")).get("emailAddress")
    phone = mapping(person.get("defaultPhoneNumber")).get("phoneNumber")
    named = person if person.get("firstName") or person.get("lastName") else billing
    exempt = person.get("taxExempt"), mapping(location.get("taxSettings")).get("taxExempt")
    return build(
        Customer,
        external_id=tail(person.get("id")),
        is_guest=not person.get("id"),
        email=label(order.get("email") or email),
        phone=label(order.get("phone") or phone or billing.get("phone")),
        first_name=label(named.get("firstName")),
        last_name=label(named.get("lastName") or (not named.get("firstName") and _name(named))),
        company=label(company.get("name") or billing.get("company")),
        company_external_id=tail(company.get("id")),
        language=language(order),
        tax_exempt=any(exempt),
    )


def language(order: Json) -> str:
    return label(order.get("customerLocale") or mapping(order.get("customer")).get("locale"))


def addresses(order: Json) -> tuple[Address | None, Address | None]:
    """(billing, shipping). Fiscal and customs numbers asked at checkout go with them."""
    credentials = {"TAX": "", "SHIPPING": ""}
    for field in nodes(order.get("localizedFields")):
        purpose = text(field.get("purpose"))
        if "_CREDENTIAL_" in text(field.get("key")) and "_TYPE_" not in text(field.get("key")):
            credentials[purpose] = credentials.get(purpose) or label(field.get("value"))
    billing, shipping = order.get("billingAddress"), order.get("shippingAddress")
    if not billing:
        credentials["SHIPPING"] = credentials["SHIPPING"] or credentials["TAX"]
    return (
        _address(billing, credentials["TAX"]),
        _address(shipping, credentials["SHIPPING"]),
    )


def pickup_point(order: Json) -> PickupPoint | None:
    """Where the buyer fetches the goods; a carrier's point is the shipping address."""
    for entry in nodes(order.get("fulfillmentOrders")):
        method = mapping(entry.get("deliveryMethod"))
        place = mapping(entry.get("assignedLocation"))
        if method.get("methodType") == "PICK_UP":
            return build(
                PickupPoint,
                id=tail(mapping(place.get("location")).get("id")),
                name=label(place.get("name")),
                address=build(
                    Address,
                    company=label(place.get("name")),
                    street=label(place.get("address1")),
                    street2=label(place.get("address2")),
                    zip=label(place.get("zip")),
                    city=label(place.get("city")),
                    country=text(place.get("countryCode")),
                    phone=label(place.get("phone")),
                ),
            )
        if method.get("methodType") == "PICKUP_POINT":
            target = mapping(order.get("shippingAddress"))
            return build(
                PickupPoint,
                name=label(target.get("company") or method.get("presentedName")),
                carrier=label(method.get("presentedName")),
                address=_address(order.get("shippingAddress"), ""),
            )
    return None


def attributes(order: Json) -> tuple[Attribute, ...]:
    """Checkout fields of themes and apps, and those a country asks for (PEC, CPF ...)."""
    pairs = [(x.get("key"), x.get("value")) for x in objects(order.get("customAttributes"))]
    fields = nodes(order.get("localizedFields"))
    pairs += [(x.get("key"), x.get("value")) for x in fields]
    return tuple(build(Attribute, name=label(key), value=long(value)) for key, value in pairs)


def vat_candidates(order: Json) -> tuple[VatCandidate, ...]:
    """Texts that may be VAT numbers, the surest place first, each text once."""
    found: dict[str, str] = {}
    for value, source in _vat_texts(order):
        if label(value):
            found.setdefault(label(value), source)
    return tuple(
        build(VatCandidate, value=value, source=label(source)) for value, source in found.items()
    )


def _vat_texts(order: Json) -> Iterator[tuple[Any, str]]:
    location = mapping(mapping(order.get("purchasingEntity")).get("location"))
    yield (
        mapping(location.get("taxSettings")).get("taxRegistrationId"),
        "company_location.tax_registration_id",
    )
    settings = mapping(mapping(order.get("customer")).get("taxSettings"))
    yield settings.get("taxId"), "customer.tax_id"
    for field in nodes(order.get("localizedFields")):
        key, value = text(field.get("key")), text(field.get("value"))
        if _TAX_NUMBER.match(key) and not CODICE_FISCALE.fullmatch(value):
            yield value, f"localized_fields.{key}"
    for pair in objects(order.get("customAttributes")):
        key, value = text(pair.get("key")), text(pair.get("value"))
        if VAT_FIELD.search(key) and any(character.isdigit() for character in value):
            yield value, f"custom_attributes.{key}"
        else:
            yield from _written_in(value, f"custom_attributes.{key}")
    yield from _written_in(order.get("note"), "note")
    for place in ("billingAddress", "shippingAddress"):
        for part in ("company", "address2"):
            value = mapping(order.get(place)).get(part)
            yield from _written_in(value, f"{place}.{part}")


def _written_in(value: Any, source: str) -> Iterator[tuple[str, str]]:
    for number in vat_numbers_in(text(value)):
        yield number, source


def _name(place: Json) -> str:
    return text(place.get("name") or place.get("displayName"))


def _address(place: Any, identification: str) -> Address | None:
    if not isinstance(place, Mapping):
        return None
    has_name = place.get("firstName") or place.get("lastName")
    return build(
        Address,
        external_id=tail(place.get("id")),
        first_name=label(place.get("firstName")),
        last_name=label(place.get("lastName") if has_name else _name(place)),
        company=label(place.get("company")),
        street=label(place.get("address1")),
        street2=label(place.get("address2")),
        zip=label(place.get("zip")),
        city=label(place.get("city")),
        state_code=label(place.get("provinceCode")),
        state_name=label(place.get("province")),
        country=text(place.get("countryCodeV2")),
        phone=label(place.get("phone")),
        identification=identification,
    )
