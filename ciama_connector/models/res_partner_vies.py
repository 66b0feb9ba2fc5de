from odoo import api, fields, models

# Context key: nothing may connect to VIES in this transaction.
NO_CONNECTION = "ciama_no_connection"
READERS = "ciama_connector.group_user,account.group_account_readonly,account.group_account_invoice"


class ResPartner(models.Model):
    _inherit = "res.partner"

    ciama_vies_check_id = fields.Many2one(
        "ciama.vies.check", string="VAT Number Check", compute="_compute_ciama_vies",
        groups=READERS,
    )  # fmt: skip
    ciama_vies_state = fields.Selection(
        lambda self: self.env["ciama.vies.check"]._fields["state"].selection,
        string="Answer of VIES",
        compute="_compute_ciama_vies",
        groups=READERS,
    )

    @api.depends("vat", "country_id")
    @api.depends_context("company")
    def _compute_ciama_vies(self):
        numbers = {partner: partner._ciama_number() for partner in self}
        wanted = set(filter(None, numbers.values()))
        checks = self.env["ciama.vies.check"]._newest(self.env.company, wanted) if wanted else {}
        for partner, number in numbers.items():
            partner.ciama_vies_check_id = check = checks.get(number)
            partner.ciama_vies_state = check and check.state

    def _ciama_number(self):
        """The VAT number with prefix, or an empty string."""
        return self.env["ciama.vies"]._number_of(self)

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        partners._settle_vies_valid()
        return partners

    def write(self, vals):
        result = super().write(vals)
        self._settle_vies_valid()
        return result

    def _settle_vies_valid(self):
        """Compute it here: whoever flushes later may lack the context, and would connect."""
        if self.env.context.get(NO_CONNECTION):
            self.mapped("vies_valid")

    def _compute_vies_valid(self):
        """Where nothing may connect, what VIES has told us already."""
        if not self.env.context.get(NO_CONNECTION):
            return super()._compute_vies_valid()
        numbers = {partner: partner._ciama_number() for partner in self}
        wanted = set(filter(None, numbers.values()))
        checks = self.env["ciama.vies.check"]._current(self.env.company, wanted) if wanted else {}
        for partner, number in numbers.items():
            check = checks.get(number)
            partner.vies_valid = bool(check) and check.state == "valid"
        return None

    def action_open_ciama_vies_checks(self):
        """All that VIES was asked about the number."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "ciama_connector.action_ciama_vies_check"
        )
        return {**action, "domain": [("number", "=", self._ciama_number())], "context": {}}
