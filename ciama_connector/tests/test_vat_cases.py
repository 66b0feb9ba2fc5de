"""The table of VAT cases (``docs/vat.md``) on posted invoices."""

from .common import address, line, order, shipping
from .vat_case import (
    BUSINESS,
    DOMESTIC,
    EXPORT,
    FRENCH_VAT,
    GERMAN,
    GERMAN_VAT,
    ITALIAN,
    VatCase,
    business,
)

SWISS = {"street": "Bahnhofstr. 1", "zip": "8001", "city": "Zürich", "country": "CH"}


class TestPrivate(VatCase):
    def test_at_home(self):
        sale_order = self.imported(order(line("10.00"), shipping("5.00")))
        self.assert_posted(
            sale_order, DOMESTIC, ["20% G"], untaxed="15.00", tax="3.00", total="18.00"
        )

    def test_in_the_union(self):
        """OSS: goods and shipping alike bear the rate of the country of delivery."""
        sale_order = self.imported(
            order(line("10.00", 19), shipping("5.00", 19), address=address(**GERMAN))
        )
        invoice = self.assert_posted(
            sale_order, "OSS B2C Germany", ["19.0% DE VAT"],
            untaxed="15.00", tax="2.85", total="17.85",
        )  # fmt: skip
        self.assertEqual(invoice.ciama_vat_kind, "oss")

    def test_reduced_rate_in_the_union(self):
        sale_order = self.imported(
            order(line("10.00", 7), line("10.00", 19), address=address(**GERMAN))
        )
        self.assert_posted(
            sale_order, "OSS B2C Germany", ["19.0% DE VAT", "7.0% DE VAT"],
            untaxed="20.00", tax="2.60", total="22.60",
        )  # fmt: skip

    def test_delivery_decides_not_the_invoice_address(self):
        sale_order = self.imported(order(line("10.00", 19), shipping_address=address(**GERMAN)))
        self.assert_posted(
            sale_order, "OSS B2C Germany", ["19.0% DE VAT"],
            untaxed="10.00", tax="1.90", total="11.90",
        )  # fmt: skip
        sale_order = self.imported(order(line("10.00"), billing_address=address(**SWISS)))
        self.assert_posted(
            sale_order, DOMESTIC, ["20% G"], untaxed="10.00", tax="2.00", total="12.00"
        )

    def test_company_without_a_number_is_treated_like_a_person(self):
        values = business("", **GERMAN)
        sale_order = self.imported(order(line("10.00", 19), address=values["address"]))
        self.assertEqual(sale_order.fiscal_position_id.name, "OSS B2C Germany")

    def test_number_that_vies_refused(self):
        """A private customer for VAT, although the company leaves Odoo's own check off."""
        self.assertFalse(self.company.vat_check_vies)
        self.answer_vies("DE129273398", "invalid")
        values = business("DE129273398", "Firma", **GERMAN)
        sale_order = self.imported(order(line("10.00", 19), **values))
        self.assertEqual(sale_order.partner_invoice_id.commercial_partner_id.vat, "DE129273398")
        self.assert_posted(
            sale_order, "OSS B2C Germany", ["19.0% DE VAT"],
            untaxed="10.00", tax="1.90", total="11.90",
        )  # fmt: skip
        # The next order does not give the number again; Odoo has it.
        later = order(line("10.00", 19), address=values["address"])
        self.assertEqual(self.imported(later).fiscal_position_id.name, "OSS B2C Germany")
        card = self.import_orders(order(line("10.00", 0), **values))
        self.assert_card(card, "held", "tax_exempt_unproved")

    def test_taken_over_the_counter(self):
        """No transport: domestic VAT, wherever the customer lives and has a number."""
        for values in (
            {"channel": "pos", "shipping_address": None, "billing_address": address(**SWISS)},
            {
                "pickup_point": {"id": "1", "name": "Rue de Rivoli"},
                "shipping_address": None,
                "billing_address": address(**GERMAN),
                "vat_candidates": [{"value": GERMAN_VAT, "source": "vat"}],
            },
        ):
            sale_order = self.imported(order(line("10.00"), **values))
            self.assert_posted(
                sale_order, DOMESTIC, ["20% G"], untaxed="10.00", tax="2.00", total="12.00"
            )


