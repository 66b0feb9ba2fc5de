from odoo import fields, models


class CiamaShop(models.Model):
    """Rules for what happens to an order after it was imported."""

    _inherit = "ciama.shop"

    refund_policy = fields.Selection(
        [("spread", "Spread over the VAT rates"), ("review", "Ask a person")],
        string="Refunds without Lines",
        default="spread",
        required=True,
        help="Where the shop gave back an amount without saying what for. Spread: the credit "
        "note takes it from all VAT rates, in proportion to what is left of each. Ask: the "
        "order is held until a person made the credit note.",
    )
    return_policy = fields.Selection(
        [("none", "No return"), ("draft", "Prepare a return")],
        string="Goods Put Back into Stock",
        default="none",
        required=True,
        help="Where the shop says that refunded goods are in stock again after they had been "
        "delivered: prepare a return of these quantities, to be validated by the warehouse.",
    )
    edit_policy = fields.Selection(
        [("card", "Ask a person"), ("amend", "Amend by further documents")],
        string="Orders Edited after the Invoice",
        default="card",
        required=True,
        help="Amend: a further invoice for what was added, a credit note for what was taken "
        "away, where the difference is clear line by line. Refunds of the shop always become "
        "credit notes.",
    )
