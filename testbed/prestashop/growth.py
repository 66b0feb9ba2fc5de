"""Synthetic orders in PrestaShop's own arithmetic, the same at each run.

Rounding as in the recorded shop: half up, each line (PS_ROUND_TYPE 2).
"""

from collections.abc import Iterable
from decimal import Decimal
from hashlib import md5
from random import Random
from typing import Any, NamedTuple

from .money import ZERO, Money, Pair, cents, six, voucher
from .store import EMPTY_DATE, Row, Store

_PEOPLE = (
    ("Anne", "Petit", "FR"),
    ("Léo", "Garnier", "FR"),
    ("Maëlys", "Le Goff", "FR"),
    ("Inès", "Fontaine", "FR"),
    ("Jörg", "Weiß", "DE"),
    ("Sofie", "Peeters", "BE"),
    ("Beat", "Zürcher", "CH"),
)
_TOWNS = {
    "FR": (("75011", "Paris"), ("13001", "Marseille"), ("31000", "Toulouse")),
    "DE": (("10623", "Berlin"), ("20095", "Hamburg")),
    "BE": (("1000", "Bruxelles"), ("9000", "Gent")),
    "CH": (("8001", "Zürich"), ("1201", "Genève")),
}
_STREETS = ("rue des Lilas", "Hauptstraße", "avenue Foch", "Nieuwstraat", "place du Marché")
_COMPANIES = {"FR": "FR40303265045", "DE": "DE129273398", "BE": "BE0417497106"}


class _Payment(NamedTuple):
    module: str
    label: str
    states: tuple[int, ...]  # the ids PrestaShop installs
    paid: bool


_PAYMENTS = (
    _Payment("stripe_official", "Carte bancaire (Stripe)", (2,), True),
    _Payment("stripe_official", "Carte bancaire (Stripe)", (2, 3, 4), True),
    _Payment("ps_wirepayment", "Virement bancaire", (10, 2, 3, 4, 5), True),
    _Payment("ps_wirepayment", "Virement bancaire", (10,), False),
    _Payment("ps_cashondelivery", "Paiement à la livraison", (13,), False),
)
_INVOICED, _SHIPPED = {2, 3, 4, 5}, {4, 5}
_VOUCHERS = ("", "", "percent", "amount", "shipping")
_ROWS = (
    "product_id",
    "product_attribute_id",
    "product_quantity",
    "product_name",
    "product_reference",
    "product_ean13",
    "product_isbn",
    "product_upc",
    "product_price",
    "id_customization",
    "unit_price_tax_incl",
    "unit_price_tax_excl",
)
_CATALOGUE = (
    "product_id",
    "product_attribute_id",
    "product_name",
    "product_reference",
    "product_supplier_reference",
    "product_ean13",
    "product_isbn",
    "product_upc",
    "product_mpn",
    "product_weight",
    "original_product_price",
    "id_tax_rules_group",
    "associations",
)
_DEFAULT_PRODUCT = {
    "product_id": "1",
    "product_attribute_id": "0",
    "product_name": "Mug",
    "product_reference": "MUG-01",
    "original_product_price": "12.416667",
    "id_tax_rules_group": "1",
    "associations": {"taxes": [{"id": "1"}]},
}


