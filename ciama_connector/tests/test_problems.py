"""The vocabulary of causes: every code has its words, and the words have no holes."""

import ast
import string
from pathlib import Path

from odoo.addons.queue_job.tests.common import trap_jobs

from ..canonical import Code, Problem
from .common import ImportCase, line, order

ADDON = Path(__file__).parents[1]
NOT_OF_THE_SENTENCE = {"waits_for", "mapping"}  # arguments of Draft.fail for the card


def raised_with():
    """[(code, names of the parameters, where)] of every place that names a code."""
    found = []
    for path in ADDON.rglob("*.py"):
        if "tests" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and not passes_on(node):
                names = {keyword.arg for keyword in node.keywords} - NOT_OF_THE_SENTENCE
                found += [
                    (Code[arg.attr], names, f"{path.relative_to(ADDON)}:{node.lineno}")
                    for arg in node.args
                    if isinstance(arg, ast.Attribute) and ast.unparse(arg.value) == "Code"
                ]
    return found


def passes_on(call):
    """It searches for a code, or hands over the parameters that came with one."""
    handed_over = any(keyword.arg is None for keyword in call.keywords)
    return handed_over or ast.unparse(call.func).split(".")[-1] in ("Domain", "_of", "_domain")


def holes(sentence):
    return {name for _text, name, _spec, _conversion in string.Formatter().parse(sentence) if name}


class TestVocabulary(ImportCase):
    def problem(self, code):
        return self.env.ref(f"ciama_connector.problem_{code.value}")

    def test_every_code_has_its_record(self):
        records = self.env["ciama.problem"].search([("code", "!=", False)])
        self.assertEqual(set(records.mapped("code")), {code.value for code in Code})
        for code in Code:
            with self.subTest(code=code):
                record = self.problem(code)
                self.assertEqual(self.env["ciama.problem"]._of(code), record)
                self.assertTrue(record.name and record.sentence and record.remedy)
                self.assertIn(record.sentence[-1], ".}", "it is a sentence")

    def test_states(self):
        """What needs nobody is ignored; what needs somebody has something to press."""
        for code in Code:
            with self.subTest(code=code):
                record = self.problem(code)
                if record.state != "ignored":
                    self.assertTrue(record.action)
        self.assertEqual(self.problem(Code.UNEXPECTED).state, "failed")
        self.assertEqual(self.problem(Code.PRODUCT_UNKNOWN).state, "blocked")
        self.assertEqual(self.problem(Code.TAX_RATE_DIFFERS).state, "held")
        self.assertEqual(self.problem(Code.TEST_ORDER).state, "ignored")

    def test_sentences_use_what_their_code_is_raised_with(self):
        places = raised_with()
        self.assertGreater(len(places), 40, "the search finds them")
        for code, names, where in places:
            with self.subTest(code=code, where=where):
                self.assertLessEqual(holes(self.problem(code).sentence), names)

    def test_every_code_is_raised_somewhere(self):
        direct = {code for code, _names, _where in raised_with()}
        sources = "".join(path.read_text() for path in (ADDON / "services").glob("*.py"))
        for code in set(Code) - direct:
            with self.subTest(code=code, where="named in a table"):
                self.assertIn(f"Code.{code.name}", sources)
                self.assertFalse(holes(self.problem(code).sentence))

    def test_a_sentence_is_filled_in(self):
        (card,) = self.import_orders(order(line(sku="X-1", name="Stool")))
        self.assert_card(card, "blocked", "product_unknown")
        self.assertEqual(card.message, "No product in Odoo has the reference X-1 (Stool).")

    def test_a_hostile_name_stays_a_name(self):
        (card,) = self.stage(order())
        card._set_problem(
            Problem(Code.PRODUCT_UNKNOWN, sku="{name.__class__}", name="<script>{0}</script>")
        )
        self.assertEqual(
            card.message,
            "No product in Odoo has the reference {name.__class__} (<script>{0}</script>).",
        )


class TestActions(ImportCase):
    """The button on a card does what its cause says."""

    def card(self, action, **values):
        problem = self.env["ciama.problem"].search([("action", "=", action)], limit=1)
        self.assertTrue(problem, action)
        number = {"value": "BE0477472701", "source": "billing_address.vat_number"}
        (card,) = self.stage(order(vat_candidates=[number]))
        state = "ignored" if problem.state == "ignored" else problem.state
        card.write({"problem_id": problem.id, "state": state, "waits_for": "X-1", **values})
        return card

    def test_every_action_is_known(self):
        expected = {
            "retry": self.is_notification,
            "refetch": self.is_notification,
            "accept": lambda done, card: self.assertTrue(done),
            "map_product": self.opens_dialog("ciama.mend.product"),
            "map_carrier": self.opens_dialog("ciama.mend.mapping"),
            "map_payment": self.opens_dialog("ciama.mend.mapping"),
            "decide_vat": self.opens_dialog("ciama.mend.vat"),
            "choose_customer": self.opens_dialog("ciama.mend.customer"),
            "name_customer": self.opens_dialog("ciama.mend.order"),
            "mend_amounts": self.opens_dialog("ciama.mend.order"),
            "open_shop": lambda done, card: self.assertEqual(
                (done["res_model"], done["res_id"]), ("ciama.shop", card.shop_id.id)
            ),
            "ask_vies": self.is_notification,
            "create_tax": lambda done, card: self.assertEqual(
                (done["res_model"], done["context"]),
                ("ciama.create.tax", {"default_order_id": card.id}),
            ),
            "import_anyway": self.is_notification,
            "open_sale_order": lambda done, card: self.assertEqual(
                (done["res_model"], done["res_id"]), ("sale.order", card.sale_order_id.id)
            ),
        }
        offered = dict(self.env["ciama.problem"]._fields["action"].selection)
        self.assertEqual(set(offered), set(expected))
        used = set(self.env["ciama.problem"].search([]).mapped("action")) - {False}
        for action in used:
            with self.subTest(action=action), trap_jobs():
                card = self.card(action)
                if action == "open_sale_order":
                    card.sale_order_id = self.imported(order())
                expected[action](card.action_mend(), card)

    def is_notification(self, done, card):
        self.assertEqual(done["tag"], "display_notification")

    def opens_dialog(self, model):
        def check(done, card):
            self.assertEqual((done["res_model"], done["target"]), (model, "new"))
            self.assertEqual(self.env[model].browse(done["res_id"]).order_id, card)

        return check

    def test_open_the_sale_order(self):
        (sale_order,) = self.imported(order())
        action = sale_order.ciama_order_ids.action_open_sale_order()
        self.assertEqual((action["res_model"], action["res_id"]), ("sale.order", sale_order.id))
        back = sale_order.action_open_ciama_order()
        self.assertEqual(back["res_id"], sale_order.ciama_order_ids.id)
