"""What the connector suggests for words of shops: cases, confidence, cost."""

from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from ..services.suggestions_words import (
    CARRIER_PHRASES,
    PAYMENT_PHRASES,
    STATUS_PHRASES,
    concept,
    likeness,
    sku_key,
)
from .common import ImportCase, line, order, shipping


class TestWords(ImportCase):
    def test_what_methods_speak_of(self):
        for phrases, value, label, expected in (
            (PAYMENT_PHRASES, "cheque", "Chèque", ("cheque", True)),
            (PAYMENT_PHRASES, "ps_checkpayment", "Paiement par chèque", ("cheque", True)),
            (PAYMENT_PHRASES, "bacs", "Virement bancaire", ("transfer", True)),
            (PAYMENT_PHRASES, "ps_wirepayment", "Transfert bancaire", ("transfer", True)),
            (PAYMENT_PHRASES, "x17", "Bank wire (2 days)", ("transfer", False)),
            (PAYMENT_PHRASES, "banktransfer", "", ("transfer", True)),
            (PAYMENT_PHRASES, "Überweisung", "", ("transfer", True)),
            (PAYMENT_PHRASES, "cod", "Paiement à la livraison", ("on_delivery", True)),
            (PAYMENT_PHRASES, "x", "Contre-remboursement", ("on_delivery", True)),
            (PAYMENT_PHRASES, "x", "Nachnahme +3 €", ("on_delivery", False)),
            (PAYMENT_PHRASES, "paypal", "PayPal", ("paypal", True)),
            (PAYMENT_PHRASES, "stripe", "Carte bancaire (Stripe)", ("card", True)),
            (PAYMENT_PHRASES, "x", "Carte cadeau", ("gift_card", True)),
            (PAYMENT_PHRASES, "x", "PayPal ou chèque", (None, False)),
            (PAYMENT_PHRASES, "x", "Moonbeams", (None, False)),
            (CARRIER_PHRASES, "local_pickup:4", "Retrait en magasin", ("pickup", True)),
            (CARRIER_PHRASES, "x", "Click & Collect Lyon", ("pickup", False)),
            (CARRIER_PHRASES, "free_shipping:1", "Livraison gratuite", ("free", True)),
            (STATUS_PHRASES, "12", "Expédié", ("fulfilled", True)),
            (STATUS_PHRASES, "x", "En attente de paiement", ("pending", True)),
            (STATUS_PHRASES, "x", "storniert", ("cancelled", True)),
            (STATUS_PHRASES, "x", "Unpaid", ("pending", True)),
            (STATUS_PHRASES, "x", "Non payée", (None, False)),
            (STATUS_PHRASES, "x", "Pas encore expédiée", (None, False)),
            (STATUS_PHRASES, "x", "Partially shipped", (None, False)),
            (PAYMENT_PHRASES, "klarna_pay_later", "Pay later", (None, False)),
        ):
            with self.subTest(value=value, label=label):
                self.assertEqual(concept(phrases, value, label), expected)

    def test_how_much_names_are_alike(self):
        for one, other, least, most in (
            ("Colissimo", "COLISSIMO", 1, 1),
            ("Chèque", "cheque", 1, 1),
            ("Colissimo à domicile", "Livraison Colissimo", 0.6, 0.99),
            ("Office chairs", "Office chair", 0.8, 0.99),
            ("Office chair red", "Office lamp red", 0.3, 0.75),
            ("DHL", "UPS", 0, 0),
            ("", "", 0, 0),
        ):
            with self.subTest(one=one, other=other):
                self.assertGreaterEqual(likeness(one, other), least)
                self.assertLessEqual(likeness(one, other), most)


