"""The official schema, strict scalars, and who may read what."""

import gzip
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from graphql import GraphQLError, GraphQLSchema, build_client_schema, is_abstract_type

API_VERSION = "2026-07"
_SCALARS = {
    "Decimal": r"-?\d+\.\d+",
    "UnsignedInt64": r"\d+",
    "URL": r"https?://\S+",
    "DateTime": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
    "ID": r"gid://shopify/[A-Za-z]+/[\w-]+(\?[\w=&]+)?",
}


@cache
def _facts() -> dict[str, Any]:
    path = Path(__file__).parent / f"schema-{API_VERSION}.json.gz"
    with gzip.open(path) as file:
        return json.load(file)


@cache
def schema() -> GraphQLSchema:
    """Executable schema; a wrongly written scalar is an error as it would be a lie."""
    built = build_client_schema(_facts(), assume_valid=True)
    for name, pattern in _SCALARS.items():
        strict = _strict(name, re.compile(pattern + r"\Z"))
        built.type_map[name].serialize = strict  # graphql-core 3.2
        built.type_map[name].coerce_output_value = strict  # graphql-core 3.3
    for kind in built.type_map.values():
        if is_abstract_type(kind):
            kind.resolve_type = lambda value, info, abstract: type_name(value)
    return built


def type_name(value: dict[str, Any]) -> str:
    """Type of a stored object: as recorded, else from ``gid://shopify/<Type>/…``."""
    return value.get("__typename") or value["id"].split("/")[3]


def required_scopes() -> dict[str, list[str]]:
    """Scopes of which one is needed, by "Type" or "Type.field"."""
    return _facts()["scopes"]


def _strict(name: str, pattern: re.Pattern):
    def serialize(value: Any) -> str:
        if not isinstance(value, str) or not pattern.match(value):
            raise GraphQLError(f"{name} cannot represent {value!r}")
        return value

    return serialize
