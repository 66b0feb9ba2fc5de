"""The simulated shop answers as Shopify's documentation and schema say."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import requests
from graphql import execute, parse

from testbed import DATA
from testbed.shopify import ShopifySimulator, contract, store
from testbed.shopify.simulator import Bucket, _Context

FOLDER = DATA / "shopify"
PATH = f"/admin/api/{contract.API_VERSION}/graphql.json"
RECORDED = {
    order["id"]: order
    for path in sorted(FOLDER.glob("orders.page*.json"))
    for order in json.loads(path.read_text("utf-8"))["data"]["orders"]["nodes"]
}
NAMES = """query($q: String, $n: Int = 250, $after: String) {
  orders(first: $n, after: $after, query: $q, sortKey: UPDATED_AT) {
    nodes { name } pageInfo { hasNextPage endCursor }
  }
}"""


@pytest.fixture
def shop():
    return ShopifySimulator(FOLDER)


@pytest.fixture
def server(shop):
    with shop.running() as url:
        yield url


@pytest.fixture
def post(shop, server):
    key = {"X-Shopify-Access-Token": shop.credentials["access_token"]}

    def send(query, headers=key, path=PATH, **variables):
        body = {"query": query, "variables": variables}
        return requests.post(server + path, json=body, headers=headers, timeout=20)

    return send


@pytest.fixture
def names(post):
    """Names of the orders that a search finds, by change date."""

    def find(query=None):
        body = post(NAMES, q=query).json()
        return [node["name"] for node in body["data"]["orders"]["nodes"]]

    return find


def refusal(reply):
    """The code of the only error of a reply with status 200 and no data."""
    assert reply.status_code == 200
    body = reply.json()
    assert body.get("data") is None
    (error,) = body["errors"]
    return error["extensions"]["code"]


# -- the recordings


def test_every_field_of_the_recordings_is_served_as_recorded(shop):
    """Executed without the cost cap, in the form they were recorded in."""
    query = parse((FOLDER / "orders.query.graphql").read_text("utf-8"))
    result = execute(
        contract.schema(),
        query,
        variable_values={"first": 250},
        field_resolver=shop._resolve,
        context_value=_Context(),
    )
    assert result.errors is None
    found = {order["id"]: order for order in result.data["orders"]["nodes"]}
    assert list(found) == sorted(RECORDED, key=lambda gid: (RECORDED[gid]["updatedAt"], gid))
    for gid, order in found.items():
        marks = order["lineItems"].pop("pageInfo")
        RECORDED[gid]["lineItems"].pop("pageInfo", None)
        assert marks["hasNextPage"] is False
        assert order == RECORDED[gid]


def test_that_query_is_far_too_costly_to_be_answered(post):
    reply = post((FOLDER / "orders.query.graphql").read_text("utf-8"), first=1)
    assert refusal(reply) == "MAX_COST_EXCEEDED"
    facts = reply.json()["errors"][0]["extensions"]
    assert facts["maxCost"] == 1000
    assert facts["cost"] > 20_000


def test_the_types_are_strict(shop, post):
    order = shop.order(shop.order_ids()[0])
    for field, value in (("createdAt", "2026-09-01"), ("totalPriceSet", None)):
        kept, order[field] = order[field], value
        inner = " { shopMoney { amount } }" if value is None else ""
        body = post(f'{{ order(id: "{order["id"]}") {{ {field}{inner} }} }}').json()
        assert (body["data"]["order"] is None) or value is None
        assert ("errors" in body) or value is None
        order[field] = kept


# -- queries


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ orders(first: 1) { nodes { id nothing } } }", "undefinedField"),
        ("{ orders(first: 1) { nodes { duties { id } } } }", "undefinedField"),
        ("{ orders(first: 1, sort: UPDATED_AT) { nodes { id } } }", "invalid"),
        ("{ orders(first: 1, sortKey: CHANGED_AT) { nodes { id } } }", "invalid"),
        ("{ orders(first: 1) { nodes } }", "invalid"),
        ("{ orders(first: 1) { nodes { id }", "parse_error"),
    ],
)
def test_wrong_queries_are_refused_with_status_200(post, query, code):
    assert refusal(post(query)) == code


def test_an_unknown_field_is_named_as_shopify_does(post):
    (error,) = post("{ orders(first: 1) { nodes { taxRegistrationId } } }").json()["errors"]
    assert error["message"] == "Field 'taxRegistrationId' doesn't exist on type 'Order'"
    assert error["extensions"]["typeName"] == "Order"


def test_deprecated_fields_still_answer(post):
    body = post("{ orders(first: 1) { nodes { customer { email } } } }").json()
    assert "errors" not in body


def test_a_reply_tells_its_cost_and_version(post):
    reply = post("{ orders(first: 10) { nodes { id } } }")
    cost = reply.json()["extensions"]["cost"]
    assert cost["requestedQueryCost"] == cost["actualQueryCost"] == 12
    assert cost["throttleStatus"]["restoreRate"] == 100
    assert reply.headers["X-Shopify-API-Version"] == contract.API_VERSION
    assert reply.headers["X-Request-Id"]


@pytest.mark.parametrize(
    ("selection", "cost"),
    [
        ("shop { name }", 1),
        ("orders(first: 50) { nodes { id } }", 52),
        ("orders(first: 50) { edges { node { id } } }", 52),
        ("orders(first: 5) { nodes { lineItems(first: 10) { nodes { id } } } }", 67),
        ("orders(first: 2) { nodes { totalPriceSet { shopMoney { amount } } } }", 8),
        ('nodes(ids: ["gid://shopify/Order/1", "gid://shopify/Order/2"]) { id }', 2),
    ],
)
def test_costs_by_the_published_rule(post, selection, cost):
    body = post(f"{{ {selection} }}").json()
    assert body["extensions"]["cost"]["requestedQueryCost"] == cost


# -- throttling


@pytest.mark.parametrize("status", [200, 429])
def test_an_empty_bucket_throttles(shop, post, status):
    now = [0.0]
    shop.bucket = Bucket(maximum=100.0, restore_rate=10.0, clock=lambda: now[0])
    shop.throttle_status = status
    query = "{ orders(first: 58) { nodes { id } } }"
    assert "data" in post(query).json()
    reply = post(query)
    assert reply.status_code == status
    assert reply.json()["errors"][0]["extensions"]["code"] == "THROTTLED"
    figures = reply.json()["extensions"]["cost"]
    assert (figures["requestedQueryCost"], figures["actualQueryCost"]) == (60, None)
    assert figures["throttleStatus"]["currentlyAvailable"] == 40
    now[0] += 2.0
    assert "data" in post(query).json()


# -- lists


def test_the_default_order_is_by_processing_date_and_not_by_change(post):
    query = "{ orders(first: 250%s) { nodes { updatedAt processedAt } } }"
    plain = post(query % "").json()["data"]["orders"]["nodes"]
    changed = post(query % ", sortKey: UPDATED_AT").json()["data"]["orders"]["nodes"]
    assert plain == sorted(plain, key=lambda node: node["processedAt"])
    assert changed == sorted(changed, key=lambda node: node["updatedAt"])
    assert plain != changed
    back = post(query % ", sortKey: UPDATED_AT, reverse: true").json()["data"]["orders"]["nodes"]
    assert back == changed[::-1]


def test_pages_follow_each_other_by_an_opaque_cursor(post):
    found, after = [], None
    while True:
        page = post(NAMES, n=7, after=after).json()["data"]["orders"]
        found += [node["name"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert len(found) == len(set(found)) == 25
    wrong = post(NAMES, after="bm9uc2Vuc2U=").json()
    assert wrong["data"] is None
    assert "cursor" in wrong["errors"][0]["message"]


@pytest.mark.parametrize("size", ["", "(first: 0)", "(first: 251)"])
def test_sizes_of_pages(post, size):
    body = post(f"{{ orders{size} {{ nodes {{ id }} }} }}").json()
    assert body["data"] is None
    assert "first" in body["errors"][0]["message"]


def test_a_paging_ends_after_25_000_objects(post, monkeypatch):
    assert store.MAX_DEPTH == 25_000
    monkeypatch.setattr(store, "MAX_DEPTH", 20)
    after = post(NAMES, n=12).json()["data"]["orders"]["pageInfo"]["endCursor"]
    assert "paginate" in post(NAMES, n=12, after=after).json()["errors"][0]["message"]


def test_connections_inside_of_an_order_have_pages_too(shop, post):
    gid = next(g for g, o in RECORDED.items() if len(o["lineItems"]["nodes"]) == 3)
    query = (
        "query($id: ID!, $after: String) { order(id: $id) { lineItems(first: 2, after: $after)"
        " { nodes { id } pageInfo { hasNextPage endCursor } } } }"
    )
    first = post(query, id=gid).json()["data"]["order"]["lineItems"]
    assert first["pageInfo"]["hasNextPage"]
    second = post(query, id=gid, after=first["pageInfo"]["endCursor"]).json()
    rest = second["data"]["order"]["lineItems"]
    assert not rest["pageInfo"]["hasNextPage"]
    ids = [node["id"] for node in first["nodes"] + rest["nodes"]]
    assert ids == [item["id"] for item in RECORDED[gid]["lineItems"]["nodes"]]


def test_removed_shipping_lines_come_only_when_asked_for(shop, post):
    order = shop.order(shop.order_ids()[0])
    order["shippingLines"]["nodes"][0]["isRemoved"] = True
    query = 'query { order(id: "%s") { shippingLines(first: 5%s) { nodes { id } } } }'
    for argument, count in (("", 0), (", includeRemovals: true", 1)):
        body = post(query % (order["id"], argument)).json()
        assert len(body["data"]["order"]["shippingLines"]["nodes"]) == count


# -- searches


def test_dates_compare_with_fractions_that_are_not_shown(shop, names):
    """Before version 2026-10 an exclusive comparison still finds the same second."""
    when = datetime(2026, 10, 2, 12, 0, 0, 250_000, tzinfo=UTC)
    shop.touch(shop.order_ids()[0], when)
    assert len(names("updated_at:>='2026-10-02T12:00:00Z'")) == 1
    assert len(names("updated_at:>'2026-10-02T12:00:00Z'")) == 1
    assert len(names("updated_at:>'2026-10-02T12:00:01Z'")) == 0
    assert len(names("updated_at:<='2026-10-02T12:00:00Z'")) == 24


def test_dates_without_quotes_lose_their_time(names):
    exact = names("updated_at:>='2026-09-10T12:00:00Z'")
    assert len(names("updated_at:>=2026-09-10T12:00:00Z")) > len(exact)
    assert names("updated_at:>='2026-09-10T14:00:00+02:00'") == exact


def test_an_unknown_field_is_ignored_and_not_refused(names):
    assert len(names("changed_at:>'2026-09-10'")) == 25


def test_searches_by_name_and_status(names):
    assert names("name:'#1007'") == names("name:1007") == ["#1007"]
    assert names("name:TEST-1025-FR") == ["TEST-1025-FR"]
    assert set(names("financial_status:refunded")) == {"#1010", "#1011"}
    assert len(names("-financial_status:refunded")) == 23
    assert set(names("name:1007 OR name:1008")) == {"#1007", "#1008"}
    assert names("name:1007 AND name:1008") == []


def test_counts_are_exact_to_a_limit(shop, post):
    query = "{ ordersCount%s { count precision } }"
    found = post(query % "").json()["data"]["ordersCount"]
    assert found == {"count": 25, "precision": "EXACT"}
    found = post(query % "(limit: 10)").json()["data"]["ordersCount"]
    assert found == {"count": 10, "precision": "AT_LEAST"}
    shop.grow(store.COUNT_LIMIT - 24)
    found = post(query % "").json()["data"]["ordersCount"]
    assert found == {"count": store.COUNT_LIMIT, "precision": "AT_LEAST"}
    found = post(query % "(limit: null)").json()["data"]["ordersCount"]
    assert found == {"count": store.COUNT_LIMIT + 1, "precision": "EXACT"}


def test_a_node_of_no_order_is_null(post):
    known = next(iter(RECORDED))
    query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    body = post(query, ids=[known, "gid://shopify/Order/1"]).json()
    assert body["data"]["nodes"] == [{"id": known}, None]


# -- who may come in


def test_who_may_not_come_in(post, server):
    for key in ({}, {"X-Shopify-Access-Token": "shpat_wrong"}):
        reply = post("{ shop { name } }", headers=key)
        assert reply.status_code == 401
        assert "Invalid API key or access token" in reply.json()["errors"]
    assert requests.get(server + PATH, timeout=10).status_code == 404
    assert post("{ shop { name } }", path="/admin/api/graphql").status_code == 404


def test_a_body_without_a_query_is_a_bad_request(shop, server):
    key = {"X-Shopify-Access-Token": shop.credentials["access_token"]}
    for body in ([], {}, {"query": None}):
        reply = requests.post(server + PATH, json=body, headers=key, timeout=10)
        assert reply.status_code == 400


def token(server, as_json=False, **given):
    body = {"json": given} if as_json else {"data": given}
    return requests.post(f"{server}/admin/oauth/access_token", timeout=10, **body)


@pytest.mark.parametrize("as_json", [False, True])
def test_a_token_for_an_app_and_its_end(shop, server, post, as_json):
    given = {"grant_type": "client_credentials", **shop.app_credentials}
    answer = token(server, as_json, **given).json()
    assert answer["expires_in"] == 86_399
    assert "read_orders" in answer["scope"].split(",")
    key = {"X-Shopify-Access-Token": answer["access_token"]}
    assert post("{ shop { name } }", headers=key).status_code == 200
    shop.expire_tokens()
    assert post("{ shop { name } }", headers=key).status_code == 401


def test_a_token_is_refused_with_a_page(shop, server):
    good = {"grant_type": "client_credentials", **shop.app_credentials}
    for wrong in ({"client_secret": "x"}, {"client_id": "x"}, {"grant_type": "password"}):
        reply = token(server, **good | wrong)
        assert reply.status_code == 400
        assert "invalid_client" in reply.text
    shop.permitted = False
    assert "shop_not_permitted" in token(server, **good).text


def test_a_field_without_its_scope_is_denied(shop, post):
    shop.scopes.remove("read_orders")
    reply = post("{ shop { name } orders(first: 1) { nodes { id } } }").json()
    facts = reply["errors"][0]["extensions"]
    assert facts["code"] == "ACCESS_DENIED"
    assert "read_orders" in facts["requiredAccess"]
    assert reply["data"] is None
    assert "errors" not in post("{ shop { name } }").json()


def test_protected_fields_are_null_and_named(shop, post):
    shop.protected = {"Order.email"}
    body = post("{ orders(first: 2) { nodes { name email } } }").json()
    assert [node["email"] for node in body["data"]["orders"]["nodes"]] == [None, None]
    assert [error["path"] for error in body["errors"]] == [
        ["orders", "nodes", index, "email"] for index in (0, 1)
    ]


def test_orders_older_than_60_days_need_a_scope_of_their_own(shop, names):
    recent = shop.order_ids()[4]
    entry = shop.store.entries[f"gid://shopify/Order/{recent}"]
    for other in shop.store.entries.values():
        other["created_at"] = datetime.now(UTC) - timedelta(days=61)
    entry["created_at"] = datetime.now(UTC) - timedelta(days=59)
    assert len(names()) == 25
    shop.scopes.remove("read_all_orders")
    assert names() == [entry["order"]["name"]]


# -- exports


RUN = """mutation($q: String!, $g: Boolean!) {
  bulkOperationRunQuery(query: $q, groupObjects: $g) {
    bulkOperation { id status } userErrors { code message }
  }
}"""
STATE = "query($id: ID!) { bulkOperation(id: $id) { status objectCount url } }"
ITEMS = "{ orders { edges { node { id lineItems { edges { node { id quantity } } } } } } }"


def run(post, query, grouped=False):
    return post(RUN, q=query, g=grouped).json()["data"]["bulkOperationRunQuery"]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("{ shop { name } }", "at least one connection"),
        ("{ orders { edges { node { id nothing } } } }", "nothing"),
        (
            "{ orders { edges { node { refunds { transactions { edges { node { id } } } } } } } }",
            "within a list",
        ),
        (
            "{ products { edges { node { variants { edges { node { sellingPlanGroups { edges {"
            " node { sellingPlans { edges { node { id } } } } } } } } } } } } }",
            "depth",
        ),
        (
            "{ orders { edges { node { id "
            + " ".join(f"x{i}: lineItems {{ edges {{ node {{ id }} }} }}" for i in range(5))
            + " } } } }",
            "more than 5",
        ),
    ],
)
def test_queries_that_cannot_run_in_bulk(post, query, words):
    answer = run(post, query)
    assert answer["bulkOperation"] is None
    assert words in answer["userErrors"][0]["message"]


@pytest.mark.parametrize("grouped", [False, True])
def test_an_export_is_jsonl_whose_rows_name_their_parents(shop, post, grouped):
    operation = run(post, ITEMS, grouped)["bulkOperation"]
    assert operation["status"] == "CREATED"
    states = [post(STATE, id=operation["id"]).json()["data"]["bulkOperation"] for _ in range(3)]
    assert [state["status"] for state in states] == ["RUNNING", "RUNNING", "COMPLETED"]
    reply = requests.get(states[-1]["url"], timeout=10)
    rows = [json.loads(line) for line in reply.text.splitlines()]
    assert states[-1]["objectCount"] == str(len(rows))
    found = {row["id"]: [] for row in rows if "__parentId" not in row}
    assert set(found) == set(RECORDED)
    for row in rows:
        if "__parentId" in row:
            found[row["__parentId"]].append(row["id"])
    for gid, items in found.items():
        assert items == [item["id"] for item in RECORDED[gid]["lineItems"]["nodes"]]
    assert ("__parentId" in rows[0]) is not grouped
    unsigned = states[-1]["url"].partition("?")[0]
    assert requests.get(unsigned, timeout=10).status_code == 403


def test_no_more_than_five_exports_run_at_once(shop, post):
    started = [run(post, ITEMS)["bulkOperation"] for _ in range(5)]
    assert all(started)
    answer = run(post, ITEMS)
    assert answer["bulkOperation"] is None
    assert answer["userErrors"][0]["code"] == "OPERATION_IN_PROGRESS"
    for _ in range(3):
        post(STATE, id=started[0]["id"])
    assert run(post, ITEMS)["bulkOperation"]


def test_exports_may_fail_and_are_forgotten(shop, post):
    shop.bulk_fails, shop.bulk_polls = True, 0
    operation = run(post, ITEMS)["bulkOperation"]
    assert post(STATE, id=operation["id"]).json()["data"]["bulkOperation"]["status"] == "FAILED"
    shop.forget_exports()
    assert post(STATE, id=operation["id"]).json()["data"]["bulkOperation"] is None


# -- growth, folders


def test_growth_is_the_same_each_time_and_adds_up(shop):
    other = ShopifySimulator(FOLDER)
    newest = max(RECORDED[gid]["updatedAt"] for gid in RECORDED)
    made = shop.grow(20)
    assert made == other.grow(10) + other.grow(10)
    assert len(set(shop.order_ids())) == 45
    for external_id in made:
        order = shop.order(external_id)
        assert order == other.order(external_id)
        assert order["updatedAt"] > newest
        parts = [item["originalTotalSet"] for item in order["lineItems"]["nodes"]]
        parts += [item["discountedPriceSet"] for item in order["shippingLines"]["nodes"]]
        total = sum(Decimal(part["shopMoney"]["amount"]) for part in parts)
        assert total == Decimal(order["totalPriceSet"]["shopMoney"]["amount"])
    assert len({shop.order(external_id)["email"] for external_id in made}) == len(made)


def test_a_folder_with_fewer_files_is_a_smaller_shop(tmp_path):
    source = (FOLDER / "orders.page3.json").read_text("utf-8")
    (tmp_path / "orders.page1.json").write_text(source, "utf-8")
    assert len(ShopifySimulator(tmp_path).order_ids()) == 5
    empty = tmp_path / "empty"
    empty.mkdir()
    assert len(ShopifySimulator(empty).grow(3)) == 3
