"""Whom an order follows where shop and Odoo disagree about VAT; the total stays."""

from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from ..services.taxes_disputes import VAT_CODES
from .common import address, line, order, shipping
from .vat_case import BUSINESS, DOMESTIC, EXPORT, GERMAN, VatCase, business


class PolicyCase(VatCase):
    def follow(self, code, decision):
        policy = self.shop.vat_policy_ids.filtered(lambda row: row.problem_id.code == code)
        policy.decision = decision

    def assert_followed(self, card, code, whom, *invoiced, **amounts):
        self.assertEqual(card.state, "imported", card.message)
        told = {word for word in card.warnings if word.startswith(("vat_", "tax_"))}
        self.assertEqual(told, {code, f"vat_follows_{whom}"})
        self.assertTrue(card.to_review)
        self.assertNotIn("{", card.warning_text)
        return self.assert_posted(card.sale_order_id, *invoiced, **amounts)


class TestShopsPolicies(PolicyCase):
    def test_every_shop_has_one_for_each_disagreement(self):
        shop = self.make_shop(name="Other")
        self.assertEqual(
            {row.problem_id.code for row in shop.vat_policy_ids}, {str(code) for code in VAT_CODES}
        )
        self.assertEqual(set(shop.vat_policy_ids.mapped("decision")), {"hold"})
        shop.vat_policy_ids[0].unlink()
        self.env["ciama.vat.policy"]._make_missing()
        self.assertEqual(len(shop.vat_policy_ids), len(VAT_CODES))

    def test_policy_is_for_its_kind_and_shop_alone(self):
        self.follow("tax_oss_due", "odoo")
        card = self.import_orders(order(line("10.00", 0)))
        self.assert_card(card, "held", "tax_exempt_unproved")
        other = self.make_shop(name="Other")
        card = self.import_orders(order(line("10.00", 20), address=address(**GERMAN)), shop=other)
        self.assert_card(card, "held", "tax_oss_due")


class TestFollowTheShop(PolicyCase):
    def test_domestic_vat_where_oss_is_due(self):
        self.follow("tax_oss_due", "shop")
        body = order(line("10.00"), shipping("5.00"), address=address(**GERMAN))
        self.assert_followed(
            self.import_orders(body), "tax_oss_due", "shop", DOMESTIC, ["20% G"],
            untaxed="15.00", tax="3.00", total="18.00",
        )  # fmt: skip

    def test_vat_on_an_export(self):
        self.follow("tax_on_export", "shop")
        body = order(line("10.00"), address=address(country="CH", zip="8001"))
        self.assert_followed(
            self.import_orders(body), "tax_on_export", "shop", DOMESTIC, ["20% G"],
            untaxed="10.00", tax="2.00", total="12.00",
        )  # fmt: skip

    def test_vat_charged_to_a_business(self):
        self.follow("tax_charged_on_exempt", "shop")
        body = order(line("10.00", 22), **business())
        self.assert_followed(
            self.import_orders(body), "tax_charged_on_exempt", "shop",
            "OSS B2C Italy", ["22.0% IT VAT"], untaxed="10.00", tax="2.20", total="12.20",
        )  # fmt: skip

    def test_exempted_with_a_number_that_vies_refused(self):
        self.follow("tax_exempt_unproved", "shop")
        self.answer_vies("DE129273398", "invalid")
        body = order(line("10.00", 0), **business("DE129273398", "Firma", **GERMAN))
        self.assert_followed(
            self.import_orders(body), "tax_exempt_unproved", "shop", BUSINESS, ["0% EU G"],
            untaxed="10.00", tax="0.00", total="10.00",
        )  # fmt: skip

    def test_exempted_at_home(self):
        self.follow("tax_exempt_unproved", "shop")
        self.assert_followed(
            self.import_orders(order(line("10.00", 0))), "tax_exempt_unproved", "shop",
            DOMESTIC, ["0% EXEMPT G"], untaxed="10.00", tax="0.00", total="10.00",
        )  # fmt: skip

    def test_exempted_like_an_export(self):
        self.follow("tax_exempt_inside", "shop")
        body = order(line("10.00", 0), address=address(country="GB", zip="BT1 1AA"))
        self.assert_followed(
            self.import_orders(body), "tax_exempt_inside", "shop", EXPORT, ["0% EX G"],
            untaxed="10.00", tax="0.00", total="10.00",
        )  # fmt: skip

    def test_rate_for_which_there_is_no_tax(self):
        """Nothing to book it with: the order waits all the same."""
        self.follow("tax_outdated", "shop")
        card = self.import_orders(order(line("10.00", 16), address=address(**GERMAN)))
        self.assert_card(card, "held", "tax_outdated")


