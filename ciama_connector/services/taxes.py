from decimal import Decimal

from odoo import api, models

from ..canonical import Code
from .taxes_choice import Choice
from .taxes_disputes import as_one, dispute_of, lawful_rates
from .taxes_policies import follow_odoo, follow_shop
from .taxes_rates import amounts_by_tax, mapping_value, same_rates

FOLLOW = {
    "shop": (follow_shop, Code.VAT_FOLLOWS_SHOP),
    "odoo": (follow_odoo, Code.VAT_FOLLOWS_ODOO),
}


class CiamaTaxes(models.AbstractModel):
    """Fiscal position and taxes: Odoo decides, the shop's rates are the proof.

    For each line the taxes of the product, mapped by the fiscal position that Odoo
    finds, must have the rates that the shop charged; else another sales tax of the same
    position with these rates is taken (a reduced rate that the product lacks); else a
    tax mapping made by a person; else shop and Odoo disagree: a person's decision for the
    order, or the shop's policy, says whom to follow, or the order is held.
    """

    _name = "ciama.taxes"
    _description = "Taxes of Shop Orders"

    @api.model
    def _resolve(self, shop, drafts):
        """Set ``fiscal_position``, ``taxes``, ``tax_amounts`` and ``booked`` of each draft."""
        finder = self.env["ciama.fiscal.positions"]._resolve(shop, drafts)
        mappings = self.env["ciama.mapping.tax"].search([("shop_id", "=", shop.id)])
        by_value = {mapping.value: mapping for mapping in mappings}
        court = _Court(Choice(self.env, shop), finder, by_value, shop._vat_policies())
        for draft in drafts:
            court.judge(draft)


class _Court:
    """Shop against Odoo, order by order of a batch."""

    def __init__(self, choice, finder, mappings, policies):
        self.choice = choice
        self.finder = finder
        self.mappings = mappings
        self.policies = policies

    def judge(self, draft):
        views = self.choice.views(draft, draft.fiscal_position, draft.vat.territory)
        taxes, open_views = {}, []
        for view in views:
            found = self._agreed(draft, view)
            if found is None:
                open_views.append(view)
            else:
                taxes[view.line.id] = found
        if open_views:
            self._settle(draft, views, open_views)
        else:
            book(draft, taxes)

    def _agreed(self, draft, view):
        """account.tax records on which shop and Odoo agree, or None."""
        if view.is_nothing:
            return self.choice.none if view.odoo is None else view.odoo
        missing = draft.vat.is_missing or view.odoo is None
        if not missing and same_rates(view.odoo, view.rates):
            return view.odoo
        mapping = self.mappings.get(mapping_value(draft, view.rates))
        if mapping and mapping.mapped:
            return mapping.tax_ids.flatten_taxes_hierarchy()
        return None if draft.vat.is_missing else self._of_another_rate(draft, view)

    def _of_another_rate(self, draft, view):
        """Taxes of a rate that the product lacks, such as a reduced one."""
        if not view.rates or not view.wanted:
            return None
        territory = draft.vat.territory
        if territory and territory.rates:
            day = draft.order.created_at.date()
            if not lawful_rates(draft.vat, day).issuperset(view.rates):
                return None
        return self.choice.of_rates(draft.fiscal_position, view.rates, view.scope)

    def _settle(self, draft, views, open_views):
        """Follow the shop or Odoo, where somebody said so and it can be done; else fail."""
        home = self.finder.home
        disputes = [dispute_of(draft, view, home) for view in open_views]
        dispute = as_one(disputes, views, draft.vat, draft.card.env)
        decision = draft.card.vat_decision or self.policies.get(dispute.code)
        if decision in FOLLOW:
            follow, warning = FOLLOW[decision]
            found = follow(draft, views, self.choice, self.finder)
            if found:
                book(draft, *found)
                draft.warn(dispute.code, **dispute.params)
                draft.warn(warning)
                return
        value = mapping_value(draft, open_views[0].rates)
        label = open_views[0].line.taxes[0].label if open_views[0].line.taxes else ""
        draft.fail(
            dispute.code,
            waits_for=value,
            mapping=("ciama.mapping.tax", value, label),
            **dispute.params,
        )


def book(draft, taxes, booked=None, amounts=None):
    """Note the ``taxes`` ({line id: account.tax}); ``booked`` and ``amounts`` where they are
    not the shop's own."""
    draft.taxes = taxes
    draft.booked = booked or draft.settled
    draft.tax_amounts = amounts or {
        settled.line.id: amounts_by_tax(settled, taxes[settled.line.id])
        for settled in draft.settled.lines
    }
    draft.expected_tax = None
    if booked:
        parts = (part for values in amounts.values() for part in values)
        draft.expected_tax = sum(parts, Decimal(0))
