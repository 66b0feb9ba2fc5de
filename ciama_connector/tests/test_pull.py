"""The pull: pages, cursor, locks, trouble, journal."""

from unittest.mock import patch

import psycopg2
from odoo import fields
from odoo.addons.queue_job.exception import RetryableJobError
from odoo.addons.queue_job.job import Job
from odoo.addons.queue_job.tests.common import trap_jobs
from odoo.sql_db import db_connect
from psycopg2.errors import UniqueViolation

from ..platforms.errors import BadReply, Throttled, Unavailable, WrongCredentials
from ..services.pull import LOCKS, PullFailed
from .fake import PullCase, commits, dated


class TestPages(PullCase):
    def test_pages_and_cursor_are_committed_together(self):
        fake = self.open(*(dated(minute) for minute in (1, 2, 3, 4)))
        fake.trouble[3] = Unavailable("The connection broke.")
        with trap_jobs(), commits(self.env) as seen, self.failing(RetryableJobError):
            self.shop._job_pull()
        # A page holds two, the second starts with the last of the first; the third breaks.
        self.assertEqual(
            seen,
            [
                (2, "2026-03-02T10:02:00+00:00", 1),
                (3, "2026-03-02T10:03:00+00:00", 2),
                (3, "2026-03-02T10:03:00+00:00", 3),
            ],
        )
        with trap_jobs(), commits(self.env) as seen:
            self.assertEqual(self.shop._job_pull(), "1 new or changed orders")
        self.assertEqual(fake.asked[3], "orders?since=2026-03-02T10:03:00+00:00")
        self.assertEqual(seen[-1], (4, "2026-03-02T10:04:00+00:00", 4))

    def test_a_page_that_breaks_while_it_is_staged_leaves_nothing(self):
        self.open(*(dated(minute) for minute in (1, 2, 3)))
        stage, staged = self.registry["ciama.staging"]._stage, []
        name = "Marie Curie"

        def break_at_second(staging, shop, raw_orders, **options):
            done = stage(staging, shop, raw_orders, **options)
            staged.append(done)
            if len(staged) == 2:
                raise KeyError(name)
            return done

        with (
            patch.object(self.registry["ciama.staging"], "_stage", break_at_second),
            trap_jobs(),
            commits(self.env),
            self.failing(PullFailed) as failure,
        ):
            self.shop._job_pull()
        self.assertNotIn(name, str(failure.exception), "values may be personal")
        self.assertIn("KeyError", str(failure.exception))
        self.assertEqual(set(self.cards().mapped("external_id")), {"at-1", "at-2"})
        self.assertEqual(self.shop.cursor, "2026-03-02T10:02:00+00:00")
        self.assertEqual(self.shop.health, "broken")
        self.assertIn("KeyError", self.shop.health_message)
        self.assertEqual(len(self.journal()), 2, "the exchange of the broken page is kept")

    def test_overlap_is_harmless_and_a_change_comes_once(self):
        fake = self.open(dated(1), dated(2))
        with trap_jobs() as jobs:
            self.assertEqual(self.shop._job_pull(), "2 new or changed orders")
            self.assertEqual(self.shop._job_pull(), "0 new or changed orders")
            jobs.assert_jobs_count(1)
        fake.put(
            {**fake.orders["at-1"], "updated_at": "2026-03-02T10:09:00+00:00", "tags": ["vip"]}
        )
        with trap_jobs() as jobs:
            self.assertEqual(self.shop._job_pull(), "1 new or changed orders")
            jobs.assert_jobs_count(1)
        self.assertEqual(len(self.cards()), 2)

    def test_nothing_new_costs_one_call_and_few_queries(self):
        fake = self.open(dated(1), dated(2))
        with trap_jobs():
            self.shop._job_pull()
        self.env.flush_all()
        self.env.invalidate_all()
        calls = len(fake.asked)
        with trap_jobs() as jobs, self.assertQueryCount(20):
            self.shop._job_pull()
        jobs.assert_jobs_count(0)
        self.assertEqual(len(fake.asked) - calls, 1)

    def test_first_pull_starts_at_the_start_date(self):
        fake = self.open()
        self.shop.import_from = "2025-07-01 12:00:00"
        self.shop._job_pull()
        self.assertEqual(fake.asked, ["orders?since=2025-07-01T12:00:00+00:00"])

    def test_imports_are_enqueued_in_batches_for_the_import_channel(self):
        self.shop.batch_size = 2
        self.open(*(dated(minute) for minute in range(5)), page_size=10)
        with trap_jobs() as jobs:
            self.shop._job_pull()
        self.assertEqual([len(job.recordset) for job in jobs.enqueued_jobs], [2, 2, 1])
        for job in jobs.enqueued_jobs:
            self.assertEqual(job.method_name, "_job_import")
            self.assertEqual(job.job_config.channel, "root.ciama.import")
            self.assertEqual(job.recordset.env.company, self.company)
            self.assertTrue(job.recordset.env.su)

    def test_what_a_pull_enqueues_imports_the_orders(self):
        self.open(dated(1), dated(2), dated(3))
        with trap_jobs() as jobs:
            self.shop._job_pull()
            jobs.perform_enqueued_jobs()
        self.assertEqual(self.cards().mapped("state"), ["imported"] * 3)
        self.assertEqual(self.shop.imported_count, 3)


