from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

IMPORT_ANYWAY = "import_anyway"


class CiamaOrder(models.Model):
    """Orders that a check holds, and the person who lets them pass."""

    _inherit = "ciama.order"

    accepted_codes = fields.Json(
        readonly=True, copy=False, help="{code of a cause: who does not mind it}"
    )
    accepted_text = fields.Text(string="Accepted", compute="_compute_accepted_text")

    @api.depends("accepted_codes")
    @api.depends_context("lang")
    def _compute_accepted_text(self):
        problems = self.env["ciama.problem"]
        for order in self:
            accepted = (order.accepted_codes or {}).items()
            order.accepted_text = "\n".join(f"{problems._of(c).name}: {who}" for c, who in accepted)

    def action_import_anyway(self):
        """Import held orders of ``self`` in the background, whatever the checks found; what
        they found is not asked of these orders again."""
        if not self._may_let_pass():
            raise AccessError(
                self.env._("Only managers of the connector let orders pass that a check holds.")
            )
        held = self._checked().filtered(lambda order: order._is_held_by_check())
        if not held:
            raise UserError(self.env._("No check holds these orders."))
        for order in held:
            order._note_accepted(order._found_codes())
        held._note(self.env._("To be imported anyway."))
        return held.action_retry()

    def _note_accepted(self, codes):
        """The user does not mind the causes ``codes`` of ``self``."""
        for order in self:
            order.accepted_codes = {
                **(order.accepted_codes or {}),
                **dict.fromkeys(map(str, codes), self.env.user.name),
            }

    def _may_let_pass(self):
        return self.env.su or self.env.user.has_group("ciama_connector.group_manager")

    def _is_held_by_check(self):
        return self.state == "held" and self.problem_action == IMPORT_ANYWAY

    def _found_codes(self):
        """Codes of everything that the checks found and the card shows."""
        shown = [self.problem_id.code, *(self.warnings or ())]
        problems = self.env["ciama.problem"]
        return [code for code in shown if problems._of(code).action == IMPORT_ANYWAY]
