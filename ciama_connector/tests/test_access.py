"""Who may do what: the table of rights, companies, and what a remote caller can reach."""

import inspect
from contextlib import suppress

from odoo.exceptions import AccessError
from odoo.service.model import call_kw
from odoo.tests import Form, new_test_user

from .common import line, order
from .fake import PullCase

# create, read, write, unlink of each role; what is not written is not allowed.
RIGHTS = {
    "ciama.shop": {"accountant": "r", "user": "r", "manager": "rw", "administrator": "crwu"},
    "ciama.credential": {"administrator": "crwu"},
    "ciama.onboarding": {"administrator": "crwu"},
    "ciama.onboarding.line": {"administrator": "crwu"},
    "ciama.order": {"user": "rw", "manager": "rw", "administrator": "rwu"},
    "ciama.binding": {"user": "r", "manager": "crwu", "administrator": "crwu"},
    "ciama.exchange": {"manager": "r", "administrator": "r"},
    "ciama.problem": {"user": "r", "manager": "r", "administrator": "r"},
    "ciama.right": {"accountant": "r", "user": "r", "manager": "r", "administrator": "r"},
    "ciama.mapping.product": {"user": "rw", "manager": "crwu", "administrator": "crwu"},
    "ciama.mapping.payment": {"user": "r", "manager": "crwu", "administrator": "crwu"},
    "ciama.mapping.group": {"user": "r", "manager": "crwu", "administrator": "crwu"},
    "ciama.mapping.carrier": {"user": "r", "manager": "crwu", "administrator": "crwu"},
    "ciama.mapping.tax": {"user": "r", "manager": "crwu", "administrator": "crwu"},
    "ciama.mapping.status": {"user": "r", "manager": "crwu", "administrator": "crwu"},
    "ciama.vat.policy": {"user": "r", "manager": "rw", "administrator": "rw"},
    "ciama.create.tax": {"user": "crwu", "manager": "crwu", "administrator": "crwu"},
    "ciama.figures": {"user": "r", "manager": "r", "administrator": "r"},
    "ciama.vat.report": {"accountant": "r", "user": "r", "manager": "r", "administrator": "r"},
    "ciama.eu.sales": {"accountant": "r", "user": "r", "manager": "r", "administrator": "r"},
    "ciama.vat.period": dict.fromkeys(("accountant", "user", "manager", "administrator"), "crwu"),
    "ciama.vies.check": {"accountant": "r", "user": "r", "manager": "r", "administrator": "r"},
    "ciama.retry": {"user": "r", "manager": "r", "administrator": "r"},
    "ciama.backfill": {"manager": "crwu", "administrator": "crwu"},
    "ciama.copy.mappings": {"manager": "crwu", "administrator": "crwu"},
    "ciama.import.mappings": {"manager": "crwu", "administrator": "crwu"},
    "ciama.preview.wizard": {"manager": "r", "administrator": "r"},
    "ciama.ignore": {"user": "crwu", "manager": "crwu", "administrator": "crwu"},
    "ciama.mend.first": {"user": "r", "manager": "r", "administrator": "r"},
    "ciama.mend.mapping": dict.fromkeys(("user", "manager", "administrator"), "crwu"),
    "ciama.mend.product": dict.fromkeys(("user", "manager", "administrator"), "crwu"),
    "ciama.mend.vat": dict.fromkeys(("user", "manager", "administrator"), "crwu"),
    "ciama.mend.order": dict.fromkeys(("user", "manager", "administrator"), "crwu"),
    "ciama.mend.customer": dict.fromkeys(("user", "manager", "administrator"), "crwu"),
    "ciama.mend.candidate": dict.fromkeys(("user", "manager", "administrator"), "crwu"),
}
MIXINS = ("ciama.mapping", "ciama.shop.link", "ciama.vies.proof")
ROLES = {
    "internal": "base.group_user",
    "salesman": "sales_team.group_sale_salesman",
    "settings": "base.group_system",
    "accountant": "account.group_account_readonly",
    "user": "ciama_connector.group_user",
    "manager": "ciama_connector.group_manager",
    "administrator": "ciama_connector.group_administrator",
}
OPERATIONS = {"c": "create", "r": "read", "w": "write", "u": "unlink"}


