"""Orders whose totals have a tax that their lines lack.

Shops whose VAT was set up after the products, or whose tax module is half installed, keep the
VAT in the totals only.
"""

from decimal import Decimal

from .money import decimal_places, spread
from .order import Line, Order, Tax
from .settle import settle

HIGHEST_RATE = Decimal("0.30")  # of the net; more than that is no VAT


def with_missing_tax(order: Order) -> Order | None:
    """``order`` with the tax that only its totals have, shared out by their net amounts among
    the lines without tax (a discount may have left some below zero); None where that does not
    explain what does not add up.

    The totals stay as they are. The rates are left open: Odoo's taxes say which fit.
    """
    found = settle(order).discrepancy
    bare = [line for line in order.lines if line.tax <= 0 < line.net]
    untaxed = sum((line.net for line in bare), Decimal(0))
    tax = found.tax + sum((line.tax for line in bare), Decimal(0))
    tolerated = Decimal(len(order.lines)).scaleb(-decimal_places(order.currency))
    explained = found.tax > 0 and 0 < tax <= untaxed * HIGHEST_RATE
    if not explained or abs(found.net) > tolerated:
        return None
    shares = spread(tax, [line.net for line in bare], order.currency)
    taxed = {line.id: _taxed(line, share) for line, share in zip(bare, shares, strict=True)}
    lines = tuple(taxed.get(line.id, line) for line in order.lines)
    return order.model_copy(update={"lines": lines})


def _taxed(line: Line, tax: Decimal) -> Line:
    taxes = (Tax(amount=tax),)
    return line.model_copy(update={"tax": tax, "gross": line.net + tax, "taxes": taxes})
