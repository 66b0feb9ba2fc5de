"""WooCommerce orders: people and places, notes and logistics."""

from decimal import Decimal

import pytest

from .woocommerce_cases import ORDERS, metas, read

D = Decimal


# -- people and places


def test_a_guest_and_an_account():
    assert (read(39).customer.external_id, read(39).customer.is_guest) == ("", True)
    account = read(62).customer
    assert (account.external_id, account.is_guest, account.email) == (
        "2", False, "claire.durand@example.fr",
    )  # fmt: skip


def test_billing_and_shipping_may_differ():
    order = read(62)
    assert (order.billing_address.full_name, order.billing_address.street2) == (
        "Claire Durand", "Bât. B",
    )  # fmt: skip
    assert (order.shipping_address.full_name, order.shipping_address.phone) == ("Mamie Durand", "")


def test_an_order_without_anybody():
    order = read(72)
    assert order.billing_address is None
    assert order.shipping_address is None
    assert order.customer.email == ""


@pytest.mark.parametrize(
    ("country", "state", "code", "name"),
    [
        ("DE", "DE-BE", "BE", ""),
        ("US", "CA", "CA", ""),
        ("CH", "ZH", "ZH", ""),
        ("JP", "JP13", "13", ""),
        ("TR", "TR34", "34", ""),
        ("FR", "Bretagne", "", "Bretagne"),
        ("GB", "Essex", "", "Essex"),
    ],
)
def test_states(country, state, code, name):
    billing = {**ORDERS[53]["billing"], "country": country, "state": state}
    address = read(53, billing=billing).billing_address
    assert (address.state_code, address.state_name, address.country) == (code, name, country)


# Kinds of keys; the whole table is in const.VAT_KEYS.
@pytest.mark.parametrize(
    "key",
    [
        "_billing_vat_number", "_vat_number", "vat_number", "_billing_eu_vat_number",
        "billing_vat", "_billing_vat_id", "VAT Number", "_billing_piva", "_billing_nif",
        "_billing_yweu_vat", "_billing_tax_id", "_wc_billing/shop/vat-number",
        "_wc_other/shop/tva-intracom", "_wc_billing/my-shop/ust-idnr", "company_vat_no",
    ],
)  # fmt: skip
def test_vat_numbers_wherever_plugins_keep_them(key):
    order = read(39, meta_data=metas((key, "BE 0477.472.701"), ("is_vat_exempt", "no")))
    assert [(vat.value, vat.source) for vat in order.vat_candidates] == [
        ("BE 0477.472.701", f"meta:{key}")
    ]


def test_vat_numbers_people_write_elsewhere():
    billing = {**ORDERS[39]["billing"], "company": "ACME, TVA BE0477472701"}
    order = read(39, billing=billing, customer_note="Our VAT: DE123456789, thanks")
    assert [(vat.value, vat.source) for vat in order.vat_candidates] == [
        ("BE0477472701", "billing.company"),
        ("DE123456789", "note"),
    ]


def test_what_only_looks_like_a_vat_key_is_none():
    found = metas(
        ("_vat_number_is_valid", "true"), ("_vat_country", "BE"), ("is_vat_exempt", "yes"),
        ("_vat_number_check_date", "2026-10-05 12:00"), ("_private", "12345678"),
        ("_wc_other/shop/po-ref", "PO-2026/117"), ("_vat_rate_total", "1234.50"),
    )  # fmt: skip
    assert read(39, meta_data=found).vat_candidates == ()


def test_one_number_in_two_places_is_one_candidate():
    order = read(55)
    assert [(vat.value, vat.source) for vat in order.vat_candidates] == [
        ("BE0477472701", "meta:_wc_billing/boutique/vat-number")
    ]
    assert order.po_number == "PO-2026/117"
    assert order.attributes == ()


def test_exempt_from_vat():
    order = read(74)
    assert order.tax_exempt
    assert order.customer.tax_exempt
    assert order.total_tax == 0
    assert [vat.source for vat in order.vat_candidates] == ["meta:_billing_vat_number"]
    assert not read(55).tax_exempt


def test_numbers_that_are_no_vat_numbers():
    order = read(39, meta_data=metas(("_billing_siret", "55208131766522")))
    assert order.billing_address.identification == "55208131766522"
    assert order.vat_candidates == ()


