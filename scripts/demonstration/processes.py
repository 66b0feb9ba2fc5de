"""Start the simulated shops and Odoo, see that they live, stop them."""

import json
import os
import signal
import socket
import subprocess
import time

import requests

from project import LOGS, ODOO_BIN, ODOO_CONF, PYTHON, ROOT, fail, say

PATIENCE = 8.0  # less than "make stop" has with us
START_SECONDS = 180


class Process:
    """A program that ends with us, even when we are killed."""

    def __init__(self, name, command, log):
        self.name = name
        self.log = log
        words = ["setpriv", "--pdeathsig", "TERM", *map(str, command)]
        with log.open("w") as output:
            # A session of its own: Ctrl-C reaches us only, and we decide on the order.
            self.process = subprocess.Popen(
                words,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )

    def check(self):
        if self.process.poll() is not None:
            end = "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])
            fail(f"{self.name} ended by itself; the end of {self.log}:\n{end}")

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def wait_until(self, ready):
        """The first true answer of ``ready()``."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            self.check()
            if answer := ready():
                return answer
            time.sleep(0.2)
        return fail(f"{self.name} did not start within {START_SECONDS} s, see {self.log}")


class Shops(Process):
    """The simulated shops and services. ``running`` and ``broken`` are what ``python -m
    testbed`` told of each platform: {platform: {"url", "credentials", "orders"}},
    {platform: error}; ``services`` are {name: url}."""

    def __init__(self, name, data, state):
        self.state = state
        command = [PYTHON, "-m", "testbed", "--data", data, "--grown", state.grown]
        for code, port in state.ports.items():
            command += ["--port", f"{code}={port}"]
        super().__init__("the simulated shops", command, LOGS / f"{name}-shops.log")
        self.wait_until(lambda: any("ready" in line for line in self.told()))
        told = self.told()
        self.services = {line["service"]: self.url_of(line) for line in told if "service" in line}
        shops = [line for line in told if "platform" in line]
        self.running = {line["platform"]: line for line in shops if "url" in line}
        self.broken = {line["platform"]: line["error"] for line in shops if "error" in line}

    def url_of(self, told):
        return told.get("url") or fail(f"{told['service']} does not start: {told['error']}")

    def told(self):
        lines = self.log.read_text(errors="replace").splitlines()
        return [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]

    def place_orders(self):
        """One new order in each shop."""
        self.state.grown += 1
        self.state.save()
        self.process.send_signal(signal.SIGUSR1)


class State:
    """What a later run must find as it was: the ports, which are part of the shops' URLs,
    and how many orders were placed in the simulated shops, whose memory is short."""

    def __init__(self, path, codes, first_port):
        self.path = path
        kept = json.loads(path.read_text()) if path.exists() else {}
        self.grown = kept.get("grown", 0)
        self.ports = {}
        for index, code in enumerate(codes):
            wanted = kept.get("ports", {}).get(code, first_port + index)
            self.ports[code] = free_port(wanted, taken=set(self.ports.values()))
        self.save()

    def save(self):
        self.path.write_text(json.dumps({"ports": self.ports, "grown": self.grown}))


class OdooServer(Process):
    def __init__(self, database, port):
        self.url = f"http://localhost:{port}"
        self.address = f"http://127.0.0.1:{port}"
        command = [PYTHON, ODOO_BIN, "-c", ODOO_CONF, "-d", database, f"--http-port={port}"]
        # A slow machine may need minutes for a job; it is not to be killed for that.
        command += ["--limit-time-real=3600", "--limit-time-cpu=3600"]
        # The scripts of this demo use /jsonrpc: simple, and there until Odoo 20.
        command += ["--log-handler=odoo.addons.rpc.controllers.jsonrpc:ERROR"]
        super().__init__("Odoo", command, LOGS / f"{database}.log")

    def answers(self):
        try:
            return requests.get(f"{self.address}/web/health", timeout=5).ok
        except requests.RequestException:
            return False


def free_port(wanted, taken=()):
    """``wanted``, or the next port that nobody uses."""
    for port in range(wanted, 65536):
        if port not in taken and is_free(port):
            if port != wanted:
                say(f"Port {wanted} is in use: taking {port}")
            return port
    return fail(f"no free port from {wanted} on: set PORT= to another one")


def is_free(port):
    with socket.socket() as probe:
        # As the servers do: a connection that has just ended does not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
