"""Backfills beside the pulls: windows of time, counted, started, paused, resumed."""

from datetime import UTC, datetime
from unittest.mock import patch

import psycopg2.errors
from odoo.addons.queue_job.exception import RetryableJobError
from odoo.addons.queue_job.job import Job
from odoo.addons.queue_job.tests.common import trap_jobs
from odoo.exceptions import UserError
from odoo.tests import Form
from odoo.tools import mute_logger

from ..canonical.texts import Text
from ..platforms.errors import Throttled, Unavailable, WrongCredentials
from .common import line
from .fake import PullCase, commits, dated

START = "2026-03-02 10:01:00"  # the orders of ``dated`` are of the minutes from 10:00 on
END = "2026-03-02 10:04:00"


class BackfillCase(PullCase):
    def backfill(self, since=START, until=END, **values):
        values = {"shop_id": self.shop.id, "since": since, "until": until, **values}
        return self.env["ciama.backfill"].create(values)

    def started(self, *window):
        """One that runs; its job is not performed."""
        backfill = self.backfill(*window)
        backfill.action_start()
        return backfill

    def states(self):
        return {card.external_id: card.state for card in self.cards()}

    def assert_wanted(self, minute, wanted):
        placed = datetime(2026, 3, 2, 10, minute, tzinfo=UTC)
        self.assertEqual(self.shop._wants(placed), wanted)


class TestBackfill(BackfillCase):
    def test_beside_the_pull_with_a_cursor_of_its_own(self):
        fake = self.open(dated(1), dated(2))
        backfill = self.started("2019-05-01 00:00:00", END)
        with trap_jobs():
            self.shop._job_pull()
            backfill._job_run()
        self.assertEqual(fake.asked[-1], "orders?since=2019-05-01T00:00:00+00:00")
        self.assertEqual(self.shop.cursor, "2026-03-02T10:02:00+00:00")
        self.assertEqual(backfill.cursor, "2026-03-02T10:02:00+00:00")
        self.assertEqual(backfill.state, "done")
        self.assertTrue(backfill.ended_at)
        self.assertEqual(str(self.shop.import_from), "2020-01-01 00:00:00", "is left as it is")

    def test_goes_on_where_it_broke_off(self):
        fake = self.open(dated(1), dated(2), dated(3))
        fake.trouble[2] = Unavailable("The connection broke.")
        backfill = self.started()
        with trap_jobs(), commits(self.env):
            with self.failing(RetryableJobError):
                backfill._job_run()
            self.assertEqual(backfill.state, "running")
            self.assertEqual(backfill.shop_message, "The connection broke.")
            backfill._job_run()
        self.assertEqual(fake.asked[-1], "orders?since=2026-03-02T10:02:00+00:00")
        self.assertEqual(len(self.cards()), 3)
        self.assertEqual((backfill.state, self.shop.health), ("done", "ok"))

    def test_brings_in_orders_that_were_too_old(self):
        self.shop.import_from = "2026-03-02 10:02:00"
        old, older = dated(1), dated(0)
        self.open(old, older, dated(2))
        with trap_jobs() as jobs:
            self.stage(old, older)
            self.shop._job_pull()
            jobs.perform_enqueued_jobs()
        self.env["ciama.importer"]._run(
            self.cards().filtered(lambda card: card.state == "received")
        )
        self.assert_card(
            self.cards().filtered(lambda c: c.external_id == "at-1"), "ignored", "too_old"
        )
        backfill = self.started("2026-03-02 10:01:00")
        with trap_jobs() as jobs:
            backfill._job_run()
            jobs.perform_enqueued_jobs()
        self.assertEqual(self.states(), {"at-0": "ignored", "at-1": "imported", "at-2": "imported"})

    def test_stages_only_what_was_placed_in_the_window(self):
        """The walk goes by the time of change, and meets others."""
        self.shop.import_from = "2026-03-02 11:00:00"
        late = {**dated(2), "updated_at": "2026-03-02T10:30:00+00:00"}
        self.open(dated(0), dated(1), late, dated(3), dated(4), dated(5))
        backfill = self.started()
        with trap_jobs() as jobs:
            backfill._job_run()
            jobs.perform_enqueued_jobs()
        self.assertEqual(self.states(), dict.fromkeys(("at-1", "at-2", "at-3"), "imported"))

    def test_what_cannot_be_read_is_staged_whenever_it_was_placed(self):
        self.open({**dated(1), "created_at": "yesterday"})
        with trap_jobs():
            self.started()._job_run()
        self.assertEqual(self.states(), {"at-1": "received"})

    def test_one_at_a_time(self):
        first, second = self.backfill(), self.backfill()
        first.action_start()
        job = self.jobs("ciama.backfill", "_job_run")
        self.assertEqual(job.channel, "root.ciama.pull")
        self.assertEqual(job.records, first)
        for step in (None, first.action_pause):
            if step:
                step()
            with self.assertRaisesRegex(UserError, "still under way"):
                second.action_start()
        first.action_cancel()
        second.action_start()
        self.assertEqual(second.state, "running")
        with self.assertRaisesRegex(UserError, "started already"):
            second.action_start()

    @mute_logger("odoo.sql_db")
    def test_one_at_a_time_also_where_two_start_at_once(self):
        self.started()
        other = self.backfill()
        with self.assertRaises(psycopg2.errors.UniqueViolation), self.env.cr.savepoint():
            other.state = "running"
            other.flush_recordset()

    def test_shops_do_not_wait_for_each_other(self):
        self.started()
        second = self.make_shop(name="Second")
        other = self.backfill(shop_id=second.id)
        other.action_start()
        self.assertEqual(other.state, "running")


