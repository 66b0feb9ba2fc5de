"""The connector's own way of an order: pages, staged cards, import jobs."""

from . import catalogue
from .transaction import transaction

PAGE = 100


class Pipeline:
    """One shop of one database, pulled page by page."""

    def __init__(self, database, platform, url, credentials):
        self.database, self.platform = database, platform
        self.journal = []
        with transaction(database) as env:
            shop = _shop(env, platform, url, credentials)
            shop.action_test_connection()
            if shop.health != "ok":
                raise RuntimeError(f"{platform}: {shop.health_message}")
            self.shop_id = shop.id
            self.pages = shop._connector(self.journal).pull(None, page_size=PAGE)

    def warm_up(self, meter, recorded):
        """Bring the ``recorded`` orders, which are of all kinds, and make the products."""
        uuids = self.stage(meter, recorded)
        with transaction(self.database) as env:
            catalogue.make(env, env["ciama.order"].search([("shop_id", "=", self.shop_id)]))
        run_jobs(self.database, uuids, meter)

    def stage(self, meter, least):
        """Pull whole pages until there are ``least`` orders; uuids of the import jobs."""
        uuids, staged = [], 0
        while staged < least:
            with meter.measure_pull(self.journal):
                page = next(self.pages, None)
            if page is None:
                raise RuntimeError(f"{self.platform}: the simulated shop has too few orders")
            with transaction(self.database, meter) as env:
                shop = env["ciama.shop"].browse(self.shop_id)
                env["ciama.pull"]._take_page(shop, "cursor", page, self.journal)
            staged += len(page.orders)
            uuids += self._new_jobs(known=uuids)
        return uuids

    def _new_jobs(self, known):
        with transaction(self.database) as env:
            jobs = env["queue.job"].search(
                [("state", "=", "pending"), ("method_name", "=", "_job_import")], order="id"
            )
            return [job.uuid for job in jobs if job.uuid not in known]


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
        meter.orders += len(job.recordset)
    return ids


def _shop(env, platform, url, credentials):
    shop = env["ciama.shop"].create(
        {
            "name": f"Benchmark {platform}",
            "platform": platform,
            "url": url,
            "import_from": "2000-01-01 00:00:00",
            "unknown_product_policy": "create",
            # Bare Odoo confirms every order too.
            "confirm_policy": "always",
        }
    )
    for credential in shop.credential_ids:
        if credential.name in credentials:
            credential.value = credentials[credential.name]
    return shop
