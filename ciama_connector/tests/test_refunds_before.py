"""Refunds of a shop that invoices what leaves: what was not invoiced is taken off the order."""

from .common import line, order, shipping
from .refund_case import RefundCase, back, payment, refund

CHAIRS = line("49.98", quantity="3", tax_amount="9.99")
FEWER = {**CHAIRS, "quantity_removed": "1"}
ONE = back("1", "16.66", "3.33", "1")
BACK = refund("19.99", ONE)


class AtDelivery(RefundCase):
    def setUp(self):
        super().setUp()
        self.shop.invoice_policy = "delivery"

    def leave(self, quantity, sku="CHAIR"):
        """So many units leave; the rest waits in a back order."""
        picking = self.sale_order.picking_ids.filtered(
            lambda picking: picking.state not in ("done", "cancel")
        )
        for move in picking.move_ids.filtered(lambda m: m.product_id.default_code == sku):
            move.quantity = quantity
            move.picked = True
        picking.with_context(cancel_backorder=False)._action_done()
        self.env["ciama.documents"]._run(self.card)
        self.env.flush_all()
        return picking

    def binding(self, number=1):
        return self.env["ciama.binding"].search(
            [("kind", "=", "refund"), ("external_id", "=", f"{self.body['external_id']}/r{number}")]
        )


