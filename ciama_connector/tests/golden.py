"""The golden set inside Odoo: how a case is played, and how what it left is told.

``testbed`` is no part of the addon: where the addon is installed by itself, there is no
golden set and nothing is tested here.
"""

import json
import sys
from collections import defaultdict
from pathlib import Path
from unittest.mock import patch

from odoo.addons.queue_job.tests.common import trap_jobs

from ..platforms import registry
from ..platforms.base import RawOrder
from ..vies import Fault, Outcome
from .common import ImportCase
from .fake_vies import FakeVies

ROOT = Path(__file__).resolve().parents[2]
if (ROOT / "testbed" / "golden").is_dir():
    sys.path.append(str(ROOT))
    from testbed import golden
    from testbed.golden.catalogue import PRODUCTS
else:
    golden = None

CURRENCIES = {"CHF": 0.94, "JPY": 163.0, "KWD": 0.33}  # for one euro, not quite the shops'
ANSWERS = {
    "valid": Outcome.VALID,
    "invalid": Outcome.INVALID,
    "unavailable": Fault.MS_UNAVAILABLE,
}
OWN_JOURNAL = ("gift_card", "store_credit")
POSITIONS = {
    "Domestic - France": "domestic",
    "Domestic - Monaco": "monaco",
    "Intra-EU B2B": "intra_eu",
    "Import/Export Outside Europe + DOM-TOM": "export",
    "United States": "united_states",
}


class GoldenCase(ImportCase):
    """A shop of ``platform``, and another one. Each case that the platform can express is a
    test of its own; the first orders of those without rules of their own come in one batch."""

    platform = None

    def __init_subclass__(cls):
        for case in golden.cases() if golden else ():
            if not golden.cannot(cls.platform, case):
                setattr(cls, f"test_{case.name}", _test_of(case))
        return super().__init_subclass__()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_world()
        cls.shops = {number: cls._make_golden_shop(number) for number in (1, 2)}
        cls._read_first()

    # -- the world
    @classmethod
    def _make_world(cls):
        for sku in PRODUCTS:
            if sku != cls.chair.default_code:
                cls.make_product(sku)
        products = cls.env["product.product"].search([("default_code", "in", list(PRODUCTS))])
        for product in products:
            fact = PRODUCTS[product.default_code]
            product.type = "consu" if fact.goods else "service"
            scope = "consu" if fact.goods else "service"
            product.taxes_id = cls.sales_tax(float(fact.rate), scope)
        for code, rate in CURRENCIES.items():
            currency = cls.env["res.currency"].with_context(active_test=False)
            currency = currency.search([("name", "=", code)])
            currency.active = True
            cls.env["res.currency.rate"].create(
                {"currency_id": currency.id, "name": "2026-01-01", "rate": rate}
            )
        cls._make_sales_taxes()

    @classmethod
    def _make_sales_taxes(cls):
        """Of the State of New York and of Nassau County."""
        position = cls.env["account.fiscal.position"].create(
            {
                "name": "United States",
                "company_id": cls.company.id,
                "country_id": cls.env.ref("base.us").id,
                "auto_apply": True,
                "sequence": 1,
            }
        )
        for rate in (4.0, 4.25):
            cls.make_tax(
                rate,
                fiscal_position_ids=[(6, 0, position.ids)],
                original_tax_ids=[(6, 0, cls.sales_tax(20).ids)],
            )

    @classmethod
    def _make_golden_shop(cls, number):
        shop = cls.make_shop(
            name=f"{cls.platform} {number}", platform=cls.platform, invoice_policy="order"
        )
        journal = cls.env["account.journal"].create(
            {"name": f"Gift cards {number}", "type": "cash", "code": f"GC{number}",
             "company_id": cls.company.id}
        )  # fmt: skip
        methods = {
            paid.method.code: paid.method.label
            for case in golden.cases()
            if not golden.cannot(cls.platform, case)
            for body in case.orders
            for paid in cls._read(body).payments
            if paid.kind in OWN_JOURNAL
        }
        for mapping in cls.env["ciama.mapping.payment"]._of_values(shop, methods).values():
            mapping.journal_id = journal
        return shop

    # -- orders as the platform tells them
    @classmethod
    def _payload(cls, body):
        return json.loads(json.dumps(golden.render(cls.platform, body)))

    @classmethod
    def _read(cls, body):
        return registry.connector_class(cls.platform).normalize(cls._payload(body))

    @classmethod
    def _raw(cls, body):
        order = cls._read(body)
        return RawOrder(order.external_id, order.updated_at, cls._payload(body), order.number)

    @classmethod
    def _read_first(cls):
        """The first order of every case without rules, all but a few in one batch."""
        raws = [
            cls._raw(case.orders[0])
            for case in golden.cases()
            if not case.rules and not golden.cannot(cls.platform, case)
        ]
        for part in (raws[:5], raws[5:]):
            with trap_jobs():
                cards = cls.env["ciama.staging"]._stage(cls.shops[1], part)
                cls.env["ciama.importer"]._run(cards)
            cls.env.flush_all()
            # PostgreSQL knows of no row, once a vacuum saw a class's tests rolled back: a
            # query of Odoo over the whole ledger then takes minutes
            cls.env.cr.execute(
                "ANALYZE account_move, account_move_line, account_partial_reconcile,"
                " account_payment"
            )

    # -- playing a case
    def play(self, case):
        self.shops[1].write(case.rules)
        cards = self.env["ciama.order"]
        for number, step in enumerate(case.steps, start=1):
            if step.order is not None:
                cards |= self._in_shop(step)
            elif step.deliver is not None:
                self._deliver(cards, step.deliver)
            else:
                self._answer(cards, step.answer)
            if step.expected:
                where = f"{case.name} from {self.platform}, after step {number}: {case.tells}"
                self._check(where, cards[-1:], step.expected)
        customers = cards.sale_order_id.partner_id.commercial_partner_id
        self.assertLessEqual(len(customers), 1, "The orders are of one customer.")

    def _in_shop(self, step):
        shop, raw = self.shops[step.shop], self._raw(step.order)
        with trap_jobs():
            self.env["ciama.importer"]._run(self.env["ciama.staging"]._stage(shop, [raw]))
        self.env.flush_all()
        return self.env["ciama.order"].search(
            [("shop_id", "=", shop.id), ("external_id", "=", raw.external_id)]
        )

    def _deliver(self, cards, goods):
        pickings = cards.sale_order_id.picking_ids
        pickings = pickings.filtered(lambda picking: picking.state not in ("done", "cancel"))
        for move in pickings.move_ids:
            move.quantity = float(goods.get(move.product_id.default_code, 0))
            move.picked = bool(move.quantity)
        with trap_jobs() as jobs:
            pickings.with_context(cancel_backorder=False)._action_done()
            self.env.flush_all()
            jobs.perform_enqueued_jobs()

    def _answer(self, cards, answers):
        asking = self.env["ciama.vies.asking"]
        client = FakeVies(**{number: ANSWERS[answer] for number, answer in answers.items()})
        with patch.object(type(asking), "_client", lambda asking: client), trap_jobs() as jobs:
            asking._ask_due(self.company, forced=True)
            jobs.perform_enqueued_jobs()
        self.assertLessEqual(set(answers), set(client.numbers), "VIES was to be asked.")
        with trap_jobs():
            self.env["ciama.importer"]._run(cards.filtered(lambda card: card.state == "received"))

    # -- what is there
    def _check(self, where, card, expected):
        self.env.flush_all()
        self.env.invalidate_all()
        found = Found(card)
        self.maxDiff = None
        self.assertEqual(
            "\n".join(found.told(expected)),
            "\n".join(_wanted(expected)),
            f"{where}\n{card.message or card.problem_detail or ''}",
        )


