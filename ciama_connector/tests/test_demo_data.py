"""The demonstration data, loaded as an installation does."""

from collections import Counter
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import TransactionCase, tagged
from odoo.tools import convert_file

STATES = {
    "lamps": {"imported": 12, "held": 1, "blocked": 2, "ignored": 1},
    "tea": {"imported": 9, "held": 1, "blocked": 3, "ignored": 1},
    "ceramics": {"imported": 7, "blocked": 1},
}
CAUSES = {
    "lamps": {"product_unknown": 2, "tax_exempt_unproved": 1, "test_order": 1},
    "tea": {"payment_method_unmapped": 3, "tax_exempt_unproved": 1, "cancelled_before_import": 1},
    "ceramics": {"amounts_disagree": 1},
}


@tagged("post_install", "-at_install")
class TestDemoData(TransactionCase):
    def load(self):
        convert_file(
            self.env, "ciama_connector", "demo/ciama_demo.xml", {}, mode="init", noupdate=True
        )
        self.env.flush_all()
        self.env.invalidate_all()

    def shop(self, name):
        return self.env.ref(f"ciama_connector.demo_shop_{name}")

    def cards(self, name):
        return self.env["ciama.order"].search([("shop_id", "=", self.shop(name).id)])

    def assert_board(self):
        for name, states in STATES.items():
            with self.subTest(shop=name):
                cards = self.cards(name)
                self.assertEqual(Counter(cards.mapped("state")), states)
                causes = Counter(card.problem_id.code for card in cards if card.problem_id)
                self.assertEqual(causes, CAUSES[name])

    def test_the_board_is_alive(self):
        self.load()
        self.assert_board()
        orders = self.cards("lamps") | self.cards("tea") | self.cards("ceramics")
        now = fields.Datetime.now()
        self.assertLess(now - max(orders.mapped("order_date")), timedelta(hours=2))
        self.assertLess(now - min(orders.mapped("order_date")), timedelta(days=15))
        self.assertLessEqual(max(orders.mapped("order_date")), now)
        sale_orders = orders.sale_order_id
        self.assertEqual(len(sale_orders), 28)
        self.assertEqual(len(sale_orders.filtered(lambda order: order.state == "sale")), 27)
        for card in orders.filtered("sale_order_id"):
            self.assertAlmostEqual(card.sale_order_id.amount_total, card.amount_total, 2)

    def test_the_overview_has_figures_and_no_shop_is_pulled(self):
        self.load()
        shops = self.shop("lamps") | self.shop("tea") | self.shop("ceramics")
        self.assertFalse(any(shops.mapped("live")))
        figures = self.env["ciama.figures"].search(
            [("shop_id", "in", shops.ids), ("sold", "=", True)]
        )
        self.assertEqual(sum(figures.mapped("orders")), 36)
        self.assertGreater(sum(figures.mapped("revenue")), 1000)

    def test_works_in_a_company_without_chart_of_accounts(self):
        with patch.object(type(self.env["ciama.demo"]), "_load"):
            self.load()
        company = self.env["res.company"].create(
            {"name": "Bare", "country_id": self.env.ref("base.us").id}
        )
        self.env["ciama.shop"].browse(self.shop(name).id for name in STATES).company_id = company
        self.env["ciama.demo"]._load()
        self.assert_board()
        self.assertFalse(company.chart_template)
