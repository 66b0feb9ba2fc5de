"""Arithmetic of money: exact decimals, currencies' digits, fair spreading."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

# ISO 4217 minor units that are not two.
_DIGITS = dict.fromkeys(
    ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND",
     "VUV", "XAF", "XOF", "XPF"), 0,
) | dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3)  # fmt: skip


def decimal_places(currency: str) -> int:
    """Digits after the point that prices in ``currency`` (ISO 4217) are paid in."""
    return _DIGITS.get(currency, 2)


def cents(amount: Decimal, currency: str) -> Decimal:
    """``amount`` rounded half up to what can be paid in ``currency``."""
    return amount.quantize(Decimal(1).scaleb(-decimal_places(currency)), ROUND_HALF_UP)


def readable(amount: Decimal, places: int) -> str:
    """``amount`` with ``places`` digits after the point, or as many as it has that count."""
    exact = amount.normalize().as_tuple().exponent
    return f"{amount:.{max(places, -exact)}f}"


def spread(amount: Decimal, weights: Sequence[Decimal], currency: str) -> list[Decimal]:
    """Split ``amount`` over ``weights`` in whole cents that add up to it exactly.

    >>> spread(Decimal("5.00"), [Decimal(1), Decimal(1), Decimal(1)], "EUR")
    [Decimal('1.67'), Decimal('1.66'), Decimal('1.67')]

    Each share is the difference of two rounded running sums, so no share is more
    than a cent off its exact part. Weights of zero get nothing; if all are zero,
    the first gets everything.
    """
    total = sum(weights, Decimal(0))
    if not weights:
        raise ValueError("nothing to spread over")
    if not total:
        return [cents(amount, currency)] + [cents(Decimal(0), currency)] * (len(weights) - 1)
    shares, running, given = [], Decimal(0), Decimal(0)
    for weight in weights:
        running += weight
        upto = cents(amount * running / total, currency)
        shares.append(upto - given)
        given = upto
    return shares
