import re
from decimal import Decimal

from odoo import api, fields, models, tools

from .translated import written

# Parameters that hold words of the connector rather than the shop's.
WORDED = ("reason", "what", "place")
# Those that are amounts or rates, and those that are days.
NUMBERS = frozenset(
    (
        *("amount", "difference", "due", "left", "limit", "lines", "odoo", "odoo_tax"),
        *("paid", "rate", "shop", "shop_tax", "total"),
    )
)
DAYS = frozenset(("date", "start", "until"))
NUMBER = re.compile(r"-?\d+(\.\d+)?")
DAY = re.compile(r"\d{4}-\d\d-\d\d")


class CiamaProblem(models.Model):
    """The documented vocabulary of what can be wrong with an order.

    One record for each ``canonical.problems.Code``; the sentence is a template over
    the parameters that come with the problem.
    """

    _name = "ciama.problem"
    _description = "Cause of an Import Problem"
    _order = "sequence, id"

    code = fields.Char(required=True, readonly=True)
    name = fields.Char(string="Cause", required=True, translate=True)
    sentence = fields.Char(
        required=True,
        translate=True,
        help="What the user reads; the words in braces are filled in for each order.",
    )
    remedy = fields.Char(string="What to Do", required=True, translate=True)
    state = fields.Selection(
        [
            ("held", "Held"),
            ("blocked", "Blocked"),
            ("failed", "Failed"),
            ("ignored", "Ignored"),
        ],
        required=True,
        help="Held: a person decides. Blocked: something must be mended first. "
        "Failed: unexpected. Ignored: not meant for Odoo.",
    )
    action = fields.Selection(
        [
            ("retry", "Retry"),
            ("map_product", "Choose or Create the Product"),
            ("map_carrier", "Map the Carrier"),
            ("map_payment", "Map the Payment Method"),
            ("decide_vat", "Decide About VAT"),
            ("choose_customer", "Choose the Customer"),
            ("name_customer", "Say Who Ordered"),
            ("mend_amounts", "Mend the Amounts"),
            ("create_tax", "Create the Tax"),
            ("open_sale_order", "Open the Sale Order"),
            ("open_shop", "Open the Shop"),
            ("refetch", "Read Again from the Shop"),
            ("accept", "Keep the Sale Order as It Is"),
            ("ask_vies", "Ask VIES Now"),
            ("import_anyway", "Import Anyway"),
        ],
        help="What the button on the card does.",
    )
    sequence = fields.Integer(default=10)

    _code_unique = models.Constraint("UNIQUE(code)", "A cause exists only once.")

    @api.model
    @tools.ormcache("code")
    def _id_of(self, code):
        return self.sudo().search([("code", "=", code)]).id

    def _of(self, code):
        """The record of a ``Code``."""
        return self.browse(self._id_of(str(code)))

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    def _sentence(self, params):
        """The sentence with ``params`` filled in; unknown words stay in braces."""
        self.ensure_one()
        known = {
            key: self._worded(key, text) or self.env._("(empty)")
            for key, text in (params or {}).items()
        }
        return self.sentence.format_map(_Params(known))

    def _worded(self, key, text):
        """A parameter as the reader's language writes it."""
        if key in WORDED:
            return self.env._(text)
        if key in NUMBERS and NUMBER.fullmatch(str(text)):
            return written(self.env, Decimal(text), len(str(text).partition(".")[2]))
        if key in DAYS and DAY.fullmatch(str(text)):
            return tools.format_date(self.env, text)
        return text


class _Params(dict):
    def __missing__(self, key):
        return "{" + key + "}"