class TestTrouble(PullCase):
    def pull(self, error):
        fake = self.open(dated(1))
        fake.trouble[1] = error
        return self.shop._job_pull()

    def test_throttled_waits_as_long_as_the_shop_says(self):
        with self.failing(RetryableJobError) as caught:
            self.pull(Throttled("Fewer requests, please.", retry_after=321))
        self.assertEqual(caught.exception.seconds, 321)
        self.assertEqual(self.shop.health, "waiting")
        self.assertEqual(self.shop.health_message, "Fewer requests, please.")

    def test_unavailable_is_tried_again_with_the_queues_backoff(self):
        with self.failing(RetryableJobError) as caught:
            self.pull(Unavailable("The connection broke."))
        self.assertIsNone(caught.exception.seconds, "so the retry pattern of the job counts")
        self.assertEqual(self.shop.health, "waiting")

    def test_a_malformed_page_is_tried_again_and_loses_nothing(self):
        fake = self.open(dated(1))
        fake.trouble[1] = BadReply("The shop's reply is not JSON.")
        with self.failing(RetryableJobError):
            self.shop._job_pull()
        self.assertFalse(self.cards())
        with trap_jobs():
            self.shop._job_pull()
        self.assertEqual(self.cards().mapped("external_id"), ["at-1"])
        self.assertEqual((self.shop.health, self.shop.health_message), ("ok", False))

    def test_trouble_of_the_settings_is_shown_on_the_shop_and_ends_the_job(self):
        self.assertEqual(
            self.pull(WrongCredentials("The hub refuses the API key.")),
            "The hub refuses the API key.",
        )
        self.assertEqual(self.shop.health, "broken")
        self.assertEqual(self.shop.health_message, "The hub refuses the API key.")
        self.assertFalse(self.shop.last_pull)

    def test_missing_credentials_are_shown_on_the_shop(self):
        self.shop.credential_ids.action_clear()
        self.open()
        self.assertEqual(self.shop._job_pull(), "Missing credentials: API key")
        self.assertEqual(self.shop.health, "broken")
        self.assertIn("API key", self.shop.health_message)

    def test_the_journal_tells_failures_too(self):
        with self.failing(RetryableJobError):
            self.pull(Unavailable("The connection broke."))
        self.assertEqual(self.journal().mapped("error"), ["The connection broke."])
        self.assertTrue(self.journal().failed)

    def test_success_is_noted(self):
        self.open(dated(1))
        before = fields.Datetime.now()
        with trap_jobs():
            self.shop._job_pull()
        self.assertGreaterEqual(self.shop.last_pull, before)
        self.assertEqual(self.shop.health, "ok")
        self.assertEqual(self.journal().mapped("status"), [200])
        self.assertFalse(self.journal().failed)


