"""What every platform tells of a shop before its first pull: the way to the credentials, which
rights they lack, the shop's words, its latest orders and how many there were."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest

from ciama_connector.canonical import OrderStatus, Problem
from ciama_connector.canonical.texts import Text
from ciama_connector.platforms import errors, registry
from testbed import codes

from .support import normalized, pull_all, rig, stored

LOGOS = Path(__file__).parents[2] / "ciama_connector" / "static" / "img" / "platforms"
PLATFORMS = {code: registry.connector_class(code).platform for code in codes()}
RIGHTS = [(code, right) for code, platform in PLATFORMS.items() for right in platform.rights]
CALLS_FOR_LATEST = 25  # a shop that keeps all that belongs to orders in lists of their own
HISTORY = "read_all_orders"  # Shopify hides orders of more than 60 days without it


@pytest.fixture(params=codes())
def shop_rig(request):
    with rig(request.param) as shop_rig:
        yield shop_rig


def read(connector):
    """({id: order}, number of those that cannot be read) of all orders."""
    found, unreadable = {}, 0
    for key, raw in pull_all(connector)[0].items():
        try:
            found[key] = normalized(connector, raw)
        except Problem:
            unreadable += 1
    return found, unreadable


# -- the description


@pytest.mark.parametrize("platform", PLATFORMS.values(), ids=PLATFORMS)
def test_the_way_to_the_credentials(platform):
    assert platform.steps
    for step in platform.steps:
        texts = (step.title, step.text, *(name for name, _ in step.fields))
        assert step.title
        assert step.path or step.fields or step.text
        assert all(isinstance(text, Text) for text in texts if text)
        assert all(step.path)


@pytest.mark.parametrize("platform", PLATFORMS.values(), ids=PLATFORMS)
def test_rights_are_named_and_explained(platform):
    names = [right.code for right in platform.rights]
    assert len(names) == len(set(names)) > 0
    assert any(right.needed for right in platform.rights)
    for right in platform.rights:
        assert right.label
        assert isinstance(right.why, Text)
        assert right.why


@pytest.mark.parametrize("code", codes())
def test_the_logo_is_a_square_drawing(code):
    drawing = ElementTree.parse(LOGOS / f"{code}.svg").getroot()
    assert drawing.get("viewBox") == "0 0 64 64"
    assert len(drawing) > 1


# -- rights


def test_all_rights_are_there(shop_rig):
    checks = shop_rig.connector().check_rights()
    assert tuple(check.right for check in checks) == shop_rig.connector().platform.rights
    assert [(check.right.code, check.message) for check in checks if not check.granted] == []


@pytest.mark.parametrize(("code", "right"), RIGHTS, ids=[f"{c}-{r.code}" for c, r in RIGHTS])
def test_a_right_that_is_missing(code, right):
    """It alone is red, and says how to mend it. A check of the shop fails for a needed one
    only; without another, orders and words come all the same."""
    with rig(code) as shop_rig:
        shop_rig.shop.deny(right.code)
        checks = {check.right: check for check in shop_rig.connector().check_rights()}
        assert [check.right.code for check in checks.values() if check.granted is False] == [
            right.code
        ]
        assert isinstance(checks[right].message, Text)
        if right.needed:
            with pytest.raises(errors.MissingPermission):
                shop_rig.connector().check()
        else:
            connector = shop_rig.checked_connector()
            connector.vocabulary()
            orders = pull_all(connector)[0]
            if right.code != HISTORY:
                assert sorted(orders) == sorted(shop_rig.shop.order_ids())
                assert len(connector.latest(2)) == 2


def test_rights_of_unknown_credentials(shop_rig):
    secrets = [f.name for f in shop_rig.connector().platform.credentials if f.secret]
    wrong = {name: "WRONG" + "0" * 27 for name in secrets if name in shop_rig.shop.credentials}
    with pytest.raises(errors.WrongCredentials):
        shop_rig.connector(**wrong).check_rights()


def test_rights_of_a_shop_that_is_not_there(shop_rig):
    with pytest.raises(errors.PlatformError):
        shop_rig.connector(url="http://127.0.0.1:9").check_rights()


# -- words


def test_words_are_spelled_as_orders_spell_them(shop_rig):
    connector = shop_rig.checked_connector()
    told = connector.vocabulary()
    used = {"payment_methods": set(), "carriers": set(), "statuses": set(), "groups": set()}
    for order in read(connector)[0].values():
        used["statuses"].add(order.shop_status)
        used["groups"].add(order.customer.group_id or order.customer.group_name)
        used["carriers"] |= {line.shipping.code for line in order.lines if line.shipping}
        if order.payment_method:
            used["payment_methods"].add(order.payment_method.code)
    for part, words in used.items():
        values = [word.value for word in getattr(told, part)]
        assert len(values) == len(set(values))
        assert all(values)
        if values and words - {""}:
            assert set(values) & words, part


# -- latest orders


def test_the_latest_orders_are_whole_and_newest_first(shop_rig):
    shop_rig.shop.grow(4)
    connector = shop_rig.checked_connector()
    pulled, _, _ = pull_all(connector)
    latest = connector.latest(6)
    dates = [normalized(connector, raw).created_at for raw in latest]
    kept = [o for o in read(connector)[0].values() if o.status is not OrderStatus.DELETED]
    assert dates == sorted((order.created_at for order in kept), reverse=True)[:6]
    for raw in latest:
        assert stored(raw.payload) == stored(pulled[raw.external_id].payload)
        assert (raw.number, raw.updated_at) == (
            pulled[raw.external_id].number,
            pulled[raw.external_id].updated_at,
        )


def test_the_latest_orders_take_few_calls(shop_rig):
    shop_rig.shop.grow(20)
    connector = shop_rig.checked_connector()
    before = connector.transport.calls
    assert len(connector.latest(20)) == 20
    assert connector.transport.calls - before <= CALLS_FOR_LATEST


def test_no_more_orders_than_there_are(shop_rig):
    latest = shop_rig.checked_connector().latest(100)
    ids = [raw.external_id for raw in latest]
    assert len(ids) == len(set(ids))
    assert set(ids) <= set(shop_rig.shop.order_ids())
    assert len(ids) >= len(shop_rig.shop.order_ids()) - 1  # a trashed one may be left out


# -- counts


def test_orders_of_a_window_are_counted_by_their_date(shop_rig):
    connector = shop_rig.checked_connector()
    orders, unreadable = read(connector)
    known = sorted(order.created_at for order in orders.values())
    windows = [
        (datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)),
        (known[3], known[-3]),
        (known[3] + timedelta(seconds=1), known[-3] + timedelta(seconds=1)),
    ]
    for since, until in windows:
        expected = sum(since <= date < until for date in known)
        assert expected <= connector.count(since, until) <= expected + unreadable
    assert connector.count(known[3], known[3]) == 0


def test_a_count_takes_few_calls(shop_rig):
    shop_rig.shop.grow(300)
    connector = shop_rig.checked_connector()
    before = connector.transport.calls
    found = connector.count(datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
    assert found == len(shop_rig.shop.order_ids())
    assert connector.transport.calls - before <= 4
