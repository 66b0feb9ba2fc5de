"""The client against the simulated service: every answer, every kind of trouble."""

import socket
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import zeep
from werkzeug.wrappers import Response

from ciama_connector.vies import FAULT_TEXTS, Answer, Fault, Outcome, ViesClient
from ciama_connector.vies.answers import fault_of
from ciama_connector.vies.client import WSDL
from testbed import faults
from testbed.vies import soap
from testbed.vies.simulator import FORMS, ROOT, TEST_NUMBERS
from tests.tls import make_certificate

from .conftest import COMPANY

LATER = {
    "300": Fault.SERVICE_UNAVAILABLE,
    "301": Fault.MS_UNAVAILABLE,
    "302": Fault.TIMEOUT,
    "500": Fault.GLOBAL_MAX_CONCURRENT_REQ,
    "501": Fault.GLOBAL_MAX_CONCURRENT_REQ_TIME,
    "600": Fault.MS_MAX_CONCURRENT_REQ,
    "601": Fault.MS_MAX_CONCURRENT_REQ_TIME,
}
EXPECTED = {
    "100": (Outcome.VALID, None),
    "200": (Outcome.INVALID, None),
    "201": (Outcome.MALFORMED, Fault.INVALID_INPUT),
    "202": (Outcome.REQUESTER_INVALID, Fault.INVALID_REQUESTER_INFO),
    "400": (Outcome.BLOCKED, Fault.VAT_BLOCKED),
    "401": (Outcome.BLOCKED, Fault.IP_BLOCKED),
    **{number: (Outcome.UNAVAILABLE, fault) for number, fault in LATER.items()},
}


def one_fault(vies, reply):
    """The next reply of the service is ``reply``."""
    vies.faults.add(lambda _request, _handler: reply)


def xml(text, status=200):
    return Response(text, status, content_type="text/xml; charset=UTF-8")


def test_every_test_number_is_expected():
    assert EXPECTED.keys() == TEST_NUMBERS.keys()


@pytest.mark.parametrize("number", EXPECTED)
def test_the_service_s_own_test_numbers(test_client, number):
    answer = test_client.check(f"FR{number}", COMPANY)
    assert (answer.outcome, answer.fault) == EXPECTED[number]


def test_valid_with_proof(client):
    answer = client.check("BE0477472701", COMPANY)
    assert answer.outcome is Outcome.VALID
    assert answer.name == "SRL Lumières de Gand"
    assert answer.address == "Korenmarkt 9\n9000 Gent"
    assert answer.date == datetime.now(ZoneInfo("Europe/Brussels")).date()
    assert answer.consultation_number.startswith("WAPI")


def test_each_consultation_has_its_number(client):
    numbers = {client.check("BE0477472701", COMPANY).consultation_number for _ in range(3)}
    assert len(numbers) == 3


def test_no_proof_without_requester(vies, client):
    answer = client.check("BE0477472701")
    assert (answer.outcome, answer.consultation_number) == (Outcome.VALID, "")
    assert b"requester" not in vies.seen[-1].body


def test_undisclosed_is_empty(client):
    answer = client.check("DE136695976", COMPANY)
    assert (answer.outcome, answer.name, answer.address) == (Outcome.VALID, "", "")


def test_invalid_has_its_proof_too(client):
    answer = client.check("PL1234567883", COMPANY)
    assert (answer.outcome, answer.name) == (Outcome.INVALID, "")
    assert answer.consultation_number


def test_greece_is_el(vies, client):
    for number in ("EL123456783", "GR123456783"):
        assert client.check(number, COMPANY).outcome is Outcome.VALID
    assert vies.asked == ["EL123456783", "EL123456783"]


def test_northern_ireland(client):
    assert client.check("XI123456782", COMPANY).outcome is Outcome.VALID
    assert client.check("GB123456782", COMPANY).outcome is Outcome.MALFORMED


@pytest.mark.parametrize("number", ["", "B", "BE", "BE1", "BE 0477472701", "0477472701", "BE" * 9])
def test_what_cannot_be_a_number_is_not_sent(vies, client, number):
    assert client.check(number, COMPANY) == Answer(Outcome.MALFORMED, Fault.INVALID_INPUT)
    assert vies.seen == []


def test_requester_that_cannot_be_one_is_not_sent(vies, client):
    assert client.check("BE0477472701", "12").outcome is Outcome.REQUESTER_INVALID
    assert vies.seen == []


def test_requester_unknown_to_vies(client):
    assert client.check("BE0477472701", "PL1234567883").outcome is Outcome.REQUESTER_INVALID


# -- nobody knows


def test_member_state_that_does_not_answer(vies, client):
    vies.states_down = {"BE"}
    answer = client.check("BE0477472701", COMPANY)
    assert (answer.outcome, answer.fault) == (Outcome.UNAVAILABLE, Fault.MS_UNAVAILABLE)
    assert not answer.concerns_all
    assert client.check("LU12345613", COMPANY).outcome is Outcome.VALID


@pytest.mark.parametrize(
    ("mode", "fault"),
    [("outage", Fault.NOT_VIES), ("html", Fault.NOT_VIES), ("hanging", Fault.NO_REPLY)],
)
def test_outage_is_never_an_answer(vies, client, mode, fault):
    vies.mode = mode
    answer = client.check("BE0477472701", COMPANY)
    assert answer == Answer(Outcome.UNAVAILABLE, fault)
    assert answer.concerns_all
    vies.let_go()
    vies.mode = "normal"
    assert client.check("BE0477472701", COMPANY).outcome is Outcome.VALID


