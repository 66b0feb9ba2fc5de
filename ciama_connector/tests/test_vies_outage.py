"""VIES does not answer: asked again, never read as "not valid"; then the shop decides."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.addons.queue_job.exception import RetryableJobError
from odoo.addons.queue_job.tests.common import trap_jobs
from odoo.tools import mute_logger
from psycopg2.errors import UniqueViolation

from ..services import vies_asking
from ..vies import FAULT_TEXTS, Fault, Outcome
from .common import line
from .fake_vies import BELGIAN, GERMAN, ITALIAN, ViesCase

LATER = [fault for fault in Fault if fault is not Fault.INVALID_INPUT]


class OutageCase(ViesCase):
    def held(self, fault=Fault.MS_UNAVAILABLE, *rows):
        """A card that waits for VIES, which was asked once and gave ``fault``."""
        (card,) = self.import_orders(self.business(BELGIAN, "BE", *rows))
        with self.vies(**{BELGIAN: fault}):
            self.ask()
        return card

    def assert_next_in(self, check, **delta):
        self.assertEqual(check.next_attempt, check.last_attempt + timedelta(**delta))


class TestOutage(OutageCase):
    def test_every_fault_waits(self):
        (card,) = self.import_orders(self.business())
        for fault in LATER:
            with self.subTest(fault=fault), self.vies(**{BELGIAN: fault}):
                self.check_of().next_attempt = fields.Datetime.now()
                self.ask(forced=True)
                check = self.check_of()
                self.assertEqual((check.state, check.fault), ("unavailable", fault.value))
                self.assertFalse(check.answered_at or check.valid_until)
                card.action_retry()
                self.env["ciama.importer"]._run(card)
                self.assert_card(card, "held", "vat_check_unavailable")
                self.assertIn(FAULT_TEXTS[fault], card.message)
        self.assertFalse(self.env["sale.order"].search([("ciama_shop_id", "=", self.shop.id)]))

    def test_the_card_tells_why_it_waits(self):
        card = self.held(Fault.NO_CONNECTION)
        self.assert_card(card, "held", "vat_check_unavailable")
        self.assertIn("it cannot be reached", card.message)
        self.assertEqual(card.waits_for, BELGIAN)

    def test_the_order_goes_on_when_the_outage_ends(self):
        card = self.held()
        check = self.check_of()
        check.next_attempt = fields.Datetime.now()
        with self.vies():
            self.ask()
        self.assertEqual(card.state, "imported", card.message)
        self.assertEqual((self.check_of(), check.state, check.attempts), (check, "valid", 2))
        self.assertFalse(check.fault)

    def test_is_asked_at_growing_intervals_up_to_an_hour(self):
        self.held()
        check, minutes = self.check_of(), []
        for _round in range(6):
            minutes.append((check.next_attempt - check.last_attempt).total_seconds() / 60)
            check.next_attempt = fields.Datetime.now()
            with self.vies(**{BELGIAN: Fault.MS_UNAVAILABLE}):
                self.ask()
        self.assertEqual(minutes, [5, 10, 20, 40, 60, 60])

    def test_is_not_asked_before_its_time(self):
        self.held()
        with self.vies() as vies:
            self.ask()
        self.assertEqual(vies.asked, [])

    def test_the_scheduled_action_asks_what_is_due(self):
        card = self.held()
        checks = self.env["ciama.vies.check"]
        for due, asked in ((False, []), (True, [BELGIAN])):
            if due:
                self.check_of().next_attempt = fields.Datetime.now()
            with self.vies() as vies, trap_jobs() as jobs:
                checks._cron_ask()
                self.run_all(jobs)
            self.assertEqual(vies.numbers, asked)
        self.assertEqual(card.state, "imported", card.message)

    def test_is_given_up_and_taken_up_with_the_next_order(self):
        card = self.held()
        check = self.check_of()
        self.env.cr.execute(
            "UPDATE ciama_vies_check SET create_date = create_date - interval '31 days'"
        )
        check.invalidate_recordset()
        check.next_attempt = fields.Datetime.now()
        with self.vies(**{BELGIAN: Fault.MS_UNAVAILABLE}):
            self.ask()
        self.assertFalse(check.next_attempt)
        self.assertEqual(card.state, "held")
        self.import_orders(self.business())
        self.assertTrue(check.next_attempt)
        with self.vies():
            self.ask()
        self.assertEqual(card.state, "imported", card.message)


class TestWhoseFault(OutageCase):
    """What concerns one member state is its own; what concerns all stops the run."""

    def wait_all(self):
        cards = self.import_orders(
            self.business(),
            self.business(GERMAN, "DE"),
            self.business(ITALIAN, "IT"),
        )
        return dict(zip((BELGIAN, GERMAN, ITALIAN), cards, strict=True))

    def test_one_member_state(self):
        cards = self.wait_all()
        with self.vies(**{BELGIAN: Fault.MS_MAX_CONCURRENT_REQ}) as vies:
            self.ask()
        self.assertEqual(vies.numbers, [BELGIAN, GERMAN, ITALIAN])
        self.assertEqual(cards[BELGIAN].state, "held")
        self.assertEqual(cards[GERMAN].state, "imported", cards[GERMAN].message)

    def test_all_of_them(self):
        cards = self.wait_all()
        with self.vies(**{BELGIAN: Fault.NO_REPLY}) as vies:
            self.ask()
        self.assertEqual(vies.numbers, [BELGIAN], "the others would wait in vain")
        for number, card in cards.items():
            self.assert_card(card, "held", "vat_check_unavailable")
            self.assertEqual(self.check_of(number).fault, "NO_REPLY")

    def test_blocked_means_not_to_ask_for_a_day(self):
        for fault in (Fault.IP_BLOCKED, Fault.VAT_BLOCKED):
            with self.subTest(fault=fault):
                self.held(fault)
                self.assert_next_in(self.check_of(), days=1)
                (other,) = self.import_orders(self.business(GERMAN, "DE"))
                with self.vies() as vies:
                    self.ask()
                    self.assertEqual(vies.asked, [], "not for other numbers either")
                    self.assert_card(other, "held", "vat_check_unavailable")
                    self.ask_now(self.check_of(GERMAN))
                    self.assertEqual(vies.numbers, [GERMAN], "unless a person wants it")
                (third,) = self.import_orders(self.business(ITALIAN, "IT"))
                with self.vies():
                    self.ask()
                self.assertEqual(third.state, "imported", "an answer means that the block is over")
                self.age(self.check_of(), "last_attempt", days=1)
                self.env["ciama.vies.check"].search([]).sale_order_ids.ciama_vies_check_id = False
                self.env["ciama.vies.check"].search([]).unlink()

    def ask_now(self, check):
        with trap_jobs() as jobs:
            check.action_ask_now()
            self.run_all(jobs)

    def test_our_own_number_is_for_us_to_mend(self):
        card = self.held(Fault.INVALID_REQUESTER_INFO)
        self.assertIn("the VAT number of your own company", card.message)
        self.assert_next_in(self.check_of(), days=1)
        with self.vies():
            self.ask_now(self.check_of())
        self.assertEqual(card.state, "imported", card.message)


class TestPatience(OutageCase):
    def wait(self, policy, hours, *rows):
        """A card that waited for so many hours, and the scheduled action after that."""
        self.shop.write({"vies_policy": policy, "vies_patience_hours": 24})
        card = self.held(Fault.MS_UNAVAILABLE, *rows)
        self.age(self.check_of(), "waiting_since", hours=hours)
        with trap_jobs() as jobs:
            self.env["ciama.vies.check"]._cron_ask()
            self.run_all(jobs)
        return card

    def test_nothing_is_decided_before(self):
        for policy in ("hold", "private", "accept"):
            with self.subTest(policy=policy), self.env.cr.savepoint() as savepoint:
                card = self.wait(policy, 23)
                self.assert_card(card, "held", "vat_check_unavailable")
                savepoint.rollback()

    def test_keep_holding(self):
        card = self.wait("hold", 1000)
        self.assert_card(card, "held", "vat_check_unavailable")

    def test_accept_with_a_warning(self):
        card = self.wait("accept", 25)
        self.assertEqual(card.state, "imported", card.message)
        self.assertEqual(list(card.warnings), ["vat_unproved_accepted"])
        self.assertTrue(card.to_review)
        self.assertIn("24 hours", card.warning_text)
        sale_order = card.sale_order_id
        self.assertEqual(sale_order.amount_tax, 0)
        self.assertEqual(sale_order.ciama_vies_state, "unavailable")
        company = sale_order.partner_id.commercial_partner_id
        self.assertFalse(company.vies_valid, "that is for VIES alone to say")

    def test_treat_as_private(self):
        card = self.wait("private", 25, line(rate=21))
        self.assertEqual(card.state, "imported", card.message)
        self.assertEqual(list(card.warnings), ["vat_unproved_private"])
        self.assert_taxes(card.sale_order_id, **{"21": "2.10"})

    def test_treat_as_private_what_was_charged_no_vat_is_for_a_person(self):
        card = self.wait("private", 25)
        self.assertEqual(card.state, "held")
        self.assertNotIn("vat_check", card.problem_id.code)

    def test_accepted_orders_learn_the_answer_later(self):
        for outcome in (Outcome.VALID, Outcome.INVALID):
            with self.subTest(outcome=outcome), self.env.cr.savepoint() as savepoint:
                card = self.wait("accept", 25)
                company = card.sale_order_id.partner_id.commercial_partner_id
                self.check_of().next_attempt = fields.Datetime.now()
                with self.vies(**{BELGIAN: outcome}):
                    self.ask()
                self.assertEqual(card.sale_order_id.ciama_vies_state, outcome.value)
                self.assertEqual(company.vies_valid, outcome is Outcome.VALID)
                self.assertEqual(len(company.activity_ids), int(outcome is Outcome.INVALID))
                savepoint.rollback()

    def test_a_new_order_waits_in_its_own_right(self):
        """A number that was being re-checked for long has had no order waiting for it."""
        self.shop.write({"vies_policy": "accept", "vies_patience_hours": 24})
        self.env["ciama.vies"]._ask_anew(self.company, {BELGIAN: {"shop_id": self.shop.id}})
        with self.vies(**{BELGIAN: Fault.TIMEOUT}):
            self.ask()
        (card,) = self.import_orders(self.business())
        self.assert_card(card, "held", "vat_check_unavailable")
        self.assertTrue(self.check_of().waiting_since)


class TestJob(OutageCase):
    def test_one_job_talks_to_vies_at_a_time(self):
        self.import_orders(self.business())
        with (
            patch.object(type(self.env["ciama.vies.asking"]), "_lock", lambda asking: False),
            self.vies() as vies,
            self.assertRaises(RetryableJobError) as raised,
        ):
            self.env["ciama.vies.asking"]._ask_due(self.company)
        self.assertTrue(raised.exception.ignore_retry)
        self.assertEqual(vies.asked, [])

    def test_the_lock_is_the_database_s(self):
        self.assertTrue(self.env["ciama.vies.asking"]._lock())
        with self.registry.cursor() as other:
            other.execute("SELECT pg_try_advisory_xact_lock(%s)", [vies_asking.LOCK])
            self.assertEqual(other.fetchone(), (False,))

    def test_what_there_is_no_time_for_is_the_next_job_s(self):
        cards = self.import_orders(self.business(), self.business(GERMAN, "DE"))
        moments = iter([0, 1, 61])
        with (
            self.vies() as vies,
            trap_jobs() as jobs,
            patch.object(vies_asking.time, "monotonic", lambda: next(moments, 0)),
        ):
            self.env["ciama.vies.asking"]._ask_due(self.company)
            self.assertEqual(vies.numbers, [BELGIAN])
            jobs.assert_jobs_count(1, only=self.env["ciama.vies.check"]._job_ask)
            self.run_all(jobs)
        self.assertEqual(vies.numbers, [BELGIAN, GERMAN])
        self.assertEqual(set(cards.mapped("state")), {"imported"})

    def test_one_job_for_the_orders_of_a_batch(self):
        """The job of another batch may begin before the numbers of this one are committed."""
        asking = self.env["ciama.vies.check"]._job_ask
        with trap_jobs() as jobs:
            self.import_orders(self.business(), self.business(GERMAN, "DE"))
            jobs.assert_jobs_count(1, only=asking)
            self.import_orders(self.business(ITALIAN, "IT"), self.business())
            jobs.assert_jobs_count(2, only=asking)
            self.import_orders(self.business(ITALIAN, "IT"))
        jobs.assert_jobs_count(2, only=asking)

    def test_orders_that_came_to_wait_meanwhile_are_not_forgotten(self):
        """The import read the check before the answer was there, and ended after it."""
        (card,) = self.import_orders(self.business())
        checks, asking = self.env["ciama.vies.check"], self.env["ciama.vies.asking"]
        nobody = patch.object(type(asking), "_free_orders", lambda *_arguments: card.browse())
        with self.vies(), nobody:
            self.ask()
        self.assertEqual(self.check_of().state, "valid")
        self.assert_card(card, "held", "vat_check_pending")
        with trap_jobs() as jobs:
            checks._cron_ask()
            self.run_all(jobs)
        self.assertEqual(card.state, "imported", card.message)

    def test_the_same_number_cannot_be_open_twice(self):
        self.import_orders(self.business())
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(UniqueViolation),
            self.env.cr.savepoint(),
        ):
            self.env["ciama.vies.check"].create({"company_id": self.company.id, "number": BELGIAN})

    def test_two_imports_that_meet_the_same_new_number_are_run_again(self):
        """The second does not see yet that the first is asking."""
        self.import_orders(self.business())
        blind = patch.object(type(self.env["ciama.vies.check"]), "_current", lambda *_arguments: {})
        (card,) = self.stage(self.business())
        with blind, mute_logger("odoo.sql_db"), self.assertRaises(RetryableJobError) as raised:
            self.env["ciama.importer"]._run(card)
        self.assertTrue(raised.exception.ignore_retry)

    def test_the_service_is_configurable(self):
        asking, parameters = self.env["ciama.vies.asking"], self.env["ir.config_parameter"]
        seen = []
        with patch.object(
            vies_asking, "ViesClient", lambda url, **options: seen.append((url, options))
        ):
            asking._client()
            parameters.set_param("ciama_connector.vies_url", "https://vies.example/service")
            parameters.set_param("ciama_connector.ca_bundle", "/etc/ssl/own.pem")
            asking._client()
        self.assertEqual(
            seen,
            [("https://ec.europa.eu/taxation_customs/vies/services/checkVatService",
              {"verify": True}),
             ("https://vies.example/service", {"verify": "/etc/ssl/own.pem"})],
        )  # fmt: skip
