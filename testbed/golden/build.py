"""Canonical orders as JSON, in few words.

Every key that a renderer may read is there, whatever the case; amounts are texts. Ids
are digits: those of lines, payments and refunds count from 1 within the order, so that
``external_id`` and such an id together are unique. Amounts of lines are after all
discounts and for the whole quantity, as everywhere in canonical orders; what vouchers
took off is in ``discounts`` of the line.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from .case import Expected, Step
from .catalogue import PRODUCTS

D = Decimal
Json = dict[str, Any]
PLACED = "2026-03-02T10:00:00+00:00"
LATER = "2026-03-03T10:00:00+00:00"
LATER_STILL = "2026-03-04T10:00:00+00:00"
CARD = {"code": "card", "label": "Card"}
BANK_WIRE = {"code": "bank_wire", "label": "Bank wire"}
ON_DELIVERY = {"code": "cash_on_delivery", "label": "Cash on delivery"}
PARTLY = {"payment_status": "partially_refunded"}
GIFT_CARD = {"code": "gift_card", "label": "Gift card"}

# -- lines: {percent: amount} are the taxes, by hand


def item(sku: str, quantity: Any, net: str, taxes: Mapping[str, str], **values: Any) -> Json:
    """A product of the catalogue. ``off``: {voucher code: (net, tax)} taken off;
    ``list_price`` where the price of one does not follow from the amounts."""
    product = PRODUCTS[sku]
    return _line(
        "product",
        product.name,
        net,
        taxes,
        sku=sku,
        product_id=product.id,
        quantity=str(quantity),
        requires_shipping=product.goods,
        **values,
    )


def shipping(net: str, taxes: Mapping[str, str], **values: Any) -> Json:
    method = {"code": "colissimo", "title": "Colissimo"}
    return _line("shipping", "Colissimo", net, taxes, shipping=method, **values)


def other(kind: str, name: str, net: str, taxes: Mapping[str, str], **values: Any) -> Json:
    """A fee, gift wrapping, tip, or gift card that is sold."""
    return _line(kind, name, net, taxes, **values)


def _line(kind: str, name: str, net: str, taxes: Mapping[str, str], **values: Any) -> Json:
    tax = sum((D(amount) for amount in taxes.values()), D(0))
    off = values.pop("off", {})
    return {
        "kind": kind,
        "name": name,
        "sku": "",
        "product_id": "",
        "quantity": "1",
        "quantity_removed": "0",
        "net": net,
        "tax": str(tax),
        "gross": str(D(net) + tax),
        "taxes": [
            {"rate": rate, "amount": amount, "label": f"VAT {rate}%"}
            for rate, amount in taxes.items()
        ],
        "discounts": [
            {"code": code, "title": code, "net": took, "tax": took_tax}
            for code, (took, took_tax) in off.items()
        ],
        "list_price": None,
        "bundle": None,
        "shipping": None,
        "requires_shipping": False,
        **values,
    }


# -- people


def address(country: str = "FR", **values: Any) -> Json:
    """In Paris, or the capital of one of a few other countries."""
    zip_code, city = _TOWNS[country]
    return {
        "first_name": "Marie",
        "last_name": "Curie",
        "company": "",
        "street": "11 rue de la Paix",
        "street2": "",
        "zip": zip_code,
        "city": city,
        "state_code": "",
        "country": country,
        "phone": "+33 1 23 45 67 89",
        "identification": "",
        **values,
    }


_TOWNS = {
    "FR": ("75002", "Paris"),
    "AT": ("1010", "Wien"),
    "BE": ("1000", "Bruxelles"),
    "CH": ("1201", "Genève"),
    "DE": ("10623", "Berlin"),
    "ES": ("28001", "Madrid"),
    "GB": ("SW1A 1AA", "London"),
    "GR": ("105 57", "Athina"),
    "IT": ("00184", "Roma"),
    "JP": ("100-0001", "Tokyo"),
    "KW": ("13001", "Kuwait City"),
    "MC": ("98000", "Monaco"),
    "NL": ("1011 AB", "Amsterdam"),
    "NO": ("0150", "Oslo"),
    "RE": ("97400", "Saint-Denis"),
    "US": ("11501", "Mineola"),
}

# -- money in and out


def payment(amount: str, number: int = 1, **values: Any) -> Json:
    """By card, when the order was placed."""
    return {
        "id": str(number),
        "transaction_id": "",
        "method": CARD,
        "kind": "payment",
        "amount": amount,
        "currency": "EUR",
        "paid_at": PLACED,
        "captured": True,
        **values,
    }


def refund(amount: str, *lines: Json, number: int = 1, **values: Any) -> Json:
    return {
        "id": str(number),
        "created_at": LATER,
        "amount": amount,
        "lines": list(lines),
        "reason": "",
        "paid_out": True,
        **values,
    }


def back(line: int, quantity: Any, net: str, tax: str, **values: Any) -> Json:
    """A line of a refund: this much of the order's ``line`` (its place, from 1)."""
    return {
        "line_id": str(line),
        "quantity": str(quantity),
        "net": net,
        "tax": tax,
        "restocked": None,
        **values,
    }


