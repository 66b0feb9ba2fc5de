"""Money, taxes, payments and refunds as the GraphQL Admin API writes them.

A refund's ``subtotalSet`` is after discounts and holds the tax where prices do; what a
refund gave beyond its lines stands in ``orderAdjustments``, with the opposite sign
(https://shopify.dev/docs/api/admin-graphql/2026-07/objects/Refund and OrderAdjustment).
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from . import wire
from .wire import ZERO, money

# (gateway, its title): Shopify's own provider, methods by hand, and what is no payment
GATEWAYS = {
    "card": ("shopify_payments", "Shopify Payments"),
    "bank_wire": ("Bank Deposit", "Bank Deposit"),
    "gift_card": ("gift_card", "Gift Card"),
    "store_credit": ("shopify_store_credit", "Store credit"),
    "cash_on_delivery": ("Cash on Delivery (COD)", "Cash on Delivery (COD)"),
}


class Till:
    """The currencies of one order, and its ids."""

    def __init__(self, order: Mapping[str, Any]):
        self.order = order
        self.currency = order["currency"]
        self.own = order.get("shop_currency") or self.currency
        self.rate = money(order.get("exchange_rate") or 1)
        self.included = bool(order["prices_include_tax"])
        self.since = order["created_at"]

    def gid(self, kind: str, *names: Any) -> str:
        number = wire.number(kind, self.order["external_id"], *names)
        return f"gid://shopify/{kind}/{number}"

    def bag(self, amount: Any) -> dict[str, Any]:
        """A MoneyBag: the shop's own money and the buyer's."""
        given = money(amount)
        own = given
        if self.own != self.currency:
            own = wire.rounded(given / self.rate, wire.digits(self.own))
        return {
            "shopMoney": _money(own, self.own),
            "presentmentMoney": _money(given, self.currency),
        }

    def shown(self, part: Mapping[str, Any]) -> Decimal:
        return wire.shown(part, included=self.included)

    def tax_lines(self, taxes: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
        return [self._tax_line(tax, money(tax["amount"])) for tax in taxes]

    def tax_totals(self, lines: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """The order's taxes, those of one title and rate together."""
        sums: dict[tuple, Decimal] = {}
        for line in lines:
            for tax in wire.listed(line, "taxes"):
                key = tax.get("label"), str(tax.get("rate"))
                sums[key] = sums.get(key, ZERO) + money(tax["amount"])
        return [
            self._tax_line({"label": label, "rate": rate}, amount)
            for (label, rate), amount in sums.items()
        ]

    def _tax_line(self, tax: Mapping[str, Any], amount: Decimal) -> dict[str, Any]:
        why = "Shopify rounds the tax of each line to what can be paid"
        percent = money(tax["rate"])
        return {
            "title": tax.get("label") or "Tax",
            "rate": float(percent / 100),
            "ratePercentage": float(percent),
            "source": None,
            "channelLiable": False,
            "priceSet": self.bag(wire.whole_cents(amount, self.currency, why)),
        }


def _money(amount: Decimal, currency: str) -> dict[str, str]:
    """ "29.9" and "6.0": one digit after the point at least, no zeros behind."""
    text = f"{amount.normalize():f}"
    return {"amount": text if "." in text else f"{text}.0", "currencyCode": currency}


def iso(value: Any) -> str | None:
    when = wire.moment(value)
    return when and when.strftime("%Y-%m-%dT%H:%M:%SZ")


# -- payments


def transactions(till: Till) -> list[dict[str, Any]]:
    """Sales and authorizations, the refunds behind them; of an order that waits for its
    money by hand (cash on delivery, bank deposit) the pending sale of the checkout."""
    made = [each for one in wire.listed(till.order, "payments") for each in _received(till, one)]
    if not made and money(till.order["total"]) and till.order.get("payment_method"):
        method = till.order["payment_method"]
        made.append(
            _transaction(till, "SALE", till.order["total"], method, id="awaited", status="PENDING")
        )
    parent = next((one["id"] for one in made if one["kind"] in ("SALE", "CAPTURE")), None)
    for refund in wire.listed(till.order, "refunds"):
        made += _paid_back(till, refund, parent)
    return made


def gateway_of(method: Mapping[str, Any], kind: str = "payment") -> tuple[str, str]:
    code = method["code"] if kind == "payment" else kind
    return GATEWAYS.get(code, (code, method.get("label") or code))


