"""The PrestaShop client over its simulated shops: check, permissions, broken replies."""

import json
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

import pytest

from ciama_connector.canonical import Code, Problem
from ciama_connector.platforms import errors
from ciama_connector.platforms.prestashop import const
from testbed import DATA
from testbed.prestashop import PrestaShopSimulator
from testbed.prestashop.keys import Key

from .support import Rig, answering, editing, normalized, pull_all

KEY = PrestaShopSimulator.credentials["key"]
PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture(params=["ps1.7.8.11", "ps9.1.0-dev"])
def other(request):
    shop = PrestaShopSimulator(DATA / "prestashop" / request.param)
    with shop.running() as url:
        yield Rig(shop, url)


def asked(shop, resource="orders"):
    return [parse_qs(seen.query) for seen in shop.seen if seen.path == f"/api/{resource}"]


# -- check


def test_facts_of_the_shop(ps):
    facts = ps.connector().check()
    assert (facts.name, facts.version, facts.currency) == ("Boutique Test", "8.2.1", "EUR")
    assert (facts.timezone, facts.languages) == ("Europe/Paris", ("fr", "en"))
    assert facts.extra["closed"] == []


def test_other_versions(other):
    facts = other.connector().check()
    assert facts.version in ("1.7.8.11", "9.1.0")
    assert facts.languages == ("fr",)
    orders, cursor, _ = pull_all(other.connector(facts=facts.as_dict()))
    assert sorted(orders) == sorted(other.shop.order_ids())
    assert pull_all(other.connector(facts=facts.as_dict()), cursor)[0] == {}


@pytest.mark.parametrize("path", ["/api", "/api/", "/", "/index.php?controller=x", "/admin1f3/x"])
def test_addresses_as_people_paste_them(ps, path):
    assert ps.connector(url=f"{ps.url}{path}").check().name == "Boutique Test"


@pytest.mark.parametrize("key", ["BADKEYBADKEYBADKEYBADKEYBADKEY12", "SHORT", "off"])
def test_keys_that_do_not_open(ps, key):
    ps.shop.keys["D" * 32] = Key(active=False)
    with pytest.raises(errors.WrongCredentials) as caught:
        ps.connector(key="D" * 32 if key == "off" else key).check()
    assert "Webservice" in str(caught.value)


def test_a_server_that_keeps_the_key_from_php(ps):
    ps.shop.faults.add(answering(401, "401 Unauthorized"))
    with pytest.raises(errors.WrongCredentials, match="Authorization"):
        ps.connector().check()


@pytest.mark.parametrize("closed", const.REQUIRED)
def test_a_missing_permission_is_named(ps, closed):
    every = frozenset((*const.REQUIRED, *const.OPTIONAL))
    ps.shop.keys["N" * 32] = Key(resources=every - {closed})
    with pytest.raises(errors.MissingPermission, match=rf"read {closed}:"):
        ps.connector(key="N" * 32).check()


def test_a_key_that_may_only_write(ps):
    ps.shop.keys["W" * 32] = Key(methods=frozenset({"POST", "PUT"}))
    with pytest.raises(errors.MissingPermission):
        ps.connector(key="W" * 32).check()


def test_a_key_of_no_shop_here(ps):
    ps.shop.keys["S" * 32] = Key(shops=frozenset({77}))
    with pytest.raises(errors.MissingPermission, match="no shop"):
        ps.connector(key="S" * 32).check()


def test_a_permission_that_is_withdrawn_later(ps):
    facts = ps.connector().check().as_dict()
    every = frozenset((*const.REQUIRED, *const.OPTIONAL))
    ps.shop.keys[KEY] = Key(resources=every - {"addresses"})
    with pytest.raises(errors.MissingPermission, match="addresses"):
        pull_all(ps.connector(facts=facts))


def test_optional_resources_may_be_closed(ps):
    ps.shop.keys[KEY] = Key(resources=frozenset(const.REQUIRED))
    connector = ps.checked_connector()
    assert set(connector.config.facts["extra"]["closed"]) == set(const.OPTIONAL)
    orders, _, _ = pull_all(connector)
    assert sorted(orders) == sorted(ps.shop.order_ids())
    assert not any(asked(ps.shop, "messages"))
    order = normalized(connector, orders["8"])
    assert (order.customer_note, order.discounts[0].code) == ("", "")
    assert (order.discounts[0].title, order.lines[-2].shipping.code) == ("Bienvenue -10%", "2")


def test_an_optional_resource_that_this_version_lacks(ps):
    unknown = {"errors": [{"code": 27, "message": 'Resource of type "messages" does not exists'}]}
    facts = ps.connector().check().as_dict()
    ps.shop.faults.add(answering(400, unknown), match="/api/messages")
    orders, _, _ = pull_all(ps.connector(facts=facts), page_size=20)
    assert len(orders) == 35
    assert len(asked(ps.shop, "messages")) == 1


