"""A fresher answer within a budget: a priority hint, then a bounded wait for the record's interval to move (D3)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hub.call import Call
from hub.clock import Clock
from hub.flow.facts import KeptRecord
from hub.model.finding import Lookup, asking_for
from hub.model.manifest import Landscape
from hub.model.vocabulary import Kind
from hub.read.age import as_of
from hub.read.evidence import Evidence, is_silent
from hub.read.sources import BreakerState, Source, SourceState, is_read
from hub.store.freshening import Asked, ask_again, still_asking, still_old
from hub.store.store import Store

PATIENCE = 3.0
"""Seconds a caller who asked for a fresher answer waits at most."""
RESERVE = 1.0
"""Seconds left of his deadline for reading the answer."""
STEP = 0.05
"""Seconds between looks."""
LOOK_UP = "order.find"
"""The question that a source must declare to be asked for an identifier."""
EVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """What a caller typed that nobody knows yet, and who might."""

    lookup: Lookup
    landscape: Landscape
    sources: Sequence[Source]


class Fresher:
    """Asks sources to be read again and waits. Never calls one: their owners do. `store` is of role SERVE."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def again(self, call: Call, known: Evidence, most: timedelta, about: str | None = None) -> bool:
        """Whether records older than *most* were asked for again; those of the entity *about* where one is named.

        Every source that can be read is asked; those that answer at all are waited for, within the budget: an
        unchanged object writes no event, its record's interval moves.
        """
        old = [
            (record, asked)
            for record in known.records
            if about in (None, record.entity_id) and known.now - as_of(known, record) > most
            if (asked := _carriers(known, record))
        ]
        if not old:
            return False
        hints = dict.fromkeys(_again(known, carrier) for _, asked in old for carrier in asked)
        async with self._store.shard(call) as tx:
            await ask_again(tx, call.tenant, list(hints), call.correlation_id)
        awaited = [_again(known, record) for record, _ in old if not is_silent(known, record.source)]

        async def are_read() -> bool:
            async with self._store.glance(call) as tx:
                return await still_old(tx, call.tenant, awaited) == 0

        if awaited:
            await self._until(call, are_read)
        return True

    async def looked_up(self, call: Call, miss: Miss, find: Callable[[], Awaitable[str | None]]) -> str | None:
        """What *find* finds once a source that declares look-up was asked; None where none knows it in time.

        Every such source that answers at all is asked, and the first that knows it is enough.
        """
        asked = _able(miss)
        if not asked:
            return None
        async with self._store.shard(call) as tx:
            await ask_again(tx, call.tenant, asked, call.correlation_id)
        found: list[str] = []

        async def is_known() -> bool:
            async with self._store.glance(call) as tx:
                answered = not await still_asking(tx, call.tenant, call.correlation_id)
            found[:] = [one] if (one := await find()) is not None else []
            return answered or bool(found)

        await self._until(call, is_known)
        return found[0] if found else None

    async def _until(self, call: Call, holds: Callable[[], Awaitable[bool]]) -> None:
        """Wait until *holds*, within what the caller's deadline and our patience leave."""
        until = self._clock.monotonic() + PATIENCE
        if call.deadline is not None:
            until = min(until, call.deadline - RESERVE)
        while self._clock.monotonic() < until:
            await asyncio.sleep(STEP)
            if await holds():
                return


def _carriers(known: Evidence, record: KeptRecord) -> Sequence[KeptRecord]:
    """What is read to read a record again: itself, or the objects that it comes with; nothing where nobody is asked."""
    if not is_read(known.landscape, record.source):
        return ()
    manifest = known.landscape.sources[record.source].manifest
    if record.kind in manifest.reads:
        return (record,)
    above = manifest.carried.get(record.kind)
    return [one for one in known.records if one.source == record.source and one.kind is above]


def _again(known: Evidence, record: KeptRecord) -> Asked:
    return Asked(source=record.source, kind=record.kind, source_id=record.source_id, since=known.now)


def _able(miss: Miss) -> list[Asked]:
    """A question to each source that declares look-up by identifier, is called at all and is not left out."""
    typed = miss.lookup.identifier if miss.lookup.identifier is not None else miss.lookup.value
    if typed is None:
        return []
    return [
        Asked(source=one.source, kind=Kind.ORDER, source_id=asking_for(typed.strip()), since=EVER)
        for one in miss.sources
        if one.breaker is BreakerState.CLOSED
        and one.state is not SourceState.PAUSED
        and LOOK_UP in miss.landscape.sources[one.source].manifest.questions
        and miss.lookup.source in (None, one.source)
    ]
