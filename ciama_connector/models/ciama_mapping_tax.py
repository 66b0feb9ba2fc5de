from odoo import fields, models

from ..canonical import Code
from ..services.taxes_disputes import VAT_CODES


class CiamaMappingTax(models.Model):
    """Taxes that Odoo's fiscal position does not explain.

    ``value`` is the country of delivery and the rates of a line: ``US 7.25+1.5``.
    """

    _name = "ciama.mapping.tax"
    _description = "Tax of a Shop"
    _inherit = "ciama.mapping"
    _problem_codes = (*VAT_CODES, Code.TAX_MISSING)
    _mapped_by = ("tax_ids", "no_tax")
    _meaning_fields = _mapped_by

    tax_ids = fields.Many2many(
        "account.tax",
        string="Taxes in Odoo",
        domain=[("type_tax_use", "=", "sale")],
        check_company=True,
        help="Booked on lines for this country that the shop charged these rates for. Their "
        "amounts stay the shop's.",
    )
    no_tax = fields.Boolean(
        string="Without Tax", help="Lines for this country at these rates bear no tax in Odoo."
    )
