"""Wix orders as canonical orders: the sample orders to the cent, and the traps."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ciama_connector.canonical import (
    Code,
    FulfillmentStatus,
    LineKind,
    OrderStatus,
    PaymentStatus,
    Problem,
    check,
)

from .wix_cases import ORDERS, by_rate, changed, normalize, payload, refused

D = Decimal


# What an accountant reads off the site's own order page: total, tax, {rate: (net, tax)}
FIGURES = {
    "10001": ("44.15", "6.46", {20: ("26.92", "5.38"), 10: ("10.77", "1.08")}),
    "10002": ("65.87", "8.08", {19: ("33.57", "6.38"), 7: ("24.22", "1.70")}),
    "10003": ("735", "0", {None: ("735", "0")}),
    "10004": ("61.40", "11.07", {22: ("50.33", "11.07")}),
    "10005": ("132", "6.65", {"8.875": ("74.90", "6.65"), None: ("50.45", "0")}),
    "10006": ("63.90", "4.07", {"8.1": ("45.79", "3.71"), "2.6": ("14.04", "0.36")}),
    "10008": ("85.18", "13.60", {20: ("64.40", "12.88"), 10: ("7.18", "0.72")}),
    "10009": ("76.20", "8.85", {20: ("35.51", "7.10"), "5.5": ("31.84", "1.75")}),
    "10014": ("56.80", "8.27", {20: ("34.17", "6.83"), 10: ("14.36", "1.44")}),
    "10016": ("338.70", "56.45", {20: ("282.25", "56.45")}),
    "10017": ("52.60", "5.76", {6: ("19.81", "1.19"), 13: ("17.35", "2.25"), 24: ("9.68", "2.32")}),
    "10020": ("53.90", "6.51", {20: ("26.92", "5.38"), "5.5": ("20.47", "1.13")}),
    "10021": ("45.90", "6.89", {20: ("29.86", "5.97"), 10: ("9.15", "0.92")}),
    "10024": ("78.20", "13.03", {20: ("65.17", "13.03")}),
}


@pytest.mark.parametrize("number", FIGURES)
def test_amounts_by_rate(number):
    total, tax, rates = FIGURES[number]
    order = normalize(number)
    assert (order.total, order.total_tax) == (D(total), D(tax))
    expected = {
        (None if rate is None else D(rate)): (D(net), D(tax)) for rate, (net, tax) in rates.items()
    }
    assert by_rate(order) == expected


@pytest.mark.parametrize("number", ORDERS)
def test_every_sample_order_adds_up_to_the_sites_totals(number):
    raw = ORDERS[number]["order"]
    order = normalize(number)
    assert not check(order).discrepancy
    assert sum(line.gross for line in order.lines) == D(raw["priceSummary"]["total"]["amount"])
    assert order.total_paid == D(raw["balanceSummary"]["paid"]["amount"])
    assert order.total_refunded == D(raw["balanceSummary"]["refunded"]["amount"])
    stated = {}
    for part in raw["taxInfo"]["taxBreakdown"]:
        stated[part["taxName"]] = D(part["aggregatedTaxAmount"]["amount"])
    summed = {}
    for tax in (tax for line in order.lines for tax in line.taxes):
        summed[tax.label] = summed.get(tax.label, D(0)) + tax.amount
    assert summed == stated
    assert {tax.label: tax.amount for tax in order.tax_totals} == stated


@pytest.mark.parametrize(
    ("number", "status", "payment", "fulfillment"),
    [
        ("10001", "fulfilled", "paid", "fulfilled"),
        ("10002", "paid", "paid", "unfulfilled"),
        ("10003", "pending", "pending", "unfulfilled"),
        ("10009", "fulfilled", "partially_refunded", "fulfilled"),
        ("10010", "refunded", "refunded", "fulfilled"),
        ("10011", "cancelled", "refunded", "unfulfilled"),
        ("10012", "authorized", "authorized", "unfulfilled"),
        ("10013", "paid", "paid", "partial"),
        ("10019", "paid", "paid", "unfulfilled"),
        ("10023", "partially_paid", "partially_paid", "unfulfilled"),
    ],
)
def test_statuses(number, status, payment, fulfillment):
    order = normalize(number)
    found = (order.status, order.payment_status, order.fulfillment_status)
    assert found == (
        OrderStatus(status),
        PaymentStatus(payment),
        FulfillmentStatus(fulfillment),
    )


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"paymentStatus": "SOMETHING_NEW"}, "pending"),
        ({"status": "SOMETHING_NEW"}, "pending"),
        ({"status": "PENDING"}, "pending"),
        ({"status": "REJECTED"}, "failed"),
        ({"paymentStatus": "DECLINED"}, "failed"),
        ({"paymentStatus": "CANCELED"}, "failed"),
        ({"paymentStatus": "PENDING_MERCHANT"}, "pending"),
        ({"paymentStatus": "NOT_PAID"}, "pending"),
    ],
)
def test_an_unpaid_or_unknown_state_is_never_paid(changes, status):
    order = normalize(changed("10002", **changes))
    assert order.status == status
    for word in changes.values():
        assert word in order.shop_status


def test_paying_in_person_or_on_delivery_is_accepted_before_the_money():
    value = changed("10002", paymentStatus="NOT_PAID")
    value["payments"] = []
    for item in value["order"]["lineItems"]:
        item["paymentOption"] = "FULL_PAYMENT_OFFLINE"
    assert normalize(value).status is OrderStatus.ACCEPTED
    value = changed("10002", paymentStatus="NOT_PAID")
    details = value["payments"][0]["regularPaymentDetails"]
    details |= {"status": "PENDING", "paymentMethod": "Offline", "offlinePayment": True}
    details["paymentMethodName"] = {"userDefinedName": {"custom": "Contre-remboursement"}}
    order = normalize(value)
    assert order.status is OrderStatus.ACCEPTED
    assert order.payment_method.code == "cash_on_delivery"
    assert order.payments == ()


def test_an_order_not_yet_placed_is_not_imported():
    assert refused(changed("10002", status="INITIALIZED")).code is Code.INCOMPLETE_PAYLOAD


# -- discounts, kinds of lines


def test_a_coupon_over_two_rates_is_named_on_each_line():
    order = normalize("10002")
    first, second, _ = order.lines
    assert [(d.code, d.net, d.tax) for d in first.discounts] == [("SOMMER10", D("2.90"), D("0.55"))]
    assert [(d.code, d.net, d.tax) for d in second.discounts] == [
        ("SOMMER10", D("2.69"), D("0.19"))
    ]
    assert [(d.code, d.title, d.gross) for d in order.discounts] == [
        ("SOMMER10", "Sommeraktion 10 %", D("6.33"))
    ]


def test_total_discount_is_already_in_the_lines_amounts():
    """Price times quantity less ``totalDiscount`` is the displayed line total."""
    for number in ORDERS:
        for item, line in zip(
            ORDERS[number]["order"]["lineItems"], normalize(number).lines, strict=False
        ):
            shown = D(item["price"]["amount"]) * item["quantity"]
            shown -= D(item["totalDiscount"]["amount"])
            included = item["taxInfo"]["taxIncludedInPrice"]
            assert (line.gross if included else line.net) == shown


def test_a_free_shipping_coupon_leaves_a_line_of_zero_with_its_method():
    order = normalize("10019")
    assert order.total == 0
    shipping = order.lines[-1]
    assert (shipping.kind, shipping.gross) == (LineKind.SHIPPING, D(0))
    assert shipping.list_price == D("6.5")
    assert [(d.code, d.net + d.tax) for d in shipping.discounts] == [("PORT0", D("6.5"))]
    assert [d.free_shipping for d in order.discounts] == [False, True]


def test_a_catalog_discount_shows_in_the_list_price():
    line = normalize("10024").lines[0]
    assert line.list_price == D("34.50")
    assert line.gross == D("55.20")
    assert sum(part.net + part.tax for part in line.discounts) == D("13.80")


def test_gift_wrap_tip_gift_card_and_custom_line_have_their_kinds():
    assert [line.kind.value for line in normalize("10024").lines][-1] == "gift_wrap"
    assert [line.kind.value for line in normalize("10015").lines][-1] == "tip"
    assert [line.kind.value for line in normalize("10022").lines] == ["gift_card"]
    custom = normalize("10016").lines[0]
    assert (custom.kind, custom.sku, custom.product_id) == (LineKind.PRODUCT, "", "")
    assert not custom.requires_shipping


def test_options_and_personalisation():
    options = {o.name: o.value for o in normalize("10024").lines[0].options}
    assert options == {"Manche": "Frêne", "Gravure": "« Jean & Lou »"}
    options = {o.name: o.value for o in normalize("10002").lines[0].options}
    assert options == {"Manche": "Frêne", "Couleur": "Naturel"}


def test_three_taxes_of_one_line_keep_their_jurisdictions():
    line = normalize("10005").lines[0]
    assert [(tax.rate, tax.amount, tax.jurisdiction) for tax in line.taxes] == [
        (D("4"), D("3"), "New York"),
        (D("4.5"), D("3.37"), "New York City"),
        (D("0.375"), D("0.28"), "Metropolitan Commuter Transportation District"),
    ]


def test_a_rounding_cent_between_breakdown_and_line_goes_to_the_largest_tax():
    value = payload("10005")
    value["order"]["lineItems"][0]["taxInfo"]["taxBreakdown"][0]["taxAmount"]["amount"] = "2.99"
    line = normalize(value).lines[0]
    assert [tax.amount for tax in line.taxes] == [D("2.99"), D("3.38"), D("0.28")]
    assert line.tax == D("6.65")


def test_the_subtotal_of_the_summary_is_never_used():
    value = payload("10020")
    value["order"]["priceSummary"]["subtotal"]["amount"] = "1.00"
    value["order"]["priceSummary"]["shipping"]["amount"] = "77.00"
    assert not check(normalize(value)).discrepancy


def test_a_line_without_taxinfo_falls_back_to_the_older_tax_details():
    value = payload("10001")
    for item in value["order"]["lineItems"]:
        del item["taxInfo"]
    order = normalize(value)
    assert [tax.rate for tax in order.lines[0].taxes] == [D(20)]
    assert not check(order).discrepancy


@pytest.mark.parametrize("number", ["10002", "10009", "10016", "10019", "10024"])
def test_amounts_before_or_after_tax_may_be_missing(number):
    for missing in (("BeforeTax",), ("AfterTax",), ("BeforeTax", "AfterTax")):
        value = payload(number)
        order = value["order"]
        cost = order.get("shippingInfo", {}).get("cost", {})
        for part in [*order["lineItems"], *order["additionalFees"], cost]:
            for end in missing:
                part.pop(f"totalPrice{end}", None)
                part.pop(f"price{end}", None)
        assert [line.gross for line in normalize(value).lines] == [
            line.gross for line in normalize(number).lines
        ]


def test_a_line_without_any_amount_is_a_problem():
    value = payload("10002")
    for key in ("price", "totalPriceBeforeTax", "totalPriceAfterTax"):
        del value["order"]["lineItems"][0][key]
    assert refused(value).code is Code.INVALID_ORDER


def test_a_decimal_quantity_counts_in_its_own_unit():
    value = payload("10010")
    item = value["order"]["lineItems"][0]
    item["decimalQuantity"] = {"value": "2.75", "measurementUnit": "SQM"}
    order = normalize(value)
    assert order.lines[0].quantity == D("2.75")
    assert order.lines[0].gross == D("34.50")
    assert order.refunds[0].lines[0].quantity == D("2.75")
    assert order.shipments[0].lines[0].quantity == D("2.75")


def test_pounds_become_kilograms():
    value = changed("10001", weightUnit="LB")
    assert normalize(value).lines[0].weight == D("0.816466")
    assert normalize("10001").lines[0].weight == D("1.8")


# -- bad input


def test_texts_of_all_kinds_pass():
    value = payload("10002")
    contact = value["order"]["billingInfo"]["contactDetails"]
    contact |= {"firstName": "=cmd|' /C calc'!A0", "lastName": "<script>x</script>😀\x00"}
    value["order"]["lineItems"][0]["productName"]["original"] = "x" * 10_000
    order = normalize(value)
    check(order)
    assert order.customer.last_name == "<script>x</script>😀"
    assert len(order.lines[0].name) == 1000


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        (("order", "lineItems"), [], Code.NO_LINES),
        (("order", "lineItems", 0, "quantity"), -1, Code.BAD_QUANTITY),
        (("order", "lineItems", 0, "quantity"), 10**9, Code.BAD_QUANTITY),
        (("order", "lineItems", 0, "totalPriceAfterTax"), {"amount": "x"}, Code.INVALID_ORDER),
        (("order", "lineItems", 0, "totalPriceAfterTax"), {"amount": "1e60"}, Code.INVALID_ORDER),
        (("order", "lineItems", 0, "totalPriceAfterTax"), {"amount": "NaN"}, Code.INVALID_ORDER),
        (("order", "lineItems", 0, "totalPriceAfterTax"), {"amount": "99"}, Code.AMOUNTS_DISAGREE),
        (("order", "currency"), "EURO", Code.INVALID_ORDER),
        (("order", "currency"), None, Code.INVALID_ORDER),
        (("order", "priceSummary"), None, Code.INVALID_ORDER),
        (("order", "purchasedDate"), "1970-01-01T00:00:00Z", Code.BAD_DATE),
        (("order", "purchasedDate"), "yesterday", Code.BAD_DATE),
        (("order", "billingInfo", "address", "country"), "Narnia", Code.INVALID_ORDER),
        (("order", "id"), None, Code.INVALID_ORDER),
        (("order",), "not JSON", Code.INVALID_ORDER),
        (("order",), None, Code.INVALID_ORDER),
    ],
)
def test_broken_orders_name_their_problem(path, value, code):
    broken = payload("10002")
    place = broken
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert refused(broken).code is code


def test_an_order_without_lines_or_shipping_has_no_lines():
    value = changed("10018", lineItems=[])
    assert refused(value).code is Code.NO_LINES


def test_a_date_without_zone_is_utc():
    order = normalize(changed("10002", purchasedDate="2026-08-20T19:02:10.183"))
    assert order.created_at.isoformat() == "2026-08-20T19:02:10.183000+00:00"


def test_a_problem_never_repeats_the_value():
    value = payload("10002")
    value["order"]["billingInfo"]["address"]["country"] = "Secretland"
    assert "Secretland" not in str(refused(value))


def _paths(value, path=()):
    yield path
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _paths(item, (*path, key))


ALL_PATHS = sorted(
    {(number, path) for number in ORDERS for path in _paths(ORDERS[number]) if path}, key=repr
)
JUNK = st.sampled_from([None, [], {}, "", "x", -1, 0, True, "9" * 40, [None], {"amount": []}, 1.5])


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(ALL_PATHS), JUNK)
def test_junk_anywhere_ends_as_an_order_or_a_problem(place, junk):
    number, path = place
    broken = payload(number)
    target = broken
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = junk
    try:
        check(normalize(broken))
    except Problem as problem:
        assert problem.code in Code
