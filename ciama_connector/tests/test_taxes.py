"""Odoo decides the fiscal position; the shop's rates are the proof, or the order waits."""

import socket
from unittest.mock import patch

import requests

from .common import address, line, order, shipping
from .vat_case import BUSINESS, EXPORT, GERMAN, ITALIAN, ITALIAN_VAT, VatCase, business


class TestFiscalPositions(VatCase):
    def assert_position(self, sale_order, position, *taxes):
        self.assertEqual(sale_order.fiscal_position_id.name, position)
        self.assertEqual(sale_order.order_line.tax_ids.mapped("name"), list(taxes))

    def test_number_without_prefix(self):
        sale_order = self.imported(order(line("10.00", 0), **business("00743110157")))
        self.assert_position(sale_order, BUSINESS, "0% EU G")
        self.assertEqual(sale_order.partner_invoice_id.vat, ITALIAN_VAT)

    def test_sole_trader_without_company_name(self):
        sale_order = self.imported(order(line("10.00", 0), **business(company="")))
        self.assert_position(sale_order, BUSINESS, "0% EU G")
        self.assertEqual(sale_order.partner_id.vat, ITALIAN_VAT)

    def test_greek_number_has_another_prefix(self):
        self.answer_vies("EL094259216")
        place = {"street": "Ermou 1", "zip": "10563", "city": "Athina", "country": "GR"}
        sale_order = self.imported(order(line("10.00", 0), **business("094259216", **place)))
        self.assert_position(sale_order, BUSINESS, "0% EU G")
        self.assertEqual(sale_order.partner_id.commercial_partner_id.vat, "EL094259216")

    def test_overseas_department_written_as_france(self):
        """Shops that know no Réunion write France and its postcode."""
        sale_order = self.imported(
            order(line("10.00", 0), address=address(zip="97400", city="Saint-Denis"))
        )
        self.assert_position(sale_order, EXPORT, "0% EX G")
        self.assertEqual(sale_order.partner_shipping_id.country_id.code, "RE")

    def test_position_of_a_customer_made_by_a_person(self):
        customer = self.imported(order()).partner_id
        customer.property_account_position_id = self.position(BUSINESS)
        self.assert_position(self.imported(order(line("10.00", 0))), BUSINESS, "0% EU G")

    def test_several_countries_in_one_batch(self):
        bodies = [
            order(line("10.00"), customer={"external_id": "1", "last_name": "A"}),
            order(line("10.00", 19), address=address(**GERMAN),
                  customer={"external_id": "2", "last_name": "B"}),
            order(line("10.00", 0), **business(), customer={"external_id": "3"}),
        ]  # fmt: skip
        cards = self.import_orders(*bodies)
        self.assertEqual(
            [card.sale_order_id.fiscal_position_id.name for card in cards],
            ["Domestic - France", "OSS B2C Germany", BUSINESS],
        )

    def test_odoo_is_asked_once_for_each_kind_of_customer(self):
        bodies = [
            order(line("10.00", 19), address=address(**{**GERMAN, "zip": f"{10115 + index}"}),
                  customer={"external_id": f"{index}", "last_name": f"Nr. {index}"})
            for index in range(10)
        ]  # fmt: skip
        positions = self.registry["account.fiscal.position"]
        real = positions._get_fiscal_position
        with patch.object(
            positions, "_get_fiscal_position", autospec=True, side_effect=real
        ) as ask:
            self.imported(*bodies)
        self.assertEqual(ask.call_count, 1)


class TestRates(VatCase):
    def test_reduced_rate_that_the_product_lacks(self):
        """The shop sells a book at 5.5 %, Odoo's product has the default 20 %."""
        sale_order = self.imported(order(line("20.00", "5.5")))
        self.assertEqual(sale_order.order_line.tax_ids, self.sales_tax(5.5))
        self.assert_amounts(sale_order, untaxed="20.00", tax="1.10", total="21.10")

    def test_reduced_rate_of_a_service(self):
        self.chair.type = "service"
        sale_order = self.imported(order(line("20.00", 10)))
        self.assertEqual(sale_order.order_line.tax_ids, self.sales_tax(10, "service"))

    def test_tax_that_is_not_active(self):
        """8.5 % sleeps in the French chart: once it is woken, a retry takes it."""
        card = self.import_orders(order(line("10.00", "8.5")))
        self.assert_card(card, "held", "tax_rate_differs")
        for fact in ("8.5 %", "20 %", "Domestic - France", "Chair"):
            self.assertIn(fact, card.message)
        self.assertFalse(card.sale_order_id)

        sleeping = self.env["account.tax"].search(
            [
                ("company_id", "=", self.company.id),
                ("name", "=", "8.5% G"),
                ("type_tax_use", "=", "sale"),
                ("active", "=", False),
            ]
        )
        sleeping.active = True
        card.with_context(queue_job__no_delay=True).action_retry()
        self.assertEqual(card.state, "imported", card.message)
        self.assertEqual(card.sale_order_id.order_line.tax_ids, sleeping)

    def test_rate_that_the_shop_hides(self):
        rows = [{"amount": "1.10", "label": "VAT"}]
        sale_order = self.imported(order(line("20.00", taxes=rows)))
        self.assertEqual(sale_order.order_line.tax_ids, self.sales_tax(5.5))

    def test_product_with_its_tax_inside_the_price(self):
        included = self.env["account.tax"].search(
            [("name", "=", "20% G INC"), ("type_tax_use", "=", "sale")]
        )
        self.chair.taxes_id = included
        sale_order = self.imported(order(line("49.98", tax_amount="9.99", quantity="3")))
        self.assertEqual(sale_order.order_line.tax_ids, included)
        self.assert_amounts(sale_order, untaxed="49.98", tax="9.99", total="59.97")
        self.assert_amounts(self.invoice(sale_order), untaxed="49.98", tax="9.99", total="59.97")

    def test_company_whose_prices_include_tax(self):
        self.company.account_price_include = "tax_included"
        self.assertTrue(self.sales_tax(5.5).price_include)
        rows = line("20.00"), line("3.33", "5.5", "0.19"), shipping("4.16", 20, "0.84")
        sale_order = self.imported(order(*rows))
        self.assert_amounts(sale_order, untaxed="27.49", tax="5.03", total="32.52")
        self.assert_taxes(sale_order, **{"20": "4.84", "5.5": "0.19"})
        self.assert_amounts(self.invoice(sale_order), untaxed="27.49", tax="5.03", total="32.52")

    def test_placeholder_takes_the_line_s_rate(self):
        self.shop.unknown_product_policy = "placeholder"
        sale_order = self.imported(order(line("10.00", sku="NEW"), line("10.00", 10, sku="NEW2")))
        self.assert_taxes(sale_order, **{"20": "2.00", "10": "1.00"})

    def test_product_without_tax_is_not_called_exempt(self):
        self.chair.taxes_id = False
        card = self.import_orders(order(line("10.00", 20)))
        self.assert_card(card, "held", "tax_rate_differs")


