from odoo import api, fields, models


class CiamaOrder(models.Model):
    """What a person should look at although the order went through."""

    _inherit = "ciama.order"

    warnings = fields.Json(readonly=True, copy=False, help="Parameters by code of the cause.")
    warning_text = fields.Text(string="To Look At", compute="_compute_warning_text")
    to_review = fields.Boolean(readonly=True, copy=False)

    _to_review_idx = models.Index("(shop_id) WHERE to_review")

    @api.depends("warnings")
    @api.depends_context("lang")
    def _compute_warning_text(self):
        for order in self:
            sentences = [
                self.env["ciama.problem"]._of(code)._sentence(params)
                for code, params in (order.warnings or {}).items()
            ]
            order.warning_text = "\n".join(sentences)

    def _set_warnings(self, warnings):
        """``warnings`` is {code: Problem}; only news ask for a person again."""
        found = {code: problem.params for code, problem in warnings.items()}
        if found != (self.warnings or {}):
            self.write({"warnings": found, "to_review": bool(found)})

    def action_reviewed(self):
        """A person has looked at it."""
        self._checked().write({"to_review": False})
        return True
