"""What a WooCommerce shop tells before its first pull: rights, words, latest orders, counts."""

from datetime import UTC, datetime, timedelta

import pytest

from ciama_connector.platforms import errors
from ciama_connector.platforms.woocommerce import guide
from testbed import DATA
from testbed.woocommerce import WooCommerceSimulator
from testbed.woocommerce.auth import Key

from ..tls import make_certificate
from .support import Rig, answering, normalized, pull_all, queries, rig

KEY, SECRET = WooCommerceSimulator.credentials.values()
OTHERS = {trial.right.code for trial in guide.TRIALS}
EVER = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


@pytest.fixture
def woo():
    with rig("woocommerce") as shop_rig:
        yield shop_rig


@pytest.fixture(params=["http", "https"])
def either(request, tmp_path):
    """A shop and a function that builds its connectors."""
    shop = WooCommerceSimulator(DATA / "woocommerce")
    certificate = make_certificate(tmp_path) if request.param == "https" else None
    with shop.running(tls=certificate) as url:
        found = Rig(shop, url)
        verify = certificate[0] if certificate else True
        yield shop, lambda: found.connector(transport=found.transport(verify=verify))


def by_code(checks):
    return {check.right.code: check for check in checks}


def red(checks):
    return {check.right.code for check in checks if check.granted is False}


# -- rights


@pytest.mark.parametrize("translated", [False, True])
def test_a_key_that_may_only_write(either, translated):
    """Nothing else can be tried, and is not said to be wrong."""
    shop, connector = either
    shop.translated = translated
    shop.keys[KEY] = Key(SECRET, "write")
    checks = by_code(connector().check_rights())
    assert checks["read"].granted is False
    assert "read permission" in checks["read"].message
    assert {code for code, check in checks.items() if check.granted is None} == OTHERS
    assert all(checks[code].message for code in OTHERS)


@pytest.mark.parametrize("translated", [False, True])
def test_a_key_whose_user_is_no_shop_manager(either, translated):
    shop, connector = either
    shop.translated = translated
    shop.keys[KEY] = Key(SECRET, "read", role="editor")
    checks = connector().check_rights()
    assert red(checks) == OTHERS
    assert by_code(checks)["read"].granted
    assert "Shop manager" in by_code(checks)["orders"].message


def test_a_shop_manager_sees_all(either):
    shop, connector = either
    shop.keys[KEY] = Key(SECRET, "read", role="shop_manager")
    assert all(check.granted for check in connector().check_rights())


@pytest.mark.parametrize(
    "wrong", [{"consumer_key": "ck_wrong"}, {"consumer_secret": "cs_wrong"}], ids=["key", "secret"]
)
def test_rights_of_a_key_that_is_not_known(woo, wrong):
    with pytest.raises(errors.WrongCredentials):
        woo.connector(**wrong).check_rights()


def test_rights_where_woocommerce_is_not_active(woo):
    woo.shop.active = False
    with pytest.raises(errors.WrongPlatform):
        woo.connector().check_rights()


def test_a_plugin_that_says_401_of_one_list(woo):
    body = {"code": "woocommerce_rest_cannot_view", "message": "Désolé", "data": {"status": 401}}
    woo.shop.faults.add(answering(401, body), match="/customers")
    checks = woo.connector().check_rights()
    assert red(checks) == {"customers"}


def test_what_a_shop_does_without_is_not_red(woo):
    """WooCommerce before 9 has no list of all refunds; some shops do not ship."""
    woo.shop.has_refunds_route = woo.shop.ships = False
    checks = by_code(woo.connector().check_rights())
    assert {code for code, check in checks.items() if not check.granted} == {"refunds", "shipping"}
    assert red(checks.values()) == set()
    assert "Nothing to mend" in checks["refunds"].message
    connector = woo.checked_connector()
    assert connector.vocabulary().carriers == ()
    assert connector.vocabulary().payment_methods


def test_a_firewall_before_one_list_is_named(woo):
    woo.shop.faults.add(answering(403, "<html>Blocked</html>"), match="/system_status")
    check = by_code(woo.connector().check_rights())["system_status"]
    assert check.granted is None
    assert "firewall" in check.message


def test_each_right_is_tried_with_a_small_request(woo):
    woo.connector().check_rights()
    tried = woo.shop.seen[2:]  # after the site's index and the proof of the key
    assert [seen.path.removeprefix("/wp-json/wc/v3/") for seen in tried] == [
        trial.path for trial in guide.TRIALS
    ]
    assert sum("per_page=1&" in seen.query for seen in tried) == 4


# -- words


