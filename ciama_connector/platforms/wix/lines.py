"""Line items, shipping and additional fees of a Wix order as canonical lines.

The amounts before and after tax of each part are the truth; what is "for display"
(``price``, ``priceSummary.subtotal``) is net or gross depending on the site.
"""

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ...canonical import (
    Attribute,
    Code,
    Discount,
    Line,
    LineDiscount,
    LineKind,
    Problem,
    ShippingMethod,
    Tax,
    cents,
)
from ...canonical.texts import _lt
from ..normalizing import build, decimal, label, long, mapping, objects, text
from . import const

SHIPPING_LINE = "shipping"
TOTALS = ("totalPriceBeforeTax", "totalPriceAfterTax")


def amount(value: Any, field: str = "amount") -> Decimal:
    """Decimal of ``{"amount": "12.50"}``, also where it is wrapped once more."""
    while isinstance(value, Mapping):
        value = value.get("amount")
    return decimal(value, field)


def percent(fraction: Any) -> Decimal:
    """``"0.055"`` as 5.5."""
    rate = decimal(fraction, "taxRate") * 100
    whole = rate.to_integral_value()
    return whole if rate == whole else rate.normalize()


def factor(item: Mapping[str, Any]) -> Decimal:
    """How many units one counted unit is: 2.75 for "2.75 m²" sold as quantity 1."""
    value = mapping(item.get("decimalQuantity")).get("value")
    return decimal(value, "decimalQuantity") or Decimal(1)


def all_lines(order: Mapping[str, Any], shipped: Mapping[str, Decimal]) -> list[Line]:
    """Every part of the order that has a price; ``shipped`` is units by line id."""
    shares = _discount_shares(order)
    items = objects(order.get("lineItems"))
    lines = [_item(order, index, item, shares, shipped) for index, item in enumerate(items)]
    if delivery := mapping(order.get("shippingInfo")):
        lines += _shipping(order, delivery)
    fees = objects(order.get("additionalFees"))
    return lines + [_fee(order, index, fee) for index, fee in enumerate(fees)]


def discounts(order: Mapping[str, Any], lines: list[Line]) -> list[Discount]:
    """Vouchers and promotions of the order, with what each saved."""
    saved: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for line in lines:
        for part in line.discounts:
            saved[part.code, part.title] += part.net + part.tax
    found = []
    for applied in objects(order.get("appliedDiscounts")):
        name = _discount_name(applied)
        found.append(
            build(
                Discount,
                code=name[0],
                title=name[1],
                gross=saved.pop(name, None) or _discount_value(applied),
                free_shipping=applied.get("discountType") == "SHIPPING",
            )
        )
    return found


# -- amounts and taxes


def _amounts(part, keys: tuple[str, str], shown: Decimal | None, included: bool, field: str):
    """net, tax, gross and taxes of a part of the order.

    ``keys`` name its amounts before and after tax. Without them, ``shown`` is what the
    site displays, which is one of the two; the order's total then proves it right.
    """
    info = mapping(part.get("taxInfo"))
    old = mapping(part.get("taxDetails"))  # what orders before taxInfo carry
    tax = amount(info.get("taxAmount") if info else old.get("totalTax"), f"{field}.taxAmount")
    net, gross = (
        None if part.get(key) is None else amount(part[key], f"{field}.{key}") for key in keys
    )
    if net is None and gross is None:
        if shown is None:
            raise Problem(Code.INVALID_ORDER, field=f"{field}.{keys[1]}", reason=_lt("missing"))
        net, gross = (None, shown) if included else (shown, None)
    net = gross - tax if net is None else net
    gross = net + tax if gross is None else gross
    tax = gross - net
    return {"net": net, "tax": tax, "gross": gross, "taxes": _taxes(info or old, tax)}


def _taxes(info: Mapping[str, Any], tax: Decimal) -> list[Tax]:
    """Taxes by rate and jurisdiction; they add up to ``tax``."""
    parts = [
        {
            "rate": percent(part.get("rate")),
            "amount": amount(part.get("taxAmount")),
            "label": label(part.get("taxName")),
            "jurisdiction": label(part.get("jurisdiction")),
            "code": text(info.get("taxGroupId")),
        }
        for part in objects(info.get("taxBreakdown"))
    ]
    if not parts and tax:
        parts = [{"rate": percent(info.get("taxRate")), "amount": tax}]
    if parts:
        largest = max(parts, key=lambda part: abs(part["amount"]))
        largest["amount"] += tax - sum((part["amount"] for part in parts), Decimal(0))
    return [build(Tax, **part) for part in parts]


