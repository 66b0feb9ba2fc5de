"""What the renderers write is what the shops' APIs would say. Served by the simulated
shops, which hold it against the official types, and pulled by the connectors' clients, it
is the same order again; and so are the recorded orders, written anew."""

import json

import pytest

from ciama_connector.canonical import Problem
from ciama_connector.platforms import registry
from testbed import DATA, golden, simulator_class
from tests.platforms.support import Rig, normalized, pull_all, rig, stored

from .essence import essence


def rendered(platform):
    """External id -> payload of the last state of every order that the platform can tell."""
    found = {}
    for case in golden.cases():
        if not golden.cannot(platform, case):
            for body in case.orders:
                payload = golden.render(platform, body)
                found[str(payload["order"]["id"]).rpartition("/")[2]] = payload
    return found


def put_shopify(shop, payload):
    shop.store.add(payload["order"])


def put_woocommerce(shop, payload):
    shop.add(payload["order"])
    shop.refunds[payload["order"]["id"]] = payload["refunds"]
    shop.products += payload["products"].values()
    shop.customers += [payload["customer"]] if payload["customer"] else []


def put_wix(shop, payload):
    order_id = payload["order"]["id"]
    paid = {key: payload[key] for key in ("payments", "refunds")}
    shop.orders.append(payload["order"])
    shop.transactions[order_id] = {"orderId": order_id, **paid}
    shop.fulfillments[order_id] = {"orderId": order_id, "fulfillments": payload["fulfillments"]}


PUT = {"shopify": put_shopify, "woocommerce": put_woocommerce, "wix": put_wix}


@pytest.mark.parametrize("platform", PUT)
def test_clients_pull_what_is_rendered(platform):
    shop = simulator_class(platform)(DATA / platform)
    payloads = rendered(platform)
    assert len(payloads) > 60
    for payload in payloads.values():
        PUT[platform](shop, json.loads(json.dumps(payload)))
    with shop.running() as url:
        pulled, _, _ = pull_all(Rig(shop, url).checked_connector())
    connector = registry.connector_class(platform)
    for external_id, payload in payloads.items():
        direct = connector.normalize(stored(payload))
        assert essence(normalized(connector, pulled[external_id])) == essence(direct)
    assert getattr(shop, "violations", []) == []


def numbered(order):
    """The JSON of a canonical order with digits for ids, as the golden ones have them."""
    body = order.model_dump(mode="json")
    names = {line["id"]: str(place) for place, line in enumerate(body["lines"], start=1)}
    body["external_id"] = str(golden.wire.number(body["external_id"]))
    for part in ("lines", "payments", "refunds", "shipments"):
        for place, row in enumerate(body[part], start=1):
            row["id"] = str(place)
    for line in body["lines"]:
        for field in ("product_id", "variant_id"):
            line[field] = line[field] and str(golden.wire.number(line[field]))
    for row in (
        row for part in ("refunds", "shipments") for one in body[part] for row in one["lines"]
    ):
        row["line_id"] = names[row["line_id"]]
    return body


@pytest.mark.parametrize("platform", PUT)
def test_recorded_orders_are_the_same_when_rendered_anew(platform):
    with rig(platform) as recorded:
        connector = recorded.checked_connector()
        pulled, _, _ = pull_all(connector)
    compared = 0
    for raw in pulled.values():
        order = normalized(connector, raw)
        try:
            told = essence(order)
            payload = golden.render(platform, numbered(order))
        except (Problem, golden.CannotExpress):
            continue
        assert essence(connector.normalize(stored(payload))) == told, order.number
        compared += 1
    assert compared > 0.8 * len(pulled)


@pytest.mark.parametrize("platform", golden.PLATFORMS)
def test_a_later_state_of_an_order_has_the_same_ids(platform):
    normalize = registry.connector_class(platform).normalize
    for case in golden.cases():
        if golden.cannot(platform, case) or len(case.orders) < 2:
            continue
        known = {}
        for body in case.orders:
            order = normalize(stored(golden.render(platform, body)))
            named = {("order", body["external_id"]): order.external_id}
            for line, read in zip(body["lines"], order.lines, strict=True):
                named[body["external_id"], line["id"], line["name"]] = read.id
            for refund, read in zip(body["refunds"], order.refunds, strict=True):
                named[body["external_id"], "refund", refund["id"]] = read.id
            for key, value in named.items():
                assert known.setdefault(key, value) == value, (case.name, key)
