"""Shopify payloads as canonical orders: figures, statuses, broken input."""

from decimal import Decimal

import pytest

from ciama_connector.canonical import (
    Code,
    FulfillmentStatus,
    OrderStatus,
    PaymentStatus,
    Problem,
    check,
)
from ciama_connector.platforms.shopify.orders import normalize

from .shopify_cases import RECORDED, bag, canonical, order_of, recorded

D = Decimal

# What the shop shows: currency, total, tax, received, given back, each line with tax
# (items, shipping, duties, tips), tax by rate.
FIGURES = {
    "#1001": ("EUR", "83.70", "11.89", "83.70", "0", "59.80 18.00 5.90", "20:10.95 5.5:0.94"),
    "#1002": ("EUR", "97.99", "13.38", "97.99", "0", "26.91 39.15 24.03 7.90", "19:11.81 7:1.57"),
    "#1003": ("EUR", "961.52", "0", "0", "0", "579.84 296.68 85.00", ""),
    "#1004": ("EUR", "119.00", "18.90", "119.00", "0", "89.00 18.00 12.00", "22:18.21 4:0.69"),
    "#1005": (
        "USD", "174.03", "12.06", "174.03", "0", "105.32 42.62 26.09", "4:5.44 4.5:6.11 0.375:0.51",
    ),
    "#1006": ("CHF", "120.89", "8.63", "120.89", "0", "75.53 24.41 15.16 5.79", "8.1:8.63"),
    "#1007": ("EUR", "20.40", "3.40", "20.40", "0", "14.50 5.90", "20:3.40"),
    "#1008": ("EUR", "200.25", "33.37", "200.25", "0", "89.70 24.65 80.00 5.90", "20:33.37"),
    "#1009": ("EUR", "141.84", "17.82", "141.84", "28.41", "85.21 50.73 5.90", "20:15.18 5.5:2.64"),
    "#1010": ("EUR", "112.90", "16.75", "112.90", "112.90", "89 18 5.90", "20:15.81 5.5:0.94"),
    "#1011": ("EUR", "50.30", "8.38", "50.30", "50.30", "29.90 14.50 5.90", "20:8.38"),
    "#1012": ("EUR", "178.00", "29.67", "0", "0", "178.00 0", "20:29.67"),
    "#1013": ("EUR", "245.70", "40.95", "245.70", "0", "59.80 89.00 87.00 9.90", "20:40.95"),
    "#1014": ("EUR", "108.25", "16.51", "108.25", "0", "89.00 13.35 5.90", "20:15.81 5.5:0.70"),
    "#1015": ("EUR", "29.85", "3.12", "29.85", "0", "14.50 13.35 2.00", "20:2.42 5.5:0.70"),
    "#1016": ("EUR", "143.00", "23.83", "143.00", "0", "42.00 89.00 12.00", "20:23.83"),
    "#1017": ("EUR", "67.90", "11.28", "67.90", "0", "29.90 23.80 14.20", "24:8.54 13:2.74"),
    "#1018": ("EUR", "9.99", "0.52", "9.99", "0", "9.99", "5.5:0.52"),
    "#1019": ("EUR", "0", "0", "0", "0", "0 0", "20:0"),
    "#1020": ("EUR", "130.38", "18.43", "130.38", "47.84", "95.68 28.80 5.90", "20:16.93 5.5:1.50"),
    "#1021": ("EUR", "59.80", "9.97", "59.80", "0", "59.80 0", "20:9.97"),
    "#1022": ("EUR", "50.00", "0", "50.00", "0", "50.00", ""),
    "#1023": ("EUR", "286.00", "47.67", "100.00", "0", "267.00 19.00", "20:47.67"),
    "#1024": ("EUR", "41.75", "4.14", "41.75", "0", "11.34 10.44 14.07 5.90", "20:2.87 5.5:1.27"),
    "TEST-1025-FR": ("EUR", "24.90", "4.15", "24.90", "0", "19.00 5.90", "20:4.15"),
}  # fmt: skip


def test_every_recorded_order_has_its_figures():
    assert FIGURES.keys() == RECORDED.keys()


@pytest.mark.parametrize("name", FIGURES)
def test_recorded_orders_have_the_shops_figures(name):
    currency, total, tax, received, refunded, lines, rates = FIGURES[name]
    order = order_of(name)
    assert order.currency == currency
    assert (order.total, order.total_tax) == (D(total), D(tax))
    assert (order.total_paid, order.total_refunded) == (D(received), D(refunded))
    assert [line.gross for line in order.lines] == [D(amount) for amount in lines.split()]
    by_rate = {}
    for entry in (tax for line in order.lines for tax in line.taxes):
        by_rate[entry.rate] = by_rate.get(entry.rate, D(0)) + entry.amount
    wanted = dict(pair.split(":") for pair in rates.split())
    assert by_rate == {D(rate): D(amount) for rate, amount in wanted.items()}
    stated = {tax.rate: tax.amount for tax in order.tax_totals}
    assert {rate: amount for rate, amount in stated.items() if amount} == {
        rate: amount for rate, amount in by_rate.items() if amount
    }


@pytest.mark.parametrize("name", RECORDED)
def test_every_recorded_order_adds_up_to_the_cent(name):
    order = order_of(name)
    assert sum(line.gross for line in order.lines) == order.total
    assert sum(line.tax for line in order.lines) == order.total_tax
    assert not check(order).discrepancy
    paid_out = [refund.amount for refund in order.refunds if refund.paid_out]
    assert sum(paid_out) == order.total_refunded


