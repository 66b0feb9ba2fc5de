"""WooCommerce payloads as canonical orders: the recorded orders, and what plugins add."""

import copy
from decimal import Decimal
from random import Random

import pytest

from ciama_connector.canonical import Code, LineKind, PaymentKind, Problem, check
from ciama_connector.platforms.woocommerce.orders import normalize

from .woocommerce_cases import (
    EXPECTED,
    ORDERS,
    metas,
    payload,
    problem_of,
    read,
    with_line,
)

D = Decimal


# -- the recorded orders against the shop's own figures


@pytest.mark.parametrize("order_id", sorted(ORDERS))
def test_every_recorded_order_is_sound(order_id):
    order = read(order_id)
    check(order)
    assert order.external_id == str(order_id)


@pytest.mark.parametrize("order_id", sorted(EXPECTED.keys() & ORDERS.keys()))
def test_totals_are_the_shops(order_id):
    expected, order = EXPECTED[order_id], read(order_id)
    assert order.total == D(expected["total"])
    assert order.total_tax == D(expected["total_tax"])
    assert [(t.rate, t.amount, t.label, t.compound) for t in order.tax_totals] == [
        (D(str(t["rate_percent"])), D(t["tax"]), t["label"], t["compound"])
        for t in expected["tax_by_rate"]
    ]
    kinds = [line.kind for line in order.lines]
    assert kinds.count(LineKind.PRODUCT) == expected["product_lines"]
    assert kinds.count(LineKind.SHIPPING) == expected["shipping_lines"]
    assert len(kinds) == sum(expected[f"{kind}_lines"] for kind in ("product", "shipping", "fee"))
    assert sum(line.quantity for line in order.lines if line.kind is LineKind.PRODUCT) == D(
        str(expected["quantity"])
    )
    assert {(r.id, r.amount, len(r.lines)) for r in order.refunds} == {
        (str(r["id"]), D(r["amount"]), r["lines"]) for r in expected["refunds"]
    }
    assert order.total - order.total_refunded == D(expected["net_after_refunds"])


@pytest.mark.parametrize("order_id", sorted(EXPECTED.keys() & ORDERS.keys()))
def test_tax_per_rate_in_whole_cents_is_the_shops(order_id):
    """Order 88 rounds tax on the subtotal: its own tax lines are a cent off its total."""
    expected, order = EXPECTED[order_id], read(order_id)
    settled = check(order)
    found = {}
    for line in settled.lines:
        for tax, amount in zip(line.line.taxes, line.taxes, strict=True):
            found[tax.rate] = found.get(tax.rate, D(0)) + amount
    stated = {D(str(t["rate_percent"])): D(t["tax"]) for t in expected["tax_by_rate"]}
    assert sum(found.values()) == D(expected["total_tax"])
    if sum(stated.values()) == D(expected["total_tax"]):
        assert {rate: amount for rate, amount in found.items() if amount} == stated
    else:
        assert order_id == 88


@pytest.mark.parametrize(
    ("order_id", "status", "payment", "fulfillment", "paid"),
    [
        (39, "refunded", "refunded", "fulfilled", "20.78"),
        (40, "paid", "partially_refunded", "unfulfilled", "64.00"),
        (43, "pending", "pending", "unfulfilled", "0"),  # on-hold, bank transfer
        (45, "fulfilled", "paid", "fulfilled", "1249.00"),
        (46, "accepted", "pending", "unfulfilled", "0"),  # processing, cash on delivery
        (57, "refunded", "refunded", "fulfilled", "53.50"),  # refund without lines
        (60, "pending", "pending", "unfulfilled", "0"),
        (66, "pending", "pending", "unfulfilled", "0"),
        (67, "fulfilled", "partially_refunded", "fulfilled", "90.88"),
        (78, "failed", "failed", "unfulfilled", "0"),
        (79, "cancelled", "voided", "unfulfilled", "0"),
        (83, "paid", "paid", "unfulfilled", "34.89"),
        (94, "pending", "pending", "unfulfilled", "0"),  # "expedie", the shop's own word
        (114, "deleted", "paid", "unfulfilled", "14.90"),
    ],
)
def test_statuses(order_id, status, payment, fulfillment, paid):
    order = read(order_id)
    assert (order.status, order.payment_status, order.fulfillment_status) == (
        status, payment, fulfillment,
    )  # fmt: skip
    assert order.shop_status == ORDERS[order_id]["status"]
    assert order.total_paid == D(paid)


