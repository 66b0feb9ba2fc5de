"""Orders that a check holds: the person who lets them pass, and what changes later."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user

from .common import address, line, order
from .test_checks import HIGH, CheckCase, buyer


class TestImportAnyway(CheckCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop.write({"check_risk": "hold", "check_customer": "hold"})
        cls.users = {
            role: new_test_user(
                cls.env, f"check-{role}", f"ciama_connector.group_{role}",
                company_id=cls.company.id,
            )
            for role in ("user", "manager")
        }  # fmt: skip

    def pass_(self, card, role="manager"):
        card.with_user(self.users[role]).with_context(
            queue_job__no_delay=True
        ).action_import_anyway()

    def held(self, **values):
        card = self.import_orders(order(customer=buyer("held"), **{"risk": HIGH, **values}))
        self.assert_card(card, "held", "risk_flagged")
        return card

    def test_a_manager_lets_it_pass(self):
        card = self.held()
        self.pass_(card)
        self.assert_warned(card)
        self.assertEqual(card.sale_order_id.state, "sale")
        self.assertEqual(card.accepted_codes, {"risk_flagged": self.users["manager"].name})
        self.assertIn(self.users["manager"].name, card.accepted_text)

    def test_users_do_not(self):
        card = self.held()
        for button in ("action_import_anyway", "action_mend"):
            with self.assertRaisesRegex(AccessError, "managers"):
                getattr(card.with_user(self.users["user"]), button)()
        self.assert_card(card, "held", "risk_flagged")

    def test_buttons_are_there_for_managers_only(self):
        card = self.held()
        for view in ("form", "kanban", "list"):
            for role, there in (("user", False), ("manager", True)):
                with self.subTest(view=view, role=role):
                    mine = card.with_user(self.users[role])
                    arch = mine.get_view(view_type=view)["arch"]
                    self.assertEqual("action_import_anyway" in arch, there)
        Form(card.with_user(self.users["manager"]))

    def test_the_button_of_the_cause_does_it_too(self):
        card = self.held()
        card.with_user(self.users["manager"]).with_context(queue_job__no_delay=True).action_mend()
        self.assertEqual(card.state, "imported")

    def test_all_that_was_found_is_shown_and_accepted(self):
        card = self.held(address=address(city=""))
        self.assertEqual(list(card.warnings), ["customer_incomplete"])
        self.assertIn("city", card.warning_text)
        self.pass_(card)
        self.assert_warned(card)
        self.assertEqual(set(card.accepted_codes), {"risk_flagged", "customer_incomplete"})

    def test_another_cause_asks_again(self):
        card = self.held()
        card.accepted_codes = {"customer_incomplete": "Somebody"}
        self.env["ciama.order"].browse(card.id).with_context(
            queue_job__no_delay=True
        ).action_retry()
        self.assert_card(card, "held", "risk_flagged")

    def test_a_later_change_does_not_ask_again(self):
        body = order(customer=buyer("held"), risk=HIGH)
        card = self.import_orders(body)
        self.pass_(card)
        body["shipping_address"] = address(city="Sceaux")
        self.import_orders(body)
        self.assert_warned(card)
        self.assertEqual(card.sale_order_id.partner_shipping_id.city, "Sceaux")

    def test_other_causes_cannot_be_passed(self):
        card = self.import_orders(order(line(sku="NOBODY")))
        self.assert_card(card, "blocked", "product_unknown")
        with self.assertRaises(UserError):
            self.pass_(card)

    def test_of_many_those_that_are_held(self):
        held, done = self.held(), self.import_orders(order())
        self.pass_(held | done)
        self.assertEqual((held | done).mapped("state"), ["imported", "imported"])
        self.assertFalse(done.accepted_codes)


class TestChanges(CheckCase):
    def setUp(self):
        super().setUp()
        self.body = order(customer=buyer("change"))
        self.card = self.import_orders(self.body)
        self.shop.write({"check_risk": "hold", "check_customer": "hold"})
        self.body.update(risk=HIGH, shipping_address={**self.body["shipping_address"]})

    def test_what_sells_nothing_else_is_not_checked(self):
        self.body["customer_note"] = "Ring twice"
        self.import_orders(self.body)
        self.assert_warned(self.card)
        self.assertEqual(self.card.sale_order_id.ciama_customer_note, "Ring twice")

    def test_a_later_status_does_not_hide_what_was_found(self):
        self.shop.check_risk = "warn"
        body = order(customer=buyer("warned"), risk=HIGH)
        card = self.import_orders(body)
        self.assert_warned(card, "risk_flagged")
        self.import_orders({**body, "status": "fulfilled", "fulfillment_status": "fulfilled"})
        self.assert_warned(card, "risk_flagged")
        card.action_reviewed()
        self.import_orders({**body, "customer_note": "Ring twice"})
        self.assertFalse(card.to_review)

    def test_what_sells_something_else_is(self):
        self.body["lines"][0].update(net="20.00", tax="4.00", gross="24.00")
        self.body["lines"][0]["taxes"][0]["amount"] = "4.00"
        self.body.update(total="24.00", total_tax="4.00")
        self.import_orders(self.body)
        self.assert_card(self.card, "held", "risk_flagged")
        self.assert_amounts(self.card.sale_order_id, untaxed="10.00", tax="2.00", total="12.00")
        self.assertEqual(self.card.sale_order_id.state, "sale")
        self.card.with_context(queue_job__no_delay=True).action_import_anyway()
        self.assert_warned(self.card)
        self.assert_amounts(self.card.sale_order_id, untaxed="20.00", tax="4.00", total="24.00")
