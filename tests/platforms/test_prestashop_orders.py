"""The recorded PrestaShop orders, one by one, against what the shop's own pages show."""

from datetime import UTC, datetime

import pytest

from ciama_connector.canonical import Code, LineKind, OrderStatus, PaymentKind, check
from ciama_connector.platforms.prestashop.orders import normalize

from .prestashop_cases import CENT, D, by_rate, payload, payloads, problem_of, read

V17, V91 = "ps1.7.8.11", "ps9.1.0-dev"
# What the shop shows: total, tax by rate, paid, refunded, and where the order stands
FIGURES = {
    1: ("15.93", {20: "2.65"}, "0", "0", "pending", "pending", "unfulfilled"),
    2: ("55.91", {20: "5.99", "5.5": "1.04"}, "55.91", "0", "fulfilled", "paid", "fulfilled"),
    3: ("156.35", {19: "18.48", 7: "2.66"}, "156.35", "0", "fulfilled", "paid", "fulfilled"),
    4: ("414.92", {20: "69.15"}, "414.92", "0.15", "paid", "partially_refunded", "unfulfilled"),
    5: ("19.75", {21: "1.55", 6: "0.63"}, "0", "0", "pending", "pending", "unfulfilled"),
    6: ("19.75", {21: "1.50", 6: "0.63"}, "0", "0", "pending", "pending", "unfulfilled"),
    7: ("19.75", {21: "1.50", 6: "0.63"}, "0", "0", "pending", "pending", "unfulfilled"),
    8: ("85.33", {20: "14.22"}, "85.33", "0", "paid", "paid", "unfulfilled"),
    9: ("174.89", {20: "29.15"}, "174.89", "30", "fulfilled", "partially_refunded", "fulfilled"),
    10: ("119.99", {"7.25": "5.84", "1.5": "1.21"}, "119.99", "0", "paid", "paid", "unfulfilled"),
    11: ("61.15", {}, "61.15", "0", "paid", "paid", "unfulfilled"),
    12: ("8.99", {20: "1.50"}, "8.99", "0", "paid", "paid", "unfulfilled"),
    13: ("19.98", {20: "3.33"}, "19.98", "0", "paid", "paid", "unfulfilled"),
    14: ("15.80", {19: "2.52"}, "0", "0", "cancelled", "voided", "unfulfilled"),
    15: ("58.29", {21: "10.13"}, "58.29", "58.29", "refunded", "refunded", "unfulfilled"),
    16: ("196.77", {20: "32.79"}, "0", "0", "failed", "failed", "unfulfilled"),
    17: ("45.90", {20: "7.65"}, "10", "0", "failed", "partially_paid", "unfulfilled"),
    19: ("435.22", {20: "72.54"}, "435.22", "120", "paid", "partially_refunded", "unfulfilled"),
    20: ("41.94", {20: "6.99"}, "41.94", "0", "paid", "paid", "unfulfilled"),
    21: ("169.89", {}, "169.89", "0", "paid", "paid", "unfulfilled"),
    22: ("19.57", {21: "2.79"}, "19.57", "0", "paid", "paid", "unfulfilled"),
    23: ("255.75", {20: "42.62"}, "0", "0", "paid", "paid", "unfulfilled"),
    24: ("11.16", {20: "1.86"}, "266.91", "0", "paid", "paid", "unfulfilled"),
    25: ("40.92", {20: "3.90", "5.5": "0.91"}, "40.92", "0", "paid", "paid", "unfulfilled"),
    26: ("15.80", {19: "2.52"}, "15.80", "0", "paid", "paid", "unfulfilled"),
    56: ("66.37", {20: "11.06"}, "66.37", "9.99", "paid", "partially_refunded", "unfulfilled"),
    57: ("18.80", {"5.5": "0.77", 20: "0.67"}, "18.80", "18.80", "refunded", "refunded",
         "unfulfilled"),
    58: ("176.05", {21: "30.56"}, "176.05", "0", "paid", "paid", "unfulfilled"),
    59: ("20.67", {19: "3.30"}, "20.67", "0", "paid", "paid", "unfulfilled"),
    62: ("102.21", {}, "102.21", "0", "paid", "paid", "unfulfilled"),
    64: ("5.94", {20: "0.99"}, "0", "0", "pending", "pending", "unfulfilled"),
    66: ("25.92", {20: "4.32"}, "25.92", "0", "paid", "paid", "unfulfilled"),
}  # fmt: skip
LATER = {
    (V17, 8): ("66.84", {20: "9.05", "5.5": "0.65"}, "66.84", "13.20", "fulfilled",
               "partially_refunded", "fulfilled"),
    (V17, 9): ("56.60", {20: "1.90", "5.5": "2.36"}, "0", "0", "pending", "pending",
               "unfulfilled"),
    (V17, 10): ("56.44", {20: "5.22", "5.5": "1.30"}, "56.44", "0", "paid", "paid",
                "unfulfilled"),
    (V17, 11): ("149.44", {20: "11.73", "5.5": "4.12"}, "5", "0", "failed", "partially_paid",
                "unfulfilled"),
    (V91, 6): ("66.84", {20: "9.05", "5.5": "0.65"}, "66.84", "11", "fulfilled",
               "partially_refunded", "fulfilled"),
    (V91, 7): ("56.60", {20: "1.90", "5.5": "2.36"}, "0", "0", "pending", "pending",
               "unfulfilled"),
    (V91, 8): ("56.44", {20: "5.22", "5.5": "1.30"}, "56.44", "0", "paid", "paid",
               "unfulfilled"),
    (V91, 9): ("149.44", {20: "11.73", "5.5": "4.12"}, "5", "0", "failed", "partially_paid",
               "unfulfilled"),
    (V91, 2): ("169.90", {}, "0", "0", "pending", "pending", "unfulfilled"),
}  # fmt: skip
CASES = {("", number): figures for number, figures in FIGURES.items()} | LATER
DISAGREEING = {18: "134.26", 27: "43.66", 55: "17.14"}


