"""The simulated shop answers as the real one was recorded to answer."""

import json
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from oauthlib.oauth1 import (
    SIGNATURE_HMAC_SHA1,
    SIGNATURE_HMAC_SHA256,
    SIGNATURE_TYPE_AUTH_HEADER,
    SIGNATURE_TYPE_QUERY,
    Client,
)

from testbed import DATA
from testbed.woocommerce import WooCommerceSimulator
from testbed.woocommerce.auth import Key

from ..tls import make_certificate

FOLDER = DATA / "woocommerce"
KEY, SECRET = WooCommerceSimulator.credentials.values()
LISTED = (
    "39,40,41,43,45,46,47,51,53,55,57,60,61,62,65,66,67,69,72,74,78,79,76,83,84,85,88,91,92,94,100"
)


@pytest.fixture
def shop():
    return WooCommerceSimulator(FOLDER)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return make_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def https(shop, certificate):
    with shop.running(tls=certificate) as url:
        yield lambda path="orders", method="GET", **params: requests.request(
            method,
            f"{url}/wp-json/wc/v3/{path}",
            params=params,
            auth=(KEY, SECRET),
            verify=certificate[0],
            timeout=10,
        )


@pytest.fixture
def http(shop):
    with shop.running() as url:
        yield url


def recorded(name):
    return json.loads((FOLDER / f"{name}.json").read_text("utf-8"))


def headers(name):
    lines = (FOLDER / f"{name}.headers.txt").read_text("utf-8").splitlines()
    return dict(line.split(": ", 1) for line in lines if ": " in line)


def settled(value):
    """Meta data in a fixed order, without links (they name the recorded host)."""
    if isinstance(value, dict):
        return {
            key: sorted(map(settled, inner), key=lambda m: m["id"])
            if key == "meta_data"
            else settled(inner)
            for key, inner in value.items()
            if key != "_links"
        }
    return [settled(inner) for inner in value] if isinstance(value, list) else value


def signed(url, key=KEY, secret=SECRET, kind=SIGNATURE_TYPE_QUERY, **options):
    client = Client(key, client_secret=secret, signature_type=kind, **options)
    url, sent, _ = client.sign(url)
    return requests.get(url, headers=sent, timeout=10)


# -- lists


@pytest.mark.parametrize("page", [1, 2])
@pytest.mark.parametrize(("name", "extra"), [("orders_page", {}), ("orders_dp6_page", {"dp": 6})])
def test_pages_are_those_recorded(https, name, extra, page):
    reply = https(
        include=LISTED, orderby="modified", order="asc", dates_are_gmt="true", per_page=20,
        page=page, **extra,
    )  # fmt: skip
    assert settled(reply.json()) == settled(recorded(f"{name}{page}"))
    assert reply.headers["X-WP-Total"] == headers(f"{name}{page}")["X-WP-Total"]
    assert reply.headers["X-WP-TotalPages"] == headers(f"{name}{page}")["X-WP-TotalPages"]
    assert reply.headers["Content-Type"] == headers(f"{name}{page}")["Content-Type"]


def test_a_window_is_the_recorded_one(https):
    reply = https(
        include=LISTED, modified_after="2026-11-10T14:29:59", dates_are_gmt="true",
        orderby="modified", order="asc", per_page=20,
    )  # fmt: skip
    assert settled(reply.json()) == settled(recorded("orders_modified_after"))
    assert reply.headers["X-WP-Total"] == headers("orders_modified_after")["X-WP-Total"]


def test_a_page_past_the_end_has_no_totals(https):
    reply = https(include=LISTED, per_page=20, page=9)
    assert reply.json() == recorded("orders_page_beyond_last") == []
    assert (reply.headers["X-WP-Total"], reply.headers["X-WP-TotalPages"]) == ("0", "0")


def test_one_order(https):
    assert settled(https("orders/39").json()) == settled(recorded("order_39"))
    trashed = https("orders/114")
    assert trashed.status_code == 200
    assert trashed.json()["status"] == "trash"


@pytest.mark.parametrize("order_id", [39, 41, 84, 100])
def test_refunds_of_an_order(https, order_id):
    assert https(f"orders/{order_id}/refunds").json() == recorded(f"orders_{order_id}_refunds")


