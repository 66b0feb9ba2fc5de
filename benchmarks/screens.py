"""Screens over HTTP, as the web client asks: the connector's beside Odoo's own of the sale
orders, with as many records, in databases of few and of many."""

import contextlib
import re
import time
from statistics import median

import requests
from demonstration import processes

import db
from project import LOGS, ODOO_BIN, ODOO_CONF, PYTHON, fail

PORT = 18401
SECONDS = 60
TABLES = ("ciama_order", "ciama_exchange", "sale_order", "sale_order_line")
WARM_UP = 3  # calls of each screen that do not count
# What Odoo notes of each request: queries, seconds in them, seconds beside them.
NOTED = re.compile(r'"POST (?P<path>\S+) HTTP/1\.1" 200 - (?P<queries>\d+) ')

# screen: (the connector's, Odoo's own it is compared with); names of ``volume.SCREENS``.
PAIRS = {
    "overview, to the kanban of sale orders": ("overview", "sales_kanban"),
    "board, to the kanban of sale orders by state": ("board", "sales_by_state"),
    "list of shop orders, to the list of sale orders": ("orders_list", "sales_list"),
}


class Server(processes.Process):
    """Odoo without jobs and scheduled actions; its log tells the queries of each request."""

    def __init__(self, database):
        port = processes.free_port(PORT)
        self.url = f"http://127.0.0.1:{port}"
        command = [PYTHON, ODOO_BIN, "-c", ODOO_CONF, "-d", database, f"--http-port={port}"]
        command += ["--max-cron-threads=0", "--load=base,rpc,web", "--log-level=info"]
        super().__init__("Odoo", command, LOGS / f"bench-{database}.log")
        self.wait_until(self._answers)
        self.session = requests.Session()
        access = {"db": database, "login": "admin", "password": "admin"}
        self._post("/web/session/authenticate", access)
        self.read = self.log.stat().st_size

    def _answers(self):
        with contextlib.suppress(requests.RequestException):
            return requests.get(f"{self.url}/web/health", timeout=SECONDS).ok
        return False

    def _post(self, path, params):
        body = {"jsonrpc": "2.0", "method": "call", "params": params}
        reply = self.session.post(f"{self.url}{path}", json=body, timeout=SECONDS).json()
        if "error" in reply:
            fail(f"{path}: {reply['error']['data'].get('message')}, see {self.log}")
        return reply["result"]

    def open(self, screen):
        """{"wall": seconds, "queries": count} of the calls that open ``screen``, one after
        the other: [(model, method, keyword arguments)]."""
        started = time.perf_counter()
        for model, method, values in screen:
            params = {"model": model, "method": method, "args": [], "kwargs": values}
            self._post(f"/web/dataset/call_kw/{model}/{method}", params)
        wall = time.perf_counter() - started
        return {"wall": wall, "queries": self._noted(len(screen))}

    def _noted(self, requests_done):
        """Queries of the last requests; the log may be a moment late."""
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            with self.log.open("rb") as log:
                log.seek(self.read)
                text = log.read().decode(errors="replace")
            found = [int(match["queries"]) for match in NOTED.finditer(text)]
            if len(found) >= requests_done:
                self.read += len(text.encode())
                return sum(found)
            time.sleep(0.005)
        return fail(f"{self.log} does not tell the queries of the requests")


def measure(worker, orders, rounds):
    """{screen: [{"ours", "theirs"} of each round]} in the worker's database, which gets
    ``orders`` orders; the sides take turns."""
    screens = worker("orders", count=orders)
    # What autovacuum does in an hour; index-only scans live on it.
    db.psql(f"VACUUM ANALYZE {', '.join(TABLES)}", database=worker.database)
    server = Server(worker.database)
    try:
        for screen in screens.values():
            for _ in range(WARM_UP):
                server.open(screen)
        return {
            title: [
                {"ours": server.open(screens[ours]), "theirs": server.open(screens[theirs])}
                for _ in range(rounds)
            ]
            for title, (ours, theirs) in PAIRS.items()
        }
    finally:
        server.stop()


def milliseconds(rounds, side):
    return 1000 * median(one[side]["wall"] for one in rounds)


def queries(rounds, side):
    return max(one[side]["queries"] for one in rounds)


def ratio(rounds):
    """Median of the rounds' own ratios, as elsewhere."""
    return median(one["ours"]["wall"] / one["theirs"]["wall"] for one in rounds)
