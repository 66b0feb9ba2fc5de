"""Shopify orders after the sale: payments, refunds, removed units, parcels."""

from decimal import Decimal

import pytest

from ciama_connector.canonical import PaymentKind

from .shopify_cases import bag, canonical, order_of, recorded

D = Decimal


def test_only_money_that_moved_counts():
    assert [(p.amount, p.captured) for p in order_of("#1012").payments] == [(D("178.0"), False)]
    assert [p.amount for p in order_of("#1023").payments] == [D("100.0")]  # 186 are pending
    assert len(order_of("TEST-1025-FR").payments) == 1  # the first attempt failed


def test_a_captured_authorization_is_paid_once():
    order = recorded("#1012")
    authorization = order["transactions"][0]
    capture = {**authorization, "id": "gid://shopify/OrderTransaction/9", "kind": "CAPTURE"}
    capture["parentTransaction"] = {"id": authorization["id"]}
    order["transactions"].append(capture)
    order["displayFinancialStatus"] = "PAID"
    assert [(p.id, p.captured) for p in canonical(order).payments] == [("9", True)]


def test_a_partial_refund_names_line_units_and_tax():
    order = order_of("#1009")
    refund = order.refunds[0]
    assert (refund.amount, refund.reason, refund.paid_out) == (
        D("28.41"),
        "Taille trop petite",
        True,
    )
    line = refund.lines[0]
    assert (line.line_id, line.quantity) == (order.lines[0].id, D(1))
    assert (line.net, line.tax, line.restocked) == (D("23.67"), D("4.74"), True)
    assert order.lines[0].quantity_removed == 0  # it had been shipped
    assert order.total == D("141.84")


def test_a_full_refund_has_the_shipping_too():
    order = order_of("#1010")
    refund = order.refunds[0]
    assert refund.amount == sum(line.net + line.tax for line in refund.lines)
    assert {line.line_id for line in refund.lines} == {line.id for line in order.lines}


def test_units_cancelled_before_shipping_are_removed():
    order = order_of("#1011")
    assert order.cancelled_at
    assert [line.quantity_removed for line in order.lines] == [D(1), D(1), D(0)]


def test_an_edit_removes_units_without_moving_money():
    order = order_of("#1020")
    assert order.lines[0].quantity == 4
    assert order.lines[0].quantity_removed == 2
    assert order.total == D("130.38")
    edit, payout = order.refunds
    assert (edit.paid_out, edit.amount, [x.quantity for x in edit.lines]) == (
        False,
        D("47.84"),
        [D(2)],
    )
    assert (payout.paid_out, payout.amount, payout.lines) == (True, D("47.84"), ())


def test_units_refunded_without_restock_before_shipping_are_removed_too():
    order = recorded("#1011")
    for item in order["refunds"][0]["refundLineItems"]["nodes"]:
        item["restockType"] = "NO_RESTOCK"
    found = canonical(order)
    assert [line.quantity_removed for line in found.lines] == [D(1), D(1), D(0)]
    shipped = recorded("#1009")
    shipped["refunds"][0]["refundLineItems"]["nodes"][0]["restockType"] = "NO_RESTOCK"
    assert canonical(shipped).lines[0].quantity_removed == 0


def test_parcels_with_two_tracking_numbers():
    order = order_of("#1013")
    assert len(order.shipments) == 2
    assert len({shipment.tracking_number for shipment in order.shipments}) == 2
    assert len({shipment.id for shipment in order.shipments}) == 2
    assert [bool(shipment.lines) for shipment in order.shipments] == [True, False]
    assert {line.line_id for line in order.shipments[0].lines} <= {x.id for x in order.lines}


def test_a_cancelled_fulfillment_is_no_parcel():
    order = recorded("#1001")
    order["fulfillments"][0]["status"] = "CANCELLED"
    assert canonical(order).shipments == ()


def test_hidden_transactions_do_not_hide_what_was_paid():
    hidden = order_of("#1002", transactions=[])
    assert (hidden.payments, hidden.total_paid) == ((), D("97.99"))
    assert hidden.payment_method.code == "paypal"


@pytest.mark.parametrize(
    ("gateway", "kind"),
    [
        ("gift_card", PaymentKind.GIFT_CARD),
        ("shopify_store_credit", PaymentKind.STORE_CREDIT),
        ("Cash on Delivery (COD)", PaymentKind.CASH_ON_DELIVERY),
        ("cash", PaymentKind.PAYMENT),
    ],
)
def test_kinds_of_payment(gateway, kind):
    order = recorded("#1001")
    order["transactions"][0]["gateway"] = gateway
    assert [payment.kind for payment in canonical(order).payments] == [kind]


