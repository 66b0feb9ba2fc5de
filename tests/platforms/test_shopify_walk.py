"""The walk over a Shopify shop's orders: cost, throttling, paging, exports."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from werkzeug.wrappers import Response

from ciama_connector.platforms import errors
from ciama_connector.platforms.shopify import bulk, reader
from testbed import faults
from testbed.shopify import simulator, store
from testbed.shopify.simulator import Bucket

from .support import normalized, pull_all, rig, stored


@pytest.fixture
def shopify():
    with rig("shopify") as found:
        yield found


def payloads(shopify, **options):
    orders, _, _ = pull_all(shopify.connector(), **options)
    return {key: stored(raw.payload) for key, raw in orders.items()}


def asked(shopify, operation):
    """Variables of each request of ``operation``."""
    bodies = [json.loads(s.body) for s in shopify.shop.seen if s.path.endswith("graphql.json")]
    return [body["variables"] for body in bodies if body["query"].split()[1].startswith(operation)]


def weigh(monkeypatch, weight):
    """Let Shopify weigh queries otherwise: ``weight(published cost, number of ids)``."""
    published = simulator.Cost.requested

    def requested(self):
        return weight(published(self), len(self._variables.get("ids", "x")))

    monkeypatch.setattr(simulator.Cost, "requested", requested)


# -- cost


def test_orders_are_read_in_slices_that_shopify_accepts(shopify):
    pull_all(shopify.connector())
    ids = [len(variables["ids"]) for variables in asked(shopify, "ReadOrders")]
    assert sum(ids) == 25
    assert max(ids) == 4  # of about 225 points each
    graphql = [s for s in shopify.shop.seen if s.path.endswith("graphql.json")]
    assert len(graphql) == len(shopify.shop.operations)  # none was refused for its cost


def test_slices_grow_where_orders_are_cheaper(shopify, monkeypatch):
    weigh(monkeypatch, lambda cost, ids: 40 * ids)
    pull_all(shopify.connector())
    assert [len(v["ids"]) for v in asked(shopify, "ReadOrders")] == [4, 21]


def test_slices_shrink_where_orders_are_dearer(shopify, monkeypatch):
    weigh(monkeypatch, lambda cost, ids: cost * 2)
    orders, _, seen = pull_all(shopify.connector())
    assert len(orders) == seen == 25
    sizes = [len(v["ids"]) for v in asked(shopify, "ReadOrders")]
    assert sizes[0] == 4  # refused
    assert max(sizes[1:]) == 2


def test_one_order_over_the_limit_is_refused_and_not_asked_for_again_and_again(
    shopify, monkeypatch
):
    weigh(monkeypatch, lambda cost, ids: 1001 if cost > 200 else cost)
    with pytest.raises(errors.Refused, match="costs more"):
        pull_all(shopify.connector())
    assert [len(v["ids"]) for v in asked(shopify, "ReadOrders")] == [4, 2, 1]


# -- throttling


@pytest.fixture
def clock(shopify):
    """A clock that only sleeping moves, for the shop's bucket of points."""
    now = [0.0]
    sleep = shopify.sleeps.append

    def slept(seconds):
        sleep(seconds)
        now[0] += seconds

    shopify.clocked = lambda: shopify.connector(transport=shopify.transport(sleep=slept))
    shopify.bucket = lambda **options: Bucket(clock=lambda: now[0], **options)
    return shopify


@pytest.mark.parametrize("status", [200, 429])
def test_throttling_is_waited_for_as_long_as_the_bucket_needs(clock, status):
    clock.shop.bucket = clock.bucket(maximum=1000.0, restore_rate=100.0)
    clock.shop.throttle_status = status
    orders, _, _ = pull_all(clock.clocked())
    assert len(orders) == 25
    assert clock.sleeps
    assert all(1 <= seconds <= 10 for seconds in clock.sleeps)
    assert sum(exchange.status == 429 for exchange in clock.journal) == (
        len(clock.sleeps) if status == 429 else 0
    )


def test_a_bucket_that_fills_slowly_is_left_to_the_queue(clock):
    clock.shop.bucket = clock.bucket(maximum=1000.0, restore_rate=2.0)
    with pytest.raises(errors.Throttled) as caught:
        pull_all(clock.clocked())
    assert 30 < caught.value.retry_after <= 500
    assert clock.sleeps == []


