"""Make databases: ``db.py template`` once, then ``db.py fresh NAME [--install MODULE]``.

The template is an Odoo with the modules below and a French company. A fresh database is a
copy of it, ready in a second or two instead of the minutes an installation takes.
"""

import argparse
import hashlib
import shutil
import subprocess
from pathlib import Path

import cluster
from project import (
    DATA,
    LOGS,
    ODOO_BIN,
    ODOO_CONF,
    PYTHON,
    ROOT,
    fail,
    locked,
    pg_environment,
    run,
    say,
)

TEMPLATE = "ciama_base"
MODULES = (
    "web",
    "sale_management",
    "sale_stock",
    "stock_delivery",
    "account",
    "base_vat",
    "portal",
    "l10n_fr_account",
    "l10n_eu_oss",
    "queue_job",
)
SCRIPTS = Path(__file__).parent / "template"
LOG = LOGS / "template.log"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("template", help="make the template database, if it is out of date")
    new = commands.add_parser("fresh", help="make NAME anew from the template")
    new.add_argument("name")
    new.add_argument("--install", metavar="MODULE", help="an addon to install in it")
    gone = commands.add_parser("drop", help="drop NAME and its files")
    gone.add_argument("name")
    options = parser.parse_args()
    cluster.start()
    if options.command == "template":
        make_template()
    elif options.command == "drop":
        drop(options.name)
    else:
        fresh(options.name)
        if options.install:
            install(options.name, options.install)


def fresh(name):
    """Replace database ``name`` by a copy of the template, files included."""
    if name == TEMPLATE:
        fail(f"{TEMPLATE} is the template itself")
    make_template()
    drop(name)
    # Two copies of the template at the same time would refuse each other.
    with locked("template"):
        run(["createdb", "-T", TEMPLATE, name], env=pg_environment())
    if filestore(TEMPLATE).exists():
        shutil.copytree(filestore(TEMPLATE), filestore(name))


def install(name, module):
    if not (ROOT / module / "__manifest__.py").exists():
        fail(f"there is no addon {module} in {ROOT}")
    odoo("-d", name, "-i", module, "--stop-after-init", "--no-http", "--log-level=warn")


def drop(name):
    run(["dropdb", "--if-exists", "--force", name], env=pg_environment(), stderr=subprocess.DEVNULL)
    shutil.rmtree(filestore(name), ignore_errors=True)


def make_template():
    with locked("template"):
        key = template_key()
        if template_comment() != key:
            build_template()
            psql(f"COMMENT ON DATABASE {TEMPLATE} IS '{key}'")


def build_template():
    say(f"Database {TEMPLATE}: installing Odoo's modules (a few minutes, log in {LOG})")
    drop(TEMPLATE)
    LOG.unlink(missing_ok=True)
    odoo_logged("--stop-after-init", "-i", "base", "--load-language=en_US,fr_FR")
    shell(SCRIPTS / "company.py")
    odoo_logged("--stop-after-init", "-i", ",".join(MODULES))
    shell(SCRIPTS / "settings.py")


def template_key():
    """What the template is made from: when this changes, it is made anew."""
    paths = [*SCRIPTS.glob("*.py"), *ROOT.glob("requirements-o*.txt")]
    parts = [repr(MODULES).encode(), *(path.read_bytes() for path in sorted(paths))]
    return hashlib.sha256(b"".join(parts)).hexdigest()


def template_comment():
    return psql(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database"
        f" WHERE datname = '{TEMPLATE}'"
    )


def psql(statement, database="postgres"):
    command = ["psql", "-XAtq", "-d", database, "-v", "ON_ERROR_STOP=1", "-c", statement]
    return run(command, env=pg_environment(), stdout=subprocess.PIPE, text=True).stdout.strip()


def shell(script):
    with script.open() as source:
        odoo_logged("shell", stdin=source)


def odoo_logged(*arguments, **options):
    """Run Odoo on the template database; all it says goes to the log."""
    with LOG.open("a") as log:
        odoo(*arguments, "-d", TEMPLATE, "--no-http", stdout=log, stderr=log, **options)


def odoo(*arguments, **options):
    run([PYTHON, ODOO_BIN, *with_configuration(arguments)], **options)


def with_configuration(arguments):
    """The sub-command, if there is one, goes before the options."""
    if arguments[0].startswith("-"):
        return ["-c", ODOO_CONF, *arguments]
    return [arguments[0], "-c", ODOO_CONF, *arguments[1:]]


def filestore(name):
    return DATA / "filestore" / name


if __name__ == "__main__":
    main()
