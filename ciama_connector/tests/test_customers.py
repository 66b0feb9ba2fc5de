"""Customers are found before they are created, completed but not overwritten."""

from .common import ImportCase, address, line, order

LYON = {"street": "3 place Bellecour", "zip": "69002", "city": "Lyon"}
VAT = "FR40303265045"
ACME = {"company": "ACME SA"}


def vat(number=VAT):
    return [{"value": number, "source": "billing_address.vat_number"}]


class CustomerCase(ImportCase):
    def customers(self, **values):
        """Contacts without parent made since the test began, or with ``values``."""
        domain = [(name, "=", value) for name, value in values.items()]
        return self.env["res.partner"].search([("id", ">", self.last), *domain], order="id")

    def setUp(self):
        super().setUp()
        partners = self.env["res.partner"].with_context(active_test=False)
        self.last = partners.search([], order="id desc", limit=1).id


class TestNewCustomers(CustomerCase):
    def test_one_person_one_address(self):
        sale_order = self.imported(order(billing_address=address(phone="+33 1 02 03 04 05")))
        partner = sale_order.partner_id
        self.assertEqual(self.customers(), partner)
        self.assertRecordValues(
            partner,
            [
                {
                    "name": "Marie Curie",
                    "email": "marie@curie.example",
                    "phone": "+33 1 02 03 04 05",
                    "street": "11 rue Pierre et Marie Curie",
                    "zip": "75005",
                    "city": "Paris",
                    "country_id": self.env.ref("base.fr").id,
                    "lang": "fr_FR",
                    "is_company": False,
                    "customer_rank": 1,
                    "company_id": False,
                }
            ],
        )
        self.assertEqual(sale_order.partner_invoice_id, partner)
        self.assertEqual(sale_order.partner_shipping_id, partner)

    def test_delivery_elsewhere_is_a_child(self):
        friend = address(first_name="Irène", last_name="Joliot", phone="0601020304", **LYON)
        sale_order = self.imported(order(shipping_address=friend))
        self.assertEqual(sale_order.partner_invoice_id, sale_order.partner_id)
        self.assertRecordValues(
            sale_order.partner_shipping_id,
            [
                {
                    "name": "Irène Joliot",
                    "type": "delivery",
                    "parent_id": sale_order.partner_id.id,
                    "city": "Lyon",
                    "phone": "0601020304",
                }
            ],
        )

    def test_delivery_to_a_company_of_a_private_customer(self):
        sale_order = self.imported(order(shipping_address=address(company="Institut", **LYON)))
        delivery = sale_order.partner_shipping_id
        self.assertFalse(sale_order.partner_id.parent_id)
        self.assertEqual(delivery.name, "Institut, Marie Curie")
        again = self.imported(order(shipping_address=address(company="INSTITUT", **LYON)))
        self.assertEqual(again.partner_shipping_id, delivery)

    def test_company_with_a_contact(self):
        sale_order = self.imported(order(address=address(**ACME), vat_candidates=vat()))
        contact, company = sale_order.partner_id, sale_order.partner_id.parent_id
        self.assertRecordValues(
            company,
            [{"name": "ACME SA", "is_company": True, "vat": VAT, "city": "Paris",
              "email": "marie@curie.example"}],
        )  # fmt: skip
        self.assertEqual((contact.name, contact.type), ("Marie Curie", "contact"))
        self.assertEqual(sale_order.partner_invoice_id, company)
        self.assertEqual(sale_order.partner_shipping_id.commercial_partner_id, company)
        self.assertEqual(sale_order.partner_shipping_id.name, "Marie Curie")

    def test_guests_are_customers(self):
        guest = {"is_guest": True, "email": "guest@x.example", "last_name": "Guest"}
        first, second = self.imported(order(customer=guest)), self.imported(order(customer=guest))
        self.assertEqual(first.partner_id, second.partner_id)
        self.assertEqual(first.partner_id.name, "Guest")

    def test_customer_without_id_and_email(self):
        """Marketplaces: each order has its own customer, the same for its changes."""
        body = order(customer={})
        first = self.imported(body)
        self.assertEqual(first.partner_id.name, "Marie Curie")
        self.assertNotEqual(self.imported(order(customer={})).partner_id, first.partner_id)
        again = {**body, "billing_address": address(**LYON), "shipping_address": address(**LYON)}
        self.assertEqual(self.imported(again).partner_id, first.partner_id)

    def test_sale_over_the_counter(self):
        nobody = {"customer": {}, "billing_address": None, "shipping_address": None}
        first = self.imported(order(channel="pos", **nobody))
        second = self.imported(order(channel="pos", **nobody))
        self.assertEqual(first.partner_id, second.partner_id)

    def test_nobody_at_all(self):
        body = order(line(requires_shipping=False))
        body |= {"customer": {}, "billing_address": None, "shipping_address": None}
        self.assert_card(self.import_orders(body), "blocked", "customer_missing")

    def test_goods_without_address(self):
        body = order() | {"billing_address": None, "shipping_address": None}
        self.assert_card(self.import_orders(body), "blocked", "address_missing")
        self.assertFalse(self.customers())

    def test_service_without_address(self):
        """A download needs no address; its customer's country is not known."""
        self.chair.type = "service"
        body = order(line(requires_shipping=False))
        sale_order = self.imported(body | {"billing_address": None, "shipping_address": None})
        self.assertFalse(sale_order.partner_id.country_id)
        # The first address that comes later becomes the customer's own.
        later = self.imported(order())
        self.assertEqual(later.partner_id, sale_order.partner_id)
        self.assertEqual(later.partner_id.city, "Paris")
        self.assertEqual(later.partner_shipping_id, later.partner_id)

    def test_only_a_country(self):
        mere = {"first_name": "Marie", "last_name": "Curie", "country": "FR"}
        self.imported(order())
        self.assertEqual(self.imported(order(address=mere)).partner_shipping_id.city, "Paris")
        self.assertEqual(len(self.customers()), 1)
        sale_order = self.imported(order(line("10.00", 19), address={**mere, "country": "DE"}))
        self.assertEqual(sale_order.partner_shipping_id.country_id.code, "DE")
        self.assertEqual(sale_order.partner_id.country_id.code, "FR")


