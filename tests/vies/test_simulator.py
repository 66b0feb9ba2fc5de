"""The simulated service where the client does not look."""

import pytest
import requests
import zeep

from testbed import DATA, codes, services, simulator_class
from testbed.vies.simulator import ROOT


@pytest.fixture
def service(vies):
    """A client made from the definitions that the simulator serves."""
    url = vies.url.replace(vies.path, f"{ROOT}/checkVatService.wsdl")
    return zeep.Client(url).service


def test_is_served_beside_the_shops():
    assert "vies" in services()
    assert "vies" not in codes()
    assert simulator_class("vies").code == "vies"


def test_unlisted_numbers_are_registered_by_their_form(service):
    found = service.checkVat("HU", "12345678")
    assert (found.valid, found.name, found.address) == (True, "---", "---")
    for country, number in (("HU", "123"), ("GB", "123456782"), ("US", "123456782")):
        with pytest.raises(zeep.exceptions.Fault, match="INVALID_INPUT"):
            service.checkVat(country, number)


def test_listed_numbers(vies, service):
    assert service.checkVat("LU", "12345613").name == "MOSELLE VINS S.A."
    vies.numbers["LU12345613"] = {"valid": False, "name": "hidden"}
    found = service.checkVat("LU", "12345613")
    assert (found.valid, found.name) == (False, "---")
    vies.numbers["LU12345613"] = {"fault": "TIMEOUT"}
    with pytest.raises(zeep.exceptions.Fault, match="TIMEOUT"):
        service.checkVat("LU", "12345613")


def test_half_a_requester_is_none(service):
    with pytest.raises(zeep.exceptions.Fault, match="INVALID_REQUESTER_INFO"):
        service.checkVatApprox("LU", "12345613", requesterCountryCode="FR")


def test_modes_are_set_from_outside(vies, service):
    base = vies.url.replace(vies.path, "")
    assert requests.post(f"{base}/mode/outage", timeout=5).ok
    with pytest.raises(zeep.exceptions.Error):
        service.checkVat("LU", "12345613")
    assert requests.post(f"{base}/mode/wrong", timeout=5).status_code == 404
    assert requests.post(f"{base}/mode/normal", timeout=5).ok
    assert service.checkVat("LU", "12345613").valid


def test_refuses_what_is_no_question(vies):
    assert requests.get(vies.url, timeout=5).status_code == 404
    for body in (b"", b"<a/>", b"no XML"):
        reply = requests.post(vies.url, body, timeout=5)
        assert reply.status_code == 500
        assert "Fault" in reply.text


def test_data_are_numbers_of_their_states():
    simulator = simulator_class("vies")(DATA / "vies")
    asked = {"requesterCountryCode": "FR", "requesterVatNumber": "23334175221"}
    answers = {
        number: simulator._look_up(number[:2], number[2:], asked)[0] for number in simulator.numbers
    }
    assert set(answers.values()) == {"valid", "invalid", "MS_UNAVAILABLE"}
