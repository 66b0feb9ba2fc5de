from odoo import fields, models


class CiamaShop(models.Model):
    """How VAT numbers are proved."""

    _inherit = "ciama.shop"

    vies_policy = fields.Selection(
        [
            ("hold", "Keep holding the order"),
            ("private", "Treat the customer as a private person"),
            ("accept", "Accept the number, with a warning"),
        ],
        string="When VIES Does Not Answer",
        default="hold",
        required=True,
        help="What becomes of an order whose VAT number VIES has not answered for when your "
        "patience is over. Without the proof, the tax authorities may claim the VAT of a "
        "tax-free sale from you.",
    )
    vies_patience_hours = fields.Integer(
        string="Hours to Wait for VIES",
        default=24,
        required=True,
        help="VIES is asked again meanwhile, at growing intervals up to an hour.",
    )
    vies_cache_days = fields.Integer(
        string="Days a Proof Is Good",
        default=30,
        required=True,
        help="New orders of a customer use an answer of VIES for so long. That a number is not "
        "valid counts for one day only: it may be registered tomorrow.",
    )
    vies_recheck_months = fields.Integer(
        string="Months to Re-check Customers",
        default=12,
        help="Customers who ordered within so many months are asked for again when their proof "
        "is too old. 0: no re-check; the next order asks.",
    )

    _vies_cache_positive = models.Constraint(
        "CHECK(vies_cache_days >= 1)", "A proof is good for one day at least."
    )
    _vies_patience_positive = models.Constraint(
        "CHECK(vies_patience_hours >= 0)", "The hours to wait cannot be negative."
    )
