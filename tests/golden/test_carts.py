"""Whatever the cart, and wherever the shop rounds: its totals per rate, to the cent."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ciama_connector.canonical import Order, check
from testbed.golden.carts import WAYS, Cart, Item, drawn

D = Decimal
PRICES = st.integers(2, 6).flatmap(
    lambda places: st.decimals("0.01", 2000, places=places, allow_nan=False)
)
ITEMS = st.builds(
    Item,
    price=PRICES,
    quantity=st.integers(1, 999),
    rate=st.sampled_from(["20", "10", "5.5", "2.1", "19", "25.5", "8.1"]),
    discount=st.integers(0, 99),
)
CARTS = st.lists(ITEMS, min_size=1, max_size=12).map(tuple)


def assert_as_in_the_shop(cart):
    order = Order.model_validate(cart.order(1))
    settled = check(order)
    assert not settled.discrepancy
    taxes, nets = {}, {}
    for line in settled.lines:
        (tax,), (amount,) = line.line.taxes, line.taxes
        taxes[tax.rate] = taxes.get(tax.rate, D(0)) + amount
        nets[tax.rate] = nets.get(tax.rate, D(0)) + line.net
    shop = {D(rate): amounts for rate, amounts in cart.by_rate.items()}
    assert taxes == {rate: amounts.tax for rate, amounts in shop.items()}
    assert sum(nets.values()) == sum(amounts.net for amounts in shop.values())
    # A shop that rounds lines knows its net per rate; one that rounds sums, but in total
    off = 0 if cart.way != "total" else D("0.01") * len(shop)
    assert all(abs(nets[rate] - amounts.net) <= off for rate, amounts in shop.items())


@pytest.mark.parametrize("way", WAYS)
@settings(max_examples=1000, deadline=None)
@given(items=CARTS, included=st.booleans())
def test_carts_are_settled_as_the_shop_has_them(way, items, included):
    assert_as_in_the_shop(Cart(items, way, included))


def test_the_carts_that_odoo_is_given():
    for cart in drawn(seed=1, number=3000):
        assert_as_in_the_shop(cart)


def test_a_cart_by_hand():
    """Seven at 1.19 with 20 %: net 0.991667 a piece, 6.941667 in all."""
    items = (Item(D("1.19"), 7, "20"),)
    found = {way: Cart(items, way, included=True).by_rate["20"] for way in WAYS}
    assert {way: (amounts.net, amounts.tax) for way, amounts in found.items()} == {
        "item": (D("6.93"), D("1.40")),
        "line": (D("6.94"), D("1.39")),
        "total": (D("6.94"), D("1.39")),
    }
