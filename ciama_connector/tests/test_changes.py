"""What becomes of a sale order when its order changes in the shop afterwards."""

from .common import ImportCase, address, line, order, shipping

LATER = "2026-03-03T10:00:00+00:00"
LYON = address(street="3 place Bellecour", zip="69002", city="Lyon")


class ChangeCase(ImportCase):
    def setUp(self):
        super().setUp()
        self.make_product("TABLE")
        self.body = order(line("30.00", quantity="3"), shipping())
        self.sale_order = self.imported(self.body)
        self.card = self.sale_order.ciama_order_ids
        self.hour = 0

    def change(self, *lines, **values):
        """Import a later version of the order; the card."""
        self.hour += 1
        moment = f"2026-03-03T{self.hour:02}:00:00+00:00"
        if lines:
            totals = order(*lines)
            values |= {key: totals[key] for key in ("lines", "total", "total_tax")}
        self.body = {**self.body, **values, "updated_at": moment}
        self.assertEqual(self.import_orders(self.body), self.card)
        self.env.invalidate_all()
        return self.card

    def changed(self, *lines, **values):
        """The same, and the change must go through."""
        card = self.change(*lines, **values)
        self.assertEqual(card.state, "imported", card.message or card.problem_detail)
        self.assertEqual(card.sale_order_id, self.sale_order)

    def assert_first_version(self):
        self.assert_lines(self.sale_order, ("CHAIR", 3, "30.00"), ("CIAMA-SHIPPING", 1, "5.00"))
        self.assert_amounts(self.sale_order, untaxed="35.00", tax="7.00", total="42.00")

    def open_pickings(self):
        return self.sale_order.picking_ids.filtered(lambda picking: picking.state != "cancel")


