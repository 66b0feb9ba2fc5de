"""What people of the back office could get at, or get wrong, off the way of the screens."""

from odoo.addons.queue_job.tests.common import trap_jobs
from odoo.exceptions import AccessError, UserError

from ..canonical import Code, Problem
from .common import line, order
from .test_mends import MendCase


class TestMeanwhile(MendCase):
    """Others go on working while a dialog is open, or a retry under way."""

    def test_a_dialog_does_not_answer_another_question(self):
        card = self.import_orders(order(line(sku="STOOL")))
        wizard = self.dialog(card)
        card._set_problem(Problem(Code.CARRIER_UNMAPPED, carrier="DHL"), waits_for="dhl")
        wizard.product_id = self.chair
        with self.assertRaises(UserError):
            wizard.action_mend()
        self.assertFalse(self.env["ciama.mapping.product"].search([("value", "=", "dhl")]))

    def test_two_people_create_a_product_once(self):
        cards = self.import_orders(*(order(line(sku="STOOL")) for _ in range(2)))
        maker = self.person(
            "ciama-maker", "ciama_connector.group_user,product.group_product_manager"
        )
        one, other = self.dialog(cards[0], maker), self.dialog(cards[1], maker)
        (one + other).choice = "create"
        self.press(one)
        self.assertEqual(self.states(cards), ["imported"] * 2)
        with self.assertRaises(UserError):
            other.action_mend()
        found = self.env["product.product"].search([("default_code", "=", "STOOL")])
        self.assertEqual(len(found), 1)

    def test_no_second_product_of_a_reference(self):
        self.make_product("STOOL")
        self.make_product("STOOL")
        card = self.import_orders(order(line(sku="STOOL")))
        self.assert_card(card, "blocked", "product_ambiguous")
        maker = self.person(
            "ciama-maker", "ciama_connector.group_user,product.group_product_manager"
        )
        wizard = self.dialog(card, maker)
        wizard.choice = "create"
        with self.assertRaisesRegex(UserError, "STOOL already"):
            wizard.action_mend()
        wizard.default_code = "STOOL-2"
        self.press(wizard)
        self.assertEqual(card.sale_order_id.order_line.product_id.default_code, "STOOL-2")

    def test_a_retry_leaves_what_was_ignored_meanwhile(self):
        cards = self.import_orders(*(order(line(sku="STOOL")) for _ in range(2)))
        cards.last_attempt = "2026-01-01 00:00:00"
        with trap_jobs() as jobs:
            action = self.env["ciama.retry"]._start(cards)
            batches = [job.args[0] for job in jobs.enqueued_jobs]
        retry = self.env["ciama.retry"].browse(action["res_id"])
        self.env["ciama.ignore"].with_user(self.user).create(
            {"order_ids": cards[0].ids, "reason": "entered by hand"}
        ).action_ignore()
        self.make_product("STOOL")
        for batch in batches:
            retry._job_batch(batch)
        self.assertEqual(self.states(cards), ["ignored", "imported"])
        self.assertEqual((retry.state, retry.left_count), ("done", 0))

    def test_a_window_that_was_started_stays(self):
        backfill = self.env["ciama.backfill"].create(
            {"shop_id": self.shop.id, "since": "2019-01-01", "until": "2019-02-01"}
        )
        backfill.until = "2019-03-01"
        with trap_jobs():
            backfill.action_start()
        other = self.make_shop(name="Other")
        for values in ({"since": "2010-01-01"}, {"until": "2025-01-01"}, {"shop_id": other.id}):
            with self.subTest(values), self.assertRaises(UserError):
                backfill.with_user(self.manager).write(values)

    def test_nothing_is_pulled_before_the_shop_is_set_up(self):
        onboarding = self.env["ciama.onboarding"].create({"shop_id": self.shop.id})
        with trap_jobs() as jobs:
            with self.assertRaises(UserError):
                self.shop.with_user(self.user).action_pull()
            jobs.assert_jobs_count(0)
            onboarding.step = "done"
            self.shop.with_user(self.user).action_pull()
            jobs.assert_jobs_count(1)