# -- refunds that no recording has


def refund_of(**values):
    return {
        "id": "gid://shopify/Refund/900",
        "createdAt": "2026-09-20T10:00:00Z",
        "processedAt": "2026-09-20T10:00:05Z",
        "note": None,
        "totalRefundedSet": bag("10.0"),
        "refundLineItems": {"nodes": []},
        "refundShippingLines": {"nodes": []},
        "orderAdjustments": {"nodes": []},
        "transactions": {"nodes": []},
        "duties": None,
        **values,
    }


def refund_line(line_id, quantity, subtotal, tax, kind="RETURN"):
    return {
        "id": "gid://shopify/RefundLineItem/1",
        "quantity": quantity,
        "restockType": kind,
        "restocked": kind == "RETURN",
        "lineItem": {"id": line_id},
        "subtotalSet": bag(subtotal),
        "totalTaxSet": bag(tax),
    }


def test_a_refund_without_lines_says_its_reason_and_takes_no_goods_back():
    adjustment = {"id": "x", "reason": "CUSTOMER", "amountSet": bag("-10.0")}
    refund = refund_of(orderAdjustments={"nodes": [adjustment]})
    order = order_of("#1001", refunds=[refund], totalRefundedSet=bag("10.0"))
    (found,) = order.refunds
    assert (found.amount, found.lines, found.reason) == (D(10), (), "CUSTOMER")
    assert found.paid_out
    assert [line.quantity_removed for line in order.lines] == [0, 0, 0]
    assert (order.total, order.total_refunded) == (D("83.70"), D("10.0"))


def test_a_refund_may_be_less_than_its_lines():
    """A restocking fee is kept: the lines came back whole, the money did not."""
    order = recorded("#1001")
    line_id = order["lineItems"]["nodes"][0]["id"]
    line = refund_line(line_id, 1, "29.9", "4.98")
    order["refunds"] = [refund_of(refundLineItems={"nodes": [line]})]
    (found,) = canonical(order).refunds
    assert found.amount == D("10.0")
    assert [(x.quantity, x.net, x.tax) for x in found.lines] == [(1, D("24.92"), D("4.98"))]


def test_refunds_of_prices_without_tax():
    order = recorded("#1005")
    line_id = order["lineItems"]["nodes"][0]["id"]
    line = refund_line(line_id, 1, "48.37", "4.29")
    line["subtotalSet"]["shopMoney"] = {"amount": "44.5", "currencyCode": "EUR"}
    order["refunds"] = [refund_of(refundLineItems={"nodes": [line]})]
    (found,) = canonical(order).refunds
    assert [(x.net, x.tax) for x in found.lines] == [(D("48.37"), D("4.29"))]


def test_shipping_and_duties_are_refunded_by_their_lines():
    order = recorded("#1006")
    shipping = order["shippingLines"]["nodes"][0]["id"]
    duty = order["lineItems"]["nodes"][0]["duties"][0]["id"]
    order["refunds"] = [
        refund_of(
            refundShippingLines={
                "nodes": [
                    {
                        "id": "x",
                        "shippingLine": {"id": shipping},
                        "subtotalAmountSet": bag("15.16", "CHF"),
                        "taxAmountSet": bag("1.14", "CHF"),
                    }
                ]
            },
            duties=[{"amountSet": bag("5.79", "CHF"), "originalDuty": {"id": duty}}],
        )
    ]
    found = canonical(order)
    back = {line.line_id: (line.net, line.tax) for line in found.refunds[0].lines}
    sold = {line.id: line for line in found.lines}
    assert set(back) <= set(sold)
    assert sorted(back.values()) == [(D("5.79"), D(0)), (D("15.16"), D("1.14"))]


def test_units_added_and_removed_by_an_edit_before_payment():
    """Nothing was paid: the record of the removed unit moves no money."""
    order = recorded("#1003")
    item = order["lineItems"]["nodes"][0]
    line = refund_line(item["id"], 2, "96.64", "0.0", "NO_RESTOCK")
    order["refunds"] = [refund_of(totalRefundedSet=bag("0.0"), refundLineItems={"nodes": [line]})]
    found = canonical(order)
    assert found.lines[0].quantity_removed == 2
    assert found.lines[0].quantity == item["quantity"]
    assert (found.refunds[0].paid_out, found.refunds[0].amount) == (False, D("96.64"))
    assert (found.total, found.total_refunded) == (D("961.52"), 0)
