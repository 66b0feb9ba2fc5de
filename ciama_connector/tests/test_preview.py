"""A preview tells what an import would do, and leaves nothing behind."""

import json
from unittest.mock import patch

from odoo.addons.queue_job.tests.common import trap_jobs
from odoo.exceptions import AccessError
from odoo.tests import new_test_user
from odoo.tools import SQL

from .common import ImportCase, address, line, order, raw_order, shipping


class PreviewCase(ImportCase):
    def preview(self, *orders, shop=None, user=None):
        service = self.env["ciama.preview"]
        if user:
            service = service.with_user(user)
        shop = (shop or self.shop).with_env(service.env)
        rows = service._run(shop, [raw_order(body) for body in orders])
        self.assertEqual(json.loads(json.dumps(rows)), rows)
        return rows

    def preview_one(self, *lines, **values):
        return self.preview(order(*lines, **values))[0]

    def contents(self):
        """Rows of every table, and where every sequence that numbers documents stands."""
        self.env.flush_all()
        tables = [
            row[0]
            for row in self.env.execute_query(
                SQL(
                    "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() "
                    "ORDER BY tablename"
                )
            )
        ]
        counts = self.env.execute_query(
            SQL(" UNION ALL ").join(
                SQL("SELECT %s, count(*) FROM %s", table, SQL.identifier(table)) for table in tables
            )
        )
        numbers = self.env.execute_query(
            SQL(
                "SELECT sequencename, last_value FROM pg_sequences "
                "WHERE sequencename ~ '^ir_sequence_[0-9]' ORDER BY sequencename"
            )
        )
        next_numbers = self.env["ir.sequence"].search([], order="id").mapped("number_next_actual")
        return dict(counts), numbers, next_numbers