def test_every_recorded_order_is_named_here():
    assert {*FIGURES, *DISAGREEING} == set(payloads())
    assert {number for version, number in CASES if version == V17} == set(payloads(V17)) - {
        1, 2, 3, 4, 5,
    }  # fmt: skip


@pytest.mark.parametrize(("version", "number"), CASES)
def test_figures(version, number):
    total, rates, paid, refunded, *statuses = CASES[version, number]
    order = read(number, version)
    raw = payload(number, version)["order"]
    assert (order.total, order.total_paid, order.total_refunded) == (D(total), D(paid), D(refunded))
    assert order.total_tax == D(raw["total_paid_tax_incl"]) - D(raw["total_paid_tax_excl"])
    assert by_rate(order) == {D(str(rate)): D(tax) for rate, tax in rates.items()}
    assert [order.status, order.payment_status, order.fulfillment_status] == statuses
    assert (order.external_id, order.number) == (str(number), raw["reference"])
    assert sum(payment.amount for payment in order.payments) == order.total_paid
    assert sum(refund.amount for refund in order.refunds) == order.total_refunded
    settled = check(order)
    assert abs(settled.discrepancy.net) <= CENT
    assert abs(settled.discrepancy.tax) <= CENT


@pytest.mark.parametrize("number", DISAGREEING)
def test_lines_without_tax_under_totals_with_it(number):
    problem = problem_of(payload(number))
    assert problem.code is Code.AMOUNTS_DISAGREE
    assert problem.params["difference"] == DISAGREEING[number]


@pytest.mark.parametrize(("version", "number"), [(v, n) for v in (V17, V91) for n in (1, 3, 4, 5)])
def test_demo_orders_of_a_new_shop_contradict_themselves(version, number):
    problem = problem_of(payload(number, version))
    assert problem.code is Code.AMOUNTS_DISAGREE
    assert problem.params["difference"] == "-6.40"


def test_a_demo_order_whose_line_counts_once():
    assert problem_of(payload(2, V17)).code is Code.TAX_DISAGREES


# -- lines


