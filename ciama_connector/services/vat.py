"""VAT numbers as shops keep them: cleaned and checked for form. Plain Python."""

import re
from dataclasses import dataclass
from enum import StrEnum

from stdnum.eu import vat as eu_vat
from stdnum.exceptions import ValidationError
from stdnum.util import get_cc_module

from .territories import MEMBER_STATES, NORTHERN_IRELAND

# Numbers of persons and companies that people write where the VAT number is asked; those
# that have the form of the country's VAT number itself are left to VIES.
NATIONAL_NUMBERS = {
    "AT": ("businessid", "vnr"),
    "BE": ("nn",),
    "DE": ("idnr", "stnr"),
    "DK": ("cpr",),
    "EE": ("ik", "registrikood"),
    "FI": ("hetu",),
    "FR": ("siren", "siret"),
    "IT": ("codicefiscale",),
    "LT": ("asmens",),
    "PL": ("pesel", "regon"),
    "PT": ("cc",),
    "RO": ("cnp",),
    "SE": ("orgnr", "personnummer"),
    "SI": ("emso",),
}
_HUNGARIAN = re.compile(r"\d{8}[1-5]\d{2}")  # adószám: its first eight digits are the VAT number
# Places with a country code of their own whose numbers another country gives
_SAME_NUMBERS = {
    "MC": "FR", "GP": "FR", "MQ": "FR", "GF": "FR", "RE": "FR", "YT": "FR", "MF": "FR",
    "BL": "FR", "PM": "FR", "AX": "FI", "IM": "GB",
}  # fmt: skip


class Meaning(StrEnum):
    VAT = "vat"  # well-formed, of a member state or Northern Ireland
    NATIONAL = "national"  # another number of the buyer's country
    ELSEWHERE = "elsewhere"  # of a country outside the Union: nothing to check it with
    MALFORMED = "malformed"
    NOTHING = "nothing"  # "none", "-"


@dataclass(frozen=True)
class Reading:
    """What a text says; ``number`` has its prefix (EL for Greece), empty if it is none."""

    meaning: Meaning
    number: str = ""


def read_vat(text, countries):
    """A Reading of ``text``; ``countries`` are the ISO codes of the buyer's addresses, the
    invoice's first, to try as prefix where ``text`` has none.

    A national number is looked for before the second country is tried: one French SIREN
    of ten has the form of a German VAT number.
    """
    compact = re.sub(r"[^0-9A-Za-z+*]", "", text).upper()
    if not any(character.isdigit() for character in compact):
        return Reading(Meaning.NOTHING)
    home, *others = [_SAME_NUMBERS.get(country, country) for country in countries] or [""]
    for prefix in ("", home):
        if number := _validated(compact, prefix):
            return Reading(Meaning.VAT, number)
    if _is_national(compact, home):
        return Reading(Meaning.NATIONAL)
    for prefix in others:
        if number := _validated(compact, prefix):
            return Reading(Meaning.VAT, number)
    if _is_elsewhere(compact, home):
        return Reading(Meaning.ELSEWHERE)
    return Reading(Meaning.MALFORMED)


def _validated(compact, country):
    """``compact`` with the prefix of ``country`` if that makes a VAT number, else empty."""
    try:
        number = eu_vat.validate(vat_prefix(country) + compact)
    except ValidationError:
        return ""
    number = "EL" + number[2:] if number.startswith("GR") else number
    return number if is_union(vat_country(number)) else ""


def _is_national(compact, country):
    bare = compact.removeprefix(country)
    if country == "HU" and _HUNGARIAN.fullmatch(bare):
        return True
    modules = (get_cc_module(country, name) for name in NATIONAL_NUMBERS.get(country, ()))
    return any(module.is_valid(bare) for module in modules)


def _is_elsewhere(compact, home):
    """Prefixes of the neighbours, else the buyer's own country, where nothing says EU."""
    if compact[:2] in ("GB", "CH", "NO", "IS", "LI", "SM", "EU", "IM"):  # the last two: OSS
        return True
    return bool(home) and not is_union(home) and not is_union(vat_country(compact))


def is_union(country):
    """Whether a country (ISO code, or XI) gives numbers of the Union."""
    return country in MEMBER_STATES or country == NORTHERN_IRELAND


def vat_prefix(country):
    """The prefix that numbers of a country (ISO code) have."""
    country = _SAME_NUMBERS.get(country, country)
    return "EL" if country == "GR" else country or ""


def vat_country(number):
    """ISO code of the country of a number with prefix; XI for Northern Ireland."""
    prefix = (number or "")[:2].upper()
    return "GR" if prefix == "EL" else prefix if prefix.isalpha() else ""


def with_prefix(number, country):
    """A stored number with the prefix of ``country`` (ISO code), if it has none."""
    return number if number[:2].isalpha() else vat_prefix(country) + number


def same_vat(left, right):
    """Whether two numbers agree, with or without prefix; one not known contradicts none."""
    left, right = (
        number[2:] if number and number[:2].isalpha() else number for number in (left, right)
    )
    return not left or not right or left == right
