"""The graph's edge seen from inside: who is let in, and what a trace hears of a request."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from hub.call import Call
from hub.edge import admission, request_hop
from hub.errors import Unauthenticated
from hub.guard.keys import Keys, hash_of
from hub.model.trace import HopKind, HopOutcome
from hub.model.vocabulary import SystemKind
from hub.ports import Hop
from hub.settings import KeySettings
from resolvers.endpoint.ports import Admission, Asked, Served
from tests.kit.clock import StoppedClock
from tests.kit.recorder import ListRecorder

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
EVENING = datetime(2026, 11, 21, 20, tzinfo=UTC)
KEYS = Keys(
    {
        "rep": KeySettings(hash=hash_of("r-key"), tenant="acme", scopes=frozenset({"orders:read"})),
        "portal": KeySettings(hash=hash_of("p-key"), tenant="acme", account="a/b", expires=EVENING),
    },
    StoppedClock(NOON),
)
CALL = Call(actor="rep", tenant="acme", correlation_id="correlation-1")


async def test_who_bears_a_key_is_let_in_as_whom_it_stands_for() -> None:
    admitted = await admission(KEYS)({"authorization": "Bearer r-key", "x-correlation-id": "my-request-7"})
    assert admitted == Admission(
        call=Call(
            actor="rep", tenant="acme", scopes=frozenset({"orders:read"}), account=None, correlation_id="my-request-7"
        ),
        expires_at=None,
    )


async def test_an_admission_ends_with_its_key() -> None:
    admitted = await admission(KEYS)({"authorization": "bearer p-key"})
    assert (admitted.call.account, admitted.expires_at) == ("a/b", EVENING)
    assert len(admitted.call.correlation_id) == 32


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer x"}, {"authorization": "Basic r-key"}])
async def test_nobody_else_is_let_in(headers: dict[str, str]) -> None:
    with pytest.raises(Unauthenticated):
        await admission(KEYS)(headers)


def told(asked: Asked, **said: Any) -> list[Hop]:  # Any: fields of Served
    recorder = ListRecorder()
    request_hop(recorder)(Served(call=CALL, asked=asked, started_at=NOON, seconds=0.25, **said))
    return recorder.hops


def test_a_mutation_is_a_hop_named_after_its_root_field_with_the_roots_it_concerned() -> None:
    asked = Asked(transport="http", kind="mutation", name="Mine", fields=("orderCancel",), concerned=["root-1"])
    (hop,) = told(asked)
    assert hop == Hop(
        id=hop.id,
        tenant="acme",
        correlation_id="correlation-1",
        kind=HopKind.API_IN,
        system=SystemKind.HUB,
        operation="orderCancel",
        outcome=HopOutcome.OK,
        started_at=NOON,
        duration_ms=250,
        roots=("root-1",),
    )


def test_a_failed_mutation_tells_its_codes_and_one_of_several_fields_names_each_once() -> None:
    asked = Asked(transport="ws", kind="mutation", fields=("orderCancel", "orderCancel", "orderHold"))
    (hop,) = told(asked, codes=("CONFLICT", "FORBIDDEN"))
    assert (hop.operation, hop.outcome, hop.error, hop.roots) == (
        "orderCancel, orderHold", HopOutcome.FAILED, "CONFLICT, FORBIDDEN", (),
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["query", "subscription"])
def test_who_only_looked_leaves_no_hop(kind: str) -> None:
    assert told(Asked(transport="http", kind=kind, fields=("order",))) == []
