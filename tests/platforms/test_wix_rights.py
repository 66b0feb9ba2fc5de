"""Setting a Wix site up: its rights one by one, its words, its latest orders."""

from datetime import UTC, datetime, timedelta

import pytest

from ciama_connector.platforms import errors
from testbed import faults
from testbed.wix.simulator import PATHS

from .support import answering, normalized, pull_all, rig, stored

EVER = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


@pytest.fixture
def wix():
    with rig("wix") as found:
        yield found
        assert found.shop.violations == []


# -- rights


def test_every_right_is_granted_in_few_calls(wix):
    connector = wix.connector()
    found = connector.check_rights()
    assert [check.right for check in found] == list(connector.platform.rights)
    assert {check.granted for check in found} == {True}
    assert connector.transport.calls == 4


@pytest.mark.parametrize("code", PATHS)
def test_each_missing_permission_is_named_alone(wix, code):
    wix.shop.deny(code)
    found = {check.right.code: check for check in wix.connector().check_rights()}
    assert [key for key, check in found.items() if check.granted is False] == [code]
    assert code in found[code].message
    assert found[code].right.label in found[code].message


def test_only_the_sites_properties_are_not_needed(wix):
    rights = wix.connector().platform.rights
    assert [right.code for right in rights if not right.needed] == ["SITE_PROPERTIES"]
    wix.shop.deny("SITE_PROPERTIES")
    wix.connector().check()


@pytest.mark.parametrize("status", [404, 400])
def test_a_right_that_is_not_needed_may_be_untriable(wix, status):
    refusal = {"message": "", "details": {"applicationError": {"code": "NO_PROPERTIES"}}}
    wix.shop.faults.add(answering(status, refusal), match="site-properties")
    checks = wix.connector().check_rights()
    assert [check.granted for check in checks] == [True, True, True, None]
    assert checks[-1].message


def test_a_key_of_another_site_has_none_of_the_rights(wix):
    connector = wix.connector(site_id="00000000-0000-0000-0000-000000000000")
    checks = connector.check_rights()
    assert {check.granted for check in checks} == {False}
    assert all("access to this site" in check.message for check in checks)


def test_the_rights_of_an_app_are_tried_too(wix):
    wanted = {**wix.shop.app_credentials, "api_key": "", "site_id": ""}
    assert {check.granted for check in wix.connector(**wanted).check_rights()} == {True}


def test_trouble_with_the_site_is_no_refused_right(wix):
    with pytest.raises(errors.WrongCredentials):
        wix.connector(api_key="IST.unknown").check_rights()
    wix.shop.faults.add(faults.html_page, times=20)
    with pytest.raises(errors.WrongPlatform):
        wix.connector().check_rights()
    wix.shop.faults.clear()
    wix.shop.faults.add(answering(404, {"errors": "Not Found"}), times=20)
    with pytest.raises(errors.WrongPlatform):
        wix.connector().check_rights()
    wix.shop.faults.clear()
    wix.shop.faults.add(faults.server_error, times=20)
    with pytest.raises(errors.Unavailable):
        wix.connector().check_rights()


# -- words


def test_statuses_are_spelled_as_orders_spell_them(wix):
    connector = wix.connector()
    told = {value.value for value in connector.vocabulary().statuses}
    used = {
        normalized(connector, raw).shop_status
        for raw in pull_all(connector)[0].values()
        if raw.payload["order"]["status"] == "APPROVED"
    }
    assert used
    assert used <= told


# -- latest orders and their number


def test_the_latest_orders_are_those_placed_last_and_whole(wix):
    new = wix.shop.grow(3)
    wix.shop.touch(wix.shop.order_ids()[0])  # an old one, edited now
    pulled, _, _ = pull_all(wix.connector())
    connector = wix.connector()
    latest = connector.latest(10)
    assert [raw.external_id for raw in latest[:3]] == new[::-1]
    placed = [normalized(connector, raw).created_at for raw in latest]
    assert placed == sorted(placed, reverse=True)
    assert len(latest) == 10
    assert connector.transport.calls == 3
    for raw in latest:
        assert stored(raw.payload) == stored(pulled[raw.external_id].payload)


def test_a_site_without_orders_has_no_latest(wix):
    wix.shop.orders.clear()
    assert wix.connector().latest() == ()
    assert wix.connector().count(*EVER) == 0


def test_orders_are_counted_by_the_moment_of_placing(wix):
    connector = wix.connector()
    placed = sorted(normalized(connector, raw).created_at for raw in connector.latest(100))
    assert len(placed) == 25
    assert connector.count(placed[0], placed[-1] + timedelta(milliseconds=1)) == 25
    assert connector.count(placed[0], placed[-1]) == len([x for x in placed if x < placed[-1]])
    assert connector.count(placed[0] - timedelta(days=1), placed[0]) == 0


def test_orders_that_never_come_are_not_counted(wix):
    wix.shop.orders[0]["status"] = "INITIALIZED"
    assert wix.connector().count(*EVER) == 24


def test_a_thousand_orders_are_counted_and_more_are_not(wix):
    wix.shop.checks_replies = False
    wix.shop.grow(1000 - 25)
    connector = wix.connector()
    assert connector.count(*EVER) == 1000
    assert connector.transport.calls == 10
    wix.shop.grow(1)
    assert wix.connector().count(*EVER) is None
