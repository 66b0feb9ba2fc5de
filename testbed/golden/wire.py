"""What the renderers of all platforms share.

They take a canonical order in its JSON form (money as decimal strings, dates as ISO 8601
text; a field left out has its default) and write it as the platform's own API gives it.
"""

import uuid
import zlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

ZERO = Decimal(0)
_SPACE = uuid.UUID("0c5e54f4-6b1e-5d0f-9a5e-7d1f3b0f4c22")
# ISO 4217 minor units of currencies that have not two
_DIGITS = {"JPY": 0, "KRW": 0, "CLP": 0, "KWD": 3, "BHD": 3, "TND": 3, "JOD": 3, "OMR": 3}


class CannotExpress(ValueError):
    """The platform has no words for this order; the message says why."""


def money(value: Any) -> Decimal:
    return Decimal(str(value or 0))


def total(values: Iterable[Any]) -> Decimal:
    return sum((money(value) for value in values), ZERO)


def digits(currency: str) -> int:
    return _DIGITS.get(currency, 2)


def rounded(amount: Decimal, places: int) -> Decimal:
    return amount.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def whole_cents(amount: Decimal, currency: str, why: str) -> Decimal:
    """``amount``; raises CannotExpress where it has more digits than are paid in."""
    if amount != rounded(amount, digits(currency)):
        raise CannotExpress(why)
    return amount


def moment(value: Any) -> datetime | None:
    """Aware UTC of an ISO 8601 text."""
    return datetime.fromisoformat(str(value)).astimezone(UTC) if value else None


def number(*names: Any) -> int:
    """A numeric id, the same at each run: where a shop counts over all its orders."""
    return 10**10 + zlib.crc32("/".join(map(str, names)).encode())


def guid(*names: Any) -> str:
    return str(uuid.uuid5(_SPACE, "/".join(map(str, names))))


def listed(item: Mapping[str, Any], field: str) -> list[dict[str, Any]]:
    return list(item.get(field) or ())


def part(item: Mapping[str, Any], field: str) -> dict[str, Any]:
    return dict(item.get(field) or {})


def kind(line: Mapping[str, Any]) -> str:
    return line.get("kind") or "product"


def quantity(line: Mapping[str, Any]) -> Decimal:
    return money(line.get("quantity", 1))


def shown(line: Mapping[str, Any], *, included: bool) -> Decimal:
    """A line's amount as its shop's prices show it."""
    return money(line["gross"] if included else line["net"])


def reductions(line: Mapping[str, Any], *, included: bool) -> list[tuple[dict, Decimal]]:
    """(discount, what it took off the line) as the shop's prices show it."""
    return [
        (one, money(one["net"]) + (money(one.get("tax")) if included else ZERO))
        for one in listed(line, "discounts")
    ]


def before_discounts(line: Mapping[str, Any], *, included: bool) -> Decimal:
    """The whole line's amount before discounts, as the shop's prices show it."""
    if line.get("list_price") is not None:
        return money(line["list_price"]) * quantity(line)
    off = total(amount for _, amount in reductions(line, included=included))
    return shown(line, included=included) + off


def was_authorized(order: Mapping[str, Any], payment: Mapping[str, Any]) -> bool:
    """Whether the money was only authorized when the order was placed, and captured later
    or not yet: a card that is charged at once has no time between."""
    if not payment.get("captured", True):
        return True
    is_first = payment in listed(order, "payments")[:1]
    later = moment(payment.get("paid_at") or order["created_at"]) > moment(order["created_at"])
    return payment["method"]["code"] == "card" and is_first and later


def parcels(order: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The shop's parcels; where it calls the order shipped and tells of none, one with
    all that was to be shipped and without a tracking number."""
    told = listed(order, "shipments")
    if told or order.get("fulfillment_status") != "fulfilled":
        return told
    rows = [
        {"line_id": line["id"], "quantity": units}
        for line in order["lines"]
        if kind(line) == "product" and line.get("requires_shipping", True)
        for units in [quantity(line) - money(line.get("quantity_removed"))]
        if units > 0
    ]
    return [{"id": "1", "created_at": order["updated_at"], "lines": rows}]


def shipped(order: Mapping[str, Any]) -> dict[str, Decimal]:
    """Units by line id that left in the shop's parcels."""
    found: dict[str, Decimal] = {}
    for parcel in listed(order, "shipments"):
        for row in listed(parcel, "lines"):
            units = found.get(row["line_id"], ZERO) + money(row["quantity"])
            found[row["line_id"]] = units
    return found
