from odoo import fields, models

from ..models.notification import CLOSE, notification


class CiamaBackfill(models.TransientModel):
    """Bring in the orders since a date, older than the shop's start date too."""

    _name = "ciama.backfill"
    _description = "Backfill of Orders"

    shop_id = fields.Many2one("ciama.shop", required=True)
    since = fields.Datetime(required=True, default=fields.Datetime.now)

    def action_start(self):
        self.ensure_one()
        self.shop_id.check_access("write")
        self.shop_id._enqueue_backfill(self.since)
        return notification(
            self.env._("The orders are being fetched in the background."), then=CLOSE
        )
