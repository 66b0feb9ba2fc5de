"""The WooCommerce client over its simulated shop: authentication, errors, the walk."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from ciama_connector.canonical import Code, OrderStatus, Problem
from ciama_connector.platforms import errors
from ciama_connector.platforms.walk import OVERLAP
from ciama_connector.platforms.woocommerce.dates import naive_gmt
from testbed import DATA, faults
from testbed.woocommerce import WooCommerceSimulator
from testbed.woocommerce.auth import Key

from ..tls import make_certificate
from .support import Rig, answering, editing, normalized, pull_all, queries, rig

KEY, SECRET = WooCommerceSimulator.credentials.values()


@pytest.fixture
def woo():
    with rig("woocommerce") as shop_rig:
        yield shop_rig


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return make_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def secure(certificate):
    """A rig over https; ``trusted()`` builds connectors that know the certificate."""
    shop = WooCommerceSimulator(DATA / "woocommerce")
    with shop.running(tls=certificate) as url:
        secure = Rig(shop, url)
        secure.trusted = lambda **options: secure.connector(
            transport=secure.transport(secrets=(KEY, SECRET), verify=certificate[0]), **options
        )
        yield secure


# -- authentication


def test_http_requests_are_signed_each_anew(woo):
    connector = woo.checked_connector()
    woo.shop.seen.clear()
    woo.shop.faults.add(faults.server_error, times=2)
    pull_all(connector)
    nonces = [query["oauth_nonce"][0] for query in queries(woo.shop)]
    assert len(set(nonces)) == len(nonces) > 4
    assert {query["oauth_signature_method"][0] for query in queries(woo.shop)} == {"HMAC-SHA256"}
    assert not any(SECRET in seen.query for seen in woo.shop.seen)


def test_https_sends_basic_and_no_key_in_the_url(secure):
    connector = secure.trusted()
    facts = connector.check()
    orders, _, _ = pull_all(secure.trusted(facts=facts.as_dict()))
    assert sorted(orders) == sorted(secure.shop.order_ids())
    assert facts.extra["auth"] == "basic"
    assert not any(KEY in seen.query or SECRET in seen.query for seen in secure.shop.seen)


def test_a_server_that_drops_the_authorization_header(secure):
    """CGI servers do; the signature goes in the query then, the secret still does not."""
    secure.shop.drops_authorization = True
    facts = secure.trusted().check().as_dict()
    assert facts["extra"]["auth"] == "oauth"
    orders, _, _ = pull_all(secure.trusted(facts=facts))
    assert sorted(orders) == sorted(secure.shop.order_ids())
    assert not any(SECRET in seen.query for seen in secure.shop.seen)


def test_an_untrusted_certificate(secure):
    with pytest.raises(errors.CertificateError):
        secure.connector().check()


@pytest.mark.parametrize("translated", [False, True])
@pytest.mark.parametrize(
    "wrong", [{"consumer_key": "ck_wrong"}, {"consumer_secret": "cs_wrong"}], ids=["key", "secret"]
)
def test_wrong_credentials(woo, secure, wrong, translated):
    woo.shop.translated = secure.shop.translated = translated
    with pytest.raises(errors.WrongCredentials) as caught:
        woo.connector(**wrong).check()
    assert KEY not in str(caught.value)
    with pytest.raises(errors.WrongCredentials):
        secure.trusted(**wrong).check()


@pytest.mark.parametrize("translated", [False, True])
def test_a_key_that_may_only_write(woo, secure, translated):
    """Same code as a wrong secret; the sentence is in the shop's language."""
    for shop_rig, build in ((woo, woo.connector), (secure, secure.trusted)):
        shop_rig.shop.translated = translated
        shop_rig.shop.keys[KEY] = Key(SECRET, "write")
        with pytest.raises(errors.MissingPermission, match="read"):
            build().check()


def test_a_key_whose_user_may_not_see_orders(woo):
    woo.shop.keys[KEY] = Key(SECRET, "read", role="customer")
    with pytest.raises(errors.MissingPermission, match="orders"):
        woo.connector().check()


def test_clocks_that_differ_too_much(woo, monkeypatch):
    now = time.time()
    monkeypatch.setattr("oauthlib.oauth1.rfc5849.generate_timestamp", lambda: str(int(now) - 3600))
    with pytest.raises(errors.ConfigurationError, match="clocks"):
        woo.connector().check()


