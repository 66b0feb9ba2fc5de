"""The interface facts of Shopify's API, and how they are taken out of its package."""

import gzip
import json

import pytest
from graphql import build_client_schema, print_schema

from testbed.shopify import contract, extract_schema

PACKAGE = {
    "data": {
        "__schema": {
            "queryType": {"name": "QueryRoot", "description": "prose"},
            "types": [
                {"kind": "OBJECT", "name": "__Type", "fields": []},
                {
                    "kind": "OBJECT",
                    "name": "QueryRoot",
                    "description": "The root of all queries.",
                    "interfaces": [],
                    "inputFields": None,
                    "fields": [
                        {
                            "name": "shop",
                            "description": "A shop.",
                            "args": [],
                            "type": {"kind": "SCALAR", "name": "String", "ofType": None},
                            "isDeprecated": True,
                            "deprecationReason": "Use `store` instead.",
                        },
                        {
                            "name": "store",
                            "args": [
                                {
                                    "name": "all",
                                    "type": {"kind": "SCALAR", "name": "Boolean", "ofType": None},
                                    "defaultValue": "false",
                                }
                            ],
                            "type": {"kind": "SCALAR", "name": "String", "ofType": None},
                            "isDeprecated": False,
                            "deprecationReason": None,
                        },
                    ],
                },
                {"kind": "SCALAR", "name": "String", "specifiedByURL": None},
                {"kind": "SCALAR", "name": "Boolean"},
            ],
            "directives": [],
        }
    },
    "offline_scopes": {
        "items": [
            {"typeName": "QueryRoot", "fieldName": "store", "offlineScopes": ["read_store"]},
            {"typeName": "Shop", "fieldName": None, "offlineScopes": ["read_a", "read_b"]},
            {"typeName": "Open", "fieldName": None, "offlineScopes": []},
        ]
    },
}


@pytest.fixture
def extracted(tmp_path, monkeypatch):
    monkeypatch.setattr(extract_schema, "FOLDER", tmp_path)
    source = tmp_path / "admin_2031-01.json.gz"
    source.write_bytes(gzip.compress(json.dumps(PACKAGE).encode()))
    return extract_schema.main(source)


def test_facts_are_extracted_and_prose_is_not(extracted):
    assert extracted.name == "schema-2031-01.json.gz"
    text = gzip.decompress(extracted.read_bytes()).decode()
    for prose in ("The root of all queries.", "A shop.", "Use `store`", "__Type"):
        assert prose not in text
    facts = json.loads(text)
    assert facts["scopes"] == {"QueryRoot.store": ["read_store"], "Shop": ["read_a", "read_b"]}


def test_extracted_facts_make_a_schema(extracted):
    facts = json.loads(gzip.decompress(extracted.read_bytes()))
    built = build_client_schema(facts, assume_valid=True)
    fields = built.query_type.fields
    assert fields["shop"].deprecation_reason
    assert fields["store"].deprecation_reason is None
    assert "store(all: Boolean = false): String" in print_schema(built)


def test_extracting_twice_gives_the_same_file(extracted):
    before = extracted.read_bytes()
    extract_schema.main(extracted.parent / "admin_2031-01.json.gz")
    assert extracted.read_bytes() == before


def test_a_file_that_names_no_version_is_refused(tmp_path):
    with pytest.raises(SystemExit, match="version"):
        extract_schema.main(tmp_path / "admin_unstable.json.gz")


def keys(value):
    if isinstance(value, dict):
        yield from value
    for inner in value.values() if isinstance(value, dict) else value:
        if isinstance(inner, dict | list):
            yield from keys(inner)


def test_the_facts_that_are_kept_hold_no_prose():
    path = extract_schema.FOLDER / f"schema-{contract.API_VERSION}.json.gz"
    facts = json.loads(gzip.decompress(path.read_bytes()))
    assert set(facts) == {"__schema", "scopes"}
    assert not {"description", "specifiedByURL"} & set(keys(facts))
    assert "read_orders" in facts["scopes"]["Order"]
