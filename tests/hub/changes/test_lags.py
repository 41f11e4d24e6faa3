"""What lags behind is noted, and keeps nobody from answering."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from hub.changes.lags import Lags
from hub.store.followers import park, say_why, take_follower
from hub.store.store import Store
from tests.kit.changes import make_line


@pytest.fixture
async def behind(store: Store) -> Lags:
    """A follower three changes behind that says why, one change parked."""
    async with store.across() as tx:
        await tx.execute(text("update sequencer set last = 3"))
        epoch = await take_follower(tx, "kafka", "one", timedelta(seconds=30))
        assert epoch is not None
        await say_why(tx, "kafka", epoch, "no broker answers")
        await park(tx, "kafka", make_line(1), "too large")
    return Lags(store)


async def test_what_lags_is_noted_in_words(behind: Lags) -> None:
    assert await behind.notes() == [
        "kafka: 3 changes are not handed on, the oldest for 0 s: no broker answers",
        "kafka: 1 changes are parked: `opshub topics`",
    ]


async def test_nothing_is_noted_where_nothing_lags(store: Store) -> None:
    assert await Lags(store).notes() == []
