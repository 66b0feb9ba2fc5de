from odoo import fields, models


class CiamaMappingTax(models.Model):
    """Taxes that Odoo's fiscal position does not explain.

    ``value`` is the country of delivery and the rates of a line: ``US 7.25+1.5``.
    """

    _name = "ciama.mapping.tax"
    _description = "Tax of a Shop"
    _inherit = "ciama.mapping"
    _problem_codes = ("tax_exempt_unproved", "tax_charged_on_exempt", "tax_rate_differs")
    _mapped_by = ("tax_ids", "no_tax")

    tax_ids = fields.Many2many(
        "account.tax",
        string="Taxes in Odoo",
        domain=[("type_tax_use", "=", "sale")],
        check_company=True,
    )
    no_tax = fields.Boolean(string="Without Tax")
