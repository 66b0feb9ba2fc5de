from odoo import fields, models


class CiamaMappingCarrier(models.Model):
    """A shipping method: who carries, from where, and when it is promised."""

    _name = "ciama.mapping.carrier"
    _description = "Shipping Method of a Shop"
    _inherit = "ciama.mapping"
    _problem_codes = ("carrier_unmapped",)
    _mapped_by = ("carrier_id",)
    _meaning_fields = ("carrier_id", "lead_days", "warehouse_id")

    carrier_id = fields.Many2one(
        "delivery.carrier",
        check_company=True,
        help="Filling this in accepts the shipping method, where the shop blocks unknown ones.",
    )
    lead_days = fields.Integer(
        string="Lead Time (Days)",
        help="Calendar days, as Odoo's own lead times, from the order to the delivery that the "
        "shop promises: the delivery date of the sale order, by which its delivery is "
        "scheduled. 0: the shop promises none.",
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        check_company=True,
        help="Where these orders leave from. Left empty: the shop's warehouse.",
    )

    _lead_days_positive = models.Constraint(
        "CHECK(lead_days BETWEEN 0 AND 730)", "A lead time is 0 to 730 days."
    )
