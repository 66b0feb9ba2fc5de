"""Does an order add up, and is it sane? The last gate before Odoo sees it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from .money import cents, decimal_places
from .order import LineKind, Order, earliest_plausible
from .problems import Code, Problem
from .settle import Settled, settle
from .texts import _lt

MAX_QUANTITY = Decimal(1_000_000)
MAX_TOTAL = Decimal(10) ** 12
# Shops round per item, line or total: a line may be a cent off, never more.
TOLERATED_CENTS_A_LINE = 1
TOLERATED_CENTS_AT_MOST = 5


def check(order: Order) -> Settled:
    """Return ``order``'s lines in whole cents; raise what is not tolerable.

    Raises :class:`Problem` with NO_LINES, INVALID_ORDER, BAD_QUANTITY, BAD_DATE, AMOUNTS_DISAGREE
    or TAX_DISAGREES.
    """
    if not order.lines:
        raise Problem(Code.NO_LINES)
    if len({line.id for line in order.lines}) < len(order.lines):
        raise Problem(Code.INVALID_ORDER, field="lines", reason=_lt("two lines have one id"))
    _check_quantities(order)
    _check_dates(order)
    if abs(order.total) > MAX_TOTAL:
        raise Problem(Code.INVALID_ORDER, field="total", reason=_lt("implausibly large"))
    settled = settle(order)
    _check_amounts(order, settled)
    return settled


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


def _check_amounts(order: Order, settled: Settled) -> None:
    found = settled.discrepancy
    unit = Decimal(1).scaleb(-decimal_places(order.currency))
    allowed = unit * min(TOLERATED_CENTS_AT_MOST, TOLERATED_CENTS_A_LINE * len(order.lines))
    if abs(found.net + found.tax) > allowed:
        if all(line.kind is LineKind.SHIPPING for line in order.lines):
            raise Problem(Code.NO_LINES)  # its goods are missing
        total = cents(order.total, order.currency)
        raise Problem(
            Code.AMOUNTS_DISAGREE,
            lines=total - found.net - found.tax,
            total=total,
            difference=found.net + found.tax,
            currency=order.currency,
        )
    taxed = any(line.taxes for line in order.lines)
    if abs(found.tax) > allowed or abs(found.net) > allowed or (found.tax and not taxed):
        total = cents(order.total_tax, order.currency)
        raise Problem(
            Code.TAX_DISAGREES,
            lines=total - found.tax,
            total=total,
            difference=found.tax,
            currency=order.currency,
        )
