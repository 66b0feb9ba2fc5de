"""The orders of a simulated shop and how GraphQL fields are read from them."""

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from graphql import (
    GraphQLError,
    get_named_type,
    get_nullable_type,
    is_enum_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)

from .search import compile_query

MAX_PAGE = 250
MAX_DEPTH = 25_000  # objects a paging may go into
COUNT_LIMIT = 10_000
VISIBLE_DAYS = timedelta(days=60)  # without the scope read_all_orders
_SORT_KEYS = {"UPDATED_AT": "updated_at", "CREATED_AT": "created_at", "ID": "id"}
_ZEROS = {"Boolean": False, "Int": 0, "Float": 0.0, "String": "", "Decimal": "0.0"}


class Store:
    """Orders by gid, each with the moments the shop sorts and filters by (it keeps
    fractions of seconds that its answers do not show)."""

    def __init__(self, data: Path):
        self.entries: dict[str, dict[str, Any]] = {}
        self.objects: dict[str, dict[str, Any]] = {}
        for path in sorted(data.glob("orders.page*.json")):
            recorded = json.loads(path.read_text(encoding="utf-8"))
            for order in recorded["data"]["orders"]["nodes"]:
                self.add(order)

    def add(self, order: dict[str, Any]) -> None:
        """Take in an order with all that belongs to it."""
        _join_discounts(order)
        number = int(order["id"].rpartition("/")[2])
        entry = {"order": order, "id": number}
        for key, field in (("created_at", "createdAt"), ("processed_at", "processedAt")):
            entry[key] = _moment(order.get(field) or order.get("createdAt"))
        fraction = timedelta(microseconds=number * 7919 % 1_000_000)
        entry["updated_at"] = _moment(order.get("updatedAt")) + fraction
        self.entries[order["id"]] = entry
        self._index(order)

    def _index(self, value: Any) -> None:
        if isinstance(value, dict):
            if isinstance(value.get("id"), str) and len(value) > 1:
                self.objects.setdefault(value["id"], value)
            for item in value.values():
                self._index(item)
        elif isinstance(value, list):
            for item in value:
                self._index(item)

    def remove(self, gid: str) -> None:
        del self.entries[gid]
        self.objects.pop(gid, None)

    def moved(self, gid: str, when: datetime) -> None:
        """Say that an order changed at ``when``."""
        entry = self.entries[gid]
        entry["updated_at"] = when
        entry["order"]["updatedAt"] = when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        self._index(entry["order"])

    def newest(self) -> datetime:
        moments = [entry["updated_at"] for entry in self.entries.values()]
        return max(moments, default=datetime(2026, 1, 1, tzinfo=UTC))

    # -- what the root fields answer

    def orders(self, *, everything: bool, whole: bool, **asked: Any) -> dict[str, Any]:
        """The connection ``orders``; ``whole`` (bulk) pays no heed to page sizes."""
        found = self._found(asked.get("query"), everything)
        key = _SORT_KEYS.get(asked.get("sortKey") or "PROCESSED_AT", "processed_at")
        found.sort(key=lambda e: (e[key], e["id"]), reverse=bool(asked.get("reverse")))
        if whole:
            return connection([entry["order"] for entry in found])
        return self._page(found, key, asked)

    def count(self, *, everything: bool, query: str | None, limit: int | None):
        """``limit`` null counts to the end."""
        found = len(self._found(query, everything))
        if limit is None or found <= limit:
            return {"count": found, "precision": "EXACT"}
        return {"count": limit, "precision": "AT_LEAST"}

    def rates(self) -> list[str]:
        """Names of the shipping rates that the orders show: a rate's name is its code."""
        found: dict[str, None] = {}
        for entry in self.entries.values():
            for line in (entry["order"].get("shippingLines") or {}).get("nodes", []):
                if line.get("source") == "shopify" and line.get("code") == line["title"]:
                    found[line["title"]] = None
        return list(found)

    def _found(self, query: str | None, everything: bool) -> list[dict[str, Any]]:
        test = compile_query(query)
        oldest = datetime.now(UTC) - VISIBLE_DAYS
        return [
            entry
            for entry in self.entries.values()
            if (everything or entry["created_at"] >= oldest) and test(entry)
        ]

    @staticmethod
    def _page(found, key: str, asked: dict[str, Any]) -> dict[str, Any]:
        first = page_size(asked)
        depth = 0
        if asked.get("after"):
            value, number, depth = _unpack(asked["after"])
            mark = (_sortable(value, key), number)
            down = bool(asked.get("reverse"))
            found = [
                e for e in found if ((e[key], e["id"]) < mark if down else (e[key], e["id"]) > mark)
            ]
        if depth + first > MAX_DEPTH:
            raise GraphQLError(f"Cannot paginate past {MAX_DEPTH} objects.")
        page = found[:first]
        cursors = [_pack(e[key], e["id"], depth + i) for i, e in enumerate(page, 1)]
        return connection([e["order"] for e in page], cursors, more=len(found) > first)