class TestPreview(PreviewCase):
    def test_a_good_order(self):
        row = self.preview_one(
            line("16.66", tax_amount="3.33", quantity="2"),
            shipping(),
            payment_method={"code": "stripe", "label": "Card"},
        )
        self.assertEqual(row["outcome"], "imported")
        self.assertIsNone(row["problem"])
        self.assertIsNone(row["sale_order"])
        self.assertEqual(row["date"], "2026-03-02T10:00:00+00:00")
        self.assertEqual((row["status"], row["currency"]), ("paid", "EUR"))
        self.assertEqual((row["total_shop"], row["total_odoo"]), ("25.99", "25.99"))
        self.assertTrue(row["would_confirm"])
        self.assertEqual(
            row["customer"], {"state": "new", "name": "Marie Curie", "detail": "75005 Paris FR"}
        )
        self.assertEqual(row["payment_method"], "Card")
        chair, sent = row["lines"]
        self.assertEqual(chair["state"], "found")
        self.assertEqual(chair["product"], self.chair.display_name)
        self.assertEqual((chair["sku"], chair["quantity"], chair["gross"]), ("CHAIR", "2", "19.99"))
        self.assertEqual(chair["taxes"], [self.sales_tax(20).name])
        self.assertEqual((sent["state"], sent["gross"]), ("no_product", "6.00"))
        self.assertEqual(sent["product"], self.shop.product_shipping_id.display_name)
        self.assertTrue(row["fiscal_position"])

    def test_a_customer_that_odoo_has(self):
        partner = self.env["res.partner"].create(
            {"name": "M. Curie", "email": "Marie@Curie.example"}
        )
        row = self.preview_one()
        self.assertEqual(
            row["customer"],
            {"state": "found", "name": "Marie Curie", "detail": partner.display_name},
        )
        partner.invalidate_recordset()
        self.assertFalse(partner.street)

    def test_the_same_new_customer_twice(self):
        rows = self.preview(order(), order())
        self.assertEqual([row["customer"]["state"] for row in rows], ["new", "new"])
        self.assertEqual([row["outcome"] for row in rows], ["imported", "imported"])

    def test_an_unknown_product_blocks(self):
        row = self.preview_one(line(sku="NOPE", name="Mystery"))
        self.assertEqual(row["outcome"], "blocked")
        self.assertEqual(row["problem"]["code"], "product_unknown")
        self.assertIn("NOPE", row["problem"]["sentence"])
        self.assertEqual(row["problem"]["action"], "map_product")
        self.assertTrue(row["problem"]["remedy"])
        self.assertEqual(row["lines"][0]["state"], "unknown")
        self.assertEqual((row["total_shop"], row["total_odoo"]), ("12.00", None))
        self.assertEqual(row["customer"]["state"], "new")
        self.assertFalse(row["would_confirm"])

    def test_unknown_products_by_policy(self):
        self.shop.unknown_product_policy = "create"
        self.assertEqual(self.preview_one(line(sku="NOPE"))["lines"][0]["state"], "new")
        self.assertFalse(self.env["product.product"].search([("default_code", "=", "NOPE")]))
        self.shop.unknown_product_policy = "placeholder"
        row = self.preview_one(line(sku="NOPE"))
        self.assertEqual(row["lines"][0]["state"], "placeholder")
        self.assertEqual(row["lines"][0]["product"], self.shop.product_placeholder_id.display_name)
        self.assertEqual(row["outcome"], "imported")

    def test_a_bad_order_stops_no_other(self):
        broken = order(total="999.00")
        rows = self.preview(
            order(line(sku="NOPE")), order(), broken, {"number": "77"}, order(status="cancelled")
        )
        self.assertEqual(
            [(row["outcome"], row["problem"] and row["problem"]["code"]) for row in rows],
            [
                ("blocked", "product_unknown"),
                ("imported", None),
                ("blocked", "amounts_disagree"),
                ("blocked", "invalid_order"),
                ("ignored", "cancelled_before_import"),
            ],
        )
        self.assertEqual(
            (rows[2]["total_shop"], rows[2]["currency"], rows[2]["customer"]["name"]),
            ("999.00", "EUR", "Marie Curie"),
        )
        self.assertEqual(rows[3]["number"], "77")
        self.assertIsNone(rows[3]["total_shop"])

    def test_what_fails_unexpectedly_stops_no_other(self):
        orders, origin = [order(), order()], type(self.env["sale.order"]).create

        def create(records, vals_list):
            if any(values.get("client_order_ref") == orders[0]["number"] for values in vals_list):
                raise ZeroDivisionError
            return origin(records, vals_list)

        with (
            patch.object(type(self.env["sale.order"]), "create", create),
            self.assertLogs("odoo.addons.ciama_connector.services.importer", "ERROR"),
        ):
            rows = self.preview(*orders)
        self.assertEqual([row["outcome"] for row in rows], ["failed", "imported"])

    def test_held_for_vat(self):
        """A private German customer who was charged French VAT."""
        row = self.preview_one(address=address(zip="10115", city="Berlin", country="DE"))
        self.assertEqual(row["outcome"], "held")
        self.assertTrue(row["problem"]["code"].startswith("tax_"))

    def test_vies_is_not_asked(self):
        number = {"value": "DE811569869", "source": "billing_address.vat_number"}
        with trap_jobs() as jobs:
            row = self.preview_one(
                line(rate=0),
                vat_candidates=[number],
                address=address(company="Bau GmbH", zip="10115", city="Berlin", country="DE"),
            )
        self.assertEqual((row["outcome"], row["problem"]["code"]), ("held", "vat_check_pending"))
        self.assertFalse(self.env["ciama.vies.check"].search([("number", "=", "DE811569869")]))
        jobs.assert_jobs_count(0)

    def test_money_without_journal(self):
        self.shop.write({"register_payments": True, "payment_journal_id": False})
        paid = {
            "id": "p1",
            "method": {"code": "cheque", "label": "Cheque"},
            "amount": "12.00",
            "currency": "EUR",
        }
        row = self.preview_one(
            payments=[paid], payment_method={"code": "cheque", "label": "Cheque"}
        )
        self.assertEqual(row["problem"]["code"], "payment_journal_missing")
        self.assertEqual(row["outcome"], "blocked")

    def test_imported_already(self):
        body = order()
        sale_order = self.imported(body)
        row = self.preview(body)[0]
        self.assertEqual((row["outcome"], row["sale_order"]), ("imported", sale_order.name))
        self.assertEqual(row["total_odoo"], "12.00")
        self.assertEqual(row["customer"]["state"], "found")
        self.assertEqual(row["lines"][0]["state"], "found")
        self.assertTrue(row["would_confirm"])

    def test_a_card_that_waits_is_tried_and_stays(self):
        body = order(line(sku="NOPE"))
        card = self.import_orders(body)
        self.make_product("NOPE")
        row = self.preview(body)[0]
        self.assertEqual(row["outcome"], "imported")
        self.assert_card(card, "blocked", "product_unknown")
        self.assertEqual(card.attempts, 1)

    def test_set_aside(self):
        body = order()
        card = self.stage(body)
        card._ignored_by("a test")
        row = self.preview(body)[0]
        self.assertEqual((row["outcome"], row["problem"]["code"]), ("ignored", "ignored_by_user"))

    def test_the_start_date_is_still_to_be_chosen(self):
        self.shop.import_from = "2026-06-01 00:00:00"
        row = self.preview_one()
        self.assertEqual(row["outcome"], "imported")
        self.assertEqual(len(row["warnings"]), 1)
        connecting = self.env["ciama.onboarding"].create(
            {"shop_id": self.shop.id, "step": "preview"}
        )
        self.assertFalse(self.preview_one()["warnings"], "the start date comes in a later step")
        connecting.step = "done"
        self.shop.live = True
        self.assertEqual(self.preview_one()["problem"]["code"], "too_old")

    def test_the_words_of_the_shop(self):
        self.env["ciama.mapping.carrier"].create(
            {
                "shop_id": self.shop.id,
                "value": "colissimo",
                "carrier_id": self.env["delivery.carrier"].search([], limit=1).id,
            }
        )
        row = self.preview_one(
            line(),
            shipping(),
            payment_method={"code": "stripe", "label": "Card"},
            shop_status="processing",
            customer={"external_id": "7", "email": "a@b.example", "last_name": "B",
                      "group_id": "3", "group_name": "Pro"},
        )  # fmt: skip
        self.assertEqual(
            row["values"],
            [
                {"kind": "payment", "value": "stripe", "label": "Card", "mapped": False},
                {"kind": "carrier", "value": "colissimo", "label": "Colissimo", "mapped": True},
                {"kind": "status", "value": "processing", "label": "processing", "mapped": False},
                {"kind": "group", "value": "3", "label": "Pro", "mapped": False},
                {"kind": "tax", "value": "FR 20", "label": "TVA 20%", "mapped": True},
            ],
        )
        self.assertFalse(self.env["ciama.mapping.payment"].search([("value", "=", "stripe")]))

    def test_not_paid_stays_a_quotation(self):
        row = self.preview_one(status="pending", payment_status="pending")
        self.assertEqual((row["outcome"], row["would_confirm"]), ("imported", False))