class TestContent(ChangeCase):
    def test_quotation_follows(self):
        self.shop.confirm_policy = "never"
        self.body = order(line("30.00", quantity="3"))
        self.sale_order = self.imported(self.body)
        self.card = self.sale_order.ciama_order_ids
        self.changed(
            line("10.00"), line("99.99", sku="TABLE"), shipping("8.00"), shipping_address=LYON
        )
        self.assert_lines(
            self.sale_order,
            ("CHAIR", 1, "10.00"),
            ("TABLE", 1, "99.99"),
            ("CIAMA-SHIPPING", 1, "8.00"),
        )
        self.assert_amounts(self.sale_order, untaxed="117.99", tax="23.60", total="141.59")
        self.assertEqual(self.sale_order.state, "draft")

    def test_confirmed_order_follows_until_goods_leave(self):
        self.changed(line("20.00", quantity="2"), shipping(), shipping_address=LYON)
        self.assertEqual(self.sale_order.state, "sale")
        self.assert_amounts(self.sale_order, untaxed="25.00", tax="5.00", total="30.00")
        picking = self.open_pickings()
        self.assertEqual(len(picking), 1)
        self.assertEqual(picking.partner_id.city, "Lyon")
        self.assertEqual(picking.move_ids.product_uom_qty, 2)

    def test_confirmed_by_a_person_stays_confirmed(self):
        self.shop.confirm_policy = "never"
        self.changed(line("20.00", quantity="2"))
        self.assertEqual(self.sale_order.state, "sale")

    def test_locked_order_follows(self):
        self.sale_order.action_lock()
        self.changed(line("20.00", quantity="2"))
        self.assert_lines(self.sale_order, ("CHAIR", 2, "20.00"))
        self.assertEqual(self.sale_order.state, "sale")

    def test_after_delivery_a_person_decides(self):
        self.deliver(self.sale_order)
        card = self.change(line("10.00"))
        self.assert_card(card, "held", "already_delivered")
        self.assertIn("Chair: 3 -> 1, 30.00 -> 10.00", card.message)
        self.assert_first_version()
        card.action_accept()
        self.assertEqual((card.state, card.message), ("imported", False))
        # What was accepted is not asked again with the next mere status.
        self.changed(status="fulfilled")
        self.assert_first_version()

    def test_after_the_invoice_a_person_decides(self):
        invoice = self.invoice(self.sale_order)
        self.assert_card(self.change(line("10.00")), "held", "already_invoiced")
        self.assert_first_version()
        self.assert_amounts(invoice, untaxed="35.00", tax="7.00", total="42.00")

    def test_what_people_decided_stays(self):
        seller = self.env.ref("base.user_admin")
        self.sale_order.write({"user_id": seller.id, "commitment_date": "2026-04-01 10:00:00"})
        self.changed(line("20.00", quantity="2"))
        self.assertEqual(self.sale_order.user_id, seller)
        self.assertEqual(str(self.sale_order.commitment_date), "2026-04-01 10:00:00")

    def test_terms_and_salesperson_stay(self):
        """Odoo would choose them anew for the customer, the shop's settings forgotten."""
        self.shop.payment_term_id = self.env.ref("account.account_payment_term_30days")
        self.body = order(status="pending", payment_status="pending")
        self.sale_order = self.imported(self.body)
        self.card = self.sale_order.ciama_order_ids
        self.changed(line("99.00"), customer={"external_id": "8", "last_name": "Meitner"})
        self.assertEqual(self.sale_order.partner_id.name, "Meitner")
        self.assertEqual(self.sale_order.payment_term_id, self.shop.payment_term_id)
        self.assertFalse(self.sale_order.user_id)

        people = self.env.ref("base.user_admin")
        self.sale_order.write({"user_id": people.id, "payment_term_id": False})
        self.changed(line("88.00"), customer={"external_id": "9", "last_name": "Noether"})
        self.assertEqual(self.sale_order.user_id, people)
        self.assertFalse(self.sale_order.payment_term_id, "a person decided so")

    def test_line_that_a_person_added_is_not_lost(self):
        self.sale_order.order_line = [
            (0, 0, {"product_id": self.chair.id, "name": "Sample", "price_unit": 0})
        ]
        self.changed(line("20.00", quantity="2"))
        self.assertIn("Sample", self.sale_order.order_line.mapped("name"))
        self.sale_order.order_line.filtered(lambda row: row.name == "Sample").price_unit = 7
        card = self.change(line("10.00"))
        self.assert_card(card, "blocked", "total_differs")
        self.assertIn(("Sample", 7), [(r.name, r.price_unit) for r in self.sale_order.order_line])

    def test_change_that_cannot_be_imported_leaves_everything(self):
        card = self.change(line("20.00", sku="NOBODY"))
        self.assert_card(card, "blocked", "product_unknown")
        self.assert_first_version()
        self.assertEqual(self.sale_order.state, "sale")
        self.assertEqual(len(self.open_pickings()), 1)
        # Back to what it was in the shop: all is well again.
        first = order(line("30.00", quantity="3"), shipping())
        self.changed(**{key: first[key] for key in ("lines", "total", "total_tax")})
        self.assert_first_version()

    def test_units_taken_back_before_shipping_are_not_shipped(self):
        self.changed(line("30.00", quantity="3", quantity_removed="1"), shipping())
        self.assertEqual(self.sale_order.state, "sale")
        self.assertEqual(self.open_pickings().move_ids.mapped("product_uom_qty"), [2.0])
        self.assert_first_version()

    def test_notes_follow_in_any_state(self):
        self.deliver(self.sale_order)
        self.changed(customer_note="Thanks!", payment_method={"code": "x", "label": "PayPal"})
        self.assertEqual(self.sale_order.ciama_customer_note, "Thanks!")
        self.assertEqual(self.sale_order.ciama_payment_method, "PayPal")
        self.assert_first_version()

    def test_profile_of_the_customer_is_no_change_of_the_order(self):
        """Shops show the customer of today beside the order of last year."""
        self.deliver(self.sale_order)
        customer = {"external_id": "7", "email": "m@new.example", "phone": "0102030405",
                    "group_id": "3", "first_name": "M."}  # fmt: skip
        self.changed(customer=customer, billing_address=address(phone="0102030405"))
        self.assert_first_version()


class TestSame(ChangeCase):
    def snapshot(self):
        self.env.flush_all()
        self.env.invalidate_all()
        tables = "sale_order", "sale_order_line", "stock_picking", "stock_move", "res_partner"
        counts = {name: self.env[name.replace("_", ".")].search_count([]) for name in tables}
        return counts, self.sale_order.read(), self.sale_order.order_line.read()

    def test_same_order_again_changes_nothing(self):
        before = self.snapshot()
        self.assertFalse(self.stage(self.body))
        self.env["ciama.importer"]._run(self.card)
        self.assertEqual(self.snapshot(), before)

    def test_echo_of_what_odoo_told_the_shop(self):
        """Only the date of change moved: there is nothing to import."""
        before = self.snapshot()
        self.assertFalse(self.stage({**self.body, "updated_at": LATER}))
        self.assertEqual(self.card.state, "imported")
        self.assertEqual(self.snapshot(), before)

    def test_statuses_that_go_back(self):
        for status in ("fulfilled", "pending", "partially_paid", "paid"):
            self.changed(status=status)
            self.assertEqual(self.sale_order.state, "sale")
        self.assertEqual(len(self.sale_order.picking_ids), 1)
        self.assert_first_version()


