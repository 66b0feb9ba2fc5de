"""One name for each way in which a shop and Odoo disagree about VAT. No queries."""

from dataclasses import dataclass, replace

from ..canonical import Code
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


@dataclass(frozen=True)
class Dispute:
    """``params`` are those of the code's sentence, all codes' together."""

    code: Code
    params: dict


def lawful_rates(vat, day):
    """The rates that may be due where a Decision says, on ``day``; empty if not known."""
    rates = rates_of(vat.country, day)
    return {vat.territory.rate(rate) for rate in rates} if vat.territory else set(rates)


def dispute_of(draft, view, home):
    """The Dispute about a line; ``home`` is the ISO code of the company's country."""
    vat, day = draft.vat, draft.order.created_at.date()
    code, more = _code(draft, view, home, day)
    address = draft.order.shipping_address or draft.order.billing_address
    country = (address and address.country) or vat.country or "?"
    params = {
        "line": view.line.name[:80],
        "shop": rates_text(view.rates),
        "rate": rates_text(view.rates),
        "odoo": rates_text(view.wanted),
        "position": vat.position.name or draft.card.env._("none"),
        "country": country,
        "place": vat.territory.name if vat.territory else country,
        **more,
    }
    return Dispute(code, params)


def _code(draft, view, home, day):
    """(code, what its sentence says beside the common facts)"""
    vat = draft.vat
    if not view.rates:
        inside = vat.territory and not vat.territory.is_outside
        return (Code.TAX_EXEMPT_INSIDE if inside else Code.TAX_EXEMPT_UNPROVED), {}
    if not view.wanted and any_rate(view.source):
        exported = vat.kind == "export"
        return (Code.TAX_ON_EXPORT if exported else Code.TAX_CHARGED_ON_EXEMPT), {}
    lawful = lawful_rates(vat, day)
    if view.wanted and lawful.issuperset(view.rates):
        return Code.TAX_MISSING, {
            "rate": rates_text(view.rates[:1]),
            "position_id": "" if vat.is_missing else vat.position.id or "",
            "vat_country": vat.country,
        }
    return _foreign_rate(draft, view, home, day)


def _foreign_rate(draft, view, home, day):
    vat = draft.vat
    if vat.territory and rates_of(vat.country, day).issuperset(view.rates):
        return Code.TAX_RATE_DIFFERS, {}  # the mainland's
    if vat.kind == "private" and rates_of(home, day).issuperset(view.rates):
        return Code.TAX_OSS_DUE, {}
    ends = [end for rate in view.rates if (end := ended_on(rate, vat.country, day))]
    if ends:
        return Code.TAX_OUTDATED, {"until": max(ends).isoformat()}
    if vat.country and not lawful_rates(vat, day).issuperset(view.rates):
        countries = countries_with(view.rates, day)
        billing = draft.order.billing_address
        countries.sort(key=lambda code: code != (billing and billing.country))
        if countries and vat.country not in countries:
            return Code.TAX_OTHER_COUNTRY, {"countries": ", ".join(countries[:_MANY])}
    return Code.TAX_RATE_DIFFERS, {}


def as_one(disputes, views):
    """The Dispute about a whole order."""
    if len({dispute.code for dispute in disputes}) == 1:
        return disputes[0]
    told = [f"{view.line.name[:40]}: {rates_text(view.rates)} %" for view in views]
    lines = "; ".join(dict.fromkeys(told))[:300]
    return replace(disputes[0], code=Code.TAX_MIXED, params={**disputes[0].params, "lines": lines})
