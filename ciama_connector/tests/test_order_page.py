"""The page of an order: both sides, the timeline, what the shop sent, the documents."""

import re

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from .common import ImportCase, address, line, order
from .refund_case import RefundCase, back, refund

DAY = "2026-03-02"


class PageCase(ImportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            role: new_test_user(
                cls.env, f"page.{role}", groups=f"ciama_connector.group_{role}", tz="Asia/Tokyo",
                company_id=cls.company.id, company_ids=[(6, 0, cls.company.ids)],
            )
            for role in ("user", "manager")
        }  # fmt: skip

    def labels(self, card):
        return [event.label for event in self.env["ciama.timeline"]._of(card)]


class TestComparisonOnThePage(PageCase):
    def test_an_order_without_difference(self):
        card = self.import_orders(order()).with_user(self.users["user"])
        html = str(card.comparison_html)
        self.assertIn("to the cent", html)
        self.assertNotIn("data-differs", html)
        self.assertIn(card.sale_order_id.name, html)

    def test_a_difference_is_marked_with_a_word(self):
        card = self.import_orders(order())
        card.sale_order_id.order_line.write({"price_unit": 11.0, "extra_tax_data": False})
        html = str(card.with_user(self.users["user"]).comparison_html)
        self.assertIn("rows differ", html)
        self.assertIn('title="Differs"', html)
        self.assertIn("11.00", html)

    def test_an_order_that_does_not_add_up_is_shown(self):
        card = self.import_orders(order(line(name="Armchair"), total="99.00"))
        html = str(card.comparison_html)
        self.assertIn("Armchair", html)
        self.assertIn("99.00", html)

    def test_an_order_that_cannot_be_read_opens(self):
        card = self.import_orders({"external_id": "x", "number": "1"})
        self.assertEqual(card.state, "blocked")
        self.assertTrue(card.comparison_html)
        self.assertTrue(card.timeline_html)

    def test_texts_of_the_shop_are_no_markup(self):
        card = self.import_orders(order(line(name="<script>alert(1)</script>")))
        self.assertNotIn("<script", str(card.comparison_html))

    def test_the_form_reads_as_few_queries_with_many_documents(self):
        spec = {"comparison_html": {}, "timeline_html": {}, "credit_note_count": {}}
        few = self.import_orders(order(line()))
        many = self.import_orders(
            order(*(line(id=str(n)) for n in range(30)), customer={"email": "b@b.example"})
        )
        for card in (few, many):
            self.invoice(card.sale_order_id)
            self.deliver(card.sale_order_id)
        counts = []
        few.web_read(spec)  # what is read once
        for card in (few, many):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            card.web_read(spec)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2)


class TestTimeline(PageCase):
    def test_from_the_shop_to_the_invoice(self):
        paid = {
            "id": "p1", "method": {"code": "stripe", "label": "Card"}, "amount": "12.00",
            "currency": "EUR", "paid_at": f"{DAY}T10:05:00+00:00",
        }  # fmt: skip
        self.shop.register_payments = False
        card = self.import_orders(order(payments=[paid]))
        self.deliver(card.sale_order_id)
        self.invoice(card.sale_order_id)
        self.assertEqual(self.labels(card)[:3], ["Ordered", "Paid", "Received"])
        self.assertEqual(
            set(self.labels(card)),
            {"Ordered", "Paid", "Received", "Imported", "Confirmed", "Delivered", "Invoiced"},
        )
        self.assertLess(self.labels(card).index("Imported"), self.labels(card).index("Confirmed"))

    def test_it_is_in_the_order_of_the_clock(self):
        card = self.import_orders(order())
        card.imported_at = "2026-03-02 12:00:00"
        self.deliver(card.sale_order_id)
        events = self.env["ciama.timeline"]._of(card)
        times = [event.at for event in events if event.at]
        self.assertEqual(times, sorted(times))
        self.assertEqual(events[0].label, "Ordered")

    def test_a_card_that_waits(self):
        card = self.import_orders(order(line(sku="NOPE")))
        last = self.env["ciama.timeline"]._of(card)[-1]
        self.assertEqual(
            (last.label, last.detail, last.at),
            ("Blocked", card.problem_id.name, card.last_attempt),
        )

    def test_times_are_the_users(self):
        card = self.import_orders(order()).with_user(self.users["user"])
        in_tokyo = str(card.with_context(tz="Asia/Tokyo").timeline_html)
        in_paris = str(card.with_context(tz="Europe/Paris").timeline_html)
        self.assertRegex(in_tokyo, r"7:00")
        self.assertRegex(in_paris, r"11:00")

    def test_a_cancelled_order(self):
        card = self.import_orders(order())
        card.sale_order_id._action_cancel()
        self.assertIn("Cancelled", self.labels(card))
        self.assertNotIn("Confirmed", self.labels(card))


