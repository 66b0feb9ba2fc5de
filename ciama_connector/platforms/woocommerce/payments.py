"""Money received and given back, parcels, and what the order's status says."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from ...canonical import (
    Code,
    FulfillmentStatus,
    OrderStatus,
    Payment,
    PaymentKind,
    PaymentMethod,
    PaymentStatus,
    Problem,
    Refund,
    RefundLine,
    Risk,
    Shipment,
    cents,
)
from ..normalizing import build, decimal, label, long, mapping, objects, text, utc, whole
from . import const, meta

ZERO = Decimal(0)
LINE_LISTS = ("line_items", "shipping_lines", "fee_lines")


def date(order: Mapping[str, Any], field: str) -> datetime | None:
    """A date of the order as aware UTC, from its ``_gmt`` twin: local times are
    ambiguous when clocks change."""
    value = text(order.get(f"{field}_gmt"))
    return utc(value, field) if value and not value.startswith("0000") else None


# -- payments


def method(order: Mapping[str, Any]) -> PaymentMethod | None:
    code, title = label(order.get("payment_method")), order.get("payment_method_title")
    if not code and not text(title) and not date(order, "date_paid"):
        return None
    return build(PaymentMethod, code=code or const.NO_METHOD, label=meta.plain(title))


def payments(
    order: Mapping[str, Any], currency: str, cards: list[tuple[str, Decimal]]
) -> list[Payment]:
    """Gift cards, and the order's one payment: received at ``date_paid``, or only
    authorized. WooCommerce knows no part payments."""
    found = [
        build(
            Payment,
            id=f"gift_card-{index}",
            method=build(PaymentMethod, code="gift_card", label=""),
            kind=PaymentKind.GIFT_CARD,
            transaction_id=code,
            amount=cents(amount, currency),
            currency=currency,
            paid_at=date(order, "date_paid") or date(order, "date_created"),
        )
        for index, (code, amount) in enumerate(cards, 1)
    ]
    paid_at, amount = date(order, "date_paid"), cents(decimal(order.get("total")), currency)
    if amount > 0 and (paid_at or is_authorized(order)):
        used = method(order) or build(PaymentMethod, code=const.NO_METHOD)
        cod = used.code in const.CASH_ON_DELIVERY
        found.append(
            build(
                Payment,
                id="payment",
                transaction_id=label(order.get("transaction_id")),
                method=used,
                kind=PaymentKind.CASH_ON_DELIVERY if cod else PaymentKind.PAYMENT,
                amount=amount,
                currency=currency,
                paid_at=paid_at,
                captured=paid_at is not None,
            )
        )
    return found


def is_authorized(order: Mapping[str, Any]) -> bool:
    """Authorized by a card and not captured: the gateway keeps the order on hold."""
    waiting = text(order.get("status")) in ("on-hold", "pending", "processing")
    unpaid = date(order, "date_paid") is None
    return waiting and unpaid and meta.has(meta.lookup(order), const.AUTHORIZED)


# -- refunds


def refunds(payload: Mapping[str, Any], currency: str) -> list[Refund]:
    """Refunds with the lines they name; many name none ("refunded" as a status, or a
    mere amount). One that only the order tells of is an amount without lines."""
    order = mapping(payload.get("order"))
    details = {text(refund.get("id")): refund for refund in objects(payload.get("refunds"))}
    for told in objects(order.get("refunds")):
        details.setdefault(text(told.get("id")), {**told, "amount": told.get("total")})
    restocked = _restocked(order, details.values())
    paid = date(order, "date_paid") is not None
    found = []
    for refund_id, refund in sorted(details.items(), key=lambda pair: (len(pair[0]), pair[0])):
        found.append(
            build(
                Refund,
                id=refund_id,
                created_at=date(refund, "date_created"),
                amount=cents(abs(decimal(refund.get("amount"), "refunds.amount")), currency),
                lines=tuple(_refund_lines(refund, restocked)),
                reason=long(refund.get("reason")),
                paid_out=paid,  # before the first payment there is nothing to pay back
            )
        )
    return found


def _refund_lines(refund: Mapping[str, Any], restocked: set[str]) -> list[RefundLine]:
    lines = []
    for name in LINE_LISTS:
        for item in objects(refund.get(name)):
            line_id = meta.scalar(meta.lookup(item).get("_refunded_item_id"))
            if line_id:
                lines.append(
                    build(
                        RefundLine,
                        line_id=line_id,
                        quantity=abs(decimal(item.get("quantity"), "refunds.quantity")),
                        net=-decimal(item.get("total"), "refunds.total"),
                        tax=-decimal(item.get("total_tax"), "refunds.total_tax"),
                        restocked=line_id in restocked or None,
                    )
                )
    return lines


def _restocked(order: Mapping[str, Any], details) -> set[str]:
    """Ids of lines of which all refunded units went back to stock."""
    taken_back: dict[str, Decimal] = {}
    for refund in details:
        for item in objects(refund.get("line_items")):
            line_id = meta.scalar(meta.lookup(item).get("_refunded_item_id"))
            units = abs(decimal(item.get("quantity"), "refunds.quantity"))
            taken_back[line_id] = taken_back.get(line_id, ZERO) + units
    found = set()
    for item in objects(order.get("line_items")):
        units = meta.scalar(meta.lookup(item).get("_restock_refunded_items"))
        wanted = taken_back.get(text(item.get("id")), ZERO)
        if wanted and whole(units) >= wanted:
            found.add(text(item.get("id")))
    return found


# -- shipments


def shipments(order: Mapping[str, Any]) -> list[Shipment]:
    """Parcels that a tracking plugin noted; each number once."""
    found: dict[str, Shipment] = {}
    metas = meta.lookup(order)
    for entry in objects(metas.get(const.TRACKING_ITEMS)):
        carrier = text(entry.get("tracking_provider")) or entry.get("custom_tracking_provider")
        _add_shipment(
            found,
            text(entry.get("tracking_number")),
            text(carrier),
            text(entry.get("custom_tracking_link")),
            _shipped_at(entry.get("date_shipped")),
        )
    for number_key, carrier_key, link_key in const.TRACKING_METAS:
        carrier = carrier_key.strip("<>") if carrier_key.startswith("<") else ""
        _add_shipment(
            found,
            meta.scalar(metas.get(number_key)),
            carrier or meta.scalar(metas.get(carrier_key)),
            meta.scalar(metas.get(link_key)),
        )
    return list(found.values())


def _shipped_at(value: Any) -> datetime | None:
    """From seconds since 1970."""
    try:
        return datetime.fromtimestamp(whole(value), UTC) if whole(value) else None
    except (ValueError, OverflowError, OSError):  # beyond the year 9999
        return None


def _add_shipment(found, number, carrier, link, shipped_at=None) -> None:
    if number and number not in found:
        found[number] = build(
            Shipment,
            id=label(number)[:200],
            created_at=shipped_at,
            carrier=label(carrier),
            tracking_number=label(number),
            tracking_url=long(link),
        )


# -- status


def status(order: Mapping[str, Any]) -> OrderStatus:
    """Unknown words (a shop may add its own) say nothing about money: PENDING."""
    word = text(order.get("status")).removeprefix("wc-")
    if word in const.DRAFTS or not word:
        raise Problem(Code.UNKNOWN_STATUS, status=word)
    if is_authorized(order):
        return OrderStatus.AUTHORIZED
    found = const.STATUSES.get(word, OrderStatus.PENDING)
    if word in const.PARTLY_SHIPPED:
        found = OrderStatus.PAID
    unpaid = date(order, "date_paid") is None
    if found is OrderStatus.PAID and unpaid and decimal(order.get("total")):
        return OrderStatus.ACCEPTED
    return found


def payment_status(
    order: Mapping[str, Any], stands: OrderStatus, total: Decimal, given_back: Decimal
) -> PaymentStatus:
    paid = date(order, "date_paid") is not None
    if paid and given_back:
        full = given_back >= total
        return PaymentStatus.REFUNDED if full else PaymentStatus.PARTIALLY_REFUNDED
    if paid or (not total and stands in (OrderStatus.PAID, OrderStatus.FULFILLED)):
        return PaymentStatus.PAID
    return {
        OrderStatus.AUTHORIZED: PaymentStatus.AUTHORIZED,
        OrderStatus.PARTIALLY_PAID: PaymentStatus.PARTIALLY_PAID,
        OrderStatus.FAILED: PaymentStatus.FAILED,
        OrderStatus.CANCELLED: PaymentStatus.VOIDED,
    }.get(stands, PaymentStatus.PENDING)


def fulfillment_status(order: Mapping[str, Any], stands: OrderStatus) -> FulfillmentStatus:
    if stands is OrderStatus.FULFILLED:
        return FulfillmentStatus.FULFILLED
    if text(order.get("status")) in const.PARTLY_SHIPPED:
        return FulfillmentStatus.PARTIAL
    if stands is OrderStatus.REFUNDED and date(order, "date_completed"):
        return FulfillmentStatus.FULFILLED  # the shop does not say whether it came back
    return FulfillmentStatus.UNFULFILLED


def risk(order: Mapping[str, Any]) -> Risk | None:
    """Only WooPayments leaves it on the order; other gateways keep it to themselves."""
    found = meta.lookup(order)
    level = const.RISK_LEVELS.get(meta.scalar(found.get(const.RISK_META)), "")
    advice = const.FRAUD_ADVICE.get(meta.scalar(found.get(const.FRAUD_META)), "")
    return build(Risk, level=level, recommendation=advice) if level or advice else None