class TestLocks(PullCase):
    def lock_from_outside(self, kind):
        """Another process pulls this shop."""
        other = db_connect(self.env.cr.dbname).cursor()
        self.addCleanup(other.close)
        other.execute("SELECT pg_advisory_xact_lock(%s, %s)", (LOCKS[kind], self.shop.id))
        return other

    def test_one_pull_at_a_time(self):
        fake = self.open(dated(1))
        other = self.lock_from_outside("pull")
        self.assertEqual(self.shop._job_pull(), "Another pull of this shop is running.")
        self.assertFalse(fake.asked)
        self.assertFalse(self.cards())
        other.rollback()
        with trap_jobs():
            self.assertEqual(self.shop._job_pull(), "1 new or changed orders")

    def test_a_backfill_does_not_keep_pulls_waiting(self):
        self.open(dated(1))
        self.lock_from_outside("backfill")
        with trap_jobs():
            self.assertEqual(self.shop._job_pull(), "1 new or changed orders")

    def test_other_shops_are_not_locked(self):
        other_shop = self.make_shop(name="Second")
        other_shop.credential_ids.value = "b-key"
        self.lock_from_outside("pull")
        self.open(dated(1))
        with trap_jobs():
            self.assertEqual(other_shop._job_pull(), "1 new or changed orders")

    def test_staging_the_same_new_order_twice_at_once_is_tried_again(self):
        self.open(dated(1))
        with (
            patch.object(
                self.registry["ciama.staging"], "_stage", side_effect=UniqueViolation("twice")
            ),
            self.failing(RetryableJobError) as caught,
        ):
            self.shop._job_pull()
        self.assertTrue(caught.exception.ignore_retry)
        self.assertEqual(self.shop.health, "new", "this is no trouble of the shop")

    def test_serialization_failures_are_left_to_the_queue(self):
        self.open(dated(1))
        failure = psycopg2.errors.SerializationFailure("concurrent update")
        with (
            patch.object(self.registry["ciama.staging"], "_stage", side_effect=failure),
            self.failing(psycopg2.OperationalError),
        ):
            self.shop._job_pull()
        self.assertEqual(self.shop.health, "new")


class TestEnqueueing(PullCase):
    def test_pull_now_enqueues_one_job_only(self):
        self.shop.action_pull()
        self.shop.action_pull()
        job = self.jobs("ciama.shop", "_job_pull")
        self.assertEqual(len(job), 1)
        self.assertEqual(job.channel, "root.ciama.pull")
        self.assertEqual(job.max_retries, 0, "tried again until the shop answers")
        self.assertEqual(job.company_id, self.company)

    def test_pull_now_does_not_wait_for_the_next_try(self):
        self.shop.action_pull()
        job = Job.load(self.env, self.jobs("ciama.shop", "_job_pull").uuid)
        job.postpone(seconds=600)
        job.store()
        self.assertTrue(self.jobs("ciama.shop", "_job_pull").eta)
        self.shop.action_pull()
        self.assertFalse(self.jobs("ciama.shop", "_job_pull").eta)

    def test_the_scheduled_action_enqueues_only_shops_that_are_due(self):
        now = fields.Datetime.now()
        self.env["ciama.shop"].search([("live", "=", True)]).live = False
        never = self.make_shop(name="Never pulled", live=True)
        due = self.make_shop(name="Due", live=True)
        later = self.make_shop(name="Later", live=True)
        due.next_pull = fields.Datetime.subtract(now, minutes=1)
        later.next_pull = fields.Datetime.add(now, minutes=3)
        archived = self.make_shop(name="Archived", live=True, active=False)
        off = self.make_shop(name="Off")
        self.env.ref("ciama_connector.cron_pull").ir_actions_server_id.run()
        self.assertEqual(
            {job.records for job in self.jobs("ciama.shop", "_job_pull")}, {never, due}
        )
        self.assertGreater(never.next_pull, fields.Datetime.add(now, minutes=4))
        self.assertFalse(archived.next_pull or off.next_pull)
        self.env.ref("ciama_connector.cron_pull").ir_actions_server_id.run()
        self.assertEqual(len(self.jobs("ciama.shop", "_job_pull")), 2, "nothing is due any more")
