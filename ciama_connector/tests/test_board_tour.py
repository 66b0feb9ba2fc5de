"""The screens, in a browser: any error on its console fails the tour."""

import os
from unittest.mock import patch

from odoo.tests import HttpCase, new_test_user, tagged

from ..platforms.errors import WrongCredentials
from .common import ImportCase, line, order
from .fake import FakeShop

BOARD = "/odoo/action-ciama_connector.action_ciama_order_board"


class TourCase(HttpCase):
    """As a user of the addon who also sells, without being Odoo's administrator."""

    def setUp(self):
        super().setUp()
        groups = "ciama_connector.group_administrator,account.group_account_invoice"
        self.user = new_test_user(self.env, "ciama-tour", groups)
        self.shop = ImportCase.make_shop.__func__(self)
        self.enterContext(patch.dict(os.environ, {"QUEUE_JOB__NO_DELAY": "1"}))

    @property
    def company(self):
        return self.env.ref("base.main_company")

    def blocked_orders(self, *numbers):
        """Cards that wait for the product STOOL."""
        ImportCase.make_product.__func__(self, "CHAIR")
        stool = line(sku="STOOL", name="Stool <script>alert(1)</script>")
        cards = ImportCase.stage(self, *(order(stool, number=number) for number in numbers))
        self.env["ciama.importer"]._run(cards)
        self.assertEqual(set(cards.mapped("problem_id.code")), {"product_unknown"})
        return cards


@tagged("post_install", "-at_install")
class TestTours(TourCase):
    def test_board(self):
        cards = self.blocked_orders("W-77", "W-78")
        (table, sofa) = ImportCase.stage(
            self,
            order(line(sku="TABLE"), number="W-79"),
            order(line(sku="SOFA"), number="W-80"),  # stays, so that the imported ones are folded
        )
        self.env["ciama.importer"]._run(table | sofa)
        ImportCase.make_product.__func__(self, "TABLE")
        self.start_tour(BOARD, "ciama_board", login=self.user.login)
        self.assertEqual((cards | table).mapped("state"), ["imported"] * 3)
        self.assertEqual(cards.sale_order_id.mapped("state"), ["sale"] * 2)
        self.assertEqual(cards.mapped("priority"), ["1", "0"])

    def test_an_accountant_decides_about_vat(self):
        ImportCase.make_product.__func__(self, "CHAIR")
        groups = "ciama_connector.group_user,account.group_account_user"
        accountant = new_test_user(self.env, "ciama-books", groups)
        bodies = [order(line("100.00", 19), number=number) for number in ("V-1", "V-2")]
        cards = ImportCase.stage(self, *bodies)
        self.env["ciama.importer"]._run(cards)
        self.assertEqual(cards.mapped("state"), ["held"] * 2)
        self.start_tour(BOARD, "ciama_vat", login=accountant.login)
        self.assertEqual(cards.mapped("state"), ["imported"] * 2)
        self.assertEqual(cards.mapped("vat_decision"), ["odoo"] * 2)
        self.assertEqual(cards.sale_order_id.mapped("amount_total"), [119.0] * 2)

    def test_shop(self):
        fake = FakeShop(order())
        fake.trouble[1] = WrongCredentials("The hub refuses the API key.")
        with fake.open():
            shops = "/odoo/action-ciama_connector.action_ciama_shop"
            self.start_tour(shops, "ciama_shop", login=self.user.login)
        self.assertEqual(self.shop._credentials(), {"api_key": "right-key"})
        self.assertEqual(self.shop.health, "ok")


@tagged("post_install", "-at_install")
class TestMobile(TourCase):
    browser_size = "375x667"
    touch_enabled = True

    def test_board(self):
        cards = self.blocked_orders("W-77", "W-78")
        self.start_tour(BOARD, "ciama_board_mobile", login=self.user.login)
        self.assertEqual(cards.mapped("state"), ["imported"] * 2)
