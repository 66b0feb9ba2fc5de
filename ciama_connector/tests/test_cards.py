"""What a person does with a card: read it, retry, ignore, keep the sale order."""

from odoo.addons.queue_job.tests.common import trap_jobs
from odoo.exceptions import UserError
from odoo.tests import Form

from .common import ImportCase, address, line, order


class TestReading(ImportCase):
    def html(self, *lines, **values):
        (card,) = self.stage(order(*lines, **values))
        return str(card.comparison_html)

    def test_the_normalized_view_tells_the_order(self):
        html = self.html(
            line("16.66", sku="CHAIR", quantity="3", tax_amount="3.33"),
            customer_note="Ring twice",
            vat_candidates=[{"value": "FR23334175221", "source": "billing_address.vat_number"}],
            payments=[
                {
                    "id": "p1",
                    "method": {"code": "stripe", "label": "Bank card"},
                    "amount": "19.99",
                    "currency": "EUR",
                    "transaction_id": "ch_123",
                }
            ],
        )
        for text in ("Marie", "Curie", "75005", "Chair", "CHAIR", "16.66", "3.33", "19.99", "EUR",
                     "Ring twice", "FR23334175221", "ch_123"):  # fmt: skip
            with self.subTest(text=text):
                self.assertIn(text, html)

    def test_amounts_are_shown_in_the_digits_that_count(self):
        html = self.html(line("5.970000", 20, "1.194", quantity="3.000"))
        for text in (">5.97<", ">1.19<", ">3<"):
            with self.subTest(text=text):
                self.assertIn(text, html)

    def test_texts_of_the_shop_are_no_html(self):
        attack = "<script>alert(1)</script>"
        place = address(first_name=attack, street=attack, city=attack, phone=attack)
        html = self.html(
            line(name=attack, sku=attack, options=[{"name": attack, "value": attack}]),
            customer={"first_name": attack, "email": "m@curie.example", "company": attack},
            address=place,
            customer_note=attack,
        )
        self.assertIn("&lt;script&gt;", html)
        self.assertNotIn("<script", html)

    def test_causes_are_no_html_either(self):
        (card,) = self.stage(order(currency="EUR", status="<b onclick='x'>paid</b>"))
        self.env["ciama.importer"]._run(card)
        self.assert_card(card, "blocked", "invalid_order")
        self.assertNotIn("<b", str(card.comparison_html))
        odd = self.stage({**order(), "schema_version": "<b>9</b>"})
        self.assertIn("&lt;b&gt;9", str(odd.comparison_html))

    def test_the_raw_order_is_readable_json(self):
        (card,) = self.stage(order(number="W-77", customer_note="Zoé 🪑"))
        self.assertIn('"number": "W-77"', card.payload_text)
        self.assertIn("Zoé 🪑", card.payload_text)

    def test_is_found_by_its_number(self):
        (card,) = self.stage(order(number="W-77"))
        found = self.env["ciama.order"].name_search("W-77")
        self.assertEqual(found, [(card.id, "Hub W-77")])

    def test_the_board_shows_every_state_even_the_empty_ones(self):
        self.stage(order())
        board = self.env["ciama.order"].with_context(read_group_expand=True)
        own = [("shop_id", "=", self.shop.id)]
        groups = board.web_read_group(own, ["state"], ["__count"])["groups"]
        self.assertEqual(
            [(group["state"], group["__count"]) for group in groups],
            [("received", 1), ("held", 0), ("blocked", 0), ("failed", 0), ("imported", 0),
             ("ignored", 0)],
        )  # fmt: skip


