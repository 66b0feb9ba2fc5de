from odoo import models

from ..canonical import Code, Problem, check, with_missing_tax
from .ciama_vault import KeyLost

AMOUNT_CODES = (Code.AMOUNTS_DISAGREE, Code.TAX_DISAGREES)


class CiamaOrder(models.Model):
    """Orders whose lines lack the VAT that their totals have, and the person who had it
    shared out among the lines."""

    _inherit = "ciama.order"

    def _normalize(self):
        order = super()._normalize()
        if any(code in (self.accepted_codes or {}) for code in AMOUNT_CODES):
            return with_missing_tax(order) or order
        return order

    def _mended_amounts(self):
        """The canonical order with the missing VAT shared out among its lines; None where
        that does not make it add up."""
        self.ensure_one()
        try:
            mended = with_missing_tax(self._normalize())
            return mended and check(mended) and mended
        except (Problem, KeyLost):
            return None