class AccessCase(PullCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            role: new_test_user(
                cls.env,
                f"ciama-{role}",
                f"{group},base.group_allow_export",
                company_id=cls.company.id,
            )
            for role, group in ROLES.items()
        }
        cls.secret = cls.shop.credential_ids
        cls.secret.value = "sesame-open-1234"

    def models(self):
        """All stored models of the addon, wizards included."""
        return {
            name: self.env[name]
            for name in self.env
            if name.startswith("ciama.") and not self.env[name]._abstract
        }

    def one_of_each(self):
        """A record of every model of the addon, all of the test's company."""
        (card,) = self.stage(order())
        values = {"shop_id": self.shop.id, "value": "x"}
        records = {
            name: self.env[name].create(values)
            for name in self.models()
            if name.startswith("ciama.mapping.")
        }
        binding = {"kind": "customer", "external_id": "7", "model": "res.partner", "res_id": 1}
        exchange = {"started_at": "2026-03-02 10:00:00", "url": "https://hub.example"}
        return {
            **records,
            **self.reports(),
            "ciama.shop": self.shop,
            "ciama.credential": self.secret,
            **self.onboarding(),
            "ciama.order": card,
            "ciama.figures": self.env["ciama.figures"].browse(card.id),
            "ciama.problem": self.env.ref("ciama_connector.problem_no_lines"),
            "ciama.right": self.env.ref("ciama_connector.right_overview"),
            "ciama.binding": self.env["ciama.binding"].create({"shop_id": self.shop.id, **binding}),
            "ciama.exchange": self.env["ciama.exchange"].create(
                {"shop_id": self.shop.id, **exchange}
            ),
            "ciama.vies.check": self.env["ciama.vies.check"].create(
                {"company_id": self.company.id, "number": "BE0477472701"}
            ),
            "ciama.retry": self.env["ciama.retry"].create(
                {"company_id": self.company.id, "order_ids": card.ids}
            ),
            "ciama.backfill": self.env["ciama.backfill"].create({"shop_id": self.shop.id}),
            **self.mapping_wizards(),
            "ciama.preview.wizard": self.env["ciama.preview.wizard"].create(
                {"shop_id": self.shop.id, "data": self.env["ciama.vault"]._encrypt("[]")}
            ),
            **self.mends(card),
            "ciama.ignore": self.env["ciama.ignore"].create(
                {"order_ids": card.ids, "reason": "entered by hand"}
            ),
        }

    def onboarding(self):
        """The connection of the shop, with a word of it."""
        onboarding = self.env["ciama.onboarding"].create({"shop_id": self.shop.id})
        line = onboarding.line_ids.create(
            {"onboarding_id": onboarding.id, "kind": "status", "value": "x"}
        )
        return {"ciama.onboarding": onboarding, "ciama.onboarding.line": line}

    def mapping_wizards(self):
        """Wizards of a row that is mapped."""
        row = self.env["ciama.mapping.product"].create(
            {"shop_id": self.shop.id, "value": "y", "product_id": self.chair.id}
        )
        wizard = self.env["ciama.copy.mappings"].create({"kind": "product", "row_ids": row.ids})
        return {
            "ciama.copy.mappings": wizard,
            "ciama.import.mappings": self.env["ciama.import.mappings"].create({"kind": "product"}),
        }

    def mends(self, card):
        """The dialogs of the board, open for ``card``, and a row of what to mend first."""
        (blocked,) = self.import_orders(order(line(sku="STOOL")))
        customer = self.env["ciama.mend.customer"].create(
            {"order_id": card.id, "candidate_ids": [(0, 0, {"partner_id": 1})]}
        )
        return {
            "ciama.mend.first": self.env["ciama.mend.first"].browse(blocked.id),
            "ciama.mend.mapping": self.env["ciama.mend.mapping"].create(
                {"order_id": card.id, "kind": "map_payment"}
            ),
            "ciama.mend.product": self.env["ciama.mend.product"].create({"order_id": card.id}),
            "ciama.mend.vat": self.env["ciama.mend.vat"].create({"order_id": card.id}),
            "ciama.mend.order": self.env["ciama.mend.order"].create({"order_id": card.id}),
            "ciama.mend.customer": customer,
            "ciama.mend.candidate": customer.candidate_ids,
        }

    def reports(self):
        """Rows of the reports on an invoice for a German company, and their period."""
        customer = self.env["res.partner"].create(
            {"name": "GmbH", "country_id": self.env.ref("base.de").id, "vat": "DE123456788"}
        )
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": customer.id,
                "company_id": self.company.id,
                "invoice_line_ids": [(0, 0, {"product_id": self.chair.id, "price_unit": 1})],
            }
        )
        invoice.action_post()
        return {
            "ciama.vat.report": self.env["ciama.vat.report"].search(
                [("move_id", "=", invoice.id)], limit=1
            ),
            "ciama.eu.sales": self.env["ciama.eu.sales"].search([("partner_id", "=", customer.id)]),
            "ciama.vat.period": self.env["ciama.vat.period"].create({}),
        }

    def public_methods(self, model):
        """Names of what the addon adds to ``model`` and a remote caller may call."""
        names = {
            name
            for cls in type(model).mro()
            if cls.__module__.startswith("odoo.addons.ciama_connector.")
            for name, member in vars(cls).items()
            if inspect.isfunction(member) and not name.startswith("_")
        }
        return names - {"create", "write", "unlink", "default_get"}

    def assert_refused(self, record, method):
        """A remote call of ``method`` by the user of ``record`` is an AccessError."""
        call = f"{record._name}.{method} by {record.env.user.login}"
        with self.subTest(call=call), self.assertRaises(AccessError):
            call_kw(record, method, [record.ids], {})


