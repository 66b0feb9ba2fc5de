"""Large backfills through bulk operations: one export for some thousand orders.

Facts: https://shopify.dev/docs/api/usage/bulk-operations/queries (at most five
connections, two levels deep, none inside a list; the result is JSONL in which children
name their parent in ``__parentId`` and, ungrouped, may stand anywhere; it is kept for
seven days).
An export holds orders with their items, shipping, fields and fulfillment orders; refunds,
parcels and payment terms are read by id afterwards, for the few orders that have them.
"""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from ...canonical.texts import _lt
from .. import errors
from ..http import Transport
from ..normalizing import mapping, objects, text
from .documents import document
from .graph import Graph

THRESHOLD = 1000  # orders from which an export is worth its wait
WINDOW = 2000  # orders an export, to bound memory and what a broken one costs
FIRST_POLL, LONGEST_POLL = 2.0, 30.0  # seconds
PATIENCE = 300.0  # seconds; a longer export is left to the next pull
_FIELDS = {
    "LineItem": "lineItems",
    "ShippingLine": "shippingLines",
    "LocalizedField": "localizedFields",
    "FulfillmentOrder": "fulfillmentOrders",
}
_SECOND = timedelta(seconds=1)


def since_filter(start: datetime, until: datetime | None = None) -> str:
    """Search for orders changed from ``start`` to before ``until``, to the second."""
    found = f"updated_at:>='{stamp(start)}'"
    return f"{found} updated_at:<'{stamp(until)}'" if until else found


def stamp(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


class Exporter:
    def __init__(self, graph: Graph, transport: Transport):
        self._graph = graph
        self._transport = transport

    def window(self, start: datetime, first: datetime, latest: datetime) -> datetime | None:
        """End (exclusive) of the next stretch to export, None where few orders are left.

        ``first`` is when the oldest of them changed, ``latest`` up to when changes are
        certainly all visible.
        """
        if self._count(start, None) <= THRESHOLD:
            return None
        first, until = first.replace(microsecond=0), latest.replace(microsecond=0)
        while until - first > _SECOND and self._count(start, until) > WINDOW:
            until = (first + (until - first) / 2).replace(microsecond=0)
        return until if until > first else None

    def start(self, start: datetime, until: datetime) -> str | None:
        """Id of a new bulk operation; None where Shopify runs enough of them already.

        Sent twice by a retry it runs twice, which does no harm.
        """
        query = document("ExportOrders").replace("FILTER", since_filter(start, until))
        answer = mapping(self._graph.ask("RunBulk", query=query).data.get("bulkOperationRunQuery"))
        if objects(answer.get("userErrors")):
            return None
        return text(mapping(answer.get("bulkOperation")).get("id")) or None

    def result(self, operation: str) -> list[dict[str, Any]] | None:
        """The exported orders, None where the operation failed or is forgotten, or its
        file cannot be read: the walk by pages then brings them.

        Raises Throttled where it still runs after some minutes.
        """
        waited, pause = 0.0, FIRST_POLL
        while True:
            state = self._graph.ask("BulkState", id=operation).data.get("bulkOperation")
            status = text(mapping(state).get("status"))
            if status == "COMPLETED":
                return self._download(mapping(state).get("url"))
            if status not in ("CREATED", "RUNNING"):
                return None
            if waited >= PATIENCE:
                raise errors.Throttled(
                    _lt("Shopify still prepares the export; the pull goes on later.")
                )
            self._transport.wait(pause)
            waited, pause = waited + pause, min(pause * 2, LONGEST_POLL)

    def _count(self, start: datetime, until: datetime | None) -> int:
        answer = self._graph.ask("CountOrders", query=since_filter(start, until))
        count = mapping(answer.data.get("ordersCount")).get("count")
        return count if isinstance(count, int) else 0

    def _download(self, url: Any) -> list[dict[str, Any]] | None:
        if not url:
            return []
        try:
            reply = self._transport.request("GET", text(url))
            return join(reply.text.split("\n")) if reply.status == 200 else None
        except errors.BadReply:
            return None


def join(lines: Iterable[str]) -> list[dict[str, Any]]:
    """Orders from JSONL, each child in its connection of its parent.

    Raises BadReply for what is no JSONL, or lacks the order of a child.
    """
    orders: dict[str, dict[str, Any]] = {}
    children = []
    for line in filter(str.strip, lines):
        try:
            entry = json.loads(line, parse_float=Decimal)
        except (ValueError, RecursionError) as error:
            raise errors.BadReply(_lt("The export is not JSONL.")) from error
        parent = entry.pop("__parentId", None)
        if parent is None:
            orders[entry["id"]] = entry | {field: {"nodes": []} for field in _FIELDS.values()}
        elif field := _FIELDS.get(text(entry.pop("__typename", ""))):
            children.append((parent, field, entry))
    for parent, field, entry in children:
        if parent not in orders:
            raise errors.BadReply(_lt("The export lacks an order."))
        orders[parent][field]["nodes"].append(entry)
    return list(orders.values())
