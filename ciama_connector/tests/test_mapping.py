"""Mappings: values make their rows, a filled-in row frees the orders that wait for it."""

import psycopg2
from odoo.addons.queue_job.tests.common import trap_jobs
from odoo.exceptions import UserError
from odoo.tools import mute_logger

from .common import ImportCase, line, order, shipping

PREFIX = "ciama.mapping."


class MappingCase(ImportCase):
    def row(self, kind, value, **values):
        return self.env[PREFIX + kind].create({"shop_id": self.shop.id, "value": value, **values})

    def rows(self, kind, shop=None):
        return self.env[PREFIX + kind].search([("shop_id", "=", (shop or self.shop).id)])

    def free(self, mappings):
        """Press the button and let the jobs run; how many orders it freed."""
        with trap_jobs() as jobs:
            mappings.action_free_orders()
            freed = sum(len(job.recordset) for job in jobs.enqueued_jobs)
            jobs.perform_enqueued_jobs()
        return freed

    def filled(self):
        """For each kind of mapping, values that fill it in."""
        return {
            "product": {"product_id": self.chair.id},
            "payment": {"confirm": "shop"},
            "carrier": {"carrier_id": self.env["delivery.carrier"].search([], limit=1).id},
            "status": {"status": "paid"},
            "tax": {"tax_ids": [(6, 0, self.sales_tax(20).ids)]},
        }


class TestRows(MappingCase):
    def test_an_unknown_product_makes_its_row(self):
        self.import_orders(
            order(line(sku="X-1", name="Stool")), order(line(sku="X-1", name="Stool"))
        )
        row = self.rows("product")
        self.assertRecordValues(
            row,
            [{"value": "X-1", "label": "Stool", "mapped": False, "waiting_count": 2}],
        )

    def test_an_unmapped_carrier_makes_its_row(self):
        self.shop.unknown_carrier_policy = "hold"
        (card,) = self.import_orders(order(line(), shipping()))
        self.assert_card(card, "blocked", "carrier_unmapped")
        self.assertRecordValues(
            self.rows("carrier"), [{"value": "colissimo", "mapped": False, "waiting_count": 1}]
        )

    def test_an_unmapped_payment_method_makes_its_row(self):
        self.shop.unknown_payment_policy = "hold"
        method = {"code": "paypal", "label": "PayPal"}
        (card,) = self.import_orders(order(payment_method=method))
        self.assert_card(card, "blocked", "payment_method_unmapped")
        self.assertRecordValues(
            self.rows("payment"),
            [{"value": "paypal", "label": "PayPal", "mapped": False, "waiting_count": 1}],
        )

    def test_a_tax_that_disagrees_makes_its_row(self):
        (card,) = self.import_orders(order(line(rate=7)))
        self.assert_card(card, "held", "tax_other_country")
        self.assertEqual(self.rows("tax").waiting_count, 1)

    def test_every_status_word_has_its_row(self):
        self.imported(order(shop_status="awaiting pick-up"))
        self.assertRecordValues(
            self.rows("status"), [{"value": "awaiting pick-up", "mapped": False}]
        )

    def test_an_ambiguous_product_waits_for_its_row_too(self):
        self.make_product("TWIN")
        twin = self.make_product("TWIN")
        (card,) = self.import_orders(order(line(sku="TWIN")))
        self.assert_card(card, "blocked", "product_ambiguous")
        row = self.rows("product")
        self.assertEqual((row.value, row.waiting_count), ("TWIN", 1))
        row.product_id = twin
        self.assertEqual(self.free(row), 1)
        self.assertEqual(card.sale_order_id.order_line.product_id, twin)

    def test_a_value_is_there_once_in_a_shop(self):
        for kind, values in self.filled().items():
            self.row(kind, "X", **values)
            with (
                self.subTest(kind=kind),
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.IntegrityError),
            ):
                self.row(kind, "X")
        other = self.make_shop(name="Second")
        self.env["ciama.mapping.product"].create({"shop_id": other.id, "value": "X"})

    def test_what_it_is_mapped_to_is_of_the_shops_company(self):
        company = self.env["res.company"].create({"name": "Other"})
        foreign = self.make_product("FOREIGN", company_id=company.id)
        with self.assertRaises(UserError):
            self.row("product", "X", product_id=foreign.id)


