from odoo import api, fields, models
from odoo.exceptions import UserError

from ..canonical import decimal_places, readable
from ..models.ciama_order import PROBLEM_STATES
from ..models.ciama_order_amounts import AMOUNT_CODES
from ..services.identity import own_keys


class CiamaMendOrder(models.TransientModel):
    """What to do with an order that cannot be imported as the shop has it: say what it lacks,
    read it again once it was corrected there, or leave it out of Odoo."""

    _name = "ciama.mend.order"
    _description = "Mend an Order"
    _inherit = "ciama.mend"
    _check_company_auto = True

    action = fields.Selection(related="order_id.problem_action")
    content = fields.Html(related="order_id.comparison_html")
    missing_tax = fields.Char(
        string="VAT That the Lines Lack", readonly=True, help="In all; shared out by their prices."
    )
    partner_id = fields.Many2one("res.partner", string="Customer", check_company=True)
    alike = fields.Boolean(
        string="All Such Orders of the Shop",
        help="Also the others that wait because their lines lack the VAT of their totals.",
    )

    @api.model
    def _open(self, order):
        action = super()._open(order)
        return {**action, "context": {**action["context"], "dialog_size": "large"}}

    @api.model
    def _proposal(self, order):
        mended = order.sudo()._mended_amounts() if order.problem_action == "mend_amounts" else None
        if not mended:
            return {}
        before = order.sudo()._normalize()
        missing = sum(line.tax for line in mended.lines) - sum(line.tax for line in before.lines)
        digits = decimal_places(mended.currency)
        return {"missing_tax": f"{readable(missing, digits)} {mended.currency}"}

    @api.depends("order_id", "alike")
    def _compute_waiting_count(self):
        return super()._compute_waiting_count()

    def _waiting(self):
        order = self.order_id
        if not self.alike:
            return order
        cards = order.search(
            [
                ("shop_id", "=", order.shop_id.id),
                ("state", "in", PROBLEM_STATES),
                ("problem_id.code", "in", AMOUNT_CODES),
            ]
        )
        return cards.filtered(lambda card: card.sudo()._mended_amounts())

    def _what(self):
        return self.env._("Mending orders")

    def action_share_tax(self):
        """The lines get the VAT that only the totals have."""
        waiting = self._begin()
        if not self.missing_tax:
            raise UserError(self.env._("It is not VAT that the lines lack."))
        waiting.sudo()._note_accepted(AMOUNT_CODES)
        waiting.sudo()._note(
            self.env._("The VAT that was only in the total was shared out among the lines.")
        )
        return self._go_on(waiting)

    def action_name_customer(self):
        """The order is the chosen customer's."""
        waiting = self._begin()
        if not self.partner_id:
            raise UserError(self.env._("Choose who ordered."))
        order = self.order_id.sudo()
        keys = {key: self.partner_id for _kind, key in own_keys(order._normalize())}
        self.env["ciama.binding"]._rebind(order.shop_id, "customer", keys)
        order._note(self.env._("Customer chosen: %s", self.partner_id.display_name))
        return self._go_on(waiting)

    def action_refetch(self):
        return self.order_id.action_refetch()

    def action_open_in_shop(self):
        return self.order_id.action_open_in_shop()

    def action_ignore(self):
        return self.order_id.action_ignore()
