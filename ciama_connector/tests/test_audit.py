"""Books that were wrong once, or could be: whole lives of orders, by what an accountant adds up."""

from collections import defaultdict
from decimal import Decimal

from .common import address, line
from .refund_case import RefundCase, back, payment, refund
from .test_refunds_before import AtDelivery

CHAIRS = line("30.00", quantity="3")
TWO = line("20.00", quantity="2")
TABLE = line("50.00", sku="TABLE", name="Table")
BERLIN = address(country="DE", zip="10115", city="Berlin", street="Unter den Linden 1")
UNPAID = {"payments": [], "status": "accepted", "payment_status": "pending"}
ALL_BACK = {"status": "refunded", "payment_status": "refunded"}


class AuditCase(RefundCase):
    def left(self):
        """{tax: amount} of invoices less credit notes, and {"untaxed": amount}; no zeros."""
        found = defaultdict(Decimal)
        posted = self.sale_order.invoice_ids.filtered(lambda move: move.state == "posted")
        for move in posted:
            sign = -1 if move.move_type == "out_refund" else 1
            part = move._ciama_part()
            found["untaxed"] += sign * part.net
            for key, amount in part.taxes.items():
                found[f"{self.env['account.tax'].browse(key).amount:g}"] += sign * amount
        return {key: f"{amount:.2f}" for key, amount in found.items() if amount}

    def open_rows(self):
        """What is open on customers' accounts of the order's documents and payments."""
        moves = self.sale_order.invoice_ids | self.booked_payments().move_id
        rows = moves.line_ids.filtered(
            lambda row: (
                row.account_id.account_type == "asset_receivable" and row.parent_state == "posted"
            )
        )
        return sorted(f"{r.amount_residual_currency:.2f}" for r in rows if not r.reconciled)


class TestGivenBackWholly(AuditCase):
    """Nothing may be left of any rate."""

    def test_in_parts_where_odoo_books_another_vat(self):
        policies = self.shop.vat_policy_ids
        policies.filtered(lambda row: row.problem_id.code == "tax_oss_due").decision = "odoo"
        self.sell(
            line("99.17", quantity="3", tax_amount="19.83"),
            billing_address=BERLIN,
            shipping_address=BERLIN,
        )
        parts = [("33.06", "6.61"), ("33.05", "6.61"), ("33.06", "6.61")]
        self.refunded(
            *[
                refund(f"{Decimal(net) + Decimal(vat)}", back("1", net, vat, "1"), number=number)
                for number, (net, vat) in enumerate(parts, start=1)
            ]
        )
        self.assertEqual(len(self.notes()), 3)
        self.assertEqual(self.left(), {})
        self.assertEqual(self.open_rows(), [])

    def test_with_a_voucher_on_one_rate(self):
        self.sell(
            line("100.00"),
            line("100.00", "5.5", sku="TABLE", name="Bread"),
            line("-50.00", kind="discount", name="Voucher"),
        )
        self.changed(
            refunds=[
                refund(
                    "165.50", back("1", "100.00", "20.00", "1"), back("2", "100.00", "5.50", "1")
                )
            ],
            **ALL_BACK,
        )
        self.assertEqual(self.left(), {})
        self.assertEqual(self.open_rows(), [])

    def test_with_an_untaxed_reduction(self):
        self.sell(
            line("100.00"),
            line("100.00", "5.5", sku="TABLE", name="Bread"),
            line("-10.00", 0, kind="deposit", name="Deposit"),
        )
        self.changed(refunds=[refund("215.50")], **ALL_BACK)
        self.assertEqual(self.left(), {})
        self.assertEqual(self.open_rows(), [])

    def test_a_part_of_a_unit(self):
        """Odoo keeps two digits of a quantity, the shop may keep more."""
        self.sell(line("9.99", quantity="0.333"))
        self.changed(refunds=[refund("11.99", back("1", "9.99", "2.00", "0.333"))], **ALL_BACK)
        self.assertEqual(self.left(), {})
        self.assertEqual(self.open_rows(), [])


