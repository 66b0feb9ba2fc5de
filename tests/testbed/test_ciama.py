"""The simulated hub keeps to its own API description."""

import pytest
import requests

from ciama_connector.canonical import Order, check
from testbed import DATA
from testbed.ciama import CiamaSimulator


@pytest.fixture
def hub():
    return CiamaSimulator(DATA / "ciama")


@pytest.fixture
def get(hub):
    with hub.running() as url:
        key = {"Authorization": f"Bearer {hub.credentials['api_key']}"}

        def send(path, headers=key, **params):
            return requests.get(
                f"{url}/ciama/v1/{path}", params=params, headers=headers, timeout=10
            )

        yield send


def test_a_changed_order_moves_to_the_end_and_shows_once(hub, get):
    first = get("orders", limit=10).json()
    moved = first["orders"][0]["external_id"]
    hub.touch(moved)
    rest = get("orders", limit=500, cursor=first["next_cursor"]).json()
    ids = [order["external_id"] for order in rest["orders"]]
    assert ids[-1] == moved
    assert len(ids) == 19
    assert not rest["has_more"]
    end = get("orders", cursor=rest["next_cursor"]).json()
    assert end["orders"] == []
    assert end["next_cursor"]


@pytest.mark.parametrize(
    "params",
    [
        {"limit": 0},
        {"limit": 501},
        {"limit": "many"},
        {"cursor": "nonsense"},
        {"updated_since": "yesterday"},
        {"updated_since": "2026-08-01T00:00:00"},
    ],
)
def test_wrong_parameters(get, params):
    refused(get("orders", **params))


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("latest", {"limit": 501}),
        ("count", {"placed_since": "yesterday"}),
        ("count", {"placed_until": "2026-08-01T00:00:00"}),
    ],
)
def test_wrong_parameters_of_other_calls(get, path, params):
    refused(get(path, **params))


def refused(reply):
    assert reply.status_code == 400
    assert reply.json()["error"]["code"] == "invalid_request"


@pytest.mark.parametrize(
    ("path", "headers", "status", "code"),
    [
        ("shop", {}, 401, "unauthorized"),
        ("orders", {"Authorization": "Bearer wrong"}, 401, "unauthorized"),
    ],
)
def test_who_may_not_come_in(get, path, headers, status, code):
    reply = get(path, headers=headers)
    assert (reply.status_code, reply.json()["error"]["code"]) == (status, code)


@pytest.mark.parametrize("path", ["orders", "latest", "count", "vocabulary"])
def test_a_key_without_the_scope_sees_the_shop_alone(hub, get, path):
    hub.scopes.clear()
    assert get("shop").status_code == 200
    assert get(path).json()["error"]["code"] == "forbidden"


def test_an_unknown_order(get):
    reply = get("orders/nobody")
    assert (reply.status_code, reply.json()["error"]["code"]) == (404, "not_found")


def test_what_grows_is_canonical_and_the_same_each_time(hub):
    other = CiamaSimulator(DATA / "ciama")
    assert hub.grow(30) == other.grow(10) + other.grow(20)
    for order_id in hub.order_ids():
        assert hub.orders[order_id] == other.orders[order_id]
        assert not check(Order.model_validate(hub.orders[order_id])).discrepancy


def test_an_empty_folder_is_an_empty_hub(tmp_path):
    hub = CiamaSimulator(tmp_path)
    assert hub.order_ids() == []
    assert len(hub.grow(3)) == 3
