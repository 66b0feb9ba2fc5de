from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .ciama_order import PROBLEM_STATES
from .notification import CLOSE, notification

ASKED = 3  # people who are named to somebody who may not


class CiamaMend(models.AbstractModel):
    """A dialog that mends the cause of a card where it is seen, for all cards that wait for
    the same.

    Each tells the cause, what it will do and how many orders go on afterwards; who may not
    do it is told whom to ask.
    """

    _name = "ciama.mend"
    _description = "Mending of a Cause"

    order_id = fields.Many2one("ciama.order", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="order_id.company_id", store=True)
    shop_id = fields.Many2one(related="order_id.shop_id")
    problem_id = fields.Many2one("ciama.problem", compute="_compute_waited_for", store=True)
    waited_for = fields.Char(compute="_compute_waited_for", store=True)
    cause = fields.Char(related="problem_id.name")
    message = fields.Char(related="order_id.message")
    remedy = fields.Char(related="order_id.remedy")
    waiting_count = fields.Integer(string="Orders That Go On", compute="_compute_waiting_count")
    refusal = fields.Char(compute="_compute_refusal")

    @api.model
    def _open(self, order):
        """The dialog for the card ``order``, which must be waiting."""
        wizard = self.create({"order_id": order.id, **self._proposal(order)})
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "name": self.env._("%(cause)s: %(order)s", cause=wizard.cause, order=order.number),
            "context": {"dialog_size": "medium"},
        }

    @api.model
    def _proposal(self, order):
        """Values to begin with."""
        return {}

    @api.model
    def _suggested(self, kind, order, label=""):
        """The best Suggestion for the value that ``order`` waits for, or None."""
        value = order.waits_for
        found = self.env["ciama.suggestions"]._suggest(kind, order.shop_id, {value: label})
        return next(iter(found.get(value, ())), None)

    @api.depends("order_id")
    def _compute_waited_for(self):
        """What the dialog was opened for, whatever the card says later."""
        for wizard in self:
            wizard.problem_id = wizard.order_id.problem_id
            wizard.waited_for = wizard.order_id.waits_for

    def _waiting(self):
        """The cards that go on once this one does."""
        return self.order_id

    @api.depends("order_id")
    def _compute_waiting_count(self):
        for wizard in self:
            wizard.waiting_count = len(wizard._waiting())

    # -- who may
    def _may(self):
        """Whether the user may do what the dialog does."""
        return True

    def _what(self):
        """The dialog's work in words, for a sentence that says who may do it."""
        raise NotImplementedError

    @api.depends("order_id")
    @api.depends_context("uid")
    def _compute_refusal(self):
        for wizard in self:
            wizard.refusal = False if wizard._may() else wizard._refusal()

    def _refusal(self):
        """A sentence that names some people who may."""
        managers = self.env.ref("ciama_connector.group_manager").sudo().all_user_ids
        company = self.company_id
        people = managers.filtered(
            lambda user: user.active and not user.share and company in user.company_ids
        ).sorted("id")[:ASKED]
        return self.env._(
            "%(what)s is for managers of the connector. Ask one of them: %(people)s.",
            what=self._what(),
            people=", ".join(people.mapped("name")) or self.env._("your administrator"),
        )

    def _begin(self):
        """The cards that go on; raises AccessError for those who may not, UserError where
        somebody else took care of the card while the dialog was open."""
        self.ensure_one()
        self.order_id.check_access("read")
        if not self._may():
            raise AccessError(self._refusal())
        order = self.order_id
        if order.state not in PROBLEM_STATES or (order.problem_id, order.waits_for) != (
            self.problem_id,
            self.waited_for,
        ):
            raise UserError(
                self.env._(
                    "Meanwhile this order does not wait for this any more: somebody else mended "
                    "it, or the shop changed it. Close this window and look at its card again."
                )
            )
        return self._waiting()

    def _go_on(self, orders):
        """Import ``orders`` again and close the dialog."""
        again = orders.filtered(lambda order: order.state in PROBLEM_STATES)
        again.action_retry()
        return notification(
            self.env._("Done. Orders being imported again: %s", len(again)), "success", then=CLOSE
        )
