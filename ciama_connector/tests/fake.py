"""A shop that lives in the test: it answers what the test put into it, and no network."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from unittest.mock import patch

from ..platforms import registry
from ..platforms.base import (
    Connector,
    Page,
    Right,
    RightCheck,
    ShopFacts,
    ShopVocabulary,
    window_start,
)
from ..platforms.ciama.client import CiamaConnector
from ..platforms.errors import NotFound
from ..platforms.http import Exchange
from .common import ImportCase, order, raw_order


class FakeShop:
    """``orders`` are canonical orders as JSON, kept by their external id.

    Like a real one it lists by the time of change and includes the moment of the cursor,
    so that every pull shows the last order again. ``trouble`` holds errors by the number
    of the call (from 1, counted since the shop was made); ``asked`` what was asked.
    ``refused`` are codes of ``RIGHTS`` that the key lacks; ``vocabulary`` (a
    ShopVocabulary) what the shop is set up with; ``countable`` whether it can count.
    """

    def __init__(self, *orders, page_size=2):
        self.orders = {order["external_id"]: order for order in orders}
        self.page_size = page_size
        self.trouble = {}
        self.asked = []
        self.refused = set()
        self.vocabulary = ShopVocabulary()
        self.countable = True

    def put(self, order):
        self.orders[order["external_id"]] = order

    def answer(self, question):
        self.asked.append(question)
        error = self.trouble.get(len(self.asked))
        if error:
            raise error

    def changed(self, since):
        raws = [raw_order(order) for order in self.orders.values()]
        return sorted(
            (raw for raw in raws if raw.updated_at >= since), key=lambda raw: raw.updated_at
        )

    def placed(self, since=None, until=None):
        """Orders placed in the window, newest first."""
        dated = sorted(
            (
                (datetime.fromisoformat(body["created_at"]), number, body)
                for number, body in enumerate(self.orders.values())
            ),
            key=lambda entry: entry[:2],
            reverse=True,
        )
        return [
            body
            for moment, _number, body in dated
            if (since is None or moment >= since) and (until is None or moment < until)
        ]

    @contextmanager
    def open(self):
        """While open, shops of platform ``ciama`` are this one."""
        connector = type("Bound", (FakeConnector,), {"shop": self})
        original = registry.connector_class
        with patch.object(
            registry,
            "connector_class",
            lambda code: connector if code == "ciama" else original(code),
        ):
            yield self


RIGHTS = (
    Right("orders:read", "Read orders", "Orders are pulled with it."),
    Right("history:read", "Read old orders", "Orders of last year need it.", needed=False),
)


class FakeConnector(Connector):
    platform = replace(CiamaConnector.platform, rights=RIGHTS)
    shop = None

    def check(self):
        self._call("shop")
        return ShopFacts("Fake", "1", "EUR", "Europe/Paris", ("fr",), True)

    def pull(self, cursor, *, since=None, page_size=None):
        start = datetime.fromisoformat(cursor) if cursor else window_start(since)
        while True:
            self._call(f"orders?since={start.isoformat()}")
            found = self.shop.changed(start)
            page = found[: self.shop.page_size]
            end = page[-1].updated_at if page else start
            yield Page(tuple(page), end.isoformat())
            if len(found) <= self.shop.page_size:
                return
            start = end

    def fetch(self, reference):
        self._call(f"orders/{reference}")
        if reference not in self.shop.orders:
            raise NotFound("No such order.")
        return raw_order(self.shop.orders[reference])

    def check_rights(self):
        self._call("rights")
        return tuple(
            RightCheck(right, False, f"Tick “{right.label}” in the hub's settings.")
            if right.code in self.shop.refused
            else RightCheck(right, True)
            for right in self.platform.rights
        )

    def vocabulary(self):
        self._call("vocabulary")
        return self.shop.vocabulary

    def latest(self, limit=10):
        self._call(f"orders?latest={limit}")
        return tuple(raw_order(body) for body in self.shop.placed()[:limit])

    def count(self, since, until):
        self._call("orders/count")
        return len(self.shop.placed(since, until)) if self.shop.countable else None

    @classmethod
    def normalize(cls, payload):
        return CiamaConnector.normalize(payload)

    def admin_url(self, external_id):
        return f"{self.config.url}/admin/{external_id}"

    def _call(self, path):
        """Into the journal, as the transport would."""
        error = self.shop.trouble.get(len(self.shop.asked) + 1)
        self.transport._journal(
            Exchange(
                started_at=datetime.now(UTC),
                method="GET",
                url=f"{self.config.url}/{path}",
                status=503 if error else 200,
                duration=0.01,
                request_size=0,
                reply_size=2,
                error=str(error or ""),
            )
        )
        self.shop.answer(path)


@contextmanager
def commits(env):
    """Commits and rollbacks of a pull, as savepoints within the test's transaction.

    Yields a list that gets, at every commit, what a reader from outside would see:
    ``(number of orders, cursor, number of exchanges)``.
    """
    cr = env.cr
    open_savepoint = [cr.savepoint()]
    seen = []

    def commit(pull):
        pull.env.flush_all()
        open_savepoint.pop().close(rollback=False)
        cr.execute(
            """SELECT (SELECT count(*) FROM ciama_order), (SELECT max(cursor) FROM ciama_shop),
                      (SELECT count(*) FROM ciama_exchange)"""
        )
        seen.append(cr.fetchone())
        open_savepoint.append(cr.savepoint())

    def rollback(pull):
        open_savepoint[0].rollback()
        pull.env.invalidate_all()

    model = env.registry["ciama.pull"]
    with patch.object(model, "_commit", commit), patch.object(model, "_rollback", rollback):
        yield seen
    open_savepoint.pop().close(rollback=False)


def dated(minute, *lines, **values):
    moment = f"2026-03-02T10:{minute:02}:00+00:00"
    return order(*lines, created_at=moment, updated_at=moment, external_id=f"at-{minute}", **values)


class PullCase(ImportCase):
    """The shop has a key, and a fake one answers it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop.credential_ids.value = "a-key"

    def open(self, *orders, **values):
        fake = FakeShop(*orders, **values)
        self.enterContext(fake.open())
        return fake

    @contextmanager
    def failing(self, error):
        """``assertRaises`` of Odoo's cases undoes what was written before the error."""
        caught = SimpleNamespace()
        try:
            yield caught
        except error as exception:
            caught.exception = exception
        else:
            self.fail(f"{error.__name__} was not raised")

    def cards(self, shop=None):
        return self.env["ciama.order"].search([("shop_id", "=", (shop or self.shop).id)])

    def card(self, external_id):
        return self.cards().filtered(lambda card: card.external_id == external_id)

    def jobs(self, model, method):
        """The queue's records of jobs that call this method."""
        return self.env["queue.job"].search(
            [("model_name", "=", model), ("method_name", "=", method)]
        )

    def journal(self):
        return self.env["ciama.exchange"].search([("shop_id", "=", self.shop.id)])
