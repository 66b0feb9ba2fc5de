"""The Ciama hub: every kind of order, the walk by its cursor, its errors."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from werkzeug.wrappers import Response

from ciama_connector.canonical import Code, LineKind, OrderStatus, PaymentKind, Problem, check
from ciama_connector.platforms import errors
from ciama_connector.platforms.base import ShopValue, ShopVocabulary
from ciama_connector.platforms.ciama.client import CiamaConnector
from testbed import DATA, faults

from .support import normalized, pull_all, rig, stored

D = Decimal
BODIES = {
    body["number"]: body
    for body in json.loads((DATA / "ciama" / "orders.json").read_text("utf-8"))["orders"]
}


@pytest.fixture
def hub():
    with rig("ciama") as found:
        yield found


def normalize(number, **changes):
    return CiamaConnector.normalize({"order": BODIES[number] | changes})


def refused(body):
    with pytest.raises(Problem) as caught:
        CiamaConnector.normalize(stored({"order": body}))
    return caught.value


@pytest.mark.parametrize("number", BODIES)
def test_every_order_adds_up_to_its_totals(number):
    order = normalize(number)
    assert not check(order).discrepancy
    assert order.external_id == BODIES[number]["external_id"]
    assert sum(line.gross for line in order.lines) == D(BODIES[number]["total"])


def test_the_source_is_kept_and_the_platform_is_ours():
    order = normalize("CI-1019")
    assert order.platform == "ciama"
    assert [(a.name, a.value) for a in order.attributes] == [("source", "mirakl")]
    assert order.channel == "web"
    assert normalize("CI-1019", channel="").channel == "mirakl"
    own = normalize("CI-1019", platform="ciama")
    assert own.attributes == ()


def test_kinds_that_the_sample_has():
    kinds = {line.kind for number in BODIES for line in normalize(number).lines}
    assert kinds == set(LineKind) - {LineKind.DISCOUNT}
    assert normalize("CI-1010").payments[0].kind is PaymentKind.GIFT_CARD
    assert normalize("CI-1014").status is OrderStatus.ACCEPTED
    assert normalize("CI-1019").cart_reference == normalize("CI-1020").cart_reference == "cart-778"
    assert len(normalize("CI-1024").lines) == 61


@pytest.mark.parametrize("version", ["1", "1.4"])
def test_versions_that_are_read(version):
    assert normalize("CI-1001", schema_version=version).schema_version == "1"


@pytest.mark.parametrize("version", ["2", "2.0", "0", "", None, "10"])
def test_another_major_version_is_a_clear_problem(version):
    problem = refused(BODIES["CI-1001"] | {"schema_version": version})
    assert problem.code is Code.INVALID_ORDER
    assert problem.params["field"] == "schema_version"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ("not an object", "order"),
        (None, "order"),
        ({}, "platform"),
        (BODIES["CI-1001"] | {"total": "12,50"}, "total"),
        (BODIES["CI-1001"] | {"new_field": 1}, "new_field"),
        (BODIES["CI-1001"] | {"attributes": "none"}, "attributes"),
        (BODIES["CI-1001"] | {"created_at": "2026-08-01T09:00:00"}, "created_at"),
    ],
)
def test_bodies_that_do_not_fit(body, field):
    problem = refused(body)
    assert problem.code is Code.INVALID_ORDER
    assert problem.params["field"] == field


def test_a_float_in_the_body_is_read_exactly(hub):
    """A hub that writes 81.8 where it should write "81.80" is still to the cent."""
    body = hub.shop.orders["magento-1001"] | {"total": 81.8}
    hub.shop.write(body)
    order = normalized(hub.connector(), hub.connector().fetch("magento-1001"))
    assert order.total == D("81.80")


def test_a_problem_never_repeats_the_value():
    secret = BODIES["CI-1001"] | {"billing_address": {"country": "Secretland"}}
    assert "Secretland" not in str(refused(secret))


# -- the walk


def test_an_order_saved_with_an_old_date_is_not_missed(hub):
    """The hub's sequence counts, not the clocks of its sources."""
    _, cursor, _ = pull_all(hub.connector())
    late = BODIES["CI-1001"] | {"external_id": "late", "updated_at": "2026-01-01T00:00:00Z"}
    hub.shop.write(late)
    orders, _, _ = pull_all(hub.connector(), cursor)
    assert list(orders) == ["late"]


def test_since_holds_for_all_pages(hub):
    orders, _, _ = pull_all(hub.connector(), since=normalize("CI-1020").updated_at, page_size=2)
    assert sorted(orders) == sorted(BODIES[f"CI-{n}"]["external_id"] for n in range(1020, 1029))


def test_few_calls(hub):
    hub.shop.grow(1000)
    connector = hub.connector()
    orders, _, _ = pull_all(connector)
    assert len(orders) == 1028
    assert connector.transport.calls == 3


def test_garbage_in_a_page_becomes_cards(hub):
    def fault(request, handler):
        reply = handler(request)
        body = json.loads(reply.get_data())
        body["orders"][:0] = ["junk", {"number": "7"}]
        reply.set_data(json.dumps(body))
        return reply

    hub.shop.faults.add(fault)
    orders, _, _ = pull_all(hub.connector())
    broken = [raw for key, raw in orders.items() if key.startswith("unreadable-")]
    assert len(orders) == 30
    for raw in broken:
        with pytest.raises(Problem):
            normalized(hub.connector(), raw)
    assert len(broken) == 2


