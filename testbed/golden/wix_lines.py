"""What was sold, as the Wix eCommerce API writes it.

Each part has its amounts before and after tax; ``price`` is that of one, as the site shows
it, before coupons. Rates are decimal fractions in texts. Types: npm
``@wix/auto_sdk_ecom_orders`` 1.0.300.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from . import wire
from .wire import ZERO, money

Json = dict[str, Any]
_STORES = "215238eb-22a5-4c36-9e7b-e7c08025e04e"  # app id of Wix Stores
_GIFT_CARDS = "d80111c5-a0f4-47a8-b63a-65b54d774a27"
_NO_VARIANT = "00000000-0000-0000-0000-000000000000"
_SIGNS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥"}
_ITEMS = ("product", "gift_card")
_FEES = ("fee", "tip", "gift_wrap")
_NOT_THERE = {
    "discount": "Wix shares a discount out over the lines",
    "deposit": "Wix has no lines for deposits",
}
_WHOLE_CENTS = "Wix gives every amount in what can be paid"


class Site:
    """Money and ids of one order."""

    def __init__(self, order: Mapping[str, Any]):
        self.order = order
        self.lines = order["lines"]
        self.currency = order["currency"]
        self.included = bool(order["prices_include_tax"])

    def price(self, amount: Any) -> Json:
        given = wire.whole_cents(money(amount), self.currency, _WHOLE_CENTS)
        shown = f"{wire.rounded(given, wire.digits(self.currency)):f}"
        sign = _SIGNS.get(self.currency, f"{self.currency} ")
        return {"amount": shown, "formattedAmount": f"{sign}{shown}"}

    def guid(self, *names: Any) -> str:
        return wire.guid("wix", self.order["external_id"], *names)

    def line_id(self, line_id: str) -> str:
        return f"00000000-0000-0000-0000-{int(line_id):012d}"

    def of(self, *kinds: str) -> list[Mapping[str, Any]]:
        return [line for line in self.lines if wire.kind(line) in kinds]


def iso(when: Any) -> str | None:
    """Milliseconds, in UTC."""
    found = wire.moment(when)
    return found and found.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def fields(site: Site) -> Json:
    """The fields of the order that list or sum up its lines."""
    _check(site)
    total_tax = site.price(site.order["total_tax"])
    return {
        "lineItems": [_item(site, line) for line in site.of(*_ITEMS)],
        **_shipping_info(site),
        "additionalFees": [_fee(site, line) for line in site.of(*_FEES)],
        "appliedDiscounts": _discounts(site),
        "priceSummary": {
            "subtotal": site.price(_full_net(site.of(*_ITEMS))),
            "shipping": site.price(_full_net(site.of("shipping"))),
            "tax": total_tax,
            "discount": site.price(_taken_off(site.lines)),
            "total": site.price(site.order["total"]),
            "totalAdditionalFees": site.price(_full_net(site.of(*_FEES))),
        },
        "taxSummary": {"totalTax": total_tax},
        "taxInfo": {
            "totalTax": total_tax,
            "taxBreakdown": _tax_totals(site),
            "taxExempt": bool(site.order.get("tax_exempt")),
        },
    }


def _check(site: Site) -> None:
    for line in site.lines:
        if wire.kind(line) in _NOT_THERE:
            raise wire.CannotExpress(_NOT_THERE[wire.kind(line)])
        if line.get("bundle"):
            raise wire.CannotExpress("Wix sells no bundles")
    if len(site.of("shipping")) > 1:
        raise wire.CannotExpress("an order of Wix goes one way")
    if wire.total(line["gross"] for line in site.lines) != money(site.order["total"]):
        raise wire.CannotExpress("totals of Wix are the sums of their lines")


def _full_net(lines: list[Mapping[str, Any]]) -> Decimal:
    """Before discounts and before tax, as the types say of the price summary."""
    return wire.total(line["net"] for line in lines) + _taken_off(lines)


def _taken_off(lines: list[Mapping[str, Any]]) -> Decimal:
    return wire.total(one["net"] for line in lines for one in wire.listed(line, "discounts"))


# -- taxes


def _tax_info(site: Site, line: Mapping[str, Any]) -> Json:
    taxes = wire.listed(line, "taxes")
    base = site.price(line["net"])
    return {
        "taxAmount": site.price(line["tax"]),
        "taxableAmount": base,
        "taxRate": _fraction(wire.total(tax["rate"] for tax in taxes)),
        "taxIncludedInPrice": site.included,
        "taxBreakdown": [
            {
                **_named(site, tax),
                "taxAmount": site.price(tax["amount"]),
                "taxableAmount": base,
                "nonTaxableAmount": site.price(ZERO),
            }
            for tax in taxes
        ],
    }


def _tax_totals(site: Site) -> list[Json]:
    found: dict[tuple, tuple[Mapping[str, Any], Decimal]] = {}
    for line in site.lines:
        for tax in wire.listed(line, "taxes"):
            key = tax.get("label"), money(tax["rate"])
            found[key] = tax, found.get(key, (tax, ZERO))[1] + money(tax["amount"])
    return [
        {**_named(site, tax), "aggregatedTaxAmount": site.price(amount)}
        for tax, amount in found.values()
    ]


def _named(site: Site, tax: Mapping[str, Any]) -> Json:
    """Sales tax is that of a state, county or city; VAT that of a country."""
    place = site.order.get("shipping_address") or site.order.get("billing_address") or {}
    where = tax.get("jurisdiction") or place.get("country") or ""
    return {
        "taxName": tax.get("label") or "Tax",
        "taxType": "VAT" if where in ("", place.get("country")) else "Sales Tax",
        "jurisdiction": where,
        "jurisdictionType": "COUNTRY" if where in ("", place.get("country")) else "STATE",
        "rate": _fraction(money(tax["rate"])),
    }


def _fraction(percent: Decimal) -> str:
    fraction = (percent / 100).normalize()
    return f"{fraction:f}"


# -- kinds of lines


def _item(site: Site, line: Mapping[str, Any]) -> Json:
    units = wire.quantity(line)
    if units != units.to_integral_value():
        raise wire.CannotExpress("Wix sells whole units, of a measure at most")
    before = wire.before_discounts(line, included=site.included)
    price = site.price(before / units)
    is_card = wire.kind(line) == "gift_card"
    goods = bool(line.get("requires_shipping", True)) and not is_card
    sku = {"sku": line["sku"]} if line.get("sku") else {}
    back, stocked = _taken_back(site, line)
    return {
        "id": site.line_id(line["id"]),
        "productName": {"original": line["name"], "translated": line["name"]},
        "quantity": int(units),
        "totalDiscount": site.price(before - wire.shown(line, included=site.included)),
        "descriptionLines": [
            {
                "name": {"original": one["name"], "translated": one["name"]},
                "plainText": {"original": one["value"], "translated": one["value"]},
            }
            for one in wire.listed(line, "options")
        ],
        "physicalProperties": {**sku, "shippable": goods},
        "itemType": {"preset": "GIFT_CARD" if is_card else "PHYSICAL" if goods else "DIGITAL"},
        "refundQuantity": back,
        "restockQuantity": stocked,
        "price": price,
        "priceBeforeDiscounts": price,
        "lineItemPrice": site.price(before),
        "totalPriceBeforeTax": site.price(line["net"]),
        "totalPriceAfterTax": site.price(line["gross"]),
        "paymentOption": "FULL_PAYMENT_OFFLINE" if _on_delivery(site) else "FULL_PAYMENT_ONLINE",
        "taxInfo": {**_tax_info(site, line), "taxGroupId": wire.guid("tax group", line.get("sku"))},
        "locations": [],
        **_catalogue(line, is_card=is_card),
    }


def _on_delivery(site: Site) -> bool:
    return (site.order.get("payment_method") or {}).get("code") == "cash_on_delivery"


def _taken_back(site: Site, line: Mapping[str, Any]) -> tuple[int, int]:
    """Units that refunds gave back, and those of them that went back on the shelf."""
    rows = [
        row
        for refund in wire.listed(site.order, "refunds")
        for row in wire.listed(refund, "lines")
        if row["line_id"] == line["id"]
    ]
    back = wire.total(row.get("quantity") for row in rows)
    return int(back), int(wire.total(row["quantity"] for row in rows if row.get("restocked")))


def _catalogue(line: Mapping[str, Any], *, is_card: bool) -> Json:
    """Where the product stands; an item made up in the order stands nowhere."""
    if not line.get("product_id") and not is_card:
        return {}
    variant = line.get("variant_id")
    return {
        "catalogReference": {
            "catalogItemId": wire.guid("product", line.get("product_id") or "gift card"),
            "appId": _GIFT_CARDS if is_card else _STORES,
            "options": {"variantId": wire.guid("variant", variant) if variant else _NO_VARIANT},
        }
    }


def _shipping_info(site: Site) -> Json:
    order = site.order
    for line in site.of("shipping"):
        method = wire.part(line, "shipping")
        before = wire.before_discounts(line, included=site.included)
        return {
            "shippingInfo": {
                "carrierId": wire.guid("carrier"),
                "code": wire.guid("rate", method.get("code")),
                "title": method.get("title") or line["name"],
                "logistics": {
                    "deliveryTime": method.get("delivery_time") or "3-5 business days",
                    "shippingDestination": place(order, "shipping_address"),
                },
                "cost": {
                    "price": site.price(before),
                    "totalPriceBeforeTax": site.price(line["net"]),
                    "totalPriceAfterTax": site.price(line["gross"]),
                    "taxInfo": _tax_info(site, line),
                    "discount": site.price(before - wire.shown(line, included=site.included)),
                },
                "region": {"name": "Europe"},
            }
        }
    return {}


def fee_id(site: Site, line_id: str) -> str:
    return site.guid("fee", line_id)


def _fee(site: Site, line: Mapping[str, Any]) -> Json:
    return {
        "id": fee_id(site, line["id"]),
        "code": wire.kind(line),
        "name": line["name"],
        "price": site.price(wire.shown(line, included=site.included)),
        "priceBeforeTax": site.price(line["net"]),
        "priceAfterTax": site.price(line["gross"]),
        "taxInfo": _tax_info(site, line),
        "lineItemIds": [],
        "source": "SERVICE_PLUGIN",
    }


# -- discounts


def _discounts(site: Site) -> list[Json]:
    """One for each coupon or rule and, beside it, one for what it took off shipping."""
    found: dict[tuple, dict[str, Decimal]] = {}
    for line in site.of(*_ITEMS, "shipping"):
        target = "SHIPPING" if wire.kind(line) == "shipping" else "GLOBAL"
        for one, amount in wire.reductions(line, included=site.included):
            shares = found.setdefault((one.get("code"), one.get("title"), target), {})
            shares[line["id"]] = amount
    return [_discount(site, *key, shares) for key, shares in found.items()]


def _discount(site: Site, code, title, target: str, shares: Mapping[str, Decimal]) -> Json:
    amount = site.price(sum(shares.values(), ZERO))
    number = site.guid("discount", code, title, target)
    names = {"original": title or code, "translated": title or code}
    by = {"discountRule": {"id": number, "name": names, "amount": amount}}
    if code:
        by = {"coupon": {"id": number, "code": code, "name": title or code, "amount": amount}}
    parts = [] if target == "SHIPPING" else list(shares.items())
    return {
        "id": site.guid("applied", code, title, target),
        "discountType": target,
        "lineItemIds": [site.line_id(line_id) for line_id, _ in parts],
        "lineItemDiscounts": [
            {"id": site.line_id(line_id), "totalDiscount": site.price(share)}
            for line_id, share in parts
        ],
        **by,
    }


# -- places


def place(order: Mapping[str, Any], field: str, vat_id: Json | None = None) -> Json:
    """An address with the person there; ``subdivision`` is ISO 3166-2."""
    given = wire.part(order, field)
    country, state = given.get("country") or "", given.get("state_code") or ""
    address = {
        "country": country,
        "subdivision": f"{country}-{state}" if state else "",
        "city": given.get("city"),
        "postalCode": given.get("zip"),
        "addressLine": given.get("street"),
        "addressLine2": given.get("street2"),
    }
    contact = {
        "firstName": given.get("first_name"),
        "lastName": given.get("last_name"),
        "company": given.get("company"),
        "phone": given.get("phone"),
        "vatId": vat_id,
    }
    return {
        "address": {key: value for key, value in address.items() if value},
        "contactDetails": {key: value for key, value in contact.items() if value},
    }
