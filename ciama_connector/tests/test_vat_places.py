"""Places whose VAT is not that of the country they are written under, on posted invoices."""

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
