from __future__ import annotations

import pytest
from graphql import GraphQLSchema, OperationDefinitionNode, build_schema, get_introspection_query, parse

from resolvers.endpoint.limits import Profile, profile
from resolvers.endpoint.ports import Limits
from resolvers.endpoint.refusal import RefusedError
from tests.kit.surface import SDL, TEXT

SURFACE: GraphQLSchema = build_schema(SDL)
LIMITS = Limits()


def _profile(text: str, **sizes: int) -> Profile:
    return profile(SURFACE, parse(text), LIMITS, sizes)


def _why(text: str, **sizes: int) -> str:
    with pytest.raises(RefusedError) as refused:
        _profile(text, **sizes)
    assert refused.value.refusal.status == 400
    assert not refused.value.refusal.lenient
    return str(refused.value)


def _order(selections: str) -> str:
    return f'{{ order(by: {{identifier: "1"}}) {{ {selections} }} }}'


def _names(text: str) -> list[str]:
    return [
        part.name.value for part in parse(text).definitions if isinstance(part, OperationDefinitionNode) and part.name
    ]


def test_every_document_of_the_surface_is_within_the_limits_even_all_in_one() -> None:
    shapes = _profile(TEXT).shapes
    assert sorted(shapes) == sorted(_names(TEXT))
    assert len(shapes) == 18 + 3
    assert max(shape.depth for shape in shapes.values()) == 5
    assert max(shape.cost for shape in shapes.values()) == 280


def test_the_order_page_has_its_size() -> None:
    shape = _profile(TEXT).shapes["Order360"]
    assert (shape.depth, shape.selections, shape.fields, shape.aliases, shape.directives) == (5, 124, 1, 0, 0)


@pytest.mark.parametrize("full", [False, True])
def test_the_standard_introspection_query_is_within_the_limits(*, full: bool) -> None:
    query = get_introspection_query(
        descriptions=full, specified_by_url=full, directive_is_repeatable=full, schema_description=full
    )
    shape = _profile(query).shapes["IntrospectionQuery"]
    assert (shape.depth, shape.introspects, shape.cost) == (1, True, 6_000)


def test_introspection_that_loops_or_repeats_is_refused() -> None:
    loop = "{ __schema { types { fields { type { fields { name } } } } } }"
    assert _why(loop) == "introspection goes from type to types more than once on one path"
    deep = '{ __type(name: "Order") ' + "{ ofType " * 17 + "{ name }" + "}" * 17 + " }"
    assert _why(deep) == "introspection is deeper than 16"
    twice = "{ a: __schema { types { name } } b: __schema { types { name } } }"
    assert "may ask for 12000 objects" in _why(twice)


def test_depth_counts_fields_and_not_fragments() -> None:
    ten = _order(
        "trace { blocker { exceptionCase { orders { trace { blocker { exceptionCase { orders { number } } } } } } } }"
    )
    assert _profile(ten).shapes[""].depth == 10
    inline = _order("... { ... { ... { number } } }")
    assert _profile(inline).shapes[""].depth == 2
    eleven = ten.replace("orders { number }", "orders { customer { number } }", 1)
    assert _why(eleven) == "the document has 11 levels of fields; at most 10 are allowed"


def test_aliases_are_counted_with_fragments_written_out() -> None:
    fragment = " fragment F on Order { a: number b: status c: version }"
    ten = _order("...F " * 10)
    assert _profile(ten + fragment).shapes[""].aliases == 30
    assert _why(_order("z: number " + "...F " * 10) + fragment) == "the document has 31 aliases; at most 30 are allowed"


def test_root_fields_and_mutations_are_counted_through_fragments() -> None:
    fields = " ".join(f"f{n}: viewer {{ actor }}" for n in range(21))
    assert _why(f"{{ {fields} }}") == "the document has 21 root fields; at most 20 are allowed"
    assert _why(f"{{ ...F }} fragment F on Query {{ {fields} }}").endswith("21 root fields; at most 20 are allowed")
    mutations = " ".join(f"m{n}: orderCancel(input: {{}}) {{ replayed }}" for n in range(6))
    assert _why(f"mutation {{ {mutations} }}") == "the document has 6 mutations; at most 5 are allowed"


