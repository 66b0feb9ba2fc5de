"""The published JSON Schema is the canonical order's, and both accept the same bodies."""

import json

import jsonschema
import pytest

from ciama_connector.canonical import Order
from scripts.make_schema import TARGET, schema_text
from testbed import DATA

SCHEMA = json.loads(TARGET.read_text("utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
ORDERS = json.loads((DATA / "ciama" / "orders.json").read_text("utf-8"))["orders"]
STRUCTURE = {"$defs", "$ref", "$schema", "anyOf", "items", "properties", "required", "type"}
LIMITS = {"additionalProperties", "const", "enum", "format", "maxItems", "pattern"}
WORDS = STRUCTURE | LIMITS | {"maxLength", "minLength", "default", "description", "title"}


def test_the_file_is_in_step_with_the_model():
    assert TARGET.read_text("utf-8") == schema_text(), "run python -m scripts.make_schema"


def test_it_is_a_schema_in_json_schemas_own_words():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)

    def words(node):
        for key, value in node.items():
            yield key
            if key in ("properties", "$defs"):
                for part in value.values():
                    yield from words(part)
            elif isinstance(value, dict) and key != "default":
                yield from words(value)
            for part in value if isinstance(value, list) else ():
                if isinstance(part, dict):
                    yield from words(part)

    assert set(words(SCHEMA)) <= WORDS | {"x-schema-version"}


@pytest.mark.parametrize("body", ORDERS, ids=lambda body: body["number"])
def test_bodies_and_what_we_write_ourselves_fit(body):
    VALIDATOR.validate(body)
    VALIDATOR.validate(json.loads(Order.model_validate_json(json.dumps(body)).model_dump_json()))


@pytest.mark.parametrize(
    "change",
    [
        {"total": 81.8},
        {"total": "81,80"},
        {"total": "1e3"},
        {"total": "NaN"},
        {"currency": "eur"},
        {"status": "shipped"},
        {"surprise": True},
        {"external_id": ""},
        {"lines": [{"id": "1", "name": "x", "net": "1", "tax": "0"}]},
    ],
)
def test_what_does_not_fit(change):
    body = ORDERS[0] | change
    assert not VALIDATOR.is_valid(body)
    if "total" not in change or change["total"] != "1e3":  # the model reads exponents too
        with pytest.raises(ValueError):
            Order.model_validate(body)
