"""VAT numbers as shops keep them: cleaned and checked for form. Plain Python."""

import re

from stdnum.eu import vat as eu_vat
from stdnum.exceptions import ValidationError


def clean_vat(text, countries):
    """A well-formed EU VAT number with prefix, or an empty string.

    ``countries`` are ISO codes to try as prefix where ``text`` has none.
    """
    compact = re.sub(r"[^0-9A-Za-z+*]", "", text).upper()
    if len(compact) < 4:
        return ""
    prefixes = [""] + ["EL" if country == "GR" else country for country in sorted(countries)]
    for prefix in prefixes:
        try:
            return eu_vat.validate(prefix + compact)
        except ValidationError:
            continue
    return ""


def bare_vat(number, country=""):
    """``number`` to compare with: no blanks or points, and with prefix, if only that of
    ``country`` (ISO code)."""
    compact = re.sub(r"[^0-9A-Za-z+*]", "", number or "").upper()
    if compact[:1].isdigit() and country:
        compact = ("EL" if country == "GR" else country) + compact
    return compact


def same_vat(left, right):
    """Whether two VAT numbers agree; one that is not known contradicts none."""
    return not left or not right or bare_vat(left) == bare_vat(right)
