"""The Wix eCommerce REST API: authentication, the walk over changed orders, errors.

Facts: https://dev.wix.com/docs/rest and the types of npm ``@wix/auto_sdk_ecom_orders``.
A search gives the newest created first unless asked; ``cursorPaging.cursor`` may not be
sent with a filter or sort; nothing says whether a cursor freezes its result, and the
search index is known to lag, so the walk goes by ``updatedDate`` and looks back.
"""

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID

from ...canonical import Order, Problem
from ...canonical.texts import _lt
from .. import errors
from ..base import (
    Connector,
    Credential,
    Page,
    Platform,
    RawOrder,
    Right,
    RightCheck,
    ShopFacts,
    ShopVocabulary,
    expected_platform,
    tried,
    window_start,
)
from ..http import Reply
from ..normalizing import fingerprint, mapping, objects, text, unreadable_id, utc
from . import guide, orders
from .const import DEFAULT_URL
from .vocabulary import VOCABULARY

PAGE_LIMIT = 100  # of a search and of list-by-ids
COUNT_PAGES = 10  # a thousand orders: more take too long to count
NO_ORDER = str(UUID(int=0))  # has no transactions; asking proves the permission
# Orders, payments and the search index are not written in one transaction.
OVERLAP = timedelta(minutes=10)
EARLY_RENEWAL = 60.0  # seconds before a token expires
NO_WIX = _lt("This address does not answer like the Wix API.")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.I)


@dataclass
class _Walk:
    """Where a pull stands. ``seen``: id -> (updatedDate, fingerprint of the payload)
    of the orders delivered since ``start``."""

    start: datetime
    seen: dict[str, tuple[datetime, str]] = field(default_factory=dict)

    @classmethod
    def load(cls, cursor: str | None, since: datetime | None) -> "_Walk":
        if not cursor:
            return cls(window_start(since))
        stored = json.loads(cursor)
        seen = {
            key: (datetime.fromisoformat(when), version)
            for key, (when, version) in stored["seen"].items()
        }
        return cls(datetime.fromisoformat(stored["from"]), seen)

    def dump(self) -> str:
        seen = {key: [when.isoformat(), version] for key, (when, version) in self.seen.items()}
        return json.dumps({"from": self.start.isoformat(), "seen": seen}, separators=(",", ":"))

    def advance(self, reached: datetime, clock: datetime) -> None:
        """The next pull starts at ``reached``, or earlier while changes near the
        shop's ``clock`` may still come to light."""
        self.start = max(self.start, min(reached, clock - OVERLAP))
        self.seen = {key: entry for key, entry in self.seen.items() if entry[0] >= self.start}

    def fresh(self, raws: list[RawOrder]) -> list[RawOrder]:
        """Those not delivered before in this version; remembers them."""
        found = []
        for raw in raws:
            version = fingerprint(raw.payload)
            if self.seen.get(raw.external_id, (None, ""))[1] != version:
                found.append(raw)
            self.seen[raw.external_id] = (raw.updated_at, version)
        return found


