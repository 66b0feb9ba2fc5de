"""What VIES can say about a VAT number, and what it means to us."""

import datetime
import re
from dataclasses import dataclass
from enum import StrEnum

from ..canonical.texts import _lt


class Outcome(StrEnum):
    VALID = "valid"
    INVALID = "invalid"
    UNAVAILABLE = "unavailable"  # nobody knows: ask again later; never to be read as invalid
    MALFORMED = "malformed"  # VIES has no such kind of number: asking again is useless
    REQUESTER_INVALID = "requester_invalid"  # our own number is not accepted
    BLOCKED = "blocked"  # VIES does not want to be asked by us


class Fault(StrEnum):
    """Why there is no answer. Those of the service stand in the documentation of its WSDL
    (``checkVatService.wsdl``); the last four are ours."""

    INVALID_INPUT = "INVALID_INPUT"
    INVALID_REQUESTER_INFO = "INVALID_REQUESTER_INFO"
    SERVICE_UNAVAILABLE = "SERVICE_UNAVAILABLE"
    MS_UNAVAILABLE = "MS_UNAVAILABLE"
    TIMEOUT = "TIMEOUT"
    VAT_BLOCKED = "VAT_BLOCKED"
    IP_BLOCKED = "IP_BLOCKED"
    GLOBAL_MAX_CONCURRENT_REQ = "GLOBAL_MAX_CONCURRENT_REQ"
    GLOBAL_MAX_CONCURRENT_REQ_TIME = "GLOBAL_MAX_CONCURRENT_REQ_TIME"
    MS_MAX_CONCURRENT_REQ = "MS_MAX_CONCURRENT_REQ"
    MS_MAX_CONCURRENT_REQ_TIME = "MS_MAX_CONCURRENT_REQ_TIME"

    NO_CONNECTION = "NO_CONNECTION"
    NO_REPLY = "NO_REPLY"  # in time
    NOT_VIES = "NOT_VIES"  # a page or another service's reply
    UNKNOWN = "UNKNOWN"  # a fault that the documentation does not name


# Each the end of "VIES gives no answer: ...".
FAULT_TEXTS = {
    Fault.INVALID_INPUT: _lt("it has no such kind of number"),
    Fault.INVALID_REQUESTER_INFO: _lt("it does not accept the VAT number of your own company"),
    Fault.SERVICE_UNAVAILABLE: _lt("the service is out of order"),
    Fault.MS_UNAVAILABLE: _lt("the register of the member state is out of order"),
    Fault.TIMEOUT: _lt("the register of the member state does not answer in time"),
    Fault.VAT_BLOCKED: _lt("it has blocked the VAT number of your own company"),
    Fault.IP_BLOCKED: _lt("it has blocked this server"),
    Fault.GLOBAL_MAX_CONCURRENT_REQ: _lt("too many people are asking"),
    Fault.GLOBAL_MAX_CONCURRENT_REQ_TIME: _lt("too many people are asking"),
    Fault.MS_MAX_CONCURRENT_REQ: _lt("too many people are asking the member state"),
    Fault.MS_MAX_CONCURRENT_REQ_TIME: _lt("too many people are asking the member state"),
    Fault.NO_CONNECTION: _lt("it cannot be reached"),
    Fault.NO_REPLY: _lt("it does not answer in time"),
    Fault.NOT_VIES: _lt("what it sends is no answer, perhaps it is being maintained"),
    Fault.UNKNOWN: _lt("it reports a fault that its documentation does not name"),
}
_OUTCOMES = {
    Fault.INVALID_INPUT: Outcome.MALFORMED,
    Fault.INVALID_REQUESTER_INFO: Outcome.REQUESTER_INVALID,
    Fault.VAT_BLOCKED: Outcome.BLOCKED,
    Fault.IP_BLOCKED: Outcome.BLOCKED,
}
# One member state does not answer; the others may.
_OF_ONE_STATE = {
    Fault.INVALID_INPUT,
    Fault.MS_UNAVAILABLE,
    Fault.TIMEOUT,
    Fault.MS_MAX_CONCURRENT_REQ,
    Fault.MS_MAX_CONCURRENT_REQ_TIME,
}
_CODE = re.compile("|".join(sorted(Fault, key=len, reverse=True)))


@dataclass(frozen=True)
class Answer:
    """One answer, or the lack of one.

    ``date`` is the day that VIES states; ``name`` and ``address`` (lines) are empty where
    the member state does not disclose them; ``consultation_number`` proves the question and
    its answer, and is given only to those who tell their own number.
    """

    outcome: Outcome
    fault: Fault | None = None
    date: datetime.date | None = None
    name: str = ""
    address: str = ""
    consultation_number: str = ""

    @classmethod
    def of_fault(cls, fault: Fault) -> "Answer":
        return cls(_OUTCOMES.get(fault, Outcome.UNAVAILABLE), fault)

    @property
    def concerns_all(self) -> bool:
        """Whether asking for other numbers now would end alike."""
        return self.fault is not None and self.fault not in _OF_ONE_STATE


def fault_of(text: str | None) -> Fault:
    """The fault that a faultstring names, whatever stands around it."""
    found = _CODE.search(text or "")
    return Fault(found.group()) if found else Fault.UNKNOWN
