"""Lines, taxes and coupons as WooCommerce's REST API v3 writes them.

All amounts of lines are without tax, after coupons, for the whole quantity, and at the
decimals of the shop; ``subtotal`` is before coupons. Rates stand in ``tax_lines``, lines
name them by id. Seen on a WooCommerce 11 shop.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from . import wire
from .wire import ZERO, money

Json = dict[str, Any]
_NOT_THERE = {"deposit": "deposits are a plugin's affair in WooCommerce"}


class Ledger:
    """Amounts, ids and tax rates of one order."""

    def __init__(self, order: Mapping[str, Any]):
        self.order = order
        self.lines = order["lines"]
        self.places = wire.digits(order["currency"])
        self.included = bool(order["prices_include_tax"])
        place = order.get("shipping_address") or order.get("billing_address") or {}
        self.place = [place.get("country") or "", place.get("state_code") or ""]
        self.first = int(order["external_id"]) * 1000
        self._metas = self.first * 100

    def text(self, amount: Any) -> str:
        return f"{wire.rounded(money(amount), self.places):f}"

    def line_id(self, line_id: str) -> int:
        return self.first + int(line_id)

    def meta(self, key: str, value: Any, *, of_line: bool = False) -> Json:
        self._metas += 1
        entry = {"id": self._metas, "key": key, "value": value}
        return {**entry, "display_key": key, "display_value": value} if of_line else entry

    def of(self, *kinds: str) -> list[Mapping[str, Any]]:
        return [line for line in self.lines if wire.kind(line) in kinds]

    # -- taxes

    def rate_id(self, tax: Mapping[str, Any]) -> int:
        return wire.number("rate", *self.place, tax.get("label"), money(tax["rate"]).normalize())

    def taxes(self, line: Mapping[str, Any], tax: Decimal, subtotal: Decimal | None) -> list[Json]:
        """``tax`` by rate, shared as on ``line``; ``subtotal`` is the tax before coupons."""
        given = wire.listed(line, "taxes")
        before = [""] * len(given)
        if subtotal is not None:
            before = [self.text(share) for share in _shares(subtotal, given)]
        return [
            {"id": self.rate_id(one), "total": self.text(share), "subtotal": sub}
            for one, share, sub in zip(given, _shares(tax, given), before, strict=True)
        ]

    def tax_lines(self, parts: list[tuple[Mapping[str, Any], Decimal]], first: int) -> list[Json]:
        """One for each rate; ``parts`` are lines, each with the tax to be told of it."""
        found: dict[int, Json] = {}
        for line, tax in parts:
            given = wire.listed(line, "taxes")
            for one, share in zip(given, _shares(tax, given), strict=True):
                rate = found.setdefault(self.rate_id(one), {"tax": one, "goods": ZERO, "way": ZERO})
                rate["way" if wire.kind(line) == "shipping" else "goods"] += share
        return [
            self._tax_line(first + index, rate_id, rate)
            for index, (rate_id, rate) in enumerate(found.items())
        ]

    def _tax_line(self, number: int, rate_id: int, rate: Mapping[str, Any]) -> Json:
        tax = rate["tax"]
        percent = money(tax["rate"])
        code = [*self.place, (tax.get("label") or "TAX").upper(), "1"]
        return {
            "id": number,
            "rate_code": "-".join(filter(None, code)),
            "rate_id": rate_id,
            "label": tax.get("label") or "Tax",
            "compound": bool(tax.get("compound")),
            "tax_total": self.text(rate["goods"]),
            "shipping_tax_total": self.text(rate["way"]),
            "rate_percent": int(percent) if percent == int(percent) else float(percent),
            "meta_data": [],
        }


def _shares(tax: Decimal, given: list[Mapping[str, Any]]) -> list[Decimal]:
    """``tax`` shared out over the taxes of a line, as they stand on it."""
    whole = wire.total(one["amount"] for one in given)
    shares = [tax * money(one["amount"]) / whole if whole else ZERO for one in given]
    if given and not whole:
        rates = wire.total(one["rate"] for one in given)
        shares = [tax * money(one["rate"]) / rates if rates else ZERO for one in given]
    return shares


# -- lines


def fields(ledger: Ledger) -> Json:
    """The fields of the order that list or sum up its lines."""
    for line in ledger.lines:
        if wire.kind(line) in _NOT_THERE:
            raise wire.CannotExpress(_NOT_THERE[wire.kind(line)])
        if line.get("bundle"):
            raise wire.CannotExpress("WooCommerce lists a bundle beside its parts, as a line more")
    _check_rounding(ledger)
    goods = ledger.of("product", "gift_card")
    ways = ledger.of("shipping")
    cut = [one for line in goods for one in wire.listed(line, "discounts")]
    shipping_tax = wire.total(line["tax"] for line in ways)
    return {
        "discount_total": ledger.text(wire.total(one["net"] for one in cut)),
        "discount_tax": ledger.text(wire.total(one.get("tax") for one in cut)),
        "shipping_total": ledger.text(wire.total(line["net"] for line in ways)),
        "shipping_tax": ledger.text(shipping_tax),
        "cart_tax": ledger.text(money(ledger.order["total_tax"]) - shipping_tax),
        "total_tax": ledger.text(ledger.order["total_tax"]),
        "line_items": [_item(ledger, line) for line in goods],
        "tax_lines": ledger.tax_lines(
            [(line, money(line["tax"])) for line in ledger.lines], ledger.first + 200
        ),
        "shipping_lines": [_shipping(ledger, line) for line in ways],
        "fee_lines": [
            _fee(ledger, line) for line in ledger.of("fee", "tip", "gift_wrap", "discount")
        ],
        "coupon_lines": _coupons(ledger),
    }


def products(ledger: Ledger) -> Json:
    """What the connector asks about the products of the order, by id."""
    return {
        str(number): {
            "id": number,
            "type": "gift-card" if wire.kind(line) == "gift_card" else "simple",
            "sku": "" if line.get("variant_id") else line.get("sku") or "",
            "virtual": not line.get("requires_shipping", True),
        }
        for line in ledger.of("product", "gift_card")
        if (number := _product_id(line))
    }


def _check_rounding(ledger: Ledger) -> None:
    """A total that only lines in more digits than are shown explain."""
    lines = [wire.rounded(money(line["net"]), ledger.places) for line in ledger.lines]
    exact = wire.total(line["net"] for line in ledger.lines)
    if sum(lines, ZERO) != wire.rounded(exact, ledger.places):
        raise wire.CannotExpress("WooCommerce shows lines rounded to cents, and what they lack")


def _product_id(line: Mapping[str, Any]) -> int:
    if wire.kind(line) == "gift_card":
        return int(line.get("product_id") or wire.number("gift card"))
    return int(line.get("product_id") or 0)


def _item(ledger: Ledger, line: Mapping[str, Any]) -> Json:
    units = wire.quantity(line)
    cut = wire.listed(line, "discounts")
    net, tax = money(line["net"]), money(line["tax"])
    subtotal = net + wire.total(one["net"] for one in cut)
    subtotal_tax = tax + wire.total(one.get("tax") for one in cut)
    metas = [
        ledger.meta(one["name"], one["value"], of_line=True) for one in wire.listed(line, "options")
    ]
    back = _restocked(ledger, line)
    if back:
        metas.append(ledger.meta("_restock_refunded_items", str(back), of_line=True))
    return {
        "id": ledger.line_id(line["id"]),
        "name": _escaped(line["name"]),
        "product_id": _product_id(line),
        "variation_id": int(line.get("variant_id") or 0),
        "quantity": int(units) if units == int(units) else float(units),
        "tax_class": "",
        "subtotal": ledger.text(subtotal),
        "subtotal_tax": ledger.text(subtotal_tax),
        "total": ledger.text(net),
        "total_tax": ledger.text(tax),
        "taxes": ledger.taxes(line, tax, subtotal_tax),
        "meta_data": metas,
        "sku": line.get("sku") or "",
        "global_unique_id": line.get("barcode") or "",
        "price": float(net / units),
    }


def _restocked(ledger: Ledger, line: Mapping[str, Any]) -> int:
    """Units of the line that refunds put back on the shelf."""
    return sum(
        int(money(row.get("quantity")))
        for refund in wire.listed(ledger.order, "refunds")
        for row in wire.listed(refund, "lines")
        if row["line_id"] == line["id"] and row.get("restocked")
    )


def _shipping(ledger: Ledger, line: Mapping[str, Any]) -> Json:
    """A coupon makes it free by choosing the method of that name."""
    cut = wire.listed(line, "discounts")
    if cut and money(line["net"]):
        raise wire.CannotExpress("a coupon of WooCommerce takes all of the shipping off, or none")
    return {
        "id": ledger.line_id(line["id"]),
        "method_title": _escaped(wire.part(line, "shipping").get("title") or line["name"]),
        "method_id": "free_shipping" if cut else "flat_rate",
        "instance_id": "2" if cut else "1",
        "total": ledger.text(line["net"]),
        "total_tax": ledger.text(line["tax"]),
        "taxes": [] if cut else ledger.taxes(line, money(line["tax"]), None),
        "tax_status": "taxable",
        "meta_data": [],
    }


def _fee(ledger: Ledger, line: Mapping[str, Any]) -> Json:
    return {
        "id": ledger.line_id(line["id"]),
        "name": _escaped(line["name"]),
        "tax_class": "",
        "tax_status": "taxable" if wire.listed(line, "taxes") else "none",
        "amount": ledger.text(line["net"]),
        "total": ledger.text(line["net"]),
        "total_tax": ledger.text(line["tax"]),
        "taxes": ledger.taxes(line, money(line["tax"]), None),
        "meta_data": [],
    }


def _coupons(ledger: Ledger) -> list[Json]:
    """One for each code, with what it took off the products; free shipping is no
    discount. Cuts without a code are prices that the staff changed."""
    found: dict[str, Json] = {}
    for line in ledger.lines:
        free = wire.kind(line) == "shipping"
        for one in wire.listed(line, "discounts"):
            if not one.get("code"):
                continue
            sums = found.setdefault(one["code"], {"net": ZERO, "tax": ZERO, "free": False})
            sums["free"] |= free
            if not free:
                sums["net"] += money(one["net"])
                sums["tax"] += money(one.get("tax"))
    return [
        {
            "id": ledger.first + 300 + index,
            "code": code.lower(),
            "discount": ledger.text(sums["net"]),
            "discount_tax": ledger.text(sums["tax"]),
            "meta_data": [],
            "discount_type": "fixed_cart",
            "nominal_amount": float(sums["net"] + (sums["tax"] if ledger.included else ZERO)),
            "free_shipping": sums["free"],
        }
        for index, (code, sums) in enumerate(found.items())
    ]


def _escaped(name: str) -> str:
    """Names are kept as HTML."""
    return name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