class TestNothingStays(PreviewCase):
    def test_no_row_and_no_number(self):
        self.shop.unknown_product_policy = "create"
        vat = {"value": "DE811569869", "source": "billing_address.vat_number"}
        before = self.contents()
        rows = self.preview(
            order(),
            order(line(sku="NOPE"), shipping()),
            order(line(sku=""), currency="EUR"),
            order(status="cancelled"),
            order(line(rate=0), vat_candidates=[vat], customer={"email": "b@b.example"}),
            {"number": "1"},
        )
        self.assertIn("imported", [row["outcome"] for row in rows])
        self.assertEqual(self.contents(), before)

    def test_no_gap_in_sequences_without_gaps(self):
        sequence = self.env["ir.sequence"].search([("code", "=", "sale.order")], limit=1)
        sequence.write({"implementation": "no_gap", "number_next": 41})
        self.assertEqual(self.preview_one()["outcome"], "imported")
        self.assertEqual(sequence.number_next, 41)
        self.assertIn("41", self.imported(order()).name)

    def test_nothing_follows_at_the_commit(self):
        cr = self.env.cr
        self.env.user._bus_send("ciama.test", {})
        self.env.flush_all()
        after = dict(cr.postcommit.data)
        self.preview(order())
        self.assertEqual(dict(cr.postcommit.data), after)
        self.assertFalse(cr.precommit.data)

    def test_method_caches_forget_it(self):
        registry = self.env.registry
        signals = set(registry.cache_invalidated)

        def attempt(importer, cards):
            importer.env["res.groups"].create({"name": "Of the try"})  # clears a cache
            self.assertTrue(registry.cache_invalidated)
            return []

        model = type(self.env["ciama.preview.importer"])
        with patch.object(model, "_attempt_all", attempt):
            self.preview(order())
        self.assertEqual(registry.cache_invalidated, signals)

    def test_records_in_memory_are_as_before(self):
        self.shop.name = "Renamed"
        self.preview(order())
        self.assertEqual(self.shop.name, "Renamed")
        self.env.invalidate_all()
        self.assertEqual(self.shop.name, "Renamed")