def _test_of(case):
    def test(self):
        self.play(case)

    test.__doc__ = case.tells
    return test


# -- telling: what is expected and what is there, as lines of text that can be compared


def _wanted(expected):
    told = [f"card {expected.card} {expected.code}".rstrip()]
    told += [f"warning {code}" for code in sorted(expected.warnings)]
    if expected.sale:
        told += [f"position {expected.position}", *_document("sale order", expected.sale)]
        if expected.ships_to:
            told.append(f"ships to {expected.ships_to}")
        told += _sorted_deliveries((d.state, d.goods) for d in expected.deliveries)
    for invoice in expected.invoices:
        told += _document("invoice", invoice)
        told.append(f"counted as {expected.vat_kind}")
    for note in expected.credit_notes:
        told += _document("credit note", note)
        told.append(f"counted as {expected.vat_kind}")
    told += [f"payment {amount}" for amount in sorted(expected.payments)]
    if expected.sale:
        told.append(f"customer owes {expected.owed}")
    return told


def _document(name, document):
    return [
        f"{name} {document.state} {document.total}",
        *(f"  {quantity} {sku}: {net}" for sku, quantity, net in sorted(document.rows)),
        *(f"  {rate} % of {base}: {tax}" for rate, (base, tax) in sorted(document.taxes.items())),
    ]


def _sorted_deliveries(deliveries):
    return sorted(
        f"delivery {state} " + ", ".join(f"{goods[sku]} {sku}" for sku in sorted(goods))
        for state, goods in deliveries
    )


