"""Bulk operations: the whole result of a query as JSONL.

https://shopify.dev/docs/api/usage/bulk-operations/queries: at most five connections, two
levels deep, none inside a list; children name their parent.
"""

import json
from collections.abc import Iterator
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
)

MAX_CONNECTIONS = 5
MAX_DEPTH = 2


def refusal(schema: GraphQLSchema, document: DocumentNode) -> str:
    """Why Shopify would not run ``document`` in bulk; empty where it would."""
    found = list(_connections(schema, document))
    if not found:
        return "Bulk queries must contain at least one connection."
    if len(found) > MAX_CONNECTIONS:
        return f"Bulk queries cannot contain more than {MAX_CONNECTIONS} connections."
    if max(depth for depth, _ in found) > MAX_DEPTH:
        return f"Bulk queries cannot contain connections with a nesting depth over {MAX_DEPTH}."
    if any(in_list for _, in_list in found):
        return "Queries that contain a connection field within a list field are not supported."
    return ""


def _connections(schema: GraphQLSchema, document: DocumentNode) -> Iterator[tuple[int, bool]]:
    """(depth, inside a list) of every connection; depth 0 is the root's."""
    fragments = {
        node.name.value: node
        for node in document.definitions
        if isinstance(node, FragmentDefinitionNode)
    }

    def walk(parent, selection_set, depth: int, in_list: bool):
        for node in selection_set.selections if selection_set else ():
            if isinstance(node, FieldNode):
                name = node.name.value
                if name.startswith("__") or is_leaf_type(get_named_type(parent.fields[name].type)):
                    continue
                declared = parent.fields[name].type
                kind = get_named_type(declared)
                connected = kind.name.endswith("Connection")
                if connected:
                    yield depth, in_list
                listed = is_list_type(get_nullable_type(declared)) and name not in (
                    "edges",
                    "nodes",
                )
                yield from walk(kind, node.selection_set, depth + connected, in_list or listed)
            elif isinstance(node, FragmentSpreadNode):
                fragment = fragments[node.name.value]
                kind = schema.type_map[fragment.type_condition.name.value]
                yield from walk(kind, fragment.selection_set, depth, in_list)
            else:
                kind = schema.type_map[node.type_condition.name.value]
                yield from walk(kind, node.selection_set, depth, in_list)

    for node in document.definitions:
        if not isinstance(node, FragmentDefinitionNode):
            yield from walk(schema.query_type, node.selection_set, 0, False)


def jsonl(data: dict[str, Any], *, grouped: bool) -> str:
    """The rows of a result whose connections were asked for through ``edges``.

    ``grouped``: children right after their parent. Otherwise Shopify promises no order;
    here they stand before it, connection by connection.
    """
    rows = [row for root in data.values() for row in _rows(root, "", None)]
    if not grouped:
        rows.sort(key=lambda row: row[0], reverse=True)
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for _, row in rows)


def _rows(connection: dict[str, Any], path: str, parent: str | None) -> Iterator[tuple[str, dict]]:
    """(path of the connection, row) of all that is in ``connection``."""
    for edge in connection["edges"]:
        node = edge["node"]
        nested = [
            key for key, value in node.items() if isinstance(value, dict) and "edges" in value
        ]
        row = {key: value for key, value in node.items() if key not in nested}
        yield path, row | ({"__parentId": parent} if parent else {})
        for key in nested:
            yield from _rows(node[key], f"{path}/{key}", node["id"])
