from odoo import fields, models


class CiamaMappingGroup(models.Model):
    """A customer group of a shop and what its customers get. Nothing waits for it: a
    group that says nothing is treated as the shop and Odoo say.

    What a person set on a customer's own record goes before what the group says.
    """

    _name = "ciama.mapping.group"
    _description = "Customer Group of a Shop"
    _inherit = "ciama.mapping"
    _mapped_by = ("pricelist_id", "payment_term_id", "fiscal_position_id", "tag_ids")
    _meaning_fields = _mapped_by

    pricelist_id = fields.Many2one(
        "product.pricelist",
        check_company=True,
        help="For orders in its currency. The prices stay the shop's; the check of prices "
        "compares with it.",
    )
    payment_term_id = fields.Many2one(
        "account.payment.term",
        string="Payment Terms",
        check_company=True,
        help="When invoices are due, unless the payment method or the customer's record has "
        "terms of its own.",
    )
    fiscal_position_id = fields.Many2one(
        "account.fiscal.position",
        check_company=True,
        help="Used instead of the one that Odoo finds by country and VAT number, such as "
        "for diplomats. Leave it empty for ordinary customers.",
    )
    tag_ids = fields.Many2many(
        "res.partner.category",
        string="Tags",
        help="Put on the customers of the group at each order; none is ever taken away.",
    )
