"""A simulated PrestaShop shop, and how tests ask it."""

import requests

from testbed import DATA
from testbed.prestashop import PrestaShopSimulator
from testbed.prestashop.keys import Key

FOLDER = DATA / "prestashop"
KEY = PrestaShopSimulator.credentials["key"]
FULL, ORDERS, OFF, UNKNOWN = "F" * 32, "R" * 32, "D" * 32, "BADKEYBADKEYBADKEYBADKEYBADKEY12"


def make(folder=""):
    shop = PrestaShopSimulator(FOLDER / folder)
    methods = {"GET", "PUT", "POST", "DELETE", "HEAD"} | ({"PATCH"} if "9" in folder else set())
    few = frozenset({"orders", "order_details", "order_states"})
    shop.keys |= {
        FULL: Key(frozenset(methods)),
        ORDERS: Key(frozenset({"GET"}), few),
        OFF: Key(active=False),
    }
    return shop


def getter(url):
    def get(path="orders", key=KEY, **params):
        params = {"output_format": "JSON", **params}
        return requests.get(f"{url}/api/{path}", params=params, auth=(key, ""), timeout=10)

    return get


def ids(reply):
    assert reply.status_code == 200, reply.text
    return [row["id"] for row in (next(iter(reply.json().values())) if reply.json() else [])]


def codes(reply):
    return [error["code"] for error in reply.json()["errors"]]
