from datetime import UTC, datetime, time

from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools.misc import format_date

from ..canonical import Code
from ..platforms.errors import PlatformError
from .notification import notification
from .translated import from_store, to_store, translated

NOT_STARTED = ("draft", "counted")
OPEN = ("running", "paused", "failed")
ENDED_JOBS = ("done", "failed", "cancelled")


class CiamaBackfill(models.Model):
    """Orders placed in a window of time, older than the shop's start date too.

    Stored for as long as the shop is: that a window was opened once is why orders older
    than the start date are imported, also when they change years later. People write
    the state, and the job looks at it after each page. Where both write at the same time,
    the job comes again and reads its last page once more.
    """

    _name = "ciama.backfill"
    _description = "Backfill of Orders"
    _order = "id desc"
    _check_company_auto = True

    shop_id = fields.Many2one(
        "ciama.shop",
        required=True,
        ondelete="cascade",
        index=True,
        check_company=True,
        help="Whose orders are brought in. One backfill of a shop at a time; its regular pulls "
        "go on meanwhile.",
    )
    company_id = fields.Many2one(related="shop_id.company_id", store=True)
    since = fields.Datetime(
        string="Placed From",
        required=True,
        default=lambda self: self._midnight(years=-1),
        help="The oldest orders to bring in, by the time the customer placed them, in your "
        "time zone.",
    )
    until = fields.Datetime(
        string="Placed Before",
        required=True,
        default=lambda self: self._midnight(days=1),
        help="Orders placed at this moment or later are left to the regular pulls.",
    )
    state = fields.Selection(
        [
            ("draft", "Not Started"),
            ("counted", "Counted"),
            ("running", "Running"),
            ("paused", "Paused"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
            ("failed", "Stopped by Trouble"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        help="Counted: the shop was asked, nothing was brought in. Paused and stopped ones go "
        "on where they were. Done: all pages of the shop were read.",
    )
    shop_count = fields.Integer(
        string="Orders in the Shop",
        readonly=True,
        copy=False,
        help="What the shop answered when it was asked last how many orders were placed then.",
    )
    count_known = fields.Boolean(readonly=True, copy=False)
    cursor = fields.Text(readonly=True, copy=False, groups="base.group_system")
    started_at = fields.Datetime(
        string="Started", readonly=True, copy=False, help="When somebody pressed Start."
    )
    ended_at = fields.Datetime(
        string="Ended", readonly=True, copy=False, help="When it was done, or cancelled."
    )
    problem_text = fields.Json(readonly=True, copy=False)
    problem = fields.Char(
        string="What Stopped It",
        compute="_compute_problem",
        help="The trouble that has to be mended before it can go on.",
    )
    stalled = fields.Boolean(
        compute="_compute_stalled", help="It should run, but there is no job that does it."
    )
    shop_health = fields.Selection(related="shop_id.health", string="Health of the Shop")
    shop_message = fields.Char(related="shop_id.health_message")

    _window_positive = models.Constraint(
        "CHECK(since < until)", "The window of a backfill ends after it begins."
    )
    _one_open = models.UniqueIndex(
        "(shop_id) WHERE state IN ('running', 'paused', 'failed')",
        "A backfill of this shop is still under way: let it finish, or cancel it first.",
    )

    @api.model
    def _midnight(self, **distance):
        """The beginning of the user's day that is so far away; naive UTC."""
        now = fields.Datetime.context_timestamp(self, fields.Datetime.now())
        day = datetime.combine(now.date() + relativedelta(**distance), time.min)
        return now.tzinfo.localize(day).astimezone(UTC).replace(tzinfo=None)

    @api.depends("shop_id.name", "since", "until")
    @api.depends_context("tz", "lang")
    def _compute_display_name(self):
        for backfill in self:
            moments = filter(None, (backfill.since, backfill.until))
            days = " – ".join(
                format_date(self.env, fields.Datetime.context_timestamp(backfill, moment))
                for moment in moments
            )
            backfill.display_name = f"{backfill.shop_id.name or ''} {days}"

    @api.depends("problem_text")
    @api.depends_context("lang")
    def _compute_problem(self):
        for backfill in self:
            backfill.problem = from_store(backfill.env, backfill.problem_text)

    @api.depends("state")
    def _compute_stalled(self):
        alive = self._unfinished_jobs().mapped("identity_key")
        for backfill in self:
            runs = backfill.state == "running"
            backfill.stalled = runs and backfill._identity_key() not in alive

    def write(self, vals):
        moved = {"shop_id", "since", "until"} & vals.keys()
        if moved and any(backfill.state not in NOT_STARTED for backfill in self):
            raise UserError(
                self.env._("The window of a backfill that was started stays: make another one.")
            )
        result = super().write(vals)
        if moved:
            # What was counted is no more what is asked for.
            self.filtered(lambda backfill: backfill.state == "counted").state = "draft"
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_started(self):
        if any(backfill.state not in NOT_STARTED for backfill in self):
            raise UserError(
                self.env._(
                    "A backfill that was started is kept: it says why orders older than the "
                    "start date of the shop are in Odoo."
                )
            )

    # -- what the import asks
    def _holds(self, moment):
        """Whether an order placed at ``moment`` (naive UTC) is of the window."""
        self.ensure_one()
        return self.since <= moment < self.until

    def _counts(self):
        """Whether the import follows the window: it was started, and nobody called it off."""
        self.ensure_one()
        return self.state not in (*NOT_STARTED, "cancelled")

    def _placed(self):
        """Domain of the cards of orders that were placed in the window."""
        self.ensure_one()
        return (
            Domain("shop_id", "=", self.shop_id.id)
            & Domain("order_date", ">=", self.since)
            & Domain("order_date", "<", self.until)
        )

    def _brought_in(self):
        """Domain of the cards of the window, without those that were too old till now."""
        too_old = self.env["ciama.problem"]._of(Code.TOO_OLD)
        return self._placed() & Domain("problem_id", "not in", too_old.ids)

    # -- buttons
    def _checked(self):
        self.ensure_one()
        self.check_access("write")
        self.shop_id.check_access("write")
        return self

    def action_count(self):
        """Ask the shop how many orders were placed in the window; nothing is brought in."""
        self._checked()
        journal = []
        try:
            found = self.shop_id._connector(journal).count(
                self.since.replace(tzinfo=UTC), self.until.replace(tzinfo=UTC)
            )
        except PlatformError as error:
            return notification(translated(self.env, error.message), "danger")
        finally:
            self.env["ciama.exchange"]._record(self.shop_id, journal)
        self.write({"shop_count": found or 0, "count_known": found is not None})
        if self.state == "draft":
            self.state = "counted"
        return True

    def action_start(self):
        self._checked()
        if self.state not in NOT_STARTED:
            raise UserError(self.env._("This backfill was started already."))
        if self.search_count([("shop_id", "=", self.shop_id.id), ("state", "in", OPEN)], limit=1):
            raise UserError(
                self.env._(
                    "A backfill of %s is still under way: let it finish, or cancel it first.",
                    self.shop_id.name,
                )
            )
        self.write({"state": "running", "started_at": fields.Datetime.now()})
        self._enqueue()
        return True

    def action_pause(self):
        """The page that is being read is finished, and what it brought is imported."""
        if self._checked().state == "running":
            self.state = "paused"
            self.env["ciama.live"]._changed(self.shop_id)
        return True

    def action_resume(self):
        """Go on where it was, also after trouble, or where its job was lost."""
        if self._checked().state in OPEN:
            self.write({"state": "running", "problem_text": False})
            self._enqueue()
        return True

    def action_cancel(self):
        """What became sale orders stays."""
        if self._checked().state in (*NOT_STARTED, *OPEN):
            self.write({"state": "cancelled", "ended_at": fields.Datetime.now()})
            self.env["ciama.live"]._changed(self.shop_id)
        return True

    def action_open_orders(self):
        """The cards of the window."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("ciama_connector.action_ciama_order")
        return {**action, "domain": list(self._brought_in()), "context": {}}

    # -- the job
    def _identity_key(self):
        return f"ciama-backfill-{self.id}"

    def _unfinished_jobs(self):
        keys = [backfill._identity_key() for backfill in self]
        domain = [("identity_key", "in", keys), ("state", "not in", ENDED_JOBS)]
        return self.env["queue.job"].sudo().search(domain)

    def _enqueue(self):
        self.sudo().with_company(self.company_id).with_delay(
            description=self.env._("Backfill %s", self.shop_id.name),
            identity_key=self._identity_key(),
            max_retries=0,
        )._job_run()
        # Not when a trouble of before would be tried again.
        self._unfinished_jobs().filtered(lambda job: job.state == "pending").eta = False
        self.env["ciama.live"]._changed(self.shop_id)

    def _job_run(self):
        """Bring the orders of the window in, page by page, until nobody wants it any more."""
        if not self.exists() or self.state != "running":
            return "Nobody wants it any more."
        self._take_up_old_cards()
        return self.env["ciama.pull"]._run(self.shop_id, self.since, self)

    def _take_up_old_cards(self):
        """Those that pulls have staged, and left out because of their age."""
        too_old = self.env["ciama.problem"]._of(Code.TOO_OLD)
        cause = Domain("problem_id", "=", too_old.id)
        if old := self.env["ciama.order"].search(self._placed() & cause):
            old._retry_now()

    def _goes_on(self):
        """Whether the job is to read the next page: what people say now, not what was
        when the job began."""
        self.invalidate_recordset(["state"])
        return bool(self.exists()) and self.state == "running"

    def _finish(self):
        """All pages were read."""
        self.write({"state": "done", "ended_at": fields.Datetime.now()})
        self.env["ciama.live"]._changed(self.shop_id)

    def _fail(self, text):
        """Trying again is useless until somebody has mended the cause ``text``."""
        if self._goes_on():
            self.write({"state": "failed", "problem_text": to_store(text)})
            self.env["ciama.live"]._changed(self.shop_id)
