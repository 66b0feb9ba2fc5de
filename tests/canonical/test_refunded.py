"""What refunds are worth, and orders without them: to the cent, rate by rate."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ciama_connector.canonical import (
    Order,
    check,
    everything_left,
    explain_refunds,
    settle,
    without_refunds,
)

D = Decimal
NOW = "2026-03-02T10:00:00+00:00"


def line(id_, net, tax, rate="20", **values) -> dict[str, Any]:
    return {
        "id": id_,
        "name": f"Line {id_}",
        "net": net,
        "tax": tax,
        "gross": str(D(net) + D(tax)),
        "taxes": [{"rate": rate, "amount": tax}] if D(tax) else [],
        **values,
    }


def back(line_id, net, tax, quantity="0", **values) -> dict[str, Any]:
    return {"line_id": line_id, "net": net, "tax": tax, "quantity": quantity, **values}


def refund(id_, amount, *lines, day=3, **values) -> dict[str, Any]:
    moment = f"2026-03-{day:02}T10:00:00+00:00"
    return {"id": id_, "amount": amount, "lines": lines, "created_at": moment, **values}


def payment(amount, id_="p") -> dict[str, Any]:
    return {"id": id_, "method": {"code": "card"}, "amount": amount, "currency": "EUR"}


def order(*lines, refunds=(), **values) -> Order:
    total = str(sum((D(row["gross"]) for row in lines), D(0)))
    return Order.model_validate(
        {
            "platform": "ciama",
            "external_id": "1",
            "number": "1",
            "created_at": NOW,
            "updated_at": NOW,
            "status": "paid",
            "payment_status": "paid",
            "currency": "EUR",
            "prices_include_tax": True,
            "total": total,
            "total_tax": str(sum((D(row["tax"]) for row in lines), D(0))),
            "lines": lines,
            "refunds": refunds,
            "payments": [payment(total)],
            **values,
        }
    )


def explained(body):
    return explain_refunds(body, settle(body))


def parts(taken):
    """[(line, units, net, tax)] of a credit."""
    return [(row.line_id, row.quantity, row.net, row.tax) for row in taken]


CHAIRS = line("chair", "49.98", "9.99", quantity="3")
BOOKS = line("book", "100.00", "5.50", "5.5", quantity="5")
WAY = line("way", "5.00", "1.00", kind="shipping")


def test_a_refund_of_a_piece():
    found = explained(
        order(CHAIRS, refunds=[refund("r", "19.99", back("chair", "16.66", "3.33", "1"))])
    )
    assert parts(found["r"].lines) == [("chair", 1, D("16.66"), D("3.33"))]
    assert (found["r"].gross, found["r"].excess, found["r"].settled) == (D("19.99"), 0, 0)


def test_an_amount_alone_is_put_on_the_rates():
    lines = line("chair", "100.00", "20.00"), BOOKS
    found = explained(order(*lines, refunds=[refund("r", "22.55")]))
    assert parts(found["r"].spread) == [
        ("chair", 0, D("10.00"), D("2.00")),
        ("book", 0, D("10.00"), D("0.55")),
    ]
    assert found["r"].unexplained == D("22.55")


def test_the_next_amount_is_put_on_what_is_left():
    """All of the chair came back: a later amount can only be for the books."""
    lines = line("chair", "100.00", "20.00"), BOOKS
    refunds = [
        refund("second", "10.55", day=5),
        refund("first", "120.00", back("chair", "100.00", "20.00", "1"), day=4),
    ]
    found = explained(order(*lines, refunds=refunds))
    assert list(found) == ["first", "second"]
    assert parts(found["second"].spread) == [("book", 0, D("10.00"), D("0.55"))]


def test_lines_and_more_than_they_are_worth():
    lines = line("chair", "100.00", "20.00"), BOOKS
    body = order(*lines, refunds=[refund("r", "130.55", back("chair", "100.00", "20.00", "1"))])
    found = explained(body)["r"]
    assert parts(found.lines) == [("chair", 1, D("100.00"), D("20.00"))]
    assert parts(found.spread) == [("book", 0, D("10.00"), D("0.55"))]


def test_a_fee_kept_back_lowers_the_lines():
    body = order(CHAIRS, refunds=[refund("r", "12.00", back("chair", "16.66", "3.33", "1"))])
    assert parts(explained(body)["r"].lines) == [("chair", 1, D("10.00"), D("2.00"))]


def test_what_was_not_paid_is_not_paid_back_but_credited():
    body = order(
        CHAIRS,
        payment_status="partially_paid",
        payments=[payment("45.00")],
        refunds=[refund("r", "5.02", back("chair", "16.66", "3.33", "1"))],
    )
    assert explained(body)["r"].gross == D("19.99")


@pytest.mark.parametrize("tax", ["3.34", "3.32"])
def test_a_cent_of_rounding_is_no_amount_of_its_own(tax):
    body = order(CHAIRS, refunds=[refund("r", "19.99", back("chair", "16.66", tax, "1"))])
    found = explained(body)["r"]
    assert (found.gross, found.spread) == (D("19.99"), ())


def test_paid_twice_and_given_back_once_is_no_credit():
    payments = [payment("59.97", "a"), payment("59.97", "b")]
    found = explained(order(CHAIRS, payments=payments, refunds=[refund("r", "59.97")]))
    assert (found["r"].settled, found["r"].gross) == (D("59.97"), 0)


def test_money_for_units_that_an_edit_removed():
    """The edit is the credit; the money that follows without lines only pays it."""
    edit = refund("edit", "19.99", back("chair", "16.66", "3.33", "1"), paid_out=False)
    found = explained(order(CHAIRS, refunds=[edit, refund("money", "19.99", day=4)]))
    assert (found["edit"].gross, found["money"].gross) == (D("19.99"), 0)
    assert found["money"].settled == D("19.99")


def test_more_than_is_left():
    refunds = [refund("a", "59.97"), refund("b", "10.00", day=4)]
    found = explained(order(CHAIRS, refunds=refunds))
    assert (found["a"].excess, found["b"].excess, found["b"].gross) == (0, D("10.00"), 0)


def test_more_of_a_line_than_it_has_is_for_something_else():
    body = order(CHAIRS, WAY, refunds=[refund("r", "62.97", back("chair", "52.47", "10.50", "9"))])
    found = explained(body)["r"]
    assert parts(found.lines) == [("chair", 3, D("49.98"), D("9.99"))]
    assert parts(found.spread) == [("way", 0, D("2.50"), D("0.50"))]


def test_stacked_taxes_are_given_back_each():
    stacked = line(
        "chair", "100.00", "8.75",
        taxes=[{"rate": "7.25", "amount": "7.25"}, {"rate": "1.5", "amount": "1.50"}],
    )  # fmt: skip
    found = explained(
        order(stacked, refunds=[refund("r", "54.38", back("chair", "50.00", "4.38"))])
    )
    assert found["r"].lines[0].taxes == (D("3.63"), D("0.75"))


def test_what_is_left_of_a_cancelled_order():
    body = order(CHAIRS, WAY, refunds=[refund("r", "19.99", back("chair", "16.66", "3.33", "1"))])
    assert parts(everything_left(body, settle(body))) == [
        ("chair", 2, D("33.32"), D("6.66")),
        ("way", 1, D("5.00"), D("1.00")),
    ]


def test_an_order_without_a_piece():
    body = order(
        {**CHAIRS, "quantity_removed": "1"},
        WAY,
        tax_totals=[{"rate": "20", "amount": "10.99"}],
        total_refunded="19.99",
        refunds=[
            refund("r", "19.99", back("chair", "16.66", "3.33", "1")),
            refund("later", "1.00", day=9),
        ],
    )
    found = without_refunds(body, {"r"})
    chair = found.lines[0]
    assert (chair.quantity, chair.quantity_removed) == (2, 0)
    assert (chair.net, chair.tax, chair.gross) == (D("33.32"), D("6.66"), D("39.98"))
    assert (found.total, found.total_tax) == (D("45.98"), D("7.66"))
    assert found.total_refunded == D("19.99")
    assert found.tax_totals[0].amount == D("7.66")
    assert [entry.id for entry in found.refunds] == ["later"]
    check(found)


def test_a_line_of_which_nothing_is_left_is_gone():
    refunds = [
        refund("r", "65.97", back("chair", "49.98", "9.99", "3"), back("way", "5.00", "1.00"))
    ]
    body = order(CHAIRS, WAY, BOOKS, refunds=refunds)
    found = without_refunds(body, {"r"})
    assert [row.id for row in found.lines] == ["book"]
    assert (found.total, found.total_tax) == (D("105.50"), D("5.50"))


def test_units_for_which_the_shop_kept_money_are_not_shipped():
    body = order(CHAIRS, refunds=[refund("r", "50.00", back("chair", "49.98", "9.99", "3"))])
    chair = without_refunds(body, {"r"}).lines[0]
    assert (chair.quantity, chair.quantity_removed, chair.gross) == (3, 3, D("9.97"))


def test_goods_left_to_the_customer_for_nothing_are_shipped():
    body = order(CHAIRS, WAY, refunds=[refund("r", "59.97", back("chair", "49.98", "9.99"))])
    chair = without_refunds(body, {"r"}).lines[0]
    assert (chair.quantity, chair.quantity_removed, chair.gross) == (3, 0, 0)


def test_totals_per_rate_that_do_not_match_are_dropped():
    refunds = [refund("r", "19.99", back("chair", "16.66", "3.33", "1"))]
    body = order(CHAIRS, tax_totals=[{"rate": "19", "amount": "9.99"}], refunds=refunds)
    assert without_refunds(body, {"r"}).tax_totals == ()


def test_without_ids_it_is_the_same_order():
    body = order(CHAIRS, refunds=[refund("r", "19.99")])
    assert without_refunds(body, set()) is body


CENTS = st.integers(1, 100_000).map(lambda cents: D(cents) / 100)
FINE = st.decimals(min_value=D("0.01"), max_value=500, places=6)


@st.composite
def refunded(draw):
    """An order with lines in fine digits, and refunds of parts of them."""
    lines, refunds = [], []
    for index in range(draw(st.integers(1, 5))):
        rate = draw(st.sampled_from([D("20"), D("5.5"), D("0")]))
        net, quantity = draw(FINE), draw(st.integers(1, 9))
        tax = (net * rate / 100).quantize(D("0.000001"))
        lines.append(line(str(index), str(net), str(tax), str(rate), quantity=str(quantity)))
    body = order(*lines)
    rounded = {row.line.id: row for row in settle(body).lines}
    for row in draw(st.lists(st.sampled_from(lines), unique_by=lambda row: row["id"])):
        units = draw(st.integers(0, int(row["quantity"])))
        share = D(units) / D(row["quantity"])
        exact = rounded[row["id"]]
        net, tax = (exact.net * share).quantize(D("0.01")), (exact.tax * share).quantize(D("0.01"))
        named = back(row["id"], str(net), str(tax), str(units))
        refunds.append(refund(row["id"], str(net + tax), named))
    total = settle(body)
    whole = sum((row.net + row.tax for row in total.lines), D(0))
    return order(*lines, refunds=refunds, total=str(whole),
                 total_tax=str(sum((row.tax for row in total.lines), D(0))))  # fmt: skip


@given(refunded())
def test_what_is_left_and_what_is_gone_make_the_whole(body):
    ids = {entry.id for entry in body.refunds}
    before, left = settle(body), without_refunds(body, ids)
    Order.model_validate(left.model_dump())  # net, tax and gross of each line agree
    gone = explained(body)
    after = {row.line.id: (row.net, row.tax) for row in settle(left).lines}
    for row in before.lines:
        taken = gone[row.line.id].lines if row.line.id in gone else ()
        net, tax = after.get(row.line.id, (D(0), D(0)))
        assert net + sum((part.net for part in taken), D(0)) == row.net
        assert tax + sum((part.tax for part in taken), D(0)) == row.tax
    assert not settle(left).discrepancy
    assert left.total + sum((credit.gross for credit in gone.values()), D(0)) == body.total


@given(refunded(), CENTS)
def test_an_amount_is_spread_to_the_cent(body, amount):
    amount = min(amount, body.total)
    body = body.model_copy(
        update={"refunds": order(CHAIRS, refunds=[refund("r", str(amount))]).refunds}
    )
    found = explained(body)["r"]
    assert found.gross + found.settled + found.excess == amount
