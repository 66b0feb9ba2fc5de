"""The payload of one order, as the parts of the normalizer read it.

``{"order": <row of orders>, "details", "cart_rules", "slips", "shipments", "histories",
"messages", "payments", "siblings": [<rows of the order>], "customer": {} or <row>,
"addresses": {id: <row>}, "tables": {resource: {id: <shared row>}}, "shop": {"timezone",
"timezones": {shop id: name}, "shops": {id: name} of several, "currency", "language",
"weight_unit", "states": {name of the setting: id}}}``; rows hold the fields of ``const.KEPT``.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from ...canonical import Code, Problem
from ...canonical.texts import _lt
from ..normalizing import decimal, mapping, objects, text
from . import fields

Row = Mapping[str, Any]


class Source:
    """Raises Problem where the payload is no order or lacks what cannot be done without."""

    def __init__(self, payload: Row):
        self.payload = mapping(payload)
        self.order = mapping(self.payload.get("order"))
        if not fields.row_id(self.order):
            raise Problem(Code.INVALID_ORDER, field="id", reason=_lt("missing"))
        if "details" not in self.payload or "shop" not in self.payload:
            raise Problem(Code.INCOMPLETE_PAYLOAD, what=_lt("its lines"))
        self.shop = mapping(self.payload["shop"])
        self.customer = mapping(self.payload.get("customer"))
        self.language = text(self.shop.get("language"))
        self.zone = self._zone()
        self.currency = self.currency_of(self.order)

    def rows(self, name: str) -> list[Row]:
        return objects(self.payload.get(name))

    def shared(self, resource: str, key: Any) -> Row:
        """A row that orders share; {} where it was deleted or may not be read."""
        table = mapping(mapping(self.payload.get("tables")).get(resource))
        return mapping(table.get(fields.identifier(key)))

    def worded(self, value: Any) -> str:
        return fields.worded(value, self.language)

    def place(self, kind: str) -> Row:
        """The address for "invoice" or "delivery"; {} where it is gone for good."""
        key = fields.identifier(self.order.get(f"id_address_{kind}"))
        return mapping(mapping(self.payload.get("addresses")).get(key))

    def amount(self, row: Row, field: str):
        return decimal(row.get(field), field)

    def date(self, row: Row, field: str) -> datetime | None:
        return fields.date(row, field, self.zone)

    def currency_of(self, row: Row) -> str:
        found = text(self.shared("currencies", row.get("id_currency")).get("iso_code")).upper()
        if not found:
            raise Problem(Code.INCOMPLETE_PAYLOAD, what=_lt("its currency"))
        return found

    def _zone(self) -> ZoneInfo:
        try:
            found = zones(self.shop)
        except (ValueError, OSError, LookupError):
            raise Problem(Code.INCOMPLETE_PAYLOAD, what=_lt("the shop's time zone")) from None
        return found.get(fields.identifier(self.order.get("id_shop")), found[""])


def zones(settings: Row) -> dict[str, ZoneInfo]:
    """Shop id -> its time zone; "" is for those without one of their own.

    Raises ValueError, OSError or LookupError for one that is not known.
    """
    named = {**mapping(settings.get("timezones")), "": settings["timezone"]}
    return {shop: ZoneInfo(text(name)) for shop, name in named.items()}
