"""Places whose VAT is not that of the country they are written under, on posted invoices."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

from odoo.tests import BaseCase

from ..canonical import Order
from ..services.draft import Draft
from ..services.territories import own_country, territory_of
from ..services.vat_rates import countries_with, ended_on, rates_of
from .common import address, line, order, shipping
from .vat_case import (
    BUSINESS,
    DOMESTIC,
    EXPORT,
    FRENCH_VAT,
    GERMAN_VAT,
    NORTHERN_IRISH_VAT,
    VatCase,
)

# (country, postcode, Odoo's code of the state), each outside the VAT area of the Union
OUTSIDE = [
    ("ES", "35001", "GC"),  # Canary Islands: by postcode and state, or one of them
    ("ES", "38001", ""),
    ("ES", "", "TF"),
    ("ES", "51001", ""),  # Ceuta
    ("ES", "52001", "ME"),  # Melilla
    ("FR", "97110", ""),  # Guadeloupe
    ("FR", "97200", ""),  # Martinique
    ("FR", "97300", ""),  # French Guiana
    ("FR", "97400", ""),  # Réunion
    ("FR", "97600", ""),  # Mayotte
    ("FR", "97150", ""),  # Saint-Martin
    ("FR", "97133", ""),  # Saint-Barthélemy
    ("FR", "97500", ""),  # Saint-Pierre and Miquelon
    ("FR", "98600", ""),  # Wallis and Futuna
    ("FR", "98714", ""),  # French Polynesia
    ("FR", "98800", ""),  # New Caledonia
    ("RE", "97400", ""),
    ("DE", "78266", ""),  # Büsingen
    ("DE", "27498", ""),  # Heligoland
    ("IT", "23041", ""),  # Livigno
    ("IT", "22061", ""),  # Campione d'Italia
    ("IT", "47890", ""),  # San Marino
    ("SM", "47890", ""),
    ("IT", "00120", ""),  # Vatican City
    ("VA", "00120", ""),
    ("GR", "630 86", ""),  # Mount Athos
    ("FI", "22100", ""),  # Åland Islands
    ("AX", "22100", ""),
    ("GB", "JE2 3AB", ""),  # Jersey
    ("JE", "JE2 3AB", ""),
    ("GG", "GY1 1AA", ""),  # Guernsey
    ("IM", "IM1 1AA", ""),  # Isle of Man: the United Kingdom's VAT
    ("GB", "IM1 1AA", ""),
    ("ES", "AD500", ""),  # Andorra
    ("AD", "AD500", ""),
    ("GI", "GX11 1AA", ""),  # Gibraltar
    ("DK", "3900", ""),  # Greenland
    ("FO", "100", ""),  # Faroe Islands
    ("GB", "SW1A 1AA", ""),
    ("CH", "8001", ""),
    ("US", "90210", "CA"),
]


class TestTable(BaseCase):
    def name(self, *place, **values):
        territory = territory_of(*place, **values)
        return territory and str(territory.name)

    def test_neighbours_are_no_exceptions(self):
        for place in (
            ("DE", "78267"), ("DE", "27499"), ("IT", "23030"), ("IT", "22060"), ("IT", "47900"),
            ("GR", "63087"), ("ES", "36001"), ("ES", "07001", "PM"), ("FI", "21999"),
            ("FR", "75005"), ("AT", "6690"), ("PT", "8999-999"), ("GB", "B1 1AA"), ("DK", "2100"),
            ("DE", "98000"), ("FR", "3501"), ("CH", "3904"), ("", "97400"), ("FR", ""),
        ):  # fmt: skip
            with self.subTest(place=place):
                self.assertIsNone(self.name(*place))

    def test_however_the_postcode_is_written(self):
        for postcode in ("BT1 1AA", "bt11aa", " BT 1 1AA"):
            self.assertEqual(self.name("GB", postcode), "Northern Ireland")
        self.assertEqual(self.name("GR", "630-86"), "Mount Athos")
        self.assertEqual(self.name("PT", "9500-150"), "Azores")

    def test_northern_ireland_is_the_union_for_goods_only(self):
        self.assertEqual(territory_of("GB", "BT1 1AA").belongs_to, "XI")
        self.assertEqual(territory_of("XI", "").belongs_to, "XI")
        self.assertIsNone(territory_of("GB", "BT1 1AA", goods=False))

    def test_bases_on_cyprus_are_cyprus(self):
        self.assertEqual(territory_of("GB", "BFPO 57").belongs_to, "CY")
        self.assertIsNone(territory_of("GB", "BFPO 5"))

    def test_countries_that_shops_write_as_another(self):
        for country, postcode, own in (
            ("FR", "97400", "RE"), ("FR", "97150", "MF"), ("FR", "97133", "BL"),
            ("FR", "98000", "MC"), ("FI", "22100", "AX"), ("IT", "47890", "SM"),
            ("DE", "78266", "DE"), ("GB", "BT1 1AA", "GB"), ("FR", "75005", "FR"),
        ):  # fmt: skip
            with self.subTest(postcode=postcode):
                self.assertEqual(own_country(country, postcode), own)

    def test_rates_of_their_own(self):
        madeira, jungholz = territory_of("PT", "9000-001"), territory_of("AT", "6691")
        self.assertEqual(madeira.rate(Decimal(23)), Decimal(22))
        self.assertEqual(jungholz.rate(Decimal(20)), Decimal(19))
        self.assertEqual(jungholz.rate(Decimal(10)), Decimal(10))

    def test_rates_by_day(self):
        day = date(2026, 3, 2)
        self.assertEqual(rates_of("DE", day), {Decimal(19), Decimal(7)})
        self.assertEqual(rates_of("DE", date(2020, 9, 1)), {Decimal(16), Decimal(5)})
        self.assertEqual(rates_of("CH", day), frozenset())
        self.assertEqual(ended_on(Decimal(24), "FI", day), date(2024, 9, 1))
        self.assertEqual(ended_on(Decimal(14), "FI", day), date(2026, 1, 1))
        self.assertEqual(ended_on(Decimal(16), "DE", day), date(2021, 1, 1))
        self.assertIsNone(ended_on(Decimal(16), "DE", date(2020, 9, 1)))
        self.assertIsNone(ended_on(Decimal(19), "DE", day))
        self.assertEqual(countries_with([Decimal(19), Decimal(7)], day), ["DE"])


class TestOutside(VatCase):
    def place(self, country, postcode, state):
        return address(country=country, zip=postcode, state_code=state)

    def orders(self, **values):
        return [
            order(
                line("10.00", 0),
                shipping("5.00", 0),
                address=self.place(*place) | values.get("more", {}),
                customer={"external_id": f"{index}", "last_name": f"Nr. {index}"},
                vat_candidates=values.get("vat_candidates", []),
            )
            for index, place in enumerate(OUTSIDE)
        ]

    def test_private_customers(self):
        sale_orders = self.imported(*self.orders())
        for place, sale_order in zip(OUTSIDE, sale_orders, strict=True):
            with self.subTest(place=place):
                self.assert_posted(
                    sale_order, EXPORT, ["0% EX G"], untaxed="15.00", tax="0.00", total="15.00"
                )

    def test_businesses_with_numbers_of_the_union(self):
        """What leaves the area is an export for them too, and for the company's own
        compatriots, whom Odoo would charge domestic VAT."""
        for number in (GERMAN_VAT, FRENCH_VAT):
            claims = [{"value": number, "source": "billing_address.vat_number"}]
            bodies = [
                order(
                    line("10.00", 0),
                    billing_address=address(company=f"Firma {number}"),
                    shipping_address=self.place(*place),
                    vat_candidates=claims,
                )
                for place in (OUTSIDE[0], OUTSIDE[8], OUTSIDE[17], OUTSIDE[-2])
            ]
            for sale_order in self.imported(*bodies):
                with self.subTest(number=number, zip=sale_order.partner_shipping_id.zip):
                    self.assert_posted(
                        sale_order, EXPORT, ["0% EX G"], untaxed="10.00", tax="0.00", total="10.00"
                    )

    def test_vat_charged_there_is_named(self):
        for place in (OUTSIDE[0], OUTSIDE[8], OUTSIDE[17], OUTSIDE[-2]):
            card = self.import_orders(order(line("10.00", 20), address=self.place(*place)))
            self.assert_card(card, "held", "tax_on_export")
        self.assertIn("20 %", card.message)

    def test_the_card_names_the_place(self):
        card = self.import_orders(order(line("10.00", 19), address=self.place(*OUTSIDE[17])))
        self.assertIn("Büsingen", card.message)

    def test_position_that_an_accountant_made_for_the_place(self):
        own = self.position(EXPORT).copy(
            {
                "name": "Canarias", "sequence": 1, "auto_apply": True,
                "country_id": self.env.ref("base.es").id,
                "state_ids": self.env.ref("base.state_es_gc").ids,
            }
        )  # fmt: skip
        own.tax_ids = self.position(EXPORT).tax_ids
        sale_order = self.imported(order(line("10.00", 0), address=self.place(*OUTSIDE[0])))
        self.assertEqual(sale_order.fiscal_position_id, own)


class TestCountedElsewhere(VatCase):
    monaco = {"country": "MC", "zip": "98000"}
    belfast = {"country": "GB", "zip": "BT1 1AA", "city": "Belfast"}

    def test_monaco_is_france_for_everybody(self):
        for values in (
            {"address": address(**self.monaco)},
            {"address": address(country="FR", zip="98000")},
            {"address": address(company="SAM", **self.monaco)},
        ):
            sale_order = self.imported(order(line("10.00"), **values))
            self.assert_posted(
                sale_order, "Domestic - Monaco", ["20% G"],
                untaxed="10.00", tax="2.00", total="12.00",
            )  # fmt: skip

    def test_monaco_exempted_like_abroad(self):
        card = self.import_orders(order(line("10.00", 0), address=address(**self.monaco)))
        self.assert_card(card, "held", "tax_exempt_inside")
        self.assertIn("Monaco", card.message)

    def test_corsica_has_french_vat_and_its_reduced_rates(self):
        place = address(zip="20000", city="Ajaccio")
        sale_order = self.imported(order(line("10.00"), line("100.00", "2.1"), address=place))
        self.assert_posted(
            sale_order, DOMESTIC, ["20% G", "2.1% G"],
            untaxed="110.00", tax="4.10", total="114.10",
        )  # fmt: skip
        card = self.import_orders(order(line("10.00", 0), address=place))
        self.assert_card(card, "held", "tax_exempt_inside")

    def test_goods_to_a_business_in_northern_ireland(self):
        """An intra-Community supply, under a number that begins with XI."""
        values = {
            "address": address(company="Linen Ltd", **self.belfast),
            "vat_candidates": [{"value": NORTHERN_IRISH_VAT, "source": "note"}],
        }
        sale_order = self.imported(order(line("10.00", 0), shipping("5.00", 0), **values))
        self.assert_posted(
            sale_order, BUSINESS, ["0% EU G"], untaxed="15.00", tax="0.00", total="15.00"
        )

    def test_number_of_northern_ireland_goods_to_great_britain(self):
        values = {
            "address": address(company="Linen Ltd", country="GB", zip="SW1A 1AA"),
            "vat_candidates": [{"value": NORTHERN_IRISH_VAT, "source": "note"}],
        }
        sale_order = self.imported(order(line("10.00", 0), **values))
        self.assert_posted(
            sale_order, EXPORT, ["0% EX G"], untaxed="10.00", tax="0.00", total="10.00"
        )

    def test_services_to_northern_ireland_leave_the_union(self):
        self.chair.type = "service"
        sale_order = self.imported(order(line("10.00", 0), address=address(**self.belfast)))
        self.assertEqual(sale_order.fiscal_position_id.name, EXPORT)
        self.assert_amounts(self.invoice(sale_order), untaxed="10.00", tax="0.00", total="10.00")

    def test_goods_to_private_people_in_northern_ireland(self):
        """Distance sales of the Union: exempting them like exports is wrong, British VAT is
        due through OSS; Odoo has no position for it until somebody makes one."""
        card = self.import_orders(order(line("10.00", 0), address=address(**self.belfast)))
        self.assert_card(card, "held", "tax_exempt_inside")
        self.assertIn("Northern Ireland", card.message)
        card = self.import_orders(order(line("10.00", 20), address=address(**self.belfast)))
        self.assert_card(card, "held", "tax_missing")

        wizard = self.env["ciama.create.tax"].create({"order_id": card.id})
        wizard.with_context(queue_job__no_delay=True).action_create()
        self.assertEqual(card.state, "imported", card.message)
        position = "OSS B2C Northern Ireland"
        invoice = self.assert_posted(
            card.sale_order_id, position, ["20.0% XI VAT"],
            untaxed="10.00", tax="2.00", total="12.00",
        )  # fmt: skip
        self.assertEqual(invoice.ciama_vat_kind, "oss")

    def test_company_that_is_not_in_oss(self):
        """Below the threshold domestic VAT is due in the whole Union."""
        oss = self.env["account.fiscal.position"].search([("name", "like", "OSS B2C")])
        oss.active = False
        sale_order = self.imported(order(line("10.00", 20), address=address(**self.belfast)))
        self.assert_posted(
            sale_order, "EU private", ["20% G"], untaxed="10.00", tax="2.00", total="12.00"
        )

    def test_bases_on_cyprus(self):
        place = address(country="GB", zip="BFPO 57", city="Akrotiri")
        sale_order = self.imported(order(line("10.00", 19), shipping("5.00", 19), address=place))
        self.assert_posted(
            sale_order, "OSS B2C Cyprus", ["19.0% CY VAT"],
            untaxed="15.00", tax="2.85", total="17.85",
        )  # fmt: skip


class TestRatesOfTheirOwn(VatCase):
    def place(self, country, postcode):
        return address(country=country, zip=postcode)

    def test_mainland_rate_is_held(self):
        for country, postcode, shop, due in (
            ("PT", "9000-001", 23, "22"),
            ("PT", "9500-150", 23, "16"),
            ("AT", "6691", 20, "19"),
            ("AT", "6991", 20, "19"),
        ):
            with self.subTest(postcode=postcode):
                card = self.import_orders(
                    order(line("10.00", shop), address=self.place(country, postcode))
                )
                self.assert_card(card, "held", "tax_rate_differs")
                self.assertIn(f"Odoo has {due} %", card.message)

    def test_its_own_rate_lacks_a_tax_until_it_is_made(self):
        body = order(line("100.00", 16), shipping("5.00", 16), address=self.place("PT", "9500-150"))
        card = self.import_orders(body)
        self.assert_card(card, "held", "tax_missing")
        wizard = self.env["ciama.create.tax"].create({"order_id": card.id})
        wizard.with_context(queue_job__no_delay=True).action_create()
        self.assertEqual(card.state, "imported", card.message)
        self.assert_posted(
            card.sale_order_id, "OSS B2C Portugal", ["16.0% PT VAT"],
            untaxed="105.00", tax="16.80", total="121.80",
        )  # fmt: skip
        mainland = self.imported(order(line("10.00", 23), address=self.place("PT", "1000-001")))
        self.assertEqual(mainland.order_line.tax_ids.mapped("amount"), [23.0])

    def test_rates_that_are_the_same(self):
        sale_order = self.imported(order(line("10.00", 10), address=self.place("AT", "6691")))
        self.assert_posted(
            sale_order, "OSS B2C Austria", ["10.0% AT USt"],
            untaxed="10.00", tax="1.00", total="11.00",
        )  # fmt: skip

    def test_businesses_there_are_businesses_of_the_country(self):
        sale_order = self.imported(
            order(
                line("10.00", 0),
                address=address(company="Fa. Tal", country="AT", zip="6691"),
                vat_candidates=[{"value": GERMAN_VAT, "source": "note"}],
            )
        )
        self.assert_posted(
            sale_order, BUSINESS, ["0% EU G"], untaxed="10.00", tax="0.00", total="10.00"
        )


class TestFromAnotherCountry(VatCase):
    """What is abroad for a French company is at home for another, and the other way round."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.german = cls.env["res.company"].create(
            {"name": "Demo GmbH", "country_id": cls.env.ref("base.de").id}
        )
        union = cls.env.ref("account.europe_vat").id
        for sequence, (name, values) in enumerate(
            (
                ("Inland", {"country_id": cls.env.ref("base.de").id}),
                (BUSINESS, {"country_group_id": union, "vat_required": True}),
                ("OSS Frankreich", {"country_id": cls.env.ref("base.fr").id}),
                ("EU privat", {"country_group_id": union}),
                ("Ausfuhr", {}),
            )
        ):
            cls.env["account.fiscal.position"].create(
                {"name": name, "sequence": sequence, "auto_apply": True,
                 "company_id": cls.german.id, **values}
            )  # fmt: skip

    def decision(self, place, number=None):
        """(fiscal position, kind, country) of an order to ``place`` of the German company."""
        partner = self.env["res.partner"].create(
            {
                "name": "X", "zip": place.get("zip"), "vat": number, "vies_valid": False,
                "country_id": self.env["res.country"].search([("code", "=", place["country"])]).id,
            }
        )  # fmt: skip
        body = order(address=address(**place))
        draft = Draft(
            card=None, order=Order.model_validate(body), settled=None, commercial_digest="",
            partner=partner, invoice_partner=partner, delivery_partner=partner,
        )  # fmt: skip
        draft.products = {line.id: self.chair for line in draft.order.lines}
        positions = self.env["ciama.fiscal.positions"].with_company(self.german)
        positions._resolve(SimpleNamespace(company_id=self.german), [draft])
        return draft.fiscal_position.name, draft.vat.kind, draft.vat.country

    def test_private_customers(self):
        for place, found in (
            ({"country": "DE", "zip": "10115"}, ("Inland", "domestic", "DE")),
            ({"country": "DE", "zip": "78266"}, ("Ausfuhr", "export", "DE")),
            ({"country": "DE", "zip": "27498"}, ("Ausfuhr", "export", "DE")),
            ({"country": "FR", "zip": "75005"}, ("OSS Frankreich", "private", "FR")),
            ({"country": "FR", "zip": "20000"}, ("OSS Frankreich", "private", "FR")),
            ({"country": "MC", "zip": "98000"}, ("OSS Frankreich", "private", "FR")),
            ({"country": "RE", "zip": "97400"}, ("Ausfuhr", "export", "RE")),
            ({"country": "IT", "zip": "00184"}, ("EU privat", "private", "IT")),
            ({"country": "IT", "zip": "23041"}, ("Ausfuhr", "export", "IT")),
            ({"country": "CH", "zip": "8001"}, ("Ausfuhr", "export", "CH")),
        ):
            with self.subTest(place=place):
                self.assertEqual(self.decision(place), found)

    def test_businesses(self):
        for place, number, found in (
            ({"country": "FR", "zip": "75005"}, FRENCH_VAT, (BUSINESS, "business", "FR")),
            ({"country": "MC", "zip": "98000"}, FRENCH_VAT, (BUSINESS, "business", "FR")),
            ({"country": "FR", "zip": "75005"}, GERMAN_VAT, ("Inland", "domestic", "DE")),
            ({"country": "DE", "zip": "78266"}, GERMAN_VAT, ("Ausfuhr", "export", "DE")),
            ({"country": "GB", "zip": "BT1 1AA"}, NORTHERN_IRISH_VAT, (BUSINESS, "business", "XI")),
        ):
            with self.subTest(place=place, number=number):
                self.assertEqual(self.decision(place, number), found)

    def test_company_in_a_place_outside(self):
        """Réunion has a VAT of its own: Odoo's plain answer."""
        self.german.partner_id.write({"country_id": self.env.ref("base.re").id})
        self.assertEqual(self.decision({"country": "DE", "zip": "78266"})[1], "other")