def test_refunds_of_all_orders_ignore_the_parent(https):
    found = https("refunds", include="104,105", parent="41", per_page=100).json()
    assert {(refund["id"], refund["parent_id"]) for refund in found} == {(104, 39), (105, 41)}


def test_other_resources(https):
    assert https("taxes").json() == recorded("taxes")
    assert https("settings/tax").json() == recorded("settings_tax")
    assert https("data/currencies/current").json()["code"] == "EUR"
    assert list(https("system_status", _fields="settings")) and set(
        https("system_status", _fields="settings,environment").json()
    ) == {"settings", "environment"}
    assert [p["sku"] for p in https("products", include="11,12", order="asc").json()] == [
        "MUG-ETE-01",
        "CAFE-ETH-250",
    ]


def test_meta_data_comes_in_varying_order(https):
    seen = {tuple(meta["id"] for meta in https("orders/65").json()["meta_data"]) for _ in range(12)}
    assert len(seen) > 1


# -- dates


def ids(reply):
    assert reply.status_code == 200, reply.text
    return {order["id"] for order in reply.json()}


def test_dates_are_strict_to_the_second_and_combine(https):
    tied = {43, 53, 78, 83, 88}
    window = {"dates_are_gmt": "true", "per_page": 100}
    assert tied <= ids(https(modified_after="2026-11-10T14:29:59", **window))
    assert not tied & ids(https(modified_after="2026-11-10T14:30:00", **window))
    assert tied == ids(
        https(modified_after="2026-11-10T14:29:59", modified_before="2026-11-10T14:30:01", **window)
    )


def test_zones_of_dates(https):
    """14:30:00 GMT is 15:30:00 in Paris."""
    sees = {
        ("2026-11-10T14:29:59", "true"): True,
        ("2026-11-10T14:30:00", "true"): False,
        ("2026-11-10T15:29:59", ""): True,  # without the flag: site time
        ("2026-11-10T15:30:00", ""): False,
        ("2026-11-10T14:29:59Z", ""): True,
        ("2026-11-10T14:30:00Z", ""): False,
        ("2026-11-10T15:29:59+01:00", ""): True,
        ("2026-11-10T15:30:00+01:00", ""): False,
        ("2026-11-10T14:29:59Z", "true"): False,  # shifted by an hour: the trap
        ("2026-11-10T13:29:59Z", "true"): True,
        ("2026-11-10T14:29:59.5", "true"): True,
    }
    for (date, flag), expected in sees.items():
        params = {"dates_are_gmt": flag} if flag else {}
        found = ids(https(modified_after=date, per_page=100, **params))
        assert ({43, 53} <= found) is expected, (date, flag)


def test_a_list_sorted_by_change_moves_under_the_reader(https, shop):
    """What makes page numbers lose an order."""
    window = {"orderby": "modified", "order": "asc", "per_page": 5}
    first = [order["id"] for order in https(page=1, **window).json()]
    sixth = https(page=2, **window).json()[0]["id"]
    shop.touch(str(first[0]))
    second = [order["id"] for order in https(page=2, **window).json()]
    assert sixth not in first
    assert sixth not in second


# -- errors


@pytest.mark.parametrize(
    ("name", "path", "params"),
    [
        ("error_400_per_page_101", "orders", {"per_page": 101}),
        ("error_400_bad_modified_after", "orders", {"modified_after": "yesterday"}),
        ("error_400_date_only", "orders", {"modified_after": "2026-11-10"}),
        ("error_400_bad_status", "orders", {"status": "shipped"}),
        ("error_400_bad_orderby", "orders", {"orderby": "date_modified"}),
        ("error_404_order_unknown", "orders/999999", {}),
        ("error_404_refund_id_as_order", "orders/101", {}),
        ("error_404_no_route", "order", {}),
        ("refunds_of_unknown_order_is_empty_200", "orders/999999/refunds", {}),
    ],
)
def test_errors_are_those_recorded(https, name, path, params):
    reply = https(path, **params)
    assert reply.json() == recorded(name)
    first = (FOLDER / f"{name}.headers.txt").read_text("utf-8").split()
    assert reply.status_code == int(first[1])


# -- authentication


