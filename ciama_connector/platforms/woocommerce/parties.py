"""Who buys, where it goes, and every text that may be a VAT number."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ...canonical import Address, Attribute, Customer, PickupPoint, VatCandidate
from ..normalizing import build, label, long, mapping, objects, text, vat_numbers_in
from . import const, meta

_STATE_CODE = re.compile(r"[A-Z0-9]{1,6}")


def customer(payload: Mapping[str, Any]) -> Customer:
    """The buyer; guests have customer id 0. The group is the WordPress role, where the
    key may read customers."""
    order = mapping(payload.get("order"))
    billing = mapping(order.get("billing"))
    number = text(order.get("customer_id"))
    role = label(mapping(payload.get("customer")).get("role"))
    return build(
        Customer,
        external_id="" if number == "0" else number,
        is_guest=number in ("", "0"),
        email=label(billing.get("email")),
        phone=label(billing.get("phone")),
        first_name=label(billing.get("first_name")),
        last_name=label(billing.get("last_name")),
        company=label(billing.get("company")),
        language=language(order),
        group_id=role,
        group_name=group_name(role),
        tax_exempt=is_exempt(order),
    )


def group_name(role: str) -> str:
    return role.replace("_", " ").capitalize()


def language(order: Mapping[str, Any]) -> str:
    return label(meta.first(meta.lookup(order), const.LANGUAGE_KEYS))


def is_exempt(order: Mapping[str, Any]) -> bool:
    return text(meta.lookup(order).get("is_vat_exempt")).lower() in ("yes", "1", "true")


def billing_address(order: Mapping[str, Any]) -> Address | None:
    number = next((value for key, value in _identifications(order)), "")
    return _address(order.get("billing"), identification=label(number))


def shipping_address(order: Mapping[str, Any]) -> Address | None:
    return _address(order.get("shipping"))


def _address(value: Any, **extra: str) -> Address | None:
    given = mapping(value)
    if not any(text(part) for part in given.values()):
        return None
    country = text(given.get("country")).upper()
    country = const.COUNTRIES.get(country, country)
    state = _state(text(given.get("state")), country)
    is_code = bool(_STATE_CODE.fullmatch(state))
    return build(
        Address,
        first_name=label(given.get("first_name")),
        last_name=label(given.get("last_name")),
        company=label(given.get("company")),
        street=label(given.get("address_1")),
        street2=label(given.get("address_2")),
        zip=label(given.get("postcode")),
        city=label(given.get("city")),
        state_code=state if is_code else "",
        state_name="" if is_code else label(state),
        country=country,
        phone=label(given.get("phone")),
        email=label(given.get("email")),
        **extra,
    )


def _state(state: str, country: str) -> str:
    """ "DE-BE" is BE and "JP13" is 13; where WooCommerce knows no states, a name."""
    state = state.removeprefix(f"{country}-") if country else state
    return state.removeprefix(country) if country in const.GLUED_STATES else state


# -- numbers


def vat_candidates(payload: Mapping[str, Any]) -> list[VatCandidate]:
    """Each text once, from the order first, then from the customer's account."""
    found: dict[str, VatCandidate] = {}
    for value, source in _vat_texts(payload):
        key = re.sub(r"[\W_]", "", value).upper()
        if key and key not in found:
            found[key] = build(VatCandidate, value=label(value), source=label(source))
    return list(found.values())


