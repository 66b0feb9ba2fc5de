"""A simulated Ciama hub; the API is described in ``platforms/ciama/client.py``."""

import base64
import copy
import json
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from random import Random
from typing import Any, ClassVar

from werkzeug.wrappers import Request, Response

from .server import Simulator

PREFIX = "/ciama/v1/"
DEFAULT_LIMIT, MAX_LIMIT = 100, 500
CENT = Decimal("0.01")
_PEOPLE = (("Anne", "Petit"), ("Léo", "Garnier"), ("Mia", "Lopez"), ("Tom", "Weber"))
_TOWNS = (("FR", "75011", "Paris"), ("FR", "13001", "Marseille"), ("FR", "31000", "Toulouse"))
_DEFAULT_PRODUCT = ("LMP-ARIA", "Lampe de bureau Aria", Decimal("49.92"), "20")


class CiamaSimulator(Simulator):
    """Loads ``orders.json`` (``{"orders": [...]}``) and, where there is one,
    ``shop.json``. ``scopes`` are what the key may do; ``maintenance`` answers 503."""

    code = "ciama"
    credentials: ClassVar[dict[str, str]] = {"api_key": "ciama_simulated_0123456789abcdef"}

    def __init__(self, data: Path):
        super().__init__(data)
        path = data / "orders.json"
        orders = json.loads(path.read_text("utf-8"))["orders"] if path.exists() else []
        self.orders: dict[str, dict] = {}
        self.places: dict[str, int] = {}  # external id -> number of its last write
        self._writes = 0
        for order in sorted(orders, key=lambda order: str(order.get("updated_at"))):
            self.write(order)
        shop = data / "shop.json"
        self.shop = json.loads(shop.read_text("utf-8")) if shop.exists() else {
            "name": "Ciama hub of the testbed",
            "schema_version": "1",
            "currency": "EUR",
            "timezone": "Europe/Paris",
            "languages": ["fr", "en"],
            "prices_include_tax": True,
        }  # fmt: skip
        self.scopes = {"orders:read"}
        self.maintenance = False
        self._grown = 0

    # -- what tests do to the hub

    def write(self, order: dict) -> None:
        """Add or replace an order; it moves to the end of the sequence of changes."""
        with self.lock:
            self._writes += 1
            self.orders[order["external_id"]] = order
            self.places[order["external_id"]] = self._writes

    def order_ids(self) -> list[str]:
        return list(self.orders)

    def touch(self, external_id: str, when: datetime | None = None) -> None:
        with self.lock:
            order = copy.deepcopy(self.orders[external_id])
            order["customer_note"] = f"{order.get('customer_note', '')} (edited)".strip()
            order["updated_at"] = (when or self._newest() + timedelta(seconds=2)).isoformat()
            self.write(order)

    def grow(self, count: int) -> list[str]:
        with self.lock:
            products = self._products()
            start = self._newest()
            made = []
            for step in range(1, count + 1):
                self._grown += 1
                order = _synthetic(self._grown, start + timedelta(minutes=step), products)
                self.write(order)
                made.append(order["external_id"])
            return made

    # -- requests

    def handle(self, request: Request) -> Response:
        return self._refusal(request) or self._answer(request)

    def _refusal(self, request: Request) -> Response | None:
        if self.maintenance:
            return _error(503, "maintenance", "Back at noon")
        if not request.path.startswith(PREFIX):
            return Response("Not Found", 404, mimetype="text/plain")
        if request.headers.get("Authorization") != f"Bearer {self.credentials['api_key']}":
            return _error(401, "unauthorized", "Unknown API key")
        if request.method != "GET":
            return _error(405, "method_not_allowed", "Only GET")
        return None

    def _answer(self, request: Request) -> Response:
        path = request.path.removeprefix(PREFIX)
        if path == "shop":
            return _json(self.shop)
        if "orders:read" not in self.scopes:
            return _error(403, "forbidden", "The key lacks the scope orders:read")
        calls = {
            "orders": self._list,
            "latest": self._latest,
            "count": self._count,
            "vocabulary": self._vocabulary,
        }
        if path in calls:
            try:
                return calls[path](request.args)
            except (ValueError, KeyError, TypeError) as error:
                message = f"{type(error).__name__} in the parameters"
                return _error(400, "invalid_request", message)
        order = self.orders.get(path.removeprefix("orders/"))
        return _json(order) if order else _error(404, "not_found", "No such order")

    def _list(self, asked) -> Response:
        limit, (place, since) = _limit(asked), _place(asked)
        found = [
            (self.places[order_id], order)
            for order_id, order in self.orders.items()
            if self.places[order_id] > place
            and asked.get("number") in (None, order.get("number"))
            and (not since or _changed(order) >= since)
        ]
        found.sort(key=lambda entry: entry[0])
        page = found[:limit]
        after = page[-1][0] if page else place
        state = {"after": after, "since": since.isoformat() if since else None}
        return _json(
            {
                "orders": [order for _, order in page],
                "next_cursor": base64.urlsafe_b64encode(json.dumps(state).encode()).decode(),
                "has_more": len(found) > limit,
            }
        )

    def _latest(self, asked) -> Response:
        newest = sorted(self.orders.values(), key=_placed, reverse=True)
        return _json({"orders": newest[: _limit(asked)]})

    def _count(self, asked) -> Response:
        since, until = _moment(asked.get("placed_since")), _moment(asked.get("placed_until"))
        found = [
            order
            for order in self.orders.values()
            if (not since or _placed(order) >= since) and (not until or _placed(order) < until)
        ]
        return _json({"count": len(found)})

    def _vocabulary(self, asked) -> Response:
        """Everything the orders use; a real hub tells what its sources are set up with."""
        told: dict[str, dict[str, str]] = {
            "payment_methods": {},
            "carriers": {},
            "statuses": {},
            "groups": {},
        }
        for order in self.orders.values():
            method, customer = order.get("payment_method"), order.get("customer")
            if method:
                told["payment_methods"][method["code"]] = method.get("label") or ""
            if customer and customer.get("group_id"):
                told["groups"][customer["group_id"]] = customer.get("group_name") or ""
            if order.get("shop_status"):
                told["statuses"][order["shop_status"]] = order["shop_status"]
            for line in order.get("lines") or ():
                if line.get("shipping"):
                    told["carriers"][line["shipping"]["code"]] = line["shipping"]["title"]
        return _json(
            {
                kind: [{"value": value, "label": label} for value, label in sorted(words.items())]
                for kind, words in told.items()
            }
        )

    # -- helpers

    def _newest(self) -> datetime:
        dates = [_changed(order) for order in self.orders.values()]
        return max(dates, default=datetime(2026, 1, 1, tzinfo=UTC))

    def _products(self) -> list[tuple[str, str, Decimal, str]]:
        """(SKU, name, net of a unit, rate) of lines with one tax in euro."""
        found = {}
        for order in self.orders.values():
            for line in order.get("lines") or ():
                if line.get("sku") and len(line["taxes"]) == 1 and order["currency"] == "EUR":
                    net = (Decimal(line["net"]) / Decimal(line["quantity"])).quantize(CENT)
                    entry = (line["sku"], line["name"], net, line["taxes"][0]["rate"])
                    found.setdefault(line["sku"], entry)
        return sorted(found.values()) or [_DEFAULT_PRODUCT]