def test_words_of_the_shop(woo):
    told = woo.checked_connector().vocabulary()
    assert {method.value: method.label for method in told.payment_methods} == {
        "bacs": "Virement bancaire", "cheque": "Chèque", "cod": "Paiement à la livraison",
    }  # fmt: skip
    assert [(carrier.value, carrier.label) for carrier in told.carriers] == [
        ("flat_rate:1", "Colissimo"),
        ("free_shipping:2", "Livraison gratuite"),
        ("local_pickup:3", "Retrait boutique"),
        ("flat_rate:4", "DHL Europe"),
        ("flat_rate:5", "International"),
    ]
    statuses = {status.value: status.label for status in told.statuses}
    assert statuses["expedie"] == "Expédiée"
    assert "checkout-draft" not in statuses


def test_groups_are_the_roles_that_customers_may_have(woo):
    woo.shop.customers[0]["role"] = "wholesale_customer"
    connector = woo.checked_connector()
    told = {group.value: group.label for group in connector.vocabulary().groups}
    assert told == {
        "subscriber": "Subscriber",
        "customer": "Customer",
        "wholesale_customer": "Wholesale customer",
    }
    orders = [normalized(connector, raw) for raw in pull_all(connector)[0].values()]
    used = {(o.customer.group_id, o.customer.group_name) for o in orders if o.customer.group_id}
    assert ("wholesale_customer", "Wholesale customer") in used
    assert used <= set(told.items())


@pytest.mark.parametrize(
    ("right", "part"),
    [
        ("payment_gateways", "payment_methods"),
        ("shipping", "carriers"),
        ("reports", "statuses"),
        ("customers", "groups"),
    ],
)
def test_words_that_the_key_may_not_read_are_left_out(woo, right, part):
    woo.shop.deny(right)
    told = woo.checked_connector().vocabulary()
    parts = ("payment_methods", "carriers", "statuses", "groups")
    assert [name for name in parts if not getattr(told, name)] == [part]


def test_a_method_that_is_switched_off_is_no_word(woo):
    def off(request, handler):
        reply = handler(request)
        reply.set_data(reply.get_data().replace(b'"enabled":true', b'"enabled":false', 1))
        return reply

    connector = woo.checked_connector()
    woo.shop.faults.add(off, match="/payment_gateways")
    assert [method.value for method in connector.vocabulary().payment_methods] == ["cheque", "cod"]


# -- latest orders and counts


def test_carts_are_not_among_the_latest_orders_and_not_counted(woo):
    for draft in woo.shop.grow(25):
        woo.shop.change(draft, status="checkout-draft")
    connector = woo.checked_connector()
    latest = [raw.external_id for raw in connector.latest(10)]
    assert latest[:3] == ["100", "94", "92"]
    assert len(latest) == 10
    assert connector.count(*EVER) == len(woo.shop.order_ids())


def test_a_shop_full_of_carts_is_not_read_to_its_end(woo):
    for draft in woo.shop.grow(60):
        woo.shop.change(draft, status="checkout-draft")
    assert woo.checked_connector().latest(2) == ()
    assert len([q for q in queries(woo.shop) if q.get("orderby") == ["date"]]) == 5


def test_trashed_orders_are_counted_as_a_pull_shows_them(woo):
    connector = woo.checked_connector()
    before = connector.count(*EVER)
    woo.shop.trash("40")
    assert connector.count(*EVER) == before == len(pull_all(connector)[0])
    assert "40" not in [raw.external_id for raw in connector.latest(100)]


def test_a_count_goes_by_the_second_and_by_gmt(woo):
    connector = woo.checked_connector()
    when = normalized(connector, connector.fetch("100")).created_at
    half = timedelta(milliseconds=500)
    assert connector.count(when, when + half) == 1
    assert connector.count(when + half, when + 2 * half) == 0
    assert connector.count(when - half, when) == 0
    asked = [query for query in queries(woo.shop) if "after" in query]
    assert {query["dates_are_gmt"][0] for query in asked} == {"true"}
    assert {query["per_page"][0] for query in asked} == {"1"}


def test_a_count_where_a_status_is_not_known(woo):
    """WooCommerce without its blocks has no carts among its orders."""
    connector = woo.checked_connector()
    unknown = {"code": "rest_invalid_param", "message": "status", "data": {"status": 400}}
    woo.shop.faults.add(answering(400, unknown), match="status=checkout-draft")
    assert connector.count(*EVER) == len(woo.shop.order_ids())


def test_a_proxy_that_eats_the_totals_leaves_the_number_open(woo):
    def headless(request, handler):
        reply = handler(request)
        reply.headers.pop("X-WP-Total", None)
        return reply

    connector = woo.checked_connector()
    woo.shop.faults.add(headless, times=9, match="per_page=1&")
    assert connector.count(*EVER) is None
