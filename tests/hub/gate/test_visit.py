"""What an error of a call means, given which requests were written before it (D7, F20)."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from hub.errors import (
    HubError,
    HubFault,
    OutcomeUnknown,
    Overtaken,
    SourceBusy,
    SourceGarbled,
    SourceMisset,
    SourceRefused,
)
from hub.gate.errand import Ask
from hub.gate.lease import Lease
from hub.gate.pace import Pace
from hub.gate.visit import Checkpoint, Visit
from tests.kit.clock import StoppedClock

ERRORS = (
    SourceBusy("503"),
    SourceMisset("401"),
    Overtaken("gone"),
    SourceGarbled("html"),
    SourceRefused("no"),
    OutcomeUnknown("lost"),
    HubFault("ours"),
)
SAME = [type(error).__name__ for error in ERRORS]


def visit(*, has_effect: bool = True) -> Visit:
    clock = StoppedClock(at=datetime(2026, 11, 2, tzinfo=UTC))
    lease = Lease(clock, "shop")
    lease.hold(asked_at=0, length=60, epoch=1)
    checkpoint = Checkpoint(pace=Pace(None, clock), lease=lease, clock=clock)
    ask = Ask(operation="order.cancel", patience=5.0, has_effect=has_effect)
    return Visit(checkpoint, ask, source="shop", epoch=1)


async def judged(*requests: str, has_effect: bool = True) -> list[str]:
    """What each error becomes after these requests were admitted."""
    made = visit(has_effect=has_effect)
    for request in requests:
        await made.admit(has_effect=request == "write")
    return [type(made.judged(error)).__name__ for error in ERRORS]


def becomes(*unknown: type[HubError]) -> list[str]:
    named = {error.__name__ for error in unknown}
    return ["OutcomeUnknown" if name in named else name for name in SAME]


async def test_a_doubt_keeps_that_the_source_wants_fewer_calls_and_until_when() -> None:
    made, until = visit(), datetime(2026, 11, 2, 1, tzinfo=UTC)
    for _ in range(2):
        await made.admit(has_effect=True)
    doubt = made.judged(SourceBusy("429", throttled=True, retry_at=until))
    assert isinstance(doubt, OutcomeUnknown)
    assert (doubt.throttled, doubt.retry_at, doubt.facts["unasked"]) == (True, until, False)
    lost = made.judged(SourceBusy("503"))
    assert isinstance(lost, OutcomeUnknown)
    assert (lost.throttled, lost.retry_at) == (False, None)


async def test_a_call_without_effect_keeps_its_error() -> None:
    assert await judged("read", has_effect=False) == SAME


async def test_before_any_effect_was_written_nothing_is_in_doubt() -> None:
    assert await judged("read") == SAME


async def test_an_effect_that_was_turned_away_did_not_happen_but_one_not_understood_may_have() -> None:
    assert await judged("read", "write") == becomes(SourceGarbled, HubFault)


async def test_after_one_effect_went_well_every_later_failure_is_in_doubt() -> None:
    doubtful = becomes(SourceBusy, SourceMisset, Overtaken, SourceGarbled, HubFault)
    assert await judged("write", "read") == doubtful
    assert await judged("write", "write") == doubtful


async def test_an_adapter_that_never_asked_may_have_written_anything() -> None:
    assert await judged() == becomes(SourceGarbled, HubFault)
    assert isinstance(visit().late(), OutcomeUnknown)
    assert isinstance(visit().broken(KeyError()), OutcomeUnknown)


async def test_a_lease_that_ran_out_between_two_requests_leaves_the_first_in_doubt() -> None:
    made = visit()
    await made.admit(has_effect=True)
    made._checkpoint.lease.end()  # noqa: SLF001 (the lease is the test's own)
    with pytest.raises(Overtaken) as refused:
        await made.admit(has_effect=True)
    assert isinstance(made.judged(refused.value), OutcomeUnknown)


async def test_late_before_the_effect_is_only_busy() -> None:
    made = visit()
    await made.admit(has_effect=False)
    assert isinstance(made.late(), SourceBusy)
    await made.admit(has_effect=True)
    assert isinstance(made.late(), OutcomeUnknown)


async def test_a_second_try_counts_anew() -> None:
    made = visit()
    async with made.within():
        await made.admit(has_effect=True)
    async with made.within():
        await asyncio.sleep(0)
        assert (made.requests, made.effects) == (0, 0)
