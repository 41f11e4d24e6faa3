"""Documents that partners give: which may go along with a webhook, and asking them about one entity."""

from __future__ import annotations

from typing import Any

import orjson
from graphql import GraphQLSchema, NamedTypeNode, NonNullTypeNode

from hub.call import Call
from hub.partners.payload import Render, Rendered
from resolvers.endpoint.body import Request
from resolvers.endpoint.documents import Documents, Prepared
from resolvers.endpoint.ports import Limits
from resolvers.endpoint.refusal import RefusedError
from resolvers.endpoint.run import Manner, Runner

VARIABLE = "id"
FIELD = "node"
SHAPE = "it is one query of the shape: query($id: ID!) { node(id: $id) { ... on Order { number } } }"
MANNER = Manner(transport="webhook")


def wrong_document(schema: GraphQLSchema, text: str) -> str | None:
    """Why *text* cannot go along with webhooks, in words; None where it can."""
    try:
        prepared = Documents(schema, Limits()).prepare(text, {VARIABLE: ""}, None)
    except RefusedError as refused:
        return "; ".join(fault.shown.message for fault in refused.refusal.faults)
    return None if _fits(prepared) else SHAPE


def rendered_by(runner: Runner) -> Render:
    """Asks documents with *runner*."""

    async def render(call: Call, document: str, entity_id: str) -> Rendered:
        try:
            work = runner.prepare(Request(query=document, variables={VARIABLE: entity_id}), call, MANNER)
        except RefusedError as refused:
            return Rendered(error="; ".join(fault.shown.message for fault in refused.refusal.faults))
        answer = await runner.once(work)
        if answer.codes:
            return Rendered(error=", ".join(dict.fromkeys(answer.codes)))
        said: dict[str, Any] = orjson.loads(answer.body)["data"]
        return Rendered(node=orjson.dumps(next(iter(said.values()))))

    return render


def _fits(prepared: Prepared) -> bool:
    variables = prepared.operation.variable_definitions or ()
    if prepared.kind != "query" or prepared.fields != (FIELD,) or len(variables) != 1:
        return False
    (one,) = variables
    inner = one.type.type if isinstance(one.type, NonNullTypeNode) else one.type
    is_id = isinstance(inner, NamedTypeNode) and inner.name.value == "ID"
    return is_id and one.variable.name.value == VARIABLE
