"""Odoo dies while orders become documents: nothing is lost, doubled or left half done."""

import os
import shutil
import signal
import time
from pathlib import Path

import psycopg2
import pytest

from .conftest import PATIENCE, connect, demo_database, run, start
from .documents import total

# Seconds into the first import that runs; each takes a few, from partners to payments.
MOMENTS = (0.7, 2.0, 4.0)
RUNNING = "SELECT count(*) FROM queue_job WHERE method_name = '_job_import' AND state = 'started' \
AND date_started > now() AT TIME ZONE 'UTC' - interval '5 seconds'"


@pytest.fixture(scope="module")
def killed(runs, tmp_path_factory, recordings):
    """The outcome of a demonstration whose Odoo was killed at each of the moments."""
    folder = tmp_path_factory.mktemp("killed") / "recordings"
    shutil.copytree(recordings, folder)
    with demo_database(folder) as name:
        for moment in MOMENTS:
            kill_odoo_in_an_import(folder, name, moment)
        yield run(folder, name)


def kill_odoo_in_an_import(folder, name, moment):
    demonstration = start(folder)
    try:
        deadline = time.monotonic() + PATIENCE
        while not import_is_running(name):
            assert demonstration.poll() is None, demonstration.communicate()[0]
            assert time.monotonic() < deadline
            time.sleep(0.1)
        time.sleep(moment)
        os.kill(odoo_process(name), signal.SIGKILL)
        output, _ = demonstration.communicate(timeout=PATIENCE)
        assert demonstration.returncode == 1, output
        assert "Odoo ended by itself" in output or "Odoo does not answer" in output
    finally:
        demonstration.kill()


def import_is_running(name):
    try:
        connection = connect(name)
    except psycopg2.OperationalError:  # the database is still being made
        return False
    try:
        with connection.cursor() as cursor:
            cursor.execute(RUNNING)
            return cursor.fetchone()[0] > 0
    except psycopg2.errors.UndefinedTable:
        return False
    finally:
        connection.close()


def odoo_process(name):
    """The id of the Odoo server of database ``name``."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_text().split("\0")
        except OSError:
            continue
        serves = any(word.endswith("odoo-bin") for word in words)
        if serves and name in words and any(word.startswith("--http-port") for word in words):
            return int(folder.name)
    raise AssertionError("Odoo is not running")


def essence(outcome):
    """What each order became, without ids and numbers, which depend on the way there."""
    found = {}
    for card in outcome.cards:
        books = outcome.books[card["platform"], card["external_id"]]
        found[card["platform"], card["external_id"]] = (
            card["state"],
            card["code"],
            card["total"],
            card["deliveries"],
            sorted((row["move_type"], row["amount_total"], row["state"], row["payment_state"])
                   for row in books.documents),
            total(books.received, "amount"),
            total(books.given_back, "amount"),
        )  # fmt: skip
    return found


def test_every_order_became_what_it_becomes_without_a_kill(runs, killed):
    assert killed.status == 0, killed.output
    expected, found = essence(runs[0]), essence(killed)
    assert found.keys() == expected.keys()
    assert [key for key in expected if found[key] != expected[key]] == []


def test_nothing_is_out_of_balance_after_a_kill(killed):
    assert killed.unbalanced == []
