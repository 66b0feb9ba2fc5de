from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..services.taxes_disputes import VAT_CODES
from .ciama_vat_policy import DECISIONS

MAY_DECIDE = (
    "ciama_connector.group_manager",
    "account.group_account_user",
    "account.group_account_manager",
)


class CiamaOrder(models.Model):
    """Whom one order follows where shop and Odoo disagree about VAT."""

    _inherit = "ciama.order"

    vat_decision = fields.Selection(
        DECISIONS,
        string="VAT Decision",
        readonly=True,
        copy=False,
        help="Decided for this order, whatever the shop's policy says.",
    )
    may_decide_vat = fields.Boolean(compute="_compute_may_decide_vat")

    @api.depends("problem_id", "state")
    @api.depends_context("uid")
    def _compute_may_decide_vat(self):
        allowed = self._may_decide()
        for order in self:
            order.may_decide_vat = (
                allowed and order.state == "held" and order.problem_id.code in VAT_CODES
            )

    def _may_decide(self):
        return any(self.env.user.has_group(group) for group in MAY_DECIDE)

    def action_follow_shop(self):
        return self._decide_vat("shop")

    def action_follow_odoo(self):
        return self._decide_vat("odoo")

    def _decide_vat(self, decision):
        """Import the held orders of ``self`` as decided."""
        return self._note_decision(decision).action_retry()

    def _note_decision(self, decision):
        """The held orders of ``self``, with the decision that a manager or accountant takes."""
        if not self._may_decide():
            raise AccessError(
                self.env._("Only managers of the connector and accountants decide about VAT.")
            )
        orders = self._checked().filtered("may_decide_vat")
        orders.write({"vat_decision": decision})
        words = dict(self._fields["vat_decision"]._description_selection(self.env))
        orders._note(self.env._("VAT decision: %s", words[decision]))
        return orders