# -- amounts and taxes


def test_line_amounts_are_without_tax_although_prices_include_it():
    mug = read(39).lines[0]
    assert (mug.net, mug.tax, mug.gross) == (D("12.42"), D("2.48"), D("14.90"))
    assert mug.list_price == D("14.90")
    tax = mug.taxes[0]
    assert (tax.rate, tax.label, tax.jurisdiction, tax.code) == (D(20), "TVA 20%", "FR", "1")


def test_a_coupon_is_inside_the_lines_and_not_taken_off_again():
    order = read(41)
    mug = order.lines[0]
    assert (mug.net, mug.tax) == (D("11.18"), D("2.23"))
    assert mug.list_price == D("14.90")
    assert [(d.code, d.net, d.tax) for d in mug.discounts] == [
        ("bienvenue10", D("1.24"), D("0.25"))
    ]
    assert [(d.code, d.gross) for d in order.discounts] == [("bienvenue10", D("6.17"))]
    assert sum(line.gross for line in order.lines) == order.total == D("61.40")


def test_of_two_coupons_no_line_tells_which():
    order = read(69)
    assert [d.code for d in order.discounts] == ["bienvenue10", "moins5"]
    assert {(d.code, d.title) for line in order.lines for d in line.discounts} == {
        ("", "bienvenue10, moins5")
    }


def test_a_price_cut_by_hand_is_a_discount_without_code():
    order = read(69, coupon_lines=[])
    assert [(d.code, d.gross > 10) for d in order.discounts] == [("", True)]
    assert order.lines[0].discounts[0].title == ""


def test_the_cent_between_a_line_and_its_rates_goes_to_the_rate():
    """2.235 is 2.23 as the line's tax and 2.24 as its rate's."""
    mug = read(41).lines[0]
    assert ORDERS[41]["line_items"][0]["taxes"][0]["total"] == "2.24"
    assert [tax.amount for tax in mug.taxes] == [mug.tax] == [D("2.23")]


def test_two_taxes_of_canada_one_on_top_of_the_other():
    order = read(60)
    assert [(t.rate, t.amount, t.compound, t.jurisdiction) for t in order.lines[0].taxes] == [
        (D(5), D("1.86"), False, "CA"),
        (D("9.975"), D("3.90"), True, "CA-QC"),
    ]
    assert order.lines[-1].kind is LineKind.SHIPPING
    assert order.lines[-1].taxes == ()  # though its tax_status says taxable


def test_a_deleted_rate_lives_on_in_the_orders_tax_lines():
    order = read(39)
    assert order.lines[0].taxes[0].rate == 20
    orphan = with_line(39, taxes=[{"id": 77, "total": "2.48", "subtotal": "2.48"}])
    assert [(t.rate, t.code, t.amount) for t in orphan.lines[0].taxes] == [(None, "77", D("2.48"))]


def test_a_rate_of_which_nothing_was_charged_is_no_tax():
    line = {"total_tax": "0.00", "taxes": [{"id": 1, "total": "0.00", "subtotal": "0.00"}]}
    assert with_line(39, **line).lines[0].taxes == ()
    free = with_line(39, total="0.00", **line).lines[0]
    assert [(tax.rate, tax.amount) for tax in free.taxes] == [(D(20), D(0))]


def test_tax_without_a_rate_belongs_to_the_only_one_there_is():
    assert [t.rate for t in with_line(39, taxes=[]).lines[0].taxes] == [D(20)]
    assert [t.rate for t in with_line(40, taxes=[]).lines[0].taxes] == [None]


