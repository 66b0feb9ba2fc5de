"""Every rule that a person can set says what it does, where the mouse rests on it."""

from lxml import etree

from .fake import PullCase

MAPPINGS = ("product", "payment", "carrier", "tax", "status", "group")
CORE = {"create_uid"}


class TestHelp(PullCase):
    def shown(self, model, view_type):
        """{(model, field)} that the view shows, with those of the lists in it."""
        arch = self.env[model].get_view(view_type=view_type)["arch"]
        return set(self.fields_in(etree.fromstring(arch), model))

    def fields_in(self, element, model):
        for node in element:
            within = model
            if node.tag == "field":
                field = self.env[model]._fields[node.get("name")]
                within = field.comodel_name
                if node.get("invisible") not in ("1", "True") and not node.get("column_invisible"):
                    yield model, field.name
            yield from self.fields_in(node, within)

    def assert_helpful(self, shown):
        self.assertTrue(shown)
        silent = sorted(
            f"{model}.{field}"
            for model, field in shown
            if field not in CORE and not self.env[model]._fields[field].help
        )
        self.assertEqual(silent, [])

    def test_every_field_of_a_shop(self):
        shown = self.shown("ciama.shop", "form")
        self.assertIn(("ciama.shop", "edit_policy"), shown)
        self.assertIn(("ciama.credential", "value"), shown)
        self.assert_helpful({(model, field) for model, field in shown if model.startswith("ciama")})

    def test_every_field_of_a_mapping(self):
        for kind in MAPPINGS:
            for view_type in ("list", "form"):
                with self.subTest(kind=kind, view=view_type):
                    self.assert_helpful(self.shown(f"ciama.mapping.{kind}", view_type))

    def test_every_field_of_a_backfill(self):
        self.assert_helpful(self.shown("ciama.backfill", "form"))

    def test_every_setting(self):
        settings = self.env["res.config.settings"]
        own = {
            ("res.config.settings", name) for name in settings._fields if name.startswith("ciama")
        }
        self.assert_helpful(own & self.shown("res.config.settings", "form"))