# -- discounts


def _discount_name(applied: Mapping[str, Any]) -> tuple[str, str]:
    """(voucher code, title)"""
    coupon, rule = mapping(applied.get("coupon")), mapping(applied.get("discountRule"))
    merchant = mapping(applied.get("merchantDiscount"))
    title = (
        coupon.get("name")
        or mapping(rule.get("name")).get("original")
        or merchant.get("description")
    )
    return text(coupon.get("code")), label(title)


def _discount_value(applied: Mapping[str, Any]) -> Decimal:
    for key in ("coupon", "discountRule", "merchantDiscount"):
        if key in applied:
            return amount(mapping(applied[key]).get("amount"), "appliedDiscounts")
    return Decimal(0)


def _discount_shares(order) -> dict[str, list[tuple[tuple[str, str], Decimal]]]:
    """By line id: (name, amount as displayed) of each discount on it."""
    shares = defaultdict(list)
    for applied in objects(order.get("appliedDiscounts")):
        name = _discount_name(applied)
        if applied.get("discountType") == "SHIPPING":
            shares[SHIPPING_LINE].append((name, _discount_value(applied)))
        for part in objects(applied.get("lineItemDiscounts")):
            shares[text(part.get("id"))].append((name, amount(part.get("totalDiscount"))))
    return shares


def _line_discounts(parts, off, info, included, currency) -> list[LineDiscount]:
    """``parts`` plus what of ``off`` they leave unnamed, split into net and tax.

    ``off`` is the whole discount as displayed; ``included``: with tax.
    """
    rest = off - sum((value for _, value in parts), Decimal(0))
    if rest > 0:
        parts = [*parts, (("", ""), rest)]
    rate = decimal(info.get("taxRate"), "taxRate")
    found = []
    for (code, title), value in parts:
        if not value:
            continue
        net = cents(value / (1 + rate), currency) if included else value
        tax = value - net if included else cents(value * rate, currency)
        found.append(build(LineDiscount, code=code, title=title, net=net, tax=tax))
    return found


# -- kinds of lines


def _item(order, index, item, shares, shipped) -> Line:
    field = f"lineItems.{index}"
    reference = mapping(item.get("catalogReference"))
    physical = mapping(item.get("physicalProperties"))
    key = text(item.get("id")) or str(index + 1)
    units, info = factor(item), mapping(item.get("taxInfo"))
    currency, included = text(order.get("currency")), _included(info, order)
    quantity = decimal(item.get("quantity"), f"{field}.quantity")
    price = amount(item.get("price"), f"{field}.price")
    list_price = amount(item.get("priceBeforeDiscounts"), f"{field}.price") or price
    reduced = (list_price - price) * quantity  # by the catalog, already in ``price``
    parts = [*shares[key], (("", ""), reduced)] if reduced > 0 else shares[key]
    discount = amount(item.get("totalDiscount"), f"{field}.totalDiscount")
    shown = None if item.get("price") is None else price * quantity - discount
    off = discount + max(reduced, Decimal(0))
    refunded = decimal(item.get("refundQuantity"), f"{field}.refundQuantity") * units
    open_units = max(quantity * units - shipped.get(key, Decimal(0)), Decimal(0))
    preset = text(mapping(item.get("itemType")).get("preset"))
    variant = text(mapping(reference.get("options")).get("variantId"))
    return build(
        Line,
        id=key,
        kind=LineKind.GIFT_CARD if preset == "GIFT_CARD" else LineKind.PRODUCT,
        name=_localized(item.get("productName")) or text(physical.get("sku")) or key,
        sku=label(physical.get("sku")),
        product_id=text(reference.get("catalogItemId")),
        variant_id="" if variant == const.NO_VARIANT else variant,
        quantity=quantity * units,
        quantity_removed=min(refunded, open_units),
        **_amounts(item, TOTALS, shown, included, field),
        list_price=list_price if units == 1 else cents(list_price / units, currency),
        discounts=_line_discounts(parts, off, info, included, currency),
        options=_options(item, reference),
        requires_shipping=bool(physical.get("shippable", preset == "PHYSICAL")),
        weight=_weight(physical.get("weight"), order),
    )