class TestMapping(VatCase):
    def test_person_maps_the_rate_and_frees_the_orders(self):
        bodies = [order(line("10.00", "8.5")) for _index in range(2)]
        cards = self.import_orders(*bodies)
        mapping = self.env["ciama.mapping.tax"].search([("shop_id", "=", self.shop.id)])
        self.assertEqual((mapping.value, mapping.label), ("FR 8.5", "TVA 8.5%"))
        self.assertEqual((mapping.waiting_count, mapping.mapped), (2, False))
        self.assertEqual(cards[0].action_mend()["res_model"], "ciama.mend.vat")

        mapping.tax_ids = self.make_tax(8.5)
        mapping.with_context(queue_job__no_delay=True).action_free_orders()
        self.assertEqual(cards.mapped("state"), ["imported", "imported"])
        mapping.invalidate_recordset()
        self.assertEqual(mapping.waiting_count, 0)
        for sale_order in cards.sale_order_id:
            self.assert_taxes(sale_order, **{"8.5": "0.85"})

    def test_person_accepts_the_exemption(self):
        card = self.import_orders(order(line("10.00", 0)))
        mapping = self.env["ciama.mapping.tax"].search([("value", "=", card.waits_for)])
        self.assertEqual(mapping.value, "FR 0")
        mapping.no_tax = True
        mapping.with_context(queue_job__no_delay=True).action_free_orders()
        self.assertEqual(card.state, "imported")
        self.assert_amounts(card.sale_order_id, untaxed="10.00", tax="0.00", total="10.00")

    def test_mapping_of_another_shop_frees_nothing(self):
        other = self.make_shop(name="Other")
        self.env["ciama.mapping.tax"].create(
            {"shop_id": other.id, "value": "FR 8.5", "tax_ids": self.sales_tax(20).ids}
        )
        card = self.import_orders(order(line("10.00", "8.5")))
        self.assert_card(card, "held", "tax_rate_differs")


class TestNoNetwork(VatCase):
    """An import never asks VIES or anything else, even where Odoo would."""

    def watched(self, work):
        """Entries to the network that ``work`` used."""
        calls = []

        def forbidden(name):
            def record(*_args, **_kwargs):
                calls.append(name)
                raise OSError("no network here")

            return record

        with (
            patch("odoo.addons.base_vat.models.res_partner.check_vies", forbidden("vies")),
            patch.object(requests.sessions.Session, "send", forbidden("requests")),
            patch.object(socket.socket, "connect", forbidden("socket")),
            patch("socket.create_connection", forbidden("socket")),
            patch("socket.getaddrinfo", forbidden("dns")),
        ):
            work()
            self.env.flush_all()
        return calls

    def test_the_watch_works(self):
        self.company.vat_check_vies = True
        partners = self.env["res.partner"]
        self.assertEqual(
            self.watched(lambda: partners.create({"name": "R", "vat": ITALIAN_VAT})), ["vies"]
        )

    def test_new_known_and_changed_companies(self):
        self.company.vat_check_vies = True
        for number in ("IT02355260981", "IT00905811006"):
            self.answer_vies(number)
        known = self.env["res.partner"].with_context(no_vat_validation=True).create(
            {"name": "Bianchi", "is_company": True, "vat": False, "email": "b@bianchi.example"}
        )  # fmt: skip
        self.env["res.partner"].create(
            {"name": "Anna", "parent_id": known.id, "email": "anna@bianchi.example"}
        )
        new = order(line("10.00", 0), **business())
        completed = order(
            line("10.00", 0),
            **business("IT02355260981", company="Bianchi"),
            customer={"external_id": "9", "email": "anna@bianchi.example", "last_name": "Anna"},
        )
        trader = order(
            line("10.00", 0), **business("IT00905811006", ""), customer={"last_name": "Verdi"}
        )
        cards = []
        calls = self.watched(lambda: cards.extend(self.import_orders(new, completed, trader)))
        self.assertEqual(calls, [])
        for card in cards:
            self.assertEqual(card.state, "imported", card.message)
        self.assertEqual(known.vat, "IT02355260981")
        self.assertTrue(known.vies_valid, "as VIES told us before")

        moved = {**new, "billing_address":
                 address(company="Rossi S.r.l.", **{**ITALIAN, "city": "Ostia"}),
                 "updated_at": "2026-03-03T10:00:00+00:00"}  # fmt: skip
        self.assertEqual(self.watched(lambda: self.import_orders(moved)), [])
