import re
from dataclasses import dataclass

from odoo import api, models
from odoo.tools import html2plaintext

# Departments to which goods leave metropolitan France as exports (CGI, art. 294, 2).
FRENCH_DEPARTMENTS = ("GF", "GP", "MQ", "RE", "YT")


@dataclass(frozen=True)
class Mention:
    """A sentence for the invoice, and patterns of the articles that it is about."""

    text: str
    articles: tuple[str, ...] = ()

    def cited(self, text):
        """Which of its articles ``text`` cites already."""
        return [article for article in self.articles if states(text, article)]


def states(text, pattern):
    """Whether ``text`` has what ``pattern`` describes, as words of their own."""
    return bool(re.search(rf"(?<!\w)(?:{pattern})(?!\w)", text or ""))


class AccountMove(models.Model):
    """Legal mentions of sales without the seller's VAT (Directive 2006/112/EC, art. 226
    (11) to (11a); French tax code, CGI, annex II, art. 242 nonies A)."""

    _inherit = "account.move"

    def _ciama_mentions(self):
        """Sentences to print, in the language of the context. Odoo prints the notes of the
        fiscal position and of the taxes; where these say it all, nothing is added."""
        self.ensure_one()
        return [mention.text for mention in self._ciama_needed_mentions()]

    def _ciama_needed_mentions(self):
        position, taxes = self._ciama_notes()
        return [
            mention
            for mention in self._ciama_all_mentions()
            if not mention.articles
            or not (mention.cited(position) or len(mention.cited(taxes)) == len(mention.articles))
        ]

    def _ciama_notes(self):
        """Odoo's own notes as plain text: of the fiscal position, and of those taxes that
        have one in the language of the context."""
        taxes = self.line_ids.tax_ids
        if not (self.env.lang or "en").startswith("en"):
            source = taxes.with_context(lang="en_US")
            taxes = taxes.browse(
                tax.id
                for tax, english in zip(taxes, source, strict=True)
                if tax.invoice_legal_notes != english.invoice_legal_notes
            )
        notes = [self.fiscal_position_id.note, *taxes.mapped("invoice_legal_notes")]
        position, *of_taxes = (html2plaintext(note or "") for note in notes)
        return position, "\n".join(of_taxes)

    @api.depends_context("lang")
    def _compute_taxes_legal_notes(self):
        """A tax's note gives way to a mention of the same article that says more, or says
        it in the customer's language."""
        result = super()._compute_taxes_legal_notes()
        for move in self.filtered(lambda move: move.is_sale_document(include_receipts=True)):
            mentions = move._ciama_needed_mentions()
            notes = (tax.invoice_legal_notes or "" for tax in move.line_ids.tax_ids)
            move.taxes_legal_notes = "".join(
                note
                for note in notes
                if not any(mention.cited(html2plaintext(note)) for mention in mentions)
            )
        return result

    def _ciama_all_mentions(self):
        if not self.is_sale_document(include_receipts=True):
            return []
        engine = self.env["ciama.vat.kind"]
        if not engine._in_union(self.company_id.account_fiscal_country_id):
            return []
        supplies = engine._supplies(self)
        kinds = {kind for kind, _supply in supplies}
        mentions = []
        if ("intra_eu", "goods") in supplies:
            mentions += self._ciama_intra_eu_goods()
        if ("intra_eu", "services") in supplies:
            mentions.append(
                self._ciama_cite(
                    self.env._("Reverse charge: the customer owes the VAT, %(articles)s."),
                    directive="196",
                    french="283",
                    french_text=self.env._("article 283-2 of the French tax code (CGI)"),
                )
            )
        if "intra_eu" in kinds:
            mentions.append(self._ciama_numbers())
        if ("export", "goods") in supplies:
            mentions.append(self._ciama_export())
        elif "export" in kinds:
            mentions.append(self._ciama_services_abroad())
        if "oss" in kinds:
            mentions.append(self._ciama_oss())
        return mentions

    def _ciama_cite(self, sentence, *, directive, french, french_text):
        """A Mention with its article of the Directive, and of the CGI for a French seller."""
        articles = [self.env._("article %s of Directive 2006/112/EC", directive)]
        cited = [directive]
        if self.env["ciama.vat.kind"]._home(self.company_id) == "FR":
            articles.append(french_text)
            cited.append(french)
        return Mention(sentence % {"articles": ", ".join(articles)}, tuple(cited))

    def _ciama_intra_eu_goods(self):
        yield self._ciama_cite(
            self.env._("Intra-Community supply of goods, exempt from VAT: %(articles)s."),
            directive="138",
            french=r"262\s*ter",
            french_text=self.env._("article 262 ter I of the French tax code (CGI)"),
        )
        if self.env["ciama.vat.kind"]._is_triangular(self):
            text = self.env._(
                "Triangular transaction: goods delivered in %(country)s to a customer with "
                "a VAT number of another member state, %(article)s.",
                country=self.ciama_vat_country_id.name,
                article=self.env._("article %s of Directive 2006/112/EC", "141"),
            )
            yield Mention(text, ("141",))

    def _ciama_numbers(self):
        seller = self.fiscal_position_id.foreign_vat or self.company_id.vat
        return Mention(
            self.env._(
                "VAT number of the seller: %(seller)s. VAT number of the customer: %(customer)s.",
                seller=seller or "–",
                customer=self.ciama_vat_number or "–",
            )
        )

    def _ciama_export(self):
        overseas = self.ciama_vat_country_id.code in FRENCH_DEPARTMENTS
        french = self.env._("article 262 I of the French tax code (CGI)")
        if overseas:
            french = self.env._("articles 262 I and 294 of the French tax code (CGI)")
        return self._ciama_cite(
            self.env._("Export exempt from VAT: %(articles)s."),
            directive="146",
            french=r"262\s*I",
            french_text=french,
        )

    def _ciama_services_abroad(self):
        business = self.commercial_partner_id.is_company
        return self._ciama_cite(
            self.env._("Service supplied outside the European Union, no VAT: %(articles)s."),
            directive="44" if business else "59",
            french="259",
            french_text=self.env._("article 259-1 of the French tax code (CGI)")
            if business
            else self.env._("article 259 C of the French tax code (CGI)"),
        )

    def _ciama_oss(self):
        number = self.env._("369b")  # another one in some languages: 369 ter
        article = self.env._("article %s of Directive 2006/112/EC", number)
        text = self.env._(
            "VAT of %(country)s, declared through the One Stop Shop (OSS), %(article)s.",
            country=self.ciama_vat_country_id.name,
            article=article,
        )
        return Mention(text, (r"369b|369\s*ter",))

    def _ciama_order_numbers(self):
        """The shop's order numbers that the document's own reference does not state."""
        self.ensure_one()
        # Who prints invoices need not be allowed to read sale orders.
        orders = self.sudo().line_ids.sale_line_ids.order_id.filtered("ciama_shop_id")
        numbers = dict.fromkeys(filter(None, orders.mapped("client_order_ref")))
        return ", ".join(n for n in numbers if not states(self.ref, re.escape(n)))

    def _ciama_corrected(self):
        """The number of the invoice that a credit note corrects (art. 219 of the Directive),
        where the note's own reference does not state it."""
        self.ensure_one()
        number = self.move_type == "out_refund" and self.sudo().reversed_entry_id.name
        return number if number and not states(self.ref, re.escape(number)) else ""
