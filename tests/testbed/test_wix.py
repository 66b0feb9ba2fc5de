"""The simulated Wix site answers as the real one is documented to."""

import json

import pytest
import requests

from testbed import DATA
from testbed.wix import WixSimulator, contract

SEARCH = "/ecom/v1/orders/search"


@pytest.fixture
def shop():
    return WixSimulator(DATA / "wix")


@pytest.fixture
def post(shop):
    with shop.running() as url:
        key = {
            "Authorization": shop.credentials["api_key"],
            "wix-site-id": shop.credentials["site_id"],
        }

        def send(path, body, headers=key):
            return requests.post(url + path, json=body, headers=headers, timeout=10)

        yield send
    assert shop.violations == []


def search(post, **query):
    return post(SEARCH, {"search": query}).json()


def test_the_newest_created_come_first_unless_asked(post):
    numbers = [order["number"] for order in search(post)["orders"]]
    assert numbers == sorted(numbers, reverse=True)


def test_a_cursor_carries_its_query_and_refuses_another(post):
    query = {"filter": {"paymentStatus": {"$eq": "PAID"}}, "cursorPaging": {"limit": 5}}
    first = search(post, **query)
    token = first["metadata"]["cursors"]["next"]
    second = search(post, cursorPaging={"limit": 5, "cursor": token})
    assert all(order["paymentStatus"] == "PAID" for order in second["orders"])
    assert second["orders"][0]["createdDate"] < first["orders"][-1]["createdDate"]
    both = {"filter": query["filter"], "cursorPaging": {"cursor": token}}
    refused = post(SEARCH, {"search": both})
    assert refused.status_code == 400
    assert "validationError" in refused.json()["details"]


def test_paging_by_cursor_loses_an_order_that_moves_to_the_front(shop, post):
    """A client that sorts by the newest change misses nothing, one by oldest repeats."""
    sort = [{"fieldName": "updatedDate", "order": "DESC"}]
    first = search(post, sort=sort, cursorPaging={"limit": 20})
    seen = {order["id"] for order in first["orders"]}
    missing = next(order_id for order_id in shop.order_ids() if order_id not in seen)
    shop.touch(missing)
    token = first["metadata"]["cursors"]["next"]
    second = search(post, cursorPaging={"limit": 20, "cursor": token})
    seen |= {order["id"] for order in second["orders"]}
    assert missing not in seen


@pytest.mark.parametrize(
    "query",
    [
        {"cursorPaging": {"limit": 101}},
        {"cursorPaging": {"limit": 0}},
        {"cursorPaging": {"cursor": "nonsense"}},
        {"filter": {"buyerNote": {"$eq": "x"}}},
        {"filter": {"updatedDate": {"$startsWith": "2026"}}},
        {"filter": {"updatedDate": {"$gte": "yesterday"}}},
        {"sort": [{"fieldName": "archived", "order": "ASC"}]},
        {"sort": [{"fieldName": "updatedDate", "order": "ascending"}]},
        {"paging": {"limit": 10}},
    ],
)
def test_queries_that_wix_refuses(post, query):
    reply = post(SEARCH, {"search": query})
    assert reply.status_code == 400
    assert reply.json()["details"]["validationError"]["fieldViolations"]
    assert reply.headers["X-Wix-Request-Id"]


def test_dates_are_compared_to_the_millisecond(shop, post):
    when = shop.orders[0]["updatedDate"]
    found = {
        operator: {
            o["id"] for o in search(post, filter={"updatedDate": {operator: when}})["orders"]
        }
        for operator in ("$gte", "$gt")
    }
    assert found["$gte"] - found["$gt"] == {shop.orders[0]["id"]}


def test_lists_by_id_take_a_hundred_at_most(shop, post):
    ids = shop.order_ids()
    reply = post("/ecom/v1/payments/list-by-ids", {"orderIds": ids}).json()
    assert [entry["orderId"] for entry in reply["orderTransactions"]] == ids
    for wrong in ([], ids * 5):
        reply = post("/ecom/v1/fulfillments/list-by-ids", {"orderIds": wrong})
        assert reply.status_code == 400


def test_who_may_not_come_in(shop, post):
    assert post(SEARCH, {}, headers={}).status_code == 401
    assert post(SEARCH, {}, headers={"Authorization": "Bearer x"}).status_code == 401
    key = {"Authorization": shop.credentials["api_key"]}
    assert post(SEARCH, {}, headers=key).status_code == 403


def test_a_token_goes_bare_into_the_header_and_ends(shop, post):
    body = {"grant_type": "client_credentials", **shop.app_credentials}
    token = post("/oauth2/token", body, headers={}).json()["access_token"]
    assert post(SEARCH, {}, headers={"Authorization": token}).status_code == 200
    assert post(SEARCH, {}, headers={"Authorization": f"Bearer {token}"}).status_code == 401
    shop.expire_tokens()
    assert post(SEARCH, {}, headers={"Authorization": token}).status_code == 401


def test_the_recordings_and_what_grows_are_of_the_official_types(shop):
    shop.grow(50)
    assert contract.violations("SearchOrdersResponse", {"orders": shop.orders}) == []
    paid = {"orderTransactions": list(shop.transactions.values())}
    assert contract.violations("ListTransactionsForMultipleOrdersResponse", paid) == []


@pytest.mark.parametrize(
    "change", [{"statuz": "APPROVED"}, {"status": "DONE"}, {"number": 10001}, {"currency": 978}]
)
def test_the_types_are_strict(shop, change):
    order = shop.orders[0] | change
    assert contract.violations("GetOrderResponse", {"order": order})


def test_growth_is_the_same_each_time(shop):
    other = WixSimulator(DATA / "wix")
    assert shop.grow(20) == other.grow(10) + other.grow(10)
    assert len(set(shop.order_ids())) == 45


def test_orders_with_gaps_are_still_served(shop, post):
    del shop.orders[0]["updatedDate"], shop.orders[1]["number"]
    shop.orders[2]["updatedDate"] = None
    sort = [{"fieldName": "updatedDate", "order": "ASC"}, {"fieldName": "number", "order": "DESC"}]
    found, token = [], None
    while True:
        paging = {"limit": 4, "cursor": token} if token else {"limit": 4}
        page = search(post, cursorPaging=paging, **({} if token else {"sort": sort}))
        found += [order["id"] for order in page["orders"]]
        token = page["metadata"]["cursors"].get("next")
        if not token:
            break
    assert sorted(found) == sorted(shop.order_ids())
    since = {"updatedDate": {"$gt": "2020-01-01T00:00:00Z"}}
    assert len(search(post, filter=since)["orders"]) == len(found)


def test_a_folder_with_fewer_files_is_a_smaller_site(tmp_path):
    source = json.loads((DATA / "wix" / "orders.search.page3.json").read_text("utf-8"))
    (tmp_path / "orders.search.page1.json").write_text(json.dumps(source))
    shop = WixSimulator(tmp_path)
    assert len(shop.order_ids()) == 5
    empty = tmp_path / "empty"
    empty.mkdir()
    assert len(WixSimulator(empty).grow(3)) == 3