class TestAmended(AuditCase):
    """Orders edited after the invoice, in a shop that amends."""

    def setUp(self):
        super().setUp()
        self.shop.edit_policy = "amend"

    def test_less_and_more_again(self):
        self.sell(CHAIRS)
        self.changed(TWO)
        card = self.change(CHAIRS)
        if card.state == "imported":
            self.assertEqual(self.left(), {"untaxed": "30.00", "20": "6.00"})
        else:
            self.assert_card(card, "held", "already_invoiced")
            self.assertEqual(self.left(), {"untaxed": "20.00", "20": "4.00"})

    def test_less_before_it_is_paid(self):
        self.sell(CHAIRS, **UNPAID)
        self.changed(TWO)
        self.assertEqual(self.open_rows(), ["24.00"])
        self.changed(payments=[payment("24.00")], status="paid", payment_status="paid")
        self.assertEqual(self.open_rows(), [])
        self.assertEqual(self.issued().payment_state, "paid")

    def test_less_and_the_money_given_back(self):
        self.sell(CHAIRS)
        self.changed(TWO)
        self.refunded(refund("12.00"))
        self.assertEqual(self.left(), {"untaxed": "20.00", "20": "4.00"})
        self.assert_payments("36.00", "-12.00")
        self.assertEqual(self.open_rows(), [])

    def test_less_and_something_else_more(self):
        """What the customer had in credit pays for it."""
        self.sell(CHAIRS)
        self.changed(TWO)
        self.changed(TWO, TABLE)
        self.assertEqual(self.left(), {"untaxed": "70.00", "20": "14.00"})
        self.assertEqual(self.open_rows(), ["48.00"])

    def test_less_and_cancelled(self):
        self.sell(CHAIRS, **UNPAID)
        self.changed(TWO)
        self.changed(status="cancelled", cancelled_at="2026-03-04T12:00:00+00:00")
        self.assertEqual(self.left(), {})
        self.assertEqual(self.open_rows(), [])


class TestByHand(AuditCase):
    """What people did to documents counts."""

    def reverse(self, move, draft=False):
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"journal_id": move.journal_id.id, "date": "2026-03-03"})
        )
        note = self.env["account.move"].browse(wizard.refund_moves()["res_id"])
        if not draft:
            note.action_post()
        return note

    def test_credited_before_the_shop_gave_it_back(self):
        self.sell(CHAIRS)
        self.reverse(self.issued())
        self.assertEqual(self.left(), {})
        card = self.change(refunds=[refund("36.00", back("1", "30.00", "6.00", "3"))], **ALL_BACK)
        self.assertEqual(card.state, "imported", card.message)
        self.assertEqual(self.left(), {})
        self.assert_payments("36.00", "-36.00")
        self.assertEqual(self.open_rows(), [])

    def test_credited_in_part_before_the_shop_gave_back_all(self):
        """A person decides what is left to credit, and is not asked twice."""
        self.sell(CHAIRS)
        note = self.reverse(self.issued(), draft=True)
        note.invoice_line_ids.quantity = 1
        note.action_post()
        self.changed(customer_note="Hello")
        card = self.change(refunds=[refund("36.00", back("1", "30.00", "6.00", "3"))], **ALL_BACK)
        self.assert_card(card, "held", "refund_exceeds")
        self.assertIn("24.00", card.message)
        self.assertEqual(self.left(), {"untaxed": "20.00", "20": "4.00"})
        card.action_accept()
        self.changed(customer_note="Hello again")
        self.assertEqual(self.left(), {"untaxed": "20.00", "20": "4.00"})

    def test_credited_by_hand_and_something_else_given_back(self):
        self.sell(CHAIRS)
        note = self.reverse(self.issued(), draft=True)
        note.invoice_line_ids.quantity = 1
        note.action_post()
        self.refunded(refund("6.00", back("1", "5.00", "1.00")))
        self.assertEqual(self.left(), {"untaxed": "15.00", "20": "3.00"})

    def test_credited_before_the_shop_cancelled(self):
        self.sell(CHAIRS, **UNPAID)
        self.reverse(self.issued())
        card = self.change(status="cancelled", cancelled_at="2026-03-04T12:00:00+00:00")
        self.assertEqual(self.left(), {}, card.message)

    def test_reset_to_draft_and_given_back(self):
        self.sell(CHAIRS, **UNPAID)
        self.issued().button_draft()
        self.changed(refunds=[refund("12.00", back("1", "10.00", "2.00", "1"), paid_out=False)])
        self.assertFalse(self.notes())
        self.issued().action_post()
        self.changed(customer_note="Hello")
        self.assertEqual(self.left(), {"untaxed": "20.00", "20": "4.00"})
        self.assertEqual(self.open_rows(), ["24.00"])

    def test_a_cancelled_note_leaves_later_invoices_alone(self):
        self.shop.edit_policy = "amend"
        self.sell(CHAIRS, **UNPAID)
        self.changed(refunds=[refund("12.00", back("1", "10.00", "2.00", "1"), paid_out=False)])
        self.notes().button_draft()
        self.notes().button_cancel()
        self.changed(CHAIRS, TABLE)
        self.assertEqual(len(self.issued()), 2)


