"""Goods that the shop put back into stock come back to the warehouse once."""

from .common import line
from .refund_case import RefundCase, back, refund

CHAIRS = line("30.00", quantity="3")
TABLE = line("50.00", sku="TABLE", name="Table")


def returned(quantity, line_id="1", number=1, restocked=True):
    net = f"{10 * int(quantity)}.00" if line_id == "1" else "50.00"
    tax = f"{2 * int(quantity)}.00" if line_id == "1" else "10.00"
    row = back(line_id, net, tax, quantity, restocked=restocked)
    return refund(str(float(net) + float(tax)), row, number=number)


class TestReturns(RefundCase):
    def setUp(self):
        super().setUp()
        self.shop.return_policy = "draft"

    def returns(self):
        return self.sale_order.picking_ids.filtered("return_id").sorted("id")

    def assert_returns(self, *rows):
        """(reference, quantity) of what is to come back."""
        found = [
            (move.product_id.default_code, move.product_uom_qty)
            for move in self.returns().move_ids.sorted("id")
        ]
        self.assertEqual(found, list(rows))

    def test_of_what_was_delivered(self):
        self.sell(CHAIRS, TABLE)
        delivery = self.deliver(self.sale_order)
        self.refunded(returned("2"))
        self.assert_returns(("CHAIR", 2))
        picking = self.returns()
        self.assertEqual(picking.return_id, delivery)
        self.assertEqual(picking.picking_type_code, "incoming")
        self.assertNotEqual(picking.state, "done", "that is for the warehouse")
        self.assertEqual(len(self.notes()), 1)

    def test_what_was_sold_stays_sold(self):
        """The refund has its credit note: Odoo must not ask for a second one."""
        self.chair.invoice_policy = "delivery"
        self.sell(CHAIRS)
        self.deliver(self.sale_order)
        self.refunded(returned("1"))
        self.deliver_back()
        self.assertEqual(self.sale_order.order_line.qty_to_invoice, 0)
        self.assertEqual(self.sale_order.invoice_status, "invoiced")

    def deliver_back(self):
        for move in self.returns().move_ids:
            move.quantity = move.product_uom_qty
        self.returns().move_ids.picked = True
        self.returns()._action_done()

    def test_several_refunds_of_one_line(self):
        self.sell(CHAIRS)
        self.deliver(self.sale_order)
        self.refunded(returned("1"))
        self.refunded(returned("1"), returned("1", number=2))
        self.assert_returns(("CHAIR", 1), ("CHAIR", 1))
        self.assertEqual(len(self.returns()), 2)

    def test_never_more_than_was_delivered(self):
        self.sell(CHAIRS)
        self.deliver(self.sale_order)
        again = refund("0.00", back("1", "0.00", "0.00", "3", restocked=True), number=2)
        self.refunded(returned("3"), again)
        self.assert_returns(("CHAIR", 3))

    def test_delivered_in_two_parts(self):
        self.sell(CHAIRS)
        first = self.sale_order.picking_ids
        first.move_ids.quantity = 2
        first.move_ids.picked = True
        first.with_context(cancel_backorder=False)._action_done()
        self.deliver_rest()
        self.refunded(returned("3"))
        self.assertEqual(len(self.returns()), 2)
        self.assertEqual(sum(self.returns().move_ids.mapped("product_uom_qty")), 3)

    def deliver_rest(self):
        rest = self.sale_order.picking_ids.filtered(lambda picking: picking.state != "done")
        rest.move_ids.quantity = rest.move_ids.product_uom_qty
        rest.move_ids.picked = True
        rest._action_done()

    def test_what_never_left_does_not_come_back(self):
        self.sell({**CHAIRS, "quantity_removed": "1"}, refunds=[returned("1")])
        self.deliver(self.sale_order)
        self.changed(customer_note="Hello")
        self.assertFalse(self.returns())

    def test_taken_off_the_order_before_it_left(self):
        self.shop.invoice_policy = "delivery"
        self.sell(CHAIRS)
        self.refunded(returned("1"))
        self.deliver(self.sale_order)
        self.changed(customer_note="Hello")
        self.assertFalse(self.returns())

    def test_delivered_in_odoo_after_the_shop_knew(self):
        self.sell(CHAIRS, fulfillment_status="fulfilled", status="fulfilled")
        self.refunded(returned("1"))
        self.assertFalse(self.returns())
        self.deliver(self.sale_order)
        self.changed(customer_note="Hello")
        self.assert_returns(("CHAIR", 1))

    def test_not_restocked_or_not_wanted(self):
        self.sell(CHAIRS)
        self.deliver(self.sale_order)
        self.refunded(returned("1", restocked=False))
        self.assertFalse(self.returns())
        self.shop.return_policy = "none"
        self.refunded(returned("1", restocked=False), returned("1", number=2))
        self.assertFalse(self.returns())

    def test_parts_of_a_kit(self):
        """What module mrp makes of a kit: the line is the kit's, the moves are its parts'."""
        self.sell(CHAIRS)
        legs = self.make_product("LEG")
        move = self.sale_order.picking_ids.move_ids
        parts = move.copy({"product_id": legs.id, "product_uom_qty": 12})
        parts._action_confirm(merge=False)
        move._action_cancel()
        parts.quantity = 12
        parts.picked = True
        parts.picking_id._action_done()
        self.sale_order.order_line.qty_delivered_method = "manual"
        self.sale_order.order_line.qty_delivered = 3
        self.refunded(returned("1"))
        self.assert_returns(("LEG", 4))
