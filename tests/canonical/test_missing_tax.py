"""Totals with a tax that the lines lack."""

from decimal import Decimal

import pytest

from ciama_connector.canonical import Order, check, with_missing_tax


def lines(*rows):
    return [
        {"id": str(index), "name": "Chair", "net": net, "tax": tax,
         "gross": str(Decimal(net) + Decimal(tax)),
         "taxes": [{"rate": "20", "amount": tax}] if Decimal(tax) else []}
        for index, (net, tax) in enumerate(rows)
    ]  # fmt: skip


def order(total, total_tax, *rows):
    return Order.model_validate(
        {
            "platform": "ciama", "external_id": "1", "number": "1",
            "created_at": "2026-01-02T03:04:05Z", "updated_at": "2026-01-02T03:04:05Z",
            "status": "paid", "payment_status": "paid", "currency": "EUR",
            "prices_include_tax": True, "total": total, "total_tax": total_tax,
            "lines": lines(*rows),
        }
    )  # fmt: skip


def taxes(found):
    return [str(line.tax) for line in found.lines]


def test_it_is_shared_out_by_net_amounts():
    found = with_missing_tax(order("119.35", "17.14", ("83.25", "0"), ("18.96", "0")))
    assert taxes(found) == ["13.96", "3.18"]
    assert not check(found).discrepancy
    assert all(line.gross == line.net + line.tax for line in found.lines)


def test_lines_with_tax_keep_theirs():
    found = with_missing_tax(order("132.00", "22.00", ("100.00", "0"), ("10.00", "2.00")))
    assert taxes(found) == ["20.00", "2.00"]


def test_a_discount_had_its_tax_taken_off():
    found = with_missing_tax(order("832.51", "132.91", ("685.47", "-4.03"), ("14.13", "2.68")))
    assert taxes(found) == ["130.23", "2.68"]
    assert not check(found).discrepancy


@pytest.mark.parametrize(
    "wrong",
    [
        order("12.00", "2.00", ("10.00", "2.00")),  # adds up
        order("99.00", "2.00", ("10.00", "2.00")),  # net differs
        order("14.00", "4.00", ("10.00", "2.00")),  # no line without tax
        order("15.00", "5.00", ("10.00", "0")),  # more than any VAT
        order("8.00", "-2.00", ("10.00", "0")),
        order("2.00", "2.00"),
    ],
)
def test_what_is_no_missing_tax(wrong):
    assert with_missing_tax(wrong) is None
