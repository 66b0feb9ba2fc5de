from odoo import api, fields, models

from ..vies.client import DEFAULT_URL


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    ciama_journal_days = fields.Integer(
        string="Days to Keep the Journal",
        config_parameter="ciama_connector.journal_days",
        default=30,
        help="How long every exchange with a shop stays in the journal. Longer helps to look "
        "into old trouble; shorter keeps the database small.",
    )
    ciama_vies_url = fields.Char(
        string="Address of VIES",
        config_parameter="ciama_connector.vies_url",
        help="Where VAT numbers are checked. Left empty: the European Commission's own service.",
    )
    ciama_vies_default = fields.Char(compute="_compute_ciama_state")
    ciama_ca_bundle = fields.Char(
        string="File of Certificates",
        config_parameter="ciama_connector.ca_bundle",
        help="Path of a PEM file on the server, with the certificate authorities to trust. Only "
        "for shops whose certificate was issued by an authority of your own. Left empty: the "
        "well-known authorities.",
    )
    ciama_key_state = fields.Selection(
        [
            ("configured", "Set in Odoo's configuration"),
            ("file", "In a file beside the filestore"),
            ("none", "Made when the first secret is stored"),
        ],
        string="Encryption Key",
        compute="_compute_ciama_state",
        help="Encrypts credentials and the orders as the shops sent them. Whoever restores a "
        "backup of the database needs the key too.",
    )
    ciama_queue_state = fields.Selection(
        [("ok", "Working"), ("idle", "Nothing to do"), ("stuck", "Stuck")],
        string="Background Jobs",
        compute="_compute_ciama_state",
        help="Orders are fetched and imported by background jobs.",
    )
    ciama_queue_message = fields.Char(
        compute="_compute_ciama_state", help="What the job queue looks like at the moment."
    )

    @api.depends_context("lang")
    def _compute_ciama_state(self):
        health = self.env["ciama.queue.health"]._state()
        self.ciama_queue_state, self.ciama_queue_message = health
        self.ciama_key_state = self.env["ciama.vault"]._key_state()
        self.ciama_vies_default = DEFAULT_URL
