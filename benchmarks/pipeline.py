"""The connector's own way of an order: pages, staged cards, import jobs."""

from odoo import fields

from . import catalogue
from .meter import Meter
from .transaction import transaction


class Pipeline:
    """One shop of one database. Pages are as large as the connector asks for; the import
    jobs that they give are run a few at a time."""

    def __init__(self, database, platform, url, credentials, since="2000-01-01 00:00:00"):
        self.database, self.platform = database, platform
        self.access = {"platform": platform, "url": url, "credentials": credentials}
        self.journal, self.jobs = [], []
        self.staging = Meter()  # what all pages cost
        with transaction(database) as env:
            shop = _shop(env, **self.access, since=since)
            shop.action_test_connection()
            if shop.health != "ok":
                raise RuntimeError(f"{platform}: {shop.health_message}")
            self.shop_id, self.batch = shop.id, shop.batch_size
            self.pages = shop._connector(self.journal).pull(None)

    def warm_up(self, recorded):
        """Bring the ``recorded`` orders, which are of all kinds, and some more; set up
        what they ask for."""
        jobs = self.take(recorded // self.batch + 3)
        with transaction(self.database) as env:
            cards = env["ciama.order"].search([("shop_id", "=", self.shop_id)])
            catalogue.make_products(env, cards)
        run_jobs(self.database, jobs, Meter())
        with transaction(self.database) as env:
            catalogue.map_taxes(env, self.shop_id)
            catalogue.prove_numbers(env)

    def newest(self, count):
        """A connection of its own that knows nothing before the newest ``count`` orders."""
        self.pull()
        with transaction(self.database) as env:
            domain = [("shop_id", "=", self.shop_id)]
            cards = env["ciama.order"].search(domain, order="shop_updated_at desc", limit=count)
            since = fields.Datetime.to_string(cards[-1].shop_updated_at)
        return Pipeline(self.database, **self.access, since=since)

    def pull(self):
        """A whole pull as a job does it; ``orders`` are the new ones."""
        meter = Meter()
        with transaction(self.database) as env:
            calls = env["ciama.exchange"].search_count([])
            cards = env["ciama.order"].search_count([])
        with transaction(self.database, meter) as env:
            env["ciama.shop"].browse(self.shop_id)._job_pull()
        with transaction(self.database) as env:
            meter.http = env["ciama.exchange"].search_count([]) - calls
            meter.orders = env["ciama.order"].search_count([]) - cards
        return meter

    def take(self, count):
        """uuids of ``count`` import jobs; pulls where there are not enough of them."""
        while len(self.jobs) < count:
            self._stage_page()
        taken, self.jobs = self.jobs[:count], self.jobs[count:]
        return taken

    def _stage_page(self):
        meter = self.staging
        with meter.measure_pull(self.journal):
            page = next(self.pages, None)
        if page is None:
            raise RuntimeError(f"{self.platform}: the simulated shop has too few orders")
        with transaction(self.database, meter) as env:
            shop = env["ciama.shop"].browse(self.shop_id)
            env["ciama.pull"]._take_page(shop, page, self.journal, None)
        meter.orders += len(page.orders)
        with transaction(self.database) as env:
            waiting = env["queue.job"].search(
                [("state", "=", "pending"), ("method_name", "=", "_job_import")], order="id"
            )
            mine = waiting.filtered(lambda job: job.records.shop_id.id == self.shop_id)
            self.jobs = mine.mapped("uuid")


def documents(*, wanted):
    """Settings of a shop whose orders are invoiced and booked as paid, or are not."""
    return {"invoice_policy": "order" if wanted else "never", "register_payments": wanted}


def run_jobs(database, uuids, meter):
    """Run import jobs as the job runner does, one after the other; ids of the cards."""
    # Addons can be imported only once Odoo knows its configuration.
    from odoo.addons.queue_job.controllers.main import RunJobController
    from odoo.addons.queue_job.job import Job

    ids = []
    for uuid in uuids:
        state = "pending"
        while state == "pending":  # also after a conflict with another worker
            with transaction(database, meter) as env:
                job = Job.load(env, uuid)
                job.set_enqueued()
                job.store()
                env.flush_all()
                job = RunJobController._acquire_job(env, uuid)
                RunJobController._runjob(env, job)
                state = job.state
            meter.retries += state == "pending"
        ids += job.recordset.ids
    return ids


def _shop(env, platform, url, credentials, since):
    # Small pulls are measured with a second connection to the same shop.
    shops = env["ciama.shop"].with_context(ciama_copying=True)
    shop = shops.create(
        {
            "name": f"Benchmark {platform}",
            "platform": platform,
            "url": url,
            "import_from": since,
            "unknown_product_policy": "create",
            # Bare Odoo confirms every order too.
            "confirm_policy": "always",
            **documents(wanted=False),
        }
    )
    for credential in shop.credential_ids:
        if credential.name in credentials:
            credential.value = credentials[credential.name]
    return shop
