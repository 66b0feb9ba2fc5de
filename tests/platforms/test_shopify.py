"""Who may ask a Shopify shop, what a connection test tells, errors, single orders."""

import pytest

from ciama_connector.canonical import Code, Problem
from ciama_connector.platforms import errors
from ciama_connector.platforms.shopify import client, graph, rights
from ciama_connector.platforms.shopify.const import API_VERSION, REQUIRED_SCOPES
from testbed import faults

from .support import answering, editing, normalized, pull_all, rig

TOKEN_PATH = "/admin/oauth/access_token"


@pytest.fixture
def shopify():
    with rig("shopify") as found:
        yield found


def app(shopify, **changes):
    """A connector that comes as an app of the Dev Dashboard instead of with a token."""
    wanted = {**shopify.shop.app_credentials, "access_token": "", **changes}
    return shopify.connector(**wanted)


def tokens_asked(shopify):
    return len([seen for seen in shopify.shop.seen if seen.path == TOKEN_PATH])


def serve(shopify, body, status=200, *, times=1, **headers):
    """Answer the next requests with ``body`` (text, or JSON)."""
    shopify.shop.faults.add(answering(status, body, **headers), times=times)


def graphql_error(code="", message="Something", path=None, data=None):
    error = {"message": message, "extensions": {"code": code}}
    return {"data": data, "errors": [error | ({"path": path} if path else {})]}


# -- two ways to a token


def test_a_static_token_is_sent_as_it_is(shopify):
    shopify.connector().check()
    assert tokens_asked(shopify) == 0


def test_an_app_comes_in_with_a_token_of_its_own(shopify):
    connector = app(shopify)
    assert connector.check().name == "Maison Tilleul SARL"
    assert len(pull_all(connector)[0]) == 25
    assert tokens_asked(shopify) == 1


def test_an_expired_token_is_renewed_once(shopify):
    connector = app(shopify)
    connector.check()
    shopify.shop.expire_tokens()
    assert len(pull_all(connector)[0]) == 25
    assert tokens_asked(shopify) == 2


