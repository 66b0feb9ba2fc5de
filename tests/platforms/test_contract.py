"""What every platform promises, proved over its simulated shop."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from ciama_connector.canonical import Problem, check
from ciama_connector.platforms import errors, registry
from testbed import codes, faults

from .support import normalized, pull_all, rig, stored


@pytest.fixture(params=codes())
def shop_rig(request):
    with rig(request.param) as shop_rig:
        yield shop_rig


def test_the_registry_and_the_simulators_know_the_same_platforms():
    assert registry.codes() == codes()
    for code in registry.codes():
        platform = registry.connector_class(code).platform
        assert platform.code == code
        assert platform.label
        assert any(field.secret for field in platform.credentials)


def test_check_tells_what_the_shop_is(shop_rig):
    facts = shop_rig.connector().check()
    assert facts.name
    json.dumps(facts.as_dict())


def test_check_refuses_wrong_credentials(shop_rig):
    secrets = [f.name for f in shop_rig.connector().platform.credentials if f.secret]
    wrong = {name: "WRONG" + "0" * 27 for name in secrets if name in shop_rig.shop.credentials}
    with pytest.raises(errors.WrongCredentials):
        shop_rig.connector(**wrong).check()


def test_check_names_a_wrong_platform(shop_rig):
    shop_rig.shop.faults.add(faults.html_page, times=20)
    with pytest.raises(errors.WrongPlatform):
        shop_rig.connector().check()


def test_check_names_a_server_that_is_not_there(shop_rig):
    with pytest.raises(errors.PlatformError):
        shop_rig.connector(url="http://127.0.0.1:9").check()


@pytest.mark.parametrize("page_size", [3, None])
def test_a_first_pull_brings_every_order_once(shop_rig, page_size):
    connector = shop_rig.checked_connector()
    orders, cursor, seen = pull_all(connector, page_size=page_size)
    assert sorted(orders) == sorted(shop_rig.shop.order_ids())
    assert seen == len(orders)
    assert isinstance(cursor, str)
    assert cursor


def test_every_order_normalizes_or_names_its_problem(shop_rig):
    connector = shop_rig.checked_connector()
    orders, _, _ = pull_all(connector)
    good = 0
    for raw in orders.values():
        assert raw.updated_at.tzinfo
        try:
            order = normalized(connector, raw)
            check(order)
        except Problem:
            continue
        good += 1
        assert order.external_id == raw.external_id
        assert order.platform == shop_rig.shop.code
        assert order.digest_source() == normalized(connector, raw).digest_source()
    assert good > 0.8 * len(orders)


def test_a_second_pull_finds_nothing_and_is_cheap(shop_rig):
    connector = shop_rig.checked_connector()
    _, cursor, _ = pull_all(connector)
    fresh = shop_rig.connector(facts=connector.config.facts)
    orders, again, _ = pull_all(fresh, cursor)
    assert orders == {}
    assert fresh.transport.calls <= 3
    third = shop_rig.connector(facts=connector.config.facts)
    assert pull_all(third, again)[0] == {}


def test_an_edited_order_comes_again_alone(shop_rig):
    connector = shop_rig.checked_connector()
    _, cursor, _ = pull_all(connector)
    target = shop_rig.shop.order_ids()[2]
    shop_rig.shop.touch(target)
    orders, _, _ = pull_all(shop_rig.connector(facts=connector.config.facts), cursor)
    assert list(orders) == [target]


def test_new_orders_come_alone(shop_rig):
    connector = shop_rig.checked_connector()
    _, cursor, _ = pull_all(connector)
    new = shop_rig.shop.grow(7)
    orders, _, _ = pull_all(shop_rig.connector(facts=connector.config.facts), cursor, page_size=3)
    assert sorted(orders) == sorted(new)
    for raw in orders.values():
        check(normalized(connector, raw))


def test_an_order_edited_while_paging_loses_none(shop_rig):
    """The first order moves to the end of the list when the second page is asked for."""
    connector = shop_rig.checked_connector()
    everything = shop_rig.shop.order_ids()
    pages = connector.pull(None, page_size=3)
    first = next(pages)
    seen = {raw.external_id for raw in first.orders}
    shop_rig.shop.touch(first.orders[0].external_id)
    cursor = first.cursor
    touched_again = 0
    for page in pages:
        cursor = page.cursor
        ids = {raw.external_id for raw in page.orders}
        touched_again += first.orders[0].external_id in ids
        seen |= ids
    later, _, _ = pull_all(connector, cursor)
    assert seen | set(later) == set(everything)
    assert touched_again or first.orders[0].external_id in later


def test_a_pull_can_stop_after_any_page_and_go_on_from_its_cursor(shop_rig):
    connector = shop_rig.checked_connector()
    found, cursor = set(), None
    for _ in range(200):
        page = next(iter(connector.pull(cursor, page_size=3)), None)
        if page is None or (not page.orders and page.cursor == cursor):
            break
        found |= {raw.external_id for raw in page.orders}
        cursor = page.cursor
    assert sorted(found) == sorted(shop_rig.shop.order_ids())


def test_since_leaves_out_what_is_older(shop_rig):
    connector = shop_rig.checked_connector()
    everything, _, _ = pull_all(connector)
    newest = max(raw.updated_at for raw in everything.values())
    orders, _, _ = pull_all(shop_rig.checked_connector(), since=newest - timedelta(hours=1))
    assert 0 < len(orders) < len(everything)
    future = datetime.now(UTC) + timedelta(days=2000)
    assert pull_all(shop_rig.checked_connector(), since=future)[0] == {}


def test_fetch_finds_an_order_by_id_and_by_number(shop_rig):
    connector = shop_rig.checked_connector()
    pulled = next(iter(connector.pull(None, page_size=3))).orders[0]
    one = connector.fetch(pulled.external_id)
    assert one.external_id == pulled.external_id
    assert stored(one.payload) == stored(pulled.payload)
    number = normalized(connector, pulled).number
    assert connector.fetch(number).external_id == pulled.external_id


def test_fetch_of_an_unknown_order(shop_rig):
    with pytest.raises(errors.NotFound):
        shop_rig.checked_connector().fetch("999999999")


def test_a_short_outage_is_bridged(shop_rig):
    connector = shop_rig.checked_connector()
    shop_rig.shop.faults.add(faults.server_error, times=2)
    orders, _, _ = pull_all(connector)
    assert sorted(orders) == sorted(shop_rig.shop.order_ids())
    assert len(shop_rig.sleeps) >= 2


def test_retry_after_is_honoured(shop_rig):
    connector = shop_rig.checked_connector()
    shop_rig.shop.faults.add(faults.throttled(7))
    orders, _, _ = pull_all(connector)
    assert sorted(orders) == sorted(shop_rig.shop.order_ids())
    assert 7 in shop_rig.sleeps


def test_a_long_throttle_is_left_to_the_queue(shop_rig):
    connector = shop_rig.checked_connector()
    shop_rig.shop.faults.add(faults.throttled(120), times=10)
    with pytest.raises(errors.Throttled) as caught:
        pull_all(connector)
    assert caught.value.retry_after == 120


@pytest.mark.parametrize("fault", [faults.half_body, faults.not_json, faults.html_page])
def test_a_broken_page_is_an_error_to_retry_and_never_an_empty_shop(shop_rig, fault):
    connector = shop_rig.checked_connector()
    shop_rig.shop.faults.add(fault, times=20)
    with pytest.raises(errors.PlatformError):
        pull_all(connector)


def test_the_journal_has_every_exchange_and_no_secret(shop_rig):
    connector = shop_rig.checked_connector()
    pull_all(connector)
    assert len(shop_rig.journal) == len(shop_rig.shop.seen)
    for exchange in shop_rig.journal:
        assert exchange.status
        assert exchange.duration >= 0
    names = {field.name for field in connector.platform.credentials if field.secret}
    text = repr(shop_rig.journal)
    for name, secret in shop_rig.shop.credentials.items():
        assert name not in names or secret not in text


def test_few_calls_an_order(shop_rig):
    """Shopify's limit on the cost of a query lets only a few orders into one call."""
    most = 0.35 if shop_rig.shop.code == "shopify" else 0.1
    shop_rig.shop.grow(300)
    connector = shop_rig.checked_connector()
    before = connector.transport.calls
    orders, _, _ = pull_all(connector)
    assert len(orders) >= 300
    assert (connector.transport.calls - before) / len(orders) <= most
