"""What the canonical order refuses, and when its digest changes."""

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from pydantic import ValidationError

from ciama_connector.canonical import Code, Line, Order, Problem, Tax, check
from testbed import DATA

D = Decimal
BODY = json.loads((DATA / "ciama" / "orders.json").read_text("utf-8"))["orders"][0]


def order(**changes) -> Order:
    return Order.model_validate(BODY | changes)


def line(net="10.00", tax="2.00", gross="12.00", **changes) -> Line:
    taxes = changes.pop("taxes", [Tax(rate=D(20), amount=D(tax))])
    values = {"id": "1", "name": "x", "net": net, "tax": tax, "gross": gross, "taxes": taxes}
    return Line(**values | changes)


def simple(**changes) -> Order:
    values = {"lines": [line()], "total": "12.00", "total_tax": "2.00", "tax_totals": ()}
    return order(**values | changes)


def code_of(value: Order) -> Code:
    with pytest.raises(Problem) as caught:
        check(value)
    return caught.value.code


# -- lines


@pytest.mark.parametrize(
    "wrong",
    [
        {"gross": "12.01"},
        {"taxes": []},
        {"taxes": [Tax(rate=D(20), amount=D("1.99"))]},
        {"net": 10.0},
        {"net": "NaN"},
        {"net": "Infinity"},
        {"net": "0.123456789"},
        {"quantity": 1.5},
        {"id": ""},
        {"surprise": 1},
        {"name": "x" * 1001},
    ],
)
def test_lines_that_are_refused(wrong):
    with pytest.raises(ValidationError):
        line(**wrong)


def test_texts_lose_nul_characters_and_outer_spaces():
    assert line(name=" a\x00b ").name == "ab"


def test_an_order_cannot_be_changed():
    with pytest.raises(ValidationError):
        order().total = D(1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"total": 81.8},
        {"total": "10000000000000"},
        {"currency": "EURO"},
        {"currency": "eur"},
        {"created_at": "2026-08-01T09:00:00"},
        {"status": "unheard_of"},
        {"lines": [BODY["lines"][0]] * 2001},
        {"billing_address": {"country": "FRA"}},
        {"external_id": ""},
    ],
)
def test_orders_that_are_refused(wrong):
    with pytest.raises(ValidationError):
        order(**wrong)


def test_times_become_utc():
    summer = timezone(timedelta(hours=2))
    found = order(created_at=datetime(2026, 8, 1, 11, tzinfo=summer)).created_at
    assert found == datetime(2026, 8, 1, 9, tzinfo=UTC)
    assert found.utcoffset() == timedelta(0)


# -- digest


def test_the_digest_ignores_when_the_order_was_saved():
    later = order(updated_at="2026-09-01T00:00:00Z")
    assert later.digest_source() == order().digest_source()


@pytest.mark.parametrize(
    "change",
    [
        {"customer_note": "please hurry"},
        {"status": "fulfilled"},
        {"total_refunded": "1.00"},
        {"billing_address": None},
        {"payments": []},
        {"tags": ["vip"]},
    ],
)
def test_the_digest_sees_what_odoo_would_use(change):
    assert order(**change).digest_source() != order().digest_source()


def test_an_order_survives_being_written_and_read():
    again = Order.model_validate_json(order().model_dump_json())
    assert again == order()
    assert again.digest_source() == order().digest_source()


# -- check


def test_a_good_order_settles_without_a_difference():
    assert not check(simple()).discrepancy


def test_a_cent_of_the_shops_rounding_is_tolerated_and_told():
    found = check(simple(total="12.01")).discrepancy
    assert (found.net, found.tax) == (D("0.01"), D(0))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"lines": []}, Code.NO_LINES),
        ({"total": "12.02"}, Code.AMOUNTS_DISAGREE),
        ({"total": "11.00"}, Code.AMOUNTS_DISAGREE),
        ({"total_tax": "2.50"}, Code.TAX_DISAGREES),
        ({"lines": [line(quantity="0")]}, Code.BAD_QUANTITY),
        ({"lines": [line(quantity="-1")]}, Code.BAD_QUANTITY),
        ({"lines": [line(quantity="1000001")]}, Code.BAD_QUANTITY),
        ({"created_at": "1970-01-01T00:00:00Z"}, Code.BAD_DATE),
        ({"created_at": "2999-01-01T00:00:00Z"}, Code.BAD_DATE),
        ({"updated_at": "1994-12-31T00:00:00Z"}, Code.BAD_DATE),
    ],
)
def test_what_is_not_tolerable(changes, code):
    assert code_of(simple(**changes)) is code


def test_the_tolerance_grows_with_the_lines_up_to_five_cents():
    ten = [line(id=str(number)) for number in range(10)]
    good = simple(lines=ten, total="120.05", total_tax="20.00")
    assert check(good).discrepancy.net == D("0.05")
    assert code_of(simple(lines=ten, total="120.06", total_tax="20.00")) is Code.AMOUNTS_DISAGREE


def test_fractions_of_cents_go_where_they_make_the_total_right():
    """Three at 33.333333: two thirds of a cent are in the lines, none in the total."""
    thirds = [
        line(
            id=str(number),
            net="33.333333",
            tax="6.666667",
            gross="40.000000",
            taxes=[Tax(rate=D(20), amount=D("6.666667"))],
        )
        for number in range(3)
    ]
    settled = check(simple(lines=thirds, total="120.00", total_tax="20.00"))
    assert not settled.discrepancy
    assert sum(part.net for part in settled.lines) == D("100.00")
    assert sum(part.tax for part in settled.lines) == D("20.00")


def test_a_currency_without_cents():
    yen = {"currency": "JPY", "total": "1320", "total_tax": "120", "shop_currency": None}
    lines = [line("1200", "120", "1320", taxes=[Tax(rate=D(10), amount=D(120))])]
    assert not check(simple(lines=lines, **yen)).discrepancy
    assert code_of(simple(lines=lines, **yen | {"total": "1322"})) is Code.AMOUNTS_DISAGREE


def test_a_problem_says_what_and_how_much():
    with pytest.raises(Problem) as caught:
        check(simple(total="13.00"))
    assert caught.value.params == {
        "lines": "12.00",
        "total": "13.00",
        "difference": "1.00",
        "currency": "EUR",
    }