def test_a_token_is_renewed_before_its_announced_end(shopify, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(graph.time, "monotonic", lambda: now[0])
    connector = app(shopify)
    connector.check()
    now[0] += 86_399 - 61
    connector.check()
    assert tokens_asked(shopify) == 1
    now[0] += 2
    connector.check()
    assert tokens_asked(shopify) == 2
    assert {exchange.status for exchange in shopify.journal} == {200}


def test_a_token_that_is_always_refused_is_not_asked_for_again_and_again(shopify, monkeypatch):
    monkeypatch.setattr(shopify.shop, "_admitted", lambda token: False)
    with pytest.raises(errors.WrongCredentials):
        app(shopify).check()
    assert tokens_asked(shopify) == 2


def test_tokens_and_secrets_stay_out_of_the_journal(shopify):
    pull_all(app(shopify))
    (token,) = shopify.shop.tokens
    for secret in (token, shopify.shop.app_credentials["client_secret"]):
        assert secret not in repr(shopify.journal)


@pytest.mark.parametrize("name", ["client_id", "client_secret"])
def test_wrong_app_credentials(shopify, name):
    with pytest.raises(errors.WrongCredentials, match="client ID or client secret"):
        app(shopify, **{name: "wrong"}).check()


def test_an_app_of_another_organisation_is_told_so(shopify):
    shopify.shop.permitted = False
    with pytest.raises(errors.WrongCredentials, match="same organisation"):
        app(shopify).check()


def test_incomplete_credentials_are_named_without_a_call(shopify):
    for missing in ("client_id", "client_secret"):
        with pytest.raises(errors.WrongCredentials, match="Fill in"):
            app(shopify, **{missing: ""}).check()
    assert shopify.shop.seen == []


def test_a_token_reply_without_a_token(shopify):
    serve(shopify, {"scope": ""})
    with pytest.raises(errors.WrongPlatform):
        app(shopify).check()


# -- the connection test


def test_check_tells_the_shops_facts(shopify):
    facts = shopify.connector().check()
    assert (facts.currency, facts.timezone, facts.languages) == (
        "EUR",
        "Europe/Paris",
        ("fr", "en"),
    )
    assert facts.prices_include_tax is True
    assert facts.extra == {"domain": "testbed.myshopify.com", "only_last_60_days": False}


def test_the_api_version_is_pinned_and_shown(shopify):
    facts = shopify.connector().check()
    assert facts.version == client.ShopifyConnector.platform.api_version == API_VERSION
    asked = {seen.path for seen in shopify.shop.seen}
    assert asked == {f"/admin/api/{API_VERSION}/graphql.json"}


def test_a_version_that_shopify_answers_instead_is_shown(shopify):
    """Shopify falls forward to the oldest living version when the asked one has ended."""

    def fault(request, handler):
        reply = handler(request)
        reply.headers["X-Shopify-API-Version"] = "2027-10"
        return reply

    shopify.shop.faults.add(fault)
    assert shopify.connector().check().version == "2027-10"


@pytest.mark.parametrize("group", REQUIRED_SCOPES, ids=lambda group: group[0])
def test_check_names_a_missing_scope(shopify, group):
    shopify.shop.scopes -= set(group)
    with pytest.raises(errors.MissingPermission, match=group[0]):
        shopify.connector().check()


def test_who_may_write_may_read():
    granted = [{"handle": scope} for scope in ("write_orders", "read_products")]
    data = {"currentAppInstallation": {"accessScopes": granted}}
    assert rights.granted(data) == {"write_orders", "read_orders", "read_products"}


def test_check_tells_that_old_orders_stay_hidden(shopify):
    shopify.shop.scopes -= {"read_all_orders"}
    assert shopify.connector().check().extra["only_last_60_days"] is True


def test_check_does_without_the_languages(shopify):
    shopify.shop.scopes -= {"read_locales"}
    assert shopify.connector().check().languages == ()


def test_check_of_a_new_shop_without_orders(shopify):
    for order_id in shopify.shop.order_ids():
        shopify.shop.trash(order_id)
    assert shopify.connector().check().name
    assert pull_all(shopify.connector())[0] == {}


@pytest.mark.parametrize(
    ("status", "error", "words"),
    [
        (401, errors.WrongCredentials, "access token"),
        (402, errors.ShopOff, "frozen"),
        (403, errors.MissingPermission, "Admin API"),
        (404, errors.WrongUrl, "no shop"),
        (423, errors.ShopOff, "locked"),
        (406, errors.Refused, "406"),
        (503, errors.Unavailable, "not available"),
    ],
)
def test_what_a_status_means(shopify, status, error, words):
    serve(shopify, {"errors": "Jean Dupont"}, status, times=10)
    with pytest.raises(error, match=words) as caught:
        shopify.connector().check()
    assert caught.value.status == status
    assert "Dupont" not in str(caught.value)


def test_a_refused_scope_in_a_403_is_named(shopify):
    message = "[API] This action requires merchant approval for read_orders scope."
    serve(shopify, {"errors": message}, 403)
    with pytest.raises(errors.MissingPermission, match="read_orders"):
        shopify.connector().check()


def test_a_shop_domain_that_leads_elsewhere(shopify):
    serve(shopify, "", 301, Location="https://www.shop.example/")
    with pytest.raises(errors.WrongUrl, match=r"myshopify\.com"):
        shopify.connector().check()


def test_other_sites_are_not_shopify(shopify):
    serve(shopify, "<html>Not Found</html>", 404)
    with pytest.raises(errors.WrongPlatform):
        shopify.connector().check()
    serve(shopify, {"jsonrpc": "2.0"})
    with pytest.raises(errors.WrongPlatform):
        shopify.connector().check()
    serve(shopify, ["orders"])
    with pytest.raises(errors.WrongPlatform):
        shopify.connector().check()


@pytest.mark.parametrize(
    ("given", "base"),
    [
        ("my-shop.myshopify.com", "https://my-shop.myshopify.com"),
        (" https://my-shop.myshopify.com/ ", "https://my-shop.myshopify.com"),
        ("https://my-shop.myshopify.com/admin/orders?x=1", "https://my-shop.myshopify.com"),
        ("https://admin.shopify.com/store/my-shop", "https://my-shop.myshopify.com"),
        ("admin.shopify.com/store/my-shop/orders/1", "https://my-shop.myshopify.com"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
    ],
)
def test_addresses_that_shop_keepers_paste(given, base):
    assert graph.shop_url(given) == base


def test_the_orders_page_in_the_back_office(shopify):
    url = shopify.connector(url="my-shop.myshopify.com").admin_url("7083")
    assert url == "https://my-shop.myshopify.com/admin/orders/7083"


# -- errors inside of a reply with status 200


@pytest.mark.parametrize(
    ("code", "message", "error"),
    [
        ("SHOP_INACTIVE", "x", errors.ShopOff),
        ("INTERNAL_SERVER_ERROR", "x", errors.Unavailable),
        ("", "Internal error. Looks like something went wrong on our end.", errors.Unavailable),
        ("ACCESS_DENIED", "x", errors.MissingPermission),
        ("undefinedField", "x", errors.Refused),
    ],
)
def test_what_a_code_means(shopify, code, message, error):
    serve(shopify, graphql_error(code, message))
    with pytest.raises(error):
        pull_all(shopify.connector())


def test_shopifys_own_error_text_is_not_repeated(shopify):
    serve(shopify, graphql_error("SOME_CODE", "lucie@example.com may not"))
    with pytest.raises(errors.Refused, match="SOME_CODE") as caught:
        pull_all(shopify.connector())
    assert "lucie" not in str(caught.value)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"data": None}, errors.BadReply),
        ({"data": {}}, errors.BadReply),
        ({"data": {"orders": {"nodes": None}}}, errors.BadReply),
        ({"errors": "nope"}, errors.Refused),
        ({}, errors.BadReply),
    ],
)
def test_a_reply_without_orders_is_an_error_and_not_an_empty_shop(shopify, body, error):
    serve(shopify, body)
    with pytest.raises(error):
        pull_all(shopify.connector())


