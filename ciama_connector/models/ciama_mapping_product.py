from odoo import fields, models


class CiamaMappingProduct(models.Model):
    """A product of a shop that Odoo did not know, or knew several times.

    ``value`` is its SKU, barcode or id in the shop.
    """

    _name = "ciama.mapping.product"
    _description = "Product of a Shop"
    _inherit = "ciama.mapping"
    _problem_codes = ("product_unknown", "product_ambiguous", "product_combo")
    _mapped_by = ("product_id",)
    _meaning_fields = _mapped_by

    product_id = fields.Many2one(
        "product.product",
        check_company=True,
        help="What is sold, delivered and invoiced for it, whatever its SKU in the shop.",
    )
