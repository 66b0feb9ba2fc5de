"""Synthetic orders and refunds in WooCommerce's own arithmetic, the same at each run."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

CENT = Decimal("0.01")
_PEOPLE = (
    ("Anne", "Petit", "FR"),
    ("Léo", "Garnier", "FR"),
    ("Maëlys", "Le Goff", "FR"),
    ("Jörg", "Weiß", "DE"),
    ("Sofie", "Peeters", "BE"),
    ("Paul", "Fontaine", "FR"),
)
_TOWNS = {
    "FR": (("75011", "Paris"), ("13001", "Marseille"), ("31000", "Toulouse")),
    "DE": (("10623", "Berlin"), ("20095", "Hamburg")),
    "BE": (("1000", "Bruxelles"), ("9000", "Gent")),
}
_STREETS = ("rue des Lilas", "Hauptstraße", "avenue Foch", "Nieuwstraat", "place du Marché")
# Payment method, its title, the order's status, whether paid
_PAYMENTS = (
    ("bacs", "Virement bancaire", "processing", True),
    ("stripe", "Carte bancaire (Stripe)", "completed", True),
    ("cod", "Paiement à la livraison", "processing", False),
    ("stripe", "Carte bancaire (Stripe)", "processing", True),
    ("bacs", "Virement bancaire", "on-hold", False),
)
_DEFAULT_PRODUCT = {"id": 0, "name": "Mug", "sku": "MUG-01", "price": "14.90", "tax_class": ""}


class Orders:
    """Makes orders for the products and tax rates of a shop; ``known`` are the orders it
    has, whose line ids are taken."""

    def __init__(self, products, taxes, known: list[Mapping[str, Any]]):
        self.products = [
            product
            for product in products
            if product.get("type") == "simple" and Decimal(product.get("price") or 0) > 0
        ] or [_DEFAULT_PRODUCT]
        self.taxes = taxes
        lists = ("line_items", "shipping_lines", "fee_lines", "tax_lines", "coupon_lines")
        taken = [
            line["id"]
            for order in known
            for name in lists
            for line in order.get(name) or []
            if isinstance(line, dict) and isinstance(line.get("id"), int)
        ]
        self.last_line = max(taken, default=0) + 1000

    def order(self, order_id: int) -> dict[str, Any]:
        """An order without dates, and ``is_paid`` for whoever sets them."""
        random = Random(order_id)
        first, last, country = random.choice(_PEOPLE)
        method, title, status, paid = random.choice(_PAYMENTS)
        chosen = random.sample(self.products, random.randint(1, min(4, len(self.products))))
        lines = [self._product(product, random.randint(1, 3), country) for product in chosen]
        shipping = self._shipping(country)
        parts = [*lines, *shipping]
        billing = _address(random, first, last, country)
        contact = {"email": f"{first}.{last}.{order_id}@example.org".lower().replace(" ", "")}
        tax = _sum(parts, "total_tax")
        return {
            "id": order_id,
            "parent_id": 0,
            "status": status,
            "currency": "EUR",
            "version": "11.0.1",
            "prices_include_tax": True,
            "discount_total": "0.00",
            "discount_tax": "0.00",
            "shipping_total": _text(_sum(shipping, "total")),
            "shipping_tax": _text(_sum(shipping, "total_tax")),
            "cart_tax": _text(_sum(lines, "total_tax")),
            "total": _text(_sum(parts, "total") + tax),
            "total_tax": _text(tax),
            "customer_id": 0,
            "order_key": f"wc_order_{order_id}",
            "billing": {**billing, **contact},
            "shipping": billing,
            "payment_method": method,
            "payment_method_title": title,
            "transaction_id": f"pi_{order_id}" if method == "stripe" else "",
            "customer_ip_address": "203.0.113.7",
            "customer_user_agent": "Mozilla/5.0",
            "created_via": "checkout",
            "customer_note": random.choice(("", "", "Sonnez deux fois")),
            "date_completed": None,
            "date_completed_gmt": None,
            "cart_hash": f"{order_id:032x}",
            "number": str(order_id),
            "meta_data": [
                {"id": order_id * 10, "key": "is_vat_exempt", "value": "no"},
                {"id": order_id * 10 + 1, "key": "_fees_hash", "value": f"{order_id:032x}"},
            ],
            "line_items": lines,
            "tax_lines": self._tax_lines(lines, shipping),
            "shipping_lines": shipping,
            "fee_lines": [],
            "coupon_lines": [],
            "refunds": [],
            "payment_url": f"https://shop.example.com/checkout/order-pay/{order_id}/",
            "is_editable": False,
            "needs_payment": False,
            "needs_processing": True,
            "currency_symbol": "€",
            "is_paid": paid,
        }

    def _product(self, product, quantity: int, country: str) -> dict[str, Any]:
        taxable = product.get("tax_status", "taxable") == "taxable"
        rate = self._rate(country, product.get("tax_class") or "standard") if taxable else None
        amounts = _amounts(Decimal(product["price"]) * quantity, rate)
        return {
            "id": self._line_id(),
            "name": product["name"],
            "product_id": product["id"],
            "variation_id": 0,
            "quantity": quantity,
            "tax_class": product.get("tax_class", ""),
            "subtotal": amounts["total"],
            "subtotal_tax": amounts["total_tax"],
            **amounts,
            "meta_data": [],
            "sku": product["sku"],
            "global_unique_id": "",
            "price": float(Decimal(amounts["total"]) / quantity),
            "image": {"id": "", "src": ""},
            "parent_name": None,
        }

    def _shipping(self, country: str) -> list[dict[str, Any]]:
        title, instance, gross = (
            ("Colissimo", "1", "5.88") if country == "FR" else ("DHL Europe", "4", "14.52")
        )
        return [
            {
                "id": self._line_id(),
                "method_title": title,
                "method_id": "flat_rate",
                "instance_id": instance,
                **_amounts(Decimal(gross), self._rate(country, "standard")),
                "tax_status": "taxable",
                "meta_data": [],
            }
        ]

    def _tax_lines(self, lines, shipping) -> list[dict[str, Any]]:
        found: dict[int, dict[str, Decimal]] = {}
        for field, items in (("tax_total", lines), ("shipping_tax_total", shipping)):
            for item in items:
                for tax in item["taxes"]:
                    sums = found.setdefault(tax["id"], {})
                    sums[field] = sums.get(field, Decimal(0)) + Decimal(tax["total"])
        rates = {rate["id"]: rate for rate in self.taxes}
        return [
            {
                "id": self._line_id(),
                "rate_code": f"{rates[key]['country']}-{rates[key]['name'].upper()}-1",
                "rate_id": key,
                "label": rates[key]["name"],
                "compound": False,
                "tax_total": _text(sums.get("tax_total", Decimal(0))),
                "shipping_tax_total": _text(sums.get("shipping_tax_total", Decimal(0))),
                "rate_percent": float(rates[key]["rate"]),
                "meta_data": [],
            }
            for key, sums in found.items()
        ]

    def _rate(self, country: str, tax_class: str) -> Mapping[str, Any] | None:
        fitting = (r for r in self.taxes if (r["country"], r["class"]) == (country, tax_class))
        return next(fitting, None)

    def _line_id(self) -> int:
        self.last_line += 1
        return self.last_line


def refund_of(order, line_id: int | None, amount: str, refund_id: int) -> dict[str, Any]:
    """A refund (without date) of a whole product line, or of a mere amount."""
    items = [_taken_back(item) for item in order["line_items"] if item["id"] == line_id]
    if items:
        amount = _text(-_sum(items, "total") - _sum(items, "total_tax"))
    return {
        "id": refund_id,
        "amount": amount,
        "reason": "Retour",
        "refunded_by": 1,
        "refunded_payment": False,
        "meta_data": [],
        "line_items": items,
        "shipping_lines": [],
        "fee_lines": [],
        "tax_lines": [
            {"id": refund_id * 10, "tax_total": item["total_tax"], "meta_data": []}
            for item in items
        ],
    }


def _taken_back(item: Mapping[str, Any]) -> dict[str, Any]:
    marker = {"id": 1, "key": "_refunded_item_id", "value": str(item["id"])}
    return {
        **item,
        "id": item["id"] + 500_000,
        "quantity": -item["quantity"],
        "total": _text(-Decimal(item["total"])),
        "total_tax": _text(-Decimal(item["total_tax"])),
        "meta_data": [marker],
    }


def _amounts(gross: Decimal, rate: Mapping[str, Any] | None) -> dict[str, Any]:
    """Tax carved out of a price that includes it."""
    if rate is None:
        return {"total": _text(gross), "total_tax": "0.00", "taxes": []}
    percent = Decimal(rate["rate"])
    tax = (gross * percent / (100 + percent)).quantize(CENT, ROUND_HALF_UP)
    return {
        "total": _text(gross - tax),
        "total_tax": _text(tax),
        "taxes": [{"id": rate["id"], "total": _text(tax), "subtotal": _text(tax)}],
    }


def _address(random: Random, first: str, last: str, country: str) -> dict[str, str]:
    zip_code, city = random.choice(_TOWNS[country])
    return {
        "first_name": first,
        "last_name": last,
        "company": "",
        "address_1": f"{random.randint(1, 120)} {random.choice(_STREETS)}",
        "address_2": "",
        "city": city,
        "state": "",
        "postcode": zip_code,
        "country": country,
        "phone": f"06{random.randint(10_000_000, 99_999_999)}",
    }


def _sum(items, field: str) -> Decimal:
    return sum((Decimal(item[field]) for item in items), Decimal(0))


def _text(amount: Decimal) -> str:
    return str(amount.quantize(CENT))
