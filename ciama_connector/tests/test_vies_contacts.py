"""What VIES says reaches the contacts; nothing else asks it; people can ask, and look."""

import socket
from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.addons.queue_job.tests.common import trap_jobs
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user
from odoo.tools import mute_logger
from psycopg2.errors import ForeignKeyViolation

from ..vies import Fault, Outcome
from .common import address, order
from .fake_vies import BELGIAN, GERMAN, ViesCase

SWITCHES = (False, True)


class TestNoConnection(ViesCase):
    """Core asks VIES whenever a contact gets a number; in an import it must not."""

    def without_network(self, action):
        """What ``action`` returns; where anything tries to connect, the test fails."""
        tried = []

        def refuse(*arguments, **_options):
            tried.append(arguments[1:])
            raise OSError("no network in an import")

        with (
            patch.object(socket.socket, "connect", refuse),
            patch.object(socket.socket, "connect_ex", refuse),
            patch.object(socket, "create_connection", refuse),
            patch.object(socket, "getaddrinfo", refuse),
            patch("odoo.addons.base_vat.models.res_partner.check_vies", refuse),
        ):
            found = action()
            self.env.flush_all()
        self.assertEqual(tried, [])
        return found

    @contextmanager
    def verifying(self, switch):
        """The company's setting to verify VAT numbers; nothing of the block stays."""
        self.company.vat_check_vies = switch
        with self.subTest(vat_check_vies=switch), self.env.cr.savepoint() as savepoint:
            yield
            savepoint.rollback()

    def answered(self, outcome=Outcome.VALID, numbers=(BELGIAN, GERMAN)):
        self.env["ciama.vies"]._ask_anew(self.company, {number: {} for number in numbers})
        with self.vies(**dict.fromkeys(numbers, outcome)):
            self.ask()

    def test_the_test_would_see_one(self):
        self.company.vat_check_vies = True
        partners = self.env["res.partner"]
        with self.assertRaises(AssertionError):
            self.without_network(lambda: partners.create({"name": "R", "vat": BELGIAN}))

    def test_orders_that_wait(self):
        for switch in SWITCHES:
            with self.verifying(switch):
                (card,) = self.without_network(lambda: self.import_orders(self.business()))
                self.assert_card(card, "held", "vat_check_pending")

    def test_new_customers(self):
        for switch in SWITCHES:
            with self.verifying(switch):
                self.answered()
                cards = self.without_network(
                    lambda: self.import_orders(
                        self.business(), self.business(GERMAN, "DE"), order()
                    )
                )
                self.assertEqual(set(cards.mapped("state")), {"imported"}, cards.mapped("message"))
                for card in cards[:2]:
                    self.assertTrue(card.sale_order_id.partner_id.commercial_partner_id.vies_valid)

    def test_domestic_numbers(self):
        candidates = [{"value": "FR40303265045", "source": "billing_address.vat_number"}]
        for switch in SWITCHES:
            with self.verifying(switch):
                body = order(address=address(company="Acme SA"), vat_candidates=candidates)
                (card,) = self.without_network(lambda body=body: self.import_orders(body))
                self.assertEqual(card.state, "imported", card.message)

    def test_a_known_company_gets_its_number_and_its_proof(self):
        for switch in SWITCHES:
            with self.verifying(switch):
                self.answered()
                known = self.env["res.partner"].create(
                    {"name": f"Firm {BELGIAN}", "is_company": True,
                     "email": f"{BELGIAN.lower()}@firm.example"}
                )  # fmt: skip
                self.without_network(lambda: self.imported(self.business()))
                self.assertEqual((known.vat, known.vies_valid), (BELGIAN, True))

    def test_a_known_number_gets_its_proof(self):
        for switch in SWITCHES:
            with self.verifying(switch):
                self.answered()
                known = self.env["res.partner"].create(
                    {"name": f"Firm {BELGIAN}", "is_company": True, "vat": BELGIAN,
                     "vies_valid": False, "country_id": self.env.ref("base.be").id}
                )  # fmt: skip
                self.without_network(lambda: self.imported(self.business()))
                self.assertTrue(known.vies_valid)

    def test_a_number_that_odoo_writes_in_its_own_way(self):
        """Odoo rewrites numbers when the country changes, and would ask again."""
        for switch in SWITCHES:
            with self.verifying(switch):
                self.answered()
                sale_order = self.without_network(lambda: self.imported(self.business()))
                company = sale_order.partner_id.commercial_partner_id
                quiet = company.with_context(ciama_no_connection=True)

                def rewrite(quiet=quiet):
                    quiet.vat = "BE 0477.472.701"
                    self.env.flush_all()

                self.without_network(rewrite)
                self.assertEqual((company.vat, company.vies_valid), (BELGIAN, True))

    def test_changed_orders(self):
        self.shop.confirm_policy = "never"
        for switch in SWITCHES:
            with self.verifying(switch):
                self.answered()
                body = self.business()
                (card,) = self.import_orders(body)
                moved = address(
                    company=f"Firm {BELGIAN}", country="BE", zip="2000", city="Antwerpen"
                )
                news = {**body, "billing_address": moved, "shipping_address": moved,
                        "updated_at": "2026-03-09T10:00:00+00:00"}  # fmt: skip
                self.without_network(lambda news=news: self.import_orders(news))
                self.assertEqual(card.state, "imported", card.message)
                self.assertEqual(card.sale_order_id.partner_shipping_id.city, "Antwerpen")


