"""The shop's HTTP side: tokens, GraphQL with cost and throttle, bulk results."""

import json
import re
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    execute,
    get_named_type,
    parse,
    validate,
)
from werkzeug.wrappers import Request, Response

from ..server import Simulator
from . import bulk, contract, growth
from .cost import MAX_COST, Cost
from .store import COUNT_LIMIT, Store, nested, resolve

TOKEN_LIFE = 86_399  # seconds, as the token endpoint says
_GID = "gid://shopify/Order/"
_GRAPHQL = re.compile(r"/admin/api/(\d{4}-\d{2}|unstable)/graphql\.json")
_DOCS = "https://shopify.dev/api/usage/"
ALL_SCOPES = (
    "read_all_orders",
    "read_customers",
    "read_locales",
    "read_locations",
    "read_merchant_managed_fulfillment_orders",
    "read_orders",
    "read_payment_terms",
    "read_products",
    "read_shipping",
)

# What an app without approval for customers' data, or for their names and addresses, lacks
PROTECTED = {
    "customer_data": {"QueryRoot.orders"},
    "customer_fields": {
        *(f"Order.{name}" for name in ("email", "phone")),
        *(f"MailingAddress.{name}" for name in ("name", "address1", "phone")),
    },
}


@dataclass
class Bucket:
    """Leaky bucket of points; ``clock`` in seconds."""

    maximum: float = 2000.0
    restore_rate: float = 100.0
    clock: Callable[[], float] = time.monotonic
    available: float = -1.0
    _filled_at: float = field(default=0.0, repr=False)

    def __post_init__(self):
        self.available = self.maximum if self.available < 0 else self.available
        self._filled_at = self.clock()

    def take(self, points: float) -> bool:
        now = self.clock()
        restored = (now - self._filled_at) * self.restore_rate
        self.available = min(self.maximum, self.available + restored)
        self._filled_at = now
        if points > self.available:
            return False
        self.available -= points
        return True


@dataclass
class _Context:
    """How a query is executed: ``whole`` in bulk; ``base`` is the server's address."""

    whole: bool = False
    base: str = ""