def _received(till: Till, payment: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A sale; or a card's authorization and, when it has come to it, the capture."""
    facts = {
        "type": payment.get("kind") or "payment",
        "reference": payment.get("transaction_id"),
        "id": payment["id"],
        "at": payment.get("paid_at"),
    }
    given = payment["amount"], payment["method"]
    if not wire.was_authorized(till.order, payment):
        return [_transaction(till, "SALE", *given, **facts)]
    first = {**facts, "id": f"authorization-{payment['id']}", "at": till.since}
    authorization = _transaction(till, "AUTHORIZATION", *given, **first)
    if not payment.get("captured", True):
        return [authorization]
    parent = {"id": authorization["id"]}
    return [authorization, _transaction(till, "CAPTURE", *given, parent=parent, **facts)]


def _transaction(till: Till, kind: str, amount: Any, method, **facts: Any) -> dict[str, Any]:
    gateway, title = gateway_of(method, facts.get("type", "payment"))
    at = iso(facts.get("at") or till.since)
    return {
        "id": till.gid("OrderTransaction", facts["id"]),
        "kind": kind,
        "status": facts.get("status", "SUCCESS"),
        "gateway": gateway,
        "formattedGateway": title,
        "paymentId": facts.get("reference") or f"r{wire.number(till.gid(kind, facts['id'])):x}",
        "createdAt": at,
        "processedAt": at,
        "test": bool(till.order.get("test")),
        "amountSet": till.bag(amount),
        "amountRoundingSet": None,
        "parentTransaction": facts.get("parent"),
    }


def _paid_back(till: Till, refund: Mapping[str, Any], parent: str | None) -> list[dict[str, Any]]:
    if not refund.get("paid_out", True):
        return []
    method = _method_of(till.order)
    facts = {"id": f"refund-{refund['id']}", "at": refund.get("created_at")}
    return [
        _transaction(
            till, "REFUND", refund["amount"], method, parent=parent and {"id": parent}, **facts
        )
    ]


def _method_of(order: Mapping[str, Any]) -> Mapping[str, Any]:
    payments = wire.listed(order, "payments")
    known = [one["method"] for one in payments] or [order.get("payment_method")]
    return known[0] or {"code": "manual", "label": "Manual"}


# -- refunds


def refunds(till: Till, line_gids: Mapping[str, str]) -> list[dict[str, Any]]:
    return [_refund(till, one, line_gids) for one in wire.listed(till.order, "refunds")]


def _refund(till: Till, refund: Mapping[str, Any], line_gids) -> dict[str, Any]:
    lines = {line["id"]: line for line in till.order["lines"]}
    items, shipping, given = [], [], ZERO
    for row in wire.listed(refund, "lines"):
        line = lines[row["line_id"]]
        kind = wire.kind(line)
        if kind in ("fee", "tip"):
            raise wire.CannotExpress(f"a refund of Shopify does not name a {kind}")
        target = shipping if kind == "shipping" else items
        write = _refunded_shipping if kind == "shipping" else _refunded_item
        target.append(write(till, refund, row, line, line_gids))
        given += money(row["net"]) + money(row["tax"])
    paid = money(refund["amount"]) if refund.get("paid_out", True) else ZERO
    beyond = paid - given if paid else ZERO
    at = iso(refund.get("created_at") or till.order["updated_at"])
    entries = [] if not paid else [_entry(till, refund)]
    return {
        "id": till.gid("Refund", refund["id"]),
        "createdAt": at,
        "processedAt": at,
        "note": refund.get("reason") or None,
        "totalRefundedSet": till.bag(paid),
        "refundLineItems": {"nodes": items},
        "refundShippingLines": {"nodes": shipping},
        "orderAdjustments": {"nodes": [_adjustment(till, refund, beyond)] if beyond else []},
        "transactions": {"nodes": entries},
        "duties": [],
    }


def _refunded_item(till: Till, refund, row, line, line_gids) -> dict[str, Any]:
    units = money(row.get("quantity"))
    if not units or units != units.to_integral_value():
        raise wire.CannotExpress("a refunded line of Shopify is a number of whole units")
    back = row.get("restocked")
    removed = money(line.get("quantity_removed")) >= units
    return {
        "id": till.gid("RefundLineItem", refund["id"], row["line_id"]),
        "quantity": int(units),
        "restockType": "CANCEL" if removed else "RETURN" if back else "NO_RESTOCK",
        "restocked": bool(back),
        "lineItem": {"id": line_gids[row["line_id"]]},
        "subtotalSet": till.bag(_amount(till, row)),
        "totalTaxSet": till.bag(row["tax"]),
    }


def _refunded_shipping(till: Till, refund, row, line, line_gids) -> dict[str, Any]:
    return {
        "id": till.gid("RefundShippingLine", refund["id"], row["line_id"]),
        "shippingLine": {"id": line_gids[line["id"]]},
        "subtotalAmountSet": till.bag(_amount(till, row)),
        "taxAmountSet": till.bag(row["tax"]),
    }


def _amount(till: Till, row: Mapping[str, Any]) -> Decimal:
    return money(row["net"]) + (money(row["tax"]) if till.included else ZERO)


def _adjustment(till: Till, refund: Mapping[str, Any], beyond: Decimal) -> dict[str, Any]:
    return {
        "id": till.gid("OrderAdjustment", refund["id"]),
        "reason": "REFUND_DISCREPANCY",
        "amountSet": till.bag(-beyond),
        "taxAmountSet": till.bag(ZERO),
    }


def _entry(till: Till, refund: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": till.gid("OrderTransaction", f"refund-{refund['id']}"),
        "kind": "REFUND",
        "status": "SUCCESS",
        "gateway": gateway_of(_method_of(till.order))[0],
    }