class TestPayload(PageCase):
    def test_managers_see_it_clear(self):
        card = self.import_orders(order()).with_user(self.users["manager"])
        self.assertIn("marie@curie.example", card.payload_text)
        self.assertFalse(card.payload_masked)

    def test_users_see_it_masked(self):
        card = self.import_orders(
            order(
                address=address(phone="+33 1 44 27 69 69"),
                customer_note="Ring at Curie's",
                vat_candidates=[{"value": "FR40303265045", "source": "billing.vat"}],
            )
        ).with_user(self.users["user"])
        self.assertTrue(card.payload_masked)
        text = card.payload_text
        for personal in ("marie", "Curie", "11 rue", "Paris", "44 27", "40303265045"):
            self.assertNotRegex(text, re.compile(personal, re.I))
        for kept in ('"country": "FR"', '"zip": "75***"', '"total": "12.00"', '"CHAIR"'):
            self.assertIn(kept, text)

    def test_the_stored_payload_is_nobodys(self):
        card = self.import_orders(order())
        for user in self.users.values():
            with self.assertRaises(AccessError):
                card.with_user(user).read(["payload"])

    def test_a_lost_key(self):
        card = self.import_orders(order())
        card.payload = "gAAAAA-lost"
        self.assertIn("key was lost", card.with_user(self.users["user"]).payload_text)
        self.assertIn("key was lost", str(card.comparison_html))
        self.assertTrue(card.timeline_html)


class TestDocuments(PageCase):
    def test_of_an_order_that_waits_there_are_none(self):
        card = self.import_orders(order(line(sku="NOPE")))
        self.assertRecordValues(
            card, [{"credit_note_count": 0, "return_count": 0, "vies_check_id": False}]
        )

    def test_the_customer(self):
        card = self.import_orders(order()).with_user(self.users["user"])
        self.assertEqual(card.action_open_customer()["res_id"], card.sale_order_id.partner_id.id)

    def test_the_question_to_vies(self):
        number = {"value": "DE811569869", "source": "billing_address.vat_number"}
        berlin = address(company="Bau GmbH", zip="10115", city="Berlin", country="DE")
        card = self.import_orders(order(line(rate=0), address=berlin, vat_candidates=[number]))
        self.assert_card(card, "held", "vat_check_pending")
        check = card.with_user(self.users["user"]).vies_check_id
        self.assertEqual(check.number, "DE811569869")
        self.assertEqual(card.action_open_vies_check()["res_id"], check.id)

    def test_the_journal_of_its_time(self):
        card = self.import_orders(order())
        now = fields.Datetime.now()
        exchanges = self.env["ciama.exchange"].create(
            [
                {"shop_id": self.shop.id, "started_at": at, "url": "https://hub.example"}
                for at in (now, "2026-01-01 00:00:00")
            ]
        )
        action = card.with_user(self.users["manager"]).action_open_exchanges()
        self.assertEqual(self.env["ciama.exchange"].search(action["domain"]), exchanges[0])

    def test_orders_of_other_companies_stay_closed(self):
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env, "page.stranger", groups="ciama_connector.group_manager",
            company_id=other.id, company_ids=[(6, 0, other.ids)],
        )  # fmt: skip
        card = self.import_orders(order()).with_user(stranger)
        for name in ("comparison_html", "timeline_html", "payload_text"):
            with self.assertRaises(AccessError):
                card.read([name])


class TestCreditNotes(RefundCase):
    def test_a_refund_that_is_booked(self):
        self.sell(line("10.00", quantity="1"))
        self.refunded(refund("12.00", back("1", "10.00", "2.00", "1")), status="refunded")
        found = self.env["ciama.comparison"]._of(self.card)
        (booking,) = found.refunds
        self.assertEqual((str(booking.shop), str(booking.odoo)), ("12.00", "12.00"))
        self.assertEqual((booking.document, booking.differs), (self.notes().name, False))
        self.assertEqual(found.differences, 0)
        self.assertEqual(self.card.credit_note_count, 1)
        self.assertEqual(self.card.action_open_credit_notes()["res_id"], self.notes().id)
        labels = [event.label for event in self.env["ciama.timeline"]._of(self.card)]
        for label in ("Invoiced", "Payment booked", "Credit note", "Refund booked", "Refunded"):
            self.assertIn(label, labels)
