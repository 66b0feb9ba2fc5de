"""Mappings from and to spreadsheets: what is understood, what is refused and in which words."""

import base64
import io

import openpyxl
from odoo.exceptions import UserError
from odoo.tests import Form, new_test_user

from .test_mapping import PREFIX, MappingCase

HEAD = "Shop;Value in the Shop;Name in the Shop"


class FileCase(MappingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop.name = "Boutique"
        cls.carrier = cls.env["delivery.carrier"].create(
            {"name": "Pigeon", "product_id": cls.chair.id}
        )

    def wizard(self, kind, content, user=None):
        """The wizard with a file: text, or bytes as some program saved them."""
        if isinstance(content, str):
            content = content.encode()
        wizards = self.env["ciama.import.mappings"].with_user(user or self.env.user)
        return wizards.create({"kind": kind, "sheet": base64.b64encode(content)})

    def load(self, kind, content):
        wizard = self.wizard(kind, content)
        self.assertEqual(wizard.error_count, 0, wizard.result)
        wizard.action_import()

    def errors(self, kind, *lines, head=""):
        """{line: sentence} of what is wrong."""
        wizard = self.wizard(kind, "\n".join([HEAD + head, *lines]))
        return dict(wizard._read().errors)


class TestReading(FileCase):
    def test_what_spreadsheet_programs_save(self):
        text = f"{HEAD};Carrier\r\nBoutique;Größe;Überall, schnell;Pigeon\r\n"
        for name, content in {
            "LibreOffice": text.replace(";", ",")
            .replace("Überall, schnell", '"Überall, schnell"')
            .encode(),
            "Excel": text.encode("cp1252"),
            "Excel, UTF-8": text.encode("utf-8-sig"),
            "Excel, Unicode text": text.replace(";", "\t").encode("utf-16"),
            "tabs": text.replace(";", "\t").encode(),
            "workbook": self.workbook(text),
        }.items():
            with self.subTest(program=name):
                self.rows("carrier").unlink()
                self.load("carrier", content)
                self.assertRecordValues(
                    self.rows("carrier"),
                    [
                        {
                            "value": "Größe",
                            "label": "Überall, schnell",
                            "carrier_id": self.carrier.id,
                        }
                    ],
                )

    def workbook(self, text):
        book = openpyxl.Workbook()
        for row in text.strip().split("\r\n"):
            book.active.append(row.split(";"))
        stream = io.BytesIO()
        book.save(stream)
        return stream.getvalue()

    def test_numbers_of_a_workbook_are_codes(self):
        book = openpyxl.Workbook()
        book.active.append(["Shop", "Value", "Product"])
        book.active.append(["Boutique", 42.0, "CHAIR"])
        stream = io.BytesIO()
        book.save(stream)
        self.load("product", stream.getvalue())
        self.assertEqual(self.rows("product").value, "42")

    def test_what_is_no_table(self):
        for content in (b"PK\x03\x04 not a workbook", b"\x00\x01\x02\x03"):
            wizard = self.wizard("carrier", content)
            self.assertIn("neither CSV nor", wizard.result)
            with self.assertRaisesRegex(UserError, "neither CSV nor"):
                wizard.action_import()
        wizard = self.wizard("carrier", "Boutique;x;y\n")
        self.assertEqual(wizard.error_count, 2)
        self.assertIn("Value in the Shop", wizard.result)
        self.assertIn("Choose a file", self.refusal(self.env["ciama.import.mappings"].create({})))

    def refusal(self, wizard):
        with self.assertRaises(UserError) as caught:
            wizard.action_import()
        return str(caught.exception)

    def test_the_form_tells_before_anything_is_written(self):
        form = Form(self.env["ciama.import.mappings"].with_context(default_kind="carrier"))
        form.sheet = base64.b64encode(f"{HEAD};Carrier\nBoutique;x;;Pigeon".encode())
        self.assertEqual(form.count, 1)
        self.assertIn("has not used yet: 1", form.result)
        self.assertFalse(self.rows("carrier"))
        form.save().action_import()
        self.assertTrue(self.rows("carrier").mapped)


class TestMeaning(FileCase):
    def test_all_fields_of_each_kind(self):
        tax = self.make_tax(7)
        tag = self.env["res.partner.category"].create({"name": "Club"})
        other_tag = self.env["res.partner.category"].create({"name": "Gold, old"})
        term = self.env["account.payment.term"].create({"name": "In 14 days"})
        journal = self.env["account.journal"].create(
            {"name": "Wallet", "code": "WALL", "type": "bank", "company_id": self.company.id}
        )
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", self.company.id)], limit=1
        )
        for kind, head, cells, expected in (
            ("product", "Product", "CHAIR", {"product_id": self.chair}),
            (
                "carrier",
                "Carrier;Lead Time (Days);Warehouse",
                f"pigeon;4;{warehouse.code}",
                {"carrier_id": self.carrier, "lead_days": 4, "warehouse_id": warehouse},
            ),
            (
                "payment",
                "Journal;Confirm Orders;Payment Terms;Register Payments;Invoice Sent By",
                "WALL;always;In 14 days;No;Odoo",
                {
                    "journal_id": journal,
                    "confirm": "always",
                    "payment_term_id": term,
                    "register_payment": "no",
                    "send_invoice": "yes",
                },
            ),
            ("tax", "Taxes in Odoo", tax.name, {"tax_ids": tax}),
            ("tax", "Without Tax", "oui", {"no_tax": True}),
            ("status", "Treat As", "Shipped", {"status": "fulfilled"}),
            (
                "group",
                "Tags;Payment Terms",
                "Club | Gold, old;In 14 days",
                {"tag_ids": tag | other_tag, "payment_term_id": term},
            ),
        ):
            with self.subTest(kind=kind, head=head, cells=cells):
                self.rows(kind).unlink()
                wizard = self.wizard(kind, f"{HEAD};{head}\nBoutique;x;X;{cells}")
                self.assertEqual((wizard.count, wizard.error_count), (1, 0), wizard.result)
                wizard.action_import()
                row = self.rows(kind)
                self.assertTrue(row.mapped)
                for name, value in expected.items():
                    self.assertEqual(row[name], value)

    def test_fills_in_what_is_there_and_leaves_what_is_empty(self):
        row = self.row("carrier", "x", label="Old name", lead_days=9)
        self.load("carrier", f"{HEAD};Carrier;Lead Time (Days)\nboutique;x;New name;Pigeon;\n")
        self.assertRecordValues(
            row, [{"label": "Old name", "carrier_id": self.carrier.id, "lead_days": 9}]
        )

    def test_what_it_downloads_it_takes_back_unchanged(self):
        journal = self.env["account.journal"].create(
            {"name": "Wallet", "code": "WALL", "type": "bank", "company_id": self.company.id}
        )
        self.row("product", "=1+1", label="@x", product_id=self.chair.id)
        self.row("payment", "x", journal_id=journal.id, confirm="never", send_invoice="no")
        self.row("carrier", "c", carrier_id=self.carrier.id, lead_days=2)
        self.row("tax", "FR 1", tax_ids=[(6, 0, (self.make_tax(3) | self.make_tax(4)).ids)])
        self.row("tax", "FR 2", no_tax=True)
        self.row("status", "s", status="paid")
        self.row("status", "empty")
        for kind in ("product", "payment", "carrier", "tax", "status", "group"):
            wizard = self.env["ciama.import.mappings"].create({"kind": kind})
            content = base64.b64decode(wizard.template)
            self.assertIn("Value in the Shop", content.decode("utf-8-sig"))
            self.assertNotIn(b";=", content)  # no formula of a shop in a spreadsheet
            reader = self.wizard(kind, content)._read()
            with self.subTest(kind=kind):
                self.assertEqual((reader.errors, reader.changed, reader.created), ([], {}, []))
                self.assertEqual(reader.unchanged, self.env[PREFIX + kind].search_count([]))
        self.assertIn("/template/", wizard.action_download()["url"])

    def test_offers_to_free_the_orders(self):
        row = self.row("status", "x")
        problem = self.env["ciama.problem"].search([("code", "=", "unknown_status")])
        card = self.env["ciama.order"].create({"shop_id": self.shop.id, "external_id": "1"})
        card.write({"state": "blocked", "waits_for": "x", "problem_id": problem.id})
        answer = self.wizard("status", f"{HEAD};Treat As\nBoutique;x;;Paid").action_import()
        self.assertEqual(row.status, "paid")
        self.assertEqual((answer["tag"], answer["params"]["count"]), ("ciama_offer", 1))