def _shipping(order, delivery) -> list[Line]:
    """The delivery method's line, also when it is free; none without a cost."""
    cost = mapping(delivery.get("cost"))
    if not cost:
        return []
    info = mapping(cost.get("taxInfo"))
    title, included = label(delivery.get("title")), _included(info, order)
    price = amount(cost.get("price"), "shippingInfo.cost.price")
    discount = amount(cost.get("discount"), "shippingInfo.cost.discount")
    shown = None if cost.get("price") is None else price - discount
    logistics = mapping(delivery.get("logistics"))
    line_discounts = _line_discounts([], discount, info, included, text(order.get("currency")))
    names = [name for name, _ in _discount_shares(order)[SHIPPING_LINE]]
    if len(names) == 1:
        code, name = names[0]
        line_discounts = [
            part.model_copy(update={"code": code, "title": name}) for part in line_discounts
        ]
    line = build(
        Line,
        id=SHIPPING_LINE,
        kind=LineKind.SHIPPING,
        name=title or "Shipping",
        **_amounts(cost, TOTALS, shown, included, "shippingInfo.cost"),
        list_price=price,
        discounts=line_discounts,
        shipping=build(
            ShippingMethod,
            code=text(delivery.get("code")) or text(delivery.get("carrierId")) or title,
            title=title,
            delivery_time=label(logistics.get("deliveryTime")),
        ),
        requires_shipping=False,
    )
    return [line]


def _fee(order, index: int, fee) -> Line:
    field = f"additionalFees.{index}"
    price = None if fee.get("price") is None else amount(fee["price"], f"{field}.price")
    included = _included(mapping(fee.get("taxInfo")), order)
    name = label(fee.get("name"))
    words = f"{name} {text(fee.get('code')).replace('_', ' ')}"
    kind = LineKind.FEE
    if const.GIFT_WRAP.search(words):
        kind = LineKind.GIFT_WRAP
    elif const.TIP.search(words):
        kind = LineKind.TIP
    return build(
        Line,
        id=text(fee.get("id")) or f"fee-{text(fee.get('code')) or index + 1}",
        kind=kind,
        name=name or text(fee.get("code")) or "Fee",
        sku=label(fee.get("code")),
        **_amounts(fee, ("priceBeforeTax", "priceAfterTax"), price, included, field),
        list_price=price,
        requires_shipping=False,
    )


# -- details


def _included(info: Mapping[str, Any], order: Mapping[str, Any]) -> bool:
    included = info.get("taxIncludedInPrice")
    return bool(order.get("taxIncludedInPrices") if included is None else included)


def _localized(value: Any) -> str:
    names = mapping(value)
    return label(names.get("original") or names.get("translated"))


def _options(item, reference) -> list[Attribute]:
    """Choices, personalisation texts, modifiers and the subscription of a line."""
    pairs: dict[str, str] = {}
    for line in objects(item.get("descriptionLines")):
        value = mapping(line.get("plainText") or line.get("colorInfo"))
        pairs[_localized(line.get("name"))] = text(value.get("original"))
    chosen = mapping(reference.get("options"))
    for source in ("options", "customTextFields"):
        for name, value in mapping(chosen.get(source)).items():
            pairs.setdefault(label(name), text(value))
    for group in objects(item.get("modifierGroups")):
        for modifier in objects(group.get("modifiers")):
            value = _localized(modifier.get("label"))
            count = modifier.get("quantity") or 1
            name = _localized(group.get("name"))
            value = f"{value} x {count}" if count != 1 else value
            pairs[name] = f"{pairs[name]}, {value}" if name in pairs else value
    subscription = mapping(item.get("subscriptionInfo"))
    if subscription:
        title = mapping(subscription.get("subscriptionOptionTitle")) or subscription.get(
            "subscriptionOptionTitle"
        )
        pairs["Subscription"] = _localized(title) or text(title) or text(subscription.get("id"))
    return [
        build(Attribute, name=name, value=long(value)) for name, value in pairs.items() if value
    ]


def _weight(value: Any, order) -> Decimal | None:
    if value is None:
        return None
    weight = decimal(value, "weight")
    if order.get("weightUnit") == "LB":
        weight *= Decimal(const.POUND_IN_KG)
    return weight.quantize(Decimal("0.000001")).normalize() + 0