def test_rates_that_contradict_their_line():
    problem = problem_of(
        lambda: with_line(39, taxes=[{"id": 1, "total": "9.99", "subtotal": "9.99"}])
    )
    assert problem.code is Code.TAX_DISAGREES


@pytest.mark.parametrize("percent", [None, 0])
def test_an_old_order_tells_its_rate_by_the_label(percent):
    tax_lines = copy.deepcopy(ORDERS[40]["tax_lines"])
    for line in tax_lines:
        line["rate_percent"] = percent
    assert [t.rate for t in read(40, tax_lines=tax_lines).tax_totals] == [D(20), D("5.5")]


def test_prices_without_tax_rounded_at_the_subtotal():
    order = read(88)
    assert order.prices_include_tax is False
    assert check(order).discrepancy.tax == D("-0.01")
    assert order.lines[0].list_price == D("0.33")


def test_a_line_sum_that_is_not_the_total():
    problem = problem_of(payload(39, total="25.78"))
    assert problem.code is Code.AMOUNTS_DISAGREE
    assert problem.params["difference"] == "5.00"


def test_fees_wrapping_tips_and_reductions():
    order = read(67)
    kinds = {line.name: (line.kind, line.gross) for line in order.lines}
    assert kinds["Emballage cadeau"] == (LineKind.GIFT_WRAP, D("4.20"))
    assert kinds["Remise fidélité"] == (LineKind.DISCOUNT, D("-8.70"))
    assert order.is_gift
    fees = copy.deepcopy(ORDERS[46]["fee_lines"])
    assert read(46).lines[-1].kind is LineKind.FEE
    fees[0]["name"] = "Pourboire"
    assert read(46, fee_lines=fees).lines[-1].kind is LineKind.TIP


# -- lines


def test_names_are_read_as_people_see_them():
    assert read(46).lines[1].name == 'Sac & pochette "Voyage"'


def test_options_are_the_visible_meta_data_as_shown():
    shirt = read(41).lines[2]
    assert [(o.name, o.value) for o in shirt.options] == [("Couleur", "Écru"), ("Taille", "M")]
    first, second = read(76).lines
    assert [(o.name, o.value) for o in first.options] == [("Gravure", "Été 2026")]
    assert [(o.name, o.value) for o in second.options] == [("Gravure", "Hiver")]


def test_options_that_plugins_hide():
    choice = [{"name": "Texte", "value": "Pour <b>Léa</b> &amp; Tom"}]
    line = with_line(39, meta_data=metas(("_tmcartepo_data", choice), ("_x", "y"))).lines[0]
    assert [(o.name, o.value) for o in line.options] == [("Texte", "Pour Léa & Tom")]


def test_a_deleted_product_has_neither_id_nor_sku():
    line = read(83).lines[0]
    assert (line.name, line.product_id, line.sku, line.barcode) == (
        "Article sans référence", "", "", "",
    )  # fmt: skip


def test_barcodes_come_with_the_line():
    assert with_line(39, global_unique_id="3760001230017").lines[0].barcode == "3760001230017"


def test_rates_of_one_method_are_told_apart():
    assert read(39).lines[-1].shipping.code == "flat_rate:1"
    assert read(53).lines[-1].shipping.code == "flat_rate:4"
    assert read(74).lines[-1].shipping.code == "flat_rate:DHL Europe"  # made by hand
    assert read(39).lines[-1].shipping.title == "Colissimo"


def test_several_shipping_lines():
    lines = copy.deepcopy(ORDERS[39]["shipping_lines"]) * 2
    lines[1] = {**lines[1], "id": 99, "method_title": "DHL", "total": "0.00", "total_tax": "0.00"}
    lines[1]["taxes"] = []
    order = read(39, shipping_lines=lines)
    check(order)
    assert [line.name for line in order.lines if line.kind is LineKind.SHIPPING] == [
        "Colissimo", "DHL",
    ]  # fmt: skip