def test_nobody_listens():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    answer = ViesClient(f"http://127.0.0.1:{port}/").check("BE0477472701")
    assert answer == Answer(Outcome.UNAVAILABLE, Fault.NO_CONNECTION)


def test_reply_that_trickles(vies):
    """Each chunk comes in time, the whole never does."""
    client = ViesClient(vies.url, connect_timeout=0.2, read_timeout=0.2)

    def trickle():
        while not vies._go_on.wait(0.05):
            yield b"<!-- -->"

    one_fault(vies, Response(trickle(), content_type="text/xml"))
    assert client.check("BE0477472701").fault is Fault.NO_REPLY


PAGE = '<html xmlns="http://www.w3.org/1999/xhtml"><body><p>valid</p></body></html>'
RESPONSE = f'<r:checkVatApproxResponse xmlns:r="{soap.TYPES}">{{}}</r:checkVatApproxResponse>'


def envelope(content):
    return f'<e:Envelope xmlns:e="{soap.ENVELOPE}"><e:Body>{content}</e:Body></e:Envelope>'


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no XML",
        PAGE,
        envelope(""),
        envelope(PAGE),
        envelope(RESPONSE.format("")),
        envelope(RESPONSE.format("<r:valid/>")),
        envelope(RESPONSE.format("<r:valid>false</r:valid>")),
        envelope(RESPONSE.format("<r:requestDate>soon</r:requestDate><r:valid>true</r:valid>")),
        envelope(RESPONSE.format("<r:valid>perhaps</r:valid>")),
        envelope("<checkVatApproxResponse><valid>false</valid></checkVatApproxResponse>"),
        f"<wrong>{envelope(RESPONSE.format('<r:valid>false</r:valid>'))}</wrong>",
        '<!DOCTYPE a [<!ENTITY b "false">]>' + envelope(RESPONSE.format("<r:valid>&b;</r:valid>")),
        "<!-- " + "x" * 300_000 + " -->" + envelope(RESPONSE.format("<r:valid>false</r:valid>")),
    ],
)
@pytest.mark.parametrize("status", [200, 500, 403])
def test_what_is_no_answer_is_unavailable(vies, client, text, status):
    one_fault(vies, xml(text, status))
    answer = client.check("BE0477472701", COMPANY)
    assert answer.outcome is Outcome.UNAVAILABLE
    assert answer.fault in (Fault.NOT_VIES, Fault.UNKNOWN)


def test_redirects_are_not_followed(vies, client):
    one_fault(vies, Response("", 302, headers={"Location": "/login"}))
    assert client.check("BE0477472701").fault is Fault.NOT_VIES
    assert len(vies.seen) == 1


def test_cut_reply(vies, client):
    vies.faults.add(faults.half_body)
    assert client.check("BE0477472701").outcome is Outcome.UNAVAILABLE


@pytest.mark.parametrize("status", [200, 500])
@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("MS_UNAVAILABLE        ", Fault.MS_UNAVAILABLE),
        ("{ 'INVALID_INPUT' }", Fault.INVALID_INPUT),
        ("MS_MAX_CONCURRENT_REQ_TIME", Fault.MS_MAX_CONCURRENT_REQ_TIME),
        ("SERVER_BUSY", Fault.UNKNOWN),
        ("", Fault.UNKNOWN),
    ],
)
def test_faults_as_they_were_seen(vies, client, text, fault, status):
    one_fault(vies, xml(soap.fault(text), status))
    assert client.check("BE0477472701", COMPANY).fault is fault


def test_only_ours_to_mend_and_blocks_are_not_unavailable():
    others = {Fault.INVALID_INPUT, Fault.INVALID_REQUESTER_INFO, Fault.VAT_BLOCKED,
              Fault.IP_BLOCKED}  # fmt: skip
    for fault in Fault:
        unavailable = Answer.of_fault(fault).outcome is Outcome.UNAVAILABLE
        assert unavailable == (fault not in others), fault
        assert fault_of(fault.value) is fault
        assert FAULT_TEXTS[fault]


# -- the way there


def test_certificate_is_checked(vies, tmp_path):
    certificate = make_certificate(tmp_path)
    with vies.running(tls=certificate) as url:
        assert ViesClient(url).check("LU12345613").fault is Fault.NO_CONNECTION
        answer = ViesClient(url, verify=certificate[0]).check("LU12345613")
    assert (answer.outcome, answer.name) == (Outcome.VALID, "MOSELLE VINS S.A.")


def test_nothing_is_fetched_but_the_answer(vies, client):
    client.check("BE0477472701", COMPANY)
    assert [(seen.method, seen.path) for seen in vies.seen] == [("POST", vies.path)]


def test_our_definitions_agree_with_the_service_s(vies):
    """A client made from the service's own definitions sends and reads the same."""
    url = vies.url.replace(vies.path, f"{ROOT}/checkVatService.wsdl")
    theirs, ours = zeep.Client(url), zeep.Client(str(WSDL))
    assert theirs.service._binding_options["address"] == vies.url
    for name in ("checkVatApprox", "checkVatApproxResponse"):
        elements = [
            client.get_element(f"{{{soap.TYPES}}}{name}").type.elements for client in (theirs, ours)
        ]
        first, second = ([(n, e.min_occurs) for n, e in one] for one in elements)
        assert first == second
    reply = theirs.service.checkVat(countryCode="LU", vatNumber="12345613")
    assert (reply.valid, reply.name) == (True, "MOSELLE VINS S.A.")


def test_the_simulator_knows_all_member_states():
    assert len(FORMS) == 28  # 27 and Northern Ireland
