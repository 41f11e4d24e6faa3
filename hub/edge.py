"""The graph's edge seen from inside: a credential becomes an admission, an answered operation becomes a hop."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from hub.call import CORRELATION, TRACEPARENT, traceparent
from hub.guard.keys import Keys
from hub.measures.crossings import count_request
from hub.model.ids import mint
from hub.model.trace import HopKind, HopOutcome
from hub.model.vocabulary import SystemKind
from hub.ports import Hop, Recorder
from resolvers.endpoint.ports import Admission, Authenticate, Served


def admission(keys: Keys) -> Authenticate:
    """Admits whoever bears an API key in `Authorization`. Raises Unauthenticated."""

    async def authenticate(headers: Mapping[str, str]) -> Admission:
        authorization = headers.get("authorization")
        call = keys.call(authorization, headers.get(CORRELATION), traceparent(headers.get(TRACEPARENT)))
        return Admission(call=call, expires_at=keys.ends(authorization))

    return authenticate


def told_of(recorder: Recorder) -> Callable[[Served], None]:
    """Counts every operation answered, and records those that are to be traced."""
    hop = request_hop(recorder)

    def served(one: Served) -> None:
        count_request((one.asked.transport, one.asked.kind), one.seconds, one.codes)
        hop(one)

    return served


def request_hop(recorder: Recorder) -> Callable[[Served], None]:
    """Records mutations as API_IN hops: a trace follows what was asked to change, not who looked."""

    def served(one: Served) -> None:
        if one.asked.kind != "mutation":
            return
        recorder.record(
            Hop(
                id=mint(),
                tenant=one.call.tenant,
                correlation_id=one.call.correlation_id,
                kind=HopKind.API_IN,
                system=SystemKind.HUB,
                operation=", ".join(dict.fromkeys(one.asked.fields)),
                outcome=HopOutcome.FAILED if one.codes else HopOutcome.OK,
                started_at=one.started_at,
                duration_ms=int(timedelta(seconds=one.seconds) / timedelta(milliseconds=1)),
                error=", ".join(one.codes) or None,
                roots=tuple(one.asked.concerned),
            )
        )

    return served
