"""A Shopify order as canonical order; pure functions.

``payload`` is ``{"order": {...}}`` with the fields of ``queries/fragments.graphql`` and every
connection complete. Amounts are taken in the currency the buyer paid in
(``presentmentMoney``).

The total is ``totalPriceSet``: units added by an edit are in it, units removed by an
edit or given back are still in it, exactly as in ``quantity``, ``discountAllocations``
and ``taxLines`` of the lines (``currentTotalPriceSet`` and ``currentQuantity`` leave them
out). What was removed stands in ``quantity_removed`` and in the refunds.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ...canonical import (
    Attribute,
    Code,
    FulfillmentStatus,
    Line,
    Order,
    OrderStatus,
    Payment,
    PaymentKind,
    PaymentStatus,
    PaymentTerms,
    Problem,
    Risk,
)
from ...canonical.texts import _lt
from ..normalizing import build, label, listed, long, mapping, objects, plausible, text, utc
from . import lines, parties, transactions
from .const import (
    CHANNELS,
    FULFILLMENT_STATUSES,
    GIFT_FIELD,
    MESSAGE_FIELD,
    ORDER_STATUSES,
    PAYMENT_STATUSES,
    RISK_LEVELS,
    YES,
)
from .money import ZERO, in_shop_currency, nodes, paid, plain, tail, taxes

Json = Mapping[str, Any]
_REQUIRED = {
    "lineItems": _lt("its lines"),
    "totalPriceSet": _lt("its total"),
    "presentmentCurrencyCode": _lt("its currency"),
}
# Parts that the reader may have failed to get, see ``reader.Reader``
_PARTS = {
    _lt("a part of the order"): lambda order: [order],
    _lt("a refund"): lambda order: objects(order.get("refunds")),
    _lt("a shipment"): lambda order: objects(order.get("fulfillments")),
    _lt("its payment terms"): lambda order: [mapping(order.get("paymentTerms"))],
}


@plausible
def normalize(payload: Json) -> Order:
    """Raises Problem INVALID_ORDER, INCOMPLETE_PAYLOAD or BAD_DATE."""
    order = _order_of(payload)
    received = transactions.payments(order)
    sold = lines.build_lines(order, transactions.removed_units(order))
    billing, shipping = parties.addresses(order)
    gift, message = _gift(order)
    return build(
        Order,
        platform="shopify",
        external_id=tail(order.get("id")),
        number=label(order.get("name")),
        channel=CHANNELS.get(text(order.get("sourceName")), label(order.get("sourceName"))),
        test=bool(order.get("test")),
        created_at=utc(order.get("createdAt"), "createdAt"),
        updated_at=utc(order.get("updatedAt"), "updatedAt"),
        cancelled_at=_moment(order.get("cancelledAt"), "cancelledAt"),
        **_statuses(order),
        **_totals(order, received),
        lines=sold,
        discounts=lines.build_discounts(order),
        payment_method=transactions.payment_method(order, received),
        payments=received,
        refunds=transactions.refunds(order),
        shipments=transactions.shipments(order),
        customer=parties.customer(order),
        billing_address=billing,
        shipping_address=shipping,
        pickup_point=parties.pickup_point(order),
        vat_candidates=parties.vat_candidates(order),
        language=parties.language(order),
        customer_note=long(order.get("note")),
        gift_message=long(message),
        is_gift=gift,
        po_number=label(order.get("poNumber")),
        payment_terms=_payment_terms(order),
        risk=_risk(order),
        tags=tuple(label(tag) for tag in listed(order.get("tags")) if text(tag)),
        attributes=parties.attributes(order) + _facts(order, sold),
    )


def _order_of(payload: Json) -> Json:
    order = payload.get("order")
    if not isinstance(order, Mapping) or not tail(order.get("id")):
        raise Problem(Code.INVALID_ORDER, field="order", reason=_lt("not an order with an id"))
    for name, parts in _PARTS.items():
        if any(part.get("incomplete") for part in parts(order)):
            raise Problem(Code.INCOMPLETE_PAYLOAD, what=name)
    for field, name in _REQUIRED.items():
        if not order.get(field):
            raise Problem(Code.INCOMPLETE_PAYLOAD, what=name)
    return order


def _moment(value: Any, field: str):
    return utc(value, field) if value else None


# -- money


def _totals(order: Json, received: tuple[Payment, ...]) -> dict[str, Any]:
    currency = text(order.get("presentmentCurrencyCode"))
    own_currency = text(order.get("currencyCode")) or currency
    foreign = own_currency != currency
    captured = sum((payment.amount for payment in received if payment.captured), ZERO)
    return {
        "currency": currency,
        "shop_currency": own_currency if foreign else None,
        "exchange_rate": _exchange_rate(order) if foreign else None,
        "prices_include_tax": bool(order.get("taxesIncluded")),
        "tax_exempt": bool(order.get("taxExempt")),
        "total": paid(order.get("totalPriceSet"), "totalPriceSet"),
        "total_tax": paid(order.get("totalTaxSet"), "totalTaxSet"),
        "tax_totals": taxes(order.get("taxLines")),
        # a shop may hide transactions from the key, never the sum
        "total_paid": captured or paid(order.get("totalReceivedSet")),
        "total_refunded": paid(order.get("totalRefundedSet")),
    }


def _exchange_rate(order: Json) -> Decimal | None:
    """As the largest amount shows it best: the shop rounds both sides to cents."""
    bags = [order.get("totalPriceSet")]
    bags += [item.get("originalUnitPriceSet") for item in nodes(order.get("lineItems"))]
    for bag in bags:
        own = in_shop_currency(bag)
        if own and paid(bag):
            return plain(round(paid(bag) / own, 8))
    return None


# -- status


def _statuses(order: Json) -> dict[str, Any]:
    money = text(order.get("displayFinancialStatus"))
    goods = text(order.get("displayFulfillmentStatus"))
    owed = paid(order.get("totalPriceSet"))
    unknown = PaymentStatus.PENDING if money or owed else PaymentStatus.PAID
    sent = FULFILLMENT_STATUSES.get(goods, FulfillmentStatus.UNFULFILLED)
    return {
        "status": _status(order, money, owed, sent),
        "payment_status": PAYMENT_STATUSES.get(money, unknown),
        "fulfillment_status": sent,
        "shop_status": shop_status(money, goods),
    }


def shop_status(money: str, goods: str) -> str:
    """The word for an order's status that mappings know, from its two display statuses."""
    return label(" / ".join(word for word in (money, goods) if word))


