"""Setting a Shopify shop up: its rights one by one, its words, its latest orders."""

from datetime import UTC, datetime, timedelta

import pytest

from ciama_connector.platforms import errors
from ciama_connector.platforms.shopify import guide, vocabulary
from ciama_connector.platforms.shopify.const import HISTORY_SCOPE, REQUIRED_SCOPES
from testbed import faults
from testbed.shopify.simulator import ALL_SCOPES

from .support import answering, normalized, pull_all, rig, stored


@pytest.fixture
def shopify():
    with rig("shopify") as found:
        yield found


def checks(shopify):
    return {check.right.code: check for check in shopify.connector().check_rights()}


def refused(shopify):
    return {code for code, check in checks(shopify).items() if not check.granted}


def only_one_of_this_month(shopify):
    now = datetime.now(UTC)
    entries = list(shopify.shop.store.entries.values())
    for entry in entries:
        entry["created_at"] = now - timedelta(days=61)
    entries[-1]["created_at"] = now - timedelta(hours=1)


# -- rights


def test_the_rights_are_the_scopes_that_the_queries_need():
    needed = [right.code for right in guide.SCOPES if right.needed]
    assert needed == [group[0] for group in REQUIRED_SCOPES]
    assert {right.code for right in guide.SCOPES} == set(ALL_SCOPES)


def test_every_right_is_granted_in_few_calls(shopify):
    connector = shopify.connector()
    found = connector.check_rights()
    assert [check.right for check in found] == list(connector.platform.rights)
    assert {check.granted for check in found} == {True}
    assert connector.transport.calls == 2


@pytest.mark.parametrize("scope", sorted(set(ALL_SCOPES) - {"read_orders"}))
def test_each_missing_scope_is_named_alone(shopify, scope):
    only_one_of_this_month(shopify)
    shopify.shop.scopes -= {scope}
    found = checks(shopify)
    assert {code for code, check in found.items() if not check.granted} == {scope}
    assert f"lacks the access scope {scope}" in found[scope].message


def test_without_orders_what_they_show_cannot_be_tried(shopify):
    shopify.shop.scopes -= {"read_orders"}
    found = checks(shopify)
    assert found["read_orders"].granted is False
    for code in ("customer_data", "customer_fields"):
        assert found[code].granted is None
        assert found[code].message


def test_another_scope_that_shows_the_same_is_as_good(shopify):
    shopify.shop.scopes -= {"read_merchant_managed_fulfillment_orders"}
    shopify.shop.scopes |= {"read_assigned_fulfillment_orders"}
    assert refused(shopify) == set()
    shopify.connector().check()


def test_an_app_that_may_see_no_orders_at_all(shopify):
    shopify.shop.protected = {"QueryRoot.orders"}
    found = checks(shopify)
    assert found["read_orders"].granted is True
    assert found["customer_data"].granted is False
    assert "protected customer data" in found["customer_data"].message
    assert found["customer_fields"].granted is None


@pytest.mark.parametrize(
    ("field", "box"),
    [
        ("Order.email", "Email"),
        ("Order.phone", "Phone"),
        ("MailingAddress.name", "Name"),
        ("MailingAddress.address1", "Address"),
    ],
)
def test_fields_that_shopify_keeps_back_are_named_as_its_page_names_them(shopify, field, box):
    shopify.shop.protected = {field}
    found = checks(shopify)
    assert found["customer_data"].granted is True
    assert found["customer_fields"].granted is False
    assert f"keeps back: {box}." in found["customer_fields"].message


def test_the_fields_cannot_be_tried_in_a_shop_without_orders(shopify):
    for order_id in shopify.shop.order_ids():
        shopify.shop.trash(order_id)
    found = checks(shopify)
    assert (found["customer_data"].granted, found["customer_fields"].granted) == (True, None)


def test_trouble_with_the_shop_is_no_refused_right(shopify):
    with pytest.raises(errors.WrongCredentials):
        shopify.connector(access_token="shpat_unknown").check_rights()
    shopify.shop.faults.add(faults.html_page, times=20)
    with pytest.raises(errors.WrongPlatform):
        shopify.connector().check_rights()
    shopify.shop.faults.clear()
    shopify.shop.faults.add(faults.server_error, times=20)
    with pytest.raises(errors.Unavailable):
        shopify.connector().check_rights()