def test_a_negative_line_of_no_product_is_a_reduction():
    lines = copy.deepcopy(ORDERS[83]["line_items"])
    lines[0].update(total="-5.00", total_tax="-1.00", quantity=-1)
    lines[0]["taxes"] = [{"id": 1, "total": "-1.00", "subtotal": "-1.00"}]
    order = read(83, line_items=lines, total="8.90", total_tax="1.48")
    check(order)
    assert (order.lines[0].kind, order.lines[0].gross) == (LineKind.DISCOUNT, D("-6.00"))


@pytest.mark.parametrize("quantity", [-2, 0, 10_000_000])
def test_quantities_nobody_can_ship(quantity):
    assert problem_of(lambda: with_line(39, quantity=quantity)).code is Code.BAD_QUANTITY


def test_an_emptied_line_is_left_out():
    zero = {"quantity": 0, "total": "0.00", "total_tax": "0.00", "taxes": []}
    assert [line.kind for line in with_line(40, 0, **zero).lines].count(LineKind.PRODUCT) == 2


@pytest.mark.parametrize(
    ("container", "part"),
    [
        ({}, {"bundled_by": 6}),
        ({}, {"composite_parent": "6"}),
        (
            {"meta_data": metas(("_bundle_cart_key", "abc"))},
            {"meta_data": metas(("_bundled_by", "abc"))},
        ),
        ({}, {"meta_data": metas(("_woosb_parent_id", "11"))}),
    ],
)
def test_parts_of_a_bundle_name_it(container, part):
    lines = copy.deepcopy(ORDERS[40]["line_items"])
    lines[0].update(container)
    lines[1].update(part)
    mug, coffee, tea = [line for line in read(40, line_items=lines).lines if line.sku]
    assert (coffee.bundle.id, coffee.bundle.sku, coffee.bundle.quantity) == ("6", "MUG-ETE-01", 2)
    assert mug.bundle is None
    assert tea.bundle is None


def test_a_gift_card_that_is_sold():
    given = payload(72)
    given["products"] = {"18": {"id": 18, "type": "pw-gift-card", "sku": "GIFT-50"}}
    assert normalize(given).lines[0].kind is LineKind.GIFT_CARD


@pytest.mark.parametrize(
    "paid_with",
    [
        {"gift_cards": [{"id": 1, "code": "GC-1", "amount": "10.00"}]},
        {"pw_gift_cards_redeemed": [{"number": "GC-1", "amount": -10}]},
        {"meta_data": metas(("_ywgc_applied_gift_cards", {"GC-1": "10.00"}))},
        {"meta_data": metas(("smart_coupons_contribution", {"GC-1": 10}))},
    ],
)
def test_a_gift_card_that_pays_is_money(paid_with):
    order = read(39, total="10.78", status="processing", refunds=[], **paid_with)
    check(order)
    assert order.total == D("20.78")
    assert order.total_paid == D("20.78")
    assert [(p.kind, p.amount) for p in order.payments] == [
        (PaymentKind.GIFT_CARD, D("10.00")),
        (PaymentKind.PAYMENT, D("10.78")),
    ]


def test_a_gift_card_inside_the_lines_is_a_coupon():
    order = read(41, meta_data=metas(("smart_coupons_contribution", {"bienvenue10": "6.17"})))
    assert order.total == D("61.40")
    assert [payment.kind for payment in order.payments] == [PaymentKind.PAYMENT]


# -- bad input


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"id": None}, Code.INVALID_ORDER),
        ({"line_items": [], "shipping_lines": []}, Code.NO_LINES),
        ({"line_items": None, "shipping_lines": "x"}, Code.NO_LINES),
        ({"currency": "euro"}, Code.INVALID_ORDER),
        ({"total": "NaN"}, Code.INVALID_ORDER),
        ({"total": "12,50"}, Code.INVALID_ORDER),
        ({"total": {"a": 1}}, Code.INVALID_ORDER),
        ({"date_created_gmt": None}, Code.BAD_DATE),
        ({"date_created_gmt": "yesterday"}, Code.BAD_DATE),
        ({"date_created_gmt": "1970-01-01T00:00:00"}, Code.BAD_DATE),
        ({"date_modified_gmt": "0000-00-00T00:00:00"}, Code.BAD_DATE),
    ],
)
def test_orders_that_cannot_be_read(changes, code):
    problem = problem_of(payload(39, **changes))
    assert problem.code is code
    assert "Bernard" not in str(problem)