class TestCancelled(ChangeCase):
    def test_quotation(self):
        self.body = order(status="pending", payment_status="pending")
        self.sale_order = self.imported(self.body)
        self.card = self.sale_order.ciama_order_ids
        self.changed(status="cancelled")
        self.assertEqual(self.sale_order.state, "cancel")

    def test_confirmed(self):
        for locked in (False, True):
            with self.subTest(locked=locked):
                self.body = order()
                self.sale_order = self.imported(self.body)
                self.card = self.sale_order.ciama_order_ids
                self.sale_order.locked = locked
                self.changed(status="cancelled")
                self.assertEqual(self.sale_order.state, "cancel")
                self.assertEqual(self.sale_order.picking_ids.state, "cancel")

    def test_delivered(self):
        self.deliver(self.sale_order)
        card = self.change(status="cancelled")
        self.assert_card(card, "held", "cannot_cancel")
        self.assertIn("goods have left", card.message)
        self.assertEqual(self.sale_order.state, "sale")

    def test_given_back(self):
        """Nothing leaves for which the money was given back; taken up again, it does."""
        self.changed(status="refunded")
        self.assertEqual(self.sale_order.state, "cancel")
        self.changed(status="paid")
        self.assertEqual(self.sale_order.state, "sale")
        self.assertEqual(len(self.open_pickings()), 1)

    def test_invoice_of_an_order_that_the_shop_lost(self):
        self.invoice(self.sale_order)
        self.env["ciama.importer"]._mark_deleted(self.card)
        self.assert_card(self.card, "held", "cannot_cancel")
        self.assertIn("invoiced", self.card.message)
        self.assertEqual(self.sale_order.state, "sale")

    def test_draft_invoice_goes_with_it(self):
        invoice = self.sale_order._create_invoices()
        self.changed(status="cancelled")
        self.assertEqual((self.sale_order.state, invoice.state), ("cancel", "cancel"))

    def test_deleted_and_failed(self):
        for status in ("deleted", "failed"):
            with self.subTest(status=status):
                self.body = order()
                self.sale_order = self.imported(self.body)
                self.card = self.sale_order.ciama_order_ids
                self.changed(status=status)
                self.assertEqual(self.sale_order.state, "cancel")

    def test_no_longer_in_the_shop(self):
        waiting = self.import_orders(order(line(sku="NOBODY")))
        self.env["ciama.importer"]._mark_deleted(self.card | waiting)
        self.assertEqual(self.sale_order.state, "cancel")
        self.assertEqual((self.card.state, self.card.status), ("imported", "deleted"))
        self.assert_card(waiting, "ignored", "deleted_in_shop")

        delivered = self.imported(order())
        self.deliver(delivered)
        self.env["ciama.importer"]._mark_deleted(delivered.ciama_order_ids)
        self.assert_card(delivered.ciama_order_ids, "held", "cannot_cancel")

    def test_taken_up_again_in_the_shop(self):
        self.changed(status="cancelled")
        self.changed(status="paid")
        self.assertEqual(self.sale_order.state, "sale")
        self.assertEqual(len(self.open_pickings()), 1)
        self.assert_first_version()

    def test_money_given_back_after_the_cancellation(self):
        self.changed(status="cancelled")
        self.changed(status="refunded", payment_status="refunded")
        self.assertEqual(self.sale_order.state, "cancel")
        self.changed(status="paid", payment_status="paid")
        self.assertEqual(self.sale_order.state, "sale", "taken up again after all")

    def test_cancelled_by_a_person_stays_cancelled(self):
        self.sale_order._action_cancel()
        self.changed(payment_status="partially_refunded")
        self.assertEqual(self.sale_order.state, "cancel")

        card = self.change(shipping_address=LYON)
        self.assert_card(card, "held", "cancelled_in_odoo")
        self.assertEqual(self.sale_order.state, "cancel")
        card.action_accept()
        self.changed(payment_status="refunded")
        self.changed(status="cancelled")

    def test_paid_after_a_person_cancelled_the_quotation(self):
        self.body = order(status="pending", payment_status="pending")
        self.sale_order = self.imported(self.body)
        self.card = self.sale_order.ciama_order_ids
        self.sale_order._action_cancel()
        self.assert_card(self.change(status="paid"), "held", "cancelled_in_odoo")
        self.card.action_accept()
        self.changed(payment_status="refunded")

    def test_deleted_by_a_person_comes_again_with_its_next_change(self):
        self.sale_order._action_cancel()
        self.sale_order.picking_ids.unlink()
        self.sale_order.unlink()
        card = self.change(customer_note="Where is it?")
        self.assertEqual(card.state, "imported")
        self.assertEqual(card.sale_order_id.state, "sale")
