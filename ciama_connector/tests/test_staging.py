"""Staging: what the shop said becomes one card for each order."""

import hashlib
from unittest.mock import patch

from ..canonical import Code, Problem
from ..platforms.base import RawOrder
from ..platforms.ciama.client import CiamaConnector
from .common import ImportCase, line, order, raw_order


class TestStaging(ImportCase):
    def test_a_card_shows_what_people_look_for(self):
        (card,) = self.stage(order(number="W-77", shop_status="processing"))
        self.assertRecordValues(
            card,
            [
                {
                    "state": "received",
                    "shop_id": self.shop.id,
                    "platform": "ciama",
                    "company_id": self.company.id,
                    "number": "W-77",
                    "customer_name": "Marie Curie",
                    "amount_total": 12.0,
                    "currency_code": "EUR",
                    "currency_id": self.env.ref("base.EUR").id,
                    "status": "paid",
                    "shop_status": "processing",
                    "sale_order_id": False,
                    "problem_id": False,
                }
            ],
        )
        self.assertEqual(str(card.order_date), "2026-03-02 10:00:00")
        self.assertEqual(card.display_name, "Hub W-77")

    def test_an_unchanged_order_is_left_alone(self):
        body = order()
        (card,) = self.stage(body)
        payload = card.payload
        self.assertFalse(self.stage(body))
        later = {**body, "updated_at": "2026-03-03T00:00:00+00:00"}
        self.assertFalse(self.stage(later), "the echo of a push changes only the time")
        self.assertEqual(card.payload, payload)

    def test_a_changed_order_is_queued_again(self):
        body = order()
        (card,) = self.import_orders(body)
        changed = self.stage({**body, "customer_note": "At the back door"})
        self.assertEqual(changed, card)
        self.assertEqual(card.state, "received")
        self.assertTrue(card.sale_order_id)

    def test_a_blocked_order_that_was_corrected_forgets_its_cause(self):
        body = order(line(sku="WRONG"))
        (card,) = self.import_orders(body)
        self.assert_card(card, "blocked", "product_unknown")
        self.assertEqual(card.waits_for, "WRONG")
        self.stage({**body, "lines": [{**body["lines"][0], "sku": "CHAIR"}]})
        self.assertRecordValues(
            card, [{"state": "received", "problem_id": False, "waits_for": False}]
        )
        self.assertFalse(card.message)

    def test_an_order_set_aside_by_a_person_stays_aside(self):
        body = order()
        (card,) = self.stage(body)
        card._ignored_by("entered by hand as S00042")
        self.assertFalse(self.stage({**body, "status": "fulfilled"}))
        self.assert_card(card, "ignored", "ignored_by_user")
        self.assertEqual(card.status, "fulfilled", "the card is kept up to date")
        self.assertEqual(card._normalize().status, "fulfilled")

    def test_an_order_ignored_by_rule_is_looked_at_again(self):
        body = order(status="cancelled")
        (card,) = self.import_orders(body)
        self.assert_card(card, "ignored", "cancelled_before_import")
        self.assertEqual(self.stage({**body, "status": "paid"}), card)
        self.assertEqual(card.state, "received")

    def test_an_id_twice_in_one_page_is_one_card_with_the_later_state(self):
        older = order(external_id="9", updated_at="2026-03-02T10:00:00+00:00", status="pending")
        newer = {**older, "updated_at": "2026-03-02T11:00:00+00:00", "status": "paid"}
        for page in ((older, newer), (newer, older)):
            with self.subTest(first=page[0]["status"]):
                shop = self.make_shop()
                (card,) = self.stage(*page, shop=shop)
                self.assertEqual(card.status, "paid")

    def test_a_backfill_does_not_bring_back_an_older_state(self):
        """What a mass export holds may be an hour old: the pull was faster."""
        body = order(status="pending", payment_status="pending")
        newer = {**body, "updated_at": "2026-03-02T11:00:00+00:00", "status": "cancelled"}
        (card,) = self.stage(newer)
        stage = self.env["ciama.staging"]._stage
        self.assertFalse(stage(self.shop, [raw_order(body)]))
        self.assertEqual(card.status, "cancelled")
        newest = {**body, "updated_at": "2026-03-02T12:00:00+00:00", "status": "paid"}
        self.assertEqual(stage(self.shop, [raw_order(newest)]), card)
        self.assertEqual(card.status, "paid")

    def test_the_same_id_in_two_shops_is_two_orders(self):
        second = self.make_shop(name="Second")
        body = order(external_id="9")
        self.stage(body)
        self.stage(body, shop=second)
        cards = self.env["ciama.order"].search([("external_id", "=", "9")])
        self.assertEqual(cards.shop_id, self.shop | second)

    def test_many_orders_cost_few_queries(self):
        bodies = [order() for _ in range(40)]
        self.stage(*bodies[:20])
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(15):
            self.stage(*bodies)
            self.env.flush_all()


