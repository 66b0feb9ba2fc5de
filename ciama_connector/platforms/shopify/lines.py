"""What was sold: items, shipping, duties, fees, tips, and the discounts inside them.

A LineItem's ``quantity``, ``discountAllocations`` and ``taxLines`` include refunded and
removed units, as ``totalPriceSet`` does, so both are taken together; prices hold the
tax where ``taxesIncluded``. Field descriptions of the official schema are the source.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ...canonical import (
    Attribute,
    Bundle,
    Discount,
    Line,
    LineDiscount,
    LineKind,
    ShippingMethod,
    cents,
)
from ..normalizing import build, decimal, label, long, mapping, objects, text
from .const import KILOGRAMS
from .money import ZERO, nodes, paid, plain, split, tail, taxes

Json = Mapping[str, Any]


def build_lines(order: Json, removed: Mapping[str, Decimal]) -> tuple[Line, ...]:
    """All lines of ``order``; ``removed`` has the units cancelled per line id."""
    tip_items = _tip_items(order)
    lines = [
        _item(order, item, removed, tail(item.get("id")) in tip_items)
        for item in nodes(order.get("lineItems"))
    ]
    lines += [_shipping(order, item, index) for index, item in enumerate(_shipping_parts(order))]
    lines += _duties(order)
    lines += [
        _priced(
            order,
            fee.get("price"),
            fee.get("taxLines"),
            id=f"fee-{tail(fee.get('id'))}",
            kind=LineKind.FEE,
            name=label(fee.get("name")) or "Fee",
        )
        for fee in objects(order.get("additionalFees"))
    ]
    tip = paid(order.get("totalTipReceivedSet"))
    if tip and not tip_items:
        lines.append(_untaxed("tip", LineKind.TIP, "Tip", tip))
    return tuple(lines)


def build_discounts(order: Json) -> tuple[Discount, ...]:
    """Each discount application with all that it took off, in order of application."""
    saved: dict[Any, Decimal] = {}
    about: dict[Any, Json] = {}
    shipping = _shipping_parts(order)
    for part in [*nodes(order.get("lineItems")), *shipping]:
        for allocation, discount in _allocations(order, part):
            application = _application(order, allocation)
            key = text(application.get("index")), discount.code, discount.title
            about[key] = application
            saved[key] = saved.get(key, ZERO) + discount.net + discount.tax
    free = bool(shipping) and not any(paid(x.get("discountedPriceSet")) for x in shipping)
    return tuple(
        build(
            Discount,
            code=code,
            title=title,
            gross=amount,
            free_shipping=free and about[key].get("targetType") == "SHIPPING_LINE",
        )
        for key, amount in saved.items()
        for _, code, title in [key]
    )


# -- kinds of lines


def _item(order: Json, item: Json, removed: Mapping[str, Decimal], is_tip: bool) -> Line:
    line_id = tail(item.get("id"))
    unit = paid(item.get("originalUnitPriceSet"), "originalUnitPriceSet")
    quantity = decimal(item.get("quantity"), "quantity")
    allocations = _allocations(order, item)
    kind = LineKind.GIFT_CARD if item.get("isGiftCard") else LineKind.PRODUCT
    variant = mapping(item.get("variant"))
    return _amounts(
        order,
        unit * quantity - _off(item),
        item.get("taxLines"),
        id=line_id,
        kind=LineKind.TIP if is_tip else kind,
        name=label(item.get("name") or item.get("title")) or "?",
        sku=label(item.get("sku") or variant.get("sku")),
        barcode=label(variant.get("barcode")),
        product_id=tail(mapping(item.get("product")).get("id")),
        variant_id=tail(variant.get("id")),
        quantity=quantity,
        quantity_removed=removed.get(line_id, ZERO),
        list_price=unit,
        discounts=tuple(discount for _, discount in allocations if discount.net or discount.tax),
        options=_options(item),
        bundle=_bundle(item),
        requires_shipping=bool(item.get("requiresShipping")) and not item.get("isGiftCard"),
        weight=_kilograms(item.get("weight")),
    )


def _shipping(order: Json, item: Json, index: int) -> Line:
    title = label(item.get("title"))
    source = label(item.get("source"))
    allocations = _allocations(order, item)
    return _amounts(
        order,
        paid(item.get("discountedPriceSet"), "discountedPriceSet"),
        item.get("taxLines"),
        id=f"shipping-{tail(item.get('id')) or index}",
        kind=LineKind.SHIPPING,
        name=title or "Shipping",
        quantity_removed=Decimal(bool(item.get("isRemoved"))),
        list_price=paid(item.get("originalPriceSet")),
        discounts=tuple(discount for _, discount in allocations if discount.net or discount.tax),
        shipping=build(
            ShippingMethod,
            code=label(item.get("code")) or title or "shipping",
            title=title,
            carrier="" if source == "shopify" else source,
        ),
        requires_shipping=False,
    )


def _shipping_parts(order: Json) -> list[Json]:
    """The shipping lines in the total: those that an edit removed as well, where the
    order's totals still count them."""
    every = nodes(order.get("shippingLines"))
    kept = [item for item in every if not item.get("isRemoved")]
    if len(kept) == len(every):
        return kept
    parts = [order.get("subtotalPriceSet"), order.get("totalTipReceivedSet")]
    parts += [fee.get("price") for fee in objects(order.get("additionalFees"))]
    parts += [order.get("originalTotalDutiesSet")] if not order.get("dutiesIncluded") else []
    parts += [order.get("totalTaxSet")] if not order.get("taxesIncluded") else []
    counted = paid(order.get("totalPriceSet")) - sum(map(paid, parts), ZERO)
    prices = sum((paid(item.get("discountedPriceSet")) for item in every), ZERO)
    return every if counted == prices else kept


