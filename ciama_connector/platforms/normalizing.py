"""What all normalizers share: build canonical parts, read loosely typed JSON values."""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import wraps
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from ..canonical import Code, Order, Problem
from ..canonical.texts import _lt

NAME_LENGTH, LONG_LENGTH = 1000, 20_000  # characters of a canonical name and long text
LARGEST = 15  # digits before the point; with more, rounding to cents leaves Decimal's precision
SMALLEST = 30  # digits after the point; shops that compute in floats give up to 20 or so
# What pydantic calls what it refuses (https://docs.pydantic.dev/latest/errors/validation_errors),
# and ``canonical.order`` beside it, in words for a shop keeper.
_REASONS = {
    "missing": _lt("missing"),
    "string_too_short": _lt("missing"),
    "string_too_long": _lt("too long"),
    "too_long": _lt("too long"),
    "string_type": _lt("not a text"),
    "string_unicode": _lt("not a text"),
    "string_pattern_mismatch": _lt("not a known code"),
    "enum": _lt("not a known word"),
    "decimal_type": _lt("not a number"),
    "decimal_parsing": _lt("not a number"),
    "finite_number": _lt("not a number"),
    "float_money": _lt("not a decimal number in quotes"),
    "decimal_max_digits": _lt("implausibly large"),
    "decimal_whole_digits": _lt("implausibly large"),
    "decimal_max_places": _lt("too many digits after the point"),
    "greater_than_equal": _lt("too small"),
    "less_than_equal": _lt("too large"),
    "datetime_type": _lt("not a date"),
    "datetime_parsing": _lt("not a date"),
    "datetime_from_date_parsing": _lt("not a date"),
    "datetime_object_invalid": _lt("not a date"),
    "date_range": _lt("not a date"),
    "timezone_aware": _lt("a date without its time zone"),
    "gross_differs": _lt("net and tax do not make gross"),
    "taxes_differ": _lt("its taxes do not make its tax"),
    "extra_forbidden": _lt("not known"),
}
_FIELD_LENGTH = 100
_DIGITS = re.compile(r"[0-9]{1,18}")
Model = TypeVar("Model", bound=BaseModel)
# A VAT number of Europe standing in a free text: upper-case prefix, seven digits or more
VAT_IN_TEXT = re.compile(
    r"\b(?:AT|BE|BG|CY|CZ|DE|DK|EE|EL|GR|ES|FI|FR|GB|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|"
    r"SK|XI|CHE|NO)[ .-]?(?:[A-Z0-9]{1,2}[ .-]?)?\d(?:[ .-]?\d){6,11}[A-Z0-9]{0,3}(?![0-9A-Za-z])"
)
# The same behind a word that says so: in any case, and without prefix
_VAT_BEHIND_WORD = re.compile(
    r"(?<![^\W\d_])(?:vat|tva|mwst|ust|uid|btw|p\.? ?iva|partita iva|nif|cif|nip|moms|αφμ|dič|"
    r"ic ?dph)(?:[ .:#/()°-]|id|nr?|no|nº|number|num[ée]ro|nummer|reg|intra(?:com\w{0,12})?){0,12}"
    r"[ :]((?:[a-z]{2}[ .-]?)?[a-z0-9]?\d(?:[ .-]?\d){6,11}[a-z]?(?:\d{2})?)(?![0-9a-z])",
    re.I,
)


def vat_numbers_in(written: str) -> list[str]:
    """Texts in a free text that look like VAT numbers, as they stand there."""
    found = [(match.start(), match.group()) for match in VAT_IN_TEXT.finditer(written)]
    taken = [range(start, start + len(number)) for start, number in found]
    found += [
        (match.start(1), match.group(1))
        for match in _VAT_BEHIND_WORD.finditer(written)
        if not any(match.end(1) - 1 in span for span in taken)
    ]
    return [number for _start, number in sorted(found)]


def build(model: type[Model], **values: Any) -> Model:
    """``model(**values)``; Problem INVALID_ORDER (field, reason) where it does not fit.

    The reason never repeats the value, which may be personal.
    """
    try:
        return model(**values)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or model.__name__
        reason = _REASONS.get(first["type"]) or first["type"].replace("_", " ")
        raise Problem(Code.INVALID_ORDER, field=field[:_FIELD_LENGTH], reason=reason) from None


def decimal(value: Any, field: str = "amount") -> Decimal:
    """A number of the payload, exactly; empty and missing are zero.

    Raises Problem INVALID_ORDER for what is no finite number or an absurdly large one.
    """
    if value is None or value == "":
        return Decimal(0)
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        raise Problem(Code.INVALID_ORDER, field=field, reason=_lt("not a number")) from None
    if not number.is_finite() or number.as_tuple().exponent < -SMALLEST:
        raise Problem(Code.INVALID_ORDER, field=field, reason=_lt("not a number"))
    if number.adjusted() >= LARGEST:
        raise Problem(Code.INVALID_ORDER, field=field, reason=_lt("implausibly large"))
    return number


def plausible(normalize: Callable[[Mapping[str, Any]], Order]) -> Callable[..., Order]:
    """Decorator of normalizers: amounts that decimals cannot be computed with, such as a
    price for a billionth of a unit, are a Problem too."""

    @wraps(normalize)
    def checked(payload: Mapping[str, Any]) -> Order:
        try:
            return normalize(payload)
        except ArithmeticError:
            raise Problem(
                Code.INVALID_ORDER, field="amounts", reason=_lt("implausibly large")
            ) from None

    return checked


def whole(value: Any) -> int:
    """A whole number from zero on, such as an id to sort by; zero for anything else."""
    found = text(value)
    return int(found) if _DIGITS.fullmatch(found) else 0


def text(value: Any) -> str:
    """A text of the payload: missing is empty, numbers as they are written. Empty too is
    what PHP writes for it (false, a list), and any other structure."""
    return "" if value is None or value is False or _is_structure(value) else str(value).strip()


def _is_structure(value: Any) -> bool:
    return isinstance(value, Mapping | list)


def label(value: Any) -> str:
    """A text for people, cut to what a canonical name may hold."""
    return text(value)[:NAME_LENGTH]


def long(value: Any) -> str:
    """A text of several lines, cut to what a canonical one may hold."""
    return text(value)[:LONG_LENGTH]


def utc(value: Any, field: str) -> datetime:
    """ISO 8601 text as aware UTC, a missing zone read as UTC; Problem BAD_DATE."""
    try:
        moment = datetime.fromisoformat(str(value))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Problem(Code.BAD_DATE, field=field, value=str(value)[:40]) from None


def mapping(value: Any) -> Mapping[str, Any]:
    """``value`` where it is a JSON object, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def objects(value: Any) -> list[Mapping[str, Any]]:
    """The JSON objects of a list; anything else is left out."""
    return [item for item in listed(value) if isinstance(item, Mapping)]


def listed(value: Any) -> list[Any]:
    """``value`` where it is a JSON list, else an empty one."""
    return value if isinstance(value, list) else []


def fingerprint(payload: Any, length: int = 16) -> str:
    """Short hash that tells whether a JSON value changed."""
    dumped = json.dumps(payload, sort_keys=True, default=str, separators=(",", ":"))
    return hashlib.sha256(dumped.encode()).hexdigest()[:length]


def unreadable_id(item: Any) -> str:
    """External id for a page item that has none of its own."""
    return f"unreadable-{fingerprint(item)}"