# -- what else may answer


def test_wordpress_without_woocommerce(woo):
    woo.shop.active = False
    with pytest.raises(errors.WrongPlatform, match="WooCommerce"):
        woo.connector().check()


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (answering(404, "<html>Not found</html>"), errors.WrongPlatform),
        (answering(200, {"shop": "other"}), errors.WrongPlatform),
        (answering(200, []), errors.WrongPlatform),
        (answering(301, "", Location="https://www.shop.example/?key=x"), errors.WrongUrl),
        (answering(503, "<html>Maintenance</html>"), errors.ShopOff),
        (answering(500, "<html>Fatal error</html>"), errors.Unavailable),
        (answering(403, "<html>Blocked</html>"), errors.Refused),
        (answering(401, {"code": "rest_login_required", "message": "x"}), errors.ShopOff),
    ],
)
def test_other_answers_are_named(woo, reply, error):
    woo.shop.faults.add(reply, times=20)
    with pytest.raises(error) as caught:
        woo.connector().check()
    assert "key=x" not in str(caught.value)


def test_the_address_may_be_pasted_from_the_back_office(woo):
    for tail in ("/", "/wp-json/wc/v3", "/wp-admin/index.php"):
        assert woo.connector(url=woo.url + tail).check().name == "Boutique de test"


# -- facts


def test_facts_of_the_recorded_shop(woo):
    facts = woo.connector().check()
    assert (facts.name, facts.version, facts.currency, facts.timezone) == (
        "Boutique de test", "11.0.1", "EUR", "Europe/Paris",
    )  # fmt: skip
    assert facts.languages == ("en_US",)
    assert facts.prices_include_tax is True
    assert facts.extra == {
        "auth": "oauth", "hpos": True, "refunds": True, "customers": True, "products": True,
    }  # fmt: skip


def test_a_key_that_sees_little_beside_orders(woo):
    woo.shop.forbidden = {"system_status", "settings", "data", "customers", "products"}
    facts = woo.connector().check()
    assert (facts.version, facts.currency, facts.prices_include_tax) == ("11.0.1", "EUR", True)
    assert facts.extra["customers"] is False
    orders, _, _ = pull_all(woo.connector(facts=facts.as_dict()))
    assert sorted(orders) == sorted(woo.shop.order_ids())
    assert not any(seen.path.endswith("/customers") for seen in woo.shop.seen[-4:])


def test_a_site_set_to_an_offset(woo):
    woo.shop.index |= {"timezone_string": "", "gmt_offset": 2}
    assert woo.connector().check().timezone == "Etc/GMT-2"


def test_the_order_in_the_back_office(woo):
    assert (
        woo.connector()
        .admin_url("40")
        .endswith("/wp-admin/admin.php?page=wc-orders&action=edit&id=40")
    )
    old = woo.connector(facts={"extra": {"hpos": False}})
    assert old.admin_url("40").endswith("/wp-admin/post.php?post=40&action=edit")
    assert woo.connector().admin_url("unreadable-1") == ""


# -- the walk


def test_dates_go_out_as_naive_gmt_with_the_flag(woo):
    """A "Z" beside the flag would skip an hour of changes in a shop in Paris."""
    since = datetime(2026, 11, 10, 15, 30, 0, tzinfo=UTC) - timedelta(hours=1)
    orders, _, _ = pull_all(woo.checked_connector(), since=since)
    assert {"43", "53", "78", "83", "88"} <= set(orders)  # changed at 14:30:00 GMT exactly
    asked = [query for query in queries(woo.shop) if "modified_after" in query]
    assert {query["dates_are_gmt"][0] for query in asked} == {"true"}
    assert not any("Z" in query["modified_after"][0] for query in asked)
    assert naive_gmt(since) == "2026-11-10T14:30:00"


def test_more_orders_in_one_second_than_fit_a_page(woo):
    """As a bulk edit leaves them."""
    made = woo.shop.grow(40)
    second = woo.shop.newest() + timedelta(hours=1)
    for external_id in made:
        woo.shop.touch(external_id, second)
    later = woo.shop.grow(2)
    orders, cursor, seen = pull_all(woo.checked_connector(), page_size=7)
    assert sorted(orders) == sorted(woo.shop.order_ids())
    assert seen == len(orders)
    assert set(later) <= set(orders)
    assert pull_all(woo.checked_connector(), cursor)[0] == {}