class ShopifySimulator(Simulator):
    """``scopes`` of the app, ``protected`` fields ("Order.email") it was not approved for,
    ``bucket`` (None: never throttles), ``throttle_status`` 200 or 429, ``bulk_polls``
    until an export is ready, ``bulk_fails``, ``bulk_slots`` exports that may run at once,
    ``rates`` the names of the shipping rates by delivery profile."""

    code = "shopify"
    credentials: ClassVar[dict[str, str]] = {
        "access_token": "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"
    }
    app_credentials: ClassVar[dict[str, str]] = {
        "client_id": "5e1f7a9c3b8d4e60b2a4c6d8e0f21357",
        "client_secret": "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",
    }

    def __init__(self, data: Path):
        super().__init__(data)
        self.store = Store(data)
        self.grower = growth.Grower(self.store)
        self.rates = [self.store.rates()]
        self.scopes = set(ALL_SCOPES)
        self.protected: set[str] = set()
        self.permitted = True  # the app and the shop belong to one organisation
        self.bucket: Bucket | None = None
        self.throttle_status = 200
        self.bulk_polls = 2
        self.bulk_fails = False
        self.bulk_slots = 5
        self.operations: list[str] = []  # names of the operations run, in order
        self.tokens: dict[str, float] = {}  # and when they end
        self._exports: dict[str, dict[str, Any]] = {}

    # -- what tests and demos do to the shop

    def deny(self, right: str) -> None:
        if right in PROTECTED:
            self.protected |= PROTECTED[right]
        else:
            super().deny(right)

    def order_ids(self) -> list[str]:
        return [str(entry["id"]) for entry in self.store.entries.values()]

    def order(self, external_id: str) -> dict[str, Any]:
        """The stored order, to look at or to change before :meth:`touch`."""
        return self.store.entries[_GID + external_id]["order"]

    def touch(self, external_id: str, when: datetime | None = None) -> None:
        order = self.order(external_id)
        order["note"] = f"{order.get('note') or ''}\nEdited".strip()
        self.store.moved(order["id"], when or self.store.newest() + timedelta(seconds=61.5))

    def trash(self, external_id: str) -> None:
        """Delete an order: it is simply not there any more."""
        self.store.remove(_GID + external_id)

    def grow(self, count: int) -> list[str]:
        return [order["id"].rpartition("/")[2] for order in self.grower.grow(count)]

    def forget_exports(self) -> None:
        """As a week later."""
        self._exports.clear()

    def expire_tokens(self) -> None:
        self.tokens.clear()

    # -- HTTP

    def handle(self, request: Request) -> Response:
        if request.path == "/admin/oauth/access_token" and request.method == "POST":
            return self._token(request)
        if request.path.startswith("/bulk/"):
            return self._export_file(request)
        match = _GRAPHQL.fullmatch(request.path)
        if not match or request.method != "POST":
            return _reply({"errors": "Not Found"}, 404)
        if not self._admitted(request.headers.get("X-Shopify-Access-Token", "")):
            refusal = "[API] Invalid API key or access token (unrecognized login or wrong password)"
            return _reply({"errors": refusal}, 401)
        body = request.get_json(silent=True)
        if not isinstance(body, dict) or not isinstance(body.get("query"), str):
            return _reply({"errors": {"query": "Required parameter missing or invalid"}}, 400)
        return self._graphql(body, request.host_url.rstrip("/"))

    def _admitted(self, token: str) -> bool:
        known = token == self.credentials["access_token"]
        return known or self.tokens.get(token, 0) > time.monotonic()

    def _token(self, request: Request) -> Response:
        asked = request.get_json(silent=True) or request.form
        given = {name: asked.get(name) for name in self.app_credentials}
        if asked.get("grant_type") != "client_credentials" or given != self.app_credentials:
            return _oauth_error("invalid_client")
        if not self.permitted:
            return _oauth_error("shop_not_permitted")
        token = f"shpat_{len(self.tokens) + len(self.seen):032x}"
        self.tokens[token] = time.monotonic() + TOKEN_LIFE
        scope = ",".join(sorted(self.scopes))
        return _reply({"access_token": token, "scope": scope, "expires_in": TOKEN_LIFE})

    def _export_file(self, request: Request) -> Response:
        export = self._exports.get(request.path.removeprefix("/bulk/"))
        if not export or request.args.get("signature") != "signed":
            return Response("<Error><Code>AccessDenied</Code></Error>", 403, mimetype="text/xml")
        return Response(export["text"], mimetype="application/jsonl")

    # -- GraphQL

    def _graphql(self, body: dict[str, Any], base: str) -> Response:
        schema, variables = contract.schema(), body.get("variables") or {}
        try:
            document = parse(body["query"])
        except GraphQLSyntaxError as error:
            return _reply({"errors": [_formatted(error, "parse_error")]})
        wrong = validate(schema, document)
        if wrong:
            return _reply({"errors": [_invalid(error) for error in wrong]})
        cost = Cost(schema, document, variables).requested()
        if cost > MAX_COST:
            return _reply({"errors": [_too_costly(cost)]})
        if self.bucket and not self.bucket.take(cost):
            throttled = {"message": "Throttled", "extensions": {"code": "THROTTLED"}}
            answer = {"errors": [throttled], "extensions": self._cost(cost, None)}
            return _reply(answer, self.throttle_status)
        self.operations += [
            node.name.value
            for node in document.definitions
            if isinstance(node, OperationDefinitionNode) and node.name
        ]
        result = execute(
            schema,
            document,
            variable_values=variables,
            field_resolver=self._resolve,
            context_value=_Context(base=base),
        )
        answer: dict[str, Any] = {"data": result.data}
        if result.errors:
            answer["errors"] = [error.formatted for error in result.errors]
        return _reply(answer | {"extensions": self._cost(cost, cost)})

    def _cost(self, requested: int, actual: int | None) -> dict[str, Any]:
        bucket = self.bucket or Bucket()
        return {
            "cost": {
                "requestedQueryCost": requested,
                "actualQueryCost": actual,
                "throttleStatus": {
                    "maximumAvailable": bucket.maximum,
                    "currentlyAvailable": int(bucket.available),
                    "restoreRate": bucket.restore_rate,
                },
            }
        }

    def _resolve(self, source: Any, info, **asked: Any) -> Any:
        self._check_access(info)
        if source is not None:
            return resolve(source, info, **asked)
        method = getattr(self, f"_root_{info.field_name}", None)
        if method is None:
            raise GraphQLError(f"{info.field_name} is not simulated")
        return method(info, **asked)

    def _check_access(self, info) -> None:
        scopes = contract.required_scopes()
        name = f"{info.parent_type.name}.{info.field_name}"
        for key in (name, get_named_type(info.return_type).name):
            needed = scopes.get(key)
            if needed and self.scopes.isdisjoint(needed):
                raise _lacks(needed[0], info)
        if name in self.protected:
            raise GraphQLError(
                f"This app is not approved to use the {info.field_name} field. See"
                " https://shopify.dev/docs/apps/launch/protected-customer-data for more details.",
                extensions=_denied("access-scopes"),
            )

    # -- root fields

    @property
    def _everything(self) -> bool:
        return "read_all_orders" in self.scopes

    def _root_orders(self, info, **asked):
        return self.store.orders(everything=self._everything, whole=info.context.whole, **asked)

    def _root_ordersCount(self, info, query=None, limit=COUNT_LIMIT, **_):  # noqa: N802
        return self.store.count(everything=self._everything, query=query, limit=limit)

    def _root_order(self, info, id):  # noqa: A002
        return self._root_node(info, id)

    def _root_node(self, info, id):  # noqa: A002
        if "/Order/" in id:
            entry = self.store.entries.get(id)
            return entry and entry["order"]
        return self.store.objects.get(id)

    def _root_nodes(self, info, ids):
        return [self._root_node(info, gid) for gid in ids]

    def _root_shop(self, info):
        orders = [entry["order"] for entry in self.store.entries.values()]
        first = orders[0] if orders else {}
        entity = first.get("merchantBusinessEntity") or {}
        return {
            "id": "gid://shopify/Shop/61234567890",
            "name": entity.get("displayName") or "Testbed",
            "myshopifyDomain": "testbed.myshopify.com",
            "currencyCode": first.get("currencyCode") or "EUR",
            "taxesIncluded": bool(first.get("taxesIncluded", True)),
            "ianaTimezone": "Europe/Paris",
            "orderNumberFormatPrefix": "#",
            "orderNumberFormatSuffix": "",
        }

    def _root_shopLocales(self, info, published=False):  # noqa: N802
        return [
            {"locale": "en", "primary": False, "published": True},
            {"locale": "fr", "primary": True, "published": True},
        ]

    def _root_deliveryProfiles(self, info, **asked):  # noqa: N802
        if "read_shipping" not in self.scopes:  # which the schema's facts leave out
            raise _lacks("read_shipping", info)
        profiles = [_delivery_profile(rates) for rates in self.rates]
        return nested({"nodes": profiles}, asked, whole=False)

    def _root_currentAppInstallation(self, info):  # noqa: N802
        return {"accessScopes": [{"handle": scope} for scope in sorted(self.scopes)]}

    # -- bulk operations

    def _root_bulkOperationRunQuery(self, info, query, groupObjects=False):  # noqa: N802, N803
        document = parse(query)
        wrong = [error.message for error in validate(contract.schema(), document)]
        reason = "; ".join(wrong) or bulk.refusal(contract.schema(), document)
        if reason:
            return _bulk_refusal("INVALID", reason)
        running = [x for x in self._exports.values() if x["status"] in ("CREATED", "RUNNING")]
        if len(running) >= self.bulk_slots:
            return _bulk_refusal("OPERATION_IN_PROGRESS", "Too many bulk operations are running.")
        number = str(4000000000000 + len(self._exports))
        export = {
            "id": f"gid://shopify/BulkOperation/{number}",
            "status": "CREATED",
            "errorCode": None,
            "objectCount": "0",
            "url": None,
            "polls": 0,
            "text": self._export(document, groupObjects),
        }
        self._exports[number] = export
        return {"bulkOperation": export, "userErrors": []}

    def _export(self, document: DocumentNode, grouped: bool) -> str:
        result = execute(
            contract.schema(),
            document,
            field_resolver=self._resolve,
            context_value=_Context(whole=True),
        )
        return "" if result.errors else bulk.jsonl(result.data, grouped=grouped)

    def _root_bulkOperation(self, info, id):  # noqa: A002, N802
        number = id.rpartition("/")[2]
        export = self._exports.get(number)
        if not export:
            return None
        export["polls"] += 1
        if export["polls"] <= self.bulk_polls:
            export["status"] = "RUNNING"
        elif self.bulk_fails:
            export |= {"status": "FAILED", "errorCode": "INTERNAL_SERVER_ERROR"}
        else:
            rows = export["text"].count("\n")
            url = f"{info.context.base}/bulk/{number}?signature=signed" if rows else None
            export |= {"status": "COMPLETED", "objectCount": str(rows), "url": url}
        return export


