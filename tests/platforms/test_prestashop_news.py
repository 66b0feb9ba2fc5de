"""Changes beside PrestaShop orders, and rows that belong to them."""

import json
from datetime import timedelta
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

import pytest

from ciama_connector.platforms.prestashop import polls, webservice
from testbed import faults
from testbed.prestashop import PrestaShopSimulator

from .support import normalized, pull_all, stored

KEY = PrestaShopSimulator.credentials["key"]
PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture
def pulled(ps):
    """(rig, facts, cursor) after everything was pulled; nothing is new."""
    connector = ps.checked_connector()
    _, cursor, _ = pull_all(connector)
    ps.shop.seen.clear()
    return ps, connector.config.facts, cursor


def again(pulled, cursor=None, **options):
    """(ids, cursor) of one more pull by a new connector, as the next job does."""
    shop_rig, facts, first = pulled
    orders, reached, _ = pull_all(shop_rig.connector(facts=facts), cursor or first, **options)
    return sorted(orders, key=int), reached


def asked(shop, resource="orders"):
    return [parse_qs(seen.query) for seen in shop.seen if seen.path == f"/api/{resource}"]


# -- news beside orders


def test_nothing_new_costs_three_requests_whoever_has_the_turn(pulled):
    ps, _, cursor = pulled
    for _ in range(4):
        ps.shop.seen.clear()
        ids, cursor = again(pulled, cursor)
        assert ids == []
        assert len(ps.shop.seen) == 3


def test_a_slip_brings_its_order_again(pulled):
    ps = pulled[0]
    ps.shop.add_slip("9")
    ids, cursor = again(pulled)
    assert ids == ["9"]
    assert again(pulled, cursor)[0] == []


def test_a_tracking_number_brings_its_order_again(pulled):
    ps = pulled[0]
    ps.shop.set_tracking("1", "6A-NEW")
    (ids, cursor), found = again(pulled), []
    found += ids
    for number in ("6A-CORRECTED", ""):
        ps.shop.set_tracking("1", number)
        for _ in range(2):  # parcels have their turn every other time
            ids, cursor = again(pulled, cursor)
            found += ids
    assert found == ["1", "1", "1"]


def test_a_payment_entered_by_hand_brings_its_order_again(pulled):
    ps = pulled[0]
    ps.shop.add_payment("1", "15.93", "Virement")
    first, cursor = again(pulled)
    second, cursor = again(pulled, cursor)
    assert first + second == ["1"]
    assert again(pulled, cursor)[0] == again(pulled, cursor)[0] == []


def test_a_payment_of_a_split_cart_brings_all_its_orders(pulled):
    ps = pulled[0]
    ps.shop.add_payment("23", "1.00")
    first, cursor = again(pulled)
    second, _ = again(pulled, cursor)
    assert first + second == ["23", "24"]


def test_news_of_an_order_that_changed_too_come_once(pulled):
    ps, facts, cursor = pulled
    ps.shop.add_slip("9")
    ps.shop.set_tracking("9", "6A-9")
    ps.shop.touch("9")
    orders, cursor, seen = pull_all(ps.connector(facts=facts), cursor)
    assert (list(orders), seen) == (["9"], 1)
    assert len(orders["9"].payload["slips"]) == 2
    assert again(pulled, cursor)[0] == []


def test_a_new_paid_order_is_not_looked_up_again_for_its_payment(pulled):
    ps, _, cursor = pulled
    ps.shop.grow(12)
    _, cursor = again(pulled, cursor)
    made = ps.shop.grow(12)  # payments have their turn
    ps.shop.seen.clear()
    ids, _ = again(pulled, cursor)
    assert ids == sorted(made, key=int)
    assert not [query for query in asked(ps.shop) if query["display"] == ["[id]"]]


def test_what_came_with_its_order_is_no_news_later(pulled):
    """Payments and parcels of new orders, when these have their turn afterwards."""
    ps, _, cursor = pulled
    for _ in range(2):
        made = ps.shop.grow(9)
        ps.shop.set_tracking(made[0], "6A-1")
        ps.shop.add_slip(made[1])
        ids, cursor = again(pulled, cursor)
        assert ids == sorted(made, key=int)
        for _ in range(3):
            ps.shop.seen.clear()
            ids, cursor = again(pulled, cursor)
            assert (ids, len(ps.shop.seen)) == ([], 3)
        ids, cursor = again(pulled, cursor)  # so that the other one has the next turn