# -- reading stored objects


def resolve(source: Any, info, **asked: Any) -> Any:
    """A field of a stored object; what a recording leaves out is null or empty."""
    name, kind = info.field_name, info.return_type
    value = source.get(name) if isinstance(source, dict) else None
    if value is None:
        return _nothing(kind, info.parent_type.name) if is_non_null_type(kind) else None
    named = get_named_type(kind)
    if named.name.endswith("Connection"):
        return nested(value, asked, whole=info.context.whole)
    if is_list_type(get_nullable_type(kind)) and asked.get("first") is not None:
        return value[: asked["first"]]
    return value


def _moment(value: Any) -> datetime:
    """Of a broken order the present, so that it is found."""
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return datetime.now(UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def page_size(asked: dict[str, Any]) -> int:
    first = asked.get("first")
    if first is None:
        raise GraphQLError("you must provide one of first or last")
    if not 0 < first <= MAX_PAGE:
        raise GraphQLError(f"first must be between 1 and {MAX_PAGE}")
    return first


def connection(items, cursors=None, *, more: bool = False) -> dict[str, Any]:
    cursors = cursors or [""] * len(items)
    return {
        "nodes": items,
        "edges": [{"node": n, "cursor": c} for n, c in zip(items, cursors, strict=True)],
        "pageInfo": {
            "hasNextPage": more,
            "hasPreviousPage": False,
            "startCursor": cursors[0] if cursors else None,
            "endCursor": cursors[-1] if cursors else None,
        },
    }


def nested(value: dict[str, Any], asked: dict[str, Any], *, whole: bool) -> dict[str, Any]:
    """A page of a connection inside an order."""
    items = value.get("nodes", [])
    if asked.get("includeRemovals") is False:
        items = [item for item in items if not item.get("isRemoved")]
    if whole:
        return connection(items)
    first, start = page_size(asked), 0
    if asked.get("after"):
        start = _unpack(asked["after"])[2]
    page = items[start : start + first]
    cursors = [_pack(None, 0, start + index) for index in range(1, len(page) + 1)]
    return connection(page, cursors, more=start + first < len(items))


def _nothing(kind: Any, owner: str) -> Any:
    """What a required field of an ``owner`` holds where nothing is known."""
    inner = get_nullable_type(kind)
    if is_list_type(inner):
        return []
    if is_object_type(inner):
        return {"nodes": []} if inner.name.endswith("Connection") else {}
    if is_enum_type(inner):
        return "EUR" if inner.name == "CurrencyCode" else next(iter(inner.values))
    if inner.name == "ID":
        return f"gid://shopify/{owner}/0"
    if inner.name in _ZEROS:
        return _ZEROS[inner.name]
    raise GraphQLError(f"nothing recorded for {inner.name}")


def _join_discounts(order: dict[str, Any]) -> None:
    """Allocations name their discount by index; GraphQL shows the whole of it."""
    known = {x["index"]: x for x in (order.get("discountApplications") or {}).get("nodes", [])}
    for part in ("lineItems", "shippingLines"):
        for item in (order.get(part) or {}).get("nodes", []):
            for allocation in item.get("discountAllocations") or []:
                own = allocation["discountApplication"]
                allocation["discountApplication"] = {**known.get(own["index"], {}), **own}


def _pack(value: Any, number: int, depth: int) -> str:
    text = value.isoformat() if isinstance(value, datetime) else value
    raw = json.dumps({"last_id": number, "last_value": text, "n": depth})
    return base64.b64encode(raw.encode()).decode()


def _unpack(cursor: str) -> tuple[Any, int, int]:
    try:
        mark = json.loads(base64.b64decode(cursor))
        return mark["last_value"], mark["last_id"], mark["n"]
    except (ValueError, KeyError, TypeError):
        raise GraphQLError("Invalid cursor for current pagination sort.") from None


def _sortable(value: Any, key: str) -> Any:
    return value if key == "id" else datetime.fromisoformat(value)