def test_directives_are_counted_on_every_part_of_a_document() -> None:
    spread = "fragment F on Order { number @skip(if: false) }"
    assert _profile(_order("...F @include(if: true) " * 25) + spread).shapes[""].directives == 50
    assert "52 directives" in _why(_order("...F @include(if: true) " * 26) + spread)
    assert "51 directives" in _why(f"query {'@a ' * 51} {{ viewer {{ actor }} }}")


def test_doubling_fragments_are_measured_in_the_time_of_their_text() -> None:
    parts = [f"fragment F{n} on Order {{ ...F{n + 1} ...F{n + 1} }}" for n in range(35)]
    text = " ".join([_order("...F0"), *parts, "fragment F35 on Order { number }"])
    assert _why(text) == "the document has more than a million selections; at most 1000 are allowed"


def test_a_fragment_that_spreads_itself_is_refused_wherever_it_stands() -> None:
    ring = "fragment A on Order { ...B } fragment B on Order { number ...A }"
    assert _why(_order("...A") + ring) == "a fragment spreads itself"
    assert _why(_order("number") + ring) == "a fragment spreads itself"


def test_too_many_operations_or_fragments_are_refused() -> None:
    many = " ".join(f"query Q{n} {{ viewer {{ actor }} }}" for n in range(31))
    assert _why(many) == "the document has 31 operations; at most 30 are allowed"
    fragments = " ".join(f"fragment F{n} on Order {{ number }}" for n in range(61))
    assert _why(_order("number") + fragments) == "the document has 61 fragments; at most 60 are allowed"


def test_cost_is_the_product_of_page_sizes_summed() -> None:
    assert _profile("{ orders(first: 7) { nodes { number lines { sku } } } }").shapes[""].cost == 7 * (1 + 1 + 3)
    assert _profile("{ orders { nodes { number } } }").shapes[""].cost == 20 * 2
    assert _profile("{ orders { totalCount } }").shapes[""].cost == 20
    assert _profile('{ nodes(ids: ["a", "b"]) { id } }').shapes[""].cost == 2


def test_cost_goes_by_variables_and_their_defaults() -> None:
    text = "query ($n: Int) { orders(first: $n) { nodes { number } } }"
    assert _profile(text, n=50).shapes[""].cost == 100
    assert _profile(text).shapes[""].cost == 40
    assert _profile(text, n=50).sized_by == {"n"}
    assert _profile(TEXT).sized_by == frozenset()
    assert "may ask for 20000 objects, more than 10000" in _why(text, n=10_000)


def test_a_page_of_a_hundred_orders_with_their_parcels_is_affordable() -> None:
    text = """{ orders(first: 100) { nodes { number statusText customer { name } systems { system rawStatus }
        fulfillmentOrders { shipments { packages { trackingNumber } } } } } }"""
    assert _profile(text).shapes[""].cost == 100 * (1 + 1 + (1 + 3 + 3 * (1 + 3 * (1 + 3))))


def test_the_same_response_name_again_and_again_is_refused_before_validation_pairs_it() -> None:
    assert _why(_order("customer { name } " * 70)) == (
        "the same response names are selected too often; select each field once"
    )
    assert "response names" in _why(_order("...on Order { number } " * 70))
    assert _profile(_order("customer { name } " * 40)).shapes[""].fields == 1


def test_a_document_with_unknown_names_is_measured_as_it_is_written() -> None:
    shape = _profile("{ nothing(first: 9) { of { this } } ...Missing ... on Nowhere { a } }").shapes[""]
    assert (shape.depth, shape.fields, shape.cost) == (3, 2, 9 * 2)
