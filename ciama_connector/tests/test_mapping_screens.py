"""The screens of mappings: what stands first, what is suggested, what a button changes."""

from odoo.addons.queue_job.tests.common import trap_jobs
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user

from .common import line, order
from .test_mapping import PREFIX, MappingCase

KINDS = ("product", "payment", "carrier", "group", "tax", "status")
LISTED = ("mapped", "waiting_count", "waiting_total", "suggestion", "suggestion_reason", "meaning")


class ScreenCase(MappingCase):
    def wait_for(self, kind, value, count=1, shop=None):
        """Orders of 12.00 that wait for ``value``."""
        code = self.env[PREFIX + kind]._problem_codes[0]
        problem = self.env["ciama.problem"].search([("code", "=", code)])
        cards = self.stage(*(order() for _ in range(count)), shop=shop)
        cards.write(
            {
                "state": "blocked",
                "waits_for": value,
                "problem_id": problem.id,
                "amount_total": 12,
                "currency_id": self.company.currency_id.id,
            }
        )
        return cards


class TestLists(ScreenCase):
    def test_unmapped_and_what_holds_most_stand_first(self):
        mapped = self.row("product", "A", product_id=self.chair.id)
        idle, few, many = (self.row("product", value) for value in ("B", "C", "D"))
        self.wait_for("product", "A", 5)
        self.wait_for("product", "C", 1)
        self.wait_for("product", "D", 3)
        found = self.env["ciama.mapping.product"].search(
            [("shop_id", "=", self.shop.id)], order="mapped, waiting_count desc, value"
        )
        self.assertEqual(list(found), list(many + few + idle + mapped))
        self.assertEqual([row.waiting_count for row in found], [3, 1, 0, 5])
        self.assertEqual(
            [row.waiting_total for row in found],
            ["36.00\xa0€", "12.00\xa0€", "", "60.00\xa0€"],
        )

    def test_holding_orders_is_searched_for_in_the_database(self):
        holding, idle = self.row("payment", "A"), self.row("payment", "B")
        self.wait_for("payment", "A")
        self.wait_for("carrier", "B")  # another kind of value
        rows = self.env["ciama.mapping.payment"].search(
            [("shop_id", "=", self.shop.id), ("waiting_count", ">", 0)]
        )
        self.assertEqual(rows, holding)
        self.assertEqual((holding | idle).filtered_domain([("waiting_count", ">", 0)]), holding)

    def test_groups_hold_nothing(self):
        row = self.row("group", "wholesale")
        self.assertEqual((row.waiting_count, row.waiting_total), (0, ""))
        self.assertFalse(self.env["ciama.mapping.group"].search([("waiting_count", ">", 0)]) & row)

    def test_lists_need_no_more_queries_for_more_rows(self):
        for kind in KINDS:
            counts = []
            for many in (5, 60):
                self.env[PREFIX + kind].search([("shop_id", "=", self.shop.id)]).unlink()
                rows = self.env[PREFIX + kind].create(
                    [
                        {"shop_id": self.shop.id, "value": f"FR {i}", "label": f"Chair {i}"}
                        for i in range(many)
                    ]
                )
                rows.read(LISTED)  # what Odoo keeps in memory
                self.env.flush_all()
                self.env.invalidate_all()
                start = self.env.cr.sql_log_count
                rows.read(LISTED)
                counts.append(self.env.cr.sql_log_count - start)
            with self.subTest(kind=kind):
                self.assertLessEqual(counts[1], counts[0])

    def test_every_view_opens(self):
        for kind in KINDS:
            model = self.env[PREFIX + kind]
            for view in ("list", "kanban", "form", "search"):
                with self.subTest(kind=kind, view=view):
                    arch = model.get_view(view_type=view)["arch"]
                    self.assertIn(model._mapped_by[0] if view == "form" else "value", arch)
            Form(model)

    def test_every_field_explains_itself(self):
        for kind in KINDS:
            model = self.env[PREFIX + kind]
            shown = ("shop_id", "value", "label", *LISTED, *model._meaning_fields)
            missing = [name for name in shown if not model._fields[name].help]
            self.assertFalse(missing, kind)

    def test_what_it_means_in_short(self):
        journal = self.env["account.journal"].search(
            [("company_id", "=", self.company.id), ("type", "=", "bank")], limit=1
        )
        row = self.row("payment", "x", journal_id=journal.id, confirm="always")
        self.assertEqual(row.meaning, f"{journal.display_name}, Confirm Orders: Always")
        self.assertEqual(self.row("tax", "FR 1", no_tax=True).meaning, "Without Tax")
        self.assertEqual(self.row("status", "x", status="paid").meaning, "Paid")
        self.assertFalse(self.row("status", "y").meaning)


