"""Shopify: connection test, the walk over changed orders, single orders.

The walk lists ids by ``updated_at`` in ascending order and starts each page at the last
second seen, so an edit while walking moves an order ahead of the walk, never behind it,
and the limit of 25,000 objects a paging is never met. Times are whole seconds in the
API (finer inside), and searches run on an index that lags, so the walk looks back.
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from ...canonical import Order
from ...canonical.texts import _lt
from .. import errors
from ..base import (
    Connector,
    Credential,
    Page,
    Platform,
    RawOrder,
    RightCheck,
    ShopFacts,
    ShopVocabulary,
    window_start,
)
from ..normalizing import fingerprint, mapping, objects, text
from . import guide, orders, rights, vocabulary
from .bulk import Exporter, since_filter, stamp
from .const import API_VERSION, HISTORY_SCOPE
from .graph import Graph, missing_scopes, shop_url
from .money import tail
from .reader import Reader, moment, unreadable

PAGE_SIZE = 50  # orders a page, so that a broken pull loses little
LIST_LIMIT = 250
OVERLAP = timedelta(minutes=5)
_GID = "gid://shopify/Order/"


@dataclass
class _Walk:
    """Where a pull stands.

    ``seen``: id -> [updatedAt, fingerprint of the payload where that second was not over
    when it was read]. ``bulk``: None, or the state of a backfill by exports: {} between
    two exports, else {"id", "until"}.
    """

    start: datetime
    seen: dict[str, list[str]] = field(default_factory=dict)
    bulk: dict[str, str] | None = None

    @classmethod
    def load(cls, cursor: str | None, since: datetime | None) -> "_Walk":
        if not cursor:
            return cls(window_start(since), bulk={})
        stored = json.loads(cursor)
        return cls(datetime.fromisoformat(stored["from"]), stored["seen"], stored.get("bulk"))

    def dump(self) -> str:
        state = {"from": self.start.isoformat(), "seen": self.seen, "bulk": self.bulk}
        return json.dumps(state, separators=(",", ":"))

    def knows(self, order_id: str, updated: str) -> bool:
        return self.seen.get(order_id) == [updated, ""]

    def fresh(self, raws: list[RawOrder], clock: datetime) -> list[RawOrder]:
        """Those not delivered before in this version; remembers them."""
        found = []
        for raw in raws:
            updated = stamp(raw.updated_at)
            # within the second in which it was read it may have changed once more
            unsettled = abs(raw.updated_at - clock) <= timedelta(seconds=2)
            version = fingerprint(raw.payload) if unsettled else ""
            before = self.seen.get(raw.external_id)
            same = before and before[0] == updated
            if not (same and before[1] in ("", fingerprint(raw.payload))):
                found.append(raw)
            self.seen[raw.external_id] = [updated, version]
        return found

    def advance(self, reached: datetime, clock: datetime) -> None:
        """The next pull starts at ``reached``, or earlier while changes near Shopify's
        ``clock`` may still come to light."""
        self.start = max(self.start, min(reached, clock - OVERLAP))
        oldest = stamp(self.start)
        self.seen = {key: entry for key, entry in self.seen.items() if entry[0] >= oldest}


class ShopifyConnector(Connector):
    platform = Platform(
        code="shopify",
        label="Shopify",
        credentials=(
            Credential(
                "access_token",
                _lt("Admin API access token"),
                _lt("Begins with shpat_"),
                required=False,
            ),
            Credential(
                "client_id",
                _lt("Client ID"),
                _lt("Of an app made in the Dev Dashboard, instead of a token"),
                secret=False,
                required=False,
            ),
            Credential("client_secret", _lt("Client secret"), required=False),
        ),
        rights=guide.RIGHTS,
        steps=guide.STEPS,
        url_help="https://your-shop.myshopify.com",
        page_size=PAGE_SIZE,
        bulk=True,
        api_version=API_VERSION,
    )

    def __init__(self, config, transport):
        super().__init__(config, transport)
        self._graph = Graph(config, transport)
        self._reader = Reader(self._graph)

    # -- the contract

    @classmethod
    def site(cls, url):
        return shop_url(url)

    def check(self) -> ShopFacts:
        with _shopify_expected():
            answer = self._graph.ask("Shop")
            scopes = rights.granted(answer.data)
            checks = rights.scope_checks(scopes)
            missing = [x.right.code for x in checks if x.right.needed and not x.granted]
            if missing:
                raise missing_scopes(missing)
            # reading one whole order proves what no list of scopes tells
            found, _, _ = self._list(since_filter(window_start(None)), 1, None)
            self._reader.orders([text(mapping(item).get("id")) for item in found])
        shop = mapping(answer.data.get("shop"))
        included = shop.get("taxesIncluded")
        return ShopFacts(
            name=text(shop.get("name")) or text(shop.get("myshopifyDomain")),
            version=answer.version,
            currency=text(shop.get("currencyCode")),
            timezone=text(shop.get("ianaTimezone")) or "UTC",
            languages=self._languages(),
            prices_include_tax=included if isinstance(included, bool) else None,
            extra={
                "domain": text(shop.get("myshopifyDomain")),
                "only_last_60_days": HISTORY_SCOPE not in scopes,
            },
        )

    def check_rights(self) -> tuple[RightCheck, ...]:
        with _shopify_expected():
            scopes = rights.granted(self._graph.ask("Shop").data)
            return rights.scope_checks(scopes) + rights.customer_checks(self._graph, scopes)

    def vocabulary(self) -> ShopVocabulary:
        """Ways of payment and groups of customers are in no API of Shopify."""
        carriers = vocabulary.carriers(self._graph)
        return ShopVocabulary(carriers=carriers, statuses=vocabulary.STATUSES)

    def latest(self, limit: int = 10) -> tuple[RawOrder, ...]:
        answer = self._graph.ask("LatestOrders", first=min(limit, LIST_LIMIT))
        found = objects(mapping(answer.data.get("orders")).get("nodes"))
        return tuple(self._reader.orders([text(item.get("id")) for item in found]))

    def count(self, since: datetime, until: datetime) -> int | None:
        query = f"created_at:>='{stamp(since)}' created_at:<'{stamp(until)}'"
        answer = self._graph.ask("CountOrders", query=query, limit=None)
        counted = mapping(answer.data.get("ordersCount"))
        return counted.get("count") if counted.get("precision") == "EXACT" else None

    def pull(self, cursor, *, since=None, page_size=None) -> Iterator[Page]:
        walk = _Walk.load(cursor, since)
        size = min(page_size or PAGE_SIZE, LIST_LIMIT)
        if walk.bulk is not None:
            yield from self._export(walk, size)
        yield from self._follow(walk, size)

    def fetch(self, reference: str) -> RawOrder:
        reference = reference.strip()
        for gid in self._candidates(reference):
            found = self._reader.orders([gid])
            if found:
                return found[0]
        if mapping(self.config.facts.get("extra")).get("only_last_60_days"):
            raise errors.NotShown(
                _lt(
                    "Shopify has no such order, or it is older than the 60 days that an app "
                    'without the scope "read_all_orders" sees.'
                )
            )
        raise errors.NotFound(_lt("Shopify has no order of this number or id."))

    @classmethod
    def normalize(cls, payload: Mapping[str, Any]) -> Order:
        return orders.normalize(payload)

    def admin_url(self, external_id: str) -> str:
        return f"{self._graph.base}/admin/orders/{quote(external_id)}"

    # -- walking

    def _follow(self, walk: _Walk, size: int) -> Iterator[Page]:
        """Pages from ``walk.start`` on until nothing newer is left."""
        position, after = walk.start, None
        while True:
            items, next_page, clock = self._list(since_filter(position), size, after)
            reached = max([position, *(moment(mapping(x).get("updatedAt")) for x in items)])
            fresh = walk.fresh(self._read(walk, items), clock)
            walk.advance(reached, clock)
            if fresh or not next_page:
                yield Page(tuple(fresh), walk.dump())
            if not next_page:
                return
            # a page of one single second cannot be left by date: follow Shopify's cursor
            after = None if reached > position else next_page
            position = reached

    def _export(self, walk: _Walk, size: int) -> Iterator[Page]:
        """Pages of a backfill by exports, as long as many orders are to come."""
        exporter = Exporter(self._graph, self.transport)
        while walk.bulk is not None:
            if not walk.bulk.get("id"):
                walk.bulk = self._next_export(exporter, walk)
                if walk.bulk is None:
                    return
                yield Page((), walk.dump())
            exported = exporter.result(walk.bulk["id"])
            if exported is None:
                walk.bulk = None
                return
            until = datetime.fromisoformat(walk.bulk["until"])
            yield from self._exported(walk, exported, until, size)

    def _next_export(self, exporter: Exporter, walk: _Walk) -> dict[str, str] | None:
        items, _, clock = self._list(since_filter(walk.start), 1, None)
        if not items:
            return None
        first = max(walk.start, moment(mapping(items[0]).get("updatedAt")))
        until = exporter.window(walk.start, first, clock - OVERLAP)
        operation = until and exporter.start(walk.start, until)
        return {"id": operation, "until": until.isoformat()} if operation else None

    def _exported(self, walk, exported, until, size) -> Iterator[Page]:
        exported.sort(key=lambda order: text(order.get("updatedAt")))
        left = [
            order
            for order in exported
            if moment(order.get("updatedAt")) >= walk.start
            and not walk.knows(tail(order.get("id")), text(order.get("updatedAt")))
        ]
        for index in range(0, len(left), size):
            raws = self._reader.complete(left[index : index + size])
            fresh = walk.fresh(raws, until + OVERLAP)
            walk.advance(max(raw.updated_at for raw in raws), until + OVERLAP)
            yield Page(tuple(fresh), walk.dump())
        walk.bulk = {}
        walk.advance(until, until + OVERLAP)
        yield Page((), walk.dump())

    def _list(self, query: str, size: int, after: str | None):
        """(entries with id and updatedAt, cursor of the next page or "", Shopify's clock)"""
        answer = self._graph.ask("ListOrders", query=query, first=size, after=after)
        connection = mapping(answer.data.get("orders"))
        items = connection.get("nodes")
        if not isinstance(items, list):
            raise errors.BadReply(_lt("Shopify's reply has no list of orders."))
        info = mapping(connection.get("pageInfo"))
        more = info.get("hasNextPage") and items
        if more and not info.get("endCursor"):
            raise errors.BadReply(_lt("Shopify announces more orders and no cursor."))
        return items, text(info.get("endCursor")) if more else "", answer.date

    def _read(self, walk: _Walk, items: list[Any]) -> list[RawOrder]:
        """The orders of a list page that this walk does not know yet."""
        wanted: dict[str, None] = {}
        broken = []
        for item in items:
            gid = text(mapping(item).get("id"))
            if not gid:
                broken.append(unreadable(item))
            elif not walk.knows(tail(gid), text(item.get("updatedAt"))):
                wanted[gid] = None
        return self._reader.orders(list(wanted)) + broken

    # -- the rest

    def _languages(self) -> tuple[str, ...]:
        try:
            answer = self._graph.ask("Locales")
        except (errors.MissingPermission, errors.Refused):
            return ()  # a scope of its own, not worth asking for
        locales = objects(answer.data.get("shopLocales"))
        locales.sort(key=lambda locale: not locale.get("primary"))
        return tuple(text(locale.get("locale")) for locale in locales)

    def _candidates(self, reference: str) -> Iterator[str]:
        """Gids that ``reference`` may mean: as id first, then as name."""
        if reference.startswith(_GID):
            yield reference
            return
        if reference.isdigit():
            yield _GID + reference
        wanted = _name_key(reference)
        escaped = re.sub(r"([\\'])", r"\\\1", reference.lstrip("#"))
        for name in dict.fromkeys((f"#{escaped}", escaped)) if wanted else ():
            answer = self._graph.ask("FindOrders", query=f"name:'{name}'")
            for found in objects(mapping(answer.data.get("orders")).get("nodes")):
                if _name_key(text(found.get("name"))) == wanted:
                    yield text(found.get("id"))


@contextmanager
def _shopify_expected():
    """Whoever answers the first calls otherwise is no shop of Shopify's."""
    try:
        yield
    except errors.BadReply as error:
        raise errors.WrongPlatform(
            _lt("This address does not answer like Shopify's Admin API."), status=error.status
        ) from error


def _name_key(name: str) -> str:
    return name.strip().lstrip("#").casefold()
