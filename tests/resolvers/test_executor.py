from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import pytest
import strawberry
from graphql import ExecutionResult, Executor, GraphQLError, GraphQLObjectType, GraphQLSchema, parse
from strawberry.schema.config import StrawberryConfig

from resolvers.derive import Types
from resolvers.executor import LEAF, LeanExecutor, learn
from resolvers.scalars import SCALARS
from tests.kit.graph import CORE


class Colour(StrEnum):
    """What it looks like."""

    RED = "RED"
    """Like blood."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """A thing."""

    name: str
    """Its name."""
    colour: Colour
    """How it looks."""
    size: int | None = None
    """How big."""
    cost: Decimal | None = None
    """How dear."""
    seen_at: datetime | None = None
    """When."""
    tags: tuple[str, ...] = ()
    """Words."""


GIVEN: list[Any] = []  # Any: also what breaks the type


def thing() -> Thing | None:
    """One."""
    found: Thing | None = GIVEN[-1]
    return found


def made() -> GraphQLSchema:
    types = Types()
    types.declare(Thing)
    types.finish()
    schema = strawberry.Schema(
        query=types.root("Query", "Everything.", thing=thing), config=StrawberryConfig(scalar_map=SCALARS)
    )
    learn(schema._schema)  # noqa: SLF001  Strawberry has no public name for it
    return schema._schema  # noqa: SLF001  as above


SCHEMA = made()
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def said(executor: type[Executor[Any]], document: str) -> tuple[Any, list[tuple[str, Any]]]:
    built = executor.build(SCHEMA, parse(document))
    assert not isinstance(built, list)
    answer = built.execute_operation()
    assert isinstance(answer, ExecutionResult)
    return answer.data, [(error.message, error.path) for error in answer.errors or ()]


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"size": 3, "cost": Decimal("1.50"), "seen_at": NOON, "tags": ("a", "b")},
        {"name": None},
        {"size": "many"},
        {"size": 2**40},
        {"colour": "GREEN"},
        {"colour": None},
        {"cost": "dear", "seen_at": "soon"},
        {"seen_at": 7, "tags": None},
    ],
)
def test_it_says_the_same_as_graphql_core(given: dict[str, Any]) -> None:
    GIVEN.append(Thing(**({"name": "x", "colour": Colour.RED} | given)))
    document = "{thing {b: name colour size cost seenAt tags a: name __typename nobody: size}}"
    assert said(LeanExecutor, document) == said(Executor, document)


def test_most_fields_are_read_off_their_parent() -> None:
    kinds = [kind for kind in CORE.type_map.values() if isinstance(kind, GraphQLObjectType) and kind.name[:2] != "__"]
    fields = [field for kind in kinds for field in kind.fields.values()]
    assert sum(LEAF in field.extensions for field in fields) > len(fields) / 2


def test_what_cannot_be_built_is_told() -> None:
    (error,) = LeanExecutor.build(SCHEMA, parse("query A {thing {name}} query B {thing {name}}"))  # type: ignore[misc]  # a list
    assert isinstance(error, GraphQLError)
