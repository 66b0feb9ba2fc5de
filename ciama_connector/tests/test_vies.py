"""The gate: orders with a foreign VAT number wait for VIES, and go on with its answer."""

from odoo.addons.queue_job.tests.common import trap_jobs

from ..vies import Outcome
from .common import address, line, order
from .fake_vies import BELGIAN, GERMAN, ITALIAN, ViesCase

COMPANY = "FR23334175221"


class TestGate(ViesCase):
    def test_waits_for_the_answer(self):
        with self.vies() as vies, trap_jobs() as jobs:
            (card,) = self.import_orders(self.business())
            self.assertEqual(vies.asked, [], "nothing connects during an import")
        self.assert_card(card, "held", "vat_check_pending")
        self.assertIn(BELGIAN, card.message)
        self.assertEqual(card.waits_for, BELGIAN)
        self.assertFalse(card.sale_order_id)
        check = self.check_of()
        self.assertEqual((check.state, check.order_id, check.shop_id), ("pending", card, self.shop))
        jobs.assert_jobs_count(1, only=self.env["ciama.vies.check"]._job_ask)

    def test_goes_on_by_itself_with_proof(self):
        (card,) = self.import_orders(self.business())
        with self.vies() as vies:
            self.ask()
        self.assertEqual(vies.asked, [(BELGIAN, COMPANY)])
        self.assertEqual(card.state, "imported", card.message)
        check, sale_order = self.check_of(), card.sale_order_id
        self.assertRecordValues(
            check,
            [{"state": "valid", "requester": COMPANY, "trader_name": "SRL Lumières",
              "trader_address": "Korenmarkt 9\n9000 Gent", "fault": False, "attempts": 1,
              "consultation_number": "WAPIAAAA00000001", "next_attempt": False}],
        )  # fmt: skip
        self.assertEqual(str(check.request_date), "2026-03-02")
        self.assertTrue(check.answered_at)
        company = sale_order.partner_id.commercial_partner_id
        self.assertEqual((company.vat, company.vies_valid), (BELGIAN, True))
        self.assert_amounts(sale_order, untaxed="10.00", tax="0.00", total="10.00")

    def test_the_proof_stays_with_sale_order_and_invoice(self):
        (card,) = self.import_orders(self.business())
        with self.vies():
            self.ask()
        sale_order, check = card.sale_order_id, self.check_of()
        self.assertEqual(sale_order.ciama_vies_check_id, check)
        invoice = sale_order.invoice_ids or self.invoice(sale_order)
        self.assertEqual(invoice.ciama_vies_check_id, check)
        for document in (sale_order, invoice):
            self.assertEqual(document.ciama_vies_number, BELGIAN)
            self.assertEqual(document.ciama_vies_state, "valid")
            self.assertEqual(document.ciama_vies_consultation_number, "WAPIAAAA00000001")
            self.assertEqual(document.action_open_ciama_vies_check()["res_id"], check.id)
        self.assertEqual((check.sale_order_ids, check.move_ids), (sale_order, invoice))

    def test_not_valid_is_no_reason_to_wait(self):
        """The number does not count; the shop charged Belgian VAT, as for a private person."""
        (card,) = self.import_orders(self.business(BELGIAN, "BE", line(rate=21)))
        with self.vies(**{BELGIAN: Outcome.INVALID}):
            self.ask()
        self.assertEqual(card.state, "imported", card.message)
        self.assertEqual(self.check_of().state, "invalid")
        self.assertEqual(card.sale_order_id.ciama_vies_check_id, self.check_of())
        self.assertFalse(card.sale_order_id.partner_id.commercial_partner_id.vies_valid)
        self.assert_taxes(card.sale_order_id, **{"21": "2.10"})

    def test_not_valid_and_charged_no_vat_is_for_a_person(self):
        (card,) = self.import_orders(self.business())
        with self.vies(**{BELGIAN: Outcome.INVALID}):
            self.ask()
        self.assertEqual(card.state, "held")
        self.assertNotIn("vat_check", card.problem_id.code)

    def test_what_vies_has_no_place_for_is_not_valid(self):
        (card,) = self.import_orders(self.business())
        with self.vies(**{BELGIAN: Outcome.MALFORMED}):
            self.ask()
        self.assertEqual(self.check_of().state, "invalid")
        self.assertNotIn("vat_check", card.problem_id.code)

    def test_good_orders_of_the_batch_do_not_wait(self):
        waiting, free = self.import_orders(self.business(), order())
        self.assert_card(waiting, "held", "vat_check_pending")
        self.assertEqual(free.state, "imported")


