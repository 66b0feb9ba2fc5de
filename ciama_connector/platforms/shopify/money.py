"""Reading Shopify's money, taxes, ids and connections."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ...canonical import Tax
from ..normalizing import build, decimal, label, mapping, objects, text

ZERO = Decimal(0)


def paid(bag: Any, field: str = "amount") -> Decimal:
    """Amount of a MoneyBag in the currency the buyer paid in; zero without one."""
    return decimal(mapping(mapping(bag).get("presentmentMoney")).get("amount"), field)


def in_shop_currency(bag: Any) -> Decimal:
    """Amount of a MoneyBag in the shop's own currency."""
    return decimal(mapping(mapping(bag).get("shopMoney")).get("amount"))


def nodes(value: Any) -> list[Mapping[str, Any]]:
    """The objects of a connection, or of a plain list."""
    return objects(value.get("nodes") if isinstance(value, Mapping) else value)


def tail(gid: Any) -> str:
    """``gid://shopify/LineItem/123?x=y`` -> ``123``."""
    return text(gid).rpartition("/")[2].partition("?")[0]


def plain(number: Decimal) -> Decimal:
    """Without trailing zeros and exponent, so that 20 and 20.0 are stored alike."""
    number = number.normalize()
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number


def percent(tax_line: Mapping[str, Any]) -> Decimal | None:
    """The rate of a TaxLine; a float of the API, so cut to what is no noise."""
    if tax_line.get("ratePercentage") is not None:
        rate = decimal(tax_line["ratePercentage"], "ratePercentage")
    elif tax_line.get("rate") is not None:
        rate = decimal(tax_line["rate"], "rate") * 100
    else:
        return None
    return plain(round(rate, 6))


def taxes(tax_lines: Any) -> tuple[Tax, ...]:
    return tuple(
        build(
            Tax,
            rate=percent(line),
            amount=paid(line.get("priceSet"), "taxLines"),
            label=label(line.get("title")),
        )
        for line in objects(tax_lines)
    )


def split(amount: Decimal, tax: Decimal, included: bool) -> tuple[Decimal, Decimal]:
    """(net, gross) of an amount that holds its tax or not (Order.taxesIncluded)."""
    return (amount - tax, amount) if included else (amount, amount + tax)
