"""What was sold, as the GraphQL Admin API writes it.

A line item has a price of one in whole cents, the shares of discounts in
``discountAllocations`` and its taxes beside them; all hold the tax where the shop's prices
do (``taxesIncluded``). Tips are a total of the order.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from . import wire
from .shopify_money import Till
from .wire import ZERO, money

_ITEMS = ("product", "gift_card")
_NOT_THERE = {
    "gift_wrap": "Shopify sells gift wrapping as a product like any other",
    "discount": "Shopify shares a discount out over the lines",
    "deposit": "Shopify has no lines for deposits",
}
_WHOLE_CENTS = "a price of Shopify has no fractions of a cent"


class Goods:
    """The lines of one order; ``gids`` tells the refunds what they are called."""

    def __init__(self, till: Till):
        self.till = till
        self.lines = till.order["lines"]
        self.shipped = wire.shipped(till.order)
        self.applications: dict[tuple, dict[str, Any]] = {}
        self.gids = {line["id"]: self._gid(line) for line in self.lines}

    def fields(self) -> dict[str, Any]:
        """The fields of the order that list or sum up its lines."""
        for line in self.lines:
            if wire.kind(line) in _NOT_THERE:
                raise wire.CannotExpress(_NOT_THERE[wire.kind(line)])
        if self._sum_of_all() != money(self.till.order["total"]):
            raise wire.CannotExpress("totals of Shopify are the sums of their lines")
        items = [self._item(line) for line in self._of(*_ITEMS)]
        shipping = [self._shipping(line) for line in self._of("shipping")]
        tips = wire.total(line["gross"] for line in self._of("tip"))
        bag = self.till.bag
        return {
            "lineItems": {"nodes": items},
            "shippingLines": {"nodes": shipping},
            "additionalFees": [self._fee(line) for line in self._of("fee")],
            "discountApplications": {"nodes": list(self.applications.values())},
            "totalTipReceivedSet": bag(tips),
            "subtotalPriceSet": bag(self._sum(*_ITEMS)),
            "totalShippingPriceSet": bag(self._sum("shipping")),
            "taxLines": self.till.tax_totals(self.lines),
        }

    def _gid(self, line: Mapping[str, Any]) -> str:
        kind = "ShippingLine" if wire.kind(line) == "shipping" else "LineItem"
        return self.till.gid(kind, line["id"])

    def _sum_of_all(self) -> Decimal:
        return wire.total(line["gross"] for line in self.lines)

    def _of(self, *kinds: str) -> list[Mapping[str, Any]]:
        return [line for line in self.lines if wire.kind(line) in kinds]

    def _sum(self, *kinds: str) -> Decimal:
        return sum((self.till.shown(line) for line in self._of(*kinds)), ZERO)

    # -- kinds of lines

    def _item(self, line: Mapping[str, Any]) -> dict[str, Any]:
        units = wire.quantity(line)
        if units != units.to_integral_value():
            raise wire.CannotExpress("Shopify sells whole units")
        before = wire.before_discounts(line, included=self.till.included)
        price = wire.whole_cents(before / units, self.till.currency, _WHOLE_CENTS)
        removed = money(line.get("quantity_removed"))
        waiting = max(units - removed - self.shipped.get(line["id"], ZERO), ZERO)
        is_done = self.till.order.get("fulfillment_status") == "fulfilled"
        bag = self.till.bag
        return {
            "id": self.gids[line["id"]],
            "name": line["name"],
            "title": line["name"],
            "sku": line.get("sku") or None,
            "quantity": int(units),
            "currentQuantity": int(units - removed),
            "unfulfilledQuantity": 0 if is_done else int(waiting),
            "requiresShipping": bool(line.get("requires_shipping", True)),
            "isGiftCard": wire.kind(line) == "gift_card",
            "weight": None,
            **self._catalogue(line),
            "customAttributes": [
                {"key": one["name"], "value": one["value"]} for one in wire.listed(line, "options")
            ],
            "sellingPlan": None,
            "lineItemGroup": self._group(line),
            "originalUnitPriceSet": bag(price),
            "originalTotalSet": bag(before),
            "discountAllocations": self._allocations(line, before, "LINE_ITEM"),
            "taxLines": self.till.tax_lines(wire.listed(line, "taxes")),
            "duties": [],
        }

    def _catalogue(self, line: Mapping[str, Any]) -> dict[str, Any]:
        """Product and variant; an item made up at the checkout has none. A product
        without options has one variant."""
        product = line.get("product_id")
        if wire.kind(line) == "gift_card":
            product = wire.number("GiftCardProduct")
        if not product:
            return {"variant": None, "product": None}
        variant = line.get("variant_id") or wire.number("ProductVariant", product)
        return {
            "product": {"id": f"gid://shopify/Product/{product}"},
            "variant": {
                "id": f"gid://shopify/ProductVariant/{variant}",
                "barcode": line.get("barcode") or None,
            },
        }

    def _group(self, line: Mapping[str, Any]) -> dict[str, Any] | None:
        bundle = wire.part(line, "bundle")
        if not bundle:
            return None
        return {
            "id": self.till.gid("LineItemGroup", bundle["id"]),
            "title": bundle.get("title", ""),
            "quantity": int(money(bundle.get("quantity", 1))),
            "variantSku": bundle.get("sku") or None,
        }

    def _shipping(self, line: Mapping[str, Any]) -> dict[str, Any]:
        method = wire.part(line, "shipping")
        before = wire.before_discounts(line, included=self.till.included)
        return {
            "id": self.gids[line["id"]],
            "title": method.get("title") or line["name"],
            "code": method.get("code") or line["name"],
            "source": "shopify",
            "carrierIdentifier": None,
            "isRemoved": False,
            "originalPriceSet": self.till.bag(
                wire.whole_cents(before, self.till.currency, _WHOLE_CENTS)
            ),
            "discountedPriceSet": self.till.bag(self.till.shown(line)),
            "discountAllocations": self._allocations(line, before, "SHIPPING_LINE"),
            "taxLines": self.till.tax_lines(wire.listed(line, "taxes")),
        }

    def _fee(self, line: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "id": self.till.gid("AdditionalFee", line["id"]),
            "name": line["name"],
            "price": self.till.bag(self.till.shown(line)),
            "taxLines": self.till.tax_lines(wire.listed(line, "taxes")),
        }

    # -- discounts

    def _allocations(self, line, before: Decimal, target: str) -> list[dict[str, Any]]:
        """What each discount took off; together all that is missing to the price."""
        taken = wire.reductions(line, included=self.till.included)
        off = before - self.till.shown(line)
        if off != sum((amount for _, amount in taken), ZERO):
            raise wire.CannotExpress(_WHOLE_CENTS)
        return [
            {
                "allocatedAmountSet": self.till.bag(amount),
                "discountApplication": self._application(discount, target),
            }
            for discount, amount in taken
        ]

    def _application(self, discount: Mapping[str, Any], target: str) -> dict[str, Any]:
        """A code that the buyer gave, or else a discount that the shop gave by itself."""
        code, title = discount.get("code"), discount.get("title")
        key = code, title, target
        if key not in self.applications:
            name = {"code": code} if code else {"title": title or "Discount"}
            self.applications[key] = {
                "__typename": f"{'DiscountCode' if code else 'AutomaticDiscount'}Application",
                "index": len(self.applications),
                "targetType": target,
                **name,
            }
        return self.applications[key]
