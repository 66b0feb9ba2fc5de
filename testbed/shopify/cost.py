"""What a query costs before it runs, by the published rule.

https://shopify.dev/docs/api/usage/limits#cost-calculation: scalars and enums 0, objects 1,
interfaces and unions the most expensive selection, connections by ``first`` or ``last``,
mutations 10. Shopify itself counts long connections more favourably (it says
"logarithmic scaling", without the formula), so this is the upper bound.
"""

from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    get_named_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)

MAX_COST = 1000
MUTATION = 10
CONNECTION = 2
UNSIZED = 10  # a connection whose size is not asked for


class Cost:
    def __init__(self, schema: GraphQLSchema, document: DocumentNode, variables: dict[str, Any]):
        self._schema = schema
        self._variables = variables
        self._document = document
        self._fragments = {
            node.name.value: node
            for node in document.definitions
            if isinstance(node, FragmentDefinitionNode)
        }

    def requested(self) -> int:
        return sum(
            self._operation(node)
            for node in self._document.definitions
            if isinstance(node, OperationDefinitionNode)
        )

    def _operation(self, node: OperationDefinitionNode) -> int:
        is_mutation = node.operation.value == "mutation"
        root = self._schema.mutation_type if is_mutation else self._schema.query_type
        return self._selection(root, node.selection_set) + (MUTATION if is_mutation else 0)

    def _selection(self, parent, selection_set) -> int:
        """Own fields in full, of fragments on other types the dearest alone."""
        total, alternatives = 0, [0]
        for node in selection_set.selections if selection_set else ():
            if isinstance(node, FieldNode):
                total += self._field(parent, node)
            else:
                kind, inner = self._fragment(node, parent)
                cost = self._selection(kind, inner)
                if kind is parent:
                    total += cost
                else:
                    alternatives.append(cost)
        return total + max(alternatives)

    def _fragment(self, node, parent):
        if isinstance(node, FragmentSpreadNode):
            node = self._fragments[node.name.value]
        condition = node.type_condition
        kind = self._schema.type_map[condition.name.value] if condition else parent
        assert isinstance(node, FragmentDefinitionNode | InlineFragmentNode)
        return kind, node.selection_set

    def _field(self, parent, node: FieldNode) -> int:
        name = node.name.value
        if name.startswith("__"):
            return 0
        declared = parent.fields[name].type
        kind = get_named_type(declared)
        if is_leaf_type(kind):
            return 0
        size = self._size(node)
        if kind.name.endswith("Connection"):
            return CONNECTION + self._connection(kind, node, UNSIZED if size is None else size)
        one = 1 + self._selection(kind, node.selection_set)
        inner = declared.of_type if is_non_null_type(declared) else declared
        return one * size if is_list_type(inner) and size is not None else one

    def _connection(self, kind, node: FieldNode, size: int) -> int:
        each, rest = 0, 0
        for part in node.selection_set.selections:
            if isinstance(part, FieldNode) and part.name.value in ("nodes", "edges"):
                inner = get_named_type(kind.fields[part.name.value].type)
                edge = part.name.value == "edges"
                each += self._selection(inner, part.selection_set) + (0 if edge else 1)
            elif isinstance(part, FieldNode):
                rest += self._field(kind, part)
        return size * each + rest

    def _size(self, node: FieldNode) -> int | None:
        for argument in node.arguments or ():
            value = argument.value
            if argument.name.value in ("first", "last", "ids"):
                given = (
                    self._variables.get(value.name.value)
                    if hasattr(value, "name")
                    else getattr(value, "values", None) or getattr(value, "value", None)
                )
                return len(given) if isinstance(given, list | tuple) else int(given or 0)
        return None
