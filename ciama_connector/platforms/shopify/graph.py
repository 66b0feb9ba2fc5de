"""One GraphQL endpoint: tokens, cost, throttling, and errors as what a person can do.

Facts: https://shopify.dev/docs/api/usage/limits (one query costs at most 1,000 points,
before it runs; a leaky bucket per app and shop; HTTP 200 or 429 with code THROTTLED),
https://shopify.dev/docs/apps/build/authentication-authorization/client-credentials-grant
(token for 24 hours), https://shopify.dev/docs/api/usage/response-codes.
"""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

from ...canonical.texts import _lt
from .. import errors
from ..base import ShopConfig
from ..http import Reply, Transport
from ..normalizing import listed, mapping, objects, text
from .const import API_VERSION
from .documents import document

MAX_COST = 1000
EARLY_RENEWAL = 60.0  # seconds before a token expires
UNKNOWN_THROTTLE = 2.0  # seconds to wait where Shopify does not say how full the bucket is
_BACK_OFFICE = re.compile(r"admin\.shopify\.com/store/([a-z0-9][a-z0-9-]*)", re.I)
_SCOPE = re.compile(r"\b(?:read|write)_[a-z_]+")
_NO_ORDERS = re.compile(r"not approved to (?:use|access) the Order object", re.I)
_PROTECTED = re.compile(r"not approved to (?:use|access) the|protected customer data", re.I)


class TooCostly(errors.Refused):
    """The query asks for more than 1,000 points: ask for less."""

    code = "too_costly"


@dataclass(frozen=True)
class Answer:
    data: Mapping[str, Any]
    cost: float  # points asked for, 0 where Shopify did not say
    date: datetime  # Shopify's clock, aware UTC
    version: str  # API version that answered
    broken: frozenset[int] = frozenset()  # places in ``nodes`` of what Shopify cannot give
    hidden: frozenset[str] = frozenset()  # fields kept back as protected customer data


class Graph:
    """The Admin API of one shop."""

    def __init__(self, config: ShopConfig, transport: Transport):
        self.base = shop_url(config.url)
        self._given = config.credentials
        self._transport = transport
        self._token = ""
        self._token_ends = 0.0

    def ask(self, operation: str, **variables: Any) -> Answer:
        """Run a query or mutation of ``queries/``.

        Fields that Shopify keeps back as protected customer data come as null; they, and
        errors of one of several ``nodes``, are told in the answer. Any other raises
        PlatformError, TooCostly among them.
        """
        reply = self._post(operation, variables)
        if reply.status == 401 and not self._given.get("access_token"):
            self._token = ""  # expired early or revoked: once more with a new one
            reply = self._post(operation, variables)
        if reply.status >= 300:
            raise _http_error(reply)
        body = reply.json()
        if not isinstance(body, Mapping) or not ("data" in body or "errors" in body):
            raise errors.BadReply(_lt("The reply is not one of Shopify's."), status=reply.status)
        self._raise_for_errors(body)
        if not isinstance(body.get("data"), Mapping):
            raise errors.BadReply(_lt("Shopify's reply holds no data."), status=reply.status)
        tolerated = objects(body.get("errors"))
        return Answer(
            data=body["data"],
            cost=_number(_cost(body).get("requestedQueryCost")),
            date=reply.date,
            version=reply.headers.get("X-Shopify-API-Version", API_VERSION),
            broken=frozenset(map(_broken_node, tolerated)) - {None},
            hidden=frozenset(text(x["path"][-1]) for x in tolerated if _is_hidden_field(x)),
        )

    def _post(self, operation: str, variables: Mapping[str, Any]) -> Reply:
        return self._transport.request(
            "POST",
            f"{self.base}/admin/api/{API_VERSION}/graphql.json",
            headers={"Accept": "application/json", "X-Shopify-Access-Token": self._access()},
            json_body={"query": document(operation), "variables": variables},
            throttled=_throttle_wait,
        )

    @staticmethod
    def _raise_for_errors(body: Mapping[str, Any]) -> None:
        for error in objects(body.get("errors")):
            tolerable = _is_hidden_field(error) or _broken_node(error) is not None
            if not (tolerable and isinstance(body.get("data"), Mapping)):
                raise _graphql_error(error)
        if body.get("errors") and not objects(body["errors"]):
            raise errors.Refused(_lt("Shopify refused the request."))

    # -- tokens

    def _access(self) -> str:
        fixed = self._given.get("access_token")
        if fixed:
            return fixed
        if not self._token or time.monotonic() >= self._token_ends:
            self._renew()
        return self._token

    def _renew(self) -> None:
        client, secret = self._given.get("client_id"), self._given.get("client_secret")
        if not (client and secret):
            raise errors.WrongCredentials(
                _lt("Fill in the access token, or client ID and client secret.")
            )
        reply = self._transport.request(
            "POST",
            f"{self.base}/admin/oauth/access_token",
            headers={"Accept": "application/json"},
            data={
                "grant_type": "client_credentials",
                "client_id": client,
                "client_secret": secret,
            },
        )
        if reply.status in (400, 401, 403):
            raise errors.WrongCredentials(_token_refusal(reply), status=reply.status)
        if reply.status >= 300:
            raise _http_error(reply)
        answer = mapping(reply.json())
        token = text(answer.get("access_token"))
        if not token:
            raise errors.BadReply(
                _lt("Shopify's reply holds no access token."), status=reply.status
            )
        self._transport.add_secret(token)
        lasts = _number(answer.get("expires_in")) or float("inf")
        self._token, self._token_ends = token, time.monotonic() + lasts - EARLY_RENEWAL