def test_webservice_off(ps):
    ps.shop.enabled = False
    with pytest.raises(errors.ShopOff, match="webservice is switched off"):
        ps.connector().check()


def test_maintenance(ps):
    ps.shop.faults.add(answering(503, "<html>maintenance</html>"), times=9)
    with pytest.raises(errors.ShopOff, match="maintenance"):
        ps.connector().check()


@pytest.mark.parametrize("body", ["<html><body>hello</body></html>", "", "{}", "<x><api/></x"])
def test_something_else_answers(ps, body):
    ps.shop.faults.add(answering(200, body))
    with pytest.raises(errors.WrongPlatform):
        ps.connector().check()


def test_no_webservice_at_this_path(ps):
    with pytest.raises(errors.WrongPlatform, match="folder"):
        ps.connector(url=f"{ps.url}/boutique").check()


def test_a_redirect_names_the_address_to_enter(ps):
    ps.shop.faults.add(answering(301, Location="https://www.example.test/api/"))
    with pytest.raises(errors.WrongUrl, match=r"https://www\.example\.test:? ?"):
        ps.connector().check()


@pytest.mark.parametrize(("zone", "says"), [("Mars/Base", "Mars/Base"), ("", "time zone")])
def test_a_time_zone_that_is_none(ps, zone, says):
    def change(body):
        for row in body["configurations"]:
            row["value"] = zone if row["name"] == "PS_TIMEZONE" else row["value"]
        return body

    ps.shop.faults.add(editing(change), match="/api/configurations")
    with pytest.raises(errors.ConfigurationError, match=says):
        ps.connector().check()


def test_the_key_is_in_no_address(ps):
    pull_all(ps.checked_connector())
    assert not any(KEY in f"{seen.path}?{seen.query}" for seen in ps.shop.seen)
    assert KEY not in repr(ps.journal)


# -- broken replies


def test_of_several_errors_the_first_is_the_real_one(ps):
    connector = ps.checked_connector()
    body = json.loads((DATA / "prestashop" / "error_400_bad_filter_field.json").read_text())
    assert len(body["errors"]) > 1
    ps.shop.faults.add(answering(500, body), times=9)
    with pytest.raises(errors.Refused, match="This filter does not exist") as caught:
        pull_all(connector)
    assert "PHP" not in str(caught.value)


def test_a_php_error_alone_is_worth_another_try(ps):
    connector = ps.checked_connector()
    body = {"errors": [{"code": 3, "message": "[PHP Warning #2] x (/var/www/y.php, line 1)"}]}
    ps.shop.faults.add(answering(500, body), times=9)
    with pytest.raises(errors.Unavailable) as caught:
        pull_all(connector)
    assert "/var/www" not in str(caught.value)


@pytest.mark.parametrize(
    "body",
    [
        "<b>Notice</b>: Undefined index in /x.php on line 3\n" + '{"orders": []}',
        '{"order": {"id": 1}}',
        '{"orders": {}}',
        "null",
        "{}",
    ],
)
def test_what_is_no_list_is_never_an_empty_shop(ps, body):
    connector = ps.checked_connector()
    ps.shop.faults.add(answering(200, body), match="/api/orders")
    with pytest.raises(errors.BadReply):
        pull_all(connector)


def test_broken_rows_do_not_stop_the_page(ps):
    junk = [None, "x", 17, ["y"], {"reference": "no id"}, {"id": {"a": 1}}, {"id": "0"}]
    connector = ps.checked_connector()
    ps.shop.faults.add(
        editing(lambda body: {"orders": junk + body["orders"]}), match="display=full"
    )
    orders, _, _ = pull_all(connector)
    unreadable = [key for key in orders if key.startswith("unreadable-")]
    assert set(orders) - set(unreadable) == set(ps.shop.order_ids())
    assert len(unreadable) == len(junk)
    for key in unreadable:
        with pytest.raises(Problem) as caught:
            normalized(connector, orders[key])
        assert caught.value.code is Code.INVALID_ORDER


@pytest.mark.parametrize("reference", ["A|B]", "x" * 10_000, "", "é%_", None])
def test_a_reference_that_no_filter_can_hold(ps, reference):
    ps.shop.store["orders"].update(1, reference=reference)
    connector = ps.checked_connector()
    orders, _, _ = pull_all(connector)
    assert sorted(orders) == sorted(ps.shop.order_ids())
    assert all(seen.query.find("x" * 100) < 0 for seen in ps.shop.seen)


def test_of_a_repeated_order_the_newest_counts(ps):
    def twice(body):
        newer = {**body["orders"][0], "note": "newer", "date_upd": "2026-11-23 12:00:00"}
        return {"orders": [newer, *body["orders"]]}

    connector = ps.checked_connector()
    ps.shop.faults.add(editing(twice), match="sort=%5Bdate_upd")
    page = next(iter(connector.pull(None, page_size=5)))
    notes = [raw.payload["order"]["note"] for raw in page.orders if raw.external_id == "1"]
    assert notes == ["newer"]
