"""Lines of a WooCommerce order: products, shipping, fees; their taxes and discounts.

All amounts of lines are without tax and after coupons, also in shops whose prices
include tax; ``subtotal`` is before coupons. Checked on a WooCommerce 11 shop: at the
shop's own decimals the lines add up to the order's total.
"""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from ...canonical import (
    Attribute,
    Bundle,
    Discount,
    Line,
    LineDiscount,
    LineKind,
    ShippingMethod,
)
from ..normalizing import build, decimal, label, mapping, objects, text
from . import const, meta
from .taxes import Rates

ZERO = Decimal(0)
_PRICE_DIGITS = Decimal("0.0001")
_MANUAL_DISCOUNT = Decimal("0.05")  # coupon lines are up to 0.02 off the lines
_TOTAL_TOLERANCE = Decimal("0.05")


def all_lines(payload: Mapping[str, Any]) -> list[Line]:
    """Product, shipping and fee lines, in the order of the shop's own page."""
    order = mapping(payload.get("order"))
    context = _Context(payload)
    made = [context.product(item) for item in objects(order.get("line_items"))]
    made += [context.shipping(item) for item in objects(order.get("shipping_lines"))]
    made += [context.fee(item) for item in objects(order.get("fee_lines"))]
    return [line for line in made if line]


def discounts(order: Mapping[str, Any], lines: list[Line]) -> list[Discount]:
    """Coupons, and price cuts by hand that no coupon explains."""
    found = []
    for coupon in objects(order.get("coupon_lines")):
        gross = decimal(coupon.get("discount")) + decimal(coupon.get("discount_tax"))
        code = label(coupon.get("code"))
        free = coupon.get("free_shipping") is True
        found.append(build(Discount, code=code, title=code, gross=gross, free_shipping=free))
    given = sum((d.net + d.tax for line in lines for d in line.discounts), ZERO)
    rest = given - sum((discount.gross for discount in found), ZERO)
    if rest > _MANUAL_DISCOUNT:
        found.append(build(Discount, gross=rest))
    return found


def gift_cards(order: Mapping[str, Any], lines: list[Line]) -> list[tuple[str, Decimal]]:
    """(code, amount) of gift cards that paid for a part of the order.

    Plugins that treat them as money take them off the total only: the lines are worth
    more than it by exactly their amount. Otherwise they are coupons inside the lines.
    """
    cards = []
    for field, (code, amount) in const.GIFT_CARD_FIELDS.items():
        cards += [
            (label(entry.get(code)), abs(decimal(entry.get(amount), field)))
            for entry in objects(order.get(field))
        ]
    metas = meta.lookup(order)
    for key in const.GIFT_CARD_METAS:
        cards += [
            (label(code), abs(decimal(amount, key)))
            for code, amount in mapping(metas.get(key)).items()
        ]
    missing = sum((line.gross for line in lines), ZERO) - decimal(order.get("total"), "total")
    paid = sum((amount for _, amount in cards), ZERO)
    return cards if paid and abs(missing - paid) <= _TOTAL_TOLERANCE else []


