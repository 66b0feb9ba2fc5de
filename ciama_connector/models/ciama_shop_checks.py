from odoo import fields, models

LEVELS = [("off", "Do not check"), ("warn", "Import, to be reviewed"), ("hold", "Hold the order")]


class CiamaShop(models.Model):
    """What is looked at before an order is written. None of it holds an order that was
    imported already, unless the shop changed what is sold."""

    _inherit = "ciama.shop"

    check_stock = fields.Selection(
        LEVELS,
        string="Stock",
        default="off",
        required=True,
        help="The forecast of the warehouse covers the order: what is there and on its way, "
        "less what others wait for. Only storable products are counted; Odoo's deliveries wait "
        "for missing goods in any case.",
    )
    check_price = fields.Selection(
        LEVELS,
        string="Prices",
        default="off",
        required=True,
        help="The price of each product before its vouchers is that of the customer's "
        "pricelist. For shops whose prices are kept in Odoo.",
    )
    price_tolerance = fields.Float(
        string="Price Tolerance (%)",
        default=1.0,
        help="How far a price may be from the pricelist, up or down.",
    )
    check_customer = fields.Selection(
        LEVELS,
        string="Customer Data",
        default="warn",
        required=True,
        help="Street, postcode, city, country and e-mail are there, and a phone number where a "
        "carrier of Odoo delivers.",
    )
    check_ambiguous_customer = fields.Selection(
        LEVELS,
        string="Customers with One E-mail Address",
        default="hold",
        required=True,
        help="Odoo has one customer at the most with the order's e-mail address, or only one of "
        "them has the name, too. Otherwise, unless a person chose before, the eldest of them "
        "would get the order. Companies with a VAT number are found by it and not asked about.",
    )
    check_duplicate = fields.Selection(
        LEVELS,
        string="Duplicates",
        default="warn",
        required=True,
        help="No other order of the same customer, in this shop or another one, has the same "
        "products and the same total.",
    )
    duplicate_hours = fields.Integer(
        default=24,
        string="Duplicates Within (Hours)",
        help="How far apart two orders may be to count as one that was placed twice.",
    )
    check_risk = fields.Selection(
        LEVELS,
        string="Fraud Risk",
        default="hold",
        required=True,
        help="The shop or its payment provider sees a high risk of fraud. A medium risk never "
        "holds the order, but is to be reviewed.",
    )
    check_credit = fields.Selection(
        LEVELS,
        string="Credit Limit",
        default="warn",
        required=True,
        help="What the customer owes stays within the credit limit in Odoo, this order "
        "included as far as it is not paid. Needs sales credit limits in the settings of "
        "Accounting.",
    )

    _price_tolerance_range = models.Constraint(
        "CHECK(price_tolerance BETWEEN 0 AND 100)", "A price tolerance is 0 to 100 percent."
    )
    _duplicate_hours_range = models.Constraint(
        "CHECK(duplicate_hours BETWEEN 1 AND 720)",
        "Duplicates are looked for within 1 to 720 hours.",
    )
