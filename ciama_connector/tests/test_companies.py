"""Companies and their contacts; names, places and numbers as people type them."""

from .common import address, line, order
from .test_customers import ACME, LYON, VAT, CustomerCase, vat


class TestCompanies(CustomerCase):
    def test_found_by_vat_number(self):
        """Another contact of a company that Odoo knows, whatever it is called."""
        for number in (VAT, "40303265045"):
            with self.subTest(number=number):
                known = self.env["res.partner"].create(
                    {"name": "Acme Group", "is_company": True, "vat": number,
                     "country_id": self.env.ref("base.fr").id}
                )  # fmt: skip
                sale_order = self.imported(
                    order(address=address(**ACME), vat_candidates=vat("FR 40 303 265 045"))
                )
                self.assertEqual(sale_order.partner_id.parent_id, known)
                self.assertEqual(known.name, "Acme Group")
                sale_order.partner_id.active = False
                known.active = False

    def test_colleagues_share_the_company(self):
        place = address(**ACME)
        paul = {"external_id": "8", "email": "paul@acme.example", "last_name": "Paul"}
        for bodies in (
            [order(address=place, vat_candidates=vat()),
             order(address=place, vat_candidates=vat(), customer=paul)],
            [order(address=place, vat_candidates=vat(), customer=paul)],
        ):  # fmt: skip
            orders = self.imported(*bodies)
            self.assertEqual(len(orders.partner_id.parent_id), 1)
        self.assertEqual(len(self.customers(is_company=True)), 1)
        self.assertEqual(len(self.customers(type="contact", is_company=False)), 2)

    def test_company_without_number_is_found_again(self):
        first, second = (
            self.imported(order(address=address(**ACME))),
            self.imported(order(address=address(company="Acme S.A."))),
        )
        self.assertEqual(second.partner_id, first.partner_id)
        guest = {"email": "marie@curie.example", "last_name": "Curie"}
        third = self.imported(order(address=address(**ACME), customer=guest))
        self.assertEqual(third.partner_id, first.partner_id)
        self.assertEqual(len(self.customers(is_company=True)), 1)

    def test_number_completes_the_company(self):
        first = self.imported(order(address=address(**ACME)))
        self.imported(order(address=address(**ACME), vat_candidates=vat()))
        self.assertEqual(first.partner_id.parent_id.vat, VAT)
        self.assertEqual(len(self.customers(is_company=True)), 1)

    def test_private_and_for_a_company(self):
        """One customer of the shop, two contacts; each is found again."""
        orders = [
            self.imported(order(address=address(**values)))
            for values in ({}, ACME, {}, ACME, {"company": "Other SARL"})
        ]
        partners = [sale_order.partner_id for sale_order in orders]
        self.assertEqual(partners[0], partners[2])
        self.assertEqual(partners[1], partners[3])
        self.assertEqual(partners[1].parent_id.name, "ACME SA")
        self.assertEqual(partners[4].parent_id.name, "Other SARL")
        self.assertFalse(partners[0].parent_id)
        self.assertEqual(len(self.customers(is_company=True)), 2)

    def test_private_and_for_a_company_in_one_batch(self):
        first, second = self.imported(order(), order(address=address(**ACME)))
        self.assertFalse(first.partner_id.parent_id)
        self.assertEqual(second.partner_id.parent_id.name, "ACME SA")
        again = self.imported(order(address=address(**ACME)))
        self.assertEqual(again.partner_id, second.partner_id)

    def test_found_by_the_shop_s_company_id(self):
        customer = {"external_id": "7", "company_external_id": "C1", "email": "m@x.example"}
        first = self.imported(order(address=address(**ACME), customer=customer))
        colleague = {"external_id": "8", "company_external_id": "C1", "email": "p@x.example"}
        second = self.imported(order(address=address(company="ACME renamed"), customer=colleague))
        self.assertEqual(second.partner_id.parent_id, first.partner_id.parent_id)

    def test_contact_that_a_person_put_under_a_company(self):
        first = self.imported(order())
        company = self.env["res.partner"].create({"name": "ACME SA", "is_company": True})
        first.partner_id.parent_id = company
        self.assertEqual(self.imported(order()).partner_id, first.partner_id)
        second = self.imported(order(address=address(**ACME)))
        self.assertEqual(second.partner_id, first.partner_id)
        self.assertEqual(len(self.customers(is_company=True)), 1)


