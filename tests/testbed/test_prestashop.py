"""The simulated shops answer as the real ones were recorded to answer."""

import json
from xml.etree import ElementTree

import pytest
import requests

from .prestashop_support import (
    FOLDER,
    FULL,
    KEY,
    OFF,
    ORDERS,
    UNKNOWN,
    codes,
    getter,
    ids,
    make,
)

SHOPS = {"8093": "", "8094": "ps1.7.8.11", "8095": "ps9.1.0-dev"}  # recorded port -> folder
KEYS = {"key with all": FULL, "key with GET": ORDERS, "a disabled k": OFF, "an unknown k": UNKNOWN}
INDEX = json.loads((FOLDER / "index.json").read_text("utf-8"))
# What cannot be given again, and why
NOT_REPLAYED = {
    "products_price_param.json": "prices that the shop computes are not simulated",
    "error_put_bad_xml.xml": "the wording of PHP's XML parser; its last error is compared below",
}
# Rows of one second have no order in MySQL; these are compared without regard to it.
ANY_ORDER = {"orders_date_upd_interval.json"}


def replayed(entry):
    """What the data folder holds, except what was read between the recorded writes."""
    name = entry["file"]
    between = name.startswith("writes/") and not name.startswith("writes/00")
    return (FOLDER / name).exists() and not between and name not in NOT_REPLAYED


REPLAYED = [entry for entry in INDEX if replayed(entry)]


@pytest.fixture
def shop():
    return make()


@pytest.fixture
def get(shop):
    with shop.running() as url:
        yield getter(url)


@pytest.fixture(scope="module")
def recorded_shops():
    shops = {port: make(folder) for port, folder in SHOPS.items()}
    with (
        shops["8093"].running() as eight,
        shops["8094"].running() as old,
        shops["8095"].running() as nine,
    ):
        urls = {"8093": eight, "8094": old, "8095": nine}
        yield {port: (shops[port], url) for port, url in urls.items()}


def recorded(name):
    return json.loads((FOLDER / name).read_text("utf-8"))


# -- all recordings


@pytest.mark.parametrize("entry", REPLAYED, ids=lambda entry: entry["file"])
def test_a_recorded_request_gets_its_recorded_reply(recorded_shops, entry):
    port = entry["url"].split(":")[2].partition("/")[0]
    shop, url = recorded_shops[port]
    name = entry["file"]
    key = KEYS.get(entry.get("auth", "key with all")[:12])
    if "short" in name:
        key = "TOOSHORT"
    if "503" in name:
        shop.enabled = False
    try:
        reply = requests.request(
            entry["method"],
            url + entry["url"].partition(f":{port}")[2],
            auth=(key, "") if key else None,
            headers=dict(line.split(": ", 1) for line in entry.get("request_headers", [])),
            data=entry.get("request_body"),
            timeout=10,
        )
    finally:
        shop.enabled = True
    assert reply.status_code == entry["status"]
    if entry["method"] == "HEAD":
        assert reply.text == ""
        return
    text = reply.text.replace(url, f"http://127.0.0.1:{port}")
    expected = (FOLDER / name).read_text("utf-8")
    if name in ANY_ORDER:
        assert sorted(json.loads(text)["orders"], key=str) == sorted(
            json.loads(expected)["orders"], key=str
        )
    else:
        assert text.strip() == expected.strip()


def test_every_recorded_json_is_replayed_or_named():
    kept = {entry["file"] for entry in INDEX if (FOLDER / entry["file"]).exists()}
    assert kept >= NOT_REPLAYED.keys() | ANY_ORDER
    missing = kept - {entry["file"] for entry in REPLAYED} - NOT_REPLAYED.keys()
    assert all(name.startswith("writes/") for name in missing)
    assert len(REPLAYED) > 200


def headers(name):
    lines = (FOLDER / f"{name}.headers.txt").read_text("utf-8").splitlines()
    return dict(line.split(": ", 1) for line in lines if ": " in line)