class SuggestionCase(ImportCase):
    def suggest(self, kind, labels, shop=None, user=None):
        engine = self.env["ciama.suggestions"]
        return (engine.with_user(user) if user else engine)._suggest(
            kind, shop or self.shop, labels
        )

    def best(self, kind, value, label="", **options):
        suggestions = self.suggest(kind, {value: label}, **options)[value]
        self.assertLessEqual(len(suggestions), 3)
        for suggestion in suggestions:
            self.assertTrue(suggestion.reason)
            self.assertTrue(suggestion.text)
        return suggestions[0] if suggestions else None

    def take(self, kind, value, suggestion):
        """The row that somebody filled in as suggested."""
        row = self.env[f"ciama.mapping.{kind}"].create({"shop_id": self.shop.id, "value": value})
        row.write(suggestion.values())
        self.assertTrue(row.mapped)
        return row

    def wait_for(self, value, code):
        """An order that waits for ``value``."""
        problem = self.env["ciama.problem"].search([("code", "=", code)])
        self.stage(order()).write(
            {"state": "blocked", "waits_for": value, "problem_id": problem.id}
        )

    def make_journal(self, name, kind="bank"):
        code = f"T{self.env['account.journal'].search_count([])}"
        return self.env["account.journal"].create(
            {"name": name, "code": code, "type": kind, "company_id": self.company.id}
        )

    def make_carrier(self, name, **values):
        return self.env["delivery.carrier"].create(
            {"name": name, "product_id": self.chair.id, **values}
        )


class TestProducts(SuggestionCase):
    def test_spellings_of_a_sku(self):
        product = self.make_product("KB-0042-R")
        for value in ("kb-0042-r", "KB 42 R", "kb42r", "KB_0042/R"):
            with self.subTest(value=value):
                best = self.best("product", value)
                self.assertEqual((best.record, best.confidence), (product, 90))
                self.assertEqual(self.take("product", value, best).product_id, product)
        self.assertIsNone(self.best("product", "42KBR"))

    def test_the_key_in_sql_is_the_key_in_python(self):
        codes = ["KB-0042-R", "00123", "12-3", "001 23", "A--0/7", "é-09", "1_000.50", "x0y00z007"]
        for code in codes:
            self.make_product(code)
        for code in codes:
            with self.subTest(code=code):
                if len(sku_key(code)) >= 3:
                    found = self.suggest("product", {f" {code} ": ""})[f" {code} "]
                    self.assertIn(code, [s.record.default_code for s in found])

    def test_of_digits_alone_only_the_same_are_sure(self):
        product = self.make_product("00123")
        self.make_product("12-34")
        self.assertTrue(self.best("product", "00123").sure)
        found = self.suggest("product", {"123": "", "12.34": "", "10": "", "7": ""})
        self.assertEqual(found["123"][0].record, product)
        self.assertFalse([s for of_value in found.values() for s in of_value if s.sure])

    def test_barcodes(self):
        product = self.make_product("MUG", barcode="0036000291452")
        best = self.best("product", "036000291452")
        self.assertEqual((best.record, best.sure), (product, True))
        self.make_product("CUP", barcode="0012345")
        self.assertIsNone(self.best("product", "012345"), "no UPC, so that its zero counts")

    def test_names(self):
        product = self.make_product("T-1", name="Fauteuil crème à bascule")
        self.make_product("T-2", name="Table basse")
        best = self.best("product", "77/5", "Fauteuil crème à bascule")
        self.assertEqual((best.record, best.sure), (product, True))
        best = self.best("product", "77/5", "Fauteuils à bascule, crème clair")
        self.assertEqual((best.record, best.sure), (product, False))
        self.assertIsNone(self.best("product", "77/5", "Casserole en fonte"))

    def test_two_of_a_name_are_sure_of_nothing(self):
        self.make_product("T-1", name="Whirligig")
        self.make_product("T-2", name="Whirligig")
        found = self.suggest("product", {"9": "Whirligig"})["9"]
        self.assertEqual([s.sure for s in found], [False, False])

    def test_other_shops_go_first(self):
        stool = self.make_product("STOOL")
        second = self.make_shop(name="Second")
        self.env["ciama.mapping.product"].create(
            {"shop_id": second.id, "value": "ST-9", "label": "Tabouret", "product_id": stool.id}
        )
        best = self.best("product", "ST-9")
        self.assertEqual((best.record, best.confidence), (stool, 96))
        self.assertIn("Second", best.reason)
        # All sizes of a thing may have one name.
        best = self.best("product", "ST-10", "Tabouret")
        self.assertEqual((best.record, best.sure), (stool, False))

    def test_row_numbers_of_two_shops_say_nothing(self):
        second = self.make_shop(name="Second")
        self.env["ciama.mapping.product"].create(
            {"shop_id": second.id, "value": "12/4", "label": "A", "product_id": self.chair.id}
        )
        self.assertIsNone(self.best("product", "12/4", "B"))
        self.assertEqual(self.best("product", "12/4", "A").record, self.chair)

    def test_rates_of_two_shops_are_told_apart_by_their_names(self):
        second = self.make_shop(name="Second")
        carrier = self.make_carrier("Brieftaube")
        self.env["ciama.mapping.carrier"].create(
            {"shop_id": second.id, "value": "flat_rate:4", "label": "By pigeon",
             "carrier_id": carrier.id}
        )  # fmt: skip
        self.assertNotEqual(self.best("carrier", "flat_rate:4", "By snail").record, carrier)
        self.assertEqual(self.best("carrier", "flat_rate:4", "By pigeon").record, carrier)
        self.assertEqual(self.best("carrier", "flat_rate:9", "By pigeon").record, carrier)

    def test_what_contradicts_is_not_sure(self):
        other = self.make_product("X 100")
        second = self.make_shop(name="Second")
        self.env["ciama.mapping.product"].create(
            {"shop_id": second.id, "value": "X100", "product_id": self.chair.id}
        )
        found = self.suggest("product", {"X100": ""})["X100"]
        self.assertEqual({s.record for s in found}, {other, self.chair})
        self.assertFalse(any(s.sure for s in found))

    def test_order_lines_of_the_name(self):
        stool = self.make_product("STOOL")
        self.imported(order(line(sku="STOOL", name="Tabouret de bar")))
        best = self.best("product", "88/1", "Tabouret de bar")
        self.assertEqual((best.record, best.confidence), (stool, 85))

    def test_neither_combos_nor_special_products(self):
        special = self.shop.product_shipping_id
        special.default_code = "SHIP-77"
        self.assertIsNone(self.best("product", "ship77"))