class TestKnownCustomers(CustomerCase):
    def test_found_by_id_although_everything_else_changed(self):
        first = self.imported(order())
        customer = {"external_id": "7", "email": "new@x.example", "last_name": "Sklodowska"}
        second = self.imported(order(customer=customer))
        self.assertEqual(second.partner_id, first.partner_id)
        # The shop's own customer is followed; a name stays, documents show it.
        self.assertEqual(first.partner_id.email, "new@x.example")
        self.assertEqual(first.partner_id.name, "Marie Curie")

    def test_found_by_email_in_any_case(self):
        known = self.env["res.partner"].create(
            {
                "name": "M. Curie",
                "email": '"Marie" <MARIE@Curie.example>',
                "phone": "12",
                "lang": "en_US",
            }
        )
        sale_order = self.imported(order(billing_address=address(phone="0102030405")))
        self.assertEqual(sale_order.partner_id, known)
        # Odoo's data is completed, not overwritten by a shop that meets it first.
        self.assertRecordValues(
            known, [{"name": "M. Curie", "phone": "12", "city": False, "lang": "en_US"}]
        )
        self.assertEqual(sale_order.partner_invoice_id.parent_id, known)
        self.assertEqual(sale_order.partner_invoice_id.city, "Paris")

    def test_nothing_is_blanked(self):
        self.imported(order(billing_address=address(phone="0102030405", street2="Apt 4")))
        bare = {"external_id": "7"}
        partner = self.imported(order(customer=bare, language="")).partner_id
        self.assertEqual(partner.phone, "0102030405")
        self.assertEqual(partner.street2, "Apt 4")
        self.assertEqual((partner.email, partner.lang), ("marie@curie.example", "fr_FR"))

    def test_same_address_typed_differently(self):
        first = self.imported(order())
        messy = address(street=" 11, RUE Pierre et Marie-Curie ", city="PARIS", zip="75 005",
                        last_name="CURIE")  # fmt: skip
        second = self.imported(order(address=messy))
        self.assertEqual(second.partner_shipping_id, first.partner_shipping_id)
        self.assertEqual(len(self.customers()), 1)

    def test_changed_address_is_a_new_child(self):
        first = self.imported(order())
        second = self.imported(order(address=address(**LYON)))
        self.assertEqual(second.partner_id, first.partner_id)
        self.assertEqual(first.partner_id.city, "Paris")
        self.assertEqual(second.partner_shipping_id.city, "Lyon")
        self.assertEqual(second.partner_shipping_id, second.partner_invoice_id)
        third = self.imported(order(address=address(**LYON)))
        self.assertEqual(third.partner_shipping_id, second.partner_shipping_id)
        self.assertEqual(len(self.customers()), 2)

    def test_one_customer_twice_in_a_batch(self):
        first, second, third = self.imported(
            order(), order(shipping_address=address(**LYON)), order(address=address(**LYON))
        )
        self.assertEqual(first.partner_id | second.partner_id | third.partner_id, first.partner_id)
        self.assertEqual(second.partner_shipping_id, third.partner_shipping_id)
        self.assertEqual(len(self.customers()), 2)

    def test_two_accounts_with_one_email_in_a_batch(self):
        one = {"external_id": "1", "email": "m@x.example", "last_name": "A"}
        two = {"external_id": "2", "email": "M@X.example", "last_name": "A"}
        first, second = self.imported(order(customer=one), order(customer=two))
        self.assertEqual(first.partner_id, second.partner_id)

    def test_two_shops_share_a_customer(self):
        other = self.make_shop(name="Other")
        first = self.imported(order())
        stranger = {"external_id": "7", "email": "else@x.example", "last_name": "Else"}
        second = self.imported(order(customer=stranger), shop=other)
        self.assertNotEqual(first.partner_id, second.partner_id)  # ids are of one shop only
        same = {"external_id": "99", "email": "marie@curie.example", "last_name": "Curie"}
        third = self.imported(order(customer=same), shop=other)
        self.assertEqual(third.partner_id, first.partner_id)
        self.assertEqual(self.customers(parent_id=False), (first | second).partner_id)

    def test_phones_are_compared_as_numbers(self):
        partner = self.imported(
            order(billing_address=address(phone="+33 1 02 03 04 05"))
        ).partner_id
        for text in ("01.02.03.04.05", "0033 102030405", "+33102030405"):
            self.imported(order(billing_address=address(phone=text)))
            self.assertEqual(partner.phone, "+33 1 02 03 04 05")
        self.imported(order(billing_address=address(phone="06 07 08 09 10")))
        self.assertEqual(partner.phone, "06 07 08 09 10")

    def test_archived_customer_stays_archived(self):
        first = self.imported(order())
        first.partner_id.active = False
        second, third = self.imported(order()), self.imported(order())
        self.assertNotEqual(second.partner_id, first.partner_id)
        self.assertEqual(third.partner_id, second.partner_id)
        self.assertFalse(first.partner_id.active)

    def test_deleted_customer(self):
        card = self.import_orders(order(status="pending", payment_status="pending"))
        partner = card.sale_order_id.partner_id
        card.sale_order_id.action_cancel()
        card.sale_order_id.unlink()
        partner.unlink()
        self.assertTrue(self.imported(order()).partner_id)

    def test_customer_of_another_company_of_the_group(self):
        other = self.env["res.company"].create({"name": "Other"})
        first = self.imported(order())
        first.partner_id.company_id = other
        second, third = self.imported(order()), self.imported(order())
        self.assertNotEqual(second.partner_id, first.partner_id)
        self.assertEqual(third.partner_id, second.partner_id)
