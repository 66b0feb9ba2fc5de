"""What the tests share: a French company, a shop, orders to write, words to check with.

The shop is one of platform ``ciama``, whose payload is the canonical order itself, so a
test writes any case as a canonical order and states only what matters to it.
"""

from collections import defaultdict
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count

from odoo.tests import TransactionCase, tagged

from ..canonical import cents
from ..platforms.base import RawOrder
from ..platforms.normalizing import unreadable_id

NOW = "2026-03-02T10:00:00+00:00"
_numbers = count(1001)


def address(**values):
    """A canonical address in Paris."""
    return {
        "first_name": "Marie",
        "last_name": "Curie",
        "street": "11 rue Pierre et Marie Curie",
        "zip": "75005",
        "city": "Paris",
        "country": "FR",
        **values,
    }


def tax(rate, amount, **values):
    return {"rate": str(rate), "amount": str(amount), **values}


def line(net="10.00", rate=20, tax_amount=None, *, currency="EUR", **values):
    """A canonical line of chairs: ``net`` is of the whole quantity, after discounts; the
    tax is ``tax_amount``, or ``rate`` percent of the net in cents, or ``taxes``."""
    net = Decimal(net)
    if tax_amount is None:
        tax_amount = cents(net * Decimal(rate) / 100, currency)
    taxes = values.pop("taxes", [tax(rate, tax_amount, label=f"TVA {rate}%")] if rate else [])
    total = sum((Decimal(entry["amount"]) for entry in taxes), Decimal(0))
    kind = values.get("kind", "product")
    return {
        "kind": kind,
        "name": "Chair" if kind == "product" else kind.title(),
        **({"sku": "CHAIR"} if kind == "product" else {}),
        "quantity": "1",
        "net": str(net),
        "tax": str(total),
        "gross": str(net + total),
        "taxes": taxes,
        **values,
    }


def shipping(net="5.00", rate=20, tax_amount=None, **values):
    method = {"code": "colissimo", "title": "Colissimo"}
    return line(net, rate, tax_amount, **{"kind": "shipping", "shipping": method, **values})


def order(*lines, **values):
    """A canonical order, paid, of Marie Curie in Paris; totals are those of its lines.

    Without ``lines`` it is one chair of 10.00 with 2.00 tax. ``address`` stands for both
    addresses.
    """
    lines = [
        {"id": str(index), **row}
        for index, row in enumerate(lines if lines or "lines" in values else [line()], start=1)
    ]
    number = str(next(_numbers))
    place = values.pop("address", None) or address()
    return {
        "platform": "ciama",
        "external_id": f"id-{number}",
        "number": number,
        "created_at": NOW,
        "updated_at": NOW,
        "status": "paid",
        "payment_status": "paid",
        "currency": "EUR",
        "prices_include_tax": True,
        "total": str(sum((Decimal(row["gross"]) for row in lines), Decimal(0))),
        "total_tax": str(sum((Decimal(row["tax"]) for row in lines), Decimal(0))),
        "lines": lines,
        "customer": {
            "external_id": "7",
            "email": "marie@curie.example",
            "first_name": "Marie",
            "last_name": "Curie",
        },
        "billing_address": place,
        "shipping_address": place,
        "language": "fr",
        **values,
    }


def raw_order(body, updated_at=None):
    """``body`` (a canonical order as JSON, or anything) as a platform hands it over."""
    known = body if isinstance(body, dict) else {}
    moment = updated_at or known.get("updated_at") or NOW
    return RawOrder(
        external_id=str(known.get("external_id") or unreadable_id(body)),
        updated_at=datetime.fromisoformat(moment).astimezone(UTC),
        payload={"order": body},
        number=str(known.get("number") or ""),
    )


