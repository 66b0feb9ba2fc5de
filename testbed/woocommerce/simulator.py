"""The simulated WooCommerce 11 shop (REST v3, order storage HPOS)."""

import copy
import json
import math
from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime
from pathlib import Path
from random import Random
from typing import Any, ClassVar
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from werkzeug.wrappers import Request, Response

from ..server import Simulator
from . import auth, growth, query
from .shape import at_decimals, only, trash_meta

PREFIX = "/wp-json/"
API = f"{PREFIX}wc/v3/"
ALL = "GET, POST, PUT, PATCH, DELETE"
_HEADERS = {
    "X-Powered-By": "PHP/8.2.36",
    "X-Robots-Tag": "noindex",
    "X-Content-Type-Options": "nosniff",
    "Access-Control-Expose-Headers": "X-WP-Total, X-WP-TotalPages, Link",
    "Expires": "Wed, 11 Jan 1984 05:00:00 GMT",
    "Cache-Control": "no-cache, must-revalidate, max-age=0, no-store, private",
}
_AMOUNTS = ("discount_total", "discount_tax", "shipping_total", "shipping_tax", "cart_tax", "total")
_LINES = ("line_items", "tax_lines", "shipping_lines", "fee_lines", "coupon_lines", "refunds")
EXACT_DIGITS = 6
# Those that every WordPress with WooCommerce has
ROLES = (
    "administrator",
    "editor",
    "author",
    "contributor",
    "subscriber",
    "customer",
    "shop_manager",
)
# Paths whose recording has another name than theirs
_FILES = {
    "data/currencies/current": "currency_current",
    "settings/general": "settings_general",
    "settings/tax": "settings_tax",
}
MESSAGES = {
    "woocommerce_rest_cannot_view": "Sorry, you cannot list resources.",
    "rest_no_route": "No route was found matching the URL and request method.",
    "rest_invalid_json": "Invalid JSON body passed.",
}


