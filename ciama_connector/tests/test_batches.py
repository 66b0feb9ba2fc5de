"""A bad order never stops a good one; nothing is lost, nothing is done twice."""

from unittest.mock import patch

import psycopg2.errors
from odoo.addons.queue_job.exception import RetryableJobError
from odoo.exceptions import UserError

from ..canonical import Code, Problem
from ..services.identity import claim_of
from .common import ImportCase, address, line, order, raw_order

LOGGER = "odoo.addons.ciama_connector.services.importer"


def customer(number):
    return {
        "external_id": f"c{number}",
        "email": f"secret{number}@person.example",
        "last_name": f"Secretperson{number}",
    }


def orders(count):
    return [order(line(), customer=customer(number)) for number in range(count)]


class BatchCase(ImportCase):
    def failing(self, error, *numbers):
        """Creating sale orders fails with ``error`` where one of ``numbers`` is among."""
        origin = type(self.env["sale.order"]).create
        seen = []

        def create(records, vals_list):
            seen.append(len(vals_list))
            if {values.get("client_order_ref") for values in vals_list} & set(numbers):
                raise error
            return origin(records, vals_list)

        self.batches = seen
        return patch.object(type(self.env["sale.order"]), "create", create)

    def assert_others_went_through(self, cards, *bad):
        good = cards - self.env["ciama.order"].union(*bad)
        self.assertEqual(set(good.mapped("state")), {"imported"})
        self.assertEqual(len(good.sale_order_id), len(good))
        self.assertEqual(set(good.sale_order_id.mapped("state")), {"sale"})
        self.assertEqual(
            self.env["sale.order"].search_count([("ciama_shop_id", "=", self.shop.id)]), len(good)
        )


class TestRefusals(BatchCase):
    def test_what_odoo_wants_to_be_configured_is_told(self):
        """A company without warehouse: Odoo raises a warning with a link, no UserError."""
        bare = self.env["res.company"].create({"name": "Bare", "parent_id": self.company.id})
        self.env["stock.warehouse"].search([("company_id", "=", bare.id)]).active = False
        card = self.import_orders(order(), shop=self.make_shop(company_id=bare.id))
        self.assert_card(card, "blocked", "odoo_refused")
        self.assertIn("warehouse", card.message)


class TestSplitting(BatchCase):
    def test_one_with_a_problem_among_fifty(self):
        bodies = orders(50)
        bodies[17]["lines"][0]["sku"] = "NOBODY"
        cards = self.import_orders(*bodies)
        self.assert_card(cards[17], "blocked", "product_unknown")
        self.assert_others_went_through(cards, cards[17])

    def test_one_that_odoo_refuses(self):
        bodies = orders(20)
        with self.failing(UserError("The period is closed."), bodies[3]["number"]):
            cards = self.import_orders(*bodies)
        self.assert_card(cards[3], "blocked", "odoo_refused")
        self.assertEqual(cards[3].message, "The period is closed.")
        self.assert_others_went_through(cards, cards[3])

    def test_one_unexpected_failure_among_fifty(self):
        """A bug: loud, with a reference, and without what it was about."""
        bodies = orders(50)
        error = ValueError(f"cannot handle {bodies[31]['customer']['email']}")
        with self.failing(error, bodies[31]["number"]), self.assertLogs(LOGGER, "ERROR") as log:
            cards = self.import_orders(*bodies)
        self.assert_card(cards[31], "failed", "unexpected")
        reference = cards[31].problem_params["reference"]
        self.assertIn(reference, cards[31].message)
        self.assertEqual(len(log.output), 1)
        self.assertIn(reference, log.output[0])
        self.assertIn("ValueError", log.output[0])
        for text in (log.output[0], cards[31].problem_detail, cards[31].message):
            self.assertNotIn("secret", text.lower())
        self.assert_others_went_through(cards, cards[31])
        # Found by halving, not one by one.
        self.assertLess(len(self.batches), 20)

    def test_a_failure_between_the_steps(self):
        bodies = orders(10)
        rules = type(self.env["ciama.rules"])
        origin = rules._resolve

        def resolve(service, shop, drafts):
            if bodies[6]["number"] in [draft.order.number for draft in drafts]:
                raise ZeroDivisionError
            return origin(service, shop, drafts)

        with patch.object(rules, "_resolve", resolve), self.assertLogs(LOGGER, "ERROR"):
            cards = self.import_orders(*bodies)
        self.assert_card(cards[6], "failed", "unexpected")
        self.assert_others_went_through(cards, cards[6])
        self.assertEqual(set(cards.mapped("attempts")), {1})

    def test_several_of_each_kind(self):
        bodies = orders(12)
        bodies[0]["lines"][0]["sku"] = "NOBODY"
        bodies[5]["status"] = "cancelled"
        bodies[6]["total"] = "99.00"
        bodies[11]["shipping_address"] = {"country": "XX"}
        with (
            self.failing(KeyError("x"), bodies[2]["number"], bodies[9]["number"]),
            self.assertLogs(LOGGER, "ERROR"),
        ):
            cards = self.import_orders(*bodies)
        self.assert_card(cards[0], "blocked", "product_unknown")
        self.assert_card(cards[2], "failed", "unexpected")
        self.assert_card(cards[5], "ignored", "cancelled_before_import")
        self.assert_card(cards[6], "blocked", "amounts_disagree")
        self.assert_card(cards[9], "failed", "unexpected")
        self.assert_card(cards[11], "blocked", "country_unknown")
        bad = [cards[index] for index in (0, 2, 5, 6, 9, 11)]
        self.assert_others_went_through(cards, *bad)

    def test_what_failed_leaves_nothing_behind(self):
        [body] = orders(1)
        before = self.env["res.partner"].search_count([])
        with self.failing(KeyError("x"), body["number"]), self.assertLogs(LOGGER, "ERROR"):
            self.import_orders(body)
        self.assertEqual(self.env["res.partner"].search_count([]), before)

    def test_retry_after_the_cause_is_mended(self):
        [body] = orders(1)
        with self.failing(KeyError("x"), body["number"]), self.assertLogs(LOGGER, "ERROR"):
            card = self.import_orders(body)
        card.with_context(queue_job__no_delay=True).action_retry()
        self.assertEqual((card.state, card.attempts), ("imported", 2))
        self.assertFalse(card.problem_detail)

    def test_a_change_that_fails_among_good_ones(self):
        bodies = orders(5)
        cards = self.import_orders(*bodies)
        later = [{**body, "shipping_address": {**body["shipping_address"], "city": "Sceaux"}}
                 for body in bodies]  # fmt: skip
        later[2]["lines"] = [{**later[2]["lines"][0], "sku": "NOBODY"}]
        self.import_orders(*later)
        self.assert_card(cards[2], "blocked", "product_unknown")
        self.assertEqual(set((cards - cards[2]).mapped("state")), {"imported"})
        cities = cards.sale_order_id.partner_shipping_id.mapped("city")
        self.assertEqual(sorted(cities), ["Paris"] + ["Sceaux"] * 4)


