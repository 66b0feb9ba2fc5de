from odoo import fields, models


class CiamaMappingProduct(models.Model):
    """A product of a shop that Odoo did not know: ``value`` is its SKU or id there."""

    _name = "ciama.mapping.product"
    _description = "Product of a Shop"
    _inherit = "ciama.mapping"
    _problem_codes = ("product_unknown",)

    product_id = fields.Many2one("product.product", string="Product")

    def _is_mapped(self):
        return bool(self.product_id)
