"""Lines find their products: by binding, mapping, SKU, barcode, or by the shop's policy."""

from odoo.fields import Command

from .common import ImportCase, address, line, order, shipping


def sold(**values):
    """A line of a product that only ``values`` tell."""
    return line(**{"sku": "", "name": "Thing", **values})


class TestFinding(ImportCase):
    def product_of(self, body, shop=None):
        return self.imported(body, shop=shop).order_line.product_id

    def test_by_sku(self):
        self.assertEqual(self.product_of(order(sold(sku="CHAIR"))), self.chair)

    def test_by_barcode(self):
        table = self.make_product("TABLE", barcode="3760123456789")
        self.assertEqual(self.product_of(order(sold(barcode="3760123456789"))), table)
        self.assertEqual(
            self.product_of(order(sold(sku="UNKNOWN", barcode="3760123456789"))), table
        )

    def test_sku_before_barcode(self):
        self.make_product("TABLE", barcode="3760123456789")
        body = order(sold(sku="CHAIR", barcode="3760123456789"))
        self.assertEqual(self.product_of(body), self.chair)

    def test_binding_survives_a_new_sku(self):
        ids = {"product_id": "10", "variant_id": "20"}
        self.product_of(order(sold(sku="CHAIR", **ids)))
        self.assertEqual(self.product_of(order(sold(sku="CHAIR-2026", **ids))), self.chair)
        # What another product of the shop is called later is another matter.
        card = self.import_orders(order(sold(sku="CHAIR-2026", product_id="11")))
        self.assert_card(card, "blocked", "product_unknown")

    def test_bindings_are_of_one_shop(self):
        self.product_of(order(sold(sku="CHAIR", product_id="10")))
        table = self.make_product("TABLE")
        other = self.make_shop(name="Other")
        body = order(sold(sku="TABLE", product_id="10"))
        self.assertEqual(self.product_of(body, shop=other), table)

    def test_variants(self):
        color = self.env["product.attribute"].create(
            {
                "name": "Color",
                "value_ids": [(0, 0, {"name": "Red"}), (0, 0, {"name": "Blue"})],
            }
        )
        template = self.env["product.template"].create(
            {
                "name": "Lamp",
                "attribute_line_ids": [
                    (0, 0, {"attribute_id": color.id, "value_ids": color.value_ids.ids})
                ],
            }
        )
        red, blue = template.product_variant_ids
        red.default_code, blue.default_code = "LAMP-R", "LAMP-B"
        sale_order = self.imported(
            order(
                sold(sku="LAMP-B", product_id="1", variant_id="B"),
                sold(sku="LAMP-R", product_id="1", variant_id="R"),
            )
        )
        self.assertEqual(list(sale_order.order_line.mapped("product_id")), [blue, red])

    def test_archived_product_is_not_sold_by_sku(self):
        self.chair.active = False
        card = self.import_orders(order(sold(sku="CHAIR")))
        self.assert_card(card, "blocked", "product_unknown")

    def test_archived_product_gives_way_to_its_successor(self):
        self.product_of(order(sold(sku="CHAIR", product_id="10")))
        self.chair.active = False
        successor = self.make_product("CHAIR")
        body = order(sold(sku="CHAIR", product_id="10"))
        self.assertEqual(self.product_of(body), successor)
        successor.default_code = "SOMETHING"
        self.assertEqual(self.product_of(order(sold(sku="CHAIR", product_id="10"))), successor)

    def test_deleted_product(self):
        table = self.make_product("TABLE")
        self.env["ciama.binding"]._bind(self.shop, "product", {"10": table})
        table.unlink()
        self.assertEqual(self.product_of(order(sold(sku="CHAIR", product_id="10"))), self.chair)

    def test_product_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.chair.company_id = other
        card = self.import_orders(order(sold(sku="CHAIR")))
        self.assert_card(card, "blocked", "product_unknown")

    def test_ambiguous_sku(self):
        twin = self.make_product("CHAIR")
        card = self.import_orders(order(sold(sku="CHAIR")))
        self.assert_card(card, "blocked", "product_ambiguous")
        self.assertIn("2 products", card.message)
        # A person chooses; the order goes on, and later ones do not ask.
        mapping = self.env["ciama.mapping.product"].search([("value", "=", "CHAIR")])
        mapping.product_id = twin
        card.with_context(queue_job__no_delay=True).action_retry()
        self.assertEqual(card.sale_order_id.order_line.product_id, twin)
        self.assertEqual(self.product_of(order(sold(sku="CHAIR"))), twin)

    def test_combo_waits_for_a_product_that_can_be_delivered(self):
        """Odoo invoices the choices of a combo, of which the shop says nothing."""
        values = {"name": "Side", "combo_item_ids": [Command.create({"product_id": self.chair.id})]}
        combo = self.env["product.combo"].create(values)
        self.make_product("MENU", type="combo", combo_ids=combo.ids)
        card = self.import_orders(order(line(sku="MENU", name="Lunch")))
        self.assert_card(card, "blocked", "product_combo")
        self.assertIn('"Lunch" (MENU)', card.message)

        mapping = self.env["ciama.mapping.product"].search([("value", "=", "MENU")])
        mapping.product_id = self.chair
        mapping.with_context(queue_job__no_delay=True).action_free_orders()
        self.assertEqual(card.sale_order_id.order_line.product_id, self.chair)

    def test_sku_with_blanks_or_endless(self):
        self.assertEqual(self.product_of(order(sold(sku=" CHAIR "))), self.chair)
        long = self.make_product("L" * 150)
        self.assertEqual(self.product_of(order(sold(sku="L" * 150))), long)