STATUSES = {
    "#1001": (OrderStatus.FULFILLED, PaymentStatus.PAID, FulfillmentStatus.FULFILLED),
    "#1002": (OrderStatus.PAID, PaymentStatus.PAID, FulfillmentStatus.UNFULFILLED),
    "#1003": (OrderStatus.ACCEPTED, PaymentStatus.PENDING, FulfillmentStatus.UNFULFILLED),
    "#1009": (
        OrderStatus.FULFILLED,
        PaymentStatus.PARTIALLY_REFUNDED,
        FulfillmentStatus.FULFILLED,
    ),
    "#1010": (OrderStatus.REFUNDED, PaymentStatus.REFUNDED, FulfillmentStatus.FULFILLED),
    "#1011": (OrderStatus.CANCELLED, PaymentStatus.REFUNDED, FulfillmentStatus.UNFULFILLED),
    "#1012": (OrderStatus.AUTHORIZED, PaymentStatus.AUTHORIZED, FulfillmentStatus.UNFULFILLED),
    "#1013": (OrderStatus.PAID, PaymentStatus.PAID, FulfillmentStatus.PARTIAL),
    "#1019": (OrderStatus.PAID, PaymentStatus.PAID, FulfillmentStatus.UNFULFILLED),
    "#1023": (
        OrderStatus.PARTIALLY_PAID,
        PaymentStatus.PARTIALLY_PAID,
        FulfillmentStatus.UNFULFILLED,
    ),
}


@pytest.mark.parametrize("name", STATUSES)
def test_statuses(name):
    order = order_of(name)
    found = (order.status, order.payment_status, order.fulfillment_status)
    assert found == STATUSES[name]


def test_statuses_that_no_recording_has():
    pending = {"displayFinancialStatus": "PENDING", "transactions": []}
    assert order_of("#1002", **pending).status is OrderStatus.PENDING
    on_delivery = order_of("#1002", **pending, paymentGatewayNames=["Cash on Delivery (COD)"])
    assert on_delivery.status is OrderStatus.ACCEPTED
    assert order_of("#1012", displayFinancialStatus="VOIDED").status is OrderStatus.FAILED
    expired = order_of("#1012", displayFinancialStatus="EXPIRED")
    assert (expired.status, expired.payment_status) == (OrderStatus.PENDING, PaymentStatus.FAILED)
    assert expired.payments == ()
    unknown = order_of("#1002", displayFinancialStatus="ON_THE_MOON")
    assert (unknown.status, unknown.payment_status) == (OrderStatus.PENDING, PaymentStatus.PENDING)
    assert unknown.shop_status == "ON_THE_MOON / UNFULFILLED"
    free = order_of("#1019", displayFinancialStatus=None)
    assert (free.status, free.payment_status) == (OrderStatus.PAID, PaymentStatus.PAID)


# -- broken input


@pytest.mark.parametrize(
    "payload", [{}, {"order": None}, {"order": []}, {"order": "x"}, {"order": {"name": "#1"}}]
)
def test_what_is_no_order_is_named(payload):
    with pytest.raises(Problem) as caught:
        normalize(payload)
    assert caught.value.code is Code.INVALID_ORDER


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"totalPriceSet": None}, "its total"),
        ({"lineItems": None}, "its lines"),
        ({"presentmentCurrencyCode": None}, "its currency"),
        ({"incomplete": True}, "a part of the order"),
        ({"refunds": [{"id": "gid://shopify/Refund/1", "incomplete": True}]}, "a refund"),
        ({"fulfillments": [{"incomplete": True}]}, "a shipment"),
        ({"paymentTerms": {"incomplete": True}}, "its payment terms"),
    ],
)
def test_an_incomplete_payload_is_named(changes, what):
    with pytest.raises(Problem) as caught:
        order_of("#1001", **changes)
    assert (caught.value.code, caught.value.params["what"]) == (Code.INCOMPLETE_PAYLOAD, what)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"createdAt": None}, Code.BAD_DATE),
        ({"createdAt": "yesterday"}, Code.BAD_DATE),
        ({"presentmentCurrencyCode": "euro"}, Code.INVALID_ORDER),
        ({"totalTaxSet": bag("NaN")}, Code.INVALID_ORDER),
        ({"totalPriceSet": bag("twelve")}, Code.INVALID_ORDER),
    ],
)
def test_broken_values_are_named_without_repeating_them(changes, code):
    with pytest.raises(Problem) as caught:
        order_of("#1001", **changes)
    assert caught.value.code is code


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"createdAt": "1970-01-01T00:00:00Z"}, Code.BAD_DATE),
        ({"lineItems": {"nodes": [None]}, "shippingLines": {"nodes": []}}, Code.NO_LINES),
        ({"totalPriceSet": bag("84.70")}, Code.AMOUNTS_DISAGREE),
    ],
)
def test_senseless_orders_do_not_pass_the_check(changes, code):
    with pytest.raises(Problem) as caught:
        check(order_of("#1001", **changes))
    assert caught.value.code is code


@pytest.mark.parametrize("quantity", [0, -1, 10**7])
def test_senseless_quantities_do_not_pass_the_check(quantity):
    order = recorded("#1001")
    order["lineItems"]["nodes"][0]["quantity"] = quantity
    with pytest.raises(Problem) as caught:
        check(canonical(order))
    assert caught.value.code is Code.BAD_QUANTITY


def test_long_and_odd_texts_are_kept_or_cut():
    address = {**RECORDED["#1001"]["billingAddress"], "lastName": "x" * 10_000}
    order = order_of("#1001", billingAddress=address, name="=1+1", note="\x00<script>🎁")
    assert len(order.billing_address.last_name) == 1000
    assert order.number == "=1+1"
    assert order.customer_note == "<script>🎁"


def test_a_date_without_zone_is_utc():
    assert order_of("#1001", createdAt="2026-09-01T08:12:31").created_at.isoformat() == (
        "2026-09-01T08:12:31+00:00"
    )
