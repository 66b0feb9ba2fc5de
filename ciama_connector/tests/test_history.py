"""What the chatter of a shop's order tells, and that good orders pay nothing for it."""

from odoo.addons.queue_job.tests.common import trap_jobs
from odoo.tests import new_test_user
from odoo.tools import html2plaintext

from .common import ImportCase, line, order


class TestHistory(ImportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(
            cls.env, "ciama-boss", "ciama_connector.group_manager", company_id=cls.company.id
        )

    def told(self, card):
        """[(author, text)], the first first."""
        messages = card.message_ids.sorted("id")
        return [(row.author_id.name, html2plaintext(row.body).strip()) for row in messages]

    def texts(self, card):
        return [text for _author, text in self.told(card)]

    def retry(self, card, user=None):
        with trap_jobs() as jobs:
            card.with_user(user or self.env.user).action_retry()
            jobs.perform_enqueued_jobs()

    def test_an_order_that_goes_through_has_nothing_to_tell(self):
        card = self.import_orders(order())
        self.assertFalse(card.message_ids)
        self.assertFalse(card.message_follower_ids)

    def test_an_order_left_out_has_nothing_to_tell_either(self):
        card = self.import_orders(order(status="cancelled"))
        self.assert_card(card, "ignored", "cancelled_before_import")
        self.assertFalse(card.message_ids)

    def test_a_cause_is_told_once_until_it_changes(self):
        card = self.import_orders(order(line(sku="STOOL")))
        self.assertEqual(len(card.message_ids), 1)
        self.assertIn("STOOL", self.texts(card)[0])
        self.retry(card)
        self.assertEqual(len(card.message_ids), 1, "the same again is no news")
        self.make_product("STOOL")
        self.make_product("STOOL")
        self.retry(card)
        self.assertEqual(card.problem_id.code, "product_ambiguous")
        self.assertEqual(len(card.message_ids), 2)

    def test_the_way_out_is_told_with_who_opened_it(self):
        card = self.import_orders(order(line(sku="STOOL")))
        self.make_product("STOOL")
        self.retry(card, self.manager)
        author, text = self.told(card)[-1]
        self.assertEqual(text, f"Imported as {card.sale_order_id.name}.")
        self.assertEqual(author, self.manager.name)
        self.assertFalse(card.last_cause)

    def test_what_a_person_decided_is_told(self):
        self.shop.check_risk = "hold"
        risky = self.import_orders(order(risk={"level": "high"}))
        wrong = self.import_orders(order(line("10.00", 19)))
        left = self.import_orders(order(line(sku="STOOL")))
        with trap_jobs() as jobs:
            risky.with_user(self.manager).action_import_anyway()
            wrong.with_user(self.manager).action_follow_odoo()
            jobs.perform_enqueued_jobs()
        self.env["ciama.ignore"].with_user(self.manager).create(
            {"order_ids": [(6, 0, left.ids)], "reason": "entered by hand"}
        ).action_ignore()
        for card, words in (
            (risky, "imported anyway"),
            (wrong, "Follow Odoo"),
            (left, "entered by hand"),
        ):
            with self.subTest(words=words):
                told = [author for author, text in self.told(card) if words in text]
                self.assertEqual(told, [self.manager.name])

    def test_texts_of_the_shop_are_no_html(self):
        card = self.import_orders(order(line(sku="<b>X</b>", name="<script>alert(1)</script>")))
        self.assertNotIn("<script", str(card.message_ids.body))
        self.assertIn("&lt;script", str(card.message_ids.body))

    def test_a_batch_is_told_at_once(self):
        def queries(count):
            cards = self.stage(*(order(lines=[]) for _ in range(count)))
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.env["ciama.importer"]._run(cards)
            self.env.flush_all()
            self.assertEqual(len(cards.message_ids), count)
            return self.env.cr.sql_log_count - before

        queries(2)
        few = queries(2)
        self.assertLess(queries(12), few + 12, "not a query for each")

    def test_good_orders_pay_nothing_for_it(self):
        def queries():
            cards = self.stage(*(order() for _ in range(5)))
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.env["ciama.importer"]._run(cards)
            self.env.flush_all()
            self.assertEqual(cards.mapped("state"), ["imported"] * 5)
            return self.env.cr.sql_log_count - before

        queries()
        told = queries()
        self.patch(self.env.registry["ciama.live"], "_changed", lambda live, shops: None)
        self.patch(self.env.registry["ciama.order"], "_note_way_out", lambda cards: None)
        self.assertLessEqual(told - queries(), 2, "of the batch: the news for the screens")


class TestNews(ImportCase):
    """Open screens hear of what jobs did, once."""

    def test_an_import_tells_the_screens_once(self):
        told = []
        self.patch(
            self.env.registry["ciama.live"], "_changed", lambda live, shops: told.append(shops)
        )
        self.import_orders(order(), order(), order(lines=[]))
        self.assertEqual(told, [self.shop])
