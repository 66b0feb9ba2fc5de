"""The one transport: reuse, limits, retries, throttle, journal."""

import gzip
import socket
import threading
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests
from werkzeug.wrappers import Response

from ciama_connector.platforms import errors
from ciama_connector.platforms.http import LONGEST_ASKED, Reply, Transport
from testbed import faults
from testbed.server import Simulator

from ..tls import make_certificate


class Echo(Simulator):
    """Answers with what it got, or with ``reply``."""

    code = "echo"
    credentials = {}

    def __init__(self):
        super().__init__(None)
        self.reply = None

    def handle(self, request):
        if self.reply:
            return self.reply
        reply = Response(request.get_data(), mimetype="application/json")
        reply.headers["X-Request-Id"] = f"request-{len(self.seen)}"
        return reply

    order_ids = touch = grow = None


@pytest.fixture
def echo():
    return Echo()


@pytest.fixture
def url(echo):
    with echo.running() as address:
        yield address


@pytest.fixture
def sleeps():
    return []


@pytest.fixture
def journal():
    return []


@pytest.fixture
def transport(sleeps, journal):
    def build(**options):
        return Transport(**{"sleep": sleeps.append, "journal": journal.append} | options)

    return build


def status(code, **headers):
    """A fault that answers with a status."""
    return lambda request, handler: Response(
        '{"errors": "no"}', code, mimetype="application/json", headers=headers
    )


# -- connections


class _KeptAlive(BaseHTTPRequestHandler):
    """Keeps connections open, which the simulated shops' server does not."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.ports.append(self.client_address[1])
        self.send_response(self.server.statuses.pop(0))
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *args):
        """Quiet."""


def test_one_connection_serves_all_requests(transport):
    with ThreadingHTTPServer(("127.0.0.1", 0), _KeptAlive) as server:
        server.ports, server.statuses = [], [200, 404, 500, 200, 200]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        client = transport()
        address = f"http://127.0.0.1:{server.server_port}/"
        assert [client.request("GET", address).status for _ in range(4)] == [200, 404, 200, 200]
        client.close()
        server.shutdown()
        thread.join()
    assert len(server.ports) == client.calls == 5
    assert len(set(server.ports)) == 1


def test_redirects_are_not_followed(echo, url, transport):
    """A redirect to elsewhere would take the shop's key along."""
    echo.reply = Response("", 302, headers={"Location": "http://127.0.0.1:9/"})
    reply = transport().request("GET", url)
    assert (reply.status, reply.headers["Location"]) == (302, "http://127.0.0.1:9/")


def test_a_slow_reply_times_out_and_is_tried_again(echo, url, transport, sleeps, journal):
    echo.faults.add(faults.slow(1.0), times=2)
    client = transport(read_timeout=0.1, max_tries=2)
    with pytest.raises(errors.Unavailable, match="broke"):
        client.request("GET", url)
    assert sleeps == [1.0]
    assert [exchange.status for exchange in journal] == [None, None]


def test_nothing_answers(transport, sleeps):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(errors.Unavailable, match="connection refused"):
        transport().request("GET", f"http://127.0.0.1:{port}/")
    assert sleeps == [1.0, 2.0, 4.0]


@pytest.mark.parametrize(
    ("words", "error", "tries"),
    [
        ("NameResolutionError: [Errno -2] Name or service not known", errors.WrongUrl, 1),
        ("[Errno -5] No address associated with hostname, NameResolution", errors.WrongUrl, 1),
        ("[Errno -3] Temporary failure in name resolution", errors.Unavailable, 4),
        ("Remote end closed connection without response", errors.Unavailable, 4),
    ],
)
def test_a_name_that_does_not_exist_is_told_from_a_failing_look_up(
    transport, monkeypatch, words, error, tries
):
    client = transport()

    def send(*args, **kwargs):
        raise requests.exceptions.ConnectionError(words)

    monkeypatch.setattr(client._session, "send", send)
    with pytest.raises(error) as caught:
        client.request("GET", "https://shop.example/")
    assert type(caught.value) is error
    assert client.calls == tries


@pytest.mark.parametrize(
    "address", ["", "shop", "http://", "ftp://shop.example/", "http://[", "https://x:port/"]
)
def test_what_is_no_web_address(transport, address, sleeps):
    with pytest.raises(errors.WrongUrl, match="not a web address"):
        transport().request("GET", address)
    assert sleeps == []


# -- TLS


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return make_certificate(tmp_path_factory.mktemp("tls"))


def test_certificates_are_verified(echo, certificate, transport, sleeps):
    with echo.running(tls=certificate) as address:
        with pytest.raises(errors.CertificateError, match="not trusted"):
            transport().request("GET", address)
        assert sleeps == []
        assert echo.seen == []
        assert transport(verify=certificate[0]).request("GET", address).status == 200


def test_a_server_without_tls_is_no_question_of_trust(url, transport):
    with pytest.raises(errors.Unavailable, match="secure connection"):
        transport(max_tries=1).request("GET", url.replace("http:", "https:"))


