"""Refunds of a shop that invoices at once: each becomes one credit note, to the cent."""

from .common import address, line, shipping
from .refund_case import RefundCase, back, payment, refund

CHAIRS = line("49.98", quantity="3", tax_amount="9.99")
ONE = back("1", "16.66", "3.33", "1")
BERLIN = address(street="Hauptstr. 1", zip="10115", city="Berlin", country="DE")


class TestCreditNotes(RefundCase):
    def setUp(self):
        super().setUp()
        self.make_product("BOOK", taxes_id=[(6, 0, self.reduced().ids)])

    def reduced(self):
        tax = self.sales_tax(5.5)
        if not tax:
            tax = self.env["account.tax"].with_context(active_test=False).search(
                [("company_id", "=", self.company.id), ("amount", "=", 5.5),
                 ("type_tax_use", "=", "sale"), ("country_id.code", "=", "FR"),
                 ("tax_scope", "=", "consu"), ("price_include_override", "!=", "tax_included")],
                limit=1,
            )  # fmt: skip
            tax.active = True
        return tax

    def books(self, net="20.00", quantity="2"):
        return line(net, 5.5, sku="BOOK", quantity=quantity, name="Book")

    def test_a_piece(self):
        self.sell(CHAIRS)
        self.refunded(refund("19.99", ONE, reason="Broken leg"))
        note = self.assert_note(("CHAIR", 1, "16.66"), taxes={"20": "3.33"}, total="19.99")
        self.assertEqual(note.reversed_entry_id, self.issued())
        self.assertEqual(note.ref, f"{self.body['number']}: Broken leg")
        self.assertEqual(str(note.invoice_date), "2026-03-03")
        self.assert_amounts(self.sale_order, untaxed="49.98", tax="9.99", total="59.97")
        self.assert_payments("59.97", "-19.99")
        self.assertEqual(self.issued().payment_state, "paid")
        self.assert_receivable(self.sale_order, "0.00")

    def test_it_is_not_to_be_invoiced_again(self):
        self.sell(CHAIRS)
        self.refunded(refund("19.99", ONE))
        self.assertEqual(self.sale_order.order_line.qty_invoiced, 3)
        self.assertEqual(self.sale_order.invoice_status, "invoiced")

    def test_the_refund_payment_is_booked_like_the_payment(self):
        self.sell(CHAIRS)
        self.refunded(refund("19.99", ONE))
        received, given = self.booked_payments()
        self.assertRecordValues(
            given,
            [
                {
                    "payment_type": "outbound",
                    "journal_id": received.journal_id.id,
                    "partner_id": received.partner_id.id,
                    "memo": "re_1",
                    "state": "paid",
                    "is_reconciled": True,
                }
            ],
        )
        self.assertEqual(str(given.date), "2026-03-03")

    def test_two_rates_and_shipping(self):
        self.sell(line("100.00"), self.books(), shipping("5.00"))
        self.refunded(
            refund(
                "16.55",
                back("2", "10.00", "0.55", "1"),
                back("3", "5.00", "1.00"),
            )
        )
        self.assert_note(
            ("BOOK", 1, "10.00"),
            ("CIAMA-SHIPPING", 1, "5.00"),
            taxes={"20": "1.00", "5.5": "0.55"},
            total="16.55",
        )

    def test_an_amount_without_lines_is_put_on_all_rates(self):
        self.sell(line("100.00"), self.books("100.00", "5"))
        self.refunded(refund("22.55"))
        self.assert_note(
            ("CIAMA-DISCOUNT", 1, "10.00"),
            ("CIAMA-DISCOUNT", 1, "10.00"),
            taxes={"20": "2.00", "5.5": "0.55"},
            total="22.55",
        )
        accounts = self.notes().invoice_line_ids.account_id
        self.assertEqual(accounts, self.issued().invoice_line_ids.account_id)

    def test_an_amount_without_lines_to_review(self):
        self.shop.refund_policy = "review"
        self.sell(line("100.00"))
        card = self.change(refunds=[refund("22.55", reason="Sorry")])
        self.assert_card(card, "held", "refund_unexplained")
        self.assertIn("22.55", card.message)
        self.assertIn("Sorry", card.message)
        self.assertFalse(self.notes())
        self.assertEqual(self.issued().payment_state, "paid")
        card.action_accept()
        self.changed(customer_note="Still there")
        self.assertFalse(self.notes(), "a person has seen to it")
        self.assert_payments("120.00")

    def test_one_to_review_and_one_that_is_clear(self):
        self.shop.refund_policy = "review"
        self.sell(CHAIRS)
        card = self.change(refunds=[refund("5.00"), refund("19.99", ONE, number=2)])
        self.assert_card(card, "held", "refund_unexplained")
        card.action_accept()
        self.changed(customer_note="Booked the five euros")
        self.assert_note(("CHAIR", 1, "16.66"), taxes={"20": "3.33"}, total="19.99")
        self.assert_payments("59.97", "-19.99")

    def test_it_is_sent_like_the_invoice(self):
        for send in (False, True):
            with self.subTest(send=send):
                self.shop.send_invoices = send
                self.sell(CHAIRS)
                self.refunded(refund("19.99", ONE))
                self.assertEqual(bool(self.notes().sending_data), send)

    def test_part_of_the_price_of_goods_that_stay(self):
        """Money only: no goods on the note, which would move their stock value."""
        self.sell(CHAIRS)
        self.refunded(refund("12.00", back("1", "10.00", "2.00")))
        note = self.assert_note(("CIAMA-DISCOUNT", 1, "10.00"), taxes={"20": "2.00"}, total="12.00")
        self.assertIn("Chair", note.invoice_line_ids.name)

    def test_several_refunds_and_the_last_takes_the_cents(self):
        self.sell(CHAIRS)
        refunds = [refund("19.99", ONE), refund("19.99", ONE, number=2)]
        self.refunded(refunds[0])
        self.refunded(*refunds)
        last = refund("19.99", back("1", "16.66", "3.33", "1"), number=3)
        self.changed(refunds=[*refunds, last], status="refunded", payment_status="refunded")
        self.assertEqual([f"{note.amount_total:.2f}" for note in self.notes()], ["19.99"] * 3)
        self.assertEqual(sum(self.notes().mapped("amount_tax")), 9.99)
        self.assert_payments("59.97", "-19.99", "-19.99", "-19.99")

    def test_refunds_that_were_there_at_the_first_import(self):
        self.sell(
            {**CHAIRS, "quantity_removed": "1"},
            refunds=[refund("19.99", ONE)],
            payment_status="partially_refunded",
        )
        self.assert_amounts(self.issued(), untaxed="49.98", tax="9.99", total="59.97")
        self.assert_note(("CHAIR", 1, "16.66"), taxes={"20": "3.33"}, total="19.99")
        self.assert_moves(("CHAIR", 2, "assigned" if self.reserved() else "confirmed"))

    def reserved(self):
        return self.sale_order.picking_ids.state == "assigned"

    def test_more_than_was_sold(self):
        self.sell(CHAIRS)
        card = self.change(refunds=[refund("80.00")])
        self.assert_card(card, "held", "refund_exceeds")
        self.assertIn("59.97", card.message)
        self.assertFalse(self.notes())

    def test_removed_by_an_edit_without_money(self):
        """It lowers what the customer owes: it pays the invoice, nobody got money."""
        self.sell(CHAIRS, payments=[], status="accepted", payment_status="pending")
        self.changed(
            {**CHAIRS, "quantity_removed": "1"},
            refunds=[refund("19.99", ONE, paid_out=False)],
        )
        self.assert_note(("CHAIR", 1, "16.66"), taxes={"20": "3.33"}, total="19.99")
        self.assert_payments()
        self.assertEqual(f"{self.issued().amount_residual:.2f}", "39.98")
        self.assertEqual(self.issued().payment_state, "partial")

    def test_money_that_follows_an_edit_is_no_second_credit_note(self):
        self.sell(CHAIRS)
        edit = refund("19.99", ONE, paid_out=False)
        self.refunded(edit)
        self.assert_note(
            ("CHAIR", 1, "16.66"), taxes={"20": "3.33"}, total="19.99", payment_state="not_paid"
        )
        self.refunded(edit, refund("19.99", number=2))
        self.assert_note(("CHAIR", 1, "16.66"), taxes={"20": "3.33"}, total="19.99")
        self.assert_payments("59.97", "-19.99")
        self.assert_receivable(self.sale_order, "0.00")

    def test_paid_twice_and_given_back_once(self):
        self.sell(CHAIRS, payments=[payment("59.97"), payment("59.97", 2)])
        self.assert_receivable(self.sale_order, "-59.97")
        self.changed(refunds=[refund("59.97")])
        self.assertFalse(self.notes())
        self.assert_payments("59.97", "59.97", "-59.97")
        self.assert_receivable(self.sale_order, "0.00")

    def test_a_chargeback_is_a_refund_with_its_reason(self):
        self.sell(CHAIRS)
        self.changed(refunds=[refund("59.97", reason="Chargeback")])
        note = self.assert_note(("CIAMA-DISCOUNT", 1, "49.98"), taxes={"20": "9.99"}, total="59.97")
        self.assertIn("Chargeback", note.ref)

    def test_where_payments_are_not_booked_the_note_pays_the_invoice(self):
        self.shop.register_payments = False
        self.sell(CHAIRS)
        self.refunded(refund("19.99", ONE))
        self.assert_payments()
        self.assertEqual(f"{self.issued().amount_residual:.2f}", "39.98")

    def test_a_closed_period(self):
        self.sell(CHAIRS)
        self.lock("2026-03-03")
        card = self.change(refunds=[refund("19.99", ONE)])
        self.assert_card(card, "held", "period_locked")
        self.assertFalse(self.notes())
        self.lock("2026-03-01")
        self.env["ciama.importer"]._run(card)
        self.assert_note(("CHAIR", 1, "16.66"), taxes={"20": "3.33"}, total="19.99")

    def test_never_dated_before_its_invoice(self):
        self.shop.invoice_date = "today"
        self.sell(CHAIRS, refunds=[refund("19.99", ONE)])
        self.assertEqual(self.notes().invoice_date, self.issued().invoice_date)

    def test_in_another_currency(self):
        usd = self.env.ref("base.USD")
        usd.active = True
        rates = self.env["res.currency.rate"]
        rates.create({"currency_id": usd.id, "name": "2026-03-01", "rate": 1.25})
        rates.create({"currency_id": usd.id, "name": "2026-03-03", "rate": 1.6})
        self.sell(CHAIRS, currency="USD", payments=[payment("59.97", currency="USD")])
        self.refunded(refund("19.99", ONE))
        note = self.assert_note(("CHAIR", 1, "16.66"), taxes={"20": "3.33"}, total="19.99")
        self.assertEqual(note.currency_id, usd)
        tax = note.line_ids.filtered("tax_line_id")
        self.assertAlmostEqual(tax.balance, 3.33 / 1.6, places=2)
        self.assert_receivable(self.sale_order, "0.00")

    def test_tax_included_prices(self):
        tax = self.make_tax(20, price_include_override="tax_included")
        self.chair.taxes_id = tax
        self.sell(CHAIRS)
        self.refunded(refund("19.99", ONE))
        self.assert_note(("CHAIR", 1, "16.66"), taxes={"20": "3.33"}, total="19.99")

    def test_another_vat_than_the_shops_inside_the_same_total(self):
        """What the invoice says is what is taken back of it."""
        policies = self.shop.vat_policy_ids
        policies.filtered(lambda row: row.problem_id.code == "tax_oss_due").decision = "odoo"
        self.sell(CHAIRS, billing_address=BERLIN, shipping_address=BERLIN)
        self.assert_amounts(self.issued(), untaxed="50.39", tax="9.58", total="59.97")
        self.refunded(refund("19.99", ONE))
        self.assert_note(("CHAIR", 1, "16.80"), taxes={"19": "3.19"}, total="19.99")

    def test_the_shop_decides_the_tax_of_a_refund(self):
        """A cent more or less than Odoo would compute."""
        self.sell(CHAIRS)
        self.refunded(refund("19.99", back("1", "16.65", "3.34", "1")))
        self.assert_note(("CHAIR", 1, "16.65"), taxes={"20": "3.34"}, total="19.99")

    def test_a_note_that_a_person_cancelled_is_not_made_again(self):
        self.sell(CHAIRS)
        self.refunded(refund("19.99", ONE, paid_out=False))
        self.notes().button_draft()
        self.notes().button_cancel()
        self.changed(customer_note="Hello")
        self.assertEqual(self.notes().mapped("state"), ["cancel"])

    def test_many_refunds_in_one_batch(self):
        """One of them is a problem, and stays alone with it."""
        self.sell(CHAIRS)
        first = self.body
        self.sell(CHAIRS)
        second, later = self.body, "2026-03-05T10:00:00+00:00"
        cards = self.import_orders(
            {**first, "refunds": [refund("19.99", ONE)], "updated_at": later},
            {**second, "refunds": [refund("99.00")], "updated_at": later},
        )
        self.assertEqual(cards.mapped("state"), ["imported", "held"])
        kinds = [len(card.sale_order_id.invoice_ids) for card in cards]
        self.assertEqual(kinds, [2, 1])


