"""Payments, refunds, parcels, statuses of PrestaShop orders, and orders that are broken."""

from datetime import UTC, datetime

import pytest

from ciama_connector.canonical import Code, OrderStatus, PaymentStatus, Problem, check
from ciama_connector.platforms.prestashop.orders import normalize

from .prestashop_cases import D, payload, payloads, problem_of, read
from .support import stored


def changed(order_id, **parts):
    """A recorded order with other parts."""
    return normalize({**payload(order_id), **parts})


def paid(row_id, amount, **fields):
    return {
        "id": row_id, "id_currency": "1", "amount": amount, "payment_method": "Carte",
        "conversion_rate": "1.000000", "transaction_id": "", "date_add": "2026-03-07 08:00:00",
        **fields,
    }  # fmt: skip


def in_state(order_id, state, **flags):
    found = payload(order_id, current_state="99")
    row = {"id": 99, "paid": "0", "shipped": "0", "name": state, "template": "", **flags}
    found["tables"]["order_states"]["99"] = row
    return found


# -- payments


def test_a_card_payment():
    payment = read(2).payments[0]
    assert (payment.amount, payment.transaction_id) == (D("55.91"), "pi_f2753654db2ca2e31b9e")
    assert (payment.method.code, payment.method.label) == (
        "stripe_official", "Carte bancaire (Stripe)",
    )  # fmt: skip
    assert payment.paid_at == datetime(2026, 1, 5, 8, 15, tzinfo=UTC)


def test_the_module_names_the_method_though_staff_speak_another_language():
    """A bank wire that is accepted gets a payment called "Transfert bancaire"."""
    order = read(4)
    assert payload(4)["payments"][0]["payment_method"] == "Transfert bancaire"
    assert order.payments[0].method == order.payment_method
    assert (order.payment_method.code, order.payment_method.label) == (
        "ps_wirepayment", "Virement bancaire",
    )  # fmt: skip


def test_a_payment_that_staff_entered_has_its_own_method():
    order = changed(4, payments=[paid(1, "414.92", id_employee="3", payment_method="Espèces")])
    assert order.payments[0].method.code == "Espèces"


def test_an_order_paid_without_a_payment():
    order = changed(2, payments=[])
    assert [(p.id, p.amount) for p in order.payments] == [("total_paid_real", D("55.91"))]
    assert order.total_paid == D("55.91")
    assert changed(1, payments=[]).payments == ()


def test_a_payment_in_another_currency():
    found = payload(2)
    found["tables"]["currencies"]["2"] = {"id": 2, "iso_code": "USD"}
    found["payments"] = [paid(1, "60.68", id_currency="2", conversion_rate="1.0853")]
    order = normalize(found)
    assert (order.payments[0].amount, order.payments[0].currency) == (D("60.68"), "USD")
    assert order.total_paid == D("55.91")


def split(*, siblings, payments, number):
    """Order 23 or 24 with (total_paid_real, total) of both, and amounts of payments."""
    rows = [
        {"id": key, "total_paid_real": real, "total_paid_tax_incl": total}
        for key, (real, total) in zip((23, 24), siblings, strict=True)
    ]
    given = [paid(n, amount) for n, amount in enumerate(payments, 1)]
    order = changed(number, siblings=rows, payments=given)
    return [str(payment.amount) for payment in order.payments]


@pytest.mark.parametrize(
    ("siblings", "payments", "first", "second"),
    [
        ([("0", "255.75"), ("266.91", "11.16")], ["266.91"], [], ["266.91"]),
        ([("255.75", "255.75"), ("11.16", "11.16")], ["11.16", "255.75"], ["255.75"], ["11.16"]),
        ([("0", "255.75"), ("0", "11.16")], ["255.75", "11.16"], ["255.75"], ["11.16"]),
        ([("200", "255.75"), ("0", "11.16")], ["100.00", "100.00"], ["100.00", "100.00"], []),
        ([("0", "255.75"), ("266.91", "11.16")], ["266.91", "1.00"], ["1.00"], ["266.91"]),
    ],
)
def test_each_payment_of_a_split_cart_belongs_to_one_order(siblings, payments, first, second):
    assert split(siblings=siblings, payments=payments, number=23) == first
    assert split(siblings=siblings, payments=payments, number=24) == second


# -- refunds


