"""The private PostgreSQL cluster: ``cluster.py create|start|stop|status|env|remove``.

It listens on a Unix socket only, so it needs no free port and no password, and no other
user of the machine can reach it.
"""

import getpass
import hashlib
import os
import pwd
import shutil
import subprocess
import sys
from pathlib import Path

from project import LOCAL, PG_BIN, PG_LINK, PG_ROLE, ROOT, fail, pg_environment, pg_socket, run, say

SOCKET_PATH_LIMIT = 107
SETTINGS = """
listen_addresses = ''
unix_socket_permissions = 0700
# Development data only: a crash of the machine may lose the cluster, not the work tree.
fsync = off
synchronous_commit = off
full_page_writes = off
shared_buffers = 256MB
max_connections = 100
jit = off
"""


def main():
    commands = {
        "create": create,
        "start": start,
        "stop": stop,
        "status": status,
        "env": env,
        "remove": remove,
    }
    if len(sys.argv) != 2 or sys.argv[1] not in commands:
        fail(f"usage: cluster.py {'|'.join(commands)}")
    commands[sys.argv[1]]()


def create():
    if (pg_socket() / "data" / "PG_VERSION").exists():
        return
    say("PostgreSQL: creating a private cluster")
    home = choose_home()
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    if home.stat().st_uid not in (os.getuid(), owner_uid()):
        fail(f"{home} belongs to somebody else: remove it")
    os.chown(home, owner_uid(), -1)
    if home != PG_LINK:
        PG_LINK.unlink(missing_ok=True)
        PG_LINK.symlink_to(home)
    data = home / "data"
    options = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
    run(
        as_owner(PG_BIN / "initdb", "-D", data, *options),
        stdout=subprocess.DEVNULL,
        cwd="/",
    )
    with (data / "postgresql.conf").open("a") as conf:
        conf.write(f"{SETTINGS}unix_socket_directories = '{home}'\n")
    # Single-user mode: no need to start the server to make its one role.
    run(
        as_owner(PG_BIN / "postgres", "--single", "-D", data, "postgres"),
        input=f"CREATE ROLE {PG_ROLE} LOGIN CREATEDB\n".encode(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
    )


def start():
    if is_running():
        return
    data = pg_socket() / "data"
    if not data.exists():
        fail("there is no cluster yet: run make setup")
    say("PostgreSQL: starting the private cluster")
    run(
        as_owner(PG_BIN / "pg_ctl", "-D", data, "-l", pg_socket() / "log", "-w", "start"),
        stdout=subprocess.DEVNULL,
        cwd="/",
    )


def stop():
    if is_running():
        say("PostgreSQL: stopping the private cluster")
        data = pg_socket() / "data"
        run(
            as_owner(PG_BIN / "pg_ctl", "-D", data, "-m", "fast", "-w", "stop"),
            stdout=subprocess.DEVNULL,
            cwd="/",
        )


def status():
    say("running" if is_running() else "stopped")


def env():
    """Print what a shell needs to reach the cluster with psql: ``eval "$(…)"``."""
    for name in ("PGHOST", "PGUSER"):
        say(f"export {name}={pg_environment()[name]}")


def remove():
    """Delete the cluster, which may lie outside the work tree."""
    stop()
    shutil.rmtree(pg_socket(), ignore_errors=True)


def is_running():
    ready = PG_BIN / "pg_isready"
    if not ready.exists():
        return False
    return subprocess.run([ready, "-q", "-h", pg_socket()], check=False).returncode == 0


def choose_home():
    """.local/pg, unless the server could not work there.

    PostgreSQL refuses to run as root and runs as user ``postgres`` then, who must be able
    to enter the folder (not so under /root); and a socket's path has a maximal length.
    """
    short = len(str(PG_LINK / ".s.PGSQL.5432.lock")) <= SOCKET_PATH_LIMIT
    enter = as_owner("test", "-x", LOCAL)
    if short and subprocess.run(enter, check=False).returncode == 0:
        return PG_LINK
    name = f"ciama-{hashlib.sha256(str(ROOT).encode()).hexdigest()[:12]}"
    return Path("/var/tmp") / name  # noqa: S108  # create() checks whose it is


def owner_uid():
    """The system user that runs the server."""
    return pwd.getpwnam("postgres" if os.getuid() == 0 else getpass.getuser()).pw_uid


def as_owner(*command):
    words = [str(word) for word in command]
    if os.getuid() != 0:
        return words
    user = pwd.getpwnam("postgres")
    ids = [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--init-groups"]
    return ["setpriv", *ids, *words]


if __name__ == "__main__":
    main()
