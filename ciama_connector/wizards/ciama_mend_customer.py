from odoo import api, fields, models
from odoo.exceptions import UserError

from ..canonical import Code, Problem
from ..models.ciama_order import PROBLEM_STATES
from ..models.ciama_vault import KeyLost
from ..services.identity import claim_of, identity_of


class CiamaMendCustomer(models.TransientModel):
    """Say which of several customers with one e-mail address ordered, or that it is a new
    one; it is remembered, so that the next order does not ask."""

    _name = "ciama.mend.customer"
    _description = "Choose the Customer"
    _inherit = "ciama.mend"

    customer_name = fields.Char(string="Customer in the Shop", related="order_id.customer_name")
    candidate_ids = fields.One2many(
        "ciama.mend.candidate", "wizard_id", string="Customers in Odoo", readonly=True
    )

    @api.model
    def _proposal(self, order):
        candidates = self._candidates_of(order)
        groups = self.env["sale.order"]._read_group(
            [("partner_id", "child_of", candidates.ids), ("company_id", "=", order.company_id.id)],
            ["partner_id"],
            ["__count", "date_order:max"],
        )
        rows = []
        for candidate in candidates:
            own = [
                (n, last)
                for partner, n, last in groups
                if partner.commercial_partner_id == candidate.commercial_partner_id
            ]
            rows.append(
                {
                    "partner_id": candidate.id,
                    "order_count": sum(n for n, _last in own),
                    "last_order": max((last for _n, last in own), default=False),
                }
            )
        return {"candidate_ids": [(0, 0, row) for row in rows]}

    def _candidates_of(self, order):
        """Customers with the e-mail of the order; the eldest first."""
        emails = [key for kind, key in self._keys(order) if kind == "email"]
        service = self.env["ciama.partners"].with_company(order.company_id)
        found = [partner for of_email in service._by_email(emails).values() for partner in of_email]
        return self.env["res.partner"].union(*service._independent(found))

    @staticmethod
    def _keys(order):
        """What identifies the customer, see ``services.identity``."""
        try:
            return identity_of(order.sudo()._normalize())
        except (Problem, KeyLost):
            return []

    def _waiting(self):
        """All orders of the company held for the same e-mail address."""
        claim = (self.order_id.problem_params or {}).get("claim")
        if not claim:
            return self.order_id
        cards = self.order_id.search(
            [
                ("company_id", "=", self.order_id.company_id.id),
                ("state", "in", PROBLEM_STATES),
                ("problem_id.code", "=", Code.CUSTOMER_AMBIGUOUS),
            ]
        )
        same = cards.filtered(lambda card: (card.problem_params or {}).get("claim") == claim)
        return self.order_id | same

    def _what(self):
        return self.env._("Choosing customers")

    def action_new_customer(self):
        """None of them: the orders get a new customer, with all later ones of this e-mail."""
        waiting = self._begin()
        waiting.sudo()._note_accepted([Code.CUSTOMER_AMBIGUOUS])
        return self._go_on(waiting)

    def _choose(self, partner):
        """The orders, and the later ones with this e-mail, are those of ``partner``."""
        waiting = self._begin()
        if partner not in self._candidates_of(self.order_id):
            raise UserError(self.env._("This customer does not have the order's e-mail address."))
        bindings = self.env["ciama.binding"]
        for shop, orders in waiting.grouped("shop_id").items():
            keys = {key for order in orders for key in self._keys(order)}
            own = {key: partner for kind, key in keys if kind == "customer"}
            bindings._rebind(shop, "customer", own)
            emails = {claim_of(key): partner for kind, key in keys if kind == "email"}
            bindings._rebind(None, "email", emails)
        waiting.sudo()._note(self.env._("Customer chosen: %s", partner.display_name))
        return self._go_on(waiting)


class CiamaMendCandidate(models.TransientModel):
    """A customer who may have ordered."""

    _name = "ciama.mend.candidate"
    _description = "Candidate for a Customer"

    wizard_id = fields.Many2one("ciama.mend.customer", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="wizard_id.company_id", store=True)
    partner_id = fields.Many2one("res.partner", string="Customer", required=True, readonly=True)
    city = fields.Char(related="partner_id.city", related_sudo=False)
    vat = fields.Char(related="partner_id.vat", related_sudo=False)
    order_count = fields.Integer(string="Orders", readonly=True)
    last_order = fields.Datetime(readonly=True)

    def action_choose(self):
        self.ensure_one()
        self.check_access("read")
        return self.wizard_id._choose(self.partner_id)
