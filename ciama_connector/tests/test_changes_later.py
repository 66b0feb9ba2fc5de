"""Edits and cancellations of orders of which something left or was invoiced."""

from odoo.tools import html2plaintext

from .common import address, line, shipping
from .refund_case import RefundCase, back, refund
from .test_refunds_before import AtDelivery

CHAIRS = line("30.00", quantity="3")
TWO = line("20.00", quantity="2")
FOUR = line("40.00", quantity="4")
TABLE = line("50.00", sku="TABLE", name="Table")
CHEAPER = line("45.00", sku="TABLE", name="Table")
LYON = address(street="3 place Bellecour", zip="69002", city="Lyon")
UNPAID = {"payments": [], "status": "accepted", "payment_status": "pending"}


class TestAfterDelivery(AtDelivery):
    """Two of three chairs left, and are invoiced where the rule says so."""

    def sell_and_leave(self, invoices="never"):
        self.shop.invoice_policy = invoices
        self.sell(CHAIRS, **UNPAID)
        self.leave(2)

    def test_more_units_and_another_line(self):
        self.sell_and_leave()
        self.changed(FOUR, TABLE)
        self.assert_lines(self.sale_order, ("CHAIR", 4, "40.00"), ("TABLE", 1, "50.00"))
        self.assert_amounts(self.sale_order, untaxed="90.00", tax="18.00", total="108.00")
        self.assertEqual(self.waiting(), {"CHAIR": 2, "TABLE": 1})
        said = html2plaintext(self.sale_order.message_ids[0].body)
        self.assertIn("shop: Chair: 3 -> 4, 30.00 -> 40.00; Table: 0 -> 1, 0.00 -> 50.00", said)

    def waiting(self):
        """{reference: units} that are still to leave."""
        moves = self.sale_order.picking_ids.move_ids.filtered(
            lambda move: move.state not in ("done", "cancel")
        )
        return {
            product.default_code: sum(of_product.mapped("product_uom_qty"))
            for product, of_product in moves.grouped("product_id").items()
        }

    def test_less_of_what_did_not_leave(self):
        self.sell_and_leave()
        self.changed(TWO)
        self.assert_lines(self.sale_order, ("CHAIR", 2, "20.00"))
        self.assertEqual(self.waiting(), {})

    def test_another_price_of_what_did_not_leave(self):
        self.shop.invoice_policy = "never"
        self.sell(CHAIRS, TABLE, **UNPAID)
        self.leave(2)
        self.changed(CHAIRS, CHEAPER)
        self.assert_lines(self.sale_order, ("CHAIR", 3, "30.00"), ("TABLE", 1, "45.00"))
        card = self.change(line("27.00", quantity="3"), CHEAPER)
        self.assert_card(card, "held", "already_delivered")
        self.assertIn("Chair: 30.00 -> 27.00", card.message)

    def test_the_rounding_of_other_units_is_no_other_price(self):
        """A third of 10.00 is 3.33, but two thirds are 6.67."""
        self.shop.invoice_policy = "delivery"
        self.sell(line("10.00", quantity="3"))
        self.leave(2)
        gone = refund("3.99", back("1", "3.33", "0.66", "1"))
        self.refunded(gone)
        self.assert_lines(self.sale_order, ("CHAIR", 2, "6.67"))
        self.assertFalse(self.notes())

    def test_less_than_left(self):
        self.sell_and_leave()
        card = self.change(line("10.00"))
        self.assert_card(card, "held", "already_delivered")
        self.assertIn("Chair: 3 -> 1, 30.00 -> 10.00", card.message)
        self.assert_lines(self.sale_order, ("CHAIR", 3, "30.00"))
        self.assertEqual(self.waiting(), {"CHAIR": 1})

    def test_a_line_is_gone_that_did_not_leave(self):
        self.shop.invoice_policy = "never"
        self.sell(CHAIRS, TABLE, **UNPAID)
        self.leave(3)
        self.changed(CHAIRS)
        self.assert_lines(self.sale_order, ("CHAIR", 3, "30.00"), ("TABLE", 0, "0.00"))
        self.assertEqual(self.waiting(), {})

    def test_locked_orders_stay_locked(self):
        self.sell_and_leave()
        self.sale_order.action_lock()
        self.changed(FOUR)
        self.assertTrue(self.sale_order.locked)

    def test_what_was_invoiced_stays(self):
        """Of three chairs two left and are invoiced: a fourth one comes with the rest."""
        self.sell_and_leave("delivery")
        self.changed(FOUR)
        self.assert_lines(self.sale_order, ("CHAIR", 4, "40.00"))
        self.leave(2)
        totals = [f"{move.amount_total:.2f}" for move in self.issued()]
        self.assertEqual(totals, ["24.00", "24.00"])

    def test_another_price_of_what_is_invoiced(self):
        self.sell_and_leave("delivery")
        card = self.change(line("27.00", quantity="3"))
        self.assert_card(card, "held", "already_delivered")
        self.assertIn("30.00 -> 27.00", card.message)
        self.assert_lines(self.sale_order, ("CHAIR", 3, "30.00"))

    def test_units_that_are_not_to_leave(self):
        self.sell_and_leave()
        self.changed({**CHAIRS, "quantity_removed": "1"})
        self.assertEqual(self.waiting(), {})
        self.assert_lines(self.sale_order, ("CHAIR", 3, "30.00"))

    def test_another_address_for_the_rest(self):
        self.sell_and_leave()
        self.changed(shipping_address=LYON)
        open_, done = self.sale_order.picking_ids.sorted(lambda p: p.state == "done")
        self.assertEqual((open_.partner_id.city, done.partner_id.city), ("Lyon", "Paris"))
        self.assertFalse(open_.activity_ids)

    def test_another_address_when_all_left(self):
        self.sell_and_leave()
        self.leave(1)
        card = self.change(shipping_address=LYON)
        self.assert_card(card, "held", "already_delivered")
        self.assertIn("delivery address", card.message)
        self.assertNotIn("Bellecour", card.message)

    def test_deliveries_that_people_split_and_merged(self):
        self.sell_and_leave()
        open_ = self.sale_order.picking_ids.filtered(lambda picking: picking.state != "done")
        move = open_.move_ids
        other = open_.copy({"move_ids": []})
        move.picking_id = other
        open_.unlink()
        self.changed(TWO)
        self.assertEqual(self.waiting(), {})
        self.changed(FOUR)
        self.assertEqual(self.waiting(), {"CHAIR": 2})


