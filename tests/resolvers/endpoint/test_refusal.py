from __future__ import annotations

import pytest
from graphql import GraphQLSyntaxError, Source

from hub.errors import Denied, HubError, InvalidInput, StoreBusy, Unauthenticated
from resolvers.endpoint.refusal import RefusedError, graphql_refusal, not_admitted, refuse, refuse_size


@pytest.mark.parametrize(
    ("error", "status", "headers"),
    [
        (Unauthenticated("who"), 401, {"www-authenticate": "Bearer"}),
        (InvalidInput("no key at all"), 401, {"www-authenticate": "Bearer"}),
        (Denied("no"), 403, {}),
        (StoreBusy("away"), 503, {"retry-after": "1"}),
    ],
)
def test_why_a_caller_is_not_let_in_decides_the_status(error: HubError, status: int, headers: dict[str, str]) -> None:
    refusal = not_admitted(error).refusal
    assert (refusal.status, refusal.headers, refusal.lenient) == (status, headers, False)


def test_a_refusal_has_one_fault_and_a_limit_its_own_code() -> None:
    with pytest.raises(RefusedError) as refused:
        refuse("no", status=406)
    assert (refused.value.refusal.status, refused.value.refusal.faults[0].shown.code) == (406, "BAD_USER_INPUT")
    with pytest.raises(RefusedError, match="too long") as refused:
        refuse_size("too long")
    assert refused.value.refusal.faults[0].shown.code == "COST_LIMIT_EXCEEDED"


def test_errors_of_graphql_keep_their_place_and_are_lenient() -> None:
    error = GraphQLSyntaxError(Source("{\n{"), 2, "unexpected " + "x" * 9_000)
    refusal = graphql_refusal([error], "GRAPHQL_PARSE_FAILED")
    assert (refusal.lenient, refusal.faults[0].locations) == (True, ((2, 1),))
    assert len(refusal.faults[0].shown.message) == 500