def _place(asked) -> tuple[int, datetime | None]:
    """(after which write, updated since when) of a request."""
    if asked.get("cursor"):
        state = json.loads(base64.urlsafe_b64decode(asked["cursor"]))
        since = state["since"]
        return int(state["after"]), datetime.fromisoformat(since) if since else None
    return 0, _moment(asked.get("updated_since"))


def _moment(given: str | None) -> datetime | None:
    moment = datetime.fromisoformat(given) if given else None
    if moment and not moment.tzinfo:
        raise ValueError("a date without a zone")
    return moment


def _limit(asked) -> int:
    limit = int(asked.get("limit", DEFAULT_LIMIT))
    if not 1 <= limit <= MAX_LIMIT:
        raise ValueError(f"limit must be 1 to {MAX_LIMIT}")
    return limit


def _placed(order: dict) -> datetime:
    """Of a broken order the beginning of time."""
    try:
        return datetime.fromisoformat(str(order.get("created_at"))).astimezone(UTC)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)


def _changed(order: dict) -> datetime:
    """Of a broken order the present, so that it is found."""
    try:
        moment = datetime.fromisoformat(str(order.get("updated_at")))
    except ValueError:
        return datetime.now(UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _synthetic(index: int, when: datetime, products) -> dict[str, Any]:
    random = Random(index)
    lines = []
    for row in range(1, random.randint(1, 4) + 1):
        sku, name, unit, rate = random.choice(products)
        quantity = random.randint(1, 5)
        lines.append(
            _line(str(row), name, unit * quantity, rate) | {"sku": sku, "quantity": str(quantity)}
        )
    lines.append(
        _line("ship", "Colissimo", Decimal("4.92"), "20")
        | {"kind": "shipping", "requires_shipping": False}
        | {"shipping": {"code": "colissimo", "title": "Colissimo"}}
    )  # fmt: skip
    first, last = random.choice(_PEOPLE)
    country, zip_code, city = random.choice(_TOWNS)
    person = {"first_name": first, "last_name": f"{last} {index}"}
    place = {"street": f"{random.randint(1, 99)} rue Haute", "zip": zip_code, "city": city}
    address = {**person, **place, "country": country}
    total = sum((Decimal(line["gross"]) for line in lines), Decimal(0))
    method = {"code": "stripe", "label": "Carte bancaire"}
    return {
        "schema_version": "1",
        "platform": "magento",
        "external_id": f"magento-grown-{index}",
        "number": f"CG-{index:06d}",
        "channel": "web",
        "created_at": when.isoformat(),
        "updated_at": when.isoformat(),
        "status": "paid",
        "payment_status": "paid",
        "currency": "EUR",
        "prices_include_tax": True,
        "total": str(total),
        "total_tax": str(sum((Decimal(line["tax"]) for line in lines), Decimal(0))),
        "total_paid": str(total),
        "lines": lines,
        "payment_method": method,
        "payments": [
            {
                "id": f"pay-{index}",
                "transaction_id": f"tx_{index:08d}",
                "method": method,
                "amount": str(total),
                "currency": "EUR",
                "paid_at": when.isoformat(),
            }
        ],
        "customer": {**person, "external_id": f"G-{index}", "email": f"g{index}@example.com"},
        "billing_address": address,
        "shipping_address": address,
        "language": "fr",
    }


def _line(line_id: str, name: str, net: Decimal, rate: str) -> dict[str, Any]:
    tax = (net * Decimal(rate) / 100).quantize(CENT, ROUND_HALF_UP)
    return {
        "id": line_id,
        "name": name,
        "net": str(net),
        "tax": str(tax),
        "gross": str(net + tax),
        "taxes": [{"rate": rate, "amount": str(tax), "label": f"TVA {rate} %"}],
    }


def _json(body: Any, status: int = 200) -> Response:
    return Response(json.dumps(body), status, mimetype="application/json")


def _error(status: int, code: str, message: str) -> Response:
    return _json({"error": {"code": code, "message": message}}, status)
