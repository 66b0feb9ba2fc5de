"""The part of Wix's query language that Search Orders understands.

Which field takes which operator, and which may be sorted by:
https://dev.wix.com/docs/rest/business-solutions/e-commerce/orders/supported-filters-and-sorting
"""

import base64
import json
import math
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

_LISTS = frozenset({"$eq", "$ne", "$in", "$nin"})
_RANGES = frozenset({"$eq", "$ne", "$gt", "$lt", "$gte", "$lte"})
_TEXTS = frozenset({"$eq", "$ne", "$in", "$exists", "$startsWith"})
OPERATORS = {
    "id": _LISTS,
    "number": _RANGES,
    "status": _LISTS,
    "archived": _TEXTS,
    "createdDate": (_RANGES | {"$nin"}),
    "updatedDate": _RANGES,
    "buyerInfo.email": _TEXTS,
    "buyerInfo.contactId": _LISTS,
    "buyerInfo.memberId": _LISTS,
    "paymentStatus": _LISTS,
    "fulfillmentStatus": _LISTS,
    "priceSummary.total.amount": _RANGES,
}
SORTABLE = frozenset(
    {"number", "status", "createdDate", "updatedDate", "buyerInfo.email"}
    | {"paymentStatus", "fulfillmentStatus"}
)
MAX_LIMIT = 100


class InvalidQueryError(Exception):
    """Answered with 400 and a field violation."""

    def __init__(self, field: str, description: str, rule: str = "OTHER", data=None):
        super().__init__(description)
        self.violation = {"field": field, "description": description, "violatedRule": rule}
        if data:
            self.violation["data"] = data


def run(search: dict[str, Any], orders: list[dict]) -> dict[str, Any]:
    """Answer of ``POST /ecom/v1/orders/search``: {"orders", "metadata"}."""
    paging = search.get("cursorPaging") or {}
    limit = 100 if paging.get("limit") is None else int(paging["limit"])
    if not 0 < limit <= MAX_LIMIT:
        raise InvalidQueryError(
            "search.cursorPaging.limit",
            f"must be between 1 and {MAX_LIMIT}",
            "MAX",
            {"threshold": MAX_LIMIT},
        )
    after = None
    if token := paging.get("cursor"):
        if search.get("filter") or search.get("sort"):
            raise InvalidQueryError(
                "search.cursorPaging.cursor", "can't be used with filter or sort"
            )
        search, after = _unpack(token)
    sort = search.get("sort") or [{"fieldName": "createdDate", "order": "DESC"}]
    found = [order for order in orders if _matches(order, search.get("filter") or {})]
    found = _ordered(found, sort)
    if after is not None:
        # the cursor holds a place in the order, not a frozen list
        found = [order for order in found if _comes_after(order, after, sort)]
    page, more = found[:limit], len(found) > limit
    cursors = {}
    if more:
        cursors["next"] = _pack(search, [_key(page[-1], part) for part in sort], page[-1]["id"])
    return {
        "orders": page,
        "metadata": {"count": len(page), "cursors": cursors, "hasNext": more},
    }


def _value(order: dict, path: str) -> Any:
    value: Any = order
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _own(order: dict, path: str) -> Any:
    return _sortable(path, _value(order, path))


def _sortable(path: str, value: Any) -> Any:
    """An order's value in a form that sorts; None where it has none. A broken order is
    taken for changed last, so that it is found."""
    try:
        if value is not None:
            return _comparable(path, value)
    except InvalidQueryError:
        pass
    return math.inf if path == "updatedDate" else None


def _comparable(path: str, value: Any) -> Any:
    """A value of the field or of a filter on it, in a form that sorts."""
    if path.endswith("Date"):
        try:
            return datetime.fromisoformat(str(value)).astimezone(UTC).timestamp()
        except ValueError:
            raise InvalidQueryError(f"search.filter.{path}", "is not a date") from None
    if path in ("number", "priceSummary.total.amount"):
        try:
            return Decimal(str(value))
        except InvalidOperation:
            raise InvalidQueryError(f"search.filter.{path}", "is not a number") from None
    return str(value)


_TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "$eq": lambda own, asked: own == asked,
    "$ne": lambda own, asked: own != asked,
    "$gt": lambda own, asked: own > asked,
    "$gte": lambda own, asked: own >= asked,
    "$lt": lambda own, asked: own < asked,
    "$lte": lambda own, asked: own <= asked,
    "$startsWith": lambda own, asked: own.startswith(asked),
}


def _matches(order: dict, wanted: dict) -> bool:
    return all(_field_matches(order, path, asked) for path, asked in wanted.items())


def _field_matches(order: dict, path: str, asked: Any) -> bool:
    if path not in OPERATORS:
        raise InvalidQueryError(f"search.filter.{path}", "field can't be filtered by")
    tests = asked if isinstance(asked, dict) else {"$eq": asked}
    for operator, value in tests.items():
        if operator not in OPERATORS[path]:
            raise InvalidQueryError(f"search.filter.{path}", f"operator {operator} isn't supported")
        own = _own(order, path)
        if operator == "$exists":
            good = (own is not None) == bool(value)
        elif operator in ("$in", "$nin"):
            inside = own in [_comparable(path, item) for item in value]
            good = inside == (operator == "$in")
        else:
            wanted = _comparable(path, value)
            good = operator == "$ne" if own is None else _TESTS[operator](own, wanted)
        if not good:
            return False
    return True


def _key(order: dict, part: dict) -> Any:
    return _value(order, part["fieldName"])


def _sort_key(value: Any) -> tuple:
    return (value is not None, value) if value is not None else (False,)


def _ordered(orders: list[dict], sort: list[dict]) -> list[dict]:
    orders = sorted(orders, key=lambda order: order["id"])
    for part in reversed(sort):
        path = part["fieldName"]
        if path not in SORTABLE:
            raise InvalidQueryError("search.sort", f"{path} can't be sorted by")
        orders.sort(
            key=lambda order, path=path: _sort_key(_own(order, path)),
            reverse=part.get("order", "ASC") == "DESC",
        )
    return orders


def _comes_after(order: dict, after: tuple[list, str], sort: list[dict]) -> bool:
    keys, last_id = after
    for part, last in zip(sort, keys, strict=True):
        own = _sort_key(_own(order, part["fieldName"]))
        reached = _sort_key(_sortable(part["fieldName"], last))
        if own != reached:
            return (own < reached) == (part.get("order", "ASC") == "DESC")
    return order["id"] > last_id


def _pack(search: dict, keys: list, last_id: str) -> str:
    state = {"filter": search.get("filter"), "sort": search.get("sort"), "last": [keys, last_id]}
    return base64.urlsafe_b64encode(json.dumps(state).encode()).decode()


def _unpack(token: str) -> tuple[dict, tuple[list, str]]:
    try:
        state = json.loads(base64.urlsafe_b64decode(token))
        keys, last_id = state["last"]
    except (ValueError, KeyError, TypeError):
        raise InvalidQueryError("search.cursorPaging.cursor", "invalid cursor") from None
    return {"filter": state["filter"], "sort": state["sort"]}, (keys, last_id)