class TestWindow(BackfillCase):
    """Which orders older than the start date are meant for Odoo."""

    def setUp(self):
        super().setUp()
        self.shop.import_from = "2026-03-02 10:30:00"

    def test_its_end_is_not_in_it(self):
        self.started()
        for minute, wanted in ((0, False), (1, True), (3, True), (4, False), (29, False)):
            self.assert_wanted(minute, wanted)
        self.assert_wanted(30, True)  # since the start date, as ever

    def test_counts_from_its_start_until_it_is_cancelled(self):
        backfill = self.backfill()
        self.open()
        self.assert_wanted(2, False)
        backfill.action_count()
        self.assert_wanted(2, False)
        for step, wanted in (
            (backfill.action_start, True),
            (backfill.action_pause, True),
            (backfill.action_resume, True),
            (backfill._finish, True),
        ):
            step()
            self.assert_wanted(2, wanted)
        second = self.started("2026-03-02 10:05:00", "2026-03-02 10:06:00")
        second._fail(Text("The hub refuses the API key."))
        self.assert_wanted(5, True)
        second.action_cancel()
        self.assert_wanted(5, False)
        self.assert_wanted(2, True)

    def test_is_of_its_shop_only(self):
        self.started()
        second = self.make_shop(name="Second", import_from="2026-03-02 10:30:00")
        self.assertFalse(second._wants(datetime(2026, 3, 2, 10, 2, tzinfo=UTC)))

    def test_asking_for_a_batch_costs_no_query_for_each_order(self):
        self.started()
        self.assert_wanted(2, True)
        with self.assertQueryCount(0):
            for minute in range(30):
                self.shop._wants(datetime(2026, 3, 2, 10, minute, tzinfo=UTC))

    @mute_logger("odoo.sql_db")
    def test_ends_after_it_begins(self):
        with self.assertRaises(psycopg2.errors.CheckViolation), self.env.cr.savepoint():
            self.backfill(END, START)

    def test_a_started_one_is_kept(self):
        self.backfill().unlink()
        backfill = self.started()
        for step in (None, backfill.action_cancel):
            if step:
                step()
            with self.assertRaisesRegex(UserError, "is kept"):
                backfill.unlink()