def test_an_order_that_leaves_a_full_second_hides_no_other(woo):
    made = woo.shop.grow(20)
    second = woo.shop.newest()
    for external_id in made:
        woo.shop.touch(external_id, second)
    connector = woo.checked_connector()
    moved = faults.before(lambda: woo.shop.touch(made[0]))
    woo.shop.faults.add(moved, match="orderby=id&order=asc&per_page=5&page=2")
    orders, _, _ = pull_all(connector, page_size=5)
    assert set(made) <= set(orders)
    assert sorted(orders) == sorted(woo.shop.order_ids())
    assert orders[made[0]].payload["order"]["customer_note"].count("(edited)") == 2


def test_a_pull_inside_a_full_second_goes_on_from_any_page(woo):
    made = woo.shop.grow(12)
    second = woo.shop.newest()
    for external_id in made:
        woo.shop.touch(external_id, second)
    found, cursor = [], None
    while True:
        page = next(iter(woo.connector().pull(cursor, page_size=5)), None)
        if page is None or not page.orders:
            break
        found += [raw.external_id for raw in page.orders]
        cursor = page.cursor
    assert sorted(found) == sorted(woo.shop.order_ids())


def test_a_change_in_the_second_it_was_read_comes_again(woo):
    """Second-grained dates: the later change does not move the date."""
    target = woo.shop.grow(1)[0]
    now = datetime.now(UTC).replace(microsecond=0)
    woo.shop.touch(target, now)
    _, cursor, _ = pull_all(woo.checked_connector())
    woo.shop.change(target, now, status="cancelled")
    orders, cursor, _ = pull_all(woo.checked_connector(), cursor)
    assert list(orders) == [target]
    assert orders[target].payload["order"]["status"] == "cancelled"
    assert pull_all(woo.checked_connector(), cursor)[0] == {}


def test_a_late_commit_inside_the_overlap_is_found(woo):
    """A slow checkout's order becomes visible with a date that lies before the cursor."""
    first, late = woo.shop.grow(2)
    now = datetime.now(UTC).replace(microsecond=0)
    woo.shop.touch(first, now)
    hidden = woo.shop.orders.pop(int(late))
    _, cursor, _ = pull_all(woo.checked_connector())
    woo.shop.add(hidden)
    woo.shop.touch(late, now - OVERLAP / 2)
    assert list(pull_all(woo.checked_connector(), cursor)[0]) == [late]


def test_the_cursor_forgets_what_is_out_of_reach(woo):
    woo.shop.grow(300)
    for number, external_id in enumerate(woo.shop.order_ids()):
        when = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=number)
        woo.shop.touch(external_id, when)
    _, cursor, _ = pull_all(woo.checked_connector())
    assert len(cursor) < 200


def test_next_links_are_not_followed_and_pages_stay_in_the_limit(woo):
    woo.shop.grow(150)
    orders, _, _ = pull_all(woo.checked_connector(), page_size=1000)
    assert sorted(orders) == sorted(woo.shop.order_ids())
    sizes = {query["per_page"][0] for query in queries(woo.shop) if "modified_after" in query}
    assert sizes == {"100"}


@pytest.mark.parametrize("eaten", [("X-WP-Total", "X-WP-TotalPages"), ("X-WP-TotalPages",)])
def test_a_proxy_that_eats_the_totals(woo, eaten):
    def headless(request, handler):
        reply = handler(request)
        for name in eaten:
            reply.headers.pop(name, None)
        return reply

    same = woo.shop.grow(6)
    for external_id in same:
        woo.shop.touch(external_id, woo.shop.newest())
    woo.shop.faults.add(headless, times=500)
    orders, _, _ = pull_all(woo.checked_connector(), page_size=3)
    assert sorted(orders) == sorted(woo.shop.order_ids())


def test_a_shop_that_knows_no_change_dates_is_an_error_and_no_endless_pull(woo):
    """WooCommerce before 5.8 ignores modified_after silently; so does a cache."""
    woo.shop.ignored_params = {"modified_after", "modified_before"}
    with pytest.raises(errors.ConfigurationError, match=r"5\.8"):
        pull_all(woo.connector(), page_size=5)