@pytest.mark.parametrize(
    ("name", "path", "key"),
    [
        ("orders_full.json", "orders", FULL),
        ("error_401_unknown_key.json", "orders", UNKNOWN),
        ("error_401_missing_permission.json", "customers", ORDERS),
        ("error_404_unknown_id.json", "orders/999999", FULL),
        ("error_400_unknown_resource.json", "ordersss", FULL),
        ("ps1.7.8.11/error_unknown_key.json", "orders", UNKNOWN),
        ("ps9.1.0-dev/error_unknown_key.json", "orders", UNKNOWN),
        ("ps9.1.0-dev/orders_full.json", "orders", FULL),
    ],
)
def test_headers_are_those_recorded(recorded_shops, name, path, key):
    folder = name.rpartition("/")[0]
    port = next(port for port, each in SHOPS.items() if each == folder)
    reply = getter(recorded_shops[port][1])(path, key)
    expected = headers(name)
    for header in ("PSWS-Version", "X-Powered-By", "WWW-Authenticate", "Content-Type"):
        assert reply.headers.get(header) == expected.get(header), header
    assert ("Content-Sha1" in reply.headers) == ("Content-Sha1" in expected)
    assert reply.headers["Access-Time"].isdigit()


# -- keys


def test_basic_key_and_key_in_the_url(shop):
    with shop.running() as url:

        def status(**options):
            return requests.get(f"{url}/api/orders", timeout=10, **options).status_code

        assert status() == 401
        assert status(auth=(KEY, "")) == 200
        assert status(auth=(KEY, "anything")) == 200
        assert status(params={"ws_key": KEY}) == 200
        assert status(params={"ws_key": UNKNOWN}) == 401
        assert status(auth=("", "")) == 401


def test_the_usual_key_reads_and_does_not_write(shop):
    with shop.running() as url:
        for method in ("PUT", "POST", "PATCH", "DELETE"):
            reply = requests.request(
                method, f"{url}/api/orders?output_format=JSON", auth=(KEY, ""), timeout=10
            )
            assert reply.status_code == 405
            assert codes(reply) == [25]
        assert requests.head(f"{url}/api/orders", auth=(KEY, ""), timeout=10).status_code == 200


def test_bodies_must_be_xml_with_the_right_ids(shop):
    with shop.running() as url:

        def send(method, body):
            return requests.request(
                method,
                f"{url}/api/order_histories?output_format=JSON",
                data=body,
                auth=(FULL, ""),
                timeout=10,
            )

        broken = send("POST", '{"order_history":{"id_order":66,"id_order_state":5}}')
        last = (FOLDER / "writes/11_post_json_body.txt").read_text("utf-8")
        assert broken.status_code == 500
        assert codes(broken)[-1] == 127
        assert broken.json()["errors"][-1]["message"] in last
        row = "<prestashop><order_history>{}</order_history></prestashop>"
        assert codes(send("PUT", row.format("<id></id>"))) == [90]
        assert codes(send("POST", row.format("<id>3</id>"))) == [91]
        before = len(shop.store["order_histories"])
        assert send("POST", row.format("<id_order>66</id_order>")).status_code == 500
        assert len(shop.store["order_histories"]) == before


# -- filters, sorts, pages


def test_filters(get):
    assert ids(get(**{"filter[id]": "[3|5]", "display": "full"})) == [3, 5]
    assert ids(get(**{"filter[id]": "[5,3]"})) == [3, 4, 5]
    assert ids(get(**{"filter[id]": "5"})) == [5]
    assert ids(get(**{"filter[id]": "[5"})) == []
    assert ids(get(**{"filter[id]": ">[62]"})) == [64, 66]
    assert ids(get(**{"filter[id]": "<[3]"})) == [1, 2]
    assert ids(get(**{"filter[id]": "![1|2]", "limit": "2"})) == [3, 4]
    assert ids(get(**{"filter[id]": "[>5]"})) == []
    assert ids(get(**{"filter[reference]": "[hsm]%"})) == [1]
    assert ids(get(**{"filter[reference]": "%[LHT]"})) == [1]
    assert ids(get(**{"filter[reference]": "%[MKLP]%"})) == [1]
    assert ids(get(**{"filter[reference]": "[hsmklplht]"})) == [1]
    assert ids(get(**{"filter[current_state]": "[6]", "filter[id]": "[1,20]"})) == [14]
    assert ids(get("order_states", **{"filter[name]": "[Payment accepted]"})) == [2]
    assert codes(get(**{"filter[id]": ""}))[0] == 33
    assert codes(get(**{"filter[a][b]": "[1]"}))[0] == 31
    assert get("addresses", display="full", **{"filter[id]": "[77]"}).text == "[]"


