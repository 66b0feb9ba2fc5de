"""Payments, refunds, chargebacks and fulfilments of a Wix order."""

import re
from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ...canonical import (
    Line,
    Payment,
    PaymentKind,
    PaymentMethod,
    Refund,
    RefundLine,
    Shipment,
    ShipmentLine,
    cents,
    spread,
)
from ..normalizing import build, decimal, label, long, mapping, objects, text, utc
from . import const
from .lines import SHIPPING_LINE, amount

ZERO = Decimal(0)


def payment_method(payment: Mapping[str, Any]) -> PaymentMethod:
    """Stable code: Wix's method name in lower case, or the merchant's own name."""
    if payment.get("giftcardPaymentDetails"):
        return build(PaymentMethod, code="gift_card", label="Gift card")
    if payment.get("membershipPaymentDetails"):
        name = mapping(mapping(payment["membershipPaymentDetails"]).get("name"))
        return build(PaymentMethod, code="membership", label=label(name.get("original")))
    details = mapping(payment.get("regularPaymentDetails"))
    names = mapping(details.get("paymentMethodName"))
    own = mapping(names.get("userDefinedName"))
    shown = own.get("custom") or names.get("siteLanguageName") or names.get("buyerLanguageName")
    key = own.get("predefined") or own.get("custom") or details.get("paymentMethod") or shown
    if not key:
        key = "offline" if details.get("offlinePayment") else "other"
    code = re.sub(r"\W+", "_", text(key)).strip("_").lower()
    if const.CASH_ON_DELIVERY.search(f"{key} {shown}"):
        code = "cash_on_delivery"
    return build(PaymentMethod, code=label(code) or "other", label=label(shown or key))


def status(payment: Mapping[str, Any]) -> str:
    """The payment's state; the overall one is newer than those of the details."""
    for details in ("regularPaymentDetails", "membershipPaymentDetails", "giftcardPaymentDetails"):
        if found := mapping(payment.get(details)):
            if found.get("voided"):
                return "VOIDED"
            own = found.get("status")
            default = "APPROVED" if details.startswith("gift") else ""
            return text(payment.get("status") or own or default)
    return text(payment.get("status"))


def payments(items: list[Mapping[str, Any]], currency: str) -> list[Payment]:
    """Money received and authorizations; pending, failed and voided ones are left out."""
    found = []
    for index, item in enumerate(items):
        state = status(item)
        captures = _captures(item, index, currency)
        if state in const.MONEY_CAME:
            found += captures or [_payment(item, index, currency)]
        elif state == "AUTHORIZED":
            found += captures
            taken = sum((part.amount for part in captures), ZERO)
            left = amount(item.get("amount"), "payments.amount") - taken
            if left > 0:
                found.append(_payment(item, index, currency, captured=False, amount=left))
    return found


def _payment(item, index, currency, *, captured=True, **override) -> Payment:
    details = mapping(item.get("regularPaymentDetails"))
    method = payment_method(item)
    kinds = {
        "gift_card": PaymentKind.GIFT_CARD,
        "membership": PaymentKind.STORE_CREDIT,
        "cash_on_delivery": PaymentKind.CASH_ON_DELIVERY,
    }
    gift_card = mapping(item.get("giftcardPaymentDetails"))
    membership = mapping(item.get("membershipPaymentDetails"))
    reference = (
        details.get("providerTransactionId")
        or details.get("gatewayTransactionId")
        or gift_card.get("giftCardPaymentId")
        or membership.get("externalTransactionId")
    )
    values = {
        "id": text(item.get("id")) or f"payment-{index + 1}",
        "amount": amount(item.get("amount"), "payments.amount"),
        "paid_at": utc(item["createdDate"], "payments") if item.get("createdDate") else None,
    } | override
    return build(
        Payment,
        transaction_id=text(reference),
        method=method,
        kind=kinds.get(method.code, PaymentKind.PAYMENT),
        currency=currency,
        captured=captured,
        **values,
    )