class TestRights(AccessCase):
    def test_the_table_of_rights(self):
        self.assertEqual(set(RIGHTS), set(self.models()), "every model stands in the table")
        for name, model in self.models().items():
            for role, user in self.users.items():
                found = "".join(
                    letter
                    for letter, operation in OPERATIONS.items()
                    if model.with_user(user).has_access(operation)
                )
                with self.subTest(model=name, role=role):
                    self.assertEqual(found, RIGHTS[name].get(role, ""))

    def test_the_roles_build_on_each_other(self):
        groups = {role: self.users[role].all_group_ids for role in ROLES}
        self.assertLess(groups["user"], groups["manager"])
        self.assertLess(groups["manager"], groups["administrator"])
        self.assertNotIn(self.env.ref("base.group_system"), groups["administrator"])

    def test_menus(self):
        root = self.env.ref("ciama_connector.menu_ciama_root").id
        journal = self.env.ref("ciama_connector.menu_ciama_exchange").id
        for role, (sees_addon, sees_journal) in {
            "internal": (False, False),
            "salesman": (False, False),
            "accountant": (True, False),
            "user": (True, False),
            "manager": (True, True),
            "administrator": (True, True),
        }.items():
            with self.subTest(role=role):
                visible = self.env["ir.ui.menu"].with_user(self.users[role])._visible_menu_ids()
                self.assertEqual((root in visible, journal in visible), (sees_addon, sees_journal))

    def test_users_mend_cards_with_buttons_and_not_by_writing(self):
        (card,) = self.stage(order(lines=[]))
        self.env["ciama.importer"]._run(card)
        mine = card.with_user(self.users["user"])
        for values in ({"state": "imported"}, {"sale_order_id": 1}, {"digest": "x"}):
            with self.assertRaises(AccessError):
                mine.write(values)
        mine.action_retry()
        self.assertEqual(card.state, "received")
        wizard = Form(self.env["ciama.ignore"].with_user(self.users["user"]).with_context(
            default_order_ids=card.ids
        ))  # fmt: skip
        wizard.reason = "entered by hand"
        wizard.save().action_ignore()
        self.assert_card(card, "ignored", "ignored_by_user")
        self.assertIn(self.users["user"].name, card.message)

    def test_managers_set_policies_but_do_not_move_the_shop(self):
        """The credentials would follow to the address a manager chooses."""
        shop = self.shop.with_user(self.users["manager"])
        shop.confirm_policy = "never"
        shop.url = self.shop.url  # no change
        for values in ({"url": "https://evil.example"}, {"platform": "wix"}):
            with self.assertRaises(AccessError):
                shop.write(values)
        self.assertFalse(shop.may_connect)
        administrator = self.shop.with_user(self.users["administrator"])
        self.assertTrue(administrator.may_connect)
        administrator.url = "https://moved.example"

    def test_forms_open_for_every_role(self):
        (sale_order,) = self.imported(order())
        card = sale_order.ciama_order_ids
        for role in ("user", "manager", "administrator"):
            with self.subTest(role=role):
                user = self.users[role]
                Form(self.shop.with_user(user))
                Form(card.with_user(user))
                Form(sale_order.with_user(user))
                Form(sale_order.partner_id.with_user(user))
        sale_order.user_id = self.users["salesman"]
        Form(sale_order.with_user(self.users["salesman"]))


