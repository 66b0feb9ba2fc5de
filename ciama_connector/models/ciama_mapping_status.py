from odoo import fields, models


class CiamaMappingStatus(models.Model):
    """A status word of a shop that means something else than the connector takes it for."""

    _name = "ciama.mapping.status"
    _description = "Order Status of a Shop"
    _inherit = "ciama.mapping"
    _problem_codes = ("unknown_status",)
    _mapped_by = ("status",)
    _meaning_fields = _mapped_by

    status = fields.Selection(
        [
            ("pending", "Waiting for payment"),
            ("authorized", "Authorised"),
            ("accepted", "Released for shipping"),
            ("paid", "Paid"),
            ("fulfilled", "Shipped"),
            ("cancelled", "Cancelled"),
        ],
        string="Treat As",
        help="What the order is taken for. Left empty: what the platform means by the word.",
    )
