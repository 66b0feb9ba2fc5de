"""The customer's VAT number: found, cleaned, understood, and what becomes of a bad one."""

from odoo.tests import BaseCase

from ..services.vat import Meaning, read_vat
from .common import address, line, order
from .vat_case import BUSINESS, DOMESTIC, FRENCH_VAT, GERMAN, GERMAN_VAT, VatCase, business


class TestReading(BaseCase):
    def assert_number(self, text, countries, number):
        reading = read_vat(text, countries)
        self.assertEqual((reading.meaning, reading.number), (Meaning.VAT, number), text)

    def assert_meaning(self, text, countries, meaning):
        reading = read_vat(text, countries)
        self.assertEqual((reading.meaning, reading.number), (meaning, ""), text)

    def test_however_it_is_written(self):
        for text, countries, number in (
            ("FR40303265045", ["FR"], "FR40303265045"),
            (" fr 40 303.265-045 ", ["FR"], "FR40303265045"),
            ("40303265045", ["FR"], "FR40303265045"),
            ("40303265045", ["MC"], "FR40303265045"),
            ("40303265045", ["RE"], "FR40303265045"),
            ("DE 136 695 976", ["DE"], "DE136695976"),
            ("136695976", ["DE"], "DE136695976"),
            ("00743110157", ["IT"], "IT00743110157"),
            ("0428.759.497", ["BE"], "BE0428759497"),
            ("BE428759497", ["BE"], "BE0428759497"),
            ("U13585627", ["AT"], "ATU13585627"),
            ("NL004495445B01", ["NL"], "NL004495445B01"),
        ):
            self.assert_number(text, countries, number)

    def test_greece_is_el(self):
        for text in ("EL094259216", "GR 094.259.216", "094259216"):
            self.assert_number(text, ["GR"], "EL094259216")

    def test_northern_ireland_is_xi(self):
        self.assert_number("XI 110 3058 78", ["GB"], "XI110305878")
        self.assert_meaning("GB110305878", ["GB"], Meaning.ELSEWHERE)

    def test_prefix_of_another_country_than_the_buyer_s(self):
        self.assert_number("DE136695976", ["FR"], "DE136695976")

    def test_number_of_the_delivery_country(self):
        self.assert_number("136695976", ["CH", "DE"], "DE136695976")

    def test_national_numbers_are_no_vat_numbers(self):
        for text, countries in (
            ("303 265 045", ["FR"]),  # SIREN
            ("303 265 045", ["GP", "DE"]),
            ("30326504500011", ["FR"]),  # SIRET
            ("FR303265045", ["FR"]),
            ("RSSMRA85T10A562S", ["IT"]),  # codice fiscale of a person
            ("12345678-1-42", ["HU"]),  # adószám
            ("556036-0793", ["SE"]),  # organisationsnummer
        ):
            self.assert_meaning(text, countries, Meaning.NATIONAL)

    def test_siren_is_not_taken_for_a_german_number(self):
        """Both have nine digits; this one fits both checksums."""
        self.assert_number("300000205", ["DE"], "DE300000205")
        self.assert_meaning("300000205", ["FR", "DE"], Meaning.NATIONAL)

    def test_bad_and_empty_ones(self):
        for text in ("FR 99 999", "IT12345678901", "123"):
            self.assert_meaning(text, ["IT"], Meaning.MALFORMED)
        for text in ("", "none", "-", "n/a"):
            self.assert_meaning(text, ["IT"], Meaning.NOTHING)

    def test_numbers_from_outside_the_union(self):
        for text, country in (
            ("12-3456789", "US"), ("CHE-107.787.577 MWST", "CH"), ("EU372000041", "US"),
            ("GB980780684", "DE"),
        ):  # fmt: skip
            self.assert_meaning(text, [country], Meaning.ELSEWHERE)