def test_a_slip_whose_amount_is_without_tax():
    refund = read(19).refunds[0]
    assert refund.amount == 120
    line = refund.lines[0]
    assert (line.line_id, line.quantity, line.net, line.tax) == ("32", 1, 100, 20)
    assert line.restocked is True
    assert refund.created_at == datetime(2026, 11, 22, 20, 10, tzinfo=UTC)


def test_a_refund_of_everything_with_the_shipping():
    order = read(57)
    assert [(r.id, r.amount) for r in order.refunds] == [("6", D("18.80"))]
    assert [(line.line_id, line.net, line.tax) for line in order.refunds[0].lines] == [
        ("98", D("14.03"), D("0.77")), ("shipping", D("3.33"), D("0.67")),
    ]  # fmt: skip


def test_the_state_refunded_without_a_slip():
    refund = read(15).refunds[0]
    assert (refund.id, refund.amount, refund.lines, refund.reason) == (
        "state", D("58.29"), (), "Remboursé",
    )  # fmt: skip
    assert refund.created_at == datetime(2026, 2, 18, 8, tzinfo=UTC)


def test_the_state_refunded_after_a_part_was():
    found = payload(9, current_state="7")
    found["tables"]["order_states"]["7"] = payload(15)["tables"]["order_states"]["7"]
    order = normalize(found)
    assert [(r.id, r.amount) for r in order.refunds] == [("1", 30), ("state", D("144.89"))]
    assert order.payment_status is PaymentStatus.REFUNDED
    assert order.fulfillment_status == "fulfilled"  # it had been shipped


def test_units_taken_off_an_order_nobody_paid():
    order = changed(4, payments=[], slips=payload(4)["slips"])
    assert order.refunds[0].paid_out is True  # total_paid_real says so
    found = payload(4, total_paid_real="0")
    found["payments"] = []
    assert normalize(found).refunds[0].paid_out is False


def test_negative_payments_are_refunds_where_no_slip_is():
    extra = paid(99, "-10.00", transaction_id="re_1", payment_method="Stripe")
    order = changed(2, payments=[*payload(2)["payments"], extra])
    assert (order.total_paid, order.total_refunded) == (D("55.91"), D("10.00"))
    assert order.refunds[0].transaction_ids == ("re_1",)
    order = changed(9, payments=[*payload(9)["payments"], paid(99, "-30.00")])
    assert order.total_refunded == 30


def test_an_old_slip_without_totals():
    slips = payload(9)["slips"]
    slips[0].update(total_products_tax_incl="0", total_products_tax_excl="0")
    assert changed(9, slips=slips).refunds[0].amount == 30


# -- parcels


def test_a_parcel():
    parcel = read(2).shipments[0]
    assert (parcel.carrier, parcel.tracking_number) == ("Colissimo Domicile", "6A01234567890")
    assert parcel.tracking_url == "https://track.example.test/6A01234567890"
    assert parcel.created_at == datetime(2026, 1, 7, 15, 20, 5, tzinfo=UTC)
    assert read(3).shipments == ()  # shipped without a number


# -- statuses


@pytest.mark.parametrize(
    ("name", "flags", "status"),
    [
        ("À vérifier", {"paid": "1"}, OrderStatus.PAID),
        ("Parti", {"paid": "1", "shipped": "1"}, OrderStatus.FULFILLED),
        ("Abandon", {"template": "order_canceled"}, OrderStatus.CANCELLED),
        ("Rendu", {"template": [{"id": "1", "value": "refund"}]}, OrderStatus.REFUNDED),
        ("Refus", {"template": "payment_error"}, OrderStatus.FAILED),
        ("Autorisé. À capturer par le marchand", {}, OrderStatus.AUTHORIZED),
        ("Authorized. To be captured by merchant", {}, OrderStatus.AUTHORIZED),
        ("À vérifier", {}, OrderStatus.PENDING),
    ],
)
def test_states_of_the_shops_own(name, flags, status):
    assert normalize(in_state(1, name, **flags)).status is status


def test_states_that_the_shop_settings_name():
    found = in_state(1, "Annulée par nos soins")
    found["shop"]["states"] = {"PS_OS_CANCELED": "99"}
    assert normalize(found).status is OrderStatus.CANCELLED


def test_an_unpaid_state_with_a_part_of_the_money():
    found = in_state(1, "En attente")
    found["payments"] = [paid(1, "5.00")]
    order = normalize(found)
    assert (order.status, order.payment_status) == ("partially_paid", "partially_paid")
    found["payments"] = [paid(1, "15.93")]
    assert normalize(found).status is OrderStatus.PAID


