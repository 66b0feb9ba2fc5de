from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ciama_connector.canonical import cents, decimal_places, readable, spread

D = Decimal
CURRENCIES = st.sampled_from(["EUR", "JPY", "KWD"])
AMOUNTS = st.decimals(-100_000, 100_000, places=2, allow_nan=False)
WEIGHTS = st.lists(st.decimals(0, 10_000, places=2, allow_nan=False), min_size=1, max_size=20)


@given(AMOUNTS, WEIGHTS, CURRENCIES)
def test_the_shares_add_up_to_the_amount(amount, weights, currency):
    amount = cents(amount, currency)
    assert sum(spread(amount, weights, currency)) == amount


@given(AMOUNTS, WEIGHTS, CURRENCIES)
def test_no_share_is_more_than_a_cent_off(amount, weights, currency):
    amount, total = cents(amount, currency), sum(weights)
    unit = D(1).scaleb(-decimal_places(currency))
    for share, weight in zip(spread(amount, weights, currency), weights, strict=True):
        assert share == cents(share, currency)
        if total:
            assert abs(share - amount * weight / total) <= unit


@given(AMOUNTS, st.lists(st.just(D(0)), min_size=1, max_size=5))
def test_without_weights_the_first_gets_everything(amount, weights):
    assert spread(amount, weights, "EUR") == [amount] + [D("0.00")] * (len(weights) - 1)


@given(AMOUNTS, WEIGHTS)
def test_a_weight_of_zero_gets_nothing(amount, weights):
    shares = spread(amount, [D(1), *weights, D(0)], "EUR")
    assert shares[-1] == 0


@given(st.decimals(0, 100_000, places=2), WEIGHTS)
def test_no_share_of_a_positive_amount_is_negative(amount, weights):
    assert min(spread(amount, weights, "EUR")) >= 0


def test_nothing_to_spread_over():
    with pytest.raises(ValueError, match="nothing"):
        spread(D(5), [], "EUR")


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        ("1.005", "EUR", "1.01"),
        ("-1.005", "EUR", "-1.01"),
        ("1.004999", "EUR", "1.00"),
        ("1500.5", "JPY", "1501"),
        ("1.2345", "KWD", "1.235"),
    ],
)
def test_cents_round_half_up_in_the_currencys_digits(amount, currency, expected):
    assert cents(D(amount), currency) == D(expected)


@pytest.mark.parametrize(
    ("amount", "places", "text"),
    [
        ("5.970000", 2, "5.97"),
        ("0", 2, "0.00"),
        ("19.9", 2, "19.90"),
        ("8.305786", 2, "8.305786"),
        ("-4.10", 2, "-4.10"),
        ("1200", 0, "1200"),
        ("1E+3", 2, "1000.00"),
        ("3.000", 0, "3"),
        ("0.25", 0, "0.25"),
    ],
)
def test_an_amount_is_shown_in_the_digits_that_count(amount, places, text):
    assert readable(Decimal(amount), places) == text
