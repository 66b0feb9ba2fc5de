"""Reading loosely typed JSON values, and building canonical parts from them."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from ciama_connector.canonical import Address, Code, Problem
from ciama_connector.platforms.normalizing import (
    NAME_LENGTH,
    build,
    decimal,
    fingerprint,
    label,
    mapping,
    objects,
    text,
    unreadable_id,
    utc,
    vat_numbers_in,
)


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("12.30", "12.30"),
        (" 5 ", "5"),
        (Decimal("0.10"), "0.10"),
        (7, "7"),
        (0.1, "0.1"),
        ("-3.5", "-3.5"),
        ("1e2", "1e2"),
        ("", "0"),
        (None, "0"),
    ],
)
def test_numbers(value, number):
    assert decimal(value) == Decimal(number)


@pytest.mark.parametrize(
    "value", ["twelve", "NaN", "Infinity", "-inf", "1,5", "1e15", "-1e300", [], {}, True]
)
def test_what_is_no_number_is_named_without_repeating_it(value):
    with pytest.raises(Problem) as caught:
        decimal(value, "total")
    assert caught.value.code is Code.INVALID_ORDER
    assert caught.value.params["field"] == "total"
    assert "twelve" not in str(caught.value)


@pytest.mark.parametrize(
    "value",
    ["2026-09-01T10:12:31+02:00", "2026-09-01T08:12:31Z", "2026-09-01 08:12:31", "20260901T081231"],
)
def test_dates_are_utc(value):
    assert utc(value, "created") == datetime(2026, 9, 1, 8, 12, 31, tzinfo=UTC)


@pytest.mark.parametrize(
    "value", [None, "", "yesterday", "0000-00-00 00:00:00", "0001-01-01T00:00:00+14:00", 1.5]
)
def test_what_is_no_date_is_named(value):
    with pytest.raises(Problem) as caught:
        utc(value, "created")
    assert caught.value.code is Code.BAD_DATE
    assert caught.value.params["field"] == "created"


def test_a_long_text_in_place_of_a_date_is_cut():
    with pytest.raises(Problem) as caught:
        utc("x" * 5000, "created")
    assert len(caught.value.params["value"]) == 40


def test_texts():
    assert [text(value) for value in (None, " a ", 5, Decimal("1.50"))] == ["", "a", "5", "1.50"]
    assert label("x" * 5000) == "x" * NAME_LENGTH


def test_other_types_than_expected_are_empty():
    assert mapping(["a"]) == mapping(None) == mapping("x") == {}
    assert objects([{"a": 1}, None, "x", [], {"b": 2}]) == [{"a": 1}, {"b": 2}]
    assert objects({"a": 1}) == objects(None) == []


def test_a_part_that_does_not_fit_is_named_without_its_value():
    with pytest.raises(Problem) as caught:
        build(Address, last_name="Secret Person", country="France")
    assert caught.value.code is Code.INVALID_ORDER
    assert caught.value.params["field"] == "country"
    assert "Secret" not in str(caught.value)
    assert "France" not in str(caught.value)


def test_nul_characters_are_dropped_as_no_database_takes_them():
    assert build(Address, city="Ly\x00on").city == "Lyon"


def test_fingerprints_follow_content_and_not_order():
    assert fingerprint({"a": 1, "b": [2]}) == fingerprint({"b": [2], "a": 1})
    assert fingerprint({"a": 1}) != fingerprint({"a": 2})
    assert fingerprint({"a": Decimal("1.0")}) == fingerprint({"a": "1.0"})
    assert unreadable_id("junk") == unreadable_id("junk") != unreadable_id("other")


@pytest.mark.parametrize(
    ("written", "numbers"),
    [
        ("TVA : FR40303265045, merci", ["FR40303265045"]),
        ("FR K7 399859412", ["FR K7 399859412"]),
        ("VAT BE 0417.497.106 please", ["BE 0417.497.106"]),
        ("ATU12345678", ["ATU12345678"]),
        ("NL810462783B01", ["NL810462783B01"]),
        ("CHE-116.281.710 MWST", ["CHE-116.281.710"]),
        ("ESB58378431 / IE6388047V", ["ESB58378431", "IE6388047V"]),
        ("call +33 6 12 34 56 78 before 18:00", []),
        ("BEFORE 12345678", []),
        ("livrer de 0612345678 merci", []),
        ("tva fr40303265045", ["fr40303265045"]),
        ("N° TVA intracommunautaire : 40 303 265 045. Merci", ["40 303 265 045"]),
        ("P.IVA 00743110157", ["00743110157"]),
        ("Unsere USt-IdNr. 136695976", ["136695976"]),
        ("NIF: B58378431", ["B58378431"]),
        ("vat no 0417.497.106, VAT BE0403019261", ["0417.497.106", "BE0403019261"]),
        ("private 12345678, TVA 20%, vat 19 %", []),
    ],
)
def test_vat_numbers_in_texts(written, numbers):
    assert vat_numbers_in(written) == numbers
