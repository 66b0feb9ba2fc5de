"""What the sale order tells: who, when, how paid, how shipped; when it is confirmed."""

from datetime import datetime

from odoo.fields import Command

from .common import ImportCase, address, line, order, shipping

CARD = {"code": "stripe", "label": "Credit card"}


class TestHeader(ImportCase):
    def test_number_date_and_references(self):
        sale_order = self.imported(
            order(number="#1001", po_number="PO-77", created_at="2026-03-02T10:30:00+02:00")
        )
        self.assertRecordValues(
            sale_order,
            [
                {
                    "client_order_ref": "#1001 / PO-77",
                    "origin": "Hub #1001",
                    "date_order": datetime(2026, 3, 2, 8, 30),  # noqa: DTZ001  # as Odoo: UTC
                    "ciama_shop_id": self.shop.id,
                    "company_id": self.company.id,
                    "state": "sale",
                }
            ],
        )
        self.assertEqual(sale_order.ciama_order_ids.sale_order_id, sale_order)
        self.assertEqual(
            sale_order.action_open_ciama_order()["res_id"], sale_order.ciama_order_ids.id
        )

    def test_settings_of_the_shop(self):
        warehouse = self.env["stock.warehouse"].create({"name": "Lyon", "code": "LYO"})
        team = self.env["crm.team"].create({"name": "Web"})
        term = self.env.ref("account.account_payment_term_30days")
        seller = self.env["res.users"].create({"name": "Seller", "login": "seller"})
        self.shop.write(
            {
                "warehouse_id": warehouse.id,
                "team_id": team.id,
                "user_id": seller.id,
                "payment_term_id": term.id,
            }
        )
        sale_order = self.imported(order())
        self.assertEqual(sale_order.warehouse_id, warehouse)
        self.assertEqual(sale_order.team_id, team)
        self.assertEqual(sale_order.user_id, seller)
        self.assertEqual(sale_order.payment_term_id, term)
        self.assertEqual(sale_order.picking_ids.picking_type_id.warehouse_id, warehouse)

    def test_no_salesperson_unless_the_shop_names_one(self):
        self.assertFalse(self.imported(order()).user_id)

    def test_currency_and_pricelist(self):
        euros = self.env["product.pricelist"].create(
            {"name": "Web", "currency_id": self.env.ref("base.EUR").id}
        )
        self.shop.pricelist_id = euros
        self.assertEqual(self.imported(order()).pricelist_id, euros)
        first, second = self.imported(order(currency="USD"), order(currency="USD"))
        self.assertEqual(first.currency_id.name, "USD")
        self.assertEqual(first.pricelist_id, second.pricelist_id)
        self.assertEqual(first.pricelist_id.currency_id.name, "USD")
        self.assertEqual(self.imported(order(currency="USD")).pricelist_id, first.pricelist_id)

    def test_notes_and_pickup_point(self):
        point = {
            "id": "FR-012345",
            "name": "Tabac du Coin",
            "carrier": "Mondial Relay",
            "address": {"street": "1 rue du Bac", "zip": "75007", "city": "Paris", "country": "FR"},
        }
        sale_order = self.imported(
            order(
                customer_note="Ring twice <b>",
                shipping_address=address(instructions="Code 12A4"),
                gift_message="Happy birthday!",
                pickup_point=point,
            )
        )
        self.assertEqual(sale_order.ciama_customer_note, "Ring twice <b>\nCode 12A4")
        self.assertEqual(sale_order.ciama_gift_message, "Happy birthday!")
        self.assertEqual(
            sale_order.ciama_pickup_point, "Tabac du Coin (FR-012345), 1 rue du Bac, 75007 Paris"
        )

    def test_language_of_the_customer(self):
        sale_order = self.imported(order(language="en"))
        self.assertEqual(sale_order.partner_id.lang, "en_US")

    def test_nobody_is_written_to(self):
        """Odoo must not mail a customer whom the shop wrote to already."""
        before = self.env["mail.mail"].search_count([])
        sale_order = self.imported(order())
        self.assertEqual(self.env["mail.mail"].search_count([]), before)
        self.assertFalse(sale_order.message_partner_ids)


