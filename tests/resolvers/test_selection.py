from typing import Any

import pytest
import strawberry
from graphql import execute_sync, parse

from resolvers.selection import selected


@strawberry.type
class Leaf:
    a: int = 1
    b: int = 2


SEEN: list[frozenset[str]] = []


@strawberry.type
class Query:
    @strawberry.field
    def leaf(self, info: strawberry.Info[Any, None]) -> Leaf:
        SEEN.append(selected(info))
        return Leaf()


SCHEMA = strawberry.Schema(query=Query)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("{leaf {a}}", {"a"}),
        ("{leaf {x: a}}", {"a"}),
        ("{leaf {...F}} fragment F on Leaf {a ...G} fragment G on Leaf {b}", {"a", "b"}),
        ("{leaf {... on Leaf {b} __typename}}", {"b", "__typename"}),
    ],
)
def test_fragments_are_written_out(query: str, names: set[str]) -> None:
    said = execute_sync(SCHEMA._schema, parse(query))  # noqa: SLF001  Strawberry has no public name for it
    assert said.errors is None
    assert SEEN[-1] == names
