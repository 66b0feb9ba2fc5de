"""Jobs and scheduled actions: in which channel, how often, and what is left behind."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.addons.queue_job.exception import RetryableJobError
from odoo.addons.queue_job.job import Job
from odoo.addons.queue_job.tests.common import trap_jobs
from psycopg2.errors import UniqueViolation

from .common import order
from .fake import PullCase

CHANNELS = {
    ("ciama.shop", "_job_pull"): "root.ciama.pull",
    ("ciama.backfill", "_job_run"): "root.ciama.pull",
    ("ciama.shop", "_job_refetch"): "root.ciama.pull",
    ("ciama.order", "_job_import"): "root.ciama.import",
    ("ciama.retry", "_job_batch"): "root.ciama.import",
    ("ciama.order", "_job_documents"): "root.ciama.import",
    ("ciama.shop", "_job_invite_customer"): "root.ciama.import",
    ("ciama.vies.check", "_job_ask"): "root.ciama.vies",
    ("ciama.vies.check", "_job_answered"): "root.ciama.vies",
}
COMMITTING = {"_job_pull", "_job_run", "_job_refetch"}


class TestQueue(PullCase):
    def config(self, model, method):
        functions = self.env["queue.job.function"]
        return functions.job_config(functions.job_function_name(model, method))

    def test_every_job_has_its_channel_and_its_backoff(self):
        methods = {
            (name, method)
            for name in self.env
            if name.startswith("ciama.")
            for method in set(dir(type(self.env[name]))) - set(dir(type(self.env["base"])))
            if method.startswith("_job_")
        }
        self.assertEqual(methods, set(CHANNELS))
        for (model, method), channel in CHANNELS.items():
            with self.subTest(method=method):
                config = self.config(model, method)
                self.assertEqual(config.channel, channel)
                self.assertEqual(config.retry_pattern, {1: 10, 3: 60, 6: 600})
                self.assertEqual(config.allow_commit, method in COMMITTING)

    def test_the_backoff_grows(self):
        self.shop.action_pull()
        job = Job.load(self.env, self.jobs("ciama.shop", "_job_pull").uuid)
        for tries, seconds in ((1, 10), (3, 60), (6, 600), (50, 600)):
            job.retry = tries
            self.assertEqual(job._get_retry_seconds(), seconds)

    def test_an_import_job_runs_from_the_queue(self):
        (card,) = self.stage(order())
        card.action_retry()
        record = self.jobs("ciama.order", "_job_import").filtered(lambda job: job.records == card)
        self.assertEqual(record.channel, "root.ciama.import")
        self.assertEqual(Job.load(self.env, record.uuid).perform(), "1 imported")
        self.assertEqual(card.state, "imported")

    def test_running_a_job_again_changes_nothing(self):
        (card,) = self.stage(order())
        card._job_import()
        sale_order = card.sale_order_id
        self.assertEqual(card._job_import(), "Nothing to do.")
        self.assertEqual(card.sale_order_id, sale_order)
        self.assertEqual(card.attempts, 1)

    def test_a_job_whose_orders_are_gone_ends_quietly(self):
        (card,) = self.stage(order())
        card.unlink()
        self.assertEqual(card._job_import(), "Nothing to do.")

    def test_a_failing_job_leaves_its_cards_where_people_see_them(self):
        (card,) = self.stage(order())
        card.action_retry()
        job = Job.load(self.env, self.jobs("ciama.order", "_job_import")[:1].uuid)
        crash = patch.object(self.registry["ciama.importer"], "_take", side_effect=MemoryError)
        with crash, self.assertRaises(MemoryError):
            job.perform()
        self.assertEqual(card.state, "received")
        self.assertEqual(self.shop.waiting_count, 1)

    def test_two_jobs_that_make_the_same_record_are_run_again(self):
        (card,) = self.stage(order())
        with (
            patch.object(
                self.registry["ciama.importer"], "_run", side_effect=UniqueViolation("twice")
            ),
            self.assertRaises(RetryableJobError) as caught,
        ):
            card._job_import()
        self.assertTrue(caught.exception.ignore_retry)


class TestSweep(PullCase):
    """Orders whose job was lost are taken up again."""

    def sweep(self):
        self.env.ref("ciama_connector.cron_sweep").ir_actions_server_id.run()

    def age(self, cards, hours=2):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE ciama_order SET write_date = %s WHERE id IN %s",
            (fields.Datetime.now() - timedelta(hours=hours), tuple(cards.ids)),
        )
        cards.invalidate_recordset()

    def queued(self):
        jobs = self.jobs("ciama.order", "_job_import")
        return self.env["ciama.order"].browse(card.id for job in jobs for card in job.records)

    def test_forgotten_orders_are_enqueued(self):
        forgotten = self.stage(order(), order())
        self.age(forgotten)
        self.sweep()
        self.assertEqual(set(self.queued().ids), set(forgotten.ids))
        self.sweep()
        self.assertEqual(len(self.jobs("ciama.order", "_job_import")), 1, "and only once")

    def test_orders_with_a_job_are_left_to_it(self):
        cards = self.stage(order(), order())
        cards.action_retry()
        self.age(cards)
        self.sweep()
        self.assertEqual(len(self.jobs("ciama.order", "_job_import")), 1)

    def test_a_job_that_failed_for_good_does_not_hold_its_orders(self):
        cards = self.stage(order())
        cards.action_retry()
        self.jobs("ciama.order", "_job_import").write({"state": "failed"})
        self.age(cards)
        self.sweep()
        self.assertEqual(
            sorted(self.jobs("ciama.order", "_job_import").mapped("state")), ["failed", "pending"]
        )

    def test_fresh_and_finished_orders_are_left_alone(self):
        self.stage(order())
        done = self.import_orders(order(), order(status="cancelled"), order(lines=[]))
        self.age(done)
        self.sweep()
        self.assertFalse(self.queued())

    def test_shops_do_not_share_a_job(self):
        second = self.make_shop(name="Second")
        cards = self.stage(order()) | self.stage(order(), shop=second)
        self.age(cards)
        with trap_jobs() as jobs:
            self.sweep()
            self.assertEqual(len(jobs.enqueued_jobs), 2)
            jobs.perform_enqueued_jobs()
        self.assertEqual(cards.mapped("state"), ["imported"] * 2)


class TestJournal(PullCase):
    def entry(self, days):
        return self.env["ciama.exchange"].create(
            {
                "shop_id": self.shop.id,
                "started_at": fields.Datetime.now() - timedelta(days=days),
                "status": 200,
            }
        )

    def test_is_kept_for_a_month(self):
        kept, old = self.entry(29), self.entry(31)
        self.env["ciama.exchange"]._gc_exchanges()
        self.assertTrue(kept.exists())
        self.assertFalse(old.exists())

    def test_is_kept_as_long_as_is_set(self):
        self.env["ir.config_parameter"].set_param("ciama_connector.journal_days", "3")
        kept, old = self.entry(2), self.entry(4)
        self.env["ciama.exchange"]._gc_exchanges()
        self.assertTrue(kept.exists())
        self.assertFalse(old.exists())

    def test_the_last_day_is_kept_whatever_is_set(self):
        self.env["ir.config_parameter"].set_param("ciama_connector.journal_days", "-3")
        kept = self.entry(0)
        self.env["ciama.exchange"]._gc_exchanges()
        self.assertTrue(kept.exists())

    def test_much_of_it_goes_bit_by_bit(self):
        for _number in range(3):
            self.entry(40)
        with patch("odoo.addons.ciama_connector.models.ciama_exchange.FORGOTTEN_AT_ONCE", 2):
            self.assertEqual(self.env["ciama.exchange"]._gc_exchanges(), (2, True))
            self.assertEqual(self.env["ciama.exchange"]._gc_exchanges(), (1, False))

    def test_failures_are_found(self):
        well = self.entry(1)
        refused = self.entry(1)
        refused.status = 401
        broken = self.entry(1)
        broken.write({"status": 0, "error": "The connection to the shop broke."})
        self.assertEqual((well | refused | broken).mapped("failed"), [False, True, True])
        own = [("shop_id", "=", self.shop.id)]
        search = self.env["ciama.exchange"].search
        self.assertEqual(search([*own, ("failed", "=", True)]), refused | broken)
        self.assertEqual(search([*own, ("failed", "=", False)]), well)
