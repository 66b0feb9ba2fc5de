"""What all normalizers share: build canonical parts, read loosely typed JSON values."""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from ..canonical import Code, Problem
from ..canonical.texts import _lt

NAME_LENGTH = 1000
LIMIT = Decimal(10) ** 15  # beyond it, rounding to cents leaves Decimal's precision
Model = TypeVar("Model", bound=BaseModel)
# A VAT number of Europe standing in a free text: upper-case prefix, seven digits or more
VAT_IN_TEXT = re.compile(
    r"\b(?:AT|BE|BG|CY|CZ|DE|DK|EE|EL|GR|ES|FI|FR|GB|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|"
    r"SK|XI|CHE|NO)[ .-]?(?:[A-Z0-9]{1,2}[ .-]?)?\d(?:[ .-]?\d){6,11}[A-Z0-9]{0,3}(?![0-9A-Za-z])"
)


def build(model: type[Model], **values: Any) -> Model:
    """``model(**values)``; Problem INVALID_ORDER (field, reason) where it does not fit.

    The reason never repeats the value, which may be personal.
    """
    try:
        return model(**values)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or model.__name__
        raise Problem(Code.INVALID_ORDER, field=field, reason=first["type"]) from None


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
    if not number.is_finite():
        raise Problem(Code.INVALID_ORDER, field=field, reason=_lt("not a number"))
    if abs(number) >= LIMIT:
        raise Problem(Code.INVALID_ORDER, field=field, reason=_lt("implausibly large"))
    return number


def text(value: Any) -> str:
    """A text of the payload: missing is empty, numbers as they are written."""
    return "" if value is None else str(value).strip()


def label(value: Any) -> str:
    """A text for people, cut to what a canonical name may hold."""
    return text(value)[:NAME_LENGTH]


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
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def fingerprint(payload: Any, length: int = 16) -> str:
    """Short hash that tells whether a JSON value changed."""
    dumped = json.dumps(payload, sort_keys=True, default=str, separators=(",", ":"))
    return hashlib.sha256(dumped.encode()).hexdigest()[:length]


def unreadable_id(item: Any) -> str:
    """External id for a page item that has none of its own."""
    return f"unreadable-{fingerprint(item)}"