class TestOddCustomers(CustomerCase):
    def test_endless_name(self):
        person = {"external_id": "7", "last_name": "X" * 999}
        body = order(customer=person, address=address(last_name="Y" * 900, street="Z" * 900))
        sale_order = self.imported(body)
        self.assertEqual(len(sale_order.partner_id.name), 250)
        too_long = order(customer={"last_name": "X" * 10_000})
        self.assert_card(self.import_orders(too_long), "blocked", "invalid_order")

    def test_emoji_html_and_formulas_are_kept_as_text(self):
        for name in (
            "Zoë 🦄",
            "<script>alert(1)</script>",
            "=HYPERLINK(1)",
            "%(x)s {0} \\",
            "'; --",
        ):
            with self.subTest(name=name):
                person = {"external_id": name, "last_name": name}
                card = self.import_orders(order(line(name=name), customer=person))
                self.assertEqual(card.state, "imported", card.message)
                self.assertEqual(card.sale_order_id.partner_id.name, name)
                self.assertNotIn("<script>", card.comparison_html)

    def test_email_that_is_none(self):
        person = {"external_id": "7", "email": "not an address", "last_name": "Curie"}
        self.assertEqual(self.imported(order(customer=person)).partner_id.name, "Curie")

    def test_states_by_code_and_by_name(self):
        for number, (country, values, code) in enumerate((
            ("US", {"state_code": "CA"}, "CA"),
            ("US", {"state_name": "california"}, "CA"),
            ("IT", {"state_code": "RM"}, "RM"),
            ("CA", {"state_name": "Québec"}, "QC"),
            ("US", {"state_code": "??"}, False),
        )):  # fmt: skip
            with self.subTest(values=values):
                rows = [line("10.00", 22 if country == "IT" else 0)]
                customer = {"external_id": f"s{number}", "last_name": "S"}
                place = address(country=country, zip="", **values)
                partner = self.imported(order(*rows, address=place, customer=customer)).partner_id
                self.assertEqual(partner.state_id.code, code)

    def test_country_that_does_not_exist(self):
        card = self.import_orders(order(address=address(country="XX")))
        self.assert_card(card, "blocked", "country_unknown")
        self.assertIn('"XX"', card.message)
        self.assertFalse(self.customers())

    def test_languages(self):
        for code, lang in (("fr", "fr_FR"), ("fr-CA", "fr_FR"), ("en_GB", "en_US"), ("xx", False)):
            person = {"external_id": code, "last_name": code}
            partner = self.imported(order(customer=person, language=code)).partner_id
            self.assertEqual(partner.lang, lang or self.env.lang or partner.lang, code)

    def test_malformed_number_does_not_stop_the_order(self):
        for number in ("FR123", "n/a", "12345678901234567890"):
            body = order(address=address(**ACME), vat_candidates=vat(number),
                         customer={"external_id": number, "last_name": "V"})  # fmt: skip
            self.assertFalse(self.imported(body).partner_id.parent_id.vat)

    def test_many_customers_cost_few_queries(self):
        """One more customer must not cost one more search."""

        def queries(prefix, count):
            customers = [
                {"external_id": f"{prefix}{i}", "email": f"{prefix}{i}@x.example", "last_name": "N"}
                for i in range(count)
            ]
            cards = self.stage(
                *(order(shipping_address=address(**LYON), customer=customer)
                  for customer in customers)
            )  # fmt: skip
            drafts = self.env["ciama.importer"]._drafts(cards)
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.env["ciama.partners"]._resolve(self.shop, drafts)
            self.env.flush_all()
            self.assertEqual(len({draft.partner for draft in drafts}), count)
            return self.env.cr.sql_log_count - before

        queries("warm", 2)
        few, many = queries("a", 5), queries("b", 45)
        self.assertLessEqual((many - few) / 40, 2)  # Odoo's own, one for each new record
