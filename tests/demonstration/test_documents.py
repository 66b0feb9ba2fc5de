"""Every imported order ends in posted, matched documents that equal the shop's figures."""

from collections import defaultdict
from decimal import Decimal

import pytest

from testbed import codes

from .documents import total
from .recorded_totals import of_shop


@pytest.fixture(params=codes())
def code(request):
    return request.param


@pytest.fixture
def shop(runs, recordings, code):
    """[(card, books, recorded totals)] of the confirmed orders of a shop."""
    recorded = of_shop(code, recordings / code)
    confirmed = [
        card for card in runs[0].cards_of(code).values()
        if card["state"] == "imported" and card["sale_state"] == "sale"
    ]  # fmt: skip
    assert confirmed
    return [
        (card, runs[0].books[code, card["external_id"]], recorded[card["external_id"]])
        for card in confirmed
    ]


def test_confirmed_orders_are_invoiced_to_the_cent(shop):
    wrong = [
        (card["number"], total(books.invoices), total(books.invoices, "amount_tax"), recorded)
        for card, books, recorded in shop
        if (total(books.invoices), total(books.invoices, "amount_tax"))
        != (recorded.total, recorded.tax)
        or any(move["state"] != "posted" for move in books.documents)
    ]
    assert not wrong


def test_what_the_shop_gave_back_is_credited(shop):
    wrong = [
        (card["number"], total(books.credit_notes), recorded.refunded)
        for card, books, recorded in shop
        if total(books.credit_notes) != recorded.refunded
    ]
    assert not wrong


def test_what_the_shop_received_is_booked(shop):
    received, wanted, numbers = defaultdict(Decimal), {}, {}
    for card, books, recorded in shop:
        received[recorded.cart] += total(books.received, "amount")
        wanted[recorded.cart] = recorded.paid
        numbers[recorded.cart] = card["number"]
    wrong = [
        (numbers[cart], received[cart], paid)
        for cart, paid in wanted.items()
        if received[cart] != paid
    ]
    assert not wrong


def test_paid_orders_have_nothing_open(shop):
    """Neither on the invoice nor, of the payment, on the customer's account."""
    open_ones = [
        (card["number"], [(move["name"], move["payment_state"]) for move in books.documents])
        for card, books, recorded in shop
        if recorded.paid == recorded.total
        and recorded.refunded in (0, total(books.given_back, "amount"))
        and (
            any(move["amount_residual"] for move in books.documents)
            or not all(payment["is_reconciled"] for payment in books.received + books.given_back)
        )
    ]
    assert not open_ones


def test_unpaid_orders_have_open_invoices(shop):
    unpaid = [
        (card, books)
        for card, books, recorded in shop
        if not recorded.paid and recorded.total and not recorded.refunded
    ]
    for card, books in unpaid:
        assert {move["payment_state"] for move in books.invoices} == {"not_paid"}, card["number"]


def test_nothing_is_out_of_balance(runs):
    assert runs[0].unbalanced == []
