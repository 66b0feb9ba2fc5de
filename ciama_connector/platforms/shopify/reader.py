"""Complete orders by id, in slices that stay below the cost of one query.

A whole order with generous pages would cost thousands of points, so an order is read
with small pages and without its refunds and parcels, then what is missing is asked for:
refunds, fulfillments and payment terms by their own ids, further pages one by one.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from ...canonical import Problem
from .. import errors
from ..base import RawOrder
from ..normalizing import listed, mapping, objects, text, unreadable_id, utc
from .graph import MAX_COST, Graph, TooCostly
from .money import tail

NEVER = datetime(2000, 1, 1, tzinfo=UTC)
MARGIN = 0.95  # of the allowed cost, as Shopify may weigh other ids otherwise
MAX_SLICE = 100
# Points an id by the published rule, until Shopify tells its own.
FIRST_GUESS = {
    "ReadOrders": 230,
    "ReadRefunds": 80,
    "ReadFulfillments": 30,
    "ReadPaymentTerms": 10,
}
# (field, query for its further pages, size of those pages)
ORDER_PAGES = (
    ("lineItems", "MoreLineItems", 35),
    ("shippingLines", "MoreShippingLines", 25),
    ("localizedFields", "MoreLocalizedFields", 50),
    ("fulfillmentOrders", "MoreFulfillmentOrders", 50),
)
DETAILS = {
    "refunds": (
        "ReadRefunds",
        (
            ("refundLineItems", "MoreRefundLineItems", 50),
            ("refundShippingLines", "MoreRefundShippingLines", 50),
            ("orderAdjustments", "MoreOrderAdjustments", 50),
            ("transactions", "MoreTransactions", 50),
        ),
    ),
    "fulfillments": (
        "ReadFulfillments",
        (("fulfillmentLineItems", "MoreFulfillmentLineItems", 100),),
    ),
    "paymentTerms": ("ReadPaymentTerms", (("paymentSchedules", "MorePaymentSchedules", 50),)),
}


class Reader:
    def __init__(self, graph: Graph):
        self._graph = graph
        self._points = dict(FIRST_GUESS)

    def orders(self, ids: Sequence[str]) -> list[RawOrder]:
        """The orders of these gids, complete; those that are gone are left out."""
        found = self._nodes("ReadOrders", ids)
        return self.complete([self._whole(order, ORDER_PAGES) for order in found])

    def complete(self, orders: Sequence[Mapping[str, Any]]) -> list[RawOrder]:
        """Orders whose own connections are whole, with refunds, parcels and terms."""
        details = {field: self._details(orders, field) for field in DETAILS}
        return [raw_order(_with_details(order, details)) for order in orders]

    def _details(self, orders: Sequence[Mapping[str, Any]], field: str) -> dict[str, Any]:
        operation, pages = DETAILS[field]
        ids = [text(part.get("id")) for order in orders for part in _parts(order, field)]
        return {
            text(node.get("id")): self._whole(node, pages)
            for node in self._nodes(operation, [gid for gid in ids if gid.startswith("gid:")])
        }

    def _nodes(self, operation: str, ids: Sequence[str]) -> Iterator[dict[str, Any]]:
        """The objects of ``ids``, in as few queries as their cost allows; without those
        that are gone. ``incomplete`` marks one that Shopify cannot give."""
        start = 0
        while start < len(ids):
            size = max(1, min(MAX_SLICE, int(MAX_COST * MARGIN / self._points[operation])))
            chunk = list(ids[start : start + size])
            try:
                answer = self._graph.ask(operation, ids=chunk)
            except TooCostly:
                if len(chunk) == 1:
                    raise
                self._points[operation] = MAX_COST * MARGIN / (len(chunk) // 2)
                continue
            if answer.cost:
                self._points[operation] = answer.cost / len(chunk)
            start += len(chunk)
            # in the order of the ids
            for place, node in enumerate(listed(answer.data.get("nodes"))[: len(chunk)]):
                found, gid = mapping(node), chunk[place]
                if place in answer.broken:
                    yield {**found, "id": gid, "incomplete": True}
                elif found:
                    yield {**found, "id": found["id"] if found.get("id") in chunk else gid}

    def _whole(self, node: dict[str, Any], pages) -> dict[str, Any]:
        """``node`` with every further page of its connections, without page marks;
        ``incomplete`` where Shopify does not give one."""
        for field, operation, size in pages:
            connection = mapping(node.get(field))
            entries = objects(connection.get("nodes"))
            info = mapping(connection.get("pageInfo"))
            while info.get("hasNextPage"):
                after = info.get("endCursor")
                try:
                    answer = self._graph.ask(operation, id=node["id"], first=size, after=after)
                except errors.Refused:  # for this order, of which normalize tells
                    node["incomplete"] = True
                    break
                page = mapping(mapping(answer.data.get("node")).get("page"))
                entries += objects(page.get("nodes"))
                info = mapping(page.get("pageInfo"))
            node[field] = {"nodes": entries}
        return node


def raw_order(order: Mapping[str, Any]) -> RawOrder:
    return RawOrder(
        external_id=tail(order.get("id")) or unreadable_id(order),
        updated_at=moment(order.get("updatedAt")),
        payload={"order": dict(order)},
        number=text(order.get("name")),
    )


def unreadable(item: Any) -> RawOrder:
    """A list entry without id: it must end as a card."""
    return RawOrder(external_id=unreadable_id(item), updated_at=NEVER, payload={"order": item})


def moment(value: Any) -> datetime:
    """When something changed; long ago where it is unreadable, which normalize reports."""
    try:
        return utc(value, "updatedAt")
    except Problem:
        return NEVER


def _parts(order: Mapping[str, Any], field: str) -> list[Mapping[str, Any]]:
    value = order.get(field)
    return objects(value) if isinstance(value, list) else objects([value])


def _with_details(order: Mapping[str, Any], details) -> dict[str, Any]:
    whole = dict(order)
    for field, found in details.items():
        value = order.get(field)
        # a part that vanished in between comes with the order's next change
        parts = [{**part, **found.get(text(part.get("id")), {})} for part in _parts(order, field)]
        whole[field] = parts if isinstance(value, list) else (parts[0] if parts else None)
    return whole
