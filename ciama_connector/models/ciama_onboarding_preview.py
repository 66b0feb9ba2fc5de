import json
from collections import Counter
from datetime import UTC

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..canonical import Code
from .ciama_shop_preview import LATEST
from .ciama_vault import KeyLost
from .notification import notification


class CiamaOnboarding(models.Model):
    """The last steps: what would become of the latest orders, then the start."""

    _inherit = "ciama.onboarding"

    preview_data = fields.Text(
        copy=False, prefetch=False, groups="base.group_system",
        help="The rows of the last preview, encrypted as the orders of shops are.",
    )  # fmt: skip
    previewed_at = fields.Datetime(readonly=True)
    preview_html = fields.Html(compute="_compute_preview_html", sanitize=False)
    counts_html = fields.Html(compute="_compute_preview_html", sanitize=False)

    @api.depends("preview_data")
    @api.depends_context("lang")
    def _compute_preview_html(self):
        for onboarding in self:
            rows = onboarding._preview_rows()
            onboarding.preview_html = self.env["ciama.preview"]._render(rows) if rows else False
            onboarding.counts_html = self.env["ir.qweb"]._render(
                "ciama_connector.onboarding_counts", {"counts": self._counted(rows)}
            )

    def _preview_rows(self):
        """Those of ``ciama.preview``; none where the key that they were written with is lost."""
        kept = self.sudo().preview_data
        try:
            return json.loads(self.env["ciama.vault"]._decrypt(kept)) if kept else []
        except KeyLost:
            return []

    def _counted(self, rows):
        """[(count, outcome, what stands in the way)], the good ones first."""
        counts = Counter(
            (row["outcome"], row["problem"]["name"] if row["problem"] else "") for row in rows
        )
        order = ["imported", "ignored", "held", "blocked", "failed"]
        return [
            (count, outcome, cause)
            for (outcome, cause), count in sorted(
                counts.items(), key=lambda entry: (order.index(entry[0][0]), -entry[1])
            )
        ]

    def _look_at_orders(self):
        """Preview the latest orders, and learn the shop's words from them. False where the
        shop does not show them."""
        raws = self._ask(lambda connector: connector.latest(LATEST))
        if raws is None:
            return False
        rows = self.env["ciama.preview"]._run(self.shop_id, list(raws))
        self.sudo().preview_data = self.env["ciama.vault"]._encrypt(json.dumps(rows))
        self.previewed_at = fields.Datetime.now()
        self._collect_words(rows)
        return True

    def action_refresh(self):
        """Ask for the latest orders again."""
        self.ensure_one()
        self.check_access("write")
        self.trouble_text = False
        self._look_at_orders()

    # -- start

    def action_count(self):
        """Say how many orders the start date brings."""
        self.ensure_one()
        self.check_access("write")
        self.trouble_text = False
        since = self.import_from.replace(tzinfo=UTC)
        until = fields.Datetime.now().replace(tzinfo=UTC)
        found = self._ask(lambda connector: (connector.count(since, until),))
        if not found:
            return notification(self.trouble, "danger")
        if found[0] is None:
            return notification(self.env._("The shop does not tell how many orders it has."))
        return notification(self.env._("%s orders were placed since then.", found[0]))

    def action_go_live(self):
        """From now on the shop is pulled; the first orders come at once."""
        self.ensure_one()
        self.check_access("write")
        if self.step != "start" or not self.may_go_on:
            raise UserError(self.env._("Go through the steps before the shop goes live."))
        self.shop_id.live = True
        self._start_over()
        self.shop_id._enqueue_pull()
        self.line_ids.unlink()
        self.sudo().preview_data = False
        self.write({"step": "done", "trouble_text": False})
        self.env["ciama.live"]._changed(self.shop_id)
        overview = self.env["ir.actions.act_window"]._for_xml_id(
            "ciama_connector.action_ciama_overview"
        )
        return {**overview, "target": "main"}  # there is no way back into the wizard

    def _start_over(self):
        """A shop that was pulled before is walked through anew, from the date that was chosen
        now: orders that were too old till then come, too."""
        shop = self.shop_id.sudo()
        shop.cursor = False
        too_old = self.env["ciama.problem"]._of(Code.TOO_OLD)
        self.env["ciama.order"].sudo().search(
            [
                ("shop_id", "=", shop.id),
                ("problem_id", "=", too_old.id),
                ("order_date", ">=", shop.import_from),
            ]
        )._retry_now()

    def action_save(self):
        """All is saved already; the shop's own page shows the rest of its settings."""
        self.ensure_one()
        self.check_access("write")
        return self.shop_id._action_form()