class _Context:
    """What lines need to know of the order they are in."""

    def __init__(self, payload: Mapping[str, Any]):
        order = mapping(payload.get("order"))
        self.rates = Rates(order)
        self.products = mapping(payload.get("products"))
        self.with_tax = order.get("prices_include_tax") is True
        self.items = objects(order.get("line_items"))
        self.by_id = {text(item.get("id")): item for item in self.items}
        self.coupons = [label(c.get("code")) for c in objects(order.get("coupon_lines"))]
        self.unshipped = _units_taken_back(payload)

    def product(self, item: Mapping[str, Any]) -> Line | None:
        quantity = decimal(item.get("quantity"), "line_items.quantity")
        amounts = self.rates.amounts(item)
        if not quantity and not amounts["gross"]:
            return None  # emptied by staff
        product_id, variation_id = _id(item.get("product_id")), _id(item.get("variation_id"))
        known = mapping(self.products.get(product_id))
        kind = LineKind.PRODUCT
        if amounts["net"] < 0 and not product_id:
            kind, quantity = LineKind.DISCOUNT, Decimal(1)
        elif text(known.get("type")) in const.GIFT_CARD_TYPES:
            kind = LineKind.GIFT_CARD
        line_id = text(item.get("id"))
        return build(
            Line,
            id=line_id,
            kind=kind,
            name=meta.plain(item.get("name")),
            sku=_sku(item, known, variation_id),
            barcode=label(item.get("global_unique_id")),
            product_id=product_id,
            variant_id=variation_id,
            quantity=quantity,
            quantity_removed=min(self.unshipped.get(line_id, ZERO), max(quantity, ZERO)),
            list_price=self._list_price(item, quantity),
            discounts=self._discounts(item),
            options=_options(item),
            bundle=self._bundle(item),
            requires_shipping=known.get("virtual") is not True,
            **amounts,
        )

    def shipping(self, item: Mapping[str, Any]) -> Line:
        title = meta.plain(item.get("method_title"))
        return build(
            Line,
            id=text(item.get("id")),
            kind=LineKind.SHIPPING,
            name=title or label(item.get("method_id")),
            shipping=build(ShippingMethod, code=shipping_code(item, title), title=title),
            requires_shipping=False,
            **self.rates.amounts(item),
        )

    def fee(self, item: Mapping[str, Any]) -> Line:
        name = meta.plain(item.get("name"))
        amounts = self.rates.amounts(item)
        kind = LineKind.FEE
        if amounts["net"] < 0:
            kind = LineKind.DISCOUNT
        elif const.GIFT_WRAP.search(name):
            kind = LineKind.GIFT_WRAP
        elif const.TIP.search(name):
            kind = LineKind.TIP
        return build(
            Line,
            id=text(item.get("id")),
            kind=kind,
            name=name,
            options=_options(item),
            requires_shipping=False,
            **amounts,
        )

    def _list_price(self, item, quantity) -> Decimal | None:
        """Per unit before coupons, with tax where the shop's prices include it."""
        if quantity <= 0:
            return None
        subtotal = decimal(item.get("subtotal"), "line_items.subtotal")
        if self.with_tax:
            subtotal += decimal(item.get("subtotal_tax"), "line_items.subtotal_tax")
        return (subtotal / quantity).quantize(_PRICE_DIGITS, ROUND_HALF_UP)

    def _discounts(self, item) -> tuple[LineDiscount, ...]:
        """The shop does not say which of several coupons cut a line by how much."""
        net = decimal(item.get("subtotal")) - decimal(item.get("total"))
        tax = decimal(item.get("subtotal_tax")) - decimal(item.get("total_tax"))
        if net <= 0:
            return ()
        code = self.coupons[0] if len(self.coupons) == 1 else ""
        title = label(", ".join(self.coupons))
        return (build(LineDiscount, code=code, title=title, net=net, tax=tax),)

    def _bundle(self, item) -> Bundle | None:
        container = self._container(item)
        if container is None:
            return None
        return build(
            Bundle,
            id=text(container.get("id")),
            title=meta.plain(container.get("name")),
            sku=label(container.get("sku")),
            quantity=decimal(container.get("quantity"), "line_items.quantity"),
        )

    def _container(self, item) -> Mapping[str, Any] | None:
        for field in const.BUNDLE_FIELDS:
            if text(item.get(field)) in self.by_id:
                return self.by_id[text(item.get(field))]
        own = meta.lookup(item)
        for part_key, container_key in const.BUNDLE_METAS:
            wanted = meta.scalar(own.get(part_key))
            for other in self.items:
                if wanted and meta.scalar(meta.lookup(other).get(container_key)) == wanted:
                    return other
        wanted = meta.scalar(own.get(const.BUNDLE_PRODUCT_META))
        matching = (o for o in self.items if wanted and text(o.get("product_id")) == wanted)
        return next(matching, None)


def _units_taken_back(payload: Mapping[str, Any]) -> dict[str, Decimal]:
    """Line id -> units refunded before the order was completed: not to be shipped."""
    completed = text(mapping(payload.get("order")).get("date_completed_gmt"))
    units: dict[str, Decimal] = {}
    for refund in objects(payload.get("refunds")):
        if completed and text(refund.get("date_created_gmt")) >= completed:
            continue
        for item in objects(refund.get("line_items")):
            line_id = meta.scalar(meta.lookup(item).get("_refunded_item_id"))
            quantity = abs(decimal(item.get("quantity"), "refunds.quantity"))
            units[line_id] = units.get(line_id, ZERO) + quantity
    return units


def _options(item: Mapping[str, Any]) -> tuple[Attribute, ...]:
    """Variation values, custom options and texts that the buyer sees; keys that begin
    with an underscore are the plugins' own, but for those known to hold choices."""
    found = []
    for entry in meta.entries(item):
        key = text(entry.get("key"))
        value = meta.scalar(entry.get("display_value")) or meta.scalar(entry.get("value"))
        if value and not key.startswith("_"):
            name = meta.plain(entry.get("display_key")) or key
            found.append((name, meta.long_plain(value)))
        for hidden, name_key, value_key in const.HIDDEN_OPTIONS:
            choices = objects(entry.get("value")) if key == hidden else []
            found += [
                (meta.plain(choice.get(name_key)), meta.long_plain(choice.get(value_key)))
                for choice in choices
            ]
    return tuple(build(Attribute, name=name, value=value) for name, value in found if value)


def _sku(item, known, variation_id) -> str:
    """A variation without SKU reports its parent's, which would stand for all of them."""
    sku = label(item.get("sku"))
    return "" if variation_id and sku == label(known.get("sku")) else sku


def shipping_code(item: Mapping[str, Any], title: str) -> str:
    """The rate as WooCommerce names it ("flat_rate:4"): one method serves many rates.
    Orders made by hand have no instance; their title tells the rates apart."""
    method = label(item.get("method_id")) or "other"
    instance = _id(item.get("instance_id"))
    return label(f"{method}:{instance or title}") if instance or title else method


def _id(value: Any) -> str:
    """An id; 0 is WooCommerce's word for none."""
    return "" if text(value) == "0" else label(value)
