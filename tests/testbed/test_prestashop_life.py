"""What customers and staff do to the simulated shop, and what can be seen of it."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from testbed import faults
from testbed.prestashop import PrestaShopSimulator
from testbed.prestashop.keys import Key

from .prestashop_support import KEY, codes, getter, ids, make


@pytest.fixture
def shop():
    return make()


@pytest.fixture
def get(shop):
    with shop.running() as url:
        yield getter(url)


@pytest.mark.parametrize("folder", ["", "ps1.7.8.11", "ps9.1.0-dev"])
def test_grown_rows_are_of_the_shops_version(folder):
    shop = make(folder)
    was = {name: next(iter(shop.store[name])) for name in ("orders", "customers", "addresses")}
    order_id = int(shop.grow(1)[0])
    order = shop.store["orders"].rows[order_id]
    rows = {
        "orders": order,
        "customers": shop.store["customers"].rows[int(order["id_customer"])],
        "addresses": shop.store["addresses"].rows[int(order["id_address_delivery"])],
    }
    for name, row in rows.items():
        assert list(row) == list(was[name])
        for field, value in was[name].items():
            if value is not None and row[field] is not None:
                assert type(row[field]) is type(value), (name, field)
    assert shop.store.setting("PS_VERSION_DB") == shop.store.version


# -- what happens in a shop


def only_row(shop, resource, **values):
    rows = shop.store[resource].where(**values)
    assert len(rows) == 1
    return rows[0]


@pytest.mark.parametrize("folder", ["", "ps1.7.8.11", "ps9.1.0-dev"])
def test_grown_orders_add_up(folder):
    shop = make(folder)
    rates = {str(row["id"]): Decimal(row["rate"]) for row in shop.store["taxes"]}
    seen = Counter()
    for order_id in shop.grow(200):
        order = shop.store["orders"].rows[int(order_id)]
        details = shop.store["order_details"].where(id_order=order_id)
        assert len(order["associations"]["order_rows"]) == len(details) > 0
        for detail in details:
            taxes = [tax["id"] for tax in detail.get("associations", {}).get("taxes", [])]
            rate = 1 + sum((rates[str(tax)] for tax in taxes), Decimal(0)) / 100
            excl, incl = (Decimal(detail[f"unit_price_tax_{kind}"]) for kind in ("excl", "incl"))
            assert abs(excl * rate - incl) <= Decimal("0.000001")
            for kind, unit in (("excl", excl), ("incl", excl * rate)):
                line = Decimal(detail[f"total_price_tax_{kind}"])
                assert abs(unit * int(detail["product_quantity"]) - line) <= Decimal("0.005")
            seen[f"rate {rate}"] += 1
        for kind, products in (("excl", "total_products"), ("incl", "total_products_wt")):
            lines = sum(Decimal(detail[f"total_price_tax_{kind}"]) for detail in details)
            assert Decimal(order[products]) == lines
            parts = lines + sum(
                sign * Decimal(order[f"total_{name}_tax_{kind}"])
                for name, sign in (("shipping", 1), ("wrapping", 1), ("discounts", -1))
            )
            assert Decimal(order[f"total_paid_tax_{kind}"]) == parts > 0
        assert order["total_paid"] == order["total_paid_tax_incl"]
        vouchers = shop.store["order_cart_rules"].where(id_order=order_id)
        value = sum(Decimal(row["value"]) for row in vouchers)
        assert abs(value - Decimal(order["total_discounts"])) <= Decimal("0.005")
        seen["voucher"] += len(vouchers)
        seen["wrapping"] += Decimal(order["total_wrapping"]) > 0
        seen["paid"] += order["total_paid_real"] == order["total_paid"]
        seen["unpaid"] += Decimal(order["total_paid_real"]) == 0
    assert all(seen[name] > 5 for name in ("voucher", "wrapping", "paid", "unpaid"))
    assert len([name for name in seen if name.startswith("rate")]) > 1


def test_grown_orders_have_all_that_belongs_to_them(shop):
    newest = max(row["date_upd"] for row in shop.store["orders"])
    made = shop.grow(60)
    dates = []
    for order_id in made:
        order = shop.store["orders"].rows[int(order_id)]
        dates.append(order["date_upd"])
        customer = shop.store["customers"].rows[int(order["id_customer"])]
        address = shop.store["addresses"].rows[int(order["id_address_delivery"])]
        assert address["id_customer"] == str(customer["id"])
        assert int(address["id_country"]) in shop.store["countries"].rows
        assert int(order["id_carrier"]) in shop.store["carriers"].rows
        carrier = only_row(shop, "order_carriers", id_order=order_id)
        assert carrier["tracking_number"] == order["shipping_number"]
        history = shop.store["order_histories"].where(id_order=order_id)
        assert history[-1]["id_order_state"] == order["current_state"]
        assert int(order["current_state"]) in shop.store["order_states"].rows
        payments = shop.store["order_payments"].where(order_reference=order["reference"])
        assert sum(Decimal(row["amount"]) for row in payments) == Decimal(order["total_paid_real"])
        invoices = shop.store["order_invoices"].where(id_order=order_id)
        assert [row["number"] for row in invoices] == [
            order["invoice_number"] for _ in invoices if order["invoice_number"] != "0"
        ]
        assert bool(invoices) == (order["valid"] == "1")
        assert int(order["id_cart"]) in shop.store["carts"].rows
    assert min(dates) > newest
    assert max(Counter(dates).values()) > 1
    emails = {row["email"] for row in shop.store["customers"]}
    assert len(emails) == len(shop.store["customers"])


def test_growth_is_the_same_each_time_and_never_older():
    first, second = make(), make()
    assert first.grow(12) == second.grow(12)
    assert list(first.store["orders"]) == list(second.store["orders"])
    before = max(row["date_upd"] for row in first.store["orders"])
    new = first.store["orders"].rows[int(first.grow(1)[0])]
    assert new["date_upd"] > before


def upd(shop, order_id):
    return shop.store["orders"].rows[int(order_id)]["date_upd"]


def test_edits_move_the_change_date_in_the_shops_own_time(shop, get):
    shop.touch("3", datetime(2026, 11, 30, 12, 0, tzinfo=UTC))
    order = get("orders/3").json()["order"]
    assert order["date_upd"] == "2026-11-30 13:00:00"
    assert order["note"] == "(edited)"
    shop.touch("4")
    assert upd(shop, "4") == "2026-11-30 13:00:02"
    shop.set_state("5", 6)
    assert only_row(shop, "order_histories", id_order="5", id_order_state="6")
    assert upd(shop, "5") > upd(shop, "4")


def test_slips_tracking_and_payments_do_not_move_it(shop):
    was = {order_id: upd(shop, order_id) for order_id in ("1", "2", "3", "19")}
    slip = shop.store["order_slip"].rows[shop.add_slip("2", {2: 2}, shipping=True)]
    assert slip["total_products_tax_incl"] == "19.980000"
    assert slip["total_shipping_tax_incl"] == "5.940000"
    assert slip["partial"] == "0"
    assert slip["date_add"] > max(was.values())
    detail = shop.store["order_details"].rows[2]
    assert detail["product_quantity_return"] == "2"  # it was delivered
    assert detail["total_refunded_tax_incl"] == "19.980000"
    shop.add_slip("1")
    assert shop.store["order_details"].rows[1]["product_quantity_refunded"] == "1"
    shop.set_tracking("3", "XY123")
    assert only_row(shop, "order_carriers", id_order="3")["tracking_number"] == "XY123"
    assert shop.store["orders"].rows[3]["shipping_number"] == "XY123"
    payment = shop.store["order_payments"].rows[shop.add_payment("1", "15.93")]
    assert payment["order_reference"] == shop.store["orders"].rows[1]["reference"]
    assert shop.store["orders"].rows[1]["total_paid_real"] == "15.930000"
    shop.add_message("19", "Merci")
    assert was == {order_id: upd(shop, order_id) for order_id in was}


def test_new_dates_can_be_polled(shop, get):
    seen = shop.newest().astimezone(shop.zone).strftime("%Y-%m-%d %H:%M:%S")
    slip, payment = shop.add_slip("2"), shop.add_payment("1", "5")
    since = {"date": "1", "filter[date_add]": f">[{seen}]"}
    assert ids(get("order_slip", **since)) == [slip]
    assert ids(get("order_payments", **since)) == [payment]
    assert ids(get(date="1", **{"filter[date_upd]": f">[{seen}]"})) == []


def test_addresses_go(shop, get):
    shop.delete_address(2)
    assert get("addresses/2", display="full").json()["addresses"][0]["deleted"] == "1"
    shop.delete_address(3, for_good=True)
    assert get("addresses/3").status_code == 404
    assert ids(get("addresses", **{"filter[id]": "[2|3]"})) == [2]


def test_a_shop_sees_its_own_orders(shop, get):
    other = shop.add_shop("Outlet")
    made = [int(order_id) for order_id in shop.grow(4, shop=other)]
    assert set(made) <= set(map(int, shop.order_ids()))
    assert not set(made) & set(ids(get()))
    assert sorted(ids(get(id_shop=str(other)))) == made
    assert len(ids(get(id_shop="all"))) == 39
    assert len(ids(get(id_group_shop="1"))) == 39
    customers = [int(row["id"]) for row in shop.store["customers"].where(id_shop=other)]
    assert sorted(ids(get("customers", id_shop=str(other)))) == customers
    # single rows and the parts of orders belong to no shop
    assert get(f"orders/{made[0]}").status_code == 200
    assert ids(get("order_details", **{"filter[id_order]": f"[{made[0]}]"}))
    shop.keys[KEY] = Key(shops=frozenset({1}))
    assert codes(get(id_shop=str(other))) == [132]
    assert get(id_shop="99").status_code == 403
    assert codes(get(id_group_shop="7")) == [999]


def test_an_order_edited_while_a_client_pages(shop, get):
    shop.faults.add(faults.before(lambda: shop.touch("1")), match="limit=5%2C5")
    window = {"date": "1", "sort": "[date_upd_ASC,id_ASC]"}
    first, second = (ids(get(limit=f"{at},5", **window)) for at in (0, 5))
    everything = ids(get(**window))
    assert first[0] == 1
    assert everything[-1] == 1
    assert set(everything[:10]) - set(first) - set(second)  # one slipped to the page before


def test_an_empty_folder_is_an_empty_shop(tmp_path):
    shop = PrestaShopSimulator(tmp_path)
    assert shop.order_ids() == []
    assert shop.store.version == "8.2.1"
    assert len(shop.grow(3)) == 3
    assert shop.newest() > datetime(2026, 1, 1, tzinfo=UTC) - timedelta(days=1)
    with shop.running() as url:
        assert len(ids(getter(url)(display="full"))) == 3
