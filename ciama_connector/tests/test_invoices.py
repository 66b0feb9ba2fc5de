"""Invoices made at once: amounts, dates, numbers, references; never twice."""

from datetime import date

from freezegun import freeze_time
from odoo.fields import Command

from .common import line, order, shipping, tax
from .invoice_case import InvoiceCase, payment

LATER = "2026-03-05T08:00:00+00:00"


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

    def test_products_invoiced_on_delivery_are_invoiced_as_ordered(self):
        self.chair.invoice_policy = "delivery"
        invoice = self.paid_invoice(order(line(quantity="3"), payments=[payment("12.00")]))
        self.assertEqual(invoice.invoice_line_ids.quantity, 3.0)
        self.assert_amounts(invoice, untaxed="10.00", tax="2.00", total="12.00")

    def test_a_product_is_named_once(self):
        sale_order = self.imported(
            order(
                line("10.00", 20, "2.00", name="Chair"),
                line("10.00", 20, "2.00", name="Chair in oak"),
                payments=[payment("24.00")],
            )
        )
        self.assertEqual(
            self.invoices(sale_order).invoice_line_ids.mapped("name"),
            ["[CHAIR] Chair", "[CHAIR] Chair\nChair in oak"],
        )

    def test_nothing_to_pay(self):
        free = line("0.00", 20, "0.00")
        sale_order = self.imported(order(free))
        invoice = self.invoices(sale_order)
        self.assertEqual((invoice.state, invoice.payment_state), ("posted", "paid"))
        self.assert_amounts(invoice, untaxed="0.00", tax="0.00", total="0.00")
        self.assertFalse(self.payments(sale_order))

    def test_a_voucher_that_takes_everything(self):
        discount = line("-10.00", 20, "-2.00", kind="discount")
        invoice = self.invoices(self.imported(order(line(), discount)))
        self.assertEqual((invoice.state, invoice.payment_state), ("posted", "paid"))
        self.assertEqual(len(invoice.invoice_line_ids), 2)

    def test_untaxed_lines_and_the_shops_rounding_difference(self):
        invoice = self.paid_invoice(
            order(
                line(),
                line("25.00", 0, kind="gift_card"),
                line("2.00", 0, kind="tip"),
                total="39.01",
                payments=[payment("39.01")],
            )
        )
        self.assert_amounts(invoice, untaxed="37.01", tax="2.00", total="39.01")

    def test_prices_that_include_tax(self):
        included = self.make_tax(20, price_include_override="tax_included")
        self.chair.taxes_id = included
        invoice = self.paid_invoice(
            order(line("16.66", 20, "3.33", quantity="3"), payments=[payment("19.99")])
        )
        self.assert_amounts(invoice, untaxed="16.66", tax="3.33", total="19.99")

    def test_two_taxes_on_one_line(self):
        state, county = self.make_tax(7.25), self.make_tax(1.5)
        self.chair.taxes_id = state | county
        taxes = [tax("7.25", "0.73"), tax("1.5", "0.14")]
        invoice = self.paid_invoice(order(line("10.00", taxes=taxes), payments=[payment("10.87")]))
        self.assert_taxes(invoice, **{"7.25": "0.73", "1.5": "0.14"})

    def test_quotations_are_not_invoiced(self):
        sale_order = self.imported(order(status="pending"))
        self.assertEqual(sale_order.state, "draft")
        self.assertFalse(sale_order.invoice_ids)

    def test_never(self):
        self.shop.invoice_policy = "never"
        self.assertFalse(self.imported(order()).invoice_ids)

    def test_the_rule_of_the_payment_method(self):
        row = self.env["ciama.mapping.payment"]._of_values(self.shop, {"invoice": ""})["invoice"]
        row.invoice_policy = "never"
        without, with_invoice = self.imported(
            order(payment_method={"code": "invoice"}), order(payment_method={"code": "stripe"})
        )
        self.assertFalse(without.invoice_ids)
        self.assertEqual(len(with_invoice.invoice_ids), 1)

    def test_the_button_leads_back_to_the_order(self):
        (card,) = self.import_orders(order())
        invoice = self.invoices(card.sale_order_id)
        self.assertEqual(invoice.action_open_ciama_order()["res_id"], card.id)
        self.assertEqual(card.invoice_count, 1)
        self.assertEqual(card.action_open_invoices()["res_id"], invoice.id)
        self.assertEqual(card.delivery_count, 1)
        picking = card.sale_order_id.picking_ids
        self.assertEqual(card.action_open_deliveries()["res_id"], picking.id)


