"""The rows of a preview: what was tried with each order, as plain values."""

from dataclasses import dataclass, field
from datetime import UTC
from typing import Any

from ..canonical import LineKind, cents, decimal_places, readable
from ..models.ciama_shop import SPECIAL_PRODUCTS
from .identity import name_of
from .products import reference
from .rules import group_of
from .taxes_rates import mapping_value

MAPPINGS = {
    "payment": "ciama.mapping.payment",
    "carrier": "ciama.mapping.carrier",
    "status": "ciama.mapping.status",
    "tax": "ciama.mapping.tax",
    "group": "ciama.mapping.group",
}


@dataclass(eq=False)
class Seen:
    """What Odoo knew of an order's customer and products before."""

    customer: Any = None  # res.partner
    products: dict[str, Any] = field(default_factory=dict)  # line id -> product.product


@dataclass(eq=False)
class Row:
    raw: Any  # platforms.base.RawOrder
    card: Any  # ciama.order of the try
    draft: Any  # services.draft.Draft; None: the order cannot be read
    old: Any  # ciama.order that an import would leave as it is; else None
    seen: Seen


def as_json(env, importer, shop, rows):
    """Dicts of JSON values in the language of ``env``, one for each of ``rows``::

    external_id, number, date (ISO, UTC; None: unreadable), status (canonical), currency,
    total_shop, total_odoo (strings of decimals, or None),
    customer {state: found|new|unknown, name, detail},
    lines [{sku, name, quantity, state: found|new|placeholder|unknown|no_product, product,
            gross, taxes: [names in Odoo]}],
    fiscal_position, payment_method, carrier (names, may be empty), would_confirm,
    outcome: imported|held|blocked|ignored|failed,
    sale_order (its name, where the order is imported already; else None),
    problem {code, name, sentence, remedy, action} or None, warnings [sentences],
    values [{kind, value, label, mapped}] (the shop's words that have a mapping)
    """
    return _Writer(env, importer, shop, rows).dicts()