class TestRecheck(ViesCase):
    def customer(self, number=BELGIAN, country="BE"):
        """The company behind an imported order with a proved number."""
        (card,) = self.import_orders(self.business(number, country))
        with self.vies():
            self.ask()
        self.assertEqual(card.state, "imported", card.message)
        card.sale_order_id.date_order = fields.Datetime.now()
        return card.sale_order_id.partner_id.commercial_partner_id

    def grow_old(self, days=31, number=BELGIAN):
        check = self.check_of(number)
        self.age(check, "answered_at", days=days)
        self.age(check, "valid_until", days=days)

    def recheck(self, **answers):
        with self.vies(**answers) as vies, trap_jobs() as jobs:
            self.env["ciama.vies.check"]._cron_recheck()
            self.run_all(jobs)
        return vies.numbers

    def test_old_proofs_are_renewed_in_one_go(self):
        customers = self.customer() | self.customer(GERMAN, "DE")
        self.assertEqual(self.recheck(), [], "both are fresh")
        self.grow_old()
        self.grow_old(number=GERMAN)
        old = self.check_of()
        self.assertEqual(sorted(self.recheck()), [BELGIAN, GERMAN])
        self.assertNotEqual(self.check_of(), old)
        self.assertEqual(self.check_of().partner_id, customers[0])
        self.assertEqual(self.recheck(), [])

    def test_customers_who_order_no_more_are_left_alone(self):
        customer = self.customer()
        self.grow_old()
        orders = self.env["sale.order"].search([("partner_id", "child_of", customer.id)])
        orders.date_order = fields.Datetime.now() - timedelta(days=400)
        self.assertEqual(self.recheck(), [])
        self.shop.vies_recheck_months = 24
        self.assertEqual(self.recheck(), [BELGIAN])

    def test_can_be_switched_off(self):
        self.customer()
        self.grow_old()
        self.shop.vies_recheck_months = 0
        self.assertEqual(self.recheck(), [])

    def test_numbers_that_were_never_asked_are(self):
        """Such as those of customers from before the connector."""
        (sale_order,) = self.imported(order())
        sale_order.date_order = fields.Datetime.now()
        sale_order.partner_id.write(
            {"country_id": self.env.ref("base.be").id, "vat": BELGIAN, "vies_valid": False}
        )
        self.assertEqual(self.recheck(), [BELGIAN])
        self.assertTrue(sale_order.partner_id.vies_valid)

    def test_a_number_that_is_not_valid_any_more(self):
        customer = self.customer()
        self.grow_old()
        self.shop.user_id = self.env.ref("base.user_admin")
        self.recheck(**{BELGIAN: Outcome.INVALID})
        self.assertFalse(customer.vies_valid)
        activity = customer.activity_ids
        self.assertEqual(activity.user_id, self.env.ref("base.user_admin"))
        self.assertIn(BELGIAN, activity.note)
        self.assertFalse(customer.child_ids.activity_ids, "once, on the company")
        self.assertEqual(customer.ciama_vies_state, "invalid")

    def test_an_outage_changes_nothing(self):
        customer = self.customer()
        self.grow_old()
        self.recheck(**{BELGIAN: Fault.MS_UNAVAILABLE})
        self.assertTrue(customer.vies_valid)
        self.assertFalse(customer.activity_ids)

    def test_is_scheduled(self):
        for name in ("cron_vies_ask", "cron_vies_recheck"):
            cron = self.env.ref(f"ciama_connector.{name}")
            self.assertTrue(cron.active)
            with trap_jobs():
                cron.ir_actions_server_id.run()