class TestCurrencies(InvoiceCase):
    def test_amounts_in_both_currencies(self):
        for name, rate, net, tax_amount, total, books in (
            ("CHF", 0.95, "16.66", "3.33", "19.99", 21.05),
            ("JPY", 160.0, "1666", "333", "1999", 12.49),
            ("KWD", 0.34, "16.667", "3.334", "20.001", 58.83),
        ):
            with self.subTest(currency=name):
                currency = self.env.ref(f"base.{name}")
                currency.active = True
                currency.rate_ids.unlink()
                currency.rate_ids = [
                    Command.create(
                        {"name": "2026-01-01", "rate": rate, "company_id": self.company.id}
                    )
                ]
                invoice = self.paid_invoice(
                    order(
                        line(net, 20, tax_amount, quantity="3", currency=name),
                        currency=name,
                        payments=[payment(total, currency=name)],
                    )
                )
                self.assertEqual(invoice.currency_id.name, name)
                self.assert_amounts(invoice, untaxed=net, tax=tax_amount, total=total)
                self.assert_taxes(invoice, **{"20": tax_amount})
                self.assertAlmostEqual(invoice.amount_total_signed, books, 2)
                self.assertAlmostEqual(sum(invoice.line_ids.mapped("balance")), 0.0, 2)

    def test_the_rate_of_the_invoices_date(self):
        """Another rate than on the day of the order: francs stay, euros follow."""
        self.shop.invoice_date = "payment"
        francs = self.env.ref("base.CHF")
        francs.active = True
        francs.rate_ids.unlink()
        francs.rate_ids = [
            Command.create({"name": day, "rate": rate, "company_id": self.company.id})
            for day, rate in (("2026-01-01", 0.95), ("2026-03-04", 0.90))
        ]
        invoice = self.paid_invoice(
            order(
                line("16.66", 20, "3.33", quantity="3", currency="CHF"),
                currency="CHF",
                payments=[payment("19.99", currency="CHF", paid_at="2026-03-04T10:00:00+00:00")],
            )
        )
        self.assertEqual(invoice.invoice_date, date(2026, 3, 4))
        self.assert_amounts(invoice, untaxed="16.66", tax="3.33", total="19.99")
        self.assertAlmostEqual(invoice.amount_untaxed_signed, 18.51, 2)
        self.assertAlmostEqual(invoice.amount_tax_signed, 3.70, 2)


class TestDates(InvoiceCase):
    def test_the_day_in_the_books_time_zone(self):
        body = order(created_at="2026-02-28T23:30:00+00:00", payments=[payment("12.00")])
        self.assertEqual(self.paid_invoice(body).invoice_date, date(2026, 3, 1))
        self.company.partner_id.tz = "America/New_York"
        body = order(created_at="2026-03-01T03:00:00+00:00", payments=[payment("12.00")])
        self.assertEqual(self.paid_invoice(body).invoice_date, date(2026, 2, 28))

    def test_the_day_of_the_last_payment(self):
        self.shop.invoice_date = "payment"
        rest = payment("10.00", 2, paid_at="2026-03-04T10:00:00+00:00")
        promised = payment("3.00", 3, captured=False, paid_at="2026-03-09T10:00:00+00:00")
        body = order(payments=[payment("2.00"), rest, promised])
        self.assertEqual(self.paid_invoice(body).invoice_date, date(2026, 3, 4))

    @freeze_time("2026-03-20 23:30:00")
    def test_the_day_it_is_made(self):
        self.shop.invoice_date = "today"
        body = order(payments=[payment("12.00")])
        self.assertEqual(self.paid_invoice(body).invoice_date, date(2026, 3, 21))

    @freeze_time("2026-03-20 10:00:00")
    def test_unpaid_orders_dated_by_payment_are_of_today(self):
        self.shop.invoice_date, self.shop.confirm_policy = "payment", "always"
        invoice = self.invoices(self.imported(order(status="pending")))
        self.assertEqual(invoice.invoice_date, date(2026, 3, 20))

    @freeze_time("2026-03-01 10:00:00")
    def test_never_in_the_future(self):
        """A shop whose clock is ahead."""
        body = order(created_at="2026-03-02T10:00:00+00:00", payments=[payment("12.00")])
        self.assertEqual(self.paid_invoice(body).invoice_date, date(2026, 3, 1))

    def test_terms_of_the_payment_method(self):
        row = self.env["ciama.mapping.payment"]._of_values(self.shop, {"invoice": ""})["invoice"]
        row.payment_term_id = self.env.ref("account.account_payment_term_30days")
        invoice = self.invoices(self.imported(order(payment_method={"code": "invoice"})))
        self.assertEqual(invoice.invoice_payment_term_id, row.payment_term_id)
        self.assertEqual(invoice.invoice_date_due, date(2026, 4, 1))

    def test_terms_that_the_shop_gave_for_this_order(self):
        self.shop.payment_term_id = self.env.ref("account.account_payment_term_30days")
        terms = {"name": "Net 15", "due_days": 15, "due_at": "2026-03-17T23:30:00+00:00"}
        invoice = self.invoices(self.imported(order(payment_terms=terms)))
        self.assertEqual(invoice.invoice_date_due, date(2026, 3, 18))
        receivable = invoice.line_ids.filtered(lambda row: row.display_type == "payment_term")
        self.assertEqual(receivable.date_maturity, date(2026, 3, 18))

    def test_terms_in_days(self):
        invoice = self.invoices(
            self.imported(order(payment_terms={"name": "Net 15", "due_days": 15}))
        )
        self.assertEqual(invoice.invoice_date_due, date(2026, 3, 17))