class TestRetrying(ImportCase):
    def test_several_by_jobs_of_each_shop(self):
        self.shop.batch_size = 4
        second = self.make_shop(name="Second")
        cards = self.import_orders(*(order(line(sku="X")) for _ in range(3)))
        cards |= self.import_orders(order(line(sku="X")), shop=second)
        done = self.import_orders(order())
        self.make_product("X")
        with trap_jobs() as jobs:
            said = (cards | done).action_retry()["params"]["message"]
            self.assertEqual(sorted(len(job.recordset) for job in jobs.enqueued_jobs), [1, 3])
            jobs.perform_enqueued_jobs()
        self.assertIn("4", said)
        self.assertEqual(cards.mapped("state"), ["imported"] * 4)
        self.assertEqual(done.attempts, 1, "what is imported is left alone")

    def test_a_retry_forgets_the_last_cause(self):
        (card,) = self.import_orders(order(line(sku="X")))
        with trap_jobs():
            card.action_retry()
        self.assertRecordValues(
            card,
            [{"state": "received", "problem_id": False, "waits_for": False, "message": False}],
        )

    def test_a_retry_that_meets_the_same_trouble_says_so_again(self):
        (card,) = self.import_orders(order(line(sku="X")))
        with trap_jobs() as jobs:
            card.action_retry()
            jobs.perform_enqueued_jobs()
        self.assert_card(card, "blocked", "product_unknown")
        self.assertEqual(card.attempts, 2)


class TestIgnoring(ImportCase):
    def ignore(self, cards, reason="entered by hand as S00042"):
        action = cards.action_ignore()
        wizard = Form(self.env[action["res_model"]].with_context(**action["context"]))
        wizard.reason = reason
        return wizard.save().action_ignore()

    def test_takes_cards_off_the_board_with_a_reason(self):
        cards = self.import_orders(order(line(sku="X")), order(lines=[]))
        self.ignore(cards)
        for card in cards:
            self.assert_card(card, "ignored", "ignored_by_user")
            self.assertEqual(
                card.message, f"{self.env.user.name} ignored the order: entered by hand as S00042"
            )

    def test_needs_a_reason(self):
        (card,) = self.stage(order())
        with self.assertRaises(AssertionError):
            self.ignore(card, reason=False)

    def test_a_card_with_a_sale_order_cannot_be_deleted(self):
        """The shop's next change would import the order a second time."""
        card = self.import_orders(order())
        with self.assertRaisesRegex(UserError, "second time"):
            card.unlink()
        waiting = self.import_orders(order(line(sku="NOBODY")))
        waiting.unlink()
        self.assertFalse(waiting.exists())

    def test_spares_orders_that_have_a_sale_order(self):
        (card,) = self.import_orders(order())
        self.ignore(card)
        self.assertEqual(card.state, "imported")

    def test_a_retry_takes_the_order_up_again(self):
        (card,) = self.stage(order())
        self.ignore(card)
        with trap_jobs() as jobs:
            card.action_mend()
            jobs.perform_enqueued_jobs()
        self.assertEqual(card.state, "imported")

    def test_a_waiting_job_leaves_ignored_orders_alone(self):
        (card,) = self.stage(order())
        self.ignore(card)
        self.assertEqual(card._job_import(), "Nothing to do.")
        self.assert_card(card, "ignored", "ignored_by_user")


class TestKeeping(ImportCase):
    """A change came too late: a person keeps the sale order as it is."""

    def setUp(self):
        super().setUp()
        self.body = order(line("10.00"))
        (self.sale_order,) = self.imported(self.body)
        self.deliver(self.sale_order)
        self.card = self.sale_order.ciama_order_ids
        self.body = {**self.body, **order(line("20.00"), external_id=self.body["external_id"])}
        self.import_orders(self.body)
        self.assert_card(self.card, "held", "already_delivered")

    def test_the_sale_order_stays(self):
        self.card.action_mend()
        self.assertRecordValues(self.card, [{"state": "imported", "problem_id": False}])
        self.assert_amounts(self.sale_order, untaxed="10.00", tax="2.00", total="12.00")

    def test_the_same_change_is_not_asked_about_twice(self):
        self.card.action_accept()
        later = "2026-03-04T10:00:00+00:00"
        self.import_orders({**self.body, "status": "fulfilled", "updated_at": later})
        self.assertEqual(self.card.state, "imported")

    def test_another_change_is_asked_about(self):
        self.card.action_accept()
        self.import_orders(order(line("30.00"), external_id=self.body["external_id"]))
        self.assert_card(self.card, "held", "already_delivered")

    def test_needs_a_sale_order_and_a_question(self):
        (card,) = self.import_orders(order(line(sku="X")))
        card.action_accept()
        self.assert_card(card, "blocked", "product_unknown")
        with self.assertRaisesRegex(UserError, "no sale order"):
            card.action_open_sale_order()
