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


def with_prefix(number, country):
    """A stored number with the prefix of ``country`` (ISO code), if it has none."""
    if number[:2].isalpha():
        return number
    return ("EL" if country == "GR" else country or "") + number


def same_vat(left, right):
    """Whether two numbers agree, with or without prefix; one not known contradicts none."""
    left, right = (
        number[2:] if number and number[:2].isalpha() else number for number in (left, right)
    )
    return not left or not right or left == right