class TestClaims(VatCase):
    def body(self, text, source="billing_address.vat_number", rate=20, **values):
        values.setdefault("address", address(company="Curie SARL"))
        return order(
            line("10.00", rate), vat_candidates=[{"value": text, "source": source}], **values
        )

    def warnings(self, card):
        return {code for code in card.warnings or {} if code.startswith("vat_")}

    def test_malformed(self):
        card = self.import_orders(self.body("FR 99 12345"))
        self.assertEqual((card.state, card.to_review), ("imported", True))
        self.assertEqual(self.warnings(card), {"vat_number_malformed"})
        self.assertIn("FR 99 12345", card.warning_text)
        sale_order = card.sale_order_id
        self.assertEqual(sale_order.ciama_vat_text, "FR 99 12345")
        self.assertFalse(sale_order.partner_invoice_id.commercial_partner_id.vat)
        self.assert_posted(
            sale_order, DOMESTIC, ["20% G"], untaxed="10.00", tax="2.00", total="12.00"
        )

    def test_news_of_the_same_content_take_no_warning_away(self):
        body = self.body("FR 99 12345")
        card = self.import_orders(body)
        self.import_orders({**body, "status": "fulfilled", "updated_at": "2026-03-03T10:00:00Z"})
        self.assertEqual(card.imported_status, "fulfilled")
        self.assertEqual((self.warnings(card), card.to_review), ({"vat_number_malformed"}, True))
        card.action_reviewed()
        self.import_orders({**body, "customer_note": "!", "updated_at": "2026-03-04T10:00:00Z"})
        self.assertEqual((self.warnings(card), card.to_review), ({"vat_number_malformed"}, False))

    def test_malformed_does_not_replace_the_number_that_odoo_has(self):
        known = self.imported(self.body(FRENCH_VAT)).partner_id.commercial_partner_id
        self.assertEqual(known.vat, FRENCH_VAT)
        card = self.import_orders(self.body("FR 99 12345"))
        self.assertEqual(card.sale_order_id.partner_id.commercial_partner_id, known)
        self.assertEqual(known.vat, FRENCH_VAT)

    def test_malformed_exempts_nobody(self):
        card = self.import_orders(self.body("IT123", rate=0, address=address(**GERMAN)))
        self.assert_card(card, "held", "tax_exempt_unproved")

    def test_national_number_is_kept_without_a_warning(self):
        for text in ("303 265 045", "30326504500011"):
            card = self.import_orders(self.body(text))
            self.assertEqual(card.state, "imported", card.message)
            self.assertEqual(self.warnings(card), set())
            self.assertEqual(card.sale_order_id.ciama_vat_text, text)
            self.assertFalse(card.sale_order_id.partner_id.commercial_partner_id.vat)

    def test_what_stands_in_a_note_is_no_claim(self):
        card = self.import_orders(self.body("FR 99 12345", source="note"))
        self.assertEqual(self.warnings(card), set())
        self.assertFalse(card.sale_order_id.ciama_vat_text)

    def test_the_good_one_of_several(self):
        values = self.body("FR 99 12345")
        values["vat_candidates"].append({"value": FRENCH_VAT, "source": "note"})
        card = self.import_orders(values)
        self.assertEqual(self.warnings(card), set())
        self.assertEqual(card.sale_order_id.partner_id.commercial_partner_id.vat, FRENCH_VAT)

    def test_number_of_another_country_than_the_addresses(self):
        """Any state's but the seller's will do (art. 138); somebody should look at it."""
        place = {"street": "Hoofdstraat 1", "zip": "1012", "city": "Amsterdam", "country": "NL"}
        card = self.import_orders(order(line("10.00", 0), **business(GERMAN_VAT, "B.V.", **place)))
        self.assertEqual(self.warnings(card), {"vat_number_foreign"})
        self.assertIn("NL", card.warning_text)
        self.assert_posted(
            card.sale_order_id, BUSINESS, ["0% EU G"], untaxed="10.00", tax="0.00", total="10.00"
        )

    def test_number_of_the_country_that_a_place_belongs_to(self):
        for country, number in (("RE", FRENCH_VAT), ("MC", FRENCH_VAT)):
            place = address(company=f"SARL {country}", country=country, zip="")
            card = self.import_orders(
                self.body(number, rate=0 if country == "RE" else 20, address=place)
            )
            self.assertEqual(card.state, "imported", card.message)
            self.assertEqual(self.warnings(card), set())

    def test_number_of_the_delivery_country_is_usual(self):
        card = self.import_orders(
            order(
                line("10.00", 0),
                billing_address=address(company="Firma", country="CH", zip="8001"),
                shipping_address=address(**GERMAN),
                vat_candidates=[{"value": GERMAN_VAT, "source": "vat"}],
            )
        )
        self.assertEqual(self.warnings(card), set())
        self.assertEqual(card.sale_order_id.fiscal_position_id.name, BUSINESS)
