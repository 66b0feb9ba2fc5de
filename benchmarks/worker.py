"""A process with Odoo in it that measures on request: ``python -m benchmarks.worker DB``.

Reads one JSON object a line, ``{"do": NAME, ...}``, and answers each with one line.
"""

import json
import sys

from odoo.modules.registry import Registry
from odoo.tools import config

from project import ODOO_CONF

from . import customers, floor, volume
from .meter import Meter, resident_bytes
from .pipeline import Pipeline, documents, run_jobs
from .transaction import transaction

MOST_CARDS = 0.1  # share of the orders; with more of them the figures mean little
MOST_UNPAID = 0.75  # shops have orders that wait for a bank wire or are paid on delivery


class Worker:
    """Its public methods can be asked for; they return what JSON can hold."""

    def __init__(self, database):
        self.database = database
        self.pipelines = {}
        self.work = {}  # platform -> what bare Odoo is to do
        Registry(database)

    def fill(self):
        with transaction(self.database) as env:
            customers.fill(env)

    def orders(self, count):
        """Orders of shops and their sale orders; what the web client asks to show them."""
        with transaction(self.database) as env:
            volume.fill(env, count)
        with transaction(self.database) as env:
            return volume.asked(env)

    def connect(self, platform, url, credentials, recorded):
        pipeline = Pipeline(self.database, platform, url, credentials)
        pipeline.warm_up(recorded)
        self.pipelines[platform] = pipeline

    def take(self, platform, jobs):
        """Import jobs, for ``run``; orders are pulled where there are not enough."""
        return self.pipelines[platform].take(jobs)

    def staging(self, platform):
        """What the pages cost so far."""
        return self.pipelines[platform].staging.as_dict()

    def documents(self, platform, wanted):
        """Let the next imports go on to invoices and payments, or not."""
        with transaction(self.database) as env:
            shop = env["ciama.shop"].browse(self.pipelines[platform].shop_id)
            shop.write(documents(wanted=wanted))

    def run(self, platform, jobs):
        """Import; the sale orders become bare Odoo's next work."""
        meter = Meter()
        card_ids = run_jobs(self.database, jobs, meter)
        with transaction(self.database) as env:
            cards = env["ciama.order"].browse(card_ids)
            done = cards.filtered(lambda card: card.state == "imported")
            meter.orders = len(done)
            if len(cards - done) > MOST_CARDS * len(cards):
                raise RuntimeError(f"{len(cards - done)} failed: {(cards - done)[0].message}")
            _check_confirmed(done.sale_order_id)
            self.work[platform] = floor.work_of(done.sale_order_id)
            _check_documents(done.shop_id, self.work[platform])
        return meter.as_dict()

    def floor(self, platform, orders, batch, tag):
        """Bare Odoo does again what was imported last."""
        meter = Meter()
        work = self.work[platform]
        work = (work * (orders // len(work) + 1))[:orders]
        ids = floor.run(self.database, work, batch, meter, tag)
        with transaction(self.database) as env:
            _check_confirmed(env["sale.order"].browse(ids))
        return meter.as_dict()

    def pulls(self, platform, news):
        """A pull that finds ``news`` orders, and one that finds nothing new.

        Connectors look at some things by turns: the first pull after news may still find
        some, and the dearer one of two that find none counts.
        """
        pipeline = self.pipelines[platform].newest(news)
        found, _echo, *idle = (pipeline.pull() for _ in range(4))
        dearer = max(idle, key=lambda meter: (meter.http, meter.queries))
        return {"news": found.as_dict(), "idle": dearer.as_dict()}

    def memory(self):
        return resident_bytes()


def _check_confirmed(orders):
    """Figures of orders that were not done would be worth nothing."""
    undone = orders.filtered(lambda order: order.state != "sale" or not order.picking_ids)
    if undone:
        raise RuntimeError(f"{len(undone)} sale orders without confirmation or delivery")


def _check_documents(shop, work):
    wanted = shop.invoice_policy == "order"
    if any(one["invoiced"] != wanted for one in work):
        raise RuntimeError("an order without invoice among those to invoice, or the reverse")
    unpaid = sum(not one["paid"] for one in work)
    if wanted and unpaid > MOST_UNPAID * len(work):
        raise RuntimeError(f"{unpaid} of {len(work)} orders without payment")


def main():
    database = sys.argv[1]
    config.parse_config(["-c", str(ODOO_CONF), "-d", database, "--no-http", "--log-level=error"])
    worker = Worker(database)
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        answer = getattr(worker, request.pop("do"))(**request)
        print(json.dumps({"answer": answer}), flush=True)


if __name__ == "__main__":
    main()