def _status(order: Json, money: str, owed: Decimal, sent: FulfillmentStatus) -> OrderStatus:
    if order.get("cancelledAt"):
        return OrderStatus.CANCELLED
    if not money and not owed:
        status = OrderStatus.PAID
    else:
        status = ORDER_STATUSES.get(money, OrderStatus.PENDING)
    if status in (OrderStatus.REFUNDED, OrderStatus.FAILED):
        return status
    if sent is FulfillmentStatus.FULFILLED:
        return OrderStatus.FULFILLED
    if money == "PENDING" and (order.get("paymentTerms") or _on_delivery(order)):
        return OrderStatus.ACCEPTED
    return status


def _on_delivery(order: Json) -> bool:
    gateways = list(order.get("paymentGatewayNames") or [])
    gateways += [entry.get("gateway") for entry in objects(order.get("transactions"))]
    return any(transactions.kind_of(name) is PaymentKind.CASH_ON_DELIVERY for name in gateways)


# -- the rest


def _payment_terms(order: Json) -> PaymentTerms | None:
    terms = mapping(order.get("paymentTerms"))
    if not terms:
        return None
    due = [x.get("dueAt") for x in nodes(terms.get("paymentSchedules")) if x.get("dueAt")]
    return build(
        PaymentTerms,
        name=label(terms.get("paymentTermsName")),
        due_days=terms.get("dueInDays"),
        due_at=_moment(min(due, default=None), "paymentTerms.dueAt"),
    )


def _risk(order: Json) -> Risk | None:
    risk = mapping(order.get("risk"))
    levels = [text(entry.get("riskLevel")) for entry in objects(risk.get("assessments"))]
    known = [level for level in levels if level in RISK_LEVELS]
    if not levels:
        return None
    worst = max(known, key=RISK_LEVELS.index) if known else levels[0]
    advice = text(risk.get("recommendation"))
    return build(Risk, level=label(worst.lower()), recommendation=label(advice.lower()))


def _gift(order: Json) -> tuple[bool, str]:
    """(is a gift, its message) from the cart attributes that themes use for it."""
    gift, message = False, ""
    for pair in objects(order.get("customAttributes")):
        key, value = text(pair.get("key")), text(pair.get("value"))
        if not value or not GIFT_FIELD.search(key):
            continue
        if MESSAGE_FIELD.search(key):
            gift, message = True, message or value
        elif value.casefold() in YES:
            gift = True
    return gift, message


def _facts(order: Json, sold: tuple[Line, ...]) -> tuple[Attribute, ...]:
    """What accountants may ask for and has no field of its own."""
    facts = []
    parts = [*nodes(order.get("lineItems")), *nodes(order.get("shippingLines"))]
    remitted = sum(
        (
            paid(tax.get("priceSet"))
            for part in parts
            for tax in objects(part.get("taxLines"))
            if tax.get("channelLiable")
        ),
        ZERO,
    )
    if remitted:
        facts.append(("tax_remitted_by_channel", str(remitted)))
    # rounding to the smallest coin changes what is paid in cash, not what is owed
    rounding = paid(mapping(order.get("totalCashRoundingAdjustment")).get("paymentSet"))
    if rounding:
        facts.append(("cash_rounding", str(rounding)))
    if order.get("estimatedTaxes"):
        facts.append(("estimated_taxes", "true"))
    if order.get("dutiesIncluded"):
        facts.append(("duties_included", str(paid(order.get("originalTotalDutiesSet")))))
    if order.get("cancelReason"):
        facts.append(("cancel_reason", text(order["cancelReason"])))
    location = mapping(order.get("retailLocation")).get("name")
    if location:
        facts.append(("retail_location", text(location)))
    entity = mapping(order.get("merchantBusinessEntity")).get("displayName")
    if entity:
        facts.append(("business_entity", text(entity)))
    return tuple(build(Attribute, name=name, value=long(value)) for name, value in facts)
