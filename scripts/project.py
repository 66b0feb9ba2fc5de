"""Where things are in this work tree, and the few helpers all scripts share."""

import contextlib
import fcntl
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCAL = ROOT / ".local"
ADDON = ROOT / "ciama_connector"

VENV = LOCAL / "venv"
PYTHON = VENV / "bin" / "python"
ODOO = LOCAL / "odoo"
ODOO_SOURCE = ODOO / "usr/lib/python3/dist-packages"
ODOO_BIN = LOCAL / "odoo-bin"
ODOO_CONF = LOCAL / "odoo.conf"
OCA_ADDONS = LOCAL / "oca" / "odoo" / "addons"
DATA = LOCAL / "data"
RUN = LOCAL / "run"
LOGS = LOCAL / "logs"

PG_BIN = Path("/usr/lib/postgresql/15/bin")
PG_LINK = LOCAL / "pg"
PG_ROLE = "odoo"


def say(text):
    print(text, flush=True)


def fail(text):
    sys.exit(f"error: {text}")


def run(command, **options):
    """Run a command; on failure say which one failed instead of a Python traceback."""
    words = [str(word) for word in command]
    try:
        return subprocess.run(words, check=True, **options)
    except subprocess.CalledProcessError as error:
        fail(f"this command failed (exit {error.returncode}): {' '.join(words)}")


@contextlib.contextmanager
def locked(name):
    """Let only one process of this tree at a time do what the block does."""
    LOCAL.mkdir(exist_ok=True)
    with (LOCAL / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def pg_socket():
    """Directory of the private cluster's socket, which is also the cluster's home."""
    return PG_LINK.resolve()


def pg_environment():
    """Environment for psql, createdb… and anything else that uses libpq."""
    return {**os.environ, "PGHOST": str(pg_socket()), "PGUSER": PG_ROLE}
