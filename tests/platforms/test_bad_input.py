"""Whatever a shop answers: each order is read or named with its problem, none is lost, and
no other one suffers."""

import copy
import json
import random
from datetime import UTC, datetime
from functools import cache

import pytest
from werkzeug.wrappers import Response

from ciama_connector.canonical import Problem, check
from ciama_connector.platforms import errors, registry
from testbed import codes

from .mutations import VALUES, break_for_good, broken, kind_of, paths, samples
from .support import answering, pull_all, rig, stored

VALUES_A_FIELD = 5
# What the address of a request for a page of orders contains
PAGES = {
    "prestashop": "date_upd_ASC",
    "woocommerce": "/orders?",
    "shopify": "graphql",
    "wix": "/orders/search",
    "ciama": "/orders?",
}
ALWAYS = 1000  # requests; more than a pull makes


@pytest.fixture(params=codes())
def shop_rig(request):
    with rig(request.param) as shop_rig:
        yield shop_rig


@cache
def recorded(code):
    """{external id: payload} of a whole pull."""
    with rig(code) as shop_rig:
        orders, _, _ = pull_all(shop_rig.checked_connector())
    return {key: stored(raw.payload) for key, raw in orders.items()}


def read(code, payload):
    """The order, or the Problem that it has."""
    try:
        order = registry.connector_class(code).normalize(payload)
        check(order)
        return order
    except Problem as problem:
        return problem


# -- one order


def personal(order):
    """Texts of an order that no message may repeat."""
    people = [order.customer, order.billing_address, order.shipping_address]
    fields = ("email", "phone", "last_name", "street", "street2")
    found = {getattr(one, field, "") for one in people if one for field in fields}
    return {text for text in found if len(text) > 3}


@pytest.mark.parametrize("code", codes())
def test_any_value_in_any_field_is_read_or_named(code):
    payloads = [copy.deepcopy(payload) for payload in recorded(code).values()]
    people = {id(p): personal(o) for p in payloads if hasattr(o := read(code, p), "customer")}
    outcomes = {"read": 0, "named": 0}
    for payload, path, name in samples(payloads, VALUES_A_FIELD, seed=f"{code} 2026"):
        with broken(payload, path, VALUES[name]):
            try:
                found = read(code, payload)
            except Exception as error:
                error.add_note(f"{name} in {path}")
                raise
        if isinstance(found, Problem):
            outcomes["named"] += 1
            told = str(found)
            assert len(told) < 500, (name, path)
            assert "_" not in found.params.get("reason", ""), (name, path)  # a word of code
            assert not [text for text in people.get(id(payload), ()) if text in told], (name, path)
        else:
            outcomes["read"] += 1
            found.digest_source().encode()  # no text that nothing can store
    assert min(outcomes.values()) > 100


@pytest.mark.parametrize("code", codes())
@pytest.mark.parametrize("payload", [{}, {"order": None}, {"order": []}, {"order": "x"}])
def test_what_is_no_order_at_all_is_named(code, payload):
    assert isinstance(read(code, payload), Problem)


FREE_TEXTS = {
    "prestashop": ["details.*.product_name", "order.gift_message", "addresses.#.firstname"],
    "woocommerce": ["order.line_items.*.name", "order.customer_note", "order.billing.first_name"],
    "shopify": ["order.lineItems.nodes.*.name", "order.note", "order.customAttributes.*.value"],
    "wix": [
        "order.lineItems.*.productName.original",
        "order.buyerNote",
        "order.billingInfo.contactDetails.firstName",
    ],
}


@pytest.mark.parametrize(("code", "kind"), [(c, k) for c, ks in FREE_TEXTS.items() for k in ks])
def test_texts_for_people_are_cut_and_keep_no_order_back(code, kind):
    """The hub's orders are in the connector's own form: there it is the hub's mistake."""
    tried = 0
    for payload in copy.deepcopy(list(recorded(code).values())):
        places = [path for path in paths(payload) if kind_of(path) == kind]
        if places and not isinstance(read(code, payload), Problem):
            with broken(payload, places[0], "Zoë 😀 " * 5000):
                assert not isinstance(read(code, payload), Problem)
            tried += 1
    assert tried


# -- one page


def page_of(body):
    """The list of orders in a reply, None where it holds none."""
    if isinstance(body, list):
        return body
    orders = body.get("orders") or (body.get("data") or {}).get("orders")
    return orders.get("nodes") if isinstance(orders, dict) else orders


def whole_orders(code, body):
    """The orders of a reply with all that they say."""
    found = (body.get("data") or {}).get("nodes") if code == "shopify" else page_of(body)
    return [order for order in found or () if isinstance(order, dict) and len(order) > 10]


def identity(code, order):
    return str(order["external_id" if code == "ciama" else "id"]).rpartition("/")[2]


def editing_always(shop_rig, change):
    """Let every reply with orders go through ``change(body)``."""

    def fault(request, handler):
        reply = handler(request)
        body = json.loads(reply.get_data())
        change(body)
        return Response(json.dumps(body), reply.status, headers=_without_length(reply))

    shop_rig.shop.faults.add(fault, times=ALWAYS, match=PAGES[shop_rig.shop.code])


def _without_length(reply):
    return [(name, value) for name, value in reply.headers if name != "Content-Length"]


