"""A shop is connected in a browser, from the tile of its platform to its first orders."""

from datetime import UTC, datetime, timedelta

from odoo.tests import tagged

from ..platforms.base import ShopValue, ShopVocabulary
from ..platforms.errors import WrongCredentials
from .common import ImportCase, line, order
from .fake import FakeShop
from .test_board_tour import TourCase

WIZARD = "/odoo/action-ciama_connector.action_ciama_onboarding/new"


class MendedShop(FakeShop):
    """It refuses the first key that it is shown; the second lacks a right at first."""

    def answer(self, question):
        result = super().answer(question)
        self.refused = {"orders:read"} if self.asked.count("rights") == 2 else set()
        return result


class OnboardingTourCase(TourCase):
    def connect(self):
        """{number: state} of the orders of the shop that the tour connects."""
        self.shop.unlink()
        ImportCase.make_product.__func__(self, "CHAIR")
        self.env["account.journal"].create(
            {"name": "Kwikpay", "code": "KWIK", "type": "bank", "company_id": self.company.id}
        )
        tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
        dated = {"created_at": tomorrow, "updated_at": tomorrow}
        fake = MendedShop(
            order(number="W-1", **dated), order(line(sku="STOOL"), number="W-2", **dated)
        )
        fake.vocabulary = ShopVocabulary(payment_methods=(ShopValue("kwikpay", "Kwikpay"),))
        fake.trouble[1] = WrongCredentials("The hub refuses the API key.")
        with fake.open():
            self.start_tour(WIZARD, "ciama_onboarding", login=self.user.login)
        shop = self.env["ciama.shop"].search([("url", "=", "https://tea.example")])
        self.assertTrue(shop.live)
        self.assertEqual(shop._credentials(), {"api_key": "right-key"})
        mapping = self.env["ciama.mapping.payment"].search([("shop_id", "=", shop.id)])
        self.assertEqual(mapping.filtered("mapped").journal_id.name, "Kwikpay")
        cards = self.env["ciama.order"].search([("shop_id", "=", shop.id)])
        return {card.number: card.state for card in cards}


@tagged("post_install", "-at_install")
class TestOnboardingTour(OnboardingTourCase):
    def test_connect_a_shop(self):
        self.assertEqual(self.connect(), {"W-1": "imported", "W-2": "blocked"})


@tagged("post_install", "-at_install")
class TestOnboardingOnAPhone(OnboardingTourCase):
    browser_size = "375x667"
    touch_enabled = True

    def test_connect_a_shop(self):
        self.assertEqual(self.connect(), {"W-1": "imported", "W-2": "blocked"})