def _duties(order: Json) -> list[Line]:
    """Import duties paid at checkout; where ``dutiesIncluded`` the prices hold them."""
    if order.get("dutiesIncluded"):
        return []
    return [
        _priced(
            order,
            duty.get("price"),
            duty.get("taxLines"),
            id=f"duty-{tail(duty.get('id'))}",
            kind=LineKind.FEE,
            name=label(f"Duty: {text(item.get('title'))}"),
        )
        for item in nodes(order.get("lineItems"))
        for duty in objects(item.get("duties"))
    ]


def _priced(order: Json, price: Any, tax_lines: Any, **values: Any) -> Line:
    return _amounts(order, paid(price), tax_lines, requires_shipping=False, **values)


def _untaxed(line_id: str, kind: LineKind, name: str, amount: Decimal) -> Line:
    return build(
        Line,
        id=line_id,
        kind=kind,
        name=name,
        net=amount,
        tax=ZERO,
        gross=amount,
        requires_shipping=False,
    )


def _amounts(order: Json, amount: Decimal, tax_lines: Any, **values: Any) -> Line:
    charged = taxes(tax_lines)
    tax = sum((one.amount for one in charged), ZERO)
    net, gross = split(amount, tax, bool(order.get("taxesIncluded")))
    return build(Line, net=net, tax=tax, gross=gross, taxes=charged, **values)


# -- parts of lines


def _tip_items(order: Json) -> set[str]:
    """Ids of line items that are the tip: some channels sell it as an item of its own,
    which the subtotal leaves out."""
    tip = paid(order.get("totalTipReceivedSet"))
    if not tip:
        return set()
    custom = [
        item
        for item in nodes(order.get("lineItems"))
        if not item.get("variant") and not item.get("product") and not item.get("taxLines")
    ]
    totals = {tail(item.get("id")): paid(item.get("originalTotalSet")) for item in custom}
    named = {tail(i.get("id")) for i in custom if text(i.get("title")).casefold() == "tip"}
    if named and sum((totals[key] for key in named), ZERO) == tip:
        return named
    return {key for key, total in totals.items() if total == tip and _beside_subtotal(order, tip)}


def _beside_subtotal(order: Json, tip: Decimal) -> bool:
    items = nodes(order.get("lineItems"))
    sold = sum((paid(item.get("originalTotalSet")) - _off(item) for item in items), ZERO)
    return sold - paid(order.get("subtotalPriceSet")) == tip


def _off(part: Json) -> Decimal:
    """All that discounts took off a line, in the prices' own terms."""
    found = objects(part.get("discountAllocations"))
    return sum((paid(a.get("allocatedAmountSet"), "discountAllocations") for a in found), ZERO)


def _allocations(order: Json, part: Json) -> list[tuple[Json, LineDiscount]]:
    """The part's discount allocations, each also as a LineDiscount.

    An allocated amount holds tax where prices do; its tax goes by the line's rates.
    """
    currency = text(order.get("presentmentCurrencyCode"))
    rate = sum((tax.rate or ZERO for tax in taxes(part.get("taxLines"))), ZERO) / 100
    included = bool(order.get("taxesIncluded"))
    found = []
    for allocation in objects(part.get("discountAllocations")):
        amount = paid(allocation.get("allocatedAmountSet"), "discountAllocations")
        tax = cents(amount * rate / (1 + rate if included else 1), currency)
        application = _application(order, allocation)
        discount = build(
            LineDiscount,
            code=label(application.get("code")),
            title=label(application.get("title") or application.get("description")),
            net=split(amount, tax, included)[0],
            tax=tax,
        )
        found.append((allocation, discount))
    return found


def _application(order: Json, allocation: Json) -> Json:
    """The discount that an allocation came from, with its code or title."""
    own = mapping(allocation.get("discountApplication"))
    if own.get("code") or own.get("title"):
        return own
    for application in nodes(order.get("discountApplications")):
        if application.get("index") == own.get("index"):
            return {**own, **application}
    return own


def _options(item: Json) -> tuple[Attribute, ...]:
    pairs = [(x.get("key"), x.get("value")) for x in objects(item.get("customAttributes"))]
    plan = mapping(item.get("sellingPlan")).get("name")
    if plan:
        pairs.append(("selling_plan", plan))
    return tuple(build(Attribute, name=label(key), value=long(value)) for key, value in pairs)


def _bundle(item: Json) -> Bundle | None:
    group = mapping(item.get("lineItemGroup"))
    if not group.get("id"):
        return None
    return build(
        Bundle,
        id=tail(group["id"]),
        title=label(group.get("title")),
        sku=label(group.get("variantSku")),
        quantity=decimal(group.get("quantity") or 1, "lineItemGroup"),
    )


def _kilograms(weight: Any) -> Decimal | None:
    factor = KILOGRAMS.get(text(mapping(weight).get("unit")))
    if not factor:
        return None
    return plain(round(decimal(mapping(weight).get("value"), "weight") * Decimal(factor), 6))