class TestErrors(FileCase):
    def test_each_line_says_what_is_wrong(self):
        self.make_shop(name="Twin")
        self.make_shop(name="twin")
        for _ in range(2):
            self.env["delivery.carrier"].create({"name": "Owl", "product_id": self.chair.id})
        errors = self.errors(
            "carrier",
            ";x;;Pigeon;1",
            "Boutique;;;Pigeon;1",
            "Nowhere;x;;Pigeon;1",
            "Twin;x;;Pigeon;1",
            "Boutique;x;;Pigeon;1",
            "Boutique;x;;Pigeon;2",
            "Boutique;y;;Ostrich;1",
            "Boutique;z;;Owl;1",
            "Boutique;a;;Pigeon;soon",
            "Boutique;b;;Pigeon;9999",
            head=";Carrier;Lead Time (Days)",
        )
        expected = {
            2: "shop is missing",
            3: "value in the shop is missing",
            4: 'no shop "Nowhere"',
            5: 'Several shops are called "Twin"',
            7: "Line 6 has this value",
            8: 'Carrier: there is no "Ostrich"',
            9: 'Carrier: several are called "Owl"',
            10: '"soon" is no whole number',
            11: '"9999" is no whole number',
        }
        self.assertEqual(set(errors), set(expected))
        for number, words in expected.items():
            self.assertIn(words, errors[number])

    def test_options_and_yes_or_no(self):
        errors = self.errors("status", "Boutique;x;;Lost at sea", head=";Treat As")
        self.assertIn("Paid, Shipped", errors[2])
        errors = self.errors("tax", "Boutique;FR 1;;perhaps", head=";Without Tax")
        self.assertIn("neither yes nor no", errors[2])

    def test_a_journal_for_no_money(self):
        sales = self.env["account.journal"].search(
            [("company_id", "=", self.company.id), ("type", "=", "sale")], limit=1
        )
        errors = self.errors("payment", f"Boutique;x;;{sales.code}", head=";Journal")
        self.assertIn("there is no", errors[2])

    def test_good_lines_are_imported_beside_bad_ones(self):
        wizard = self.wizard(
            "status", f"{HEAD};Treat As\nBoutique;x;;Paid\nNowhere;y;;Paid\nBoutique;z;;Nonsense"
        )
        self.assertEqual((wizard.count, wizard.error_count), (1, 2))
        self.assertIn("Line 3: There is no shop", wizard.result)
        wizard.action_import()
        self.assertEqual([row.value for row in self.rows("status")], ["x"])

    def test_nothing_to_do_is_said(self):
        self.row("status", "x", status="paid")
        wizard = self.wizard("status", f"{HEAD};Treat As\nBoutique;x;;Paid")
        self.assertEqual(wizard.count, 0)
        with self.assertRaisesRegex(UserError, "Nothing in this file"):
            wizard.action_import()

    def test_what_a_file_says_is_no_markup(self):
        wizard = self.wizard("status", f"{HEAD};Treat As\n<script>x</script>;x;;Paid")
        self.assertNotIn("<script>", wizard.result)