class TestAfterInvoice(RefundCase):
    def test_a_person_decides(self):
        self.sell(CHAIRS)
        card = self.change(TWO, TABLE)
        self.assert_card(card, "held", "already_invoiced")
        self.assertIn("Chair: 3 -> 2, 30.00 -> 20.00", card.message)
        self.assertIn("Table: 0 -> 1, 0.00 -> 50.00", card.message)
        self.assertNotIn("shipping", card.message)
        self.assert_lines(self.sale_order, ("CHAIR", 3, "30.00"))
        card.action_accept()
        self.assertEqual(card.state, "imported")
        self.changed(customer_note="Well")
        self.assertEqual(len(self.sale_order.invoice_ids), 1)

    def test_a_line_more_is_invoiced(self):
        self.shop.edit_policy = "amend"
        self.sell(CHAIRS)
        self.changed(CHAIRS, TABLE)
        self.assert_lines(self.sale_order, ("CHAIR", 3, "30.00"), ("TABLE", 1, "50.00"))
        totals = [f"{move.amount_total:.2f}" for move in self.issued()]
        self.assertEqual(totals, ["36.00", "60.00"])
        self.assertEqual(self.issued()[1].payment_state, "not_paid")
        self.assertEqual(self.sale_order.invoice_status, "invoiced")

    def test_a_unit_more_is_invoiced(self):
        self.shop.edit_policy = "amend"
        self.sell(line("33.33", quantity="3", tax_amount="6.67"))
        self.changed(line("44.44", quantity="4", tax_amount="8.89"))
        second = self.issued()[1]
        self.assert_amounts(second, untaxed="11.11", tax="2.22", total="13.33")

    def test_a_unit_less_is_credited(self):
        self.shop.edit_policy = "amend"
        self.sell(CHAIRS, **UNPAID)
        self.changed(TWO)
        self.assert_lines(self.sale_order, ("CHAIR", 2, "20.00"))
        self.assert_note(("CHAIR", 1, "10.00"), taxes={"20": "2.00"}, total="12.00")
        self.assertEqual(f"{self.issued().amount_residual:.2f}", "24.00")
        self.assertEqual(self.sale_order.order_line.qty_invoiced, 2)
        self.assertEqual(self.sale_order.invoice_status, "invoiced")
        self.assert_moves(("CHAIR", 2, self.sale_order.picking_ids.state))

    def test_a_line_less_is_credited(self):
        self.shop.edit_policy = "amend"
        self.sell(CHAIRS, TABLE)
        self.changed(CHAIRS)
        self.assert_note(
            ("TABLE", 1, "50.00"), taxes={"20": "10.00"}, total="60.00", payment_state="not_paid"
        )
        self.assert_receivable(self.sale_order, "-60.00")

    def test_a_line_less_and_another_more(self):
        self.shop.edit_policy = "amend"
        self.sell(CHAIRS, shipping())
        self.changed(TWO, {**shipping(), "id": "2"}, TABLE)
        self.assert_note(("CHAIR", 1, "10.00"), taxes={"20": "2.00"}, total="12.00")
        self.assertEqual([f"{m.amount_total:.2f}" for m in self.issued()], ["42.00", "60.00"])
        self.assert_receivable(self.sale_order, "48.00")
        self.assertEqual(f"{self.issued()[1].amount_residual:.2f}", "48.00")  # the note paid 12
        self.assert_amounts(self.sale_order, untaxed="75.00", tax="15.00", total="90.00")

    def test_a_lower_price_is_credited(self):
        self.shop.edit_policy = "amend"
        self.sell(CHAIRS, **UNPAID)
        self.changed(line("27.00", quantity="3"))
        self.assert_note(("CIAMA-DISCOUNT", 1, "3.00"), taxes={"20": "0.60"}, total="3.60")

    def test_a_higher_price_is_for_a_person(self):
        self.shop.edit_policy = "amend"
        self.sell(CHAIRS)
        card = self.change(line("33.00", quantity="3"))
        self.assert_card(card, "held", "already_invoiced")
        self.assert_lines(self.sale_order, ("CHAIR", 3, "30.00"))
        self.assertFalse(self.notes())

    def test_a_refund_explains_what_is_not_to_leave(self):
        """The shop's policy for edits does not matter: it says what became of the units."""
        self.sell(CHAIRS)
        self.changed(
            {**CHAIRS, "quantity_removed": "1"},
            refunds=[refund("12.00", back("1", "10.00", "2.00", "1"))],
        )
        self.assert_note(("CHAIR", 1, "10.00"), taxes={"20": "2.00"}, total="12.00")
        self.assert_moves(("CHAIR", 2, self.sale_order.picking_ids.state))
        self.assertFalse(self.card.problem_id)

    def test_another_delivery_address(self):
        self.sell(CHAIRS)
        picking = self.sale_order.picking_ids
        self.changed(shipping_address=LYON)
        self.assertEqual(self.sale_order.picking_ids, picking, "not made anew")
        self.assertEqual(picking.partner_id.city, "Lyon")
        self.assertEqual(self.sale_order.partner_shipping_id.city, "Lyon")
        self.assertEqual(self.issued().partner_shipping_id.city, "Paris")

    def test_another_billing_address_is_for_a_person(self):
        self.sell(CHAIRS)
        card = self.change(billing_address=LYON)
        self.assert_card(card, "held", "already_invoiced")
        self.assertIn("billing address", card.message)

    def test_another_country_is_another_vat(self):
        self.sell(CHAIRS)
        card = self.change(shipping_address=address(country="DE", zip="10115", city="Berlin"))
        self.assertEqual(card.state, "held")
        self.assertEqual(self.sale_order.partner_shipping_id.city, "Paris")

    def test_another_shipping_method(self):
        self.sell(CHAIRS, shipping())
        product = self.shop.product_shipping_id
        carrier = self.env["delivery.carrier"].create(
            {"name": "Courier", "product_id": product.id, "delivery_type": "fixed"}
        )
        self.env["ciama.mapping.carrier"].create(
            {"shop_id": self.shop.id, "value": "courier", "carrier_id": carrier.id}
        )
        method = {"code": "courier", "title": "Courier"}
        self.changed(CHAIRS, shipping(shipping=method, name="Courier"))
        self.assertEqual(self.sale_order.carrier_id, carrier)
        self.assertEqual(self.sale_order.picking_ids.carrier_id, carrier)
        self.assertEqual(len(self.sale_order.invoice_ids), 1)