class Found:
    """What a card and its documents hold, told like what is expected."""

    def __init__(self, card):
        self.card = card
        self.sale = card.sale_order_id
        self.digits = self.sale.currency_id.decimal_places
        linked = self._bound("refund").filtered(lambda record: record._name == "account.move")
        self.moves = (self.sale.invoice_ids | linked).sorted("id")

    def _bound(self, kind):
        prefix = f"{self.card.external_id}/"
        bindings = self.card.env["ciama.binding"].search(
            [("shop_id", "=", self.card.shop_id.id), ("kind", "=", kind),
             ("external_id", "=like", f"{prefix}%")]
        )  # fmt: skip
        model = "account.move" if kind == "refund" else "account.payment"
        ids = bindings.filtered(lambda binding: binding.model == model).mapped("res_id")
        return self.card.env[model].browse(ids)

    def told(self, expected):
        card, sale = self.card, self.sale
        told = [f"card {card.state} {card.problem_id.code or ''}".rstrip()]
        told += [f"warning {code}" for code in sorted(card.warnings or {})]
        if sale:
            position = sale.fiscal_position_id
            told.append(f"position {_position(position)}")
            told += _document("sale order", self._sale())
            if expected.ships_to:
                told.append(f"ships to {sale.partner_shipping_id.city}")
            told += _sorted_deliveries(self._deliveries())
        for kind, name in (("out_invoice", "invoice"), ("out_refund", "credit note")):
            for move in self.moves.filtered(lambda move, kind=kind: move.move_type == kind):
                told += _document(name, self._move(move))
                told.append(f"counted as {move.ciama_vat_kind}")
        payments = self._bound("payment") | self._bound("refund_payment")
        signed = [
            self._text(pay.amount if pay.payment_type == "inbound" else -pay.amount)
            for pay in payments
        ]
        told += [f"payment {amount}" for amount in sorted(signed)]
        if sale:
            entries = (self.moves | payments.move_id).filtered(lambda m: m.state == "posted")
            receivable = entries.line_ids.filtered(
                lambda row: row.account_id.account_type == "asset_receivable"
            )
            owed = sum(receivable.mapped("amount_residual_currency"))
            told.append(f"customer owes {self._text(owed)}")
        return told

    def _text(self, amount):
        return f"{amount + 0.0:.{self.digits}f}"

    def _sale(self):
        rows = [
            (_label(row.product_id), f"{row.product_uom_qty:g}", self._text(row.price_subtotal))
            for row in self.sale.order_line
        ]
        return self._as_document(rows, self.sale, self.sale.state)

    def _move(self, move):
        lines = move.invoice_line_ids.filtered(lambda row: row.display_type == "product")
        rows = [
            (_label(row.product_id), f"{row.quantity:g}", self._text(row.price_subtotal))
            for row in lines
        ]
        state = move.payment_state if move.state == "posted" else move.state
        return self._as_document(rows, move, state)

    def _as_document(self, rows, record, state):
        taxes = {
            f"{rate:g}": (self._text(base), self._text(tax))
            for rate, (base, tax) in by_rate(record).items()
            if round(base, self.digits) or round(tax, self.digits)
        }
        return golden.Document(tuple(rows), taxes, self._text(record.amount_total), state)

    def _deliveries(self):
        pickings = self.sale.picking_ids
        pickings = pickings.filtered(lambda picking: picking.state != "cancel") or pickings
        for picking in pickings:
            goods = defaultdict(float)
            moves = picking.move_ids
            if picking.state != "cancel":
                moves = moves.filtered(lambda move: move.state != "cancel")
            for move in moves:
                goods[move.product_id.default_code] += (
                    move.quantity if move.state == "done" else move.product_uom_qty
                )
            state = picking.state if picking.state in ("done", "cancel") else "open"
            yield state, {sku: f"{quantity:g}" for sku, quantity in goods.items() if quantity}


def by_rate(record):
    """{percent: [base, tax]} of a sale order or an invoice."""
    totals = defaultdict(lambda: [0.0, 0.0])
    if record._name == "account.move":
        for row in record.line_ids:
            amount = record.direction_sign * row.amount_currency
            for tax in row.tax_ids:
                totals[tax.amount][0] += amount
            if row.tax_line_id:
                totals[row.tax_line_id.amount][1] += amount
        return totals
    engine = record.env["account.tax"]
    lines = [row._prepare_base_line_for_taxes_computation() for row in record.order_line]
    engine._add_tax_details_in_base_lines(lines, record.company_id)
    engine._round_base_lines_tax_details(lines, record.company_id)
    for line in lines:
        for entry in line["tax_details"]["taxes_data"]:
            totals[entry["tax"].amount][0] += entry["base_amount_currency"]
            totals[entry["tax"].amount][1] += entry["tax_amount_currency"]
    return totals


def _label(product):
    """Of a product, its reference; of those that stand for a kind of line, the kind."""
    reference = product.default_code or product.name
    if reference.startswith("CIAMA-"):
        return reference.removeprefix("CIAMA-").lower().replace("-", "_")
    return reference


def _position(position):
    if position.name and position.name.startswith("OSS"):
        return f"oss:{position.country_id.code}"
    return POSITIONS.get(position.name, position.name)
