"""The dialogs on the board: each mends its cause for all orders that wait for the same."""

from odoo.addons.queue_job.tests.common import trap_jobs
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user

from .common import ImportCase, line, order, shipping


class MendCase(ImportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop.write({"unknown_payment_policy": "hold", "unknown_carrier_policy": "hold"})
        cls.user = cls.person("ciama-vendor", "ciama_connector.group_user")
        cls.manager = cls.person("ciama-boss", "ciama_connector.group_manager")

    @classmethod
    def person(cls, login, groups):
        return new_test_user(cls.env, login, groups, company_id=cls.company.id)

    def dialog(self, card, user=None):
        action = card.with_user(user or self.manager).action_mend()
        self.assertEqual(action["target"], "new")
        wizard = self.env[action["res_model"]].with_user(user or self.manager)
        return wizard.browse(action["res_id"])

    def press(self, wizard, method="action_mend"):
        with trap_jobs() as jobs:
            answer = getattr(wizard, method)()
            jobs.perform_enqueued_jobs()
        return answer

    def states(self, cards):
        return cards.mapped("state")


class TestPaymentAndCarrier(MendCase):
    def test_a_payment_method_is_mapped_for_all_orders_of_the_shop(self):
        other = self.make_shop(name="Other", unknown_payment_policy="hold")
        method = {"payment_method": {"code": "klarna", "label": "Klarna"}}
        cards = self.import_orders(*(order(**method) for _ in range(3)))
        elsewhere = self.import_orders(order(**method), shop=other)
        self.assertEqual(set(cards.mapped("problem_id.code")), {"payment_method_unmapped"})
        wizard = self.dialog(cards[0])
        self.assertRecordValues(wizard, [{"label": "Klarna", "waiting_count": 3, "refusal": False}])
        with Form(wizard) as form:
            form.confirm = "always"
        answer = self.press(wizard)
        self.assertIn("3", answer["params"]["message"])
        self.assertEqual(self.states(cards), ["imported"] * 3)
        self.assertEqual(elsewhere.state, "blocked", "each shop has its own words")

    def test_a_journal_that_is_missing(self):
        wizard = self.env["ciama.mend.mapping"]
        card = self.import_orders(order(payment_method={"code": "gift", "label": "Gift card"}))
        journal = self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", self.company.id)], limit=1
        )
        wizard = self.dialog(card)
        wizard.write({"confirm": False, "journal_id": journal.id})
        self.press(wizard)
        mapping = self.env["ciama.mapping.payment"].search([("value", "=", "gift")])
        self.assertEqual((mapping.journal_id, card.state), (journal, "imported"))

    def test_nothing_said_is_nothing_done(self):
        card = self.import_orders(order(payment_method={"code": "gift", "label": "Gift card"}))
        wizard = self.dialog(card)
        wizard.write({"confirm": False, "journal_id": False})
        with self.assertRaises(UserError):
            wizard.action_mend()
        self.assertEqual(card.state, "blocked")

    def test_a_carrier(self):
        product = self.make_product("SHIP", type="service")
        carrier = self.env["delivery.carrier"].create(
            {"name": "La Poste", "product_id": product.id, "company_id": self.company.id}
        )
        cards = self.import_orders(*(order(line(), shipping()) for _ in range(2)))
        self.assertEqual(set(cards.mapped("problem_id.code")), {"carrier_unmapped"})
        wizard = self.dialog(cards[0])
        wizard.write({"carrier_id": carrier.id, "lead_days": 2})
        self.press(wizard)
        self.assertEqual(self.states(cards), ["imported"] * 2)
        self.assertEqual(cards.sale_order_id.carrier_id, carrier)
        mapping = self.env["ciama.mapping.carrier"].search([("value", "=", "colissimo")])
        self.assertEqual(mapping.lead_days, 2)

    def test_a_user_is_told_whom_to_ask(self):
        card = self.import_orders(order(payment_method={"code": "klarna", "label": "Klarna"}))
        wizard = self.dialog(card, self.user)
        self.assertIn("managers of the connector", wizard.refusal)
        self.assertIn(self.manager.name, wizard.refusal)
        wizard.confirm = "always"
        with self.assertRaises(AccessError):
            wizard.action_mend()
        mapping = self.env["ciama.mapping.payment"].search([("value", "=", "klarna")])
        self.assertEqual((mapping.mapped, card.state), (False, "blocked"))