class TestFigures(RefundCase):
    """Amounts that do not divide."""

    def test_all_of_an_order_whose_lines_miss_its_total(self):
        """The shop's own cent of rounding is given back with the rest."""
        self.sell(line("9.99", quantity="3"), total="11.98", payments=[payment("11.98")])
        self.changed(refunds=[refund("11.98")], status="refunded", payment_status="refunded")
        self.assertEqual(f"{self.notes().amount_total:.2f}", "11.98")
        self.assertEqual(self.notes().amount_tax, self.issued().amount_tax)
        self.assert_receivable(self.sale_order, "0.00")

    def test_a_reduction_of_the_whole_order_is_given_back_in_proportion(self):
        self.sell(line("100.00"), line("-10.00", kind="discount", name="Voucher"))
        self.refunded(refund("54.00"))
        self.assert_note(("CIAMA-DISCOUNT", 1, "45.00"), taxes={"20": "9.00"}, total="54.00")

    def test_untaxed_lines(self):
        self.sell(line("100.00"), line("20.00", 0, kind="tip", name="Tip"))
        self.refunded(refund("70.00"))
        self.assert_note(
            ("CIAMA-DISCOUNT", 1, "50.00"),
            ("CIAMA-DISCOUNT", 1, "10.00"),
            taxes={"20": "10.00"},
            total="70.00",
        )

    def test_a_hundred_and_one_pieces_in_three_refunds(self):
        self.sell(line("333.33", quantity="101", tax_amount="66.67"))
        parts = [("110.01", "22.00", "33"), ("110.01", "22.01", "33"), ("113.31", "22.66", "35")]
        refunds = [
            refund(f"{float(net) + float(tax):.2f}", back("1", net, tax, units), number=number)
            for number, (net, tax, units) in enumerate(parts, start=1)
        ]
        self.refunded(*refunds)
        self.assertEqual(len(self.notes()), 3)
        self.assertAlmostEqual(sum(self.notes().mapped("amount_untaxed")), 333.33, places=6)
        self.assertAlmostEqual(sum(self.notes().mapped("amount_tax")), 66.67, places=6)
        self.assert_receivable(self.sale_order, "0.00")