class TestReach(MendCase):
    def test_nobody_plants_a_script_for_others(self):
        card = self.import_orders(order(line(sku="STOOL")))
        dialogs = self.env["ciama.mend.vat"].with_user(self.user)
        planted = "<p class='text-end'>12.00</p><img src='x' onerror='alert(1)'/>"
        shown = dialogs.create({"order_id": card.id, "comparison": planted}).comparison
        self.assertIn("text-end", shown)
        self.assertNotIn("onerror", shown)

    def test_a_candidate_tells_nothing_of_other_companies_customers(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        theirs = self.env["res.partner"].create(
            {"name": "Theirs", "city": "Oslo", "vat": "NO", "company_id": elsewhere.id}
        )
        card = self.import_orders(order(line(sku="STOOL")))
        wizard = self.env["ciama.mend.customer"].with_user(self.user).create({"order_id": card.id})
        row = (
            self.env["ciama.mend.candidate"]
            .with_user(self.user)
            .create({"wizard_id": wizard.id, "partner_id": theirs.id})
        )
        row.invalidate_recordset()
        for name in ("city", "vat"):
            with self.subTest(name), self.assertRaises(AccessError):
                row[name]  # pylint: disable=pointless-statement

    def test_cards_that_do_not_tell_their_e_mail_are_not_of_one_customer(self):
        """Such as those that were held before cards told it."""
        self.shop.check_ambiguous_customer = "hold"
        bodies = []
        for key in ("ada", "bob"):
            email = f"{key}@twins.example"
            self.env["res.partner"].create([{"name": n, "email": email} for n in ("One", "Two")])
            customer = {"external_id": key, "email": email, "first_name": "Zed", "last_name": key}
            bodies.append(order(customer=customer))
        cards = self.import_orders(*bodies)
        self.assertEqual(set(cards.mapped("problem_id.code")), {"customer_ambiguous"})
        cards.problem_params = {"count": "2"}
        wizard = self.dialog(cards[0], self.user)
        self.assertEqual(wizard.waiting_count, 1)
        self.press(wizard.candidate_ids[0], "action_choose")
        self.assertEqual(self.states(cards), ["imported", "held"])


class TestContactsOfCompanies(MendCase):
    """Who works for two companies, and orders for none of them."""

    def ordered(self, *companies):
        self.shop.check_ambiguous_customer = "hold"
        email = "zed@work.example"
        parents = self.env["res.partner"].create(
            [{"name": name, "is_company": True} for name in companies]
        )
        people = [{"name": "Zed Q", "email": email, "parent_id": parent.id} for parent in parents]
        contacts = self.env["res.partner"].create(people)
        customer = {"external_id": "z1", "email": email, "first_name": "Zed", "last_name": "Q"}
        return contacts, customer, self.import_orders(order(customer=customer))

    def test_which_company_pays_is_for_a_person_to_say(self):
        (acme, bolt), customer, card = self.ordered("Acme", "Bolt")
        self.assert_card(card, "held", "customer_ambiguous")
        rows = self.dialog(card).candidate_ids
        self.assertEqual(rows.partner_id, acme | bolt)
        self.press(rows.filtered(lambda row: row.partner_id == bolt), "action_choose")
        self.assertEqual(card.sale_order_id.partner_id, bolt)
        self.assertEqual(self.imported(order(customer=customer)).partner_id, bolt)

    def test_of_one_company_there_is_nothing_to_say(self):
        (acme,), _customer, card = self.ordered("Acme")
        self.assertEqual((card.state, card.sale_order_id.partner_id), ("imported", acme))


class TestMergedCustomers(MendCase):
    def test_orders_follow_the_customer_that_is_left(self):
        self.shop.check_ambiguous_customer = "hold"
        email = "twins@curie.example"
        one, two, three = self.env["res.partner"].create(
            [{"name": name, "email": email} for name in ("One", "Two", "Three")]
        )
        customer = {"external_id": "t1", "email": email, "first_name": "Zed", "last_name": "Q"}
        card = self.import_orders(order(customer=customer))
        chosen = self.dialog(card).candidate_ids.filtered(lambda row: row.partner_id == one)
        self.press(chosen, "action_choose")
        merge = self.env["base.partner.merge.automatic.wizard"].create({})
        merge._merge((one | two).ids, two)
        self.env.invalidate_all()
        self.assertFalse(one.exists())
        self.assertTrue(three.exists(), "so that the e-mail alone tells nothing")
        for again in (customer, {**customer, "external_id": ""}):
            self.assertEqual(self.imported(order(customer=again)).partner_id, two)


class TestPrices(MendCase):
    """The sales price of a product that is made from what an order says of it."""

    def proposed(self, **values):
        card = self.import_orders(order(line("10.00", 20, sku="STOOL", **values.pop("line", {})),
                                        **values))  # fmt: skip
        return self.dialog(card)

    def test_the_shop_shows_prices_with_tax(self):
        wizard = self.proposed(line={"list_price": "12.00"})
        self.assertEqual(wizard.tax_ids.mapped("price_include"), [False])
        self.assertEqual(wizard.list_price, 10)

    def test_odoo_shows_prices_with_tax(self):
        self.company.account_sale_tax_id.price_include_override = "tax_included"
        wizard = self.proposed(line={"list_price": "10.00"}, prices_include_tax=False)
        self.assertEqual((wizard.tax_ids.mapped("price_include"), wizard.list_price), ([True], 12))

    def test_the_shop_sells_in_another_currency(self):
        dollars = self.env.ref("base.USD")
        dollars.active = True
        dollars.rate_ids.unlink()
        dollars.rate_ids.create(
            {
                "currency_id": dollars.id,
                "name": "2026-01-01",
                "rate": 2,
                "company_id": self.company.id,
            }
        )
        wizard = self.proposed(currency="USD")
        self.assertEqual(wizard.list_price, 5)

    def test_a_product_that_the_shop_has_created_costs_the_same(self):
        self.shop.unknown_product_policy = "create"
        self.imported(order(line("10.00", 20, sku="STOOL", list_price="12.00")))
        product = self.env["product.product"].search([("default_code", "=", "STOOL")])
        self.assertEqual(product.list_price, 10)
