"""What a PrestaShop shop tells before its first pull: rights, words, latest orders, counts."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from ciama_connector.canonical import Problem
from ciama_connector.platforms import errors
from ciama_connector.platforms.prestashop import const, guide
from ciama_connector.platforms.prestashop.fields import as_utc, first_wall_time
from testbed import DATA
from testbed.prestashop import PrestaShopSimulator
from testbed.prestashop.keys import Key

from .support import Rig, answering, normalized, pull_all

KEY = PrestaShopSimulator.credentials["key"]
PARIS, TOKYO = ZoneInfo("Europe/Paris"), ZoneInfo("Asia/Tokyo")
EVER = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


def refused(checks):
    return {check.right.code: check.message for check in checks if check.granted is False}


# -- rights


def test_every_resource_that_a_pull_reads_is_a_right(ps):
    pull_all(ps.checked_connector())
    read = {seen.path.removeprefix("/api/") for seen in ps.shop.seen} - {""}
    assert read == {right.code for right in guide.RIGHTS}


def test_each_right_is_tried_with_a_request_of_its_own(ps):
    ps.connector().check_rights()
    assert [seen.path for seen in ps.shop.seen] == [
        "/api/", *(f"/api/{right.code}" for right in guide.RIGHTS)
    ]  # fmt: skip
    assert all("limit=1" in seen.query and "display" not in seen.query for seen in ps.shop.seen[1:])


def test_a_missing_right_names_the_line_and_the_column(ps):
    ps.shop.deny("groups")
    message = refused(ps.connector().check_rights())["groups"]
    assert "groups" in message
    assert "View (GET)" in message
    assert message.params == {"asked": "groups"}


def test_a_key_with_rights_to_write_only(ps):
    ps.shop.keys[KEY] = Key(methods=frozenset({"POST", "PUT"}))
    assert set(refused(ps.connector().check_rights())) == {r.code for r in guide.RIGHTS}


def test_a_key_without_any_rights(ps):
    """As one that was just made: the shop knows it, and that is what staff are told."""
    ps.shop.keys[KEY] = Key(resources=frozenset())
    found = refused(ps.connector().check_rights())
    assert set(found) == {right.code for right in guide.RIGHTS}
    assert all("no permissions yet" in message for message in found.values())
    with pytest.raises(errors.MissingPermission, match="no permissions yet"):
        ps.connector().check()


def test_a_key_of_another_shop_has_no_rights_here(ps):
    ps.shop.keys[KEY] = Key(shops=frozenset({77}))
    found = refused(ps.connector().check_rights())
    assert len(found) == len(guide.RIGHTS)
    assert "no shop" in found["orders"]


def test_a_resource_that_this_version_lacks_is_not_red(ps):
    unknown = {"errors": [{"code": 27, "message": 'Resource of type "messages" does not exists'}]}
    ps.shop.faults.add(answering(400, unknown), match="/api/messages")
    checks = {check.right.code: check for check in ps.connector().check_rights()}
    assert checks["messages"].granted is None
    assert "messages" in checks["messages"].message
    assert refused(checks.values()) == {}


@pytest.mark.parametrize("key", ["BADKEYBADKEYBADKEYBADKEYBADKEY12", "SHORT", ""])
def test_rights_of_a_key_that_does_not_open(ps, key):
    with pytest.raises(errors.WrongCredentials):
        ps.connector(key=key).check_rights()


def test_rights_where_the_webservice_is_off(ps):
    ps.shop.enabled = False
    with pytest.raises(errors.ShopOff, match="switched off"):
        ps.connector().check_rights()


def test_the_guide_names_every_line_to_tick():
    told = " ".join(value for step in guide.STEPS for _, value in step.fields)
    assert all(resource in told for resource in (*const.REQUIRED, *const.OPTIONAL))


# -- words


def test_words_of_the_shop(ps):
    told = ps.checked_connector().vocabulary()
    assert told.payment_methods == ()
    assert [(carrier.value, carrier.label) for carrier in told.carriers][1] == (
        "2", "Colissimo Domicile",
    )  # fmt: skip
    assert "Paiement accepté" in {status.value for status in told.statuses}
    assert {group.value: group.label for group in told.groups}["4"] == "Professionnels (HT)"


def test_a_carrier_that_was_edited_keeps_its_word(ps):
    """PrestaShop puts another row in its place and marks the old one as deleted."""
    ps.shop.store["carriers"].update(2, deleted="1")
    ps.shop.store["carriers"].insert(
        id_reference="2", name="Colissimo", active="1", deleted="0", is_free="0"
    )
    ps.shop.store["carriers"].update(5, active="0")
    told = {c.value: c.label for c in ps.checked_connector().vocabulary().carriers}
    assert told["2"] == "Colissimo"
    assert sorted(told) == ["1", "2", "3", "4"]


def test_two_states_of_one_name_are_one_word(ps):
    ps.shop.store["order_states"].update(3, name=ps.shop.store["order_states"].rows[2]["name"])
    told = [status.value for status in ps.checked_connector().vocabulary().statuses]
    assert told.count("Paiement accepté") == 1


@pytest.mark.parametrize("part", ["carriers", "order_states", "groups"])
def test_words_that_the_key_may_not_read_are_left_out(ps, part):
    connector = ps.checked_connector()
    ps.shop.deny(part)
    told = connector.vocabulary()
    parts = {"carriers": told.carriers, "order_states": told.statuses, "groups": told.groups}
    assert [name for name, words in parts.items() if not words] == [part]


@pytest.mark.parametrize("version", ["ps1.7.8.11", "ps9.1.0-dev"])
def test_other_versions(version):
    shop = PrestaShopSimulator(DATA / "prestashop" / version)
    with shop.running() as url:
        other = Rig(shop, url)
        assert refused(other.connector().check_rights()) == {}
        connector = other.checked_connector()
        assert connector.count(*EVER) == len(shop.order_ids())
        latest = connector.latest(2)
        assert [raw.external_id for raw in latest] == shop.order_ids()[:-3:-1]
        told = {status.value for status in connector.vocabulary().statuses}
        assert {normalized(connector, raw).shop_status for raw in latest} <= told


# -- latest orders and counts


def test_the_latest_orders_are_those_placed_last_not_changed_last(ps):
    ps.shop.touch("1")
    assert [raw.external_id for raw in ps.checked_connector().latest(3)] == ["66", "64", "62"]


def test_a_count_asks_for_ids_only(ps):
    connector = ps.checked_connector()
    ps.shop.seen.clear()
    assert connector.count(*EVER) == 35
    assert len(ps.shop.seen) == 1
    assert "display" not in ps.shop.seen[0].query


def test_a_count_reads_the_hour_that_clocks_show_twice_as_orders_do(ps):
    """25 October 2026, 02:00 to 03:00 in Paris, comes at 00:00 and at 01:00 UTC."""
    for key, at in ((1, "01:59:59"), (2, "02:00:00"), (3, "02:59:59"), (4, "03:00:00")):
        ps.shop.store["orders"].update(key, date_add=f"2026-10-25 {at}")
    connector = ps.checked_connector()
    dates = [normalized(connector, connector.fetch(key)).created_at for key in "1234"]
    start = datetime(2026, 10, 24, 23, tzinfo=UTC)
    for minutes in range(0, 240, 15):
        since = start + timedelta(minutes=minutes)
        until = since + timedelta(minutes=15)
        assert connector.count(since, until) == sum(since <= date < until for date in dates)


def test_a_window_of_less_than_a_second_holds_nothing_that_is_not_in_it(ps):
    connector = ps.checked_connector()
    when = normalized(connector, connector.fetch("66")).created_at
    half = timedelta(milliseconds=500)
    assert connector.count(when, when + half) == 1
    assert connector.count(when + half, when + 2 * half) == 0
    assert connector.count(when, when) == 0
    assert connector.count(when + half, when) == 0


def test_shops_in_several_time_zones_are_counted_by_their_own_clocks(ps):
    store = ps.shop.store
    store["configurations"].insert(name="PS_TIMEZONE", value="Asia/Tokyo", id_shop="2")
    store["shops"].insert(
        id=2, name="Tokyo", active="1", deleted="0", id_shop_group="1", id_category="2"
    )
    for key in (1, 2, 3):
        store["orders"].update(key, id_shop="2")
    connector = ps.checked_connector()
    orders = {}
    for key, raw in pull_all(connector)[0].items():
        try:
            orders[key] = normalized(connector, raw).created_at
        except Problem:
            pytest.fail(f"{key} cannot be read")
    own = [orders[key] for key in "123"]
    since, until = min(own), max(own) + timedelta(seconds=1)
    before = connector.transport.calls
    assert connector.count(since, until) == sum(since <= d < until for d in orders.values())
    assert connector.transport.calls - before == 2
    assert connector.count(*EVER) == len(orders)


@pytest.mark.parametrize("zone", [PARIS, TOKYO, ZoneInfo("UTC")])
def test_the_first_wall_time_is_the_earliest_that_counts(zone):
    """Over both changes of the clocks, at odd seconds."""
    for month, day in ((3, 29), (10, 25), (7, 1)):
        start = datetime(2026, month, day, tzinfo=UTC)
        for step in range(0, 4 * 3600, 617):
            moment = start + timedelta(seconds=step)
            found = first_wall_time(moment, zone)
            assert as_utc(found, zone) >= moment
            assert as_utc(found - timedelta(seconds=1), zone) < moment
