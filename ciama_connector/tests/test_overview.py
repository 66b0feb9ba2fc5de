"""What the card of a shop tells: its state light, figures, open orders, API health."""

import json
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import new_test_user

from ..services.queue_health import QueueHealth
from .common import line, order
from .fake import PullCase


class TestOverview(PullCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.now = fields.Datetime.now()
        cls.user = new_test_user(
            cls.env, "overview", "ciama_connector.group_user", company_id=cls.company.id, tz="UTC"
        )
        cls.shop.write(
            {
                "live": True,
                "health": "ok",
                "last_pull": cls.now,
                "next_pull": cls.now + timedelta(minutes=5),
            }
        )

    @property
    def seen(self):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.shop.with_user(self.user).with_context(tz="UTC", lang="en_US")

    def placed(self, days_ago=0, net="10.00", **values):
        # Noon of a day is that day whatever the hour of the test.
        day = fields.Date.today() - timedelta(days=days_ago)
        moment = f"{day}T12:00:00+00:00"
        (card,) = self.stage(order(line(net), created_at=moment, updated_at=moment, **values))
        return card

    def assert_light(self, light, reason):
        self.assertEqual(self.seen.light, light)
        self.assertIn(reason, self.seen.light_reason)

    def exchange(self, **values):
        self.env["ciama.exchange"].create(
            {
                "shop_id": self.shop.id,
                "started_at": self.now - timedelta(hours=1),
                "status": 200,
                **values,
            }
        )

    # -- the state light
    def test_a_shop_whose_orders_arrive_is_green(self):
        self.assert_light("live", "Orders arrive")

    def test_a_shop_that_was_never_pulled_is_being_set_up(self):
        self.shop.write({"live": False, "last_pull": False})
        self.assert_light("setup", "set-up is not finished")

    def test_a_shop_switched_off_is_not_live(self):
        self.shop.write({"live": False, "last_pull": self.now - timedelta(days=3)})
        self.assert_light("off", "3 days ago")

    def test_orders_that_need_a_person_need_attention(self):
        self.import_orders(order(line(sku="UNKNOWN")), order(line(sku="UNKNOWN")))
        self.assert_light("attention", "need a person: 2")

    def test_a_late_pull_needs_attention(self):
        self.shop.last_pull = self.now - timedelta(minutes=14)
        self.assert_light("live", "")
        self.shop.last_pull = self.now - timedelta(minutes=40)
        self.assert_light("attention", "The last pull was 40 minutes ago")
        self.shop.pull_interval = 60
        self.assert_light("live", "")

    def test_a_shop_that_does_not_answer_waits(self):
        self.shop.write({"health": "waiting", "last_pull": self.now - timedelta(hours=2)})
        self.assertEqual(self.seen.light, "waiting")

    def test_a_broken_shop_needs_attention(self):
        self.shop.health = "broken"
        self.assertEqual(self.seen.light, "attention")

    def test_jobs_that_nobody_does_need_attention(self):
        stuck = QueueHealth("stuck", "Restart Odoo.")
        model = self.env.registry["ciama.queue.health"]
        with patch.object(model, "_state", lambda _self: stuck):
            self.assert_light("attention", "Restart Odoo.")

    def test_a_shop_whose_wizard_was_left_is_being_set_up(self):
        self.shop.live = False
        self.env["ciama.onboarding"].create({"shop_id": self.shop.id})
        self.assert_light("setup", "set-up is not finished")

    def test_orders_that_wait_long_for_their_import(self):
        card = self.placed()
        self.assert_light("live", "")
        self.env.cr.execute(
            """UPDATE ciama_order SET create_date = %(then)s, shop_updated_at = %(then)s
               WHERE id = %(id)s""",
            {"then": self.now - timedelta(hours=2), "id": card.id},
        )
        self.assert_light("waiting", "2 hours ago")
        self.assertEqual(self.seen.overview["oldest_waiting"], "2 hours ago")

    # -- figures
    def test_orders_and_revenue_of_today_and_of_this_week(self):
        self.placed(0, "10.00")
        self.placed(0, "20.00")
        self.placed(0, "40.00", status="cancelled")
        self.placed(13, "30.00")
        shown = self.seen.overview
        self.assertEqual((shown["orders_today"], shown["orders_week"]), (2, 2))
        self.assertEqual(shown["revenue_today"], "36.00\xa0€")
        self.assertEqual(shown["revenue_week"], "36.00\xa0€")
        (graph,) = json.loads(self.seen.kanban_dashboard_graph)
        counts = [day["value"] for day in graph["values"]]
        self.assertEqual(counts, [1, *([0] * 12), 2])

    def test_days_are_the_users(self):
        """Noon in London is already the next day on Kiritimati (UTC+14)."""
        self.placed(0)
        island = self.seen.with_context(tz="Pacific/Kiritimati")
        (graph,) = json.loads(island.kanban_dashboard_graph)
        last = [day["value"] for day in graph["values"]][-2:]
        hour = fields.Datetime.now().hour
        self.assertEqual(last, [0, 1] if hour >= 10 else [0, 0])

    def test_a_shop_without_orders_says_so(self):
        shown = self.seen.overview
        self.assertFalse(shown["sold_lately"])
        self.assertFalse(shown["last_order"])

    # -- what is open
    def test_open_orders_by_state_and_cause(self):
        self.import_orders(order(line(sku="UNKNOWN")), order(line(sku="OTHER")), order(lines=[]))
        self.placed()
        shown = self.seen.overview
        blocked = sum(cause["count"] for cause in shown["causes"] if cause["state"] == "blocked")
        self.assertEqual(shown["counts"]["received"], 1)
        self.assertEqual(shown["counts"]["blocked"], blocked)
        first = shown["causes"][0]
        self.assertEqual((first["name"], first["count"]), ("Unknown product", 2))

    def test_mend_first_is_of_this_shop(self):
        other = self.make_shop(name="Other")
        for shop in (self.shop, other):
            self.import_orders(order(line(sku="UNKNOWN")), shop=shop)
        action = self.seen.action_open_mend_first()
        rows = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(rows.shop_id, self.shop)
        self.assertIn(self.shop.name, action["name"])

    def test_a_cause_opens_the_board_with_its_orders(self):
        card = self.import_orders(order(line(sku="UNKNOWN")))
        self.import_orders(order(lines=[]))
        action = self.seen.action_open_part("blocked", card.problem_id.id)
        self.assertEqual(action["res_model"], "ciama.order")
        self.assertEqual(action["context"]["search_default_problem_id"], card.problem_id.id)
        found = self.env["ciama.order"].search(action["domain"])
        self.assertIn(card, found)
        self.assertEqual(set(found.mapped("state")), {"blocked"})

    # -- the shop's answers
    def test_api_health_is_of_the_last_day(self):
        for duration in (0.1, 0.2, 3.0):
            self.exchange(duration=duration)
        self.exchange(duration=0.4, status=503, error="The shop is closed.")
        self.exchange(started_at=self.now - timedelta(hours=25), status=500)
        shown = self.seen.overview
        self.assertEqual((shown["calls"], shown["failed_percent"]), (4, 25.0))
        self.assertEqual(shown["median_seconds"], 0.3)
        self.assertEqual(shown["last_error"], "The shop is closed.")

    def test_shops_are_told_apart(self):
        other = self.make_shop(name="Other")
        self.placed()
        self.exchange()
        self.import_orders(order(line(sku="UNKNOWN")))
        shown = (self.seen | other).mapped("overview")
        self.assertEqual([card["calls"] for card in shown], [1, 0])
        self.assertEqual([card["orders_today"] for card in shown], [1, 0])
        self.assertFalse(shown[1]["causes"])