class TestConflicts(BatchCase):
    """Trouble of the moment is the queue's: the whole batch runs again."""

    def assert_retried(self, bodies):
        cards = self.stage(*bodies)
        with self.assertRaises(RetryableJobError) as caught:
            self.env["ciama.importer"]._run(cards)
        self.assertTrue(caught.exception.ignore_retry, "it may happen as often as it likes")
        self.assertEqual(set(cards.mapped("state")), {"received"})
        self.assertFalse(cards.problem_id)

    def test_rows_that_another_transaction_holds(self):
        for kind in ("SerializationFailure", "DeadlockDetected", "LockNotAvailable"):
            with self.subTest(kind=kind):
                bodies = orders(3)
                error = getattr(psycopg2.errors, kind)("could not serialize access")
                with self.failing(error, bodies[1]["number"]):
                    self.assert_retried(bodies)

    def test_customer_that_another_job_makes_at_the_same_time(self):
        """Each job sees no such customer; only one may claim the e-mail."""
        bodies = orders(1)
        stranger = self.env["res.partner"].create({"name": "Made by the other job"})
        self.env["ciama.binding"]._bind(
            None, "email", {claim_of(bodies[0]["customer"]["email"]): stranger}
        )
        bindings = type(self.env["ciama.binding"])
        with (
            patch.object(bindings, "_lookup", lambda *_args: {}),
            patch.object(bindings, "_rebind", bindings._bind),
            self.assertLogs("odoo.sql_db", "ERROR") as log,
        ):
            self.assert_retried(bodies)
        self.assertNotIn("secret0@", "".join(log.output))

    def test_company_that_another_job_makes_at_the_same_time(self):
        number = "FR40303265045"
        bodies = [
            order(
                address=address(company="ACME SA"),
                vat_candidates=[{"value": number, "source": "billing_address.vat_number"}],
            )
        ]
        stranger = self.env["res.partner"].create({"name": "Made by the other job"})
        self.env["ciama.binding"]._bind(None, "vat", {claim_of(number): stranger})
        bindings = type(self.env["ciama.binding"])
        with (
            patch.object(bindings, "_rebind", bindings._bind),
            self.assertLogs("odoo.sql_db", "ERROR"),
        ):
            self.assert_retried(bodies)

    def test_other_doubles_are_no_conflicts(self):
        bodies = orders(2)
        error = psycopg2.errors.UniqueViolation("duplicate key")
        with self.failing(error, bodies[0]["number"]), self.assertLogs(LOGGER, "ERROR"):
            cards = self.import_orders(*bodies)
        self.assert_card(cards[0], "failed", "unexpected")
        self.assertEqual(cards[1].state, "imported")

    def test_job_takes_only_what_still_waits(self):
        cards = self.import_orders(*orders(3))
        before = cards.sale_order_id
        cards[0]._set_problem(Problem(Code.TEST_ORDER))
        cards._job_import()
        self.assertEqual(cards.mapped("state"), ["ignored", "imported", "imported"])
        self.assertEqual(cards.sale_order_id, before)