def test_https_takes_basic_query_and_oauth(shop, certificate):
    with shop.running(tls=certificate) as base:
        url = f"{base}/wp-json/wc/v3/orders"

        def status(**options):
            return requests.get(url, verify=certificate[0], timeout=10, **options).status_code

        assert status() == 401
        assert status(auth=(KEY, SECRET)) == 200
        assert status(params={"consumer_key": KEY, "consumer_secret": SECRET}) == 200
        client = Client(KEY, client_secret=SECRET, signature_type=SIGNATURE_TYPE_QUERY)
        signed_url = client.sign(url)[0]
        assert requests.get(signed_url, verify=certificate[0], timeout=10).status_code == 200


def test_https_errors_are_those_recorded(shop, certificate):
    with shop.running(tls=certificate) as url:

        def body(auth):
            place = f"{url}/wp-json/wc/v3/orders"
            return requests.get(place, auth=auth, verify=certificate[0], timeout=10).json()

        assert body(None) == recorded("error_401_no_auth")
        assert body(("ck_wrong", SECRET)) == recorded("error_401_https_bad_key")
        assert body((KEY, "cs_wrong")) == recorded("error_401_https_bad_secret")


def test_http_ignores_all_but_oauth(http):
    url = f"{http}/wp-json/wc/v3/orders"
    basic = requests.get(url, auth=(KEY, SECRET), timeout=10)
    in_query = requests.get(
        url, params={"consumer_key": KEY, "consumer_secret": SECRET}, timeout=10
    )
    assert basic.json() == recorded("error_401_http_basic_ignored")
    assert in_query.json() == recorded("error_401_http_query_keys_ignored")
    assert basic.status_code == in_query.status_code == 401


@pytest.mark.parametrize("kind", [SIGNATURE_TYPE_QUERY, SIGNATURE_TYPE_AUTH_HEADER])
@pytest.mark.parametrize("method", [SIGNATURE_HMAC_SHA1, SIGNATURE_HMAC_SHA256])
def test_http_takes_oauth_in_query_and_header(http, kind, method):
    url = f"{http}/wp-json/wc/v3/orders?include=39%2C40&search=%C3%A9t%C3%A9+%2B"
    assert signed(url, kind=kind, signature_method=method).status_code == 200


def test_oauth_errors_are_those_recorded(http):
    url = f"{http}/wp-json/wc/v3/orders"
    old = str(int(time.time()) - 16 * 60)
    assert signed(url, key="ck_bad").json() == recorded("error_401_oauth_bad_key")
    assert signed(url, secret="cs_bad").json() == recorded("error_401_oauth_bad_signature")
    assert signed(url, timestamp=old).json() == recorded("error_401_oauth_stale_timestamp")
    assert signed(url, nonce="0123456789").status_code == 200
    assert signed(url, nonce="0123456789").json() == recorded("error_401_oauth_nonce_reused")
    whole = Client(KEY, client_secret=SECRET, signature_type=SIGNATURE_TYPE_QUERY).sign(url)[0]
    rest = "&".join(
        part for part in urlsplit(whole).query.split("&") if not part.startswith("oauth_nonce")
    )
    missing = requests.get(f"{url}?{rest}", timeout=10)
    assert missing.json() == recorded("error_401_oauth_missing_nonce")


def test_a_next_link_repeats_the_used_signature(http):
    reply = signed(f"{http}/wp-json/wc/v3/orders?per_page=3")
    following = reply.links["next"]["url"]
    assert "oauth_signature" in dict(parse_qsl(urlsplit(following).query))
    assert requests.get(following, timeout=10).status_code == 401


def test_a_key_for_reading_cannot_write(shop, https):
    shop.keys[KEY] = Key(SECRET, "read")
    reply = https("orders/40", method="PUT")
    assert reply.status_code == 401
    assert reply.json() == recorded("error_401_readonly_write")
    assert https("orders/40").status_code == 200


# -- life of orders


@pytest.mark.parametrize(("role", "status"), [("shop_manager", 200), ("editor", 403)])
def test_a_key_sees_what_its_user_may_see(shop, https, role, status):
    shop.keys[KEY].role = role
    for path in ("orders", "customers", "settings/tax", "payment_gateways", "shipping/zones"):
        assert https(path).status_code == status
    assert https("orders", method="OPTIONS").status_code == 200  # every key is told the routes


