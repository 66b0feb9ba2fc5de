"""Stop what this tree started: each file in .local/run holds one process number.

A program that is to be stopped here writes its number to ``.local/run/NAME.pid``.
"""

import contextlib
import os
import signal
import time
from pathlib import Path

import cluster
from project import ROOT, RUN, say

PATIENCE = 10.0


def main():
    for pid_file in sorted(RUN.glob("*.pid")):
        stop(pid_file)
    cluster.stop()


def stop(pid_file):
    pid = int(pid_file.read_text())
    if is_ours(pid):
        say(f"stopping {pid_file.stem} (process {pid})")
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
        wait_or_kill(pid)
    pid_file.unlink()


def is_ours(pid):
    """A process number may have been given to somebody else's program since."""
    process = Path(f"/proc/{pid}")
    try:
        command = (process / "cmdline").read_bytes().decode(errors="replace")
        folder = (process / "cwd").resolve()
    except FileNotFoundError:
        return False
    return str(ROOT) in command or folder.is_relative_to(ROOT)


def wait_or_kill(pid):
    deadline = time.monotonic() + PATIENCE
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