# -- replies


def test_a_reply_over_the_limit_is_not_read_to_its_end(echo, url, transport, journal):
    echo.reply = Response("x" * 300_000)
    with pytest.raises(errors.BadReply, match="too large"):
        transport(max_reply_bytes=100_000, max_tries=1).request("GET", url)
    assert journal[0].error == "The shop's reply is too large."
    assert transport(max_reply_bytes=300_000).request("GET", url).content == b"x" * 300_000


def test_the_limit_counts_what_a_packed_reply_unpacks_to(echo, url, transport):
    packed = gzip.compress(b"0" * 5_000_000)
    assert len(packed) < 10_000
    echo.reply = Response(packed, headers={"Content-Encoding": "gzip"})
    with pytest.raises(errors.BadReply, match="too large"):
        transport(max_reply_bytes=100_000, max_tries=1).request("GET", url)
    assert len(transport().request("GET", url).content) == 5_000_000


def test_half_a_body_is_tried_again(echo, url, transport, sleeps):
    body = b'{"orders": [1, 2, 3]}'
    echo.faults.add(faults.half_body, times=2)
    assert transport().request("POST", url, data=body).content == body
    assert sleeps == [1.0, 2.0]
    echo.faults.add(faults.half_body, times=4)
    with pytest.raises(errors.Unavailable):
        transport().request("POST", url, data=body)


def test_numbers_are_exact(echo, url, transport):
    reply = transport().request("POST", url, data=b'{"total": 0.1, "count": 3, "big": 1e400}')
    assert reply.json() == {"total": Decimal("0.1"), "count": 3, "big": Decimal("1e400")}


@pytest.mark.parametrize("content", [b"", b"<html>", b'{"a": ', b"\xff\xfe"])
def test_what_is_no_json_is_a_bad_reply(content):
    reply = Reply(200, {}, content, "https://shop.example/?key=***")
    with pytest.raises(errors.BadReply, match="not JSON") as caught:
        reply.json()
    assert caught.value.status == 200


def test_the_servers_clock():
    told = Reply(200, {"Date": "Wed, 25 Nov 2026 10:08:15 GMT"}, b"", "")
    assert told.date == datetime(2026, 11, 25, 10, 8, 15, tzinfo=UTC)
    for headers in ({}, {"Date": "soon"}):
        own = Reply(200, headers, b"", "").date
        assert abs(own - datetime.now(UTC)) < timedelta(minutes=1)


# -- retries


@pytest.mark.parametrize("code", [500, 502, 503, 504])
def test_trouble_of_the_server_is_tried_again_with_growing_pauses(
    echo, url, transport, sleeps, code
):
    echo.faults.add(status(code), times=3)
    assert transport().request("GET", url).status == 200
    assert sleeps == [1.0, 2.0, 4.0]


def test_the_last_reply_is_handed_over(echo, url, transport, sleeps):
    echo.faults.add(status(503), times=9)
    assert transport(max_tries=3).request("GET", url).status == 503
    assert sleeps == [1.0, 2.0]


@pytest.mark.parametrize("code", [400, 401, 403, 404, 422, 501])
def test_what_will_not_change_is_not_tried_again(echo, url, transport, sleeps, code):
    echo.faults.add(status(code), times=1)
    assert transport().request("GET", url).status == code
    assert sleeps == []


def test_a_caller_says_what_is_worth_another_try(echo, url, transport, sleeps):
    echo.faults.add(status(500))
    assert transport().request("GET", url, retry_statuses=frozenset()).status == 500
    assert sleeps == []


@pytest.mark.parametrize("code", [429, 503])
@pytest.mark.parametrize(("value", "seconds"), [("7", 7.0), ("0", 0.0), ("2.5", 2.5), ("-3", 0.0)])
def test_retry_after_in_seconds(echo, url, transport, sleeps, code, value, seconds):
    echo.faults.add(status(code, **{"Retry-After": value}))
    assert transport().request("GET", url).status == 200
    assert sleeps == [seconds]


def test_retry_after_as_a_date(echo, url, transport, sleeps):
    later = datetime.now(UTC) + timedelta(seconds=25)
    earlier = datetime.now(UTC) - timedelta(hours=1)
    for when in (later, earlier):
        echo.faults.add(status(429, **{"Retry-After": format_datetime(when, usegmt=True)}))
        transport().request("GET", url)
    assert 15 < sleeps[0] <= 25
    assert sleeps[1] == 0.0


@pytest.mark.parametrize("value", ["", "soon", "nan", "Wed, 99 Nov 2026 10:08:15 GMT"])
def test_a_retry_after_that_says_nothing(echo, url, transport, sleeps, value):
    echo.faults.add(status(429, **{"Retry-After": value}))
    assert transport().request("GET", url).status == 200
    assert sleeps == [1.0]