@pytest.mark.parametrize(("moment", "slips"), [("sort=%5Bdate_upd", 2), ("order_carriers?", 1)])
def test_news_between_looking_and_the_page_are_not_lost(pulled, moment, slips):
    """A slip that is made after slips were looked at, while its order is being read."""
    ps, facts, cursor = pulled
    ps.shop.touch("9")
    slip = faults.before(lambda: ps.shop.add_slip("9"))
    look_at_parcels = faults.before(lambda: None)
    if slips == 1:  # the first request for parcels looks for news
        ps.shop.faults.add(look_at_parcels, match=moment)
    ps.shop.faults.add(slip, match=moment)
    orders, cursor, _ = pull_all(ps.connector(facts=facts), cursor)
    assert len(orders["9"].payload["slips"]) == slips
    assert again(pulled, cursor)[0] == ([] if slips == 2 else ["9"])


def test_a_pull_that_dies_looks_again_from_where_it_was(pulled):
    ps, facts, cursor = pulled
    for order_id in ("1", "2", "4", "9"):
        ps.shop.add_slip(order_id)
    made = ps.shop.grow(3)
    pages = ps.connector(facts=facts).pull(cursor, page_size=3)
    first = next(pages)
    assert sorted(raw.external_id for raw in first.orders) == sorted(made)
    ids, _ = again(pulled, first.cursor, page_size=3)
    assert ids == ["1", "2", "4", "9"]


def test_a_first_pull_brings_no_order_for_old_news(ps):
    ps.shop.set_tracking("9", "6A-9")
    ps.shop.add_slip("9")
    since = ps.shop.newest() + timedelta(days=1)
    connector = ps.checked_connector()
    orders, cursor, _ = pull_all(connector, since=since)
    assert orders == {}
    assert pull_all(connector, cursor)[0] == {}
    ps.shop.add_slip("2")
    assert list(pull_all(connector, cursor)[0]) == ["2"]


def test_parcels_are_watched_back_to_a_certain_row(ps, monkeypatch):
    """Rows that come into view because newer ones were deleted are no news."""
    monkeypatch.setattr(polls, "WATCHED", 5)
    connector = ps.checked_connector()
    _, cursor, _ = pull_all(connector)
    ps.shop.set_tracking("2", "6A-2")  # too old
    ids = list(pull_all(connector, cursor)[0])
    table = ps.shop.store["order_carriers"]
    table.remove(max(table.rows))
    for _ in range(2):
        orders, cursor, _ = pull_all(connector, cursor)
        ids += orders
    assert ids == []


# -- related rows


def test_related_rows_come_for_a_whole_page(ps):
    ps.shop.grow(200)
    connector = ps.checked_connector()
    ps.shop.seen.clear()
    pull_all(connector)
    paths = [seen.path.rpartition("/")[2] for seen in ps.shop.seen]
    assert {path: paths.count(path) for path in set(paths) if paths.count(path) > 2} == {}
    assert len(paths) < 35


def test_long_lists_of_ids_are_split(ps, monkeypatch):
    monkeypatch.setattr(webservice, "IDS_LENGTH", 60)
    connector = ps.checked_connector()
    orders, _, _ = pull_all(connector)
    monkeypatch.undo()
    whole, _, _ = pull_all(ps.connector(facts=connector.config.facts))
    assert {key: stored(raw.payload) for key, raw in orders.items()} == {
        key: stored(raw.payload) for key, raw in whole.items()
    }


def test_addresses_of_requests_stay_within_what_servers_take(ps):
    ps.shop.grow(700)
    orders, _, _ = pull_all(ps.checked_connector(), page_size=1000)
    assert len(orders) == 735
    assert max(len(seen.path) + len(seen.query) for seen in ps.shop.seen) < 6500


def test_an_unchanged_order_has_the_same_payload_each_time(ps):
    connector = ps.checked_connector()
    texts = {json.dumps(stored(ps.connector().fetch("25").payload)) for _ in range(4)}
    texts.add(json.dumps(stored(connector.fetch("DRHJNPOBP").payload)))
    assert len(texts) == 1


def test_payloads_hold_no_secret_of_the_shop(ps):
    orders, _, _ = pull_all(ps.checked_connector())
    for raw in orders.values():
        text = json.dumps(stored(raw.payload))
        for word in ("secure_key", "passwd", "reset_password", "birthday", "ip_registration"):
            assert word not in text


def test_all_shops_of_an_installation_are_read(ps):
    """Without being asked for all, PrestaShop lists the orders of one shop only."""
    second = ps.shop.add_shop("Boutique Pro")
    made = ps.shop.grow(2, shop=second)
    connector = ps.checked_connector()
    orders, _, _ = pull_all(connector)
    assert set(made) <= set(orders)
    named = {a.name: a.value for a in normalized(connector, orders[made[0]]).attributes}
    assert named["shop"] == "Boutique Pro"