class TestPeople(ViesCase):
    def test_the_button_of_the_card(self):
        (card,) = self.import_orders(self.business())
        self.assertEqual(card.problem_action, "ask_vies")
        user = new_test_user(self.env, "ask-user", "ciama_connector.group_user",
                             company_id=self.company.id)  # fmt: skip
        with self.vies() as vies, trap_jobs() as jobs:
            card.with_user(user).action_mend()
            self.run_all(jobs)
        self.assertEqual(vies.numbers, [BELGIAN])
        self.assertEqual(card.state, "imported", card.message)

    def test_a_number_that_was_not_valid_is_asked_again_from_its_card(self):
        """The customer registered it meanwhile."""
        (card,) = self.import_orders(self.business())
        with self.vies(**{BELGIAN: Outcome.INVALID}):
            self.ask()
        first = self.check_of()
        self.assertEqual(card.state, "held")
        with self.vies(), trap_jobs() as jobs:
            card.action_ask_vies()
            self.run_all(jobs)
        self.assertEqual(card.state, "imported", card.message)
        self.assertEqual((first.state, self.check_of().state), ("invalid", "valid"))
        self.assertEqual(card.sale_order_id.ciama_vies_check_id, self.check_of())

    def test_no_number_no_question(self):
        (card,) = self.import_orders(order(lines=[]))
        with self.assertRaises(UserError):
            card.action_ask_vies()

    def test_the_button_of_the_check(self):
        (card,) = self.import_orders(self.business())
        with self.vies() as vies, trap_jobs() as jobs:
            self.ask()
            first = self.check_of()
            first.action_ask_now()
            first.action_ask_now()
            self.run_all(jobs)
        self.assertEqual(vies.numbers, [BELGIAN, BELGIAN], "a click more asks no more")
        self.assertNotEqual(self.check_of(), first)
        self.assertEqual(card.sale_order_id.ciama_vies_check_id, first)

    def test_the_contact_shows_all_that_was_asked(self):
        (card,) = self.import_orders(self.business())
        with self.vies():
            self.ask()
        company = card.sale_order_id.partner_id.commercial_partner_id
        self.assertEqual(company.ciama_vies_check_id, self.check_of())
        self.assertEqual(company.ciama_vies_state, "valid")
        action = company.action_open_ciama_vies_checks()
        self.assertEqual(self.env["ciama.vies.check"].search(action["domain"]), self.check_of())
        stranger = self.env["res.partner"].create({"name": "Nobody"})
        self.assertFalse(stranger.ciama_vies_check_id)

    def test_who_sees_the_proof(self):
        (card,) = self.import_orders(self.business())
        with self.vies():
            self.ask()
        invoice = card.sale_order_id.invoice_ids or self.invoice(card.sale_order_id)
        for group in ("account.group_account_invoice", "account.group_account_readonly"):
            accountant = new_test_user(self.env, group, group, company_id=self.company.id)
            with self.subTest(group=group):
                Form(invoice.with_user(accountant))
                check = self.check_of().with_user(accountant)
                Form(check)
                self.assertTrue(check.consultation_number)
                with self.assertRaises(AccessError):
                    check.state = "valid"
        salesman = new_test_user(self.env, "ask-sales", "sales_team.group_sale_salesman",
                                 company_id=self.company.id)  # fmt: skip
        card.sale_order_id.user_id = salesman
        Form(card.sale_order_id.with_user(salesman))
        mine = card.sale_order_id.with_user(salesman)
        self.assertEqual(mine.ciama_vies_state, "valid")
        with self.assertRaises(AccessError):
            mine.ciama_vies_check_id.read(["trader_name"])

    def test_the_proof_cannot_be_deleted_under_a_document(self):
        (card,) = self.import_orders(self.business())
        with self.vies():
            self.ask()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(ForeignKeyViolation),
            self.env.cr.savepoint(),
        ):
            self.check_of().unlink()
        self.assertTrue(card.sale_order_id.ciama_vies_check_id)
