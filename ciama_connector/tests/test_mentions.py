"""Legal mentions on printed invoices, in the customer's language, none of them twice."""

import io
import re
import shutil
from unittest import skipUnless
from unittest.mock import patch

from odoo.tests import HttpCase, new_test_user
from odoo.tools import config, html2plaintext
from odoo.tools.pdf import OdooPdfFileReader
from odoo.tools.translate import code_translations

from .common import line, order
from .test_vat_kind import VatKindCase

GOODS = "article 138 of Directive 2006/112/EC, article 262 ter I of the French tax code (CGI)"


class TestMentions(VatKindCase):
    def printed(self, move):
        """The text of the invoice as the PDF and the portal show it."""
        report = self.env["ir.actions.report"].with_context(lang="en_US")
        html, _kind = report._render_qweb_html("account.account_invoices", move.ids)
        return re.sub(r"\s+", " ", html2plaintext(html.decode()))

    def service(self):
        return self.make_product("ADVICE", type="service", taxes_id=self.sales_tax(20, "service"))

    def test_nothing_on_domestic_invoices(self):
        for vat in (False, "FR23334175221"):
            move = self.document(self.customer("FR", vat=vat))
            self.assertEqual(move._ciama_mentions(), [])
            self.assertNotIn("Directive", self.printed(move))

    def test_goods_for_a_business_of_another_member_state(self):
        move = self.document(self.customer("DE", vat="DE123456788"))
        text = self.printed(move)
        self.assertIn(f"Intra-Community supply of goods, exempt from VAT: {GOODS}.", text)
        self.assertIn("VAT number of the seller: FR23334175221.", text)
        self.assertIn("VAT number of the customer: DE123456788.", text)
        self.assertEqual(len(re.findall(r"\b138\b", text)), 1, "the note of the tax gives way")

    def test_services_for_a_business_of_another_member_state(self):
        line_values = {"product_id": self.service().id, "price_unit": 80}
        move = self.document(self.customer("GR", vat="EL123456783"), line_values)
        text = self.printed(move)
        self.assertIn("Reverse charge: the customer owes the VAT", text)
        self.assertIn("article 283-2 of the French tax code (CGI)", text)
        self.assertIn("VAT number of the customer: EL123456783.", text)
        self.assertEqual(len(re.findall(r"\b196\b", text)), 1)
        self.assertNotIn("262 ter", text)

    def test_goods_and_services(self):
        move = self.document(
            self.customer("DE", vat="DE123456788"),
            50,
            {"product_id": self.service().id, "price_unit": 80},
        )
        mentions = move._ciama_mentions()
        self.assertEqual(len(mentions), 3, mentions)
        self.assertIn("262 ter", mentions[0])
        self.assertIn("283-2", mentions[1])
        self.assertIn("DE123456788", mentions[2])

    def test_exports(self):
        for country, articles in (
            ("CH", "article 262 I of the French tax code (CGI)"),
            ("RE", "articles 262 I and 294 of the French tax code (CGI)"),
        ):
            with self.subTest(country=country):
                text = self.printed(self.document(self.customer(country)))
                self.assertIn("Export exempt from VAT: article 146 of Directive", text)
                self.assertIn(articles, text)

    def test_services_outside_the_union(self):
        line_values = {"product_id": self.service().id, "price_unit": 80}
        for is_company, article in ((True, "259-1"), (False, "259 C")):
            customer = self.customer("CH", is_company=is_company)
            text = self.printed(self.document(customer, line_values))
            self.assertIn("Service supplied outside the European Union", text)
            self.assertIn(f"article {article} of the French tax code", text)

    def test_one_stop_shop(self):
        text = self.printed(self.document(self.customer("DE")))
        self.assertIn("VAT of Germany, declared through the One Stop Shop (OSS)", text)

    def test_triangular_transaction(self):
        customer = self.customer("IT", vat="IT00743110157")
        delivery = self.customer("DE", parent_id=customer.id, type="delivery")
        move = self.document(customer, partner_shipping_id=delivery.id)
        text = self.printed(move)
        self.assertIn(GOODS, text)
        self.assertIn("Triangular transaction: goods delivered in Germany", text)
        self.assertIn("article 141 of Directive 2006/112/EC", text)

    def test_the_note_of_the_fiscal_position_stands_alone(self):
        move = self.document(self.customer("CH"))
        move.fiscal_position_id.note = "<p>Exonération de TVA, art. 262&nbsp;I du CGI</p>"
        self.assertEqual(move._ciama_mentions(), [])
        self.assertEqual(len(re.findall(r"262\s*I\b", self.printed(move))), 1)
        move.fiscal_position_id.note = "<p>Thank you for your order.</p>"
        text = self.printed(move)
        self.assertIn("Thank you", text)
        self.assertIn("Export exempt from VAT", text)

    def test_a_note_of_the_tax_that_says_it_all_stands_alone(self):
        move = self.document(self.customer("DE", vat="DE123456788"))
        note = "<p>Exempt: art. 138 Directive 2006/112/EC and art. 262 ter I CGI</p>"
        move.line_ids.tax_ids.invoice_legal_notes = note
        text = self.printed(move)
        self.assertEqual(len(re.findall(r"\b138\b", text)), 1)
        self.assertIn("Exempt: art. 138", text)
        self.assertIn("VAT number of the seller", text)

    def test_the_customer_reads_it_in_his_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        sentence = "Intra-Community supply of goods, exempt from VAT: %(articles)s."
        french = {sentence: "Livraison intracommunautaire exonérée : %(articles)s."}
        zero = self.env["account.tax"].search(
            [("name", "=", "0% EU G"), ("company_id", "=", self.company.id)]
        )
        said = "Exempt: art. 138 Directive 2006/112/EC and art. 262 ter I CGI"
        translated = "Exonération, art. 138 Directive 2006/112/CE, art. 262 ter I CGI"
        customer = self.customer("DE", vat="DE123456788", lang="fr_FR")
        for note, in_french in ((None, False), (said, False), (said, True)):
            if note:
                zero.invoice_legal_notes = f"<p>{note}</p>"
            if in_french:
                zero.update_field_translations("invoice_legal_notes", {"fr_FR": {said: translated}})
            move = self.document(customer)
            with patch.object(
                code_translations,
                "get_python_translations",
                lambda _module, lang: french if lang == "fr_FR" else {},
            ):
                text = self.printed(move)
            with self.subTest(note=note, in_french=in_french):
                self.assertEqual("Livraison intracommunautaire exonérée" in text, not in_french)
                self.assertEqual("Exonération, art. 138" in text, in_french)
                self.assertNotIn("Exempt", text)
                self.assertEqual(len(re.findall(r"\b138\b", text)), 1)

    def test_credit_notes_bear_them_too(self):
        invoice = self.document(self.customer("DE", vat="DE123456788"))
        note = invoice._reverse_moves([{"invoice_date": "2026-03-05"}], cancel=True)
        self.assertIn("262 ter I", self.printed(note))

    def test_the_shops_order_number(self):
        body = order(line("10.00"), number="A-4711")
        invoice = self.invoice(self.imported(body))
        invoice.partner_id.lang = "en_US"
        self.assertIn("A-4711", self.printed(invoice))
        note = invoice._reverse_moves([{"ref": "returned", "invoice_date": "2026-03-05"}])
        note.action_post()
        self.assertIn("*Shop Order* A-4711", self.printed(note))
        self.assertEqual(self.printed(invoice).count("A-4711"), 1)
        note.ref = "A-47110 returned"
        self.assertEqual(note._ciama_order_numbers(), "A-4711")
        note.ref = "A-4711: returned"
        self.assertEqual(note._ciama_order_numbers(), "")

    def test_the_invoice_that_a_credit_note_corrects(self):
        invoice = self.document(self.customer("FR"))
        self.assertNotIn("Original Invoice", self.printed(invoice))
        note = invoice._reverse_moves([{"ref": "returned", "invoice_date": "2026-03-05"}])
        self.assertIn(f"*Original Invoice* {invoice.name}", self.printed(note))
        note.ref = f"Reversal of: {invoice.name}"
        self.assertEqual(self.printed(note).count(invoice.name), 1)

    def test_a_bookkeeper_who_sees_no_orders_prints_it(self):
        invoice = self.invoice(self.imported(order(line("10.00"), number="A-4711")))
        bookkeeper = new_test_user(
            self.env, "biller", "account.group_account_invoice", company_id=self.company.id
        )
        report = self.env["ir.actions.report"].with_user(bookkeeper)
        html, _kind = report._render_qweb_html("account.account_invoices", invoice.ids)
        self.assertIn("A-4711", html.decode())

    def test_bills_have_none(self):
        bill = self.document(self.customer("DE", vat="DE123456788"), move_type="in_invoice")
        self.assertEqual(bill._ciama_mentions(), [])

    @skipUnless(shutil.which("wkhtmltopdf"), "no PDF engine")
    def test_factur_x_is_still_made(self):
        """The PDF has the XML of the invoice inside, with the totals of the ledger."""
        customer = self.customer(
            "DE", vat="DE123456788", is_company=True, invoice_edi_format="facturx"
        )
        bank = self.env["res.partner.bank"].create(
            {
                "acc_number": "FR7630006000011234567890189",
                "partner_id": self.company.partner_id.id,
                "allow_out_payment": True,
            }
        )
        move = self.document(customer, 70, partner_bank_id=bank.id)
        # Odoo embeds nothing while tests run, unless it does not know that they do.
        with patch.dict(config.options, {"test_enable": False}):
            self.env["account.move.send"].with_context(
                force_report_rendering=True
            )._generate_and_send_invoices(move, sending_methods=["manual"])
        pdf = move.invoice_pdf_report_id
        reader = OdooPdfFileReader(io.BytesIO(pdf.raw), strict=False)
        attached = dict(reader.getAttachments())
        self.assertIn("factur-x.xml", attached)
        self.assertIn(b"<ram:GrandTotalAmount>70.00<", attached["factur-x.xml"])


class TestPortal(VatKindCase, HttpCase):
    def test_the_portal_shows_the_same(self):
        move = self.document(self.customer("DE", vat="DE123456788"))
        page = self.url_open(move.get_portal_url(report_type="html"))
        self.assertEqual(page.status_code, 200)
        self.assertIn(GOODS, html2plaintext(page.text))
