from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from graphql import GraphQLSchema, Token, build_schema

from resolvers.endpoint.documents import Documents
from resolvers.endpoint.ports import Limits
from resolvers.endpoint.refusal import Refusal, RefusedError

SCHEMA: GraphQLSchema = build_schema("""
    type Query { hello: String orders(first: Int = 10): [Order!] }
    type Order { number: String }
""")


def _documents(**limits: int) -> Documents:
    return Documents(SCHEMA, Limits(**limits))


def _refusal(documents: Documents, text: str, name: str | None = None, **variables: object) -> Refusal:
    with pytest.raises(RefusedError) as refused:
        documents.prepare(text, variables, name)
    return refused.value.refusal


def _codes(refusal: Refusal) -> list[str]:
    return [fault.shown.code for fault in refusal.faults]


def test_a_valid_document_is_parsed_once() -> None:
    documents = _documents()
    first = documents.prepare("{ hello }", {}, None)
    assert documents.prepare("{ hello }", {}, None).document is first.document
    assert (first.kind, first.name) == ("query", None)


def test_a_syntax_error_is_told_with_its_place_and_remembered() -> None:
    documents = _documents()
    refusal = _refusal(documents, "{ hello")
    assert (_codes(refusal), refusal.lenient, refusal.status) == (["GRAPHQL_PARSE_FAILED"], True, 400)
    assert refusal.faults[0].locations == ((1, 8),)
    assert _refusal(documents, "{ hello") is refusal


def test_validation_errors_are_told_without_hints_at_the_schema_and_remembered() -> None:
    documents = _documents()
    refusal = _refusal(documents, "{ helo orderz }")
    assert _codes(refusal) == ["GRAPHQL_VALIDATION_FAILED"] * 2
    assert [fault.shown.message for fault in refusal.faults] == [
        "Cannot query field 'helo' on type 'Query'.",
        "Cannot query field 'orderz' on type 'Query'.",
    ]
    assert _refusal(documents, "{ helo orderz }") is refusal


@pytest.fixture
def uncollected() -> Iterator[None]:
    """Nothing is freed by a collection that comes by chance."""
    gc.disable()
    yield
    gc.enable()


def _tokens() -> int:
    return sum(isinstance(one, Token) for one in gc.get_objects())


@pytest.mark.usefixtures("uncollected")
@pytest.mark.parametrize(
    "text",
    [
        "{ hello",
        "{ helo }",
        "{ hello " + "hello " * 2_000 + "}",
        "{ " + " ".join(f"a{n}: hello" for n in range(600)) + " }",
    ],
)
def test_what_a_refused_document_was_made_of_is_freed_at_once(text: str) -> None:
    documents, before = _documents(), _tokens()
    assert _refusal(documents, text).faults
    assert _tokens() == before


def test_at_most_ten_validation_errors_are_told() -> None:
    assert len(_refusal(_documents(), "{ " + " ".join(f"f{n}" for n in range(19)) + " }").faults) == 10


def test_too_many_tokens_comments_included_are_a_limit_and_not_a_syntax_error() -> None:
    for text in ("{ " + "hello " * 2_000 + "}", "#\n" * 2_001 + "{ hello }"):
        refusal = _refusal(_documents(), text)
        assert (_codes(refusal), refusal.lenient) == (["COST_LIMIT_EXCEEDED"], False)
        assert refusal.faults[0].shown.message == "the document has more than 2000 tokens"


def test_a_document_nested_past_the_interpreters_stack_is_a_limit() -> None:
    refusal = _refusal(_documents(), "{ hello(a: " + "[" * 900 + "]" * 900 + ") }")
    assert refusal.faults[0].shown.message == "the document is nested too deeply"


def test_a_long_document_is_refused_unread() -> None:
    assert _codes(_refusal(_documents(), "{ hello }" + " " * 65_536)) == ["COST_LIMIT_EXCEEDED"]


def test_an_operation_is_chosen_by_name() -> None:
    documents = _documents()
    text = "query A { hello } query B { a: hello }"
    assert documents.prepare(text, {}, "B").name == "B"
    assert _codes(_refusal(documents, text)) == ["OPERATION_RESOLUTION_FAILURE"]
    assert _codes(_refusal(documents, text, "C")) == ["OPERATION_RESOLUTION_FAILURE"]
    assert _codes(_refusal(documents, "{ hello }", "C")) == ["OPERATION_RESOLUTION_FAILURE"]
    assert documents.prepare("{ hello }", {}, None).name is None


def test_cost_is_judged_again_for_other_variables_of_a_known_document() -> None:
    documents = _documents()
    text = "query ($n: Int) { orders(first: $n) { number } }"
    assert documents.prepare(text, {"n": 5}, None).shape.cost == 5
    assert documents.prepare(text, {}, None).shape.cost == 20
    assert _codes(_refusal(documents, text, n=20_000)) == ["COST_LIMIT_EXCEEDED"]
    assert documents.prepare(text, {"n": 7}, None).shape.cost == 7


def test_a_refusal_by_page_size_is_not_held_against_the_document() -> None:
    documents = _documents()
    text = "query ($n: Int) { orders(first: $n) { number } }"
    _refusal(documents, text, n=20_000)
    assert documents.prepare(text, {"n": 7}, None).shape.cost == 7


def test_the_cache_forgets_the_longest_unused_first() -> None:
    documents = _documents(cached_tokens=100)
    kept = documents.prepare("{ hello }", {}, None).document
    for n in range(30):
        documents.prepare(f"{{ a{n}: hello }}", {}, None)
        assert documents.prepare("{ hello }", {}, None).document is kept
    first = documents.prepare("{ a0: hello }", {}, None).document
    assert documents.prepare("{ a0: hello }", {}, None).document is first
    for n in range(30):
        _refusal(documents, f"{{ b{n} }}")
    assert documents.prepare("{ hello }", {}, None).document is not kept


def test_root_fields_are_named_in_order_with_fragments_written_out() -> None:
    text = "{ first: hello ...A ... on Query { orders { number } } } fragment A on Query { again: hello ...B } "
    prepared = _documents().prepare(text + "fragment B on Query { orders { number } }", {}, None)
    assert prepared.fields == ("hello", "hello", "orders", "orders")