class TestCount(BackfillCase):
    def test_tells_what_there_is_without_bringing_it_in(self):
        self.shop.import_from = "2026-03-02 11:00:00"
        bodies = [dated(minute) for minute in range(6)]
        self.open(*bodies)
        self.stage(bodies[1])
        too_old = self.stage(bodies[2])
        self.env["ciama.importer"]._run(too_old)
        self.assert_card(too_old, "ignored", "too_old")
        backfill = self.backfill()
        backfill.action_count()
        self.assertEqual(backfill.state, "counted")
        self.assertEqual(
            backfill.summary,
            "3 orders in the shop, 1 are in Odoo already, 2 to bring in.",
        )
        self.assertEqual((backfill.odoo_count, backfill.missing_count), (1, 2))
        self.assertEqual(len(self.cards()), 2, "nothing came in")
        self.assertFalse(self.jobs("ciama.backfill", "_job_run"))
        self.assertEqual(len(self.journal()), 1)

    def test_a_shop_that_cannot_count_says_so(self):
        self.open(dated(1)).countable = False
        backfill = self.backfill()
        backfill.action_count()
        self.assertEqual(
            backfill.summary,
            "The shop does not tell how many orders were placed then; 0 are in Odoo already.",
        )
        self.assertFalse(backfill.estimate)
        backfill.action_start()
        with trap_jobs() as jobs:
            backfill._job_run()
            jobs.perform_enqueued_jobs()
        self.assertEqual(backfill.summary, "1 orders are in Odoo.")
        self.assertEqual(backfill.progress, 100)

    def test_trouble_is_told_and_kept_in_the_journal(self):
        self.open().trouble[1] = WrongCredentials(Text("The hub refuses the API key."))
        backfill = self.backfill()
        self.assertEqual(
            backfill.action_count()["params"]["message"], "The hub refuses the API key."
        )
        self.assertEqual(backfill.state, "draft")
        self.assertEqual(self.journal().mapped("error"), ["The hub refuses the API key."])

    def test_other_dates_are_to_be_counted_anew(self):
        self.open(dated(1))
        backfill = self.backfill()
        backfill.action_count()
        with Form(backfill) as form:
            form.until = "2026-03-02 10:03:00"
        self.assertEqual(backfill.state, "draft")

    def test_time_by_the_usual_pace_until_the_shop_has_its_own(self):
        self.open(*(dated(minute) for minute in range(1, 4)))
        backfill = self.backfill()
        backfill.action_count()
        self.assertIn("About 1 minute, at 5 orders a second", backfill.estimate)
        self.assertIn("not imported enough", backfill.estimate)

    def test_time_by_the_pace_of_the_shops_own_imports(self):
        second = self.make_shop(name="Second")
        for shop, seconds in ((self.shop, 10), (second, 1)):
            cards = self.stage(*(dated(minute) for minute in range(10, 30)), shop=shop)
            self.env["ciama.pull"]._enqueue_imports(shop, cards)
            job = self.jobs("ciama.order", "_job_import").filtered(
                lambda job, cards=cards: job.records == cards
            )
            job.write({"state": "done", "exec_time": seconds})
        backfill = self.backfill()
        backfill.write({"state": "counted", "shop_count": 1200, "count_known": True})
        self.assertEqual(backfill._pace(), (2.0, True))
        self.assertEqual(
            backfill.estimate,
            "About 10 minutes, at the pace of this shop's last imports: 2 orders a second.",
        )


class TestProgress(BackfillCase):
    def test_by_what_became_of_the_orders(self):
        bodies = (
            dated(1),
            dated(2, line(sku="NOBODY-KNOWS")),
            dated(3, status="cancelled"),
            {**dated(4), "created_at": "2026-03-02T10:03:30+00:00"},
        )
        self.open(*bodies, dated(6))
        backfill = self.backfill()
        backfill.action_count()
        backfill.action_start()
        self.assertEqual(backfill.progress, 0)
        self.import_orders(*bodies[:3])
        self.stage(bodies[3])
        backfill.invalidate_recordset()
        found = backfill.read(
            ["odoo_count", "imported_count", "waiting_count", "problem_count", "ignored_count",
             "missing_count", "progress"]
        )[0]  # fmt: skip
        del found["id"]
        self.assertEqual(
            found,
            {
                "odoo_count": 4,
                "imported_count": 1,
                "waiting_count": 1,
                "problem_count": 1,
                "ignored_count": 1,
                "missing_count": 0,
                "progress": 75,
            },
        )

    def test_in_the_end_it_says_whether_anything_is_missing(self):
        fake = self.open(dated(1), dated(2))
        backfill = self.backfill()
        backfill.action_count()
        backfill.action_start()
        with trap_jobs() as jobs:
            backfill._job_run()
            jobs.perform_enqueued_jobs()
        self.assertEqual(backfill.summary, "In the shop 2, in Odoo 2: nothing is missing.")
        self.assertEqual(backfill.progress, 100)
        self.assertFalse(backfill.estimate)
        fake.put(dated(3))
        backfill.action_count()
        self.assertEqual(backfill.state, "done")
        self.assertEqual(backfill.summary, "In the shop 3, in Odoo 2: 1 are missing.")

    def test_what_was_read_takes_a_while_to_be_imported(self):
        self.open(dated(1), dated(2))
        backfill = self.backfill()
        backfill.action_count()
        backfill.action_start()
        with trap_jobs():
            backfill._job_run()
        self.assertEqual(
            (backfill.state, backfill.waiting_count, backfill.progress), ("done", 2, 0)
        )
        self.assertIn("About 1 minute", backfill.estimate)

    def test_open_screens_hear_of_every_step(self):
        self.open(dated(1))
        with patch.object(self.registry["ciama.live"], "_changed") as changed:
            backfill = self.started()
            backfill.action_pause()
            backfill.action_resume()
            with trap_jobs():
                backfill._job_run()
            backfill.action_cancel()
        self.assertEqual({call.args[0] for call in changed.call_args_list}, {self.shop})
        self.assertGreaterEqual(changed.call_count, 4)


