"""The walk over a PrestaShop's changed orders, in the shop's own time; single orders."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

import pytest

from ciama_connector.platforms import errors
from ciama_connector.platforms.prestashop import fields
from testbed import faults
from testbed.prestashop import PrestaShopSimulator

from .support import answering, normalized, pull_all

KEY = PrestaShopSimulator.credentials["key"]
PARIS = ZoneInfo("Europe/Paris")


def asked(shop, resource="orders"):
    return [parse_qs(seen.query) for seen in shop.seen if seen.path == f"/api/{resource}"]


def at(moment):
    """A fault that sets the server's clock."""

    def fault(request, handler):
        reply = handler(request)
        reply.headers["Date"] = format_datetime(moment, usegmt=True)
        return reply

    return fault


# -- the walk


def test_lists_are_sorted_by_date_and_id(ps):
    pull_all(ps.checked_connector(), page_size=5)
    walked = [query for query in asked(ps.shop) if "limit" in query and len(query["limit"]) == 1]
    sorts = {query["sort"][0] for query in walked if query.get("limit") == ["5"]}
    assert sorts == {"[date_upd_ASC,id_ASC]"}
    assert all(query["date"] == ["1"] for query in walked if query.get("limit") == ["5"])


@pytest.mark.parametrize("page_size", [1, 3, 4, 10])
def test_many_orders_of_one_second(ps, page_size):
    """A bulk change: more of one second than a page holds."""
    made = ps.shop.grow(11)
    moment = ps.shop.newest() + timedelta(minutes=1)
    for order_id in made:
        ps.shop.touch(order_id, moment)
    connector = ps.checked_connector()
    orders, cursor, seen = pull_all(connector, page_size=page_size)
    assert sorted(orders) == sorted(ps.shop.order_ids())
    assert seen == len(orders)
    assert pull_all(connector, cursor, page_size=page_size)[0] == {}


def test_an_order_that_leaves_its_second_while_this_is_read(ps):
    made = ps.shop.grow(9)
    moment = ps.shop.newest() + timedelta(minutes=1)
    for order_id in made:
        ps.shop.touch(order_id, moment)
    ps.shop.faults.add(faults.before(lambda: ps.shop.touch(made[0])), match="id_ASC%5D&limit=4&")
    orders, _, _ = pull_all(ps.checked_connector(), page_size=4)
    assert sorted(orders) == sorted(ps.shop.order_ids())


def test_an_order_without_a_change_date_comes_first(ps):
    for order_id in (1, 2, 3):
        ps.shop.store["orders"].update(order_id, date_upd="0000-00-00 00:00:00")
    connector = ps.checked_connector()
    pages = list(connector.pull(None, page_size=2))
    orders = {raw.external_id: raw for page in pages for raw in page.orders}
    assert sorted(orders) == sorted(ps.shop.order_ids())
    assert orders["1"].updated_at == datetime(2026, 1, 5, 8, 15, tzinfo=UTC)
    assert normalized(connector, orders["1"]).updated_at == orders["1"].updated_at


def test_an_order_from_1970(ps):
    ps.shop.store["orders"].update(
        1, date_add="1970-01-01 00:00:00", date_upd="1970-01-01 00:00:00"
    )
    assert "1" in pull_all(ps.checked_connector())[0]


def test_dates_are_the_shops_own_time(ps):
    orders, _, _ = pull_all(ps.checked_connector())
    assert orders["1"].updated_at == datetime(2026, 1, 5, 8, 15, tzinfo=UTC)  # 09:15, winter
    assert orders["57"].updated_at == datetime(2026, 6, 6, 7, 0, 10, tzinfo=UTC)  # summer
    since = datetime(2026, 6, 6, 7, 0, 10, tzinfo=UTC)
    late, _, _ = pull_all(ps.checked_connector(), since=since)
    assert "57" in late
    assert "56" not in late


def test_an_hour_that_clocks_show_twice_loses_no_order(ps):
    """On 25 October 2026 at 03:00 clocks in Paris go back to 02:00. Pulled in the first
    02:55; an order changed in the second 02:10 has an earlier date than the last one."""
    table = ps.shop.store["orders"]
    for order_id in list(table.rows):
        if order_id > 3:
            table.remove(order_id)
    table.update(2, date_upd="2026-10-25 02:50:00")
    facts = ps.connector().check().as_dict()
    ps.shop.faults.add(at(datetime(2026, 10, 25, 0, 55, tzinfo=UTC)), times=99)
    _, cursor, _ = pull_all(ps.connector(facts=facts))
    table.update(1, date_upd="2026-10-25 02:10:00", note="second pass")
    ps.shop.faults.clear()
    ps.shop.faults.add(at(datetime(2026, 10, 25, 1, 11, tzinfo=UTC)), times=99)
    orders, _, _ = pull_all(ps.connector(facts=facts), cursor)
    assert list(orders) == ["1"]


@pytest.mark.parametrize(
    ("moment", "lowest"),
    [
        ("2026-07-01 10:00", "2026-07-01 12:00"),
        ("2026-10-25 00:30", "2026-10-25 01:30"),  # 02:30, and 02:00 still to come again
        ("2026-10-25 01:30", "2026-10-25 02:30"),  # the second 02:30
        ("2026-03-29 00:59", "2026-03-29 01:59"),
        ("2026-03-29 01:00", "2026-03-29 03:00"),  # an hour left out
    ],
)
def test_the_lowest_time_that_may_still_be_written(moment, lowest):
    found = fields.lowest_wall_time(datetime.fromisoformat(f"{moment}Z"), [PARIS])
    assert found == datetime.fromisoformat(lowest)


def test_shops_in_several_time_zones_share_one_walk():
    zones = [PARIS, ZoneInfo("America/New_York")]
    found = fields.lowest_wall_time(datetime(2026, 7, 1, 10, tzinfo=UTC), zones)
    assert found.isoformat() == "2026-07-01T06:00:00"


def test_a_time_that_clocks_leave_out_is_no_error():
    row = {"date_add": "2026-03-29 02:30:00"}
    assert fields.date(row, "date_add", PARIS) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_a_list_that_ignores_the_filters_ends(ps):
    rows = [{"id": n, "date_upd": "2026-01-01 00:00:00"} for n in (1, 2)]
    connector = ps.checked_connector()
    ps.shop.faults.add(answering(200, {"orders": rows}), times=50, match="/api/orders?")
    with pytest.raises(errors.BadReply):
        list(connector.pull(None, page_size=2))


# -- single orders


def test_fetch_of_a_split_cart(ps):
    connector = ps.connector()
    assert connector.fetch("24").external_id == "24"
    assert connector.fetch("ZRIYBHSVN").external_id == "23"
    assert connector.fetch("ZRIYBHSVN#2").external_id == "24"
    assert connector.fetch("#zriybhsvn").external_id == "23"


@pytest.mark.parametrize("reference", ["", "   ", "NOPE", "ZRIYBHSVN#3", "1|2", "[1]", "5%", "0"])
def test_fetch_of_nothing(ps, reference):
    with pytest.raises(errors.NotFound):
        ps.connector().fetch(reference)


def test_a_deleted_order_is_not_found(ps):
    ps.shop.store["orders"].remove(1)
    with pytest.raises(errors.NotFound):
        ps.connector().fetch("1")