class TestPayment(ImportCase):
    def mapping(self, **values):
        return self.env["ciama.mapping.payment"].create(
            {"shop_id": self.shop.id, "value": "stripe", **values}
        )

    def test_method_is_recorded_and_makes_its_mapping(self):
        sale_order = self.imported(order(payment_method=CARD))
        self.assertEqual(sale_order.ciama_payment_method, "Credit card")
        mapping = self.env["ciama.mapping.payment"].search([("shop_id", "=", self.shop.id)])
        self.assertRecordValues(mapping, [{"value": "stripe", "label": "Credit card"}])
        self.assertFalse(mapping.mapped)

    def test_terms_of_the_method(self):
        term = self.env.ref("account.account_payment_term_15days")
        self.mapping(confirm="shop", payment_term_id=term.id)
        self.assertEqual(self.imported(order(payment_method=CARD)).payment_term_id, term)

    def test_unknown_method_waits_where_the_shop_says_so(self):
        self.shop.unknown_payment_policy = "hold"
        cards = self.import_orders(order(payment_method=CARD), order())
        self.assert_card(cards[0], "blocked", "payment_method_unmapped")
        self.assertIn("Credit card", cards[0].message)
        self.assertEqual(cards[1].state, "imported")
        mapping = self.env["ciama.mapping.payment"].search([("value", "=", cards[0].waits_for)])
        mapping.confirm = "shop"
        mapping.with_context(queue_job__no_delay=True).action_free_orders()
        self.assertEqual(cards[0].state, "imported")


class TestShipping(ImportCase):
    def carrier(self, name):
        return self.env["delivery.carrier"].create(
            {"name": name, "product_id": self.shop.product_shipping_id.id}
        )

    def test_mapped_carrier_reaches_the_delivery(self):
        carrier = self.carrier("Colissimo")
        self.env["ciama.mapping.carrier"].create(
            {"shop_id": self.shop.id, "value": "colissimo", "carrier_id": carrier.id}
        )
        sale_order = self.imported(order(line(), shipping()))
        self.assertEqual(sale_order.carrier_id, carrier)
        self.assertEqual(sale_order.picking_ids.carrier_id, carrier)
        self.assertEqual(sale_order.ciama_shipping_method, "Colissimo")
        self.assert_lines(sale_order, ("CHAIR", 1, "10.00"), ("CIAMA-SHIPPING", 1, "5.00"))

    def test_default_carrier_and_the_mapping_to_fill_in(self):
        self.shop.carrier_id = self.carrier("Any")
        sale_order = self.imported(order(line(), shipping()))
        self.assertEqual(sale_order.carrier_id.name, "Any")
        mapping = self.env["ciama.mapping.carrier"].search([("shop_id", "=", self.shop.id)])
        self.assertRecordValues(mapping, [{"value": "colissimo", "label": "Colissimo"}])

    def test_unknown_carrier_waits_where_the_shop_says_so(self):
        self.shop.unknown_carrier_policy = "hold"
        card = self.import_orders(order(line(), shipping()))
        self.assert_card(card, "blocked", "carrier_unmapped")
        mapping = self.env["ciama.mapping.carrier"].search([("value", "=", card.waits_for)])
        mapping.carrier_id = self.carrier("Colissimo")
        mapping.with_context(queue_job__no_delay=True).action_free_orders()
        self.assertEqual(card.sale_order_id.carrier_id, mapping.carrier_id)

    def test_several_shipping_lines(self):
        bulky = {"code": "geodis", "title": "Geodis"}
        carrier = self.carrier("Geodis")
        self.env["ciama.mapping.carrier"].create(
            {"shop_id": self.shop.id, "value": "geodis", "carrier_id": carrier.id}
        )
        sale_order = self.imported(order(line(), shipping(), shipping("49.00", shipping=bulky)))
        self.assert_lines(
            sale_order,
            ("CHAIR", 1, "10.00"),
            ("CIAMA-SHIPPING", 1, "5.00"),
            ("CIAMA-SHIPPING", 1, "49.00"),
        )
        self.assertEqual(sale_order.carrier_id, carrier)
        self.assertEqual(sale_order.ciama_shipping_method, "Colissimo, Geodis")

    def test_delivery_order(self):
        """Goods go to the delivery address, services nowhere."""
        self.make_product("WARRANTY", type="service")
        lyon = address(street="3 place Bellecour", zip="69002", city="Lyon")
        sale_order = self.imported(
            order(
                line("30.00", quantity="3"),
                line(sku="WARRANTY"),
                shipping(),
                shipping_address=lyon,
            )
        )
        picking = sale_order.picking_ids
        self.assertEqual(len(picking), 1)
        self.assertEqual(picking.partner_id, sale_order.partner_shipping_id)
        self.assertEqual(picking.partner_id.city, "Lyon")
        self.assertEqual(picking.origin, sale_order.name)
        self.assertRecordValues(
            picking.move_ids, [{"product_id": self.chair.id, "product_uom_qty": 3}]
        )

    def test_stock_is_reserved(self):
        self.chair.is_storable = True
        location = self.env["stock.warehouse"].search(
            [("company_id", "=", self.company.id)], limit=1
        ).lot_stock_id  # fmt: skip
        self.env["stock.quant"]._update_available_quantity(self.chair, location, 2)
        first, second = self.imported(order(line(quantity="2")), order())
        self.assertEqual(first.picking_ids.state, "assigned")
        self.assertEqual(second.picking_ids.state, "confirmed")


