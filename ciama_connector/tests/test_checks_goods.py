"""Checks of what is sold: prices against the pricelist, stock in the warehouse."""

from unittest.mock import patch

from .common import line, order, shipping
from .test_checks import CHECKS, CheckCase, buyer


class TestPrices(CheckCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.chair.list_price = 10.0
        cls.shop.write({"check_price": "hold", "price_tolerance": 0.0})

    def state(self, *lines, **values):
        card = self.import_orders(order(*lines, **values))
        if card.state == "held":
            self.assert_card(card, "held", "price_differs")
        else:
            self.assert_warned(card)
        return card.state

    def test_levels(self):
        card = self.assert_levels(
            "price", "price_differs", lambda: order(line("9.00")), lambda: order(line("10.00"))
        )
        self.assertIn("sold at 9.00 EUR", card.message)
        self.assertIn("says 10.00", card.message)

    def test_borders_of_the_tolerance(self):
        self.shop.price_tolerance = 5.0
        for net, state in (
            ("9.49", "held"),
            ("9.50", "imported"),
            ("10.50", "imported"),
            ("10.51", "held"),
        ):
            with self.subTest(net=net):
                self.assertEqual(self.state(line(net)), state)
        self.shop.price_tolerance = 0.0
        self.assertEqual(self.state(line("10.01")), "held")
        self.assertEqual(self.state(line("10.00")), "imported")

    def test_of_each_line_for_its_quantity(self):
        self.make_product("TABLE", list_price=100.0)
        table = line("100.00", sku="TABLE")
        self.assertEqual(self.state(line("30.00", quantity="3"), table), "imported")
        self.assertEqual(self.state(line("30.00", quantity="2"), table), "held")
        self.assertEqual(self.state(line("10.00"), {**table, "sku": "CHAIR"}), "held")

    def test_a_price_with_many_digits_makes_the_same_cents(self):
        self.chair.list_price = 0.333333
        self.assertEqual(self.state(line("111.00", quantity="333")), "imported")

    def test_vouchers_are_no_other_price(self):
        cut = {"code": "SUMMER", "net": "2.00", "tax": "0.40"}
        self.assertEqual(self.state(line("8.00", discounts=[cut])), "imported")
        self.assertEqual(self.state(line("8.00")), "held")

    def test_one_price_with_tax_for_all_countries(self):
        """12.00 with French tax; the shop keeps 12.00 in Germany, too."""
        self.assertEqual(self.state(line("10.08", 19, "1.92"), **self.in_germany()), "imported")
        self.assertEqual(self.state(line("10.00", 19, "1.90"), **self.in_germany()), "imported")
        self.assertEqual(self.state(line("10.04", 19, "1.91"), **self.in_germany()), "held")

    def in_germany(self):
        place = {"last_name": "Planck", "street": "Kantstr. 1", "zip": "10623",
                 "city": "Berlin", "country": "DE"}  # fmt: skip
        return {"address": place, "customer": buyer("de")}

    def test_prices_of_the_customer_s_pricelist(self):
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "Wholesale",
                "currency_id": self.company.currency_id.id,
                "item_ids": [
                    (0, 0, {"compute_price": "percentage", "percent_price": 20.0,
                            "applied_on": "3_global", "min_quantity": 10}),
                ],
            }
        )  # fmt: skip
        self.env["ciama.mapping.group"].create(
            {"shop_id": self.shop.id, "value": "b2b", "pricelist_id": pricelist.id}
        )
        who = {"customer": buyer("b2b", group_id="b2b")}
        self.assertEqual(self.state(line("80.00", quantity="10"), **who), "imported")
        self.assertEqual(self.state(line("100.00", quantity="10"), **who), "held")
        self.assertEqual(self.state(line("90.00", quantity="9"), **who), "imported")
        self.assertEqual(self.state(line("80.00", quantity="10")), "held", "not of the group")

    def test_other_currencies_only_with_prices_of_their_own(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        values = {"currency": "USD", "customer": buyer("us")}
        self.assertEqual(self.state(line("99.00"), **values), "imported")
        self.shop.pricelist_id = self.env["product.pricelist"].create(
            {
                "name": "Dollars",
                "currency_id": dollar.id,
                "item_ids": [(0, 0, {"compute_price": "fixed", "fixed_price": 15.0,
                                     "applied_on": "3_global"})],
            }
        )  # fmt: skip
        self.assertEqual(self.state(line("15.00"), **values), "imported")
        self.assertEqual(self.state(line("99.00"), **values), "held")

    def test_what_is_no_product_has_no_price(self):
        self.shop.unknown_product_policy = "placeholder"
        self.assertEqual(self.state(line("10.00"), shipping("7.77")), "imported")
        self.assertEqual(self.state(line("55.00", sku="UNKNOWN")), "imported")

    def test_of_a_changed_order_what_is_new(self):
        self.shop.check_price = "off"
        body = order(line("9.00"), line("10.00"))
        card = self.import_orders(body)
        self.shop.check_price = "hold"
        body["shipping_address"] = {**body["shipping_address"], "city": "Sceaux"}
        self.import_orders(body)
        self.assert_warned(card)
        body["lines"][1] = {"id": "2", **line("8.00")}
        body.update(total="20.40", total_tax="3.40")
        self.import_orders(body)
        self.assert_card(card, "held", "price_differs")
        self.assertIn("8.00 EUR", card.message)

    def test_products_priced_with_tax(self):
        with_tax = self.make_tax(20, price_include_override="tax_included")
        self.chair.write({"taxes_id": [(6, 0, with_tax.ids)], "list_price": 12.0})
        self.env["ciama.mapping.tax"].create(
            {"shop_id": self.shop.id, "value": "FR 20", "tax_ids": [(6, 0, with_tax.ids)]}
        )
        self.assertEqual(self.state(line("10.00")), "imported")
        self.assertEqual(self.state(line("12.00")), "held")


class TestStock(CheckCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop.check_stock = "hold"
        cls.chair.is_storable = True
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )

    def put(self, quantity, product=None, warehouse=None):
        self.env["stock.quant"]._update_available_quantity(
            product or self.chair, (warehouse or self.warehouse).lot_stock_id, quantity
        )
        self.env.invalidate_all()

    def chairs(self, quantity, **values):
        return order(
            line("10.00", quantity=str(quantity)), customer=buyer(f"c{quantity}"), **values
        )

    def test_levels(self):
        self.make_product("STOOL")
        self.put(1)
        card = self.assert_levels(
            "stock", "stock_short", lambda: self.chairs(9), lambda: order(line(sku="STOOL"))
        )
        for word in ("Chair", "9 are ordered", "0 are forecast", self.warehouse.name):
            self.assertIn(word, card.message)

    def test_the_last_pieces(self):
        self.put(3)
        self.assert_card(self.import_orders(self.chairs(4)), "held", "stock_short")
        self.assert_warned(self.import_orders(self.chairs(3)))
        self.assert_card(self.import_orders(self.chairs(1)), "held", "stock_short")

    def test_orders_of_a_batch_compete_in_the_order_of_their_dates(self):
        self.put(5)
        late, early, small = self.import_orders(
            self.chairs(3, created_at="2026-03-02T12:00:00+00:00"),
            self.chairs(4, created_at="2026-03-02T10:00:00+00:00"),
            self.chairs(1, created_at="2026-03-02T13:00:00+00:00"),
        )
        self.assert_warned(early)
        self.assert_card(late, "held", "stock_short")
        self.assertIn("1 are forecast", late.message)
        self.assert_warned(small)
        self.assertEqual(self.chair.virtual_available, 0.0)

    def test_what_is_held_for_something_else_takes_nothing(self):
        self.put(3)
        self.shop.check_risk = "hold"
        risky, fine = self.import_orders(self.chairs(3, risk={"level": "high"}), self.chairs(2))
        self.assert_card(risky, "held", "risk_flagged")
        self.assert_warned(fine)

    def test_who_is_only_warned_of_takes_his_part(self):
        self.put(3)
        self.shop.check_stock = "warn"
        first, second = self.import_orders(self.chairs(2), self.chairs(3))
        self.assert_warned(first)
        self.assert_warned(second, "stock_short")

    def test_lines_of_one_product_add_up(self):
        self.put(3)
        two = line("20.00", quantity="2")
        self.assert_card(self.import_orders(order(two, two)), "held", "stock_short")

    def test_what_is_on_its_way_counts(self):
        self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.in_type_id.id,
                "location_id": self.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": self.warehouse.lot_stock_id.id,
                "move_ids": [(0, 0, {
                    "product_id": self.chair.id, "product_uom_qty": 5,
                    "location_id": self.env.ref("stock.stock_location_suppliers").id,
                    "location_dest_id": self.warehouse.lot_stock_id.id,
                })],
            }
        ).action_confirm()  # fmt: skip
        self.assert_warned(self.import_orders(self.chairs(5)))

    def test_of_the_warehouse_that_sends_it(self):
        express, shops = (
            self.env["stock.warehouse"].create(
                {"name": name, "code": name[:3], "company_id": self.company.id}
            )
            for name in ("Express", "Shops")
        )
        self.put(9)
        self.put(1, warehouse=shops)
        self.shop.warehouse_id = shops
        self.assert_card(self.import_orders(self.chairs(2)), "held", "stock_short")
        self.env["ciama.mapping.carrier"].create(
            {"shop_id": self.shop.id, "value": "colissimo", "warehouse_id": express.id}
        )
        self.put(2, warehouse=express)
        body = order(line("10.00", quantity="2"), shipping())
        self.assert_warned(self.import_orders(body))

    def test_only_what_comes_from_the_stock(self):
        self.make_product("BOOK", type="service")
        self.make_product("PEN")  # not counted
        self.assert_warned(self.import_orders(order(line(sku="BOOK"), line(sku="PEN"))))
        mto = self.env.ref("stock.route_warehouse0_mto")
        mto.active = True
        self.make_product("DESK", is_storable=True, route_ids=[(6, 0, mto.ids)])
        self.assert_warned(self.import_orders(order(line(sku="DESK"))))

    def test_not_of_what_the_shop_has_sent(self):
        sent = {"status": "fulfilled", "fulfillment_status": "fulfilled"}
        self.assert_warned(self.import_orders(self.chairs(2, **sent)))

    def test_what_was_taken_back_before_shipping_is_not_needed(self):
        self.put(1)
        body = order(line("20.00", quantity="2", quantity_removed="1"))
        self.assert_warned(self.import_orders(body))

    def test_a_changed_order_gives_back_what_it_had(self):
        self.put(3)
        body = self.chairs(3)
        card = self.import_orders(body)
        self.assert_warned(card)
        body["shipping_address"] = {**body["shipping_address"], "city": "Sceaux"}
        self.import_orders(body)
        self.assert_warned(card)
        body["lines"] = [{"id": "1", **line("40.00", quantity="4")}]
        body.update(total="48.00", total_tax="8.00")
        self.import_orders(body)
        self.assert_card(card, "held", "stock_short")


