"""Run the checks named on the command line: ``run_tests.py lint plain odoo demonstration``.

Odoo's exit status is not enough to trust a green run: it skips browser tours when Chromium
is missing, all post-install tests when an asset is, and never sees a test file that
``tests/__init__.py`` forgets. So the tests found in the sources are compared with the ones
the log says were started. The last line is ``N passed, N failed, N skipped``.
"""

import ast
import os
import re
import socket
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import db
from project import ADDON, LOGS, ODOO_BIN, ODOO_CONF, PYTHON, ROOT, VENV, fail, say

ODOO_TIMEOUT = 20 * 60
LOG_LINE = re.compile(
    r"^\d{4}-\d\d-\d\d [\d:,]+ \d+ (?P<level>[A-Z]+) \S+ (?P<logger>\S+): (?P<text>.*)"
)
RESULT = re.compile(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests")
BAD_LEVELS = ("ERROR", "CRITICAL")
# Every test is rolled back: PostgreSQL's vacuum would find tables full of dead rows, take them
# for empty, and plan the queries of the next test for empty tables, which takes minutes.
NO_VACUUM = """
    DO $$ DECLARE name regclass; BEGIN
        FOR name IN SELECT oid::regclass FROM pg_class
                     WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace LOOP
            EXECUTE format('ALTER TABLE %s SET (autovacuum_enabled = false)', name);
        END LOOP;
    END $$
"""
# What Odoo says when it cannot drive a browser.
NO_BROWSER = re.compile(r"chrome|websocket", re.IGNORECASE)


@dataclass
class Report:
    """What one kind of check found; ``problems`` are reasons to fail beyond failed tests."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    problems: list[str] = field(default_factory=list)

    def __add__(self, other):
        return Report(
            self.passed + other.passed,
            self.failed + other.failed,
            self.skipped + other.skipped,
            self.problems + other.problems,
        )


def main():
    kinds = {"lint": lint, "plain": plain, "odoo": odoo, "demonstration": demonstration}
    wanted = sys.argv[1:]
    if not wanted or not set(wanted) <= set(kinds):
        fail(f"usage: run_tests.py {' '.join(kinds)}")

    def run_kind(kind):
        say(f"--- {kind}")
        started = time.monotonic()
        report = kinds[kind]()
        say(f"--- {kind}: {time.monotonic() - started:.0f} s")
        return report

    total = Report()
    if {"plain", "odoo"} <= set(wanted):
        wanted.remove("plain")
        db.cluster.start()  # both need it
        beside = ThreadPoolExecutor(1).submit(run_kind, "plain")  # a core for each
    else:
        beside = None
    for kind in wanted:
        if kind == "demonstration" and beside:
            total += beside.result()  # it is to have the machine alone
            beside = None
        total += run_kind(kind)
    if beside:
        total += beside.result()
    for problem in total.problems:
        say(f"PROBLEM: {problem}")
    if wanted != ["lint"]:
        say(f"{total.passed} passed, {total.failed} failed, {total.skipped} skipped")
    sys.exit(1 if total.failed or total.problems else 0)


# --- lint -------------------------------------------------------------------------------


def lint():
    checks = [["ruff", "check", "."], ["ruff", "format", "--check", "."]]
    if (ADDON / "__manifest__.py").exists():
        # A model with a dozen concerns has a file for each of them: files stay short.
        split = "--disable=consider-merging-classes-inherited"
        checks.append(["pylint", f"--rcfile={ROOT / '.pylintrc'}", split, ADDON.name])
    problems = []
    for name, *arguments in checks:
        command = [str(VENV / "bin" / name), *arguments]
        if subprocess.run(command, cwd=ROOT, check=False).returncode:
            problems.append(f"{' '.join([name, *arguments])} has complaints")
    return Report(problems=problems)


# --- pytest -----------------------------------------------------------------------------


def plain():
    """Everything that needs no Odoo."""
    return run_pytest("plain", "tests", "--ignore=tests/demonstration")


def demonstration():
    """The whole main job, by the command that the README names."""
    return run_pytest("demonstration", "tests/demonstration")


def run_pytest(name, *arguments):
    result = LOGS / f"{name}.xml"
    result.unlink(missing_ok=True)
    # Without pytest-odoo, which would import Odoo: these tests prove they do not need it.
    command = [PYTHON, "-m", "pytest", "-p", "no:odoo", "-q", f"--junit-xml={result}", *arguments]
    status = subprocess.run([str(word) for word in command], cwd=ROOT, check=False).returncode
    if not result.exists():
        return Report(problems=[f"pytest stopped with exit status {status}"])
    report = read_junit(ET.parse(result))  # noqa: S314  # our own file
    if status and not report.failed:
        report.problems.append(f"pytest ended with exit status {status}")
    return report


def read_junit(tree):
    report = Report()
    outcomes = defaultdict(set)
    for case in tree.iter("testcase"):
        marks = {child.tag for child in case} & {"failure", "error", "skipped"}
        if marks & {"failure", "error"}:
            report.failed += 1
        elif marks:
            report.skipped += 1
        else:
            report.passed += 1
        outcomes[case.get("classname")].add(frozenset(marks))
    report.problems = [
        f"all tests of {name} were skipped"
        for name, marks in sorted(outcomes.items())
        if marks == {frozenset({"skipped"})}
    ]
    return report


# --- Odoo -------------------------------------------------------------------------------


def odoo():
    if not (ADDON / "__manifest__.py").exists():
        return Report(problems=[f"there is no addon in {ADDON}: no Odoo test ran"])
    name = f"ciama_test_{os.getpid()}"
    log = LOGS / "odoo-tests.log"
    db.cluster.start()
    db.fresh(name)
    db.psql(NO_VACUUM, name)
    say(f"installing {ADDON.name} and running its tests (log in {log})")
    try:
        status = run_odoo(name, log)
    finally:
        db.drop(name)
    report = read_log(log.read_text(errors="replace").splitlines(), collect(ADDON))
    if status and not report.failed:
        report.problems.append(f"Odoo ended with exit status {status}, see {log}")
    return report


def run_odoo(name, log):
    log.unlink(missing_ok=True)
    command = [PYTHON, ODOO_BIN, "-c", ODOO_CONF, "-d", name, "-i", ADDON.name]
    command += ["--test-tags", f"/{ADDON.name}", "--stop-after-init"]
    command += [f"--http-port={free_port()}", "--max-cron-threads=0", f"--logfile={log}"]
    try:
        return subprocess.run(
            [str(word) for word in command],
            check=False,
            timeout=ODOO_TIMEOUT,
            stdin=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ).returncode
    except subprocess.TimeoutExpired:
        return f"none: stopped after {ODOO_TIMEOUT} s"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def collect(addon):
    """Return the tests in the addon's sources as {(module, class, method)}.

    A class that others derive from may be a mixin, whose tests run in the derived classes
    (where these set ``allow_inherited_tests_method``, or Odoo drops them): its name is
    given as ``None``, which a start in any class satisfies.
    """
    found = []
    bases = set()
    for path in sorted(addon.glob("**/tests/test_*.py")):
        module = ".".join(path.relative_to(addon).with_suffix("").parts)
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef):
                bases.update(ast.unparse(base).split(".")[-1] for base in node.bases)
                found += [(module, node.name, method) for method in test_methods(node)]
    return {(module, None if name in bases else name, method) for module, name, method in found}


def test_methods(class_node):
    return [
        node.name
        for node in class_node.body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test")
    ]


def read_log(lines, expected):
    """Build the report of an Odoo run from its log."""
    started, skipped, failed, total, errors = set(), {}, 0, 0, []
    level = ""
    for line in lines:
        found = LOG_LINE.match(line)
        if not found:
            # The traceback under the line before.
            if level in BAD_LEVELS:
                errors[-1] += f"\n    {line}"
            continue
        level, logger, text = found["level"], found["logger"], found["text"]
        if level in BAD_LEVELS:
            errors.append(f"{logger}: {text}")
        module = logger.removeprefix(f"odoo.addons.{ADDON.name}.")
        if test := re.match(r"Starting (\w+)\.(\w+) \.\.\.", text):
            started.add((module, *test.groups()))
        elif test := re.match(r"skipped (?:setUpClass \()?(.+?)\)? : (.*)", text):
            skipped[f"{module} {test[1]}"] = test[2]
        elif result := RESULT.search(text):
            failed += int(result[1]) + int(result[2])
            total += int(result[3])
    report = Report(max(total - failed - len(skipped), 0), failed, len(skipped))
    report.problems += [f"error in the log: {text}" for text in errors]
    if not total:
        report.problems.append("no Odoo test ran")
    report.problems += never_started(expected, started)
    report.problems += missing_browser(skipped)
    return report


def never_started(expected, started):
    anywhere = {method for _module, _name, method in started}
    return [
        f"never started: {module}.{name or '*'}.{method}"
        for module, name, method in sorted(expected, key=str)
        if (module, name, method) not in started and not (name is None and method in anywhere)
    ]


def missing_browser(skipped):
    return [
        f"no browser for {test}: {reason}"
        for test, reason in skipped.items()
        if NO_BROWSER.search(reason)
    ]


if __name__ == "__main__":
    main()
