"""The pages of a sweep, each a call of its own (the gate's side of it: test_gate)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

from hub.gate.feed import Feed
from hub.ports import ChangePage, FreePass, SourceCall

CALL = SourceCall(tenant="acme", source="shop", correlation_id="correlation-1", patience=1.0)


class Counting(FreePass):
    """Counts what it admits."""

    def __init__(self) -> None:
        self.admitted = 0
        self.sent = 0

    async def admit(self, *, has_effect: bool) -> None:
        self.admitted += 1

    def written(self) -> None:
        self.sent += 1


async def test_each_page_passes_the_turnstile_of_its_own_call_and_closing_ends_the_iterator() -> None:
    turnstiles: list[Counting] = []
    closed: list[str] = []

    async def pages(call: SourceCall, cursor: Mapping[str, Any] | None) -> AsyncIterator[ChangePage]:
        at = cursor["at"] if cursor else 0
        try:
            while True:
                await call.turnstile.admit(has_effect=False)
                call.turnstile.written()
                at += 1
                yield ChangePage(found=(), cursor={"at": at}, is_last=False)
        finally:
            closed.append("closed")

    async def visit(act: Callable[[SourceCall], Awaitable[ChangePage | None]]) -> ChangePage | None:
        turnstiles.append(Counting())
        return await act(
            SourceCall(tenant="acme", source="shop", correlation_id="c", patience=1.0, turnstile=turnstiles[-1])
        )

    feed = Feed(visit, pages, {"at": 5})
    cursors = [page.cursor["at"] for _ in range(3) if (page := await feed.next())]
    await feed.close()
    assert cursors == [6, 7, 8]
    assert [(one.admitted, one.sent) for one in turnstiles] == [(1, 1)] * 3
    assert closed == ["closed"]