class TestMapped(MappingCase):
    def test_is_known_at_once(self):
        for kind, values in self.filled().items():
            with self.subTest(kind=kind):
                row = self.row(kind, "X")
                self.assertFalse(row.mapped)
                row.write(values)
                self.assertTrue(row.mapped)
        self.assertTrue(self.row("tax", "Y", no_tax=True).mapped)

    def test_is_searched_for_in_the_database(self):
        for kind, values in self.filled().items():
            with self.subTest(kind=kind):
                empty, full = self.row(kind, "A"), self.row(kind, "B", **values)
                own = [("shop_id", "=", self.shop.id)]
                for domain, expected in (
                    ([("mapped", "=", True)], full),
                    ([("mapped", "=", False)], empty),
                    ([("mapped", "!=", True)], empty),
                    ([("mapped", "in", [True, False])], empty | full),
                ):
                    self.assertEqual(self.env[PREFIX + kind].search(own + domain), expected)
        bare = self.row("tax", "C", no_tax=True)
        self.assertIn(bare, self.env["ciama.mapping.tax"].search([("mapped", "=", True)]))


class TestFreeing(MappingCase):
    def test_frees_exactly_the_orders_that_wait(self):
        second = self.make_shop(name="Second")
        waiting = self.import_orders(*(order(line(sku="X-1")) for _ in range(3)))
        other_value = self.import_orders(order(line(sku="X-2")))
        other_shop = self.import_orders(order(line(sku="X-1")), shop=second)
        other_cause = self.import_orders(order(lines=[]))
        row = self.rows("product").filtered(lambda row: row.value == "X-1")
        self.assertEqual(row.waiting_count, 3)
        row.product_id = self.chair
        self.assertEqual(self.free(row), 3)
        self.assertEqual(waiting.mapped("state"), ["imported"] * 3)
        self.assertEqual(waiting.sale_order_id.order_line.product_id, self.chair)
        for card in other_value | other_shop | other_cause:
            self.assertEqual(card.state, "blocked")
        self.env.invalidate_all()
        self.assertEqual(row.waiting_count, 0)

    def test_several_at_once(self):
        cards = self.import_orders(order(line(sku="X-1")), order(line(sku="X-2")))
        rows = self.rows("product")
        rows.product_id = self.chair
        self.assertEqual(self.free(rows), 2)
        self.assertEqual(cards.mapped("state"), ["imported"] * 2)

    def test_needs_a_meaning_first(self):
        self.import_orders(order(line(sku="X-1")))
        with self.assertRaisesRegex(UserError, "what the value means"):
            self.rows("product").action_free_orders()

    def test_an_order_that_still_lacks_something_waits_for_that(self):
        (card,) = self.import_orders(order(line(sku="X-1"), line(sku="X-2")))
        first = self.rows("product").filtered(lambda row: row.value == card.waits_for)
        first.product_id = self.chair
        self.free(first)
        self.assert_card(card, "blocked", "product_unknown")
        self.assertNotEqual(card.waits_for, first.value)

    def test_a_held_tax_goes_through_as_decided(self):
        (card,) = self.import_orders(order(line(rate=7)))
        reduced = self.make_tax(7)
        self.rows("tax").tax_ids = reduced
        self.assertEqual(self.free(self.rows("tax")), 1)
        self.assertEqual(card.sale_order_id.order_line.tax_ids, reduced)
        self.assert_amounts(card.sale_order_id, untaxed="10.00", tax="0.70", total="10.70")

    def test_a_status_word_is_read_as_decided(self):
        self.row("status", "ready for the post", status="paid")
        (sale_order,) = self.imported(
            order(status="pending", payment_status="pending", shop_status="ready for the post")
        )
        self.assertEqual(sale_order.state, "sale")
