"""Payloads without people: of every platform, over its recorded orders."""

import json
import re

import pytest

from ciama_connector.canonical import Problem
from ciama_connector.platforms.personal import mask_personal
from testbed import codes

from .support import normalized, pull_all, rig, stored

ORDER = {
    "id": 4711,
    "number": "1042",
    "currency": "EUR",
    "total": "19.99",
    "date_created": "2026-03-02T10:00:00",
    "customer_ip_address": "93.184.216.34",
    "customer_note": "Please ring at Curie",
    "billing": {
        "first_name": "Marie",
        "lastName": "Curie",
        "address_1": "11 rue Pierre et Marie Curie",
        "postcode": "75005",
        "city": "Paris",
        "country": "FR",
        "phone": "0144276969",
        "email": "marie@curie.example",
    },
    "line_items": [{"name": "Chair", "sku": "CHAIR", "quantity": 2, "total": "16.66"}],
    "meta_data": [
        {"id": 1, "key": "_billing_vat", "value": "FR40303265045"},
        {"id": 2, "key": "_plugin", "value": "left by Marie"},
    ],
    "payment_method_title": "Card of Marie Curie, marie@curie.example",
}


def test_what_is_masked_and_what_is_kept():
    shown = mask_personal(ORDER, {"Marie", "Curie"})
    assert shown["billing"] == {
        "first_name": "***",
        "lastName": "***",
        "address_1": "***",
        "postcode": "75***",
        "city": "***",
        "country": "FR",
        "phone": "***",
        "email": "***",
    }
    assert shown["customer_ip_address"] == "***"
    assert shown["customer_note"] == "***"
    assert shown["line_items"] == ORDER["line_items"]
    assert [row["value"] for row in shown["meta_data"]] == ["***", "***"]
    assert [row["key"] for row in shown["meta_data"]] == ["_billing_vat", "_plugin"]
    assert shown["payment_method_title"] == "Card of *** ***, ***"
    for kept in ("id", "number", "currency", "total", "date_created"):
        assert shown[kept] == ORDER[kept]


def test_the_payload_itself_stays():
    before = json.dumps(ORDER)
    mask_personal(ORDER, {"Marie"})
    assert json.dumps(ORDER) == before


def test_numbers_under_personal_names():
    assert mask_personal({"phone": 144276969, "quantity": 3}) == {"phone": "***", "quantity": 3}


@pytest.mark.parametrize("code", codes())
def test_no_recorded_order_shows_its_people(code):
    with rig(code) as shop_rig:
        connector = shop_rig.checked_connector()
        raws, _, _ = pull_all(connector)
        checked = 0
        for raw in raws.values():
            try:
                order = normalized(connector, raw)
            except Problem:
                continue
            people = _people(order)
            text = _values(mask_personal(stored(raw.payload), people))
            for word in people:
                assert not re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.I), word
            # and by the names of the fields alone
            alone = _values(mask_personal(stored(raw.payload)))
            for word in _surest(order):
                assert word not in alone
            assert f"{order.total:.2f}".rstrip("0").rstrip(".") in text
            checked += 1
    assert checked > 10


def _values(node):
    """All values in it, as text."""
    if isinstance(node, dict | list):
        return "\n".join(map(_values, node.values() if isinstance(node, dict) else node))
    return str(node)


def _surest(order):
    """What nobody but a person has."""
    places = [place for place in (order.billing_address, order.shipping_address) if place]
    texts = {order.customer.email, order.customer.phone}
    texts |= {text for place in places for text in (place.street, place.phone, place.email)}
    return {text for text in texts if len(text) > 5}


def _people(order):
    places = [place for place in (order.billing_address, order.shipping_address) if place]
    texts = {order.customer.first_name, order.customer.last_name, order.customer.company}
    for place in places:
        texts |= {place.first_name, place.last_name, place.company, place.city}
    texts |= {candidate.value for candidate in order.vat_candidates}
    return {text for text in texts if len(text) > 1} | _surest(order)