def shop_url(given: str) -> str:
    """Scheme and host of a shop, from its address or that of its back office."""
    url = given.strip()
    parts = urlsplit(url if "://" in url else f"https://{url}")
    if store := _BACK_OFFICE.match(f"{parts.netloc}{parts.path}"):
        return f"https://{store[1]}.myshopify.com"
    return f"{parts.scheme}://{parts.netloc}"


# -- reading replies


def _cost(body: Any) -> Mapping[str, Any]:
    return mapping(mapping(mapping(body).get("extensions")).get("cost"))


def _number(value: Any) -> float:
    try:
        return float(Decimal(text(value) or "0"))
    except InvalidOperation:
        return 0.0


def _code(error: Mapping[str, Any]) -> str:
    return text(mapping(error.get("extensions")).get("code"))


def _is_hidden_field(error: Mapping[str, Any]) -> bool:
    """Protected customer data kept back inside of an order that may be read otherwise."""
    message, path = text(error.get("message")), error.get("path")
    inside = isinstance(path, list) and len(path) > 1
    return inside and bool(_PROTECTED.search(message)) and not _NO_ORDERS.search(message)


def _broken_node(error: Mapping[str, Any]) -> int | None:
    """The place of the one object in ``nodes`` that an error is about; None for an error
    that is everybody's, such as a missing permission."""
    path = listed(error.get("path"))
    of_node = len(path) > 1 and path[0] == "nodes" and isinstance(path[1], int)
    own = _code(error) in ("", "INTERNAL_SERVER_ERROR") and not _is_hidden_field(error)
    return path[1] if of_node and own else None


def _throttle_wait(reply: Reply) -> float | None:
    """Seconds until the bucket holds what the query costs; None for no throttling."""
    if reply.status not in (200, 429):
        return None
    try:
        body = reply.json()
    except errors.BadReply:
        return None
    found = objects(mapping(body).get("errors"))
    if not any(_code(error) == "THROTTLED" for error in found):
        return None
    if reply.headers.get("Retry-After"):
        return _number(reply.headers["Retry-After"])
    status = mapping(_cost(body).get("throttleStatus"))
    rate = _number(status.get("restoreRate"))
    if not rate:
        return UNKNOWN_THROTTLE
    asked = _number(_cost(body).get("requestedQueryCost")) or MAX_COST
    missing = asked - _number(status.get("currentlyAvailable"))
    return max(1.0, missing / rate)


