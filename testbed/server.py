"""What all simulated services share: the HTTP server, the fault injection, the log."""

import contextlib
import ssl
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from .faults import Faults


@dataclass(frozen=True)
class Seen:
    """A request that arrived."""

    method: str
    path: str
    query: str
    body: bytes


class _QuietHandler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def send_response(self, code, message=None):
        """Name and clock of the server are the simulated shop's, without Python's own."""
        self.send_response_only(code, message)

    def log(self, type, message, *args):  # noqa: A002  # werkzeug's name
        """Requests are kept in ``Service.seen``; the console stays quiet."""


class Service(ABC):
    """Something that is asked over HTTP. Subclasses load ``data`` (a folder) and answer.

    ``path`` is what a client must be given to get in.
    """

    code: ClassVar[str]
    path: ClassVar[str] = ""  # appended to the server's address to make the URL

    def __init__(self, data: Path):
        self.data = data
        self.faults = Faults()
        self.seen: list[Seen] = []
        self.lock = threading.RLock()

    @abstractmethod
    def handle(self, request: Request) -> Response:
        """Answer as the real one would. Called with ``self.lock`` held."""

    def __call__(self, environ, start_response):
        request = Request(environ)
        request.get_data(cache=True)
        self.seen.append(
            Seen(request.method, request.path, request.query_string.decode(), request.data)
        )
        fault = self.faults.take(request.full_path)
        reply = fault(request, self._serve) if fault else self._serve(request)
        return reply(environ, start_response)

    def _serve(self, request: Request) -> Response:
        with self.lock:
            return self.handle(request)

    @contextlib.contextmanager
    def running(
        self, port: int = 0, *, tls: tuple[str, str] | None = None, host: str = "127.0.0.1"
    ) -> Iterator[str]:
        """Serve on ``host`` (port 0: any free one) and yield the URL.

        ``tls`` is (certificate file, key file).
        """
        context = None
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*tls)
        server = make_server(
            host, port, self, threaded=True, request_handler=_QuietHandler, ssl_context=context
        )
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        scheme = "https" if tls else "http"
        try:
            yield f"{scheme}://{host}:{server.server_port}{self.path}"
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


class Simulator(Service):
    """A shop; ``credentials`` are what a client must be given, too."""

    credentials: ClassVar[dict[str, str]]
    scopes: set[str]  # what these allow, in shops that have scopes

    @abstractmethod
    def order_ids(self) -> list[str]:
        """External ids of all orders that a complete pull must bring."""

    def deny(self, right: str) -> None:
        """Take a right (a code of its platform's ``rights``) from whoever has the
        credentials, as the shop's staff would."""
        self.scopes.discard(right)

    @abstractmethod
    def touch(self, external_id: str, when: datetime | None = None) -> None:
        """Edit an order (its note) the way staff would, which moves its change date to
        ``when`` (aware UTC; by default a moment after the newest change)."""

    @abstractmethod
    def grow(self, count: int) -> list[str]:
        """Add ``count`` synthetic orders with customers and addresses of their own and
        products of the recordings, newer than all others; their external ids."""