class TestNumbers(InvoiceCase):
    def test_as_the_orders_were_placed(self):
        """Neither as the shop shows them, nor by the text of their numbers."""
        late = order(number="#1000", created_at="2026-03-02T12:00:00+00:00")
        early = order(number="#999", created_at="2026-03-02T11:00:00+00:00")
        before = order(number="#998", created_at="2026-03-02T10:59:59+00:00")
        sales = self.imported(late, before, early)
        numbers = {sale.client_order_ref: self.invoices(sale).sequence_number for sale in sales}
        first = numbers["#998"]
        self.assertEqual(numbers, {"#998": first, "#999": first + 1, "#1000": first + 2})

    def test_by_date_where_dates_differ(self):
        late = order(created_at="2026-03-03T12:00:00+00:00")
        early = order(created_at="2026-03-02T12:00:00+00:00")
        names = self.imported(late, early).mapped("invoice_ids").sorted("invoice_date")
        self.assertEqual(names, names.sorted("sequence_number"))

    def test_the_buyers_own_reference(self):
        invoice = self.invoices(self.imported(order(number="#7", po_number="PO-77")))
        self.assertEqual((invoice.ref, invoice.payment_reference), ("#7 / PO-77", "#7"))


class TestClosedPeriods(InvoiceCase):
    def test_the_order_waits_with_its_sale_order(self):
        for field in ("fiscalyear_lock_date", "tax_lock_date", "sale_lock_date", "hard_lock_date"):
            with self.subTest(field=field), self.cr.savepoint() as savepoint:
                self.company[field] = "2026-03-31"
                (card,) = self.import_orders(order())
                self.assert_card(card, "held", "period_locked")
                self.assertIn("03/02/2026", card.message)
                self.assertEqual(card.sale_order_id.state, "sale")
                self.assertFalse(card.sale_order_id.invoice_ids)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_the_first_open_day_is_open(self):
        self.company.fiscalyear_lock_date = "2026-03-01"
        invoice = self.invoices(self.imported(order()))
        self.assertEqual((invoice.invoice_date, invoice.date), (date(2026, 3, 2),) * 2)

    def test_another_rule_or_an_open_period_lets_it_go_on(self):
        self.company.sale_lock_date = "2026-03-31"
        cards = self.import_orders(order(), order())
        self.shop.invoice_date = "today"
        self.env["ciama.order"].browse(cards[0].id).action_retry()
        self.env["ciama.importer"]._run(cards[0])
        self.assertEqual(cards[0].state, "imported")
        self.shop.invoice_date = "order"
        self.company.sale_lock_date = False
        cards[1].action_retry()
        self.env["ciama.importer"]._run(cards[1])
        self.assertEqual(self.invoices(cards[1].sale_order_id).date, date(2026, 3, 2))

    def test_a_closed_one_stops_no_other_order(self):
        self.company.fiscalyear_lock_date = "2026-03-01"
        old = order(created_at="2026-02-20T10:00:00+00:00")
        cards = self.import_orders(order(), old, order())
        self.assertEqual(cards.mapped("state"), ["imported", "held", "imported"])
        self.assertEqual(cards.mapped("invoice_count"), [1, 0, 1])

    def test_goods_of_an_old_order_are_planned_for_now(self):
        self.company.fiscalyear_lock_date = "2026-03-31"
        self.shop.invoice_date = "today"
        sale_order = self.imported(order())
        self.assertEqual(sale_order.date_order.date(), date(2026, 3, 2))
        self.deliver(sale_order)


