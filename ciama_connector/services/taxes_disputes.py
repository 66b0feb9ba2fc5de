"""One name for each way in which a shop and Odoo disagree about VAT. No queries."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from ..canonical import Code, Problem
from .taxes_rates import any_rate, rates_text
from .vat_rates import countries_with, ended_on, rates_of

# What the shop's policies decide; a missing tax has no alternative.
VAT_CODES = (
    Code.TAX_EXEMPT_UNPROVED,
    Code.TAX_EXEMPT_INSIDE,
    Code.TAX_CHARGED_ON_EXEMPT,
    Code.TAX_ON_EXPORT,
    Code.TAX_OSS_DUE,
    Code.TAX_OTHER_COUNTRY,
    Code.TAX_OUTDATED,
    Code.TAX_RATE_DIFFERS,
    Code.TAX_MIXED,
)
_MANY = 3  # countries that are named


def lawful_rates(vat, day):
    """The rates that may be due where a Decision says, on ``day``; empty if not known."""
    rates, place = set(rates_of(vat.country, day)), vat.territory
    return {place.rate(rate) for rate in rates} | set(place.more_rates) if place else rates


def dispute_of(draft, view, home):
    """The Problem of a line; ``home`` is the ISO code of the company's country."""
    return _Dispute(draft, view, home).named()


def as_one(disputes, views, vat, env):
    """The Problem of a whole order."""
    if len({dispute.code for dispute in disputes}) == 1:
        return disputes[0]
    told = [f"{view.line.name[:40]}: {rates_text(view.rates)} %" for view in views]
    lines = "; ".join(dict.fromkeys(told))[:300]
    return Problem(Code.TAX_MIXED, lines=lines, position=vat.position.name or env._("none"))


@dataclass
class _Dispute:
    """What can be said about one line on which shop and Odoo disagree."""

    draft: Any
    view: Any
    home: str

    def __post_init__(self):
        order = self.draft.order
        address = order.shipping_address or order.billing_address
        self.vat = self.draft.vat
        self.day: date = order.created_at.date()
        self.line = self.view.line.name[:80]
        self.shop, self.odoo = rates_text(self.view.rates), rates_text(self.view.wanted)
        self.position = self.vat.position.name or self.draft.card.env._("none")
        self.country = (address and address.country) or self.vat.country or "?"
        self.place = self.vat.territory.name if self.vat.territory else self.country

    def named(self):
        if not self.view.rates:
            return self._exempted()
        if not self.view.wanted and any_rate(self.view.source):
            return self._charged()
        lawful = lawful_rates(self.vat, self.day)
        if self.view.wanted and lawful.issuperset(self.view.rates):
            position = "" if self.vat.is_missing else self.vat.position.id or ""
            return Problem(
                Code.TAX_MISSING,
                line=self.line,
                rate=rates_text(self.view.rates[:1]),
                place=self.place,
                position=self.position,
                position_id=position,
                vat_country=self.vat.country,
            )
        return self._of_another_rate(lawful)

    def _exempted(self):
        if self.vat.territory and not self.vat.territory.is_outside:
            return Problem(
                Code.TAX_EXEMPT_INSIDE,
                line=self.line,
                place=self.place,
                odoo=self.odoo,
                position=self.position,
            )
        return Problem(
            Code.TAX_EXEMPT_UNPROVED,
            line=self.line,
            country=self.country,
            odoo=self.odoo,
            position=self.position,
        )

    def _charged(self):
        if self.vat.kind == "export":
            return Problem(
                Code.TAX_ON_EXPORT, rate=self.shop, place=self.place, position=self.position
            )
        return Problem(Code.TAX_CHARGED_ON_EXEMPT, rate=self.shop, position=self.position)

    def _of_another_rate(self, lawful):
        rates, country = self.view.rates, self.vat.country
        mainland = self.vat.territory and rates_of(country, self.day).issuperset(rates)
        at_home = rates_of(self.home, self.day).issuperset(rates)
        if self.vat.kind == "private" and at_home and not mainland:
            return Problem(
                Code.TAX_OSS_DUE,
                line=self.line,
                shop=self.shop,
                odoo=self.odoo,
                country=self.country,
                position=self.position,
            )
        ends = [end for rate in rates if (end := ended_on(rate, country, self.day))]
        if ends:
            return Problem(
                Code.TAX_OUTDATED,
                line=self.line,
                shop=self.shop,
                odoo=self.odoo,
                country=self.country,
                until=max(ends).isoformat(),
            )
        others = countries_with(rates, self.day) if country and not lawful >= set(rates) else []
        if others and country not in others:
            return self._of_another_country(others)
        return Problem(
            Code.TAX_RATE_DIFFERS,
            line=self.line,
            shop=self.shop,
            odoo=self.odoo,
            position=self.position,
        )

    def _of_another_country(self, countries):
        billing = self.draft.order.billing_address
        countries.sort(key=lambda code: code != (billing and billing.country))
        return Problem(
            Code.TAX_OTHER_COUNTRY,
            line=self.line,
            shop=self.shop,
            odoo=self.odoo,
            countries=", ".join(countries[:_MANY]),
            country=self.country,
            position=self.position,
        )
