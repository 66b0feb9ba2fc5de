from odoo import fields, models


class CiamaMappingCarrier(models.Model):
    _name = "ciama.mapping.carrier"
    _description = "Shipping Method of a Shop"
    _inherit = "ciama.mapping"
    _problem_codes = ("carrier_unmapped",)
    _mapped_by = ("carrier_id",)

    carrier_id = fields.Many2one("delivery.carrier", check_company=True)
