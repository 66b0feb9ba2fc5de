"""The Ciama hub: orders of any source, already in the canonical form.

The API, for whoever builds the server
--------------------------------------
All calls are GET and take ``Authorization: Bearer <api key>``. Bodies are JSON in UTF-8,
money is a decimal string, times are ISO 8601 with a zone. An order is described by
``ciama_connector/canonical/schema.json``.

``/ciama/v1/shop``
    ``{"name", "schema_version", "currency", "timezone", "languages": [...],
    "prices_include_tax": bool}``; only the first two must be there.
``/ciama/v1/orders?updated_since=&cursor=&limit=``
    ``{"orders": [...], "next_cursor": "...", "has_more": bool}``, in the order of change.
    The hub numbers every write of an order in the sequence in which writes become
    visible, and shows an order only at its last number; a cursor is a place in that
    sequence. ``next_cursor`` is always there, also on the last page, does not expire, and
    finds every later change, so nothing is missed or repeated. ``updated_since`` counts
    without a cursor only; the cursor carries it. ``limit`` is 1 to 500, 100 by default.
``/ciama/v1/orders?number=``
    The orders with that number, in the same form.
``/ciama/v1/orders/{external_id}``
    One order, or 404.
``/ciama/v1/latest?limit=``
    ``{"orders": [...]}``: those placed last (``created_at``), newest first; ``limit`` as above.
``/ciama/v1/count?placed_since=&placed_until=``
    ``{"count": int}`` of the orders placed from the one moment up to, not including, the
    other; either may be left out.
``/ciama/v1/vocabulary``
    ``{"payment_methods", "carriers", "statuses", "groups"}``, each a list of ``{"value",
    "label"}`` that the sources are set up with, spelled as in ``payment_method.code``,
    ``shipping.code``, ``shop_status`` and ``customer.group_id``; any may be left out.

Errors: ``{"error": {"code", "message"}}`` with 400 ``invalid_request``, 401
``unauthorized``, 403 ``forbidden`` (the key lacks the scope ``orders:read``), 404
``not_found``, 429 ``too_many_requests`` with ``Retry-After``, 503 ``maintenance``.

``schema_version`` is ``major`` or ``major.minor``. A new major is refused by older
connectors with a clear problem on each order; a field they do not know likewise.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from ...canonical import Order, Problem
from ...canonical.order import SCHEMA_VERSION
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
    ShopValue,
    ShopVocabulary,
    Step,
    expected_platform,
    tried,
    window_start,
)
from ..http import Reply
from ..normalizing import label, mapping, objects, text, unreadable_id, utc
from . import orders

PAGE_LIMIT = 500
NO_HUB = _lt("This address does not answer like a Ciama hub.")
_ERRORS = {
    "unauthorized": (errors.WrongCredentials, _lt("The hub refuses the API key.")),
    "forbidden": (
        errors.MissingPermission,
        _lt('The API key lacks the scope "orders:read": tick it in the hub\'s settings.'),
    ),
    "not_found": (errors.NotFound, _lt("The hub has no such record.")),
    "maintenance": (errors.ShopOff, _lt("The hub is in maintenance.")),
}


class CiamaConnector(Connector):
    platform = Platform(
        code="ciama",
        label="Ciama",
        credentials=(Credential("api_key", _lt("API key"), _lt("From the hub's settings")),),
        rights=(Right("orders:read", "orders:read", _lt("Orders are read with it.")),),
        steps=(
            Step(
                _lt("Make an API key in the hub"),
                path=(_lt("Settings"), _lt("API Keys"), _lt("New")),
                fields=((_lt("Name"), "Odoo"), (_lt("Scopes"), "orders:read")),
            ),
            Step(
                _lt("Enter address and key here"),
                fields=(
                    (_lt("Shop URL"), "https://hub.example.com"),
                    (_lt("API key"), _lt("The key you copied")),
                ),
                text=_lt("The hub shows the key only once."),
            ),
        ),
        url_help="https://hub.example.com",
        page_size=PAGE_LIMIT,
        api_version="v1",
    )

    def check(self) -> ShopFacts:
        with expected_platform(NO_HUB):
            shop = self._shop()
            self._orders(limit=1)
        version = text(shop.get("schema_version"))
        if orders.major(version) != orders.major(SCHEMA_VERSION):
            raise errors.WrongPlatform(
                _lt(
                    "This hub speaks version %(theirs)s of the Ciama order, "
                    "the connector %(ours)s.",
                    theirs=version[:20],
                    ours=SCHEMA_VERSION,
                )
            )
        included = shop.get("prices_include_tax")
        languages = shop.get("languages")
        return ShopFacts(
            name=text(shop["name"]),
            version=version,
            currency=text(shop.get("currency")),
            timezone=text(shop.get("timezone")) or "UTC",
            languages=tuple(map(text, languages)) if isinstance(languages, list) else (),
            prices_include_tax=included if isinstance(included, bool) else None,
        )

    def check_rights(self) -> tuple[RightCheck, ...]:
        with expected_platform(NO_HUB):
            self._shop()
            return tuple(
                tried(right, lambda: self._orders(limit=1)) for right in self.platform.rights
            )

    def vocabulary(self) -> ShopVocabulary:
        told = _object(self._get("vocabulary"))
        return ShopVocabulary(
            payment_methods=_values(told.get("payment_methods")),
            carriers=_values(told.get("carriers")),
            statuses=_values(told.get("statuses")),
            groups=_values(told.get("groups")),
        )

    def latest(self, limit: int = 10) -> tuple[RawOrder, ...]:
        reply = self._get("latest", {"limit": min(limit, PAGE_LIMIT)})
        items = _object(reply).get("orders")
        if not isinstance(items, list):
            raise _no_list(reply)
        return tuple(_raw_orders(items, reply.date))

    def count(self, since: datetime, until: datetime) -> int:
        window = {"placed_since": _stamp(since), "placed_until": _stamp(until)}
        reply = self._get("count", window)
        found = _object(reply).get("count")
        if not isinstance(found, int):
            raise errors.BadReply(_lt("The hub's reply has no count."), status=reply.status)
        return found

    def pull(self, cursor, *, since=None, page_size=None) -> Iterator[Page]:
        place = {"updated_since": window_start(since).isoformat()}
        if cursor:
            place = json.loads(cursor)
        while True:
            found = self._orders(limit=min(page_size or PAGE_LIMIT, PAGE_LIMIT), **place)
            if found["has_more"] and place == {"cursor": found["next_cursor"]}:
                raise errors.BadReply(_lt("The hub announces more orders and stays in place."))
            place = {"cursor": found["next_cursor"]}
            yield Page(tuple(_raw_orders(found["orders"], found["date"])), json.dumps(place))
            if not found["has_more"]:
                return

    def fetch(self, reference: str) -> RawOrder:
        reference = reference.strip()
        try:
            reply = self._get(f"orders/{quote(reference, safe='')}")
            found, moment = _object(reply), reply.date
        except errors.NotFound:
            by_number = self._orders(number=reference)
            if not by_number["orders"]:
                raise errors.NotFound(_lt("The hub has no order of this number or id.")) from None
            found, moment = by_number["orders"][0], by_number["date"]
        return _raw_orders([found], moment)[0]

    @classmethod
    def normalize(cls, payload: Mapping[str, Any]) -> Order:
        return orders.normalize(payload)

    # -- calls

    def _shop(self) -> Mapping[str, Any]:
        shop = _object(self._get("shop"))
        if not text(shop.get("schema_version")) or not text(shop.get("name")):
            raise errors.BadReply(_lt("No shop in the reply."))
        return shop

    def _orders(self, **params) -> dict[str, Any]:
        """{"orders", "next_cursor", "has_more", "date"}"""
        reply = self._get("orders", params)
        body = _object(reply)
        if not isinstance(body.get("orders"), list) or not isinstance(body.get("has_more"), bool):
            raise _no_list(reply)
        if not isinstance(body.get("next_cursor"), str) or not body["next_cursor"]:
            raise errors.BadReply(_lt("The hub's reply has no cursor."), status=reply.status)
        return {**body, "date": reply.date}

    def _get(self, path: str, params: Mapping[str, Any] | None = None) -> Reply:
        key = self.config.credentials.get("api_key", "")
        reply = self.transport.request(
            "GET",
            f"{self.config.url.rstrip('/')}/ciama/v1/{path}",
            params=params,
            headers={"Authorization": f"Bearer {key}", "Accept": "application/json"},
        )
        if reply.status >= 300:
            raise _error(reply)
        return reply


def _values(told: Any) -> tuple[ShopValue, ...]:
    found = {label(item.get("value")): label(item.get("label")) for item in objects(told)}
    return tuple(ShopValue(value, name) for value, name in found.items() if value)


def _stamp(when: datetime) -> str:
    return when.astimezone(UTC).isoformat()


def _no_list(reply: Reply) -> errors.BadReply:
    return errors.BadReply(_lt("The hub's reply has no list of orders."), status=reply.status)


def _raw_orders(items: list[Any], fallback: datetime) -> list[RawOrder]:
    """Of a repeated id, the newest is kept."""
    chosen: dict[str, RawOrder] = {}
    for item in items:
        order = mapping(item)
        key = text(order.get("external_id")) or unreadable_id(item)
        try:
            updated_at = utc(order.get("updated_at"), "updated_at")
        except Problem:
            updated_at = fallback
        raw = RawOrder(key, updated_at, {"order": item}, text(order.get("number")))
        if key not in chosen or updated_at >= chosen[key].updated_at:
            chosen[key] = raw
    return list(chosen.values())


def _object(reply: Reply) -> Mapping[str, Any]:
    body = reply.json()
    if not isinstance(body, Mapping):
        raise errors.BadReply(_lt("The hub's reply is not a JSON object."), status=reply.status)
    return body


def _error(reply: Reply) -> errors.PlatformError:
    """Only the hub's error code is repeated; its message may be personal."""
    try:
        code = text(mapping(mapping(reply.json()).get("error")).get("code"))[:50]
    except (errors.BadReply, AttributeError):
        code = ""
    status = reply.status
    if code in _ERRORS:
        kind, message = _ERRORS[code]
        return kind(message, status=status)
    if status >= 500:
        return errors.Unavailable(_lt("The hub is not available at the moment."), status=status)
    if not code:
        return errors.WrongPlatform(_lt("This address is not a Ciama hub."), status=status)
    return errors.Refused(_lt("The hub refused the request (%(code)s).", code=code), status=status)
