"""A WooCommerce order as canonical order; pure.

The payload: ``{"order": <orders/ID>, "refunds": [<refund with lines>], "customer":
{"id", "role", "meta_data"} or {}, "products": {id: {"id", "type", "sku", "virtual"}}}``.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ...canonical import Code, LineKind, Order, Problem, cents
from ...canonical.texts import _lt
from ..normalizing import build, decimal, label, long, mapping, plausible, text
from . import const, lines, meta, parties, payments, taxes
from .tidy import order_id

ZERO = Decimal(0)


@plausible
def normalize(payload: Mapping[str, Any]) -> Order:
    """The order; raises Problem where it is unreadable or contradicts itself."""
    order = mapping(mapping(payload).get("order"))
    if not order_id(order):
        raise Problem(Code.INVALID_ORDER, field="id", reason=_lt("missing"))
    return build(
        Order,
        platform="woocommerce",
        external_id=text(order.get("id")),
        number=label(order.get("number")) or text(order.get("id")),
        cart_reference=_cart_reference(order),
        channel=label(const.CHANNELS.get(text(order.get("created_via")), order.get("created_via"))),
        test=meta.has(meta.lookup(order), const.TEST_MODE),
        created_at=_required_date(order, "date_created"),
        updated_at=_required_date(order, "date_modified"),
        shop_status=label(order.get("status")),
        prices_include_tax=order.get("prices_include_tax") is True,
        tax_exempt=parties.is_exempt(order),
        customer=parties.customer(payload),
        billing_address=parties.billing_address(order),
        shipping_address=parties.shipping_address(order),
        pickup_point=parties.pickup_point(order),
        vat_candidates=tuple(parties.vat_candidates(payload)),
        language=parties.language(order),
        customer_note=long(order.get("customer_note")),
        po_number=parties.po_number(order),
        attributes=tuple(parties.attributes(order)),
        payment_method=payments.method(order),
        risk=payments.risk(order),
        shipments=tuple(payments.shipments(order)),
        **_currencies(order),
        **_money(payload, order),
    )


def _money(payload: Mapping[str, Any], order: Mapping[str, Any]) -> dict[str, Any]:
    """Lines, totals, payments, refunds and the statuses that follow from them."""
    currency = text(order.get("currency")).upper()
    made = lines.all_lines(payload)
    cards = lines.gift_cards(order, made)
    total = decimal(order.get("total"), "total") + sum((amount for _, amount in cards), ZERO)
    given_back = payments.refunds(payload, currency)
    refunded = sum((refund.amount for refund in given_back), ZERO)
    paid = payments.payments(order, currency, cards)
    stands = payments.status(order)
    message = parties.gift_message(order)
    return {
        "lines": tuple(made),
        "discounts": tuple(lines.discounts(order, made)),
        "total": total,
        "total_tax": decimal(order.get("total_tax"), "total_tax"),
        "tax_totals": tuple(taxes.totals(order)),
        "payments": tuple(paid),
        "total_paid": sum((payment.amount for payment in paid if payment.captured), ZERO),
        "refunds": tuple(given_back),
        "total_refunded": refunded,
        "status": stands,
        "payment_status": payments.payment_status(order, stands, cents(total, currency), refunded),
        "fulfillment_status": payments.fulfillment_status(order, stands),
        "gift_message": message,
        "is_gift": bool(message) or any(line.kind is LineKind.GIFT_WRAP for line in made),
    }


def _currencies(order: Mapping[str, Any]) -> dict[str, Any]:
    """The buyer's currency, and the shop's own where a plugin noted it."""
    currency, found = text(order.get("currency")).upper(), meta.lookup(order)
    for own_key, rate_key in const.CURRENCY_METAS:
        own, rate = meta.scalar(found.get(own_key)).upper(), meta.scalar(found.get(rate_key))
        if own and own != currency:
            rate = decimal(rate, rate_key).quantize(Decimal("0.00000001")) if rate else None
            return {"currency": currency, "shop_currency": own, "exchange_rate": rate}
    return {"currency": currency}


def _cart_reference(order: Mapping[str, Any]) -> str:
    """Marketplace plugins split a cart into sub-orders whose parent is its order."""
    parent = text(order.get("parent_id"))
    if parent not in ("", "0"):
        return label(parent)
    is_split = meta.has(meta.lookup(order), (("has_sub_order", "1"), ("has_sub_order", "true")))
    return text(order.get("id")) if is_split else ""


def _required_date(order: Mapping[str, Any], field: str):
    found = payments.date(order, field)
    if found is None:
        raise Problem(Code.BAD_DATE, field=field, value=text(order.get(f"{field}_gmt"))[:40])
    return found
