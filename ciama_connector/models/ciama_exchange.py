from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

FORGOTTEN_AT_ONCE = 10_000


class CiamaExchange(models.Model):
    """The journal of every HTTP exchange with a shop, without secrets."""

    _name = "ciama.exchange"
    _description = "Exchange with a Shop"
    _order = "started_at desc, id desc"
    _rec_name = "url"

    shop_id = fields.Many2one("ciama.shop", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="shop_id.company_id", store=True)
    started_at = fields.Datetime(string="When", required=True, index=True)
    method = fields.Char()
    url = fields.Char(string="URL")
    status = fields.Integer(aggregator=None)
    duration = fields.Float(string="Duration (s)", digits=(12, 3), aggregator="avg")
    request_size = fields.Integer(string="Sent (bytes)")
    reply_size = fields.Integer(string="Received (bytes)")
    request_id = fields.Char(string="Request ID")
    error = fields.Char()
    body = fields.Text(help="Excerpt of a failed reply, without personal data.")
    failed = fields.Boolean(compute="_compute_failed", search="_search_failed")

    @api.depends("status", "error")
    def _compute_failed(self):
        for exchange in self:
            exchange.failed = bool(exchange.error) or not 0 < exchange.status < 400

    def _search_failed(self, operator, values):
        if operator != "in":
            return NotImplemented
        failed = (
            Domain("error", "not in", (False, ""))
            | Domain("status", "=", 0)
            | Domain("status", ">=", 400)
        )
        return Domain.OR(failed if value else ~failed for value in values)

    @api.model
    def _record(self, shop, exchanges):
        """Store and empty the list ``exchanges`` of ``platforms.http.Exchange``."""
        self.sudo().create(
            [
                {
                    "shop_id": shop.id,
                    "started_at": exchange.started_at.replace(tzinfo=None),
                    "method": exchange.method,
                    "url": exchange.url,
                    "status": exchange.status or 0,
                    "duration": exchange.duration,
                    "request_size": exchange.request_size,
                    "reply_size": exchange.reply_size,
                    "request_id": exchange.request_id,
                    "error": exchange.error,
                    "body": exchange.body,
                }
                for exchange in exchanges
            ]
        )
        exchanges.clear()

    @api.autovacuum
    def _gc_exchanges(self):
        days = int(
            self.env["ir.config_parameter"].sudo().get_param("ciama_connector.journal_days", 30)
        )
        limit = fields.Datetime.now() - timedelta(days=max(days, 1))
        old = self.sudo().search([("started_at", "<", limit)], limit=FORGOTTEN_AT_ONCE)
        old.unlink()
        return len(old), len(old) == FORGOTTEN_AT_ONCE  # done, and whether to come again
