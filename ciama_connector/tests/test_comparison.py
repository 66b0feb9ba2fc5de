"""The shop's order beside the sale order: to the cent, and every difference named."""

from decimal import Decimal

from .common import ImportCase, address, line, order, shipping


class ComparisonCase(ImportCase):
    def compare(self, card):
        return self.env["ciama.comparison"]._of(card)

    def figures(self, rows):
        """{label: (shop, odoo, invoiced, differs)}; amounts as text."""
        return {
            row.label: (*(None if amount is None else str(amount)
                          for amount in (row.shop, row.odoo, row.invoiced)), row.differs)
            for row in rows
        }  # fmt: skip


class TestComparison(ComparisonCase):
    def test_an_order_that_odoo_has_as_it_is(self):
        card = self.import_orders(
            order(line("16.66", tax_amount="3.33", quantity="3"), line("9.48", 5.5), shipping())
        )
        found = self.compare(card)
        self.assertEqual(found.differences, 0)
        self.assertEqual(len(found.lines), 3)
        first = found.lines[0]
        self.assertEqual(
            (first.shop.quantity, first.shop.net, first.shop.tax, first.shop.gross),
            (Decimal(3), Decimal("16.66"), Decimal("3.33"), Decimal("19.99")),
        )
        self.assertEqual(
            (first.odoo.quantity, first.odoo.net, first.odoo.tax, first.odoo.gross),
            (Decimal(3), Decimal("16.66"), Decimal("3.33"), Decimal("19.99")),
        )
        self.assertEqual(first.odoo.sku, "CHAIR")
        self.assertEqual(
            self.figures(found.totals),
            {
                "Without tax": ("31.14", "31.14", None, False),
                "Tax": ("4.85", "4.85", None, False),
                "Total": ("35.99", "35.99", None, False),
            },
        )
        self.assertEqual(
            self.figures(found.taxes),
            {"20 %": ("4.33", "4.33", None, False), "5.5 %": ("0.52", "0.52", None, False)},
        )

    def test_without_sale_order_there_is_nothing_to_compare(self):
        card = self.import_orders(order(line(sku="NOPE")))
        found = self.compare(card)
        self.assertFalse(found.sale_order)
        self.assertEqual(found.differences, 0)
        self.assertEqual(self.figures(found.totals)["Total"], ("12.00", None, None, False))

    def test_a_cent_is_a_difference(self):
        card = self.import_orders(order(line("10.00"), line("20.00")))
        row = card.sale_order_id.order_line[0]
        row.write({"price_unit": 10.01, "extra_tax_data": False})
        found = self.compare(card)
        self.assertEqual(found.lines[0].differs, {"net", "gross"})
        self.assertEqual(found.lines[1].differs, set())
        self.assertEqual(self.figures(found.totals)["Without tax"], ("30.00", "30.01", None, True))
        self.assertFalse(self.figures(found.totals)["Tax"][-1])

    def test_another_quantity(self):
        card = self.import_orders(order(line("10.00", quantity="2")))
        card.sale_order_id.order_line.product_uom_qty = 3
        self.assertIn("quantity", self.compare(card).lines[0].differs)

    def test_lines_of_one_side_only(self):
        card = self.import_orders(order(line(), line("3.00")))
        sold = card.sale_order_id
        sold.order_line[1].ciama_line_id = False
        pairs = self.compare(card).lines
        self.assertEqual(
            [(bool(pair.shop), bool(pair.odoo), bool(pair.differs)) for pair in pairs],
            [(True, True, False), (True, False, True), (False, True, True)],
        )

    def test_the_shops_own_rounding(self):
        card = self.import_orders(order(line("10.00"), total="12.01", total_tax="2.00"))
        self.assertEqual(card.state, "imported", card.message)
        found = self.compare(card)
        self.assertEqual(found.lines[-1].shop.net, Decimal("0.01"))
        self.assertEqual(found.differences, 0)

    def test_odoos_vat_by_decision(self):
        """The total stays what was paid, tax and net are Odoo's."""
        berlin = address(zip="10115", city="Berlin", country="DE")
        card = self.import_orders(order(line("10.00"), address=berlin))
        self.assertEqual(card.state, "held")
        card.vat_decision = "odoo"
        card.state = "received"
        self.env["ciama.importer"]._run(card)
        self.assertEqual(card.state, "imported", card.message)
        found = self.compare(card)
        self.assertEqual(found.lines[0].differs, {"net", "tax"})
        totals = self.figures(found.totals)
        self.assertEqual(totals["Total"], ("12.00", "12.00", None, False))
        self.assertTrue(totals["Tax"][-1])
        (french,) = (row for row in found.taxes if row.label == "20 %")
        self.assertEqual((french.shop, french.odoo), (Decimal("2.00"), Decimal(0)))

    def test_invoices(self):
        card = self.import_orders(order(line("16.66", tax_amount="3.33", quantity="3")))
        move = self.invoice(card.sale_order_id)
        found = self.compare(card)
        self.assertEqual(self.figures(found.totals)["Total"], ("19.99", "19.99", "19.99", False))
        self.assertEqual(self.figures(found.taxes)["20 %"], ("3.33", "3.33", "3.33", False))
        move.button_draft()
        move.invoice_line_ids.write({"price_unit": 6.0, "extra_tax_data": False})
        move.action_post()
        self.assertTrue(self.figures(self.compare(card).totals)["Total"][-1])

    def test_a_down_payment_is_no_difference(self):
        card = self.import_orders(order(line("10.00", quantity="2")))
        sold = card.sale_order_id
        self.env["sale.advance.payment.inv"].with_context(active_ids=sold.ids).create(
            {"advance_payment_method": "percentage", "amount": 50}
        ).create_invoices()
        sold.invoice_ids.action_post()
        self.assertTrue(sold.order_line.filtered("is_downpayment"))
        found = self.compare(card)
        self.assertEqual(found.differences, 0)
        self.assertEqual(self.figures(found.totals)["Total"], ("12.00", "12.00", "6.00", False))

    def test_currencies_without_cents(self):
        yen = (
            self.env["res.currency"].with_context(active_test=False).search([("name", "=", "JPY")])
        )
        yen.active = True
        card = self.import_orders(order(line("1000", 20, "200", currency="JPY"), currency="JPY"))
        self.assertEqual(card.state, "imported", card.message)
        found = self.compare(card)
        self.assertEqual(self.figures(found.totals)["Total"], ("1200", "1200", None, False))


