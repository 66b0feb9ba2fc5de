"""What the shop received is booked once, in its journal, at its date, and matched."""

from datetime import date
from unittest.mock import patch

from odoo.addons.queue_job.exception import RetryableJobError
from odoo.fields import Command

from .common import line, order
from .invoice_case import CARD, InvoiceCase, payment

LATER = "2026-03-05T08:00:00+00:00"
GIFT = {"code": "gift_card", "label": "Gift card"}
WIRE = {"code": "bacs", "label": "Bank transfer"}


class PaymentCase(InvoiceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gift_journal = cls.env["account.journal"].create(
            {"name": "Gift cards", "code": "GIFT", "type": "cash", "company_id": cls.company.id}
        )

    def map_method(self, code, **values):
        row = self.env["ciama.mapping.payment"]._of_values(self.shop, {code: code})[code]
        row.write(values)
        return row

    def again(self, body, **values):
        """The shop shows the order of ``body`` once more, with ``values``."""
        return self.import_orders({**body, "updated_at": LATER, **values})


class TestMoney(PaymentCase):
    def test_several_payments(self):
        sale_order = self.imported(
            order(
                line("100.00"),
                payments=[
                    payment("50.00", 1),
                    payment("70.00", 2, paid_at="2026-03-04T23:30:00+00:00"),
                ],
            )
        )
        self.assertRecordValues(
            self.payments(sale_order),
            [
                {"amount": 50.0, "date": date(2026, 3, 2), "memo": "ch_1"},
                {"amount": 70.0, "date": date(2026, 3, 5), "memo": "ch_2"},
            ],
        )
        self.assertEqual(self.invoices(sale_order).payment_state, "paid")
        self.assert_receivable(sale_order, "0.00")

    def test_a_deposit_first_and_the_rest_later(self):
        body = order(line("100.00"), status="partially_paid", payments=[payment("20.00")])
        self.shop.confirm_policy = "always"
        sale_order = self.imported(body)
        self.assertEqual(self.invoices(sale_order).payment_state, "partial")
        self.assert_receivable(sale_order, "100.00")
        rest = payment("100.00", 2, paid_at=LATER)
        self.again(body, status="paid", payments=[payment("20.00"), rest])
        self.assertEqual(self.invoices(sale_order).payment_state, "paid")
        self.assertEqual(self.payments(sale_order).mapped("amount"), [20.0, 100.0])

    def test_a_transfer_that_arrives_later(self):
        self.shop.confirm_policy = "always"
        body = order(status="pending", payment_method=WIRE)
        sale_order = self.imported(body)
        invoice = self.invoices(sale_order)
        self.assertEqual((invoice.state, invoice.payment_state), ("posted", "not_paid"))
        self.assertFalse(self.payments(sale_order))
        self.again(body, status="paid", payments=[payment("12.00", method=WIRE, paid_at=LATER)])
        self.assertEqual(self.payments(sale_order).date, date(2026, 3, 5))
        self.assertEqual(invoice.payment_state, "paid")

    def test_authorized_money_is_none_until_it_is_captured(self):
        body = order(status="authorized", payments=[payment("12.00", captured=False)])
        sale_order = self.imported(body)
        self.assertFalse(self.payments(sale_order))
        self.assertEqual(self.invoices(sale_order).payment_state, "not_paid")
        self.again(body, status="paid", payments=[payment("12.00")])
        self.assertEqual(self.invoices(sale_order).payment_state, "paid")

    def test_cash_on_delivery_is_none_until_it_is_collected(self):
        cod = {"code": "cod", "label": "Cash on delivery"}
        owed = payment("12.00", kind="cash_on_delivery", method=cod, captured=False, paid_at=None)
        body = order(status="accepted", payment_method=cod, payments=[owed])
        sale_order = self.imported(body)
        self.assertFalse(self.payments(sale_order))
        self.assertEqual(self.invoices(sale_order).payment_state, "not_paid")

    def test_money_before_the_invoice(self):
        self.shop.invoice_policy = "delivery"
        sale_order = self.imported(order(payments=[payment("12.00")]))
        self.assertFalse(sale_order.invoice_ids)
        self.assertEqual(self.payments(sale_order).amount, 12.0)
        self.assert_receivable(sale_order, "-12.00")
        self.deliver(sale_order)
        sale_order.ciama_order_ids._job_documents()
        self.assertEqual(self.invoices(sale_order).payment_state, "paid")
        self.assert_receivable(sale_order, "0.00")

    def test_too_much_stays_on_the_account(self):
        (card,) = self.import_orders(order(payments=[payment("15.00")]))
        sale_order = card.sale_order_id
        self.assertEqual(self.invoices(sale_order).payment_state, "paid")
        self.assert_receivable(sale_order, "-3.00")
        self.assertTrue(card.to_review)
        self.assertIn("15.00", card.warning_text)

    def test_too_little_stays_open(self):
        (card,) = self.import_orders(order(payments=[payment("10.00")]))
        self.assertEqual(self.invoices(card.sale_order_id).payment_state, "partial")
        self.assert_receivable(card.sale_order_id, "2.00")
        self.assertFalse(card.to_review)

    def test_paid_twice(self):
        (card,) = self.import_orders(order(payments=[payment("12.00"), payment("12.00", 2)]))
        sale_order = card.sale_order_id
        self.assertEqual(len(self.payments(sale_order)), 2)
        self.assertEqual(self.invoices(sale_order).payment_state, "paid")
        self.assert_receivable(sale_order, "-12.00")
        self.assertTrue(card.to_review)

    def test_money_of_one_order_pays_no_other(self):
        """Of the same customer, in the same batch."""
        paid_twice = order(payments=[payment("12.00"), payment("12.00", 2)])
        self.shop.confirm_policy = "always"
        first, second, third = self.imported(
            paid_twice, order(status="pending"), order(payments=[payment("11.00")])
        )
        self.assertEqual(
            [self.invoices(sale).payment_state for sale in (first, second, third)],
            ["paid", "not_paid", "partial"],
        )
        self.assertEqual(self.invoices(third).amount_residual, 1.0)

    def test_a_surplus_given_back_asks_for_nobody(self):
        (card,) = self.import_orders(
            order(payments=[payment("12.00"), payment("12.00", 2)], total_refunded="12.00")
        )
        self.assertNotIn("overpaid", card.warnings or {})

    def test_nothing_is_booked_for_an_order_cancelled_in_odoo(self):
        self.shop.invoice_policy = "never"
        body = order(status="authorized", payments=[payment("12.00", captured=False)])
        sale_order = self.imported(body)
        sale_order._action_cancel()
        self.again(body, payments=[payment("12.00")])
        self.assertFalse(self.payments(sale_order))

    def test_money_that_a_person_matched_first_is_not_booked_again(self):
        self.shop.confirm_policy = "always"
        body = order(status="pending", payment_method=WIRE)
        sale_order = self.imported(body)
        invoice = self.invoices(sale_order)
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({})._create_payments()
        self.assertEqual(invoice.payment_state, "paid")
        (card,) = self.again(body, status="paid", payments=[payment("12.00", method=WIRE)])
        self.assertFalse(self.payments(sale_order))
        self.assert_receivable(sale_order, "0.00")
        self.assertIn("already_paid", card.warnings)

    def test_the_day_of_the_order_where_the_shop_tells_none(self):
        sale_order = self.imported(order(payments=[payment("12.00", paid_at=None)]))
        self.assertEqual(self.payments(sale_order).date, date(2026, 3, 2))

    def test_the_number_of_the_order_where_there_is_no_transaction(self):
        body = order(payments=[payment("12.00", transaction_id="")])
        self.assertEqual(self.payments(self.imported(body)).memo, body["number"])


class TestJournals(PaymentCase):
    def test_journal_and_method_of_the_payment_method(self):
        journal = self.env["account.journal"].create(
            {"name": "Stripe", "code": "STRP", "type": "bank", "company_id": self.company.id}
        )
        method = journal.inbound_payment_method_line_ids[:1].copy({"name": "Cards"})
        self.map_method("stripe", journal_id=journal.id, payment_method_line_id=method.id)
        booked = self.payments(self.imported(order(payments=[payment("12.00")])))
        self.assertEqual((booked.journal_id, booked.payment_method_line_id), (journal, method))
        self.assertEqual(booked.move_id.journal_id, journal)

    def test_an_outstanding_account_of_the_method_is_used(self):
        account = self.env["account.account"].create(
            {
                "name": "Stripe in transit",
                "code": "511500",
                "account_type": "asset_current",
                "reconcile": True,
            }
        )
        self.shop.payment_journal_id.inbound_payment_method_line_ids.payment_account_id = account
        booked = self.payments(self.imported(order(payments=[payment("12.00")])))
        self.assertIn(account, booked.move_id.line_ids.account_id)

    def test_a_gift_card_has_its_own_journal(self):
        self.map_method("gift_card", journal_id=self.gift_journal.id)
        sale_order = self.imported(
            order(
                line("100.00"),
                payment_method=CARD,
                payments=[
                    payment("30.00", 1, method=GIFT, kind="gift_card"),
                    payment("90.00", 2),
                ],
            )
        )
        self.assertEqual(
            [(row.journal_id, row.amount) for row in self.payments(sale_order)],
            [(self.gift_journal, 30.0), (self.shop.payment_journal_id, 90.0)],
        )
        self.assertEqual(self.invoices(sale_order).payment_state, "paid")

    def test_a_gift_card_without_journal_waits_for_one(self):
        body = order(
            payment_method=CARD, payments=[payment("12.00", method=GIFT, kind="gift_card")]
        )
        (card,) = self.import_orders(body)
        self.assert_card(card, "blocked", "payment_journal_missing")
        self.assertEqual(card.waits_for, "gift_card")
        sale_order = card.sale_order_id
        self.assertEqual(sale_order.state, "sale")
        self.assertFalse(sale_order.invoice_ids)
        row = self.map_method("gift_card", journal_id=self.gift_journal.id)
        row.action_free_orders()
        self.env["ciama.importer"]._run(card)
        self.assertEqual(card.state, "imported")
        self.assertEqual(self.invoices(sale_order).payment_state, "paid")

    def test_no_journal_at_all(self):
        self.shop.payment_journal_id = False
        good, bad = order(), order(payments=[payment("12.00")])
        cards = self.import_orders(good, bad)
        self.assertEqual(cards[0].state, "imported")
        self.assert_card(cards[1], "blocked", "payment_journal_missing")

    def test_methods_that_are_booked_elsewhere(self):
        self.map_method("stripe", register_payment="no")
        sale_order = self.imported(order(payments=[payment("12.00")]))
        self.assertFalse(self.payments(sale_order))
        self.assertEqual(self.invoices(sale_order).payment_state, "not_paid")


class TestOnce(PaymentCase):
    def test_a_payment_is_booked_once(self):
        body = order(payments=[payment("12.00")])
        sale_order = self.imported(body)
        for number in range(3):
            self.again(body, staff_note=str(number), updated_at=f"2026-03-1{number}T00:00:00Z")
        self.assertEqual(len(self.payments(sale_order)), 1)

    def test_a_cancelled_payment_stays_cancelled(self):
        body = order(payments=[payment("12.00")])
        sale_order = self.imported(body)
        self.payments(sale_order).action_cancel()
        self.again(body, staff_note="seen")
        self.assertEqual(self.payments(sale_order).state, "canceled")
        self.assertEqual(self.invoices(sale_order).payment_state, "not_paid")

    def test_two_jobs_cannot_book_it_both(self):
        """The second one, which does not see the first one's binding, is run again."""
        self.shop.invoice_policy = "never"
        body = order(payments=[payment("12.00")])
        self.imported(body)
        bindings = type(self.env["ciama.binding"])
        real = bindings._lookup

        def blind(bindings, shop, kind, ids):
            return {} if kind == "payment" else real(bindings, shop, kind, ids)

        with (
            patch.object(bindings, "_lookup", blind),
            self.assertLogs("odoo.sql_db", "ERROR"),  # the refused insert
            self.assertRaises(RetryableJobError),
        ):
            self.again(body, staff_note="seen")

    def test_a_payment_knows_its_order(self):
        (card,) = self.import_orders(order(payments=[payment("12.00")]))
        booked = self.payments(card.sale_order_id)
        self.assertEqual(card.payment_ids, booked)
        self.assertEqual(card.payment_count, 1)
        self.assertEqual(card.action_open_payments()["res_id"], booked.id)
        self.assertEqual(booked.action_open_ciama_order()["res_id"], card.id)


class TestClosedPeriods(PaymentCase):
    def test_no_payment_in_a_closed_period(self):
        self.shop.invoice_date = "today"
        for field in ("fiscalyear_lock_date", "hard_lock_date"):
            with self.subTest(field=field), self.cr.savepoint() as savepoint:
                self.company[field] = "2026-03-31"
                (card,) = self.import_orders(order(payments=[payment("12.00")]))
                self.assert_card(card, "held", "period_locked")
                self.assertFalse(card.sale_order_id.invoice_ids)
                self.assertFalse(self.payments(card.sale_order_id))
                savepoint.rollback()
                self.env.invalidate_all()

    def test_closed_sales_do_not_close_the_bank(self):
        self.shop.invoice_date = "today"
        self.company.sale_lock_date = self.company.tax_lock_date = "2026-03-31"
        sale_order = self.imported(order(payments=[payment("12.00")]))
        self.assertEqual(self.payments(sale_order).date, date(2026, 3, 2))
        self.assertEqual(self.payments(sale_order).move_id.date, date(2026, 3, 2))


class TestCash(PaymentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop.payment_journal_id.write({"profit_account_id": False, "loss_account_id": False})

    def cash(self, paid, rounding):
        body = order(
            line("16.65", 20, "3.33"),
            payments=[payment(paid)],
            attributes=[{"name": "cash_rounding", "value": rounding}],
        )
        (card,) = self.import_orders(body)
        self.assertEqual(card.state, "imported", card.message)
        self.assertFalse(card.to_review)
        invoice = self.invoices(card.sale_order_id)
        self.assert_amounts(invoice, untaxed="16.65", tax="3.33", total="19.98")
        self.assertEqual(invoice.payment_state, "paid")
        self.assert_receivable(card.sale_order_id, "0.00")
        return self.payments(card.sale_order_id)

    def difference(self, booked, account):
        rows = booked.move_id.line_ids.filtered(lambda row: row.account_id == account)
        return rows.mapped("balance")

    def test_rounded_up(self):
        booked = self.cash("20.00", "0.02")
        self.assertEqual(booked.amount, 20.0)
        gain = self.company.default_cash_difference_income_account_id
        self.assertEqual(self.difference(booked, gain), [-0.02])

    def test_rounded_down(self):
        booked = self.cash("19.95", "-0.03")
        self.assertEqual(booked.amount, 19.95)
        loss = self.company.default_cash_difference_expense_account_id
        self.assertEqual(self.difference(booked, loss), [0.03])

    def test_without_account(self):
        self.company.default_cash_difference_income_account_id = False
        (card,) = self.import_orders(
            order(
                payments=[payment("12.02")],
                attributes=[{"name": "cash_rounding", "value": "0.02"}],
            )
        )
        self.assert_card(card, "blocked", "cash_difference_missing")


class TestCurrencies(PaymentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name, rate in (("CHF", 0.95), ("USD", 1.10), ("JPY", 160.0), ("KWD", 0.34)):
            currency = cls.env.ref(f"base.{name}")
            currency.active = True
            currency.rate_ids.unlink()
            currency.rate_ids = [
                Command.create({"name": "2026-01-01", "rate": rate, "company_id": cls.company.id})
            ]

    def francs(self, rate_of_payment):
        self.env.ref("base.CHF").rate_ids = [
            Command.create(
                {"name": "2026-03-04", "rate": rate_of_payment, "company_id": self.company.id}
            )
        ]
        return order(
            line("95.00", 20, "19.00", currency="CHF"),
            currency="CHF",
            payments=[payment("114.00", currency="CHF", paid_at="2026-03-04T10:00:00+00:00")],
        )

    def difference(self, invoice):
        """Between the rates, posted by Odoo, in the company's currency."""
        moves = invoice.line_ids.matched_credit_ids.exchange_move_id
        self.assertEqual(set(moves.mapped("state")), {"posted"})
        return self.company.currency_id.round(sum(moves.line_ids.mapped("debit")))

    def test_the_rate_of_the_day_of_the_payment(self):
        sale_order = self.imported(self.francs(0.96))
        invoice, booked = self.invoices(sale_order), self.payments(sale_order)
        self.assert_amounts(invoice, untaxed="95.00", tax="19.00", total="114.00")
        self.assertEqual(invoice.amount_total_signed, 120.0)
        self.assertEqual(invoice.payment_state, "paid")
        self.assertEqual(booked.currency_id.name, "CHF")
        self.assertEqual(booked.amount_company_currency_signed, 118.75)
        self.assertEqual(self.difference(invoice), 1.25)

    def test_the_rate_of_the_shop_goes_first(self):
        body = self.francs(0.96) | {"shop_currency": "EUR", "exchange_rate": "0.9405"}
        sale_order = self.imported(body)
        invoice, booked = self.invoices(sale_order), self.payments(sale_order)
        self.assertEqual(booked.amount, 114.0)
        self.assertEqual(booked.amount_company_currency_signed, 121.21)
        self.assertEqual(invoice.payment_state, "paid")
        self.assertEqual(self.difference(invoice), 1.21)

    def test_a_rate_that_is_none(self):
        body = self.francs(0.95) | {"shop_currency": "EUR", "exchange_rate": "2"}
        booked = self.payments(self.imported(body))
        self.assertEqual(booked.amount_company_currency_signed, 120.0)

    def test_no_digits_and_three(self):
        for currency, net, tax, total in (
            ("JPY", "1000", "200", "1200"),
            ("KWD", "10.125", "2.025", "12.150"),
        ):
            with self.subTest(currency=currency):
                sale_order = self.imported(
                    order(
                        line(net, 20, tax, currency=currency),
                        currency=currency,
                        payments=[payment(total, currency=currency)],
                    )
                )
                invoice = self.invoices(sale_order)
                self.assert_amounts(invoice, untaxed=net, tax=tax, total=total)
                self.assertEqual(invoice.payment_state, "paid")

    def test_a_payment_in_the_shops_currency_settles_what_the_shop_says(self):
        """110 dollars owed, 98 euros received, which the shop counts as 110 dollars."""
        sale_order = self.imported(
            order(
                line("91.67", 20, "18.33", currency="USD"),
                currency="USD",
                shop_currency="EUR",
                exchange_rate="1.12244898",
                payments=[payment("98.00", currency="EUR")],
            )
        )
        invoice, booked = self.invoices(sale_order), self.payments(sale_order)
        self.assertEqual(invoice.amount_total_signed, 100.0)
        self.assertEqual((booked.amount, booked.currency_id.name), (98.0, "EUR"))
        self.assertEqual(booked.amount_company_currency_signed, 98.0)
        self.assertEqual(invoice.payment_state, "paid")
        self.assertEqual(self.difference(invoice), 2.0)

    def test_a_payment_in_a_foreign_currency_for_an_order_in_euros(self):
        sale_order = self.imported(
            order(
                line("100.00"),
                shop_currency="USD",
                exchange_rate="0.9",
                payments=[payment("133.33", currency="USD")],
            )
        )
        booked = self.payments(sale_order)
        self.assertEqual((booked.amount, booked.currency_id.name), (133.33, "USD"))
        self.assertEqual(booked.amount_company_currency_signed, 120.0)
        self.assertEqual(self.invoices(sale_order).payment_state, "paid")

    def test_an_unknown_currency(self):
        (card,) = self.import_orders(order(payments=[payment("12.00", currency="XPF")]))
        self.assert_card(card, "blocked", "currency_unknown")
