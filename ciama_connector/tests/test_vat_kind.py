"""The VAT kind of documents, also of those that somebody makes by hand."""

from odoo.tests import Form

from .common import ImportCase


class VatKindCase(ImportCase):
    """Invoices made by hand: the fiscal position and the taxes are Odoo's own choice."""

    @classmethod
    def customer(cls, country, **values):
        code = values.pop("state", None)
        country = cls.env["res.country"].search([("code", "=", country)])
        state = country.state_ids.filtered(lambda state: state.code == code)
        return cls.env["res.partner"].create(
            {"name": "Customer", "country_id": country.id, "state_id": state.id, **values}
        )

    @classmethod
    def document(cls, partner, *lines, post=True, **values):
        """A document with a line for each of ``lines``: amounts, or dicts of line values."""
        rows = [row if isinstance(row, dict) else {"price_unit": row} for row in lines or (100,)]
        move = cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "company_id": cls.company.id,
                "invoice_date": "2026-03-02",
                "invoice_line_ids": [
                    (0, 0, {"product_id": cls.chair.id, "quantity": 1, **row}) for row in rows
                ],
                **values,
            }
        )
        if post:
            move.action_post()
        return move

    @classmethod
    def position(cls, name, **values):
        return cls.env["account.fiscal.position"].create(
            {"name": name, "company_id": cls.company.id, **values}
        )

    def assert_kind(self, move, kind, country):
        found = (move.ciama_vat_kind, move.ciama_vat_country_id.code)
        self.assertEqual(found, (kind, country), move.fiscal_position_id.name)