class Grower:
    """Adds orders with all that belongs to them, for products of the shop's own orders."""

    def __init__(self, store: Store, shop: int = 1):
        self.store = store
        self.shop = shop
        self.products = _catalogue(store) or [_DEFAULT_PRODUCT]
        self.countries = {row["iso_code"]: row["id"] for row in store["countries"]}
        self.people = [person for person in _PEOPLE if person[2] in self.countries]
        self.rates = {str(row["id"]): Decimal(row["rate"]) for row in store["taxes"]}
        self.carriers = [
            row
            for row in store["carriers"]
            if (str(row["active"]), str(row["deleted"]), str(row["is_free"])) == ("1", "0", "0")
        ]

    def order(self, date: str) -> str:
        """Place an order at the shop's local ``date``; its id."""
        order_id = self.store["orders"].last_id + 1
        random = Random(order_id)
        first, last, country = random.choice(self.people)
        payment = random.choice(_PAYMENTS)
        customer = self._customer(random, order_id, first, last, date)
        address = self._address(random, customer, country, date)
        chosen = random.sample(self.products, random.randint(1, min(4, len(self.products))))
        details = [self._detail(product, random.randint(1, 3), country) for product in chosen]
        carrier = random.choice(self.carriers)
        money, granted = self._money(random, details, carrier, country)
        final = payment.states[-1]
        invoiced = final in _INVOICED
        values = {
            "id": order_id,
            "id_address_delivery": address["id"],
            "id_address_invoice": address["id"],
            "id_cart": self._cart(address, details, carrier, date),
            "id_currency": "1",
            "id_lang": customer["id_lang"],
            "id_customer": customer["id"],
            "id_carrier": carrier["id"],
            "current_state": final,
            "module": payment.module,
            "payment": payment.label,
            "valid": int(invoiced),
            "date_add": date,
            "date_upd": date,
            "id_shop_group": "1",
            "id_shop": self.shop,
            "secure_key": customer["secure_key"],
            "gift": int(bool(money.wrapping.incl)),
            "gift_message": "Joyeux anniversaire" if money.wrapping.incl else "",
            **money.discounts.fields("total_discounts"),
            **money.paid.fields("total_paid"),
            "total_paid_real": six(money.paid.incl if payment.paid else ZERO),
            "total_products": six(money.products.excl),
            "total_products_wt": six(money.products.incl),
            **money.shipping.fields("total_shipping"),
            "carrier_tax_rate": f"{self._carrier_rate(carrier, country):.3f}",
            **money.wrapping.fields("total_wrapping"),
            "round_mode": "2",
            "round_type": "2",
            "conversion_rate": "1.000000",
            "reference": "".join(random.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ", k=9)),
        }
        invoice = self._invoice(values, money, date) if invoiced else None
        if final in _SHIPPED:
            values["delivery_number"] = order_id
            values["delivery_date"] = date
        self._add_details(values, details, invoice)
        self.store["orders"].add(self.store["orders"].shaped(values))
        self._add_shipment(values, carrier, money, invoice)
        if granted:
            self.store["order_cart_rules"].insert(
                id_order=order_id, id_order_invoice=invoice or 0, **granted
            )
        self._add_payment_and_history(values, payment)
        return str(order_id)

    # -- who
    def _customer(self, random: Random, number: int, first: str, last: str, date: str) -> Row:
        guest = random.random() < 0.2
        company = random.random() < 0.2
        group = "2" if guest else "3"
        return self.store["customers"].insert(
            id_default_group=group,
            id_lang="1",
            secure_key=md5(str(number).encode(), usedforsecurity=False).hexdigest(),
            lastname=last,
            firstname=first,
            email=f"{first}.{last}.{number}@example.org".lower().replace(" ", ""),
            company=f"{last} & Co" if company else "",
            active="1",
            deleted="0",
            is_guest=int(guest),
            id_shop=self.shop,
            id_shop_group="1",
            date_add=date,
            date_upd=date,
            associations={"groups": [{"id": group}]},
        )

    def _address(self, random: Random, customer: Row, country: str, date: str) -> Row:
        postcode, city = random.choice(_TOWNS[country])
        company = customer.get("company") or ""
        return self.store["addresses"].insert(
            id_customer=customer["id"],
            id_country=self.countries[country],
            alias="Mon adresse",
            company=company,
            lastname=customer["lastname"],
            firstname=customer["firstname"],
            vat_number=_COMPANIES.get(country, "") if company else "",
            address1=f"{random.randint(1, 120)} {random.choice(_STREETS)}",
            postcode=postcode,
            city=city,
            phone=f"06{random.randint(10_000_000, 99_999_999)}",
            deleted="0",
            date_add=date,
            date_upd=date,
        )

    # -- what
    def _detail(self, product: Row, quantity: int, country: str) -> Row:
        taxes = self._taxes(product["id_tax_rules_group"], country)
        if taxes is None:
            known = product.get("associations", {}).get("taxes", [])
            taxes = [str(tax["id"]) for tax in known if str(tax["id"]) in self.rates]
        excl = Decimal(product["original_product_price"])
        incl = excl * (1 + self._rate(taxes) / 100)
        unit, line = Pair(excl, incl), Pair(cents(excl * quantity), cents(incl * quantity))
        numbers = self.store.numbers_ids
        return {
            **product,
            "product_quantity": quantity,
            "product_quantity_in_stock": quantity,
            "product_price": six(excl),
            "original_product_price": six(excl),
            **unit.fields("unit_price", plain=False),
            **line.fields("total_price", plain=False),
            "associations": {"taxes": [{"id": int(t) if numbers else t} for t in taxes]}
            if taxes
            else {},
        }

    def _taxes(self, group: Any, country: str) -> list[str] | None:
        """Tax ids of a tax group in a country; None where the shop's rules are not known."""
        rules = self.store["tax_rules"]
        if not len(rules) or not rules.where(id_tax_rules_group=group):
            return None
        found = rules.where(id_tax_rules_group=group, id_country=self.countries[country])
        return [str(rule["id_tax"]) for rule in found if str(rule["id_tax"]) in self.rates]

    def _rate(self, taxes: Iterable[str]) -> Decimal:
        return sum((self.rates[tax] for tax in taxes), ZERO)

    def _carrier_rate(self, carrier: Row, country: str) -> Decimal:
        taxes = self._taxes(carrier["id_tax_rules_group"], country)
        return self._rate(["1"] if taxes is None and "1" in self.rates else taxes or ())

    def _money(self, random: Random, details, carrier, country) -> tuple[Money, Row | None]:
        products = Pair(
            sum((Decimal(row["total_price_tax_excl"]) for row in details), ZERO),
            sum((Decimal(row["total_price_tax_incl"]) for row in details), ZERO),
        )
        rate = 1 + self._carrier_rate(carrier, country) / 100
        net = Decimal("4.95") if country == "FR" else Decimal("14.13")
        shipping = Pair(net, cents(net * rate))
        wrapping = Pair()
        if random.random() < 0.15:
            wrapping = Pair(Decimal("2.50"), cents(Decimal("2.50") * rate))
        kind = random.choice(_VOUCHERS)
        if kind == "amount" and products.incl < 10:
            kind = ""
        value, name = voucher(kind, products, shipping)
        discounts = Pair(*map(cents, value))
        money = Money(products, shipping, wrapping, discounts)
        if not kind:
            return money, None
        return money, {
            "id_cart_rule": "1",
            "name": name,
            "value": six(value.incl),
            "value_tax_excl": six(value.excl),
            "free_shipping": int(kind == "shipping"),
            "deleted": "0",
        }

    def _cart(self, address: Row, details: list[Row], carrier: Row, date: str) -> int:
        rows = [
            {
                "id_product": row["product_id"],
                "id_product_attribute": row["product_attribute_id"],
                "id_address_delivery": address["id"]
                if self.store.numbers_ids
                else str(address["id"]),
                "quantity": str(row["product_quantity"]),
            }
            for row in details
        ]
        cart = self.store["carts"].insert(
            id_address_delivery=address["id"],
            id_address_invoice=address["id"],
            id_currency="1",
            id_customer=address["id_customer"],
            id_lang="1",
            id_shop=self.shop,
            id_shop_group="1",
            id_carrier=carrier["id"],
            date_add=date,
            date_upd=date,
            associations={"cart_rows": rows},
        )
        return cart["id"]

    # -- what follows from an order
    def _invoice(self, order: Row, money: Money, date: str) -> int:
        invoices = self.store["order_invoices"]
        number = invoices.last_id + 1
        order.update(invoice_number=number, invoice_date=date)
        row = invoices.insert(
            id_order=order["id"],
            number=number,
            **money.discounts.fields("total_discount", plain=False),
            **money.paid.fields("total_paid", plain=False),
            total_products=six(money.products.excl),
            total_products_wt=six(money.products.incl),
            **money.shipping.fields("total_shipping", plain=False),
            **money.wrapping.fields("total_wrapping", plain=False),
            shop_address="Boutique",
            date_add=date,
        )
        return row["id"]

    def _add_details(self, order: Row, details: list[Row], invoice: int | None) -> None:
        rows = []
        for values in details:
            row = self.store["order_details"].insert(
                **values,
                id_order=order["id"],
                id_order_invoice=invoice or 0,
                id_shop=self.shop,
                ecotax_tax_rate="0.000",
                download_deadline=EMPTY_DATE,
            )
            shown = {name: row.get(name, "") for name in _ROWS}
            rows.append({"id": row["id"] if self.store.numbers_ids else str(row["id"]), **shown})
        order["associations"] = {"order_rows": rows}

    def _add_shipment(self, order: Row, carrier: Row, money: Money, invoice) -> None:
        shipped = order["current_state"] in _SHIPPED
        number = f"6A{order['id']:011}" if shipped else ""
        self.store["order_carriers"].insert(
            id_order=order["id"],
            id_carrier=carrier["id"],
            id_order_invoice=invoice or 0,
            weight="1.000000",
            **money.shipping.fields("shipping_cost", plain=False),
            tracking_number=number,
            date_add=order["date_add"],
        )
        if number:
            self.store["orders"].update(order["id"], shipping_number=number)

    def _add_payment_and_history(self, order: Row, payment: _Payment) -> None:
        for state in payment.states:
            self.store["order_histories"].insert(
                id_employee="0",
                id_order_state=state,
                id_order=order["id"],
                date_add=order["date_add"],
            )
        if payment.paid:
            card = payment.module == "stripe_official"
            self.store["order_payments"].insert(
                order_reference=order["reference"],
                id_currency="1",
                amount=order["total_paid_real"],
                payment_method=payment.label,
                conversion_rate="1.000000",
                transaction_id=f"pi_{order['secure_key'][:20]}" if card else "",
                date_add=order["date_add"],
            )


def _catalogue(store: Store) -> list[Row]:
    """Order lines of the recordings that can be ordered again, one for each product."""
    plain = {order["id"] for order in store["orders"] if Decimal(order["conversion_rate"]) == 1}
    found: dict[tuple, Row] = {}
    for row in store["order_details"]:
        price = Decimal(row["original_product_price"])
        known = not len(store["products"]) or int(row["product_id"]) in store["products"].rows
        if int(row["id_order"]) in plain and price > 0 and known and not Decimal(row["ecotax"]):
            line = {name: row[name] for name in _CATALOGUE if name in row}
            found[row["product_id"], row["product_attribute_id"]] = line  # the latest price
    return [found[key] for key in sorted(found, key=lambda key: [int(part) for part in key])]
