"""Rates and amounts of taxes, of shops and of Odoo. No queries."""

from collections import Counter
from decimal import Decimal


def percent(tax):
    """A tax's rate as Decimal: 20, 5.5."""
    return Decimal(str(tax.amount)).normalize()


def any_rate(taxes):
    return any(tax.amount for tax in taxes)


def same_rates(taxes, rates):
    return Counter(percent(tax) for tax in taxes if tax.amount) == Counter(rates)


def rates_text(rates):
    """``20``, ``7.25+1.5`` or ``0``."""
    return "+".join(f"{rate:f}" for rate in sorted(rates) if rate) or "0"


def mapping_value(draft, rates):
    address = draft.order.shipping_address or draft.order.billing_address
    country = address.country if address else ""
    return f"{country or '??'} {rates_text(rates)}"


def charged_rates(settled, odoo, candidates):
    """The rates of a line that are not zero; a hidden one is inferred from its amount."""
    rates = []
    for tax, amount in zip(settled.line.taxes, settled.taxes, strict=True):
        rate = tax.rate
        if rate is None:
            rate = _inferred(amount, settled.net, [*odoo, *candidates])
        # A rate whose amount is nothing counts only where it would round to nothing.
        if rate and (amount or abs(settled.net * rate) < 1):
            rates.append(rate.normalize())
    return rates


def _inferred(amount, net, taxes):
    """The rate of ``taxes`` that makes ``amount`` of ``net``, to the cent; else as computed."""
    if not amount or not net:
        return Decimal(0)
    for tax in taxes:
        if abs(net * percent(tax) / 100 - amount) <= Decimal("0.015"):
            return percent(tax)
    return (amount / net * 100).quantize(Decimal("0.01"))


def amounts_by_tax(settled, taxes):
    """The shop's tax amounts in the order of ``taxes`` (one for each, zero if none)."""
    left = [
        (tax.rate.normalize() if tax.rate else None, amount)
        for tax, amount in zip(settled.line.taxes, settled.taxes, strict=True)
        if amount
    ]
    amounts = []
    for tax in taxes:
        match = next((entry for entry in left if entry[0] == percent(tax)), None)
        if match is None and len(taxes) == 1:
            amounts.append(sum((amount for _rate, amount in left), Decimal(0)))
            left = []
        elif match is not None:
            left.remove(match)
            amounts.append(match[1])
        else:
            amounts.append(Decimal(0))
    if left and amounts:  # mapped by hand to fewer taxes: all of it stays tax
        amounts[0] += sum((amount for _rate, amount in left), Decimal(0))
    return amounts
