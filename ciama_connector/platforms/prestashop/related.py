"""What belongs to orders and is kept elsewhere, asked for a whole page at once.

Rows of an order (lines, vouchers, payments ...) come by lists of order ids or
references; rows that many orders share (taxes, countries, states of orders ...) by
lists of the ids a page uses, each once in the life of a connector.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from .. import errors
from ..normalizing import mapping, objects, text
from . import const
from .fields import identifier, row_id
from .webservice import Webservice

Row = Mapping[str, Any]
# name in the payload -> resource with a field id_order
BY_ORDER = {
    "details": "order_details",
    "cart_rules": "order_cart_rules",
    "slips": "order_slip",
    "shipments": "order_carriers",
    "histories": "order_histories",
    "messages": "messages",
}
SHARED = (
    "carriers",
    "cart_rules",
    "countries",
    "currencies",
    "customizations",
    "groups",
    "languages",
    "order_states",
    "product_customization_fields",
    "products",
    "states",
    "taxes",
)
# Of these each order may have its own: kept for a page only
_FOR_A_PAGE = ("cart_rules", "customizations")


class Related:
    """``settings`` are the facts of the shop that ``normalize`` needs (see client)."""

    def __init__(self, service: Webservice, settings: Row, closed: Iterable[str] = ()):
        self._service = service
        self._settings = settings
        self._closed = set(closed)  # optional resources this key may not read
        self._shared: dict[str, dict[str, Row]] = {name: {} for name in SHARED}

    def payloads(self, orders: list[Row]) -> list[dict[str, Any]]:
        """The payload of each order (rows of ``orders`` with an id), in order."""
        parts = {row_id(order): self._empty(order) for order in orders}
        for name, resource in BY_ORDER.items():
            for row in self._rows(resource, "id_order", parts):
                owner = parts.get(text(row.get("id_order")))
                if owner is not None and _is_wanted(resource, row):
                    owner[name].append(kept(resource, row))
        self._add_payments(orders, parts)
        self._add_people(orders, parts)
        for payload in parts.values():
            for name in BY_ORDER:
                payload[name].sort(key=_by_id)
        self._add_shared(parts.values())
        for name in _FOR_A_PAGE:
            self._shared[name].clear()
        return [parts[row_id(order)] for order in orders]

    def _empty(self, order: Row) -> dict[str, Any]:
        own = {key: value for key, value in order.items() if key not in const.ORDER_DROPPED}
        return {"order": own, **{name: [] for name in BY_ORDER}, "shop": self._settings}

    def _add_payments(self, orders: list[Row], parts: dict[str, dict[str, Any]]) -> None:
        """Payments hang on the reference, which all orders of a split cart share."""
        references = {text(order.get("reference")) for order in orders}
        payments = self._grouped("order_payments", "order_reference", references)
        siblings = self._grouped("orders", "reference", references, fields=const.SIBLING)
        for order in orders:
            reference = text(order.get("reference"))
            payload = parts[row_id(order)]
            payload["payments"] = [
                kept("order_payments", row) for row in payments.get(reference, [])
            ]
            payload["siblings"] = [
                {field: row.get(field) for field in const.SIBLING}
                for row in siblings.get(reference, [])
            ]

    def _grouped(
        self, resource: str, field: str, keys: Iterable[str], **options: Any
    ) -> dict[str, list[Row]]:
        groups: dict[str, list[Row]] = {}
        for row in self._rows(resource, field, keys, **options):
            groups.setdefault(text(row.get(field)), []).append(row)
        return {key: sorted(rows, key=_by_id) for key, rows in groups.items()}

    def _add_people(self, orders: list[Row], parts: dict[str, dict[str, Any]]) -> None:
        customers = self._by_id("customers", {identifier(o.get("id_customer")) for o in orders})
        places = {place for order in orders for place in _places(order)}
        addresses = self._by_id("addresses", places)
        for order in orders:
            payload = parts[row_id(order)]
            payload["customer"] = customers.get(identifier(order.get("id_customer")), {})
            payload["addresses"] = {
                place: addresses[place] for place in _places(order) if place in addresses
            }

    def _by_id(self, resource: str, ids: Iterable[str]) -> dict[str, Row]:
        return {row_id(row): kept(resource, row) for row in self._rows(resource, "id", ids)}

    # -- shared rows

    def _add_shared(self, payloads: Iterable[dict[str, Any]]) -> None:
        """Twice over, for customizations name fields of their own."""
        payloads = list(payloads)
        for uses in (_uses, _customization_fields):
            used = [uses(payload) for payload in payloads]
            for name in sorted({name for per_order in used for name in per_order}):
                self._learn(name, {key for per_order in used for key in per_order.get(name, ())})
            for payload, per_order in zip(payloads, used, strict=True):
                tables = payload.setdefault("tables", {})
                for name, ids in sorted(per_order.items()):
                    rows = self._shared[name]
                    tables[name] = {key: rows[key] for key in sorted(ids) if rows.get(key)}

    def _learn(self, resource: str, ids: set[str]) -> None:
        known = self._shared[resource]
        new = ids - set(known)
        known.update({key: {} for key in new})
        fields = const.KEPT[resource] if resource == "products" else ()
        for row in self._rows(resource, "id", new, fields=fields):
            known[row_id(row)] = kept(resource, row)

    def _rows(self, resource: str, field: str, ids: Iterable[str], **options: Any) -> list[Row]:
        """Nothing of an optional resource that this key may not read."""
        if resource in self._closed:
            return []
        try:
            return self._service.by_ids(resource, field, ids, **options)
        except (errors.MissingPermission, errors.NotFound):
            if resource not in const.OPTIONAL:
                raise
            self._closed.add(resource)
            return []


def kept(resource: str, row: Row) -> dict[str, Any]:
    return {field: row[field] for field in const.KEPT[resource] if field in row}


def _is_wanted(resource: str, row: Row) -> bool:
    """Of parcels, those with a number."""
    return resource != "order_carriers" or bool(text(row.get("tracking_number")))


def _by_id(row: Row) -> tuple[int, str]:
    key = text(row.get("id"))
    return len(key), key


def _places(order: Row) -> list[str]:
    found = (identifier(order.get(f"id_address_{kind}")) for kind in ("invoice", "delivery"))
    return [place for place in dict.fromkeys(found) if place]


def _uses(payload: Row) -> dict[str, set[str]]:
    """Resource -> ids of the shared rows that an order needs."""
    order, details = payload["order"], payload["details"]
    places, payments = payload["addresses"].values(), payload["payments"]
    used = {
        "taxes": {key for detail in details for key in tax_ids(detail)},
        "products": {identifier(detail.get("product_id")) for detail in details},
        "customizations": {identifier(detail.get("id_customization")) for detail in details},
        "cart_rules": {identifier(rule.get("id_cart_rule")) for rule in payload["cart_rules"]},
        "countries": {identifier(place.get("id_country")) for place in places},
        "states": {identifier(place.get("id_state")) for place in places},
        "currencies": {identifier(row.get("id_currency")) for row in (order, *payments)},
        "languages": {identifier(order.get("id_lang"))},
        "groups": {identifier(payload["customer"].get("id_default_group"))},
        "carriers": {identifier(row.get("id_carrier")) for row in (order, *payload["shipments"])},
        "order_states": {
            identifier(order.get("current_state")),
            *(identifier(row.get("id_order_state")) for row in payload["histories"]),
        },
    }
    return {name: ids - {"", "0"} for name, ids in used.items() if ids - {"", "0"}}


def _customization_fields(payload: Row) -> dict[str, set[str]]:
    found = {
        identifier(entry.get("id_customization_field"))
        for row in payload["tables"].get("customizations", {}).values()
        for entry in customized_texts(row)
    }
    return {"product_customization_fields": found - {""}} if found - {""} else {}


def customized_texts(row: Row) -> list[Row]:
    """What buyers wrote: [{"id_customization_field", "value"}]."""
    return objects(mapping(row.get("associations")).get("customized_data_text_fields"))


def tax_ids(detail: Row) -> list[str]:
    """Ids of the taxes of a line; "0" where the customer is exempt. A line without any
    has no associations."""
    taxes = objects(mapping(detail.get("associations")).get("taxes"))
    return [text(tax.get("id")) for tax in taxes]