def _captures(item, index, currency) -> list[Payment]:
    """What was captured of an authorization: the money came then."""
    details = mapping(mapping(item.get("regularPaymentDetails")).get("authorizationDetails"))
    found = []
    for number, capture in enumerate(objects(details.get("captures")), 1):
        if capture.get("status") != "SUCCEEDED":
            continue
        moment = capture.get("createdDate") or item.get("createdDate")
        facts = {
            "id": text(capture.get("id")) or f"{text(item.get('id'))}-{number}",
            "amount": amount(capture.get("amount"), "payments.captures"),
            "paid_at": utc(moment, "payments") if moment else None,
        }
        found.append(_payment(item, index, currency, **facts))
    return found


# -- money back


def refunds(
    items: list[Mapping[str, Any]],
    order: Mapping[str, Any],
    lines: list[Line],
    factors: Mapping[str, Decimal],
    currency: str,
) -> list[Refund]:
    """Refunds that took place; those still pending or failed moved no money yet."""
    by_id = {line.id: line for line in lines}
    found = []
    for index, item in enumerate(items):
        paid = _refunded(item)
        details = mapping(item.get("details"))
        moves = objects(item.get("transactions"))
        if not paid and (moves or mapping(item.get("summary")).get("pending")):
            continue
        done = [move for move in moves if move.get("refundStatus") == "SUCCEEDED"]
        references = [move.get("providerRefundId") or move.get("gatewayRefundId") for move in done]
        found.append(
            build(
                Refund,
                id=text(item.get("id")) or f"refund-{index + 1}",
                created_at=utc(item["createdDate"], "refunds") if item.get("createdDate") else None,
                amount=paid,
                lines=_refund_lines(item, order, by_id, factors, currency, paid),
                reason=long(details.get("reason")),
                paid_out=bool(paid),
                transaction_ids=[text(reference) for reference in references if reference],
            )
        )
    return found


def chargebacks(items: list[Mapping[str, Any]]) -> list[Refund]:
    """Money that card holders took back through their bank, less what was won back."""
    found = []
    for item in items:
        for back in objects(mapping(item.get("regularPaymentDetails")).get("chargebacks")):
            value = amount(back.get("amount")) - amount(back.get("reversalAmount"))
            if value > 0:
                moment = back.get("createdDate")
                found.append(
                    build(
                        Refund,
                        id=text(back.get("id")) or f"chargeback-{text(item.get('id'))}",
                        created_at=utc(moment, "chargebacks") if moment else None,
                        amount=value,
                        reason="Chargeback",
                        transaction_ids=[text(back.get("externalId"))],
                    )
                )
    return found


def _refunded(item: Mapping[str, Any]) -> Decimal:
    summary = mapping(item.get("summary"))
    if summary.get("refunded") is not None:
        return amount(summary["refunded"], "refunds.summary")
    return sum(
        (
            amount(move.get("amount"), "refunds.transactions")
            for move in objects(item.get("transactions"))
            if move.get("refundStatus") == "SUCCEEDED"
        ),
        ZERO,
    )


