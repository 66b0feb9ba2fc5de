from odoo import api, fields, models

from ..services.taxes_disputes import VAT_CODES

DECISIONS = [("shop", "Follow the shop"), ("odoo", "Follow Odoo")]


class CiamaVatPolicy(models.Model):
    """Whom a shop's orders follow where shop and Odoo disagree about VAT, by the kind of
    disagreement."""

    _name = "ciama.vat.policy"
    _description = "VAT Policy of a Shop"
    _order = "shop_id, sequence, id"
    _rec_name = "problem_id"

    shop_id = fields.Many2one(
        "ciama.shop", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="shop_id.company_id", store=True)
    problem_id = fields.Many2one(
        "ciama.problem",
        string="Disagreement",
        required=True,
        readonly=True,
        ondelete="cascade",
        help="How the VAT of the shop can differ from Odoo's.",
    )
    sequence = fields.Integer(related="problem_id.sequence", store=True)
    decision = fields.Selection(
        [("hold", "Hold the order"), *DECISIONS],
        default="hold",
        required=True,
        help="Hold: a person decides. Follow the shop: the order is booked with the VAT that "
        "the shop charged. Follow Odoo: Odoo's VAT is taken out of what the customer paid; the "
        "total stays. Either way the card tells it.",
    )

    _problem_unique = models.Constraint(
        "UNIQUE(shop_id, problem_id)", "A disagreement has one policy for each shop."
    )

    @api.model
    def _make_missing(self):
        """Rows of all shops for all kinds of disagreement: those of new kinds hold."""
        problems = self.env["ciama.problem"].search([("code", "in", VAT_CODES)])
        for shop in self.env["ciama.shop"].search([("active", "in", (True, False))]):
            shop._make_vat_policies(problems)


class CiamaShop(models.Model):
    _inherit = "ciama.shop"

    vat_policy_ids = fields.One2many(
        "ciama.vat.policy",
        "shop_id",
        string="VAT Policies",
        help="What becomes of an order whose VAT in the shop is not Odoo's, by kind of "
        "disagreement.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        shops = super().create(vals_list)
        problems = self.env["ciama.problem"].search([("code", "in", VAT_CODES)])
        for shop in shops:
            shop._make_vat_policies(problems)
        return shops

    def _make_vat_policies(self, problems):
        """One row for each of ``problems`` that has none."""
        missing = problems - self.vat_policy_ids.problem_id
        self.env["ciama.vat.policy"].sudo().create(
            [{"shop_id": self.id, "problem_id": problem.id} for problem in missing]
        )

    def _vat_policies(self):
        """{code: "hold", "shop" or "odoo"}"""
        return {policy.problem_id.code: policy.decision for policy in self.vat_policy_ids}
