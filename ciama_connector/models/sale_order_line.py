from odoo import fields, models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    ciama_line_id = fields.Char(string="Line in the Shop", readonly=True, copy=False)
    ciama_list_price = fields.Float(
        string="Price in the Shop",
        digits="Product Price",
        readonly=True,
        help="Per unit before discounts, as the shop shows it.",
    )
