"""The rehearsal's schemas are a part of the real ones: every type, field, argument and value, with the same type."""

import json
import urllib.request
from collections.abc import Iterator

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    build_client_schema,
    get_introspection_query,
)

from sources.vendure.rehearsal.server import schema_of
from tests.systems.vendure.start import Vendure


def introspected(url: str) -> GraphQLSchema:
    body = json.dumps({"query": get_introspection_query(input_value_deprecation=True)}).encode()
    request = urllib.request.Request(url, data=body, headers={"content-type": "application/json"})  # noqa: S310 - ours
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - as above
        return build_client_schema(json.loads(answer.read())["data"])


@pytest.mark.parametrize(("file", "path"), [("admin.graphql", "/admin-api"), ("shop.graphql", "/shop-api")])
def test_the_rehearsal_says_nothing_the_real_shop_does_not(vendure: Vendure, file: str, path: str) -> None:
    rehearsed, real = schema_of(file), introspected(vendure.url + path)
    lies = list(differences(rehearsed, real))
    names = [name for name in rehearsed.type_map if not name.startswith("__")]
    print(f"\n{file}: {len(names)} types of the {len(real.type_map)} of the real shop compared")
    assert not lies, "\n".join(lies)


def differences(rehearsed: GraphQLSchema, real: GraphQLSchema) -> Iterator[str]:
    """What the rehearsed schema has and the real one has not, or has otherwise."""
    for name, ours in rehearsed.type_map.items():
        theirs = real.type_map.get(name)
        if theirs is None or type(theirs) is not type(ours):
            yield f"{name} is no {type(ours).__name__} of the real shop"
        elif isinstance(ours, GraphQLEnumType) and isinstance(theirs, GraphQLEnumType):
            yield from (f"{name}.{value} does not exist" for value in set(ours.values) - set(theirs.values))
        elif isinstance(ours, GraphQLUnionType) and isinstance(theirs, GraphQLUnionType):
            members = {one.name for one in theirs.types}
            yield from (f"{name} has no {one.name}" for one in ours.types if one.name not in members)
        elif isinstance(ours, GraphQLInputObjectType) and isinstance(theirs, GraphQLInputObjectType):
            for field, spec in ours.fields.items():
                if field not in theirs.fields or str(theirs.fields[field].type) != str(spec.type):
                    yield f"input {name}.{field}: {spec.type} does not exist"
        elif not name.startswith("__"):
            yield from _fields(ours, theirs)


def _fields(ours: object, theirs: object) -> Iterator[str]:
    kinds = (GraphQLObjectType, GraphQLInterfaceType)
    if not isinstance(ours, kinds) or not isinstance(theirs, kinds):
        return
    for name, spec in ours.fields.items():
        known = theirs.fields.get(name)
        if known is None or str(known.type) != str(spec.type):
            yield f"{ours.name}.{name}: {spec.type} is {known.type if known else 'nothing'} at the real shop"
            continue
        for argument, wanted in spec.args.items():
            if argument not in known.args or str(known.args[argument].type) != str(wanted.type):
                yield f"{ours.name}.{name}({argument}: {wanted.type}) does not exist"
