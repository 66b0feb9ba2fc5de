"""A page full of bad orders among good ones, from the pull to cards and sale orders."""

from ..canonical import Code, Problem
from .common import address, line, order, shipping
from .fake import PullCase

LONG = "N" * 10_000
HTML = "<script>alert(1)</script>"
FORMULA = '=HYPERLINK("http://example.com";"Click")'
NOBODY = {"billing_address": None, "shipping_address": None}
# What is wrong: (order, code, what the sentence says)
BAD = {
    "no lines": (order(lines=[]), "no_lines", "no lines with products"),
    "only shipping": (order(shipping()) | {"total": "99.00"}, "no_lines", "no lines"),
    "negative": (order(line(quantity="-2")), "bad_quantity", '"Chair" was ordered -2 times'),
    "enormous": (order(line(quantity="9000000")), "bad_quantity", "ordered 9000000 times"),
    "currency": (order(currency="ZZZ"), "currency_unknown", "ZZZ, which is not active"),
    "no currency": (order(currency=""), "invalid_order", '"currency": not a known code'),
    "no address": (order() | NOBODY, "address_missing", "no address"),
    "nobody": (order(customer={}) | NOBODY, "customer_missing", "neither name nor e-mail"),
    "country": (order(address=address(country="QQ")), "country_unknown", '"QQ"'),
    "long": (order(line(name=LONG)), "invalid_order", '"lines.0.name": too long'),
    "1970": (order(created_at="1970-01-01T00:00:00Z"), "bad_date", "1970"),
    "no zone": (
        order(created_at="2026-03-02T10:00:00"),
        "invalid_order",
        "a date without its time zone",
    ),
    "no date": (order(created_at="soon"), "invalid_order", '"created_at": not a date'),
    "word": (order(total="a lot"), "invalid_order", '"total": not a number'),
    "sum": (order(total="99.00"), "amounts_disagree", "12.00 EUR, the order says 99.00"),
    "gross": (order(line(gross="1.00")), "invalid_order", "net and tax do not make gross"),
    "taxes": (order(line(taxes=[])), "invalid_order", "its taxes do not make its tax"),
    "unknown": (order(surprise=1), "invalid_order", '"surprise": not known'),
}
BAD["taxes"][0]["lines"][0].update(tax="2.00", gross="12.00")


def of(name, body):
    return body | {"external_id": name, "number": name}


class TestBadInput(PullCase):
    def import_all(self, *bodies):
        fake = self.open(*bodies, page_size=100)
        self.shop._job_pull()
        cards = self.cards()
        for job_cards in (cards[:10], cards[10:]):  # bad and good ones share a batch
            job_cards._job_import()
        return fake, cards

    def test_a_page_of_bad_orders_among_good_ones(self):
        bad = [of(name, body) for name, (body, _code, _words) in BAD.items()]
        good = [order() for _ in bad]
        mixed = [body for pair in zip(bad, good, strict=True) for body in pair]
        _fake, cards = self.import_all(*mixed)
        self.assertEqual(len(cards), len(mixed))
        for body in good:
            card = self.card(body["external_id"])
            self.assertEqual(card.state, "imported", body["number"])
            self.assertAlmostEqual(card.sale_order_id.amount_total, 12.0)
        for name, (_body, code, words) in BAD.items():
            with self.subTest(name):
                card = self.card(name)
                self.assert_card(card, "blocked", code)
                self.assertIn(words, card.message)
                self.assertFalse(card.sale_order_id)
                self.assertTrue(card.remedy)
                self.assertNotIn("Marie", card.message)

    def test_corrected_in_the_shop_they_all_go_through(self):
        bad = [of(name, body) for name, (body, _code, _words) in BAD.items()]
        fake, cards = self.import_all(*bad)
        for name in BAD:
            fake.put(of(name, order(updated_at="2026-03-02T11:00:00+00:00")))
        self.shop._job_pull()
        cards._job_import()
        self.assertEqual(set(cards.mapped("state")), {"imported"})
        self.assertEqual(len(cards.sale_order_id), len(BAD))

    def test_strange_texts_go_through_as_they_are(self):
        texts = (HTML, FORMULA, "Zoë 😀 \u202eمرحبا", "100 %s {name} %(x)s")
        bodies = [
            order(line(name=text), customer_note=text, address=address(last_name=text))
            for text in texts
        ]
        _fake, cards = self.import_all(*bodies)
        for body, text in zip(bodies, texts, strict=True):
            sale_order = self.card(body["external_id"]).sale_order_id
            self.assertEqual(sale_order.partner_invoice_id.name, f"Marie {text}")
            self.assertIn(text, sale_order.order_line[0].name)
            self.assertNotIn("<script", sale_order.note or "")
        self.assertEqual(set(cards.mapped("state")), {"imported"})

    def test_what_is_empty_is_called_so(self):
        card = self.stage(order())
        card._set_problem(Problem(Code.BAD_DATE, field="date_created", value=""))
        self.assertEqual(card.message, 'The order\'s date "date_created" is (empty).')
