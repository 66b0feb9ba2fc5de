"""Checks of the customer before an order is written."""

from datetime import datetime, timedelta
from itertools import count

import psycopg2.errors
from odoo.tools import mute_logger

from .common import NOW, ImportCase, address, line, order, shipping

CHECKS = ("stock", "price", "customer", "duplicate", "risk", "credit")
HIGH = {"level": "high"}
numbers = count()


def buyer(number, **values):
    return {
        "external_id": f"b{number}",
        "email": f"buyer{number}@shop.example",
        "last_name": f"Buyer {number}",
        **values,
    }


def later(hours):
    return (datetime.fromisoformat(NOW) + timedelta(hours=hours)).isoformat()


class CheckCase(ImportCase):
    """All checks are off but those that a test turns on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop.write({f"check_{check}": "off" for check in CHECKS})

    def assert_warned(self, card, *codes):
        """Imported, to be looked at for ``codes``."""
        self.assertEqual(card.state, "imported", card.message or card.problem_detail)
        self.assertEqual(sorted(card.warnings or {}), sorted(codes))
        self.assertEqual(card.to_review, bool(codes))
        self.assertNotIn("{", card.warning_text or "")

    def assert_levels(self, check, code, body, good=None):
        """``body`` at each level of ``check``, and an order that there is nothing to say of."""
        for level in ("off", "warn", "hold"):
            with self.subTest(check=check, level=level):
                self.shop[f"check_{check}"] = level
                card, fine = self.import_orders(body(), good() if good else order())
                self.assert_warned(fine)
                if level == "hold":
                    self.assert_card(card, "held", code)
                    self.assertFalse(card.sale_order_id)
                    self.assertEqual(card.problem_action, "import_anyway")
                else:
                    self.assert_warned(card, *([code] if level == "warn" else []))
        return card


class TestDefaults(CheckCase):
    def test_of_a_new_shop(self):
        shop = self.make_shop(name="New")
        self.assertEqual(
            {check: shop[f"check_{check}"] for check in CHECKS},
            {
                "stock": "off",
                "price": "off",
                "customer": "warn",
                "duplicate": "warn",
                "risk": "hold",
                "credit": "warn",
            },
        )

    def test_settings_have_their_limits(self):
        for values in (
            {"price_tolerance": -0.1},
            {"price_tolerance": 100.1},
            {"duplicate_hours": 0},
            {"duplicate_hours": 721},
        ):
            with (
                self.subTest(**values),
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.errors.CheckViolation),
            ):
                self.shop.write(values)
                self.env.flush_all()

    def test_every_check_has_its_setting_with_help(self):
        shop = self.env["ciama.shop"]
        arch = shop.get_view(view_type="form")["arch"]
        settings = [f"check_{check}" for check in CHECKS]
        settings += ["price_tolerance", "duplicate_hours", "invoice_policy", "invoice_date",
                     "register_payments", "payment_journal_id", "send_invoices"]  # fmt: skip
        for name in settings:
            with self.subTest(field=name):
                self.assertIn(f'name="{name}"', arch)
                self.assertTrue(shop._fields[name].help)


class TestRisk(CheckCase):
    def test_levels(self):
        self.assert_levels("risk", "risk_flagged", lambda: order(risk=HIGH))

    def test_words_of_the_shops(self):
        self.shop.check_risk = "hold"
        for risk, held, warned in (
            ({"level": "HIGH"}, True, False),
            ({"level": "highest"}, True, False),
            ({"level": "low", "recommendation": "cancel"}, True, False),
            ({"level": "medium"}, False, True),
            ({"level": "none", "recommendation": "investigate"}, False, True),
            ({"level": "low", "recommendation": "accept"}, False, False),
            ({"level": "pending"}, False, False),
        ):
            with self.subTest(**risk):
                card = self.import_orders(order(risk=risk))
                if held:
                    self.assert_card(card, "held", "risk_flagged")
                else:
                    self.assert_warned(card, *(["risk_flagged"] if warned else []))

    def test_too_late_once_the_goods_have_left(self):
        self.shop.check_risk = "hold"
        sent = {"status": "fulfilled", "fulfillment_status": "fulfilled"}
        self.assert_warned(self.import_orders(order(risk=HIGH, **sent)))


class TestCustomerData(CheckCase):
    def missing(self, **values):
        who = values.pop("customer", None) or buyer(f"m{next(numbers)}")
        card = self.import_orders(order(*values.pop("lines", ()), customer=who, **values))
        if card.state == "imported":
            self.assert_warned(card)
            return ""
        self.assert_card(card, "held", "customer_incomplete")
        return card.problem_params["missing"]

    def test_levels(self):
        self.assert_levels(
            "customer", "customer_incomplete",
            lambda: order(customer=buyer("x"), address=address(city="")),
        )  # fmt: skip

    def test_each_part(self):
        self.shop.check_customer = "hold"
        self.assertEqual(self.missing(), "")
        for field, name in (("street", "street"), ("zip", "postcode"), ("city", "city")):
            with self.subTest(field=field):
                self.assertEqual(self.missing(address=address(**{field: ""})), name)
        self.assertEqual(self.missing(customer={"external_id": "n", "last_name": "N"}), "e-mail")

    def test_several_parts(self):
        self.shop.check_customer = "hold"
        place = address(street="", zip="")
        self.assertEqual(self.missing(address=place), "street, postcode")

    def test_the_delivery_address_too(self):
        self.shop.check_customer = "hold"
        values = {"billing_address": address(), "shipping_address": address(zip="")}
        self.assertEqual(self.missing(**values), "postcode")
        download = line(requires_shipping=False)
        self.assertEqual(self.missing(lines=[download], **values), "")

    def test_countries_without_postcodes(self):
        self.shop.check_customer = "hold"
        place = address(country="HK", zip="", city="Hong Kong")
        export = line(rate=0)
        hong_kong = self.env.ref("base.hk")
        hong_kong.zip_required = False
        self.assertEqual(self.missing(lines=[export], address=place), "")
        hong_kong.zip_required = True
        self.assertEqual(self.missing(lines=[export], address=place), "postcode")

    def test_a_phone_number_where_a_carrier_delivers(self):
        self.shop.check_customer = "hold"
        carrier = self.env["delivery.carrier"].search([], limit=1)
        self.assertEqual(self.missing(lines=[line(), shipping()]), "")
        self.shop.carrier_id = carrier
        self.assertEqual(self.missing(lines=[line(), shipping()]), "phone number")
        download = line(requires_shipping=False)
        self.assertEqual(self.missing(lines=[download]), "")
        with_phone = address(phone="+33 1 44 27 10 00")
        self.assertEqual(self.missing(lines=[line(), shipping()], address=with_phone), "")

    def test_what_odoo_knows_already_is_not_missing(self):
        self.shop.check_customer = "hold"
        self.shop.carrier_id = self.env["delivery.carrier"].search([], limit=1)
        who = buyer("known", phone="+33 1 44 27 10 00")
        self.imported(order(line(), shipping(), customer=who))
        self.imported(order(line(), shipping(), customer=buyer("known")))

    def test_not_asked_over_the_counter_nor_of_what_was_sent(self):
        self.shop.check_customer = "hold"
        place = address(street="", city="")
        self.assertEqual(self.missing(address=place, channel="pos"), "")
        self.assertEqual(self.missing(address=place, status="fulfilled"), "")


class TestDuplicates(CheckCase):
    def setUp(self):
        super().setUp()
        self.shop.write({"check_duplicate": "hold", "duplicate_hours": 24})
        self.who = buyer("twin")

    def again(self, *lines, shop=None, **values):
        """The state of an order of the same customer, like the first but for ``values``."""
        card = self.import_orders(order(*lines, **{"customer": self.who, **values}), shop=shop)
        if card.state == "held":
            self.assert_card(card, "held", "duplicate_suspected")
        return card.state

    def test_levels(self):
        first = self.import_orders(order(customer=self.who))
        card = self.assert_levels(
            "duplicate", "duplicate_suspected",
            lambda: order(customer=self.who),
            lambda: order(line("77.00"), customer=buyer(f"other-{self.shop.check_duplicate}")),
        )  # fmt: skip
        self.assertIn(first.display_name, card.message)
        self.assertIn("24 hours", card.message)

    def test_what_makes_it_the_same(self):
        self.imported(order(line("10.00"), line("20.00"), customer=self.who))
        table = self.make_product("TABLE")
        self.assertEqual(self.again(line("20.00"), line("10.00")), "held")
        self.assertEqual(self.again(line("30.00", quantity="2")), "held", "in one line")
        self.assertEqual(self.again(line("10.00"), line("20.00", quantity="2")), "imported")
        self.assertEqual(self.again(line("10.00"), line("20.01")), "imported")
        swapped = line("20.00", sku=table.default_code)
        self.assertEqual(self.again(line("10.00"), swapped), "imported")
        other = {"customer": buyer("somebody else")}
        self.assertEqual(self.again(line("10.00"), line("20.00"), **other), "imported")

    def test_within_the_hours(self):
        self.imported(order(customer=self.who))
        for hours, state in ((24, "held"), (-24, "held"), (24.01, "imported")):
            with self.subTest(hours=hours):
                self.assertEqual(self.again(created_at=later(hours)), state)

    def test_of_another_shop(self):
        second = self.make_shop(name="Second", check_duplicate="hold")
        self.imported(order(customer=self.who))
        mine = {"customer": {**self.who, "external_id": "other-id"}}
        self.assertEqual(self.again(shop=second, **mine), "held")

    def test_of_another_company_is_none(self):
        first, card = self.import_orders(order(customer=self.who), order(customer=self.who))
        self.assertEqual((first.state, card.state), ("imported", "held"))
        other = self.env["res.company"].create({"name": "Other"})
        first.shop_id = self.make_shop(name="Elsewhere", company_id=other.id)
        card.with_context(queue_job__no_delay=True).action_retry()
        self.assertEqual(card.state, "imported")

    def test_a_cancelled_order_may_be_placed_again(self):
        first = self.imported(order(customer=self.who))
        first._action_cancel()
        self.assertEqual(self.again(), "imported")

    def test_in_one_batch_the_later_one(self):
        late, early, third = self.import_orders(
            order(customer=self.who, created_at=later(1)),
            order(customer=self.who),
            order(line("50.00"), customer=self.who),
        )
        self.assert_warned(early)
        self.assert_warned(third)
        self.assert_card(late, "held", "duplicate_suspected")
        self.assertIn(early.display_name, late.message)

    def test_an_order_is_not_its_own_double(self):
        body = order(customer=self.who)
        card = self.import_orders(body)
        self.assertEqual(card.state, "imported")
        body["shipping_address"] = address(city="Sceaux")
        self.import_orders(body)
        self.assert_warned(card)
        self.assertEqual(card.sale_order_id.partner_shipping_id.city, "Sceaux")


class TestCreditLimit(CheckCase):
    def setUp(self):
        super().setUp()
        self.company.account_use_credit_limit = True
        self.who = buyer("credit")
        self.customer = self.imported(order(customer=self.who)).partner_id
        self.invoice(self.customer.sale_order_ids)  # owes 12.00
        self.customer.write({"use_partner_credit_limit": True, "credit_limit": 36.0})
        self.shop.check_credit = "hold"

    def unpaid(self, amount="10.00", **values):
        return order(line(amount), customer=self.who, status="accepted",
                     payment_status="pending", **values)  # fmt: skip

    def test_levels(self):
        self.customer.credit_limit = 20.0
        self.assert_levels("credit", "credit_exceeded", self.unpaid)

    def test_up_to_the_limit(self):
        """12.00 are due; 24.00 more make exactly the limit."""
        card = self.import_orders(self.unpaid("20.01"))
        self.assert_card(card, "held", "credit_exceeded")
        for amount in ("36.01", "36.00"):
            self.assertIn(amount, card.message.replace("\xa0", " "))
        self.assert_warned(self.import_orders(self.unpaid("20.00")))

    def test_confirmed_orders_count(self):
        self.assert_warned(self.import_orders(self.unpaid("10.00")))
        self.assert_warned(self.import_orders(self.unpaid("10.00")))
        self.assert_card(self.import_orders(self.unpaid("10.00")), "held", "credit_exceeded")

    def test_orders_of_one_batch_add_up(self):
        cards = self.import_orders(*(self.unpaid("10.00") for _ in range(3)))
        self.assert_warned(cards[0])
        self.assert_warned(cards[1])
        self.assert_card(cards[2], "held", "credit_exceeded")

    def test_only_what_is_not_paid(self):
        self.assert_warned(self.import_orders(order(line("100.00"), customer=self.who,
                                                    total_paid="120.00")))  # fmt: skip
        self.customer.credit_limit = 140.0
        half = self.unpaid("100.00", total_paid="112.00")
        self.assert_warned(self.import_orders(half))

    def test_of_a_changed_order_what_is_new(self):
        body = self.unpaid("10.00")
        card = self.import_orders(body)  # 24.00 of 36.00 are due
        body["lines"] = [{"id": "1", **line("20.00")}]
        body.update(total="24.00", total_tax="4.00")
        self.import_orders(body)
        self.assert_warned(card)
        body["lines"] = [{"id": "1", **line("20.01")}]
        body.update(total="24.01")
        self.import_orders(body)
        self.assert_card(card, "held", "credit_exceeded")

    def test_in_the_currency_of_the_company(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": dollar.id, "name": "2026-01-01", "rate": 2.0}
        )
        card, over = self.import_orders(
            self.unpaid("40.00", currency="USD"), self.unpaid("0.05", currency="USD")
        )
        self.assert_warned(card)
        self.assert_card(over, "held", "credit_exceeded")

    def test_not_without_odoo_s_setting(self):
        self.customer.credit_limit = 1.0
        self.company.account_use_credit_limit = False
        self.assert_warned(self.import_orders(self.unpaid()))

    def test_of_the_whole_company_of_the_buyer(self):
        place = address(company="ACME SA")
        first = self.import_orders(self.unpaid("10.00", address=place))
        company = first.sale_order_id.partner_id.parent_id
        company.write({"use_partner_credit_limit": True, "credit_limit": 20.0})
        self.assert_card(
            self.import_orders(self.unpaid("10.00", address=place)), "held", "credit_exceeded"
        )
