"""Shopify's search syntax, as far as orders are searched with it.

https://shopify.dev/docs/api/usage/search-syntax. Traps kept: a field that does not exist
is ignored, not refused; a timestamp without quotes loses its time; before version
2026-10 an exclusive ``>`` compares with the start of the second, while the shop keeps
fractions.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

_TERM = re.compile(
    r"(?P<not>-|NOT\s+)?(?:(?P<field>[a-z_]+):)?(?P<op><=|>=|<|>)?"
    r"(?:'(?P<single>(?:\\.|[^'\\])*)'|\"(?P<double>(?:\\.|[^\"\\])*)\"|(?P<bare>[^\s'\"]+))"
)
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "": lambda own, asked: own == asked,
    ">": lambda own, asked: own > asked,
    ">=": lambda own, asked: own >= asked,
    "<": lambda own, asked: own < asked,
    "<=": lambda own, asked: own <= asked,
}
_MOMENTS = ("updated_at", "created_at", "processed_at")
_WORDS = {
    "financial_status": "displayFinancialStatus",
    "fulfillment_status": "displayFulfillmentStatus",
    "email": "email",
    "test": "test",
    "po_number": "poNumber",
    "source_name": "sourceName",
}
Entry = dict[str, Any]  # {"order", "updated_at", "created_at", "processed_at", "id"}


def compile_query(query: str | None) -> Callable[[Entry], bool]:
    """Test for one entry; terms are joined by AND, or by OR where that is written."""
    groups: list[list[Callable[[Entry], bool]]] = [[]]
    for match in _TERM.finditer(query or ""):
        if match["bare"] == "OR" and not match["field"]:
            groups.append([])
        elif not (match["bare"] == "AND" and not match["field"]):
            groups[-1].append(_term(match))
    return lambda entry: any(all(test(entry) for test in group) for group in groups)


def _term(match: re.Match) -> Callable[[Entry], bool]:
    quoted = match["single"] if match["single"] is not None else match["double"]
    value = re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else match["bare"]
    test = _field_test(match["field"], match["op"] or "", value, quoted is not None)
    return (lambda entry: not test(entry)) if match["not"] else test


def _field_test(field: str | None, operator: str, value: str, quoted: bool):
    compare = _COMPARE[operator]
    if field in _MOMENTS:
        asked = _moment(value, quoted)
        return lambda entry: compare(entry[field].timestamp(), asked)
    if field == "id":
        number = int(value) if value.isdigit() else -1
        return lambda entry: compare(entry["id"], number)
    if field == "name":
        return lambda entry: _same_name(entry["order"].get("name") or "", value)
    if field in _WORDS:
        return lambda entry: str(entry["order"].get(_WORDS[field])).casefold() == value.casefold()
    if field:
        return lambda entry: True  # an unknown field only earns a warning
    return lambda entry: _anywhere(entry["order"], value)


def _moment(value: str, quoted: bool) -> float:
    if not quoted:
        value = value.partition("T")[0]  # the rest is lost at the colon
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return float("inf")
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _same_name(name: str, asked: str) -> bool:
    own, asked = name.lstrip("#").casefold(), asked.lstrip("#").casefold()
    return own.startswith(asked[:-1]) if asked.endswith("*") else own == asked


def _anywhere(order: dict[str, Any], value: str) -> bool:
    texts = (order.get("name"), order.get("email"), order.get("note"))
    return any(value.casefold() in (text or "").casefold() for text in texts)