class TestSuggested(ScreenCase):
    def test_shows_and_takes_what_is_suggested(self):
        row = self.row("product", "chair", label="Fauteuil")
        self.assertEqual(row.suggestion, "90 % [CHAIR] Chair")
        self.assertTrue(row.suggestion_sure)
        self.assertIn("spelling", row.suggestion_reason)
        row.action_take_suggestion()
        self.assertEqual(row.product_id, self.chair)
        self.assertFalse(row.suggestion)

    def test_taking_offers_to_free_the_orders_and_does_not_do_it(self):
        row = self.row("product", "chair")
        cards = self.wait_for("product", "chair", 2)
        with trap_jobs() as jobs:
            answer = row.action_take_suggestion()
        jobs.assert_jobs_count(0)
        self.assertEqual(set(cards.mapped("state")), {"blocked"})
        self.assertEqual((answer["tag"], answer["params"]["count"]), ("ciama_offer", 2))
        offered = self.env[answer["params"]["model"]].browse(answer["params"]["ids"])
        self.assertEqual(self.free(offered), 2)
        self.assertEqual(set(cards.mapped("state")), {"imported"})

    def test_taking_all_takes_only_what_is_sure(self):
        self.make_product("OTHER", name="Table basse en chêne")
        sure = self.row("product", "chair")
        unsure = self.row("product", "1/2", label="Tables basses chêne clair")
        nothing = self.row("product", "zzz")
        self.assertTrue(unsure.suggestion)
        self.env["ciama.mapping.product"].action_take_sure()
        self.assertEqual(sure.product_id, self.chair)
        self.assertFalse(unsure.mapped or nothing.mapped)
        with self.assertRaisesRegex(UserError, "nothing sure enough"):
            (unsure | nothing).action_take_sure()

    def test_many_values_are_suggested_for_at_once(self):
        labels = {f"v{i}": f"Number {i}" for i in range(600)}
        self.make_product("N-7", name="Number 7")
        found = self.env["ciama.suggestions"]._suggest("product", self.shop, labels)
        self.assertEqual(found["v7"][0].record.default_code, "N-7")

    def test_opens_the_orders_that_wait(self):
        row = self.row("carrier", "x")
        cards = self.wait_for("carrier", "x", 2)
        action = row.action_open_orders()
        self.assertEqual(self.env["ciama.order"].search(action["domain"]), cards)