class TestProduct(MendCase):
    def test_a_user_chooses_the_product(self):
        cards = self.import_orders(*(order(line(sku="STOOL")) for _ in range(3)))
        wizard = self.dialog(cards[0], self.user)
        self.assertEqual((wizard.waiting_count, wizard.refusal), (3, False))
        wizard.product_id = self.chair
        self.press(wizard)
        self.assertEqual(self.states(cards), ["imported"] * 3)
        self.assertEqual(cards.sale_order_id.order_line.product_id, self.chair)

    def test_among_several(self):
        lamps = self.make_product("LAMP") | self.make_product("LAMP")
        card = self.import_orders(order(line(sku="LAMP")))
        self.assert_card(card, "blocked", "product_ambiguous")
        wizard = self.dialog(card, self.user)
        wizard.product_id = lamps[1]
        self.press(wizard)
        self.assertEqual(card.sale_order_id.order_line.product_id, lamps[1])

    def test_it_is_created_from_the_order_for_all_shops(self):
        other = self.make_shop(name="Other")
        stool = {"sku": "STOOL", "name": "Stool, oak", "barcode": "4006381333931"}
        body = order(line("50.00", 5.5, **stool, quantity="2"))
        cards = self.import_orders(body, order(line("25.00", 5.5, **stool)))
        cards |= self.import_orders(order(line("25.00", 5.5, sku="STOOL")), shop=other)
        maker = self.person(
            "ciama-maker", "ciama_connector.group_user,product.group_product_manager"
        )
        wizard = self.dialog(cards[0], maker)
        self.assertEqual(wizard.waiting_count, 2)
        wizard.choice = "create"
        self.assertEqual(wizard.waiting_count, 3)
        wizard.goods = "consu"
        self.press(wizard)
        product = self.env["product.product"].search([("default_code", "=", "STOOL")])
        self.assertRecordValues(
            product,
            [{"name": "Stool, oak", "barcode": "4006381333931", "list_price": 25.0,
              "type": "consu", "is_storable": False, "company_id": self.company.id,
              "invoice_policy": "order"}],
        )  # fmt: skip
        self.assertEqual(product.taxes_id.mapped("amount"), [5.5])
        self.assertEqual(self.states(cards), ["imported"] * 3)
        self.assertEqual(cards.sale_order_id.order_line.product_id, product)

    def test_who_may_not_create_products_is_told(self):
        card = self.import_orders(order(line(sku="STOOL")))
        wizard = self.dialog(card, self.user)
        self.assertFalse(wizard.refusal)
        wizard.choice = "create"
        self.assertIn("may not create products", wizard.refusal)
        with self.assertRaises(AccessError):
            wizard.action_mend()
        self.assertFalse(self.env["product.product"].search([("default_code", "=", "STOOL")]))


class TestVat(MendCase):
    def disputed(self, count=1, rate=19):
        cards = self.import_orders(*(order(line("100.00", rate)) for _ in range(count)))
        self.assertEqual(set(cards.mapped("state")), {"held"})
        return cards

    def test_both_amounts_are_shown_and_nothing_stays(self):
        card = self.disputed()
        before = self.env["sale.order"].search_count([])
        wizard = self.dialog(card)
        for amount in ("100.00", "19.00", "119.00", "99.17", "19.83"):
            with self.subTest(amount=amount):
                self.assertIn(amount, wizard.comparison)
        self.assertRecordValues(card, [{"state": "held", "vat_decision": False, "attempts": 1}])
        self.assertEqual(self.env["sale.order"].search_count([]), before)

    def test_this_order_only(self):
        cards = self.disputed(2)
        wizard = self.dialog(cards[0])
        wizard.decision = "odoo"
        self.press(wizard)
        self.assertEqual(self.states(cards), ["imported", "held"])
        self.assert_amounts(cards[0].sale_order_id, untaxed="99.17", tax="19.83", total="119.00")

    def test_all_that_wait_for_the_same_decision(self):
        cards, exempt = self.disputed(3), self.disputed(1, rate=0)
        wizard = self.dialog(cards[0])
        wizard.write({"decision": "odoo", "scope": "waiting"})
        self.assertEqual(wizard.waiting_count, 3)
        self.press(wizard)
        self.assertEqual(self.states(cards), ["imported"] * 3)
        self.assertEqual(exempt.state, "held", "another disagreement")
        self.disputed()

    def test_a_rule_for_the_shop(self):
        wizard = self.dialog(self.disputed())
        wizard.write({"decision": "odoo", "scope": "always"})
        self.press(wizard)
        self.assertTrue(self.imported(order(line("100.00", 19))))

    def test_an_accountant_decides_and_makes_no_rule(self):
        accountant = self.person(
            "ciama-books", "ciama_connector.group_user,account.group_account_user"
        )
        card = self.disputed()
        wizard = self.dialog(card, accountant)
        self.assertFalse(wizard.refusal)
        wizard.write({"decision": "odoo", "scope": "always"})
        self.assertIn(self.manager.name, wizard.refusal)
        with self.assertRaises(AccessError):
            wizard.action_mend()
        wizard.scope = "waiting"
        self.press(wizard)
        self.assertEqual(card.state, "imported")

    def test_a_user_is_told_whom_to_ask(self):
        card = self.disputed()
        wizard = self.dialog(card, self.user)
        self.assertIn("Deciding about VAT", wizard.refusal)
        wizard.decision = "odoo"
        with self.assertRaises(AccessError):
            wizard.action_mend()
        self.assertEqual(card.state, "held")

    def test_what_odoo_cannot_book_is_not_promised(self):
        card = self.disputed()
        wizard = self.dialog(card)
        self.assertEqual(wizard.impossible, ["shop"], "no tax of 19 % in France")
        wizard.decision = "shop"
        with self.assertRaises(UserError):
            wizard.action_mend()
        self.assertEqual(card.state, "held")

    def test_the_taxes_are_chosen(self):
        cards = self.disputed(2)
        tax = self.make_tax(19)
        wizard = self.dialog(cards[0])
        wizard.write({"decision": "map", "tax_ids": [(6, 0, tax.ids)]})
        self.assertEqual(wizard.waiting_count, 2)
        self.press(wizard)
        self.assertEqual(self.states(cards), ["imported"] * 2)
        self.assertEqual(cards.sale_order_id.order_line.tax_ids, tax)


