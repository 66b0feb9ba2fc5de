"""Untaxed, tax, tax per rate and total are the shop's, on the sale order and the invoice."""

from datetime import timedelta

from odoo import fields

from .common import ImportCase, address, line, order, shipping, tax


class TestAmounts(ImportCase):
    def assert_shop_amounts(self, body, taxes=None, **amounts):
        """On the sale order, and on the invoice made from it; returns both."""
        sale_order = self.imported(body)
        self.assert_amounts(sale_order, **amounts)
        self.assert_taxes(sale_order, **(taxes or {}))
        invoice = self.invoice(sale_order)
        self.assert_amounts(invoice, **amounts)
        self.assert_taxes(invoice, **(taxes or {}))
        return sale_order, invoice

    # -- rounding of lines

    def test_three_at_1666_with_999_tax(self):
        self.assert_shop_amounts(
            order(line("49.98", tax_amount="9.99", quantity="3")),
            untaxed="49.98", tax="9.99", total="59.97", taxes={"20": "9.99"},
        )  # fmt: skip

    def test_prices_with_tax(self):
        """Three at 9.99 with tax in the shop: 24.975 without."""
        self.assert_shop_amounts(
            order(
                line("24.975", tax_amount="4.995", quantity="3"), total="29.97", total_tax="5.00"
            ),
            untaxed="24.97", tax="5.00", total="29.97", taxes={"20": "5.00"},
        )  # fmt: skip

    def test_prices_without_tax(self):
        self.assert_shop_amounts(
            order(line("19.99", tax_amount="4.00"), prices_include_tax=False),
            untaxed="19.99", tax="4.00", total="23.99", taxes={"20": "4.00"},
        )  # fmt: skip

    def test_six_decimals(self):
        """Many small lines whose cents the shop rounds once, on the total."""
        rows = [line("8.325833", tax_amount="1.665167") for _index in range(7)]
        self.assert_shop_amounts(
            order(*rows, total="69.94", total_tax="11.66"),
            untaxed="58.28", tax="11.66", total="69.94", taxes={"20": "11.66"},
        )  # fmt: skip

    def test_333_pieces(self):
        """A unit price of no whole cent: the invoice keeps the shop's amount too."""
        sale_order, _invoice = self.assert_shop_amounts(
            order(line("11.07", tax_amount="2.21", quantity="333")),
            untaxed="11.07", tax="2.21", total="13.28", taxes={"20": "2.21"},
        )  # fmt: skip
        self.assert_lines(sale_order, ("CHAIR", 333, "11.07"))

    def test_fractions_of_a_piece(self):
        """Odoo keeps two digits of a quantity; the amounts are of the exact one."""
        self.env["ciama.mapping.tax"].create(
            {"shop_id": self.shop.id, "value": "FR 0", "no_tax": True}
        )
        for quantity in ("2.5", "0.125", "2.3333", "1.006"):
            with self.subTest(quantity=quantity):
                self.assert_shop_amounts(
                    order(line("77.77", tax_amount="15.56", quantity=quantity)),
                    untaxed="77.77", tax="15.56", total="93.33", taxes={"20": "15.56"},
                )  # fmt: skip
                self.assert_shop_amounts(
                    order(line("77.777", 0, quantity=quantity), currency="KWD"),
                    untaxed="77.777", tax="0.000", total="77.777",
                )  # fmt: skip

    def test_difference_that_no_line_explains_gets_a_line(self):
        sale_order, _invoice = self.assert_shop_amounts(
            order(line("10.00"), line("10.00"), total="24.01", total_tax="4.00"),
            untaxed="20.01", tax="4.00", total="24.01", taxes={"20": "4.00"},
        )  # fmt: skip
        self.assert_lines(
            sale_order, ("CHAIR", 1, "10.00"), ("CHAIR", 1, "10.00"), ("CIAMA-ROUNDING", 1, "0.01")
        )

    def test_a_cent_of_tax_more_than_the_lines_say(self):
        self.assert_shop_amounts(
            order(line("10.00"), line("30.00"), total="48.01", total_tax="8.01"),
            untaxed="40.00", tax="8.01", total="48.01", taxes={"20": "8.01"},
        )  # fmt: skip

    # -- rates, vouchers, kinds of lines

    def test_mixed_rates(self):
        body = order(
            line("10.00"),
            line("10.05", 10, "1.01"),
            line("20.00", "5.5", "1.11"),
            line("5.00", "2.1", "0.11"),
            shipping("4.99", 20, "0.99"),
        )
        self.assert_shop_amounts(
            body,
            untaxed="50.04", tax="5.22", total="55.26",
            taxes={"20": "2.99", "10": "1.01", "5.5": "1.11", "2.1": "0.11"},
        )  # fmt: skip

    def test_voucher_spread_over_lines_and_rates(self):
        """Five off, with tax, over 20 % and 5.5 %; list prices and code stay readable."""
        voucher = {"code": "WELCOME5", "title": "Welcome"}
        body = order(
            line("27.92", tax_amount="5.58", list_price="36.00",
                 discounts=[{**voucher, "net": "2.08", "tax": "0.42"}]),
            line("32.23", "5.5", "1.77", list_price="36.50",
                 discounts=[{**voucher, "net": "2.37", "tax": "0.13"}]),
            discounts=[{**voucher, "gross": "5.00"}],
        )  # fmt: skip
        sale_order, _invoice = self.assert_shop_amounts(
            body, untaxed="60.15", tax="7.35", total="67.50", taxes={"20": "5.58", "5.5": "1.77"}
        )
        self.assertEqual(sale_order.ciama_vouchers, "WELCOME5")
        self.assertEqual(sale_order.order_line.mapped("ciama_list_price"), [36.0, 36.5])
        self.assertEqual(sale_order.order_line.mapped("discount"), [0, 0])
        self.assertIn("WELCOME5: -2.50", sale_order.order_line[0].name)

    def test_discount_that_no_line_carries(self):
        body = order(line("100.00"), line("-10.00", kind="discount", name="Loyalty"))
        sale_order, _invoice = self.assert_shop_amounts(
            body, untaxed="90.00", tax="18.00", total="108.00", taxes={"20": "18.00"}
        )
        self.assert_lines(sale_order, ("CHAIR", 1, "100.00"), ("CIAMA-DISCOUNT", 1, "-10.00"))

    def test_free_shipping(self):
        sale_order, _invoice = self.assert_shop_amounts(
            order(line("50.00"), shipping("0.00", 0)),
            untaxed="50.00", tax="10.00", total="60.00", taxes={"20": "10.00"},
        )  # fmt: skip
        self.assert_lines(sale_order, ("CHAIR", 1, "50.00"), ("CIAMA-SHIPPING", 1, "0.00"))

    def test_wrapping_fee_and_tip(self):
        body = order(
            line("20.00"),
            line("2.49", tax_amount="0.50", kind="gift_wrap"),
            line("1.25", tax_amount="0.25", kind="fee"),
            line("3.00", 0, kind="tip"),
        )
        sale_order, _invoice = self.assert_shop_amounts(
            body, untaxed="26.74", tax="4.75", total="31.49", taxes={"20": "4.75"}
        )
        self.assert_lines(
            sale_order,
            ("CHAIR", 1, "20.00"),
            ("CIAMA-GIFT-WRAP", 1, "2.49"),
            ("CIAMA-FEE", 1, "1.25"),
            ("CIAMA-TIP", 1, "3.00"),
        )

    def test_gift_card_that_pays_is_no_discount(self):
        self.shop.register_payments = False
        method = {"code": "gift_card", "label": "Gift card"}
        payment = {"id": "p1", "method": method, "kind": "gift_card", "amount": "60.00",
                   "currency": "EUR"}  # fmt: skip
        body = order(line("50.00"), payments=[payment], payment_method=method, total_paid="60.00")
        sale_order, _invoice = self.assert_shop_amounts(
            body, untaxed="50.00", tax="10.00", total="60.00", taxes={"20": "10.00"}
        )
        self.assert_lines(sale_order, ("CHAIR", 1, "50.00"))

    def test_gift_card_that_is_sold_has_no_vat(self):
        self.assert_shop_amounts(
            order(line("25.00", 0, kind="gift_card")), untaxed="25.00", tax="0.00", total="25.00"
        )

    def test_everything_free(self):
        """A 100 % voucher: the goods go out, nothing is owed."""
        body = order(
            line("0.00", 20, "0.00", list_price="49.90"), line("0.00", 0), shipping("0.00", 0)
        )
        sale_order, _invoice = self.assert_shop_amounts(
            body, untaxed="0.00", tax="0.00", total="0.00"
        )
        self.assertEqual(sale_order.picking_ids.move_ids.mapped("product_uom_qty"), [1, 1])

    # -- currencies

    def test_yen_have_no_digits(self):
        self.assert_shop_amounts(
            order(
                line("3333", tax_amount="333", taxes=[tax(10, "333")], quantity="7"),
                currency="JPY",
            ),
            untaxed="3333", tax="333", total="3666", taxes={"10": "333"},
        )  # fmt: skip

    def test_dinars_have_three_digits(self):
        self.assert_shop_amounts(
            order(line("10.005", tax_amount="2.001", quantity="3"), currency="KWD"),
            untaxed="10.005", tax="2.001", total="12.006", taxes={"20": "2.001"},
        )  # fmt: skip

    def test_foreign_currency_with_its_rate(self):
        """1.08 dollars for a euro: the invoice is balanced in euros, its dollars exact."""
        _order, invoice = self.assert_shop_amounts(
            order(
                line("49.98", tax_amount="9.99", quantity="3"),
                shipping("8.33", tax_amount="1.66"),
                currency="USD",
            ),
            untaxed="58.31", tax="11.65", total="69.96", taxes={"20": "11.65"},
        )  # fmt: skip
        self.assertEqual(invoice.currency_id.name, "USD")
        self.assertAlmostEqual(sum(invoice.line_ids.mapped("balance")), 0)
        self.assertAlmostEqual(invoice.amount_total_signed, 69.96 / 1.08, delta=0.011)

    def test_stacked_taxes(self):
        """State and district tax of one line, on taxes that a person mapped."""
        taxes = self.make_tax(7.25) | self.make_tax(1.5)
        self.env["ciama.mapping.tax"].create(
            {"shop_id": self.shop.id, "value": "US 1.5+7.25", "tax_ids": taxes.ids}
        )
        rows = [tax("7.25", "7.25"), tax("1.5", "1.50")]
        self.assert_shop_amounts(
            order(line("99.99", taxes=rows), address=address(country="US", state_code="CA")),
            untaxed="99.99", tax="8.75", total="108.74", taxes={"7.25": "7.25", "1.5": "1.50"},
        )  # fmt: skip

    def test_tax_mapped_to_one_with_another_rate_or_inside_the_price(self):
        """Whatever a person maps to, the amounts stay the shop's."""
        group = self.make_tax(0, amount_type="group", children_tax_ids=[
            fields.Command.set((self.make_tax(5) | self.make_tax(3)).ids)
        ])  # fmt: skip
        for taxes, found in (
            (self.make_tax(14), {"14": "4.33"}),
            (self.make_tax(13.5, price_include_override="tax_included"), {"13.5": "4.33"}),
            (group, {"5": "4.33"}),
        ):
            with self.subTest(taxes=taxes.amount_type):
                mapping = self.env["ciama.mapping.tax"]._of_values(self.shop, {"FR 13": "13"})
                mapping["FR 13"].tax_ids = taxes
                self.assert_shop_amounts(
                    order(line("33.33", 13, quantity="3")),
                    untaxed="33.33", tax="4.33", total="37.66", taxes=found,
                )  # fmt: skip

    # -- what cannot be matched

    def test_total_that_odoo_cannot_make_blocks_with_figures(self):
        """A person mapped the rate to no tax at all: Odoo's total would be 2.00 short."""
        self.env["ciama.mapping.tax"].create(
            {"shop_id": self.shop.id, "value": "FR 13", "no_tax": True}
        )
        card = self.import_orders(order(line("10.00", 13)))
        self.assert_card(card, "blocked", "total_differs")
        self.assertFalse(card.sale_order_id)
        for figure in ("11.30 EUR", "1.30", "10.00"):
            self.assertIn(figure, card.message)

    def test_digits_that_odoo_has_not_block_with_figures(self):
        """Odoo's Taiwan dollars are whole ones, the shop's have cents."""
        self.env.ref("base.TWD").active = True
        card = self.import_orders(
            order(line("10.40", 0), currency="TWD", address=address(country="TW"))
        )
        self.assert_card(card, "blocked", "total_differs")
        self.assertIn("10.40 TWD", card.message)

    def test_lines_that_miss_the_total_block_with_figures(self):
        card = self.import_orders(order(line("10.00"), total="20.00"))
        self.assert_card(card, "blocked", "amounts_disagree")
        for figure in ("12.00 EUR", "20.00", "8.00"):
            self.assertIn(figure, card.message)

    def test_no_rounding_product_blocks(self):
        self.shop.product_rounding_id = False
        card = self.import_orders(order(line("10.00"), total="12.01"))
        self.assert_card(card, "blocked", "special_product_missing")


