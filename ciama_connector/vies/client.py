"""Ask VIES for one number: SOAP through zeep, within a time, and nothing taken for an answer
that is none."""

import re
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import lxml.etree
import requests
import zeep
import zeep.exceptions

from .answers import Answer, Fault, Outcome, fault_of

DEFAULT_URL = "https://ec.europa.eu/taxation_customs/vies/services/checkVatService"
WSDL = Path(__file__).parent / "checkVatService.wsdl"
BINDING = "{urn:ec.europa.eu:taxud:vies:services:checkVat}checkVatBinding"
CONNECT_TIMEOUT = 10.0
READ_TIMEOUT = 30.0  # VIES itself waits some 20 s for a member state
MAX_REPLY_BYTES = 256 * 1024
UNDISCLOSED = "---"
# The service's own patterns of countryCode and vatNumber.
_NUMBER = re.compile(r"([A-Z]{2})([0-9A-Za-z+*.]{2,12})")
_SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"
_TYPES = "{urn:ec.europa.eu:taxud:vies:services:checkVat:types}"
_BOOLEANS = ("true", "false", "1", "0")


class _NotVies(Exception):
    """What came back is no reply of the service."""


class ViesClient:
    """Asks one number after the other; one client per job.

    ``url`` is the address of the service. ``read_timeout`` (seconds) is for the whole
    reply; ``verify`` as for ``requests``. Nothing is downloaded but the answers.
    """

    def __init__(
        self,
        url: str = DEFAULT_URL,
        *,
        connect_timeout: float = CONNECT_TIMEOUT,
        read_timeout: float = READ_TIMEOUT,
        verify: bool | str = True,
    ):
        self._transport = _Transport(connect_timeout, read_timeout, verify)
        settings = zeep.Settings(forbid_dtd=True, strict=False)
        client = zeep.Client(str(WSDL), transport=self._transport, settings=settings)
        self._service = client.create_service(BINDING, url)

    def close(self) -> None:
        self._transport.session.close()

    def check(self, number: str, requester: str = "") -> Answer:
        """What VIES says about ``number``, asked in the name of ``requester``.

        Both with prefix: ``BE0477472701``, ``EL…`` or ``GR…`` for Greece. Raises nothing
        for what goes wrong on the way; that is an :class:`Answer` too.
        """
        asked, asking = _split(number), _split(requester) if requester else None
        if not asked:
            return Answer.of_fault(Fault.INVALID_INPUT)
        if requester and not asking:
            return Answer.of_fault(Fault.INVALID_REQUESTER_INFO)
        values = dict(zip(("countryCode", "vatNumber"), asked, strict=True))
        if asking:
            values |= zip(("requesterCountryCode", "requesterVatNumber"), asking, strict=True)
        try:
            return _answer(self._service.checkVatApprox(**values))
        except zeep.exceptions.Fault as error:
            fault = fault_of(error.message)
        except requests.Timeout:
            fault = Fault.NO_REPLY
        except requests.RequestException:
            fault = Fault.NO_CONNECTION
        except (_NotVies, zeep.exceptions.Error, lxml.etree.LxmlError, ValueError, TypeError):
            fault = Fault.NOT_VIES
        return Answer.of_fault(fault)


def _split(number: str) -> tuple[str, str] | None:
    """(countryCode, vatNumber) as VIES wants them."""
    found = _NUMBER.fullmatch(number)
    if not found:
        return None
    country, rest = found.groups()
    return "EL" if country == "GR" else country, rest


def _answer(reply) -> Answer:
    return Answer(
        Outcome.VALID if reply.valid else Outcome.INVALID,
        date=date.fromisoformat(reply.requestDate[:10]),
        name=_disclosed(reply.traderName),
        address=_disclosed(reply.traderAddress),
        consultation_number=_disclosed(reply.requestIdentifier),
    )


def _disclosed(text: str | None) -> str:
    text = (text or "").strip()
    return "" if text == UNDISCLOSED else text


@dataclass(frozen=True)
class _Reply:
    """What zeep reads of a reply."""

    status_code: int
    content: bytes
    headers: dict[str, str]
    encoding: str = "utf-8"


class _Transport(zeep.Transport):
    """zeep has no time limit for a reply that trickles, takes any XML for an answer, and
    follows redirects, which turn the question into a plain page request."""

    def __init__(self, connect_timeout: float, read_timeout: float, verify: bool | str):
        super().__init__()
        self.session.headers["User-Agent"] = "ciama_connector"
        self._verify = verify
        self._connect_timeout = connect_timeout
        self._read_timeout = read_timeout

    def post(self, address, message, headers):
        deadline = time.monotonic() + self._connect_timeout + self._read_timeout
        with self.session.post(
            address,
            data=message,
            headers=headers,
            timeout=(self._connect_timeout, self._read_timeout),
            verify=self._verify,  # of the session, the environment could overrule it
            allow_redirects=False,
            stream=True,
        ) as reply:
            content = _read(reply, deadline)
            _check_is_answer(content)
            return _Reply(reply.status_code, content, {"Content-Type": "text/xml"})


def _read(reply: requests.Response, deadline: float) -> bytes:
    content = b""
    for chunk in reply.iter_content(8192):
        content += chunk
        if len(content) > MAX_REPLY_BYTES:
            raise _NotVies
        if time.monotonic() > deadline:
            raise requests.ReadTimeout
    return content


def _check_is_answer(content: bytes) -> None:
    """A SOAP envelope with a fault, or with the response to our question.

    zeep reads a ``valid`` that is neither true nor false as False; here that would be the
    word "invalid" about a customer.
    """
    parser = lxml.etree.XMLParser(resolve_entities=False, no_network=True)
    body = lxml.etree.fromstring(content, parser).find(f"{_SOAP}Body")
    if body is None or body.getparent().tag != f"{_SOAP}Envelope":
        raise _NotVies
    if body.find(f"{_SOAP}Fault") is not None:
        return
    valid = body.findtext(f"{_TYPES}checkVatApproxResponse/{_TYPES}valid")
    if (valid or "").strip() not in _BOOLEANS:
        raise _NotVies
