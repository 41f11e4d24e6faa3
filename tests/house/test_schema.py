"""`schema.graphql` is what the code says, and every part of it is described."""

import difflib
from collections.abc import Iterator
from importlib import import_module

from graphql import build_schema, introspection_types, is_specified_directive
from graphql.type import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
)

from tests.house.tree import ROOT

FILE = ROOT / "schema.graphql"


def undescribed(schema: GraphQLSchema) -> Iterator[str]:
    """The coordinates of whatever has no description."""
    for directive in schema.directives:
        if not is_specified_directive(directive) and not directive.description:
            yield f"@{directive.name}"
    for name, kind in schema.type_map.items():
        if name in introspection_types:
            continue
        if not kind.description and name not in ("String", "Int", "Float", "Boolean", "ID"):
            yield name
        if isinstance(kind, GraphQLEnumType):
            yield from (f"{name}.{value}" for value, spec in kind.values.items() if not spec.description)
        elif isinstance(kind, GraphQLInputObjectType):
            yield from (f"{name}.{field}" for field, spec in kind.fields.items() if not spec.description)
        elif isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            yield from _fields(name, kind)


def _fields(name: str, kind: GraphQLObjectType | GraphQLInterfaceType) -> Iterator[str]:
    for field, spec in kind.fields.items():
        if not spec.description:
            yield f"{name}.{field}"
        yield from (f"{name}.{field}({given}:)" for given, of in spec.args.items() if not of.description)


def test_the_file_is_what_the_code_says() -> None:
    made: object = import_module("resolvers.schema").schema
    written, said = FILE.read_text(encoding="utf-8"), str(made)
    differs = difflib.unified_diff(
        written.strip().splitlines(), said.strip().splitlines(), "schema.graphql", "the code", n=1
    )
    assert written.strip() == said.strip(), "run `opshub schema --write`:\n" + "\n".join(differs)


def test_every_type_field_argument_and_value_is_described() -> None:
    bare = list(undescribed(build_schema(FILE.read_text(encoding="utf-8"))))
    assert not bare, "\n".join(bare)


def test_the_check_sees_a_bare_field() -> None:
    planted = build_schema('"x" type Query { "x" a("x" b: Int): Int c(d: E): Int } enum E { F }')
    assert set(undescribed(planted)) == {"Query.c", "Query.c(d:)", "E", "E.F"}