class TestAmountsStay(ImportCase):
    """What people and Odoo do later must not compute the shop's amounts anew."""

    def setUp(self):
        super().setUp()
        self.sale_order = self.imported(
            order(
                line("49.98", tax_amount="9.99", quantity="3"),
                shipping("4.99", tax_amount="0.99"),
                status="pending",
                payment_status="pending",
            )
        )
        self.assertEqual(self.sale_order.state, "draft")

    def assert_untouched(self):
        self.env.flush_all()
        self.env.invalidate_all()
        self.assert_amounts(self.sale_order, untaxed="54.97", tax="10.98", total="65.95")
        self.assert_taxes(self.sale_order, **{"20": "10.98"})
        self.assertTrue(all(self.sale_order.order_line.mapped("extra_tax_data")))

    def test_confirmation(self):
        self.sale_order.action_confirm()
        self.assert_untouched()

    def test_dates(self):
        self.sale_order.commitment_date = fields.Datetime.now() + timedelta(days=3)
        self.sale_order.validity_date = fields.Date.today() + timedelta(days=30)
        self.assert_untouched()
        self.sale_order.date_order += timedelta(days=40)
        self.assert_untouched()

    def test_texts_and_people(self):
        self.sale_order.order_line[0].name = "Chair, blue"
        self.sale_order.write({"client_order_ref": "X", "user_id": self.env.user.id, "note": "N"})
        self.assert_untouched()

    def test_other_delivery_address(self):
        child = self.env["res.partner"].create(
            {"name": "Depot", "parent_id": self.sale_order.partner_id.id, "type": "delivery",
             "country_id": self.env.ref("base.de").id}
        )  # fmt: skip
        self.sale_order.partner_shipping_id = child
        self.assert_untouched()

    def test_price_of_the_product(self):
        self.chair.list_price = 99
        self.assert_untouched()

    def test_cancelled_and_taken_up_again(self):
        self.sale_order._action_cancel()
        self.sale_order.action_draft()
        self.sale_order.action_confirm()
        self.assert_untouched()

    def test_line_added_by_hand(self):
        self.sale_order.order_line = [
            fields.Command.create({"product_id": self.chair.id, "price_unit": 1.0})
        ]
        self.env.flush_all()
        self.assert_amounts(self.sale_order, untaxed="55.97", tax="11.18", total="67.15")

    def test_delivery_then_invoice(self):
        self.sale_order.action_confirm()
        self.deliver(self.sale_order)
        self.assert_untouched()
        self.assert_amounts(
            self.invoice(self.sale_order), untaxed="54.97", tax="10.98", total="65.95"
        )
        self.assert_untouched()

    def test_invoice_reversed(self):
        self.sale_order.action_confirm()
        invoice = self.invoice(self.sale_order)
        credit_note = invoice._reverse_moves([{}], cancel=True)
        self.assert_amounts(credit_note, untaxed="54.97", tax="10.98", total="65.95")
        self.assertEqual(invoice.payment_state, "reversed")
