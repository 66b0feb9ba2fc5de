from datetime import timedelta

from babel.dates import format_timedelta
from odoo import api, fields, models
from odoo.tools.misc import babel_locale_parse, formatLang, get_lang

from .ciama_backfill import OPEN
from .ciama_order import PROBLEM_STATES

# Orders a second, with documents and deliveries, on a small machine: on the slow side, so
# that nobody waits longer than was said.
USUAL_PACE = 5.0
MEASURED_JOBS = 100  # the newest imports of all shops that are looked at
MEASURED_ORDERS = 20  # fewer say nothing about the pace


class CiamaBackfill(models.Model):
    """How far a backfill is, in figures and in words; nothing of it is stored: the cards
    tell it."""

    _inherit = "ciama.backfill"

    odoo_count = fields.Integer(
        string="In Odoo",
        compute="_compute_figures",
        help="Orders of the window that Odoo has, whatever became of them.",
    )
    imported_count = fields.Integer(
        string="Imported", compute="_compute_figures", help="They have their sale order."
    )
    waiting_count = fields.Integer(
        string="Waiting", compute="_compute_figures", help="Read, and about to be imported."
    )
    problem_count = fields.Integer(
        string="Need a Person",
        compute="_compute_figures",
        help="Held, blocked or failed: they are on the board with their cause.",
    )
    ignored_count = fields.Integer(
        string="Ignored", compute="_compute_figures", help="Not meant for Odoo, such as cancelled."
    )
    missing_count = fields.Integer(
        string="To Bring In",
        compute="_compute_figures",
        help="What the shop has, less what Odoo has.",
    )
    progress = fields.Float(
        compute="_compute_figures", help="Orders that were dealt with, in percent."
    )
    summary = fields.Char(
        compute="_compute_summary", help="What the shop has and what Odoo has, in a sentence."
    )
    estimate = fields.Char(
        string="Estimated Time",
        compute="_compute_estimate",
        help="By how long this shop's last imports took, with one worker.",
    )

    @api.depends("shop_id", "since", "until", "state", "shop_count", "count_known")
    def _compute_figures(self):
        for backfill in self:  # a handful of windows, each with its own dates
            groups = self.env["ciama.order"]._read_group(
                backfill._brought_in(), ["state"], ["__count"]
            )
            found = dict(groups)
            backfill.odoo_count = read = sum(found.values())
            backfill.imported_count = found.get("imported", 0)
            backfill.waiting_count = found.get("received", 0)
            backfill.ignored_count = found.get("ignored", 0)
            backfill.problem_count = sum(found.get(state, 0) for state in PROBLEM_STATES)
            backfill.missing_count = max(backfill.shop_count - read, 0)
            total = read + backfill.missing_count
            backfill.progress = 100 * (read - backfill.waiting_count) / total if total else 0

    def _number(self, number):
        return formatLang(self.env, number, digits=0)

    @api.depends("state", "shop_count", "count_known")
    @api.depends_context("lang")
    def _compute_summary(self):
        for backfill in self:
            backfill.summary = backfill.state != "draft" and backfill._summary()

    def _summary(self):
        values = {
            "total": self._number(self.shop_count),
            "read": self._number(self.odoo_count),
            "missing": self._number(self.missing_count),
        }
        if not self.count_known and self.state == "counted":
            return self.env._(
                "The shop does not tell how many orders were placed then; %(read)s are in Odoo "
                "already.",
                **values,
            )
        if not self.count_known:
            return self.env._("%(read)s orders are in Odoo.", **values)
        if self.state == "counted":
            return self.env._(
                "%(total)s orders in the shop, %(read)s are in Odoo already, %(missing)s to bring "
                "in.",
                **values,
            )
        if self.state in OPEN:
            return self.env._("%(read)s of %(total)s orders were read.", **values)
        if self.missing_count:
            return self.env._(
                "In the shop %(total)s, in Odoo %(read)s: %(missing)s are missing.", **values
            )
        return self.env._("In the shop %(total)s, in Odoo %(read)s: nothing is missing.", **values)

    @api.depends("state", "shop_count", "count_known")
    @api.depends_context("lang")
    def _compute_estimate(self):
        for backfill in self:
            # Once all pages were read, what is missing does not come any more.
            missing = 0 if backfill.state == "done" else backfill.missing_count
            left = missing + backfill.waiting_count
            if backfill.state not in ("counted", "running", "paused", "done") or not left:
                backfill.estimate = False
                continue
            pace, measured = backfill._pace()
            values = {"time": backfill._in_words(left / pace), "pace": f"{pace:.3g}"}
            backfill.estimate = (
                self.env._("About %(time)s, at the pace of this shop's last imports: %(pace)s "
                           "orders a second.", **values)
                if measured
                else self.env._("About %(time)s, at %(pace)s orders a second: this shop has not "
                                "imported enough to know its own pace.", **values)
            )  # fmt: skip

    def _in_words(self, seconds):
        """``4 minutes``."""
        locale = babel_locale_parse(get_lang(self.env).code)
        return format_timedelta(
            timedelta(seconds=max(seconds, 60)), granularity="minute", threshold=2, locale=locale
        )

    def _pace(self):
        """(orders a second of one worker, whether this shop's imports were measured)."""
        self.ensure_one()
        jobs = self.env["queue.job"].sudo().search(
            [
                ("channel", "=", "root.ciama.import"),
                ("model_name", "=", "ciama.order"),
                ("method_name", "=", "_job_import"),
                ("state", "=", "done"),
            ],
            order="date_done desc",
            limit=MEASURED_JOBS,
        )  # fmt: skip
        batches = {job: job.records.ids for job in jobs if job.records}
        firsts = self.env["ciama.order"].sudo().browse([ids[0] for ids in batches.values()])
        own = set(firsts.exists().filtered(lambda card: card.shop_id == self.shop_id).ids)
        mine = {job: len(ids) for job, ids in batches.items() if ids[0] in own}
        orders, seconds = sum(mine.values()), sum(job.exec_time for job in mine)
        if orders < MEASURED_ORDERS or not seconds:
            return USUAL_PACE, False
        return orders / seconds, True
