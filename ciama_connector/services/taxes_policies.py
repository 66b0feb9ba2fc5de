"""What is booked where shop and Odoo disagree about VAT and somebody decided whom to follow.

Both give the taxes of every line, or None where it cannot be done; the customer's total
stays what was paid.
"""

from dataclasses import replace
from decimal import Decimal

from ..canonical import Settled, cents
from ..canonical.settle import round_to
from .taxes_rates import percent, same_rates
from .territories import MEMBER_STATES


def follow_shop(draft, views, choice, finder):
    """({line id: account.tax},) under the first fiscal position that has the shop's rates;
    sets that position."""
    tried = []
    for position in _positions(draft, views, finder):
        if position in tried:
            continue
        tried.append(position)
        taxes = _explained(draft, choice, position)
        if taxes is not None:
            draft.fiscal_position = position
            return (taxes,)
    return None


def _positions(draft, views, finder):
    """Fiscal positions that may explain what the shop charged, the likeliest first."""
    vat, delivery = draft.vat, draft.delivery_partner
    if not any(view.rates for view in views):
        if vat.territory and not vat.territory.is_outside:
            yield finder.export_position()
        elif vat.kind == "private" and draft.invoice_partner.vat:
            yield finder.business_position(delivery, vat.country)
        yield draft.fiscal_position
        return
    yield draft.fiscal_position
    if vat.kind in ("business", "private"):
        yield finder.private(delivery, vat.country).position
    yield finder.home_position()
    billing = draft.invoice_partner.country_id.code
    if billing in MEMBER_STATES:
        yield finder.ask(finder.stand_in(billing), proved=False)


def _explained(draft, choice, position):
    """{line id: taxes of ``position`` with the shop's rates}, or None."""
    taxes = {}
    for view in choice.views(draft, position):
        found = view.odoo if same_rates(view.odoo, view.rates) else None
        if found is None and view.rates:
            found = choice.of_rates(position, view.rates, view.scope)
            if found is None:
                return None
        elif found is None:
            found = choice.of_rates(position, (Decimal(0),), view.scope) or choice.none
        taxes[view.line.id] = found
    return taxes


def follow_odoo(draft, views, _choice, _finder):
    """({line id: account.tax}, Settled, {line id: amounts}): Odoo's taxes inside what the
    customer paid for each line."""
    if draft.vat.is_missing or any(view.odoo is None for view in views):
        return None
    taxes = {view.line.id: view.odoo for view in views}
    for of_line in taxes.values():
        stacked = len(of_line) > 1 and any(of_line.mapped("include_base_amount"))
        if stacked or any(tax.amount_type != "percent" for tax in of_line):
            return None
    amounts = _inside_totals(draft, views)
    lines = []
    for settled in draft.settled.lines:
        parts = amounts[settled.line.id]
        gross = settled.net + settled.tax
        lines.append(replace(settled, net=gross - sum(parts, Decimal(0)), taxes=tuple(parts)))
    return taxes, Settled(tuple(lines), draft.settled.discrepancy), amounts


def _inside_totals(draft, views):
    """{line id: amounts in the order of the line's Odoo taxes}, in whole cents which for
    each tax add up to the tax inside the sum of its lines."""
    exact = {}  # tax: [(line id, position among the line's taxes, amount)]
    amounts = {}
    for view in views:
        gross = view.settled.net + view.settled.tax
        rates = [percent(tax) for tax in view.odoo]
        amounts[view.line.id] = [Decimal(0)] * len(rates)
        for index, (tax, rate) in enumerate(zip(view.odoo, rates, strict=True)):
            part = gross * rate / (100 + sum(rates))
            exact.setdefault(tax, []).append((view.line.id, index, part))
    currency = draft.order.currency
    for parts in exact.values():
        target = cents(sum(part for _line, _index, part in parts), currency)
        rounded, _left = round_to(target, [part for _line, _index, part in parts], currency)
        for (line, index, _part), amount in zip(parts, rounded, strict=True):
            amounts[line][index] = amount
    return amounts
