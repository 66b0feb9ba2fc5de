"""Invoices at delivery: what left, as it leaves, adding up to the shop's total."""

from decimal import Decimal

from odoo.addons.queue_job.job import Job

from .common import line, order, shipping
from .invoice_case import InvoiceCase, payment

LATER = "2026-03-03T08:00:00+00:00"


class DeliveryCase(InvoiceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop.invoice_policy = "delivery"
        cls.table = cls.make_product("TABLE", invoice_policy="delivery")

    def ship(self, sale_order, **quantities):
        """``CHAIR=2`` leaves the warehouse, the rest waits; then the job runs."""
        picking = sale_order.picking_ids.filtered(lambda row: row.state not in ("done", "cancel"))
        for move in picking.move_ids:
            move.quantity = quantities.get(move.product_id.default_code, 0)
            move.picked = bool(move.quantity)
        picking._action_done()
        sale_order.ciama_order_ids._job_documents()
        card = sale_order.ciama_order_ids
        self.assertEqual(card.state, "imported", card.problem_detail or card.message)

    def rows(self, invoice):
        """(internal reference, quantity, untaxed amount) of its lines."""
        digits = invoice.currency_id.decimal_places
        return [
            (row.product_id.default_code, row.quantity, f"{row.price_subtotal:.{digits}f}")
            for row in invoice.invoice_line_ids
        ]

    def sums(self, sale_order):
        """(untaxed, tax, total) of its invoices, in cents of their currency."""
        invoices = self.invoices(sale_order)
        self.assertEqual(set(invoices.mapped("state")), {"posted"})
        digits = sale_order.currency_id.decimal_places
        return tuple(
            f"{sum(invoices.mapped(field)):.{digits}f}"
            for field in ("amount_untaxed", "amount_tax", "amount_total")
        )


class TestAtDelivery(DeliveryCase):
    def test_nothing_before_goods_leave(self):
        sale_order = self.imported(order(line(), shipping(), payments=[payment("18.00")]))
        self.assertEqual(sale_order.state, "sale")
        self.assertFalse(sale_order.invoice_ids)

    def test_a_job_invoices_what_left(self):
        first, second = self.imported(
            order(line(), shipping(), payments=[payment("18.00")]),
            order(line("20.00", quantity="2"), payments=[payment("24.00")]),
        )
        both = first | second
        with self.trap() as jobs:
            pickings = both.picking_ids
            for move in pickings.move_ids:
                move.quantity = move.product_uom_qty
            pickings.move_ids.picked = True
            pickings._action_done()
            jobs.assert_jobs_count(1)
            self.assertFalse(both.invoice_ids, "people who pack do not wait for invoices")
            jobs.perform_enqueued_jobs()
        self.assertEqual(self.rows(self.invoices(first)),
                         [("CHAIR", 1, "10.00"), ("CIAMA-SHIPPING", 1, "5.00")])  # fmt: skip
        self.assertEqual(set(both.invoice_ids.mapped("payment_state")), {"paid"})

    def test_the_job_waits_once(self):
        sale_order = self.imported(order())
        card = sale_order.ciama_order_ids
        for _again in range(2):
            self.env["ciama.documents"]._enqueue(card, "Invoice")
        records = self.env["queue.job"].search([("method_name", "=", "_job_documents")])
        records = records.filtered(lambda job: job.records == card)
        self.assertEqual(len(records), 1)
        self.assertEqual(records.channel, "root.ciama.import")
        self.deliver(sale_order)
        self.assertEqual(Job.load(self.env, records.uuid).perform(), "1 up to date")
        self.assertEqual(len(sale_order.invoice_ids), 1)

    def test_shops_that_do_not_invoice_then_have_no_job(self):
        self.shop.invoice_policy = "order"
        sale_order = self.imported(order())
        with self.trap() as jobs:
            self.deliver(sale_order)
            jobs.assert_jobs_count(0)
        self.env["ciama.mapping.payment"]._of_values(self.shop, {"invoice": ""})[
            "invoice"
        ].invoice_policy = "delivery"
        sale_order = self.imported(order(payment_method={"code": "invoice"}))
        with self.trap() as jobs:
            self.deliver(sale_order)
            jobs.assert_jobs_count(1)

    def test_the_job_leaves_alone_what_waits_for_a_person(self):
        body = order(payments=[payment("12.00")])
        (card,) = self.import_orders(body)
        self.deliver(card.sale_order_id)
        card.state = "held"
        card._job_documents()
        self.assertFalse(card.sale_order_id.invoice_ids)

    def test_a_warning_of_the_import_stays(self):
        (card,) = self.import_orders(order(payments=[payment("15.00")]))
        self.assertIn("overpaid", card.warnings)
        warnings = {"other": {}, **card.warnings}
        card.write({"warnings": warnings, "to_review": False})
        self.deliver(card.sale_order_id)
        card._job_documents()
        self.assertEqual((card.warnings, card.to_review), (warnings, False))

    def test_orders_of_services_are_invoiced_at_once(self):
        """Nothing will ever leave."""
        card = line("25.00", 0, kind="gift_card")
        invoice = self.invoices(self.imported(order(card, payments=[payment("25.00")])))
        self.assertEqual(invoice.payment_state, "paid")

    def test_only_the_shipping_is_left(self):
        """The customer got the money for the goods back, not that for the shipping."""
        taken = {"line_id": "1", "quantity": "1", "net": "10.00", "tax": "2.00"}
        refund = {"id": "r1", "amount": "12.00", "lines": [taken], "created_at": LATER}
        sale_order = self.imported(
            order(
                line(),
                shipping(),
                payments=[payment("18.00")],
                total_paid="18.00",
                refunds=[refund],
                total_refunded="12.00",
            )
        )
        invoice = self.invoices(sale_order)
        self.assert_amounts(invoice, untaxed="5.00", tax="1.00", total="6.00")
        self.assertEqual(invoice.payment_state, "paid")
        self.assert_receivable(sale_order, "0.00")

    def test_what_was_taken_back_before_it_left(self):
        """The job that runs when goods leave knows it too."""
        taken = {"line_id": "1", "quantity": "1", "net": "10.00", "tax": "2.00"}
        refund = {"id": "r1", "amount": "12.00", "lines": [taken], "created_at": LATER}
        sale_order = self.imported(
            order(
                line("20.00", quantity="2"),
                payments=[payment("24.00")],
                total_paid="24.00",
                refunds=[refund],
                total_refunded="12.00",
            )
        )
        self.ship(sale_order, CHAIR=1)
        self.assertEqual(self.rows(self.invoices(sale_order)), [("CHAIR", 1, "10.00")])
        self.assertEqual(self.invoices(sale_order).payment_state, "paid")

    def test_the_rule_at_once_does_not_wait(self):
        self.shop.invoice_policy = "order"
        self.chair.invoice_policy = "delivery"
        self.assertEqual(self.invoices(self.imported(order())).state, "posted")


class TestInParts(DeliveryCase):
    def test_three_times_one_of_three(self):
        """16.66 and 3.33 of tax: 5.55 + 5.56 + 5.55, with 1.11 of tax each."""
        sale_order = self.imported(
            order(
                line("16.66", 20, "3.33", quantity="3"),
                shipping("4.99", 20, "1.00"),
                payments=[payment("25.98")],
            )
        )
        for _piece in range(3):
            self.ship(sale_order, CHAIR=1)
        first, second, third = self.invoices(sale_order)
        self.assertEqual(self.rows(first),
                         [("CHAIR", 1, "5.55"), ("CIAMA-SHIPPING", 1, "4.99")])  # fmt: skip
        self.assertEqual(self.rows(second), [("CHAIR", 1, "5.56")])
        self.assertEqual(self.rows(third), [("CHAIR", 1, "5.55")])
        for invoice in (second, third):
            self.assert_taxes(invoice, **{"20": "1.11"})
        self.assertEqual(self.sums(sale_order), ("21.65", "4.33", "25.98"))
        self.assertEqual(set(self.invoices(sale_order).mapped("payment_state")), {"paid"})
        self.assertEqual(sale_order.invoice_status, "invoiced")
        self.assert_receivable(sale_order, "0.00")

    def test_one_cent_for_three_pieces(self):
        sale_order = self.imported(order(line("0.01", 20, "0.00", quantity="3")))
        for _piece in range(3):
            self.ship(sale_order, CHAIR=1)
        amounts = self.invoices(sale_order).mapped("amount_total")
        self.assertEqual(amounts, [0.0, 0.01, 0.0])
        self.assertEqual(self.sums(sale_order), ("0.01", "0.00", "0.01"))

    def test_333_pieces(self):
        sale_order = self.imported(
            order(line("100.00", 20, "20.00", quantity="333"), payments=[payment("120.00")])
        )
        for pieces in (100, 1, 99, 133):
            self.ship(sale_order, CHAIR=pieces)
        self.assertEqual(
            [f"{amount:.2f}" for amount in self.invoices(sale_order).mapped("amount_untaxed")],
            ["30.03", "0.30", "29.73", "39.94"],
        )
        self.assertEqual(self.sums(sale_order), ("100.00", "20.00", "120.00"))

    def test_mixed_rates_and_policies(self):
        """A delivery of tables alone brings nothing of the chairs."""
        sale_order = self.imported(
            order(
                line("19.99", 20, "4.00", quantity="3"),
                line("7.01", 5.5, "0.39", quantity="7", sku="TABLE"),
                shipping("4.99", 20, "1.00"),
                line("1.00", 20, "0.20", kind="gift_wrap"),
            )
        )
        self.ship(sale_order, TABLE=3)
        first = self.invoices(sale_order)
        self.assertEqual(
            self.rows(first),
            [("TABLE", 3, "3.00"), ("CIAMA-SHIPPING", 1, "4.99"), ("CIAMA-GIFT-WRAP", 1, "1.00")],
        )
        self.assert_taxes(first, **{"20": "1.20", "5.5": "0.17"})
        self.ship(sale_order, TABLE=4, CHAIR=1)
        self.ship(sale_order, CHAIR=2)
        self.assertEqual(self.sums(sale_order), ("32.99", "5.59", "38.58"))
        by_rate = {}
        for invoice in self.invoices(sale_order):
            for rate, amount in self._tax_by_rate(invoice).items():
                by_rate[rate] = by_rate.get(rate, Decimal(0)) + Decimal(f"{amount:.2f}")
        self.assertEqual(by_rate, {20: Decimal("5.20"), 5.5: Decimal("0.39")})

    def test_a_discount_of_the_whole_order_comes_in_parts(self):
        """Half of the goods, half of the discount: no invoice below nothing."""
        sale_order = self.imported(
            order(
                line("100.00", quantity="4"),
                line("-90.00", 20, "-18.00", kind="discount"),
                payments=[payment("12.00")],
            )
        )
        self.ship(sale_order, CHAIR=2)
        self.assertEqual(self.rows(self.invoices(sale_order)),
                         [("CHAIR", 2, "50.00"), ("CIAMA-DISCOUNT", 0.5, "-45.00")])  # fmt: skip
        self.ship(sale_order, CHAIR=1)
        self.ship(sale_order, CHAIR=1)
        self.assertEqual(self.sums(sale_order), ("10.00", "2.00", "12.00"))

    def test_prices_that_include_tax(self):
        self.chair.taxes_id = self.make_tax(20, price_include_override="tax_included")
        sale_order = self.imported(
            order(line("16.66", 20, "3.33", quantity="3"), payments=[payment("19.99")])
        )
        self.ship(sale_order, CHAIR=1)
        self.assert_amounts(self.invoices(sale_order), untaxed="5.55", tax="1.11", total="6.66")
        self.ship(sale_order, CHAIR=2)
        self.assertEqual(self.sums(sale_order), ("16.66", "3.33", "19.99"))

    def test_untaxed_goods(self):
        self.chair.taxes_id = False
        self.shop.company_id.account_sale_tax_id = False
        sale_order = self.imported(order(line("10.00", 0, quantity="3")))
        for _piece in range(3):
            self.ship(sale_order, CHAIR=1)
        self.assertEqual(self.invoices(sale_order).mapped("amount_total"), [3.33, 3.34, 3.33])

    def test_francs_and_yen(self):
        for name, net, tax_amount, sums in (
            ("CHF", "16.66", "3.33", ("16.66", "3.33", "19.99")),
            ("JPY", "1000", "100", ("1000", "100", "1100")),
            ("KWD", "10.001", "1.000", ("10.001", "1.000", "11.001")),
        ):
            with self.subTest(currency=name):
                self.env.ref(f"base.{name}").active = True
                sale_order = self.imported(
                    order(
                        line(net, 10 if name != "CHF" else 20, tax_amount, quantity="3"),
                        currency=name,
                        total_tax=tax_amount,
                    )
                )
                for _piece in range(3):
                    self.ship(sale_order, CHAIR=1)
                self.assertEqual(self.sums(sale_order), sums)

    def test_more_than_was_sold_is_not_charged(self):
        sale_order = self.imported(order(line(quantity="2"), payments=[payment("12.00")]))
        self.ship(sale_order, CHAIR=3)
        self.assertEqual(self.rows(self.invoices(sale_order)), [("CHAIR", 2, "10.00")])

    def test_goods_that_come_back_are_no_credit_note_by_themselves(self):
        sale_order = self.imported(order(line(quantity="2"), payments=[payment("12.00")]))
        self.ship(sale_order, CHAIR=2)
        done = sale_order.picking_ids
        wizard = self.env["stock.return.picking"].with_context(
            active_id=done.id, active_model="stock.picking"
        ).create({})  # fmt: skip
        wizard.product_return_moves.quantity = 1
        back = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        back.move_ids.picked = True
        back._action_done()
        sale_order.ciama_order_ids._job_documents()
        self.assertEqual(len(sale_order.invoice_ids), 1)

    def test_parts_made_by_hand_add_up_too(self):
        """Odoo's own button, on products invoiced as they leave."""
        self.shop.invoice_policy = "never"
        sale_order = self.imported(
            order(line("16.66", 20, "3.33", quantity="3", sku="TABLE", name="Table"))
        )
        for _piece in range(3):
            self.ship(sale_order, TABLE=1)
            sale_order._create_invoices().action_post()
        self.assertEqual(self.sums(sale_order), ("16.66", "3.33", "19.99"))
        self.assertEqual(self.invoices(sale_order).mapped("amount_untaxed"), [5.55, 5.56, 5.55])
