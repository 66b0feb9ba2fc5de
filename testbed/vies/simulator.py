"""The register behind the service, and its troubles."""

import json
import re
import threading
from datetime import datetime
from pathlib import Path
from typing import ClassVar
from zoneinfo import ZoneInfo

from werkzeug.wrappers import Request, Response

from ..server import Service
from . import soap

ROOT = "/taxation_customs/vies"
LIVE, TEST = "checkVatService", "checkVatTestService"
UNDISCLOSED = "---"
BRUSSELS = ZoneInfo("Europe/Brussels")
MODES = ("normal", "outage", "html", "hanging")
LONGEST_HANG = 120.0  # seconds
HTML = """<!DOCTYPE html><html lang="en"><head><title>European Commission</title></head>
<body><h1>VIES is being maintained</h1><p>Please come back later.<br></p></body></html>"""

# Numbers of the test service; every other one is SERVICE_UNAVAILABLE there.
TEST_NUMBERS = {
    "100": "valid",
    "200": "invalid",
    "201": "INVALID_INPUT",
    "202": "INVALID_REQUESTER_INFO",
    "300": "SERVICE_UNAVAILABLE",
    "301": "MS_UNAVAILABLE",
    "302": "TIMEOUT",
    "400": "VAT_BLOCKED",
    "401": "IP_BLOCKED",
    "500": "GLOBAL_MAX_CONCURRENT_REQ",
    "501": "GLOBAL_MAX_CONCURRENT_REQ_TIME",
    "600": "MS_MAX_CONCURRENT_REQ",
    "601": "MS_MAX_CONCURRENT_REQ_TIME",
}
# How the member states write their numbers, without prefix.
FORMS = {
    "AT": r"U\d{8}", "BE": r"[01]\d{9}", "BG": r"\d{9,10}", "CY": r"\d{8}[A-Z]",
    "CZ": r"\d{8,10}", "DE": r"\d{9}", "DK": r"\d{8}", "EE": r"\d{9}", "EL": r"\d{9}",
    "ES": r"[A-Z0-9]\d{7}[A-Z0-9]", "FI": r"\d{8}", "FR": r"[A-Z0-9]{2}\d{9}",
    "HR": r"\d{11}", "HU": r"\d{8}", "IE": r"\d[A-Z0-9+*]\d{5}[A-Z]{1,2}", "IT": r"\d{11}",
    "LT": r"\d{9}|\d{12}", "LU": r"\d{8}", "LV": r"\d{11}", "MT": r"\d{8}",
    "NL": r"[A-Z0-9+*]{12}", "PL": r"\d{10}", "PT": r"\d{9}", "RO": r"\d{2,10}",
    "SE": r"\d{12}", "SI": r"\d{8}", "SK": r"\d{10}",
    "XI": r"\d{9}|\d{12}|GD\d{3}|HA\d{3}",
}  # fmt: skip


