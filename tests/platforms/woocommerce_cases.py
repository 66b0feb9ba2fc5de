"""The recorded WooCommerce orders, and the means to change one."""

import copy
import json
from decimal import Decimal

import pytest

from ciama_connector.canonical import Problem, check
from ciama_connector.platforms.woocommerce.orders import normalize
from ciama_connector.platforms.woocommerce.tidy import tidy_order
from testbed import DATA

FOLDER = DATA / "woocommerce"


def recorded(name):
    return json.loads((FOLDER / f"{name}.json").read_text("utf-8"))


EXPECTED = {entry["id"]: entry for entry in recorded("expected_totals")}
ORDERS = {
    order["id"]: order
    for name in ("orders_page1", "orders_page2", "order_trashed_direct")
    for order in (recorded(name) if "page" in name else [recorded(name)])
}
D = Decimal


def payload(order_id, **changes):
    """What the client keeps of a recorded order, with ``changes`` to the order."""
    order = tidy_order({**copy.deepcopy(ORDERS[order_id]), **changes})
    path = FOLDER / f"orders_{order_id}_refunds.json"
    refunds = json.loads(path.read_text("utf-8")) if path.exists() else []
    return {"order": order, "refunds": refunds, "customer": {}, "products": {}}


def read(order_id, **changes):
    return normalize(payload(order_id, **changes))


def metas(*pairs):
    return [{"id": n, "key": key, "value": value} for n, (key, value) in enumerate(pairs, 1)]


def with_line(order_id, index=0, **changes):
    """A recorded order with ``changes`` to one product line."""
    lines = copy.deepcopy(ORDERS[order_id]["line_items"])
    lines[index].update(changes)
    return read(order_id, line_items=lines)


def problem_of(given):
    with pytest.raises(Problem) as caught:
        check(normalize(given) if isinstance(given, dict) else given())
    return caught.value