def test_shipped_before_it_is_paid():
    order = normalize(in_state(1, "Expédié, à encaisser", shipped="1"))
    assert (order.status, order.payment_status) == ("fulfilled", "pending")
    order = normalize(in_state(1, "Expédié", shipped="1", paid="1"))
    assert (order.status, order.payment_status) == ("fulfilled", "paid")


def test_everything_came_back():
    found = payload(9)
    for detail in found["details"]:
        detail["product_quantity_return"] = detail["product_quantity"]
    assert normalize(found).fulfillment_status == "returned"


def test_an_order_without_a_state():
    assert problem_of(payload(1, current_state="0")).code is Code.UNKNOWN_STATUS


# -- broken orders


@pytest.mark.parametrize(
    "value", [None, {}, {"order": None}, {"order": {"id": "x"}}, {"order": []}]
)
def test_what_is_no_order(value):
    with pytest.raises(Problem) as caught:
        normalize(value)
    assert caught.value.code is Code.INVALID_ORDER


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"date_add": "0000-00-00 00:00:00"}, Code.BAD_DATE),
        ({"date_add": "yesterday"}, Code.BAD_DATE),
        ({"date_add": "1970-01-01 00:00:00"}, Code.BAD_DATE),
        ({"total_paid_tax_incl": "NaN", "total_paid": "NaN"}, Code.INVALID_ORDER),
        ({"total_paid_tax_incl": "1e30", "total_paid": "1e30"}, Code.INVALID_ORDER),
        ({"total_paid_tax_incl": "20.93", "total_paid": "20.93"}, Code.AMOUNTS_DISAGREE),
        ({"id_currency": "77"}, Code.INCOMPLETE_PAYLOAD),
    ],
)
def test_orders_that_are_refused(changes, code):
    assert problem_of(payload(1, **changes)).code is code


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"product_quantity": "-2"}, Code.BAD_QUANTITY),
        ({"product_quantity": "99999999"}, Code.BAD_QUANTITY),
        ({"total_price_tax_incl": "x"}, Code.INVALID_ORDER),
        ({"id": None}, Code.INVALID_ORDER),
    ],
)
def test_lines_that_are_refused(changes, code):
    found = payload(1)
    found["details"][0].update(changes)
    assert problem_of(found).code is code


def test_an_order_without_lines():
    found = payload(1, id_carrier="0")
    found["details"] = []
    found["order"].update(total_shipping_tax_excl="0", total_shipping_tax_incl="0")
    assert problem_of(found).code is Code.NO_LINES
    del found["details"]
    assert problem_of(found).code is Code.INCOMPLETE_PAYLOAD


def test_an_unknown_time_zone():
    found = payload(1)
    found["shop"]["timezone"] = "Mars/Base"
    assert problem_of(found).code is Code.INCOMPLETE_PAYLOAD


def test_long_and_odd_texts_are_kept_within_bounds():
    found = payload(1)
    found["customer"].update(firstname="x" * 10_000, lastname="😀 <b>=1+1</b>\x00")
    found["details"][0]["product_name"] = {"a": 1}
    order = normalize(found)
    assert len(order.customer.first_name) == 1000
    assert order.customer.last_name == "😀 <b>=1+1</b>"
    check(order)


@pytest.mark.parametrize("junk", [None, "x", 7, [None], [[]], {"a": 1}])
@pytest.mark.parametrize(
    "part",
    ["cart_rules", "slips", "shipments", "histories", "messages", "payments", "siblings",
     "customer", "addresses"],
)  # fmt: skip
def test_parts_of_another_kind_break_nothing(part, junk):
    order = changed(9, **{part: junk})
    assert order.total == D("174.89")


def test_a_tax_that_no_longer_exists():
    """Its rate follows from the amounts."""
    found = payload(2)
    found["tables"]["taxes"] = {}
    rates = [[tax.rate for tax in line.taxes] for line in normalize(found).lines]
    assert rates == [[20], [D("5.5")], [20]]


def test_lines_of_modules_that_name_no_tax():
    found = payload(2)
    for detail in found["details"]:
        detail.pop("associations")
    rates = [[tax.rate for tax in line.taxes] for line in normalize(found).lines]
    assert rates == [[20], [D("5.5")], [20]]


def test_an_unchanged_order_has_one_digest():
    for number in payloads():
        if number not in (18, 27, 55):
            first, second = read(number), normalize(stored(payload(number)))
            assert first.digest_source() == second.digest_source()
