"""What each refund of an order gives back: of which line, at which tax, to the cent.

Shops tell it in three ways: lines with amounts, lines and another amount, an amount alone.
All end as amounts line by line and tax by tax that add up to what the refund is worth.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

from .money import cents, decimal_places, spread
from .order import Order, Payment, PaymentStatus, Refund
from .settle import Settled

ZERO = Decimal(0)
# The line that stands for ``Settled.discrepancy``.
ROUNDING = "rounding"
TOLERATED_CENTS_AT_MOST = 5
_PAID = (PaymentStatus.PAID, PaymentStatus.PARTIALLY_REFUNDED, PaymentStatus.REFUNDED)


@dataclass(frozen=True)
class Taken:
    """What is given back of one line; ``taxes`` in the order of ``Line.taxes``."""

    line_id: str
    quantity: Decimal
    net: Decimal
    taxes: tuple[Decimal, ...]

    @property
    def tax(self) -> Decimal:
        return sum(self.taxes, ZERO)

    @property
    def gross(self) -> Decimal:
        return self.net + self.tax


@dataclass(frozen=True)
class Credit:
    """What a refund is worth, in whole cents of the order's currency.

    ``lines`` is what it names; ``spread`` what it does not, put on all rates in proportion
    to what is left of each; ``settled`` what it only pays back, since it was the customer's
    already (paid twice, or units removed before); ``excess`` what is more than is left.
    """

    refund: Refund
    lines: tuple[Taken, ...] = ()
    spread: tuple[Taken, ...] = ()
    settled: Decimal = ZERO
    excess: Decimal = ZERO

    @property
    def unexplained(self) -> Decimal:
        return sum((taken.gross for taken in self.spread), ZERO)

    @property
    def gross(self) -> Decimal:
        return sum((taken.gross for taken in (*self.lines, *self.spread)), ZERO)


def explain_refunds(order: Order, settled: Settled) -> dict[str, Credit]:
    """{refund id: credit}, the earliest first; ``settled`` are the lines of ``order``."""
    books = _Books(order, settled)
    return {refund.id: books.credit(refund) for refund in in_time(order.refunds)}


def in_time(refunds: Sequence[Refund]) -> list[Refund]:
    """The earliest first; those without a date last, as the shop lists them."""
    latest = datetime.max.replace(tzinfo=UTC)
    return sorted(refunds, key=lambda refund: refund.created_at or latest)


def everything_left(order: Order, settled: Settled) -> tuple[Taken, ...]:
    """What no refund of ``order`` gave back yet, such as of an order that is cancelled."""
    books = _Books(order, settled)
    for refund in in_time(order.refunds):
        books.credit(refund)
    return tuple(
        Taken(row.line_id, max(row.units, ZERO), row.net, tuple(row.taxes))
        for row in books.left.values()
        if row.net or any(row.taxes)
    )


@dataclass
class _Left:
    """Of a line: what nobody gave back yet, and how much of it refunds may still name."""

    line_id: str
    rates: tuple  # same for lines whose taxes are the same
    units: Decimal
    net: Decimal
    taxes: list[Decimal]
    open: list[Decimal] = field(default_factory=list)  # net and taxes, without any spread

    @property
    def gross(self) -> Decimal:
        return self.net + sum(self.taxes, ZERO)


class _Books:
    """Lines, money received and money given back, while refunds are read one by one."""

    def __init__(self, order: Order, settled: Settled):
        self.order = order
        self.unit = Decimal(1).scaleb(-decimal_places(order.currency))
        self.left = {
            row.line.id: _Left(
                row.line.id,
                tuple(tax.label if tax.rate is None else tax.rate for tax in row.line.taxes),
                row.line.quantity,
                row.net,
                list(row.taxes),
                [row.net, *row.taxes],
            )
            for row in settled.lines
        }
        if settled.discrepancy.net:
            rest = settled.discrepancy.net
            self.left[ROUNDING] = _Left(ROUNDING, (), Decimal(1), rest, [], [rest])
        self.received = sum((_worth(order, payment) for payment in order.payments), ZERO)
        self.paid_out = ZERO

    @property
    def owed(self) -> Decimal:
        """What the customer has to pay for what is left; negative: has paid too much."""
        return self.gross - (self.received - self.paid_out)

    @property
    def gross(self) -> Decimal:
        """What nobody gave back yet."""
        return sum((row.gross for row in self.left.values()), ZERO)

    def _all_left(self, units: dict[str, Decimal]) -> list[Taken]:
        """All that is left, reductions too, so that nothing stays of any rate; ``units`` of
        the lines that a refund names."""
        return [
            Taken(row.line_id, units.get(row.line_id, ZERO), row.net, tuple(row.taxes))
            for row in self.left.values()
            if row.net or any(row.taxes) or units.get(row.line_id)
        ]

    def credit(self, refund: Refund) -> Credit:
        named = [self._named(line) for line in refund.lines if line.line_id in self.left]
        lines, rest = self._worth(refund, [taken for taken in named if taken])
        settled = min(rest, max(-self.owed, ZERO)) if refund.paid_out else ZERO
        rest -= settled
        if lines and not rest and sum((taken.gross for taken in lines), ZERO) == self.gross:
            lines = self._all_left({taken.line_id: taken.quantity for taken in lines})
        self._take(lines)
        available = max(self.gross, ZERO)
        excess = max(rest - available, ZERO)
        if excess <= self._tolerance(len(self.left)):
            excess = ZERO
        shares = self._spread(rest) if rest and not excess else ()
        self._take(shares, spread=True)
        if refund.paid_out:
            self.paid_out += cents(refund.amount, self.order.currency)
        return Credit(refund, tuple(lines), tuple(shares), settled, excess)

    def _tolerance(self, count: int) -> Decimal:
        return self.unit * min(max(count, 1), TOLERATED_CENTS_AT_MOST)

    def _named(self, line) -> Taken | None:
        """A refund line, tax by tax, at most what is left of its line."""
        row = self.left[line.line_id]
        _net, *taxes = row.open
        tax = cents(line.tax, self.order.currency)
        shares = (
            spread(tax, [abs(amount) for amount in taxes], self.order.currency) if taxes else []
        )
        amounts = [cents(line.net, self.order.currency), *shares]
        if not taxes:
            amounts[0] += tax  # a tax that the line does not have
        amounts = [_at_most(amount, limit) for amount, limit in zip(amounts, row.open, strict=True)]
        quantity = min(line.quantity, max(row.units, ZERO))
        if not quantity and not any(amounts):
            return None
        return Taken(line.line_id, quantity, amounts[0], tuple(amounts[1:]))

    def _worth(self, refund: Refund, lines: list[Taken]) -> tuple[list[Taken], Decimal]:
        """``lines`` so that they add up to what the refund is worth, and what of it they
        leave unexplained. A shop that gave back less than the lines' worth kept a fee; or
        the customer had not paid all of it."""
        amount = cents(refund.amount, self.order.currency)
        named = sum((taken.gross for taken in lines), ZERO)
        if amount - named > self._tolerance(len(lines)) or not lines:
            return lines, amount - named
        if named - amount > self._tolerance(len(lines)):
            unpaid = ZERO if self.order.payment_status in _PAID else max(self.owed, ZERO)
            amount = min(named, amount + unpaid)
        return self._scaled(lines, amount), ZERO

    def _scaled(self, lines: list[Taken], amount: Decimal) -> list[Taken]:
        parts = [part for taken in lines for part in (taken.net, *taken.taxes)]
        if sum(parts, ZERO) == amount:
            return lines
        shares = iter(spread(amount, parts, self.order.currency))
        return [
            Taken(
                taken.line_id,
                taken.quantity,
                next(shares),
                tuple(next(shares) for _ in taken.taxes),
            )
            for taken in lines
        ]

    def _spread(self, amount: Decimal) -> list[Taken]:
        """``amount`` (with tax) over the rates, then over the lines of each rate."""
        if amount == self.gross:
            return self._all_left({})
        groups: dict[tuple, list[_Left]] = {}
        for row in self.left.values():
            if row.gross:
                groups.setdefault(row.rates, []).append(row)
        groups = groups or {(): list(self.left.values())[:1]}
        weights = [max(sum((row.gross for row in rows), ZERO), ZERO) for rows in groups.values()]
        found = []
        for share, rows in zip(
            spread(amount, weights, self.order.currency), groups.values(), strict=True
        ):
            found += self._over_lines(share, rows)
        return found

    def _over_lines(self, amount: Decimal, rows: list[_Left]) -> list[Taken]:
        """``amount`` over lines of the same taxes."""
        currency = self.order.currency
        columns = list(zip(*((row.net, *row.taxes) for row in rows), strict=True))
        totals = [sum(column, ZERO) for column in columns]
        shares = [
            spread(part, column, currency)
            for part, column in zip(spread(amount, totals, currency), columns, strict=True)
        ]
        return [
            Taken(row.line_id, ZERO, net, tuple(taxes))
            for row, (net, *taxes) in zip(rows, zip(*shares, strict=True), strict=True)
            if net or any(taxes)
        ]

    def _take(self, lines: Sequence[Taken], *, spread: bool = False) -> None:
        for taken in lines:
            row = self.left[taken.line_id]
            row.units -= taken.quantity
            row.net -= taken.net
            row.taxes = [left - amount for left, amount in zip(row.taxes, taken.taxes, strict=True)]
            if not spread:
                amounts = (taken.net, *taken.taxes)
                row.open = [left - part for left, part in zip(row.open, amounts, strict=True)]


def _worth(order: Order, payment: Payment) -> Decimal:
    """What was received, in the order's currency; nothing where no rate is known."""
    amount = payment.amount if payment.captured else ZERO
    if payment.currency != order.currency:
        known = payment.currency == order.shop_currency and order.exchange_rate
        amount *= order.exchange_rate if known else ZERO
    return cents(amount, order.currency)


def _at_most(amount: Decimal, limit: Decimal) -> Decimal:
    """``amount``, no further from zero than ``limit`` and on its side."""
    return max(min(amount, limit), ZERO) if limit >= 0 else min(max(amount, limit), ZERO)
