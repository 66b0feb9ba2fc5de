"""The WooCommerce REST API v3: authentication, the walk over changed orders, errors.

Facts: https://woocommerce.github.io/woocommerce-rest-api-docs/, the plugin's source
(includes/rest-api), and replies of a WooCommerce 11 shop. ``status=any`` leaves trashed
orders out, only ``status=trash`` lists them: a pull walks both lists.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

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
from ..http import Reply
from ..normalizing import mapping, objects, text
from ..sites import site_address
from ..walk import SECOND, Walk
from . import auth, const, guide, orders, replies, vocabulary
from .dates import modified, naive_gmt
from .related import Related
from .tidy import external_id, order_id, tidy_order

PAGE_LIMIT = 100  # the API's own
LISTS = ("any", "trash")
MAX_RESTARTS = 100
LATEST_PAGES = 5  # to look through for orders among the carts of the last day
_REST_PATH = re.compile(r"/(wp-json|wp-admin|wp-login\.php)(/.*)?$")


@dataclass(frozen=True)
class _Listing:
    """One page of orders; ``total`` and ``pages`` are None where a proxy ate them."""

    items: list[Any]
    total: int | None
    pages: int | None
    limit: int
    clock: datetime

    def ends_at(self, page: int) -> bool:
        if self.pages is None:
            return len(self.items) < self.limit
        return self.pages <= page


class WooCommerceConnector(Connector):
    platform = Platform(
        code="woocommerce",
        label="WooCommerce",
        credentials=(
            Credential(
                "consumer_key",
                _lt("Consumer key"),
                _lt(
                    "WooCommerce, Settings, Advanced, REST API: a key with read permission (ck_...)"
                ),
            ),
            Credential(
                "consumer_secret", _lt("Consumer secret"), _lt("Shown once with the key (cs_...)")
            ),
        ),
        rights=guide.RIGHTS,
        steps=guide.STEPS,
        url_help=_lt("Address of the shop, as in https://shop.example.com"),
        page_size=PAGE_LIMIT,
        api_version="wc/v3",
    )

    def __init__(self, config, transport):
        super().__init__(config, transport)
        self._base = self.site(config.url)
        extra = mapping(config.facts.get("extra"))
        secure = self._base.lower().startswith("https:")
        self._mode = auth.BASIC if secure and extra.get("auth") != auth.OAUTH else auth.OAUTH
        self._hpos = extra.get("hpos") is not False
        self._related = Related(self._get, extra)

    # -- the contract

    @classmethod
    def site(cls, url):
        return site_address(url, _REST_PATH)

    def check(self) -> ShopFacts:
        index = self._index()
        newest = self._prove_key()
        status = self._optional("system_status", _fields="environment,settings")
        environment, settings = mapping(status.get("environment")), mapping(status.get("settings"))
        currency = settings.get("currency") or self._optional("data/currencies/current").get("code")
        language = text(environment.get("language"))
        return ShopFacts(
            name=text(index.get("name")) or self._base.partition("://")[2],
            version=text(environment.get("version") or newest.get("version")),
            currency=text(currency or newest.get("currency")),
            timezone=_timezone(index),
            languages=(language,) if language else (),
            prices_include_tax=self._prices_include_tax(newest),
            extra={
                "auth": self._mode,
                "hpos": settings.get("HPOS_enabled") is not False,
                **self._related.probe(),
            },
        )

    def pull(self, cursor, *, since=None, page_size=None) -> Iterator[Page]:
        walks = _load(cursor, since)
        limit = max(1, min(page_size or PAGE_LIMIT, PAGE_LIMIT))
        stored = cursor
        for status, walk in walks.items():
            for listing, reached in self._changes(status, walk.start, limit):
                items = _by_id(listing.items, reached)
                fresh = [items[key] for key in walk.fresh(items)]
                walk.advance(reached, listing.clock)
                if fresh:
                    stored = _dump(walks)
                    yield Page(tuple(self._raw_orders(fresh)), stored)
        if _dump(walks) != stored:
            yield Page((), _dump(walks))

    def fetch(self, reference: str) -> RawOrder:
        reference = reference.strip().lstrip("#")
        order = (self._order(reference) or self._numbered(reference)) if reference else {}
        if not order or text(order.get("status")) in const.DRAFTS:
            raise errors.NotFound(_lt("The shop has no order of this number or id."))
        when = modified(order) or window_start(None)
        return self._raw_orders([(when, tidy_order(order))])[0]

    def check_rights(self) -> tuple[RightCheck, ...]:
        self._index()
        try:
            self._prove_key()
        except errors.MissingPermission as refused:
            if refused.status == 401:  # of the key, not of its user
                return guide.not_reading(refused)
        return RightCheck(guide.READ, True), *map(self._tried, guide.TRIALS)

    def vocabulary(self) -> ShopVocabulary:
        schema = {}
        if self._related.reads("customers"):
            schema = self._optional("customers", method="OPTIONS")
        return vocabulary.vocabulary(lambda path: self._optional(path, kind=list), schema)

    def latest(self, limit: int = 10) -> tuple[RawOrder, ...]:
        found: dict[str, tuple[datetime, Any]] = {}
        asked = {
            "status": "any",
            "orderby": "date",
            "order": "desc",
            "per_page": min(2 * limit, PAGE_LIMIT),  # carts are listed among the orders
        }
        for page in range(1, LATEST_PAGES + 1):
            listing = self._listing({**asked, "page": page})
            found = _by_id(listing.items, window_start(None)) | found
            if len(found) >= limit or listing.ends_at(page):
                break
        newest = sorted(found.values(), key=_placed, reverse=True)
        return tuple(self._raw_orders(newest[:limit]))

    def count(self, since: datetime, until: datetime) -> int | None:
        window = {
            "after": naive_gmt(_next_second(since) - SECOND),
            "before": naive_gmt(_next_second(until)),
            "dates_are_gmt": "true",
        }
        totals = [self._total(status, window) for status in (*LISTS, const.CART)]
        if None in totals:
            return None
        *listed, carts = totals
        return sum(listed) - carts

    @classmethod
    def normalize(cls, payload: Mapping[str, Any]) -> Order:
        return orders.normalize(payload)

    def admin_url(self, external_id: str) -> str:
        if not external_id.isdigit():
            return ""
        if self._hpos:
            return f"{self._base}/wp-admin/admin.php?page=wc-orders&action=edit&id={external_id}"
        return f"{self._base}/wp-admin/post.php?post={external_id}&action=edit"

    # -- the walk

    def _changes(
        self, status: str, position: datetime, limit: int
    ) -> Iterator[tuple[_Listing, datetime]]:
        """Pages of orders changed at ``position`` or later, oldest change first, each
        with the second before which everything was read."""
        while True:
            listing = self._list(status, limit, after=position - SECOND)
            dates = [when for item in listing.items if (when := modified(item))]
            if listing.ends_at(1):
                yield listing, max(dates) + SECOND if dates else position
                return
            _check_window(dates, position)
            reached = max(position, *dates)
            if reached > position:
                yield listing, reached
                position = reached
                continue
            for same in self._one_second(status, position, limit):
                yield same, position
            position += SECOND

    def _one_second(self, status: str, second: datetime, limit: int) -> Iterator[_Listing]:
        """All orders changed within ``second``, more than a page (a bulk edit).

        Here page numbers are safe: an order that is edited meanwhile leaves the second
        and comes later in the walk. It moves the others up, so a total that shrinks
        starts the pages anew; what was delivered is not delivered again.
        """
        page, total, restarts = 1, None, 0
        while restarts <= MAX_RESTARTS:
            window = {"after": second - SECOND, "before": second + SECOND}
            listing = self._list(status, limit, page=page, orderby="id", **window)
            if page > 1 and listing.total != total:
                page, restarts = 1, restarts + 1
                continue
            total = listing.total
            yield listing
            if listing.ends_at(page):
                return
            page += 1
        raise errors.BadReply(_lt("The shop's list of orders changes too fast to be read."))

    def _list(
        self,
        status: str,
        limit: int,
        *,
        after: datetime,
        before: datetime | None = None,
        page: int = 1,
        orderby: str = "modified",
    ) -> _Listing:
        params = {
            "status": status,
            "modified_after": naive_gmt(after),
            "dates_are_gmt": "true",
            "orderby": orderby,
            "order": "asc",
            "per_page": limit,
            "page": page,
        }
        if before:
            params["modified_before"] = naive_gmt(before)
        return self._listing(params)

    def _listing(self, params: Mapping[str, Any]) -> _Listing:
        limit = params["per_page"]
        reply = self._reply("orders", params)
        items = replies.body(reply, "orders")
        if not isinstance(items, list):
            raise errors.BadReply(
                _lt("The shop's reply is not a list of orders."), status=reply.status
            )
        total = _number(reply.headers.get("X-WP-Total"))
        pages = _number(reply.headers.get("X-WP-TotalPages"))
        if pages is None and total is not None:
            pages = -(-total // limit)
        return _Listing(items, total, pages, limit, reply.date)

    def _raw_orders(self, items: list[tuple[datetime, Any]]) -> list[RawOrder]:
        readable = [order for _, order in items if order_id(order)]
        related = self._related.of(readable)
        raws = []
        for when, order in items:
            key = order_id(order)
            raws.append(
                RawOrder(
                    external_id=external_id(order),
                    updated_at=when,
                    payload={"order": order, **related.get(key, {})},
                    number=text(mapping(order).get("number")),
                )
            )
        return raws

    def _total(self, status: str, window: Mapping[str, str]) -> int | None:
        try:
            return self._listing({"status": status, "per_page": 1, "_fields": "id", **window}).total
        except errors.Refused:
            return 0  # a status that this version does not know

    # -- single orders

    def _order(self, external_id: str) -> Mapping[str, Any]:
        if not external_id.isdigit():
            return {}
        try:
            return mapping(self._get(f"orders/{external_id}", "orders"))
        except errors.NotFound:
            return {}

    def _numbered(self, number: str) -> Mapping[str, Any]:
        """The order whose number a plugin made; most plugins only dress up the id."""
        found = objects(self._get("orders", "orders", search=number, per_page=PAGE_LIMIT))
        found += [self._order(digits) for digits in re.findall(r"\d+", number)]
        matching = (o for o in found if o and text(o.get("number")).lower() == number.lower())
        return next(matching, {})

    # -- rights and facts

    def _tried(self, trial: guide.Trial) -> RightCheck:
        try:
            self._get(trial.path, trial.path, **trial.params)
        except (errors.MissingPermission, errors.WrongCredentials):  # some plugins say 401
            return RightCheck(trial.right, False, guide.USER_LACKS)
        except (errors.NotFound, errors.WrongPlatform):
            return RightCheck(trial.right, None, guide.ABSENT)
        except errors.Refused as refused:
            return RightCheck(trial.right, None, refused.message)
        return RightCheck(trial.right, True)

    def _index(self) -> Mapping[str, Any]:
        """Name and time zone of the site; proves that it is one with WooCommerce."""
        fields = "name,timezone_string,gmt_offset,namespaces"
        reply = self.transport.request("GET", f"{self._base}/wp-json/", params={"_fields": fields})
        if reply.status in (401, 403):
            return {}  # hidden by a security plugin; WooCommerce's part may be open
        try:
            index = mapping(replies.body(reply, "wp-json"))
        except (errors.BadReply, errors.NotFound) as error:
            raise _not_wordpress(reply.status) from error
        namespaces = index.get("namespaces")
        if not isinstance(namespaces, list):
            raise _not_wordpress(reply.status)
        if "wc/v3" not in namespaces:
            raise errors.WrongPlatform(_lt("This is a WordPress site without active WooCommerce."))
        return index

    def _prove_key(self) -> Mapping[str, Any]:
        """The newest order, {} in an empty shop."""
        try:
            return self._newest()
        except errors.WrongCredentials:
            if self._mode == auth.OAUTH:
                self._raise_if_only_reading_is_denied()
                raise
        # either the key is wrong, or the server keeps Basic authentication from PHP
        self._mode = auth.OAUTH
        try:
            return self._newest()
        except errors.WrongCredentials:
            self._raise_if_only_reading_is_denied()
            raise

    def _newest(self) -> Mapping[str, Any]:
        items = self._get("orders", "orders", per_page=1)
        return next(iter(objects(items)), {})

    def _raise_if_only_reading_is_denied(self) -> None:
        """A key for writing only gets the same code as a wrong secret, and a message in
        the shop's language; but OPTIONS is allowed to every valid key."""
        reply = self._reply("orders", {}, method="OPTIONS")
        if reply.status == 200:
            raise errors.MissingPermission(
                _lt("The key may only write: give it read permission in WooCommerce."), status=401
            )

    def _prices_include_tax(self, newest: Mapping[str, Any]) -> bool | None:
        for setting in objects(self._optional("settings/tax", kind=list)):
            if setting.get("id") == "woocommerce_prices_include_tax":
                return setting.get("value") == "yes"
        told = newest.get("prices_include_tax")
        return told if isinstance(told, bool) else None

    # -- calls

    def _optional(self, path: str, *, kind: type = dict, method: str = "GET", **params: Any) -> Any:
        """What only some keys may read; empty where this one may not."""
        try:
            found = replies.body(self._reply(path, params, method=method), "settings")
        except (errors.ConfigurationError, errors.NotFound, errors.Refused):
            return kind()
        return found if isinstance(found, kind) else kind()

    def _get(self, path: str, asked: str, **params: Any) -> Any:
        return replies.body(self._reply(path, params), asked)

    def _reply(self, path: str, params: Mapping[str, Any], *, method: str = "GET") -> Reply:
        credentials = self.config.credentials
        prove = auth.basic if self._mode == auth.BASIC else auth.oauth
        return self.transport.request(
            method,
            f"{self._base}/wp-json/wc/v3/{path}",
            params=params,
            **prove(
                text(credentials.get("consumer_key")), text(credentials.get("consumer_secret"))
            ),
        )


