"""Carts in the arithmetic of shops: per item, per line, or on the total of each rate.

What a shop computes exactly and where it rounds are its own; the order that it shows, and
its sums per rate, follow.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

from .build import item, order

D = Decimal
WAYS = ("item", "line", "total")
SKUS = {"20": "CHAIR", "10": "MEAL", "5.5": "BOOK", "2.1": "SYRUP"}
_CENT, _SIX, _ZERO = D("0.01"), D("0.000001"), D(0)


@dataclass(frozen=True)
class Item:
    price: Decimal  # of one, as the shop shows it: with tax or without
    quantity: int
    rate: str  # percent
    discount: int = 0  # percent


@dataclass(frozen=True)
class Amounts:
    net: Decimal = _ZERO
    tax: Decimal = _ZERO

    def __add__(self, other: "Amounts") -> "Amounts":
        return Amounts(self.net + other.net, self.tax + other.tax)


@dataclass(frozen=True)
class Cart:
    """``way``: where the shop rounds; ``included``: whether its prices hold the tax."""

    items: tuple[Item, ...]
    way: str
    included: bool

    def order(self, number: int) -> dict[str, Any]:
        """The canonical order that the shop shows; it states its taxes per rate."""
        sums = self.by_rate
        whole = sum(sums.values(), Amounts())
        lines = [
            item(
                SKUS.get(one.rate, "CHAIR"),
                one.quantity,
                str(amounts.net),
                {one.rate: str(amounts.tax)},
            )
            for one, amounts in zip(self.items, self._lines, strict=True)
        ]
        return order(
            number,
            *lines,
            prices_include_tax=self.included,
            total=str(whole.net + whole.tax),
            total_tax=str(whole.tax),
            tax_totals=[
                {"rate": rate, "amount": str(amounts.tax)} for rate, amounts in sums.items()
            ],
        )

    @property
    def by_rate(self) -> dict[str, Amounts]:
        """{percent: what the shop states}, in whole cents."""
        groups: dict[str, list[Amounts]] = {}
        for one, amounts in zip(self.items, self._lines, strict=True):
            groups.setdefault(one.rate, []).append(amounts)
        return {rate: self._rounded(sum(rows, Amounts())) for rate, rows in groups.items()}

    def _rounded(self, amounts: Amounts) -> Amounts:
        tax = _round(amounts.tax)
        return Amounts(_round(amounts.net + amounts.tax) - tax, tax)

    @property
    def _lines(self) -> list[Amounts]:
        """In cents, or where only the total is rounded, in the six decimals that are kept."""
        return [self._line(one) for one in self.items]

    def _line(self, one: Item) -> Amounts:
        net, gross = self._unit(one)
        if self.way == "item":
            net, gross = _round(net) * one.quantity, _round(gross) * one.quantity
        else:
            digits = _CENT if self.way == "line" else _SIX
            net, gross = _round(net * one.quantity, digits), _round(gross * one.quantity, digits)
        return Amounts(net, gross - net)

    def _unit(self, one: Item) -> tuple[Decimal, Decimal]:
        """Of one, exactly: without and with tax."""
        price, factor = one.price * (100 - one.discount) / 100, 1 + D(one.rate) / 100
        return (price / factor, price) if self.included else (price, price * factor)


def _round(amount: Decimal, digits: Decimal = _CENT) -> Decimal:
    return amount.quantize(digits, ROUND_HALF_UP)


def drawn(seed: int, number: int) -> Iterable[Cart]:
    """So many carts, the same at each run; each way in turn."""
    random = Random(seed)
    for place in range(number):
        items = tuple(_drawn(random) for _line in range(random.randint(1, 6)))
        yield Cart(items, WAYS[place % len(WAYS)], random.random() < 0.5)


def _drawn(random: Random) -> Item:
    digits = random.randint(2, 6)
    return Item(
        price=D(random.randint(1, 300 * 10**digits)).scaleb(-digits),
        quantity=random.choice((1, 1, 2, 3, 7, 12, 333)),
        rate=random.choice(tuple(SKUS)),
        discount=random.choice((0, 0, 0, 5, 10, 33)),
    )
