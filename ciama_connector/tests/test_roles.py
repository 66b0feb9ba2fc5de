"""The table that tells a person who may do what says what is so."""

from contextlib import suppress
from pathlib import Path

from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from ..models.ciama_right import ROLES
from .common import ImportCase, order

PAGE = Path(__file__).parents[2] / "docs" / "roles.md"  # not there in an installed wheel
COLUMNS = ("accountant", "user", "user_accountant", "manager", "administrator")


class TestRoles(ImportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            role: new_test_user(
                cls.env, f"role-{role}", ",".join(groups), company_id=cls.company.id
            )
            for role, groups in ROLES.items()
        }
        cls.rights = cls.env["ciama.right"].search([])

    def told(self, right):
        return {role for role in ROLES if right[role]}

    def test_the_table_is_that_of_the_access_rights(self):
        self.assertEqual(tuple(ROLES), COLUMNS)
        self.assertGreater(len(self.rights), 25)
        for right in self.rights:
            found = {
                role
                for role, user in self.users.items()
                if self.env[right.model].with_user(user).has_access(right.operation)
                and (not right.groups or user.has_groups(right.groups))
            }
            with self.subTest(right=right.name):
                self.assertEqual(self.told(right), found)

    def test_groups_named_in_the_table_are_those_that_the_code_asks_for(self):
        """What access rights alone do not decide, tried as each role."""
        (card,) = self.import_orders(order())
        tries = {
            "decide_vat": lambda user: (
                card.with_user(user)._may_decide() and card.with_user(user).has_access("read")
            ),
            "import_anyway": lambda user: (
                card.with_user(user)._may_let_pass() and card.with_user(user).has_access("read")
            ),
            "clear_payload": lambda user: self.succeeds(
                lambda: not card.with_user(user).payload_masked
            ),
            "preview_orders": lambda user: self.succeeds(lambda: self.preview(user) == []),
            "move_shop": lambda user: self.succeeds(
                lambda: self.shop.with_user(user).write({"url": f"https://{user.login}.example"})
            ),
            "create_tax": lambda user: (
                self.env["account.tax"].with_user(user).has_access("create")
                and self.env["ciama.create.tax"].with_user(user).has_access("create")
            ),
        }
        rights = {
            right.get_external_id()[right.id].split(".right_")[1]: right
            for right in self.rights.filtered("groups")
        }
        self.assertEqual(set(rights), set(tries))
        for name, attempt in tries.items():
            with self.subTest(right=name):
                self.env.invalidate_all()
                found = {role for role, user in self.users.items() if attempt(user)}
                self.assertEqual(self.told(rights[name]), found)

    def preview(self, user):
        return self.env["ciama.preview"].with_user(user)._run(self.shop.with_user(user), [])

    def succeeds(self, call):
        with suppress(AccessError):
            return call()
        return False

    def test_the_page_of_the_documentation_is_the_table(self):
        if not PAGE.exists():
            self.skipTest("the documentation is not part of the addon")
        rows = {}
        for line in PAGE.read_text().splitlines():
            name, *cells = [cell.strip() for cell in line.strip("|").split("|")]
            if len(cells) == len(COLUMNS) and set(cells) <= {"yes", ""}:
                rows[name] = {
                    role for role, cell in zip(COLUMNS, cells, strict=True) if cell == "yes"
                }
        self.assertEqual(rows, {right.name: self.told(right) for right in self.rights})

    def test_every_role_may_read_the_table(self):
        for role, user in self.users.items():
            with self.subTest(role=role):
                mine = self.rights.with_user(user)
                self.assertTrue(all(row["name"] for row in mine.read(["name", *COLUMNS])))
                menu = self.env.ref("ciama_connector.menu_ciama_right")
                self.assertIn(menu.id, self.env["ir.ui.menu"].with_user(user)._visible_menu_ids())
