from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.ciama_order import PROBLEM_STATES


class CiamaMendVat(models.TransientModel):
    """Decide whose VAT is booked: both amounts beside each other, for this order or more."""

    _name = "ciama.mend.vat"
    _description = "Decide About VAT"
    _inherit = "ciama.mend"
    _check_company_auto = True

    comparison = fields.Html(readonly=True)
    impossible = fields.Json(readonly=True, help="Decisions for which Odoo lacks the taxes.")
    decision = fields.Selection(
        [
            ("shop", "Follow the shop: book the VAT that it charged"),
            ("odoo", "Follow Odoo: take its VAT out of what the customer paid"),
            ("map", "Use other taxes for this country and rate, from now on"),
        ],
        string="Whose VAT Is Right?",
    )
    scope = fields.Selection(
        [
            ("order", "This order only"),
            ("waiting", "All orders of the shop that wait for the same decision"),
            ("always", "These, and from now on all such orders of the shop"),
        ],
        string="For",
        default="order",
        required=True,
    )
    value = fields.Char(string="Country and Rate", related="order_id.waits_for")
    tax_ids = fields.Many2many(
        "account.tax",
        string="Taxes in Odoo",
        check_company=True,
        domain=[("type_tax_use", "=", "sale")],
    )
    no_tax = fields.Boolean(string="Without Tax")

    @api.model
    def _proposal(self, order):
        if order.sale_order_id:
            return {}  # it changed: what the sale order becomes depends on its history
        choices = self.env["ciama.vat.choices"]._of(order)
        return {
            "comparison": self.env["ir.qweb"]._render(
                "ciama_connector.vat_choices",
                {"choices": choices, "currency": order.currency_code or ""},
            ),
            "impossible": [
                decision for decision, booked in choices.items() if not (booked and booked.taxes)
            ],
        }

    @api.depends("order_id", "scope", "decision")
    def _compute_waiting_count(self):
        return super()._compute_waiting_count()

    def _waiting(self):
        order = self.order_id
        domain = [("shop_id", "=", order.shop_id.id), ("state", "in", PROBLEM_STATES)]
        if self.decision == "map":
            mapping = self.env["ciama.mapping.tax"].search(
                [("shop_id", "=", order.shop_id.id), ("value", "=", order.waits_for)]
            )
            return order.search(mapping._waiting()) if mapping else order
        if self.scope == "order":
            return order
        return order.search([*domain, ("problem_id", "=", order.problem_id.id)])

    @api.depends("order_id", "scope", "decision")
    def _compute_refusal(self):
        return super()._compute_refusal()

    def _may(self):
        if self.decision == "map":
            return self.env["ciama.mapping.tax"].has_access("write")
        if self.scope == "always":
            return self.env["ciama.vat.policy"].has_access("write")
        return self.order_id._may_decide()

    def _what(self):
        if self.decision == "map" or self.scope == "always":
            return self.env._("A rule for all orders of the shop")
        return self.env._("Deciding about VAT (also for accountants)")

    def action_mend(self):
        """Import the orders as decided."""
        waiting = self._begin()
        if not self.decision:
            raise UserError(self.env._("Say whose VAT is right."))
        if self.decision in (self.impossible or ()) and self.scope == "order":
            raise UserError(
                self.env._(
                    "This cannot be booked with the taxes that Odoo has. Decide otherwise, or "
                    "choose the taxes to use."
                )
            )
        if self.decision == "map":
            self._map()
        else:
            waiting._note_decision(self.decision)
            if self.scope == "always":
                self._make_rule()
        return self._go_on(waiting)

    def _map(self):
        if not self.tax_ids and not self.no_tax:
            raise UserError(self.env._("Choose the taxes, or say that there is none."))
        shop, model = self.order_id.shop_id, self.env["ciama.mapping.tax"]
        mapping = model._of_values(shop, {self.value: ""})[self.value]
        mapping.write({"tax_ids": [(6, 0, self.tax_ids.ids)], "no_tax": self.no_tax})

    def _make_rule(self):
        policies = self.order_id.shop_id.vat_policy_ids
        policy = policies.filtered(lambda row: row.problem_id == self.order_id.problem_id)
        policy.decision = self.decision