class TestStopping(BackfillCase):
    def pausing(self, backfill, after):
        """Somebody presses Pause while the page ``after`` (from 1) is taken."""
        take, taken = self.registry["ciama.pull"]._take_page, []

        def take_page(pull, *args):
            result = take(pull, *args)
            taken.append(args)
            if len(taken) == after:
                backfill.action_pause()
                self.env.flush_all()
            return result

        return patch.object(self.registry["ciama.pull"], "_take_page", take_page)

    def test_a_paused_one_ends_after_its_page_and_is_resumed_there(self):
        fake = self.open(*(dated(minute) for minute in range(1, 4)))
        backfill = self.started()
        with trap_jobs(), self.pausing(backfill, after=1):
            self.assertIn("somebody stopped it", backfill._job_run())
        self.assertEqual((backfill.state, len(self.cards())), ("paused", 2))
        with trap_jobs():
            self.assertEqual(backfill._job_run(), "Nobody wants it any more.")
        self.assertEqual(len(fake.asked), 1)
        backfill.action_resume()
        with trap_jobs():
            backfill._job_run()
        self.assertEqual((backfill.state, len(self.cards())), ("done", 3))
        self.assertEqual(fake.asked[1], "orders?since=2026-03-02T10:02:00+00:00")

    def test_resuming_while_the_last_page_is_read_waits_for_it(self):
        self.open(dated(1))
        backfill = self.started()
        running = self.jobs("ciama.backfill", "_job_run")
        running.state = "started"
        backfill.action_pause()
        backfill.action_resume()
        self.assertEqual(len(self.jobs("ciama.backfill", "_job_run")), 2)
        with (
            patch.object(self.registry["ciama.pull"], "_lock", return_value=False),
            self.failing(RetryableJobError) as caught,
        ):
            backfill._job_run()
        self.assertTrue(caught.exception.ignore_retry)
        self.assertEqual(backfill.state, "running")

    def test_resuming_does_not_wait_for_the_next_try(self):
        backfill = self.started()
        job = Job.load(self.env, self.jobs("ciama.backfill", "_job_run").uuid)
        job.postpone(seconds=600)
        job.store()
        backfill.action_pause()
        backfill.action_resume()
        self.assertFalse(self.jobs("ciama.backfill", "_job_run").eta)

    def test_a_cancelled_one_keeps_what_is_in(self):
        self.shop.import_from = "2026-03-02 11:00:00"
        self.open(dated(1), dated(2), dated(3, line(sku="NOBODY-KNOWS")))
        backfill = self.started()
        with trap_jobs() as jobs:
            backfill._job_run()
            jobs.perform_enqueued_jobs()
        backfill.state = "paused"
        backfill.action_cancel()
        self.assertEqual(self.states(), {"at-1": "imported", "at-2": "imported", "at-3": "blocked"})
        with trap_jobs() as jobs:
            self.assertEqual(backfill._job_run(), "Nobody wants it any more.")
            self.cards().action_retry()
            jobs.perform_enqueued_jobs()
        self.assert_card(self.card("at-3"), "ignored", "too_old")
        backfill.action_resume()
        self.assertEqual(backfill.state, "cancelled")

    def test_trouble_of_the_settings_ends_it_until_it_is_resumed(self):
        fake = self.open(dated(1))
        fake.trouble[1] = WrongCredentials(Text("The hub refuses the API key."))
        backfill = self.started()
        with trap_jobs() as jobs:
            self.assertEqual(backfill._job_run(), "The hub refuses the API key.")
        self.assertEqual(
            (backfill.state, backfill.problem), ("failed", "The hub refuses the API key.")
        )
        backfill.action_resume()
        with trap_jobs() as jobs:
            backfill._job_run()
            jobs.perform_enqueued_jobs()
        self.assertEqual((backfill.state, backfill.problem), ("done", False))
        self.assertEqual(self.states(), {"at-1": "imported"})

    def test_a_shop_that_asks_for_patience_does_not_end_it(self):
        self.open(dated(1)).trouble[1] = Throttled(Text("Fewer requests, please."), retry_after=7)
        backfill = self.started()
        with self.failing(RetryableJobError):
            backfill._job_run()
        self.assertEqual(backfill.state, "running")
        self.assertEqual((backfill.shop_health, backfill.shop_message),
                         ("waiting", "Fewer requests, please."))  # fmt: skip

    def test_a_lost_job_is_noticed(self):
        backfill = self.started()
        self.assertFalse(backfill.stalled)
        self.jobs("ciama.backfill", "_job_run").state = "failed"
        backfill.invalidate_recordset()
        self.assertTrue(backfill.stalled)
        backfill.action_resume()
        backfill.invalidate_recordset()
        self.assertFalse(backfill.stalled)