def assert_others_untouched(code, found, bad=()):
    """All recorded orders but ``bad`` came as they always do."""
    good = {key: payload for key, payload in recorded(code).items() if key not in bad}
    missing = set(good) - set(found)
    assert not missing
    for key, payload in good.items():
        assert stored(found[key].payload) == payload


@pytest.mark.parametrize("seed", range(4))
def test_broken_orders_come_along_and_disturb_no_other(shop_rig, seed):
    code, random_ = shop_rig.shop.code, random.Random(seed)
    connector = shop_rig.checked_connector()
    ids = sorted(recorded(code))
    bad = {key: random_.random() for key in random_.sample(ids, len(ids) // 2)}
    done = {}

    def change(body):
        for order in whole_orders(code, body):
            key = identity(code, order)
            if key in bad:
                own = random.Random(bad[key])  # the same each time it is asked for
                path, name = own.choice(list(paths(order))), own.choice(list(VALUES))
                break_for_good(order, path, VALUES[name])
                done[key] = name, path

    editing_always(shop_rig, change)
    found, _, _ = pull_all(connector)
    assert set(done) == set(bad)
    assert_others_untouched(code, found, bad)
    assert len(found) == len(ids)
    for raw in found.values():
        assert raw.updated_at.tzinfo
        read(code, raw.payload)


@pytest.mark.parametrize("page_size", [4, None])
def test_items_that_are_no_orders_become_cards_of_their_own(shop_rig, page_size):
    code = shop_rig.shop.code
    connector = shop_rig.checked_connector()
    strange = [None, 5, "order", [], {}, [[{}]], {"id": None}, {"external_id": ["x"]}]
    editing_always(shop_rig, lambda body: page_of(body) and page_of(body).extend(strange))
    found, cursor, _ = pull_all(connector, page_size=page_size)
    assert_others_untouched(code, found)
    unreadable = {key: raw for key, raw in found.items() if key.startswith("unreadable-")}
    assert len(unreadable) == len(strange)
    assert set(found) == set(recorded(code)) | set(unreadable)
    for raw in unreadable.values():
        assert isinstance(read(code, stored(raw.payload)), Problem)
    shop_rig.shop.faults.clear()
    assert pull_all(connector, cursor)[0] == {}


def test_an_order_twice_in_a_page_comes_once(shop_rig):
    code = shop_rig.shop.code
    connector = shop_rig.checked_connector()

    def twice(body):
        if page_of(body):
            page_of(body).extend(copy.deepcopy(page_of(body)))

    editing_always(shop_rig, twice)
    found, _, seen = pull_all(connector)
    assert_others_untouched(code, found)
    assert seen == len(found) == len(recorded(code))


def test_an_order_without_id_is_a_card_and_the_others_come(shop_rig):
    code = shop_rig.shop.code
    connector = shop_rig.checked_connector()
    target = sorted(recorded(code))[3]

    def nameless(body):
        for order in [*whole_orders(code, body), *(page_of(body) or [])]:
            if {"id", "external_id"} & set(order) and identity(code, order) == target:
                order.pop("external_id" if code == "ciama" else "id")

    editing_always(shop_rig, nameless)
    found, _, _ = pull_all(connector)
    assert_others_untouched(code, found, {target})
    cards = [raw for key, raw in found.items() if key.startswith("unreadable-")]
    assert len(cards) == 1
    assert isinstance(read(code, stored(cards[0].payload)), Problem)


@pytest.mark.parametrize("year", [1970, 1999, 2060])
def test_an_order_with_an_absurd_change_date_is_found(shop_rig, year):
    target = shop_rig.shop.order_ids()[1]
    shop_rig.shop.touch(target, datetime(year, 1, 1, tzinfo=UTC))
    found, cursor, _ = pull_all(shop_rig.checked_connector())
    assert sorted(found) == sorted(recorded(shop_rig.shop.code))
    assert pull_all(shop_rig.checked_connector(), cursor)[0] == {}


DEEP = '{"orders":' + "[" * 100_000
OTHERS = {
    "an object of another API": {"products": [{"id": 1}], "count": 1},
    "an empty object": {},
    "a number": 5,
    "a text": "ok",
    "null": None,
    "a list that is no list": {"orders": {"id": 1}, "data": {"orders": "x"}, "has_more": False},
    "an object of null": {"orders": None, "data": None, "has_more": False},
    "brackets without end": DEEP,
}


@pytest.mark.parametrize("name", OTHERS)
def test_a_reply_of_something_else_is_an_error_to_show(shop_rig, name):
    connector = shop_rig.checked_connector()
    body = OTHERS[name]
    text = body if body is DEEP else json.dumps(body)
    shop_rig.shop.faults.add(answering(200, text), times=ALWAYS)
    with pytest.raises(errors.PlatformError) as caught:
        pull_all(connector)
    assert caught.value.message


@pytest.mark.parametrize("name", OTHERS)
def test_a_check_of_something_else_is_an_error_to_show(shop_rig, name):
    text = OTHERS[name] if OTHERS[name] is DEEP else json.dumps(OTHERS[name])
    shop_rig.shop.faults.add(answering(200, text), times=ALWAYS)
    with pytest.raises(errors.PlatformError):
        shop_rig.connector().check()
