"""The VAT of a period: dates, shops, the files to download, the comparison with the ledger."""

import base64
import csv
import io
from collections import defaultdict
from datetime import date
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import HttpCase, new_test_user
from openpyxl import load_workbook

from .common import line, order
from .test_vat_report import VatReportCase

MARCH = {"period": "custom", "date_from": "2026-03-01", "date_to": "2026-03-31"}


class PeriodCase(VatReportCase):
    def period(self, **values):
        return self.env["ciama.vat.period"].create({**MARCH, **values})

    def sheets(self, period):
        """Rows of each sheet below its head, by the name of the sheet."""
        period.action_xlsx()
        book = load_workbook(io.BytesIO(base64.b64decode(period.file)))
        return {
            sheet.title: [list(row) for row in sheet.iter_rows(min_row=5, values_only=True)]
            for sheet in book
        }

    def csv_rows(self, period):
        period.action_eu_sales_csv()
        text = base64.b64decode(period.file).decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text)))


class TestVatPeriod(PeriodCase):
    def test_dates(self):
        for today, period, expected in (
            ("2026-02-11", "now", ("2026-02-01", "2026-02-28")),
            ("2026-03-02", "month", ("2026-02-01", "2026-02-28")),
            ("2026-01-31", "month", ("2025-12-01", "2025-12-31")),
            ("2026-03-31", "quarter", ("2025-10-01", "2025-12-31")),
            ("2026-04-01", "quarter", ("2026-01-01", "2026-03-31")),
            ("2026-06-15", "year", ("2025-01-01", "2025-12-31")),
        ):
            with (
                self.subTest(today=today, period=period),
                patch.object(
                    fields.Date, "context_today", lambda *_a, t=today: date.fromisoformat(t)
                ),
            ):
                wizard = self.env["ciama.vat.period"].create({"period": period})
                self.assertEqual((str(wizard.date_from), str(wizard.date_to)), expected)
        with self.assertRaises(ValidationError):
            self.period(date_to="2026-02-01")

    def test_shops(self):
        other = self.make_shop(name="Other", url="https://other.example")
        first = self.invoice(self.imported(order()))
        second = self.invoice(self.imported(order(), shop=other))
        by_hand = self.document(self.customer("FR"))
        moves = first | second | by_hand
        moves.button_draft()
        moves.invoice_date = "2026-03-02"
        moves.action_post()
        early = self.document(self.customer("FR"), invoice_date="2026-02-28")
        for values, expected in (
            ({}, moves),
            ({"without_shop": False}, first | second),
            ({"shop_ids": [(6, 0, other.ids)]}, second | by_hand),
            ({"shop_ids": [(6, 0, other.ids)], "without_shop": False}, second),
        ):
            with self.subTest(**values):
                domain = self.period(**values).action_open_report()["domain"]
                found = self.report.search(domain).move_id & (moves | early)
                self.assertEqual(found, expected)

    def test_the_workbook(self):
        (sale_order,) = self.imported(order(line("16.66", 20, "3.34"), line("10.00", 5.5)))
        invoice = self.invoice(sale_order)
        invoice.button_draft()
        invoice.invoice_date = "2026-03-02"
        invoice.action_post()
        self.document(self.customer("DE"), 50, 33.33)
        self.document(self.customer("DE"), 10)._reverse_moves(
            [{"invoice_date": "2026-03-05"}], cancel=True
        )
        self.document(self.customer("GR", vat="EL123456783", name="=1+1 AE"), 70)
        sheets = self.sheets(self.period())
        self.assertEqual(list(sheets), ["VAT", "OSS", "Intra-EU Sales", "Ledger"])
        due = "With the Invoice"
        self.assertEqual(
            sheets["VAT"],
            [
                ["Hub", "Domestic", "France", "20 %", due, 1, 16.66, 3.34],
                ["Hub", "Domestic", "France", "5.5 %", due, 1, 10, 0.55],
                ["Without shop", "Intra-EU B2B", "Greece", "0 %", due, 1, 70, 0],
                ["Without shop", "OSS", "Germany", "19 %", due, 3, 83.33, 15.83],
            ],
        )
        self.assertEqual(sheets["OSS"], [["2026 Q1", "Germany", "19 %", 3, 83.33, 15.83]])
        self.assertEqual(
            sheets["Intra-EU Sales"],
            [["2026-03", "EL", "EL123456783", "=1+1 AE", "Goods", 70, "EUR", 1, 1, "", ""]],
        )
        ledger = defaultdict(float)
        for item in self.env["account.move.line"].search(
            [("company_id", "=", self.company.id), ("parent_state", "=", "posted"),
             ("date", ">=", "2026-03-01"), ("date", "<=", "2026-03-31")]
        ):  # fmt: skip
            ledger[item.account_id.code] -= item.balance
        self.assertTrue(sheets["Ledger"])
        for code, _name, reported, other, total, difference in sheets["Ledger"]:
            self.assertEqual((other, difference), (0, 0), code)
            self.assertEqual(f"{reported:.2f}", f"{total:.2f}")
            self.assertEqual(f"{total:.2f}", f"{ledger[code]:.2f}")

    def test_other_entries_on_the_accounts_are_shown(self):
        """A correction by a journal entry is no sale, but it is in the ledger."""
        invoice = self.document(self.customer("FR"))
        tax_item = invoice.line_ids.filtered("tax_line_id")
        suspense = self.company.account_journal_suspense_account_id
        self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": "2026-03-10",
                "line_ids": [
                    (0, 0, {"account_id": tax_item.account_id.id, "credit": 1.23}),
                    (0, 0, {"account_id": suspense.id, "debit": 1.23}),
                ],
            }
        ).action_post()
        rows = {row[0]: row[2:] for row in self.sheets(self.period())["Ledger"]}
        self.assertEqual(rows[tax_item.account_id.code], [20, 1.23, 21.23, 0])

    def test_the_sales_list_as_csv(self):
        self.env["ciama.vies.check"].create(
            {
                "company_id": self.company.id,
                "number": "DE123456788",
                "state": "valid",
                "answered_at": "2026-03-01 08:00:00",
                "consultation_number": "WAPIAAAAX1",
            }
        )
        customer = self.customer("DE", vat="DE123456788", name="=HYPERLINK(1)")
        self.document(customer, 70)
        self.document(customer, 5, invoice_date="2026-04-01")
        (row,) = self.csv_rows(self.period())
        self.assertEqual(
            row,
            {
                "Month": "2026-03",
                "Member State": "DE",
                "VAT Number": "DE123456788",
                "Customer": "'=HYPERLINK(1)",
                "Goods or Services": "Goods",
                "Amount": "70.00",
                "Currency": "EUR",
                "Documents": "1",
                "Without Proof": "0",
                "Consultation Number": "WAPIAAAAX1",
                "Answered by VIES": "2026-03-01 08:00:00",
            },
        )

    def test_oss_by_quarter(self):
        german = self.document(self.customer("DE"))
        self.document(self.customer("FR"))
        action = self.period().action_open_oss()
        self.assertEqual(self.report.search(action["domain"]).move_id & german, german)
        self.assertEqual(set(self.report.search(action["domain"]).mapped("kind")), {"oss"})
        self.assertEqual(action["views"][0][1], "pivot")

    def test_who_may_not_read_the_ledger_gets_no_comparison(self):
        user = new_test_user(
            self.env, "period-user", "ciama_connector.group_user", company_id=self.company.id
        )
        self.document(self.customer("FR"))
        sheets = self.sheets(self.period().with_user(user).copy())
        self.assertEqual(list(sheets), ["VAT", "OSS", "Intra-EU Sales"])

    def test_companies_are_apart(self):
        other = self.env["res.company"].create({"name": "Other Company"})
        stranger = new_test_user(
            self.env,
            "period-stranger",
            "account.group_account_readonly",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        self.document(self.customer("FR"))
        with self.assertRaises(AccessError):
            self.env["ciama.vat.period"].with_user(stranger).create(
                {**MARCH, "company_id": self.company.id}
            )
        mine = self.env["ciama.vat.period"].with_user(stranger).create(MARCH)
        self.assertEqual(mine.company_id, other)
        self.assertEqual(self.sheets(mine)["VAT"], [])


class TestDownload(PeriodCase, HttpCase):
    def test_an_accountant_downloads_the_workbook(self):
        self.document(self.customer("FR"))
        new_test_user(
            self.env, "bookkeeper", "account.group_account_readonly", company_id=self.company.id
        )
        self.authenticate("bookkeeper", "bookkeeper")
        period = self.env["ciama.vat.period"].with_user(
            self.env["res.users"].search([("login", "=", "bookkeeper")])
        ).create(MARCH)  # fmt: skip
        action = period.action_xlsx()
        self.env.flush_all()
        reply = self.url_open(action["url"])
        self.assertEqual(reply.status_code, 200)
        self.assertIn("VAT 2026-03-01 2026-03-31.xlsx", reply.headers["Content-Disposition"])
        self.assertEqual(load_workbook(io.BytesIO(reply.content)).sheetnames[0], "VAT")
