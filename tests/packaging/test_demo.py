"""What ``make demo`` concludes from the two sides: the shops' orders, and Odoo's cards."""

import socket
import sys
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from ciama_connector.canonical import Address, Line, Order, Tax

from ..conftest import ROOT

sys.path.append(str(ROOT / "scripts"))
from demonstration import processes, recordings, report

NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)


def line(sku="LAMP", rate="20", **values):
    net, tax = Decimal("10.00"), Decimal("2.00")
    return Line(
        **{
            "id": sku,
            "name": f"Name of {sku}",
            "sku": sku,
            "net": net,
            "tax": tax,
            "gross": net + tax,
            "taxes": (Tax(rate=Decimal(rate), amount=tax),),
            **values,
        }
    )


def order(external_id="1", country="FR", lines=(), **values):
    return Order(
        **{
            "platform": "ciama",
            "external_id": external_id,
            "number": external_id,
            "created_at": NOON,
            "updated_at": NOON,
            "status": "paid",
            "payment_status": "paid",
            "currency": "EUR",
            "prices_include_tax": False,
            "total": Decimal("12.00"),
            "total_tax": Decimal("2.00"),
            "lines": lines or (line(),),
            "shipping_address": Address(country=country, city="Lyon"),
            **values,
        }
    )


def recorded(*orders):
    return recordings.Recorded(
        {one.external_id for one in orders}, {one.external_id: one for one in orders}
    )


def card(external_id="1", state="imported", code="", total=12.0, currency="EUR"):
    sold = state == "imported"
    return {
        "external_id": external_id,
        "number": external_id,
        "state": state,
        "code": code,
        "sale_order_id": [7, "S00007"] if sold else False,
        "total": total if sold else None,
        "currency": currency if sold else "",
    }


# -- the report


def test_imported_orders_are_added_up_on_both_sides():
    found = report.examine("ciama", recorded(order("1"), order("2")), [card("1"), card("2")])
    assert found.as_dict() == {
        "platform": "ciama",
        "fetched": 2,
        "imported": 2,
        "held": {},
        "blocked": {},
        "failed": 0,
        "ignored": {},
        "total_shop": "24.00",
        "total_odoo": "24.00",
        "differences": [],
    }
    assert not found.faults


def test_currencies_are_not_added_to_each_other():
    yen = order("2", currency="JPY", total=Decimal(900))
    found = report.examine(
        "ciama", recorded(order("1"), yen), [card("1"), card("2", total=900.0, currency="JPY")]
    )
    assert found.as_dict()["total_shop"] == {"EUR": "12.00", "JPY": "900"}
    assert found.as_dict()["total_shop"] == found.as_dict()["total_odoo"]


@pytest.mark.parametrize("odoo", [{"total": 12.01}, {"currency": "USD"}])
def test_a_cent_or_a_currency_is_a_difference(odoo):
    found = report.examine("ciama", recorded(order("1")), [card("1", **odoo)])
    (difference,) = found.differences
    assert difference["order"] == "1"
    assert difference["shop"] == "12.00 EUR"
    assert any("DIFFERENCE" in text for text in report.remarks([found]))


def test_cards_are_counted_by_their_cause():
    orders = [order(str(number)) for number in range(4)]
    cards = [
        card("0", "held", "tax_rate_differs"),
        card("1", "blocked", "product_unknown"),
        card("2", "ignored", "test_order"),
        card("3", "failed", "unexpected"),
    ]
    found = report.examine("ciama", recorded(*orders), cards).as_dict()
    assert found["held"] == {"tax_rate_differs": 1}
    assert found["blocked"] == {"product_unknown": 1}
    assert found["ignored"] == {"test_order": 1}
    assert found["failed"] == 1
    assert found["total_shop"] == "0.00"


@pytest.mark.parametrize("state", ["received", "held", "blocked", "failed", "ignored"])
def test_an_order_that_waits_or_has_no_cause_is_a_fault(state):
    assert report.examine("ciama", recorded(order()), [card(state=state)]).faults


def test_an_order_that_never_reached_odoo_is_a_fault():
    found = report.examine("ciama", recorded(order("1"), order("2")), [card("1")])
    assert found.faults == ["order 2 never reached Odoo"]


