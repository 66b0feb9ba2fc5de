"""The wizard that connects a shop: its way, what it refuses, what it keeps."""

from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.tests import Form, new_test_user

from ..platforms.base import ShopValue, ShopVocabulary
from ..platforms.errors import Unavailable, WrongCredentials
from .common import line, order, shipping
from .fake import PullCase


class OnboardingCase(PullCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(
            cls.env,
            "ciama-connects",
            "ciama_connector.group_administrator",
            company_id=cls.company.id,
        )
        cls.onboardings = cls.env["ciama.onboarding"].with_user(cls.admin)

    def begin(self, **values):
        """At the step of the connection, with the key entered."""
        onboarding = self.onboardings.create(
            {"platform": "ciama", "name": "New", "url": "https://new.example", **values}
        )
        onboarding.action_next()
        onboarding.credential_ids.value = "a-key"
        return onboarding

    def go(self, onboarding, step):
        """Next until ``step``."""
        while onboarding.step != step:
            before = onboarding.step
            onboarding.action_next()
            self.assertNotEqual(onboarding.step, before, onboarding.trouble)
        return onboarding


class TestWay(OnboardingCase):
    def test_from_platform_to_the_first_orders(self):
        fake = self.open(order())
        onboarding = self.begin()
        shop = onboarding.shop_id
        self.assertEqual((shop.live, shop.onboarding_state), (False, "open"))
        self.go(onboarding, "rights")
        self.assertEqual(shop.health, "ok")
        self.assertEqual(shop.facts["currency"], "EUR")
        self.go(onboarding, "start")
        self.assertFalse(self.cards(shop), "nothing was written before the start")
        onboarding.import_from = "2020-01-01 00:00:00"
        onboarding.action_go_live()
        self.assertEqual((shop.live, shop.onboarding_state), (True, "done"))
        pulls = self.jobs("ciama.shop", "_job_pull")
        self.assertEqual(len(pulls.filtered(lambda job: job.records == shop)), 1)
        self.env["ciama.shop"].browse(shop.id)._job_pull()
        self.assertEqual(len(self.cards(shop)), 1)
        self.assertIn("rights", fake.asked)

    def test_left_and_resumed(self):
        self.open(order())
        shop = self.go(self.begin(), "mappings").shop_id
        self.env.invalidate_all()
        action = shop.with_user(self.admin).action_resume_onboarding()
        self.assertEqual(action["res_model"], "ciama.onboarding")
        resumed = self.onboardings.browse(action["res_id"])
        self.assertEqual((resumed.step, resumed.shop_id, resumed.name), ("mappings", shop, "New"))
        self.go(resumed, "start")

    def test_a_shop_entered_by_hand_can_go_through_it(self):
        shop = self.shop.with_user(self.admin)
        self.assertEqual(shop.onboarding_state, "none")
        resumed = self.onboardings.browse(shop.action_resume_onboarding()["res_id"])
        self.assertEqual((resumed.step, resumed.shop_id), ("connection", shop))
        self.assertEqual(shop.action_resume_onboarding()["res_id"], resumed.id, "one only")

    def test_an_earlier_start_brings_what_pulls_went_past(self):
        self.open(order(), order())
        onboarding = self.go(self.begin(), "start")
        shop = onboarding.shop_id
        onboarding.import_from = "2026-06-01 00:00:00"
        onboarding.action_go_live()
        (late,) = self.stage(order(), shop=shop)
        self.env["ciama.importer"]._run(late)
        self.assert_card(late, "ignored", "too_old")
        self.env["ciama.shop"].browse(shop.id)._job_pull()
        shop.sudo().cursor = shop.sudo().cursor or "1"
        shop.with_user(self.admin).action_resume_onboarding()
        self.go(onboarding, "start").import_from = "2020-01-01 00:00:00"
        onboarding.action_go_live()
        self.assertFalse(shop.sudo().cursor)
        self.assertEqual((late.state, late.problem_id.code), ("received", False))
        self.env["ciama.shop"].browse(shop.id)._job_pull()
        self.assertEqual(len(self.cards(shop)), 3)

    def test_the_menu_leads_to_what_was_left(self):
        self.env["ciama.onboarding"].search([]).unlink()
        self.assertEqual(self.onboardings._action_connect()["view_mode"], "form")
        self.begin()
        self.assertEqual(self.onboardings._action_connect()["view_mode"], "kanban,form")

    def test_back_changes_nothing(self):
        self.open()
        onboarding = self.go(self.begin(), "mappings")
        for step in ("rights", "connection", "platform", "platform"):
            onboarding.action_back()
            self.assertEqual(onboarding.step, step)
        self.assertEqual(onboarding.shop_id._credentials(), {"api_key": "a-key"})

    def test_not_live_before_the_steps(self):
        self.open()
        onboarding = self.begin()
        with self.assertRaisesRegex(UserError, "Go through the steps"):
            onboarding.action_go_live()
        self.assertFalse(onboarding.live)


class TestAddress(OnboardingCase):
    def form(self, platform):
        form = Form(self.onboardings)
        form.platform = platform
        return form

    def test_pasted_addresses_are_understood(self):
        for platform, pasted, url, name in (
            ("woocommerce", " www.tea.example/wp-admin/index.php ",
             "https://www.tea.example", "tea.example"),
            ("prestashop", "https://tea.example/shop/admin123/index.php?x=1",
             "https://tea.example/shop", "tea.example"),
            ("shopify", "https://admin.shopify.com/store/tea/orders",
             "https://tea.myshopify.com", "tea.myshopify.com"),
            ("ciama", "http://127.0.0.1:8000/", "http://127.0.0.1:8000", "Ciama"),
        ):  # fmt: skip
            with self.subTest(platform=platform):
                form = self.form(platform)
                form.url = pasted
                self.assertEqual((form.url, form.name), (url, name))

    def test_nothing_is_kept_without_an_address(self):
        form = self.form("woocommerce")
        with self.assertRaisesRegex(AssertionError, "is a required field"):
            form.save()

    def test_a_shared_address_is_filled_in(self):
        form = self.form("wix")
        self.assertEqual((form.url, form.name), ("https://www.wixapis.com", "Wix"))
        form.platform = "woocommerce"
        self.assertFalse(form.url, "it is no shop's own")

    def test_the_shop_computes_what_the_form_could_not(self):
        form = self.form("ciama")
        form.url = "https://form.example"
        shop = form.save().shop_id
        self.assertEqual(shop.payment_journal_id, self.shop.payment_journal_id)
        self.assertTrue(shop.payment_journal_id)
        self.assertTrue(shop.product_shipping_id)

    def test_the_shops_own_name_replaces_the_proposed_one(self):
        self.open()
        proposed = self.go(self.begin(name="new.example"), "rights")
        self.assertEqual(proposed.name, "Fake")
        chosen = self.go(self.begin(name="Ours", url="https://ours.example"), "rights")
        self.assertEqual(chosen.name, "Ours")


class TestOnce(OnboardingCase):
    """The same shop is connected once in a company."""

    def test_refused_with_the_name_of_the_other(self):
        for url in ("https://hub.example", "http://www.HUB.example:80/", "https://hub.example:443"):
            with (
                self.subTest(url=url),
                self.assertRaisesRegex(RedirectWarning, "connected already, as “Hub”"),
            ):
                self.begin(url=url)
        with self.assertRaisesRegex(RedirectWarning, "connected already, as “Hub”"):
            self.make_shop(url="https://hub.example")

    def test_an_archived_one_is_to_be_restored(self):
        self.shop.active = False
        with self.assertRaisesRegex(RedirectWarning, "“Hub”, which is archived"):
            self.begin(url="https://hub.example")

    def test_other_places_and_companies_are_others(self):
        for url in ("https://hub.example/second", "https://hub.example:8443"):
            self.begin(url=url)
        other = self.env["res.company"].create({"name": "Other"})
        self.make_shop(url="https://hub.example", company_id=other.id)
        self.make_shop(url="https://hub.example", platform="woocommerce")

    def test_where_all_share_an_address_the_site_tells(self):
        shops = [
            self.make_shop(platform="wix", url="https://www.wixapis.com", name=name)
            for name in ("First", "Second")
        ]
        for shop, site in zip(shops, ("site-a", "site-b"), strict=True):
            shop.credential_ids.filtered(lambda row: row.name == "site_id").value = site
        shops[1]._check_connected_once()
        shops[1].credential_ids.filtered(lambda row: row.name == "site_id").value = "site-a"
        with self.assertRaisesRegex(RedirectWarning, "as “First”"):
            shops[1]._check_connected_once()

    def test_a_copy_is_not_live_at_the_same_address(self):
        copy = self.shop.copy()
        with self.assertRaisesRegex(RedirectWarning, "connected already"):
            copy.live = True
        copy.url = "https://copy.example"
        copy.live = True


class TestRights(OnboardingCase):
    def test_a_missing_right_blocks_and_says_how_to_mend_it(self):
        fake = self.open()
        fake.refused = {"orders:read"}
        onboarding = self.go(self.begin(), "rights")
        self.assertEqual(onboarding.step, "rights")
        self.assertFalse(onboarding.may_go_on)
        self.assertIn("Tick “Read orders”", onboarding.rights_html)
        self.assertEqual(onboarding.health, "broken")
        with self.assertRaisesRegex(UserError, "Mend what is red"):
            onboarding.action_next()
        fake.refused = set()
        onboarding.action_check()
        self.assertTrue(onboarding.may_go_on)
        self.assertEqual(onboarding.health, "ok")
        self.go(onboarding, "mappings")

    def test_an_optional_right_does_not_block(self):
        fake = self.open()
        fake.refused = {"history:read"}
        onboarding = self.go(self.begin(), "rights")
        self.assertTrue(onboarding.may_go_on)
        self.assertEqual([right["granted"] for right in onboarding.rights], [True, False])

    def test_trouble_is_a_sentence_and_stays_at_the_connection(self):
        fake = self.open()
        fake.trouble[1] = WrongCredentials("The hub refuses the API key.")
        onboarding = self.begin()
        onboarding.action_next()
        self.assertEqual(
            (onboarding.step, onboarding.trouble), ("connection", "The hub refuses the API key.")
        )
        self.assertEqual(onboarding.shop_id.health, "broken")
        self.assertEqual(self.journal_of(onboarding).mapped("status"), [503])
        onboarding.action_next()
        self.assertEqual((onboarding.step, onboarding.trouble), ("rights", False))

    def test_missing_credentials_are_named(self):
        self.open()
        onboarding = self.begin()
        onboarding.credential_ids.action_clear()
        onboarding.action_next()
        self.assertEqual(
            (onboarding.step, onboarding.trouble), ("connection", "Missing credentials: API key")
        )

    def test_a_shop_that_fails_later_does_not_go_on(self):
        fake = self.open()
        fake.trouble[2] = Unavailable("The connection to the shop broke.")
        onboarding = self.go(self.begin(), "rights")
        self.assertEqual(onboarding.trouble, "The connection to the shop broke.")
        self.assertFalse(onboarding.may_go_on)

    def test_exchanges_are_journaled(self):
        self.open()
        onboarding = self.go(self.begin(), "rights")
        self.assertEqual(
            sorted(self.journal_of(onboarding).mapped("url")),
            ["https://new.example/rights", "https://new.example/shop"],
        )

    def journal_of(self, onboarding):
        return self.env["ciama.exchange"].search([("shop_id", "=", onboarding.shop_id.id)])

    def test_an_inactive_currency_is_named_and_activated_by_those_who_may(self):
        self.open()
        currency = self.env["res.currency"].create({"name": "XTS", "symbol": "t", "active": False})
        onboarding = self.go(self.begin(), "rights")
        self.assertFalse(onboarding.inactive_currency_id)
        onboarding.facts = {**onboarding.facts, "currency": "XTS"}
        self.assertEqual(onboarding.inactive_currency_id, currency)
        self.assertIn("XTS is not active", onboarding.facts_html)
        self.assertFalse(onboarding.may_activate)
        with self.assertRaises(AccessError):
            onboarding.action_activate_currency()
        onboarding.sudo(False).with_user(self.env.ref("base.user_admin")).action_activate_currency()
        self.assertTrue(currency.active)
        self.env.invalidate_all()
        self.assertNotIn("XTS is not active", onboarding.facts_html)
        self.assertFalse(onboarding.inactive_currency_id)


class TestWords(OnboardingCase):
    def setUp(self):
        super().setUp()
        self.journal_bank = self.env["account.journal"].create(
            {"name": "Kwikpay", "code": "KWIK", "type": "bank", "company_id": self.company.id}
        )
        self.fake = self.open(order(line(), shipping()))
        self.fake.vocabulary = ShopVocabulary(
            payment_methods=(ShopValue("kwikpay", "Kwikpay"), ShopValue("zz9", "Zz9")),
            groups=(ShopValue("3", "Wholesale"),),
        )

    def lines(self, onboarding, kind):
        return {row.value: row for row in onboarding.line_ids if row.kind == kind}

    def test_words_of_the_shop_and_of_its_orders(self):
        onboarding = self.go(self.begin(), "mappings")
        self.assertEqual(set(self.lines(onboarding, "payment")), {"kwikpay", "zz9"})
        self.assertEqual(self.lines(onboarding, "group")["3"].label, "Wholesale")
        self.assertTrue(self.lines(onboarding, "carrier")["colissimo"].used)

    def test_sure_ones_are_ticked_and_written(self):
        onboarding = self.go(self.begin(), "mappings")
        sure, unsure = (self.lines(onboarding, "payment")[value] for value in ("kwikpay", "zz9"))
        self.assertEqual((sure.journal_id, sure.take), (self.journal_bank, True))
        self.assertGreaterEqual(sure.confidence, 80)
        self.assertTrue(sure.reason)
        self.assertFalse(unsure.take)
        onboarding.action_next()
        mapping = self.env["ciama.mapping.payment"].search(
            [("shop_id", "=", onboarding.shop_id.id)]
        )
        self.assertEqual((mapping.value, mapping.journal_id), ("kwikpay", self.journal_bank))

    def test_a_person_changes_the_proposal(self):
        onboarding = self.go(self.begin(), "mappings")
        with Form(onboarding) as form, form.payment_line_ids.edit(1) as row:
            row.confirm = "always"
            self.assertTrue(row.take)
        onboarding.action_refresh()
        changed = self.lines(onboarding, "payment")["zz9"]
        self.assertEqual((changed.confirm, changed.take), ("always", True), "a refresh keeps it")
        onboarding.action_next()
        mappings = self.env["ciama.mapping.payment"].search(
            [("shop_id", "=", onboarding.shop_id.id), ("value", "=", "zz9")]
        )
        self.assertEqual(mappings.confirm, "always")

    def test_what_was_mapped_elsewhere_since_stays(self):
        onboarding = self.go(self.begin(), "preview")
        other = self.journal_bank.copy({"name": "Other", "code": "OTHER"})
        mapping = self.env["ciama.mapping.payment"].search(
            [("shop_id", "=", onboarding.shop_id.id), ("value", "=", "kwikpay")]
        )
        mapping.journal_id = other
        self.env.flush_all()
        self.env.cr.execute(  # all of a test happens at one moment
            "UPDATE ciama_mapping_payment SET write_date = write_date + INTERVAL '1 minute'"
        )
        self.env.invalidate_all()
        onboarding.action_back()
        onboarding.action_next()
        self.assertEqual((onboarding.step, mapping.journal_id), ("preview", other))

    def test_the_last_step_has_no_next(self):
        onboarding = self.go(self.begin(), "start")
        onboarding.action_next()
        self.assertEqual(onboarding.step, "start")

    def test_without_a_vocabulary_the_orders_tell(self):
        self.fake.trouble[4] = Unavailable("The connection to the shop broke.")
        onboarding = self.go(self.begin(), "mappings")
        self.assertFalse(onboarding.trouble)
        self.assertFalse(self.lines(onboarding, "group"))
        self.assertTrue(self.lines(onboarding, "carrier"))


class TestPreview(OnboardingCase):
    def test_counts_and_nothing_written(self):
        self.open(order(), order(), order(line(sku="NOBODY-KNOWS")))
        onboarding = self.go(self.begin(), "preview")
        self.assertEqual(
            [(count, outcome) for count, outcome, _cause in self.counted(onboarding)],
            [(2, "imported"), (1, "blocked")],
        )
        self.assertIn("would be imported", onboarding.counts_html)
        self.assertFalse(self.cards(onboarding.shop_id))
        self.make_product("NOBODY-KNOWS")
        onboarding.action_refresh()
        self.assertEqual(self.counted(onboarding), [(3, "imported", "")])

    def counted(self, onboarding):
        return onboarding._counted(onboarding._preview_rows())

    def test_a_shop_without_orders(self):
        self.open()
        onboarding = self.go(self.begin(), "preview")
        self.assertIn("no orders yet", onboarding.counts_html)

    def test_customers_are_not_readable_in_the_database(self):
        self.open(order())
        onboarding = self.go(self.begin(), "preview")
        self.assertIn("Curie", onboarding.preview_html)
        self.env.flush_all()
        self.env.cr.execute("SELECT t::text FROM ciama_onboarding t WHERE id = %s", onboarding.ids)
        self.assertNotIn("Curie", self.env.cr.fetchone()[0])
        with self.assertRaises(AccessError):
            onboarding.read(["preview_data"])
        onboarding.action_next()
        onboarding.action_go_live()
        self.assertFalse(onboarding.sudo().preview_data)

    def test_how_many_orders_the_start_brings(self):
        fake = self.open(order(), order())
        onboarding = self.go(self.begin(), "start")
        onboarding.import_from = "2020-01-01 00:00:00"
        self.assertIn("2 orders", onboarding.action_count()["params"]["message"])
        fake.countable = False
        self.assertIn("does not tell", onboarding.action_count()["params"]["message"])


class TestAccess(OnboardingCase):
    def test_secrets_do_not_come_out(self):
        self.open()
        onboarding = self.go(self.begin(), "rights")
        (seen,) = onboarding.web_read({"credential_ids": {"fields": {"value": {}, "is_set": {}}}})
        self.assertEqual([(row["value"], row["is_set"]) for row in seen["credential_ids"]],
                         [("", True)])  # fmt: skip
        for name in ("rights_html", "facts_html", "guide_html", "rights", "trouble"):
            self.assertNotIn("a-key", str(onboarding[name]))

    def test_only_administrators(self):
        onboarding = self.begin()
        manager = new_test_user(
            self.env, "ciama-manages", "ciama_connector.group_manager", company_id=self.company.id
        )
        with self.assertRaises(AccessError):
            onboarding.with_user(manager).action_next()
        with self.assertRaises(AccessError):
            self.shop.with_user(manager).action_resume_onboarding()
        with self.assertRaises(AccessError):
            onboarding.with_user(manager)._action_connect()
        seen = onboarding.shop_id.with_user(manager)
        self.assertEqual(seen.onboarding_state, "open", "the overview shows it to all")

    def test_companies(self):
        other = self.env["res.company"].create({"name": "Other Company"})
        stranger = new_test_user(
            self.env,
            "ciama-stranger",
            "ciama_connector.group_administrator",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        onboarding = self.begin()
        theirs = self.env["ciama.onboarding"].with_user(stranger)
        self.assertFalse(theirs.search([("id", "=", onboarding.id)]))
        with self.assertRaises(AccessError):
            onboarding.with_user(stranger).action_next()
        own = theirs.create({"platform": "ciama", "name": "Own", "url": "https://new.example"})
        self.assertEqual((own.company_id, own.shop_id.company_id), (other, other))
