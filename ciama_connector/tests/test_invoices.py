"""Invoices made at once: amounts, dates, numbers, references; never twice."""

from datetime import date

from .common import line, order, shipping
from .invoice_case import InvoiceCase, payment


class TestAtOnce(InvoiceCase):
    def test_posted_paid_and_equal_to_the_shop(self):
        sale_order = self.imported(
            order(
                line("16.66", 20, "3.33", quantity="3"),
                line("10.00", 5.5, "0.55"),
                shipping("4.99", 20, "1.00"),
                number="#1001",
                payments=[payment("36.53")],
            )
        )
        invoice = self.invoices(sale_order)
        self.assertRecordValues(
            invoice,
            [
                {
                    "state": "posted",
                    "payment_state": "paid",
                    "move_type": "out_invoice",
                    "ref": "#1001",
                    "payment_reference": "#1001",
                    "invoice_origin": sale_order.name,
                    "invoice_date": date(2026, 3, 2),
                    "date": date(2026, 3, 2),
                    "invoice_date_due": date(2026, 3, 2),
                    "ciama_shop_id": self.shop.id,
                    "amount_residual": 0.0,
                }
            ],
        )
        self.assert_amounts(invoice, untaxed="31.65", tax="4.88", total="36.53")
        self.assert_taxes(invoice, **{"20": "4.33", "5.5": "0.55"})
        self.assertEqual(sale_order.invoice_status, "invoiced")
        (booked,) = self.payments(sale_order)
        self.assertRecordValues(
            booked,
            [
                {
                    "amount": 36.53,
                    "date": date(2026, 3, 2),
                    "memo": "ch_1",
                    "payment_type": "inbound",
                    "journal_id": self.shop.payment_journal_id.id,
                    "ciama_shop_id": self.shop.id,
                    "is_reconciled": True,
                }
            ],
        )

    def test_a_second_import_makes_nothing(self):
        body = order(payments=[payment("12.00")])
        sale_order = self.imported(body)
        self.imported({**body, "staff_note": "seen", "updated_at": "2026-03-02T11:00:00+00:00"})
        self.assertEqual(len(sale_order.invoice_ids), 1)
        self.assertEqual(len(self.payments(sale_order)), 1)
