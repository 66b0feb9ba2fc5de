"""All recorded orders of five shops, by one command, into Odoo: the whole main job."""

import json
from collections import Counter

import pytest

from testbed import codes

from .expected_cards import CARDS
from .recorded_totals import of_shop

PLATFORMS = codes()


@pytest.fixture(params=PLATFORMS)
def code(request):
    return request.param


def test_the_command_succeeds_twice(runs):
    for run in runs:
        assert run.status == 0, run.output
        assert [shop["platform"] for shop in run.report["shops"]] == list(PLATFORMS)


def test_every_recorded_order_is_there_exactly_once(runs, recordings, code):
    recorded = of_shop(code, recordings / code)
    for run in runs:
        rows = [row for row in run.cards if row["platform"] == code]
        assert sorted(row["external_id"] for row in rows) == sorted(recorded)
        sales = [row["sale"] for row in rows if row["sale"]]
        assert len(sales) == len(set(sales))
        assert run.shop(code)["fetched"] == len(recorded)


def test_every_imported_order_has_the_shops_total_and_tax(runs, recordings, code):
    recorded = of_shop(code, recordings / code)
    cards = runs[0].cards_of(code)
    imported = {key: card for key, card in cards.items() if card["state"] == "imported"}
    assert imported
    wrong = [
        (card["number"], card["total"], card["tax"], card["currency"], recorded[key])
        for key, card in imported.items()
        if (card["total"], card["tax"], card["currency"])
        != (recorded[key].total, recorded[key].tax, recorded[key].currency)
    ]
    assert not wrong
    assert runs[0].shop(code)["differences"] == []
    assert runs[0].shop(code)["total_shop"] == runs[0].shop(code)["total_odoo"]


def test_every_other_order_is_a_card_with_the_right_cause(runs, code):
    others = {
        card["number"]: card["code"]
        for card in runs[0].cards_of(code).values()
        if card["state"] != "imported"
    }
    assert others == CARDS[code]


def test_the_report_counts_them(runs, code):
    shop, cards = runs[0].shop(code), runs[0].cards_of(code).values()
    states = Counter(card["state"] for card in cards)
    assert shop["imported"] == states["imported"]
    assert shop["failed"] == states["failed"] == 0
    for state in ("held", "blocked", "ignored"):
        causes = Counter(card["code"] for card in cards if card["state"] == state)
        assert shop[state] == dict(causes)


def test_confirmed_orders_with_goods_have_their_delivery(runs, code):
    sales = [card for card in runs[0].cards_of(code).values() if card["sale_state"] == "sale"]
    assert sales
    for card in sales:
        assert card["deliveries"] == (1 if card["has_goods"] else 0), card["number"]


def test_raw_orders_are_not_readable_in_the_database(runs, code):
    for card in runs[0].cards_of(code).values():
        assert card["payload"].startswith("gAAAA")  # a Fernet token
        with pytest.raises(ValueError, match="Expecting"):
            json.loads(card["payload"])


def test_a_second_run_changes_nothing(runs):
    first, second = runs
    assert second.report == first.report
    assert second.counts == first.counts

    def essence(run):
        return sorted((card["platform"], card["external_id"], card["name"]) for card in run.cards
                      if card["sale"])  # fmt: skip

    assert essence(second) == essence(first)
