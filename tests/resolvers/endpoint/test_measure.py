from __future__ import annotations

from graphql import GraphQLSchema, OperationDefinitionNode, build_schema, parse

from resolvers.endpoint.measure import Measure, Shape
from resolvers.endpoint.pages import CEILING
from resolvers.endpoint.ports import Limits

SCHEMA: GraphQLSchema = build_schema("""
    type Query { me: Person people(first: Int): [Person!] }
    type Person { name: String friends(first: Int = 7): [Person!] pets: [Pet!] one: Pet }
    interface Pet { name: String owner: Person }
    type Cat implements Pet { name: String owner: Person lives: Int }
""")


def _shape(text: str) -> Shape:
    document = parse(text)
    measure = Measure(SCHEMA, document, Limits(), {})
    (operation,) = (part for part in document.definitions if isinstance(part, OperationDefinitionNode))
    return measure.operation(operation)


def test_a_fragment_counts_as_often_as_it_is_spread() -> None:
    once = _shape("{ me { ...F } } fragment F on Person { a: name one { name } }")
    thrice = _shape("{ me { ...F ...F ...F } } fragment F on Person { a: name one { name } }")
    assert (once.selections, once.aliases, once.depth) == (5, 1, 3)
    assert (thrice.selections, thrice.aliases, thrice.depth) == (13, 3, 3)


def test_types_are_followed_through_interfaces_and_conditions() -> None:
    assert _shape("{ me { one { ... on Cat { owner { friends { name } } } } } }").cost == 1 + 1 + 1 + 7
    assert _shape("{ me { pets { owner { name } } } }").cost == 1 + 3 * (1 + 1)


def test_sums_stop_at_the_ceiling() -> None:
    nested = "{ people(first: 2147483647) " * 1 + "{ friends(first: 2147483647) " * 6 + "{ name }" + " }" * 7
    assert _shape(nested).cost == CEILING


def test_leaves_cost_nothing() -> None:
    assert _shape("{ me { name name __typename } __typename }").cost == 1


def test_type_names_are_not_introspection_and_types_are() -> None:
    assert not _shape("{ __typename me { __typename } }").introspects
    assert _shape("{ ... { ...F } } fragment F on Query { __schema { description } }").introspects
    assert not _shape("{ me { __schema { description } } }").introspects
