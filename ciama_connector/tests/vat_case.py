"""What the tests of VAT share: numbers that VIES confirmed, and posted invoices to check."""

from datetime import timedelta

from odoo import fields

from .common import ImportCase, address

GERMAN = {"street": "Hauptstr. 1", "zip": "10115", "city": "Berlin", "country": "DE"}
ITALIAN = {"street": "Via Roma 1", "zip": "00184", "city": "Roma", "country": "IT"}
ITALIAN_VAT = "IT00743110157"
GERMAN_VAT = "DE136695976"
FRENCH_VAT = "FR40303265045"
NORTHERN_IRISH_VAT = "XI110305878"

EXPORT = "Import/Export Outside Europe + DOM-TOM"
BUSINESS = "Intra-EU B2B"
DOMESTIC = "Domestic - France"


def business(number=ITALIAN_VAT, company="Rossi S.r.l.", **place):
    """Values of an order of a company abroad; ``number`` as the shop keeps it."""
    return {
        "address": address(company=company, **(place or ITALIAN)),
        "vat_candidates": [{"value": number, "source": "billing_address.vat_number"}],
    }


class VatCase(ImportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for number in (ITALIAN_VAT, GERMAN_VAT, NORTHERN_IRISH_VAT):
            cls.answer_vies(number)

    @classmethod
    def answer_vies(cls, number, state="valid"):
        """VIES has told this of a number, for good."""
        now = fields.Datetime.now()
        return cls.env["ciama.vies.check"].create(
            {
                "company_id": cls.company.id,
                "number": number,
                "state": state,
                "answered_at": now,
                "valid_until": now + timedelta(days=30),
                "next_attempt": False,
            }
        )

    def position(self, name):
        return self.env["account.fiscal.position"].search([("name", "=", name)])

    def assert_posted(self, sale_order, position, taxes, *, untaxed, tax, total):
        """Fiscal position, taxes and amounts of a sale order and of its posted invoice."""
        invoice = self.invoice(sale_order)
        for record, lines in (
            (sale_order, sale_order.order_line),
            (invoice, invoice.invoice_line_ids),
        ):
            self.assertEqual(record.fiscal_position_id.name or "", position)
            self.assertEqual(sorted(set(lines.tax_ids.mapped("name"))), sorted(taxes))
            self.assert_amounts(record, untaxed=untaxed, tax=tax, total=total)
        self.assertEqual(invoice.state, "posted")
        return invoice