class TestOtherShops(ScreenCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls.make_shop(name="Second")
        cls.third = cls.make_shop(name="Third")
        cls.carrier = cls.env["delivery.carrier"].create(
            {"name": "Pigeon", "product_id": cls.chair.id}
        )

    def there(self, shop, kind, value, **values):
        return self.env[PREFIX + kind].create({"shop_id": shop.id, "value": value, **values})

    def wizard(self, rows, **values):
        action = rows.action_copy()
        return self.env[action["res_model"]].with_context(**action["context"]).create(values)

    def test_the_same_value_and_the_same_name(self):
        row = self.row("carrier", "post", label="La Poste", carrier_id=self.carrier.id, lead_days=3)
        value = self.there(self.second, "carrier", "post", label="x")
        name = self.there(self.third, "carrier", "77", label="la poste")
        other = self.there(self.third, "carrier", "78", label="DHL")
        wizard = self.wizard(row)
        self.assertEqual(wizard.count, 2)
        self.assertIn("Second", wizard.preview)
        self.assertIn("Pigeon", wizard.preview)
        self.assertFalse(value.mapped)
        wizard.action_apply()
        for target in value | name:
            self.assertEqual((target.carrier_id, target.lead_days), (self.carrier, 3))
        self.assertFalse(other.mapped)

    def test_only_the_shops_that_are_chosen(self):
        row = self.row("carrier", "post", carrier_id=self.carrier.id)
        second, third = (self.there(shop, "carrier", "post") for shop in (self.second, self.third))
        wizard = self.wizard(row)
        self.assertEqual(wizard.shop_ids & (self.second | self.third), self.second | self.third)
        wizard.shop_ids = self.second
        wizard.action_apply()
        self.assertEqual((second.mapped, third.mapped), (True, False))

    def test_other_meanings_stay_unless_it_is_ticked(self):
        other = self.env["delivery.carrier"].create({"name": "Owl", "product_id": self.chair.id})
        row = self.row("carrier", "post", carrier_id=self.carrier.id)
        target = self.there(self.second, "carrier", "post", carrier_id=other.id)
        with self.assertRaisesRegex(UserError, "No value"):
            self.wizard(row).action_apply()
        self.wizard(row, replace=True).action_apply()
        self.assertEqual(target.carrier_id, self.carrier)

    def test_values_not_seen_yet_are_made_only_if_it_is_ticked(self):
        row = self.row("status", "on the boat", label="At sea", status="fulfilled")
        self.assertEqual(self.wizard(row, shop_ids=self.second.ids).count, 0)
        wizard = self.wizard(row, shop_ids=self.second.ids, create_missing=True)
        self.assertEqual(wizard.count, 1)
        wizard.action_apply()
        self.assertRecordValues(
            self.rows("status", self.second),
            [{"value": "on the boat", "label": "At sea", "status": "fulfilled"}],
        )
        self.assertFalse(self.rows("status", self.third))

    def test_row_numbers_are_not_the_same_value(self):
        row = self.row("carrier", "3", label="La Poste", carrier_id=self.carrier.id)
        self.there(self.second, "carrier", "3", label="DHL")
        self.assertEqual(self.wizard(row, create_missing=True).count, 0)

    def test_taxes_of_one_name_are_not_the_same_tax(self):
        row = self.row("tax", "FR 20", label="VAT", no_tax=True)
        self.there(self.second, "tax", "DE 20", label="VAT")
        self.assertEqual(self.wizard(row).count, 0)

    def test_not_to_other_companies(self):
        company = self.env["res.company"].create({"name": "Other"})
        self.env.user.company_ids |= company
        foreign = self.make_shop(name="Foreign", company_id=company.id)
        target = self.there(foreign, "status", "at sea")
        row = self.row("status", "at sea", status="fulfilled")
        wizard = self.wizard(row, create_missing=True)
        self.assertNotIn(foreign, wizard.possible_shop_ids)
        wizard.shop_ids |= foreign
        wizard.action_apply()
        self.assertFalse(target.mapped)

    def test_offers_to_free_the_orders_of_the_other_shops(self):
        row = self.row("product", "X-1", product_id=self.chair.id)
        (card,) = self.import_orders(order(line(sku="X-1")), shop=self.second)
        self.assertEqual(card.state, "blocked")
        answer = self.wizard(row).action_apply()
        self.assertEqual(answer["params"]["count"], 1)

    def test_needs_a_meaning_first(self):
        with self.assertRaisesRegex(UserError, "what the value means"):
            self.row("status", "x").action_copy()


class TestRights(ScreenCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user, cls.manager = (
            new_test_user(
                cls.env, f"map-{role}", f"ciama_connector.group_{role}", company_id=cls.company.id
            )
            for role in ("user", "manager")
        )

    def test_users_map_products_and_read_the_rest(self):
        for kind in KINDS:
            row = self.row(kind, "chair", label="Paid").with_user(self.user)
            with self.subTest(kind=kind):
                row.read(LISTED)
                if kind == "product":
                    row.action_take_suggestion()
                    self.assertTrue(row.mapped)
                else:
                    for button in (row.action_take_suggestion, row.action_take_sure):
                        with self.assertRaises(AccessError):
                            button()
                with self.assertRaises(AccessError):
                    self.env["ciama.copy.mappings"].with_user(self.user).create(
                        {"kind": kind, "row_ids": row.ids}
                    )

    def test_managers_map_all(self):
        status = self.row("status", "shipped").with_user(self.manager)
        self.wait_for("status", "shipped")
        status.action_take_suggestion()
        self.assertEqual(status.status, "fulfilled")

    def test_users_see_no_buttons_that_are_not_theirs(self):
        for user, shown in ((self.user, False), (self.manager, True)):
            arch = self.env["ciama.mapping.payment"].with_user(user).get_view(view_type="list")
            self.assertEqual("action_take_suggestion" in arch["arch"], shown)
        arch = self.env["ciama.mapping.product"].with_user(self.user).get_view(view_type="list")
        self.assertIn("action_take_suggestion", arch["arch"])
