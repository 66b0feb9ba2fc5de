"""The VAT report against the ledger, to the cent."""

from collections import defaultdict
from decimal import Decimal

from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from .common import address, line, order, shipping
from .refund_case import RefundCase, back, refund
from .test_vat_kind import VatKindCase


def cents_of(amount):
    return Decimal(f"{amount:.2f}")


class VatReportCase(VatKindCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.report = cls.env["ciama.vat.report"]

    def rows(self, *moves, **domain):
        """The report's rows of ``moves`` (recordsets)."""
        ids = [move_id for move in moves for move_id in move.ids]
        terms = [(field, "=", value) for field, value in domain.items()]
        return self.report.search([("move_id", "in", ids), *terms])

    def assert_report(self, moves, *expected):
        """Rows are (kind, country, rate, base, tax): ``("oss", "DE", "19 %", "100.00", "19.00")``,
        amounts in the company's currency."""
        sums = defaultdict(lambda: [Decimal(0), Decimal(0)])
        for row in self.rows(moves):
            amounts = sums[row.kind, row.country_id.code, row.rate]
            amounts[0] += cents_of(row.base)
            amounts[1] += cents_of(row.tax)
        found = {(*key, f"{base:.2f}", f"{tax:.2f}") for key, (base, tax) in sums.items()}
        self.assertEqual(found, set(expected))
        self.assert_ledger(moves)

    def assert_ledger(self, moves):
        """Tax accounts, sales accounts and customers' debts, each against the report."""
        rows = self.rows(moves)
        lines = moves.line_ids
        taxed = defaultdict(Decimal)
        for item in lines.filtered("tax_line_id"):
            taxed[item.account_id] -= cents_of(item.balance)
        reported = defaultdict(Decimal)
        for row in rows.filtered(lambda row: cents_of(row.tax)):
            reported[row.account_id] += cents_of(row.tax)
        self.assertEqual(reported, {a: amount for a, amount in taxed.items() if amount})
        for tax in lines.tax_ids:
            bases = lines.filtered(lambda item, tax=tax: tax in item.tax_ids)
            self.assertEqual(
                sum(cents_of(row.base) for row in rows if row.tax_id == tax),
                -sum(cents_of(item.balance) for item in bases),
                tax.name,
            )
        owed = lines.filtered(lambda item: item.display_type == "payment_term")
        self.assertEqual(
            sum(cents_of(row.net) + cents_of(row.tax) for row in rows),
            sum(cents_of(item.balance) for item in owed),
        )


class TestVatReport(VatReportCase):
    def test_mixed_rates_of_an_order(self):
        (sale_order,) = self.imported(
            order(line("100.00", 20), line("33.33", 5.5, sku="CHAIR"), shipping("4.99", 20))
        )
        invoice = self.invoice(sale_order)
        self.assert_report(
            invoice,
            ("domestic", "FR", "20 %", "104.99", "21.00"),
            ("domestic", "FR", "5.5 %", "33.33", "1.83"),
        )
        self.assertEqual(self.rows(invoice).shop_id, self.shop)

    def test_amounts_of_the_shop_where_odoo_would_differ(self):
        (sale_order,) = self.imported(order(line("16.66", 20, "3.34")))
        self.assert_report(self.invoice(sale_order), ("domestic", "FR", "20 %", "16.66", "3.34"))

    def test_every_kind(self):
        moves = (
            self.document(self.customer("FR"))
            | self.document(self.customer("MC"), 10)
            | self.document(self.customer("DE"), 50)
            | self.document(self.customer("IE"), 40)
            | self.document(self.customer("DE", vat="DE123456788"), 70)
            | self.document(self.customer("CH"), 30)
        )
        self.assert_report(
            moves,
            ("domestic", "FR", "20 %", "110.00", "22.00"),
            ("oss", "DE", "19 %", "50.00", "9.50"),
            ("oss", "IE", "23 %", "40.00", "9.20"),
            ("intra_eu", "DE", "0 %", "70.00", "0.00"),
            ("export", "CH", "0 %", "30.00", "0.00"),
        )
        self.assertEqual(set(self.rows(moves).mapped("shop_name")), {"Without shop"})

    def test_credit_notes_are_negative(self):
        invoice = self.document(self.customer("DE"), 50, 33.33)
        note = invoice._reverse_moves([{"invoice_date": "2026-03-05"}])
        note.invoice_line_ids[1].unlink()
        note.action_post()
        self.assert_report(note, ("oss", "DE", "19 %", "-50.00", "-9.50"))
        self.assert_report(invoice | note, ("oss", "DE", "19 %", "33.33", "6.33"))

    def test_foreign_currencies(self):
        """162 yen and 0.33 dinars are a euro: amounts of the ledger, and of the document."""
        for code, price, base, tax, in_currency in (
            ("JPY", 9999, "61.72", "12.34", ("9999", "2000")),
            ("KWD", 10.005, "30.32", "6.06", ("10.005", "2.001")),
            ("CHF", 99.99, "105.25", "21.05", ("99.99", "20.00")),
        ):
            currency = self.env["res.currency"].search([("name", "=", code)])
            with self.subTest(currency=code):
                move = self.document(self.customer("FR"), price, currency_id=currency.id)
                self.assert_report(move, ("domestic", "FR", "20 %", base, tax))
                rows = self.rows(move)
                digits = currency.decimal_places
                found = [
                    f"{sum(rows.mapped(field)):.{digits}f}"
                    for field in ("base_currency", "tax_currency")
                ]
                self.assertEqual(tuple(found), in_currency)
                self.assertEqual(rows.currency_id, currency)

    def test_untaxed_lines_and_exemptions(self):
        exempt = self.env["account.tax"].search(
            [("name", "=", "0% EXEMPT G"), ("company_id", "=", self.company.id)]
        )
        move = self.document(
            self.customer("FR"),
            100,
            {"price_unit": 25, "tax_ids": False},
            {"price_unit": 12, "tax_ids": [(6, 0, exempt.ids)]},
        )
        self.assert_report(
            move,
            ("domestic", "FR", "20 %", "100.00", "20.00"),
            ("domestic", "FR", "No tax", "25.00", "0.00"),
            ("domestic", "FR", "0 %", "12.00", "0.00"),
        )

    def test_cash_rounding_as_a_line_and_in_the_tax(self):
        accounts = self.env["account.account"].search(
            [("account_type", "=", "income"), ("company_ids", "=", self.company.id)], limit=1
        )
        for strategy, expected in (
            (
                "add_invoice_line",
                {("domestic", "FR", "20 %", "9.99", "2.00"),
                 ("domestic", "FR", "No tax", "0.01", "0.00")},
            ),
            ("biggest_tax", {("domestic", "FR", "20 %", "9.99", "2.01")}),
        ):  # fmt: skip
            rounding = self.env["account.cash.rounding"].create(
                {
                    "name": strategy,
                    "rounding": 0.05,
                    "strategy": strategy,
                    "rounding_method": "UP",
                    "profit_account_id": accounts.id,
                    "loss_account_id": accounts.id,
                }
            )
            with self.subTest(strategy=strategy):
                move = self.document(
                    self.customer("FR"), 9.99, invoice_cash_rounding_id=rounding.id
                )
                self.assert_report(move, *expected)

    def test_stacked_and_grouped_taxes(self):
        """State and county tax: each has its base, the sale counts once."""
        america = self.env.ref("base.us")
        position = self.position("New York", country_id=america.id)
        state, county = (
            self.make_tax(rate, fiscal_position_ids=[(6, 0, position.ids)]) for rate in (7.25, 1.5)
        )
        group = self.env["account.tax"].create(
            {
                "name": "New York",
                "amount_type": "group",
                "type_tax_use": "sale",
                "company_id": self.company.id,
                "children_tax_ids": [(6, 0, (state | county).ids)],
            }
        )
        for taxes in (state | county, group):
            move = self.document(
                self.customer("US"),
                {"price_unit": 100, "tax_ids": [(6, 0, taxes.ids)]},
                fiscal_position_id=position.id,
            )
            with self.subTest(taxes=taxes.mapped("name")):
                sums = {row.rate: (row.base, row.tax) for row in self.rows(move) if row.base}
                self.assertEqual(sums, {"7.25 %": (100, 0), "1.5 %": (100, 0)})
                taxes_found = {row.rate: row.tax for row in self.rows(move) if row.tax}
                self.assertEqual(taxes_found, {"7.25 %": 7.25, "1.5 %": 1.5})
                self.assertEqual(sum(self.rows(move).mapped("net")), 100)
                self.assertEqual(self.rows(move).country_id.code, "US")

    def test_a_tax_on_a_tax(self):
        """An eco-contribution that is taxed itself: its amount is base of the VAT."""
        french = self.sales_tax(20)
        eco = self.make_tax(
            2, amount_type="fixed", include_base_amount=True, sequence=french.sequence - 1
        )
        move = self.document(
            self.customer("FR"), {"price_unit": 100, "tax_ids": [(6, 0, (eco | french).ids)]}
        )
        self.assertEqual(move.amount_total, 122.4)
        rows = self.rows(move)
        by_tax = {
            tax: (sum(of.mapped("base")), sum(of.mapped("tax")))
            for tax, of in rows.grouped("tax_id").items()
        }
        self.assertEqual(by_tax, {eco: (100, 2), french: (102, 20.4)})
        self.assertEqual(move.ciama_vat_kind, "domestic")
        self.assertEqual(rows.filtered(lambda row: row.tax_id == eco).mapped("kind")[0], "other")
        self.assertEqual(sum(rows.mapped("net")), 100)

    def test_each_tax_counts_for_its_own_country(self):
        """French VAT on one line of an OSS invoice is no German VAT."""
        french = self.sales_tax(20, "service")
        move = self.document(
            self.customer("DE"), 100, {"price_unit": 50, "tax_ids": [(6, 0, french.ids)]}
        )
        self.assert_report(
            move,
            ("oss", "DE", "19 %", "100.00", "19.00"),
            ("domestic", "FR", "20 %", "50.00", "10.00"),
        )
        self.assertEqual(
            set(self.rows(move, rate="20 %").mapped("due")), {"on_payment"}, "20% S of the chart"
        )

    def test_receipts_count_and_drafts_do_not(self):
        receipt = self.document(self.customer("FR"), 5, move_type="out_receipt")
        self.assert_report(receipt, ("domestic", "FR", "20 %", "5.00", "1.00"))
        draft = self.document(self.customer("FR"), post=False)
        bill = self.document(self.customer("FR"), move_type="in_invoice")
        self.assertFalse(self.rows(draft, bill))
        receipt.button_draft()
        self.assertFalse(self.rows(receipt))

    def test_the_report_equals_the_whole_ledger(self):
        """Every sales tax of the company in a month that is full of everything."""
        french = self.sales_tax(20, "service")
        for country in ("FR", "DE", "IT", "CH"):
            customer = self.customer(country)
            for price in (9.99, 33.33, 66.67, 0.05):
                invoice = self.document(customer, price, {"price_unit": price, "quantity": 3})
                invoice._reverse_moves([{"invoice_date": "2026-03-09"}], cancel=price > 50)
        self.document(self.customer("FR"), {"price_unit": 19.99, "tax_ids": [(6, 0, french.ids)]})
        self.invoice(self.imported(order(line("16.66", 20, "3.34"))))
        items = self.env["account.move.line"].search(
            [
                ("company_id", "=", self.company.id),
                ("parent_state", "=", "posted"),
                ("tax_line_id.type_tax_use", "=", "sale"),
                ("move_type", "!=", "entry"),
            ]
        )
        rows = self.report.search([("company_id", "=", self.company.id)])
        self.assertEqual(
            sum(cents_of(row.tax) for row in rows), -sum(cents_of(i.balance) for i in items)
        )
        self.assert_ledger(rows.move_id)

    def test_grouping_and_counting_documents(self):
        moves = self.document(self.customer("DE"), 50, 20) | self.document(self.customer("DE"), 30)
        groups = self.report._read_group(
            [("move_id", "in", moves.ids)],
            ["kind", "country_id", "rate", "shop_name"],
            ["base:sum", "tax:sum", "move_id:count_distinct"],
        )
        germany = self.env.ref("base.de")
        self.assertEqual(groups, [("oss", germany, "19 %", "Without shop", 100, 19, 2)])

    def test_drill_down(self):
        move = self.document(self.customer("DE"), 50)
        rows = self.rows(move)
        self.assertEqual(rows[0].action_open_document()["res_id"], move.id)
        items = rows.action_open_items()
        self.assertEqual(items["res_model"], "account.move.line")
        self.assertEqual(set(items["domain"][0][2]), set(rows.line_id.ids))


class TestDocumentsOfShops(VatReportCase, RefundCase):
    """What the connector itself invoices and gives back."""

    def test_an_order_with_a_refund(self):
        place = address(country="DE", zip="10115", city="Berlin")
        sale_order = self.sell(
            line("100.00", 19), shipping("4.99", 19), billing_address=place, shipping_address=place
        )
        self.refunded(refund("59.50", back("1", "50.00", "9.50")))
        moves = sale_order.invoice_ids
        self.assertEqual(sorted(moves.mapped("move_type")), ["out_invoice", "out_refund"])
        self.assert_report(moves, ("oss", "DE", "19 %", "54.99", "10.45"))
        self.assertEqual(self.rows(moves).shop_id, self.shop)


class TestVatReportRights(VatReportCase):
    def user(self, login, group, company=None):
        company = company or self.company
        return new_test_user(
            self.env,
            login,
            f"{group},base.group_allow_export",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )

    def test_accountants_read_and_export(self):
        (sale_order,) = self.imported(order())
        invoice = self.invoice(sale_order)
        for group in ("account.group_account_readonly", "account.group_account_manager"):
            rows = self.rows(invoice).with_user(self.user(group.replace(".", "-"), group))
            with self.subTest(group=group):
                exported = rows.export_data(["shop_id/name", "rate", "base", "tax"])["datas"]
                self.assertIn(["Hub", "20 %", 10.0, 0.0], exported)
                self.assertIn(["Hub", "20 %", 0.0, 2.0], exported)
                with self.assertRaises(AccessError):
                    self.shop.with_user(rows.env.user).action_pull()

    def test_companies_are_apart(self):
        other = self.env["res.company"].create({"name": "Other Company"})
        move = self.document(self.customer("FR"))
        stranger = self.user("stranger", "account.group_account_readonly", other)
        self.assertFalse(self.report.with_user(stranger).search([("move_id", "=", move.id)]))
        self.assertTrue(
            self.rows(move).with_user(self.user("mine", "account.group_account_manager"))
        )