# -- notes and logistics


def test_notes_in_any_writing():
    assert read(100).customer_note == 'Ligne 1\nLigne 2 <b>gras</b> & "guillemets"\n日本語 🙂'


def test_gift_message_tracking_and_delivery_date():
    order = read(65)
    assert order.gift_message == "Joyeux anniversaire ❤"
    assert order.is_gift
    assert [shipment.tracking_number for shipment in order.shipments] == ["6A00000000001"]
    assert order.attributes == ()
    assert [(a.name, a.value) for a in read(100).attributes] == [("delivery_date", "2026-12-24")]


def test_parcels_of_shipment_tracking():
    items = [
        {
            "tracking_provider": "", "custom_tracking_provider": "Colissimo",
            "custom_tracking_link": "https://example.com/6A1", "tracking_number": "6A1",
            "date_shipped": "1790000000", "tracking_id": "x",
        }
    ]  # fmt: skip
    [shipment] = read(39, meta_data=metas(("_wc_shipment_tracking_items", items))).shipments
    assert (shipment.carrier, shipment.tracking_url) == ("Colissimo", "https://example.com/6A1")
    assert shipment.created_at.year == 2026


@pytest.mark.parametrize(
    ("found", "point", "name", "carrier"),
    [
        (
            metas(
                ("_lpc_meta_pickUpLocationId", "123456"),
                ("_lpc_meta_pickUpLocationLabel", "Tabac"),
            ),
            "123456", "Tabac", "Colissimo",
        ),
        (metas(("Mondial Relay Parcel Shop ID", "FR-051322")), "FR-051322", "", "Mondial Relay"),
        (
            metas(("_shipping_method_chronorelais", {"id": "2468X", "name": "Bar"})),
            "2468X", "Bar", "Chronopost",
        ),
        (
            metas(("sendcloudshipping_service_point_meta", {"id": 99, "extra": "Kiosk|Weg 1"})),
            "99", "Kiosk", "",
        ),
    ],
)  # fmt: skip
def test_relay_points(found, point, name, carrier):
    pickup = read(39, meta_data=found).pickup_point
    assert (pickup.id, pickup.name, pickup.carrier) == (point, name, carrier)


def test_collected_at_the_shop():
    place = {**ORDERS[39]["shipping_lines"][0], "method_id": "pickup_location", "instance_id": "0"}
    place["meta_data"] = metas(("pickup_location", "Entrepôt"), ("pickup_address", "1 quai, Lyon"))
    pickup = read(39, shipping_lines=[place]).pickup_point
    assert (pickup.name, pickup.address.street) == ("Entrepôt", "1 quai, Lyon")
    assert read(39).pickup_point is None


@pytest.mark.parametrize("key", ["wpml_language", "trp_language", "pll_language"])
def test_language(key):
    order = read(39, meta_data=metas((key, "de")))
    assert order.language == order.customer.language == "de"


def test_split_carts_subscriptions_and_channels():
    assert read(39, parent_id=12).cart_reference == "12"
    assert read(39, meta_data=metas(("has_sub_order", "1"))).cart_reference == "39"
    assert read(39).cart_reference == ""
    assert read(39).channel == "web"
    assert read(94).channel == "admin"
    assert read(39, created_via="subscription").channel == "subscription"


def test_another_currency_than_the_shops():
    found = metas(
        ("_wcpay_multi_currency_order_default_currency", "USD"),
        ("_wcpay_multi_currency_order_exchange_rate", "0.912345678901"),
    )
    order = read(39, meta_data=found)
    assert (order.shop_currency, order.exchange_rate) == ("USD", D("0.91234568"))


def test_numbers_of_plugins():
    assert read(39, number="FA-2026-0017").number == "FA-2026-0017"


def test_clock_change_does_not_matter():
    """Both orders were made at 02:30 local time, an hour apart."""
    first = read(39, date_created="2026-10-25T02:30:00", date_created_gmt="2026-10-25T00:30:00")
    second = read(39, date_created="2026-10-25T02:30:00", date_created_gmt="2026-10-25T01:30:00")
    assert (second.created_at - first.created_at).total_seconds() == 3600
