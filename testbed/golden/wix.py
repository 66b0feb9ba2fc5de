"""An order as the Wix eCommerce API gives it, with its transactions and fulfilments.

``order`` of ``/ecom/v1/orders``, ``payments`` and ``refunds`` of
``/ecom/v1/payments/list-by-ids``, ``fulfillments`` of ``/ecom/v1/fulfillments/list-by-ids``.
Types: npm ``@wix/auto_sdk_ecom_orders`` 1.0.300, ``…_order-transactions`` 1.0.108.
"""

from collections.abc import Mapping
from typing import Any

from . import wire, wix_lines, wix_money
from .wire import money
from .wix_lines import Json, Site, iso

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
_NATIONAL = {"IT": "Codice fiscale", "FR": "SIRET", "ES": "DNI"}


def render(order: Mapping[str, Any]) -> Json:
    site = Site(order)
    return {
        "order": {
            **_head(site),
            **_statuses(order),
            **wix_lines.fields(site),
            **_people(site),
            "balanceSummary": wix_money.balance(site),
            "activities": _activities(site),
        },
        "payments": wix_money.payments(site),
        "refunds": wix_money.refunds(site),
        "fulfillments": [_fulfillment(site, one) for one in wire.parcels(order)],
    }


def _order_id(order: Mapping[str, Any]) -> str:
    return wire.guid("wix order", order["external_id"])


def _head(site: Site) -> Json:
    order = site.order
    created = iso(order["created_at"])
    rate = str(order.get("exchange_rate") or "1")
    return {
        "id": _order_id(order),
        "number": order["number"],
        "createdDate": created,
        "purchasedDate": created,
        "updatedDate": iso(order["updated_at"]),
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
            "createdDate": iso(when),
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


# -- parcels


def _fulfillment(site: Site, parcel: Mapping[str, Any]) -> Json:
    tracking = {
        "shippingProvider": parcel.get("carrier"),
        "trackingNumber": parcel.get("tracking_number"),
        "trackingLink": parcel.get("tracking_url"),
    }
    known = {key: value for key, value in tracking.items() if value}
    return {
        "id": site.guid("fulfillment", parcel["id"]),
        "createdDate": iso(parcel.get("created_at") or site.order["updated_at"]),
        "lineItems": [
            {"id": site.line_id(row["line_id"]), "quantity": int(money(row["quantity"]))}
            for row in wire.listed(parcel, "lines")
        ],
        "status": "Fulfilled",
        "completed": True,
        **({"trackingInfo": known} if known else {}),
    }
