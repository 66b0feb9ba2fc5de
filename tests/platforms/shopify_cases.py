"""The recorded Shopify orders, and the means to change one."""

import copy
import json
from decimal import Decimal

from ciama_connector.canonical import Order
from ciama_connector.platforms.shopify.orders import normalize
from testbed import DATA

RECORDED = {
    order["name"]: order
    for path in sorted((DATA / "shopify").glob("orders.page*.json"))
    for order in json.loads(path.read_text(encoding="utf-8"))["data"]["orders"]["nodes"]
}


def recorded(name: str) -> dict:
    """A copy of a recorded order, to be changed."""
    return copy.deepcopy(RECORDED[name])


def canonical(order: dict) -> Order:
    return normalize({"order": order})


def order_of(number: str, /, **changes) -> Order:
    """A recorded order with other values in some fields, as canonical order."""
    return canonical({**recorded(number), **changes})


def bag(amount, currency="EUR") -> dict:
    money = {"amount": str(amount), "currencyCode": currency}
    return {"shopMoney": money, "presentmentMoney": money}


def shown(value: dict) -> Decimal:
    return Decimal(value["presentmentMoney"]["amount"])


def tax_line(amount, rate=0.2, title="FR TVA") -> dict:
    return {
        "title": title,
        "rate": rate,
        "ratePercentage": rate * 100,
        "channelLiable": False,
        "priceSet": bag(amount),
    }