def test_lines_of_two_rates():
    shirt, book, shipping = read(2).lines
    assert (shirt.net, shirt.tax, shirt.gross) == (D("24.98"), D("4.99"), D("29.97"))
    assert (shirt.quantity, shirt.sku, shirt.barcode) == (3, "TSHIRT-UNI", "3760000000017")
    assert (shirt.product_id, shirt.variant_id, shirt.weight) == ("1", "", D("0.2"))
    tax = shirt.taxes[0]
    assert (tax.rate, tax.amount, tax.label, tax.code) == (20, D("4.99"), "TVA FR 20%", "1")
    assert (book.taxes[0].rate, book.barcode) == (D("5.5"), "978-2-07-036822-8")
    assert (shipping.kind, shipping.net, shipping.tax) == (
        LineKind.SHIPPING, D("4.95"), D("0.99"),
    )  # fmt: skip
    assert shipping.taxes[0].label == "TVA FR 20%"


def test_combinations_have_both_ids():
    hoodie = read(3).lines[0]
    assert (hoodie.product_id, hoodie.variant_id) == ("2", "4")
    assert hoodie.name == "Hoodie (Size: M - Color: Black)"


@pytest.mark.parametrize(
    ("number", "nets"),
    [
        (5, ["3.64", "0.07", "10.53"]),  # each item rounded
        (6, ["3.68", "0.09", "10.52"]),  # each line
        (7, ["3.683329", "0.0875", "10.521327"]),  # the total only
    ],
)
def test_the_ways_of_rounding(number, nets):
    order = read(number)
    assert [line.net for line in order.lines[:3]] == [D(net) for net in nets]
    assert not check(order).discrepancy


def test_prices_before_reductions():
    headset, bag = read(9).lines[:2]
    assert (headset.list_price, bag.list_price) == (D("99.90"), D("49.99"))
    assert read(4).lines[1].list_price == D("353.3333")  # a group that sees prices without tax
    assert read(58).lines[0].list_price == D("45.0000")  # staff raised it


def test_prices_with_tax_or_without():
    assert read(1).prices_include_tax is True
    assert read(4).prices_include_tax is False


def test_stacked_taxes():
    shoes = read(10).lines[0]
    assert [(t.rate, t.label, t.code) for t in shoes.taxes] == [
        (D("7.25"), "CA Sales tax 7.25%", "35"), (D("1.5"), "CA district 1.5%", "36"),
    ]  # fmt: skip
    assert sum(tax.amount for tax in shoes.taxes) == shoes.tax == D("7.05")
    assert read(10).lines[1].taxes == ()


def test_taxes_on_top_of_each_other():
    changed = payload(10)
    changed["details"][0]["tax_computation_method"] = "2"
    first, second = normalize(changed).lines[0].taxes
    assert (first.compound, second.compound) == (False, True)
    assert first.amount + second.amount == D("7.05")
    base = D("7.25") + D("1.5") * D("1.0725")
    assert abs(first.amount - D("7.05") * D("7.25") / base) < D("0.00001")


def test_reverse_charge_and_exports():
    german, swiss = read(62), read(21)
    assert (german.tax_exempt, german.total_tax) == (True, 0)
    assert [line.taxes for line in german.lines] == [(), (), ()]
    assert (swiss.tax_exempt, swiss.total_tax) == (False, 0)  # no tax at all, for anybody


def test_a_product_whose_tax_no_country_charges():
    shirt, cream, _ = read(22).lines
    assert (shirt.taxes[0].rate, cream.taxes) == (21, ())


def test_ecotax_is_inside_the_price():
    table = read(4).lines[1]
    assert table.net + sum(d.net for d in table.discounts) == D("353.33")
    assert [(o.name, o.value) for o in table.options] == [("Ecotax", "4.17 EUR")]


def test_personalised_products():
    mug = read(8).lines[1]
    assert (mug.quantity, [o.value for o in mug.options]) == (2, ["Pour Mamie"])
    changed = payload(8)
    fields = {"1": {"id": 1, "name": [{"id": "1", "value": "Gravure"}]}}
    changed["tables"]["product_customization_fields"] = fields
    assert normalize(changed).lines[1].options[0].name == "Gravure"


