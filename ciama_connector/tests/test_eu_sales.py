"""The intra-EU sales list: numbers, months, goods and services, credit notes, proofs."""

from .test_vat_report import VatReportCase


class TestEuSales(VatReportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.advice = cls.make_product(
            "ADVICE", type="service", taxes_id=cls.sales_tax(20, "service")
        )
        cls.german = cls.customer("DE", name="GmbH", vat="DE123456788")

    def proof(self, number="DE123456788", answered_at="2026-03-01 08:00:00", **values):
        return self.env["ciama.vies.check"].create(
            {
                "company_id": self.company.id,
                "number": number,
                "state": "valid",
                "answered_at": answered_at,
                "consultation_number": "WAPIAAAAX1",
                **values,
            }
        )

    def assert_list(self, *expected, company=None):
        """Rows are (month, number, supply, amount, documents, without proof)."""
        company = company or self.company
        rows = self.env["ciama.eu.sales"].search(
            [("company_id", "=", company.id)], order="month, vat_number, supply"
        )
        found = [
            (
                f"{row.month:%Y-%m}",
                row.vat_number,
                row.supply,
                f"{row.amount:.2f}",
                row.documents,
                row.unproved,
            )
            for row in rows
        ]
        self.assertEqual(found, list(expected))
        return rows

    def test_by_number_month_and_nature(self):
        self.document(self.german, 70, {"product_id": self.advice.id, "price_unit": 30})
        self.document(self.german, 5.55)
        self.document(self.german, 9.99, invoice_date="2026-04-01")
        self.document(self.customer("GR", vat="EL123456783"), 1000)
        self.document(self.customer("FR"), 1)
        self.document(self.customer("DE"), 2)
        self.document(self.customer("CH"), 3)
        self.assert_list(
            ("2026-03", "DE123456788", "goods", "75.55", 2, 2),
            ("2026-03", "DE123456788", "services", "30.00", 1, 1),
            ("2026-03", "EL123456783", "goods", "1000.00", 1, 1),
            ("2026-04", "DE123456788", "goods", "9.99", 1, 1),
        )

    def test_an_eco_contribution_is_part_of_the_price(self):
        zero = self.env["account.tax"].search(
            [("name", "=", "0% EU G"), ("company_id", "=", self.company.id)]
        )
        eco = self.make_tax(
            2, amount_type="fixed", include_base_amount=True, sequence=zero.sequence - 1
        )
        move = self.document(
            self.german, {"price_unit": 100, "tax_ids": [(6, 0, (eco | zero).ids)]}
        )
        self.assertEqual((move.amount_total, move.ciama_vat_kind), (102, "intra_eu"))
        self.assert_list(("2026-03", "DE123456788", "goods", "102.00", 1, 1))

    def test_credit_notes_are_taken_off_in_their_own_month(self):
        invoice = self.document(self.german, 70)
        invoice._reverse_moves([{"invoice_date": "2026-04-05"}], cancel=True)
        self.assert_list(
            ("2026-03", "DE123456788", "goods", "70.00", 1, 1),
            ("2026-04", "DE123456788", "goods", "-70.00", 1, 1),
        )

    def test_amounts_are_the_companys(self):
        francs = self.env["res.currency"].search([("name", "=", "CHF")])
        self.document(self.german, 99.99, currency_id=francs.id)
        (row,) = self.assert_list(("2026-03", "DE123456788", "goods", "105.25", 1, 1))
        self.assertEqual(row.company_currency_id.name, "EUR")

    def test_two_customers_of_one_number_are_one_line(self):
        self.document(self.german, 70)
        self.document(self.customer("DE", name="GmbH Lager", vat="DE 123456788"), 5)
        self.assert_list(("2026-03", "DE123456788", "goods", "75.00", 2, 2))

    def test_supplies_exempted_without_a_number_are_seen(self):
        position = self.env["account.fiscal.position"].search(
            [("company_id", "=", self.company.id), ("ciama_vat_kind", "=", "intra_eu"),
             ("vat_required", "=", True)], limit=1,
        )  # fmt: skip
        for name in ("One", "Two"):
            self.document(self.customer("DE", name=name), 10, fiscal_position_id=position.id)
        self.assert_list(
            ("2026-03", False, "goods", "10.00", 1, 1), ("2026-03", False, "goods", "10.00", 1, 1)
        )

    def test_the_proof_is_the_last_valid_one_before_the_day_was_over(self):
        early = self.proof(answered_at="2026-02-01 08:00:00")
        self.proof(answered_at="2026-03-03 00:00:01", consultation_number="LATE")
        self.proof(number="DE999999999")
        self.proof(state="invalid", answered_at="2026-03-01 09:00:00")
        other = self.env["res.company"].create({"name": "Other Company"})
        self.proof(company_id=other.id, answered_at="2026-03-01 10:00:00")
        self.document(self.german, 70)
        (row,) = self.assert_list(("2026-03", "DE123456788", "goods", "70.00", 1, 0))
        self.assertEqual(row.check_id, early)
        self.assertEqual(row.consultation_number, "WAPIAAAAX1")
        last = self.proof(answered_at="2026-03-02 23:59:59", consultation_number="LAST")
        row.invalidate_recordset()
        self.assertEqual(row.check_id, last)

    def test_the_proof_of_the_document_itself_comes_first(self):
        used = self.proof(answered_at="2026-02-01 08:00:00")
        self.proof(answered_at="2026-03-01 08:00:00")
        self.document(self.german, 70, ciama_vies_check_id=used.id)
        (row,) = self.assert_list(("2026-03", "DE123456788", "goods", "70.00", 1, 0))
        self.assertEqual(row.check_id, used)

    def test_the_list_equals_the_vat_report(self):
        for price in (33.33, 66.67, 0.05):
            invoice = self.document(self.german, price, {"price_unit": price, "quantity": 3})
            invoice._reverse_moves([{"invoice_date": "2026-03-09"}], cancel=price > 50)
        rows = self.env["ciama.eu.sales"].search([("company_id", "=", self.company.id)])
        report = self.report.search(
            [("company_id", "=", self.company.id), ("kind", "=", "intra_eu")]
        )
        self.assertEqual(f"{sum(rows.mapped('amount')):.2f}", f"{sum(report.mapped('base')):.2f}")
        self.assertTrue(sum(rows.mapped("amount")))

    def test_drill_down(self):
        move = self.document(self.german, 70, {"product_id": self.advice.id, "price_unit": 30})
        self.document(self.german, 5, invoice_date="2026-04-01")
        rows = self.env["ciama.eu.sales"].search(
            [("company_id", "=", self.company.id), ("supply", "=", "goods"),
             ("month", "=", "2026-03-01")]
        )  # fmt: skip
        found = self.report.search(rows.action_open_report()["domain"])
        self.assertEqual(found.move_id, move)
        self.assertEqual(sum(found.mapped("base")), 70)
