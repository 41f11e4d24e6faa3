"""How long changes are kept: by time, never under a follower's feet without a word; an old cursor has expired."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import text

from hub.changes.relay import Relay
from hub.changes.retention import Retention
from hub.errors import CursorExpired
from hub.store.changelog import Place, end_of_log, read_after
from hub.store.roles import Role, RoleUrls
from hub.store.store import Store, open_store
from tests.kit.changes import make_change, put_outbox
from tests.kit.recorder import ListRecorder

DAY = timedelta(days=1)


@pytest.fixture
async def term(database: RoleUrls, store: Store) -> AsyncIterator[str]:
    """Ten changes in the log, each a day older than the next; the newest of today."""
    async with open_store(database, Role.WORK, size=1) as own:
        relay = Relay(own, "test", ListRecorder())
        async with store.across() as tx:
            await put_outbox(tx, *(make_change() for _ in range(10)))
        await relay.turn()
        async with store.across() as tx:
            await tx.execute(
                text("update change_log set logged_at = clock_timestamp() - (10 - position) * interval '1 d'")
            )
            end = await end_of_log(tx)
        assert end is not None
        yield end.term


async def positions(store: Store) -> list[int]:
    async with store.across() as tx:
        return list(await tx.scalars(text("select position from change_log order by position")))


async def stand(store: Store, position: int) -> None:
    """Let a follower have read up to *position*."""
    put = "insert into follower (name, position) values ('kafka', :p) on conflict (name) do update set position = :p"
    async with store.across() as tx:
        await tx.execute(text(put), {"p": position})


async def test_what_is_old_goes_and_the_rest_stays(store: Store, term: str) -> None:
    kept = Retention(store, 3.5 * DAY, 30 * DAY)
    assert await kept.turn() == 6
    assert await positions(store) == [7, 8, 9, 10]
    assert await kept.turn() == 0


async def test_a_cursor_from_before_has_expired_and_one_at_the_cut_goes_on(store: Store, term: str) -> None:
    await Retention(store, 3.5 * DAY, 30 * DAY).turn()
    async with store.across() as tx:
        rest = await read_after(tx, Place(term=term, position=6), 100)
        assert [line.place.position for line in rest] == [7, 8, 9, 10]
        with pytest.raises(CursorExpired):
            await read_after(tx, Place(term=term, position=5), 100)


async def test_what_a_follower_has_not_read_is_kept_and_said(
    store: Store, term: str, capsys: pytest.CaptureFixture[str]
) -> None:
    await stand(store, 2)
    kept = Retention(store, 3.5 * DAY, 30 * DAY)
    assert await kept.turn() == 2
    assert await kept.turn() == 0
    assert await positions(store) == [3, 4, 5, 6, 7, 8, 9, 10]
    assert capsys.readouterr().out.count("retention.held_for_follower") == 1
    await stand(store, 10)
    assert await kept.turn() == 4


async def test_a_follower_that_does_not_come_back_is_given_up_and_that_is_said(
    store: Store, term: str, capsys: pytest.CaptureFixture[str]
) -> None:
    await stand(store, 2)
    assert await Retention(store, 2.5 * DAY, 5.5 * DAY).turn() == 4
    assert await positions(store) == [5, 6, 7, 8, 9, 10]
    assert "retention.dropped_unread" in capsys.readouterr().out


async def test_an_empty_log_and_one_that_is_all_old(store: Store, term: str) -> None:
    await Retention(store, timedelta(0), timedelta(0)).turn()
    assert await positions(store) == []
    assert await Retention(store, timedelta(0), timedelta(0)).turn() == 0
    async with store.across() as tx:
        end = await end_of_log(tx)
        assert end == Place(term=term, position=10)
        assert await read_after(tx, end, 100) == []
