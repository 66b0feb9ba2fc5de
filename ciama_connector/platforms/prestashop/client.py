"""A PrestaShop shop: what a check learns, the walk over changed orders.

One connection covers all shops of an installation that the key is for; each order tells
its own. Dates are the shop's wall time: the walk keeps its place in that time, and
normalizing turns it into UTC.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from ...canonical import Order
from ...canonical.texts import _lt
from .. import errors
from ..base import (
    BEGINNING,
    Connector,
    Credential,
    Page,
    Platform,
    RawOrder,
    Right,
    RightCheck,
    ShopFacts,
    ShopVocabulary,
    tried,
    window_start,
)
from ..normalizing import mapping, objects, text, unreadable_id
from ..sites import site_address
from ..walk import SECOND, Walk
from . import const, guide, orders, polls, vocabulary
from .fields import (
    NEVER,
    as_utc,
    first_wall_time,
    identifier,
    lowest_wall_time,
    row_id,
    wall_time,
    written,
)
from .related import Related
from .webservice import Webservice, closed

PAGE_SIZE = 500  # each page costs a dozen requests, whatever its size
_API_PATH = re.compile(r"/(api|index\.php|admin[^/]*)([/?].*)?$")
_REFERENCE = re.compile(r"([\w.-]+)(?:#(\d+))?")
_LAST_DATE = "9999-12-31 23:59:59"


@dataclass
class _State:
    """Where a pull stands: in the list of orders, and beside it."""

    walk: Walk
    marks: polls.Marks

    @classmethod
    def load(cls, cursor: str) -> "_State":
        stored = json.loads(cursor)
        return cls(Walk.load(stored["orders"]), polls.Marks.load(stored["beside"]))

    def dump(self) -> str:
        stored = {"orders": self.walk.dump(), "beside": self.marks.dump()}
        return json.dumps(stored, separators=(",", ":"))


class PrestaShopConnector(Connector):
    platform = Platform(
        code="prestashop",
        label="PrestaShop",
        credentials=(
            Credential(
                "key",
                _lt("Webservice key"),
                _lt("PrestaShop, Advanced Parameters, Webservice: an active key of 32 characters"),
            ),
        ),
        rights=guide.RIGHTS,
        steps=guide.STEPS,
        url_help=_lt("Address of the shop, as in https://shop.example.com"),
        page_size=PAGE_SIZE,
        api_version="webservice",
    )

    def __init__(self, config, transport):
        super().__init__(config, transport)
        base = self.site(config.url)
        self._service = Webservice(transport, base, text(config.credentials.get("key")))
        self._extra = mapping(config.facts.get("extra"))
        self._related_rows: Related | None = None
        self._found_settings: Mapping[str, Any] = mapping(self._extra.get("settings"))

    # -- the contract

    @classmethod
    def site(cls, url):
        return site_address(url, _API_PATH)

    def check(self) -> ShopFacts:
        name, version, readable = self._service.root()
        missing = [resource for resource in const.REQUIRED if resource not in readable]
        if missing:
            raise closed(401, ", ".join(missing))
        settings, found = self._load_settings()
        _zones(settings)
        self._service.rows("orders", fields=("id",), limit=1)
        languages = objects(self._service.rows("languages"))
        return ShopFacts(
            name=name or self.config.url,
            version=version or found.get("PS_VERSION_DB", ""),
            currency=settings["currency"],
            timezone=settings["timezone"],
            languages=tuple(text(row.get("iso_code")) for row in languages),
            extra={
                "settings": settings,
                "closed": [name for name in const.OPTIONAL if name not in readable],
            },
        )

    def pull(self, cursor, *, since=None, page_size=None) -> Iterator[Page]:
        if cursor:
            state = _State.load(cursor)
            found = polls.look(self._service, state.marks)
        else:
            state = _State(Walk(self._start(since)), polls.begin(self._service))
            found = polls.Found(state.marks)
        limit = max(1, page_size or PAGE_SIZE)
        stored, seen, marks = cursor, _Seen(found), found.marks
        for items, reached, clock in self._changes(state.walk.start, limit):
            listed = _by_id(items, reached)
            fresh = [listed[key] for key in state.walk.fresh(listed)]
            state.walk.advance(reached, lowest_wall_time(clock, self._zones().values()))
            if fresh:
                raws = self._raw_orders(fresh)
                seen.add(raws)
                payloads = [raw.payload for raw in raws]
                state.marks = state.marks.having_brought(payloads)
                marks = marks.having_brought(payloads)
                stored = state.dump()
                yield Page(tuple(raws), stored)
        for batch in self._left_over(found, seen, limit):
            raws = self._raw_orders(batch)
            marks = marks.having_brought(raw.payload for raw in raws)
            yield Page(tuple(raws), stored)
        state.marks = marks
        if state.dump() != stored:
            yield Page((), state.dump())

    def fetch(self, reference: str) -> RawOrder:
        """By id, or by reference: of a cart that was split into several orders the first;
        "REFERENCE#2" (as PrestaShop writes it to customers) is the second."""
        asked = _REFERENCE.fullmatch(reference.strip().lstrip("#"))
        found = self._find(asked[1], int(asked[2] or 1)) if asked else None
        if not found:
            raise errors.NotFound(_lt("The shop has no order of this number or id."))
        return self._raw_orders([(_changed(found) or NEVER, found)])[0]

    def check_rights(self) -> tuple[RightCheck, ...]:
        try:
            self._service.root()
        except errors.MissingPermission as refused:  # none at all, or for no shop of these
            return tuple(RightCheck(right, False, refused.message) for right in guide.RIGHTS)
        return tuple(map(self._tried, guide.RIGHTS))

    def vocabulary(self) -> ShopVocabulary:
        return vocabulary.vocabulary(self._service, text(self._settings().get("language")))

    def latest(self, limit: int = 10) -> tuple[RawOrder, ...]:
        items = self._service.rows("orders", sort="date_add_DESC,id_DESC", limit=limit)
        return tuple(self._raw_orders(list(_by_id(items, NEVER).values())))

    def count(self, since: datetime, until: datetime) -> int:
        """One request for each time zone that the shops of the installation have."""
        found = 0
        for zone, shops in self._shops_by_zone():
            first, end = first_wall_time(since, zone), first_wall_time(until, zone)
            if first < end:
                window = _span(first, end - SECOND)
                found += len(self._service.rows("orders", fields=None, date_add=window, **shops))
        return found

    @classmethod
    def normalize(cls, payload: Mapping[str, Any]) -> Order:
        return orders.normalize(payload)

    # -- the walk

    def _start(self, since: datetime | None) -> datetime:
        if window_start(since) <= BEGINNING:
            return NEVER  # orders without a change date, too
        return lowest_wall_time(window_start(since), self._zones().values())

    def _changes(
        self, position: datetime, limit: int
    ) -> Iterator[tuple[list[Any], datetime, datetime]]:
        """Pages of orders changed at ``position`` or later, oldest change first; with each
        the second before which everything was read, and the server's clock.

        A sort by date alone loses orders, and so do offsets while orders are edited.
        """
        while True:
            filters = {} if position == NEVER else {"date_upd": _span(position)}
            items, reply = self._service.listing(
                "orders", sort="date_upd_ASC,id_ASC", limit=limit, **filters
            )
            dates = [moment for item in items if (moment := _changed(item))]
            if len(items) < limit:
                yield items, max(dates) + SECOND if dates else position, reply.date
                return
            if not dates or max(dates) < position:
                raise errors.BadReply(_lt("The shop does not list orders by their change date."))
            reached = max(dates)
            if reached > position:
                yield items, reached, reply.date
                position = reached
                continue
            for same, clock in self._one_second(position, limit):
                yield same, position, clock
            position += SECOND

    def _one_second(self, second: datetime, limit: int) -> Iterator[tuple[list[Any], datetime]]:
        """All orders changed within ``second``, more than a page (a bulk edit), by id. An
        order that is edited meanwhile leaves the second and comes later in the walk."""
        last = 0
        while True:
            items, reply = self._service.listing(
                "orders",
                sort="id_ASC",
                limit=limit,
                date_upd=_span(second, second),
                id=f">[{last}]",
            )
            yield items, reply.date
            if len(items) < limit:
                return
            newest = max((int(row_id(item) or 0) for item in items), default=0)
            if newest <= last:
                raise errors.BadReply(_lt("The shop does not list orders by their id."))
            last = newest

    def _left_over(
        self, found: polls.Found, seen: "_Seen", limit: int
    ) -> Iterator[list[tuple[datetime, Any]]]:
        """Orders with news beside them, but for those that the walk brought: their parts
        were read after the news."""
        references = found.references - seen.whole_references()
        rows = self._service.by_ids("orders", "reference", references, fields=("id",))
        ids = found.order_ids | {row_id(row) for row in rows}
        ordered = sorted(ids - seen.ids, key=lambda key: (len(key), key))
        for start in range(0, len(ordered), limit):
            listed = self._service.by_ids("orders", "id", ordered[start : start + limit])
            if listed:
                yield list(_by_id(listed, NEVER).values())

    def _raw_orders(self, items: list[tuple[datetime, Any]]) -> list[RawOrder]:
        readable = [order for _, order in items if row_id(order)]
        payloads = iter(self._related().payloads(readable))
        raws = []
        for moment, order in items:
            key = row_id(order)
            payload = next(payloads) if key else {"order": order}
            raws.append(
                RawOrder(
                    external_id=key or unreadable_id(order),
                    updated_at=self._utc(moment, order),
                    payload=payload,
                    number=text(mapping(order).get("reference")),
                )
            )
        return raws

    def _utc(self, moment: datetime, order: Any) -> datetime:
        """The change date of an order; where it is empty, its date, or long ago."""
        if moment == NEVER:
            moment = wall_time(mapping(order).get("date_add")) or NEVER
        zones = self._zones()
        zone = zones.get(identifier(mapping(order).get("id_shop")), zones[""])
        return window_start(None) if moment == NEVER else as_utc(moment, zone)

    def _find(self, reference: str, place: int) -> Mapping[str, Any] | None:
        rows = []
        if reference.isascii() and reference.isdigit():
            rows = self._service.by_ids("orders", "id", [reference])
        if not rows:
            rows = self._service.by_ids("orders", "reference", [reference])
        rows = sorted((row for row in rows if row_id(row)), key=lambda row: int(row_id(row)))
        return rows[place - 1] if 0 < place <= len(rows) else None

    def _tried(self, right: Right) -> RightCheck:
        try:
            return tried(right, lambda: self._service.rows(right.code, fields=None, limit=1))
        except (errors.NotFound, errors.Refused) as error:  # unknown to this version, or broken
            return RightCheck(right, None, error.message)

    # -- facts

    def _related(self) -> Related:
        if self._related_rows is None:
            closed = self._extra.get("closed") or ()
            self._related_rows = Related(self._service, self._settings(), closed)
        return self._related_rows

    def _settings(self) -> Mapping[str, Any]:
        if not self._found_settings:
            self._found_settings, _ = self._load_settings()
        return self._found_settings

    def _load_settings(self) -> tuple[dict[str, Any], dict[str, str]]:
        """What normalizing needs to know of the shop, and all its settings by name."""
        names = f"[{'|'.join(const.SETTINGS)}]"
        rows = objects(self._service.rows("configurations", name=names))
        found = {text(r.get("name")): text(r.get("value")) for r in rows if not _is_local(r)}
        zones = {
            identifier(row.get("id_shop")): text(row.get("value"))
            for row in rows
            if row.get("name") == "PS_TIMEZONE" and identifier(row.get("id_shop"))
        }
        if not found.get("PS_TIMEZONE"):
            raise errors.ConfigurationError(
                _lt("The shop does not tell its time zone: set it in PrestaShop's localization.")
            )
        main = self._service.by_ids("currencies", "id", [found.get("PS_CURRENCY_DEFAULT", "")])
        settings = {
            "timezone": found["PS_TIMEZONE"],
            "timezones": zones,  # of shops that have their own
            "shops": self._shops(),
            "currency": next((text(row.get("iso_code")) for row in main), ""),
            "language": found.get("PS_LANG_DEFAULT", ""),
            "weight_unit": found.get("PS_WEIGHT_UNIT", ""),
            "states": {name: found[name] for name in const.ENDED if found.get(name)},
        }
        return settings, found

    def _shops(self) -> dict[str, str]:
        """Id -> name; {} where there is only one."""
        try:
            rows = objects(self._service.rows("shops"))
        except (errors.MissingPermission, errors.NotFound):
            return {}
        return {row_id(row): text(row.get("name")) for row in rows} if len(rows) > 1 else {}

    def _zones(self) -> dict[str, ZoneInfo]:
        return _zones(self._settings())

    def _shops_by_zone(self) -> list[tuple[ZoneInfo, dict[str, str]]]:
        """Each time zone with the filter for orders of its shops."""
        zones = self._zones()
        own = {shop: zone for shop, zone in zones.items() if shop and zone != zones[""]}
        found = [(zones[""], {"id_shop": f"![{'|'.join(own)}]"} if own else {})]
        for zone in dict.fromkeys(own.values()):
            shops = "|".join(shop for shop, of_shop in own.items() if of_shop == zone)
            found.append((zone, {"id_shop": f"[{shops}]"}))
        return found


class _Seen:
    """Those of the orders in the news that a walk brought anyway."""

    def __init__(self, found: polls.Found):
        self.ids: set[str] = set()
        self._found = found
        self._siblings: dict[str, set[str]] = {}  # reference -> all that share it

    def add(self, raws: list[RawOrder]) -> None:
        for raw in raws:
            if raw.number in self._found.references:
                rows = objects(raw.payload.get("siblings"))
                self._siblings[raw.number] = {row_id(row) for row in rows}
            elif raw.external_id not in self._found.order_ids:
                continue
            self.ids.add(raw.external_id)

    def whole_references(self) -> set[str]:
        return {ref for ref, siblings in self._siblings.items() if siblings <= self.ids}


def _zones(settings: Mapping[str, Any]) -> dict[str, ZoneInfo]:
    """Shop id -> its time zone; "" is for those without one of their own."""
    try:
        return orders.zones(settings)
    except (ValueError, OSError, LookupError) as error:
        raise errors.ConfigurationError(
            _lt("The shop's time zone is not known here: %(zone)s.", zone=settings["timezone"])
        ) from error


def _is_local(setting: Mapping[str, Any]) -> bool:
    """A value that counts for one shop or group of shops only."""
    return bool(identifier(setting.get("id_shop")) or identifier(setting.get("id_shop_group")))


def _span(first: datetime, last: datetime | None = None) -> str:
    """A filter for dates from ``first`` on, up to and with ``last``."""
    return f"[{written(first)},{written(last) if last else _LAST_DATE}]"


def _changed(item: Any) -> datetime | None:
    return wall_time(mapping(item).get("date_upd"))


def _by_id(items: list[Any], fallback: datetime) -> dict[str, tuple[datetime, Any]]:
    """Id -> (change date, order) of a page; of a repeated id the newest."""
    found: dict[str, tuple[datetime, Any]] = {}
    for item in items:
        key = row_id(item) or unreadable_id(item)
        moment = _changed(item) or fallback
        if key not in found or moment >= found[key][0]:
            found[key] = (moment, item)
    return found