class TestSecrets(AccessCase):
    def test_nobody_reads_a_secret(self):
        for role, user in self.users.items():
            mine = self.secret.with_user(user)
            with self.subTest(role=role):
                if role == "administrator":
                    self.assertFalse(mine.read(["value", "is_set"])[0]["value"])
                    self.assertTrue(mine.is_set)
                    self.assertEqual(mine.export_data(["value"])["datas"], [[""]])
                else:
                    with self.assertRaises(AccessError):
                        mine.read(["value"])
                with self.assertRaises(AccessError):
                    mine.read(["value_encrypted"])
                with self.assertRaises(AccessError):
                    mine.export_data(["value_encrypted"])

    def test_saving_does_not_send_the_secret_back(self):
        shop = self.shop.with_user(self.users["administrator"])
        specification = {"credential_ids": {"fields": {"value": {}, "is_set": {}}}}
        (saved,) = shop.web_save(
            {"credential_ids": [(1, self.secret.id, {"value": "another-secret"})]}, specification
        )
        self.assertEqual(
            saved["credential_ids"], [{"id": self.secret.id, "value": "", "is_set": True}]
        )
        self.assertEqual(self.shop._credentials(), {"api_key": "another-secret"})

    def test_a_secret_cannot_be_guessed_by_searching(self):
        for role, user in self.users.items():
            with self.subTest(role=role):
                for model, domain in (
                    ("ciama.credential", [("value_encrypted", "like", "gAAAA%")]),
                    ("ciama.shop", [("credential_ids.value_encrypted", "like", "gAAAA%")]),
                    ("ciama.order", [("payload", "like", "gAAAA%")]),
                    ("ciama.order", [("shop_id.credential_ids.value_encrypted", "!=", False)]),
                ):
                    with self.assertRaises(AccessError):
                        self.env[model].with_user(user).search(domain)

    def test_a_secret_cannot_be_grouped_or_sorted_by(self):
        user = self.users["administrator"]
        for model, field in (("ciama.credential", "value_encrypted"), ("ciama.order", "payload")):
            with self.assertRaises(AccessError):
                self.env[model].with_user(user).formatted_read_group([], [field], ["__count"])
            with self.assertRaises(AccessError):
                self.env[model].with_user(user).search([], order=field)

    def test_managers_see_that_a_shop_exists_and_no_credentials(self):
        shop = self.shop.with_user(self.users["manager"])
        self.assertNotIn("credential_ids", shop.fields_get())
        with self.assertRaises(AccessError):
            shop.read(["credential_ids"])
        self.assertNotIn("credential_ids", shop.get_view(view_type="form")["arch"])

    def test_raw_orders_are_for_managers(self):
        (card,) = self.stage(order())
        masked = card.with_user(self.users["user"]).payload_text
        self.assertNotIn("marie", masked.lower())
        self.assertIn("12.00", masked)
        for role in ("manager", "administrator"):
            mine = card.with_user(self.users[role])
            self.assertIn("marie@curie.example", mine.payload_text)
            with self.assertRaises(AccessError):
                mine.read(["payload"])
        for role in ("user", "manager", "administrator"):
            with self.assertRaises(AccessError):
                self.shop.with_user(self.users[role]).read(["cursor"])


