"""What a word of a shop probably means in Odoo: by what other shops say, by name, by what
orders became. A person decides; what is 80 percent sure may be ticked beforehand."""

from collections import defaultdict
from dataclasses import replace

from odoo import api, models
from odoo.fields import Domain

from ..canonical import Code
from .suggestion import Suggestion
from .suggestions_carriers import find_carriers
from .suggestions_groups import find_groups, find_statuses
from .suggestions_payments import find_payments
from .suggestions_products import find_products
from .suggestions_taxes import find_taxes
from .suggestions_words import plain, speaks

MOST = 3  # suggestions for one value
FINDERS = {
    "product": find_products,
    "payment": find_payments,
    "carrier": find_carriers,
    "tax": find_taxes,
    "status": find_statuses,
    "group": find_groups,
}
SAME_VALUE = 96
# Another value of the same name. All sizes of a shirt may have one name, and "VAT 20 %" is
# not the same tax in two countries.
SAME_NAME = {"payment": 88, "carrier": 88, "group": 88, "product": 60}
NOT_SURE = 75


class CiamaSuggestions(models.AbstractModel):
    _name = "ciama.suggestions"
    _description = "Suggestions for Mappings"

    @api.model
    def _suggest(self, kind, shop, labels):
        """{value: [Suggestion, ...]} for the words ``labels`` ({value: label}) of ``shop``;
        best first, at most three each. ``kind`` is product, payment, carrier, tax, status or
        group. The number of queries does not depend on the number of words."""
        shop.check_access("read")
        if not labels:
            return {}
        # Names of what a person may not open, such as a journal, may be suggested to them.
        shop = shop.sudo().with_company(shop.company_id)
        causes = self._waiting_causes(shop, labels)
        of_rows = self._of_other_rows(kind, shop, labels)
        found = FINDERS[kind](shop, labels, causes)
        suggested = {}
        for value in labels:
            both = of_rows.get(value, []) + found.get(value, [])
            if Code.PAYMENT_JOURNAL_MISSING in causes[value]:
                both = [s for s in both if s.field == "journal_id"]
            suggested[value] = self._best(both)
        return suggested

    @api.model
    def _best(self, suggestions):
        """The best of each meaning; where two contradict each other, neither is sure."""
        best = {}
        for suggestion in sorted(suggestions, key=lambda s: -s.confidence):
            best.setdefault((suggestion.field, suggestion.record), suggestion)
        best = list(best.values())[:MOST]
        if sum(s.sure and s.field == best[0].field for s in best) > 1:
            reason = self.env._("Another meaning is as likely.")
            best = [
                replace(s, confidence=NOT_SURE, reason=f"{s.reason} {reason}") if s.sure else s
                for s in best
            ]
        return [suggestion.for_user(self.env) for suggestion in best]

    @api.model
    def _waiting_causes(self, shop, labels):
        """{value: codes of the causes for which orders wait for it}."""
        cards = self.env["ciama.order"].sudo()
        groups = cards._read_group(
            [("shop_id", "=", shop.id), ("waits_for", "in", list(labels))],
            ["waits_for", "problem_id"],
        )
        causes = defaultdict(set)
        for value, problem in groups:
            causes[value].add(problem.code)
        return causes

    # -- what people said of the same word elsewhere
    @api.model
    def _of_other_rows(self, kind, shop, labels):
        by_value, by_name = defaultdict(list), defaultdict(list)
        for row in self._mapped_rows(kind, shop, labels):
            by_value[plain(row.value)].append(row)
            by_name[plain(row.label)].append(row)
        by_name.pop("", None)
        found = {}
        for value, label in labels.items():
            # The row numbers of two shops say nothing, unless their names agree.
            same = [
                as_row(shop, row, SAME_VALUE)
                for row in by_value[plain(value)]
                if (row.shop_id != shop or row.value != value)
                and (speaks(value) or plain(row.label) == plain(label))
            ]
            named = [
                as_row(shop, row, SAME_NAME[kind])
                for row in (by_name.get(plain(label), ()) if kind in SAME_NAME else ())
                if plain(row.value) != plain(value)
            ]
            found[value] = same + named
        return found

    @api.model
    def _mapped_rows(self, kind, shop, labels):
        """Rows of all shops of the company that may speak of ``labels``; there are few
        payment methods, and thousands of products."""
        rows = shop.env[f"ciama.mapping.{kind}"]
        domain = Domain("company_id", "=", shop.company_id.id) & Domain("mapped", "=", True)
        if kind == "product":
            values = {text for value in labels for text in (value, value.lower(), value.upper())}
            names = list(filter(None, labels.values()))
            domain &= Domain("value", "in", list(values)) | Domain("label", "in", names)
        return rows.search(domain)


def as_row(shop, row, confidence):
    """The suggestion to treat a value as another ``row`` is treated."""
    meaning = row._meaning()
    name = next(name for name in row._mapped_by if row[name])
    meaning.pop(name)
    if row.shop_id == shop:
        reason = shop.env._('"%s" of this shop has the same name.', row.value)
    else:
        reason = shop.env._("So it is mapped in %s.", row.shop_id.name)
    return Suggestion(name, row[name], confidence, reason, row._meaning_text(), meaning)
