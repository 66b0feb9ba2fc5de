"""A tax that the company lacks: proposed with accounts and tags, made, and the orders freed."""

from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user

from .common import address, line, order, shipping
from .vat_case import DOMESTIC, GERMAN, VatCase

BELGIAN = {"street": "Rue Haute 1", "zip": "1000", "city": "Bruxelles", "country": "BE"}


class TestCreation(VatCase):
    def held(self, rate=12, **values):
        card = self.import_orders(order(line("10.00", rate), shipping("5.00", rate), **values))
        self.assert_card(card, "held", "tax_missing")
        return card

    def wizard(self, card):
        action = card.action_mend()
        self.assertEqual(action["res_model"], "ciama.create.tax")
        return Form(self.env["ciama.create.tax"].with_context(**action["context"]))

    def create_tax(self, form):
        form.save().with_context(queue_job__no_delay=True).action_create()

    def grids(self, tax):
        """[(document, kind, account, tags)] of a tax."""
        return [
            (row.document_type, row.repartition_type, row.account_id, row.tag_ids)
            for row in tax.invoice_repartition_line_ids | tax.refund_repartition_line_ids
        ]

    def test_reduced_rate_of_another_country(self):
        cards = self.held(address=address(**BELGIAN)) | self.held(
            address=address(**BELGIAN), customer={"external_id": "8", "last_name": "Peeters"}
        )
        form = self.wizard(cards[0])
        sibling = self.position("OSS B2C Belgium").tax_ids.filtered(lambda t: t.amount == 21)
        self.assertEqual((form.rate, form.country_id.code, form.way), (12, "BE", "copy"))
        self.assertEqual(form.position_id.name, "OSS B2C Belgium")
        self.assertEqual(form.name, "12.0% BE VAT")
        self.assertTrue(form.account_id)
        self.assertFalse(form.replaces_ids[:], "no domestic tax stands for it by itself")
        self.assertEqual(form.waiting_count, 2)

        self.create_tax(form)
        self.assertEqual(cards.mapped("state"), ["imported", "imported"])
        tax = cards.sale_order_id.order_line.tax_ids
        self.assertEqual((tax.name, tax.amount, tax.tax_group_id.name), (
            "12.0% BE VAT", 12.0, "OSS 12.0%"
        ))  # fmt: skip
        self.assertEqual(self.grids(tax), self.grids(sibling))
        self.assertEqual(tax.tax_group_id.tax_payable_account_id,
                         sibling.tax_group_id.tax_payable_account_id)  # fmt: skip
        invoice = self.assert_posted(
            cards[0].sale_order_id, "OSS B2C Belgium", ["12.0% BE VAT"],
            untaxed="15.00", tax="1.80", total="16.80",
        )  # fmt: skip
        self.assertEqual(invoice.ciama_vat_kind, "oss")

    def test_products_are_mapped_as_before(self):
        """Two taxes for one source would be added up."""
        self.create_tax(self.wizard(self.held(address=address(**BELGIAN))))
        domestic = self.sales_tax(20)
        self.assertEqual(
            self.position("OSS B2C Belgium").map_tax(domestic).mapped("amount"), [21.0]
        )

    def test_person_says_what_it_replaces(self):
        form = self.wizard(self.held(address=address(**BELGIAN)))
        form.replaces_ids = self.sales_tax(5.5)
        self.create_tax(form)
        self.assertEqual(
            self.position("OSS B2C Belgium").map_tax(self.sales_tax(5.5)).mapped("amount"), [12.0]
        )

    def test_country_that_has_no_position_yet(self):
        """A company that was below the threshold: its first sale with Belgian VAT."""
        self.env["account.fiscal.position"].search([("name", "like", "OSS B2C")]).active = False
        card = self.held(21, address=address(**BELGIAN))
        form = self.wizard(card)
        self.assertFalse(form.position_id)
        self.assertEqual(form.replaces_ids[:].mapped("amount"), [20.0, 20.0, 20.0, 20.0])
        self.create_tax(form)
        self.assertEqual(card.state, "imported", card.message)
        names = set(card.sale_order_id.order_line.tax_ids.mapped("name"))
        invoice = self.assert_posted(
            card.sale_order_id, "OSS B2C Belgium", names,
            untaxed="15.00", tax="3.15", total="18.15",
        )  # fmt: skip
        tax = invoice.invoice_line_ids.tax_ids
        self.assertEqual((tax.amount, tax.tax_scope), (21.0, False))
        self.assertIn(self.env.ref("l10n_eu_oss.tag_oss"), tax.invoice_repartition_line_ids.tag_ids)
        self.assertNotEqual(self.grids(tax), self.grids(self.sales_tax(20)))
        self.assertEqual(invoice.ciama_vat_kind, "oss")
        at_home = self.imported(order(line("10.00", 20), address=address(**GERMAN)))
        self.assertEqual(at_home.fiscal_position_id.name, "EU private")

    def test_archived_tax_is_activated(self):
        sleeping = self.sales_tax("2.1")
        self.env["account.tax"].search(
            [("amount", "=", 2.1), ("type_tax_use", "=", "sale")]
        ).active = False
        card = self.held("2.1")
        form = self.wizard(card)
        self.assertEqual((form.way, form.name), ("activate", "2.1% G"))
        self.create_tax(form)
        self.assertTrue(sleeping.active)
        self.assert_posted(
            card.sale_order_id, DOMESTIC, ["2.1% G"],
            untaxed="15.00", tax="0.32", total="15.32",
        )  # fmt: skip

    def test_deleted_tax_comes_back_from_the_chart_of_accounts(self):
        old = self.sales_tax("5.5")
        grids = self.grids(old)
        doomed = self.env["account.tax"].with_context(active_test=False).search(
            [("amount", "=", 5.5), ("type_tax_use", "=", "sale")]
        )  # fmt: skip
        doomed.unlink()
        card = self.held("5.5")
        form = self.wizard(card)
        self.assertEqual((form.way, form.name), ("template", "5.5% G"))
        self.create_tax(form)
        self.assertEqual(card.state, "imported", card.message)
        tax = card.sale_order_id.order_line.tax_ids
        self.assertEqual((len(tax), tax.amount, tax.is_domestic), (1, 5.5, True))
        self.assertEqual(self.grids(tax), grids)

    def test_domestic_rate_that_the_chart_of_accounts_lacks(self):
        """13 % of Corsica: made like the standard tax, for everybody at home."""
        card = self.held(13, address=address(zip="20000", city="Ajaccio"))
        self.assertIn("Corsica", card.message)
        form = self.wizard(card)
        self.assertEqual((form.way, form.name), ("copy", "13.0% FR VAT"))
        self.create_tax(form)
        tax = card.sale_order_id.order_line.tax_ids
        self.assertTrue(tax.is_domestic)
        self.assertEqual(tax.fiscal_position_ids, self.sales_tax(20).fiscal_position_ids)
        self.assert_posted(
            card.sale_order_id, DOMESTIC, [tax.name],
            untaxed="15.00", tax="1.95", total="16.95",
        )  # fmt: skip

    def test_only_who_may_create_taxes(self):
        card = self.held(address=address(**BELGIAN))
        user = new_test_user(
            self.env, "clerk", "ciama_connector.group_manager", company_id=self.company.id
        )
        wizard = self.env["ciama.create.tax"].with_user(user).create({"order_id": card.id})
        self.assertIn("Ask your accountant", wizard.refusal)
        with self.assertRaises(AccessError):
            wizard.action_create()
        self.assert_card(card, "held", "tax_missing")