@pytest.mark.parametrize(
    ("value", "asked"), [("31", 31.0), ("1e30", LONGEST_ASKED), ("inf", LONGEST_ASKED)]
)
def test_a_long_wait_is_the_queues_business(echo, url, transport, sleeps, value, asked):
    echo.faults.add(status(429, **{"Retry-After": value}))
    with pytest.raises(errors.Throttled) as caught:
        transport().request("GET", url)
    assert (caught.value.retry_after, caught.value.status) == (asked, 429)
    assert sleeps == []


def test_a_long_maintenance_is_not_slept_through(echo, url, transport, sleeps):
    echo.faults.add(status(503, **{"Retry-After": "3600"}))
    assert transport().request("GET", url).status == 503
    assert sleeps == []


def test_throttled_to_the_end(echo, url, transport, sleeps):
    echo.faults.add(status(429), times=4)
    with pytest.raises(errors.Throttled) as caught:
        transport().request("GET", url)
    assert caught.value.retry_after == 60.0
    assert sleeps == [1.0, 2.0, 4.0]


def test_an_api_may_ask_for_patience_in_the_body(echo, url, transport, sleeps):
    waits = [5.0, None]
    reply = transport().request("GET", url, throttled=lambda reply: waits.pop(0))
    assert reply.status == 200
    assert sleeps == [5.0]
    with pytest.raises(errors.Throttled) as caught:
        transport().request("GET", url, throttled=lambda reply: 90.0)
    assert caught.value.retry_after == 90.0
    assert sleeps == [5.0]


def test_every_try_is_signed_anew(echo, url, transport):
    nonces = iter("abc")
    echo.faults.add(status(500), times=2)

    def sign(prepared):
        prepared.prepare_url(prepared.url, {"n": next(nonces)})

    transport().request("GET", url, params={"page": 1}, sign=sign)
    assert [seen.query for seen in echo.seen] == ["page=1&n=a", "page=1&n=b", "page=1&n=c"]


# -- throttle


def test_requests_of_a_shop_keep_their_distance(echo, url, transport):
    now, slept = [100.0], []

    def sleep(seconds):
        slept.append(seconds)
        now[0] += seconds

    client = transport(throttle=0.5, clock=lambda: now[0], sleep=sleep)
    client.request("GET", url)
    client.request("GET", url)
    now[0] += 0.25
    client.request("GET", url)
    now[0] += 3
    client.request("GET", url)
    assert slept == [0.5, 0.25]


# -- the journal

SECRET = "shpat_0123456789/ä"
BODY = b'{"errors": [{"code": "no", "message": "lucie@example.com"}], "name": "Lucie"}'


def test_every_exchange_is_in_the_journal(echo, url, transport, journal):
    now = [0.0]

    def clock():
        now[0] += 0.5
        return now[0]

    echo.faults.add(status(500))
    transport(clock=clock).request("POST", f"{url}/orders", params={"page": 2}, data=b"12345")
    failed, good = journal
    assert (failed.status, good.status) == (500, 200)
    assert good.method == "POST"
    assert good.url == f"{url}/orders?page=2"
    assert (good.request_size, good.reply_size) == (5, 5)
    assert good.duration > 0
    assert good.started_at.tzinfo is UTC
    assert good.request_id == "request-2"
    assert (good.error, good.body) == ("", "")


def test_bodies_are_kept_only_of_what_failed_and_without_people(echo, url, transport, journal):
    echo.reply = Response(BODY, 422, mimetype="application/json")
    transport().request("GET", url)
    echo.reply = Response(BODY, 200, mimetype="application/json")
    transport().request("GET", url)
    failed, good = journal
    assert '"code": "no"' in failed.body
    assert "ucie" not in failed.body
    assert good.body == ""


def test_an_error_is_in_the_journal_too(transport, journal):
    with pytest.raises(errors.Unavailable):
        transport(max_tries=1).request("GET", "http://127.0.0.1:9/orders")
    (exchange,) = journal
    assert exchange.status is None
    assert "connection refused" in exchange.error
    assert exchange.url == "http://127.0.0.1:9/orders"


def test_secrets_never_reach_the_journal_or_an_error(echo, url, transport, journal):
    echo.reply = Response(f"<p>{SECRET} is wrong, bearer {SECRET}</p>", 401)
    client = transport(secrets=(SECRET, ""))
    client.add_secret("later-token")
    client.add_secret("")
    place = url.replace("http://", "http://user:password@")
    params = {"consumer_key": "ck_1", "a": SECRET, "b": "later-token"}
    reply = client.request("GET", f"{place}/x", params=params, headers={"Authorization": SECRET})
    with pytest.raises(errors.BadReply) as caught:
        reply.json()
    told = f"{journal} {caught.value} {reply.url}"
    for secret in (SECRET, "later-token", "ck_1", "password", "shpat_0123456789%2F%C3%A4"):
        assert secret not in told
    assert journal[0].url.startswith(f"{url}/x?consumer_key=")


def test_requests_say_who_asks(echo, url, transport):
    seen = []
    echo.faults.add(lambda request, handler: seen.append(request.user_agent.string) or Response())
    transport().request("GET", url)
    assert seen == ["ciama_connector"]
