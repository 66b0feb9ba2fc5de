"""The table of places and rates, and what is abroad for whom."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

from odoo.tests import BaseCase

from ..canonical import Order
from ..services.draft import Draft
from ..services.territories import own_country, territory_of
from ..services.vat_rates import countries_with, ended_on, rates_of
from .common import address, order
from .vat_case import BUSINESS, FRENCH_VAT, GERMAN_VAT, NORTHERN_IRISH_VAT, VatCase


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
