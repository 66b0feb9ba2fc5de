"""The mapping of products in a browser."""

from odoo.tests import tagged

from .common import ImportCase, line, order
from .test_board_tour import TourCase

PRODUCTS = "/odoo/action-ciama_connector.action_ciama_mapping_product"


@tagged("post_install", "-at_install")
class TestMappingTour(TourCase):
    def test_orders_are_freed_when_a_person_says_so(self):
        ImportCase.make_product.__func__(self, "CHAIR")
        bodies = [order(line(sku="chair", name="Fauteuil"))]
        bodies += [order(line(sku="stool-9", name="Stool")) for _ in range(2)]
        cards = ImportCase.stage(self, *bodies)
        self.env["ciama.importer"]._run(cards)
        self.assertEqual(set(cards.mapped("state")), {"blocked"})
        self.start_tour(PRODUCTS, "ciama_mapping", login=self.user.login)
        self.assertEqual(cards.mapped("state"), ["blocked", "imported", "imported"])
        rows = self.env["ciama.mapping.product"].search([("shop_id", "=", self.shop.id)])
        self.assertEqual(rows.product_id.default_code, "CHAIR")
        self.assertTrue(all(row.mapped for row in rows))