def test_gift_wrapping():
    order = read(8)
    wrapping = order.lines[-1]
    assert (wrapping.kind, wrapping.net, wrapping.tax) == (
        LineKind.GIFT_WRAP, D("2.5"), D("0.5"),
    )  # fmt: skip
    assert wrapping.taxes[0].rate == 20
    assert order.is_gift
    assert order.gift_message
    wrapped = read(7, V91).lines[-1]  # where no product has its rate
    assert (wrapped.taxes[0].rate, wrapped.tax) == (20, D("0.5"))


def test_what_is_downloaded_is_not_shipped():
    assert [line.requires_shipping for line in read(12).lines] == [False]
    book, pdf, shipping = read(11).lines
    assert (book.requires_shipping, pdf.requires_shipping) == (True, False)
    assert shipping.kind is LineKind.SHIPPING


def test_a_pack_is_one_line_and_a_free_product_costs_nothing():
    sample, pack, _ = read(20).lines
    assert (sample.gross, pack.gross, pack.quantity) == (0, 36, 1)
    assert sample.name == "Échantillon gratuit"  # deleted since


def test_the_carrier_keeps_its_key_when_it_is_edited():
    """Each edit makes a new carrier with a new id and the same reference."""
    assert read(3).lines[-1].shipping.code == "3"
    changed = payload(3, id_carrier="42")
    changed["tables"]["carriers"]["42"] = {**changed["tables"]["carriers"]["3"], "id": 42}
    method = normalize(changed).lines[-1].shipping
    assert (method.code, method.title) == ("3", "Chronopost & Co « Express »")
    assert method.delivery_time == "48h"


def test_units_refunded_before_the_delivery_are_not_shipped():
    assert read(56).lines[0].quantity_removed == 1
    assert read(4).lines[0].quantity_removed == 10
    assert read(9).lines[0].quantity_removed == 0  # returned after it


def test_a_line_edited_down_to_nothing():
    line = read(64).lines[0]
    assert (line.net, line.quantity, line.taxes[0].amount) == (0, 1, 0)


# -- split orders, dates, currency


def test_orders_of_one_cart_share_its_payment_but_count_it_once():
    first, second = read(23), read(24)
    assert first.cart_reference == second.cart_reference == "ZRIYBHSVN"
    assert (first.payments, [p.amount for p in second.payments]) == ((), [D("266.91")])
    assert read(1).cart_reference == ""


def test_times_are_utc_across_the_change_of_clocks():
    order = read(26)
    assert order.created_at == datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC)
    assert order.payments[0].paid_at == datetime(2026, 3, 29, 1, 0, 1, tzinfo=UTC)
    assert read(14).cancelled_at == datetime(2026, 2, 20, 8, tzinfo=UTC)


def test_a_foreign_currency():
    order = read(10)
    assert (order.currency, order.shop_currency, order.exchange_rate) == (
        "USD", "EUR", D("1.0853"),
    )  # fmt: skip
    assert order.payments[0].currency == "USD"
    assert read(1).shop_currency is None


def test_cash_on_delivery():
    order = read(19)
    payment = order.payments[0]
    assert (payment.kind, payment.method.code) == (
        PaymentKind.CASH_ON_DELIVERY, "ps_cashondelivery",
    )  # fmt: skip
    waiting = payload(19, current_state="13", total_paid_real="0")
    waiting["payments"] = []
    waiting["tables"]["order_states"]["13"] = {"id": 13, "paid": "0", "shipped": "0", "name": "x"}
    assert normalize(waiting).status is OrderStatus.ACCEPTED


@pytest.mark.parametrize(
    ("rated", "level"), [("0", None), ("1", "none"), ("2", "low"), ("3", "medium"), (4, "high")]
)
def test_how_the_staff_rates_the_customer(rated, level):
    assert read(8).risk is None
    given = payload(8)
    given["customer"]["id_risk"] = rated
    found = normalize(given).risk
    assert (found and found.level) == level
