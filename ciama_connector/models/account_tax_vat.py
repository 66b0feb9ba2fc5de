from odoo import api, fields, models

# What they mean: services/vat_kind.py.
VAT_KINDS = [
    ("domestic", "Domestic"),
    ("oss", "OSS"),
    ("intra_eu", "Intra-EU B2B"),
    ("export", "Export"),
    ("other", "Other"),
]


class AccountFiscalPosition(models.Model):
    _inherit = "account.fiscal.position"

    ciama_vat_kind = fields.Selection(
        VAT_KINDS,
        string="VAT Kind",
        compute="_compute_ciama_vat_kind",
        store=True,
        help="How the VAT report counts documents of this position, where their taxes leave "
        "it open.",
    )

    @api.depends(
        "company_id.account_fiscal_country_id",
        "country_group_id.country_ids",
        "country_id",
        "foreign_vat",
        "state_ids",
        "tax_ids.amount",
        "tax_ids.type_tax_use",
        "zip_from",
    )
    def _compute_ciama_vat_kind(self):
        for position in self:
            position.ciama_vat_kind = self.env["ciama.vat.kind"]._of_position(position)


class AccountTax(models.Model):
    _inherit = "account.tax"

    ciama_vat_kind = fields.Selection(
        VAT_KINDS,
        string="VAT Kind",
        compute="_compute_ciama_vat_kind",
        store=True,
        help="Empty where the fiscal position of the document decides.",
    )

    @api.depends(
        "amount",
        "company_id.account_fiscal_country_id",
        "country_id",
        "fiscal_position_ids.ciama_vat_kind",
        "invoice_repartition_line_ids.tag_ids",
    )
    def _compute_ciama_vat_kind(self):
        for tax in self:
            tax.ciama_vat_kind = self.env["ciama.vat.kind"]._of_tax(tax)