class TestTakenOff(AtDelivery):
    def assert_two_chairs(self):
        self.assert_lines(self.sale_order, ("CHAIR", 2, "33.32"))
        self.assert_amounts(self.sale_order, untaxed="33.32", tax="6.66", total="39.98")

    def test_before_anything_left(self):
        self.sell(CHAIRS)
        self.refunded(BACK, lines=order_lines(FEWER))
        self.assert_two_chairs()
        self.assertEqual(self.binding().model, "sale.order")
        self.assertEqual(self.binding().res_id, self.sale_order.id)
        self.assertFalse(self.notes())
        self.assert_payments("59.97", "-19.99")
        self.leave(2)
        self.assert_amounts(self.issued(), untaxed="33.32", tax="6.66", total="39.98")
        self.assertEqual(self.issued().payment_state, "paid")
        self.assert_receivable(self.sale_order, "0.00")

    def test_at_the_first_import(self):
        self.sell(FEWER, refunds=[BACK], payment_status="partially_refunded")
        self.assert_two_chairs()
        self.assert_moves(("CHAIR", 2, self.sale_order.picking_ids.state))
        self.assert_payments("59.97", "-19.99")
        self.changed(customer_note="Hello", refunds=[BACK])
        self.assert_two_chairs()

    def test_nobody_is_told_that_too_much_was_paid(self):
        self.sell(
            FEWER, refunds=[BACK], payment_status="partially_refunded", total_refunded="19.99"
        )
        self.assertFalse(self.card.warnings)

    def test_where_nothing_is_ever_invoiced(self):
        self.shop.invoice_policy = "never"
        self.sell(CHAIRS)
        self.refunded(BACK)
        self.assert_two_chairs()
        self.assertFalse(self.sale_order.invoice_ids)

    def test_a_line_and_its_shipping(self):
        self.sell(CHAIRS, line("10.00", sku="TABLE", name="Table"), shipping())
        gone = refund("18.00", back("2", "10.00", "2.00", "1"), back("3", "5.00", "1.00"))
        self.refunded(gone)
        self.assert_lines(self.sale_order, ("CHAIR", 3, "49.98"))
        self.leave(3)
        self.assert_amounts(self.issued(), untaxed="49.98", tax="9.99", total="59.97")

    def test_after_a_part_left_it_reduces_the_rest(self):
        self.sell(CHAIRS)
        self.leave(2)
        self.refunded(BACK, lines=order_lines(FEWER), fulfillment_status="partial")
        self.assert_two_chairs()
        self.assertFalse(self.notes())
        self.assert_amounts(self.issued(), untaxed="33.32", tax="6.66", total="39.98")
        living = self.sale_order.picking_ids.filtered(lambda picking: picking.state != "cancel")
        self.assertEqual(living.mapped("state"), ["done"])
        self.assert_payments("59.97", "-19.99")
        self.assert_receivable(self.sale_order, "0.00")

    def test_after_all_left_it_is_a_credit_note(self):
        self.sell(CHAIRS)
        self.leave(3)
        self.refunded(BACK)
        self.assert_lines(self.sale_order, ("CHAIR", 3, "49.98"))
        self.assert_note(("CHAIR", 1, "16.66"), taxes={"20": "3.33"}, total="19.99")

    def test_one_before_and_one_after_the_invoice(self):
        self.sell(CHAIRS)
        self.refunded(BACK, lines=order_lines(FEWER))
        self.leave(2)
        self.refunded(BACK, refund("19.99", ONE, number=2))
        self.assert_two_chairs()
        self.assert_note(("CHAIR", 1, "16.66"), taxes={"20": "3.33"}, total="19.99")
        self.assert_payments("59.97", "-19.99", "-19.99")
        self.assert_receivable(self.sale_order, "0.00")

    def test_of_what_left_and_what_did_not(self):
        """No document says both at once: a person does."""
        self.sell(CHAIRS)
        self.leave(2)
        both = refund("39.98", back("1", "33.32", "6.66", "2"))
        card = self.change(refunds=[both], lines=order_lines(FEWER), fulfillment_status="partial")
        self.assert_card(card, "held", "refund_partly_invoiced")
        self.assertFalse(self.notes())
        card.action_accept()
        self.changed(customer_note="Done")
        self.assertFalse(self.notes())

    def test_an_amount_without_lines_waits_for_the_invoice(self):
        self.sell(CHAIRS)
        self.refunded(refund("12.00"))
        self.assert_lines(self.sale_order, ("CHAIR", 3, "49.98"))
        self.assertFalse(self.notes())
        self.assert_payments("59.97", "-12.00")
        self.leave(3)
        self.assert_note(("CIAMA-DISCOUNT", 1, "10.00"), taxes={"20": "2.00"}, total="12.00")
        self.assert_receivable(self.sale_order, "0.00")
        self.assertEqual(self.issued().payment_state, "paid")

    def test_everything_before_anything_left(self):
        self.sell(CHAIRS)
        every = refund("59.97", back("1", "49.98", "9.99", "3"))
        self.changed(refunds=[every], status="refunded", payment_status="refunded")
        self.assertEqual(self.sale_order.state, "cancel")
        self.assertEqual(self.sale_order.picking_ids.mapped("state"), ["cancel"])
        self.assertFalse(self.sale_order.invoice_ids)
        self.assert_payments("59.97", "-59.97")
        self.assert_receivable(self.sale_order, "0.00")

    def test_every_line_removed_by_edits_before_the_first_import(self):
        gone = refund("59.97", back("1", "49.98", "9.99", "3"), paid_out=False)
        card = self.import_orders(
            order(CHAIRS, refunds=[gone], status="pending", payment_status="pending")
        )
        self.assert_card(card, "ignored", "refunded_before_import")

    def test_what_was_sent_and_all_given_back_has_its_documents(self):
        every = refund("59.97", back("1", "49.98", "9.99", "3"))
        self.sell(
            CHAIRS,
            refunds=[every],
            status="refunded",
            payment_status="refunded",
            fulfillment_status="fulfilled",
        )
        self.assert_lines(self.sale_order, ("CHAIR", 3, "49.98"))
        self.leave(3)
        self.assert_note(("CHAIR", 3, "49.98"), taxes={"20": "9.99"}, total="59.97")
        self.assert_receivable(self.sale_order, "0.00")

    def test_money_for_an_order_of_which_part_is_paid(self):
        self.sell(CHAIRS, payments=[payment("45.00")], payment_status="partially_paid")
        self.changed(refunds=[refund("5.02", ONE)])
        self.assert_two_chairs()
        self.assert_payments("45.00", "-5.02")
        self.leave(2)
        self.assert_receivable(self.sale_order, "0.00")


def order_lines(*lines):
    return [{"id": str(index), **row} for index, row in enumerate(lines, start=1)]