class TestVatKind(VatKindCase):
    def test_every_kind_of_customer(self):
        for kind, vat_country, customer in (
            ("domestic", "FR", self.customer("FR")),
            ("domestic", "FR", self.customer("FR", vat="FR23334175221")),
            ("domestic", "FR", self.customer("MC")),
            ("oss", "DE", self.customer("DE")),
            ("oss", "GR", self.customer("GR")),
            ("intra_eu", "DE", self.customer("DE", vat="DE123456788")),
            ("intra_eu", "GR", self.customer("GR", vat="EL123456783")),
            ("export", "CH", self.customer("CH")),
            ("export", "GB", self.customer("GB", vat="GB434031494")),
            ("export", "US", self.customer("US", state="NY")),
            ("export", "RE", self.customer("RE")),
        ):
            with self.subTest(country=customer.country_id.code, vat=customer.vat):
                self.assert_kind(self.document(customer), kind, vat_country)

    def test_credit_notes_are_of_the_kind_of_the_invoice(self):
        invoice = self.document(self.customer("DE", vat="DE123456788"), ciama_shop_id=self.shop.id)
        note = invoice._reverse_moves([{"invoice_date": "2026-03-05"}], cancel=True)
        self.assertEqual(note.state, "posted")
        self.assert_kind(note, "intra_eu", "DE")
        self.assertEqual(note.ciama_vat_number, "DE123456788")
        self.assertEqual(note.ciama_shop_id, self.shop)

    def test_the_tax_counts_where_it_says_more_than_the_position(self):
        """French VAT charged to a foreign business, or OSS chosen by hand."""
        french = self.sales_tax(20)
        charged = self.document(
            self.customer("DE", vat="DE123456788"), {"tax_ids": [(6, 0, french.ids)]}
        )
        self.assert_kind(charged, "domestic", "FR")
        german = self.env["account.tax"].search(
            [("name", "=", "19.0% DE VAT"), ("company_id", "=", self.company.id)]
        )
        by_hand = self.document(
            self.customer("DE"), {"tax_ids": [(6, 0, german.ids)]}, fiscal_position_id=False
        )
        self.assert_kind(by_hand, "oss", "DE")
        zero = self.env["account.tax"].search(
            [("name", "=", "0% EU G"), ("company_id", "=", self.company.id)]
        )
        by_hand = self.document(
            self.customer("IT", vat="IT00743110157"),
            {"tax_ids": [(6, 0, zero.ids)]},
            fiscal_position_id=False,
        )
        self.assert_kind(by_hand, "intra_eu", "IT")

    def test_an_exempt_or_untaxed_line_changes_nothing(self):
        exempt = self.env["account.tax"].search(
            [("name", "=", "0% EXEMPT G"), ("company_id", "=", self.company.id)]
        )
        for other in ({"price_unit": 10, "tax_ids": False}, {"price_unit": 10, "tax_ids": exempt}):
            move = self.document(self.customer("FR"), 100, other)
            self.assert_kind(move, "domestic", "FR")
        untaxed = {"price_unit": 25, "tax_ids": False}
        self.assert_kind(self.document(self.customer("DE"), 100, untaxed), "oss", "DE")
        self.assert_kind(self.document(self.customer("FR"), untaxed), "domestic", "FR")
        self.assert_kind(self.document(self.customer("CH"), untaxed), "export", "CH")

    def test_two_kinds_in_one_document(self):
        french = self.sales_tax(20, "service")
        move = self.document(
            self.customer("DE"), 100, {"price_unit": 50, "tax_ids": [(6, 0, french.ids)]}
        )
        self.assert_kind(move, "other", "DE")

    def test_positions_of_the_accountant(self):
        """Positions with no tax at all, of one country, of a territory by its postcodes."""
        spain, germany = self.env.ref("base.es"), self.env.ref("base.de")
        zero = self.env["account.tax"].search(
            [("name", "=", "0% EX G"), ("company_id", "=", self.company.id)]
        )
        europe = self.env.ref("account.europe_vat")
        for position, kind in (
            (self.position("Outside Europe"), "export"),
            (self.position("Businesses", country_group_id=europe.id), "intra_eu"),
            (self.position("Spanish Businesses", country_id=spain.id), "intra_eu"),
            (
                self.position(
                    "Büsingen",
                    country_id=germany.id,
                    zip_from="78266",
                    zip_to="78266",
                    tax_ids=[(6, 0, zero.ids)],
                ),
                "export",
            ),
            (
                self.position(
                    "German Registration",
                    country_id=self.env.ref("base.pl").id,
                    foreign_vat="PL8567346215",
                ),
                "other",
            ),
        ):
            with self.subTest(position=position.name):
                self.assertEqual(position.ciama_vat_kind, kind)
        self.assertEqual(zero.ciama_vat_kind, "export")

    def test_northern_ireland(self):
        """Goods for its businesses are intra-EU supplies, by whatever position."""
        zero = self.env["account.tax"].search(
            [("name", "=", "0% EU G"), ("company_id", "=", self.company.id)]
        )
        own = self.position(
            "Northern Ireland",
            country_id=self.env.ref("base.uk").id,
            zip_from="BT1 1AA",
            zip_to="BT94 9ZZ",
            vat_required=True,
            tax_ids=[(6, 0, zero.ids)],
        )
        business = self.env["account.fiscal.position"].search(
            [("name", "=", "Intra-EU B2B"), ("company_id", "=", self.company.id)]
        )
        customer = self.customer("GB", zip="BT1 5GS", vat="XI432525179")
        for position in (own, business):
            move = self.document(
                customer, {"tax_ids": [(6, 0, zero.ids)]}, fiscal_position_id=position.id
            )
            self.assert_kind(move, "intra_eu", "XI")
            self.assertEqual(move.ciama_vat_number, "XI432525179")
            self.assertFalse(self.env["ciama.vat.kind"]._is_triangular(move))

    def test_a_sales_tax_that_is_no_vat(self):
        america = self.env.ref("base.us")
        position = self.position("New York", country_id=america.id)
        state = self.make_tax(7.25, fiscal_position_ids=[(6, 0, position.ids)])
        move = self.document(
            self.customer("US"),
            {"price_unit": 100, "tax_ids": [(6, 0, state.ids)]},
            fiscal_position_id=position.id,
        )
        self.assert_kind(move, "other", "US")

    def test_the_posted_document_does_not_follow_the_customer(self):
        customer = self.customer("DE", vat="DE123456788")
        move = self.document(customer)
        customer.write({"vat": False, "country_id": self.env.ref("base.ch").id})
        self.env.flush_all()
        move.invalidate_recordset()
        self.assert_kind(move, "intra_eu", "DE")
        self.assertEqual(move.ciama_vat_number, "DE123456788")

    def test_numbers_have_the_prefix_of_the_member_state(self):
        for country, vat, number in (
            ("DE", "DE 123 456 788", "DE123456788"),
            ("GR", "EL123456783", "EL123456783"),
            ("GR", "GR123456783", "EL123456783"),
            ("GR", "123456783", "EL123456783"),
            ("GB", "XI432525179", "XI432525179"),
            ("GB", "GB434031494", False),
            ("CH", "CHE-123.456.788 TVA", False),
        ):
            customer = self.customer(country).with_context(no_vat_validation=True)
            customer.vat = vat
            with self.subTest(vat=vat):
                self.assertEqual(self.document(customer).ciama_vat_number or False, number)

    def test_forms_show_it(self):
        move = self.document(self.customer("DE", vat="DE123456788"))
        form = Form(move)
        self.assertEqual(form.ciama_vat_kind, "intra_eu")
        self.assertEqual(Form(move.fiscal_position_id).ciama_vat_kind, "intra_eu")

    def test_only_sales_have_a_kind(self):
        bill = self.document(self.customer("FR"), move_type="in_invoice", post=False)
        self.assertFalse(bill.ciama_vat_kind)
