"""The board: who may write what on a card, where it may be dropped, what is shown first."""

from odoo.addons.queue_job.tests.common import trap_jobs
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from .common import ImportCase, line, order


class BoardCase(ImportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls.person("ciama-vendor", "ciama_connector.group_user")
        cls.manager = cls.person("ciama-boss", "ciama_connector.group_manager")

    @classmethod
    def person(cls, login, groups):
        return new_test_user(cls.env, login, groups, company_id=cls.company.id)

    def blocked(self, sku="STOOL", **values):
        (card,) = self.import_orders(order(line(sku=sku), **values))
        self.assert_card(card, "blocked", "product_unknown")
        return card


class TestPersonalFields(BoardCase):
    def test_a_user_takes_a_card_and_marks_it_urgent(self):
        mine = self.blocked().with_user(self.user)
        mine.action_assign_to_me()
        mine.action_toggle_urgent()
        self.assertRecordValues(mine, [{"user_id": self.user.id, "priority": "1"}])
        mine.action_toggle_urgent()
        mine.write({"user_id": False})
        self.assertRecordValues(mine, [{"user_id": False, "priority": "0"}])

    def test_nobody_writes_what_the_connector_found(self):
        card = self.blocked()
        for person in (self.user, self.manager):
            for name, value in (
                ("state", "imported"),
                ("problem_id", False),
                ("sale_order_id", False),
                ("amount_total", 1.0),
                ("vat_decision", "shop"),
                ("accepted_codes", {"risk_flagged": "me"}),
                ("last_cause", False),
            ):
                with self.subTest(name=name, person=person.login), self.assertRaises(AccessError):
                    card.with_user(person).write({name: value, "priority": "1"})
        self.assertEqual((card.state, card.priority), ("blocked", "0"))

    def test_urgent_cards_come_first(self):
        first, second = self.blocked(), self.blocked()
        self.assertEqual(self.board(), [second, first])
        first.priority = "1"
        self.assertEqual(self.board(), [first, second])

    def board(self):
        return list(self.env["ciama.order"].search([("shop_id", "=", self.shop.id)]))

    def test_a_card_is_no_business_of_another_company_s_people(self):
        other = self.env["res.company"].create({"name": "Other Company"})
        stranger = new_test_user(
            self.env, "ciama-far", "ciama_connector.group_manager",
            company_id=other.id, company_ids=[(6, 0, other.ids)],
        )  # fmt: skip
        card = self.blocked()
        for method in ("action_assign_to_me", "action_toggle_urgent", "action_mend"):
            with self.subTest(method=method), self.assertRaises(AccessError):
                getattr(card.with_user(stranger), method)()
        with self.assertRaises(UserError):
            card.user_id = stranger

    def test_activities_and_notes_are_for_all_who_see_the_card(self):
        mine = self.blocked().with_user(self.user)
        activity = mine.activity_schedule("mail.mail_activity_data_todo", summary="Ask the shop")
        self.assertEqual(mine.activity_ids, activity)
        mine.message_post(body="Called the customer")
        self.assertIn("Called the customer", mine.message_ids[0].body)


class TestMoving(BoardCase):
    def test_on_received_means_retry(self):
        card = self.blocked()
        self.make_product("STOOL")
        with trap_jobs() as jobs:
            card.with_user(self.user).action_move("received")
            self.assertEqual(card.state, "received")
            jobs.perform_enqueued_jobs()
        self.assertEqual(card.state, "imported")

    def test_an_ignored_order_is_taken_up_again(self):
        card = self.blocked()
        card._ignored_by("entered by hand")
        with trap_jobs():
            card.with_user(self.user).action_move("received")
        self.assertEqual(card.state, "received")

    def test_on_ignored_asks_for_the_reason(self):
        card = self.blocked()
        action = card.with_user(self.user).action_move("ignored")
        self.assertEqual((action["res_model"], action["target"]), ("ciama.ignore", "new"))
        self.assertEqual(card.state, "blocked", "not before the reason is given")

    def test_elsewhere_it_is_said_why_not(self):
        card, done = self.blocked(), self.import_orders(order())
        for moved, state, words in (
            (card, "imported", "by themselves"),
            (card, "held", "by themselves"),
            (done, "received", "is imported"),
            (done, "ignored", "is imported"),
        ):
            with self.subTest(state=state, words=words):
                before = moved.state
                with self.assertRaisesRegex(UserError, words):
                    moved.with_user(self.user).action_move(state)
                self.assertEqual(moved.state, before)

    def test_what_has_a_sale_order_is_not_ignored(self):
        done = self.import_orders(order())
        done.state = "blocked"
        with self.assertRaisesRegex(UserError, "has a sale order"):
            done.with_user(self.user).action_move("ignored")


class TestColumns(BoardCase):
    def columns(self, user, domain=()):
        board = self.env["ciama.order"].with_user(user).with_context(read_group_expand=True)
        found = board.web_read_group(
            [("shop_id", "=", self.shop.id), *domain], ["state"], ["__count"], auto_unfold=True,
            unfold_read_specification={"number": {}, "message": {}},
        )  # fmt: skip
        return {row["state"]: "__records" in row for row in found["groups"]}

    def test_what_needs_nobody_is_folded(self):
        self.blocked()
        self.import_orders(order())
        self.stage(order())
        self.assertEqual(
            self.columns(self.user),
            {"received": True, "held": False, "blocked": True, "failed": False,
             "imported": False, "ignored": False},
        )  # fmt: skip

    def test_unless_there_is_nothing_else(self):
        self.import_orders(order())
        self.assertTrue(self.columns(self.user, [("state", "=", "imported")])["imported"])

    def test_as_many_queries_for_many_cards_as_for_few(self):
        kanban = self.env.ref("ciama_connector.view_ciama_order_kanban")
        fields = self.env["ciama.order"].with_user(self.user).get_views([(kanban.id, "kanban")])
        names = fields["models"]["ciama.order"]["fields"]
        specification = {
            name: {"fields": {"display_name": {}}} if row["type"] == "many2one" else {}
            for name, row in names.items()
            if f'name="{name}"' in fields["views"]["kanban"]["arch"]
        }
        self.assertIn("message", specification)

        def queries():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["ciama.order"].with_user(self.user).with_context(
                read_group_expand=True
            ).web_read_group(
                [("state", "!=", "imported")], ["state"], ["__count"], auto_unfold=True,
                unfold_read_specification=specification,
            )  # fmt: skip
            return self.env.cr.sql_log_count - before

        self.import_orders(order(line(sku="X")), order(lines=[]))
        queries()
        few = queries()
        self.import_orders(*(order(line(sku=f"X{n}")) for n in range(30)))
        self.assertEqual(queries(), few)


class TestManyAtOnce(BoardCase):
    def test_retry_ignore_and_assign(self):
        cards = self.import_orders(*(order(line(sku="STOOL")) for _ in range(3)))
        mine = cards.with_user(self.user)
        mine.action_assign_to_me()
        self.assertEqual(cards.user_id, self.user)
        self.make_product("STOOL")
        with trap_jobs() as jobs:
            mine[:2].action_retry()
            jobs.perform_enqueued_jobs()
        self.assertEqual(cards.mapped("state"), ["imported", "imported", "blocked"])
        wizard = self.env["ciama.ignore"].with_user(self.user)
        wizard.create({"order_ids": [(6, 0, cards.ids)], "reason": "by hand"}).action_ignore()
        self.assertEqual(cards.mapped("state"), ["imported", "imported", "ignored"])

    def test_import_anyway_and_vat_are_for_those_who_may(self):
        self.shop.check_risk = "hold"
        risky = self.import_orders(order(risk={"level": "high"}), order(risk={"level": "high"}))
        wrong = self.import_orders(order(line("10.00", 19)), order(line("10.00", 19)))
        self.assertEqual(set((risky | wrong).mapped("state")), {"held"})
        for method, cards in (("action_import_anyway", risky), ("action_follow_odoo", wrong)):
            with self.subTest(method=method):
                with self.assertRaises(AccessError):
                    getattr(cards.with_user(self.user), method)()
                with trap_jobs() as jobs:
                    getattr(cards.with_user(self.manager), method)()
                    jobs.perform_enqueued_jobs()
                self.assertEqual(cards.mapped("state"), ["imported"] * 2)
