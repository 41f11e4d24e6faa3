"""What an owner publishes of its source."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from hub.store.source_states import SourceState, publish_state
from hub.store.store import Store
from tests.kit.gates import ACME

START = datetime(2026, 11, 2, tzinfo=UTC)
LATER = START + timedelta(hours=1)


async def published(store: Store, *states: SourceState) -> dict[str, object]:
    async with store.shard(ACME) as tx:
        for state in states:
            await publish_state(tx, "acme", "shop", state)
        return dict((await tx.execute(text("select * from source_state"))).mappings().one())


async def test_the_last_word_stands_and_instants_are_not_forgotten(store: Store) -> None:
    row = await published(
        store,
        SourceState(breaker="CLOSED", breaker_since=START, last_success_at=START),
        SourceState(breaker="OPEN", breaker_since=LATER, last_failure_at=LATER, last_error="503", is_paused=True),
    )
    assert (row["breaker"], row["breaker_since"], row["is_paused"], row["last_error"]) == ("OPEN", LATER, True, "503")
    assert (row["last_success_at"], row["last_failure_at"]) == (START, LATER)


async def test_an_error_that_is_over_is_no_longer_told(store: Store) -> None:
    row = await published(
        store,
        SourceState(breaker="CLOSED", breaker_since=START, last_error="503"),
        SourceState(breaker="CLOSED", breaker_since=START),
    )
    assert row["last_error"] is None
