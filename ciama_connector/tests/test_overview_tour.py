"""The overview in a browser: what is red leads to what mends it; nothing leads to a start."""

from odoo import fields
from odoo.tests import tagged

from .common import ImportCase, line, order
from .test_board_tour import TourCase

OVERVIEW = "/odoo/action-ciama_connector.action_ciama_overview"


@tagged("post_install", "-at_install")
class TestOverviewTour(TourCase):
    def test_overview(self):
        ImportCase.make_product.__func__(self, "CHAIR")
        now = f"{fields.Datetime.now().isoformat()}+00:00"
        body = {"created_at": now, "updated_at": now}
        cards = ImportCase.stage(
            self,
            order(line(sku="STOOL"), number="W-77", **body),
            order(line(sku="STOOL"), number="W-78", **body),
        )
        self.env["ciama.importer"]._run(cards)
        self.shop.write({"live": True, "health": "ok", "last_pull": fields.Datetime.now()})
        self.start_tour(OVERVIEW, "ciama_overview", login=self.user.login)

    def test_no_shop_yet(self):
        self.env["ciama.shop"].search([]).active = False
        self.start_tour(OVERVIEW, "ciama_overview_empty", login=self.user.login)