class TestQueries(CheckCase):
    def setUp(self):
        super().setUp()
        self.company.account_use_credit_limit = True
        self.chair.write({"is_storable": True, "list_price": 10.0})
        self.pricelist = self.env["product.pricelist"].create(
            {"name": "Wholesale", "currency_id": self.company.currency_id.id}
        )
        self.env["ciama.mapping.group"].create(
            {"shop_id": self.shop.id, "value": "b2b", "pricelist_id": self.pricelist.id,
             "tag_ids": [(0, 0, {"name": "Wholesale"})]}
        )  # fmt: skip
        self.shop.write({f"check_{check}": "warn" for check in CHECKS})

    def bodies(self, count, prefix):
        return [
            order(line(), customer=buyer(f"{prefix}{number}", group_id="b2b"),
                  risk={"level": "low"})
            for number in range(count)
        ]  # fmt: skip

    def queries(self, count, prefix):
        """Queries of rules and checks for ``count`` orders of customers who ordered before."""
        self.imported(*self.bodies(count, prefix))
        partners = self.env["sale.order"].search([("ciama_shop_id", "=", self.shop.id)]).partner_id
        partners.write({"use_partner_credit_limit": True, "credit_limit": 1.0})
        importer, counted = self.env["ciama.importer"], []
        services = type(self.env["ciama.rules"]), type(self.env["ciama.checks"])
        with (
            self.counting(services[0], "_resolve", counted),
            self.counting(services[0], "_follow_customers", counted),
            self.counting(services[1], "_run", counted),
        ):
            cards = self.stage(*(
                {**body, "status": "accepted", "payment_status": "pending"}
                for body in self.bodies(count, prefix)
            ))  # fmt: skip
            self.env.flush_all()
            self.env.invalidate_all()
            importer._run(cards)
        self.assertEqual(set(cards.mapped("state")), {"imported"})
        for code in ("stock_short", "duplicate_suspected", "credit_exceeded"):
            self.assertTrue(all(code in card.warnings for card in cards), code)
        return sum(counted)

    def counting(self, model, method, counted):
        origin = getattr(model, method)

        def count(records, *args):
            records.env.flush_all()
            before = records.env.cr.sql_log_count
            result = origin(records, *args)
            records.env.flush_all()
            counted.append(records.env.cr.sql_log_count - before)
            return result

        return patch.object(model, method, count)

    def test_as_many_for_forty_orders_as_for_ten(self):
        self.queries(3, "warm")
        ten, forty = self.queries(10, "ten"), self.queries(40, "forty")
        self.assertLessEqual(forty, ten)
        self.assertLess(ten, 60)
