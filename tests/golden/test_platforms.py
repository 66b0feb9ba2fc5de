"""Each case, rendered into a platform's wire format and read again, is the same order."""

import json

import pytest

from ciama_connector.canonical import Order
from ciama_connector.platforms import registry
from testbed import golden

from .essence import essence

CASES = golden.cases()
NAMES = [case.name for case in CASES]
# A case that a platform cannot express proves nothing there: most must be expressed.
LEAST = 70


@pytest.mark.parametrize("case", CASES, ids=NAMES)
@pytest.mark.parametrize("platform", golden.PLATFORMS)
def test_the_platform_tells_the_same_order(platform, case):
    reason = golden.cannot(platform, case)
    if reason:
        pytest.skip(reason)
    for body in case.orders:
        payload = json.loads(json.dumps(golden.render(platform, body)))
        found = essence(registry.connector_class(platform).normalize(payload))
        wanted = essence(Order.model_validate(body))
        differing = [
            f"{name}: {found[name]}\ninstead of {value}"
            for name, value in wanted.items()
            if found[name] != value
        ]
        assert not differing, "\n".join(differing)


@pytest.mark.parametrize("platform", golden.PLATFORMS)
def test_the_platform_can_express_most_cases(platform):
    expressed = [case.name for case in CASES if not golden.cannot(platform, case)]
    assert len(expressed) >= LEAST


def test_an_order_that_changed_keeps_its_id():
    for case in CASES:
        for platform in golden.PLATFORMS:
            if not golden.cannot(platform, case):
                normalize = registry.connector_class(platform).normalize
                read = [normalize(golden.render(platform, body)) for body in case.orders]
                told = {body["external_id"] for body in case.orders}
                assert len({order.external_id for order in read}) == len(told)


def test_names_and_numbers_of_cases_are_their_own():
    assert len(set(NAMES)) == len(NAMES)
    numbers = [{order["external_id"] for order in case.orders} for case in CASES]
    assert sum(map(len, numbers)) == len(set().union(*numbers))