def test_an_app_of_another_organisation_has_no_rights_to_try(shopify):
    shopify.shop.permitted = False
    app = {**shopify.shop.app_credentials, "access_token": ""}
    with pytest.raises(errors.WrongCredentials, match="same organisation"):
        shopify.connector(**app).check_rights()


def test_the_guide_names_every_scope_to_ask_for(shopify):
    fields = dict(field for step in guide.STEPS for field in step.fields)
    assert set(fields["Scopes"].split(",")) == set(ALL_SCOPES)


# -- words


def test_shipping_rates_are_spelled_as_orders_spell_them(shopify):
    told = shopify.connector().vocabulary()
    carriers = [value.value for value in told.carriers]
    assert "DHL Paket" in carriers
    assert "Old rate" not in carriers  # switched off
    assert len(carriers) == len(set(carriers))
    used = {
        line.shipping.code
        for raw in pull_all(shopify.connector())[0].values()
        for line in normalized(shopify.connector(), raw).lines
        if line.shipping
    }
    assert set(carriers) <= used


def test_rates_of_all_delivery_profiles_come(shopify):
    shopify.shop.rates = [["Standard"], ["Standard", "Fragile"], ["Pallet"]]
    told = shopify.connector().vocabulary()
    assert [value.value for value in told.carriers] == ["Standard", "Fragile", "Pallet"]
    shopify.shop.rates = []
    assert shopify.connector().vocabulary().carriers == ()


def test_without_its_scope_the_rates_are_left_empty(shopify):
    shopify.shop.scopes -= {"read_shipping"}
    told = shopify.connector().vocabulary()
    assert told.carriers == ()
    assert told.statuses


def test_statuses_are_spelled_as_orders_spell_them(shopify):
    words_of_orders = {
        normalized(shopify.connector(), raw).shop_status
        for raw in pull_all(shopify.connector())[0].values()
    }
    known = {value.value for value in vocabulary.STATUSES}
    assert words_of_orders - known == {"PARTIALLY_PAID / ON_HOLD"}


# -- latest orders and their number


def test_the_latest_orders_are_those_placed_last_and_whole(shopify):
    pulled, _, _ = pull_all(shopify.connector())
    placed = {key: normalized(shopify.connector(), raw).created_at for key, raw in pulled.items()}
    wanted = sorted(placed, key=placed.get, reverse=True)[:10]
    connector = shopify.connector()
    latest = connector.latest(10)
    assert [raw.external_id for raw in latest] == wanted
    assert connector.transport.calls <= 8
    for raw in latest:
        assert stored(raw.payload) == stored(pulled[raw.external_id].payload)


def test_a_shop_without_orders_has_no_latest(shopify):
    for order_id in shopify.shop.order_ids():
        shopify.shop.trash(order_id)
    assert shopify.connector().latest() == ()


def test_orders_are_counted_by_the_moment_of_placing(shopify):
    count = shopify.connector().count
    start = datetime(2026, 9, 1, 8, 12, 31, tzinfo=UTC)  # the first order
    assert count(start, datetime(2027, 1, 1, tzinfo=UTC)) == 25
    assert count(start + timedelta(seconds=1), datetime(2027, 1, 1, tzinfo=UTC)) == 24
    assert count(start - timedelta(days=1), start) == 0
    assert count(start - timedelta(days=1), start + timedelta(seconds=1)) == 1


def test_more_orders_than_shopify_counts_by_itself(shopify):
    shopify.shop.grow(10_001 - 25)
    everything = datetime(2026, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
    assert shopify.connector().count(*everything) == 10_001


def test_a_count_that_is_no_more_than_a_guess_is_not_told(shopify):
    guess = {"data": {"ordersCount": {"count": 7, "precision": "AT_LEAST"}}}
    shopify.shop.faults.add(answering(200, guess))
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    assert shopify.connector().count(moment, moment) is None


def test_orders_that_stay_hidden_are_not_counted(shopify):
    only_one_of_this_month(shopify)
    window = datetime(2020, 1, 1, tzinfo=UTC), datetime.now(UTC)
    assert shopify.connector().count(*window) == 25
    shopify.shop.scopes -= {HISTORY_SCOPE}
    assert shopify.connector().count(*window) == len(pull_all(shopify.connector())[0]) == 1
