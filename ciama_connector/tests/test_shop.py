"""The shop's settings: credentials, address, test, defaults, figures."""

import psycopg2
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form
from odoo.tools import mute_logger

from ..models.ciama_shop import SPECIAL_PRODUCTS
from ..platforms import registry
from ..platforms.errors import MissingPermission, Unavailable, WrongCredentials, WrongUrl
from .common import line, order
from .fake import PullCase


class TestCredentials(PullCase):
    def names(self, shop):
        return shop.credential_ids.mapped("name")

    def test_rows_follow_the_platform(self):
        for code in registry.codes():
            with self.subTest(platform=code):
                wanted = registry.connector_class(code).platform.credentials
                shop = self.make_shop(platform=code)
                self.assertRecordValues(
                    shop.credential_ids,
                    [
                        {
                            "name": field.name,
                            "label": str(field.label),
                            "secret": field.secret,
                            "required": field.required,
                            "is_set": False,
                        }
                        for field in wanted
                    ],
                )

    def test_another_platform_gets_other_rows(self):
        shop = self.make_shop(platform="woocommerce")
        shop.credential_ids.value = "x"
        shop.platform = "ciama"
        self.assertEqual(self.names(shop), ["api_key"])
        self.assertFalse(shop.credential_ids.is_set, "no secret goes to another platform")

    def test_a_secret_goes_in_and_does_not_come_out(self):
        secret = self.shop.credential_ids
        secret.value = "  sesame  "
        self.assertTrue(secret.is_set)
        self.assertFalse(secret.value)
        self.assertEqual(self.shop._credentials(), {"api_key": "sesame"})

    def test_saving_an_empty_secret_keeps_the_one_that_is_set(self):
        secret = self.shop.credential_ids
        secret.value = "sesame"
        secret.value = ""
        self.assertEqual(self.shop._credentials(), {"api_key": "sesame"})
        secret.action_clear()
        self.assertFalse(secret.is_set)

    def test_what_is_no_secret_is_shown_and_can_be_emptied(self):
        shop = self.make_shop(platform="wix")
        plain = shop.credential_ids.filtered(lambda row: not row.secret)[:1]
        self.assertTrue(plain)
        plain.value = "my-site"
        self.assertEqual(plain.value, "my-site")
        plain.value = ""
        self.assertFalse(plain.is_set)

    def test_entered_on_the_form(self):
        with Form(self.shop) as form, form.credential_ids.edit(0) as row:
            row.value = "from-the-form"
        self.assertEqual(self.shop._credentials(), {"api_key": "from-the-form"})

    def test_a_credential_exists_once(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.IntegrityError):
            self.env["ciama.credential"].create({"shop_id": self.shop.id, "name": "api_key"})

    def test_a_copy_has_no_secrets_and_does_not_pull(self):
        self.shop.write({"live": True, "health": "ok", "cursor": "x"})
        copy = self.shop.copy()
        self.assertEqual(self.names(copy), ["api_key"])
        self.assertFalse(copy.credential_ids.is_set)
        self.assertFalse(copy.live or copy.cursor or copy.facts)
        self.assertEqual(copy.health, "new")


class TestAddress(PullCase):
    def test_has_to_be_one(self):
        for url in ("www.example.com", "ftp://example.com", "https://", "javascript:alert(1)",
                    "http://[::1", "https://u:p@example.com"):  # fmt: skip
            with self.subTest(url=url), self.assertRaises(ValidationError):
                self.shop.url = url
        self.shop.url = "http://localhost:8080/shop/"

    def test_a_moved_shop_is_tested_and_read_again(self):
        """It may be another shop, the trial one before: what changed there must come too."""
        self.shop.write({"facts": {"currency": "EUR"}, "health": "ok", "cursor": "x"})
        self.shop.url = self.shop.url
        self.assertEqual((self.shop.health, self.shop.cursor), ("ok", "x"), "it did not move")
        self.shop.url = "https://moved.example"
        self.assertEqual((self.shop.health, self.shop.facts), ("new", False))
        self.assertFalse(self.shop.cursor)

    def test_another_platform_starts_afresh(self):
        backfill = self.env["ciama.backfill"].create({"shop_id": self.shop.id, "cursor": "y"})
        self.shop.write({"facts": {"currency": "EUR"}, "cursor": "x"})
        self.shop.platform = "wix"
        self.assertFalse(self.shop.cursor or backfill.cursor or self.shop.facts)

    def test_orders_hold_on_to_platform_and_company(self):
        self.stage(order())
        other = self.env["res.company"].create({"name": "Other"})
        for values in ({"platform": "wix"}, {"company_id": other.id}):
            with self.assertRaisesRegex(UserError, "keeps its platform and company"):
                self.shop.write(values)
        self.shop.write({"platform": "ciama", "company_id": self.company.id, "name": "Renamed"})

    def test_a_shop_with_orders_cannot_be_deleted(self):
        self.stage(order())
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.IntegrityError):
            self.shop.unlink()

    def test_link_to_an_order_in_the_shop(self):
        (card,) = self.stage(order(external_id="9"))
        self.open()
        self.assertEqual(card.action_open_in_shop()["url"], "https://hub.example/admin/9")
        self.shop.credential_ids.action_clear()
        with self.assertRaisesRegex(UserError, "Missing credentials: API key"):
            card.action_open_in_shop()