def test_dates_need_their_switch_and_are_strict(get):
    at = "2026-01-20 00:00:01"
    assert codes(get(**{"filter[date_upd]": f">[{at}]"}))[0] == 32
    assert codes(get(**{"filter[date_upd]": f">[{at}]", "date": "0"}))[0] == 32
    assert codes(get(sort="[date_upd_ASC]"))[0] == 38
    tied = {5, 6, 7}
    assert not tied & set(ids(get(**{"filter[date_upd]": f">[{at}]", "date": "1"})))
    before = get(**{"filter[date_upd]": ">[2026-01-20 00:00:00]", "date": "1"})
    assert tied <= set(ids(before))
    span = get(**{"filter[date_upd]": f"[{at},{at}]", "date": "1"})
    assert set(ids(span)) == tied
    assert ids(get(**{"filter[date_upd]": f"[>{at}]", "date": "1"})) == []
    day = get(**{"filter[date_upd]": "<[2026-01-10]", "date": "1"})
    assert set(ids(day)) == {1, 3}
    assert len(ids(get(**{"filter[date_upd]": ">[tomorrow]", "date": "1"}))) == 35


def test_a_date_that_a_resource_has_not_is_an_error_of_the_database(get):
    reply = get("order_carriers", **{"filter[date_upd]": ">[2026-01-01]", "date": "1"})
    assert reply.status_code == 500
    assert codes(reply) == [97]
    assert ids(get("order_carriers", **{"filter[date_add]": ">[2026-11-22]", "date": "1"}))


def test_limits_sorts_and_fields(get):
    assert ids(get(sort="[id_DESC]", limit="2")) == [66, 64]
    assert ids(get(sort="[id_DESC]", limit="2,2")) == [62, 59]
    assert ids(get(sort="id_DESC", limit="1")) == [66]
    english = max(o["id"] for o in recorded("orders_full.json")["orders"] if o["id_lang"] == "2")
    assert ids(get(sort="[id_lang_DESC,id_DESC]", limit="1")) == [english]
    assert ids(get(limit="999,5")) == []
    assert codes(get(limit="1,2,3"))[0] == 39
    assert codes(get(sort="[id]"))[0] == 37
    assert codes(get(display="id"))[0] == 36
    single = get("orders/1", display="[id,nope]")
    assert single.status_code == 400
    assert codes(single) == [35]
    shown = get(display="[reference,id,order_rows[product_id]]", **{"filter[id]": "[2]"}).json()
    rows = shown["orders"][0]["associations"]["order_rows"]
    assert set(shown["orders"][0]) == {"id", "reference", "associations"}
    assert all(set(row) == {"product_id"} for row in rows)


def test_a_sort_by_date_alone_loses_orders(shop, get):
    """Rows of one second change places between pages; the id keeps them apart."""
    shop.grow(40)
    window = {"date": "1", "filter[date_upd]": ">[2020-01-01 00:00:00]"}

    def walk(sort, size):
        pages = range(0, 90, size)
        return [i for at in pages for i in ids(get(sort=sort, limit=f"{at},{size}", **window))]

    for size in (7, 20):
        assert len(set(walk("[date_upd_ASC]", size))) < 75
        found = walk("[date_upd_ASC,id_ASC]", size)
        assert sorted(found) == sorted(map(int, shop.order_ids()))
        assert len(found) == 75


def test_without_a_sort_new_rows_come_in_no_order(shop, get):
    made = [int(order_id) for order_id in shop.grow(30)]
    found = [order_id for order_id in ids(get()) if order_id in made]
    assert sorted(found) == made
    assert found != made


def test_long_urls_are_refused(get):
    fits = "|".join(str(number) for number in range(1000, 2500))
    assert len(fits) < 8100
    assert get(**{"filter[id]": f"[{'|'.join('1' for _ in range(1200))}]"}).status_code == 200
    reply = get(**{"filter[id]": f"[{fits}{fits}]"})
    assert reply.status_code == 414
    assert "html" in reply.headers["Content-Type"]


