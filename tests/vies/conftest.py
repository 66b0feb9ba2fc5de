"""The simulated VIES, served."""

import pytest

from ciama_connector.vies import ViesClient
from testbed import DATA
from testbed.vies import ViesSimulator
from testbed.vies.simulator import ROOT, TEST

COMPANY = "FR23334175221"


@pytest.fixture
def vies():
    """The simulator, with ``url`` set."""
    simulator = ViesSimulator(DATA / "vies")
    with simulator.running() as simulator.url:
        yield simulator
        simulator.let_go()


@pytest.fixture
def client(vies):
    """Of the live service; impatient."""
    found = ViesClient(vies.url, connect_timeout=2, read_timeout=0.5)
    yield found
    found.close()


@pytest.fixture
def test_client(vies):
    """Of the test service with its fixed answers."""
    found = ViesClient(vies.url.replace(vies.path, f"{ROOT}/services/{TEST}"))
    yield found
    found.close()