def without(body: Json, *removed: int) -> list[Json]:
    """Lines of an order of which so many units each were taken back before shipping."""
    return [
        {**line, "quantity_removed": str(units)}
        for line, units in zip(body["lines"], removed, strict=True)
    ]


# -- orders


def order(number: int, *lines: Json, to: Json | None = None, **values: Any) -> Json:
    """Placed in the shop and paid by card at once, by a customer of its own in Paris.

    ``to`` is the address for both; ``vouchers``: {code: what the customer saved}.
    Totals are those of the lines and payments unless they are given.
    """
    place = to or address()
    made = [{"id": str(place), **line} for place, line in enumerate(lines, start=1)]
    total = values.get("total") or _sum(made, "gross")
    currency = values.get("currency", "EUR")
    paid = [payment(total, currency=currency, transaction_id=f"tx{number}")] if D(total) else []
    vouchers = values.pop("vouchers", {})
    body = {
        "platform": "ciama",
        "external_id": str(number),
        "number": str(number),
        "created_at": PLACED,
        "updated_at": PLACED,
        "cancelled_at": None,
        "status": "paid",
        "payment_status": "paid",
        "fulfillment_status": "unfulfilled",
        "currency": currency,
        "prices_include_tax": True,
        "tax_exempt": False,
        "total": total,
        "total_tax": _sum(made, "tax"),
        "lines": made,
        "discounts": [
            {"code": code, "title": code, "gross": gross, "free_shipping": code in _freeing(made)}
            for code, gross in vouchers.items()
        ],
        "payment_method": CARD,
        "payments": paid,
        "refunds": [],
        "shipments": [],
        "customer": {
            "external_id": str(number),
            "email": f"buyer{number}@example.org",
            "first_name": place["first_name"],
            "last_name": place["last_name"],
            "company": place["company"],
        },
        "billing_address": place,
        "shipping_address": place,
        "vat_candidates": [],
        "language": "fr",
        "customer_note": "",
        **values,
    }
    return _completed(body)


def changed(body: Json, updated_at: str = LATER, **values: Any) -> Json:
    """A later state of an order; totals that follow from the changes are made anew."""
    if "lines" in values:
        values["lines"] = [
            {"id": str(place), **line} for place, line in enumerate(values["lines"], start=1)
        ]
        values.setdefault("total", _sum(values["lines"], "gross"))
        values.setdefault("total_tax", _sum(values["lines"], "tax"))
    return _completed({**body, "updated_at": updated_at, **values})


def _freeing(lines: list[Json]) -> set[str]:
    """Vouchers that take all of the shipping off."""
    free = [line for line in lines if line["kind"] == "shipping" and not D(line["net"])]
    return {discount["code"] for line in free for discount in line["discounts"]}


def vat_number(value: str, source: str = "billing_address.vat_number") -> list[Json]:
    """For ``vat_candidates``: where a platform keeps the number is its own affair."""
    return [{"value": value, "source": source}]


def _completed(body: Json) -> Json:
    received = [paid for paid in body["payments"] if paid["captured"]]
    return {
        **body,
        "total_paid": _sum(received, "amount"),
        "total_refunded": _sum([r for r in body["refunds"] if r["paid_out"]], "amount"),
    }


def _sum_of(rows: list[Json], key: str) -> Decimal:
    return sum((D(row[key]) for row in rows), D(0))


def _sum(rows: list[Json], key: str) -> str:
    return str(_sum_of(rows, key))


# -- steps


def in_shop(body: Json, expected: Expected | None = None, shop: int = 1) -> Step:
    return Step(order=body, shop=shop, expected=expected)


def delivered(goods: Mapping[str, str], expected: Expected | None = None) -> Step:
    return Step(deliver=goods, expected=expected)


def answered(answers: Mapping[str, str], expected: Expected | None = None) -> Step:
    return Step(answer=answers, expected=expected)