class TestPayments(SuggestionCase):
    def test_a_journal_of_the_name(self):
        journal = self.make_journal("PayPal")
        best = self.best("payment", "paypal", "PayPal")
        self.assertEqual((best.field, best.record, best.confidence), ("journal_id", journal, 90))
        row = self.take("payment", "paypal", best)
        self.assertEqual((row.journal_id, row.confirm), (journal, "shop"))

    def test_a_journal_of_the_kind_is_not_sure(self):
        journal = self.make_journal("Stripe")
        found = self.suggest("payment", {"card": "Carte bancaire"})["card"]
        of_journal = next(s for s in found if s.field == "journal_id")
        self.assertEqual((of_journal.record, of_journal.sure), (journal, False))

    def test_known_methods_are_accepted(self):
        for value, label, confirm, sure in (
            ("cod", "Cash on delivery", "always", True),
            ("paypal", "PayPal", "shop", True),
            ("bacs", "Virement", "shop", True),
            ("x", "Rechnung, 14 Tage", "always", False),
        ):
            with self.subTest(value=value):
                found = self.suggest("payment", {value: label})[value]
                best = next(s for s in found if s.field == "confirm")
                self.assertEqual((best.record, best.sure), (confirm, sure))
        self.assertFalse([s for s in self.suggest("payment", {"x": "Moonbeams"})["x"] if s.sure])

    def test_all_rules_of_another_shop_come_along(self):
        journal = self.make_journal("Wallet")
        second = self.make_shop(name="Second")
        self.env["ciama.mapping.payment"].create(
            {
                "shop_id": second.id,
                "value": "wallet_x",
                "journal_id": journal.id,
                "confirm": "never",
                "invoice_policy": "delivery",
                "send_invoice": "no",
            }
        )
        row = self.take("payment", "wallet_x", self.best("payment", "wallet_x"))
        self.assertRecordValues(
            row,
            [
                {
                    "journal_id": journal.id,
                    "confirm": "never",
                    "invoice_policy": "delivery",
                    "send_invoice": "no",
                }
            ],
        )

    def test_who_waits_for_a_journal_gets_a_journal(self):
        self.wait_for("gutschein", "payment_journal_missing")
        self.make_journal("Gutschein")
        fields = {s.field for s in self.suggest("payment", {"gutschein": "Gutschein"})["gutschein"]}
        self.assertEqual(fields, {"journal_id"})


