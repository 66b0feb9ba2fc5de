"""Payments and refunds as Wix's order transactions give them.

Types: npm ``@wix/auto_sdk_ecom_order-transactions`` 1.0.108. A card that is authorized
first is one payment all the time, with its capture inside it.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from . import wire
from .wire import ZERO, money
from .wix_lines import Json, Site, fee_id, iso

# Methods whose money does not come over a provider
_OFFLINE = {"bank_wire": "BANK_TRANSFER", "cash": "CASH", "cash_on_delivery": ""}


def _captured(order: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [one for one in wire.listed(order, "payments") if one.get("captured", True)]


def balance(site: Site) -> Json:
    order = site.order
    paid = wire.total(one["amount"] for one in _captured(order))
    held = wire.total(
        one["amount"] for one in wire.listed(order, "payments") if not one.get("captured", True)
    )
    back = wire.total(one["amount"] for one in _paid_out(order))
    left = max(money(order["total"]) - paid, ZERO)
    zero = site.price(ZERO)
    return {
        "balance": site.price(left),
        "paid": site.price(paid),
        "refunded": site.price(back),
        "authorized": site.price(held),
        "pendingRefund": zero,
        "pending": zero,
    }


def payments(site: Site) -> list[Json]:
    """What was received or authorized; of an order to be paid by hand the pending one."""
    order = site.order
    made = [_payment(site, one) for one in wire.listed(order, "payments")]
    awaited = order.get("payment_method") or {}
    if not made and awaited.get("code") in _OFFLINE and money(order["total"]):
        waiting = {"id": "awaited", "method": awaited, "amount": order["total"]}
        made.append(_payment(site, waiting, "PENDING"))
    return made


def _payment(site: Site, payment: Mapping[str, Any], status: str = "") -> Json:
    placed = site.order["created_at"]
    authorized = wire.was_authorized(site.order, payment)
    came = payment.get("paid_at") or placed
    status = status or ("APPROVED" if payment.get("captured", True) else "AUTHORIZED")
    shared = {
        "id": site.guid("payment", payment["id"]),
        "createdDate": iso(placed if authorized else came),
        "updatedDate": iso(came),
        "amount": site.price(payment["amount"]),
        "refundDisabled": False,
        "status": status,
    }
    if payment.get("kind") == "gift_card":
        card = {
            "giftCardPaymentId": payment.get("transaction_id") or site.guid("card", payment["id"]),
            "appId": wire.guid("gift cards"),
            "voided": False,
            "obfuscatedCode": "**** **** **** **** K3F2",
        }
        return {**shared, "giftcardPaymentDetails": card}
    if payment.get("kind") == "store_credit":
        raise wire.CannotExpress("store credit of Wix is a gift card")
    return {**shared, "regularPaymentDetails": _regular(site, payment, status)}


def _regular(site: Site, payment: Mapping[str, Any], status: str) -> Json:
    """Wix's word of the method, or beside "Offline" the merchant's name for it."""
    code, label = payment["method"]["code"], payment["method"].get("label")
    details = {
        "paymentOrderId": site.guid("payment order", payment["id"]),
        "offlinePayment": code in _OFFLINE,
        "status": status,
    }
    if code in _OFFLINE:
        named = {"predefined": _OFFLINE[code]} if _OFFLINE[code] else {"custom": label or code}
        name = {"userDefinedName": named}
        return {**details, "paymentMethod": "Offline", "paymentMethodName": name}
    details |= {
        "gatewayTransactionId": site.guid("gateway", payment["id"]),
        "paymentMethod": "CreditCard" if code == "card" else label or code,
    }
    if payment.get("transaction_id"):
        details["providerTransactionId"] = payment["transaction_id"]
    if wire.was_authorized(site.order, payment):
        details["authorizationDetails"] = _authorization(site, payment)
    return details


def _authorization(site: Site, payment: Mapping[str, Any]) -> Json:
    """Made when the order was placed; only the whole amount can be captured."""
    capture = {
        "id": site.guid("capture", payment["id"]),
        "status": "SUCCEEDED",
        "amount": site.price(payment["amount"]),
        "createdDate": iso(payment.get("paid_at")),
    }
    return {
        "delayedCapture": True,
        "authorizedDate": iso(site.order["created_at"]),
        "captures": [capture] if payment.get("captured", True) else [],
    }


# -- refunds


def _paid_out(order: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [one for one in wire.listed(order, "refunds") if one.get("paid_out", True)]


def refunds(site: Site) -> list[Json]:
    return [_refund(site, one) for one in wire.listed(site.order, "refunds")]


def _refund(site: Site, refund: Mapping[str, Any]) -> Json:
    """What was asked for and came; how much of it is tax Wix does not say."""
    if not refund.get("paid_out", True):
        raise wire.CannotExpress("Wix takes edited units out of their line")
    lines = {line["id"]: line for line in site.lines}
    rows: dict[str, list] = {"items": [], "shipping": [], "fees": []}
    for row in wire.listed(refund, "lines"):
        _check_tax(site, row, lines[row["line_id"]])
        kind = wire.kind(lines[row["line_id"]])
        goods = kind in ("product", "gift_card")
        rows["items" if goods else "shipping" if kind == "shipping" else "fees"].append(row)
    amount = site.price(refund["amount"])
    zero = site.price(ZERO)
    return {
        "id": site.guid("refund", refund["id"]),
        "createdDate": iso(refund.get("created_at")),
        "details": _details(site, refund, rows),
        "transactions": [
            {
                "paymentId": site.guid("payment", _captured(site.order)[0]["id"]),
                "amount": amount,
                "refundStatus": "SUCCEEDED",
                "externalRefund": False,
                "gatewayRefundId": site.guid("gateway refund", refund["id"]),
            }
        ],
        "summary": {
            "requestedRefund": amount,
            "pendingRefund": zero,
            "refunded": amount,
            "failedRefundAmount": zero,
            "pending": False,
            "breakdown": {
                "lineItems": [
                    {
                        "lineItemId": site.line_id(row["line_id"]),
                        "totalRefundedAmount": site.price(_gross(row)),
                    }
                    for row in rows["items"]
                ]
            },
        },
    }


def _details(site: Site, refund: Mapping[str, Any], rows: Mapping[str, list]) -> Json:
    items = [
        {"lineItemId": site.line_id(row["line_id"]), "quantity": int(money(row["quantity"]))}
        for row in rows["items"]
    ]
    details: Json = {"items": items, "lineItems": items, "shippingIncluded": bool(rows["shipping"])}
    for row in rows["shipping"]:
        details["shipping"] = {"amount": site.price(_gross(row))}
    if rows["fees"]:
        details["additionalFees"] = [
            {
                "additionalFeeId": fee_id(site, row["line_id"]),
                "amount": site.price(_gross(row)),
            }
            for row in rows["fees"]
        ]
    if refund.get("reason"):
        details["reason"] = refund["reason"]
    return details


def _gross(row: Mapping[str, Any]) -> Decimal:
    return money(row["net"]) + money(row["tax"])


def _check_tax(site: Site, row: Mapping[str, Any], line: Mapping[str, Any]) -> None:
    """Nothing but the line tells the tax of what it gives back."""
    gross, whole = _gross(row), money(line["gross"])
    share = gross * money(line["tax"]) / whole if whole else ZERO
    if wire.rounded(share, wire.digits(site.currency)) != money(row["tax"]):
        raise wire.CannotExpress("Wix does not tell the tax of a refund")