def _refund_lines(item, order, by_id, factors, currency, paid) -> list[RefundLine]:
    details = mapping(item.get("details"))
    stated = {
        text(part.get("lineItemId")): amount(part.get("totalRefundedAmount"), "refunds.breakdown")
        for part in objects(mapping(mapping(item.get("summary")).get("breakdown")).get("lineItems"))
    }
    wanted: list[tuple[Line, Decimal, Decimal]] = []  # line, units, gross
    for part in objects(details.get("lineItems") or details.get("items")):
        line = by_id.get(text(part.get("lineItemId")))
        if line is None:
            continue
        units = decimal(part.get("quantity"), "refunds.quantity") * factors.get(line.id, Decimal(1))
        share = units / line.quantity if line.quantity else Decimal(1)
        gross = stated.get(line.id, cents(line.gross * share, currency))
        wanted.append((line, units, gross))
    if details.get("shippingIncluded") and SHIPPING_LINE in by_id:
        line = by_id[SHIPPING_LINE]
        given = details.get("shipping")
        wanted.append((line, Decimal(1), amount(given) if given else line.gross))
    for part in objects(details.get("additionalFees")):
        line = by_id.get(text(part.get("additionalFeeId")))
        if line is not None:
            wanted.append((line, Decimal(1), amount(part.get("amount"), "refunds.fees")))
    wanted = _not_more_than(wanted, paid, currency)
    restocked = _restocked(order)
    return [
        build(
            RefundLine,
            line_id=line.id,
            quantity=units,
            **_net_and_tax(line, gross, currency),
            restocked=restocked.get(line.id),
        )
        for line, units, gross in wanted
    ]


def _not_more_than(wanted, paid, currency):
    """Less was given back than the lines are worth: each line bears its share."""
    if sum((gross for *_, gross in wanted), ZERO) <= paid or not wanted:
        return wanted
    shares = spread(paid, [gross for *_, gross in wanted], currency)
    return [(line, units, share) for (line, units, _), share in zip(wanted, shares, strict=True)]


def _net_and_tax(line: Line, gross: Decimal, currency: str) -> dict[str, Decimal]:
    if gross == line.gross or not line.gross:
        return {"net": line.net if gross else ZERO, "tax": line.tax if gross else ZERO}
    tax = cents(gross * line.tax / line.gross, currency)
    return {"net": gross - tax, "tax": tax}


def _restocked(order) -> dict[str, bool]:
    """By line id, whether all refunded units went back on the shelf."""
    found = {}
    for item in objects(order.get("lineItems")):
        if item.get("restockQuantity") is not None:
            back = decimal(item["restockQuantity"], "restockQuantity")
            refunded = decimal(item.get("refundQuantity"), "refundQuantity")
            found[text(item.get("id"))] = bool(back) and back >= refunded
    return found


# -- parcels


def shipments(items, lines: list[Line], factors: Mapping[str, Decimal]) -> list[Shipment]:
    """Fulfilments with their tracking; a line without quantity means all that is left."""
    ordered = {line.id: line.quantity for line in lines}
    left = dict(ordered)
    found = []
    for index, item in enumerate(items):
        parts = []
        for part in objects(item.get("lineItems")):
            key = text(part.get("id"))
            units = left.get(key, ZERO)
            if part.get("quantity") is not None:
                units = decimal(part["quantity"], "fulfillments.quantity")
                units *= factors.get(key, Decimal(1))
            left[key] = left.get(key, ZERO) - units
            if units > 0:
                parts.append(build(ShipmentLine, line_id=key, quantity=units))
        tracking = mapping(item.get("trackingInfo"))
        moment = item.get("createdDate")
        found.append(
            build(
                Shipment,
                id=text(item.get("id")) or f"fulfillment-{index + 1}",
                created_at=utc(moment, "fulfillments") if moment else None,
                carrier=label(tracking.get("shippingProvider")),
                tracking_number=label(tracking.get("trackingNumber")),
                tracking_url=long(tracking.get("trackingLink")),
                lines=parts,
            )
        )
    return found


def shipped_units(items, order: Mapping[str, Any], factors) -> dict[str, Decimal]:
    """Units by line id that left, before the lines themselves are built."""
    ordered = {
        text(item.get("id")): decimal(item.get("quantity"), "quantity")
        for item in objects(order.get("lineItems"))
    }
    found: dict[str, Decimal] = defaultdict(Decimal)
    for item in items:
        for part in objects(item.get("lineItems")):
            key = text(part.get("id"))
            given = part.get("quantity")
            count = ordered.get(key, ZERO) if given is None else decimal(given, "quantity")
            found[key] += count * factors.get(key, Decimal(1))
    return found
