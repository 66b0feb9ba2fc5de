"""Taxes by country and rate. Never sure: whose VAT is right is for a person to say."""

import re
from decimal import Decimal, InvalidOperation

from .suggestion import Suggestion
from .taxes_rates import percent


def find_taxes(shop, labels, causes):
    wanted = {value: read for value in labels if (read := _read(value))}
    rates = {float(rate) for _country, rates in wanted.values() for rate in rates}
    taxes = shop.env["account.tax"].search(
        [
            *shop.env["account.tax"]._check_company_domain(shop.company_id),
            ("type_tax_use", "=", "sale"),
            ("amount_type", "=", "percent"),
            ("amount", "in", list(rates)),
        ]
    )
    places = {tax: _places(tax, shop.company_id) for tax in taxes}
    return {value: _of(shop.env, places, *read) for value, read in wanted.items()}


def _read(value):
    """(country code, rates) of ``US 7.25+1.5``; None for anything else."""
    match = re.fullmatch(r"(\S\S) ([\d.+]+)", value)
    try:
        return match and (match[1], [Decimal(rate).normalize() for rate in match[2].split("+")])
    except InvalidOperation:
        return None


def _places(tax, company):
    """Codes of the countries that fiscal positions use ``tax`` for, the nearest first:
    a position for one country, then a group of countries."""
    positions = tax.fiscal_position_ids
    own = set(positions.country_id.mapped("code"))
    if not positions or any(position.country_id == company.country_id for position in positions):
        own.add(company.country_id.code)
    return own, set(positions.country_group_id.country_ids.mapped("code"))


def _of(env, places, country, rates):
    of_rate = {rate: [tax for tax in places if percent(tax) == rate] for rate in rates}
    for place, most in ((0, 75), (1, 65)):
        near = {
            rate: [tax for tax in taxes if country in places[tax][place]]
            for rate, taxes in of_rate.items()
        }
        if all(near.values()):
            reason = env._("A tax of this rate for this country.")
            return _each(env, near, most, reason)
    if all(of_rate.values()) and any(rates):
        reason = env._("It has this rate, but no fiscal position uses it for this country.")
        return _each(env, of_rate, 40, reason)
    return []


def _each(env, by_rate, most, reason):
    """One suggestion for each choice; several rates are one choice, of the first of each."""
    if len(by_rate) > 1:
        choices = [env["account.tax"].union(*(taxes[0] for taxes in by_rate.values()))]
        many = any(len(taxes) > 1 for taxes in by_rate.values())
    else:
        (choices,) = by_rate.values()
        many = len(choices) > 1
    confidence = most - 20 if many else most
    return [
        Suggestion("tax_ids", tax, confidence, reason, ", ".join(tax.mapped("name")))
        for tax in choices
    ]