class TestCancelledLater(RefundCase):
    CANCELLED = {"status": "cancelled", "payment_status": "voided"}

    def test_invoiced_and_not_paid(self):
        self.sell(CHAIRS, shipping(), **UNPAID)
        self.changed(**self.CANCELLED)
        self.assertEqual(self.sale_order.picking_ids.mapped("state"), ["cancel"])
        self.assert_note(
            ("CHAIR", 3, "30.00"),
            ("CIAMA-SHIPPING", 1, "5.00"),
            taxes={"20": "7.00"},
            total="42.00",
        )
        self.assertIn(self.issued().payment_state, ("paid", "reversed"))
        self.assert_receivable(self.sale_order, "0.00")

    def test_invoiced_and_partly_given_back(self):
        self.sell(CHAIRS)
        one = refund("12.00", back("1", "10.00", "2.00", "1"))
        self.refunded(one)
        self.changed(refunds=[one], **self.CANCELLED)
        totals = [f"{note.amount_total:.2f}" for note in self.notes()]
        self.assertEqual(totals, ["12.00", "24.00"])
        self.assert_receivable(self.sale_order, "-24.00")
        rest = refund("24.00", back("1", "20.00", "4.00", "2"), number=2)
        self.changed(refunds=[one, rest], **self.CANCELLED)
        self.assertEqual(len(self.notes()), 2, "the money for what is credited already")
        self.assert_payments("36.00", "-12.00", "-24.00")
        self.assert_receivable(self.sale_order, "0.00")

    def test_cancelled_and_given_back_at_once(self):
        self.sell(CHAIRS)
        every = refund("36.00", back("1", "30.00", "6.00", "3"))
        self.changed({**CHAIRS, "quantity_removed": "3"}, refunds=[every], **self.CANCELLED)
        self.assert_note(("CHAIR", 3, "30.00"), taxes={"20": "6.00"}, total="36.00")
        self.assert_payments("36.00", "-36.00")
        self.assertEqual(self.sale_order.picking_ids.mapped("state"), ["cancel"])

    def test_wanted_again(self):
        self.sell(CHAIRS, **UNPAID)
        self.changed(**self.CANCELLED)
        card = self.change(status="paid", payment_status="paid")
        self.assert_card(card, "held", "already_invoiced")
        self.assertIn("no longer cancelled", card.message)

    def test_delivered(self):
        self.sell(CHAIRS)
        self.deliver(self.sale_order)
        card = self.change(**self.CANCELLED)
        self.assert_card(card, "held", "cannot_cancel")
        self.assertIn("3 × [CHAIR] Chair", card.message)
        card.action_accept()
        self.changed(customer_note="Known", **self.CANCELLED)
        self.assertFalse(self.notes())

    def test_given_back_wholly_before_it_left(self):
        self.sell(CHAIRS)
        every = refund("36.00")
        self.changed(refunds=[every], status="refunded", payment_status="refunded")
        self.assertEqual(self.sale_order.picking_ids.mapped("state"), ["cancel"])
        self.assertEqual(self.sale_order.state, "sale")
        self.assertEqual(f"{self.notes().amount_total:.2f}", "36.00")

    def test_given_back_wholly_while_it_is_on_its_way(self):
        self.sell(CHAIRS, status="fulfilled", fulfillment_status="fulfilled")
        self.changed(refunds=[refund("36.00")], status="refunded", payment_status="refunded")
        self.assertNotEqual(self.sale_order.picking_ids.state, "cancel")

    def test_news_out_of_order(self):
        self.sell(CHAIRS)
        self.changed(refunds=[refund("12.00", back("1", "10.00", "2.00", "1"))])
        older = {
            **self.body, "refunds": [], "status": "pending",
            "updated_at": "2026-03-03T00:00:00+00:00",
        }  # fmt: skip
        self.assertFalse(self.stage(older))
        self.assertEqual(self.card.state, "imported")

    def test_status_that_goes_back(self):
        self.sell(CHAIRS)
        self.changed(status="pending", payment_status="pending")
        self.assertEqual(self.sale_order.state, "sale")
        self.assertEqual(self.issued().payment_state, "paid")
        self.assertFalse(self.notes())
