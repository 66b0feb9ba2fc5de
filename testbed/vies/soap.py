"""VIES's words: its definitions, its requests, its replies. SOAP 1.1, document/literal."""

import xml.etree.ElementTree as ET
from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

SERVICE = "urn:ec.europa.eu:taxud:vies:services:checkVat"
TYPES = f"{SERVICE}:types"
ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"

_ASKED = ("countryCode", "vatNumber")
_OPTIONAL = (
    "traderName", "traderCompanyType", "traderStreet", "traderPostcode", "traderCity",
    "requesterCountryCode", "requesterVatNumber",
)  # fmt: skip
_TOLD = (("countryCode", "string"), ("vatNumber", "string"), ("requestDate", "date"),
         ("valid", "boolean"))  # fmt: skip
_TRADER = (
    "traderName", "traderCompanyType", "traderAddress", "traderStreet", "traderPostcode",
    "traderCity", "traderNameMatch", "traderCompanyTypeMatch", "traderStreetMatch",
    "traderPostcodeMatch", "traderCityMatch",
)  # fmt: skip


class NotSoap(ValueError):
    """The request is none that the service has an operation for."""


def read(body: bytes) -> tuple[str, dict[str, str]]:
    """(operation, {element: text}) of a request; raises NotSoap."""
    try:
        root = ET.fromstring(body)
    except ET.ParseError as error:
        raise NotSoap("no XML") from error
    operations = root.findall(f"{{{ENVELOPE}}}Body/*")
    known = {f"{{{TYPES}}}{name}": name for name in ("checkVat", "checkVatApprox")}
    if root.tag != f"{{{ENVELOPE}}}Envelope" or len(operations) != 1:
        raise NotSoap("no envelope with one operation")
    if operations[0].tag not in known:
        raise NotSoap("unknown operation")
    values = {child.tag.removeprefix(f"{{{TYPES}}}"): child.text or "" for child in operations[0]}
    return known[operations[0].tag], values


def response(operation: str, values: Iterable[tuple[str, str]]) -> str:
    """``values`` are in the order of the interface."""
    elements = "".join(f"<ns2:{name}>{escape(text)}</ns2:{name}>" for name, text in values)
    name = f"ns2:{operation}Response"
    return _envelope(f"<{name} xmlns:ns2={quoteattr(TYPES)}>{elements}</{name}>")


def fault(code: str, blame: str = "Server") -> str:
    return _envelope(
        f"<env:Fault><faultcode>env:{blame}</faultcode>"
        f"<faultstring>{escape(code)}</faultstring></env:Fault>"
    )


def _envelope(content: str) -> str:
    return (
        f'<env:Envelope xmlns:env="{ENVELOPE}"><env:Header/>'
        f"<env:Body>{content}</env:Body></env:Envelope>"
    )


# -- the definitions


def wsdl(location: str) -> str:
    """The interface of the service at ``location``."""
    simple = (*((name, "string", 1) for name in _ASKED),)
    approx = (*simple, *((name, "string", 0) for name in _OPTIONAL))
    told = tuple((name, kind, 1) for name, kind in _TOLD)
    elements = (
        _element("checkVat", simple),
        _element("checkVatResponse", (*told, ("name", "string", 0), ("address", "string", 0))),
        _element("checkVatApprox", approx),
        _element(
            "checkVatApproxResponse",
            (*told, *((name, "string", 0) for name in _TRADER), ("requestIdentifier", "string", 1)),
        ),
    )
    operations = ("checkVat", "checkVatApprox")
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/"
  xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xsd="http://www.w3.org/2001/XMLSchema"
  xmlns:impl="{SERVICE}" xmlns:tns1="{TYPES}" targetNamespace="{SERVICE}">
<wsdl:types><xsd:schema targetNamespace="{TYPES}" elementFormDefault="qualified">
{"".join(elements)}</xsd:schema></wsdl:types>
{"".join(_messages(name) for name in operations)}
<wsdl:portType name="checkVatPortType">{"".join(_port(name) for name in operations)}</wsdl:portType>
<wsdl:binding name="checkVatBinding" type="impl:checkVatPortType">
<soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
{"".join(_bound(name) for name in operations)}</wsdl:binding>
<wsdl:service name="checkVatService"><wsdl:port name="checkVatPort" binding="impl:checkVatBinding">
<soap:address location={quoteattr(location)}/></wsdl:port></wsdl:service>
</wsdl:definitions>
"""


def _element(name, children) -> str:
    optional = ' minOccurs="0" nillable="true"'
    rows = "".join(
        f'<xsd:element name="{child}" type="xsd:{kind}"{"" if least else optional}/>'
        for child, kind, least in children
    )
    return (
        f'<xsd:element name="{name}"><xsd:complexType><xsd:sequence>{rows}'
        "</xsd:sequence></xsd:complexType></xsd:element>\n"
    )


def _messages(operation) -> str:
    return "".join(
        f'<wsdl:message name="{operation}{kind}">'
        f'<wsdl:part name="parameters" element="tns1:{operation}{element}"/></wsdl:message>'
        for kind, element in (("Request", ""), ("Response", "Response"))
    )


def _port(operation) -> str:
    return (
        f'<wsdl:operation name="{operation}">'
        f'<wsdl:input message="impl:{operation}Request"/>'
        f'<wsdl:output message="impl:{operation}Response"/></wsdl:operation>'
    )


def _bound(operation) -> str:
    return (
        f'<wsdl:operation name="{operation}"><soap:operation soapAction=""/>'
        '<wsdl:input><soap:body use="literal"/></wsdl:input>'
        '<wsdl:output><soap:body use="literal"/></wsdl:output></wsdl:operation>'
    )
