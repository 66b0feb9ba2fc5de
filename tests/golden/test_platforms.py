"""Each case, rendered into a platform's wire format and read again, is the same order."""

import pytest

from ciama_connector.canonical import Order
from ciama_connector.platforms import registry
from testbed import golden

from .essence import essence

CASES = golden.cases()
NAMES = [case.name for case in CASES]


@pytest.mark.parametrize("case", CASES, ids=NAMES)
@pytest.mark.parametrize("platform", golden.PLATFORMS)
def test_the_platform_tells_the_same_order(platform, case):
    reason = golden.cannot(platform, case)
    if reason:
        pytest.skip(reason)
    for body in case.orders:
        read = registry.connector_class(platform).normalize(golden.render(platform, body))
        assert essence(read) == essence(Order.model_validate(body))


def test_names_and_numbers_of_cases_are_their_own():
    assert len(set(NAMES)) == len(NAMES)
    numbers = [{order["external_id"] for order in case.orders} for case in CASES]
    assert sum(map(len, numbers)) == len(set().union(*numbers))


def test_there_are_enough_cases():
    assert len(CASES) >= 40