def test_a_right_taken_away_closes_its_lists_only(shop, https):
    shop.deny("shipping")
    for path in ("shipping/zones", "shipping/zones/1/methods"):
        reply = https(path)
        assert reply.status_code == 403
        assert reply.json()["code"] == "woocommerce_rest_cannot_view"
    assert https("payment_gateways").json() == recorded("payment_gateways")
    shop.deny("read")
    assert https().json()["message"] == "The API key provided does not have read permissions."


def test_order_totals_are_told_by_status(shop, https):
    names = {entry["slug"]: entry["name"] for entry in recorded("reports_orders_totals")}
    told = https("reports/orders/totals").json()
    assert {entry["slug"]: entry["name"] for entry in told} == names
    before = {entry["slug"]: entry["total"] for entry in told}
    shop.change("40", status="expedie")
    after = {entry["slug"]: entry["total"] for entry in https("reports/orders/totals").json()}
    assert after["expedie"] == before["expedie"] + 1
    assert sum(after.values()) == sum(before.values()) == len(shop.order_ids()) - 1  # of the trash


def test_the_roles_of_customers_stand_in_the_description_of_their_list(shop, https):
    shop.customers[0]["role"] = "wholesale_customer"
    (endpoint,) = https("customers", method="OPTIONS").json()["endpoints"]
    roles = endpoint["args"]["role"]["enum"]
    assert roles[0] == "all"
    assert {"administrator", "customer", "wholesale_customer"} <= set(roles)


def test_a_shop_that_does_not_ship_has_no_zones(shop, https):
    assert [zone["id"] for zone in https("shipping/zones").json()] == [0, 1, 2, 3]
    shop.ships = False
    reply = https("shipping/zones")
    assert (reply.status_code, reply.json()["code"]) == (404, "rest_no_route")


def test_a_window_of_creation_dates_counts_without_listing(https):
    window = {"after": "2026-10-01T00:00:00", "before": "2026-11-01T00:00:00"}
    reply = https(dates_are_gmt="true", per_page=1, _fields="id", status="any", **window)
    (first,) = reply.json()
    assert set(first) == {"id"}
    orders = [*recorded("orders_page1"), *recorded("orders_page2")]
    assert reply.headers["X-WP-Total"] == str(
        sum(window["after"] < order["date_created_gmt"] < window["before"] for order in orders)
    )


def test_trashed_orders_are_listed_only_as_trash(https):
    before = https("orders/40", method="DELETE").json()["status"]
    assert before == "processing"
    assert https("orders/40").json()["status"] == "trash"
    for status in ("any", "any,trash"):
        assert 40 not in ids(https(status=status, per_page=100))
    assert ids(https(status="trash", per_page=100)) == {40, 114}


def test_an_erased_order_is_gone(https):
    https("orders/40", method="DELETE", force="true")
    assert https("orders/40").status_code == 404
    assert 40 not in ids(https(status="trash", per_page=100))


def test_growth_is_the_same_each_time_and_adds_up():
    first, second = WooCommerceSimulator(FOLDER), WooCommerceSimulator(FOLDER)
    made = first.grow(40)
    assert second.grow(40) == made
    assert [first.orders[int(i)] for i in made] == [second.orders[int(i)] for i in made]
    newest = max(datetime.fromisoformat(o["date_modified_gmt"]) for o in recorded("orders_page2"))
    for external_id in made:
        order = first.orders[int(external_id)]
        assert datetime.fromisoformat(order["date_modified_gmt"]) > newest
        lines = order["line_items"] + order["shipping_lines"]
        total = sum(
            round(float(x["total"]) * 100) + round(float(x["total_tax"]) * 100) for x in lines
        )
        assert total == round(float(order["total"]) * 100)
    assert len({first.orders[int(i)]["billing"]["email"] for i in made}) == len(made)


def test_an_empty_folder_is_an_empty_shop(tmp_path):
    shop = WooCommerceSimulator(tmp_path)
    assert shop.order_ids() == []
    assert len(shop.grow(3)) == 3
    assert shop.now() > datetime.now(UTC) - timedelta(days=1)
