"""An order as it is after refunds that came before anything was invoiced."""

from collections.abc import Collection
from decimal import Decimal

from .credits import ZERO, Taken, explain_refunds
from .money import cents
from .order import Line, LineDiscount, Order, Tax
from .settle import settle


def without_refunds(order: Order, ids: Collection[str]) -> Order:
    """``order`` without what its refunds with these ``ids`` gave back: fewer units, lower
    amounts, tax by tax; a line of which nothing is left is gone.

    What was paid and given back is as it was, and so are the other refunds: whoever asks
    what is left of the *money* needs the shop's order.
    """
    settled = settle(order)
    taken = [credit for id_, credit in explain_refunds(order, settled).items() if id_ in ids]
    if not taken:
        return order
    by_line: dict[str, list[Taken]] = {}
    for credit in taken:
        for part in (*credit.lines, *credit.spread):
            by_line.setdefault(part.line_id, []).append(part)
    exact = {row.line.id: row.net + row.tax for row in settled.lines}
    lines = []
    for line in order.lines:
        gone = by_line.get(line.id)
        left = _reduced(line, gone, exact[line.id], order.currency) if gone else line
        if left:
            lines.append(left)
    gross = sum((credit.gross for credit in taken), ZERO)
    tax = sum((part.tax for parts in by_line.values() for part in parts), ZERO)
    return order.model_copy(
        update={
            "lines": tuple(lines),
            "total": order.total - gross,
            "total_tax": order.total_tax - tax,
            "tax_totals": _tax_totals(order, by_line),
            "refunds": tuple(refund for refund in order.refunds if refund.id not in ids),
        }
    )


def _reduced(line: Line, parts: list[Taken], exact: Decimal, currency: str) -> Line | None:
    """``line`` without ``parts``, or None; ``exact`` is its gross in whole cents."""
    units = sum((part.quantity for part in parts), ZERO)
    nothing_left = exact == sum((part.gross for part in parts), ZERO)
    if nothing_left and (units >= line.quantity or line.kind != "product"):
        return None
    net = line.net - sum((part.net for part in parts), ZERO)
    taxes = tuple(
        tax.model_copy(update={"amount": tax.amount - sum((p.taxes[i] for p in parts), ZERO)})
        for i, tax in enumerate(line.taxes)
    )
    tax = sum((entry.amount for entry in taxes), ZERO)
    quantity = line.quantity - units
    removed = max(line.quantity_removed - units, ZERO)
    if quantity <= 0:  # no unit is left, but the shop kept money for it
        quantity = removed = line.quantity
    return line.model_copy(
        update={
            "quantity": quantity,
            "quantity_removed": min(removed, quantity),
            "net": net,
            "tax": tax,
            "taxes": taxes,
            "gross": net + tax,
            "discounts": tuple(
                _share(discount, quantity / line.quantity, currency) for discount in line.discounts
            ),
        }
    )


def _share(discount: LineDiscount, share: Decimal, currency: str) -> LineDiscount:
    return discount.model_copy(
        update={
            "net": cents(discount.net * share, currency),
            "tax": cents(discount.tax * share, currency),
        }
    )


def _tax_totals(order: Order, by_line: dict[str, list[Taken]]) -> tuple[Tax, ...]:
    """The shop's totals per rate without what is gone; none where they do not match."""
    totals = list(order.tax_totals)
    for line in order.lines:
        for part in by_line.get(line.id, ()):
            for tax, amount in zip(line.taxes, part.taxes, strict=True):
                index = _index(totals, tax)
                if index is None and amount:
                    return ()
                if amount:
                    entry = totals[index]
                    totals[index] = entry.model_copy(update={"amount": entry.amount - amount})
    return tuple(totals)


def _index(totals: list[Tax], tax: Tax) -> int | None:
    found = [i for i, entry in enumerate(totals) if entry.rate == tax.rate]
    same = [i for i in found if (totals[i].code, totals[i].label) == (tax.code, tax.label)]
    return (same or found or [None])[0]
