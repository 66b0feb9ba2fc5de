"""From the shop's digits to whole cents that add up to the shop's totals.

Shops keep lines with six decimals, or round them per item, line or total; a sale
order line holds cents. Where a line has finer digits, rounding it up or down is free,
so the cents go where they make the sum right (largest remainder). What is left over
is the shop's own rounding difference.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

from .money import cents, decimal_places
from .order import Line, Order


@dataclass(frozen=True)
class Discrepancy:
    """What the order's totals say more than its lines (order currency, whole cents)."""

    net: Decimal
    tax: Decimal

    def __bool__(self) -> bool:
        return bool(self.net or self.tax)


@dataclass(frozen=True)
class SettledLine:
    """A line in whole cents; ``taxes`` are the amounts of ``line.taxes``, in order."""

    line: Line
    net: Decimal
    taxes: tuple[Decimal, ...]

    @property
    def tax(self) -> Decimal:
        return sum(self.taxes, Decimal(0))


@dataclass(frozen=True)
class Settled:
    """All lines in whole cents. The tax part of ``discrepancy`` is already inside the
    lines' taxes, its net part is not: it asks for a rounding line."""

    lines: tuple[SettledLine, ...]
    discrepancy: Discrepancy


def settle(order: Order) -> Settled:
    """Round ``order``'s lines so that they add up to its totals as well as they can."""
    total_tax = cents(order.total_tax, order.currency)
    total_net = cents(order.total, order.currency) - total_tax
    nets, net_left = round_to(total_net, [line.net for line in order.lines], order.currency)
    taxes, tax_left = _settle_taxes(order, total_tax)
    lines, start = [], 0
    for line, net in zip(order.lines, nets, strict=True):
        stop = start + len(line.taxes)
        lines.append(SettledLine(line, net, tuple(taxes[start:stop])))
        start = stop
    return Settled(tuple(lines), Discrepancy(net=net_left, tax=tax_left))


def _settle_taxes(order: Order, total_tax: Decimal) -> tuple[list[Decimal], Decimal]:
    """Amounts of all taxes of all lines in cents, and the difference put among them.

    Rate by rate where the shop states its totals per rate and they add up.
    """
    entries = [tax for line in order.lines for tax in line.taxes]
    groups = _groups_by_rate(order, total_tax)
    if groups is None:
        groups = {None: (total_tax, list(range(len(entries))))}
    amounts, left = [Decimal(0)] * len(entries), Decimal(0)
    for target, indexes in groups.values():
        rounded, rest = round_to(target, [entries[i].amount for i in indexes], order.currency)
        if rest and indexes:
            largest = max(range(len(indexes)), key=lambda i: abs(rounded[i]))
            rounded[largest] += rest
        for index, amount in zip(indexes, rounded, strict=True):
            amounts[index] = amount
        left += rest
    return amounts, left


def _groups_by_rate(order: Order, total_tax: Decimal):
    """{rate: (target, indexes of the taxes)}, or None where the shop's totals per rate
    cannot be matched with the lines."""
    targets: dict[Decimal | None, Decimal] = {}
    for tax in order.tax_totals:
        targets[tax.rate] = targets.get(tax.rate, Decimal(0)) + cents(tax.amount, order.currency)
    if not targets or None in targets or sum(targets.values()) != total_tax:
        return None
    groups = {rate: (target, []) for rate, target in targets.items()}
    for index, tax in enumerate(tax for line in order.lines for tax in line.taxes):
        if tax.rate not in groups:
            return None
        groups[tax.rate][1].append(index)
    if any(target and not indexes for target, indexes in groups.values()):
        return None
    return groups


def round_to(
    target: Decimal, amounts: Sequence[Decimal], currency: str
) -> tuple[list[Decimal], Decimal]:
    """``amounts`` in whole cents, as near to ``target`` in sum as rounding allows, and
    what is missing to it."""
    unit = Decimal(1).scaleb(-decimal_places(currency))
    floors = [amount.quantize(unit, ROUND_FLOOR) for amount in amounts]
    free = [i for i, amount in enumerate(amounts) if amount != floors[i]]
    ups = int((target - sum(floors, Decimal(0))) / unit)
    if 0 <= ups <= len(free):
        by_remainder = sorted(free, key=lambda i: floors[i] - amounts[i])
        for index in by_remainder[:ups]:
            floors[index] += unit
        return floors, Decimal(0)
    rounded = [cents(amount, currency) for amount in amounts]
    return rounded, target - sum(rounded, Decimal(0))