def test_a_retry_after_goes_before_the_arithmetic(shopify):
    def fault(request, handler):
        body = {"errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}]}
        reply = handler(request)
        reply.set_data(json.dumps(body))
        reply.headers["Retry-After"] = "3.5"
        return reply

    shopify.shop.faults.add(fault)
    shopify.connector().check()
    assert shopify.sleeps == [3.5]


def test_throttling_without_any_figures(shopify):
    def fault(request, handler):
        body = {"errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}]}
        reply = handler(request)
        reply.set_data(json.dumps(body))
        return reply

    shopify.shop.faults.add(fault)
    shopify.connector().check()
    assert shopify.sleeps == [2.0]


# -- paging


def test_orders_changed_at_one_moment_are_all_found(shopify):
    """More than a page of them: the date alone cannot lead to the next page."""
    moment = datetime(2026, 10, 1, 12, tzinfo=UTC)
    for order_id in shopify.shop.order_ids():
        shopify.shop.touch(order_id, moment)
    orders, cursor, seen = pull_all(shopify.connector(), page_size=4)
    assert len(orders) == seen == 25
    assert pull_all(shopify.connector(), cursor, page_size=4)[0] == {}


def test_a_walk_never_goes_as_deep_as_the_paging_limit(shopify, monkeypatch):
    monkeypatch.setattr(store, "MAX_DEPTH", 10)
    orders, _, seen = pull_all(shopify.connector(), page_size=5)
    assert len(orders) == seen == 25


def test_no_page_is_larger_than_shopify_allows(shopify):
    shopify.shop.grow(260)
    orders, _, _ = pull_all(shopify.connector(), page_size=1000)
    assert len(orders) == 285
    assert max(variables["first"] for variables in asked(shopify, "ListOrders")) == 250


def test_a_change_within_the_second_of_the_reading_is_not_lost(shopify):
    """Shopify shows whole seconds: both versions carry the same updatedAt."""
    order_id = shopify.shop.order_ids()[0]
    now = datetime.now(UTC).replace(microsecond=0)
    shopify.shop.touch(order_id, now)
    _, cursor, _ = pull_all(shopify.connector())
    shopify.shop.touch(order_id, now)
    orders, cursor, _ = pull_all(shopify.connector(), cursor)
    assert list(orders) == [order_id]
    assert pull_all(shopify.connector(), cursor)[0] == {}


def test_an_order_that_comes_to_light_late_is_not_missed(shopify):
    """The search index lags: an older change shows up after a newer one was read."""
    now = datetime.now(UTC)
    late, early = shopify.shop.order_ids()[:2]
    order = shopify.shop.order(late)
    shopify.shop.trash(late)
    shopify.shop.touch(early, now - timedelta(seconds=5))
    _, cursor, _ = pull_all(shopify.connector())
    shopify.shop.store.add(order)
    shopify.shop.touch(late, now - timedelta(minutes=2))
    orders, cursor, _ = pull_all(shopify.connector(), cursor)
    assert list(orders) == [late]
    assert pull_all(shopify.connector(), cursor)[0] == {}


def test_the_cursor_stays_small(shopify):
    shopify.shop.grow(60)
    _, cursor, _ = pull_all(shopify.connector())
    assert len(json.loads(cursor)["seen"]) == 1


def test_an_order_deleted_while_it_is_listed_is_left_out(shopify):
    gone = shopify.shop.order_ids()[0]
    shopify.shop.faults.add(faults.before(lambda: None), times=2)  # begin of a backfill
    shopify.shop.faults.add(faults.before(lambda: None))  # the list of ids
    shopify.shop.faults.add(faults.before(lambda: shopify.shop.trash(gone)))
    orders, _, _ = pull_all(shopify.connector())
    assert sorted(orders) == sorted(shopify.shop.order_ids())
    assert len(orders) == 24


def test_garbage_in_a_list_does_not_stop_the_walk(shopify):
    def fault(request, handler):
        reply = handler(request)
        body = json.loads(reply.get_data())
        body["data"]["orders"]["nodes"] += [None, "junk", {"updatedAt": "2026-09-01"}]
        reply.set_data(json.dumps(body))
        return reply

    connector = shopify.connector()
    shopify.shop.faults.add(faults.before(lambda: None), times=2)
    shopify.shop.faults.add(fault)
    orders, _, _ = pull_all(connector)
    assert len([key for key in orders if key.startswith("unreadable-")]) == 3
    assert len(orders) == 28


def repeat(entry, times):
    """``entry`` and copies of it with ids of their own."""
    base, _, number = entry["id"].rpartition("/")
    return [{**entry, "id": f"{base}/{int(number) + 7 * index}"} for index in range(times)]


def test_every_page_of_what_an_order_holds_is_read(shopify):
    """In the numbers of ``queries/orders.graphql`` all of these need a second page."""
    orders = {shopify.shop.order(x)["name"]: x for x in shopify.shop.order_ids()}
    order = shopify.shop.order(orders["#1010"])
    for field, times in (("lineItems", 90), ("shippingLines", 30), ("fulfillmentOrders", 60)):
        order[field] = {"nodes": repeat(order[field]["nodes"][0], times)}
    keys = ["TAX_EMAIL_IT", "TAX_CREDENTIAL_IT", "TAX_CREDENTIAL_ES", "TAX_CREDENTIAL_PT"]
    order["localizedFields"] = {
        "nodes": [
            {"key": key, "title": key, "value": "1", "purpose": "TAX", "countryCode": "IT"}
            for key in [*keys, "TAX_CREDENTIAL_TR", "TAX_CREDENTIAL_MX"]
        ]
    }
    refund, parcel = order["refunds"][0], order["fulfillments"][0]
    for field in ("refundLineItems", "refundShippingLines", "transactions"):
        refund[field] = {"nodes": repeat(refund[field]["nodes"][0], 60)}
    lines = parcel["fulfillmentLineItems"]["nodes"]
    parcel["fulfillmentLineItems"] = {"nodes": repeat(lines[0], 150)}
    found = payloads(shopify)[orders["#1010"]]["order"]

    def ids(part, field):
        return [entry.get("id") or entry["key"] for entry in part[field]["nodes"]]

    for field in ("lineItems", "shippingLines", "fulfillmentOrders", "localizedFields"):
        assert ids(found, field) == ids(order, field), field
    for field in ("refundLineItems", "refundShippingLines", "transactions"):
        assert ids(found["refunds"][0], field) == ids(refund, field), field
    assert len(found["fulfillments"][0]["fulfillmentLineItems"]["nodes"]) == 150
    assert normalized(shopify.connector(), shopify.connector().fetch("#1010")).lines[119]


def test_a_pulled_order_brings_its_refunds_parcels_and_terms(shopify):
    connector = shopify.connector()
    raws, _, _ = pull_all(connector, page_size=7)
    orders = {order.number: order for order in (normalized(connector, x) for x in raws.values())}
    refunds = {number: len(order.refunds) for number, order in orders.items() if order.refunds}
    assert refunds == {"#1009": 1, "#1010": 1, "#1011": 1, "#1020": 2}
    assert [len(orders[number].shipments) for number in ("#1001", "#1002", "#1013")] == [1, 0, 2]
    assert orders["#1003"].payment_terms.due_at is not None


def test_orders_without_refunds_cost_no_call_for_them(shopify):
    shopify.shop.grow(12)
    since = max(e["updated_at"] for e in shopify.shop.store.entries.values()) - timedelta(minutes=5)
    before = len(shopify.shop.operations)
    pull_all(shopify.connector(), since=since)
    asked_for = set(shopify.shop.operations[before:])
    assert "ReadOrders" in asked_for
    assert not {"ReadRefunds", "ReadFulfillments", "ReadPaymentTerms"} & asked_for


def test_details_are_read_for_a_whole_page_at_once(shopify):
    pull_all(shopify.connector())
    assert [shopify.shop.operations.count(name) for name in list(reader.FIRST_GUESS)[1:]] == [
        1,
        1,
        1,
    ]


# -- exports


@pytest.fixture
def exporting(shopify, monkeypatch):
    monkeypatch.setattr(bulk, "THRESHOLD", 10)
    return shopify


def test_an_export_brings_what_the_walk_brings(shopify, monkeypatch):
    walked = payloads(shopify)
    assert "RunBulk" not in shopify.shop.operations
    monkeypatch.setattr(bulk, "THRESHOLD", 10)
    exported = payloads(shopify)
    assert shopify.shop.operations.count("RunBulk") == 1
    assert exported == walked
    assert shopify.shop.operations.count("ReadOrders") == 7  # all of them by the walk


def test_a_large_backfill_is_cut_into_exports(exporting, monkeypatch):
    monkeypatch.setattr(bulk, "WINDOW", 9)
    orders, cursor, seen = pull_all(exporting.connector(), page_size=4)
    assert exporting.shop.operations.count("RunBulk") == 3
    assert "ReadOrders" in exporting.shop.operations  # the rest is below the threshold
    assert len(orders) == seen == 25
    assert pull_all(exporting.connector(), cursor)[0] == {}


def test_a_running_export_is_waited_for(exporting):
    exporting.shop.bulk_polls = 4
    assert len(payloads(exporting)) == 25
    assert exporting.sleeps == [2.0, 4.0, 8.0, 16.0]


def test_an_export_that_takes_long_is_taken_up_again_by_the_next_pull(exporting):
    exporting.shop.bulk_polls = 10**6
    pages = exporting.connector().pull(None)
    cursor = next(pages).cursor
    with pytest.raises(errors.Throttled):
        next(pages)
    assert 300 <= sum(exporting.sleeps) <= 330
    exporting.shop.bulk_polls = 0
    assert len(pull_all(exporting.connector(), cursor)[0]) == 25
    assert exporting.shop.operations.count("RunBulk") == 1


def test_a_failed_export_is_done_by_the_walk(exporting):
    exporting.shop.bulk_fails = True
    assert len(payloads(exporting)) == 25
    assert "ReadOrders" in exporting.shop.operations


def test_an_export_that_shopify_forgot_is_done_by_the_walk(exporting):
    cursor = next(exporting.connector().pull(None)).cursor
    exporting.shop.forget_exports()
    assert len(pull_all(exporting.connector(), cursor)[0]) == 25


def test_with_too_many_exports_running_the_walk_does_it(exporting):
    exporting.shop.bulk_slots = 0
    assert len(payloads(exporting)) == 25
    assert "BulkState" not in exporting.shop.operations


def cut_short(request, handler):
    reply = handler(request)
    return Response(reply.get_data()[:-20], mimetype=reply.mimetype)


def forbidden(request, handler):
    reply = handler(request)
    reply.status_code = 403
    return reply


@pytest.mark.parametrize("fault", [faults.html_page, cut_short, forbidden])
def test_an_export_that_cannot_be_read_is_done_by_the_walk(exporting, fault):
    exporting.shop.faults.add(fault, times=10, match="/bulk/")
    assert len(payloads(exporting)) == 25
    assert "ReadOrders" in exporting.shop.operations


def test_a_download_that_breaks_off_is_tried_again_later(exporting):
    exporting.shop.faults.add(faults.half_body, times=4, match="/bulk/")
    pages = exporting.connector().pull(None)
    cursor = next(pages).cursor
    with pytest.raises(errors.Unavailable):
        next(pages)
    assert len(pull_all(exporting.connector(), cursor)[0]) == 25
    assert exporting.shop.operations.count("RunBulk") == 1


def test_a_pull_stopped_amid_an_export_goes_on_from_its_cursor(exporting):
    found, cursor = [], None
    for _ in range(60):
        page = next(iter(exporting.connector().pull(cursor, page_size=3)))
        found += [raw.external_id for raw in page.orders]
        if page.cursor == cursor:
            break
        cursor = page.cursor
    assert sorted(found) == sorted(exporting.shop.order_ids())


def test_an_order_edited_during_an_export_comes_with_its_edit(exporting):
    pages = exporting.connector().pull(None)
    next(pages)
    target = exporting.shop.order_ids()[3]
    exporting.shop.touch(target, datetime.now(UTC))
    found = [raw for page in pages for raw in page.orders if raw.external_id == target]
    assert [raw.payload["order"]["note"] for raw in found][-1].endswith("Edited")


def test_an_empty_shop_needs_no_export(exporting):
    for order_id in exporting.shop.order_ids():
        exporting.shop.trash(order_id)
    assert payloads(exporting) == {}
    assert "RunBulk" not in exporting.shop.operations


def test_line_separators_in_texts_do_not_break_an_export(exporting):
    order_id = exporting.shop.order_ids()[0]
    exporting.shop.order(order_id)["note"] = "one\u2028two\x85three"
    assert payloads(exporting)[order_id]["order"]["note"] == "one\u2028two\x85three"
    assert exporting.shop.operations.count("ReadOrders") == 0


def test_rows_of_an_export_may_come_in_any_order():
    rows = [
        {"__typename": "LineItem", "id": "l1", "__parentId": "o1"},
        {"id": "o1", "name": "#1"},
        {"id": "o2", "name": "#2"},
        {"__typename": "ShippingLine", "id": "s1", "__parentId": "o1"},
        {"__typename": "Unknown", "id": "u1", "__parentId": "o2"},
    ]
    first, second = bulk.join([json.dumps(row) for row in rows] + [""])
    assert first["lineItems"] == {"nodes": [{"id": "l1"}]}
    assert first["shippingLines"] == {"nodes": [{"id": "s1"}]}
    assert (second["name"], second["lineItems"]) == ("#2", {"nodes": []})


@pytest.mark.parametrize(
    "line", ['{"id": "o1"', '{"__typename": "LineItem", "id": "l1", "__parentId": "o9"}']
)
def test_an_export_that_is_not_whole_is_an_error(line):
    with pytest.raises(errors.BadReply):
        bulk.join([line])
