"""Who buys, where it goes, and every text that may be a VAT number."""

from collections.abc import Iterator, Mapping
from typing import Any

from ...canonical import Address, Customer, PickupPoint, VatCandidate
from ..normalizing import VAT_IN_TEXT, build, label, mapping, objects, text, vat_numbers_in
from . import const

# Countries that write the house number before the street
NUMBER_FIRST = frozenset(
    ["AU", "CA", "FR", "GB", "GG", "IE", "IM", "IN", "JE", "LU", "MC", "MT", "NZ", "PH", "SG", "US"]
)
# Old or informal codes seen in addresses
COUNTRIES = {"EL": "GR", "UK": "GB"}


def customer(order: Mapping[str, Any]) -> Customer:
    """The buyer. Wix keeps a contact also for guests; members have an account."""
    buyer = mapping(order.get("buyerInfo"))
    contact = _contact(order, "billingInfo") or _contact(order, "recipientInfo")
    return build(
        Customer,
        external_id=text(buyer.get("contactId") or buyer.get("memberId")),
        is_guest=not buyer.get("memberId"),
        email=label(buyer.get("email")),
        phone=label(contact.get("phone")),
        first_name=label(contact.get("firstName")),
        last_name=label(contact.get("lastName")),
        company=label(contact.get("company")),
        language=label(order.get("buyerLanguage")),
        tax_exempt=bool(mapping(order.get("taxInfo")).get("taxExempt")),
    )


def billing_address(order: Mapping[str, Any]) -> Address | None:
    info = mapping(order.get("billingInfo"))
    address = _address(info.get("address"), info.get("contactDetails"))
    if address is None or address.identification:
        return address
    numbers = [
        value
        for title, value in custom_fields(order)
        if const.ID_TITLE.search(title) and not const.VAT_TITLE.search(title)
    ]
    return address.model_copy(update={"identification": label(numbers[0])}) if numbers else address


def shipping_address(order: Mapping[str, Any]) -> Address | None:
    """The recipient's. The shipping destination of a pick-up is the shop's own place."""
    delivery = mapping(mapping(order.get("shippingInfo")).get("logistics"))
    instructions = text(delivery.get("instructions"))
    recipient = mapping(order.get("recipientInfo"))
    if not recipient and "pickupDetails" not in delivery:
        recipient = mapping(delivery.get("shippingDestination"))
    return _address(recipient.get("address"), recipient.get("contactDetails"), instructions)


def pickup_point(order: Mapping[str, Any]) -> PickupPoint | None:
    delivery = mapping(order.get("shippingInfo"))
    details = mapping(mapping(delivery.get("logistics")).get("pickupDetails"))
    if not details:
        return None
    return build(
        PickupPoint,
        id=text(delivery.get("code")),
        name=label(delivery.get("title")),
        address=_address(details.get("address"), {}),
    )


def custom_fields(order: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(title, value) of the checkout fields the merchant added."""
    pairs = []
    for field in objects(order.get("customFields")):
        value = field.get("value")
        value = mapping(value).get("value", value) if isinstance(value, Mapping) else value
        if isinstance(value, list):
            value = ", ".join(text(part) for part in value)
        title = label(field.get("title") or field.get("translatedTitle"))
        pairs.append((title, text(value)))
    return [(title, value) for title, value in pairs if value]


def vat_candidates(order: Mapping[str, Any]) -> list[VatCandidate]:
    """From tax ids, checkout fields, app fields and the buyer's note; each once."""
    found: dict[tuple[str, str], VatCandidate] = {}
    told = set()
    for value, source in _vat_texts(order):
        is_copy = source == "recipientInfo.vatId" and value in told
        if value and not is_copy and (value, source) not in found:
            told.add(value)
            found[value, source] = build(VatCandidate, value=value, source=label(source))
    return list(found.values())


def _vat_texts(order) -> Iterator[tuple[str, str]]:
    for key in ("billingInfo", "recipientInfo"):
        tax_id = mapping(_contact(order, key).get("vatId"))
        if text(tax_id.get("type")) not in const.NATIONAL_IDS:
            yield label(tax_id.get("id")), f"{key}.vatId"
    for title, value in custom_fields(order):
        if const.VAT_TITLE.search(title):
            yield label(value), f"customFields:{title}"
        else:
            for match in vat_numbers_in(value):
                yield match, f"customFields:{title}"
    for path, value in _leaves(mapping(order.get("extendedFields")).get("namespaces")):
        words = path.rpartition(".")[2].replace("_", " ")
        if const.VAT_TITLE.search(words) or VAT_IN_TEXT.fullmatch(value):
            yield label(value), f"extendedFields:{path}"
    for value, source in _free_texts(order):
        for match in vat_numbers_in(text(value)):
            yield match, source


def _free_texts(order) -> Iterator[tuple[Any, str]]:
    for key in ("billingInfo", "recipientInfo"):
        address = mapping(mapping(order.get(key)).get("address"))
        yield _contact(order, key).get("company"), f"{key}.company"
        yield address.get("addressLine2"), f"{key}.addressLine2"
    yield order.get("buyerNote"), "buyerNote"


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, str):
        yield path, value


def _contact(order, key: str) -> Mapping[str, Any]:
    return mapping(mapping(order.get(key)).get("contactDetails"))


def _address(address: Any, contact: Any, instructions: str = "") -> Address | None:
    address, contact = mapping(address), mapping(contact)
    if not address and not contact:
        return None
    country = text(address.get("country")).upper()
    country = COUNTRIES.get(country, country)
    tax_id = mapping(contact.get("vatId"))
    return build(
        Address,
        first_name=label(contact.get("firstName")),
        last_name=label(contact.get("lastName")),
        company=label(contact.get("company")),
        street=_street(address, country),
        street2=label(address.get("addressLine2")),
        zip=label(address.get("postalCode")),
        city=label(address.get("city")),
        state_code=label(address.get("subdivision")).removeprefix(f"{country}-"),
        state_name=label(address.get("subdivisionFullname")),
        country=country,
        phone=label(contact.get("phone")),
        identification=label(tax_id.get("id"))
        if text(tax_id.get("type")) in const.NATIONAL_IDS
        else "",
        instructions=instructions,
    )


def _street(address: Mapping[str, Any], country: str) -> str:
    """``addressLine`` is the whole line, except where it is the street's name alone."""
    parts = mapping(address.get("streetAddress"))
    number, name = label(parts.get("number")), label(parts.get("name"))
    line = label(address.get("addressLine"))
    if line and (line != name or not number):
        return line
    ordered = (number, name) if country in NUMBER_FIRST else (name, number)
    return " ".join(part for part in ordered if part)
