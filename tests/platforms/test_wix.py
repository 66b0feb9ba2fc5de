"""The walk over a Wix site's orders, its tokens and its errors."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from ciama_connector.canonical import Code, Problem
from ciama_connector.platforms import errors
from testbed import faults

from .support import normalized, pull_all, rig


@pytest.fixture
def wix():
    with rig("wix") as found:
        yield found
        assert found.shop.violations == []


def app(wix, **changes):
    """A connector that comes as an app instead of with an API key."""
    wanted = {**wix.shop.app_credentials, "api_key": "", "site_id": "", **changes}
    return wix.connector(**wanted)


def calls(wix, path):
    return [seen for seen in wix.shop.seen if seen.path == path]


# -- the walk


def test_orders_changed_at_one_moment_are_all_found(wix):
    """More than a page of them: the date alone cannot lead to the next page."""
    moment = datetime(2026, 10, 1, 12, tzinfo=UTC)
    for order_id in wix.shop.order_ids():
        wix.shop.touch(order_id, moment)
    orders, cursor, seen = pull_all(wix.connector(), page_size=4)
    assert len(orders) == seen == 25
    assert pull_all(wix.connector(), cursor, page_size=4)[0] == {}


def test_a_cursor_is_never_sent_with_a_filter_or_sort(wix):
    moment = datetime(2026, 10, 1, 12, tzinfo=UTC)
    for order_id in wix.shop.order_ids():
        wix.shop.touch(order_id, moment)
    pull_all(wix.connector(), page_size=4)
    searches = [json.loads(seen.body)["search"] for seen in calls(wix, "/ecom/v1/orders/search")]
    assert any(search["cursorPaging"].get("cursor") for search in searches)
    for search in searches:
        assert not (search["cursorPaging"].get("cursor") and search.get("filter"))


def test_pages_of_one_order(wix):
    orders, _, seen = pull_all(wix.connector(), page_size=1)
    assert len(orders) == seen == 25


def test_an_order_that_comes_to_light_late_is_not_missed(wix):
    """The search index lags: an older change shows up after a newer one was read."""
    now = datetime.now(UTC)
    hidden = wix.shop.orders.pop(5)
    wix.shop.touch(wix.shop.order_ids()[0], now - timedelta(seconds=5))
    _, cursor, _ = pull_all(wix.connector())
    wix.shop.orders.append(hidden)
    wix.shop.touch(hidden["id"], now - timedelta(minutes=2))
    orders, cursor, _ = pull_all(wix.connector(), cursor)
    assert list(orders) == [hidden["id"]]
    assert pull_all(wix.connector(), cursor)[0] == {}


def test_a_payment_that_shows_up_late_brings_the_order_again(wix):
    order_id = wix.shop.order_ids()[2]
    wix.shop.touch(order_id, datetime.now(UTC) - timedelta(seconds=5))
    _, cursor, _ = pull_all(wix.connector())
    wix.shop.add_payment(order_id, "735.00", moves_order=False)
    orders, _, _ = pull_all(wix.connector(), cursor)
    assert list(orders) == [order_id]
    payments = normalized(wix.connector(), orders[order_id]).payments
    assert [str(payment.amount) for payment in payments] == ["735.00"]


def test_the_cursor_stays_small(wix):
    wix.shop.grow(500)
    _, cursor, _ = pull_all(wix.connector())
    assert len(json.loads(cursor)["seen"]) == 1


def test_orders_not_yet_placed_never_come(wix):
    wix.shop.orders[0]["status"] = "INITIALIZED"
    orders, _, _ = pull_all(wix.connector())
    assert len(orders) == 24
    with pytest.raises(errors.NotFound):
        wix.connector().fetch(wix.shop.orders[0]["id"])


def test_transactions_are_asked_once_a_page(wix):
    wix.shop.grow(175)
    connector = wix.connector()
    orders, _, _ = pull_all(connector)
    assert len(orders) == 200
    assert connector.transport.calls == 9  # 100 + 99 + 2, each page its two lists


def test_a_pulled_order_brings_its_payments_refunds_and_parcels(wix):
    connector = wix.connector()
    raws, _, _ = pull_all(connector, page_size=7)
    orders = {
        order.number: order for order in (normalized(connector, raw) for raw in raws.values())
    }
    assert {number: len(order.refunds) for number, order in orders.items() if order.refunds} == {
        "10009": 1,
        "10010": 1,
        "10011": 1,
    }
    assert len(orders["10014"].payments) == 2
    assert [len(orders[number].shipments) for number in ("10001", "10002", "10013")] == [1, 0, 2]


def _serve_instead(wix, change):
    """Change the JSON of the next search reply."""

    def fault(request, handler):
        reply = handler(request)
        body = json.loads(reply.get_data())
        change(body)
        reply.set_data(json.dumps(body))
        return reply

    wix.shop.faults.add(fault, match="orders/search")


def test_garbage_in_a_page_does_not_stop_the_page(wix):
    _serve_instead(wix, lambda body: body["orders"].extend(["junk", None, {"number": "7"}, 5]))
    orders, cursor, _ = pull_all(wix.connector())
    broken = [raw for key, raw in orders.items() if key.startswith("unreadable-")]
    assert len(orders) == 29
    assert len(broken) == 4
    for raw in broken:
        with pytest.raises(Problem) as caught:
            normalized(wix.connector(), raw)
        assert caught.value.code is Code.INVALID_ORDER
    assert pull_all(wix.connector(), cursor)[0] == {}


def test_of_a_repeated_id_the_newest_is_kept(wix):
    newest = wix.shop.order(wix.shop.order_ids()[0]) | {
        "updatedDate": "2026-10-05T00:00:00.000Z",
        "buyerNote": "newer",
    }
    _serve_instead(wix, lambda body: body["orders"].insert(0, newest))
    page = next(iter(wix.connector().pull(None)))
    found = [raw for raw in page.orders if raw.external_id == newest["id"]]
    assert [normalized(wix.connector(), raw).customer_note for raw in found] == ["newer"]


def test_a_reply_without_orders_is_an_error_and_not_an_empty_site(wix):
    _serve_instead(wix, lambda body: body.pop("orders"))
    with pytest.raises(errors.BadReply):
        pull_all(wix.connector())


def test_more_orders_without_a_way_to_them_is_an_error(wix):
    _serve_instead(wix, lambda body: body["metadata"].update(hasNext=True, cursors={}))
    with pytest.raises(errors.BadReply):
        pull_all(wix.connector())


def test_missing_transactions_are_an_error_and_not_an_unpaid_order(wix):
    def fault(request, handler):
        reply = handler(request)
        reply.set_data(b"{}")
        return reply

    wix.shop.faults.add(fault, match="payments/list-by-ids")
    with pytest.raises(errors.BadReply):
        pull_all(wix.connector())


# -- who may ask


def test_an_app_comes_in_with_a_token_of_its_own(wix):
    connector = app(wix)
    assert connector.check().name == "Les Jardins simulés"
    orders, _, _ = pull_all(connector)
    assert len(orders) == 25
    assert len(calls(wix, "/oauth2/token")) == 1


def test_an_expired_token_is_renewed_once(wix):
    connector = app(wix)
    connector.check()
    wix.shop.expire_tokens()
    assert len(pull_all(connector)[0]) == 25
    assert len(calls(wix, "/oauth2/token")) == 2


def test_the_announced_lifetime_of_a_token_is_honoured(wix):
    wix.shop.token_seconds = 30  # ends within the minute in which tokens are renewed
    connector = app(wix)
    connector.check()
    unauthorized = [exchange for exchange in wix.journal if exchange.status == 401]
    assert unauthorized == []
    assert len(calls(wix, "/oauth2/token")) == 4  # a new one for each call


def test_a_token_that_is_always_refused_is_not_asked_for_again_and_again(wix):
    connector = app(wix)
    wix.shop.token_seconds = -10
    with pytest.raises(errors.WrongCredentials):
        connector.check()
    assert len(calls(wix, "/oauth2/token")) == 2


def test_tokens_stay_out_of_the_journal(wix):
    connector = app(wix)
    pull_all(connector)
    (token,) = wix.shop.tokens
    assert token not in repr(wix.journal)
    assert wix.shop.app_credentials["client_secret"] not in repr(wix.journal)


@pytest.mark.parametrize("name", ["client_id", "client_secret", "instance_id"])
def test_wrong_app_credentials(wix, name):
    with pytest.raises(errors.WrongCredentials):
        app(wix, **{name: "wrong"}).check()


def test_incomplete_credentials_are_named_without_a_call(wix):
    with pytest.raises(errors.WrongCredentials):
        app(wix, client_secret="").check()
    with pytest.raises(errors.WrongCredentials):
        wix.connector(site_id="").check()
    assert wix.shop.seen == []


def test_a_key_of_another_site_may_not_read_this_one(wix):
    with pytest.raises(errors.MissingPermission):
        wix.connector(site_id="00000000-0000-0000-0000-000000000000").check()


@pytest.mark.parametrize("path", ["orders/search", "payments/list-by-ids", "fulfillments"])
def test_check_names_a_missing_permission(wix, path):
    wix.shop.denied = {path}
    with pytest.raises(errors.MissingPermission, match="Read Orders"):
        wix.connector().check()


def test_check_does_without_the_sites_properties(wix):
    wix.shop.denied = {"site-properties"}
    facts = wix.connector().check()
    assert facts.name == wix.shop.credentials["site_id"]
    assert facts.currency == "USD"  # of the newest order
    assert wix.connector().check().timezone == "UTC"


def test_check_tells_the_sites_facts(wix):
    facts = wix.connector().check()
    assert (facts.currency, facts.timezone, facts.languages) == ("EUR", "Europe/Paris", ("fr",))


def test_check_of_a_new_site_without_orders(wix):
    wix.shop.orders.clear()
    facts = wix.connector().check()
    assert facts.prices_include_tax is None
    assert pull_all(wix.connector())[0] == {}


def test_a_wrong_path_is_not_the_wix_api(wix):
    wix.shop.faults.add(faults.html_page, times=20)
    with pytest.raises(errors.WrongPlatform):
        wix.connector().check()


def test_another_api_in_json_is_not_the_wix_api(wix):
    with pytest.raises(errors.WrongPlatform):
        wix.connector(url=f"{wix.url}/elsewhere").check()


def test_too_many_requests_are_left_to_the_queue(wix):
    wix.shop.limited = True
    connector = wix.connector()
    with pytest.raises(errors.Throttled):
        for _ in range(300):
            connector.fetch("10001")


def test_wixs_own_error_text_is_not_repeated(wix):
    def fault(request, handler):
        reply = handler(request)
        reply.status_code = 428
        reply.set_data(
            json.dumps(
                {
                    "message": "buyer lucie@example.com has no card",
                    "details": {"applicationError": {"code": "SOME_CODE", "description": "x"}},
                }
            )
        )
        return reply

    wix.shop.faults.add(fault)
    with pytest.raises(errors.Refused, match="SOME_CODE") as caught:
        pull_all(wix.connector())
    assert "lucie" not in str(caught.value)


# -- one order


def test_an_order_by_its_number_and_by_no_number_at_all(wix):
    assert wix.connector().fetch("10007").number == "10007"
    for reference in ("no-such-number", "00000000-0000-0000-0000-00000000dead"):
        with pytest.raises(errors.NotFound):
            wix.connector().fetch(reference)


def test_the_orders_page_in_the_dashboard(wix):
    url = wix.connector().admin_url("dae87c6c-e11a-4e83-b67f-871ba56bbbd6")
    assert url.endswith("/ecom-platform/order-details/dae87c6c-e11a-4e83-b67f-871ba56bbbd6")
    assert app(wix).admin_url("x") == ""


def test_the_request_id_of_wix_is_in_the_journal(wix):
    wix.connector().check()
    assert all(exchange.request_id for exchange in wix.journal)
