"""Several customers with one e-mail address: a person chooses, once."""

from odoo.addons.queue_job.tests.common import trap_jobs
from odoo.exceptions import UserError
from odoo.tests import new_test_user

from .common import ImportCase, address, order

EMAIL = "family@curie.example"


def guest(**values):
    customer = {"is_guest": True, "email": EMAIL, "first_name": "Irène", "last_name": "Curie"}
    return order(customer=customer, address=address(first_name="Irène"), **values)


class TestAmbiguous(ImportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.one, cls.two = (
            cls.env["res.partner"].create({"name": name, "email": EMAIL, "city": city})
            for name, city in (("M. Curie", "Paris"), ("P. Curie", "Lyon"))
        )
        cls.user = new_test_user(
            cls.env, "ciama-vendor", "ciama_connector.group_user", company_id=cls.company.id
        )

    def held(self, *bodies):
        cards = self.import_orders(*(bodies or [guest()]))
        for card in cards:
            self.assert_card(card, "held", "customer_ambiguous")
        return cards

    def dialog(self, card):
        action = card.with_user(self.user).action_mend()
        return self.env[action["res_model"]].with_user(self.user).browse(action["res_id"])

    def press(self, method):
        with trap_jobs() as jobs:
            method()
            jobs.perform_enqueued_jobs()

    def test_it_is_held_and_nothing_is_made(self):
        last = self.env["res.partner"].search([], order="id desc", limit=1)
        card = self.held()
        self.assertIn("2 customers", card.message)
        self.assertFalse(self.env["res.partner"].search([("id", ">", last.id)]))
        self.assertNotIn(EMAIL, str(card.problem_params))

    def test_the_rest_of_the_batch_goes_through(self):
        other, card = self.import_orders(order(), guest())
        self.assertEqual((other.state, card.state), ("imported", "held"))

    def test_the_candidates_are_told_apart(self):
        sale = self.env["sale.order"].create({"partner_id": self.two.id})
        wizard = self.dialog(self.held())
        self.assertRecordValues(
            wizard.candidate_ids,
            [
                {"partner_id": self.one.id, "city": "Paris", "order_count": 0, "last_order": False},
                {"partner_id": self.two.id, "city": "Lyon", "order_count": 1,
                 "last_order": sale.date_order},
            ],
        )  # fmt: skip

    def test_the_choice_frees_all_and_is_remembered(self):
        cards = self.held(guest(), guest(), guest())
        wizard = self.dialog(cards[0])
        self.assertEqual(wizard.waiting_count, 3)
        self.press(wizard.candidate_ids[1].action_choose)
        self.assertEqual(cards.mapped("state"), ["imported"] * 3)
        self.assertEqual(cards.sale_order_id.partner_id, self.two)
        self.assertEqual(self.imported(guest()).partner_id, self.two)
        own_id = order(customer={"external_id": "5", "email": EMAIL, "last_name": "Curie"})
        self.assertEqual(self.imported(own_id).partner_id, self.two)

    def test_another_shop_does_not_ask_again(self):
        other = self.make_shop(name="Other")
        self.press(self.dialog(self.held()).candidate_ids[0].action_choose)
        self.assertEqual(self.imported(guest(), shop=other).partner_id, self.one)

    def test_a_new_customer(self):
        cards = self.held(guest(), guest())
        self.press(self.dialog(cards[0]).action_new_customer)
        self.assertEqual(cards.mapped("state"), ["imported"] * 2)
        new = cards.sale_order_id.partner_id
        self.assertEqual(len(new), 1)
        self.assertNotIn(new, self.one | self.two)
        self.assertEqual(self.imported(guest()).partner_id, new)

    def test_only_a_candidate_can_be_chosen(self):
        wizard = self.dialog(self.held())
        with self.assertRaises(UserError):
            wizard._choose(self.env["res.partner"].create({"name": "Somebody"}))

    def test_the_name_tells_who_it_is(self):
        self.two.name = "Irène Curie"
        self.assertEqual(self.imported(guest()).partner_id, self.two)

    def test_a_person_goes_before_a_company_of_the_same_address(self):
        self.one.is_company = True
        self.assertEqual(self.imported(guest()).partner_id, self.two)

    def test_who_is_bound_is_not_asked_about(self):
        mine = {"external_id": "7", "email": EMAIL, "first_name": "Irène", "last_name": "Curie"}
        self.env["ciama.binding"]._bind(self.shop, "customer", {"7": self.one})
        self.assertEqual(self.imported(order(customer=mine)).partner_id, self.one)

    def test_a_change_stays_with_its_customer(self):
        self.shop.check_ambiguous_customer = "off"
        body = guest(status="pending", payment_status="pending")
        sale_order = self.imported(body)
        sale_order.partner_id = self.two
        self.shop.check_ambiguous_customer = "hold"
        body |= {"status": "paid", "payment_status": "paid", "customer_note": "Ring twice"}
        self.assertEqual(self.imported(body).partner_id, self.two)

    def test_a_shop_may_be_told_not_to_ask(self):
        self.shop.check_ambiguous_customer = "off"
        card = self.import_orders(guest())
        self.assertEqual((card.sale_order_id.partner_id, card.to_review), (self.one, False))
        self.shop.check_ambiguous_customer = "warn"
        card = self.import_orders(guest())
        self.assertEqual((card.sale_order_id.partner_id, card.to_review), (self.one, True))
        self.assertIn("2 customers", card.warning_text)
