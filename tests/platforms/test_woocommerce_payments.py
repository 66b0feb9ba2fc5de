"""WooCommerce orders: payments and refunds."""

from decimal import Decimal

import pytest

from ciama_connector.canonical import Code, OrderStatus, PaymentKind, check
from ciama_connector.platforms.woocommerce.orders import normalize

from .woocommerce_cases import ORDERS, metas, payload, problem_of, read

D = Decimal


# -- payments


def test_a_payment_has_date_method_and_transaction():
    [payment] = read(65).payments
    assert payment.transaction_id == "pi_3Pq000000000000000000001"
    assert (payment.method.code, payment.method.label) == ("stripe", "Carte bancaire (Stripe)")
    assert payment.amount == D("42.67")
    assert payment.paid_at.isoformat() == "2026-09-26T02:52:52+00:00"
    assert payment.captured


def test_cash_on_delivery_is_shipped_before_it_is_paid():
    assert read(46).payments == ()
    assert read(46).payment_method.code == "cod"
    assert read(67).payments[0].kind is PaymentKind.CASH_ON_DELIVERY


def test_orders_made_by_hand_may_be_paid_by_nothing_named():
    assert read(83).payments[0].method.code == "unknown"
    assert read(66).payment_method is None


@pytest.mark.parametrize(
    "mark",
    [
        ("_stripe_charge_captured", "no"),
        ("_intention_status", "requires_capture"),
        ("_ppcp_paypal_captured", "false"),
    ],
)
def test_authorized_and_not_captured(mark):
    order = read(43, meta_data=metas(mark), transaction_id="ch_1")
    assert (order.status, order.payment_status) == (OrderStatus.AUTHORIZED, "authorized")
    assert order.total_paid == 0
    assert [(p.captured, p.amount) for p in order.payments] == [(False, D("11.95"))]


def test_a_free_order_is_paid_without_a_payment():
    line = {"total": "0.00", "total_tax": "0.00", "taxes": []}
    lines = [{**ORDERS[78]["line_items"][0], **line}]
    order = read(
        78, line_items=lines, total="0.00", total_tax="0.00", tax_lines=[], status="processing"
    )
    check(order)
    assert (order.status, order.payment_status, order.payments) == (OrderStatus.PAID, "paid", ())


@pytest.mark.parametrize("status", ["checkout-draft", "auto-draft", ""])
def test_a_cart_is_no_order(status):
    assert problem_of(payload(78, status=status)).code is Code.UNKNOWN_STATUS


@pytest.mark.parametrize("status", ["expedie", "wc-en-preparation", "vérifié"])
def test_an_unknown_status_claims_no_money(status):
    order = read(40, status=status)
    assert (order.status, order.shop_status) == (OrderStatus.PENDING, status)


@pytest.mark.parametrize(
    "mark", [("_wcpay_mode", "test"), ("_ppcp_paypal_payment_mode", "sandbox")]
)
def test_test_orders(mark):
    assert read(65, meta_data=metas(mark)).test
    assert not read(65).test


# -- refunds


def test_refunds_name_the_lines_they_give_back():
    first, second = read(41).refunds
    assert (first.id, first.amount, first.reason) == ("105", D("17.90"), "retour 1 t-shirt")
    [line] = first.lines
    assert (line.line_id, line.quantity, line.net, line.tax) == (
        "14", D(1), D("14.92"), D("2.98"),
    )  # fmt: skip
    assert line.restocked is True
    assert [(x.line_id, x.quantity) for x in second.lines] == [("12", D(0))]


def test_refunded_shipping_and_fees():
    assert [x.line_id for x in read(39).refunds[0].lines] == ["2", "3"]
    fee = read(46).refunds[0]
    assert [(x.line_id, x.net, x.tax) for x in fee.lines] == [("42", D("2.92"), D("0.58"))]
    assert fee.paid_out is False  # nothing had been paid yet


@pytest.mark.parametrize(("order_id", "amount"), [(51, "5.00"), (57, "53.50")])
def test_refunds_of_a_mere_amount(order_id, amount):
    [refund] = read(order_id).refunds
    assert (refund.amount, refund.lines, refund.paid_out) == (D(amount), (), True)


def test_units_taken_back_before_shipping():
    assert [line.quantity_removed for line in read(69).lines] == [0, 2, 0]
    assert [line.quantity_removed for line in read(84).lines[:2]] == [2, 3]
    shipped = {"status": "completed", "date_completed_gmt": "2026-10-05T10:00:00"}
    assert [line.quantity_removed for line in read(69, **shipped).lines] == [0, 0, 0]


def test_a_refund_known_by_its_sum_only():
    given = payload(40)
    given["refunds"] = []
    [refund] = normalize(given).refunds
    assert (refund.id, refund.amount, refund.lines) == ("101", D("14.89"), ())
