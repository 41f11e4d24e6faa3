"""Documents of partners: one node by its id, valid, within limits; asked with the partner's own rights."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
import strawberry

from hub.call import Call
from hub.clock import SystemClock
from hub.errors import Denied
from resolvers.endpoint.ports import Admission, Asked, Ports
from resolvers.endpoint.run import Runner
from resolvers.partners import SHAPE, rendered_by, wrong_document
from tests.kit.graph import CORE

GOOD = "query($id: ID!) { node(id: $id) { id ... on Order { number status } ... on Shipment { state: status } } }"


def test_a_query_for_one_node_may_go_along() -> None:
    assert wrong_document(CORE, GOOD) is None


@pytest.mark.parametrize(
    ("document", "why"),
    [
        ("query { orders(first: 100) { nodes { id } } }", SHAPE),
        ("query($id: ID!) { a: node(id: $id) { id } b: node(id: $id) { id } }", SHAPE),
        ("query($id: ID!, $x: Boolean! = true) { node(id: $id) { id @include(if: $x) } }", SHAPE),
        ("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", SHAPE),
        ("subscription { orderChanged { cursor } }", SHAPE),
        ("query($id: ID!) { node(id: $id) { nonsense } }", "Cannot query field 'nonsense' on type 'Node'."),
        ("query(", "Syntax Error: Expected '$', found <EOF>."),
        ("query A { viewer { actor } } query B { viewer { actor } }", "name one operation"),
    ],
)
def test_anything_else_may_not(document: str, why: str) -> None:
    said = wrong_document(CORE, document)
    assert said is not None
    assert why in said


@strawberry.type
class Query:
    @strawberry.field
    def node(self, info: strawberry.Info[Call, None], id: strawberry.ID) -> str:  # noqa: A002  as in the graph
        if not info.context.may("orders:read"):
            message = "this key lacks the scope orders:read"
            raise Denied(message)
        return f"{info.context.actor} sees {id}"


async def nobody(headers: object) -> Admission:
    raise AssertionError


def ports(context_for: Callable[[Call, Asked], object]) -> Ports:
    return Ports(
        schema=strawberry.Schema(query=Query), authenticate=nobody, context_for=context_for, clock=SystemClock()
    )


async def test_a_document_is_asked_with_the_rights_of_the_partner() -> None:
    render = rendered_by(Runner(ports(lambda call, asked: call)))
    document = "query($id: ID!) { node(id: $id) }"
    may = Call(actor="portal", tenant="acme", scopes=frozenset({"orders:read"}), correlation_id="c")
    may_not = Call(actor="portal", tenant="acme", correlation_id="c")
    assert json.loads((await render(may, document, "o1")).node) == "portal sees o1"
    assert (await render(may_not, document, "o1")).error == "FORBIDDEN"
    assert (await render(may, "query { other }", "o1")).error == "Cannot query field 'other' on type 'Query'."
