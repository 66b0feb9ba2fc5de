"""What happened after the sale: payments, refunds, removed units, parcels."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ...canonical import (
    Payment,
    PaymentKind,
    PaymentMethod,
    Refund,
    RefundLine,
    Shipment,
    ShipmentLine,
)
from ..normalizing import build, decimal, label, listed, long, mapping, objects, text, utc
from .const import AUTHORIZATIONS, DEAD_FULFILLMENTS, MONEY_IN, PAYMENT_KINDS
from .money import ZERO, nodes, paid, split, tail

Json = Mapping[str, Any]


# -- payments


def payments(order: Json) -> tuple[Payment, ...]:
    """Money received, and authorizations that still stand; failed and pending left out."""
    done = [x for x in objects(order.get("transactions")) if x.get("status") == "SUCCESS"]
    change: dict[str, Decimal] = {}
    for entry in done:
        if entry.get("kind") == "CHANGE":
            parent = _parent(entry)
            change[parent] = change.get(parent, ZERO) + _amount(entry)
    ended = {_parent(x) for x in done if x.get("kind") in ("CAPTURE", "VOID")}
    dead = order.get("displayFinancialStatus") in ("EXPIRED", "VOIDED")
    found = []
    for entry in done:
        transaction_id = tail(entry.get("id"))
        amount = _amount(entry) - change.get(transaction_id, ZERO)
        if text(entry.get("kind")) in MONEY_IN and amount > 0:
            found.append(_payment(order, entry, amount, captured=True))
        elif text(entry.get("kind")) in AUTHORIZATIONS and transaction_id not in ended and not dead:
            found.append(_payment(order, entry, amount, captured=False))
    return tuple(found)


def payment_method(order: Json, received: tuple[Payment, ...]) -> PaymentMethod | None:
    """The main way of paying: what brought most money besides gift cards."""
    real = [x for x in received if x.kind not in (PaymentKind.GIFT_CARD, PaymentKind.STORE_CREDIT)]
    if real or received:
        return max(real or received, key=lambda payment: payment.amount).method
    tried = objects(order.get("transactions"))
    if tried:
        return _method(tried[-1])
    names = [name for name in listed(order.get("paymentGatewayNames")) if text(name)]
    return build(PaymentMethod, code=label(names[0]), label=label(names[0])) if names else None


def kind_of(gateway: Any) -> PaymentKind:
    return PAYMENT_KINDS.get(text(gateway).casefold(), PaymentKind.PAYMENT)


def _payment(order: Json, entry: Json, amount: Decimal, *, captured: bool) -> Payment:
    moment = entry.get("processedAt") or entry.get("createdAt")
    return build(
        Payment,
        id=tail(entry.get("id")),
        transaction_id=label(entry.get("paymentId")),
        method=_method(entry),
        kind=kind_of(entry.get("gateway")),
        amount=amount,
        currency=text(order.get("presentmentCurrencyCode")),
        paid_at=utc(moment, "transactions.processedAt") if moment else None,
        captured=captured,
    )


def _method(entry: Json) -> PaymentMethod:
    gateway = label(entry.get("gateway"))
    title = label(entry.get("formattedGateway"))
    return build(PaymentMethod, code=gateway or title or "unknown", label=title or gateway)


def _amount(entry: Json) -> Decimal:
    """What changed hands: with cash, rounded to the smallest coin."""
    return paid(entry.get("amountSet"), "transactions") + paid(entry.get("amountRoundingSet"))


def _parent(entry: Json) -> str:
    return tail(mapping(entry.get("parentTransaction")).get("id"))


# -- refunds


def refunds(order: Json) -> tuple[Refund, ...]:
    """Every refund record. One without money is how an edit removes units."""
    found = []
    for refund in objects(order.get("refunds")):
        money = paid(refund.get("totalRefundedSet"), "totalRefundedSet")
        lines = _refund_lines(order, refund)
        if not money and not lines:
            continue
        moment = refund.get("processedAt") or refund.get("createdAt")
        entries = [x for x in nodes(refund.get("transactions")) if x.get("status") == "SUCCESS"]
        found.append(
            build(
                Refund,
                id=tail(refund.get("id")),
                created_at=utc(moment, "refunds.createdAt") if moment else None,
                amount=money or sum((line.net + line.tax for line in lines), ZERO),
                lines=lines,
                reason=long(_reason(refund)),
                paid_out=bool(money),
                transaction_ids=tuple(tail(x.get("id")) for x in entries),
            )
        )
    return tuple(found)


def _reason(refund: Json) -> str:
    adjustments = nodes(refund.get("orderAdjustments"))
    return text(refund.get("note")) or ", ".join(
        dict.fromkeys(text(x.get("reason")) for x in adjustments if x.get("reason"))
    )


def _refund_lines(order: Json, refund: Json) -> tuple[RefundLine, ...]:
    included = bool(order.get("taxesIncluded"))
    lines = []
    for item in nodes(refund.get("refundLineItems")):
        tax = paid(item.get("totalTaxSet"))
        lines.append(
            build(
                RefundLine,
                line_id=tail(mapping(item.get("lineItem")).get("id")),
                quantity=decimal(item.get("quantity"), "refundLineItems.quantity"),
                net=split(paid(item.get("subtotalSet")), tax, included)[0],
                tax=tax,
                restocked=item.get("restocked"),
            )
        )
    for item in nodes(refund.get("refundShippingLines")):
        tax = paid(item.get("taxAmountSet"))
        lines.append(
            build(
                RefundLine,
                line_id=f"shipping-{tail(mapping(item.get('shippingLine')).get('id'))}",
                quantity=ZERO,
                net=split(paid(item.get("subtotalAmountSet")), tax, included)[0],
                tax=tax,
            )
        )
    for item in objects(refund.get("duties")):
        duty = tail(mapping(item.get("originalDuty")).get("id"))
        if duty:
            net = paid(item.get("amountSet"))
            lines.append(build(RefundLine, line_id=f"duty-{duty}", net=net, tax=ZERO))
    return tuple(lines)


def removed_units(order: Json) -> dict[str, Decimal]:
    """Units per line id that will never be shipped: cancelled by an edit or refund.

    NO_RESTOCK says nothing about shipping, so such units count as far as they are
    neither shipped nor still to be shipped.
    """
    removed: dict[str, Decimal] = {}
    unclear: dict[str, Decimal] = {}
    for refund in objects(order.get("refunds")):
        edit = not paid(refund.get("totalRefundedSet"))
        for item in nodes(refund.get("refundLineItems")):
            line_id = tail(mapping(item.get("lineItem")).get("id"))
            kind = item.get("restockType")
            target = removed if kind == "CANCEL" or (edit and kind != "RETURN") else unclear
            if kind != "RETURN":
                quantity = decimal(item.get("quantity"), "refundLineItems.quantity")
                target[line_id] = target.get(line_id, ZERO) + quantity
    shipped = _shipped_units(order)
    for item in nodes(order.get("lineItems")):
        line_id = tail(item.get("id"))
        if line_id in unclear and item.get("requiresShipping"):
            known = shipped.get(line_id, ZERO) + removed.get(line_id, ZERO)
            waiting = decimal(item.get("unfulfilledQuantity"))
            missing = decimal(item.get("quantity"), "quantity") - known - waiting
            gone = min(unclear[line_id], max(ZERO, missing))
            removed[line_id] = removed.get(line_id, ZERO) + gone
    return removed


# -- parcels


def shipments(order: Json) -> tuple[Shipment, ...]:
    """One for each parcel. Shopify lists a fulfillment's tracking numbers without saying
    which items travel under which, so its lines stand on the first one."""
    found = []
    for entry in _living(order):
        parcels = objects(entry.get("trackingInfo")) or [{}]
        moment = entry.get("createdAt")
        for index, parcel in enumerate(parcels, 1):
            shipment_id = tail(entry.get("id"))
            found.append(
                build(
                    Shipment,
                    id=shipment_id if index == 1 else f"{shipment_id}-{index}",
                    created_at=utc(moment, "fulfillments.createdAt") if moment else None,
                    carrier=label(parcel.get("company")),
                    tracking_number=label(parcel.get("number")),
                    tracking_url=long(parcel.get("url")),
                    lines=_shipment_lines(entry) if index == 1 else (),
                )
            )
    return tuple(found)


def _living(order: Json) -> list[Json]:
    entries = objects(order.get("fulfillments"))
    return [entry for entry in entries if text(entry.get("status")) not in DEAD_FULFILLMENTS]


def _shipment_lines(entry: Json) -> tuple[ShipmentLine, ...]:
    return tuple(
        build(
            ShipmentLine,
            line_id=tail(mapping(item.get("lineItem")).get("id")),
            quantity=decimal(item.get("quantity"), "fulfillmentLineItems.quantity"),
        )
        for item in nodes(entry.get("fulfillmentLineItems"))
    )


def _shipped_units(order: Json) -> dict[str, Decimal]:
    shipped: dict[str, Decimal] = {}
    for entry in _living(order):
        for line in _shipment_lines(entry):
            shipped[line.line_id] = shipped.get(line.line_id, ZERO) + line.quantity
    return shipped
