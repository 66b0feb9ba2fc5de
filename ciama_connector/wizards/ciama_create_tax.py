from dataclasses import replace
from decimal import Decimal

from odoo import api, fields, models

from ..canonical import Code


class CiamaCreateTax(models.TransientModel):
    """Create the tax that an order's VAT needs and the company lacks, then import all orders
    that wait for it."""

    _name = "ciama.create.tax"
    _description = "Create a Missing Tax"
    _inherit = "ciama.mend"

    country_id = fields.Many2one("res.country", compute="_compute_proposal")
    rate = fields.Float(string="Rate (%)", compute="_compute_proposal")
    way = fields.Selection(
        [
            ("activate", "An archived tax is activated"),
            ("template", "As in the country's chart of accounts"),
            ("copy", "Like the tax beside it"),
        ],
        string="How",
        compute="_compute_proposal",
    )
    position_id = fields.Many2one(
        "account.fiscal.position",
        compute="_compute_proposal",
        help="Empty: one is made for private customers in the country. From then on the VAT of "
        "that country is due on all sales to them.",
    )
    name = fields.Char(string="Tax", compute="_compute_choice", store=True, readonly=False)
    account_id = fields.Many2one("account.account", string="Booked on", compute="_compute_proposal")
    tag_ids = fields.Many2many(
        "account.account.tag", string="Tax Grids", compute="_compute_proposal"
    )
    replaces_ids = fields.Many2many(
        "account.tax",
        compute="_compute_choice",
        store=True,
        readonly=False,
        domain="[('type_tax_use', '=', 'sale'), ('is_domestic', '=', True),"
        " ('company_id', '=', company_id)]",
        help="Taxes of products for which the fiscal position takes the new one. None: it is "
        "taken where the shop charged its rate.",
    )

    @api.depends("order_id")
    def _compute_proposal(self):
        for wizard in self:
            proposal = wizard._proposed_tax()
            wizard.country_id, wizard.rate = wizard._missing()
            wizard.way = proposal.way
            wizard.position_id = proposal.position
            wizard.account_id = proposal.account
            wizard.tag_ids = proposal.tags

    @api.depends("order_id")
    def _compute_choice(self):
        for wizard in self:
            proposal = wizard._proposed_tax()
            wizard.name = proposal.name
            wizard.replaces_ids = proposal.replaces

    def _missing(self):
        """(res.country, rate in percent) of the tax."""
        params = self.order_id.problem_params or {}
        country = self.env["res.country"].search(
            [("code", "=", params.get("vat_country"))], limit=1
        )
        return country, Decimal(params.get("rate") or 0)

    def _proposed_tax(self):
        params = self.order_id.problem_params or {}
        position = self.env["account.fiscal.position"].browse(int(params.get("position_id") or 0))
        return self.env["ciama.taxes.creation"]._propose(
            self.order_id.company_id, *self._missing(), position.exists()
        )

    def _waiting(self):
        """All orders of the company that lack this tax."""
        params = self.order_id.problem_params or {}
        cards = self.env["ciama.order"].search(
            [
                ("company_id", "=", self.order_id.company_id.id),
                ("problem_id.code", "=", Code.TAX_MISSING),
            ]
        )
        return cards.filtered(
            lambda card: all(
                (card.problem_params or {}).get(key) == params.get(key)
                for key in ("rate", "vat_country")
            )
        )

    def _may(self):
        return self.env["account.tax"].has_access("create")

    def _refusal(self):
        return self.env._(
            "Taxes are created by those who set up the accounting. Ask your accountant, or "
            "somebody who may change the taxes in Odoo."
        )

    def action_create(self):
        """Make the tax and import what waits for it."""
        waiting = self._begin()
        proposal = replace(self._proposed_tax(), name=self.name, replaces=self.replaces_ids)
        self.env["ciama.taxes.creation"]._make(self.order_id.company_id, *self._missing(), proposal)
        return self._go_on(waiting)
