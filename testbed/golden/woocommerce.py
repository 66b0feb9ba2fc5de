"""An order as WooCommerce's REST API v3 gives it, with what the connector keeps beside it.

https://woocommerce.github.io/woocommerce-rest-api-docs/#orders, and as seen on a
WooCommerce 11 shop: the site is in Paris, dates have a ``_gmt`` twin, both without zone.
There is one payment, told by ``date_paid``, and an order's status says all the rest.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from . import wire, woocommerce_lines
from .wire import money
from .woocommerce_lines import Json, Ledger

_ZONE = ZoneInfo("Europe/Paris")
_STATUSES = {
    "pending": "pending",
    "authorized": "on-hold",
    "accepted": "processing",
    "paid": "processing",
    "fulfilled": "completed",
    "cancelled": "cancelled",
    "refunded": "refunded",
    "failed": "failed",
    "deleted": "trash",
}
# Gateways of WooCommerce's own and of its most common plugin
_GATEWAYS = {"bank_wire": "bacs", "cash_on_delivery": "cod", "card": "stripe"}
# Plugins of single countries that ask for a national number
_NATIONAL = {"IT": "_billing_codice_fiscale", "ES": "_billing_dni", "FR": "_billing_siret"}
_VAT_KEYS = ("_billing_vat_number", "vat_number")  # EU VAT Number, EU VAT Assistant


def render(order: Mapping[str, Any]) -> Json:
    ledger = Ledger(order)
    cards, payment = _received(order)
    refunds = [_refund(ledger, one) for one in wire.listed(order, "refunds")]
    customer_id = int(wire.part(order, "customer").get("external_id") or 0)
    return {
        "order": {
            "id": int(order["external_id"]),
            "parent_id": 0,
            "version": "11.0.1",
            "number": order["number"],
            "status": _status(order),
            "currency": order["currency"],
            "prices_include_tax": ledger.included,
            "customer_id": customer_id,
            "created_via": "store-api",
            "customer_note": order.get("customer_note") or "",
            **woocommerce_lines.fields(ledger),
            "total": ledger.text(money(order["total"]) - wire.total(c["amount"] for c in cards)),
            **_payment(order, payment or (cards and cards[0])),
            **_dates("date_created", wire.moment(order["created_at"])),
            **_dates("date_modified", wire.moment(order["updated_at"])),
            **_dates("date_completed", _completed(order)),
            "billing": {
                **_address(order, "billing_address"),
                "email": wire.part(order, "customer").get("email") or "",
            },
            "shipping": _address(order, "shipping_address"),
            "meta_data": _metas(ledger),
            "refunds": [_summary(ledger, one) for one in reversed(refunds)],
            **_gift_cards(cards),
        },
        "refunds": refunds,
        "customer": _customer(order, customer_id),
        "products": woocommerce_lines.products(ledger),
    }


def _dates(field: str, when: datetime | None) -> Json:
    """Local date and its GMT twin."""
    text = "%Y-%m-%dT%H:%M:%S"
    return {
        field: when and when.astimezone(_ZONE).strftime(text),
        f"{field}_gmt": when and when.strftime(text),
    }


# -- status and payment


def _status(order: Mapping[str, Any]) -> str:
    word = order["status"]
    if word not in _STATUSES:
        raise wire.CannotExpress("WooCommerce knows no part payments")
    if order.get("fulfillment_status") == "partial":
        return "partial-shipped"  # Advanced Shipment Tracking
    if word == "pending" and _gateway(order.get("payment_method")) == "bacs":
        return "on-hold"  # money is awaited by bank
    return _STATUSES[word]


def _completed(order: Mapping[str, Any]) -> datetime | None:
    """When the shop counted the order as shipped: units taken back later were in it."""
    if order.get("fulfillment_status") != "fulfilled":
        return None
    parcels = [one.get("created_at") for one in wire.listed(order, "shipments")]
    if any(parcels):
        return max(wire.moment(when) for when in parcels if when)
    last = wire.moment(order["updated_at"])
    removed = any(money(line.get("quantity_removed")) for line in order["lines"])
    refunds = [wire.moment(one["created_at"]) for one in wire.listed(order, "refunds")]
    return last if removed or not refunds else min([last, *refunds]) - timedelta(seconds=1)


def _received(order: Mapping[str, Any]) -> tuple[list[Mapping[str, Any]], Json | None]:
    """(gift cards, the one payment)"""
    payments = wire.listed(order, "payments")
    cards = [one for one in payments if one.get("kind") == "gift_card"]
    rest = [one for one in payments if one.get("kind") != "gift_card"]
    if any(one.get("kind") == "store_credit" for one in rest):
        raise wire.CannotExpress("store credit is a plugin's affair in WooCommerce")
    open_amount = money(order["total"]) - wire.total(one["amount"] for one in cards)
    if len(rest) > 1 or (rest and money(rest[0]["amount"]) != open_amount):
        raise wire.CannotExpress("WooCommerce knows one payment, of the whole total")
    return cards, rest[0] if rest else None


def _payment(order: Mapping[str, Any], payment: Mapping[str, Any] | None) -> Json:
    """The gateway, and when it was paid; a free order counts as paid at once."""
    method = order.get("payment_method") or {}
    code = _gateway(method)
    paid_at = None
    if payment:
        is_card = payment.get("kind") == "gift_card"
        code = "" if is_card else _gateway(payment["method"])
        paid_at = wire.moment(payment.get("paid_at")) if payment.get("captured", True) else None
    elif not money(order["total"]):
        code, paid_at = "", wire.moment(order["created_at"])
    return {
        "payment_method": code,
        "payment_method_title": method.get("label", "") if code else "",
        "transaction_id": (payment or {}).get("transaction_id") or "",
        **_dates("date_paid", paid_at),
    }


def _gateway(method: Mapping[str, Any] | None) -> str:
    code = (method or {}).get("code", "")
    return _GATEWAYS.get(code, code)


def _gift_cards(cards: list[Mapping[str, Any]]) -> Json:
    """Field that the Gift Cards plugin adds; they are off the total, not off the lines."""
    if not cards:
        return {}
    listed = [
        {
            "id": index,
            "code": one.get("transaction_id") or f"GIFT-{one['id']}",
            "amount": float(money(one["amount"])),
        }
        for index, one in enumerate(cards, 1)
    ]
    return {"gift_cards": listed}


# -- people


def _customer(order: Mapping[str, Any], customer_id: int) -> Json:
    if not customer_id:
        return {}
    role = wire.part(order, "customer").get("group_id") or "customer"
    return {"id": customer_id, "role": role, "meta_data": []}


def _address(order: Mapping[str, Any], field: str) -> Json:
    place = wire.part(order, field)
    return {
        "first_name": place.get("first_name") or "",
        "last_name": place.get("last_name") or "",
        "company": place.get("company") or "",
        "address_1": place.get("street") or "",
        "address_2": place.get("street2") or "",
        "city": place.get("city") or "",
        "state": place.get("state_code") or "",
        "postcode": place.get("zip") or "",
        "country": place.get("country") or "",
        "phone": place.get("phone") or "",
    }


def _metas(ledger: Ledger) -> list[Json]:
    """What plugins keep on the order, where it has something to say."""
    order = ledger.order
    numbers = [one["value"] for one in wire.listed(order, "vat_candidates")]
    if len(numbers) > len(_VAT_KEYS):
        raise wire.CannotExpress("no shop asks for as many VAT numbers")
    place = wire.part(order, "billing_address")
    authorized = order["payment_status"] == "authorized"
    pairs = [
        ("is_vat_exempt", "yes" if order.get("tax_exempt") else "no"),
        *zip(_VAT_KEYS, numbers, strict=False),
        (_NATIONAL.get(place.get("country", ""), ""), place.get("identification")),
        ("_purchase_order_number", order.get("po_number")),
        ("wpml_language", order.get("language")),
        ("gift_message", order.get("gift_message")),
        ("_stripe_charge_captured", "no" if authorized else ""),
        ("_wcpay_multi_currency_order_default_currency", order.get("shop_currency")),
        ("_wcpay_multi_currency_order_exchange_rate", order.get("exchange_rate")),
        *((one["name"], one["value"]) for one in wire.listed(order, "attributes")),
        ("_wc_shipment_tracking_items", _tracking(order)),
    ]
    return [ledger.meta(key, value) for key, value in pairs if key and value]


def _tracking(order: Mapping[str, Any]) -> list[Json]:
    """Parcels as the Shipment Tracking plugin keeps them."""
    return [
        {
            "tracking_provider": "",
            "custom_tracking_provider": one.get("carrier") or "",
            "custom_tracking_link": one.get("tracking_url") or "",
            "tracking_number": one["tracking_number"],
            "date_shipped": str(int(when.timestamp())) if when else "",
        }
        for one in wire.listed(order, "shipments")
        for when in [wire.moment(one.get("created_at"))]
        if one.get("tracking_number")
    ]


# -- refunds


def _refund(ledger: Ledger, refund: Mapping[str, Any]) -> Json:
    """Quantities and totals of its lines are negative, its amount is not; each line names
    the one it gives back. One of an unpaid order gives no money back."""
    if not refund.get("paid_out", True) and money(ledger.order.get("total_paid")):
        raise wire.CannotExpress("WooCommerce takes edited units out of their line")
    lines = {line["id"]: line for line in ledger.lines}
    rows = wire.listed(refund, "lines")
    first = ledger.first + 400 + 50 * int(refund["id"])
    made: dict[str, list[Json]] = {"line_items": [], "shipping_lines": [], "fee_lines": []}
    for index, row in enumerate(rows):
        line = lines[row["line_id"]]
        item = _refund_line(ledger, row, line, first + index)
        kind = wire.kind(line)
        goods = kind in ("product", "gift_card")
        name = "line_items" if goods else "shipping_lines" if kind == "shipping" else "fee_lines"
        made[name].append(item)
    parts = [(lines[row["line_id"]], -money(row["tax"])) for row in rows]
    full = money(ledger.order.get("total_refunded")) >= money(ledger.order["total"])
    return {
        "id": ledger.first + 900 + int(refund["id"]),
        **_dates("date_created", wire.moment(refund.get("created_at"))),
        "amount": ledger.text(refund["amount"]),
        "reason": refund.get("reason") or "",
        "refunded_by": 1,
        "refunded_payment": False,
        "meta_data": [ledger.meta("_refund_type", "full" if full else "partial")],
        **made,
        "tax_lines": ledger.tax_lines(parts, first + 25),
    }


def _refund_line(ledger: Ledger, row: Mapping[str, Any], line: Mapping[str, Any], number) -> Json:
    net, tax, units = money(row["net"]), money(row["tax"]), money(row.get("quantity"))
    metas = [ledger.meta("_refunded_item_id", str(ledger.line_id(line["id"])), of_line=True)]
    amounts = {"total": ledger.text(-net), "total_tax": ledger.text(-tax)}
    shared = {"id": number, **amounts, "meta_data": metas}
    if wire.kind(line) == "shipping":
        way = wire.part(line, "shipping").get("title") or line["name"]
        method = {"method_title": way, "method_id": "flat_rate", "instance_id": "1"}
        return {**shared, **method, "taxes": ledger.taxes(line, -tax, None)}
    if wire.kind(line) not in ("product", "gift_card"):
        return {**shared, "name": line["name"], "taxes": ledger.taxes(line, -tax, None)}
    return {
        **shared,
        "name": line["name"],
        "product_id": int(line.get("product_id") or 0),
        "variation_id": int(line.get("variant_id") or 0),
        "quantity": -int(units),
        "subtotal": amounts["total"],
        "subtotal_tax": amounts["total_tax"],
        "taxes": ledger.taxes(line, -tax, -tax),
        "sku": line.get("sku") or "",
        "price": float(net / units) if units else 0,
    }


def _summary(ledger: Ledger, refund: Mapping[str, Any]) -> Json:
    tax = wire.total(
        money(line["tax_total"]) + money(line["shipping_tax_total"]) for line in refund["tax_lines"]
    )
    return {
        "id": refund["id"],
        "reason": refund["reason"],
        "total": f"-{refund['amount']}",
        "total_tax": ledger.text(tax),
    }