class TestByHand(InvoiceCase):
    """What people do to a sale order is seen, and nothing is doubled."""

    def setUp(self):
        super().setUp()
        self.shop.invoice_policy = "never"

    def later(self, body, **values):
        """The next import, now that the shop's orders are invoiced."""
        self.shop.invoice_policy = "order"
        (card,) = self.import_orders({**body, "updated_at": LATER, "staff_note": "x", **values})
        return card

    def test_invoiced_before(self):
        body = order(payments=[payment("12.00")])
        sale_order = self.imported(body)
        by_hand = self.invoice(sale_order)
        self.assertEqual(self.later(body).state, "imported")
        self.assertEqual(sale_order.invoice_ids, by_hand)
        self.assertEqual(by_hand.payment_state, "paid")

    def test_a_draft_of_a_person_counts(self):
        body = order(payments=[payment("12.00")])
        sale_order = self.imported(body)
        draft = sale_order._create_invoices()
        self.assertEqual(self.later(body).state, "imported")
        self.assertEqual((sale_order.invoice_ids, draft.state), (draft, "draft"))

    def test_posting_it_matches_the_money_that_came(self):
        body = order(payments=[payment("12.00")])
        sale_order = self.imported(body)
        self.assert_receivable(sale_order, "-12.00")
        with self.trap() as jobs:
            by_hand = self.invoice(sale_order)
            jobs.assert_jobs_count(1, only=sale_order.ciama_order_ids._job_documents)
            jobs.perform_enqueued_jobs()
        self.assertEqual(by_hand.payment_state, "paid")
        self.assertEqual(len(self.payments(sale_order)), 1)

    def test_one_invoice_of_two_orders(self):
        first, second = order(payments=[payment("12.00")]), order(payments=[payment("12.00")])
        sales = self.imported(first, second)
        both = sales._create_invoices()
        self.assertEqual(len(both), 1)
        self.assert_amounts(both, untaxed="20.00", tax="4.00", total="24.00")
        with self.trap() as jobs:
            both.action_post()
            jobs.perform_enqueued_jobs()
        self.assertEqual(both.payment_state, "paid")
        self.later(first)
        self.assertEqual(sales.invoice_ids, both)

    def test_the_rest_of_what_a_person_invoiced(self):
        body = order(line("10.00", 20, "2.00", quantity="3"), shipping("5.00"))
        sale_order = self.imported(body)
        draft = sale_order._create_invoices()
        draft.invoice_line_ids.filtered(lambda row: row.quantity == 3).quantity = 1
        draft.action_post()
        self.assertEqual(self.later(body).state, "imported")
        rest = self.invoices(sale_order) - draft
        self.assertEqual(rest.invoice_line_ids.mapped("quantity"), [2.0])
        both = self.invoices(sale_order)
        self.assertAlmostEqual(sum(both.mapped("amount_total")), 18.0, 2)
        self.assertAlmostEqual(sum(both.mapped("amount_tax")), 3.0, 2)

    def test_a_cancelled_invoice_is_not_made_again(self):
        body = order()
        sale_order = self.imported(body)
        self.invoice(sale_order).button_cancel()
        card = self.later(body)
        self.assertEqual((card.state, card.to_review), ("imported", True))
        self.assertIn("invoice_cancelled", card.warnings)
        self.assertEqual(sale_order.invoice_ids.mapped("state"), ["cancel"])

    def test_a_credit_note_makes_nothing_due_again(self):
        body = order(payments=[payment("12.00")])
        sale_order = self.imported(body)
        invoice = self.invoice(sale_order)
        invoice._reverse_moves(cancel=True)
        self.assertEqual(self.later(body).state, "imported")
        self.assertEqual(
            sorted(sale_order.invoice_ids.mapped("move_type")), ["out_invoice", "out_refund"]
        )

    def test_a_down_payment_is_a_persons_business(self):
        body = order(line("100.00"))
        sale_order = self.imported(body)
        self.env["sale.advance.payment.inv"].with_context(active_ids=sale_order.ids).create(
            {"advance_payment_method": "percentage", "amount": 30}
        ).create_invoices()
        self.assertEqual(self.later(body).state, "imported")
        self.assertEqual(len(sale_order.invoice_ids), 1)

    def test_another_price_than_the_shops(self):
        body = order(payments=[payment("12.00")])
        sale_order = self.imported(body)
        sale_order.order_line.price_unit = 11.0
        card = self.later(body)
        self.assert_card(card, "held", "invoice_differs")
        self.assertFalse(sale_order.invoice_ids)
        self.assertIn("12.00", card.message)
        self.assertIn("13.20", card.message)
