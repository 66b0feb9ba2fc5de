"""A backfill on the screen."""

import os
from contextlib import suppress
from unittest.mock import patch

from odoo.addons.queue_job.exception import RetryableJobError
from odoo.tests import tagged

from ..canonical.texts import Text
from ..platforms.errors import Throttled
from .common import ImportCase
from .fake import FakeShop, dated
from .test_board_tour import TourCase


@tagged("post_install", "-at_install")
class TestBackfillTour(TourCase):
    def test_backfill(self):
        """The shop asks for patience after its first pages, as long as nobody resumes."""
        ImportCase.make_product.__func__(self, "CHAIR")
        self.shop.write({"import_from": "2026-03-20 00:00:00", "health": "ok"})
        self.shop.credential_ids.value = "a-key"
        bodies = [dated(minute) for minute in range(1, 6)]
        card = ImportCase.stage(self, bodies[0])
        card.write({"state": "ignored"})
        fake = FakeShop(*bodies)
        # The count is the first question; then come two pages, and a third that is refused.
        fake.trouble[4] = Throttled(Text("Fewer requests, please."), retry_after=1)
        enqueue = self.registry["ciama.backfill"]._enqueue

        def enqueue_and_run(backfill):
            enqueue(backfill)
            with suppress(RetryableJobError):  # the queue would try again in a while
                backfill.sudo()._job_run()
            self.import_waiting(backfill)

        form = f"/odoo/ciama-shops/{self.shop.id}"
        with (
            fake.open(),
            patch.dict(os.environ, {"QUEUE_JOB__NO_DELAY": ""}),
            patch.object(self.registry["ciama.backfill"], "_enqueue", enqueue_and_run),
        ):
            self.start_tour(form, "ciama_backfill", login=self.user.login)
        backfill = self.env["ciama.backfill"].search([("shop_id", "=", self.shop.id)])
        self.assertEqual((backfill.state, backfill.imported_count), ("done", 4))
        self.assertEqual(str(self.shop.import_from), "2026-03-20 00:00:00")

    def import_waiting(self, backfill):
        cards = backfill.env["ciama.order"].sudo().search([("shop_id", "=", self.shop.id)])
        cards._job_import()
