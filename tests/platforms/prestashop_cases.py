"""The recorded PrestaShop orders as the client keeps them, and the means to change one."""

import copy
from decimal import Decimal
from functools import cache

import pytest

from ciama_connector.canonical import Problem, check
from ciama_connector.platforms.prestashop.orders import normalize
from testbed import DATA
from testbed.prestashop import PrestaShopSimulator

from .support import Rig, pull_all, stored

D = Decimal
CENT = D("0.01")


@cache
def payloads(version=""):
    """{order id: payload} of the shop recorded in this folder ("": 8.2.1)."""
    shop = PrestaShopSimulator(DATA / "prestashop" / version)
    with shop.running() as url:
        orders, _, _ = pull_all(Rig(shop, url).checked_connector())
    return {int(key): stored(raw.payload) for key, raw in orders.items()}


def payload(order_id, version="", **changes):
    """A recorded payload with ``changes`` to its order."""
    found = copy.deepcopy(payloads(version)[order_id])
    found["order"].update(changes)
    return found


def read(order_id, version="", **changes):
    return normalize(payload(order_id, version, **changes))


def problem_of(given):
    with pytest.raises(Problem) as caught:
        check(normalize(given))
    return caught.value


def by_rate(order):
    """{rate: tax in whole cents}, as it goes to Odoo."""
    found = {}
    for line in check(order).lines:
        for tax, amount in zip(line.line.taxes, line.taxes, strict=True):
            found[tax.rate] = found.get(tax.rate, D(0)) + amount
    return {rate: amount for rate, amount in found.items() if amount}


def taken(order):
    """{line id: (net, tax) that vouchers took off}."""
    return {
        line.id: (
            sum((discount.net for discount in line.discounts), D(0)),
            sum((discount.tax for discount in line.discounts), D(0)),
        )
        for line in order.lines
        if line.discounts
    }
