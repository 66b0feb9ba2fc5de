"""Whether people are told when nobody does the jobs."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tools import config

from .fake import PullCase

LOADED = ["base", "rpc", "web", "queue_job"]


class TestQueueHealth(PullCase):
    def setUp(self):
        super().setUp()
        self.env["queue.job"].search([]).unlink()

    def job(self, state="pending", minutes=10, **moments):
        """A pull that was put into the queue ``minutes`` ago; ``moments`` are fields and
        how many minutes ago."""
        self.shop._enqueue_pull()
        job = self.env["queue.job"].search([], order="id desc", limit=1)
        moments = {"date_created": minutes, **moments}
        job.with_context(_job_edit_sentinel=job.EDIT_SENTINEL).write(
            {"state": state, "identity_key": False}
            | {field: self.ago(minutes) for field, minutes in moments.items()}
        )
        return job

    def ago(self, minutes):
        return fields.Datetime.now() - timedelta(minutes=minutes)

    def look(self, modules=LOADED):
        with patch.dict(config.options, {"server_wide_modules": modules}):
            return self.env["ciama.queue.health"]._state()

    def test_nothing_to_do(self):
        self.job("done", minutes=90, date_started=80, date_done=80)
        self.assertEqual(self.look().state, "idle")
        self.job(minutes=2)
        self.assertEqual(self.look().state, "idle", "the runner may be about to take it")

    def test_jobs_are_done(self):
        self.job("done", date_started=2, date_done=1)
        self.job()
        self.assertEqual(self.look().state, "ok", "it has not come to the other one yet")

    def test_one_long_job_counts(self):
        self.job("started", minutes=40, date_started=30)
        self.job(minutes=20)
        self.assertEqual(self.look().state, "ok")

    def test_jobs_wait_and_none_is_done(self):
        self.job(minutes=14)
        self.job("enqueued", minutes=7)
        self.job("done", minutes=90, date_started=80, date_done=80)
        health = self.look()
        self.assertEqual(health.state, "stuck")
        self.assertIn("2 background jobs have been waiting for 14 minutes", health.sentence)
        self.assertIn("Restart Odoo", health.sentence)

    def test_a_job_that_died_with_its_runner(self):
        self.job("started", minutes=90, date_started=89)
        self.job(minutes=14)
        self.assertEqual(self.look().state, "stuck")

    def test_a_job_that_is_to_be_done_later_does_not_wait(self):
        self.job(minutes=60, eta=-30)
        self.assertEqual(self.look().state, "idle")
        self.job(minutes=60, eta=30)
        self.assertEqual(self.look().state, "stuck")

    def test_jobs_of_others_are_not_ours_to_complain_about(self):
        self.job(minutes=60).with_context(
            _job_edit_sentinel=self.env["queue.job"].EDIT_SENTINEL
        ).channel = "root.mail"
        self.assertEqual(self.look().state, "idle")

    def test_a_runner_that_is_not_switched_on(self):
        without = LOADED[:3]
        health = self.look(without)
        self.assertEqual(health.state, "stuck")
        self.assertIn("server_wide_modules", health.sentence)
        self.job(minutes=14)
        self.assertIn("server_wide_modules", self.look(without).sentence)

    def test_another_server_may_run_the_jobs(self):
        self.job("done", minutes=90, date_started=80, date_done=80)
        self.assertEqual(self.look(LOADED[:3]).state, "idle")

    def test_the_shop_says_so_only_when_it_is_stuck(self):
        self.assertFalse(self.shop.queue_message)
        self.job(minutes=14)
        self.shop.invalidate_recordset()
        self.assertIn("1 background jobs", self.shop.queue_message)
