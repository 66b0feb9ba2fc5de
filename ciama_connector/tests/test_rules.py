"""Rules of payment methods, customer groups and shipping methods."""

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form

from .common import ImportCase, address, line, order, shipping

PAYPAL = {"code": "paypal", "label": "PayPal"}


def member(group="b2b", name="Wholesale", **values):
    return {
        "external_id": "7",
        "email": "marie@curie.example",
        "last_name": "Curie",
        "group_id": group,
        "group_name": name,
        **values,
    }


class RulesCase(ImportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.terms = {
            name: cls.env["account.payment.term"].create({"name": name})
            for name in ("shop", "method", "group", "customer")
        }

    def mapping(self, kind, value, **values):
        return self.env[f"ciama.mapping.{kind}"].create(
            {"shop_id": self.shop.id, "value": value, **values}
        )

    def journal(self, kind, **values):
        return self.env["account.journal"].create(
            {"name": f"Test {kind}", "type": kind, "company_id": self.company.id, **values}
        )


class TestPaymentMethods(RulesCase):
    def test_money_is_booked_in_a_money_journal(self):
        row = self.mapping("payment", "paypal")
        for kind in ("bank", "cash", "credit"):
            row.journal_id = self.journal(kind)
            self.shop.payment_journal_id = row.journal_id
        for kind in ("sale", "general"):
            with self.subTest(kind=kind), self.assertRaisesRegex(ValidationError, "none"):
                row.journal_id = self.journal(kind, code=f"T{kind[0]}")
            with self.subTest(kind=kind), self.assertRaisesRegex(ValidationError, "none"):
                self.shop.payment_journal_id = self.journal(kind, code=f"U{kind[0]}")

    def test_the_method_is_one_of_the_journal_and_brings_money_in(self):
        bank, other = self.journal("bank"), self.journal("bank", name="Other")
        row = self.mapping("payment", "paypal", journal_id=bank.id)
        row.payment_method_line_id = bank.inbound_payment_method_line_ids[:1]
        for wrong in (other.inbound_payment_method_line_ids, bank.outbound_payment_method_line_ids):
            with self.assertRaisesRegex(ValidationError, "no way to receive money"):
                row.payment_method_line_id = wrong[:1]
        with self.assertRaises(ValidationError):
            row.journal_id = False

    def test_another_journal_forgets_the_method_of_the_first(self):
        bank, other = self.journal("bank"), self.journal("bank", name="Other")
        row = self.mapping(
            "payment", "paypal", journal_id=bank.id,
            payment_method_line_id=bank.inbound_payment_method_line_ids[:1].id,
        )  # fmt: skip
        with Form(row) as form:
            form.journal_id = other
        self.assertFalse(row.payment_method_line_id)

    def test_journals_of_other_companies_are_refused(self):
        company = self.env["res.company"].create({"name": "Other"})
        foreign = self.env["account.journal"].create(
            {"name": "Foreign", "type": "bank", "code": "FOR", "company_id": company.id}
        )
        with self.assertRaises(UserError):
            self.mapping("payment", "paypal", journal_id=foreign.id)

    def test_a_new_shop_has_the_bank_of_its_company(self):
        company = self.env["res.company"].create({"name": "Other"})
        bank = self.env["account.journal"].create(
            {"name": "Bank", "type": "bank", "code": "BBB", "company_id": company.id}
        )
        self.assertEqual(self.shop.payment_journal_id.company_id, self.company)
        self.assertEqual(self.shop.payment_journal_id.type, "bank")
        shop = self.make_shop(company_id=company.id)
        self.assertEqual(shop.payment_journal_id, bank)

    def test_defaults_of_a_new_shop(self):
        shop = self.env["ciama.shop"].new({"platform": "ciama", "company_id": self.company.id})
        self.assertEqual(
            (shop.invoice_policy, shop.invoice_date, shop.register_payments, shop.send_invoices),
            ("order", "today", True, False),
        )

    def resolved(self, **values):
        row = self.mapping("payment", "paypal", **values)
        return self.env["ciama.rules"]._of(self.shop, row, self.env["ciama.mapping.group"])

    def test_what_is_empty_is_as_the_shop_says(self):
        self.shop.write(
            {
                "confirm_policy": "paid",
                "invoice_policy": "delivery",
                "invoice_date": "order",
                "register_payments": False,
                "send_invoices": True,
                "payment_term_id": self.terms["shop"].id,
            }
        )
        rules = self.resolved(confirm="shop")
        self.assertEqual(
            (rules.confirm, rules.invoice, rules.invoice_date, rules.register_payment),
            ("paid", "delivery", "order", False),
        )
        self.assertEqual((rules.journal, rules.payment_term, rules.send_invoice),
                         (self.shop.payment_journal_id, self.terms["shop"], True))  # fmt: skip

    def test_what_is_filled_in_goes_before_the_shop(self):
        self.shop.send_invoices = True
        cash = self.journal("cash")
        rules = self.resolved(
            confirm="never",
            invoice_policy="never",
            invoice_date="payment",
            register_payment="no",
            send_invoice="no",
            journal_id=cash.id,
            payment_method_line_id=cash.inbound_payment_method_line_ids[:1].id,
            payment_term_id=self.terms["method"].id,
        )
        self.assertEqual(
            (rules.confirm, rules.invoice, rules.invoice_date, rules.register_payment),
            ("never", "never", "payment", False),
        )
        self.assertEqual((rules.journal, rules.payment_term, rules.send_invoice),
                         (cash, self.terms["method"], False))  # fmt: skip
        self.assertEqual(rules.payment_method_line, cash.inbound_payment_method_line_ids[:1])

    def test_confirmed_by_the_method_s_rule(self):
        paid, pending = {}, {"status": "pending", "payment_status": "pending"}
        for confirm, values, state in (
            ("never", paid, "draft"),
            ("paid", {"status": "authorized"}, "draft"),
            ("ready", {"status": "authorized"}, "sale"),
            ("ready", pending, "draft"),
            ("always", pending, "sale"),
        ):
            with self.subTest(confirm=confirm, **values):
                code = f"{confirm}-{values.get('status')}"
                self.mapping("payment", code, confirm=confirm)
                sale_order = self.imported(
                    order(payment_method={"code": code, "label": code}, **values)
                )
                self.assertEqual(sale_order.state, state)


class TestGroups(RulesCase):
    def test_an_unknown_group_makes_its_row_and_holds_nothing(self):
        self.imported(order(customer=member()), order(customer=member("3", "Customer")), order())
        rows = self.env["ciama.mapping.group"].search([("shop_id", "=", self.shop.id)])
        self.assertRecordValues(
            rows,
            [
                {"value": "3", "label": "Customer", "mapped": False, "waiting_count": 0},
                {"value": "b2b", "label": "Wholesale", "mapped": False, "waiting_count": 0},
            ],
        )

    def test_a_group_without_id_goes_by_its_name(self):
        self.mapping("group", "Wholesale", payment_term_id=self.terms["group"].id)
        sale_order = self.imported(order(customer=member("")))
        self.assertEqual(sale_order.payment_term_id, self.terms["group"])

    def test_terms_from_the_surest_source(self):
        """Payment method, customer's record, customer group, shop."""
        steps = []
        self.shop.payment_term_id = self.terms["shop"]
        steps.append(("shop", self.imported(order(customer=member()))))
        group = self.env["ciama.mapping.group"].search([("value", "=", "b2b")])
        group.payment_term_id = self.terms["group"]
        steps.append(("group", self.imported(order(customer=member()))))
        steps[0][1].partner_id.property_payment_term_id = self.terms["customer"]
        steps.append(("customer", self.imported(order(customer=member()))))
        self.mapping("payment", "paypal", payment_term_id=self.terms["method"].id)
        steps.append(("method", self.imported(order(customer=member(), payment_method=PAYPAL))))
        for source, sale_order in steps:
            with self.subTest(source=source):
                self.assertEqual(sale_order.payment_term_id, self.terms[source])
        self.assertEqual(steps[0][1].partner_id.property_payment_term_id, self.terms["customer"])

    def test_fiscal_position_unless_the_customer_has_one(self):
        diplomats, own = (
            self.env["account.fiscal.position"].create(
                {"name": name, "company_id": self.company.id,
                 "tax_ids": [(6, 0, self.sales_tax(20).ids)]}
            )
            for name in ("Diplomats", "Own")
        )  # fmt: skip
        self.mapping("group", "b2b", fiscal_position_id=diplomats.id)
        first = self.imported(order(customer=member()))
        first.partner_id.property_account_position_id = own
        second = self.imported(order(customer=member()))
        self.assertEqual(first.fiscal_position_id, diplomats)
        self.assertEqual(second.fiscal_position_id, own)

    def test_pricelist_of_the_order_s_currency_only(self):
        euro, dollar = self.env.ref("base.EUR"), self.env.ref("base.USD")
        dollar.active = True
        pricelist = self.env["product.pricelist"].create(
            {"name": "Wholesale", "currency_id": euro.id}
        )
        self.mapping("group", "b2b", pricelist_id=pricelist.id)
        in_euro, in_dollar, other = self.imported(
            order(customer=member()),
            order(customer=member(), currency="USD"),
            order(customer=member("3")),
        )
        self.assertEqual(in_euro.pricelist_id, pricelist)
        self.assertEqual(in_dollar.pricelist_id.currency_id, dollar)
        self.assertNotEqual(other.pricelist_id, pricelist)
        self.assert_amounts(in_euro, untaxed="10.00", tax="2.00", total="12.00")

    def test_the_customer_s_own_pricelist_goes_first(self):
        own, of_group = (
            self.env["product.pricelist"].create(
                {"name": name, "currency_id": self.company.currency_id.id}
            )
            for name in ("Own", "Group")
        )
        self.mapping("group", "b2b", pricelist_id=of_group.id)
        first = self.imported(order(customer=member()))
        first.partner_id.specific_property_product_pricelist = own
        second = self.imported(order(customer=member()))
        self.assertEqual((first.pricelist_id, second.pricelist_id), (of_group, own))

    def test_tags_are_added_and_none_is_taken_away(self):
        wholesale, vip, own = (
            self.env["res.partner.category"].create({"name": name})
            for name in ("Wholesale", "VIP", "Own")
        )
        self.mapping("group", "b2b", tag_ids=[(6, 0, (wholesale | vip).ids)])
        customer = self.imported(order()).partner_id
        customer.category_id = own | vip
        self.imported(order(customer=member()))
        self.assertEqual(customer.category_id, own | vip | wholesale)
        self.imported(order(customer=member("3")))
        self.assertEqual(customer.category_id, own | vip | wholesale)

    def test_the_company_has_the_tags_of_its_buyer(self):
        tag = self.env["res.partner.category"].create({"name": "Wholesale"})
        self.mapping("group", "b2b", tag_ids=[(6, 0, tag.ids)])
        sale_order = self.imported(order(customer=member(), address=address(company="ACME SA")))
        contact = sale_order.partner_id
        self.assertEqual(contact.parent_id.name, "ACME SA")
        self.assertEqual((contact.category_id, contact.parent_id.category_id), (tag, tag))

    def test_what_a_group_says_is_of_the_shop_s_company(self):
        company = self.env["res.company"].create({"name": "Other"})
        foreign = self.env["product.pricelist"].create(
            {"name": "Foreign", "company_id": company.id}
        )
        with self.assertRaises(UserError):
            self.mapping("group", "b2b", pricelist_id=foreign.id)


class TestShippingMethods(RulesCase):
    def promised(self, created_at, days=2, **values):
        row = self.env["ciama.mapping.carrier"].search([("value", "=", "colissimo")])
        (row or self.mapping("carrier", "colissimo")).lead_days = days
        sale_order = self.imported(order(line(), shipping(), created_at=created_at, **values))
        return sale_order.commitment_date and str(sale_order.commitment_date)

    def test_a_lead_time_promises_the_delivery(self):
        self.assertEqual(self.promised("2026-03-02T10:00:00+00:00"), "2026-03-04 10:00:00")
        self.assertEqual(self.promised("2026-03-02T10:00:00+00:00", days=30), "2026-04-01 09:00:00")

    def test_at_the_same_time_of_day_where_clocks_change(self):
        """Paris, on 29 March 2026 and on 25 October 2026."""
        self.company.partner_id.tz = "Europe/Paris"
        self.assertEqual(self.promised("2026-03-28T09:00:00+00:00"), "2026-03-30 08:00:00")
        self.assertEqual(self.promised("2026-10-24T08:00:00+00:00"), "2026-10-26 09:00:00")
        self.company.partner_id.tz = "UTC"
        self.assertEqual(self.promised("2026-03-28T09:00:00+00:00"), "2026-03-30 09:00:00")

    def test_no_lead_time_promises_nothing(self):
        self.assertFalse(self.promised("2026-03-02T10:00:00+00:00", days=0))

    def test_the_delivery_is_due_as_promised(self):
        self.mapping("carrier", "colissimo", lead_days=5)
        sale_order = self.imported(order(line(), shipping()))
        self.assertEqual(sale_order.picking_ids.date_deadline, sale_order.commitment_date)

    def test_goods_leave_from_the_warehouse_of_the_method(self):
        express, shops = (
            self.env["stock.warehouse"].create(
                {"name": name, "code": name[:3], "company_id": self.company.id}
            )
            for name in ("Express", "Shops")
        )
        self.shop.warehouse_id = shops
        self.mapping("carrier", "colissimo", warehouse_id=express.id)
        mapped, other = self.imported(order(line(), shipping()), order(line()))
        self.assertEqual((mapped.warehouse_id, other.warehouse_id), (express, shops))
        self.assertEqual(mapped.picking_ids.location_id.warehouse_id, express)

    def test_a_method_changed_in_the_shop_changes_the_promise(self):
        self.mapping("carrier", "colissimo", lead_days=5)
        self.mapping("carrier", "express", lead_days=1)
        body = order(line(), shipping())
        sale_order = self.imported(body)
        by_hand = sale_order.commitment_date.replace(hour=1)
        sale_order.commitment_date = by_hand
        body["lines"][0]["name"] = "Chair, red"
        self.imported(body)
        self.assertEqual(sale_order.commitment_date, by_hand, "a person's date stays")
        body["lines"][1]["shipping"] = {"code": "express", "title": "Express"}
        body["lines"][1]["name"] = "Express"
        self.imported(body)
        self.assertEqual(str(sale_order.commitment_date), "2026-03-03 10:00:00")

    def test_a_lead_time_alone_accepts_no_method(self):
        self.shop.unknown_carrier_policy = "hold"
        row = self.mapping("carrier", "colissimo", lead_days=5)
        card = self.import_orders(order(line(), shipping()))
        self.assert_card(card, "blocked", "carrier_unmapped")
        row.carrier_id = self.env["delivery.carrier"].search([], limit=1)
        sale_order = self.imported(order(line(), shipping()))
        self.assertEqual(sale_order.carrier_id, row.carrier_id)


class TestRefundedBeforeImport(ImportCase):
    def refund(self, amount="12.00"):
        return {
            "total_paid": "12.00",
            "total_refunded": amount,
            "refunds": [{"id": "r1", "amount": amount}],
        }

    def test_is_not_for_odoo(self):
        for values in (
            {"status": "refunded", "payment_status": "refunded"},
            {"status": "refunded", "payment_status": "refunded", **self.refund()},
            {"status": "cancelled", "payment_status": "refunded", **self.refund()},
            {"status": "paid", "payment_status": "refunded", **self.refund()},
        ):
            with self.subTest(**values):
                card = self.import_orders(order(**values))
                self.assert_card(card, "ignored", "refunded_before_import")
                self.assertFalse(card.sale_order_id)

    def test_what_was_kept_is_imported(self):
        self.imported(order(payment_status="partially_refunded", **self.refund("11.99")))

    def test_cancelled_with_money_kept_is_cancelled(self):
        card = self.import_orders(order(status="cancelled", **self.refund("5.00")))
        self.assert_card(card, "ignored", "cancelled_before_import")

    def test_what_the_shop_sent_has_its_documents(self):
        for status in ("refunded", "cancelled"):
            for sent in ("fulfilled", "partial", "returned"):
                with self.subTest(status=status, sent=sent):
                    sale_order = self.imported(
                        order(status=status, payment_status="refunded", fulfillment_status=sent,
                              **self.refund())
                    )  # fmt: skip
                    self.assertEqual(sale_order.state, "sale")

    def test_by_the_shop_s_rule(self):
        self.shop.confirm_policy = "never"
        values = {"status": "refunded", "fulfillment_status": "fulfilled", **self.refund()}
        self.assertEqual(self.imported(order(**values)).state, "draft")
