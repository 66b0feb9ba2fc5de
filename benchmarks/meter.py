"""What a piece of work costs: time, CPU of both processes, queries, HTTP calls."""

import contextlib
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Meter:
    """Adds up what the measured blocks cost; seconds. ``wall`` leaves out the time that
    is spent waiting for the shop."""

    orders: int = 0
    wall: float = 0.0
    python: float = 0.0  # CPU of this process
    postgres: float = 0.0  # CPU of its PostgreSQL backend, in steps of a clock tick
    queries: int = 0
    http: int = 0
    retries: int = 0  # batches run again after a conflict with another worker

    @contextlib.contextmanager
    def measure(self, cr):
        """Count the block, whose queries go through the cursor ``cr``."""
        backend = cr._cnx.info.backend_pid
        before = _readings(cr, backend)
        try:
            yield
        finally:  # what is lost to a conflict costs as well
            wall, python, postgres, queries = (
                after - start for after, start in zip(_readings(cr, backend), before, strict=True)
            )
            self.wall += wall
            self.python += python
            self.postgres += postgres
            self.queries += queries

    @contextlib.contextmanager
    def measure_pull(self, journal):
        """Count the block, a conversation with the shop that adds to ``journal``. Its time
        is its CPU: all else is waiting, for replies, exports or the next free call."""
        known, python = len(journal), time.process_time()
        yield
        spent = time.process_time() - python
        self.wall += spent
        self.python += spent
        self.http += len(journal) - known

    def as_dict(self):
        return asdict(self)


def _readings(cr, backend):
    return time.perf_counter(), time.process_time(), _cpu_of(backend), cr.sql_log_count


def _cpu_of(process):
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def resident_bytes():
    """Memory that this process holds."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
