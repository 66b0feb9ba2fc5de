from odoo import fields, models


class CiamaMappingCarrier(models.Model):
    _name = "ciama.mapping.carrier"
    _description = "Shipping Method of a Shop"
    _inherit = "ciama.mapping"
    _problem_codes = ("carrier_unmapped",)

    carrier_id = fields.Many2one("delivery.carrier", string="Carrier")

    def _is_mapped(self):
        return bool(self.carrier_id)
