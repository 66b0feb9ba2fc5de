"""Many orders that are imported again, with progress."""

from unittest.mock import patch

from odoo.addons.queue_job.tests.common import trap_jobs
from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from .common import line, order
from .fake import PullCase


class TestRetry(PullCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop.batch_size = 2

    def blocked(self, count=5, **values):
        """Cards whose product is unknown, tried some time ago."""
        cards = self.import_orders(
            *(order(line(sku="STOOL", name="Stool")) for _number in range(count)), **values
        )
        self.assertEqual(set(cards.mapped("state")), {"blocked"})
        cards.last_attempt = "2026-01-01 00:00:00"
        return cards

    def started(self, cards):
        """A retry of ``cards``, and its jobs, not yet performed."""
        with trap_jobs() as jobs:
            action = self.env["ciama.retry"]._start(cards)
            batches = [job.args[0] for job in jobs.enqueued_jobs]
        return self.env["ciama.retry"].browse(action["res_id"]), batches

    def figures(self, retry):
        retry.invalidate_recordset()
        return (retry.state, retry.imported_count, retry.problem_count, retry.left_count)

    def test_goes_on_batch_by_batch(self):
        cards = self.blocked()
        retry, batches = self.started(cards)
        self.assertEqual([len(batch) for batch in batches], [2, 2, 1])
        self.assertEqual(set(cards.mapped("state")), {"blocked"}, "their turn is to come")
        self.assertEqual(self.figures(retry), ("running", 0, 0, 5))
        retry._job_batch(batches[0])
        self.assertEqual(self.figures(retry), ("running", 0, 2, 3))
        self.assertEqual(retry.progress, 40)
        self.make_product("STOOL")
        for batch in batches[1:]:
            retry._job_batch(batch)
        self.assertEqual(self.figures(retry), ("done", 3, 2, 0))
        self.assertEqual(retry.progress, 100)

    def test_a_cancelled_one_leaves_the_rest_as_it_was(self):
        cards = self.blocked()
        retry, batches = self.started(cards)
        self.make_product("STOOL")
        retry._job_batch(batches[0])
        retry.action_cancel()
        self.assertEqual(retry._job_batch(batches[1]), "Nobody wants it any more.")
        self.assertEqual(self.figures(retry), ("cancelled", 2, 0, 3))
        left = cards.browse(batches[1] + batches[2])
        for card in left:
            self.assert_card(card, "blocked", "product_unknown")
        self.assertEqual(self.env["ciama.order"].search(retry.action_open_orders()["domain"]), left)

    def test_a_job_that_runs_twice_tries_once(self):
        cards = self.blocked(2)
        retry, (batch,) = self.started(cards)
        retry._job_batch(batch)
        retry._job_batch(batch)
        self.assertEqual(cards.mapped("attempts"), [2, 2])

    def test_what_was_mended_meanwhile_is_left_alone(self):
        cards = self.blocked(2)
        retry, (batch,) = self.started(cards)
        self.make_product("STOOL")
        self.env["ciama.importer"]._run(cards)
        self.assertEqual(self.figures(retry), ("done", 2, 0, 0))
        retry._job_batch(batch)
        self.assertEqual(cards.mapped("attempts"), [2, 2])

    def test_more_than_a_batch_shows_its_progress(self):
        few, many = self.blocked(2), self.blocked(3)
        with trap_jobs():
            self.assertEqual(few.action_retry()["tag"], "display_notification")
            self.assertEqual(set(few.mapped("state")), {"received"})
            action = many.action_retry()
        self.assertEqual(
            (action["res_model"], action["target"], action["res_id"] > 0),
            ("ciama.retry", "new", True),
        )

    def test_users_start_and_cancel_what_they_may_see(self):
        user = new_test_user(
            self.env, "ciama-retrier", "ciama_connector.group_user", company_id=self.company.id
        )
        cards = self.blocked(3).with_user(user)
        with trap_jobs():
            action = cards.action_retry()
        retry = self.env["ciama.retry"].with_user(user).browse(action["res_id"])
        self.assertEqual(retry.left_count, 3)
        with self.assertRaises(AccessError):
            retry.write({"cancelled": True})
        retry.action_cancel()
        self.assertEqual(retry.state, "cancelled")

    def test_companies_are_kept_apart(self):
        other = self.env["res.company"].create({"name": "Other Company"})
        shop = self.make_shop(name="Theirs", company_id=other.id, url="https://theirs.example")
        cards = self.stage(order()) | self.stage(order(), shop=shop)
        with trap_jobs():
            action = self.env["ciama.retry"]._start(cards)
        retries = self.env["ciama.retry"].search(action["domain"])
        self.assertEqual(set(retries.company_id), {self.company, other})
        self.assertEqual([len(retry.order_ids) for retry in retries], [1, 1])

    def test_old_ones_are_forgotten(self):
        retry, _batches = self.started(self.blocked(1))
        self.env["ciama.retry"]._gc_retries()
        self.assertTrue(retry.exists())
        with patch("odoo.addons.ciama_connector.models.ciama_retry.KEPT_DAYS", -1):
            self.env["ciama.retry"]._gc_retries()
        self.assertFalse(retry.exists())
