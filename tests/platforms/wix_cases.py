"""The sample Wix orders, and the means to change one."""

import copy
import json
from decimal import Decimal

import pytest

from ciama_connector.canonical import (
    Problem,
    check,
)
from ciama_connector.platforms.wix.client import WixConnector
from testbed import DATA

from .support import stored

D = Decimal


def _load(name, key):
    return json.loads((DATA / "wix" / name).read_text("utf-8"))[key]


PAID = {
    entry["orderId"]: entry for entry in _load("transactions.list-by-ids.json", "orderTransactions")
}
SENT = {
    entry["orderId"]: entry
    for entry in _load("fulfillments.list-by-ids.json", "ordersWithFulfillments")
}
ORDERS = {
    order["number"]: {
        "order": order,
        "payments": PAID[order["id"]]["payments"],
        "refunds": PAID[order["id"]]["refunds"],
        "fulfillments": SENT[order["id"]]["fulfillments"],
    }
    for page in (1, 2, 3)
    for order in _load(f"orders.search.page{page}.json", "orders")
}


def payload(number):
    return copy.deepcopy(ORDERS[number])


def normalize(number_or_payload):
    value = payload(number_or_payload) if isinstance(number_or_payload, str) else number_or_payload
    return WixConnector.normalize(stored(value))


def by_rate(order):
    """{rate: (net, tax)} over all lines; rate None where a line has no tax."""
    found = {}
    for line in order.lines:
        rate = sum((tax.rate for tax in line.taxes), D(0)) if line.taxes else None
        net, tax = found.get(rate, (D(0), D(0)))
        found[rate] = (net + line.net, tax + line.tax)
    return found


def refused(value):
    with pytest.raises(Problem) as caught:
        check(normalize(value))
    return caught.value


def changed(number, **changes):
    value = payload(number)
    value["order"] |= changes
    return value
