"""The button on the shop that shows what would become of its latest orders."""

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..platforms.errors import WrongCredentials
from .common import line, order
from .fake import FakeShop, PullCase
from .test_board_tour import TourCase
from .test_preview import PreviewCase

LATER = "2026-03-02T11:00:00+00:00"


class TestPreviewButton(PullCase):
    def open_preview(self, shop=None):
        action = (shop or self.shop).action_preview()
        self.assertEqual((action["res_model"], action["target"]), ("ciama.preview.wizard", "new"))
        return self.env[action["res_model"]].browse(action["res_id"])

    def test_the_latest_orders(self):
        self.open(order(number="A-1"), order(line(sku="NOPE"), number="A-2"))
        html = str(self.open_preview().html)
        for words in ("A-1", "A-2", "NOPE", "1 of 2"):
            self.assertIn(words, html)
        self.assertFalse(self.cards())

    def test_no_more_than_ten_in_one_call(self):
        fake = self.open(*(order() for _number in range(12)))
        self.assertIn("10 of 10", str(self.open_preview().html))
        self.assertEqual(fake.asked, ["orders?latest=10"])
        self.assertEqual(len(self.journal()), 1)

    def test_a_shop_that_does_not_answer(self):
        fake = self.open()
        fake.trouble[1] = WrongCredentials("The hub refuses the API key.")
        action = self.shop.action_preview()
        self.assertEqual(action["tag"], "display_notification")
        self.assertIn("refuses the API key", action["params"]["message"])
        self.assertEqual(len(self.journal()), 1, "the call is in the journal")

    def test_what_is_kept_for_the_dialog_is_encrypted(self):
        self.open(order())
        wizard = self.open_preview()
        self.assertNotIn("Curie", wizard.sudo().data)
        self.assertIn("Curie", str(wizard.html))

    def test_for_managers_only(self):
        self.open(order())
        user, manager = (
            new_test_user(
                self.env, f"wizard.{role}", groups=f"ciama_connector.group_{role}",
                company_id=self.company.id, company_ids=[(6, 0, self.company.ids)],
            )
            for role in ("user", "manager")
        )  # fmt: skip
        with self.assertRaises(AccessError):
            self.shop.with_user(user).action_preview()
        wizard = self.open_preview(self.shop.with_user(manager)).with_user(manager)
        self.assertIn("Curie", str(wizard.html))
        with self.assertRaises(AccessError):
            wizard.read(["data"])


@tagged("post_install", "-at_install")
class TestPreviewTour(TourCase):
    contents = PreviewCase.contents

    def test_preview(self):
        PullCase.make_product.__func__(self, "CHAIR")
        self.shop.sudo().credential_ids.value = "a-key"
        fake = FakeShop(
            order(number="W-1", created_at=LATER, updated_at=LATER),
            order(line(sku="STOOL", name="Stool <script>alert(1)</script>"), number="W-2"),
        )
        cards, _sequences, numbers = self.contents()
        with fake.open():
            shops = "/odoo/action-ciama_connector.action_ciama_shop"
            self.start_tour(shops, "ciama_preview", login=self.user.login)
        after, _sequences, numbers_after = self.contents()
        self.assertEqual(numbers_after, numbers)
        for table in ("ciama_order", "sale_order", "res_partner", "ciama_binding", "queue_job",
                      "ciama_mapping_product", "stock_picking"):  # fmt: skip
            self.assertEqual(after[table], cards[table], table)