class TestFollowOdoo(PolicyCase):
    def test_tax_is_taken_out_of_what_was_paid(self):
        self.follow("tax_oss_due", "odoo")
        body = order(line("10.00"), shipping("5.00"), address=address(**GERMAN))
        self.assert_followed(
            self.import_orders(body), "tax_oss_due", "odoo", "OSS B2C Germany", ["19.0% DE VAT"],
            untaxed="15.13", tax="2.87", total="18.00",
        )  # fmt: skip

    def test_tax_that_the_shop_forgot(self):
        self.follow("tax_exempt_unproved", "odoo")
        body = order(line("100.00", 0))
        self.assert_followed(
            self.import_orders(body), "tax_exempt_unproved", "odoo", DOMESTIC, ["20% G"],
            untaxed="83.33", tax="16.67", total="100.00",
        )  # fmt: skip

    def test_tax_that_was_not_due(self):
        self.follow("tax_on_export", "odoo")
        body = order(line("10.00"), address=address(country="CH", zip="8001"))
        self.assert_followed(
            self.import_orders(body), "tax_on_export", "odoo", EXPORT, ["0% EX G"],
            untaxed="12.00", tax="0.00", total="12.00",
        )  # fmt: skip

    def test_cents_of_many_lines(self):
        """Each tax is the one inside the sum of its lines, not a sum of rounded ones."""
        self.follow("tax_oss_due", "odoo")
        rows = [line("0.83", 20, "0.17") for _index in range(7)]
        card = self.import_orders(order(*rows, address=address(**GERMAN)))
        self.assert_followed(
            card, "tax_oss_due", "odoo", "OSS B2C Germany", ["19.0% DE VAT"],
            untaxed="5.88", tax="1.12", total="7.00",
        )  # fmt: skip

    def test_voucher_and_rounding_difference(self):
        self.follow("tax_oss_due", "odoo")
        rows = line("100.00"), line("-10.00", kind="discount"), line("50.00", "5.5")
        body = order(*rows, address=address(**GERMAN))
        body["total"] = "160.76"  # the lines make 160.75
        card = self.import_orders(body)
        self.assertEqual(card.state, "imported", card.message)
        sale_order = card.sale_order_id
        self.assertEqual(sale_order.amount_total, 160.76)
        invoice = self.invoice(sale_order)
        self.assert_amounts(invoice, untaxed="135.09", tax="25.67", total="160.76")

    def test_currency_without_cents(self):
        self.env.ref("base.JPY").active = True
        self.follow("tax_on_export", "odoo")
        body = order(
            line("1000", 10, currency="JPY"),
            address=address(country="JP", zip="100-0001"),
            currency="JPY",
        )
        card = self.import_orders(body)
        self.assertEqual(card.state, "imported", card.message)
        self.assert_amounts(card.sale_order_id, untaxed="1100", tax="0", total="1100")


class TestDecisionForOneOrder(PolicyCase):
    def decide(self, card, user, method):
        getattr(card.with_user(user).with_context(queue_job__no_delay=True), method)()

    def user(self, *groups):
        names = ",".join(("ciama_connector.group_user", *groups))
        return new_test_user(self.env, f"u{len(groups)}{groups[:1]}", names,
                             company_id=self.company.id)  # fmt: skip

    def test_manager_follows_odoo_and_accountant_the_shop(self):
        for group, method, whom, position, taxes, amounts in (
            ("ciama_connector.group_manager", "action_follow_odoo", "odoo", "OSS B2C Germany",
             ["19.0% DE VAT"], {"untaxed": "10.08", "tax": "1.92", "total": "12.00"}),
            ("account.group_account_manager", "action_follow_shop", "shop", DOMESTIC,
             ["20% G"], {"untaxed": "10.00", "tax": "2.00", "total": "12.00"}),
        ):  # fmt: skip
            card = self.import_orders(order(line("10.00"), address=address(**GERMAN)))
            self.assert_card(card, "held", "tax_oss_due")
            user = self.user(group)
            self.assertTrue(card.with_user(user).may_decide_vat)
            self.decide(card, user, method)
            self.assertEqual(card.vat_decision, whom)
            self.assert_followed(card, "tax_oss_due", whom, position, taxes, **amounts)

    def test_others_may_not(self):
        card = self.import_orders(order(line("10.00"), address=address(**GERMAN)))
        user = self.user()
        self.assertFalse(card.with_user(user).may_decide_vat)
        with self.assertRaises(AccessError):
            self.decide(card, user, "action_follow_odoo")
        self.assert_card(card, "held", "tax_oss_due")

    def test_decision_is_for_this_order_alone_and_goes_before_the_policy(self):
        self.follow("tax_oss_due", "shop")
        bodies = [order(line("10.00"), address=address(**GERMAN)) for _index in range(2)]
        cards = self.stage(*bodies)
        cards[0].vat_decision = "odoo"
        self.env["ciama.importer"]._run(cards)
        self.assertEqual(
            [card.sale_order_id.fiscal_position_id.name for card in cards],
            ["OSS B2C Germany", DOMESTIC],
        )

    def test_other_causes_offer_no_decision(self):
        card = self.import_orders(order(line(sku="GONE")))
        self.assertFalse(card.may_decide_vat)
        self.decide(card, self.env.user, "action_follow_odoo")
        self.assertFalse(card.vat_decision)
        self.assert_card(card, "blocked", "product_unknown")

    def test_change_in_the_shop_keeps_the_decision(self):
        body = order(line("10.00"), address=address(**GERMAN))
        card = self.import_orders(body)
        self.decide(card, self.env.user, "action_follow_odoo")
        changed = {**order(line("20.00"), address=address(**GERMAN)),
                   "external_id": body["external_id"], "number": body["number"],
                   "updated_at": "2026-03-03T10:00:00+00:00"}  # fmt: skip
        self.import_orders(changed)
        self.assertEqual(card.state, "imported", card.message)
        self.assert_amounts(card.sale_order_id, untaxed="20.17", tax="3.83", total="24.00")
