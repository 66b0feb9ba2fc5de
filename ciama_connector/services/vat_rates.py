"""VAT rates of the Union by country and day: which rate a shop still charges although it
is over, and whose rate it may be. Plain Python.

The taxes to charge are Odoo's; this only names what disagrees with them. No maintained
Python package keeps these rates with their dates. Sources: the Commission's Taxes in
Europe Database and its "VAT rates applied in the Member States"; for each change the
national act named beside it. Zero rates and regional ones (``territories``) are left out.
"""

from datetime import date
from decimal import Decimal

from .territories import MEMBER_STATES

_ALWAYS = date(2018, 1, 1)  # older orders are not imported as invoices


def _rates(text):
    return frozenset(map(Decimal, text.split()))


# {ISO code: ((first day, the standard rate and the others), ...)}, the newest first
_TABLE = {
    "AT": (("2026-07-01", "20 13 10 4.9"),  # staple foods: § 10 (3a) UStG
           ("2022-01-01", "20 13 10"), ("2020-07-01", "20 13 10 5"), ("", "20 13 10")),
    "BE": (("", "21 12 6"),),
    "BG": (("", "20 9"),),
    "CY": (("2023-07-21", "19 9 5 3"), ("", "19 9 5")),  # N. 68(I)/2023
    "CZ": (("2024-01-01", "21 12"), ("", "21 15 10")),  # 349/2023 Sb.
    "DE": (("2021-01-01", "19 7"), ("2020-07-01", "16 5"), ("", "19 7")),  # § 28 UStG
    "DK": (("", "25"),),
    "EE": (("2025-07-01", "24 13 9"),  # RT I, 11.12.2024, 1
           ("2025-01-01", "22 13 9"), ("2024-01-01", "22 9 5"), ("", "20 9")),
    "ES": (("2025-01-01", "21 10 4"), ("2024-10-01", "21 10 7.5 4 2"),  # RDL 4/2024
           ("2022-07-01", "21 10 5 4"), ("", "21 10 4")),
    "FI": (("2026-01-01", "25.5 13.5 10"),  # AVL 85 §
           ("2024-09-01", "25.5 14 10"), ("", "24 14 10")),
    "FR": (("", "20 10 5.5 2.1"),),
    "GR": (("", "24 13 6"),),
    "HR": (("", "25 13 5"),),
    "HU": (("", "27 18 5"),),
    "IE": (("2021-03-01", "23 13.5 9 4.8"), ("2020-09-01", "21 13.5 9 4.8"),
           ("", "23 13.5 9 4.8")),  # Financial Provisions (Covid-19) (No. 2) Act 2020
    "IT": (("", "22 10 5 4"),),
    "LT": (("2026-01-01", "21 12 5"), ("", "21 9 5")),  # PVMĮ 19 str.
    "LU": (("2024-01-01", "17 14 8 3"), ("2023-01-01", "16 13 7 3"),  # loi du 26.10.2022
           ("", "17 14 8 3")),
    "LV": (("", "21 12 5"),),
    "MT": (("2024-01-01", "18 12 7 5"), ("", "18 7 5")),  # L.N. 231 of 2023
    "NL": (("2019-01-01", "21 9"), ("", "21 6")),  # Belastingplan 2019
    "PL": (("", "23 8 5"),),
    "PT": (("", "23 13 6"),),
    "RO": (("2025-08-01", "21 11 9"),  # Legea 141/2025; 9 % for homes ordered before
           ("", "19 9 5")),
    "SE": (("", "25 12 6"),),
    "SI": (("2020-01-01", "22 9.5 5"), ("", "22 9.5")),
    "SK": (("2025-01-01", "23 19 5"), ("2023-01-01", "20 10 5"), ("", "20 10")),  # 278/2024 Z. z.
    "XI": (("", "20 5"),),  # goods: VATA 1994, section 2 and schedule 7A
}  # fmt: skip
_PERIODS = {
    country: tuple(
        (date.fromisoformat(first) if first else _ALWAYS, _rates(rates)) for first, rates in rows
    )
    for country, rows in _TABLE.items()
}


def rates_of(country, day):
    """The rates (percent) in force in a country (ISO code, or XI) on ``day``; none for
    countries outside the Union."""
    for first, rates in _PERIODS.get(country, ()):
        if day >= first:
            return rates
    return frozenset()


def is_rate(rate, country, day):
    return rate in rates_of(country, day)


def ended_on(rate, country, day):
    """The first day on which ``rate`` was no rate of ``country`` any more, if it was one
    before ``day``; else None."""
    end = None
    for first, rates in _PERIODS.get(country, ()):
        if first > day:
            continue
        if rate in rates:
            return end
        end = first
    return None


def countries_with(rates, day):
    """Sorted codes of the member states that have all ``rates`` on ``day``."""
    return sorted(c for c in MEMBER_STATES if all(is_rate(rate, c, day) for rate in rates))