def test_languages(get):
    name = {"display": "[name]", "filter[id]": "[2]"}
    state = get("order_states", **name).json()["order_states"][0]["name"]
    assert state == [
        {"id": "1", "value": "Paiement accepté"},
        {"id": "2", "value": "Payment accepted"},
    ]
    english = get("order_states", language="2", **name).json()["order_states"][0]["name"]
    assert english == "Payment accepted"
    for both in ("[1|2]", "[1,2]"):
        assert get("order_states", language=both, **name).json()["order_states"][0]["name"] == state
    assert codes(get("order_states", language="9")) == [81]
    assert codes(get("order_states", language="fr")) == [79]


def test_format_is_told_by_header_or_parameter(shop):
    with shop.running() as url:

        def kind(headers=None, **params):
            reply = requests.get(
                f"{url}/api/orders", params=params, headers=headers, auth=(KEY, ""), timeout=10
            )
            return reply.headers["Content-Type"].partition(";")[0]

        assert kind() == kind(output_format="json") == "text/xml"
        assert kind(output_format="JSON") == kind(io_format="JSON") == "application/json"
        assert kind({"Output-Format": "JSON"}, output_format="XML") == "application/json"
        assert kind({"Io-Format": "XML"}, output_format="JSON") == "text/xml"


def test_lists_in_xml_hold_what_json_holds(shop):
    """Of rows with an association, with translations, with markup in a text."""
    with shop.running() as url:
        for resource in ("orders", "customers", "order_slip", "order_states", "carriers"):
            rows = requests.get(
                f"{url}/api/{resource}?display=full&output_format=JSON", auth=(KEY, ""), timeout=10
            ).json()
            text = requests.get(
                f"{url}/api/{resource}?display=full", auth=(KEY, ""), timeout=10
            ).content
            found = list(ElementTree.fromstring(text)[0])
            (expected,) = rows.values()
            assert [node.findtext("id") for node in found] == [str(row["id"]) for row in expected]
            for node, row in zip(found, expected, strict=True):
                for field, value in row.items():
                    if isinstance(value, dict):
                        ((name, items),) = value.items()
                        told = [
                            {f.tag: f.text or "" for f in item} for item in node.find(f".//{name}")
                        ]
                        assert told == items
                    elif isinstance(value, list):
                        told = {each.get("id"): each.text or "" for each in node.find(field)}
                        assert told == {each["id"]: each["value"] for each in value}
                    else:
                        expected_text = "" if value is None else str(value)
                        assert (node.findtext(field) or "") == expected_text


def test_a_single_row_with_fields_is_a_list_in_json_alone(shop, get):
    assert get("orders/1", display="[id]").json() == {"orders": [{"id": 1}]}
    xml = ElementTree.fromstring(get("orders/1", output_format="XML", display="[id]").content)
    assert [(node.tag, len(node)) for node in xml] == [("order", 1)]


def test_other_addresses_are_no_webservice(shop):
    with shop.running() as url:
        assert requests.get(f"{url}/", timeout=10).status_code == 404


def test_a_right_taken_away_closes_its_resource_only(shop):
    """As recorded of a key that lacks customers."""
    shop.deny("customers")
    with shop.running() as url:
        get = getter(url)
        reply = get("customers")
        assert reply.status_code == 401
        assert reply.json() == json.loads(
            (FOLDER / "error_401_missing_permission.json").read_text()
        )
        assert len(ids(get("orders"))) == 35
        root = ElementTree.fromstring(get("", output_format="XML").content)[0]
        assert "customers" not in {node.tag for node in root}
        assert "orders" in {node.tag for node in root}
        shop.deny("orders")
        assert codes(get("orders")) == codes(get("customers")) == [26]


# -- versions


def test_versions_differ_as_recorded(recorded_shops):
    old, eight, nine = (getter(recorded_shops[port][1]) for port in ("8094", "8093", "8095"))
    assert old("", FULL).json()[0] == "addresses"
    for get in (eight, nine):
        crashed = get("", FULL)
        assert (crashed.status_code, crashed.text) == (500, "")
    assert "shipping_number" in old("orders/8").json()["order"]
    assert "shipping_number" not in nine("orders/6").json()["order"]
    assert nine("orders/6", display="full").json()["orders"][0]["id_customer"] == 3
    assert eight("orders/1", display="full").json()["orders"][0]["id_customer"] == "2"
    # tables that every shop has, where only ours were recorded
    assert nine("countries", display="full").json()["countries"][0]["id_zone"] == 1
    assert isinstance(old("countries", display="full").json()["countries"][0]["name"], str)