class TestMendFirst(MendCase):
    def rows(self, user=None):
        view = self.env["ciama.mend.first"].with_user(user or self.user)
        self.env.flush_all()
        return view.search([("shop_id", "=", self.shop.id)])

    def test_what_holds_most_comes_first(self):
        method = {"payment_method": {"code": "klarna", "label": "Klarna"}}
        self.import_orders(order(line("1000.00", sku="STOOL")))
        self.import_orders(*(order(**method) for _ in range(2)))
        self.import_orders(*(order(line(sku="LAMP")) for _ in range(3)), order(lines=[]))
        done = self.import_orders(order())
        self.assertEqual(done.state, "imported")
        self.assertEqual(
            [(row.order_count, row.waits_for, row.problem_id.code) for row in self.rows()],
            [(3, "LAMP", "product_unknown"), (2, "klarna", "payment_method_unmapped"),
             (1, "STOOL", "product_unknown"), (1, False, "no_lines")],
        )  # fmt: skip
        self.assertIn("36.00", self.rows()[0].amounts_text)

    def test_totals_of_each_currency(self):
        self.env["res.currency"].with_context(active_test=False).search(
            [("name", "=", "USD")]
        ).active = True
        self.import_orders(order(line(sku="X")), order(line(sku="X"), currency="USD"))
        (row,) = self.rows()
        self.assertEqual(row.order_count, 2)
        self.assertEqual(row.amounts, {"EUR": 12, "USD": 12})
        self.assertIn(" + ", row.amounts_text)

    def test_it_is_mended_from_there(self):
        cards = self.import_orders(*(order(line(sku="STOOL")) for _ in range(3)))
        action = self.rows().action_mend()
        wizard = self.env[action["res_model"]].browse(action["res_id"]).with_user(self.user)
        wizard.product_id = self.chair
        self.press(wizard)
        self.assertEqual(self.states(cards), ["imported"] * 3)
        self.assertFalse(self.rows())

    def test_its_orders_and_their_retry(self):
        cards = self.import_orders(*(order(line(sku="STOOL")) for _ in range(3)))
        self.import_orders(order(line(sku="LAMP")))
        row = self.rows().filtered(lambda row: row.waits_for == "STOOL")
        self.assertEqual(self.env["ciama.order"].search(row.action_open_orders()["domain"]), cards)
        self.make_product("STOOL")
        self.press(row, "action_retry")
        self.assertEqual(self.states(cards), ["imported"] * 3)

    def test_what_is_decided_one_by_one_is_shown(self):
        self.shop.check_risk = "hold"
        risky = self.import_orders(order(risk={"level": "high"}), order(risk={"level": "high"}))
        action = self.rows(self.manager).action_mend()
        self.assertEqual(self.env["ciama.order"].search(action["domain"]), risky)
        self.assertEqual(self.states(risky), ["held"] * 2)

    def test_the_heading_counts(self):
        self.env["ciama.order"].search([("state", "in", ("held", "blocked", "failed"))]).unlink()
        self.import_orders(order(line(sku="A")), order(line(sku="A")), order(line(sku="B")))
        self.import_orders(order(lines=[]))
        self.env.flush_all()
        action = self.env["ciama.mend.first"].with_user(self.user).action_open()
        self.assertEqual(action["name"], "2 missing mappings hold 3 orders")
        self.env["ciama.order"].search([("state", "=", "blocked")]).unlink()
        rows = self.env["ciama.mend.first"].with_user(self.user)
        self.assertEqual(rows.heading(), "What to Mend First")

    def test_other_companies_see_nothing(self):
        self.import_orders(order(line(sku="A")))
        other = self.env["res.company"].create({"name": "Other Company"})
        stranger = new_test_user(
            self.env, "ciama-far", "ciama_connector.group_manager",
            company_id=other.id, company_ids=[(6, 0, other.ids)],
        )  # fmt: skip
        self.assertEqual(len(self.rows()), 1)
        self.assertFalse(self.rows(stranger))
