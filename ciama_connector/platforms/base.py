"""What every platform offers: the contract between a shop system and the rest.

A platform is a folder with a :class:`Connector` subclass and one line in
``registry.py``. The shop form, the contract tests and the docs read what they need
from its :class:`Platform` description.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar

from ..canonical import Order
from .errors import BadReply, MissingPermission, NotFound, WrongPlatform
from .http import Transport
from .sites import site_address


@dataclass(frozen=True)
class Credential:
    """A field of the shop form that this platform needs."""

    name: str
    label: str
    help: str = ""
    secret: bool = True
    required: bool = True


@dataclass(frozen=True)
class Right:
    """Something that the credentials must allow, as the shop's own screens name it."""

    code: str
    label: str
    why: str = ""
    needed: bool = True  # no order can be pulled without it


@dataclass(frozen=True)
class RightCheck:
    """What the shop answered when the right was tried; ``granted`` is None where it could
    not be tried. ``message`` says how to mend it."""

    right: Right
    granted: bool | None
    message: str = ""


@dataclass(frozen=True)
class Step:
    """One step on the way to the credentials, in the shop's own back office. ``path`` are
    the menu entries to click, ``fields`` what to fill in there: {label: value}."""

    title: str
    path: tuple[str, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    text: str = ""


@dataclass(frozen=True)
class Platform:
    """The self-description of a shop system. Its logo is
    ``static/img/platforms/<code>.svg``."""

    code: str
    label: str
    credentials: tuple[Credential, ...]
    rights: tuple[Right, ...] = ()
    steps: tuple[Step, ...] = ()
    url_help: str = ""
    default_url: str = ""  # the address that all shops of the platform share
    page_size: int = 100
    throttle: float = 0.0  # least seconds between two requests of one shop
    bulk: bool = False  # has a mass export for large backfills
    api_version: str = ""


@dataclass(frozen=True)
class ShopConfig:
    """How to reach one shop. ``facts`` are those of the last successful check."""

    url: str
    credentials: Mapping[str, str] = field(repr=False)
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ShopFacts:
    """What a connection test learned; JSON-serialisable through :meth:`as_dict`."""

    name: str
    version: str = ""
    currency: str = ""
    timezone: str = "UTC"
    languages: tuple[str, ...] = ()
    prices_include_tax: bool | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "version": self.version,
            "currency": self.currency,
            "timezone": self.timezone,
            "languages": list(self.languages),
            "prices_include_tax": self.prices_include_tax,
            "extra": dict(self.extra),
        }


@dataclass(frozen=True)
class ShopValue:
    """A word of the shop that has a mapping: ``value`` as normalized orders spell it."""

    value: str
    label: str = ""


@dataclass(frozen=True)
class ShopVocabulary:
    """What the shop says it offers; empty where its API does not tell."""

    payment_methods: tuple[ShopValue, ...] = ()
    carriers: tuple[ShopValue, ...] = ()
    statuses: tuple[ShopValue, ...] = ()
    groups: tuple[ShopValue, ...] = ()


@dataclass(frozen=True)
class RawOrder:
    """An order as the shop told it: ``payload`` is JSON-serialisable and holds all that
    ``normalize`` needs, related resources included, so that it can be replayed at any
    time without the shop."""

    external_id: str
    updated_at: datetime  # aware UTC
    payload: dict[str, Any]
    number: str = ""


@dataclass(frozen=True)
class Page:
    """Changed orders and the cursor to store *with* them: a pull that starts there sees
    every later change. ``orders`` may repeat an order that was seen before."""

    orders: tuple[RawOrder, ...]
    cursor: str


# Shops write 1970 for "never": such an order, too, is to be found.
BEGINNING = datetime(1969, 12, 31, tzinfo=UTC)


def window_start(since: datetime | None) -> datetime:
    """Aware UTC start of a pull without a cursor."""
    return (since or BEGINNING).astimezone(UTC)


@contextmanager
def expected_platform(otherwise: str) -> Iterator[None]:
    """Around the first calls: whoever answers them differently is another system, which the
    sentence ``otherwise`` says. Raises WrongPlatform."""
    try:
        yield
    except (BadReply, NotFound) as error:
        raise WrongPlatform(otherwise, status=error.status) from error


def tried(right: Right, attempt: Callable[[], Any]) -> RightCheck:
    """Whether the shop lets ``attempt``, the least request that needs ``right``, through."""
    try:
        attempt()
    except MissingPermission as error:
        return RightCheck(right, False, error.message)
    return RightCheck(right, True)


class Connector(ABC):
    """One shop. Cheap to build, opens no connection until it is asked something.

    All methods raise :class:`.errors.PlatformError` subclasses for trouble with the
    shop; ``normalize`` raises :class:`..canonical.Problem` for trouble with one order.
    """

    platform: ClassVar[Platform]

    def __init__(self, config: ShopConfig, transport: Transport):
        self.config = config
        self.transport = transport

    @classmethod
    def site(cls, url: str) -> str:
        """The address of the shop, without a slash at its end, in what people paste: a page
        of its back office, or one without ``https://``. ValueError where it is none."""
        return site_address(url)

    @abstractmethod
    def check(self) -> ShopFacts:
        """Prove URL, credentials and every permission the pull needs."""

    @abstractmethod
    def pull(
        self, cursor: str | None, *, since: datetime | None = None, page_size: int | None = None
    ) -> Iterator[Page]:
        """Yield pages of all orders changed after ``cursor`` (opaque, from the last
        page), or since ``since`` where there is none. Ends when nothing newer is left;
        yields nothing at all, or one page without orders, when nothing changed.
        An order edited while the pages are walked is never lost."""

    @abstractmethod
    def fetch(self, reference: str) -> RawOrder:
        """One order by its external id or its number as customers quote it.

        Raises NotFound.
        """

    @abstractmethod
    def check_rights(self) -> tuple[RightCheck, ...]:
        """Each of ``platform.rights``, tried one by one with the least request that needs
        it. A refused right is an answer, not an error; raises where the shop cannot be
        reached or does not know the credentials at all."""

    def vocabulary(self) -> ShopVocabulary:
        """The payment methods, carriers, statuses and customer groups that the shop is set
        up with. What its rights do not show is left empty."""
        return ShopVocabulary()

    @abstractmethod
    def latest(self, limit: int = 10) -> tuple[RawOrder, ...]:
        """The orders placed last, newest first; at most ``limit``, in few calls."""

    def count(self, since: datetime, until: datetime) -> int | None:
        """How many orders were placed from ``since`` up to, not including, ``until`` (aware
        UTC); those that a pull would never show are left out. None where the shop cannot
        tell in a few calls."""
        return None

    @classmethod
    @abstractmethod
    def normalize(cls, payload: Mapping[str, Any]) -> Order:
        """``RawOrder.payload`` as canonical order; pure, no I/O, raises Problem."""

    def admin_url(self, external_id: str) -> str:
        """Page of the order in the shop's own back office; empty where unknown."""
        return ""
