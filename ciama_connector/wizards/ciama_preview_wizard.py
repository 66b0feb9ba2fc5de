import json

from odoo import api, fields, models


class CiamaPreviewWizard(models.TransientModel):
    """The latest orders of a shop and what an import would do with them, to look at."""

    _name = "ciama.preview.wizard"
    _description = "Preview of the Latest Orders"
    _rec_name = "shop_id"

    shop_id = fields.Many2one("ciama.shop", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="shop_id.company_id", store=True)
    data = fields.Text(
        required=True, readonly=True, prefetch=False, groups="base.group_system",
        help="The rows of the preview, encrypted as the orders of shops are.",
    )  # fmt: skip
    html = fields.Html(compute="_compute_html", sanitize=False)

    @api.depends("data")
    @api.depends_context("lang")
    def _compute_html(self):
        for wizard in self:
            rows = json.loads(self.env["ciama.vault"]._decrypt(wizard.sudo().data))
            wizard.html = self.env["ciama.preview"]._render(rows)

    def action_again(self):
        """Ask the shop again, such as after a mapping was filled in."""
        self.ensure_one()
        return self.shop_id.action_preview()