def _answer(hub, body):
    def fault(request, handler):
        return Response(json.dumps(body), mimetype="application/json")

    hub.shop.faults.add(fault, times=5)


@pytest.mark.parametrize(
    "body",
    [
        {"orders": []},
        {"orders": {}, "has_more": False, "next_cursor": "x"},
        {"orders": [], "has_more": False},
        {"orders": [], "has_more": True, "next_cursor": "same"},
        [],
    ],
)
def test_a_reply_that_is_not_a_page_is_an_error(hub, body):
    _answer(hub, body)
    with pytest.raises(errors.BadReply):
        pull_all(hub.connector())


# -- errors


def test_maintenance_and_scope_have_errors_of_their_own(hub):
    hub.shop.maintenance = True
    with pytest.raises(errors.ShopOff):
        hub.connector().check()
    hub.shop.maintenance = False
    hub.shop.scopes.clear()
    with pytest.raises(errors.MissingPermission, match="orders:read"):
        hub.connector().check()


def test_a_hub_of_another_version_is_named_before_any_order(hub):
    hub.shop.shop["schema_version"] = "2"
    with pytest.raises(errors.WrongPlatform, match="version 2"):
        hub.connector().check()


def test_other_json_is_not_a_hub(hub):
    _answer(hub, {"hello": "world"})
    with pytest.raises(errors.WrongPlatform):
        hub.connector().check()
    with pytest.raises(errors.WrongPlatform):
        hub.connector(url=f"{hub.url}/elsewhere").check()


def test_a_foreign_html_page_is_not_a_hub(hub):
    hub.shop.faults.add(faults.html_page, times=5)
    with pytest.raises(errors.WrongPlatform):
        hub.connector().check()


def test_ids_are_quoted(hub):
    hub.shop.write(BODIES["CI-1001"] | {"external_id": "a/b c?d"})
    assert hub.connector().fetch("a/b c?d").external_id == "a/b c?d"


def test_an_order_by_its_number(hub):
    assert hub.connector().fetch("CI-1007").external_id == "magento-1007"


# -- setting the shop up


def test_the_right_to_read_orders_is_tried(hub):
    (check,) = hub.connector().check_rights()
    assert (check.right.code, check.granted, check.message) == ("orders:read", True, "")
    hub.shop.scopes.clear()
    (check,) = hub.connector().check_rights()
    assert check.granted is False
    assert "orders:read" in check.message


def test_rights_are_not_tried_at_what_is_no_hub(hub):
    hub.shop.faults.add(faults.html_page, times=20)
    with pytest.raises(errors.WrongPlatform):
        hub.connector().check_rights()
    hub.shop.faults.clear()
    hub.shop.maintenance = True
    with pytest.raises(errors.ShopOff):
        hub.connector().check_rights()


def test_the_words_are_spelled_as_the_orders_spell_them(hub):
    told = hub.connector().vocabulary()
    assert ShopValue("dhl", "DHL Paket") in told.carriers
    assert ShopValue("3", "Professionnels") in told.groups
    orders = [normalize(number) for number in BODIES]
    methods = {order.payment_method.code for order in orders if order.payment_method}
    assert {value.value for value in told.payment_methods} == methods
    assert {value.value for value in told.statuses} == {o.shop_status for o in orders} - {""}


def test_garbage_in_the_vocabulary_is_left_out(hub):
    told = {"carriers": [{"value": ""}, "dhl", {"value": "dhl", "label": None}], "groups": "all"}
    reply = Response(json.dumps(told), mimetype="application/json")
    hub.shop.faults.add(lambda request, handler: reply)
    assert hub.connector().vocabulary() == ShopVocabulary(carriers=(ShopValue("dhl"),))


def test_the_latest_orders_are_those_placed_last(hub):
    """An old order that was edited now is not among them."""
    new = hub.shop.grow(3)
    hub.shop.touch(next(iter(BODIES.values()))["external_id"])
    connector = hub.connector()
    assert [raw.external_id for raw in connector.latest(3)] == new[::-1]
    assert connector.transport.calls == 1


def test_orders_are_counted_by_the_moment_of_placing(hub):
    placed = sorted(normalize(number).created_at for number in BODIES)
    count = hub.connector().count
    assert count(placed[0], placed[-1] + timedelta(seconds=1)) == len(placed)
    assert count(placed[0], placed[-1]) == len([when for when in placed if when < placed[-1]])
    assert count(placed[-1] + timedelta(days=1), placed[-1] + timedelta(days=2)) == 0


@pytest.mark.parametrize("body", [{"count": "many"}, {}])
def test_a_reply_without_a_count_is_an_error(hub, body):
    reply = Response(json.dumps(body), mimetype="application/json")
    hub.shop.faults.add(lambda request, handler: reply)
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    with pytest.raises(errors.BadReply):
        hub.connector().count(moment, moment)


def test_a_reply_without_latest_orders_is_an_error(hub):
    reply = Response('{"orders": null}', mimetype="application/json")
    hub.shop.faults.add(lambda request, handler: reply)
    with pytest.raises(errors.BadReply):
        hub.connector().latest()
