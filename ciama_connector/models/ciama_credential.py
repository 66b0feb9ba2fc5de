from odoo import api, fields, models

from ..platforms import registry
from ..platforms.base import Credential
from .ciama_vault import KeyLost
from .translated import translated


class CiamaCredential(models.Model):
    """One credential of a shop: secrets go in and never come out on a screen."""

    _name = "ciama.credential"
    _description = "Shop Credential"
    _order = "sequence, id"

    shop_id = fields.Many2one("ciama.shop", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="shop_id.company_id", store=True)
    sequence = fields.Integer()
    name = fields.Char(required=True, readonly=True)
    label = fields.Char(
        string="Credential",
        compute="_compute_description",
        help="What the shop asks for, by the name it has there.",
    )
    help = fields.Char(
        string="Where to Find It",
        compute="_compute_description",
        help="Where it stands in the shop's own back office.",
    )
    secret = fields.Boolean(
        compute="_compute_description", help="It is not shown again once it was saved."
    )
    required = fields.Boolean(
        compute="_compute_description", help="Without it, the shop cannot be reached."
    )
    value = fields.Char(
        compute="_compute_value",
        inverse="_inverse_value",
        help="Secrets are encrypted when saved and not shown again; leave a secret empty to "
        "keep the one that is set.",
    )
    value_encrypted = fields.Char(copy=False, groups="base.group_system", prefetch=False)
    is_set = fields.Boolean(
        string="Set", compute="_compute_is_set", help="Something was entered and saved."
    )

    _name_unique = models.Constraint("UNIQUE(shop_id, name)", "A credential exists only once.")

    @api.depends("name", "shop_id.platform")
    @api.depends_context("lang")
    def _compute_description(self):
        """As the platform describes it now, in the language of the reader."""
        for credential in self:
            known = registry.connector_class(credential.shop_id.platform).platform.credentials
            # A row that the platform does not know, for as long as a change of it takes.
            unknown = Credential(credential.name, credential.name)
            field = {field.name: field for field in known}.get(credential.name, unknown)
            credential.label = translated(self.env, field.label)
            credential.help = translated(self.env, field.help)
            credential.secret = field.secret
            credential.required = field.required

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
        # What was entered must not be sent back to the screen that saved it.
        self.invalidate_recordset(["value"], flush=False)

    def _reveal(self):
        """The value in clear, for the connector only; raises ``KeyLost``."""
        self.ensure_one()
        token = self.sudo().value_encrypted
        return self.env["ciama.vault"]._decrypt(token) if token else ""

    def action_clear(self):
        self.check_access("write")
        self.sudo().value_encrypted = False
