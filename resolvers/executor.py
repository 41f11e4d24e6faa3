"""Executes operations as graphql-core does, without its ceremony for fields that are read off their parent.

Such a field has no arguments, waits for nothing and ends in a scalar or an enum: most fields of an answer. Whatever is
unusual about one (a null where none may be, a value that does not fit) is left to graphql-core, which says it properly.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from graphql import (
    Executor,
    GraphQLEnumType,
    GraphQLError,
    GraphQLField,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    Undefined,
)
from graphql.execution.collect_fields import FieldDetailsList
from graphql.pyutils import AwaitableOrValue, Path, UndefinedType
from strawberry.types.field import StrawberryField

from resolvers.derive import PLAIN, Read

LEAF = "opshub-leaf"
"""Among a field's extensions: what reads it and what writes it out."""
_UNFIT = (GraphQLError, TypeError, ValueError, ArithmeticError, AttributeError)
"""What writing out a value of the wrong kind raises."""


class LeanExecutor(Executor[Any]):
    """Runs one operation. Says the same as graphql-core's own."""

    def execute_field(
        self,
        parent_type: GraphQLObjectType,
        source: Any,
        field_details_list: FieldDetailsList,
        path: Path,
        position_context: Any,
    ) -> AwaitableOrValue[Any] | UndefinedType:
        """The value of one field, completed."""
        field = parent_type.fields.get(field_details_list[0].node.name.value)
        leaf = None if field is None else field.extensions.get(LEAF)
        if leaf is not None:
            value = leaf(source)
            if value is not Undefined:
                return value
        return super().execute_field(parent_type, source, field_details_list, path, position_context)


def learn(schema: GraphQLSchema) -> None:
    """Find the fields of *schema* that are read off their parent, and those that need no more than the context."""
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLObjectType):
            for field in kind.fields.values():
                _learn(field)


def _learn(field: GraphQLField) -> None:
    told = field.extensions.get("strawberry-definition")
    inner = field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type
    if isinstance(told, Read):
        field.resolve = partial(_read, told.read)
        if isinstance(inner, GraphQLEnumType):
            names = {value.value: name for name, value in inner.values.items()}
            field.extensions[LEAF] = _leaf(told.read, names.get, is_strict=inner is not field.type)
        elif isinstance(inner, GraphQLScalarType):
            field.extensions[LEAF] = _leaf(told.read, inner.coerce_output_value, is_strict=inner is not field.type)
    elif isinstance(told, StrawberryField) and told.base_resolver is not None:
        function = told.base_resolver.wrapped_func
        if callable(function) and getattr(function, PLAIN, False):
            field.resolve = function


def _read(read: Callable[[Any], Any], source: Any, _info: object) -> Any:
    return read(source)


def _leaf(read: Callable[[Any], Any], written: Callable[[Any], Any], *, is_strict: bool) -> Callable[[Any], Any]:
    missing = Undefined if is_strict else None

    def answer(source: Any) -> Any:
        value = read(source)
        if value is None:
            return missing
        try:
            said = written(value)
        except _UNFIT:  # graphql-core meets it again and says where
            return Undefined
        return Undefined if said is None else said

    return answer