class TestBadInput(BatchCase):
    """Each ends as one card with a clear cause, and the good order beside it goes through."""

    def assert_bad(self, body, code, state="blocked", *words):
        good = order()
        cards = self.stage(body, good)
        self.env["ciama.importer"]._run(cards)
        bad = cards.filtered(lambda card: card.number != good["number"])
        self.assert_card(bad, state, code)
        for word in words:
            self.assertIn(word, bad.message)
        self.assertEqual((cards - bad).state, "imported")

    def test_lines_and_quantities(self):
        self.assert_bad(order(lines=[]), "no_lines")
        for quantity in ("-1", "0", "1000001", "9999999999999"):
            with self.subTest(quantity=quantity):
                body = order(line(quantity=quantity))
                self.assert_bad(body, "bad_quantity", "blocked", f"ordered {quantity} times")
        self.assert_bad(order(line(quantity="1" * 30)), "invalid_order")

    def test_two_lines_with_one_id(self):
        body = order(line("10.00"), line("20.00", 10))
        body["lines"][1]["id"] = body["lines"][0]["id"]
        self.assert_bad(body, "invalid_order", "blocked", "lines")

    def test_lines_without_name(self):
        sale_order = self.imported(order(line(name=""), line(kind="fee", name="")))
        self.assertTrue(all(sale_order.order_line.mapped("name")))

    def test_amounts(self):
        self.assert_bad(order(line(net="NaN", tax_amount="0")), "invalid_order")
        self.assert_bad(order() | {"total": 12.0}, "invalid_order", "blocked", '"total"')
        self.assert_bad(order() | {"total": "12.00 €"}, "invalid_order", "blocked", '"total"')
        huge = order(line("2000000000000", 0))
        self.assert_bad(huge, "invalid_order", "blocked", '"total"')

    def test_currencies(self):
        self.assert_bad(order(currency="ZWL"), "currency_unknown", "blocked", "ZWL")
        self.assert_bad(order(currency="euros"), "invalid_order", "blocked", '"currency"')

    def test_dates(self):
        for year in ("1970", "2999"):
            body = order(created_at=f"{year}-01-01T00:00:00+00:00")
            self.assert_bad(body, "bad_date", "blocked", year)
        naive = order(created_at="2026-03-02T10:00:00")
        self.assert_bad(naive, "invalid_order", "blocked", '"created_at"')
        self.assert_bad(order(created_at="yesterday"), "invalid_order")

    def test_no_canonical_order_at_all(self):
        for body in ("<html>Maintenance</html>", ["an"], None, 7, {}, {"external_id": "x"}):
            with self.subTest(body=body):
                self.assert_bad(body, "invalid_order")

    def test_texts(self):
        self.assert_bad(order(line(name="N" * 10_000)), "invalid_order", "blocked", "name")
        sale_order = self.imported(order(line(name="Nul\x00 and 🦄")))
        self.assertEqual(sale_order.order_line.name, "Nul and 🦄")

    def test_one_id_twice_in_a_page(self):
        old = order(line("10.00"))
        new = {**order(line("20.00")), "external_id": old["external_id"], "number": old["number"],
               "updated_at": "2026-03-02T11:00:00+00:00"}  # fmt: skip
        for page in ([old, new], [new, old]):
            self.env["ciama.staging"]._stage(self.shop, [raw_order(body) for body in page])
            cards = self.env["ciama.order"].search([("external_id", "=", old["external_id"])])
            self.assertEqual((len(cards), cards.amount_total), (1, 24.0))
        self.env["ciama.importer"]._run(cards)
        self.assert_amounts(cards.sale_order_id, untaxed="20.00", tax="4.00", total="24.00")

    def test_mended_in_the_shop(self):
        body = order(line("10.00"), total="99.00")
        self.assert_card(self.import_orders(body), "blocked", "amounts_disagree")
        self.imported({**body, "total": "12.00"})


class TestQueries(BatchCase):
    def queries(self, count, prefix):
        bodies = [
            order(line(), line("20.00"), customer=customer(f"{prefix}{number}"))
            for number in range(count)
        ]
        cards = self.stage(*bodies)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.env["ciama.importer"]._run(cards)
        self.env.flush_all()
        self.assertEqual(set(cards.mapped("state")), {"imported"})
        return self.env.cr.sql_log_count - before

    def test_a_batch_of_fifty(self):
        """Bare Odoo needs some 50 queries to make and confirm an order in such a batch."""
        self.queries(2, "warm")
        few, many = self.queries(5, "few"), self.queries(50, "many")
        self.assertLess(many / 50, 50)
        self.assertLess(many / 50, few / 5)

    def test_cards_that_change_nothing_cost_next_to_nothing(self):
        bodies = orders(30)
        self.import_orders(*bodies)
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        self.assertFalse(self.stage(*bodies))
        self.assertLess(self.env.cr.sql_log_count - before, 10)
