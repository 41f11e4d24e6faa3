"""The size of a document, in one memoised pass over its syntax tree, before validation (threat S10).

Every fragment is measured once however often it is spread, so a document that doubles itself 180 times costs no more
than its own text. Sums saturate at `CEILING`. Types are followed where they are known; what is unknown is measured as
written and left to validation.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    get_named_type,
)

from resolvers.endpoint.literals import check_arguments, check_directives, check_value
from resolvers.endpoint.pages import CEILING, Pages
from resolvers.endpoint.ports import Limits
from resolvers.endpoint.refusal import refuse, refuse_size

_INTROSPECTION_COST = {"__schema": 6_000, "__type": 500}
_TYPE_TO_TYPES = frozenset({"fields", "inputFields", "interfaces", "possibleTypes"})
_META_FIELDS = ("__schema", "__type")


class Shape(NamedTuple):
    """The size of a selection set with its fragments written out. (A tuple: a thousand are made per document.)"""

    depth: int = 0
    nesting: int = 0
    selections: int = 0
    aliases: int = 0
    directives: int = 0
    fields: int = 0
    """Fields at this level, spreads written out: an operation's root fields."""
    cost: int = 0
    hops: int = 0
    """Longest way from type to types inside introspection."""
    introspects: bool = False

    def beside(self, other: Shape) -> Shape:
        """Both in one selection set."""
        return Shape(
            max(self.depth, other.depth),
            max(self.nesting, other.nesting),
            min(self.selections + other.selections, CEILING),
            min(self.aliases + other.aliases, CEILING),
            min(self.directives + other.directives, CEILING),
            min(self.fields + other.fields, CEILING),
            min(self.cost + other.cost, CEILING),
            max(self.hops, other.hops),
            self.introspects or other.introspects,
        )

    def within(self, directives: int) -> Shape:
        """The same behind a fragment that carries *directives*."""
        return Shape(
            self.depth,
            self.nesting + 1,
            min(self.selections + 1, CEILING),
            self.aliases,
            min(self.directives + directives, CEILING),
            self.fields,
            self.cost,
            self.hops,
            self.introspects,
        )


_NOTHING = Shape()


class Measure:
    """Measures the definitions of one document."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, limits: Limits, sizes: Mapping[str, int]) -> None:
        self.pages = Pages(limits, sizes)
        self._schema = schema
        self._limits = limits
        self._known: dict[str, Shape] = {}
        self._open: set[str] = set()
        self._fragments = {
            definition.name.value: definition
            for definition in document.definitions
            if isinstance(definition, FragmentDefinitionNode)
        }

    def operation(self, operation: OperationDefinitionNode) -> Shape:
        """The size of one operation. Raises RefusedError on a fragment cycle, deep nesting or a value out of bounds."""
        limits = self._limits
        own = check_directives(operation.directives, limits)
        for variable in operation.variable_definitions or ():
            own += check_directives(variable.directives, limits)
            if variable.default_value is not None:
                check_value(variable.default_value, limits)
        root = self._schema.get_root_type(operation.operation)
        return self._set(operation.selection_set, root, 0).beside(Shape(directives=own))

    def fragment(self, name: str, level: int = 0) -> Shape:
        """The size of one fragment, measured at most once; an unknown one is left to validation."""
        known = self._known.get(name)
        if known is not None:
            return known
        definition = self._fragments.get(name)
        if definition is None:
            return _NOTHING
        if name in self._open:
            refuse("a fragment spreads itself", code="GRAPHQL_VALIDATION_FAILED")
        self._open.add(name)
        kind = self._schema.type_map.get(definition.type_condition.name.value)
        shape = self._set(definition.selection_set, kind, level)
        self._open.discard(name)
        directives = check_directives(definition.directives, self._limits)
        shape = self._known[name] = shape.beside(Shape(directives=directives))
        return shape

    def _set(self, selection_set: SelectionSetNode, parent: GraphQLNamedType | None, level: int) -> Shape:
        if level > self._limits.nesting:
            refuse_size(f"selections are nested deeper than {self._limits.nesting}")
        shape = _NOTHING
        for selection in selection_set.selections:
            shape = shape.beside(self._selection(selection, parent, level))
        return shape

    def _selection(self, selection: SelectionNode, parent: GraphQLNamedType | None, level: int) -> Shape:
        directives = check_directives(selection.directives, self._limits)
        if isinstance(selection, FieldNode):
            return self._field(selection, parent, directives, level)
        if isinstance(selection, FragmentSpreadNode):
            return self.fragment(selection.name.value, level + 1).within(directives)
        if not isinstance(selection, InlineFragmentNode):
            return _NOTHING
        condition = selection.type_condition
        kind = parent if condition is None else self._schema.type_map.get(condition.name.value)
        return self._set(selection.selection_set, kind, level + 1).within(directives)

    def _field(self, field: FieldNode, parent: GraphQLNamedType | None, directives: int, level: int) -> Shape:
        check_arguments(field.arguments, self._limits)
        name = field.name.value
        definition = self._definition(parent, name)
        inner = _NOTHING
        if field.selection_set is not None:
            kind = get_named_type(definition.type) if definition is not None else None
            inner = self._set(field.selection_set, kind, level + 1)
        is_meta = name in _META_FIELDS and parent is self._schema.query_type
        if is_meta:
            self._check_introspection(inner)
        return Shape(
            depth=1 if is_meta else inner.depth + 1,
            nesting=inner.nesting + 1,
            selections=min(inner.selections + 1, CEILING),
            aliases=min(inner.aliases + (field.alias is not None), CEILING),
            directives=min(inner.directives + directives, CEILING),
            fields=1,
            cost=_INTROSPECTION_COST[name] if is_meta else self._cost(field, definition, inner),
            hops=inner.hops + (name in _TYPE_TO_TYPES and parent is not None and parent.name == "__Type"),
            introspects=is_meta or inner.introspects,
        )

    def _cost(self, field: FieldNode, definition: GraphQLField | None, inner: Shape) -> int:
        if field.selection_set is None:
            return 0
        return min(self.pages.of(field, definition) * (1 + inner.cost), CEILING)

    def _definition(self, parent: GraphQLNamedType | None, name: str) -> GraphQLField | None:
        if isinstance(parent, GraphQLObjectType | GraphQLInterfaceType):
            return self._schema.get_field(parent, name)
        return None

    def _check_introspection(self, inner: Shape) -> None:
        if inner.depth > self._limits.introspection_depth:
            refuse_size(f"introspection is deeper than {self._limits.introspection_depth}")
        if inner.hops > 1:
            refuse_size("introspection goes from type to types more than once on one path")
