"""Where an order stands. Shops rename states and add their own: a state's e-mail
template and flags tell what it means."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from ...canonical import (
    Code,
    FulfillmentStatus,
    OrderStatus,
    PaymentStatus,
    Problem,
)
from ..normalizing import label, mapping, text
from . import const
from .fields import flag, identifier, worded
from .source import Row, Source

ZERO = Decimal(0)


def meaning(source: Source, state_id: Any) -> OrderStatus | None:
    """What one state says by itself; None where it is merely unpaid."""
    row = source.shared("order_states", state_id)
    ended = _ended(source, identifier(state_id))
    if ended:
        return ended
    if flag(row.get("shipped")):
        return OrderStatus.FULFILLED
    if flag(row.get("paid")):
        return OrderStatus.PAID
    is_authorized = const.AUTHORIZED.search(source.worded(row.get("name")))
    return OrderStatus.AUTHORIZED if is_authorized else None


def _ended(source: Source, key: str) -> OrderStatus | None:
    """Cancelled, refunded or failed: by the shop's settings, which name one state of
    each, and by the template, which further ones have too."""
    settings = mapping(source.shop.get("states"))
    configured = {
        text(value): const.ENDED[name] for name, value in settings.items() if name in const.ENDED
    }
    template = source.worded(source.shared("order_states", key).get("template"))
    known = configured or const.INSTALLED
    return known.get(key) or const.TEMPLATES.get(template)


def status(source: Source, total: Decimal, paid: Decimal) -> OrderStatus:
    """Raises Problem UNKNOWN_STATUS for an order without a state."""
    state_id = identifier(source.order.get("current_state"))
    if not state_id:
        raise Problem(Code.UNKNOWN_STATUS, status=state_id)
    found = meaning(source, state_id)
    if found is not None:
        return found
    if ZERO < paid < total:
        return OrderStatus.PARTIALLY_PAID
    if paid > 0:
        return OrderStatus.PAID
    row = source.shared("order_states", state_id)
    on_delivery = {text(source.order.get("module")), text(row.get("module_name"))}
    if on_delivery & const.CASH_ON_DELIVERY:
        return OrderStatus.ACCEPTED
    return OrderStatus.PENDING


def shop_status(source: Source) -> str:
    state_id = source.order.get("current_state")
    return word(source.shared("order_states", state_id), state_id, source.language)


def word(state: Row, state_id: Any, language: str) -> str:
    """A state's name in the shop's own language; its number where it cannot be read."""
    return label(worded(state.get("name"), language)) or text(state_id)


def payment_status(
    source: Source, stands: OrderStatus, total: Decimal, paid: Decimal, refunded: Decimal
) -> PaymentStatus:
    """By amounts, but for a state that says "paid": its payments may hang on another
    order of the cart, or be a cent off."""
    if stands is OrderStatus.REFUNDED or (refunded and refunded >= max(paid, total)):
        return PaymentStatus.REFUNDED
    if refunded and paid > 0:
        return PaymentStatus.PARTIALLY_REFUNDED
    row = source.shared("order_states", source.order.get("current_state"))
    if flag(row.get("paid")) or (paid > 0 and paid >= total):
        return PaymentStatus.PAID
    if paid > 0:
        return PaymentStatus.PARTIALLY_PAID
    return {
        OrderStatus.AUTHORIZED: PaymentStatus.AUTHORIZED,
        OrderStatus.FAILED: PaymentStatus.FAILED,
        OrderStatus.CANCELLED: PaymentStatus.VOIDED,
    }.get(stands, PaymentStatus.PENDING)


def fulfillment_status(source: Source, stands: OrderStatus) -> FulfillmentStatus:
    """An order that was shipped stays so when it is refunded or cancelled afterwards."""
    if stands is not OrderStatus.FULFILLED and not reached(source, OrderStatus.FULFILLED):
        return FulfillmentStatus.UNFULFILLED
    details = source.rows("details")
    returned = details and all(
        source.amount(row, "product_quantity_return") >= source.amount(row, "product_quantity") > 0
        for row in details
    )
    return FulfillmentStatus.RETURNED if returned else FulfillmentStatus.FULFILLED


def reached(source: Source, wanted: OrderStatus) -> datetime | None:
    """When the order first came to a state of this meaning, from its history; None where
    it never did, or the key may not read histories."""
    dates = [
        source.date(row, "date_add")
        for row in source.rows("histories")
        if meaning(source, row.get("id_order_state")) is wanted
    ]
    return min((date for date in dates if date), default=None)
