from odoo import api, fields, models


class CiamaShop(models.Model):
    """Whether the shop is still being connected, and the way back to where that was left."""

    _inherit = "ciama.shop"

    onboarding_ids = fields.One2many(
        "ciama.onboarding", "shop_id", groups="ciama_connector.group_administrator"
    )
    onboarding_state = fields.Selection(
        [("none", "Entered by hand"), ("open", "Being connected"), ("done", "Connected")],
        compute="_compute_onboarding_state",
        compute_sudo=True,
    )

    @api.depends("onboarding_ids.step")
    def _compute_onboarding_state(self):
        for shop in self:
            step = shop.onboarding_ids[:1].step
            shop.onboarding_state = {False: "none", "done": "done"}.get(step, "open")

    def _action_form(self):
        """Opens the shop's own page."""
        return {
            "type": "ir.actions.act_window",
            "res_model": "ciama.shop",
            "res_id": self.id,
            "views": [(False, "form")],
        }

    def action_resume_onboarding(self):
        """Open the wizard where it was left; a shop that was entered by hand, or is connected
        already, begins with its connection."""
        self.ensure_one()
        self.check_access("write")
        self.env["ciama.onboarding"].check_access("create")
        onboarding = self.onboarding_ids[:1] or self.onboarding_ids.create({"shop_id": self.id})
        if onboarding.step in ("platform", "done"):
            onboarding.step = "connection"
        return onboarding._open()