class TestUnreadable(ImportCase):
    def stage_raw(self, *raws):
        return self.env["ciama.staging"]._stage(self.shop, raws)

    def test_what_is_no_order_becomes_a_card_with_a_cause(self):
        bad = order()
        del bad["currency"]
        good = order()
        cards = self.import_orders(bad, good)
        self.assert_card(cards[0], "blocked", "invalid_order")
        self.assertIn("currency", cards[0].message)
        self.assertEqual(cards[1].state, "imported")

    def test_anything_at_all_becomes_a_card(self):
        for body in ("text", ["list"], 7, None, {}):
            with self.subTest(body=body):
                shop = self.make_shop()
                card = self.env["ciama.staging"]._stage(shop, [raw_order(body)])
                self.env["ciama.importer"]._run(card)
                self.assert_card(card, "blocked", "invalid_order")

    def test_a_bug_of_a_normalizer_stops_one_order_only(self):
        """The card fails with a reference; log and card hold no customer."""
        fails, works = order(), order()

        def normalize(cls, payload):
            if payload["order"]["external_id"] == fails["external_id"]:
                raise RuntimeError(fails["customer"]["email"])
            return original(payload)

        original = CiamaConnector.normalize
        with (
            patch.object(CiamaConnector, "normalize", classmethod(normalize)),
            self.assertLogs("odoo.addons.ciama_connector", "ERROR") as logs,
        ):
            cards = self.import_orders(fails, works)
            self.assertIn("RuntimeError", str(cards[0].comparison_html), "the card opens")
        self.assert_card(cards[0], "failed", "unexpected")
        self.assertEqual(cards[1].state, "imported")
        self.assertNotIn("marie@", "\n".join(logs.output) + cards[0].problem_detail)

    def test_an_unreadable_order_that_did_not_change_is_left_alone(self):
        bad = order(currency="Euro")
        (card,) = self.import_orders(bad)
        self.assertFalse(self.stage(bad))
        self.assertEqual(self.stage({**bad, "updated_at": "2026-03-05T00:00:00+00:00"}), card)

    def test_characters_that_no_database_takes(self):
        nul, half = "Ma\x00rie", "Ma\ud83drie"
        customer = {"first_name": nul, "last_name": "Curie", "email": "m@curie.example"}
        with_nul = order(customer=customer, billing_address=None, shipping_address=None)
        with_half = order(customer={**customer, "first_name": half})
        in_status = order(status=f"pa{nul}id{half}")
        cards = self.stage(with_nul, with_half, in_status)
        self.env.flush_all()
        self.assertEqual(cards[0].customer_name, "Marie Curie")
        self.assertEqual(cards[1]._unpack()["order"]["customer"]["first_name"], half)
        self.env["ciama.importer"]._run(cards)
        self.env.flush_all()
        self.assertEqual(cards[1].state, "imported", "half an emoji stops nobody")
        self.assert_card(cards[2], "blocked", "invalid_order")

    def test_numbers_and_ids_that_no_database_takes(self):
        body = order()
        raw = RawOrder("a\x00b\ud83d", raw_order(body).updated_at, {"order": "?"}, "n\x00\ud83d")
        (card,) = self.stage_raw(raw)
        self.env.flush_all()
        self.assertEqual((card.external_id, card.number), ("ab?", "n?"))
        self.assertFalse(self.stage_raw(raw), "and it is found again")

    def test_a_cause_that_no_database_takes(self):
        (card,) = self.stage(order())
        card._set_problem(Problem(Code.UNKNOWN_STATUS, status="x\x00y\ud83d"), waits_for="x\x00")
        self.env.flush_all()
        self.assertEqual(card.message, 'Nobody knows what the shop\'s status "xy?" means.')

    def test_a_huge_order(self):
        note = "".join(hashlib.sha256(str(n).encode()).hexdigest() for n in range(50_000))
        body = order(attributes=[{"name": "log", "value": note[:19_000]}] * 150)
        (card,) = self.import_orders(body)
        self.assertEqual(card.state, "imported")
        self.assertEqual(len(card._unpack()["order"]["attributes"]), 150)

    def test_long_and_strange_names(self):
        for name in ("x" * 10_000, "=cmd|'/C calc'!A0", "<script>alert(1)</script>", "🪑" * 20):
            with self.subTest(name=name[:20]):
                body = order(customer={"email": "m@curie.example", "first_name": name})
                body["billing_address"] = body["shipping_address"] = None
                (card,) = self.stage(body)
                self.env.flush_all()
                if len(name) <= 1000:
                    self.assertEqual(card.customer_name, name)
                else:
                    self.env["ciama.importer"]._run(card)
                    self.assert_card(card, "blocked", "invalid_order")