class TestMoney(ComparisonCase):
    def pay(self, **values):
        return {
            "id": "p1",
            "transaction_id": "ch_1",
            "method": {"code": "stripe", "label": "Card"},
            "amount": "12.00",
            "currency": "EUR",
            **values,
        }

    def journal(self):
        return self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", self.company.id)], limit=1
        )

    def test_a_payment_that_is_booked(self):
        self.shop.write({"register_payments": True, "payment_journal_id": self.journal().id})
        card = self.import_orders(order(payments=[self.pay()]))
        self.assertEqual(card.state, "imported", card.message)
        (booking,) = self.compare(card).payments
        self.assertEqual((booking.shop, booking.odoo), (Decimal("12.00"), Decimal("12.00")))
        self.assertEqual(booking.label, "Card ch_1")
        self.assertFalse(booking.differs)
        self.assertEqual(booking.document, card.payment_ids.name)

    def test_a_payment_that_is_missing(self):
        self.shop.register_payments = False
        card = self.import_orders(order(payments=[self.pay()]))
        (booking,) = self.compare(card).payments
        self.assertFalse(booking.differs, "the shop's money is booked elsewhere")
        self.shop.register_payments = True
        (booking,) = self.compare(card).payments
        self.assertTrue(booking.differs)
        self.assertIsNone(booking.odoo)

    def test_an_authorization_is_no_money(self):
        self.shop.register_payments = True
        card = self.import_orders(order(status="authorized", payments=[self.pay(captured=False)]))
        (booking,) = self.compare(card).payments
        self.assertEqual((booking.differs, booking.document), (False, "authorised only"))


class TestPeople(ComparisonCase):
    def facts(self, card, heading):
        return {
            fact.label: (fact.shop, fact.odoo, fact.differs)
            for fact in self.compare(card).people[heading]
        }

    def test_the_same_people_and_places(self):
        card = self.import_orders(order())
        self.assertEqual(
            self.facts(card, "Shipping address"),
            {
                "Name": ("Marie Curie", "Marie Curie", False),
                "Street": ("11 rue Pierre et Marie Curie",) * 2 + (False,),
                "Postcode": ("75005", "75005", False),
                "City": ("Paris", "Paris", False),
                "Country": ("FR", "FR", False),
            },
        )

    def test_a_street_that_was_changed_in_odoo(self):
        card = self.import_orders(order())
        card.sale_order_id.partner_shipping_id.street = "12 rue Cuvier"
        self.assertEqual(
            self.facts(card, "Shipping address")["Street"],
            ("11 rue Pierre et Marie Curie", "12 rue Cuvier", True),
        )

    def test_spelling_is_no_difference(self):
        card = self.import_orders(order())
        card.sale_order_id.partner_shipping_id.write({"city": "PARIS", "zip": "75 005"})
        facts = self.facts(card, "Shipping address")
        self.assertFalse(any(differs for _shop, _odoo, differs in facts.values()))

    def test_a_company(self):
        card = self.import_orders(order(address=address(company="Radium SARL")))
        for heading in ("Customer", "Billing address", "Shipping address"):
            facts = self.facts(card, heading)
            self.assertFalse(
                any(differs for _shop, _odoo, differs in facts.values()), (heading, facts)
            )
        self.assertEqual(self.facts(card, "Customer")["Company"][0], "Radium SARL")
