"""Vouchers of PrestaShop over lines and rates: recorded ones, and any mixture."""

import copy
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ciama_connector.canonical import LineKind, check
from ciama_connector.platforms.prestashop.orders import normalize

from .prestashop_cases import CENT, D, by_rate, payload, read, taken

ZERO = D(0)


def cents(amount):
    return amount.quantize(CENT, ROUND_HALF_UP)


# -- recorded


def test_a_percentage():
    """10 % of the goods: 8.27 with tax, 6.89 without, at one rate."""
    order = read(8)
    assert [(d.code, d.title, d.gross, d.free_shipping) for d in order.discounts] == [
        ("BIENVENUE10", "Bienvenue -10%", D("8.27"), False)
    ]
    assert taken(order) == {"17": (D("4.41"), D("0.88")), "18": (D("2.48"), D("0.50"))}
    assert {d.code for line in order.lines for d in line.discounts} == {"BIENVENUE10"}


def test_an_amount_over_two_rates():
    order = read(25)
    assert taken(order) == {"40": (D("2.08"), D("0.42")), "41": (D("2.37"), D("0.13"))}
    assert sum(line.gross for line in order.lines) == order.total == D("40.92")


def test_two_vouchers_on_one_order():
    order = read(19)
    assert [(d.code, d.gross) for d in order.discounts] == [
        ("SEPTHT", D("9.32")), ("", D("13.46")),
    ]  # fmt: skip
    nets, tax = zip(*taken(order).values(), strict=True)
    assert (sum(nets), sum(tax)) == (D("18.99"), D("3.79"))
    assert {len(line.discounts) for line in order.lines[:2]} == {2}


def test_free_shipping_is_taken_off_the_shipping():
    order = read(13)
    assert order.discounts[0].free_shipping
    assert taken(order) == {"shipping": (D("4.95"), D("0.99"))}
    shipping = order.lines[-1]
    assert (shipping.net, shipping.tax, shipping.taxes[0].rate) == (0, 0, 20)


def test_a_gift_is_taken_off_its_own_line():
    order = read(66)
    assert taken(order) == {"114": (D("0.33"), D("0.07"))}
    assert (order.lines[1].gross, order.lines[1].quantity) == (0, 1)


def test_one_of_several_units_is_a_gift():
    changed = payload(66)
    changed["details"][1].update(
        product_quantity="3", total_price_tax_excl="1.00", total_price_tax_incl="1.20"
    )
    assert taken(normalize(changed)) == {"114": (D("0.33"), D("0.07"))}


def test_a_gift_where_the_key_may_not_read_cart_rules():
    """Both lines have one rate: nothing tells which one is the gift; the rate is right."""
    changed = payload(66)
    changed["tables"]["cart_rules"] = {}
    order = normalize(changed)
    assert by_rate(order) == {20: D("4.32")}
    assert order.discounts[0].code == ""


def test_a_voucher_that_staff_took_off_again():
    changed = payload(25)
    gone = {**changed["cart_rules"][0], "id": 99, "value": "3.00", "value_tax_excl": "2.50"}
    changed["cart_rules"].append({**gone, "deleted": "1"})
    assert [d.gross for d in normalize(changed).discounts] == [D("5.00")]


def test_a_discount_without_any_voucher():
    changed = payload(25)
    changed["cart_rules"] = []
    order = normalize(changed)
    check(order)
    assert [(d.code, d.title, d.gross) for d in order.discounts] == [("", "", D("5.00"))]
    assert by_rate(order) == {20: D("3.90"), D("5.5"): D("0.91")}


# -- conditions that narrow a voucher


def two_rates(value, value_excl, *, rule=None, **extra):
    """Order 25 (19.98 at 20 %, 20.00 at 5.5 %, shipping 5.94) with another voucher."""
    changed = payload(25)
    row = changed["cart_rules"][0]
    row.update(value=value, value_tax_excl=value_excl, **extra)
    changed["tables"]["cart_rules"][row["id_cart_rule"]] = {"id": 2, "code": "X", **(rule or {})}
    gross, net = cents(D(value)), cents(D(value_excl))
    order = changed["order"]
    order["total_discounts_tax_incl"], order["total_discounts_tax_excl"] = str(gross), str(net)
    order["total_paid"] = order["total_paid_tax_incl"] = str(D("45.92") - gross)
    order["total_paid_tax_excl"] = str(D("40.56") - net)
    return normalize(changed)


def test_its_own_tax_tells_on_which_rate_a_voucher_lies():
    """5 EUR off the book (5.5 %); which product it counts for is not readable."""
    order = two_rates("5.00", "4.739336")
    assert taken(order) == {"41": (D("4.74"), D("0.26"))}
    order = two_rates("5.00", "4.166667")
    assert taken(order) == {"40": (D("4.17"), D("0.83"))}


def test_a_voucher_for_one_product():
    order = two_rates("2.00", "1.895735", rule={"reduction_product": "4"})
    assert taken(order) == {"41": (D("1.90"), D("0.10"))}


def test_a_percentage_with_free_shipping():
    """10 % of 39.98 and the shipping, in one voucher."""
    order = two_rates("9.938000", "8.511000", free_shipping="1")
    check(order)
    assert taken(order) == {
        "40": (D("1.66"), D("0.34")),
        "41": (D("1.90"), D("0.10")),
        "shipping": (D("4.95"), D("0.99")),
    }