class TestQueries(PreviewCase):
    def queries(self, step, count):
        orders = [
            order(line(), shipping(), customer={"email": f"c{number}@c.example"})
            for number in range(count)
        ]
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        step(*orders)
        return self.env.cr.sql_log_count - before

    def test_no_more_than_an_import_makes(self):
        for step in (self.preview, self.import_orders):
            self.queries(step, 2)  # what is read once
        few, many = self.queries(self.preview, 2), self.queries(self.preview, 12)
        in_import = self.queries(self.import_orders, 12)
        self.assertLess(many, in_import)
        self.assertLess((many - few) / 10, 12, "a few for the sale order of each")


class TestRights(PreviewCase):
    def test_managers_preview(self):
        manager = new_test_user(
            self.env, "preview.manager", groups="ciama_connector.group_manager",
            company_id=self.company.id, company_ids=[(6, 0, self.company.ids)],
        )  # fmt: skip
        row = self.preview(order(), user=manager)[0]
        self.assertEqual(row["outcome"], "imported")

    def test_users_do_not(self):
        user = new_test_user(
            self.env, "preview.user", groups="ciama_connector.group_user",
            company_id=self.company.id, company_ids=[(6, 0, self.company.ids)],
        )  # fmt: skip
        with self.assertRaises(AccessError):
            self.preview(order(), user=user)

    def test_only_shops_of_their_companies(self):
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env, "preview.stranger", groups="ciama_connector.group_manager",
            company_id=other.id, company_ids=[(6, 0, other.ids)],
        )  # fmt: skip
        with self.assertRaises(AccessError):
            self.preview(order(), user=stranger)


class TestRendering(PreviewCase):
    def test_of_every_kind(self):
        body = order()
        sale_order = self.imported(body)
        rows = self.preview(
            body, order(line(sku="NOPE")), order(status="cancelled"), order(), {"number": "1"}
        )
        html = str(self.env["ciama.preview"]._render(rows))
        for words in (sale_order.name, "Goes through", "Left out", "Blocked", "NOPE", "12.00"):
            self.assertIn(words, html)

    def test_the_shops_texts_are_no_markup(self):
        rows = self.preview(order(line(name="<script>alert(1)</script>")))
        self.assertNotIn("<script", str(self.env["ciama.preview"]._render(rows)))

    def test_no_orders(self):
        self.assertIn("no orders yet", str(self.env["ciama.preview"]._render([])))