@tagged("post_install", "-at_install")
class ImportCase(TransactionCase):
    """A shop of the French company of the template database, with a chair to sell."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.ref("base.main_company")
        cls.env.user.company_ids |= cls.company
        cls.env.user.company_id = cls.company
        cls.shop = cls.make_shop()
        cls.chair = cls.make_product("CHAIR")

    @classmethod
    def make_shop(cls, **values):
        shops = cls.env["ciama.shop"].with_context(active_test=False)
        others = shops.search_count([("url", "=like", "https://hub%.example")])
        return cls.env["ciama.shop"].create(
            {
                "name": "Hub",
                "platform": "ciama",
                "url": f"https://hub{others or ''}.example",
                "company_id": cls.company.id,
                "import_from": "2020-01-01 00:00:00",
                "invoice_policy": "never",  # tests of invoices say so
                **values,
            }
        )

    @classmethod
    def make_product(cls, sku, **values):
        """Goods with the company's default tax, invoiced when ordered."""
        return cls.env["product.product"].create(
            {
                "name": sku.title(),
                "default_code": sku,
                "type": "consu",
                "invoice_policy": "order",
                **values,
            }
        )

    @classmethod
    def sales_tax(cls, rate, scope="consu"):
        """The domestic sales tax of a rate, price excluded."""
        found = cls.env["account.tax"].search(
            [
                ("company_id", "=", cls.company.id),
                ("type_tax_use", "=", "sale"),
                ("amount_type", "=", "percent"),
                ("amount", "=", rate),
                ("country_id.code", "=", "FR"),
                ("price_include_override", "!=", "tax_included"),
                ("tax_scope", "=", scope),
            ]
        )
        return found.filtered("is_domestic")[:1]

    @classmethod
    def make_tax(cls, rate, **values):
        """A sales tax that belongs to no fiscal position but ``fiscal_position_ids``."""
        group = cls.env["account.tax.group"].create(
            {
                "name": f"{rate} %",
                "company_id": cls.company.id,
                "country_id": cls.company.country_id.id,
            }
        )
        return cls.env["account.tax"].create(
            {
                "name": f"Tax {rate}",
                "amount": rate,
                "type_tax_use": "sale",
                "company_id": cls.company.id,
                "country_id": cls.company.country_id.id,
                "tax_group_id": group.id,
                **values,
            }
        )

    # -- doing

    def stage(self, *orders, shop=None):
        """Cards of canonical orders, as a pull leaves them; only new or changed ones."""
        return self.env["ciama.staging"]._stage(
            shop or self.shop, [raw_order(body) for body in orders]
        )

    def import_orders(self, *orders, shop=None):
        """Stage and import in one batch; the cards of ``orders``, in their order."""
        shop = shop or self.shop
        self.env["ciama.importer"]._run(self.stage(*orders, shop=shop))
        self.env.flush_all()
        ids = [body["external_id"] for body in orders]
        cards = self.env["ciama.order"].search(
            [("shop_id", "=", shop.id), ("external_id", "in", ids)]
        )
        return cards.sorted(lambda card: ids.index(card.external_id))

    def imported(self, *orders, shop=None):
        """The sale orders of ``orders``, all of which must go through."""
        cards = self.import_orders(*orders, shop=shop)
        for card in cards:
            self.assertEqual(card.state, "imported", card.problem_detail or card.message)
        return cards.sale_order_id

    def invoice(self, sale_order):
        """The posted invoice of a confirmed sale order."""
        self.assertEqual(sale_order.state, "sale")
        invoices = sale_order._create_invoices(grouped=True)
        invoices.action_post()
        return invoices

    def deliver(self, sale_order):
        """Everything of ``sale_order`` leaves the warehouse."""
        pickings = sale_order.picking_ids.filtered(lambda picking: picking.state != "cancel")
        for move in pickings.move_ids:
            move.quantity = move.product_uom_qty
        pickings.move_ids.picked = True
        pickings._action_done()
        self.assertEqual(set(pickings.mapped("state")), {"done"})
        return pickings

    # -- checking

    def assert_amounts(self, record, *, untaxed, tax, total):
        """Of a sale order or an invoice, to the last digit of its currency: ``"16.66"``."""
        digits = record.currency_id.decimal_places
        found = {
            "untaxed": f"{record.amount_untaxed:.{digits}f}",
            "tax": f"{record.amount_tax:.{digits}f}",
            "total": f"{record.amount_total:.{digits}f}",
        }
        self.assertEqual(found, {"untaxed": untaxed, "tax": tax, "total": total})

    def assert_taxes(self, record, **by_rate):
        """Tax per rate: ``assert_taxes(order, **{"20": "3.33", "5.5": "0.55"})``."""
        digits = record.currency_id.decimal_places
        found = {
            f"{rate:g}": f"{amount:.{digits}f}"
            for rate, amount in self._tax_by_rate(record).items()
            if record.currency_id.round(amount)
        }
        self.assertEqual(found, by_rate)

    def _tax_by_rate(self, record):
        totals = defaultdict(float)
        if record._name == "account.move":
            for row in record.line_ids.filtered("tax_line_id"):
                totals[row.tax_line_id.amount] += record.direction_sign * row.amount_currency
            return totals
        engine = self.env["account.tax"]
        rows = [row._prepare_base_line_for_taxes_computation() for row in record.order_line]
        engine._add_tax_details_in_base_lines(rows, record.company_id)
        engine._round_base_lines_tax_details(rows, record.company_id)
        for row in rows:
            for detail in row["tax_details"]["taxes_data"]:
                totals[detail["tax"].amount] += detail["tax_amount_currency"]
        return totals

    def assert_lines(self, sale_order, *rows):
        """Rows are (internal reference, quantity, untaxed amount): ``("CHAIR", 2, "9.99")``."""
        digits = sale_order.currency_id.decimal_places
        found = [
            (row.product_id.default_code, row.product_uom_qty, f"{row.price_subtotal:.{digits}f}")
            for row in sale_order.order_line
        ]
        self.assertEqual(found, list(rows))

    def assert_card(self, card, state, code):
        """The card's state and cause; its sentence must have no hole."""
        self.assertEqual(
            (card.state, card.problem_id.code), (state, code), card.message or card.problem_detail
        )
        self.assertNotIn("{", card.message or "")