def test_a_voucher_larger_than_the_goods():
    order = two_rates("45.92", "40.56")
    check(order)
    assert order.total == 0
    assert {line.gross for line in order.lines} == {0}


def test_a_discount_where_no_line_is_worth_anything():
    changed = payload(64)
    changed["order"].update(
        total_shipping_tax_excl="0", total_shipping_tax_incl="0", total_paid="-5",
        total_paid_tax_incl="-5", total_paid_tax_excl="-5", total_discounts_tax_incl="5",
        total_discounts_tax_excl="5",
    )  # fmt: skip
    order = normalize(changed)
    assert (order.lines[-1].kind, order.lines[-1].net) == (LineKind.DISCOUNT, D(-5))
    check(order)


# -- any mixture

RATES = {"1": D(20), "3": D("5.5"), "2": D(10), "4": D("2.1")}


@st.composite
def carts(draw):
    """(payload, {rate: exact tax}) of a cart as PrestaShop computes it, lines rounded."""
    chosen = draw(st.lists(st.sampled_from(sorted(RATES)), min_size=1, max_size=6))
    base = copy.deepcopy(payload(25))
    base["tables"]["taxes"] = {
        key: {"id": int(key), "rate": f"{rate:.3f}", "name": "x"} for key, rate in RATES.items()
    }
    template, details = base["details"][0], []
    exact_net, exact_tax = {}, {}
    for place, key in enumerate(chosen):
        price = draw(st.decimals("0.10", "900", places=6))
        quantity = draw(st.integers(1, 12))
        net, gross = price * quantity, price * quantity * (1 + RATES[key] / 100)
        row = copy.deepcopy(template)
        row.update(
            id=1000 + place, product_id=str(place), product_quantity=str(quantity),
            unit_price_tax_excl=str(price), total_price_tax_excl=str(cents(net)),
            total_price_tax_incl=str(cents(gross)), associations={"taxes": [{"id": key}]},
        )  # fmt: skip
        details.append(row)
        exact_net[key] = exact_net.get(key, ZERO) + cents(net)
        exact_tax[key] = exact_tax.get(key, ZERO) + cents(gross) - cents(net)
    base["details"] = details
    on = draw(st.lists(st.sampled_from(chosen), min_size=1, unique=True))
    return base, exact_net, exact_tax, on


def voucher(number, net, tax):
    return {
        **payload(25)["cart_rules"][0],
        "id": number, "id_cart_rule": str(number), "name": f"V{number}",
        "value": str(net + tax), "value_tax_excl": str(net),
    }  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(carts(), st.integers(1, 100), st.integers(0, 40))
def test_any_vouchers_on_any_rates(cart, percent, second):
    """A percentage of all lines and one of the lines of some rates: both exact, as the
    shop keeps them; the order's totals rounded. Each rate's tax is right to the cents
    that rounding costs."""
    base, nets, tax, on = cart
    micro = D("0.000001")
    first = {k: (nets[k] * percent / 100, tax[k] * percent / 100) for k in nets}
    some = {
        k: ((nets[k] - first[k][0]) * second / 100, (tax[k] - first[k][1]) * second / 100)
        for k in on
    }
    base["cart_rules"], off = [], {"net": ZERO, "tax": ZERO}
    for number, parts in enumerate((first, some), 50):
        net = sum((n for n, _ in parts.values()), ZERO).quantize(micro)
        taxes = sum((t for _, t in parts.values()), ZERO).quantize(micro)
        off = {"net": off["net"] + net, "tax": off["tax"] + taxes}
        base["cart_rules"].append(voucher(number, net, taxes))
    off_net, off_gross = cents(off["net"]), cents(off["net"] + off["tax"])
    goods_net, goods = sum(nets.values()), sum(nets.values()) + sum(tax.values())
    total, total_net = goods + D("5.94") - off_gross, goods_net + D("4.95") - off_net
    base["order"].update(
        total_discounts_tax_incl=str(off_gross), total_discounts_tax_excl=str(off_net),
        total_paid=str(total), total_paid_tax_incl=str(total), total_paid_tax_excl=str(total_net),
    )  # fmt: skip
    order = normalize(base)
    assert not check(order).discrepancy
    assert sum((d.gross for d in order.discounts), ZERO) == off_gross
    assert all(line.net >= 0 for line in order.lines)
    found = by_rate(order)
    if set(on) != set(nets) and len(nets) > 2:
        return  # of more than two rates, a voucher's tax does not tell its own
    for key in nets:
        left = tax[key] - first[key][1] - some.get(key, (ZERO, ZERO))[1]
        left += D("0.99") if key == "1" else ZERO
        assert abs(found.get(RATES[key], ZERO) - left) <= D("0.04") + off_gross / 2000


@pytest.mark.parametrize("digits", ["9.99", "0.01", "33.333333"])
def test_shares_are_whole_cents(digits):
    order = two_rates(digits, str(Decimal(digits) / D("1.1")))
    for line in order.lines:
        for discount in line.discounts:
            assert discount.net == cents(discount.net)
            assert discount.tax == cents(discount.tax)
