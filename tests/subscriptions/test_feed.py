"""A stream is one ordered set: snapshot, replay and live meet without a gap or a repetition (I6, I7)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text

from hub.call import Call, worker_call
from hub.changes.relay import Relay
from hub.clock import SystemClock
from hub.errors import CursorExpired, CursorInvalid
from hub.model.changes import ChangeKind, Origin
from hub.model.trace import HopKind
from hub.model.vocabulary import Kind
from hub.seal import Seal
from hub.store.roles import Role, RoleUrls
from hub.store.store import Store, open_store
from subscriptions.feed import Feed
from subscriptions.streams import Envelope
from subscriptions.topics import Topic
from tests.kit.changes import make_change, put_outbox
from tests.kit.recorder import ListRecorder

pytestmark = pytest.mark.anyio
WORKER = worker_call("acme")
REP = Call(actor="rep", tenant="acme", correlation_id="correlation-1")
ORDERS = Topic(tenant="acme", kind=Kind.ORDER)
SEAL = Seal(b"shared")


class Log:
    """A log that a test writes to."""

    def __init__(self, store: Store, relay: Relay) -> None:
        self._store = store
        self._relay = relay

    async def add(self, **said: object) -> None:
        """One change, logged at once."""
        async with self._store.shard(WORKER) as tx:
            await put_outbox(tx, make_change(**said))
        assert await self._relay.turn() == 1


@pytest.fixture
async def changes(store: Store, database: RoleUrls) -> AsyncIterator[Log]:
    async with open_store(database, Role.WORK, size=1) as own:
        relay = Relay(own, "left", ListRecorder())
        await relay.turn()
        yield Log(store, relay)


@asynccontextmanager
async def feeding(tailing: Store, recorder: ListRecorder | None = None) -> AsyncIterator[Feed]:
    feed = Feed(tailing, SEAL, SystemClock(), recorder or ListRecorder())
    loop = asyncio.create_task(feed.run())
    try:
        yield feed
    finally:
        loop.cancel()
        await asyncio.gather(loop, return_exceptions=True)


async def one(stream: AsyncIterator[Envelope]) -> Envelope:
    return await anext(stream)


async def take(stream: AsyncIterator[Envelope], count: int) -> list[Envelope]:
    return [await anext(stream) for _ in range(count)]


async def test_live_changes_come_in_order_and_once(tailing: Store, changes: Log) -> None:
    async with feeding(tailing) as feed:
        stream = feed.listen(REP, ORDERS)
        first = asyncio.create_task(one(stream))
        await asyncio.sleep(0.1)
        for version in range(2, 6):
            await changes.add(version=version)
        events = [await first, *await take(stream, 3)]
    assert [event.version for event in events] == [2, 3, 4, 5]


async def test_a_resumed_stream_has_what_was_missed_then_what_is_new(tailing: Store, changes: Log) -> None:
    async with feeding(tailing) as feed:
        stream = feed.listen(REP, ORDERS)
        first = asyncio.create_task(one(stream))
        await asyncio.sleep(0.1)
        await changes.add(version=2)
        cursor = (await first).cursor
    for version in (3, 4):
        await changes.add(version=version)
    async with feeding(tailing) as again:
        stream = again.listen(REP, ORDERS, after=cursor)
        missed = await take(stream, 2)
        await changes.add(version=5)
        new = await take(stream, 1)
    assert [event.version for event in missed + new] == [3, 4, 5]


async def test_a_snapshot_ends_and_what_it_holds_is_not_repeated(tailing: Store, changes: Log) -> None:
    async def snapshot() -> Mapping[str, int]:
        await changes.add(entity_id="order-1", version=7)  # between the position and the snapshot
        return {"order-1": 7, "order-2": 1}

    async with feeding(tailing) as feed:
        stream = feed.listen(REP, ORDERS, snapshot=snapshot)
        begun = await take(stream, 3)
        await changes.add(entity_id="order-1", version=8)
        live = await take(stream, 1)
    kinds = [(event.kind, event.entity_id, event.version) for event in begun + live]
    assert kinds == [
        (ChangeKind.SNAPSHOT, "order-1", 7),
        (ChangeKind.SNAPSHOT, "order-2", 1),
        (ChangeKind.SNAPSHOT_END, None, None),
        (ChangeKind.UPDATED, "order-1", 8),
    ]


async def test_a_cut_snapshot_begins_again_and_a_finished_one_does_not(tailing: Store, changes: Log) -> None:
    async def snapshot() -> Mapping[str, int]:
        return {"order-1": 1}

    async with feeding(tailing) as feed:
        cut, end = await take(feed.listen(REP, ORDERS, snapshot=snapshot), 2)
        again = await take(feed.listen(REP, ORDERS, after=cut.cursor, snapshot=snapshot), 2)
        await changes.add(version=9)
        after_end = await take(feed.listen(REP, ORDERS, after=end.cursor, snapshot=snapshot), 1)
    assert [event.kind for event in again] == [ChangeKind.SNAPSHOT, ChangeKind.SNAPSHOT_END]
    assert [(event.kind, event.version) for event in after_end] == [(ChangeKind.UPDATED, 9)]


async def test_first_loads_are_left_out(tailing: Store, changes: Log) -> None:
    async with feeding(tailing) as feed:
        stream = feed.listen(REP, ORDERS)
        first = asyncio.create_task(one(stream))
        await asyncio.sleep(0.1)
        await changes.add(version=2, origin=Origin.BASELINE)
        await changes.add(version=3)
        assert (await first).version == 3


async def test_a_foreign_cursor_is_refused(tailing: Store, changes: Log) -> None:
    async with feeding(tailing) as feed:
        await changes.add(version=2)
        other = Call(actor="portal", tenant="beta", correlation_id="correlation-1")
        cursor = (await take(feed.listen(other, ORDERS, snapshot=_empty), 1))[0].cursor
        with pytest.raises(CursorInvalid):
            await anext(feed.listen(REP, ORDERS, after=cursor))


async def test_a_cursor_older_than_what_is_kept_has_expired(store: Store, tailing: Store, changes: Log) -> None:
    async with feeding(tailing) as feed:
        cursor = (await take(feed.listen(REP, ORDERS, snapshot=_empty), 1))[0].cursor
        for version in (2, 3):
            await changes.add(version=version)
        async with store.across() as tx:
            await tx.execute(text("update sequencer set floor = 2"))
        with pytest.raises(CursorExpired):
            await anext(feed.listen(REP, ORDERS, after=cursor))


async def test_a_push_is_one_hop_per_change_however_many_listen(tailing: Store, changes: Log) -> None:
    recorder = ListRecorder()
    async with feeding(tailing, recorder) as feed:
        streams = [feed.listen(REP, ORDERS) for _ in range(3)]
        firsts = [asyncio.create_task(one(stream)) for stream in streams]
        await asyncio.sleep(0.1)
        await changes.add(version=2)
        await asyncio.gather(*firsts)
    assert [(hop.kind, hop.roots) for hop in recorder.hops] == [(HopKind.PUSH, ("order-1",))]


async def _empty() -> Mapping[str, int]:
    return {}
