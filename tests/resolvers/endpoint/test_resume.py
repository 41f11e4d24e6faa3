from __future__ import annotations

import pytest
from graphql import GraphQLSchema, build_schema, print_ast

from resolvers.endpoint.documents import Documents, Prepared
from resolvers.endpoint.ports import Limits
from resolvers.endpoint.refusal import RefusedError
from resolvers.endpoint.resume import resumed

SCHEMA: GraphQLSchema = build_schema("""
    type Query { hello: String }
    type Subscription { changed(after: String, kind: String): Event plain: Event }
    type Event { cursor: String }
""")


def _prepared(text: str) -> Prepared:
    return Documents(SCHEMA, Limits()).prepare(text, {}, None)


def _root(text: str, cursor: str | None = "c9") -> str:
    prepared = resumed(_prepared(text), SCHEMA, cursor)
    assert prepared.operation in prepared.document.definitions
    return " ".join(print_ast(prepared.operation).split())


def test_the_header_becomes_the_argument() -> None:
    assert _root("subscription { changed { cursor } }") == 'subscription { changed(after: "c9") { cursor } }'


def test_the_header_is_newer_than_what_the_document_says() -> None:
    text = 'subscription ($a: String = "c1") { e: changed(after: $a, kind: "x") { cursor } }'
    assert 'e: changed(kind: "x", after: "c9")' in _root(text)


def test_a_field_behind_fragments_is_found_and_the_fragment_itself_stays() -> None:
    text = "subscription { ... on Subscription { ...F } } fragment F on Subscription { changed { cursor } }"
    assert 'changed(after: "c9")' in _root(text)


@pytest.mark.parametrize("cursor", [None, ""])
def test_without_a_header_nothing_changes(cursor: str | None) -> None:
    prepared = _prepared("subscription { changed { cursor } }")
    assert resumed(prepared, SCHEMA, cursor) is prepared


def test_a_field_without_after_and_a_query_are_left_alone() -> None:
    assert _root("subscription { plain { cursor } }") == "subscription { plain { cursor } }"
    query = _prepared("{ hello }")
    assert resumed(query, SCHEMA, "c9") is query


def test_a_cursor_is_data_and_never_syntax() -> None:
    assert 'after: "\\") { evil } #"' in _root("subscription { changed { cursor } }", '") { evil } #')


def test_a_header_longer_than_any_cursor_is_refused() -> None:
    with pytest.raises(RefusedError) as refused:
        resumed(_prepared("subscription { changed { cursor } }"), SCHEMA, "x" * 1_025)
    assert refused.value.refusal.faults[0].shown.code == "CURSOR_INVALID"
