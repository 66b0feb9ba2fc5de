"""Orders that contradict themselves, or name nobody: what a person can do about them."""

from decimal import Decimal

from odoo.exceptions import UserError

from .common import address, line, order, shipping
from .test_mends import MendCase


def bare(*rates, **values):
    """An order of chairs whose VAT is in the totals only, one line for each of ``rates``."""
    body = order(*(line("100.00", 0) for _rate in rates), **values)
    tax = sum(Decimal(rate) for rate in rates)
    total = Decimal(body["total"]) + tax
    return body | {"total": str(total), "total_tax": str(tax)}


class TestMissingTax(MendCase):
    def held_up(self, *bodies):
        cards = self.import_orders(*bodies)
        self.assertEqual(set(cards.mapped("problem_id.code")), {"amounts_disagree"})
        return cards

    def test_the_vat_of_the_total_is_shared_out(self):
        card = self.held_up(bare(20, 20))
        wizard = self.dialog(card, self.user)
        self.assertEqual(wizard.missing_tax, "40.00 EUR")
        self.assertIn("Chair", wizard.content)
        self.press(wizard, "action_share_tax")
        self.assertEqual(card.state, "imported")
        sale = card.sale_order_id
        self.assertEqual((sale.amount_untaxed, sale.amount_tax, sale.amount_total), (200, 40, 240))
        self.assertEqual(sale.order_line.tax_ids.mapped("amount"), [20])
        self.assertIn("shared out", card.message_ids[:1].body + card.message_ids[1:2].body)

    def test_lines_that_have_their_vat_keep_it(self):
        self.shop.unknown_carrier_policy = "accept"
        body = order(line("100.00", 0), shipping("10.00"))
        body |= {"total": "132.00", "total_tax": "22.00"}
        card = self.held_up(body)
        self.press(self.dialog(card), "action_share_tax")
        self.assertEqual(card.sale_order_id.order_line.mapped("price_tax"), [20, 2])

    def test_all_such_orders_of_the_shop(self):
        cards = self.held_up(bare(20), bare(20, 20), order(total="99.00"))
        wizard = self.dialog(cards[0])
        self.assertEqual(wizard.waiting_count, 1)
        wizard.alike = True
        self.assertEqual(wizard.waiting_count, 2)
        self.press(wizard, "action_share_tax")
        self.assertEqual(self.states(cards), ["imported", "imported", "blocked"])

    def test_another_rate_than_odoo_s_is_decided_next(self):
        card = self.held_up(bare(7))
        self.press(self.dialog(card), "action_share_tax")
        self.assertEqual((card.state, card.problem_action), ("held", "decide_vat"))
        wizard = self.dialog(card)
        wizard.decision = "odoo"
        self.press(wizard)
        self.assertEqual(card.sale_order_id.amount_total, 107)

    def test_where_it_is_not_vat_that_lacks(self):
        for total, tax in (("99.00", "2.00"), ("20.00", "10.00"), ("11.00", "1.00")):
            with self.subTest(total=total, tax=tax):
                card = self.import_orders(order(total=total, total_tax=tax))
                wizard = self.dialog(card)
                self.assertFalse(wizard.missing_tax)
                with self.assertRaisesRegex(UserError, "not VAT"):
                    wizard.action_share_tax()
                self.assertEqual(wizard.action_ignore()["res_model"], "ciama.ignore")


class TestNobody(MendCase):
    def nameless(self, **values):
        nobody = {"customer": {}, "billing_address": None, "shipping_address": None}
        card = self.import_orders(order() | nobody | values)
        self.assert_card(card, "blocked", "customer_missing")
        return card

    def test_a_person_says_who_ordered(self):
        partner = self.env["res.partner"].create(
            {"name": "Irène", "street": "1 rue", "city": "Lyon",
             "country_id": self.env.ref("base.fr").id}
        )  # fmt: skip
        card = self.nameless()
        wizard = self.dialog(card, self.user)
        with self.assertRaisesRegex(UserError, "Choose who ordered"):
            wizard.action_name_customer()
        wizard.partner_id = partner
        self.press(wizard, "action_name_customer")
        sale = card.sale_order_id
        self.assertEqual((card.state, sale.partner_id), ("imported", partner))
        self.assertEqual(sale.partner_shipping_id, partner)
        self.assertEqual(partner.name, "Irène")

    def test_the_next_nameless_order_asks_again(self):
        card = self.nameless()
        wizard = self.dialog(card)
        wizard.partner_id = self.env["res.partner"].create({"name": "Irène"})
        self.press(wizard, "action_name_customer")
        self.nameless()

    def test_who_stands_in_the_order_goes_first(self):
        card = self.nameless()
        card_body = order(external_id=card.external_id, address=address())
        again = self.import_orders(card_body)
        self.assertEqual(again.sale_order_id.partner_id.name, "Marie Curie")
