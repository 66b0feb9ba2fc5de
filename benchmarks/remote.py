"""Start ``worker.py`` processes and the simulated shops; talk to them."""

import json
import os
import shutil
import subprocess
from types import SimpleNamespace

from demonstration import processes

import testbed
from project import LOGS, PYTHON, ROOT, RUN, fail

FIRST_PORT = 18301


class Remote:
    """A worker process. ``remote("memory")`` asks and waits;
    ``ask`` and ``answer`` do the two apart."""

    def __init__(self, database, name):
        self.database = database
        self.log = LOGS / f"bench-{name}.log"
        paths = os.pathsep.join((str(ROOT), str(ROOT / "scripts")))
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "TERM", PYTHON, "-m", "benchmarks.worker", database],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env={**os.environ, "PYTHONPATH": paths},
            )
        self.answer("ready")

    def __call__(self, do, **arguments):
        self.ask(do, **arguments)
        return self.answer()

    def ask(self, do, **arguments):
        self.process.stdin.write(json.dumps({"do": do, **arguments}) + "\n")
        self.process.stdin.flush()

    def answer(self, key="answer"):
        line = self.process.stdout.readline()
        if not line:
            end = "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])
            fail(f"a worker ended; the end of {self.log}:\n{end}")
        return json.loads(line)[key]

    def stop(self):
        self.process.stdin.close()
        self.process.wait()


def shops(name, grown, codes):
    """The simulated shops of platforms ``codes``, each with ``grown`` orders more than it
    has ``recorded``."""
    data = RUN / f"bench-{name}"
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True)
    for code in codes:
        (data / code).symlink_to(testbed.DATA / code)
    ports = {}
    for index, code in enumerate((*testbed.codes(), *testbed.services())):
        ports[code] = processes.free_port(FIRST_PORT + index, taken=set(ports.values()))
    state = SimpleNamespace(grown=grown, ports=ports)
    served = processes.Shops(f"bench-{name}", data, state)
    for told in served.running.values():
        told["recorded"] = told["orders"] - grown
    return served
