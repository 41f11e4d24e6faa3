from typing import Any

import pytest
import strawberry
from graphql import execute_sync, parse

from resolvers.selection import Chosen, selected


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
        ("query($no: Boolean = false) {leaf {a @include(if: $no) b @skip(if: $no)}}", {"b"}),
        ("{leaf {a ...F @skip(if: true)}} fragment F on Leaf {b}", {"a"}),
    ],
)
def test_fragments_are_written_out(query: str, names: set[str]) -> None:
    said = execute_sync(SCHEMA._schema, parse(query))  # noqa: SLF001  Strawberry has no public name for it
    assert said.errors is None
    assert SEEN[-1] == names


def test_what_is_selected_twice_is_one() -> None:
    one = Chosen(a=Chosen(b=Chosen()))
    both = one.take(Chosen(a=Chosen(c=Chosen()), d=Chosen()))
    assert both == {"a": {"b": {}, "c": {}}, "d": {}}
    assert both.under("a") == {"b": {}, "c": {}}
    assert both.under("nothing") == {}
