"""Databases of the benchmarks: copies of one with the addon freshly installed."""

import db
from project import ADDON, DATA, pg_environment, run

PREFIX = "ciama_bench_"
BASE = f"{PREFIX}base"


def make_base():
    db.fresh(BASE)
    db.install(BASE, ADDON.name)


def clone(name):
    """The name of a new database that equals the base."""
    drop(name)
    run(["createdb", "-T", BASE, PREFIX + name], env=pg_environment())
    return PREFIX + name


def drop(name):
    database = PREFIX + name
    db.drop(database)
    # The key that the addon made for the database.
    (DATA / ADDON.name / f"{database}.key").unlink(missing_ok=True)