class ViesSimulator(Service):
    """Loads ``numbers.json`` where there is one: ``{"numbers": {number with prefix: entry}}``.

    An entry may have ``name`` and ``address`` (without: not disclosed), ``valid`` (false:
    not registered) and ``fault`` (a code that is answered instead). Every number that is
    not listed and has the form of its member state is registered, undisclosed; one of
    another form is INVALID_INPUT.

    ``mode`` is one of ``MODES``, also set by ``POST /mode/<mode>``; ``states_down`` are the
    member states that do not answer.
    """

    code = "vies"
    path: ClassVar[str] = f"{ROOT}/services/{LIVE}"

    def __init__(self, data: Path):
        super().__init__(data)
        path = data / "numbers.json"
        self.numbers: dict[str, dict] = (
            json.loads(path.read_text("utf-8"))["numbers"] if path.exists() else {}
        )
        self.states_down: set[str] = set()
        self.mode = "normal"
        self.asked: list[str] = []  # numbers, with prefix, that were asked
        self._consultations = 0
        self._go_on = threading.Event()

    def let_go(self) -> None:
        """End the requests that hang."""
        self._go_on.set()

    # -- requests

    def _serve(self, request: Request) -> Response:
        if request.path.startswith(f"{ROOT}/services/"):
            if self.mode == "hanging":  # without the lock: it must be switched back
                self._go_on.wait(LONGEST_HANG)
            if self.mode in ("outage", "hanging"):
                return Response("Service Unavailable", 503, mimetype="text/plain")
            if self.mode == "html":
                return Response(HTML, mimetype="text/html")
        return super()._serve(request)

    def handle(self, request: Request) -> Response:
        if request.path.startswith("/mode/"):
            return self._set_mode(request.path.removeprefix("/mode/"))
        for service in (LIVE, TEST):
            if request.path == f"{ROOT}/{service}.wsdl":
                location = f"{request.host_url.rstrip('/')}{ROOT}/services/{service}"
                return _xml(soap.wsdl(location))
            if request.path == f"{ROOT}/services/{service}" and request.method == "POST":
                return self._answer(service, request.data)
        return Response("Not Found", 404, mimetype="text/plain")

    def _set_mode(self, mode: str) -> Response:
        if mode not in MODES:
            return Response(f"One of {', '.join(MODES)}", 404, mimetype="text/plain")
        self.mode = mode
        return Response(mode, mimetype="text/plain")

    def _answer(self, service: str, body: bytes) -> Response:
        try:
            operation, asked = soap.read(body)
        except soap.NotSoap as error:
            return _xml(soap.fault(str(error), "Client"), 500)
        country, number = asked.get("countryCode", ""), asked.get("vatNumber", "")
        self.asked.append(country + number)
        if service == TEST:
            verdict, entry = TEST_NUMBERS.get(number, "SERVICE_UNAVAILABLE"), {}
        else:
            verdict, entry = self._look_up(country, number, asked)
        if verdict not in ("valid", "invalid"):
            return _xml(soap.fault(verdict), 500)
        told = self._tell(operation, asked, verdict == "valid", entry)
        return _xml(soap.response(operation, told))

    def _look_up(self, country: str, number: str, asked: dict[str, str]) -> tuple[str, dict]:
        """("valid", "invalid" or a fault, entry of the register)."""
        entry = self.numbers.get(country + number, {})
        if not _has_form(country, number):
            return "INVALID_INPUT", {}
        if not self._accepts(asked):
            return "INVALID_REQUESTER_INFO", {}
        if country in self.states_down:
            return "MS_UNAVAILABLE", {}
        if "fault" in entry:
            return entry["fault"], {}
        return ("valid" if entry.get("valid", True) else "invalid"), entry

    def _accepts(self, asked: dict[str, str]) -> bool:
        country = asked.get("requesterCountryCode", "")
        number = asked.get("requesterVatNumber", "")
        if not country and not number:
            return True
        entry = self.numbers.get(country + number, {})
        return _has_form(country, number) and entry.get("valid", True)

    def _tell(self, operation, asked, valid, entry) -> list[tuple[str, str]]:
        """A number that is not registered has neither name nor address."""
        name = entry.get("name", UNDISCLOSED) if valid else UNDISCLOSED
        address = entry.get("address", UNDISCLOSED) if valid else UNDISCLOSED
        told = [
            ("countryCode", asked["countryCode"]),
            ("vatNumber", asked["vatNumber"]),
            ("requestDate", _today()),
            ("valid", "true" if valid else "false"),
        ]
        if operation == "checkVat":
            return [*told, ("name", name), ("address", address)]
        return [
            *told,
            ("traderName", name),
            ("traderCompanyType", UNDISCLOSED),
            ("traderAddress", address),
            ("requestIdentifier", self._consultation(asked)),
        ]

    def _consultation(self, asked: dict[str, str]) -> str:
        """Only for those who say who they are."""
        if not asked.get("requesterVatNumber"):
            return ""
        self._consultations += 1
        return f"WAPIAAAA{self._consultations:08X}"


def _today() -> str:
    """With the offset of Brussels, as the service states it."""
    now = datetime.now(BRUSSELS).isoformat()
    return now[:10] + now[-6:]


def _has_form(country: str, number: str) -> bool:
    return country in FORMS and re.fullmatch(FORMS[country], number) is not None


def _xml(text: str, status: int = 200) -> Response:
    return Response(text, status, content_type="text/xml; charset=UTF-8")