def test_an_imported_order_without_sale_order_is_a_fault():
    assert report.examine("ciama", recorded(order()), [card() | {"sale_order_id": False}]).faults


def test_an_order_that_cannot_be_read_may_be_a_card():
    unread = recordings.Recorded({"1"})
    found = report.examine("ciama", unread, [card(state="blocked", code="invalid_order")])
    assert found.fetched == 1
    assert not found.faults


def test_table_lines_are_equally_long():
    dollars = order("2", currency="USD")
    found = report.examine(
        "ciama", recorded(order("1"), dollars), [card("1"), card("2", currency="USD")]
    )
    lines = report.table([found])
    assert len(lines) == 4
    assert len(set(map(len, lines))) == 1


# -- the products


def test_each_sku_is_one_product():
    shops = [recorded(order(lines=(line("A"), line("B")))), recorded(order(lines=(line("A"),)))]
    assert [product.sku for product in recordings.products_of(shops)] == ["A", "B"]


def test_the_rate_is_that_of_french_orders():
    german = order("1", "DE", lines=(line(rate="19"),))
    french = order("2", "FR", lines=(line(rate="5.5"),))
    (product,) = recordings.products_of([recorded(german, french)])
    assert product.rate == Decimal("5.5")
    (product,) = recordings.products_of([recorded(german)])
    assert product.rate is None


def test_the_list_price_is_net():
    shown = line(list_price=Decimal("12.00"))
    (product,) = recordings.products_of([recorded(order(lines=(shown,), prices_include_tax=True))])
    assert product.price == Decimal("10.00")
    (product,) = recordings.products_of([recorded(order(lines=(line(quantity=Decimal(4)),)))])
    assert product.price == Decimal("2.50")


def test_a_barcode_stands_on_one_product_only():
    lines = (line("A", barcode="123"), line("B", barcode="123"))
    products = recordings.products_of([recorded(order(lines=lines))])
    assert [product.barcode for product in products] == ["123", ""]


# -- ports


def test_ports_are_kept_for_the_next_run(tmp_path):
    path = tmp_path / "state.json"
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        first = taken.getsockname()[1]
        state = processes.State(path, ("wix", "ciama"), first)
        assert first not in state.ports.values()
        assert len(set(state.ports.values())) == 2
    state.grown = 3
    state.save()
    again = processes.State(path, ("wix", "ciama"), first)
    assert (again.ports, again.grown) == (state.ports, 3)


def test_other_recordings_have_another_database(tmp_path):
    import demo

    first, second = tmp_path / "first", tmp_path / "second"
    for folder, content in ((first, "[]"), (second, "[1]")):
        shop = tmp_path / f"real-{folder.name}"
        shop.mkdir()
        (shop / "orders.json").write_text(content)
        folder.mkdir()
        (folder / "prestashop").symlink_to(shop)
    assert demo.hash_of(first) != demo.hash_of(second)
    assert demo.database_suffix(first) != demo.database_suffix(second)
    before = demo.database_suffix(first)
    (first / "prestashop" / "orders.json").write_text("[2]")
    assert demo.database_suffix(first) != before


# -- without shops


def test_who_connects_the_shops_is_told_what_to_type():
    import demo

    recordings.use_addon_without_odoo()
    secrets = {"consumer_key": "ck_demo", "consumer_secret": "cs_demo"}

    class Shops:
        running = {"woocommerce": {"url": "http://127.0.0.1:18103", "credentials": secrets}}

    text = "\n".join(demo.to_type_in(Shops))
    for expected in ("WooCommerce", "Address: http://127.0.0.1:18103", ": ck_demo", ": cs_demo"):
        assert expected in text


def test_a_demo_without_shops_has_a_database_of_its_own(monkeypatch):
    import demo

    for name in ("ONCE", "DATA", "PORT", "EMPTY"):
        monkeypatch.delenv(name, raising=False)
    assert not demo.read_options().empty
    before = demo.read_options().database
    monkeypatch.setenv("EMPTY", "1")
    assert demo.read_options().empty
    assert demo.read_options().database != before