class TestCompanies(FileCase):
    def test_records_of_other_companies_are_refused(self):
        company = self.env["res.company"].create({"name": "Other"})
        self.env.user.company_ids |= company
        self.env["delivery.carrier"].create(
            {"name": "Foreign", "product_id": self.chair.id, "company_id": company.id}
        )
        self.make_shop(name="Abroad", company_id=company.id)
        env = self.env(context={"allowed_company_ids": (self.company | company).ids})
        lines = f"{HEAD};Carrier\nBoutique;x;;Foreign\nAbroad;x;;Foreign"
        wizard = self.wizard("carrier", lines).with_env(env)
        reader = wizard._read()
        self.assertEqual([number for number, _error in reader.errors], [2])
        self.assertEqual(len(reader.created), 1)

    def test_shops_of_other_companies_are_not_known(self):
        company = self.env["res.company"].create({"name": "Other"})
        self.make_shop(name="Abroad", company_id=company.id)
        manager = new_test_user(
            self.env, "files", "ciama_connector.group_manager", company_id=self.company.id
        )
        wizard = self.wizard("status", f"{HEAD};Treat As\nAbroad;x;;Paid", user=manager)
        self.assertIn("There is no shop", wizard.result)


class TestCost(FileCase):
    def test_many_lines_need_no_more_queries_than_few(self):
        self.env["product.product"].create(
            [{"name": f"P {i}", "default_code": f"P-{i}"} for i in range(400)]
        )
        self.row("product", "v0")
        counts = []
        for many in (5, 400):
            lines = "\n".join(f"Boutique;v{i};;P-{i}" for i in range(many))
            wizard = self.wizard("product", f"{HEAD};Product\n{lines}")
            wizard._read()
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            reader = wizard._read()
            self.assertEqual(len(reader.created) + len(reader.changed), many)
            counts.append(self.env.cr.sql_log_count - start)
        self.assertLessEqual(counts[1], counts[0])