def _load(cursor: str | None, since: datetime | None) -> dict[str, Walk]:
    if cursor:
        stored = json.loads(cursor)
        return {status: Walk.load(stored[status]) for status in LISTS}
    start = window_start(since).replace(microsecond=0)
    return {status: Walk(start) for status in LISTS}


def _dump(walks: Mapping[str, Walk]) -> str:
    stored = {status: walk.dump() for status, walk in walks.items()}
    return json.dumps(stored, separators=(",", ":"))


def _by_id(items: list[Any], fallback: datetime) -> dict[str, tuple[datetime, Any]]:
    """Id -> (change date, tidy order) of a page, of a repeated id the newest; without
    carts that are no orders yet."""
    found: dict[str, tuple[datetime, Any]] = {}
    for item in items:
        if text(mapping(item).get("status")) in const.DRAFTS:
            continue
        key, when = external_id(item), modified(item) or fallback
        if key not in found or when >= found[key][0]:
            found[key] = (when, tidy_order(item))
    return found


def _placed(item: tuple[datetime, Any]) -> str:
    return text(mapping(item[1]).get("date_created_gmt"))


def _next_second(moment: datetime) -> datetime:
    """``moment`` itself where it is a full second: the shop knows no parts of one."""
    second = moment.replace(microsecond=0)
    return second if second == moment else second + SECOND


def _check_window(dates: list[datetime], position: datetime) -> None:
    """Raise where a page shows that ``modified_after`` had no effect: the walk would
    never end."""
    if not dates:
        raise errors.BadReply(_lt("The shop's list of orders has no change dates."))
    if sum(when < position for when in dates) > len(dates) / 2:
        raise errors.ConfigurationError(
            _lt(
                "The shop does not list orders by their change date: it needs WooCommerce 5.8 or "
                "later, and no cache in front of its REST API."
            )
        )


def _timezone(index: Mapping[str, Any]) -> str:
    """IANA name; sites set to a mere offset from GMT have no other."""
    name, offset = text(index.get("timezone_string")), text(index.get("gmt_offset"))
    if name or not re.fullmatch(r"-?\d+", offset) or int(offset) == 0:
        return name or "UTC"
    return f"Etc/GMT{-int(offset):+d}"


def _number(value: str | None) -> int | None:
    return int(value) if value and value.isdigit() else None


def _not_wordpress(status: int) -> errors.WrongPlatform:
    return errors.WrongPlatform(
        _lt(
            "No WordPress REST API answers at this address. Is it the shop's address, and are the "
            'permalinks of WordPress not "Plain"?'
        ),
        status=status,
    )