class TestPolicies(ImportCase):
    def test_block(self):
        cards = self.import_orders(order(sold(sku="NEW", name="New thing")), order())
        self.assert_card(cards[0], "blocked", "product_unknown")
        self.assertIn("NEW (New thing)", cards[0].message)
        self.assertEqual(cards[1].state, "imported")
        mapping = self.env["ciama.mapping.product"].search([("shop_id", "=", self.shop.id)])
        self.assertEqual((mapping.value, mapping.label), ("NEW", "New thing"))
        mapping.product_id = self.chair
        mapping.with_context(queue_job__no_delay=True).action_free_orders()
        self.assertEqual(cards[0].sale_order_id.order_line.product_id, self.chair)

    def test_create(self):
        self.shop.unknown_product_policy = "create"
        rows = [
            sold(sku="NEW", name="New thing", barcode="123", list_price="36.60", product_id="9"),
            sold(sku="NEW", name="New thing"),
            sold(sku="FILE", name="Download", requires_shipping=False),
        ]
        sale_order = self.imported(order(*rows), order(sold(sku="NEW", product_id="9")))[0]
        product = sale_order.order_line[0].product_id
        self.assertRecordValues(
            product,
            [
                {
                    "name": "New thing",
                    "default_code": "NEW",
                    "barcode": "123",
                    "list_price": 30.5,  # Odoo's are without tax
                    "type": "consu",
                    "is_storable": True,
                    "company_id": self.company.id,
                }
            ],
        )
        self.assertEqual(sale_order.order_line[1].product_id, product)
        self.assertEqual(sale_order.order_line[2].product_id.type, "service")
        self.assertEqual(len(self.env["product.product"].search([("default_code", "=", "NEW")])), 1)
        self.assert_amounts(sale_order, untaxed="30.00", tax="6.00", total="36.00")

    def test_create_without_sku(self):
        """Known by the shop's id alone: made once, then bound."""
        self.shop.unknown_product_policy = "create"
        first = self.imported(order(sold(product_id="77")))
        second = self.imported(order(sold(product_id="77")))
        self.assertEqual(first.order_line.product_id, second.order_line.product_id)
        self.assertFalse(first.order_line.product_id.default_code)

    def test_placeholder(self):
        self.shop.unknown_product_policy = "placeholder"
        body = order(sold(sku="NEW", name="New thing", product_id="9"))
        sale_order = self.imported(body)
        self.assertEqual(sale_order.order_line.product_id, self.shop.product_placeholder_id)
        self.assertEqual(sale_order.order_line.name, "New thing")
        # Once the product exists it is found: a placeholder is not remembered.
        new = self.make_product("NEW")
        later = self.imported(order(sold(sku="NEW", product_id="9")))
        self.assertEqual(later.order_line.product_id, new)

    def test_line_without_any_reference_takes_the_placeholder(self):
        sale_order = self.imported(order(sold(name="Sanding, by agreement")))
        self.assertEqual(sale_order.order_line.product_id, self.shop.product_placeholder_id)
        self.shop.product_placeholder_id = False
        card = self.import_orders(order(sold()))
        self.assert_card(card, "blocked", "special_product_missing")

    def test_special_products_of_the_settings(self):
        delivery = self.make_product("DELIVERY", type="service")
        self.shop.product_shipping_id = delivery
        sale_order = self.imported(order(line(), shipping()))
        self.assertEqual(sale_order.order_line[1].product_id, delivery)
        self.assertTrue(sale_order.order_line[1].is_delivery)
        self.shop.product_shipping_id = False
        card = self.import_orders(order(line(), shipping()))
        self.assert_card(card, "blocked", "special_product_missing")
        self.assertIn("Shipping", card.message)


class TestTexts(ImportCase):
    def test_bundle_parts_are_lines_of_their_own(self):
        table = self.make_product("TABLE")
        bundle = {"id": "b1", "title": "Dining set", "sku": "SET", "quantity": "1"}
        sale_order = self.imported(
            order(
                line("40.00", quantity="4", bundle=bundle),
                line("100.00", sku="TABLE", name="Table", bundle=bundle),
            )
        )
        self.assert_lines(sale_order, ("CHAIR", 4, "40.00"), ("TABLE", 1, "100.00"))
        for row in sale_order.order_line:
            self.assertIn("Dining set", row.name)
        moves = sale_order.picking_ids.move_ids
        self.assertEqual(
            {(move.product_id, move.product_uom_qty) for move in moves},
            {(self.chair, 4), (table, 1)},
        )

    def test_options_and_personalisation(self):
        options = [{"name": "Engraving", "value": "For Ève ♥\nwith love"}]
        sale_order = self.imported(order(line(options=options)))
        self.assertEqual(
            sale_order.order_line.name, "[CHAIR] Chair\nEngraving: For Ève ♥\nwith love"
        )

    def test_a_line_does_not_name_its_product_twice(self):
        """Odoo leaves out of the text what the product beside it says, letter by letter."""
        sale_order = self.imported(order(line(), line(name="Chair in oak")))
        self.assertEqual(sale_order.order_line.mapped("name"), ["[CHAIR] Chair", "Chair in oak"])

    def test_endless_options_end(self):
        options = [{"name": "Text", "value": "x" * 20_000}]
        self.assertLessEqual(len(self.imported(order(line(options=options))).order_line.name), 2000)

    def test_texts_are_in_no_other_language_than_the_shop_s(self):
        """The customer's language must not swap the line's text for the product's."""
        place = address(country="DE", zip="10115")
        sale_order = self.imported(
            order(line("10.00", 19, name="Stuhl"), address=place, language="de")
        )
        self.assertEqual(sale_order.order_line.name, "Stuhl")
