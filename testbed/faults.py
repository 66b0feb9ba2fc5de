"""Faults a shop can be told to have: served instead of, or wrapped around, its replies."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from werkzeug.wrappers import Request, Response

Handler = Callable[[Request], Response]
Fault = Callable[[Request, Handler], Response]


@dataclass
class Faults:
    """Faults still to come, in order; ``match`` restricts one to paths that contain it."""

    _queue: list[tuple[Fault, str]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, fault: Fault, *, times: int = 1, match: str = "") -> None:
        with self._lock:
            self._queue += [(fault, match)] * times

    def clear(self) -> None:
        with self._lock:
            self._queue.clear()

    def take(self, path: str) -> Fault | None:
        with self._lock:
            for index, (fault, match) in enumerate(self._queue):
                if match in path:
                    del self._queue[index]
                    return fault
        return None


def server_error(request: Request, handler: Handler) -> Response:
    return Response("Internal Server Error", 500, mimetype="text/plain")


def html_page(request: Request, handler: Handler) -> Response:
    """A maintenance page with status 200, as proxies and plugins serve them."""
    return Response("<!DOCTYPE html><html><body>Back soon</body></html>", mimetype="text/html")


def half_body(request: Request, handler: Handler) -> Response:
    """The right headers, then only the first half of the body."""
    reply = handler(request)
    body = reply.get_data()
    cut = Response(body[: len(body) // 2], reply.status_code, headers=reply.headers)
    cut.automatically_set_content_length = False
    cut.headers["Content-Length"] = str(len(body))
    return cut


def not_json(request: Request, handler: Handler) -> Response:
    """All of the body but its last character, with a length that agrees."""
    reply = handler(request)
    body = reply.get_data()[:-1]
    return Response(body, reply.status_code, mimetype=reply.mimetype)


def throttled(retry_after: float | None = 0) -> Fault:
    def fault(request: Request, handler: Handler) -> Response:
        reply = Response("Too Many Requests", 429, mimetype="text/plain")
        if retry_after is not None:
            reply.headers["Retry-After"] = str(retry_after)
        return reply

    return fault


def slow(seconds: float) -> Fault:
    def fault(request: Request, handler: Handler) -> Response:
        time.sleep(seconds)
        return handler(request)

    return fault


def before(action: Callable[[], object]) -> Fault:
    """Run ``action`` (edit, add, trash an order) just before the request is served:
    what happens in a shop while a client walks its pages."""

    def fault(request: Request, handler: Handler) -> Response:
        action()
        return handler(request)

    return fault
