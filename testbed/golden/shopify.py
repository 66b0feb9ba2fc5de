"""An order as Shopify's GraphQL Admin API gives it (version 2026-07).

Fields and meanings: https://shopify.dev/docs/api/admin-graphql/2026-07/objects/Order.
Dates are UTC; totals count what was given back as well, as ``quantity`` does.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from . import shopify_money, wire
from .shopify_lines import Goods
from .shopify_money import Till, iso
from .wire import ZERO, money

Json = dict[str, Any]

_FINANCIAL = {
    "pending": "PENDING",
    "authorized": "AUTHORIZED",
    "partially_paid": "PARTIALLY_PAID",
    "paid": "PAID",
    "partially_refunded": "PARTIALLY_REFUNDED",
    "refunded": "REFUNDED",
    "voided": "VOIDED",
}
_FULFILLMENT = {"fulfilled": "FULFILLED", "partial": "PARTIALLY_FULFILLED"}
# Countries whose fiscal numbers Shopify asks for at checkout (enum LocalizedFieldKey)
_CREDENTIALS = ("BR", "CL", "CO", "CR", "EC", "ES", "GT", "IT", "MX", "MY", "PE", "PT", "PY", "TR")


def render(order: Mapping[str, Any]) -> Json:
    till = Till(order)
    goods = Goods(till)
    lines = goods.fields()
    return {
        "order": {
            "__typename": "Order",
            "id": _gid("Order", order["external_id"]),
            **_head(order),
            **_statuses(order),
            **lines,
            **_totals(till),
            **_parties(till),
            "transactions": shopify_money.transactions(till),
            "refunds": shopify_money.refunds(till, goods.gids),
            "fulfillments": _fulfillments(till, goods),
            "fulfillmentOrders": {"nodes": [_fulfillment_order(till)]},
            "paymentTerms": _payment_terms(till),
            "risk": _risk(order),
        }
    }


def _gid(kind: str, number: Any) -> str:
    return f"gid://shopify/{kind}/{number}"


def _head(order: Mapping[str, Any]) -> Json:
    methods = [one["method"] for one in wire.listed(order, "payments")]
    kinds = [one.get("kind", "payment") for one in wire.listed(order, "payments")]
    if not methods and order.get("payment_method") and money(order["total"]):
        methods, kinds = [order["payment_method"]], ["payment"]
    gateways = [shopify_money.gateway_of(*pair)[0] for pair in zip(methods, kinds, strict=True)]
    digits = "".join(filter(str.isdigit, order["number"]))
    return {
        "name": order["number"],
        "number": int(digits or 0),
        "poNumber": order.get("po_number") or None,
        "sourceName": order.get("channel") or "web",
        "test": bool(order.get("test")),
        "createdAt": iso(order["created_at"]),
        "updatedAt": iso(order["updated_at"]),
        "processedAt": iso(order["created_at"]),
        "note": order.get("customer_note") or None,
        "tags": wire.listed(order, "tags"),
        "customerLocale": order.get("language") or None,
        "paymentGatewayNames": list(dict.fromkeys(gateways)),
        "merchantBusinessEntity": {"id": _gid("BusinessEntity", 1), "displayName": "Golden"},
        "retailLocation": None,
    }


def _statuses(order: Mapping[str, Any]) -> Json:
    word = order["payment_status"]
    if word not in _FINANCIAL:
        raise wire.CannotExpress("a failed payment makes no order in Shopify")
    cancelled = iso(order.get("cancelled_at"))
    refunds = wire.listed(order, "refunds")
    edited = any(not one.get("paid_out", True) for one in refunds)
    return {
        "displayFinancialStatus": _FINANCIAL[word],
        "displayFulfillmentStatus": _FULFILLMENT.get(
            order.get("fulfillment_status", ""), "UNFULFILLED"
        ),
        "cancelledAt": cancelled,
        "cancelReason": "CUSTOMER" if cancelled else None,
        "edited": edited and not cancelled,
    }


# -- money


def _totals(till: Till) -> Json:
    order, bag = till.order, till.bag
    received = wire.total(
        one["amount"] for one in wire.listed(order, "payments") if one.get("captured", True)
    )
    returned = wire.total(
        one["amount"] for one in wire.listed(order, "refunds") if one.get("paid_out", True)
    )
    zero = bag(ZERO)
    return {
        "currencyCode": till.own,
        "presentmentCurrencyCode": till.currency,
        "taxesIncluded": till.included,
        "taxExempt": bool(order.get("tax_exempt")),
        "dutiesIncluded": False,
        "estimatedTaxes": False,
        "totalPriceSet": bag(order["total"]),
        "totalTaxSet": bag(order["total_tax"]),
        "totalReceivedSet": bag(received),
        "totalRefundedSet": bag(returned),
        "originalTotalDutiesSet": None,
        "totalCashRoundingAdjustment": {"paymentSet": zero, "refundSet": zero},
    }


def _payment_terms(till: Till) -> Json | None:
    """Net terms: due so many days after the order."""
    terms = wire.part(till.order, "payment_terms")
    if not terms:
        return None
    days = terms.get("due_days")
    issued = wire.moment(till.order["created_at"])
    due = wire.moment(terms.get("due_at")) or issued + timedelta(days=days or 0)
    schedule = {"id": till.gid("PaymentSchedule"), "dueAt": iso(due), "completedAt": None}
    return {
        "id": till.gid("PaymentTerms"),
        "paymentTermsName": terms.get("name") or f"Net {days}",
        "paymentTermsType": "NET" if days else "FIXED",
        "dueInDays": days,
        "paymentSchedules": {"nodes": [schedule]},
    }


def _risk(order: Mapping[str, Any]) -> Json:
    risk = wire.part(order, "risk")
    advice = risk.get("recommendation") or ("investigate" if risk else "none")
    level = risk.get("level", "low").upper()
    return {"recommendation": advice.upper(), "assessments": [{"riskLevel": level}]}


# -- people


def _parties(till: Till) -> Json:
    order = till.order
    customer = wire.part(order, "customer")
    company = customer.get("company_external_id")
    guest = customer.get("is_guest") or not customer.get("external_id")
    numbers = [one["value"] for one in wire.listed(order, "vat_candidates")]
    location, account = (numbers[:1], []) if company else ([], [] if guest else numbers[:1])
    asked = numbers[1:] if company or not guest else numbers
    exempt = bool(order.get("tax_exempt"))
    return {
        "email": customer.get("email") or None,
        "phone": customer.get("phone") or None,
        "customer": None if guest else _customer(customer, account, exempt=exempt),
        "purchasingEntity": _company(till, customer, location, exempt=exempt) if company else None,
        "localizedFields": {"nodes": _localized_fields(order)},
        "billingAddress": _address(till, "billing_address"),
        "shippingAddress": _address(till, "shipping_address"),
        "customAttributes": [{"key": "VAT number", "value": value} for value in asked]
        + [{"key": one["name"], "value": one["value"]} for one in wire.listed(order, "attributes")],
    }


def _customer(customer: Mapping[str, Any], numbers: list[str], *, exempt: bool) -> Json:
    names = [customer.get("first_name"), customer.get("last_name")]
    email, phone = customer.get("email"), customer.get("phone")
    return {
        "id": _gid("Customer", customer["external_id"]),
        "firstName": names[0] or None,
        "lastName": names[1] or None,
        "displayName": " ".join(filter(None, names)) or email,
        "locale": customer.get("language") or "en",
        "taxExempt": exempt,
        "defaultEmailAddress": {"emailAddress": email} if email else None,
        "defaultPhoneNumber": {"phoneNumber": phone} if phone else None,
        "taxSettings": {"taxId": numbers[0] if numbers else None},
    }


def _company(till: Till, customer, numbers: list[str], *, exempt: bool) -> Json:
    number = customer["company_external_id"]
    return {
        "__typename": "PurchasingCompany",
        "company": {"id": _gid("Company", number), "name": customer["company"], "externalId": None},
        "location": {
            "id": till.gid("CompanyLocation"),
            "name": customer["company"],
            "externalId": None,
            "taxSettings": {
                "taxRegistrationId": numbers[0] if numbers else None,
                "taxExempt": exempt,
            },
        },
    }


def _localized_fields(order: Mapping[str, Any]) -> list[Json]:
    place = wire.part(order, "billing_address")
    country, value = place.get("country"), place.get("identification")
    if not value or country not in _CREDENTIALS:
        return []
    key = f"TAX_CREDENTIAL_{country}"
    title = "Tax credential"
    return [{"key": key, "title": title, "value": value, "purpose": "TAX", "countryCode": country}]


def _address(till: Till, field: str) -> Json | None:
    place = wire.part(till.order, field)
    if not place:
        return None
    names = [place.get("first_name"), place.get("last_name")]
    return {
        "id": f"{till.gid('MailingAddress', field)}?model_name=Address",
        "firstName": names[0] or None,
        "lastName": names[1] or None,
        "name": " ".join(filter(None, names)) or None,
        "company": place.get("company") or None,
        "address1": place.get("street") or None,
        "address2": place.get("street2") or None,
        "city": place.get("city") or None,
        "zip": place.get("zip") or None,
        "province": place.get("state_name") or None,
        "provinceCode": place.get("state_code") or None,
        "countryCodeV2": place.get("country") or None,
        "phone": place.get("phone") or None,
    }


# -- parcels


def _fulfillments(till: Till, goods: Goods) -> list[Json]:
    parcels = enumerate(wire.parcels(till.order), start=1)
    return [_fulfillment(till, goods, index, one) for index, one in parcels]


def _fulfillment(till: Till, goods: Goods, index: int, parcel: Mapping[str, Any]) -> Json:
    rows = [
        {
            "id": till.gid("FulfillmentLineItem", parcel["id"], row["line_id"]),
            "quantity": int(money(row["quantity"])),
            "lineItem": {"id": goods.gids[row["line_id"]]},
        }
        for row in wire.listed(parcel, "lines")
    ]
    tracking = {
        "company": parcel.get("carrier") or None,
        "number": parcel.get("tracking_number") or None,
        "url": parcel.get("tracking_url") or None,
    }
    return {
        "id": till.gid("Fulfillment", parcel["id"]),
        "name": f"{till.order['number']}-F{index}",
        "status": "SUCCESS",
        "createdAt": iso(parcel.get("created_at") or till.order["updated_at"]),
        "totalQuantity": sum(row["quantity"] for row in rows),
        "trackingInfo": [tracking] if any(tracking.values()) else [],
        "fulfillmentLineItems": {"nodes": rows},
    }


def _fulfillment_order(till: Till) -> Json:
    place = {"name": "Main warehouse", "countryCode": "FR", "location": {"id": _gid("Location", 1)}}
    return {
        "id": till.gid("FulfillmentOrder"),
        "deliveryMethod": {
            "id": till.gid("DeliveryMethod"),
            "methodType": "SHIPPING",
            "presentedName": None,
        },
        "assignedLocation": place,
    }
