"""The taxes of a company that fit a line: those Odoo charges, and those of given rates."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ..canonical import Line, LineKind, SettledLine
from .taxes_rates import charged_rates, percent

# What comes with the goods has their VAT (Directive 2006/112/EC, art. 78 (b); CJEU
# C-349/96): Odoo's own mapping leaves shipping with the domestic tax on services.
ACCESSORY = (LineKind.SHIPPING, LineKind.FEE, LineKind.GIFT_WRAP, LineKind.DISCOUNT)
UNTAXED = (LineKind.TIP, LineKind.GIFT_CARD, LineKind.DEPOSIT)


@dataclass(frozen=True)
class View:
    """A line as the shop and Odoo see it under one fiscal position."""

    settled: SettledLine
    scope: str  # "consu" or "service"
    source: Any  # account.tax of the product
    odoo: Any  # account.tax that Odoo charges; None where it has no tax of the rate due
    wanted: tuple[Decimal, ...]  # the rates due
    rates: tuple[Decimal, ...]  # the rates that the shop charged, without zeros

    @property
    def line(self) -> Line:
        return self.settled.line

    @property
    def is_nothing(self) -> bool:
        return not self.settled.net and not self.settled.tax


class Choice:
    """Sales taxes of a shop's company, searched once a batch."""

    def __init__(self, env, shop):
        self.company = shop.company_id
        self.default = shop.company_id.account_sale_tax_id
        # Products of the shop's settings stand for anything: their taxes are the line's.
        self.stand_ins = shop._special_products()
        self.none = env["account.tax"]
        self.by_position = {}
        self.all_taxes = None

    def views(self, draft, position, territory=None):
        """A View of each line of ``draft`` under ``position``."""
        sources = {s.line.id: self._source(draft, s.line) for s in draft.settled.lines}
        odoo = {key: position.map_tax(source) for key, source in sources.items()}
        principal = self._principal(draft)
        if principal and odoo[principal.id] != sources[principal.id]:
            for settled in draft.settled.lines:
                if settled.line.kind in ACCESSORY:
                    odoo[settled.line.id] = odoo[principal.id]
        return [
            self._view(draft, settled, sources[settled.line.id], odoo[settled.line.id],
                       position, territory, goods=bool(principal))
            for settled in draft.settled.lines
        ]  # fmt: skip

    def _view(self, draft, settled, source, odoo, position, territory, *, goods):
        line, product = settled.line, draft.products[settled.line.id]
        rates = tuple(charged_rates(settled, odoo, self.candidates(position)))
        if line.kind in UNTAXED and not rates:
            return View(settled, "consu", self.none, self.none, (), ())
        follows = goods and line.kind in ACCESSORY
        scope = "service" if product.type == "service" and not follows else "consu"
        wanted = tuple(percent(tax) for tax in odoo if tax.amount)
        if territory and territory.rates:
            wanted = tuple(territory.rate(rate) for rate in wanted)
            odoo = self._with_rates(odoo, wanted, position, scope)
        return View(settled, scope, source, odoo, wanted, rates)

    def _with_rates(self, odoo, wanted, position, scope):
        if sorted(wanted) == sorted(percent(tax) for tax in odoo if tax.amount):
            return odoo
        return self.of_rates(position, wanted, scope)

    def _source(self, draft, line):
        product = draft.products[line.id]
        source = product.taxes_id._filter_taxes_by_company(self.company)
        return source or (self.default if product in self.stand_ins else source)

    @staticmethod
    def _principal(draft):
        """The line of goods with the largest amount."""
        goods = [
            settled
            for settled in draft.settled.lines
            if settled.line.kind is LineKind.PRODUCT
            and draft.products[settled.line.id].type != "service"
        ]
        return max(goods, key=lambda settled: settled.net).line if goods else None

    # -- taxes by rate
    def candidates(self, position):
        """Sales taxes (percentages) that belong to ``position``, in Odoo's order."""
        if position.id not in self.by_position:
            self.by_position[position.id] = self._search().filtered(
                lambda tax: (
                    position in tax.fiscal_position_ids
                    or (tax.is_domestic and (not position or position.is_domestic))
                )
            )
        return self.by_position[position.id]

    def _search(self):
        if self.all_taxes is None:
            self.all_taxes = self.none.search(
                [
                    ("type_tax_use", "=", "sale"),
                    ("amount_type", "=", "percent"),
                    *self.none._check_company_domain(self.company),
                ]
            )
        return self.all_taxes

    def of_rates(self, position, rates, scope):
        """One tax of ``position`` for each rate (of zero too), or None."""
        chosen = self.none
        for rate in rates:
            fitting = self.candidates(position).filtered(
                lambda tax, rate=rate: percent(tax) == rate
            )
            fitting = fitting.filtered(lambda tax: not tax.price_include) or fitting
            fitting = fitting.filtered(lambda tax: tax.tax_scope in (scope, False)) or fitting
            if not fitting:
                return None
            chosen |= fitting[0]
        return chosen
