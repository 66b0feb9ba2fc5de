"""The one way out: HTTP with reuse, time-outs, retries, limits and a journal."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any

import requests
import urllib3

from ..canonical.texts import _lt
from .errors import BadReply, CertificateError, Throttled, Unavailable, WrongUrl
from .redact import redact_body, redact_url

CONNECT_TIMEOUT = 10.0
READ_TIMEOUT = 60.0
MAX_REPLY_BYTES = 64 * 1024 * 1024
MAX_TRIES = 4
BACKOFF_SECONDS = 1.0  # doubled at each try
LONGEST_WAIT = 30.0  # a longer Retry-After is the queue's business, not a worker's
LONGEST_ASKED = 86_400.0  # no Retry-After is taken for more than a day
RETRIED_STATUSES = frozenset({429, 500, 502, 503, 504})
_CHUNK = 64 * 1024
_NO_ADDRESS = (
    requests.exceptions.InvalidURL,
    requests.exceptions.MissingSchema,
    requests.exceptions.InvalidSchema,
    urllib3.exceptions.LocationParseError,  # requests lets it through
)


@dataclass(frozen=True)
class Exchange:
    """One request and its outcome, for the journal; holds no secret.

    ``started_at`` aware UTC, ``duration`` seconds, sizes bytes, ``body`` an excerpt
    without personal data and only where the exchange failed.
    """

    started_at: datetime
    method: str
    url: str
    status: int | None
    duration: float
    request_size: int
    reply_size: int
    request_id: str = ""
    error: str = ""
    body: str = ""


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    content: bytes
    url: str  # without secrets

    @property
    def text(self) -> str:
        return self.content.decode("utf-8", errors="replace")

    @property
    def date(self) -> datetime:
        """The server's clock (aware UTC); ours where it tells none."""
        try:
            return parsedate_to_datetime(self.headers["Date"]).astimezone(UTC)
        except (KeyError, ValueError, TypeError):
            return datetime.now(UTC)

    def json(self) -> Any:
        """The decoded body, fractions as ``Decimal``; BadReply where it is not JSON."""
        try:
            return json.loads(self.content, parse_float=Decimal)
        except (ValueError, RecursionError) as error:
            raise BadReply(
                _lt("The shop's reply is not JSON (%(url)s).", url=self.url), status=self.status
            ) from error


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds from a Retry-After header (number or HTTP date), None without one."""
    value = headers.get("Retry-After", "").strip()
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError, OverflowError):
            return None
    return None if seconds != seconds else min(max(0.0, seconds), LONGEST_ASKED)


class Transport:
    """A session with one shop. Not thread-safe; one per job.

    ``journal`` gets every :class:`Exchange`; ``secrets`` are strings that must not
    appear in it; ``throttle`` is the least time between two requests in seconds.
    ``clock`` and ``sleep`` are there for tests.
    """

    def __init__(  # noqa: PLR0913  # each has its default
        self,
        *,
        journal: Callable[[Exchange], None] | None = None,
        secrets: tuple[str, ...] = (),
        throttle: float = 0.0,
        verify: bool | str = True,
        max_tries: int = MAX_TRIES,
        read_timeout: float = READ_TIMEOUT,
        max_reply_bytes: int = MAX_REPLY_BYTES,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ):
        self.calls = 0
        self._journal = journal or (lambda exchange: None)
        self._secrets = tuple(secret for secret in secrets if secret)
        self._throttle = throttle
        self._max_tries = max_tries
        self._timeout = (CONNECT_TIMEOUT, read_timeout)
        self._max_reply_bytes = max_reply_bytes
        self._sleep = sleep
        self._clock = clock
        self._last_request = float("-inf")
        self._session = requests.Session()
        self._session.verify = verify
        self._session.headers["User-Agent"] = "ciama_connector"

    def add_secret(self, secret: str) -> None:
        """Keep ``secret`` (a token just received) out of the journal."""
        if secret and secret not in self._secrets:
            self._secrets += (secret,)

    def close(self) -> None:
        self._session.close()

    def request(  # noqa: PLR0913  # as those of requests
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        json_body: Any = None,
        data: bytes | Mapping[str, str] | None = None,
        auth: Any = None,
        sign: Callable[[requests.PreparedRequest], None] | None = None,
        retry_statuses: frozenset[int] = RETRIED_STATUSES,
        throttled: Callable[[Reply], float | None] | None = None,
    ) -> Reply:
        """Send and return the reply, whatever its status, after the retries.

        ``sign`` is called on each prepared request just before it goes out (for
        signatures with a nonce). Retries network errors and ``retry_statuses`` with
        backoff, or as long as Retry-After says; so only send what may be repeated.
        ``throttled`` is for APIs that ask for patience in the body: seconds to wait
        before the next try, None for a reply that is final.
        Raises WrongUrl, CertificateError, Unavailable, Throttled, BadReply.
        """
        request = requests.Request(
            method, url, params=params, headers=dict(headers or {}), json=json_body,
            data=data, auth=auth,
        )  # fmt: skip
        for attempt in range(1, self._max_tries + 1):
            try:
                reply = self._send(request, sign)
            except Unavailable:
                if attempt == self._max_tries:
                    raise
                self._sleep(BACKOFF_SECONDS * 2 ** (attempt - 1))
                continue
            asked = throttled(reply) if throttled else None
            if reply.status not in retry_statuses and asked is None:
                return reply
            wait = _retry_after(reply.headers) if asked is None else asked
            if attempt == self._max_tries or (wait or 0) > LONGEST_WAIT:
                return self._give_up(reply, wait, asked is not None)
            self._sleep(BACKOFF_SECONDS * 2 ** (attempt - 1) if wait is None else wait)
        raise AssertionError("unreachable")

    def wait(self, seconds: float) -> None:
        """Sleep, for APIs whose results take a while."""
        self._sleep(seconds)

    def _give_up(self, reply: Reply, wait: float | None, throttled: bool) -> Reply:
        if reply.status == 429 or throttled:
            raise Throttled(
                _lt("The shop asks for fewer requests; the pull goes on later."),
                status=reply.status,
                retry_after=60.0 if wait is None else wait,
            )
        return reply

    def _send(self, request: requests.Request, sign) -> Reply:
        try:
            prepared = self._session.prepare_request(request)
        except _NO_ADDRESS as exc:
            raise WrongUrl(_lt("This is not a web address.")) from exc
        if sign:
            sign(prepared)
        self._wait_for_throttle()
        started_at, start = datetime.now(UTC), self._clock()
        self.calls += 1
        status, content, headers, error = None, b"", {}, None
        try:
            settings = self._session.merge_environment_settings(
                prepared.url, {}, True, self._session.verify, None
            )
            with self._session.send(
                prepared, timeout=self._timeout, allow_redirects=False, **settings
            ) as response:
                status, headers = response.status_code, response.headers
                content = self._read(response)
        except requests.exceptions.SSLError as exc:
            error = self._tls_error(exc)
            raise error from exc
        except requests.exceptions.ConnectionError as exc:
            error = self._connection_error(exc)
            raise error from exc
        except _NO_ADDRESS as exc:
            error = WrongUrl(_lt("This is not a web address."))
            raise error from exc
        except requests.exceptions.RequestException as exc:
            error = Unavailable(
                _lt("The connection to the shop broke (%(error)s).", error=type(exc).__name__)
            )
            raise error from exc
        except BadReply as exc:
            error = exc
            raise
        finally:
            self._record(prepared, started_at, start, status, content, headers, error)
        return Reply(status, headers, content, redact_url(prepared.url, self._secrets))

    @staticmethod
    def _tls_error(exc: Exception):
        if "CERTIFICATE_VERIFY_FAILED" in str(exc):
            return CertificateError(_lt("The shop's TLS certificate is not trusted."))
        return Unavailable(_lt("A secure connection to the shop could not be made."))

    @staticmethod
    def _connection_error(exc: Exception):
        text = str(exc)
        if "Temporary failure in name resolution" in text:
            return Unavailable(_lt("The server's name cannot be looked up at the moment."))
        if "NameResolution" in text or "Name or service not known" in text:
            return WrongUrl(_lt("No server of this name exists."))
        if "Connection refused" in text:
            return Unavailable(_lt("Nothing answers at this address (connection refused)."))
        return Unavailable(_lt("The connection to the shop broke."))

    def _read(self, response: requests.Response) -> bytes:
        chunks, size = [], 0
        for chunk in response.iter_content(_CHUNK):
            size += len(chunk)
            if size > self._max_reply_bytes:
                raise BadReply(_lt("The shop's reply is too large."), status=response.status_code)
            chunks.append(chunk)
        announced = response.headers.get("Content-Length", "")
        whole = response.request.method == "HEAD" or "Content-Encoding" in response.headers
        if not whole and announced.isdigit() and size < int(announced):
            raise BadReply(_lt("The shop's reply broke off."), status=response.status_code)
        return b"".join(chunks)

    def _wait_for_throttle(self) -> None:
        wait = self._last_request + self._throttle - self._clock()
        if wait > 0:
            self._sleep(wait)
        self._last_request = self._clock()

    def _record(self, prepared, started_at, start, status, content, headers, error) -> None:
        failed = error is not None or status is None or status >= 400
        self._journal(
            Exchange(
                started_at=started_at,
                method=prepared.method,
                url=redact_url(prepared.url, self._secrets),
                status=status,
                duration=self._clock() - start,
                request_size=len(prepared.body or b""),
                reply_size=len(content),
                request_id=headers.get("X-Request-Id") or headers.get("X-Wix-Request-Id") or "",
                error=str(error) if error else "",
                body=redact_body(content, self._secrets) if failed else "",
            )
        )