def test_a_list_that_never_comes_to_rest_is_an_error(woo):
    made = woo.shop.grow(8)
    for external_id in made:
        woo.shop.touch(external_id, woo.shop.newest())
    counter = iter(range(10_000))

    def restless(request, handler):
        reply = handler(request)
        reply.headers["X-WP-Total"] = str(next(counter))
        return reply

    woo.shop.faults.add(restless, times=1000, match="orderby=id")
    with pytest.raises(errors.BadReply):
        pull_all(woo.connector(), page_size=4)


@pytest.mark.parametrize("url", ["", "http://", "http://a b", "https://shop..example.com"])
def test_no_web_address(woo, url):
    with pytest.raises(errors.WrongUrl):
        woo.connector(url=url or " ").check()


def test_a_page_with_fewer_orders_than_asked_is_not_the_last(woo):
    """WooCommerce leaves out, after paging, what the key's user may not see."""
    connector = woo.checked_connector()
    woo.shop.faults.add(editing(lambda body: body[:1] + body[2:]), match="/orders?")
    orders, _, _ = pull_all(connector, page_size=10)
    assert len(orders) == len(woo.shop.order_ids()) - 1


# -- trash, drafts, erased orders


def test_a_trashed_order_comes_as_deleted_and_a_restored_one_again(woo):
    connector = woo.checked_connector()
    _, cursor, _ = pull_all(connector)
    woo.shop.trash("40")
    orders, cursor, _ = pull_all(connector, cursor)
    assert list(orders) == ["40"]
    order = normalized(connector, orders["40"])
    assert (order.status, order.shop_status) == (OrderStatus.DELETED, "trash")
    woo.shop.change("40", status="processing")
    orders, cursor, _ = pull_all(connector, cursor)
    assert normalized(connector, orders["40"]).status is OrderStatus.PAID
    assert pull_all(connector, cursor)[0] == {}


def test_trashing_while_paging_loses_no_other(woo):
    connector = woo.checked_connector()
    pages = connector.pull(None, page_size=3)
    first = next(pages)
    woo.shop.trash(first.orders[0].external_id)
    seen = {raw.external_id for raw in first.orders}
    for page in pages:
        seen |= {raw.external_id for raw in page.orders}
    assert seen == set(woo.shop.order_ids())


def test_an_erased_order_is_not_found(woo):
    woo.shop.erase("40")
    with pytest.raises(errors.NotFound):
        woo.connector().fetch("40")


def test_carts_are_no_orders_until_they_are_placed(woo):
    draft = woo.shop.grow(1)[0]
    woo.shop.change(draft, status="checkout-draft")
    connector = woo.checked_connector()
    orders, cursor, _ = pull_all(connector)
    assert draft not in orders
    with pytest.raises(errors.NotFound):
        connector.fetch(draft)
    woo.shop.change(draft, status="processing")
    assert list(pull_all(connector, cursor)[0]) == [draft]


# -- broken pages


def test_broken_items_do_not_stop_the_page(woo):
    junk = [None, "garbage", 17, ["x"], {"number": "no id"}, {"id": {"a": 1}}]
    connector = woo.checked_connector()
    woo.shop.faults.add(editing(lambda body: junk + body), match="status=any")
    orders, _, _ = pull_all(connector)
    unreadable = [key for key in orders if key.startswith("unreadable-")]
    assert len(unreadable) == len(junk)
    assert set(orders) - set(unreadable) == set(woo.shop.order_ids())
    for key in unreadable:
        with pytest.raises(Problem) as caught:
            normalized(connector, orders[key])
        assert caught.value.code is Code.INVALID_ORDER


def test_of_a_repeated_order_the_newest_counts(woo):
    def twice(body):
        newer = {**body[0], "customer_note": "newer", "date_modified_gmt": "2026-11-23T12:00:00"}
        return [newer, *body]

    woo.shop.faults.add(editing(twice), match="status=any")
    page = next(iter(woo.connector().pull(None, page_size=5)))
    notes = {raw.external_id: raw.payload["order"]["customer_note"] for raw in page.orders}
    assert len(notes) == len(page.orders)
    assert notes["39"] == "newer"


@pytest.mark.parametrize("body", [{"orders": []}, None, "x"])
def test_a_reply_that_is_no_list_is_an_error(woo, body):
    woo.shop.faults.add(editing(lambda _: body), times=20, match="status=any")
    with pytest.raises(errors.BadReply):
        pull_all(woo.connector())
