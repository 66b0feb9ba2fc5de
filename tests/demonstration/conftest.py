"""Two runs of ``make demo ONCE=1`` on a database of their own, for all tests here."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from decimal import Decimal

import psycopg2
import psycopg2.extras
import pytest

from testbed import DATA

from ..conftest import ROOT
from . import documents

sys.path.append(str(ROOT / "scripts"))
import demo

import cluster
import db
from project import LOCAL, PYTHON, pg_environment

PATIENCE = 15 * 60
CARDS = """
    SELECT card.external_id, card.platform, card.number, card.state, problem.code,
           card.payload, sale.id AS sale, sale.name, sale.state AS sale_state,
           sale.amount_total AS total, sale.amount_tax AS tax, currency.name AS currency,
           (SELECT count(*) FROM stock_picking
             WHERE sale_id = sale.id AND state != 'cancel') AS deliveries,
           (SELECT bool_or(product.type = 'consu') FROM sale_order_line line
              JOIN product_product variant ON variant.id = line.product_id
              JOIN product_template product ON product.id = variant.product_tmpl_id
             WHERE line.order_id = sale.id AND line.product_uom_qty > 0) AS has_goods
      FROM ciama_order card
      LEFT JOIN ciama_problem problem ON problem.id = card.problem_id
      LEFT JOIN sale_order sale ON sale.id = card.sale_order_id
      LEFT JOIN res_currency currency ON currency.id = sale.currency_id
"""
COUNTED = (
    "sale_order", "sale_order_line", "res_partner", "stock_picking", "product_product",
    "account_move", "account_move_line", "account_payment", "account_partial_reconcile",
)  # fmt: skip


@dataclass
class Outcome:
    """Of one run: exit status, output, report, and what the database holds."""

    status: int
    output: str
    report: dict
    cards: list
    counts: dict
    books: dict  # (platform, external id) -> documents.Books
    unbalanced: list  # moves, of which there must be none

    def shop(self, code):
        return next(shop for shop in self.report["shops"] if shop["platform"] == code)

    def cards_of(self, code):
        return {row["external_id"]: row for row in self.cards if row["platform"] == code}


@pytest.fixture(scope="session")
def recordings():
    """A copy: other recordings have another database than the developer's own demo."""
    folder = LOCAL / "run" / "recordings-of-the-tests"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(DATA, folder)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def runs(recordings):
    """(first, second) :class:`Outcome`."""
    with demo_database(recordings) as name:
        yield run(recordings, name), run(recordings, name)


@contextlib.contextmanager
def demo_database(recordings):
    """The name of the database that a demonstration of ``recordings`` makes."""
    started_here = not cluster.is_running()
    cluster.start()
    name = f"ciama_demo_{demo.database_suffix(recordings.resolve())}"
    forget(name)
    try:
        yield name
    finally:
        forget(name)
        if started_here:
            cluster.stop()


def forget(name):
    db.drop(name)
    (LOCAL / "run" / f"{name}.json").unlink(missing_ok=True)


def start(recordings):
    """The process of a demonstration."""
    return subprocess.Popen(
        [PYTHON, ROOT / "scripts" / "demo.py"],
        env={**os.environ, "ONCE": "1", "DATA": str(recordings), "PORT": "8169"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=ROOT,
    )


def run(recordings, name):
    process = start(recordings)
    output, _ = process.communicate(timeout=PATIENCE)
    assert demo.REPORT.exists(), output
    report = json.loads(demo.REPORT.read_text())
    return Outcome(process.returncode, output, report, *read_database(name))


def connect(name):
    environment = pg_environment()
    return psycopg2.connect(dbname=name, host=environment["PGHOST"], user=environment["PGUSER"])


def read_database(name):
    connection = connect(name)
    psycopg2.extensions.register_type(psycopg2.extensions.UNICODE, connection)
    with connection, connection.cursor(cursor_factory=psycopg2.extras.RealDictCursor) as cursor:
        cursor.execute(CARDS)
        cards = [dict(row) for row in cursor.fetchall()]
        counts = {}
        for table in COUNTED:
            cursor.execute(f"SELECT count(*) AS number FROM {table}")
            counts[table] = cursor.fetchone()["number"]
        books, unbalanced = documents.read(cursor)
    connection.close()
    for card in cards:
        for field in ("total", "tax"):
            card[field] = None if card[field] is None else Decimal(str(card[field]))
    return cards, counts, books, unbalanced
