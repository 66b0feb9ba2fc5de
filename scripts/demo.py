"""The demonstration: simulated shops, Odoo, and all orders of the first in the second.

Called by ``make demo``. Environment: ONCE=1 ends after the figures, DATA is a folder of
other recordings (one sub-folder for each platform), PORT is Odoo's (8069 by default), EMPTY=1
connects no shop: a person does that on the screens, with what is printed.
Exit status 0: every order of every shop became a sale order or a card with a cause.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import select
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from demonstration import odoo as in_odoo
from demonstration import processes, recordings, report
from demonstration.odoo import LOGIN, PASSWORD, Odoo

import cluster
import db
from project import ADDON, LOCAL, LOGS, ROOT, RUN, fail, say

sys.path.insert(0, str(ROOT))
import testbed
from testbed.__main__ import FIRST_PORT

REPORT = LOCAL / "demo-report.json"
BOARD = "The board: {url}/odoo/ciama-board"
START = "Connect them: {url}/odoo/ciama-connect"
LONGEST_STANDSTILL = 300.0  # seconds; the queue takes up a job that died within 60
LONGEST_RETRY = 90.0  # seconds; by then the queue has tried a shop in trouble three times
INTERRUPTED, TERMINATED = 130, 143


@dataclass(frozen=True)
class Options:
    once: bool
    data: Path
    port: int
    database: str
    empty: bool = False


def main():
    options = read_options()
    for number in (signal.SIGINT, signal.SIGTERM):  # a background job starts without SIGINT
        signal.signal(number, interrupt)
    with contextlib.ExitStack() as stack:
        try:
            sys.exit(demonstrate(options, stack))
        except KeyboardInterrupt:
            say("\nStopping…")
            sys.exit(INTERRUPTED if options.once else 0)


def interrupt(number, _frame):
    if number == signal.SIGTERM:
        sys.exit(TERMINATED)
    raise KeyboardInterrupt


def read_options():
    data = Path(os.environ.get("DATA") or testbed.DATA).expanduser().resolve()
    if not any((data / code).is_dir() for code in testbed.codes()):
        fail(f"DATA={data} holds none of the folders {', '.join(testbed.codes())}")
    port = os.environ.get("PORT") or "8069"
    if not port.isdigit() or not 0 < int(port) < 65536:
        fail(f"PORT={port} is not a port: give a number from 1 to 65535")
    once, empty = (os.environ.get(key, "") not in ("", "0") for key in ("ONCE", "EMPTY"))
    name = "ciama_demo_empty" if empty else "ciama_demo"
    if data != testbed.DATA:
        name = f"{name}_{database_suffix(data)}"
    return Options(once, data, int(port), name, empty)


def demonstrate(options, stack):
    only_one(options.database, stack)
    if not cluster.is_running():
        stack.callback(cluster.stop)
        cluster.start()
    prepare_database(options.database)
    names = (*testbed.codes(), *testbed.services())
    state = processes.State(RUN / f"{options.database}.json", names, FIRST_PORT)
    shops = processes.Shops(options.database, options.data, state)
    stack.callback(shops.stop)
    say(f"Simulated shops: {', '.join(told['url'] for told in shops.running.values())}")
    server = processes.OdooServer(options.database, processes.free_port(options.port))
    stack.callback(server.stop)

    recorded = read_recordings(shops)
    server.wait_until(server.answers)
    odoo = Odoo(server.address, options.database)
    in_odoo.use_vies(odoo, shops.services["vies"])
    new = in_odoo.make_products(odoo, recordings.products_of(recorded.values()))
    say(f"Odoo: {server.url}, database {options.database}, {new} products added")
    if options.empty:
        for text in to_type_in(shops):
            say(text)
        if not options.once:
            serve(server, shops, START)
        return 0
    run = Run(odoo, server, shops, recorded)
    clean = run.bring_orders() & run.show_report()
    if options.once:
        return 0 if clean else 1
    serve(server, shops, BOARD, run)
    return 0


def only_one(name, stack):
    """Refuse a second demo on the same database; let ``make stop`` find this one."""
    path = RUN / f"{name}.pid"
    lock = stack.enter_context((RUN / f"{name}.lock").open("w"))
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        fail(f"this demo is running already (process {path.read_text()}); make stop ends it")
    path.write_text(str(os.getpid()))
    stack.push(lambda _kind, error, _trace: forget_process(path, error))


def forget_process(path, error):
    # SIGTERM comes from "make stop", which removes the file itself.
    if getattr(error, "code", None) != TERMINATED:
        path.unlink(missing_ok=True)


def prepare_database(name):
    """A database with the addon as it is now; data of earlier runs is kept."""
    key = f"ciama demo, addon {hash_of(ADDON)}"
    comment = db.psql(
        f"SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '{name}'"
    )
    if comment == key:
        return
    if not comment.startswith("ciama demo"):  # none, or one whose making was interrupted
        say(f"Database {name}: a copy of the template")
        db.fresh(name)
    log = LOGS / f"{name}-install.log"
    say(f"Database {name}: installing {ADDON.name} (log in {log})")
    options = ("--stop-after-init", "--no-http", f"--logfile={log}")
    # The first does nothing where it is installed, the second where it has just been.
    db.odoo("-d", name, "-i", ADDON.name, "-u", ADDON.name, *options)
    db.psql(f"COMMENT ON DATABASE {name} IS '{key}'")


def database_suffix(data):
    """Other recordings, in whatever folder, are other shops: they get another database."""
    return hashlib.sha256(f"{data} {hash_of(data)}".encode()).hexdigest()[:8]


def hash_of(folder):
    """Of all files in ``folder``, those behind links included."""
    digest = hashlib.sha256()
    paths = [Path(parent, name) for parent, _, names in os.walk(folder, followlinks=True)
             for name in names]  # fmt: skip
    for path in sorted(paths):
        if path.is_file() and "__pycache__" not in path.parts and "tests" not in path.parts:
            digest.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()


def read_recordings(shops):
    """{platform: recordings.Recorded}, errors told."""
    recordings.use_addon_without_odoo()
    recorded = {
        code: recordings.read_shop(code, told["url"], told["credentials"])
        for code, told in shops.running.items()
    }
    for code, error in shops.broken.items():
        recorded[code] = recordings.Recorded(error=f"its simulator does not start: {error}")
    return recorded


class Run:
    """One pass: connect the shops, pull, wait for the imports, report."""

    def __init__(self, odoo, server, shops, recorded):
        self.odoo, self.server, self.shops, self.recorded = odoo, server, shops, recorded
        self.errors = [f"{code}: {one.error}" for code, one in recorded.items() if one.error]
        for code, told in shops.running.items():
            if not recorded[code].error and len(recorded[code].ids) != told["orders"]:
                given = len(recorded[code].ids)
                self.errors.append(f"{code}: a pull gave {given} of {told['orders']} orders")
        self.ids = in_odoo.make_shops(odoo, shops.running)
        self.started = time.monotonic()

    def bring_orders(self):
        """Pull all shops through the job runner; False where a shop cannot be pulled."""
        before = in_odoo.newest_job(self.odoo)
        for code, shop in self.ids.items():
            error = in_odoo.connect(self.odoo, shop)
            if error and not self.recorded[code].error:
                self.errors.append(f"{code}: {error}")
        self.odoo("ciama.shop", "action_pull", list(self.ids.values()))
        self.wait()
        # Recordings that were replaced may hold orders older than the last pull.
        late = [
            shop
            for code, shop in self.ids.items()
            if not self.recorded[code].error and self.missing(code, shop)
        ]
        for shop in late:
            in_odoo.backfill(self.odoo, shop)
        if late:
            self.wait()
        # An earlier run may have been ended in the middle of a job. The addon takes up such
        # orders within the hour; here somebody is waiting.
        if left := in_odoo.left_over(self.odoo, self.ids.values()):
            self.odoo("ciama.order", "action_retry", left)
            self.wait()
        for told in in_odoo.failed_jobs(self.odoo, before):
            say(f"A job failed: {told}")
        for error in self.errors:
            say(f"ERROR {error}")
        return not self.errors

    def missing(self, code, shop):
        cards = in_odoo.cards_of(self.odoo, shop)
        return self.recorded[code].ids - {card["external_id"] for card in cards}

    def wait(self):
        """Until no pull and no import is left, or none that a shop in trouble lets go on,
        with a line that shows how it goes."""
        line = Line()
        last, since = None, time.monotonic()
        while jobs := in_odoo.open_jobs(self.odoo):
            self.server.check()
            self.shops.check()
            now, stood = self.counts(), time.monotonic() - since
            if now != last:
                last, since = now, time.monotonic()
            elif stood > LONGEST_RETRY and in_odoo.postponed_jobs(self.odoo) == jobs:
                known = {code for code, one in self.recorded.items() if one.error}
                for code, error in in_odoo.troubles(self.odoo, self.ids).items():
                    self.errors += [] if code in known else [f"{code}: {error}"]
                break
            elif stood > LONGEST_STANDSTILL:
                self.errors.append(f"{jobs} jobs stand still, see {self.server.log}")
                break
            line.show(f"{self.describe(now)}; {jobs} jobs to do")
            time.sleep(1)
        line.end(self.describe(self.counts()))

    def counts(self):
        return in_odoo.counts(self.odoo, self.ids.values())

    def describe(self, counts):
        seconds = time.monotonic() - self.started
        states = ", ".join(f"{counts[state]} {state}" for state in sorted(counts))
        return f"  {seconds:4.0f} s  {sum(counts.values())} orders staged: {states or 'none yet'}"

    def show_report(self):
        """Print and write the figures; False where an order is neither sale nor card."""
        reports = [
            report.examine(code, self.recorded[code], in_odoo.cards_of(self.odoo, shop))
            for code, shop in self.ids.items()
        ]
        REPORT.write_text(
            json.dumps({"shops": [one.as_dict() for one in reports]}, indent=1) + "\n"
        )
        say("")
        for text in (*report.table(reports), "", *report.remarks(reports)):
            say(text)
        say(f"\nReport: {REPORT}")
        return bool(reports) and not any(one.faults for one in reports)


class Line:
    """A line that is overwritten on a terminal, and repeated now and then elsewhere."""

    def __init__(self, every=5.0):
        self.live = sys.stdout.isatty()
        self.every, self.shown = every, 0.0

    def show(self, text):
        if self.live:
            print(f"\r\033[K{text}", end="", flush=True)
        elif time.monotonic() - self.shown > self.every:
            self.shown = time.monotonic()
            say(text)

    def end(self, text):
        say(f"\r\033[K{text}" if self.live else text)


def to_type_in(shops):
    """Lines that tell a person what to fill in to connect each of ``shops``."""
    for code, told in shops.running.items():
        platform = recordings.platform_of(code)
        yield f"\n{platform.label}\n  Address: {told['url']}"
        for credential in platform.credentials:
            if value := told["credentials"].get(credential.name):
                yield f"  {credential.label}: {value}"


def serve(server, shops, invitation, run=None):
    """Until Ctrl-C; tell what becomes of the orders of ``run``."""
    say(f"\n{invitation.format(url=server.url)}   (login {LOGIN}, password {PASSWORD})")
    say("Every minute the scheduled action asks all shops for news. Ctrl-C ends the demo.")
    listening = sys.stdin.isatty()
    if listening:
        say("Press Enter to place one order in every shop, and watch it arrive.")
    before = run and run.counts()
    while True:
        if listening and select.select([sys.stdin], [], [], 2)[0]:
            listening = bool(sys.stdin.readline())
            if listening:
                shops.place_orders()
                say("One more order in every shop; it comes with the next pull.")
        else:
            time.sleep(0 if listening else 2)
        server.check()
        shops.check()
        now = run and run.counts()
        if now != before:
            before = now
            say(f"{time.strftime('%H:%M:%S')} {run.describe(now).split('  ')[-1]}")


if __name__ == "__main__":
    main()
