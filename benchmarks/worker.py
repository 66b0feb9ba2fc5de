"""A process with Odoo in it that measures on request: ``python -m benchmarks.worker DB``.

Reads one JSON object a line, ``{"do": NAME, ...}``, and answers each with one line.
"""

import json
import sys

from odoo.modules.registry import Registry
from odoo.tools import config

from project import ODOO_CONF

from . import customers, floor
from .meter import Meter, resident_bytes
from .pipeline import Pipeline, run_jobs
from .transaction import transaction


class Worker:
    def __init__(self, database):
        self.database = database
        self.pipelines = {}
        self.work = {}  # platform -> what bare Odoo is to do
        Registry(database)

    # -- what can be asked for; each returns what JSON can hold
    def connect(self, platform, url, credentials, recorded):
        pipeline = Pipeline(self.database, platform, url, credentials)
        pipeline.warm_up(Meter(), recorded)
        self.pipelines[platform] = pipeline

    def bring(self, platform, orders):
        """Pull and import at least ``orders`` orders."""
        meter = Meter()
        cards = run_jobs(self.database, self.pipelines[platform].stage(meter, orders), meter)
        self._remember(platform, cards)
        return meter.as_dict()

    def stage(self, platform, orders):
        """Only pull; the import jobs are for others."""
        meter = Meter()
        uuids = self.pipelines[platform].stage(meter, orders)
        return {**meter.as_dict(), "jobs": uuids}

    def run_jobs(self, platform, jobs):
        meter = Meter()
        self._remember(platform, run_jobs(self.database, jobs, meter))
        return meter.as_dict()

    def floor(self, platform, orders, batch, tag):
        """Bare Odoo does again what was brought last."""
        meter = Meter()
        work = self.work[platform]
        work = (work * (orders // len(work) + 1))[:orders]
        ids = floor.run(self.database, work, batch, meter, tag)
        with transaction(self.database) as env:
            check_confirmed(env["sale.order"].browse(ids))
        return meter.as_dict()

    def idle(self, platform):
        """A pull that finds nothing new, as a job does it."""
        meter = Meter()
        pipeline = self.pipelines[platform]
        with transaction(self.database) as env:  # what is left to pull
            env["ciama.shop"].browse(pipeline.shop_id)._job_pull()
        with transaction(self.database) as env:
            known = env["ciama.exchange"].search_count([])
            cards = env["ciama.order"].search_count([])
        with transaction(self.database, meter) as env:
            env["ciama.shop"].browse(pipeline.shop_id)._job_pull()
        with transaction(self.database) as env:
            meter.http = env["ciama.exchange"].search_count([]) - known
            if env["ciama.order"].search_count([]) != cards:
                raise RuntimeError(f"{platform}: a pull found orders where there are none")
        return meter.as_dict()

    def fill(self):
        with transaction(self.database) as env:
            customers.fill(env)

    def memory(self):
        return {"resident": resident_bytes()}

    def _remember(self, platform, card_ids):
        with transaction(self.database) as env:
            cards = env["ciama.order"].browse(card_ids)
            lost = cards.filtered(lambda card: card.state != "imported")
            if lost:
                raise RuntimeError(f"{len(lost)} orders are not imported: {lost[0].message}")
            check_confirmed(cards.sale_order_id)
            self.work[platform] = floor.work_of(cards.sale_order_id)


def check_confirmed(orders):
    """Figures of orders that were not done would be worth nothing."""
    undone = orders.filtered(lambda order: order.state != "sale" or not order.picking_ids)
    if undone:
        raise RuntimeError(f"{len(undone)} sale orders without confirmation or delivery")


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