class WooCommerceSimulator(Simulator):
    """Loads a folder of recordings: ``orders_page*.json`` (and ``orders_dp6_page*``),
    ``orders_<id>_refunds.json``, ``order_trashed_direct.json``, products, customers,
    settings. What is missing is empty.

    What a shop may be like: ``active`` (the WooCommerce plugin), ``has_refunds_route``
    (WooCommerce 9 and later), ``drops_authorization`` (the server keeps that header from
    PHP), ``ignored_params`` (of order lists: what an old version does not know),
    ``forbidden`` (first parts of paths this key's user may not see, as plugins for roles
    arrange it), ``ships`` (shipping is not switched off), ``translated`` (the site is not
    in English), ``keys`` (name -> Key).
    """

    code = "woocommerce"
    credentials: ClassVar[dict[str, str]] = {
        "consumer_key": "ck_5172f0c1a9d84b3e6f70",
        "consumer_secret": "cs_93ad07be41c25f8860d1",
    }

    def __init__(self, data: Path):
        super().__init__(data)
        self.active = True
        self.has_refunds_route = True
        self.drops_authorization = False
        self.ships = True
        self.translated = False
        self.ignored_params: set[str] = set()
        self.forbidden: set[str] = set()
        self.keys = {
            self.credentials["consumer_key"]: auth.Key(
                self.credentials["consumer_secret"], "read_write"
            )
        }
        self._shuffle = Random(20261123).shuffle
        self.index = self._load("wp_json_index", {})
        self.zone = ZoneInfo(self.index.get("timezone_string") or "UTC")
        self.products = self._load_all("products_page*.json")
        self.customers = self._load("customers", [])
        self.taxes = self._load("taxes", [])
        self.statuses = self._load("reports_orders_totals", [])
        self.orders: dict[int, dict[str, Any]] = {}
        for order in self._load_all("orders_page*.json"):
            self.orders[order["id"]] = order
        trashed = self._load("order_trashed_direct", None)
        if trashed:
            self.orders[trashed["id"]] = trashed
        self.exact = {order["id"]: order for order in self._load_all("orders_dp6_page*.json")}
        self.refunds = {
            order_id: self._load(f"orders_{order_id}_refunds", []) for order_id in self.orders
        }

    def _load(self, name: str, missing: Any) -> Any:
        path = self.data / f"{name}.json"
        return json.loads(path.read_text("utf-8")) if path.exists() else missing

    def _load_all(self, pattern: str) -> list[dict[str, Any]]:
        pages = sorted(self.data.glob(pattern))
        return [item for page in pages for item in json.loads(page.read_text("utf-8"))]

    # -- what tests and the demo do to the shop

    def deny(self, right: str) -> None:
        if right == "read":
            self.keys[self.credentials["consumer_key"]].permissions = "write"
        else:
            self.forbidden.add(right)  # named as the first part of the path

    def order_ids(self) -> list[str]:
        drafts = ("auto-draft", "checkout-draft")
        return [str(key) for key, order in self.orders.items() if order["status"] not in drafts]

    def touch(self, external_id: str, when: datetime | None = None) -> None:
        with self.lock:
            note = self.orders[int(external_id)]["customer_note"]
            self.change(external_id, when, customer_note=f"{note} (edited)".strip())

    def change(self, external_id: str, when: datetime | None = None, **fields: Any) -> None:
        """Write ``fields`` to an order; its change date moves."""
        with self.lock:
            order = self.orders[int(external_id)]
            order.update(fields)
            self._date(order, "date_modified", when or self.newest() + timedelta(seconds=2))

    def trash(self, external_id: str, when: datetime | None = None) -> None:
        with self.lock:
            order = self.orders[int(external_id)]
            metas = [
                *order["meta_data"],
                trash_meta("_wp_trash_meta_status", f"wc-{order['status']}"),
            ]
            self.change(external_id, when, status="trash", meta_data=metas)

    def erase(self, external_id: str) -> None:
        """Force-delete: no trace is left."""
        with self.lock:
            del self.orders[int(external_id)]
            self.refunds.pop(int(external_id), None)

    def refund(self, external_id: str, line_id: int | None = None, amount: str = "") -> int:
        """Give back a whole line, or a mere ``amount`` without lines; the refund's id."""
        with self.lock:
            order = self.orders[int(external_id)]
            made = growth.refund_of(order, line_id, amount, self.next_id())
            when = self.newest() + timedelta(seconds=2)
            self._date(made, "date_created", when)
            self.refunds.setdefault(order["id"], []).append(made)
            tax = sum((Decimal(line["tax_total"]) for line in made["tax_lines"]), Decimal(0))
            summary = {
                "id": made["id"],
                "reason": made["reason"],
                "total": f"-{made['amount']}",
                "total_tax": f"{tax:.2f}",
            }
            self.change(external_id, when, refunds=[summary, *order["refunds"]])
            return made["id"]

    def add(self, order: dict[str, Any]) -> None:
        """Put an order in as it is; it may be broken."""
        with self.lock:
            self.orders[order["id"]] = order

    def grow(self, count: int) -> list[str]:
        with self.lock:
            makes = growth.Orders(self.products, self.taxes, list(self.orders.values()))
            start, first = self.newest(), self.next_id()
            made = []
            for step in range(1, count + 1):
                order = makes.order(first + step)
                for field in ("date_created", "date_modified"):
                    self._date(order, field, start + timedelta(minutes=step))
                paid = order.pop("is_paid")
                self._date(order, "date_paid", start + timedelta(minutes=step) if paid else None)
                self.add(order)
                made.append(str(order["id"]))
            return made

    def newest(self) -> datetime:
        """The last change, aware UTC."""
        dates = [order.get("date_modified_gmt") for order in self.orders.values()]
        last = max((date for date in dates if date), default="2026-01-01T00:00:00")
        return datetime.fromisoformat(last).replace(tzinfo=UTC)

    def next_id(self) -> int:
        ids = [*self.orders, *(r["id"] for refunds in self.refunds.values() for r in refunds)]
        return max(ids, default=0) + 1

    def now(self) -> datetime:
        """The shop's clock: no order was changed in its future."""
        return max(datetime.now(UTC), self.newest() + timedelta(seconds=1))

    def _date(self, item: dict[str, Any], field: str, when: datetime | None) -> None:
        """Local date and its GMT twin, both without zone."""
        text = "%Y-%m-%dT%H:%M:%S"
        item[field] = when and when.astimezone(self.zone).strftime(text)
        item[f"{field}_gmt"] = when and when.astimezone(UTC).strftime(text)

    # -- requests

    def handle(self, request: Request) -> Response:
        if not request.path.startswith(PREFIX):
            page = "<!DOCTYPE html><html><body>Page not found</body></html>"
            return Response(page, 404, mimetype="text/html")
        if request.path == PREFIX:
            return self._reply(request, only(self._site(), request))
        if not request.path.startswith(API) or not self.active:
            return self._error(request, 404, "rest_no_route")
        try:
            key = auth.authenticate(
                request, self.keys, drops_authorization=self.drops_authorization
            )
            if key:
                key.check(request.method)
        except auth.Refusal as refusal:
            return self._error(request, 401, refusal.code, refusal.message)
        return self._route(request, key)

    def _site(self) -> dict[str, Any]:
        namespaces = self.index.get("namespaces", ["wp/v2", "wc/v3"])
        hidden = () if self.active else ("wc/",)
        kept = [name for name in namespaces if not name.startswith(hidden or "-")]
        return {**self.index, "namespaces": kept}

    def _route(self, request: Request, key: auth.Key | None) -> Response:
        parts = request.path.removeprefix(API).strip("/").split("/")
        if request.method == "OPTIONS":
            return self._reply(request, self._description(parts))
        if key is None or not key.capable or parts[0] in self.forbidden:
            status = 403 if key else 401
            return self._error(request, status, "woocommerce_rest_cannot_view")
        if request.method != "GET":
            return self._write(request, parts)
        return self._read(request, parts)

    def _description(self, parts: list[str]) -> dict[str, Any]:
        """What every key is told of a route; of the parameters only those that somebody uses."""
        args = {}
        if parts == ["customers"]:
            roles = dict.fromkeys([*ROLES, *(customer["role"] for customer in self.customers)])
            args["role"] = {"type": "string", "default": "customer", "enum": ["all", *roles]}
        endpoint = {"methods": ["GET"], "args": args}
        return {"namespace": "wc/v3", "methods": ["GET"], "endpoints": [endpoint]}

    def _read(self, request: Request, parts: list[str]) -> Response:
        if parts[0] == "orders":
            return self._orders(request, parts[1:])
        if parts == ["refunds"] and self.has_refunds_route:
            return self._refund_list(request)
        if parts in (["products"], ["customers"]):
            return self._catalogue(request, parts[0])
        if parts == ["reports", "orders", "totals"]:
            return self._reply(request, only(self._order_totals(), request))
        if parts[0] == "shipping" and not self.ships:
            return self._error(request, 404, "rest_no_route", "Shipping is disabled.")
        return self._file(request, parts)

    def _orders(self, request: Request, parts: list[str]) -> Response:
        if not parts:
            return self._order_list(request)
        order = self.orders.get(int(parts[0])) if parts[0].isdigit() else None
        if len(parts) == 2 and parts[1] == "refunds" and parts[0].isdigit():
            # of an unknown order: an empty list, no error
            return self._reply(request, self.refunds.get(int(parts[0]), []), allow="GET, POST")
        if len(parts) != 1 or not parts[0].isdigit():
            return self._error(request, 404, "rest_no_route")
        if order is None:
            return self._invalid_id(request)
        dp = request.args.get("dp", "")
        shown = self._shown(order, int(dp) if dp.isdigit() else None)
        return self._reply(request, shown, allow=ALL)

    def _order_list(self, request: Request) -> Response:
        try:
            known = {k: v for k, v in request.args.items() if k not in self.ignored_params}
            asked = query.parse(known, self._statuses(), self.zone)
        except query.Invalid as invalid:
            return self._invalid_params(request, invalid)
        found = query.select(list(self.orders.values()), asked)
        shown = self._page(found, asked)
        items = [self._shown(order, asked.dp) for order in shown]
        return self._list(request, items, len(found), asked)

    def _refund_list(self, request: Request) -> Response:
        """All refunds, with their order; ``parent`` is ignored."""
        try:
            asked = query.parse(request.args, self._statuses(), self.zone)
        except query.Invalid as invalid:
            return self._invalid_params(request, invalid)
        found = [
            {"id": refund["id"], "parent_id": order_id, **refund}
            for order_id, refunds in self.refunds.items()
            for refund in refunds
            if not asked.include or refund["id"] in asked.include
        ]
        found.sort(key=lambda refund: (refund["date_created_gmt"], refund["id"]), reverse=True)
        return self._list(request, self._page(found, asked), len(found), asked)

    def _catalogue(self, request: Request, name: str) -> Response:
        """Products or customers; of the latter only those of one role, unless asked."""
        try:
            asked = query.parse(request.args, self._statuses(), self.zone)
        except query.Invalid as invalid:
            return self._invalid_params(request, invalid)
        role = request.args.get("role", "customer")
        found = [
            item
            for item in (self.products if name == "products" else self.customers)
            if (not asked.include or item["id"] in asked.include)
            and (name == "products" or role in ("all", item["role"]))
        ]
        found.sort(key=lambda item: item["id"], reverse=asked.order == "desc")
        return self._list(request, self._page(found, asked), len(found), asked)

    def _order_totals(self) -> list[dict[str, Any]]:
        """Statuses with their names and the number of their orders."""
        names = {status["slug"]: status["name"] for status in self.statuses}
        slugs = [slug for slug in self._statuses() if slug not in ("any", "trash", "auto-draft")]
        found = Counter(order.get("status") for order in self.orders.values())
        return [
            {"slug": slug, "name": names.get(slug, slug.capitalize()), "total": found[slug]}
            for slug in slugs
        ]

    def _file(self, request: Request, parts: list[str]) -> Response:
        name = _FILES.get("/".join(parts), "_".join(parts))
        found = self._load(name, None)
        if found is None or not all(part.replace("-", "_").isidentifier() or part.isdigit()
                                    for part in parts):  # fmt: skip
            return self._error(request, 404, "rest_no_route")
        return self._reply(request, only(found, request))

    def _write(self, request: Request, parts: list[str]) -> Response:
        if parts[0] != "orders" or len(parts) != 2 or not parts[1].isdigit():
            return self._error(request, 404, "rest_no_route")
        order = self.orders.get(int(parts[1]))
        if order is None:
            return self._invalid_id(request, 404 if request.method == "DELETE" else 400)
        if request.method == "DELETE":
            # the reply tells the status from before
            before = self._shown(order, None)
            force = request.args.get("force", "").lower() in ("1", "true")
            (self.erase if force else self.trash)(parts[1])
            return self._reply(request, before, allow=ALL)
        try:
            body = json.loads(request.data or b"{}")
        except ValueError:
            data = {"json_error_code": 4, "json_error_message": "Syntax error"}
            return self._error(request, 400, "rest_invalid_json", data=data)
        allowed = self._statuses()[2:]
        if body.get("status", allowed[0]) not in allowed:
            return self._invalid_params(request, query.status_problem(allowed))
        fields = ("status", "customer_note", "transaction_id", "billing", "shipping")
        self.change(parts[1], **{name: body[name] for name in fields if name in body})
        return self._reply(request, self._shown(order, None), allow=ALL)

    # -- replies

    def _shown(self, order: dict[str, Any], dp: int | None) -> dict[str, Any]:
        """The order at ``dp`` decimals; its meta data comes in another order each time."""
        shown = copy.deepcopy(order)
        if dp is not None and dp != 2:
            exact = copy.deepcopy(self.exact.get(order.get("id"), {}))
            shown.update({k: exact[k] for k in (*_AMOUNTS, "total_tax", *_LINES) if k in exact})
            if not exact or dp != EXACT_DIGITS:
                shown = at_decimals(shown, dp)
        metas = shown.get("meta_data")
        if isinstance(metas, list):
            self._shuffle(metas)
        return shown

    @staticmethod
    def _page(found: list, asked: query.Query) -> list:
        start = (asked.page - 1) * asked.per_page if asked.offset is None else asked.offset
        return found[start : start + asked.per_page]

    def _list(self, request, items, total: int, asked: query.Query) -> Response:
        """Past the last page the totals are 0, as order storage HPOS has it."""
        if not items and asked.page > 1:
            total = 0
        pages = math.ceil(total / asked.per_page)
        reply = self._reply(request, only(items, request), allow="GET, POST")
        reply.headers["X-WP-Total"], reply.headers["X-WP-TotalPages"] = str(total), str(pages)
        links = []
        if asked.page > 1:
            links.append(("prev", min(asked.page - 1, pages)))
        if pages > asked.page:
            links.append(("next", asked.page + 1))
        # every parameter is repeated, a used OAuth nonce and signature included
        for rel, page in links:
            again = {**request.args.to_dict(), "page": page}
            reply.headers.add("Link", f'<{request.base_url}?{urlencode(again)}>; rel="{rel}"')
        return reply

    def _statuses(self) -> tuple[str, ...]:
        own = [order.get("status") for order in self.orders.values()]
        usual = {*query.STATUSES, "checkout-draft", "trash"}
        extra = dict.fromkeys(status for status in own if status and status not in usual)
        return ("any", "trash", *query.STATUSES, *extra, "checkout-draft")

    def _invalid_id(self, request: Request, status: int = 404) -> Response:
        return self._error(request, status, "woocommerce_rest_shop_order_invalid_id", "Invalid ID.")

    def _invalid_params(self, request: Request, invalid: query.Invalid) -> Response:
        data = {
            "params": {name: message for name, (_, message) in invalid.found.items()},
            "details": {
                name: {"code": code, "message": message, "data": None}
                for name, (code, message) in invalid.found.items()
            },
        }
        message = f"Invalid parameter(s): {', '.join(invalid.found)}"
        return self._error(request, 400, "rest_invalid_param", message, data)

    def _error(self, request, status: int, code: str, message: str = "", data=None) -> Response:
        message = message or MESSAGES[code]
        if self.translated:
            message = "Désolé, quelque chose ne va pas."
        body = {"code": code, "message": message, "data": {"status": status, **(data or {})}}
        return self._reply(request, body, status)

    def _reply(self, request, body: Any, status: int = 200, allow: str = "GET") -> Response:
        text = json.dumps(body, separators=(",", ":")).replace("/", "\\/")
        reply = Response(text, status, content_type="application/json; charset=UTF-8")
        reply.headers.extend(_HEADERS)
        reply.headers["Allow"] = allow
        reply.headers["Date"] = format_datetime(self.now(), usegmt=True)
        return reply
