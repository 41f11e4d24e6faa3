from __future__ import annotations

import pytest
from graphql import FieldNode, GraphQLObjectType, GraphQLSchema, OperationDefinitionNode, build_schema, parse

from resolvers.endpoint.pages import CEILING, Pages, sizes_of
from resolvers.endpoint.ports import Limits

SCHEMA: GraphQLSchema = build_schema("""
    type Query {
      paged(first: Int = 15, last: Int): Page
      open(first: Int): Page
      listed: [Page!]!
      nodes(ids: [ID!]!): [Page]!
      edges: [Page!]
      one: Page
    }
    type Page { id: ID }
""")


def _size(text: str, **sizes: int) -> int:
    (operation,) = parse(f"query {{ {text} {{ id }} }}").definitions
    assert isinstance(operation, OperationDefinitionNode)
    (field,) = operation.selection_set.selections
    assert isinstance(field, FieldNode)
    query = SCHEMA.query_type
    assert isinstance(query, GraphQLObjectType)
    return Pages(Limits(), sizes).of(field, query.fields.get(field.name.value))


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("paged(first: 3)", 3),
        ("paged(last: 4)", 4),
        ("paged(first: 3, last: 4)", 4),
        ("paged(first: -9)", 9),
        ("paged(first: $n)", 50),
        ("paged(first: $unknown)", 20),
        ("paged(first: null)", 20),
        ('paged(first: "7")', 20),
        ("paged", 15),
        ("open", 20),
        ("listed", 3),
        ("edges", 1),
        ('nodes(ids: ["a", "b"])', 2),
        ("nodes(ids: $n)", 50),
        ("nodes(ids: $unknown)", 20),
        ("nodes", 1),
        ("one", 1),
        ("unknown", 1),
        ("unknown(first: 8)", 8),
        (f"paged(first: {10**40})", CEILING),
    ],
)
def test_a_field_stands_for_as_many_objects_as_it_may_answer(text: str, size: int) -> None:
    assert _size(text, n=50) == size


def test_variables_say_sizes_by_number_and_by_length() -> None:
    given = {"n": -5, "ids": ["a", "b"], "flag": True, "text": "9", "half": 1.5, "none": None, "huge": 10**40}
    assert sizes_of(given) == {"n": 5, "ids": 2, "huge": CEILING}
