"""Shop and Odoo disagree about VAT: one code for each way, and what a person then reads."""

from .common import address, line, order, shipping, tax
from .vat_case import GERMAN, GERMAN_VAT, VatCase, business


class TestCodes(VatCase):
    def assert_held(self, code, *facts, **values):
        lines = values.pop("lines", None) or [line("10.00", values.pop("rate"))]
        card = self.import_orders(order(*lines, **values))
        self.assert_card(card, "held", code)
        for fact in facts:
            self.assertIn(fact, card.message)
        self.assertFalse(card.sale_order_id)
        return card

    def test_exempt_unproved(self):
        self.assert_held("tax_exempt_unproved", "FR", "20 %", "Domestic - France", rate=0)
        self.assert_held("tax_exempt_unproved", "DE", "19 %", rate=0, address=address(**GERMAN))

    def test_exempt_inside_the_area(self):
        self.assert_held(
            "tax_exempt_inside", "Madeira", "22 %",
            rate=0, address=address(country="PT", zip="9000-001"),
        )  # fmt: skip

    def test_charged_on_an_exempt_sale(self):
        self.assert_held("tax_charged_on_exempt", "20 %", "Intra-EU B2B", rate=20, **business())
        self.assert_held(
            "tax_charged_on_exempt", "19 %", rate=19, **business(GERMAN_VAT, "Firma", **GERMAN)
        )

    def test_charged_on_an_export(self):
        self.assert_held(
            "tax_on_export", "20 %", "CH", rate=20, address=address(country="CH", zip="8001")
        )

    def test_stacked_taxes_of_another_tax_system(self):
        rows = [tax("7.25", "0.73"), tax("1.5", "0.15")]
        card = self.assert_held(
            "tax_on_export", "1.5+7.25 %",
            lines=[line("10.00", taxes=rows)], address=address(country="US", state_code="CA"),
        )  # fmt: skip
        self.assertEqual(card.waits_for, "US 1.5+7.25")

    def test_domestic_vat_where_oss_is_due(self):
        self.assert_held(
            "tax_oss_due", "20 %", "19 %", "OSS B2C Germany", rate=20, address=address(**GERMAN)
        )

    def test_rate_of_another_country(self):
        self.assert_held("tax_other_country", "25 %", "DK", "HR", "20 %", rate=25)
        card = self.assert_held(
            "tax_other_country", "22 %",
            rate=22,
            billing_address=address(country="SI", zip="1000"),
            shipping_address=address(**GERMAN),
        )  # fmt: skip
        self.assertIn("22 % is a rate of SI", card.message, "that of the invoice comes first")

    def test_outdated_rate(self):
        self.assert_held(
            "tax_outdated", "16 %", "DE", "01/01/2021", "19 %", rate=16, address=address(**GERMAN)
        )
        self.assert_held(
            "tax_outdated", "24 %", "09/01/2024",
            rate=24, address=address(country="FI", zip="00100"),
        )  # fmt: skip

    def test_rate_that_was_in_force_on_the_day_of_the_order(self):
        """An old order of a backfill: right then, only the tax is missing now."""
        self.assert_held(
            "tax_missing", "16 %",
            rate=16, address=address(**GERMAN), created_at="2020-09-01T10:00:00+00:00",
        )  # fmt: skip

    def test_rate_of_nowhere(self):
        self.assert_held("tax_rate_differs", "8.5 %", "20 %", "Chair", rate="8.5")

    def test_mixed(self):
        card = self.assert_held(
            "tax_mixed", "Chair: 20 %", "Shipping: 0 %",
            lines=[line("10.00", 20), shipping("5.00", 0)], address=address(**GERMAN),
        )  # fmt: skip
        self.assertIn("OSS B2C Germany", card.message)

    def test_missing_tax(self):
        card = self.assert_held(
            "tax_missing", "12 %", "BE",
            rate=12, address=address(country="BE", zip="1000"),
        )  # fmt: skip
        self.assertEqual(card.problem_id.action, "create_tax")

    def test_what_agrees_is_not_held(self):
        for rate, values in (
            (20, {}),
            (19, {"address": address(**GERMAN)}),
            (21, {"address": address(country="BE", zip="1000")}),
            (6, {"address": address(country="BE", zip="1000")}),
            (0, {"address": address(country="CH", zip="8001")}),
            (0, business()),
        ):
            self.imported(order(line("10.00", rate), **values))

    def test_mapping_of_a_person_goes_before(self):
        card = self.assert_held("tax_on_export", rate=20, address=address(country="GB", zip="E1"))
        mapping = self.env["ciama.mapping.tax"].search([("value", "=", card.waits_for)])
        self.assertEqual((mapping.value, mapping.waiting_count), ("GB 20", 1))
        mapping.tax_ids = self.make_tax(20)
        mapping.with_context(queue_job__no_delay=True).action_free_orders()
        self.assertEqual(card.state, "imported", card.message)
        self.assert_amounts(
            self.invoice(card.sale_order_id), untaxed="10.00", tax="2.00", total="12.00"
        )
