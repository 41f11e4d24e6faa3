"""How many objects one field may stand for: its page size, or the length assumed of its list."""

from __future__ import annotations

from collections.abc import Mapping

from graphql import (
    FieldNode,
    GraphQLArgument,
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    IntValueNode,
    ListValueNode,
    ValueNode,
    VariableNode,
)

from resolvers.endpoint.ports import Limits

CEILING = 10**9
"""Sums and products stop growing here."""

_PAGING = ("first", "last")
_PAGED = ("nodes", "edges")  # a connection's page size was counted at the connection itself


class Pages:
    """Sizes of fields under the variables of one request."""

    def __init__(self, limits: Limits, sizes: Mapping[str, int]) -> None:
        self._limits = limits
        self._sizes = sizes
        self.asked: set[str] = set()
        """Variables that decided a size: with none, the cost of the document is always the same."""

    def of(self, field: FieldNode, definition: GraphQLField | None) -> int:
        """How many objects *field* may answer; an unknown field counts as it is written."""
        written = {argument.name.value: argument.value for argument in field.arguments or ()}
        paging = [self._page(written[name]) for name in _PAGING if name in written]
        if paging:
            return max(paging)
        if definition is None:
            return 1
        if any(name in definition.args for name in _PAGING):
            return self._default(definition)
        return self._listed(field, definition, written)

    def _page(self, value: ValueNode) -> int:
        if isinstance(value, IntValueNode):
            return min(abs(int(value.value)), CEILING)
        if isinstance(value, VariableNode):
            name = value.name.value
            self.asked.add(name)
            return min(self._sizes.get(name, self._limits.page), CEILING)
        return self._limits.page

    def _default(self, definition: GraphQLField) -> int:
        for name in _PAGING:
            default = _declared(definition.args.get(name))
            if default is not None:
                return default
        return self._limits.page

    def _listed(self, field: FieldNode, definition: GraphQLField, written: Mapping[str, ValueNode]) -> int:
        if not is_list(definition) or (field.name.value in _PAGED and "ids" not in written):
            return 1
        ids = written.get("ids")
        if isinstance(ids, ListValueNode):
            return len(ids.values)
        if isinstance(ids, VariableNode):
            self.asked.add(ids.name.value)
            return self._sizes.get(ids.name.value, self._limits.page)
        return self._limits.listed


def _declared(argument: GraphQLArgument | None) -> int | None:
    """The page size that an argument defaults to: coerced (built from code) or as written (built from SDL)."""
    if argument is None:
        return None
    if isinstance(argument.default_value, int):
        return argument.default_value
    written = argument.default.literal if argument.default is not None else None
    return int(written.value) if isinstance(written, IntValueNode) else None


def is_list(definition: GraphQLField) -> bool:
    """Whether the field answers a list."""
    kind = definition.type
    if isinstance(kind, GraphQLNonNull):
        kind = kind.of_type
    return isinstance(kind, GraphQLList)


def sizes_of(variables: Mapping[str, object]) -> dict[str, int]:
    """What variables say about sizes: an integer is a page size, a list its length."""
    sizes: dict[str, int] = {}
    for name, value in variables.items():
        if isinstance(value, list):
            sizes[name] = len(value)
        elif isinstance(value, int) and not isinstance(value, bool):
            sizes[name] = min(abs(value), CEILING)
    return sizes