# -- replies


def _reply(body: Any, status: int = 200) -> Response:
    reply = Response(json.dumps(body), status, content_type="application/json; charset=utf-8")
    reply.headers["X-Request-Id"] = str(uuid.uuid4())
    reply.headers["X-Shopify-API-Version"] = contract.API_VERSION
    reply.headers["Date"] = datetime.now(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
    return reply


def _delivery_profile(rates: list[str]) -> dict[str, Any]:
    """Each rate in a zone of its own, and in one for the rest of the world."""
    methods = [{"name": name, "active": True} for name in rates]
    zones = [*([method] for method in methods), [*methods, {"name": "Old rate", "active": False}]]
    connected = [{"methodDefinitions": {"nodes": zone}} for zone in zones]
    return {"profileLocationGroups": [{"locationGroupZones": {"nodes": connected}}]}


def _lacks(scope: str, info) -> GraphQLError:
    access = f"`{scope}` access scope."
    return GraphQLError(
        f"Access denied for {info.field_name} field. Required access: {access}",
        extensions=_denied("access-scopes") | {"requiredAccess": access},
    )


def _bulk_refusal(code: str, message: str) -> dict[str, Any]:
    error = {"code": code, "field": ["query"], "message": message}
    return {"bulkOperation": None, "userErrors": [error]}


def _oauth_error(code: str) -> Response:
    page = f"<!DOCTYPE html><html><body><h1>Oauth error {code}</h1></body></html>"
    return Response(page, 400, mimetype="text/html")


def _formatted(error: GraphQLError, code: str) -> dict[str, Any]:
    return error.formatted | {"extensions": {"code": code}}


def _invalid(error: GraphQLError) -> dict[str, Any]:
    unknown = re.match(r"Cannot query field '(\w+)' on type '(\w+)'", error.message)
    if not unknown:
        return _formatted(error, "invalid")
    name, kind = unknown.groups()
    return error.formatted | {
        "message": f"Field '{name}' doesn't exist on type '{kind}'",
        "extensions": {"code": "undefinedField", "typeName": kind, "fieldName": name},
    }


def _too_costly(cost: int) -> dict[str, Any]:
    return {
        "message": f"Query cost is {cost}, which exceeds the single query max cost limit"
        f" ({MAX_COST}).",
        "extensions": {
            "code": "MAX_COST_EXCEEDED",
            "cost": cost,
            "maxCost": MAX_COST,
            "documentation": _DOCS + "rate-limits",
        },
    }


def _denied(page: str) -> dict[str, Any]:
    return {"code": "ACCESS_DENIED", "documentation": _DOCS + page}