class TestRemoteCalls(AccessCase):
    def test_public_methods_check_rights(self):
        """Whoever may not see a record cannot do anything with it either."""
        records = self.one_of_each()
        for record in records.values():
            for method in self.public_methods(record):
                for role in ("internal", "salesman", "settings"):
                    self.assert_refused(record.with_user(self.users[role]), method)
        self.assertIn("action_clear", self.public_methods(records["ciama.credential"]))
        self.assertIn("action_pull", self.public_methods(records["ciama.shop"]))

    def test_jobs_and_services_are_private(self):
        for model, method in (
            ("ciama.shop", "_job_pull"),
            ("ciama.shop", "_credentials"),
            ("ciama.order", "_job_import"),
            ("ciama.order", "_unpack"),
            ("ciama.credential", "_reveal"),
            ("ciama.vault", "_decrypt"),
        ):
            with self.subTest(method=method), self.assertRaises(AccessError):
                user = self.users["administrator"]
                call_kw(self.env[model].with_user(user), method, [[]], {})
        for name, model in self.env.items():
            if name.startswith("ciama.") and model._abstract and name not in MIXINS:
                self.assertEqual(self.public_methods(model), set(), name)


class TestCompanies(AccessCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_company = cls.env["res.company"].create({"name": "Other Company"})
        groups = "ciama_connector.group_administrator"
        cls.stranger = new_test_user(
            cls.env, "ciama-stranger", groups,
            company_id=cls.other_company.id, company_ids=[(6, 0, cls.other_company.ids)],
        )  # fmt: skip

    def test_every_model_with_a_company_has_a_rule(self):
        rules = self.env["ir.rule"].search([("groups", "=", False)])
        for name, model in self.models().items():
            if "company_id" in model._fields:
                with self.subTest(model=name):
                    own = rules.filtered(lambda rule, name=name: rule.model_id.model == name)
                    self.assertTrue(own.filtered(lambda rule: "company_ids" in rule.domain_force))
                    self.assertTrue(model._fields["company_id"].store)

    def test_other_companies_see_nothing(self):
        for name, record in self.one_of_each().items():
            if "company_id" not in record._fields:
                continue
            with self.subTest(model=name):
                self.assertEqual(record.company_id, self.company)
                mine = record.with_user(self.stranger)
                self.assertFalse(mine.search([("id", "=", record.id)]))
                with self.assertRaises(AccessError):
                    mine.read(["display_name"])
                self.assertTrue(record.with_user(self.users["administrator"]).read(["id"]))

    def test_other_companies_can_do_nothing(self):
        records = self.one_of_each()
        del records["ciama.ignore"]  # shows only orders that one may see, see below
        for record in records.values():
            for method in self.public_methods(record):
                self.assert_refused(record.with_user(self.stranger), method)

    def test_wizards_do_not_reach_over_the_fence(self):
        (card,) = self.stage(order())
        with self.assertRaises(AccessError):
            self.env["ciama.backfill"].with_user(self.stranger).create(
                {"shop_id": self.shop.id, "since": "2020-01-01 00:00:00"}
            ).action_start()
        with suppress(AccessError):
            self.env["ciama.ignore"].with_user(self.stranger).create(
                {"order_ids": [(6, 0, card.ids)], "reason": "envy"}
            ).action_ignore()
        self.assertEqual(card.state, "received")

    def test_e_mail_claims_are_nobodys_to_read(self):
        values = {"kind": "email", "model": "res.partner", "res_id": 1}
        claim = self.env["ciama.binding"].create({"external_id": "m@curie.example", **values})
        for user in (self.stranger, self.users["administrator"]):
            self.assertFalse(claim.with_user(user).search([("id", "=", claim.id)]))
