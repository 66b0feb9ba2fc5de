"""Wix orders after the sale: payments and refunds."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from ciama_connector.canonical import (
    PaymentKind,
)

from .wix_cases import normalize, payload

D = Decimal


def test_a_gift_card_pays_and_is_no_discount():
    order = normalize("10014")
    assert [(p.kind, p.amount, p.method.code) for p in order.payments] == [
        (PaymentKind.GIFT_CARD, D("25.00"), "gift_card"),
        (PaymentKind.PAYMENT, D("31.80"), "creditcard"),
    ]
    assert order.payment_method.code == "creditcard"
    assert order.discounts == ()


def test_an_authorization_is_no_money_and_a_pending_payment_is_none_at_all():
    (payment,) = normalize("10012").payments
    assert (payment.captured, payment.amount) == (False, D("75.50"))
    assert normalize("10003").payments == ()
    assert normalize("10003").payment_method.code == "offline"


def test_a_partial_capture_splits_the_authorization():
    value = payload("10012")
    value["payments"][0]["regularPaymentDetails"]["authorizationDetails"] = {
        "captures": [
            {"id": "c1", "status": "SUCCEEDED", "amount": {"amount": "30.00"}},
            {"id": "c2", "status": "FAILED", "amount": {"amount": "45.50"}},
        ]
    }
    assert [(p.amount, p.captured) for p in normalize(value).payments] == [
        (D("30.00"), True),
        (D("45.50"), False),
    ]


@pytest.mark.parametrize("state", ["AUTHORIZED", "APPROVED", "PARTIALLY_REFUNDED"])
def test_captured_money_came_at_its_capture_and_is_one_payment_whatever_the_state(state):
    value = payload("10012")
    capture = {
        "id": "c1",
        "status": "SUCCEEDED",
        "amount": {"amount": "75.50"},
        "createdDate": "2026-09-02T09:00:00.000Z",
    }
    value["payments"][0]["regularPaymentDetails"] |= {
        "status": state,
        "authorizationDetails": {"delayedCapture": True, "captures": [capture]},
    }
    (payment,) = normalize(value).payments
    assert (payment.id, payment.amount, payment.captured) == ("c1", D("75.50"), True)
    assert payment.paid_at == datetime(2026, 9, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize("state", ["DECLINED", "VOIDED", "CANCELED", "PENDING", "UNDEFINED"])
def test_a_failed_payment_is_left_out(state):
    value = payload("10002")
    value["payments"][0]["regularPaymentDetails"]["status"] = state
    assert normalize(value).payments == ()


def test_a_refunded_payment_was_still_received():
    value = payload("10009")
    value["payments"][0]["regularPaymentDetails"]["status"] = "PARTIALLY_REFUNDED"
    assert [p.amount for p in normalize(value).payments] == [D("76.2")]


def test_a_voided_gift_card_payment_is_left_out():
    value = payload("10014")
    value["payments"][0]["giftcardPaymentDetails"]["voided"] = True
    assert [p.method.code for p in normalize(value).payments] == ["creditcard"]


def test_a_partial_refund_has_its_line_and_tax():
    (refund,) = normalize("10009").refunds
    assert refund.amount == D("12.04")
    assert refund.reason == "Cassé à l’arrivée"
    (line,) = refund.lines
    assert (line.quantity, line.net, line.tax, line.restocked) == (
        D(1),
        D("10.03"),
        D("2.01"),
        False,
    )


def test_a_full_refund_covers_shipping_and_tells_what_was_restocked():
    (refund,) = normalize("10010").refunds
    assert [(r.line_id[-2:], r.net, r.tax, r.restocked) for r in refund.lines] == [
        ("01", D("28.75"), D("5.75"), True),
        ("ng", D("5.42"), D("1.08"), None),
    ]


def test_units_refunded_before_shipping_are_removed_and_others_are_not():
    assert [line.quantity_removed for line in normalize("10011").lines] == [1, 1, 0]
    assert [line.quantity_removed for line in normalize("10009").lines] == [0, 0, 0]


def test_a_refund_on_its_way_is_not_money_back_yet():
    value = payload("10009")
    refund = value["refunds"][0]
    refund["transactions"][0]["refundStatus"] = "PENDING"
    refund["summary"] |= {"refunded": {"amount": "0"}, "pending": True}
    assert normalize(value).refunds == ()


def test_a_refund_of_less_than_its_lines_are_worth_is_shared_out():
    value = payload("10011")
    refund = value["refunds"][0]
    del refund["summary"]
    refund["transactions"][0]["amount"]["amount"] = "10.00"
    (found,) = normalize(value).refunds
    assert found.amount == D("10.00")
    assert sum(line.net + line.tax for line in found.lines) == D("10.00")


def test_a_chargeback_is_money_back_and_a_won_one_is_not():
    value = payload("10002")
    back = {"id": "cb", "amount": {"amount": "65.87"}, "status": "APPROVED"}
    value["payments"][0]["regularPaymentDetails"]["chargebacks"] = [back]
    order = normalize(value)
    assert [(r.amount, r.reason) for r in order.refunds] == [(D("65.87"), "Chargeback")]
    back |= {"status": "REVERSED", "reversalAmount": {"amount": "65.87"}}
    assert normalize(value).refunds == ()


def test_parcels_and_tracking():
    first, second = normalize("10013").shipments
    assert (first.carrier, first.tracking_number) == ("dhl", "JD0123456789")
    assert [part.quantity for part in first.lines] == [D(6)]
    assert second.lines


def test_a_test_payment_marks_a_test_order():
    value = payload("10002")
    value["payments"][0]["regularPaymentDetails"]["paymentMethod"] = "Fake"
    assert normalize(value).test
    assert not normalize("10002").test
