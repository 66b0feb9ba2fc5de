"""What the WooCommerce client asks besides lists of orders."""

import json

import pytest

from ciama_connector.platforms import errors
from testbed.woocommerce import WooCommerceSimulator

from .support import normalized, pull_all, rig, stored

KEY, SECRET = WooCommerceSimulator.credentials.values()


@pytest.fixture
def woo():
    with rig("woocommerce") as shop_rig:
        yield shop_rig


# -- related resources


def test_related_resources_come_for_a_whole_page(woo):
    connector = woo.checked_connector()
    woo.shop.seen.clear()
    pull_all(connector)
    paths = [seen.path.rpartition("/wc/v3/")[2] for seen in woo.shop.seen]
    assert sorted(paths) == ["customers", "orders", "orders", "products", "refunds"]


def test_a_shop_before_woocommerce_9_gives_the_same_payloads(woo):
    orders, _, _ = pull_all(woo.checked_connector())
    woo.shop.has_refunds_route = False
    facts = woo.connector().check()
    assert facts.extra["refunds"] is False
    old, _, _ = pull_all(woo.connector(facts=facts.as_dict()))
    assert {key: stored(raw.payload) for key, raw in old.items()} == {
        key: stored(raw.payload) for key, raw in orders.items()
    }
    assert old["41"].payload["refunds"][0]["id"] == 105


def test_an_unchanged_order_has_the_same_payload_each_time(woo):
    """The shop gives meta data in another order each time."""
    texts = {json.dumps(stored(woo.connector().fetch("65").payload)) for _ in range(8)}
    assert len(texts) == 1


def test_payloads_hold_no_keys_and_traces_of_the_buyer(woo):
    text = json.dumps(stored(woo.connector().fetch("39").payload))
    for word in ("wc_order_", "customer_ip_address", "user_agent", "payment_url", "_links"):
        assert word not in text


def test_a_refund_moves_the_order_and_comes_with_its_lines(woo):
    connector = woo.checked_connector()
    _, cursor, _ = pull_all(connector)
    woo.shop.refund("62", line_id=101)
    orders, _, _ = pull_all(connector, cursor)
    assert list(orders) == ["62"]
    refund = normalized(connector, orders["62"]).refunds[0]
    assert [(line.line_id, str(line.net), str(line.tax)) for line in refund.lines] == [
        ("101", "12.42", "2.48")
    ]


def test_customers_bring_role_and_numbers_of_their_account(woo):
    woo.shop.customers[1]["role"] = "wholesale_customer"
    woo.shop.orders[55]["meta_data"] = []
    connector = woo.connector()
    order = normalized(connector, connector.fetch("55"))
    assert (order.customer.external_id, order.customer.group_id) == ("4", "wholesale_customer")
    assert [(vat.value, vat.source) for vat in order.vat_candidates] == [
        ("BE0477472701", "customer_meta:billing_vat")
    ]


def test_products_tell_what_is_shipped_and_whose_sku_it_is(woo):
    """Variation 30 has no SKU and reports its parent's, which fits every variation."""
    connector = woo.connector()
    books = normalized(connector, connector.fetch("47")).lines
    assert [(line.sku, line.requires_shipping) for line in books] == [
        ("EBOOK-AUT", False), ("SERV-H", False),
    ]  # fmt: skip
    shirts = normalized(connector, connector.fetch("61")).lines[:2]
    assert [(line.variant_id, line.sku) for line in shirts] == [("30", ""), ("25", "TSHIRT-S-EC")]
    assert shirts[0].requires_shipping


# -- single orders


def test_fetch_by_a_plugins_number(woo):
    woo.shop.change("62", number="FA-2026-0017")
    woo.shop.change("65", number="WC-65")
    connector = woo.connector()
    assert connector.fetch("FA-2026-0017").external_id == "62"
    assert connector.fetch("#wc-65").external_id == "65"
    for reference in ("FA-2026-0018", "Durand", "", "101"):
        with pytest.raises(errors.NotFound):
            connector.fetch(reference)