def _vat_texts(payload: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    order = mapping(payload.get("order"))
    yield from _vat_metas(order, "meta")
    billing = mapping(order.get("billing"))
    for field, value in billing.items():  # field editors may add to the address itself
        if _is_vat_key(field) and meta.scalar(value):
            yield meta.scalar(value), f"billing.{field}"
    for field in ("company", "address_2"):
        for match in vat_numbers_in(text(billing.get(field))):
            yield match, f"billing.{field}"
    for match in vat_numbers_in(text(order.get("customer_note"))):
        yield match, "note"
    yield from _vat_metas(mapping(payload.get("customer")), "customer_meta")


def _vat_metas(item: Mapping[str, Any], where: str) -> Iterator[tuple[str, str]]:
    found = meta.lookup(item)
    for key in const.VAT_KEYS:
        if meta.scalar(found.get(key)):
            yield meta.scalar(found[key]), f"{where}:{key}"
    for key, value in meta.pairs(item):
        told = meta.scalar(value)
        if key not in const.VAT_KEYS and _is_vat_key(key) and const.VAT_SHAPE.fullmatch(told):
            yield told, f"{where}:{key}"


def _is_vat_key(key: str) -> bool:
    key = key.rpartition("/")[2]  # the namespace of a block field says nothing
    return bool(const.VAT_WORDS.search(key)) and not const.NOT_A_NUMBER.search(key)


def _identifications(order: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(key, value) of national numbers of a person or company."""
    found = meta.lookup(order)
    for key in const.ID_KEYS:
        if meta.scalar(found.get(key)):
            yield key, meta.scalar(found[key])
    for key, value in found.items():
        is_field = key.startswith(const.BLOCK_FIELDS)
        if is_field and const.ID_WORDS.search(key.rpartition("/")[2]) and meta.scalar(value):
            yield key, meta.scalar(value)


def po_number(order: Mapping[str, Any]) -> str:
    found = meta.lookup(order)
    told = meta.first(found, const.PO_KEYS)
    return label(told or meta.first(found, (key for key in found if _is_po_field(key))))


def _is_po_field(key: str) -> bool:
    return key.startswith(const.BLOCK_FIELDS) and bool(
        const.PO_WORDS.search(key.rpartition("/")[2])
    )


def gift_message(order: Mapping[str, Any]) -> str:
    return long(meta.first(meta.lookup(order), const.GIFT_MESSAGE_KEYS))


def attributes(order: Mapping[str, Any]) -> list[Attribute]:
    """Checkout fields, visible meta data and notable hidden ones that have no other
    place in the order."""
    placed = {
        *const.GIFT_MESSAGE_KEYS,
        *const.LANGUAGE_KEYS,
        *const.PO_KEYS,
        *const.VAT_KEYS,
        *const.ID_KEYS,
        *const.UNREMARKABLE_KEYS,
        *(key for metas in const.TRACKING_METAS for key in metas),
        *(key for metas in const.PICKUP_METAS for key in metas),
        *(key for key, _ in _identifications(order)),
    }
    found = []
    for key, value in meta.pairs(order):
        name, told = _attribute_name(key), meta.scalar(value)
        if name and told and key not in placed and not _is_po_field(key) and not _is_vat_key(key):
            found.append(build(Attribute, name=label(name), value=long(told)))
    return found


def _attribute_name(key: str) -> str:
    """Empty for what is a plugin's own business."""
    if key in const.NOTABLE_KEYS:
        return const.NOTABLE_KEYS[key]
    for prefix in const.BLOCK_FIELDS:
        if key.startswith(prefix):
            return key.removeprefix(prefix)
    return "" if key.startswith("_") else key


# -- pick-up points


def pickup_point(order: Mapping[str, Any]) -> PickupPoint | None:
    """A carrier's relay point, or the shop's own place where the buyer collects."""
    return _relay(meta.lookup(order)) or _local_pickup(order)


def _relay(found: Mapping[str, Any]) -> PickupPoint | None:
    for id_key, name_key, address_key, carrier in const.PICKUP_METAS:
        point, name = meta.scalar(found.get(id_key)), meta.scalar(found.get(name_key))
        if point:
            street = meta.plain(found.get(address_key))
            address = build(Address, street=street) if street else None
            return build(
                PickupPoint, id=label(point), name=label(name), carrier=carrier, address=address
            )
    chronopost = _structure(found.get(const.CHRONOPOST_PICKUP))
    if chronopost:
        address = build(
            Address,
            street=label(chronopost.get("address")),
            zip=label(chronopost.get("postcode")),
            city=label(chronopost.get("city")),
        )
        return build(
            PickupPoint,
            id=label(chronopost.get("id")),
            name=label(chronopost.get("name")),
            carrier="Chronopost",
            address=None if address.is_empty else address,
        )
    sendcloud = _structure(found.get(const.SENDCLOUD_PICKUP))
    if sendcloud:
        name, street, city = [*text(sendcloud.get("extra")).split("|"), "", "", ""][:3]
        return build(
            PickupPoint,
            id=label(sendcloud.get("id")),
            name=label(name),
            address=build(Address, street=label(street), city=label(city)) if street else None,
        )
    return None


def _local_pickup(order: Mapping[str, Any]) -> PickupPoint | None:
    for item in objects(order.get("shipping_lines")):
        if text(item.get("method_id")) in const.LOCAL_PICKUP:
            found = meta.lookup(item)  # pickup_location, pickup_address: block checkout
            street = meta.plain(found.get("pickup_address"))
            return build(
                PickupPoint,
                id=label(item.get("instance_id")),
                name=meta.plain(found.get("pickup_location"))
                or meta.plain(item.get("method_title")),
                address=build(Address, street=street) if street else None,
            )
    return None


def _structure(value: Any) -> Mapping[str, Any]:
    """A meta value that is an object, or its JSON text."""
    if isinstance(value, str) and value.startswith("{"):
        try:
            value = json.loads(value)
        except ValueError:
            return {}
    return mapping(value)