class TestConfirmation(ImportCase):
    def states(self, policy, **values):
        """{status in the shop: state of the sale order}"""
        self.shop.confirm_policy = policy
        statuses = ("pending", "partially_paid", "authorized", "accepted", "paid", "fulfilled")
        orders = self.imported(*(order(status=status, **values) for status in statuses))
        return dict(zip(statuses, orders.mapped("state"), strict=True))

    def assert_confirmed(self, states, *confirmed):
        self.assertEqual({status for status, state in states.items() if state == "sale"},
                         set(confirmed))  # fmt: skip
        self.assertEqual(set(states.values()) - {"draft", "sale"}, set())

    def test_policies_of_the_shop(self):
        everything = "pending", "partially_paid", "authorized", "accepted", "paid", "fulfilled"
        for policy, confirmed in (
            ("ready", ("authorized", "accepted", "paid", "fulfilled")),
            ("paid", ("paid", "fulfilled")),
            ("always", everything),
            ("never", ()),
        ):
            with self.subTest(policy=policy):
                self.assert_confirmed(self.states(policy), *confirmed)

    def test_payment_method_before_shop(self):
        mapping = self.env["ciama.mapping.payment"].create(
            {"shop_id": self.shop.id, "value": "stripe"}
        )
        everything = "pending", "partially_paid", "authorized", "accepted", "paid", "fulfilled"
        for shop_policy, method_policy, confirmed in (
            ("never", "always", everything),
            ("always", "paid", ("paid", "fulfilled")),
            ("paid", "shop", ("paid", "fulfilled")),
            ("paid", False, ("paid", "fulfilled")),
        ):
            with self.subTest(shop=shop_policy, method=method_policy):
                mapping.confirm = method_policy
                states = self.states(shop_policy, payment_method=CARD)
                self.assert_confirmed(states, *confirmed)

    def test_status_that_means_something_else(self):
        """A shop's own word for "paid by transfer, checked"."""
        self.env["ciama.mapping.status"].create(
            {"shop_id": self.shop.id, "value": "Virement reçu", "status": "paid"}
        )
        sale_order = self.imported(order(status="pending", shop_status="Virement reçu"))
        self.assertEqual(sale_order.state, "sale")

    def test_quotation_is_confirmed_when_the_payment_arrives(self):
        body = order(status="pending", payment_status="pending")
        sale_order = self.imported(body)
        self.assertEqual(sale_order.state, "draft")
        self.assertFalse(sale_order.picking_ids)
        paid = {**body, "status": "paid", "payment_status": "paid",
                "updated_at": "2026-03-03T10:00:00+00:00"}  # fmt: skip
        self.assertEqual(self.imported(paid), sale_order)
        self.assertEqual(sale_order.state, "sale")
        self.assertEqual(sale_order.date_order.day, 2)
        self.assertEqual(len(sale_order.picking_ids), 1)

    def test_units_taken_back_before_shipping_are_left_out_of_the_delivery(self):
        self.make_product("TABLE")
        sale_order = self.imported(
            order(
                line("30.00", quantity="3", quantity_removed="1"),
                line("8.00", id="2", sku="TABLE", quantity="2", quantity_removed="2"),
            )
        )
        self.assertEqual(sale_order.state, "sale")
        self.assertEqual(sale_order.amount_untaxed, 38.0)
        moves = sale_order.picking_ids.move_ids
        self.assertEqual(
            [(move.product_id.default_code, move.product_uom_qty) for move in moves
             if move.state != "cancel"],
            [("CHAIR", 2.0)],
        )  # fmt: skip
        self.assertIn("1 × [CHAIR]", sale_order.message_ids[0].body)
        self.assertIn("2 × [TABLE]", sale_order.message_ids[0].body)

    def test_parts_of_a_kit_that_was_taken_back_are_left_out(self):
        """What module mrp makes of a kit: the line is the kit's, the moves are its parts'."""
        sale_order = self.imported(order(line("30.00", quantity="3")))
        legs = self.make_product("LEG")
        chairs = sale_order.picking_ids.move_ids
        parts = chairs.copy({"product_id": legs.id, "product_uom_qty": 12})
        parts._action_confirm(merge=False)
        chairs._action_cancel()
        taken = {sale_order.order_line.ciama_line_id: 1.0}
        self.env["ciama.deliveries"]._reduce(sale_order, taken)
        self.assertEqual(parts.product_uom_qty, 8.0)
        self.assertIn("1 × [CHAIR]", sale_order.message_ids[0].body)
        self.env["ciama.deliveries"]._reduce(sale_order, taken)
        self.assertEqual(parts.product_uom_qty, 8.0, "once is enough")

        self.env["ciama.deliveries"]._reduce(sale_order, dict.fromkeys(taken, 3.0))
        self.assertEqual(parts.state, "cancel")

    def test_order_of_which_everything_was_taken_back_ships_nothing(self):
        sale_order = self.imported(order(line("30.00", quantity="3", quantity_removed="3")))
        self.assertEqual(sale_order.state, "sale")
        self.assertEqual(sale_order.picking_ids.mapped("state"), ["cancel"])

    def test_confirmed_order_keeps_its_lock_setting(self):
        self.env.user.group_ids = [Command.link(self.env.ref("sale.group_auto_done_setting").id)]
        sale_order = self.imported(order())
        self.assertTrue(sale_order.locked)


class TestNotForOdoo(ImportCase):
    """Orders that were never imported and are not meant to be."""

    def assert_ignored(self, code, **values):
        card = self.import_orders(order(**values))
        self.assert_card(card, "ignored", code)
        self.assertFalse(card.sale_order_id)

    def test_reasons(self):
        self.assert_ignored("cancelled_before_import", status="cancelled")
        self.assert_ignored("deleted_in_shop", status="deleted")
        self.assert_ignored("payment_failed", status="failed")
        self.assert_ignored("test_order", test=True)
        self.assert_ignored("too_old", created_at="2019-12-31T23:00:00+00:00")

    def test_test_orders_where_the_shop_wants_them(self):
        self.shop.test_order_policy = "import"
        self.assertEqual(self.imported(order(test=True)).state, "sale")

    def test_failed_payment_that_succeeds_after_all(self):
        body = order(status="failed", payment_status="failed")
        self.import_orders(body)
        self.assertEqual(self.imported({**body, "status": "paid"}).state, "sale")