class TestCarriers(SuggestionCase):
    def test_names(self):
        colissimo = self.make_carrier("Colissimo")
        pickup = self.make_carrier("In-store pickup")
        for value, label, carrier, sure in (
            ("colissimo", "Colissimo", colissimo, True),
            ("flat_rate:3", "Livraison Colissimo à domicile", colissimo, False),
            ("local_pickup", "Retrait en magasin", pickup, False),
        ):
            with self.subTest(value=value):
                best = self.best("carrier", value, label)
                self.assertEqual((best.record, best.sure), (carrier, sure))
        self.assertIsNone(self.best("carrier", "7", "Brieftaube"))

    def test_what_orders_left_with(self):
        pigeon = self.make_carrier("Pigeon Express")
        sales = self.imported(*(order(line(), shipping()) for _ in range(3)))
        sales.carrier_id = pigeon
        best = self.best("carrier", "34", "Colissimo")
        self.assertEqual((best.record, best.sure), (pigeon, True))
        self.assertIn("3", best.reason)

    def test_the_default_carrier_came_by_itself(self):
        self.shop.carrier_id = self.make_carrier("Pigeon")
        self.imported(order(line(), shipping()))
        self.assertIsNone(self.best("carrier", "34", "Colissimo"))

    def test_lead_time_and_warehouse_of_another_shop_come_along(self):
        carrier = self.make_carrier("Pigeon")
        second = self.make_shop(name="Second")
        self.env["ciama.mapping.carrier"].create(
            {
                "shop_id": second.id,
                "value": "12",
                "label": "Brieftaube",
                "carrier_id": carrier.id,
                "lead_days": 4,
            }
        )
        row = self.take("carrier", "34", self.best("carrier", "34", "brieftaube"))
        self.assertEqual((row.carrier_id, row.lead_days), (carrier, 4))


class TestTaxes(SuggestionCase):
    def test_country_and_rate(self):
        found = self.suggest("tax", {"FR 20": "TVA 20%", "FR 20+7": "", "FR 77": "", "?": ""})
        rates = {value: [s.record.mapped("amount") for s in found[value]] for value in found}
        self.assertEqual(rates["FR 20"][0], [20.0])
        self.assertEqual((rates["FR 77"], rates["?"]), ([], []))
        self.assertFalse(any(s.sure for suggestions in found.values() for s in suggestions))

    def test_a_position_of_the_country(self):
        position = self.env["account.fiscal.position"].create(
            {
                "name": "Germany",
                "company_id": self.company.id,
                "country_id": self.env.ref("base.de").id,
            }
        )
        mine = self.make_tax(17.5, fiscal_position_ids=[(6, 0, position.ids)])
        best = self.best("tax", "DE 17.5", "MwSt")
        self.assertEqual((best.record, best.confidence), (mine, 75))
        self.assertEqual(self.take("tax", "DE 17.5", best).tax_ids, mine)
        self.assertEqual(self.best("tax", "BE 17.5", "TVA").confidence, 40)

    def test_the_same_name_in_another_country_says_nothing(self):
        self.env["ciama.mapping.tax"].create(
            {"shop_id": self.shop.id, "value": "DE 33", "label": "VAT", "no_tax": True}
        )
        self.assertIsNone(self.best("tax", "FR 33", "VAT"))
        second = self.make_shop(name="Second")
        best = self.best("tax", "DE 33", "VAT", shop=second)
        self.assertEqual((best.field, best.values()["no_tax"]), ("no_tax", True))


