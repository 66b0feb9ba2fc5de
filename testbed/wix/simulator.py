"""The simulated site. Its replies are held against the official types, and so are the
requests: what Wix's own SDK could not send is refused."""

import json
import time
import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

from werkzeug.wrappers import Request, Response

from ..server import Simulator
from . import contract, query
from .growth import Grower, catalogue, money

MAX_IDS = 100  # of a list-by-ids call
TOKEN_SECONDS = 14400
REQUESTS_A_MINUTE = 200
# By permission, as Wix's SDK names it; the last by what it shows
PATHS = {
    "ECOM.READ_ORDERS": "/ecom/v1/orders/",
    "ECOM.READ_TRANSACTIONS": "/ecom/v1/payments/",
    "ECOM.READ_FULFILLMENTS": "/ecom/v1/fulfillments/",
    "SITE_PROPERTIES": "/site-properties/",
}


class WixSimulator(Simulator):
    """Loads ``orders.search.*.json``, ``transactions.list-by-ids.json``,
    ``fulfillments.list-by-ids.json`` and, where there is one, ``site-properties.json``.

    ``denied`` names paths that answer 403; ``limited`` switches the rate limit on;
    ``violations`` lists every reply of ours that the official types do not allow;
    ``checks_replies`` switches that off where time is measured.
    """

    code = "wix"
    credentials: ClassVar[dict[str, str]] = {
        "api_key": "IST.simulated-api-key-0123456789",
        "site_id": "5a3f2c1e-7b64-4d0f-9f5e-0b8f6a1c2d3e",
    }
    app_credentials: ClassVar[dict[str, str]] = {
        "client_id": "9c1f7d52-3d2a-4b57-8a52-0c7a52f1e0aa",
        "client_secret": "simulated-app-secret-0123456789",
        "instance_id": "2f0c5a9b-1d7e-4a3c-b6f8-e1d2c3b4a596",
    }

    def __init__(self, data: Path):
        super().__init__(data)
        self.orders: list[dict] = []
        for path in sorted(data.glob("orders.search*.json")):
            self.orders += json.loads(path.read_text(encoding="utf-8"))["orders"]
        self.transactions = _by_order(data, "transactions.list-by-ids.json", "orderTransactions")
        self.fulfillments = _by_order(
            data, "fulfillments.list-by-ids.json", "ordersWithFulfillments"
        )
        self.properties = self._properties(data)
        self.denied: set[str] = set()
        self.limited = False
        self.checks_replies = True
        self.violations: list[str] = []
        self.token_seconds = TOKEN_SECONDS
        self.tokens: dict[str, float] = {}  # token -> end, monotonic seconds
        self._calls: list[float] = []
        self._grown = 0

    # -- what tests do to the site

    def deny(self, right: str) -> None:
        self.denied.add(PATHS[right])

    def order_ids(self) -> list[str]:
        return [order["id"] for order in self.orders if order.get("status") != "INITIALIZED"]

    def touch(self, external_id: str, when: datetime | None = None) -> None:
        with self.lock:
            order = self.order(external_id)
            order["buyerNote"] = f"{order.get('buyerNote', '')} (edited)".strip()
            self._changed(order, when)

    def grow(self, count: int) -> list[str]:
        with self.lock:
            grower = Grower(catalogue(self.orders))
            start = self._newest() + timedelta(minutes=1)
            numbers = [order.get("number", "") for order in self.orders]
            number = max((int(text) for text in numbers if text.isdigit()), default=10000)
            made = []
            for step in range(1, count + 1):
                self._grown += 1
                when = start + timedelta(minutes=step)
                order, paid, sent = grower.make(self._grown, number + step, when)
                self.orders.append(order)
                self.transactions[order["id"]] = paid
                self.fulfillments[order["id"]] = sent
                made.append(order["id"])
            return made

    def order(self, external_id: str) -> dict:
        return next(order for order in self.orders if order["id"] == external_id)

    def add_payment(self, external_id: str, amount: str, *, moves_order: bool = True) -> None:
        """An offline payment; ``moves_order=False`` for one that shows up late."""
        with self.lock:
            order = self.order(external_id)
            payment = {
                "id": str(uuid.uuid4()),
                "createdDate": _iso(datetime.now(UTC)),
                "amount": money(Decimal(amount)),
                "regularPaymentDetails": {
                    "offlinePayment": True,
                    "paymentMethod": "Offline",
                    "status": "APPROVED",
                },
            }
            empty = {"orderId": external_id, "payments": [], "refunds": []}
            self.transactions.setdefault(external_id, empty)["payments"].append(payment)
            if moves_order:
                order["paymentStatus"] = "PAID"
                self._changed(order, None)

    def expire_tokens(self) -> None:
        with self.lock:
            self.tokens = dict.fromkeys(self.tokens, 0.0)

    # -- requests

    def handle(self, request: Request) -> Response:
        reply = self._answer(request)
        reply.headers["X-Wix-Request-Id"] = f"{time.time():.6f}{len(self.seen)}"
        return reply

    def _answer(self, request: Request) -> Response:
        if self.limited and self._too_many():
            return _error(429, "RESOURCE_EXHAUSTED", "Too many requests")
        if request.path == "/oauth2/token":
            return self._token(request)
        refusal = self._refusal(request)
        if refusal:
            return refusal
        if request.method == "GET":
            return self._get(request.path)
        return self._post(request)

    def _get(self, path: str) -> Response:
        if path == "/site-properties/v4/properties":
            return _json(self.properties)
        if path.startswith("/ecom/v1/orders/"):
            order_id = path.removeprefix("/ecom/v1/orders/")
            found = [order for order in self.orders if order["id"] == order_id]
            if not found:
                return _error(404, "ORDER_NOT_FOUND", f"Order {order_id} not found")
            return self._reply("GetOrderResponse", {"order": found[0]})
        return _error(404, "NOT_FOUND", "")

    def _post(self, request: Request) -> Response:
        calls = {
            "/ecom/v1/orders/search": ("SearchOrders", self._search),
            "/ecom/v1/payments/list-by-ids": (
                "ListTransactionsForMultipleOrders",
                lambda body: self._by_ids(body, "orderTransactions", self.transactions, "payments"),
            ),
            "/ecom/v1/fulfillments/list-by-ids": (
                "ListFulfillmentsForMultipleOrders",
                lambda body: self._by_ids(
                    body, "ordersWithFulfillments", self.fulfillments, "fulfillments"
                ),
            ),
        }
        if request.path not in calls:
            return _error(404, "NOT_FOUND", "")
        name, answer = calls[request.path]
        try:
            body = json.loads(request.data or b"{}")
        except ValueError:
            return _invalid([{"field": "", "description": "Invalid JSON"}])
        if wrong := contract.violations(f"{name}Request", body):
            return _invalid(
                [{"field": text.partition(":")[0], "description": text} for text in wrong]
            )
        try:
            return self._reply(f"{name}Response", answer(body))
        except query.InvalidQueryError as error:
            return _invalid([error.violation])

    def _search(self, body: dict) -> dict:
        visible = [order for order in self.orders if order.get("status") != "INITIALIZED"]
        return query.run(body.get("search") or {}, visible)

    def _by_ids(self, body: dict, key: str, entries: dict, inner: str) -> dict:
        ids = body["orderIds"]
        if not 1 <= len(ids) <= MAX_IDS:
            raise query.InvalidQueryError(
                "orderIds", f"size must be between 1 and {MAX_IDS}", "MAX_SIZE"
            )
        known = set(self.order_ids())
        return {
            key: [
                entries.get(order_id) or {"orderId": order_id, inner: []}
                for order_id in dict.fromkeys(ids)
                if order_id in known
            ]
        }

    def _reply(self, name: str, body: dict) -> Response:
        if self.checks_replies:
            self.violations += contract.violations(name, body)
        return _json(body)

    # -- who may ask

    def _refusal(self, request: Request) -> Response | None:
        given = request.headers.get("Authorization", "")
        if given == self.credentials["api_key"]:
            if request.headers.get("wix-site-id") != self.credentials["site_id"]:
                return _error(403, "PERMISSION_DENIED", "No access to this site")
        elif self.tokens.get(given, 0.0) <= time.monotonic():
            return _error(401, "UNAUTHENTICATED", "Unauthenticated")
        if any(path in request.path for path in self.denied):
            missing = [name for name, path in PATHS.items() if path in request.path]
            return _error(403, "PERMISSION_DENIED", f"Missing permission: {', '.join(missing)}")
        return None

    def _token(self, request: Request) -> Response:
        given = request.get_json(silent=True) or {}
        if given.get("grant_type") != "client_credentials":
            return _json({"error": "unsupported_grant_type"}, 400)
        if any(given.get(key) != value for key, value in self.app_credentials.items()):
            return _json({"error": "invalid_client"}, 401)
        token = f"OauthNG.JWS.{uuid.uuid4()}"
        self.tokens[token] = time.monotonic() + self.token_seconds
        return _json(
            {"access_token": token, "token_type": "Bearer", "expires_in": self.token_seconds}
        )

    def _too_many(self) -> bool:
        now = time.monotonic()
        self._calls = [moment for moment in self._calls if moment > now - 60] + [now]
        return len(self._calls) > REQUESTS_A_MINUTE

    # -- helpers

    def _newest(self) -> datetime:
        dates = [
            datetime.fromisoformat(order["updatedDate"])
            for order in self.orders
            if order.get("updatedDate")
        ]
        return max(dates, default=datetime(2026, 1, 1, tzinfo=UTC))

    def _changed(self, order: dict, when: datetime | None) -> None:
        order["updatedDate"] = _iso(when or self._newest() + timedelta(milliseconds=1500))

    def _properties(self, data: Path) -> dict[str, Any]:
        path = data / "site-properties.json"
        if path.exists():
            return json.loads(path.read_text(encoding="utf-8"))
        return {
            "version": "7",
            "properties": {
                "siteDisplayName": "Les Jardins simulés",
                "language": "fr",
                "paymentCurrency": "EUR",
                "timeZone": "Europe/Paris",
                "locale": {"languageCode": "fr", "country": "FR"},
            },
        }


def _by_order(data: Path, name: str, key: str) -> dict[str, dict]:
    path = data / name
    if not path.exists():
        return {}
    return {entry["orderId"]: entry for entry in json.loads(path.read_text("utf-8"))[key]}


def _iso(when: datetime) -> str:
    return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _json(body: Any, status: int = 200) -> Response:
    text = json.dumps(body, separators=(",", ":"))
    return Response(text, status, content_type="application/json")


def _error(status: int, code: str, description: str) -> Response:
    error = {"code": code, "description": description, "data": {}}
    return _json({"message": description, "details": {"applicationError": error}}, status)


def _invalid(violations: list[dict]) -> Response:
    message = "; ".join(f"{item['field']} {item['description']}" for item in violations)
    details = {"validationError": {"fieldViolations": violations}}
    return _json({"message": message[:500], "details": details}, 400)
