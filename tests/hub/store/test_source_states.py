"""What an owner publishes of its source."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from hub.store.source_states import SourceState, note_untold, publish_state
from hub.store.store import Store
from tests.kit.gates import ACME

START = datetime(2026, 11, 2, tzinfo=UTC)
LATER = START + timedelta(hours=1)
POSTED = text("""
insert into inbox (tenant, id, source, delivery_id, headers, body, correlation_id, received_at)
select 'acme', :id, 'shop', :id, '{}', '', 'c', untold_at - cast(:before as float) * interval '1 second'
from source_state
""")


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


async def untold(store: Store, *posted: float) -> bool:
    """Whether another change that was not told is the first one, after the source posted so many seconds before the
    first one was found."""
    async with store.shard(ACME) as tx:
        await note_untold(tx, "acme", "shop")
        await tx.execute(text("update source_state set untold_at = untold_at - interval '1 hour'"))
        for place, before in enumerate(posted):
            await tx.execute(POSTED, {"id": f"i{place}", "before": before})
        first = await tx.scalar(text("select untold_at from source_state"))
        await note_untold(tx, "acme", "shop")
        now = await tx.scalar(text("select untold_at from source_state"))
    assert isinstance(now, datetime)
    return bool(now != first)


async def test_the_first_change_that_was_not_told_counts_until_something_is_posted(store: Store) -> None:
    assert not await untold(store)


async def test_what_was_posted_long_before_is_no_sign_of_life(store: Store) -> None:
    assert not await untold(store, 301)


async def test_after_something_was_posted_the_next_change_is_the_first(store: Store) -> None:
    assert await untold(store, 299)


async def test_what_an_owner_publishes_leaves_it_alone(store: Store) -> None:
    async with store.shard(ACME) as tx:
        await note_untold(tx, "acme", "shop")
    assert (await published(store, SourceState(breaker="OPEN", breaker_since=START)))["untold_at"] is not None