class TestStatusesAndGroups(SuggestionCase):
    def test_a_word_is_sure_only_where_an_order_waits_for_it(self):
        self.assertFalse(self.best("status", "expédiée").sure)
        self.wait_for("expédiée", "unknown_status")
        best = self.best("status", "expédiée")
        self.assertEqual((best.record, best.sure), ("fulfilled", True))
        self.assertIsNone(self.best("status", "quarantine"))

    def test_groups(self):
        pricelist = self.env["product.pricelist"].create({"name": "Wholesale"})
        tag = self.env["res.partner.category"].create({"name": "Club members"})
        for value, label, field, record, sure in (
            ("3", "Wholesale", "pricelist_id", pricelist, True),
            ("4", "Wholesale customers", "pricelist_id", pricelist, False),
            ("5", "club members", "tag_ids", tag, True),
        ):
            with self.subTest(label=label):
                best = self.best("group", value, label)
                self.assertEqual((best.field, best.record, best.sure), (field, record, sure))
                self.take("group", value, best)
        self.assertIsNone(self.best("group", "9", "Astronauts"))


class TestCost(SuggestionCase):
    def test_many_values_need_no_more_queries_than_few(self):
        self.make_product("Q-1", name="Lamp red")
        self.env["product.product"].create(
            [{"name": f"Lamp number {i}", "default_code": f"Q-9{i}"} for i in range(60)]
        )
        self.make_carrier("Lamp carrier")
        self.imported(order(line(), shipping()))
        for kind in ("product", "payment", "carrier", "tax", "status", "group"):
            counts = []
            for many in (5, 200):
                labels = {
                    f"FR {i}" if kind == "tax" else f"q9{i}": f"Lamp number {i} colissimo"
                    for i in range(many)
                }
                self.suggest(kind, labels)  # what Odoo keeps in memory
                self.env.invalidate_all()
                start = self.env.cr.sql_log_count
                self.assertEqual(len(self.suggest(kind, labels)), many)
                counts.append(self.env.cr.sql_log_count - start)
            with self.subTest(kind=kind):
                self.assertLessEqual(counts[1], counts[0])


class TestRightsAndCompanies(SuggestionCase):
    def test_a_user_of_the_connector_gets_suggestions(self):
        user = new_test_user(
            self.env, "suggested", "ciama_connector.group_user", company_id=self.company.id
        )
        journal = self.make_journal("PayPal")
        best = self.best("payment", "paypal", "PayPal", shop=self.shop.with_user(user), user=user)
        self.assertEqual(best.record.id, journal.id)
        self.assertEqual(best.record.env.user, user)
        self.assertFalse(best.record.env.su)

    def test_nobody_else_does(self):
        user = new_test_user(self.env, "outsider", "base.group_user", company_id=self.company.id)
        with self.assertRaises(AccessError):
            self.suggest("payment", {"x": ""}, shop=self.shop.with_user(user), user=user)

    def test_nothing_of_other_companies(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.make_product("FOREIGN-1", company_id=other.id)
        self.make_carrier("Foreign Carrier", company_id=other.id)
        foreign = self.make_shop(name="Foreign", company_id=other.id)
        self.env["ciama.mapping.status"].create(
            {"shop_id": foreign.id, "value": "quarantine", "status": "pending"}
        )
        self.assertIsNone(self.best("product", "foreign 1"))
        self.assertIsNone(self.best("carrier", "foreign", "Foreign Carrier"))
        self.assertIsNone(self.best("status", "quarantine"))