class TestWhoIsAsked(ViesCase):
    def assert_not_asked(self, body):
        (card,) = self.import_orders(body)
        self.assertFalse(self.env["ciama.vies.check"].search([("order_id", "=", card.id)]))
        return card

    def test_domestic_numbers_are_not(self):
        place = address(company="Acme SA")
        candidates = [{"value": "FR40303265045", "source": "billing_address.vat_number"}]
        card = self.assert_not_asked(order(address=place, vat_candidates=candidates))
        self.assertEqual(card.state, "imported", card.message)

    def test_private_people_are_not(self):
        self.assertEqual(self.assert_not_asked(order()).state, "imported")

    def test_swiss_and_malformed_numbers_are_not(self):
        self.assert_not_asked(self.business("CHE-116.281.710 MWST", "CH"))
        self.assert_not_asked(self.business("BE0477472700", "BE", line(rate=21)))

    def test_orders_that_are_left_out_are_not(self):
        self.assert_card(
            self.assert_not_asked(self.business(status="cancelled")),
            "ignored", "cancelled_before_import",
        )  # fmt: skip
        self.assert_not_asked(self.business(test=True))

    def test_companies_outside_the_union_ask_nobody(self):
        swiss = self.env["res.company"].create(
            {"name": "Swiss", "country_id": self.env.ref("base.ch").id}
        )
        self.assertFalse(self.env["ciama.vies"]._needs_proof(swiss, BELGIAN))
        self.assertTrue(self.env["ciama.vies"]._needs_proof(self.company, BELGIAN))
        self.assertTrue(self.env["ciama.vies"]._needs_proof(self.company, "XI123456782"))
        self.assertFalse(self.env["ciama.vies"]._needs_proof(self.company, "GB123456782"))
        self.assertFalse(self.env["ciama.vies"]._needs_proof(self.company, ""))

    def test_each_company_asks_in_its_own_name(self):
        other = self.env["res.company"].create(
            {"name": "GmbH", "country_id": self.env.ref("base.de").id, "vat": GERMAN}
        )
        gate = self.env["ciama.vies"]
        for company in (self.company, other):
            gate._ask_anew(company, {ITALIAN: {}})
        with self.vies() as vies:
            self.ask()
            self.ask(other)
        self.assertEqual(vies.asked, [(ITALIAN, COMPANY), (ITALIAN, GERMAN)])

    def test_a_company_without_number_asks_without_proof(self):
        self.company.vat = False
        self.import_orders(self.business())
        with self.vies() as vies:
            self.ask()
        self.assertEqual(vies.asked, [(BELGIAN, "")])
        self.assertFalse(self.check_of().consultation_number)
        self.assertEqual(self.check_of().state, "valid")


class TestCache(ViesCase):
    def test_a_number_is_asked_once(self):
        first, second = self.import_orders(self.business(), self.business())
        (third,) = self.import_orders(self.business())
        with self.vies() as vies:
            self.ask()
        self.assertEqual(vies.numbers, [BELGIAN])
        self.assertEqual(len(self.env["ciama.vies.check"].search([("number", "=", BELGIAN)])), 1)
        for card in (first, second, third):
            self.assertEqual(card.state, "imported", card.message)
            self.assertEqual(card.sale_order_id.ciama_vies_check_id, self.check_of())

    def test_the_answer_is_good_for_some_days(self):
        self.import_orders(self.business())
        with self.vies() as vies:
            self.ask()
            days = (self.check_of().valid_until - self.check_of().answered_at).days
            self.assertEqual(days, self.shop.vies_cache_days)
            (card,) = self.import_orders(self.business())
        self.assertEqual(card.state, "imported", card.message)
        self.assertEqual(vies.numbers, [BELGIAN])

    def test_afterwards_it_is_asked_again_and_the_old_proof_stays(self):
        (first,) = self.import_orders(self.business())
        with self.vies() as vies:
            self.ask()
            old = self.check_of()
            self.age(old, "valid_until", days=31)
            (second,) = self.import_orders(self.business())
            self.assert_card(second, "held", "vat_check_pending")
            self.ask()
        self.assertEqual(vies.numbers, [BELGIAN, BELGIAN])
        self.assertEqual(second.state, "imported", second.message)
        self.assertNotEqual(self.check_of(), old)
        self.assertEqual(second.sale_order_id.ciama_vies_check_id, self.check_of())
        self.assertEqual(first.sale_order_id.ciama_vies_check_id, old)
        self.assertEqual(old.consultation_number, "WAPIAAAA00000001")

    def test_not_valid_is_good_for_a_day_only(self):
        self.import_orders(self.business())
        with self.vies(**{BELGIAN: Outcome.INVALID}):
            self.ask()
        self.assertEqual((self.check_of().valid_until - self.check_of().answered_at).days, 1)

    def test_an_imported_order_keeps_its_proof(self):
        """However old it is when the order changes in the shop."""
        body = self.business()
        (card,) = self.import_orders(body)
        with self.vies() as vies:
            self.ask()
            self.age(self.check_of(), "valid_until", days=100)
            self.import_orders({**body, "status": "fulfilled",
                                "updated_at": "2026-03-09T10:00:00+00:00"})  # fmt: skip
        self.assertEqual(card.state, "imported", card.message)
        self.assertEqual(vies.numbers, [BELGIAN])

    def test_another_number_on_a_known_order_waits_again(self):
        body = self.business()
        (card,) = self.import_orders(body)
        with self.vies():
            self.ask()
        sale_order = card.sale_order_id
        other = [{"value": "BE0403019261", "source": "billing_address.vat_number"}]
        self.import_orders({**body, "vat_candidates": other, "status": "fulfilled",
                            "updated_at": "2026-03-09T10:00:00+00:00"})  # fmt: skip
        self.assert_card(card, "held", "vat_check_pending")
        self.assertEqual(card.sale_order_id, sale_order)

    def test_a_cancelled_order_waits_for_nothing(self):
        self.shop.confirm_policy = "never"
        body = self.business()
        (card,) = self.import_orders(body)
        with self.vies():
            self.ask()
        other = [{"value": "BE0403019261", "source": "billing_address.vat_number"}]
        self.import_orders({**body, "vat_candidates": other, "status": "cancelled",
                            "updated_at": "2026-03-09T10:00:00+00:00"})  # fmt: skip
        self.assertEqual(card.sale_order_id.state, "cancel", card.message)
