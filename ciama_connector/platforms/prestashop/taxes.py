"""Rates of lines, and what each rate's tax is.

Lines name their taxes by id and give one amount for all of them; shipping and wrapping
give amounts only. A tax whose rate is changed gets a new id, so that the rate of an id
is the one that was charged.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from ...canonical import Tax, decimal_places
from ..normalizing import build, label
from . import const
from .related import tax_ids
from .source import Row, Source

ZERO = Decimal(0)
_DIGITS = Decimal("0.000001")
_WHOLE, _TENTH = Decimal(1), Decimal("0.1")


@dataclass(frozen=True)
class Rate:
    percent: Decimal | None
    label: str = ""
    code: str = ""
    compound: bool = False  # computed on top of those before it


Rates = tuple[Rate, ...]


def unit(currency: str) -> Decimal:
    return Decimal(1).scaleb(-decimal_places(currency))


def combined(rates: Iterable[Rate]) -> Decimal:
    """Percent of all of them together."""
    factor = Decimal(1)
    for rate in rates:
        percent = (rate.percent or ZERO) / 100
        factor += percent * factor if rate.compound else percent
    return (factor - 1) * 100


def of_line(source: Source, detail: Row, net: Decimal, tax: Decimal) -> Rates:
    """The rates of an order row; none where nothing of them was charged."""
    ids = [key for key in tax_ids(detail) if key != const.NO_TAX]
    stacked = str(detail.get("tax_computation_method")) == const.COMPOUND
    found = tuple(
        _rate(source, key, compound=stacked and place > 0) for place, key in enumerate(ids)
    )
    if found and all(rate.percent is not None for rate in found):
        due = net * combined(found) / 100
        return found if tax or abs(due) < unit(source.currency) else ()
    known = [percent for percent in _percents(source) if percent is not None]
    return _guessed(net, tax, known, source.currency, label_of=found[0].label if found else "")


def _rate(source: Source, key: str, *, compound: bool) -> Rate:
    row = source.shared("taxes", key)
    percent = source.amount(row, "rate") if row else None
    return Rate(percent, label(source.worded(row.get("name"))), key, compound)


def _percents(source: Source) -> list[Decimal]:
    return [
        source.amount(source.shared("taxes", key), "rate")
        for detail in source.rows("details")
        for key in tax_ids(detail)
        if source.shared("taxes", key)
    ]


def of_amounts(
    source: Source, net: Decimal, tax: Decimal, told: Decimal, known: Iterable[Rates]
) -> Rates:
    """The rates of shipping or wrapping: as lines have them (``known``) where one fits,
    else what the shop tells (percent, 0 where it does not), else what amounts give."""
    allowed = unit(source.currency)
    due = {rates: net * combined(rates) / 100 for rates in known if rates}
    if told and abs(net * told / 100 - tax) <= allowed:
        same = (rates for rates in due if combined(rates) == told)
        return next(same, (Rate(told, _percent_label(told)),))
    if not tax:
        return ()
    fitting = [rates for rates in due if abs(due[rates] - tax) <= allowed]
    if fitting:
        return min(fitting, key=lambda rates: abs(due[rates] - tax))
    return _guessed(net, tax, [told] if told else [], source.currency)


def _guessed(
    net: Decimal, tax: Decimal, known: Sequence[Decimal], currency: str, label_of: str = ""
) -> Rates:
    """What two rounded amounts tell of a rate: one of the ``known``, or the roundest."""
    if not tax:
        return ()
    if not net:
        return (Rate(None, label_of),)
    exact, error = tax / net * 100, unit(currency) / abs(net) * 100
    candidates = [percent for percent in known if abs(percent - exact) <= error]
    candidates += [exact.quantize(digits, ROUND_HALF_UP) for digits in (_WHOLE, _TENTH)]
    close = [p for p in candidates if abs(p - exact) <= error and 0 < p <= 100]
    percent = close[0] if close and error < _WHOLE else None
    return (Rate(percent, label_of or (_percent_label(percent) if percent else "")),)


def _percent_label(percent: Decimal) -> str:
    return f"{percent.normalize():f}%"


def split(tax: Decimal, rates: Rates) -> tuple[Tax, ...]:
    """``tax`` divided among ``rates`` in the proportion of what each is due."""
    if not rates:
        return (build(Tax, amount=tax),) if tax else ()
    base, shares = Decimal(1), []
    for rate in rates:
        share = (rate.percent or ZERO) / 100 * (base if rate.compound else 1)
        base += share
        shares.append(share)
    whole = sum(shares, ZERO)
    amounts = [(tax * share / whole).quantize(_DIGITS) if whole else ZERO for share in shares]
    amounts[0] += tax - sum(amounts, ZERO)
    return tuple(
        build(
            Tax,
            rate=rate.percent,
            amount=amount,
            label=rate.label,
            code=rate.code,
            compound=rate.compound,
        )
        for rate, amount in zip(rates, amounts, strict=True)
    )
