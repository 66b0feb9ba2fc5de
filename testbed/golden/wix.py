"""An order as the Wix eCommerce API gives it, with its transactions and fulfilments.

``order`` of ``/ecom/v1/orders``, ``payments`` and ``refunds`` of
``/ecom/v1/payments/list-by-ids``, ``fulfillments`` of ``/ecom/v1/fulfillments/list-by-ids``.
Types: npm ``@wix/auto_sdk_ecom_orders`` 1.0.300, ``…_order-transactions`` 1.0.108.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from . import wire, wix_lines
from .wire import ZERO, money
from .wix_lines import Json, Site

_PAYMENT_STATUSES = {
    "pending": "NOT_PAID",
    "authorized": "PENDING",
    "partially_paid": "PARTIALLY_PAID",
    "paid": "PAID",
    "partially_refunded": "PARTIALLY_REFUNDED",
    "refunded": "FULLY_REFUNDED",
    "failed": "DECLINED",
    "voided": "CANCELED",
}
_FULFILLMENT = {"fulfilled": "FULFILLED", "partial": "PARTIALLY_FULFILLED"}
# Methods whose money does not come over a provider
_OFFLINE = {"bank_wire": "BANK_TRANSFER", "cash": "CASH", "cash_on_delivery": ""}
_NATIONAL = {"IT": "Codice fiscale", "FR": "SIRET", "ES": "DNI"}


def render(order: Mapping[str, Any]) -> Json:
    site = Site(order)
    refunds = [_refund(site, one) for one in wire.listed(order, "refunds")]
    return {
        "order": {
            **_head(site),
            **_statuses(order),
            **wix_lines.fields(site),
            **_people(site),
            "balanceSummary": _balance(site),
            "activities": _activities(site),
        },
        "payments": _payments(site),
        "refunds": refunds,
        "fulfillments": _fulfillments(site),
    }


def _iso(when: Any) -> str | None:
    found = when if isinstance(when, datetime) else wire.moment(when)
    return found and found.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def order_id(order: Mapping[str, Any]) -> str:
    return wire.guid("wix order", order["external_id"])


def _head(site: Site) -> Json:
    order = site.order
    created = _iso(order["created_at"])
    rate = str(order.get("exchange_rate") or "1")
    return {
        "id": order_id(order),
        "number": order["number"],
        "createdDate": created,
        "purchasedDate": created,
        "updatedDate": _iso(order["updated_at"]),
        "buyerLanguage": order.get("language") or "en",
        "siteLanguage": "fr",
        "weightUnit": "KG",
        "currency": site.currency,
        "currencyConversionDetails": {
            "originalCurrency": order.get("shop_currency") or site.currency,
            "conversionRate": rate,
        },
        "taxIncludedInPrices": site.included,
        "archived": False,
        "seenByAHuman": True,
        "channelInfo": {"type": "WEB"},
        "checkoutId": site.guid("checkout"),
        "extendedFields": {"namespaces": {}},
    }


def _statuses(order: Mapping[str, Any]) -> Json:
    words = {"cancelled": "CANCELED", "failed": "REJECTED"}
    if order["status"] == "deleted":
        raise wire.CannotExpress("an order of Wix is never deleted")
    return {
        "status": words.get(order["status"], "APPROVED"),
        "paymentStatus": _PAYMENT_STATUSES[order["payment_status"]],
        "fulfillmentStatus": _FULFILLMENT.get(order.get("fulfillment_status", ""), "NOT_FULFILLED"),
    }


def _activities(site: Site) -> list[Json]:
    moments = [("ORDER_PLACED", site.order["created_at"])]
    if site.order.get("cancelled_at"):
        moments.append(("ORDER_CANCELED", site.order["cancelled_at"]))
    return [
        {
            "id": site.guid("activity", kind),
            "createdDate": _iso(when),
            "type": kind,
            "activityType": kind,
        }
        for kind, when in moments
    ]


# -- people


def _people(site: Site) -> Json:
    """The number of a company stands in a checkout field of the site's own: Wix asks for
    tax ids in Brazil only. A contact is kept of guests too."""
    order = site.order
    customer = wire.part(order, "customer")
    known = customer.get("external_id") and not customer.get("is_guest")
    buyer = {
        "contactId": wire.guid("contact", customer.get("external_id") or customer.get("email")),
        "email": customer.get("email"),
    }
    account = "memberId" if known else "visitorId"
    buyer[account] = wire.guid(account, customer.get("external_id") or site.order["external_id"])
    note = order.get("customer_note")
    return {
        "buyerInfo": {key: value for key, value in buyer.items() if value},
        **({"buyerNote": note} if note else {}),
        "billingInfo": wix_lines.place(order, "billing_address"),
        "recipientInfo": wix_lines.place(order, "shipping_address"),
        "customFields": _custom_fields(order),
    }


def _custom_fields(order: Mapping[str, Any]) -> list[Json]:
    address = wire.part(order, "billing_address")
    national = address.get("identification"), _NATIONAL.get(address.get("country", ""))
    pairs = [("VAT number", one["value"]) for one in wire.listed(order, "vat_candidates")]
    pairs += [(national[1], national[0])] if all(national) else []
    pairs += [("PO number", order["po_number"])] if order.get("po_number") else []
    pairs += [(one["name"], one["value"]) for one in wire.listed(order, "attributes")]
    return [{"title": title, "translatedTitle": title, "value": value} for title, value in pairs]


# -- money


def _captured(order: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [one for one in wire.listed(order, "payments") if one.get("captured", True)]


def _balance(site: Site) -> Json:
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


def _payments(site: Site) -> list[Json]:
    """What was received or authorized; of an order to be paid by hand the pending one."""
    order = site.order
    made = [_payment(site, one) for one in wire.listed(order, "payments")]
    awaited = order.get("payment_method") or {}
    if not made and awaited.get("code") in _OFFLINE and money(order["total"]):
        waiting = {"id": "awaited", "method": awaited, "amount": order["total"]}
        made.append(_payment(site, waiting, "PENDING"))
    return made


def _payment(site: Site, payment: Mapping[str, Any], status: str = "") -> Json:
    when = _iso(payment.get("paid_at") or site.order["created_at"])
    shared = {
        "id": site.guid("payment", payment["id"]),
        "createdDate": when,
        "updatedDate": when,
        "amount": site.price(payment["amount"]),
        "refundDisabled": False,
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
    status = status or ("APPROVED" if payment.get("captured", True) else "AUTHORIZED")
    return {**shared, "regularPaymentDetails": _regular(site, payment, status)}


def _regular(site: Site, payment: Mapping[str, Any], status: str) -> Json:
    """Wix's word of the method, or beside "Offline" the merchant's name for it."""
    code, label = payment["method"]["code"], payment["method"].get("label")
    details = {
        "paymentOrderId": site.guid("payment order", payment["id"]),
        "gatewayTransactionId": site.guid("gateway", payment["id"]),
        "status": status,
        "offlinePayment": code in _OFFLINE,
    }
    if code not in _OFFLINE:
        method = "CreditCard" if code == "card" else label or code
        reference = payment.get("transaction_id")
        return {
            **details,
            "paymentMethod": method,
            **({"providerTransactionId": reference} if reference else {}),
        }
    named = {"predefined": _OFFLINE[code]} if _OFFLINE[code] else {"custom": label or code}
    return {
        **details,
        "paymentMethod": "Offline",
        "paymentMethodName": {"userDefinedName": named},
    }


# -- refunds


def _paid_out(order: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [one for one in wire.listed(order, "refunds") if one.get("paid_out", True)]


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
        "createdDate": _iso(refund.get("created_at")),
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
                "additionalFeeId": wix_lines.fee_id(site, row["line_id"]),
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


# -- parcels


def _fulfillments(site: Site) -> list[Json]:
    """The parcels; where the site calls the order fulfilled and tells of none, one."""
    order = site.order
    parcels = wire.listed(order, "shipments")
    if not parcels and order.get("fulfillment_status") == "fulfilled":
        rows = [
            {"line_id": line["id"], "quantity": left}
            for line in site.of("product")
            if (left := wire.quantity(line) - money(line.get("quantity_removed"))) > 0
        ]
        parcels = [{"id": "whole", "created_at": order["updated_at"], "lines": rows}]
    return [_fulfillment(site, one) for one in parcels]


def _fulfillment(site: Site, parcel: Mapping[str, Any]) -> Json:
    tracking = {
        "shippingProvider": parcel.get("carrier"),
        "trackingNumber": parcel.get("tracking_number"),
        "trackingLink": parcel.get("tracking_url"),
    }
    known = {key: value for key, value in tracking.items() if value}
    return {
        "id": site.guid("fulfillment", parcel["id"]),
        "createdDate": _iso(parcel.get("created_at") or site.order["updated_at"]),
        "lineItems": [
            {"id": site.line_id(row["line_id"]), "quantity": int(money(row["quantity"]))}
            for row in wire.listed(parcel, "lines")
        ],
        "status": "Fulfilled",
        "completed": True,
        **({"trackingInfo": known} if known else {}),
    }
