from dataclasses import dataclass
from decimal import Decimal

from odoo import api, models

from ..canonical import decimal_places
from .preview import taken_back
from .taxes import FOLLOW
from .taxes_disputes import VAT_CODES


@dataclass(frozen=True)
class Booked:
    """What an order would be in the books, as texts with the currency's digits."""

    untaxed: str
    tax: str
    total: str
    taxes: str  # names of the taxes


class CiamaVatChoices(models.AbstractModel):
    """What following the shop and what following Odoo would book for an order, tried with
    the steps of the import and taken back."""

    _name = "ciama.vat.choices"
    _description = "Comparison of VAT Decisions"

    @api.model
    def _of(self, card):
        """{"shop": Booked, "odoo": Booked} of a held order that has no sale order yet;
        without what cannot be done with the taxes that Odoo has."""
        choices = {}
        for decision in FOLLOW:
            with taken_back(self.env):
                booked = self._tried(card, decision)
            if booked:
                choices[decision] = booked
        return choices

    def _tried(self, card, decision):
        importer = self.env["ciama.preview.importer"]._of(card.shop_id)
        card = card.with_env(importer.env)
        card.write({"vat_decision": decision, "state": "received"})
        drafts = importer._attempt_all(card)
        if not drafts or not drafts[0].booked:
            return None
        (draft,) = drafts
        if draft.problem and draft.problem.code in VAT_CODES:
            return None
        digits = decimal_places(draft.order.currency)
        tax = sum((sum(amounts, Decimal(0)) for amounts in draft.tax_amounts.values()), Decimal(0))
        untaxed = sum((line.net for line in draft.booked.lines), Decimal(0))
        names = dict.fromkeys(
            name for taxes in draft.taxes.values() for name in taxes.mapped("name")
        )
        return Booked(
            untaxed=f"{untaxed:.{digits}f}",
            tax=f"{tax:.{digits}f}",
            total=f"{untaxed + tax:.{digits}f}",
            taxes=", ".join(names),
        )
