"""Does an order add up, and is it sane? The last gate before Odoo sees it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from .money import cents, decimal_places
from .order import LineKind, Order, earliest_plausible
from .problems import Code, Problem

MAX_QUANTITY = Decimal(1_000_000)
# Shops round per item, line or total: a line may be a cent off, never more.
TOLERATED_CENTS_A_LINE = 1
TOLERATED_CENTS_AT_MOST = 5


@dataclass(frozen=True)
class Discrepancy:
    """What the order's totals say more than its lines (order currency, rounded)."""

    net: Decimal
    tax: Decimal

    def __bool__(self) -> bool:
        return bool(self.net or self.tax)


def discrepancy(order: Order) -> Discrepancy:
    """Cents between the lines, each rounded to the currency, and the order's totals."""
    net = sum((cents(line.net, order.currency) for line in order.lines), Decimal(0))
    tax = sum((cents(line.tax, order.currency) for line in order.lines), Decimal(0))
    return Discrepancy(
        net=cents(order.total - order.total_tax, order.currency) - net,
        tax=cents(order.total_tax, order.currency) - tax,
    )


def check(order: Order) -> Discrepancy:
    """Return the tolerated rounding difference of ``order``; raise what is not.

    Raises :class:`Problem` with NO_LINES, BAD_QUANTITY, BAD_DATE, AMOUNTS_DISAGREE
    or TAX_DISAGREES.
    """
    if not order.lines:
        raise Problem(Code.NO_LINES)
    _check_quantities(order)
    _check_dates(order)
    return _check_amounts(order)


def _check_quantities(order: Order) -> None:
    for line in order.lines:
        usable = 0 < line.quantity <= MAX_QUANTITY
        if not usable and (line.kind is LineKind.PRODUCT or line.quantity != 1):
            raise Problem(Code.BAD_QUANTITY, line=line.name[:80], quantity=line.quantity)


def _check_dates(order: Order) -> None:
    latest = datetime.now(UTC) + timedelta(days=2)
    for field in ("created_at", "updated_at"):
        if not earliest_plausible() <= getattr(order, field) <= latest:
            raise Problem(Code.BAD_DATE, field=field, value=getattr(order, field).isoformat())


def _check_amounts(order: Order) -> Discrepancy:
    found = discrepancy(order)
    unit = Decimal(1).scaleb(-decimal_places(order.currency))
    allowed = unit * min(TOLERATED_CENTS_AT_MOST, TOLERATED_CENTS_A_LINE * len(order.lines))
    if abs(found.net + found.tax) > allowed:
        lines = cents(order.total, order.currency) - found.net - found.tax
        raise Problem(
            Code.AMOUNTS_DISAGREE,
            lines=lines,
            total=cents(order.total, order.currency),
            difference=found.net + found.tax,
            currency=order.currency,
        )
    if abs(found.tax) > allowed or abs(found.net) > allowed:
        raise Problem(
            Code.TAX_DISAGREES,
            lines=cents(order.total_tax, order.currency) - found.tax,
            total=cents(order.total_tax, order.currency),
            difference=found.tax,
            currency=order.currency,
        )
    return found