class _Writer:
    def __init__(self, env, importer, shop, rows):
        self.env = env
        self.importer = importer
        self.shop = shop
        self.rows = rows
        self.lang = env.lang
        self.values = {row: self._values(row) for row in rows}
        self.mapped = self._mapped()
        drafts = [row.draft for row in rows if row.draft]
        # What a step made and was taken back with its batch is there no more.
        taxes = [tax for draft in drafts for tax in draft.taxes.values()]
        self.taxes = importer.env["account.tax"].union(*taxes).exists()
        positions = [draft.fiscal_position for draft in drafts if draft.fiscal_position]
        self.positions = importer.env["account.fiscal.position"].union(*positions).exists()

    def dicts(self):
        return [self._row(row) for row in self.rows]

    def _row(self, row):
        known = row.old or row.card
        return {
            "external_id": row.raw.external_id,
            "number": row.card.number or row.raw.number or row.raw.external_id,
            "outcome": self._outcome(row),
            "sale_order": row.old.sale_order_id.name or None if row.old else None,
            "problem": self._problem(known),
            "warnings": self._warnings(row),
            **(self._order(row) if row.draft else self._unsound(row.card)),
        }

    def _unsound(self, card):
        """As far as staging could read it; its amounts may contradict each other."""
        date = card.order_date and card.order_date.replace(tzinfo=UTC).isoformat()
        digits = decimal_places(card.currency_code or "")
        return {
            "date": date or None,
            "status": card.status or None,
            "currency": card.currency_code or None,
            "total_shop": f"{card.amount_total:.{digits}f}" if date else None,
            "total_odoo": None,
            "customer": {"state": "unknown", "name": card.customer_name or "", "detail": ""},
            **dict.fromkeys(("fiscal_position", "payment_method", "carrier"), ""),
            "lines": [],
            "values": [],
            "would_confirm": False,
        }

    def _order(self, row):
        draft, order = row.draft, row.draft.order
        method, carrier = order.payment_method, draft.carrier
        return {
            "date": order.created_at.isoformat(),
            "status": str(draft.status or order.status),
            "currency": order.currency,
            "total_shop": str(cents(order.total, order.currency)),
            "total_odoo": self._total(row),
            "customer": self._customer(row),
            "lines": [self._line(row, line) for line in order.lines],
            "fiscal_position": self._name(draft.fiscal_position, self.positions),
            "payment_method": method.label or method.code if method else "",
            "carrier": self._shown(carrier).display_name if carrier else "",
            "would_confirm": self._would_confirm(row),
            "values": self._with_state(row),
        }

    def _shown(self, record):
        return record.with_context(lang=self.lang)

    def _name(self, record, existing):
        return self._shown(record).name if record and record in existing else ""

    # -- what becomes of it
    def _outcome(self, row):
        if row.old:
            return "imported" if row.old.sale_order_id else "ignored"
        return row.card.state if row.card.state != "received" else "failed"

    def _total(self, row):
        """Of the sale order, where there is one that stays in the try."""
        if self._outcome(row) != "imported":
            return None
        digits = decimal_places(row.draft.order.currency)
        return f"{row.draft.sale_order.amount_total:.{digits}f}"

    def _would_confirm(self, row):
        if row.old:
            return row.old.sale_order_id.state == "sale"
        return self._outcome(row) == "imported" and self.importer._to_confirm(row.draft)

    def _problem(self, card):
        problem = card.problem_id.with_env(self.env)
        if not problem:
            return None
        return {
            "code": problem.code,
            "name": problem.name,
            "sentence": problem._sentence(card.problem_params),
            "remedy": problem.remedy,
            "action": problem.action or None,
        }

    def _warnings(self, row):
        causes = self.env["ciama.problem"]
        found = [
            causes._of(code)._sentence(problem.params)
            for code, problem in (row.draft.warnings.items() if row.draft else ())
        ]
        return (
            found if not row.old else (row.old.with_env(self.env).warning_text or "").splitlines()
        )

    # -- the customer
    def _customer(self, row):
        order, found = row.draft.order, row.seen.customer
        name, place = name_of(order), order.billing_address or order.shipping_address
        town = " ".join(filter(None, (place.zip, place.city, place.country))) if place else ""
        if row.old and row.old.sale_order_id:
            found = row.old.sale_order_id.partner_id
        if found:
            state, detail = "found", self._shown(found).display_name
        else:
            state, detail = "new" if name else "unknown", town
        return {"state": state, "name": name, "detail": detail}

    # -- the lines
    def _line(self, row, line):
        draft, digits = row.draft, decimal_places(row.draft.order.currency)
        state, product = self._product(row, line)
        taxes = draft.taxes.get(line.id, self.taxes.browse()) & self.taxes
        return {
            "sku": reference(line) if line.kind is LineKind.PRODUCT else "",
            "name": line.name,
            "quantity": readable(line.quantity, 0),
            "state": state,
            "product": self._shown(product).display_name if product else "",
            "gross": readable(line.gross, digits),
            "taxes": self._shown(taxes).mapped("name"),
        }

    def _product(self, row, line):
        """(state, product as it is before the import)."""
        used = row.draft.products.get(line.id)
        if line.kind is not LineKind.PRODUCT:
            return "no_product", used or self.shop[SPECIAL_PRODUCTS[line.kind]]
        if row.old and used:
            return "found", used
        found = row.seen.products[line.id]
        if len(found) == 1 and found.type != "combo":
            return "found", found
        policy = self.shop.unknown_product_policy
        if not found and (policy == "placeholder" or not reference(line)):
            return "placeholder", self.shop.product_placeholder_id
        return ("new" if not found and policy == "create" else "unknown"), None

    # -- the shop's words
    def _values(self, row):
        """{(kind, value): label} of an order."""
        if not row.draft:
            return {}
        order, found = row.draft.order, {}
        if order.payment_method:
            found["payment", order.payment_method.code] = order.payment_method.label
        for line in row.draft.shipping_lines:
            if line.shipping:
                found["carrier", line.shipping.code] = line.shipping.title
        if order.shop_status:
            found["status", order.shop_status] = order.shop_status
        if group := group_of(order):
            found["group", group] = order.customer.group_name
        for line in order.lines:
            found |= {
                ("tax", value): line.taxes[0].label
                for value in [self._tax_value(row, line)]
                if value
            }
        return found

    @staticmethod
    def _tax_value(row, line):
        rates = [tax.rate.normalize() for tax in line.taxes if tax.rate]
        return mapping_value(row.draft, rates) if rates else ""

    def _mapped(self):
        """Those (kind, value) that a person has mapped; one search for each kind."""
        wanted = {}
        for values in self.values.values():
            for kind, value in values:
                wanted.setdefault(kind, set()).add(value)
        return {
            (kind, mapping.value)
            for kind, values in wanted.items()
            for mapping in self.importer.env[MAPPINGS[kind]].search(
                [("shop_id", "=", self.shop.id), ("value", "in", list(values))]
            )
            if mapping.mapped
        }

    def _with_state(self, row):
        """Taxes that Odoo explains by itself need no mapping."""
        settled = {
            self._tax_value(row, line)
            for line in row.draft.order.lines
            if line.id in row.draft.taxes
        }
        return [
            {
                "kind": kind,
                "value": value,
                "label": label or value,
                "mapped": (kind, value) in self.mapped or (kind == "tax" and value in settled),
            }
            for (kind, value), label in self.values[row].items()
        ]
