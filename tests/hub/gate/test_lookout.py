"""One look serves all who ask for a while, and none who asks after it was taken up."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from sqlalchemy import event

from hub.gate.lookout import Lookout
from hub.store.store import Store
from tests.kit.clock import StoppedClock
from tests.kit.gates import ACME, cancel
from tests.kit.rows import Sent, put_delivery

SHOP = ("acme", "shop")
START = datetime(2026, 11, 2, tzinfo=UTC)


def statements(store: Store) -> list[str]:
    """Everything the store is asked from now on."""
    asked: list[str] = []
    event.listen(
        store.engine.sync_engine, "before_cursor_execute", lambda _, __, statement, *___: asked.append(statement)
    )
    return asked


async def test_loops_that_ask_at_once_share_one_statement(store: Store) -> None:
    lookout, asked = Lookout(store, StoppedClock(at=START), [SHOP]), statements(store)
    seen = await asyncio.gather(*(lookout.due() for _ in range(50)))
    assert len(asked) == 1
    assert {one.pending for one in seen} == {frozenset()}


async def test_a_look_is_good_for_a_while_and_then_repeated(store: Store) -> None:
    clock = StoppedClock(at=START)
    lookout = Lookout(store, clock, [SHOP], fresh=0.05)
    await lookout.due()
    await put_delivery(store, ACME, Sent(id="d1", intent=cancel("o1")))
    clock.move(0.04)
    assert (await lookout.due()).pending == frozenset()
    clock.move(0.01)
    assert (await lookout.due()).pending == {SHOP}


async def test_what_was_taken_up_is_looked_for_anew(store: Store) -> None:
    lookout = Lookout(store, StoppedClock(at=START), [SHOP])
    await lookout.due()
    await put_delivery(store, ACME, Sent(id="d1", intent=cancel("o1")))
    lookout.forget()
    assert (await lookout.due()).pending == {SHOP}
