"""The graph against the surface: what both have must be equal, and what is left out is listed with its reason."""

from collections.abc import Iterator

from graphql import build_schema
from graphql.type import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
)

from resolvers.schema import build, schema, sdl
from tests.kit.surface import SDL

SURFACE = build_schema(SDL)
OURS = build_schema(sdl())


def shared() -> Iterator[tuple[GraphQLNamedType, GraphQLNamedType]]:
    for name, theirs in SURFACE.type_map.items():
        if not name.startswith("__") and name in OURS.type_map:
            yield theirs, OURS.type_map[name]


def differences() -> Iterator[str]:
    for theirs, ours in shared():
        assert type(theirs) is type(ours), theirs.name
        if isinstance(theirs, GraphQLEnumType) and isinstance(ours, GraphQLEnumType):
            yield from (f"{theirs.name}.{value}" for value in theirs.values if value not in ours.values)
        elif isinstance(theirs, GraphQLObjectType | GraphQLInterfaceType):
            assert isinstance(ours, GraphQLObjectType | GraphQLInterfaceType)
            yield from _fields(theirs, ours)
        elif isinstance(theirs, GraphQLInputObjectType) and isinstance(ours, GraphQLInputObjectType):
            yield from _inputs(theirs, ours)


def _fields(
    theirs: GraphQLObjectType | GraphQLInterfaceType, ours: GraphQLObjectType | GraphQLInterfaceType
) -> Iterator[str]:
    assert {one.name for one in theirs.interfaces} == {one.name for one in ours.interfaces}, theirs.name
    for name, field in theirs.fields.items():
        if name not in ours.fields:
            yield f"{theirs.name}.{name}"
            continue
        mine = ours.fields[name]
        assert str(mine.type) == str(field.type), f"{theirs.name}.{name}"
        assert {key: (str(of.type), repr(of.default_value)) for key, of in mine.args.items()} == {
            key: (str(of.type), repr(of.default_value)) for key, of in field.args.items()
        }, f"{theirs.name}.{name}"


def _inputs(theirs: GraphQLInputObjectType, ours: GraphQLInputObjectType) -> Iterator[str]:
    for name, field in theirs.fields.items():
        if name not in ours.fields:
            yield f"{theirs.name}.{name}"
            continue
        mine = ours.fields[name]
        assert (str(mine.type), repr(mine.default_value)) == (str(field.type), repr(field.default_value)), name


def test_what_the_graph_and_the_surface_share_is_equal() -> None:
    assert set(differences()) == set()


def test_the_idempotency_directive_is_that_of_the_surface() -> None:
    theirs, ours = SURFACE.get_directive("idempotent"), OURS.get_directive("idempotent")
    assert theirs is not None
    assert ours is not None
    assert (ours.locations, {name: str(of.type) for name, of in ours.args.items()}) == (
        theirs.locations,
        {name: str(of.type) for name, of in theirs.args.items()},
    )


def test_building_twice_gives_the_same_text() -> None:
    assert str(build()) == str(schema)
    assert sdl().endswith("}\n")
