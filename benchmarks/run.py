"""Measure the connector beside bare Odoo, print tables, write ``.local/bench.json``.

Called by ``make bench``; FAST=1 takes fewer rounds and orders, SCREENS=1 measures only the
screens.
"""

import contextlib
import json
import os
import platform
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "scripts"))

import cluster
import testbed
from benchmarks import databases, measures, report, screens
from benchmarks.remote import Remote, shops
from project import LOCAL, PG_BIN, run, say

RESULT = LOCAL / "bench.json"


@dataclass(frozen=True)
class Plan:
    rounds: int
    memory: tuple[int, int]  # after how many orders memory is compared
    batch: int = 50  # the connector's own
    jobs: int = 1  # batches a round: short rounds share their neighbours' load
    screens: int = 20  # rounds; a call takes milliseconds

    @property
    def orders(self):
        return self.jobs * self.batch

    @property
    def few_rounds(self):
        """For what takes longer."""
        return (self.rounds + 1) // 2

    @property
    def grown(self):
        """Orders that each shop must have: a warm-up, then one share for one worker, two
        for two workers and one to be paid in each round."""
        return 4 * self.batch + (self.rounds + 1) * 4 * self.orders


VOLUMES = (100, 50_000)
ONLY_SCREENS = os.environ.get("SCREENS", "") not in ("", "0")
FULL = Plan(rounds=6, memory=(500, 5000))
FAST = Plan(rounds=2, memory=(500, 1500))


def main():
    plan = FAST if os.environ.get("FAST", "") not in ("", "0") else FULL
    started = time.monotonic()
    cluster.start()
    say("Databases: a fresh installation to copy")
    databases.make_base()
    with contextlib.ExitStack() as stack:
        stack.callback(databases.drop, "base")
        found = {} if ONLY_SCREENS else measure(plan)
        found["screens"] = measure_screens(plan)
    result = {
        "machine": machine(),
        "date": time.strftime("%Y-%m-%d %H:%M"),
        "plan": asdict(plan),
        "seconds": round(time.monotonic() - started),
        **found,
    }
    result["targets"] = report.targets(result)
    for line in report.lines(result):
        say(line)
    RESULT.write_text(json.dumps(result, indent=1) + "\n")
    say(f"\nWritten to {RESULT}")


def measure(plan):
    with running_shops("all", plan.grown, testbed.codes()) as served:
        for code, error in served.broken.items():
            say(f"left out: {code}, whose simulated shop does not start ({error})")
        found = measure_costs(plan, served.running)
    first = found["platforms"][0]
    say(f"Memory: {plan.memory[-1]} orders")
    grown = plan.memory[-1] * 6 // 5
    with (
        running_shops("memory", grown, [first]) as served,
        connected("memory", served.running) as worker,
    ):
        found["memory"] = measures.memory(worker, first, plan)
    return found


def measure_costs(plan, told):
    """All but memory. ``told``: what is known of the shops, by platform; the first one
    stands for all where one is enough."""
    codes = list(told)
    first = codes[0]
    found = {"platforms": codes}
    say(f"Speed: {', '.join(codes)}")
    with connected("speed", told) as worker:
        found["speed"] = measures.speed(worker, codes, plan)
        say("To the posted and paid invoice")
        found["paid"] = measures.paid(worker, codes, plan)
        say("Two workers")
        with worker_of(worker.database, "second") as second:
            found["two_workers"] = measures.two_workers((worker, second), first, plan)
        say("Pulls of a few orders, and of none")
        found["pulls"] = measures.pulls(worker, codes)
    say("An empty database and one with 50,000 customers")
    only = {first: told[first]}
    with connected("empty", only) as empty, connected("large", only, fill=True) as large:
        found["databases"] = measures.databases(empty, large, first, plan)
    return found


def measure_screens(plan):
    """{number of orders: {screen: rounds}}"""
    found = {}
    for orders in VOLUMES:
        say(f"Screens: {orders:,} orders")
        with connected(f"screens_{orders}", {}) as worker:
            found[orders] = screens.measure(worker, orders, plan.screens)
    return found


@contextlib.contextmanager
def running_shops(name, grown, platforms):
    served = shops(name, grown, platforms)
    try:
        yield served
    finally:
        served.stop()


@contextlib.contextmanager
def connected(name, told, *, fill=False):
    """A worker on a database of its own, connected to the shops of ``told``."""
    with contextlib.ExitStack() as stack:
        stack.callback(databases.drop, name)
        worker = stack.enter_context(worker_of(databases.clone(name), name))
        if fill:
            worker("fill")
        for code, shop in told.items():
            wanted = ("url", "credentials", "recorded")
            worker("connect", platform=code, **{key: shop[key] for key in wanted})
        yield worker


@contextlib.contextmanager
def worker_of(database, name):
    worker = Remote(database, name)
    try:
        yield worker
    finally:
        worker.stop()


def machine():
    processor = platform.processor() or platform.machine()
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                processor = line.partition(":")[2].strip()
    postgres = run([PG_BIN / "postgres", "--version"], capture_output=True, text=True).stdout
    return {
        "processor": processor,
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "postgresql": postgres.split()[2],
    }


if __name__ == "__main__":
    main()
