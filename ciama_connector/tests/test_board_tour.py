"""The screens, in a browser: any error on its console fails the tour."""

import os
from unittest.mock import patch

from odoo.tests import HttpCase, new_test_user, tagged

from ..platforms.errors import WrongCredentials
from .common import ImportCase, line, order
from .fake import FakeShop


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

    def blocked_order(self):
        ImportCase.make_product.__func__(self, "CHAIR")
        body = order(line(sku="STOOL", name="Stool <script>alert(1)</script>"), number="W-77")
        card = ImportCase.stage(self, body)
        self.env["ciama.importer"]._run(card)
        self.assertEqual(card.problem_id.code, "product_unknown")
        return card


@tagged("post_install", "-at_install")
class TestTours(TourCase):
    def test_board(self):
        card = self.blocked_order()
        board = "/odoo/action-ciama_connector.action_ciama_order_board"
        self.start_tour(board, "ciama_board", login=self.user.login)
        self.assertEqual(card.state, "imported")
        self.assertEqual(card.sale_order_id.state, "sale")

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
        self.blocked_order()
        board = "/odoo/action-ciama_connector.action_ciama_order_board"
        self.start_tour(board, "ciama_board_mobile", login=self.user.login)