class TestBusiness(VatCase):
    def test_at_home(self):
        sale_order = self.imported(
            order(line("10.00"), **business(FRENCH_VAT, "Curie SARL", country="FR"))
        )
        self.assert_posted(
            sale_order, DOMESTIC, ["20% G"], untaxed="10.00", tax="2.00", total="12.00"
        )

    def test_in_the_union(self):
        sale_order = self.imported(order(line("10.00", 0), shipping("5.00", 0), **business()))
        invoice = self.assert_posted(
            sale_order, BUSINESS, ["0% EU G"], untaxed="15.00", tax="0.00", total="15.00"
        )
        self.assertEqual(invoice.ciama_vat_kind, "intra_eu")

    def test_triangular(self):
        """Sold to a German company, sent to Italy."""
        values = business(GERMAN_VAT, "Firma", **GERMAN)
        sale_order = self.imported(
            order(line("10.00", 0), **{**values, "shipping_address": address(**ITALIAN)})
        )
        self.assert_posted(
            sale_order, BUSINESS, ["0% EU G"], untaxed="10.00", tax="0.00", total="10.00"
        )

    def test_foreign_business_delivered_at_home(self):
        values = business(GERMAN_VAT, "Firma", **GERMAN)
        sale_order = self.imported(
            order(line("10.00"), **{**values, "shipping_address": address()})
        )
        self.assert_posted(
            sale_order, DOMESTIC, ["20% G"], untaxed="10.00", tax="2.00", total="12.00"
        )

    def test_compatriot_delivered_in_the_union(self):
        """No number of another state, no exemption; and no private person, so no OSS. Odoo
        alone would call it an intra-Community supply where the invoice goes abroad too."""
        for billing in (address(company="Curie SARL"), address(company="Curie DE", **GERMAN)):
            sale_order = self.imported(
                order(
                    line("10.00"),
                    billing_address=billing,
                    shipping_address=address(**GERMAN),
                    vat_candidates=[{"value": FRENCH_VAT, "source": "vat"}],
                    customer={"external_id": billing["company"]},
                )
            )
            self.assert_posted(
                sale_order, DOMESTIC, ["20% G"], untaxed="10.00", tax="2.00", total="12.00"
            )

    def test_export(self):
        for number, place in ((GERMAN_VAT, GERMAN), (FRENCH_VAT, {"country": "FR"})):
            values = business(number, f"Firma {number}", **place)
            sale_order = self.imported(
                order(
                    line("10.00", 0),
                    shipping("5.00", 0),
                    **{**values, "shipping_address": address(**SWISS)},
                    customer={"external_id": number},
                )
            )
            invoice = self.assert_posted(
                sale_order, EXPORT, ["0% EX G"], untaxed="15.00", tax="0.00", total="15.00"
            )
            self.assertEqual(invoice.ciama_vat_kind, "export")


class TestAccessories(VatCase):
    """Shipping has the VAT of the goods, although its product is a service (20% S)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop.product_shipping_id.taxes_id = cls.sales_tax(20, "service")

    def test_oss_export_and_intra_community(self):
        for values, rate, tax in (
            ({"address": address(**GERMAN)}, 19, "19.0% DE VAT"),
            ({"address": address(**SWISS)}, 0, "0% EX G"),
            (business(), 0, "0% EU G"),
        ):
            sale_order = self.imported(
                order(
                    line("10.00", rate),
                    shipping("5.00", rate),
                    line("1.00", rate, kind="gift_wrap"),
                    customer={"external_id": tax},
                    **values,
                )
            )
            self.assertEqual(sale_order.order_line.tax_ids.mapped("name"), [tax])

    def test_at_home_the_product_decides(self):
        sale_order = self.imported(order(line("10.00"), shipping("5.00")))
        self.assertEqual(sale_order.order_line.tax_ids.mapped("name"), ["20% G", "20% S"])

    def test_shipping_at_the_rate_of_reduced_goods(self):
        sale_order = self.imported(
            order(line("10.00", 7), shipping("5.00", 7), address=address(**GERMAN))
        )
        self.assertEqual(sale_order.order_line.tax_ids.mapped("name"), ["7.0% DE VAT"])

    def test_domestic_vat_on_shipping_alone_is_named(self):
        card = self.import_orders(
            order(line("10.00", 19), shipping("5.00", 20), address=address(**GERMAN))
        )
        self.assert_card(card, "held", "tax_oss_due")
        self.assertIn("Shipping", card.message)

    def test_services_alone_stay_services(self):
        self.chair.type = "service"
        self.chair.taxes_id = self.sales_tax(20, "service")
        sale_order = self.imported(order(line("10.00", 0), **business()))
        self.assertEqual(sale_order.order_line.tax_ids.mapped("name"), ["0% EU S"])

    def test_tips_and_gift_cards_bear_no_vat_anywhere(self):
        rows = line("10.00", 19), line("2.00", 0, kind="tip"), line("50.00", 0, kind="gift_card")
        sale_order = self.imported(order(*rows, address=address(**GERMAN)))
        self.assertEqual(len(sale_order.order_line.filtered("tax_ids")), 1)
        self.assert_amounts(self.invoice(sale_order), untaxed="62.00", tax="1.90", total="63.90")