class TestPartlyInvoiced(AtDelivery, AuditCase):
    """One of three chairs left and is invoiced; nothing more will leave."""

    def setUp(self):
        super().setUp()
        self.sell(CHAIRS)
        self.leave(1)

    def test_all_given_back_without_lines(self):
        card = self.change(refunds=[refund("36.00")], fulfillment_status="partial", **ALL_BACK)
        self.assert_left_or_card(card)

    def test_all_given_back_by_units(self):
        card = self.change(
            refunds=[refund("36.00", back("1", "30.00", "6.00", "3"))],
            fulfillment_status="partial",
            **ALL_BACK,
        )
        self.assert_left_or_card(card)

    def assert_left_or_card(self, card):
        if card.state == "imported":
            self.assertEqual(self.left(), {})
            self.assertEqual(self.open_rows(), [])
        else:
            self.assert_card(card, "held", "refund_exceeds")
            self.assertEqual(self.left(), {"untaxed": "10.00", "20": "2.00"})
            self.assertIn("12.00", card.message)

    def test_a_part_given_back_without_lines(self):
        """No credit note of more than was invoiced."""
        self.refunded(refund("18.00"))
        self.assertEqual(self.left(), {"untaxed": "10.00", "20": "2.00"})
        self.leave(2)
        self.assertEqual(self.left(), {"untaxed": "15.00", "20": "3.00"})
        self.assertEqual(self.open_rows(), [])


class TestMoneyOutOfOrder(AuditCase):
    def test_paid_and_given_back_after_it_was_cancelled(self):
        """Nothing was booked when it came, so nothing is booked when it goes."""
        self.shop.invoice_policy = "never"
        self.sell(CHAIRS, **UNPAID)
        cancelled = {"status": "cancelled", "cancelled_at": "2026-03-04T12:00:00+00:00"}
        self.changed(**cancelled)
        self.changed(payments=[payment("36.00")], payment_status="paid")
        self.changed(refunds=[refund("36.00")], payment_status="refunded")
        booked = self.booked_payments()
        balance = sum(p.amount if p.payment_type == "inbound" else -p.amount for p in booked)
        self.assertEqual(balance, 0.0)
        self.assertEqual(self.open_rows(), [])

    def test_given_back_before_it_was_paid(self):
        self.sell(CHAIRS, **UNPAID)
        self.changed(refunds=[refund("12.00", back("1", "10.00", "2.00", "1"))])
        self.changed(payments=[payment("36.00")], status="paid", payment_status="paid")
        self.assertEqual(self.left(), {"untaxed": "20.00", "20": "4.00"})
        self.assert_payments("-12.00", "36.00")
        self.assertEqual(self.open_rows(), [])

    def test_an_archived_journal(self):
        self.sell(CHAIRS)
        self.booked_payments().journal_id.active = False
        card = self.change(refunds=[refund("12.00", back("1", "10.00", "2.00", "1"))])
        self.assertEqual(card.state, "blocked", card.message)
        self.assertFalse(self.notes())
        self.env["account.journal"].with_context(active_test=False).search(
            [("active", "=", False)]
        ).active = True
        card.action_retry()
        self.env["ciama.importer"]._run(card)
        self.assertEqual(self.left(), {"untaxed": "20.00", "20": "4.00"})
