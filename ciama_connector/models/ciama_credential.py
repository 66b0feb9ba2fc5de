from odoo import api, fields, models

from .ciama_vault import KeyLost


class CiamaCredential(models.Model):
    """One credential of a shop: secrets go in and never come out on a screen."""

    _name = "ciama.credential"
    _description = "Shop Credential"
    _order = "sequence, id"

    shop_id = fields.Many2one("ciama.shop", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="shop_id.company_id", store=True)
    sequence = fields.Integer()
    name = fields.Char(required=True, readonly=True)
    label = fields.Char(string="Credential", readonly=True)
    help = fields.Char(string="Where to Find It", readonly=True)
    secret = fields.Boolean(readonly=True)
    required = fields.Boolean(readonly=True)
    value = fields.Char(
        compute="_compute_value",
        inverse="_inverse_value",
        help="Secrets are encrypted when saved and not shown again; leave a secret empty to "
        "keep the one that is set.",
    )
    value_encrypted = fields.Char(copy=False, groups="base.group_system", prefetch=False)
    is_set = fields.Boolean(string="Set", compute="_compute_is_set")

    _name_unique = models.Constraint("UNIQUE(shop_id, name)", "A credential exists only once.")

    @api.depends("value_encrypted", "secret")
    def _compute_value(self):
        for credential in self:
            try:
                credential.value = "" if credential.secret else credential._reveal()
            except KeyLost:
                credential.value = ""

    @api.depends("value_encrypted")
    def _compute_is_set(self):
        for credential in self:
            credential.is_set = bool(credential.sudo().value_encrypted)

    def _inverse_value(self):
        for credential in self:
            value = (credential.value or "").strip()
            if value or not credential.secret:
                credential.sudo().value_encrypted = (
                    self.env["ciama.vault"]._encrypt(value) if value else False
                )

    def _reveal(self):
        """The value in clear, for the connector only; raises ``KeyLost``."""
        self.ensure_one()
        token = self.sudo().value_encrypted
        return self.env["ciama.vault"]._decrypt(token) if token else ""

    def action_clear(self):
        self.sudo().value_encrypted = False
