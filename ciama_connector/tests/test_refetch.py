"""Orders that are read again from their shop."""

from odoo.addons.queue_job.exception import RetryableJobError
from odoo.addons.queue_job.tests.common import trap_jobs

from ..platforms.errors import NotShown, Unavailable, WrongCredentials
from .common import line
from .fake import PullCase, dated


class TestRefetch(PullCase):
    def test_reads_changed_orders_again_and_imports_them(self):
        body = dated(1, line(sku="NOBODY-KNOWS"))
        (card,) = self.import_orders(body)
        self.assert_card(card, "blocked", "product_unknown")
        fake = self.open(body)
        fake.put({**body, "lines": [{**body["lines"][0], "sku": "CHAIR"}]})
        with trap_jobs() as jobs:
            self.assertEqual(self.shop._job_refetch(card.ids), "1 read, 0 not found")
            jobs.perform_enqueued_jobs()
        self.assertEqual(card.state, "imported")
        self.assertEqual(len(self.journal()), 1)

    def test_many_are_read_in_batches(self):
        self.shop.batch_size = 2
        cards = self.stage(dated(1), dated(2), dated(3))
        with trap_jobs() as jobs:
            self.assertIn("3", cards.action_refetch()["params"]["message"])
        self.assertEqual([len(job.args[0]) for job in jobs.enqueued_jobs], [2, 1])
        self.assertEqual({job.recordset for job in jobs.enqueued_jobs}, {self.shop})

    def test_what_the_shop_has_no_more_is_deleted(self):
        kept, gone = dated(1), dated(2)
        cards = self.stage(kept, gone)
        self.open(kept)
        with trap_jobs() as jobs:
            self.assertEqual(self.shop._job_refetch(cards.ids), "1 read, 1 not found")
            jobs.perform_enqueued_jobs()
        self.assertEqual(self.card("at-1").state, "imported")
        self.assert_card(self.card("at-2"), "ignored", "deleted_in_shop")

    def test_an_imported_order_deleted_in_the_shop_is_cancelled(self):
        (sale_order,) = self.imported(dated(1))
        self.open()
        self.shop._job_refetch(sale_order.ciama_order_ids.ids)
        self.assertEqual(sale_order.state, "cancel")

    def test_what_the_key_does_not_see_is_left_alone(self):
        (sale_order,) = self.imported(dated(1))
        fake = self.open()
        fake.trouble[1] = NotShown("It may be too old.")
        self.assertEqual(
            self.shop._job_refetch(sale_order.ciama_order_ids.ids), "0 read, 1 not found"
        )
        self.assertEqual(sale_order.state, "sale")
        self.assertEqual(sale_order.ciama_order_ids.state, "imported")

    def test_another_order_with_that_number_is_not_it(self):
        (sale_order,) = self.imported(dated(1))
        other = dated(2)
        fake = self.open(other)
        fake.orders["at-1"] = other
        self.shop._job_refetch(sale_order.ciama_order_ids.ids)
        self.assertEqual(sale_order.state, "cancel")
        self.assertFalse(self.card("at-2"))

    def test_trouble_is_tried_again_and_seen(self):
        cards = self.stage(dated(1))
        fake = self.open(dated(1))
        fake.trouble[1] = Unavailable("The connection broke.")
        with self.failing(RetryableJobError):
            self.shop._job_refetch(cards.ids)
        self.assertEqual(self.shop.health, "waiting")
        self.assertEqual(self.journal().mapped("error"), ["The connection broke."])
        fake.trouble[2] = WrongCredentials("The hub refuses the API key.")
        self.assertEqual(self.shop._job_refetch(cards.ids), "The hub refuses the API key.")
        self.assertEqual(self.shop.health, "broken")