def _graphql_error(error: Mapping[str, Any]) -> errors.PlatformError:
    code = _code(error)
    if code == "MAX_COST_EXCEEDED":
        return TooCostly(_lt("The query costs more than Shopify allows."), status=200)
    if code == "ACCESS_DENIED":
        return _permission_error(error)
    if code == "SHOP_INACTIVE":
        return errors.ShopOff(_lt("The shop is not active at Shopify."), status=200)
    if code == "INTERNAL_SERVER_ERROR" or "internal error" in text(error.get("message")).lower():
        return errors.Unavailable(
            _lt("Shopify has an internal error; try again later."), status=200
        )
    return errors.Refused(
        _lt("Shopify refused the query (%(code)s).", code=code or "?"), status=200
    )


def _permission_error(error: Mapping[str, Any]) -> errors.MissingPermission:
    wanted = text(mapping(error.get("extensions")).get("requiredAccess"))
    scopes = _SCOPE.findall(wanted) or _SCOPE.findall(text(error.get("message")))
    if scopes:
        return missing_scopes(scopes)
    if _PROTECTED.search(text(error.get("message"))):
        return errors.MissingPermission(
            _lt(
                "The app may not see orders: ask for protected customer data access in its "
                "settings."
            ),
            status=200,
        )
    return errors.MissingPermission(_lt("The app lacks a permission."), status=200)


def missing_scopes(scopes) -> errors.MissingPermission:
    names = ", ".join(dict.fromkeys(scopes))
    return errors.MissingPermission(
        _lt(
            "The app lacks the access scope %(scopes)s: add it and install the app again.",
            scopes=names,
        ),
        status=200,
    )


_ENDINGS = {
    401: (errors.WrongCredentials, _lt("Shopify refuses the access token.")),
    402: (errors.ShopOff, _lt("Shopify has frozen the shop (unpaid).")),
    423: (errors.ShopOff, _lt("Shopify has locked the shop.")),
}


def _http_error(reply: Reply) -> errors.PlatformError:
    """The error of a reply with status 300 or more."""
    status = reply.status
    if status in _ENDINGS:
        kind, sentence = _ENDINGS[status]
        return kind(sentence, status=status)
    if status == 403:
        return _forbidden(reply)
    if status == 404:
        return _not_found(reply)
    if status < 400:
        return errors.WrongUrl(
            _lt("This address leads elsewhere: use the one that ends in .myshopify.com."),
            status=status,
        )
    if status >= 500:
        return errors.Unavailable(_lt("Shopify is not available at the moment."), status=status)
    return errors.Refused(
        _lt("Shopify refused the request (%(status)s).", status=status), status=status
    )


def _forbidden(reply: Reply) -> errors.MissingPermission:
    scopes = _SCOPE.findall(reply.text[:2000])
    if scopes:
        return missing_scopes(scopes)
    return errors.MissingPermission(_lt("The app may not use the Admin API."), status=reply.status)


def _not_found(reply: Reply) -> errors.PlatformError:
    try:
        is_shopify = "errors" in mapping(reply.json())
    except errors.BadReply:
        is_shopify = False
    if is_shopify:
        return errors.WrongUrl(_lt("Shopify has no shop at this address."), status=404)
    return errors.WrongPlatform(_lt("This address is not a Shopify shop."), status=404)


def _token_refusal(reply: Reply) -> str:
    if "shop_not_permitted" in reply.text:
        return _lt(
            "Shopify gives this app no token for this shop: app and shop must belong to the"
            " same organisation, and the app be installed."
        )
    return _lt("Shopify refuses the client ID or client secret.")
