from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ..models.ciama_order import PROBLEM_STATES
from ..models.notification import CLOSE, notification

SALES = ("out_invoice", "out_refund", "out_receipt")
MAY_CLOSE = "account.group_account_manager"


class CiamaVatPeriod(models.TransientModel):
    """What is left to do before the VAT of a period is declared, and the lock after it."""

    _inherit = "ciama.vat.period"

    document_count = fields.Integer(string="Posted Documents", compute="_compute_left")
    waiting_count = fields.Integer(
        string="Orders Not Imported Yet",
        compute="_compute_left",
        help="Orders of the period that are still on the board.",
    )
    draft_count = fields.Integer(
        string="Drafts",
        compute="_compute_left",
        help="Invoices and credit notes of the period that are not posted.",
    )
    closed_until = fields.Date(related="company_id.tax_lock_date")
    is_closed = fields.Boolean(compute="_compute_is_closed")
    may_close = fields.Boolean(compute="_compute_is_closed")

    @api.depends("company_id", "date_from", "date_to", "shop_ids", "without_shop")
    def _compute_left(self):
        for wizard in self:
            whole = wizard.date_from and wizard.date_to
            report = self.env["ciama.vat.report"]
            wizard.document_count = (
                whole
                and report._read_group(
                    wizard._report_domain(), aggregates=["move_id:count_distinct"]
                )[0][0]
            )
            for name, (model, domain) in {
                "waiting_count": ("ciama.order", whole and wizard._waiting_domain()),
                "draft_count": ("account.move", whole and wizard._draft_domain()),
            }.items():
                readable = whole and self.env[model].has_access("read")
                wizard[name] = self.env[model].search_count(domain) if readable else 0

    @api.depends("company_id", "date_to")
    @api.depends_context("uid")
    def _compute_is_closed(self):
        for wizard in self:
            until = wizard.company_id.sudo().tax_lock_date
            wizard.is_closed = bool(until and wizard.date_to and until >= wizard.date_to)
            wizard.may_close = self.env.user.has_group(MAY_CLOSE)

    def _waiting_domain(self):
        """Cards of the period, by the company's days."""
        zone = ZoneInfo(self.company_id.partner_id.tz or self.env.user.tz or "UTC")
        utc = ZoneInfo("UTC")
        start, stop = (
            datetime.combine(day, time.min, zone).astimezone(utc).replace(tzinfo=None)
            for day in (self.date_from, self.date_to + timedelta(days=1))
        )
        shops = [("shop_id", "in", self.shop_ids.ids)] if self.shop_ids else []
        return [
            ("company_id", "=", self.company_id.id),
            ("state", "in", ("received", *PROBLEM_STATES)),
            ("order_date", ">=", start),
            ("order_date", "<", stop),
            *shops,
        ]

    def _draft_domain(self):
        return [*self._dates_domain(), ("state", "=", "draft"), ("move_type", "in", SALES)]

    # -- buttons
    def action_open_waiting(self):
        action = self._open("ciama_connector.action_ciama_order_board", self._waiting_domain())
        return {**action, "context": {}}

    def action_open_drafts(self):
        action = self._open("account.action_move_out_invoice_type", self._draft_domain())
        return {**action, "context": {}}

    def action_close_period(self):
        """Set the tax lock date of the company to the end of the period."""
        self.ensure_one()
        self.check_access("read")
        if not self.env.user.has_group(MAY_CLOSE):
            raise AccessError(
                self.env._("Only administrators of Invoicing close a period. Ask one of them.")
            )
        if self.date_to >= fields.Date.context_today(self):
            raise UserError(self.env._("The period is not over yet."))
        if self.draft_count:
            raise UserError(
                self.env._("Post or delete the drafts of the period first: %s", self.draft_count)
            )
        if not self.is_closed:
            self.company_id.sudo().tax_lock_date = self.date_to
        until = self.company_id.sudo().tax_lock_date
        return notification(
            self.env._("Closed: nothing with VAT is posted any more up to %s.",
                       format_date(self.env, until)),
            "success", then=CLOSE,
        )  # fmt: skip
