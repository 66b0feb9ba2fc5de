"""PrestaShop's arithmetic: six decimals in the database, rounded half up to cents."""

from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from .store import Row

ZERO = Decimal(0)


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def six(amount: Decimal) -> str:
    """An amount as PrestaShop stores it."""
    return str(amount.quantize(Decimal("0.000001"), ROUND_HALF_UP))


class Pair(NamedTuple):
    """An amount without and with tax."""

    excl: Decimal = ZERO
    incl: Decimal = ZERO

    def fields(self, name: str, plain: bool = True) -> dict[str, str]:
        found = {f"{name}_tax_excl": six(self.excl), f"{name}_tax_incl": six(self.incl)}
        return {name: six(self.incl), **found} if plain else found


class Money(NamedTuple):
    products: Pair
    shipping: Pair
    wrapping: Pair
    discounts: Pair

    @property
    def paid(self) -> Pair:
        plus = zip(self.products, self.shipping, self.wrapping, self.discounts, strict=True)
        return Pair(*(product + way + wrap - off for product, way, wrap, off in plus))


def voucher(kind: str, products: Pair, shipping: Pair) -> tuple[Pair, str]:
    """Its unrounded value, and its name. An amount is spread over the rates of the order."""
    if kind == "percent":
        return Pair(products.excl / 10, products.incl / 10), "Bienvenue -10%"
    if kind == "amount":
        five = Decimal(5)
        return Pair(five * products.excl / products.incl, five), "5 € offerts (TTC)"
    if kind == "shipping":
        return shipping, "Livraison offerte"
    return Pair(), ""


def slip(order: Row, taken: list[tuple[Row, int]], slip_id: int, *, shipping: bool) -> Row:
    """A refund of these quantities of order details, without dates."""
    entries, products = [], Pair()
    for row, quantity in taken:
        pair = Pair(
            Decimal(row["unit_price_tax_excl"]) * quantity,
            Decimal(row["unit_price_tax_incl"]) * quantity,
        )
        products = Pair(products.excl + pair.excl, products.incl + pair.incl)
        numbers = isinstance(row["id_order"], int)
        entries.append(
            {
                "id": slip_id if numbers else str(slip_id),
                "id_order_detail": row["id"] if numbers else str(row["id"]),
                "product_quantity": quantity if numbers else str(quantity),
                "amount_tax_excl": six(cents(pair.excl)),
                "amount_tax_incl": six(cents(pair.incl)),
            }
        )
    way = Pair()
    if shipping:
        way = Pair(
            Decimal(order["total_shipping_tax_excl"]), Decimal(order["total_shipping_tax_incl"])
        )
    return {
        "id_customer": order["id_customer"],
        "id_order": order["id"],
        "conversion_rate": order["conversion_rate"],
        **products.fields("total_products", plain=False),
        **way.fields("total_shipping", plain=False),
        "amount": six(products.incl),
        "shipping_cost": int(shipping),
        "shipping_cost_amount": six(way.incl),
        "partial": "0",
        "order_slip_type": "0",
        "associations": {"order_slip_details": entries},
    }