class TestConnectionTest(PullCase):
    def run_test(self, error=None):
        fake = self.open()
        fake.trouble[1] = error
        return self.shop.action_test_connection()["params"]

    def test_success_is_told_and_kept(self):
        said = self.run_test()
        self.assertEqual(said["type"], "success")
        self.assertEqual(said["message"], "Fake answers: Ciama 1, EUR, Europe/Paris.")
        self.assertEqual((self.shop.health, self.shop.health_message), ("ok", False))
        self.assertEqual(self.shop.facts["timezone"], "Europe/Paris")
        self.assertEqual(self.journal().mapped("status"), [200])

    def test_every_failure_is_a_sentence(self):
        for error in (
            WrongUrl("No server of this name exists."),
            WrongCredentials("The hub refuses the API key."),
            MissingPermission('The API key lacks the scope "orders:read".'),
            Unavailable("The connection to the shop broke."),
        ):
            with self.subTest(error=type(error).__name__):
                said = self.run_test(error)
                self.assertEqual((said["type"], said["message"]), ("danger", str(error)))
                self.assertTrue(said["sticky"], "it stays until it is read")
                self.assertEqual(self.shop.health_message, str(error))
                self.assertEqual(self.shop.health, "broken")

    def test_missing_credentials_are_named(self):
        self.shop.credential_ids.action_clear()
        said = self.run_test()
        self.assertEqual(said["message"], "Missing credentials: API key")
        self.assertEqual(self.shop.health, "broken")

    def test_failures_stand_in_the_journal(self):
        self.run_test(Unavailable("The connection to the shop broke."))
        self.assertEqual(self.journal().mapped("error"), ["The connection to the shop broke."])


class TestSettings(PullCase):
    def test_special_products_are_filled_in(self):
        for kind, field in {**SPECIAL_PRODUCTS, "placeholder": "product_placeholder_id"}.items():
            with self.subTest(kind=kind):
                self.assertEqual(self.shop[field], self.env.ref(f"ciama_connector.product_{kind}"))
                self.assertFalse(self.shop[field].taxes_id, "the line has the shop's own")

    def test_a_new_shop_is_careful(self):
        shop = self.env["ciama.shop"].create(
            {"name": "New", "platform": "ciama", "url": "https://new.example"}
        )
        self.assertFalse(shop.live)
        self.assertEqual(shop.unknown_product_policy, "block")
        self.assertEqual(shop.confirm_policy, "ready")
        self.assertEqual(shop.company_id, self.env.company)
        self.assertEqual(shop.health, "new")

    def test_limits(self):
        for values in ({"batch_size": 0}, {"batch_size": 501}, {"pull_interval": 0}):
            with (
                self.subTest(values=values),
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.IntegrityError),
            ):
                self.shop.write(values)
                self.env.flush_all()

    def test_settings_are_of_the_shops_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", other.id)], limit=1)
        self.assertTrue(warehouse)
        with self.assertRaises(UserError):
            self.shop.warehouse_id = warehouse
        product = self.make_product("FOREIGN", company_id=other.id)
        with self.assertRaises(UserError):
            self.shop.product_shipping_id = product

    def test_changing_who_pulls_by_itself_is_tracked(self):
        self.env.cr.precommit.run()  # the shop's creation is not tracked
        self.shop.live = True
        self.env.flush_all()
        self.env.cr.precommit.run()
        tracked = self.shop.message_ids.tracking_value_ids.field_id
        self.assertEqual(tracked.mapped("name"), ["live"])

    def test_figures(self):
        self.assertEqual(self.shop.order_count, 0)
        self.assertFalse(self.shop.last_order_date)
        self.import_orders(
            order(created_at="2026-03-01T10:00:00+00:00"),
            order(created_at="2026-03-02T10:00:00+00:00"),
            order(line(sku="NOBODY-KNOWS"), created_at="2026-03-03T10:00:00+00:00"),
            order(status="cancelled"),
        )
        self.stage(order())
        self.make_shop(name="Empty")
        self.env.invalidate_all()
        self.assertRecordValues(
            self.shop,
            [{"order_count": 5, "imported_count": 2, "waiting_count": 1, "problem_count": 1}],
        )
        self.assertEqual(str(self.shop.last_order_date), "2026-03-03 10:00:00")

    def test_the_figures_open_their_orders(self):
        self.import_orders(order(), order(line(sku="NOBODY-KNOWS")))
        action = self.shop.with_context(search_default_problems=1).action_open_orders()
        self.assertEqual(action["context"], {"search_default_problems": 1})
        found = self.env["ciama.order"].search(action["domain"])
        self.assertEqual(found.shop_id, self.shop)
        self.assertEqual(len(found), 2)
        self.assertEqual(self.shop.action_open_shop()["url"], "https://hub.example")