def test_more_orders_without_a_way_to_them_is_an_error(shopify):
    page = {"pageInfo": {"hasNextPage": True, "endCursor": None}}
    serve(shopify, {"data": {"orders": page | {"nodes": [{"id": "gid://shopify/Order/1"}]}}})
    with pytest.raises(errors.BadReply):
        pull_all(shopify.connector())


@pytest.mark.parametrize("code", ["", "INTERNAL_SERVER_ERROR"])
@pytest.mark.parametrize("path", [["nodes", 1], ["nodes", 1, "totalPriceSet"]])
def test_an_order_that_shopify_cannot_give_is_a_card_and_the_others_come(shopify, code, path):
    def fail(body):
        found = body["data"].get("nodes")
        if broken or not found or "lineItems" not in found[0]:
            return body
        broken.append(found[1]["id"])
        found[1] = None
        return body | graphql_error(code, path=path, data=body["data"])

    broken, connector = [], shopify.checked_connector()
    shopify.shop.faults.add(editing(fail), times=100)
    orders, _, _ = pull_all(connector)
    assert sorted(orders) == sorted(shopify.shop.order_ids())
    with pytest.raises(Problem) as caught:
        normalized(connector, orders[broken[0].rpartition("/")[2]])
    assert caught.value.code is Code.INCOMPLETE_PAYLOAD


# -- protected customer data


def test_protected_customer_data_is_null_and_the_orders_still_come(shopify):
    hidden = ("firstName", "lastName", "name", "address1", "phone")
    shopify.shop.protected = {f"MailingAddress.{field}" for field in hidden}
    shopify.shop.protected |= {"Order.email", "Order.phone", "Order.customer"}
    connector = shopify.connector()
    connector.check()
    orders, _, _ = pull_all(connector)
    assert len(orders) == 25
    found = {order.number: order for order in (normalized(connector, o) for o in orders.values())}
    assert found["#1001"].customer.email == ""
    assert found["#1001"].billing_address.last_name == ""
    assert found["#1001"].billing_address.city
    assert str(found["#1001"].total) == "83.7"


def test_an_app_that_may_see_no_orders_at_all_is_told_so(shopify):
    shopify.shop.protected = {"QueryRoot.orders"}
    with pytest.raises(errors.MissingPermission, match="protected customer data"):
        shopify.connector().check()


def test_an_order_object_kept_back_is_no_deleted_order(shopify):
    connector = shopify.connector()
    message = "This app is not approved to access the Order object. See https://shopify.dev"
    denied = graphql_error("ACCESS_DENIED", message, ["nodes", 0], {"nodes": [None]})
    shopify.shop.faults.add(faults.before(lambda: None))  # the list of ids
    serve(shopify, denied)
    with pytest.raises(errors.MissingPermission, match="protected customer data"):
        pull_all(connector)


# -- one order


@pytest.mark.parametrize(
    "reference", ["#1007", "1007", " #1007 ", "TEST-1025-FR", "test-1025-fr", "#TEST-1025-FR"]
)
def test_an_order_by_its_number(shopify, reference):
    number = shopify.connector().fetch(reference).number
    assert number.lstrip("#").casefold() == reference.strip().lstrip("#").casefold()


def test_an_order_by_its_gid_and_by_an_id_that_is_also_a_number(shopify):
    first, second = shopify.shop.order_ids()[:2]
    assert shopify.connector().fetch(f"gid://shopify/Order/{first}").external_id == first
    shopify.shop.order(first)["name"] = f"#{second}"
    assert shopify.connector().fetch(second).external_id == second
    assert shopify.connector().fetch(f"#{second}").external_id == first


@pytest.mark.parametrize("reference", ["#99", "O'Brien \\' OR *", "", "#", "gid://shopify/Order/1"])
def test_no_order_of_that_number(shopify, reference):
    with pytest.raises(errors.NotFound):
        shopify.connector().fetch(reference)


def test_a_name_that_only_begins_alike_is_another_order(shopify):
    shopify.shop.order(shopify.shop.order_ids()[0])["name"] = "#10070"
    assert shopify.connector().fetch("1007").number == "#1007"
    with pytest.raises(errors.NotFound):
        shopify.connector().fetch("100")


def test_a_deleted_order_is_not_found(shopify):
    order_id = shopify.shop.order_ids()[0]
    shopify.shop.trash(order_id)
    with pytest.raises(errors.NotFound):
        shopify.connector().fetch(order_id)


def test_an_order_that_the_app_may_be_too_new_to_see_is_not_called_deleted(shopify):
    """Without "read_all_orders" Shopify answers as if older orders did not exist."""
    facts = {"extra": {"only_last_60_days": True}}
    with pytest.raises(errors.NotShown, match="60 days"):
        shopify.connector(facts=facts).fetch("5000000000099")


def test_the_request_id_of_shopify_is_in_the_journal(shopify):
    shopify.connector().check()
    assert all(exchange.request_id for exchange in shopify.journal)
    assert len({exchange.request_id for exchange in shopify.journal}) == len(shopify.journal)