class WixConnector(Connector):
    platform = Platform(
        code="wix",
        label="Wix",
        credentials=(
            Credential(
                "api_key", _lt("API key"), _lt("API keys manager of the account"), required=False
            ),
            Credential(
                "site_id",
                _lt("Site ID"),
                _lt("In the dashboard's address, after /dashboard/"),
                secret=False,
                required=False,
            ),
            Credential("client_id", _lt("App ID"), _lt("Instead of an API key"), False, False),
            Credential("client_secret", _lt("App secret"), required=False),
            Credential(
                "instance_id", _lt("App instance ID"), _lt("Of the app on this site"), False, False
            ),
        ),
        rights=guide.RIGHTS,
        steps=guide.STEPS,
        url_help=_lt("Leave it at %(url)s", url=DEFAULT_URL),
        default_url=DEFAULT_URL,
        page_size=PAGE_LIMIT,
        throttle=0.3,  # 200 requests a minute
        api_version="ecom/v1",
    )

    def __init__(self, config, transport):
        super().__init__(config, transport)
        self._base = (config.url or DEFAULT_URL).rstrip("/")
        self._token = ""
        self._token_ends = 0.0

    # -- the contract

    def check(self) -> ShopFacts:
        with expected_platform(NO_WIX):
            items = objects(self._search(_newest(1))["orders"])
            self._related([text(item.get("id")) for item in items] or [NO_ORDER])
            site = self._site_properties()
        included = items[0].get("taxIncludedInPrices") if items else None
        languages = [site.get("language"), *_multilingual(site)]
        return ShopFacts(
            name=text(
                site.get("siteDisplayName")
                or site.get("businessName")
                or self.config.credentials.get("site_id")
                or "Wix"
            ),
            version=self.platform.api_version,
            currency=text(site.get("paymentCurrency") or (items and items[0].get("currency"))),
            timezone=text(site.get("timeZone")) or "UTC",
            languages=tuple(dict.fromkeys(text(code) for code in languages if code)),
            prices_include_tax=included if isinstance(included, bool) else None,
        )

    def check_rights(self) -> tuple[RightCheck, ...]:
        attempts = {
            guide.ORDERS: lambda: self._search(_newest(1)),
            guide.PAYMENTS: lambda: self._transactions([NO_ORDER]),
            guide.FULFILLMENTS: lambda: self._fulfillments([NO_ORDER]),
            guide.SITE: self._properties,
        }
        with expected_platform(NO_WIX):
            return tuple(_tried(right, attempts[right]) for right in guide.RIGHTS)

    def vocabulary(self) -> ShopVocabulary:
        return VOCABULARY

    def latest(self, limit: int = 10) -> tuple[RawOrder, ...]:
        found = self._search(_newest(min(limit, PAGE_LIMIT)))
        return tuple(self._raw_orders(found["orders"], found["date"]))

    def count(self, since: datetime, until: datetime) -> int | None:
        """Wix tells no total, so pages are counted, as long as there are few."""
        query: dict[str, Any] = {
            "filter": {"createdDate": {"$gte": _moment(since), "$lt": _moment(until)}},
            "cursorPaging": {"limit": PAGE_LIMIT},
        }
        counted = 0
        for _ in range(COUNT_PAGES):
            found = self._search(query)
            counted += len(found["orders"])
            if not found["more"]:
                return counted
            query = found["next"]
        return None

    def pull(self, cursor, *, since=None, page_size=None) -> Iterator[Page]:
        walk = _Walk.load(cursor, since)
        limit = min(page_size or PAGE_LIMIT, PAGE_LIMIT)
        position, query = walk.start, None
        while True:
            query = query or {
                "filter": {"updatedDate": {"$gte": _moment(position)}},
                "sort": [{"fieldName": "updatedDate", "order": "ASC"}],
                "cursorPaging": {"limit": limit},
            }
            found = self._search(query)
            items = found["orders"]
            reached = max([position, *_dates(items)])
            fresh = walk.fresh(self._raw_orders(items, position))
            walk.advance(reached, found["date"])
            more = found["more"]
            if fresh or not more:
                yield Page(tuple(fresh), walk.dump())
            if not more:
                return
            # a page of one single moment cannot be left by date: follow Wix's cursor
            query = None if reached > position else found["next"]
            position = reached

    def fetch(self, reference: str) -> RawOrder:
        reference = reference.strip()
        if _UUID.fullmatch(reference):
            order = self._get_order(reference)
        else:
            order = self._find_number(reference)
        if not isinstance(order, Mapping) or order.get("status") == "INITIALIZED":
            raise errors.NotFound(_lt("Wix has no placed order of this number or id."))
        return self._raw_orders([order], datetime.now(UTC))[0]

    @classmethod
    def normalize(cls, payload: Mapping[str, Any]) -> Order:
        return orders.normalize(payload)

    def admin_url(self, external_id: str) -> str:
        site = self.config.credentials.get("site_id")
        if not site:
            return ""
        return (
            f"https://manage.wix.com/dashboard/{quote(site)}"
            f"/ecom-platform/order-details/{quote(external_id)}"
        )

    # -- calls

    def _search(self, query: Mapping[str, Any]) -> dict[str, Any]:
        """{"orders", "more": bool, "next": query of the next page, "date"}"""
        reply = self._call("POST", "/ecom/v1/orders/search", {"search": query})
        body = _object(reply)
        items, metadata = body.get("orders"), mapping(body.get("metadata"))
        if not isinstance(items, list):
            raise errors.BadReply(_lt("Wix's reply has no list of orders."), status=reply.status)
        token = mapping(metadata.get("cursors")).get("next")
        more = bool(metadata.get("hasNext")) and bool(items)
        if more and not token:
            raise errors.BadReply(
                _lt("Wix announces more orders and no cursor."), status=reply.status
            )
        return {
            "orders": items,
            "more": more,
            "next": {"cursorPaging": {"limit": _limit(query), "cursor": token}},
            "date": reply.date,
        }

    def _get_order(self, order_id: str) -> Any:
        return _object(self._call("GET", f"/ecom/v1/orders/{quote(order_id)}")).get("order")

    def _find_number(self, number: str) -> Any:
        query = {"filter": {"number": {"$eq": number}}, "cursorPaging": {"limit": 1}}
        try:
            found = self._search(query)["orders"]
        except errors.Refused:  # a number that Wix cannot compare with its own
            return None
        return found[0] if found else None

    def _related(self, ids: list[str]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Transactions and fulfilments by order id."""
        if not ids:
            return {}, {}
        return self._transactions(ids), self._fulfillments(ids)

    def _transactions(self, ids: list[str]) -> dict[str, Any]:
        reply = _object(self._call("POST", "/ecom/v1/payments/list-by-ids", {"orderIds": ids}))
        return _by_order(_list(reply, "orderTransactions"))

    def _fulfillments(self, ids: list[str]) -> dict[str, Any]:
        reply = _object(self._call("POST", "/ecom/v1/fulfillments/list-by-ids", {"orderIds": ids}))
        return _by_order(_list(reply, "ordersWithFulfillments"))

    def _properties(self) -> Mapping[str, Any]:
        reply = _object(self._call("GET", "/site-properties/v4/properties"))
        return mapping(reply.get("properties"))

    def _site_properties(self) -> Mapping[str, Any]:
        """Name, currency, time zone; empty where the key may not read them."""
        try:
            return self._properties()
        except (errors.ConfigurationError, errors.NotFound, errors.Refused):
            return {}

    def _raw_orders(self, items: list[Any], fallback: datetime) -> list[RawOrder]:
        """The orders with what belongs to them; of a repeated id the newest."""
        chosen: dict[str, Any] = {}
        for item in items:
            order_id = text(mapping(item).get("id"))
            if mapping(item).get("status") == "INITIALIZED":
                continue
            key = order_id or unreadable_id(item)
            if key not in chosen or _date(item, fallback) >= _date(chosen[key], fallback):
                chosen[key] = item
        ids = [key for key, item in chosen.items() if text(mapping(item).get("id"))]
        paid, sent = self._related(ids)
        return [
            RawOrder(
                external_id=key,
                updated_at=_date(item, fallback),
                payload={
                    "order": item,
                    "payments": mapping(paid.get(key)).get("payments") or [],
                    "refunds": mapping(paid.get(key)).get("refunds") or [],
                    "fulfillments": mapping(sent.get(key)).get("fulfillments") or [],
                },
                number=text(mapping(item).get("number")),
            )
            for key, item in chosen.items()
        ]

    # -- authentication and errors

    def _call(self, method: str, path: str, body: Any = None) -> Reply:
        reply = self._send(method, path, body)
        if reply.status == 401 and self._uses_token():
            self._token = ""  # expired early or revoked: once more with a new one
            reply = self._send(method, path, body)
        if reply.status >= 300:
            raise _error(reply, path)
        return reply

    def _send(self, method: str, path: str, body: Any) -> Reply:
        headers = {"Accept": "application/json", **self._authorization()}
        return self.transport.request(method, self._base + path, headers=headers, json_body=body)

    def _uses_token(self) -> bool:
        return not self.config.credentials.get("api_key")

    def _authorization(self) -> dict[str, str]:
        given = self.config.credentials
        if not self._uses_token():
            if not given.get("site_id"):
                raise errors.WrongCredentials(_lt("An API key needs the site's ID beside it."))
            return {"Authorization": given["api_key"], "wix-site-id": given["site_id"]}
        if not self._token or time.monotonic() >= self._token_ends:
            self._renew_token()
        return {"Authorization": self._token}

    def _renew_token(self) -> None:
        names = ("client_id", "client_secret", "instance_id")
        given = {name: self.config.credentials.get(name) for name in names}
        if not all(given.values()):
            raise errors.WrongCredentials(
                _lt("Fill in the API key and site ID, or app ID, app secret and instance ID.")
            )
        body = {"grant_type": "client_credentials", **given}
        reply = self.transport.request("POST", f"{self._base}/oauth2/token", json_body=body)
        if reply.status in (400, 401, 403):
            raise errors.WrongCredentials(
                _lt("Wix refuses the app's ID, secret or instance."), status=reply.status
            )
        if reply.status >= 300:
            raise _error(reply, "/oauth2/token")
        answer = _object(reply)
        token = text(answer.get("access_token"))
        if not token:
            raise errors.BadReply(_lt("Wix's reply holds no access token."), status=reply.status)
        self.transport.add_secret(token)
        try:
            lasts = float(answer.get("expires_in") or "inf")
        except (TypeError, ValueError):
            lasts = float("inf")  # until Wix refuses it
        self._token, self._token_ends = token, time.monotonic() + lasts - EARLY_RENEWAL


# -- helpers


def _tried(right: Right, attempt: Callable[[], Any]) -> RightCheck:
    try:
        return tried(right, attempt)
    except (errors.NotFound, errors.Refused) as error:
        if right.needed:
            raise
        return RightCheck(right, None, error.message)


def _forbidden(path: str) -> errors.MissingPermission:
    right = next(right for start, right in guide.OF_PATH.items() if path.startswith(start))
    return errors.MissingPermission(
        _lt(
            'The permission "%(permission)s" (%(code)s) is missing, or access to this site: give '
            "both to the key in the account's API keys, or to the app.",
            permission=right.label,
            code=right.code,
        ),
        status=403,
    )


def _newest(limit: int) -> dict[str, Any]:
    """Search for the orders placed last."""
    newest_first = [{"fieldName": "createdDate", "order": "DESC"}]
    return {"sort": newest_first, "cursorPaging": {"limit": limit}}


def _by_order(entries: list[Mapping[str, Any]]) -> dict[str, Any]:
    return {text(entry.get("orderId")): entry for entry in entries}


def _error(reply: Reply, path: str) -> errors.PlatformError:
    """The error of a reply with status 300 or more; Wix's own text may be personal."""
    try:
        details = mapping(mapping(reply.json()).get("details"))
        is_wix = True
    except errors.BadReply:
        details, is_wix = {}, False
    status = reply.status
    code = text(mapping(details.get("applicationError")).get("code"))
    if status == 401:
        return errors.WrongCredentials(_lt("Wix refuses the API key or token."), status=status)
    if status == 403:
        return _forbidden(path)
    if status == 404 and is_wix:
        return errors.NotFound(_lt("Wix has no such record."), status=status)
    if status == 404 or status < 400:
        return errors.WrongPlatform(_lt("This address is not the Wix API."), status=status)
    if status >= 500:
        return errors.Unavailable(_lt("Wix is not available at the moment."), status=status)
    violations = objects(mapping(details.get("validationError")).get("fieldViolations"))
    names = ", ".join(text(violation.get("field")) for violation in violations)
    return errors.Refused(
        _lt("Wix refused the request (%(code)s).", code=code or names or status), status=status
    )


def _object(reply: Reply) -> Mapping[str, Any]:
    body = reply.json()
    if not isinstance(body, Mapping):
        raise errors.BadReply(_lt("Wix's reply is not a JSON object."), status=reply.status)
    return body


def _list(body: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    if not isinstance(body.get(key), list):
        raise errors.BadReply(_lt("Wix's reply has no %(part)s.", part=key))
    return objects(body[key])


def _limit(query: Mapping[str, Any]) -> int:
    return query["cursorPaging"]["limit"]


def _moment(when: datetime) -> str:
    """As Wix writes dates: milliseconds, rounded down so that nothing is left out."""
    return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _dates(items: list[Any]) -> list[datetime]:
    oldest = datetime.min.replace(tzinfo=UTC)
    return [when for item in items if (when := _date(item, oldest)) != oldest]


def _date(item: Any, fallback: datetime) -> datetime:
    try:
        return utc(mapping(item).get("updatedDate"), "updatedDate")
    except Problem:
        return fallback


def _multilingual(site: Mapping[str, Any]) -> list[Any]:
    languages = objects(mapping(site.get("multilingual")).get("supportedLanguages"))
    return [language.get("languageCode") for language in languages]
