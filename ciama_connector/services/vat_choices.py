from dataclasses import dataclass
from decimal import Decimal

from odoo import api, models

from ..canonical import decimal_places
from ..models.translated import written
from .preview import taken_back
from .taxes import FOLLOW
from .taxes_disputes import VAT_CODES


@dataclass(frozen=True)
class Booked:
    """What an order would be in the books, as texts in the reader's language."""

    untaxed: str
    tax: str
    total: str
    taxes: str  # names of the taxes; empty where it cannot be done


class CiamaVatChoices(models.AbstractModel):
    """What following the shop and what following Odoo would book for an order, tried with
    the steps of the import and taken back."""

    _name = "ciama.vat.choices"
    _description = "Comparison of VAT Decisions"

    @api.model
    def _of(self, card):
        """{"shop": Booked, "odoo": Booked} of a held order that has no sale order yet. What
        cannot be done with the taxes that Odoo has names no taxes; Odoo's is None then."""
        choices = {}
        for decision in FOLLOW:
            with taken_back(self.env):
                choices[decision] = self._tried(card, decision)
        return choices

    def _tried(self, card, decision):
        importer = self.env["ciama.preview.importer"]._of(card.shop_id)
        card = card.with_env(importer.env)
        card.write({"vat_decision": decision, "state": "received"})
        drafts = importer._attempt_all(card)
        draft = drafts[0] if drafts else None
        if not draft:
            return None
        if draft.booked and not (draft.problem and draft.problem.code in VAT_CODES):
            tax = [amount for amounts in draft.tax_amounts.values() for amount in amounts]
            names = [name for taxes in draft.taxes.values() for name in taxes.mapped("name")]
            names = ", ".join(dict.fromkeys(names)) or self.env._("Without tax")
            return _booked(self.env, draft, draft.booked, tax, names)
        if decision == "shop":
            shop_tax = [line.tax for line in draft.settled.lines]
            return _booked(self.env, draft, draft.settled, shop_tax)
        return None


def _booked(env, draft, settled, tax_amounts, names=""):
    digits = decimal_places(draft.order.currency)
    untaxed = sum((line.net for line in settled.lines), settled.discrepancy.net)
    tax = sum(tax_amounts, Decimal(0))
    texts = [written(env, amount, digits) for amount in (untaxed, tax, untaxed + tax)]
    return Booked(*texts, taxes=names)