@pytest.mark.parametrize("given", [{}, {"order": None}, {"order": "<html>"}, {"order": [1]}])
def test_payloads_that_are_no_orders(given):
    assert problem_of(given).code is Code.INVALID_ORDER


def test_strange_names():
    billing = {
        **ORDERS[39]["billing"],
        "first_name": "=cmd|' /C calc'!A0",
        "last_name": "<script>🙂</script>" + "x" * 10_000,
        "company": "Zoë & Søn\x00",
    }
    order = read(39, billing=billing)
    assert order.billing_address.first_name == "=cmd|' /C calc'!A0"
    assert order.billing_address.last_name.startswith("<script>🙂")
    assert len(order.billing_address.last_name) == 1000
    assert order.billing_address.company == "Zoë & Søn"


def test_texts_of_any_length():
    long = metas(("Gravure", "é" * 1500), ("gift_message", "m" * 30_000))
    order = read(39, customer_note="x" * 30_000, meta_data=long)
    assert [len(order.customer_note), len(order.gift_message)] == [20_000, 20_000]
    assert len(with_line(39, meta_data=long).lines[0].options[0].value) == 1500


def _vandalised(value, random):
    """A copy of a JSON value in which about one node in sixty is something else."""
    junk = (None, "", "x", -1, 0, 10**30, "1e9", True, [], {}, [None], {"id": []}, "\x00")
    if random.random() < 1 / 60:
        return random.choice(junk)
    if isinstance(value, dict):
        return {key: _vandalised(inner, random) for key, inner in value.items()}
    return [_vandalised(inner, random) for inner in value] if isinstance(value, list) else value


@pytest.mark.parametrize("order_id", [41, 55, 65, 67, 92])
def test_vandalised_orders_end_as_named_problems(order_id):
    outcomes = set()
    for seed in range(150):
        try:
            check(normalize(_vandalised(payload(order_id), Random(seed))))
            outcomes.add("sound")
        except Problem as problem:
            outcomes.add(problem.code)
    assert "sound" in outcomes
    assert len(outcomes) > 2


def test_without_addresses_and_lists():
    given = payload(39)
    for key in ("billing", "shipping", "meta_data", "fee_lines", "coupon_lines", "refunds"):
        given["order"].pop(key)
    order = normalize(given)
    check(order)
    assert order.billing_address is None


def test_a_currency_without_cents():
    line = {"total": "1000", "total_tax": "100", "taxes": [{"id": 1, "total": "100"}]}
    lines = [{**ORDERS[78]["line_items"][0], **line}]
    order = read(78, currency="JPY", line_items=lines, total="1100", total_tax="100",
                 status="processing", date_paid_gmt="2026-10-01T00:00:00")  # fmt: skip
    check(order)
    assert order.payments[0].amount == D(1100)


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ((("_charge_risk_level", "highest"),), ("high", "")),
        ((("_charge_risk_level", "elevated"),), ("medium", "")),
        ((("_charge_risk_level", "normal"), ("_wcpay_fraud_outcome_status", "allow")),
         ("low", "accept")),
        ((("_wcpay_fraud_outcome_status", "review"),), ("", "investigate")),
        ((("_wcpay_fraud_outcome_status", "block"),), ("", "cancel")),
        ((("_charge_risk_level", "unknown"),), None),
        ((), None),
    ],
)  # fmt: skip
def test_risk_that_woopayments_sees(pairs, expected):
    found = read(39, meta_data=metas(*pairs)).risk
    assert (found and (found.level, found.recommendation)) == expected
