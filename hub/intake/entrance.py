"""The entrance from a bus: records of a source's topic become inbox rows, each once, and the offset goes with them.

A duty of `hub.gate.tend`: the source's owner alone reads its topic, so no group ever hands partitions around. What a
record holds is read later, by `digest`, as a webhook's body is; one that nothing can read ends there as a dead letter.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from hub.call import CORRELATION, TRACEPARENT, correlation_id, traceparent
from hub.changes.bus import Bus, Inlet, Received, Wanted
from hub.clock import Clock, around
from hub.errors import BusAway, Denied, NotOffered, SourceGarbled
from hub.failpoint import reached
from hub.gate.crew import Crew
from hub.gate.owner import Held
from hub.model.ids import mint
from hub.model.trace import HopKind, HopOutcome
from hub.model.vocabulary import SystemKind
from hub.ports import Adapter, Hop, Recorder, WebhookDelivery
from hub.store.bus_places import BusPlace, bus_places, keep_places
from hub.store.inbox import Arrival, put_arrivals
from hub.store.leases import fence
from hub.store.store import Store
from hub.telemetry import logger

log = logger(__name__)

LOOK = 1.0  # seconds between looks whether the topic is being read
WAIT = 0.5  # seconds for which a read waits for records
SHORTEST, LONGEST = 0.25, 5.0  # seconds until a bus that was away is asked again
ERRAND = "topic"
LONGEST_KEY = 400  # characters of a delivery id


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A source that publishes to a topic."""

    source: str
    system: SystemKind
    adapter: Adapter
    topic: str
    group: str
    """Under which progress is shown to the bus's own tools."""


class Entrance:
    """Takes in one source's topic while this worker holds the source. `store` is of role WORK."""

    size = 1

    def __init__(self, store: Store, bus: Bus, entry: Entry, recorder: Recorder, clock: Clock) -> None:
        self._store = store
        self._bus = bus
        self._entry = entry
        self._recorder = recorder
        self._clock = clock
        self._wait = SHORTEST

    async def begin(self, held: Held) -> None:
        """Nothing: where to go on stands in the store."""

    async def turn(self, held: Held, crew: Crew) -> float:
        """See that the topic is being read."""
        if ERRAND not in crew.out:
            crew.send(self._read(held, crew), ERRAND)
        return LOOK

    async def _read(self, held: Held, crew: Crew) -> None:
        """Read until the bus is away, the topic has grown, or the worker ends."""
        entry = self._entry
        try:
            async with self._store.shard(held.call) as tx:
                places = await bus_places(tx, held.call.tenant, entry.source, entry.topic)
            wanted = Wanted(topic=entry.topic, group=entry.group, places=places)
            async with self._bus.inlet(wanted) as inlet:
                while not crew.is_closing and not inlet.is_outdated:
                    await self._take(held, inlet)
        except BusAway as away:
            log.warning("entrance.bus_away", source=entry.source, topic=entry.topic, error=away.message)
            await asyncio.sleep(around(self._wait))
            self._wait = min(LONGEST, self._wait * 2)

    async def _take(self, held: Held, inlet: Inlet) -> None:
        received = await inlet.take(WAIT)
        self._wait = SHORTEST
        if not received:
            return
        started, watch = self._clock.now(), self._clock.monotonic()
        arrivals = [self._arrival(held, one) for one in received]
        nexts = {one.partition: one.offset + 1 for one in received}
        entry, tenant = self._entry, held.call.tenant
        async with self._store.shard(held.call) as tx:
            await fence(tx, tenant, entry.source, held.epoch)
            fresh = await put_arrivals(tx, tenant, arrivals)
            reached("w2")
            await keep_places(tx, tenant, self._places(nexts, inlet))
        reached("w3")
        await inlet.confirm(nexts)
        took = int((self._clock.monotonic() - watch) * 1000)
        for one in arrivals:
            if one.id in fresh:
                self._recorder.record(
                    Hop(
                        id=mint(),
                        tenant=tenant,
                        correlation_id=one.correlation_id,
                        kind=HopKind.WEBHOOK_IN,
                        system=entry.system,
                        source=entry.source,
                        operation=entry.topic,
                        outcome=HopOutcome.OK,
                        started_at=started,
                        duration_ms=took,
                    )
                )

    def _places(self, nexts: dict[int, int], inlet: Inlet) -> Sequence[BusPlace]:
        ends, entry = inlet.ends, self._entry
        return [
            BusPlace(
                source=entry.source,
                topic=entry.topic,
                partition=number,
                next=place,
                end=max(place, ends.get(number, place)),
            )
            for number, place in nexts.items()
        ]

    def _arrival(self, held: Held, one: Received) -> Arrival:
        entry = self._entry
        place = {"kafka-topic": entry.topic, "kafka-partition": str(one.partition), "kafka-offset": str(one.offset)}
        kept = {name: value for name, value in one.headers.items() if "\0" not in name + value}
        headers = {**kept, **place}
        try:
            said = entry.adapter.dedupe_key(WebhookDelivery(headers=headers, body=one.value))
        except (SourceGarbled, Denied, NotOffered):  # digest says what is wrong with it
            said = ""
        is_key = 0 < len(said) <= LONGEST_KEY and "\0" not in said
        given = headers.get("ce_correlationid") or headers.get(CORRELATION)
        return Arrival(
            id=mint(),
            tenant=held.call.tenant,
            source=entry.source,
            delivery_id=said if is_key else "/".join(place.values()),
            headers=headers,
            body=one.value,
            correlation_id=correlation_id(given, traceparent(headers.get(TRACEPARENT))),
        )
