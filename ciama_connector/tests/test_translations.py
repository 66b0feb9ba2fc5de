import io
import re
from pathlib import Path

import polib
from odoo.tests import tagged
from odoo.tools.translate import trans_export

from ..canonical.texts import Text
from ..platforms.errors import WrongCredentials, WrongUrl
from .common import line, order
from .fake import PullCase
from .test_vat_kind import VatKindCase

TEMPLATE = Path(__file__).resolve().parents[1] / "i18n" / "ciama_connector.pot"


@tagged("post_install", "-at_install")
class TestTranslations(PullCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        # Whatever languages the database had when the addon was installed.
        cls.env.ref("base.module_ciama_connector")._update_translations("fr_FR")

    def french(self, record):
        return record.with_context(lang="fr_FR")

    def selection(self, model, field):
        records = self.french(self.env[model])
        return dict(records.fields_get([field])[field]["selection"])

    def test_a_card_speaks_french(self):
        card = self.import_orders(order(line(sku="GONE", name="Gone")))
        self.assert_card(card, "blocked", "product_unknown")
        french = self.french(card)
        self.assertEqual(french.problem_id.name, "Produit inconnu")
        self.assertEqual(french.message, "Aucun produit dans Odoo n’a la référence GONE (Gone).")
        self.assertTrue(french.remedy.startswith("Donnez cette référence interne"))
        self.assertTrue(card.with_context(lang="en_US").message.startswith("No product in Odoo"))

    def test_the_reason_within_a_sentence_is_french(self):
        card = self.stage("not even an object")
        self.env["ciama.importer"]._run(card)
        self.assert_card(card, "blocked", "invalid_order")
        self.assertEqual(
            self.french(card).message.replace("\xa0", " "),
            "La commande de la boutique a une valeur inutilisable dans « order » : "
            "n’est pas un objet.",
        )

    def test_amounts_and_days_within_a_sentence_are_french(self):
        causes = self.french(self.env["ciama.problem"])
        for code, params, sentence in (
            (
                "too_old",
                {"date": "2026-03-02", "start": "2026-04-01"},
                "La commande date du 02/03/2026, avant la date de début 01/04/2026.",
            ),
            (
                "amounts_disagree",
                {"lines": "1082.90", "total": "92.90", "difference": "990.00", "currency": "EUR"},
                "Les lignes font 1 082,90 EUR, la commande indique 92,90 : un écart de 990,00.",
            ),
        ):
            with self.subTest(code=code):
                told = causes._of(code)._sentence(params)
                self.assertEqual(re.sub(r"\s", " ", told), sentence)

    def test_what_only_looks_like_an_amount_stays(self):
        cause = self.french(self.env["ciama.problem"])._of("product_unknown")
        self.assertIn("12.50", cause._sentence({"sku": "12.50", "name": "2026-03-02"}))

    def test_selections_are_french(self):
        states = self.selection("ciama.order", "state")
        self.assertEqual(states["blocked"], "Bloquée")
        # Made by a method, in code.
        self.assertEqual(self.selection("ciama.order", "status")["fulfilled"], "Expédiée")
        self.assertEqual(self.selection("ciama.shop", "health")["broken"], "À vérifier")

    def test_menus_and_views_are_french(self):
        self.assertEqual(
            self.french(self.env.ref("ciama_connector.menu_ciama_mappings")).name,
            "Correspondances",
        )
        form = self.french(self.env["ciama.shop"]).get_view(view_type="form")["arch"]
        self.assertIn("Tester la connexion", form)
        self.assertNotIn("Test Connection", form)

    def test_an_order_as_read_is_french(self):
        card = self.import_orders(order())
        page = self.french(card).comparison_html
        self.assertIn("Adresse de facturation", page)
        self.assertIn("12,00", page)
        self.assertIn("12.00", card.with_context(lang="en_US").comparison_html)

    def test_a_preview_writes_numbers_as_the_french_do(self):
        row = {"quantity": "2", "gross": "1234.50", "name": "Chair", "sku": "", "taxes": []}
        line = {**row, "state": "found", "product": ""}
        preview = self.french(self.env["ciama.preview"])
        html = self.env["ir.qweb"]._render(
            "ciama_connector.preview_line", {"line": line, "written": preview._written}
        )
        self.assertIn("1 234,50", re.sub(r"\s", " ", html))
        self.assertNotIn("1234.50", html)

    def test_credentials_are_french(self):
        key = self.shop.credential_ids
        self.assertEqual(self.french(key).label, "Clé API")
        self.assertEqual(self.french(key).help, "Dans les paramètres du hub")
        self.assertEqual(key.with_context(lang="en_US").label, "API key")
        self.assertTrue(key.secret)
        self.assertTrue(key.required)

    def test_credentials_follow_the_platform(self):
        shop = self.make_shop(name="Wix", platform="wix")
        key = shop.credential_ids.filtered(lambda row: row.name == "api_key")
        self.assertFalse(key.required)
        shop.platform = "ciama"
        self.assertEqual(shop.credential_ids, key)
        self.assertTrue(key.required)
        self.assertEqual(self.french(key).help, "Dans les paramètres du hub")

    def test_trouble_with_a_shop_is_told_in_the_language_of_the_reader(self):
        self.open().trouble[1] = WrongCredentials(Text("The hub refuses the API key."))
        self.shop._job_pull()
        self.assertEqual(self.shop.health_message, "The hub refuses the API key.")
        self.assertEqual(self.french(self.shop).health_message, "Le hub refuse la clé API.")

    def test_names_in_trouble_with_a_shop_are_in_the_language_of_its_company(self):
        self.company.partner_id.lang = "fr_FR"
        self.open()
        self.shop.credential_ids.action_clear()
        self.shop._job_pull()
        self.assertEqual(
            self.french(self.shop).health_message, "Identifiants manquants\xa0: Clé API"
        )

    def test_a_test_of_the_connection_answers_in_the_language_of_the_user(self):
        moved = Text("The shop sends visitors on to %(place)s: enter that address instead.",
                     place="https://new.example")  # fmt: skip
        self.open().trouble[1] = WrongUrl(moved)
        told = self.french(self.shop).action_test_connection()["params"]["message"]
        self.assertEqual(
            told,
            "La boutique redirige les visiteurs vers https://new.example\xa0: saisissez plutôt "
            "cette adresse.",
        )
        self.assertEqual(self.french(self.shop).health_message, told)

    def test_the_template_has_every_message(self):
        """``make translations`` brings it up to date."""
        buffer = io.BytesIO()
        trans_export(None, ["ciama_connector"], buffer, "po", self.env)
        now = {entry.msgid for entry in polib.pofile(buffer.getvalue().decode())}
        written = {entry.msgid for entry in polib.pofile(str(TEMPLATE))}
        self.assertGreater(len(now), 400)
        self.assertEqual((now - written, written - now), (set(), set()))


@tagged("post_install", "-at_install")
class TestFrenchMentions(VatKindCase):
    """The words that French law and custom ask for on an invoice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.service = cls.make_product(
            "ADVICE", type="service", taxes_id=cls.sales_tax(20, "service")
        )

    def assert_mentions(self, move, *expected):
        mentions = move.with_context(lang="fr_FR")._ciama_mentions()
        self.assertEqual([text.replace("\xa0", " ") for text in mentions], list(expected))

    def test_goods_for_a_business_of_another_member_state(self):
        self.assert_mentions(
            self.document(self.customer("DE", vat="DE123456788")),
            "Exonération de TVA, livraison intracommunautaire de biens : "
            "article 138 de la directive 2006/112/CE, article 262 ter I du CGI.",
            "N° de TVA intracommunautaire du vendeur : FR23334175221. "
            "N° de TVA intracommunautaire du client : DE123456788.",
        )

    def test_services_for_a_business_of_another_member_state(self):
        row = {"product_id": self.service.id, "price_unit": 80}
        self.assert_mentions(
            self.document(self.customer("GR", vat="EL123456783"), row),
            "Autoliquidation : TVA due par le preneur, "
            "article 196 de la directive 2006/112/CE, article 283-2 du CGI.",
            "N° de TVA intracommunautaire du vendeur : FR23334175221. "
            "N° de TVA intracommunautaire du client : EL123456783.",
        )

    def test_exports(self):
        for country, articles in (
            ("CH", "article 262 I du CGI"),
            ("RE", "articles 262 I et 294 du CGI"),
        ):
            with self.subTest(country=country):
                self.assert_mentions(
                    self.document(self.customer(country)),
                    "Exonération de TVA, exportation : "
                    f"article 146 de la directive 2006/112/CE, {articles}.",
                )

    def test_private_customers_of_other_member_states(self):
        german = self.customer("DE")
        country = german.country_id.with_context(lang="fr_FR").name
        self.assert_mentions(
            self.document(german),
            f"TVA de l’État membre de consommation ({country}), déclarée via le guichet unique "
            "(OSS), article 369 ter de la directive 2006/112/CE.",
        )
        move = self.document(german)
        move.fiscal_position_id.note = "<p>Guichet unique, art. 369&nbsp;ter</p>"
        self.assert_mentions(move)
