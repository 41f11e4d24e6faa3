"""Cursors over the wire, by socket and event stream: a cut snapshot begins again, and what is not ours is refused."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager

import pytest

from tests.kit.caller import Caller, Heard
from tests.kit.hub import Running

FEED = """subscription Feed($after: String, $filter: OrderEventFilterInput) {
  orderChanged(after: $after, filter: $filter, includeInitial: true) { cursor kind orderId version } }"""
BOTH = pytest.mark.parametrize("way", ["ws", "sse"])


def resumed(caller: Caller, way: str, cursor: str, **variables: object) -> AbstractAsyncContextManager[Heard]:
    """The feed behind *cursor*, as each way tells it."""
    if way == "sse":
        return caller.sse(FEED, last=cursor, **variables)
    return caller.ws(FEED, after=cursor, **variables)


async def refusal(caller: Caller, way: str, cursor: str, **variables: object) -> list[str]:
    """Codes of the errors that a stream behind *cursor* ends with; nothing else may come."""
    async with resumed(caller, way, cursor, **variables) as refused:
        await refused.until(lambda one: bool(one.errors))
    assert refused.events == []
    return [one["extensions"]["code"] for one in refused.errors]


@BOTH
async def test_a_snapshot_that_was_cut_begins_again_and_one_that_ended_does_not(running: Running, way: str) -> None:
    async with running.rep.ws(FEED) as whole:
        await whole.started()
    first, *_, end = whole.events
    async with resumed(running.rep, way, first["cursor"]) as again:
        await again.started()
    told = [[(one["kind"], one["orderId"]) for one in heard.events[: len(whole.events)]] for heard in (whole, again)]
    assert (first["kind"], end["kind"]) == ("SNAPSHOT", "SNAPSHOT_END")
    assert sorted(told[0][:-1]) == sorted(told[1][:-1])
    assert told[1][-1] == ("SNAPSHOT_END", None)


@BOTH
async def test_a_forged_cursor_and_one_of_another_filter_are_refused(running: Running, way: str) -> None:
    async with running.rep.ws(FEED) as heard:
        await heard.started()
    cursor = heard.cursor
    forged = ("B" if cursor[0] == "A" else "A") + cursor[1:]
    assert await refusal(running.rep, way, forged) == ["CURSOR_INVALID"]
    assert await refusal(running.rep, way, "nonsense") == ["CURSOR_INVALID"]
    narrower = {"status": {"eq": "SHIPPED"}}
    assert await refusal(running.rep, way, cursor, filter=narrower) == ["CURSOR_INVALID"]
