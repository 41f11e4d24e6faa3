"""The publisher: a follower that hands every change to the bus, at least once and in order per key (engines.md 4.3)."""

from __future__ import annotations

from collections.abc import Sequence

from hub.changes.bus import Outlet
from hub.changes.envelope import key_of, record_of
from hub.changes.follow import Following, Holding, follow
from hub.errors import BusRefused
from hub.failpoint import reached
from hub.model.changes import Origin
from hub.model.ids import mint
from hub.model.trace import HopKind, HopOutcome
from hub.model.vocabulary import SystemKind
from hub.ports import Hop, Recorder
from hub.store.changelog import LoggedChange
from hub.store.followers import park, parked_keys
from hub.telemetry import logger

log = logger(__name__)

NAME = "kafka"
"""Of the follower."""


class Publisher:
    """Publishes the change log under *prefix*, whenever this process holds the seat.

    It stops at the first failure and never skips. Only a change that the bus will never take is parked, and with it
    everything that follows under its root, so that no consumer sees a later one first.
    """

    def __init__(self, following: Following, outlet: Outlet, recorder: Recorder, prefix: str) -> None:
        self._following = following
        self._store = following.store
        self._clock = following.clock
        self._outlet = outlet
        self._recorder = recorder
        self._prefix = prefix

    async def run(self) -> None:
        """Publish until cancelled."""
        try:
            await follow(self._following, self.publish)
        finally:
            await self._outlet.close()

    async def publish(self, page: Sequence[LoggedChange], held: Holding) -> None:
        """Hand a page on. Raises BusAway, StoreBusy, Overtaken."""
        async with self._store.across() as tx:
            parked = set(await parked_keys(tx, NAME))
        behind = [line for line in page if key_of(line) in parked]
        free = [line for line in page if key_of(line) not in parked]
        if free:
            await self._send_all(free, parked, held)
        if behind:
            await self._park(behind, None)

    async def _send_all(self, lines: Sequence[LoggedChange], parked: set[str], held: Holding) -> None:
        try:
            await self._send(lines, held)
        except BusRefused:
            await self._send_each(lines, parked, held)

    async def _send_each(self, lines: Sequence[LoggedChange], parked: set[str], held: Holding) -> None:
        """One by one: which of them is refused is then certain, and nothing of its root is sent after it."""
        for line in lines:
            if key_of(line) in parked:
                await self._park([line], None)
                continue
            try:
                await self._send([line], held)
            except BusRefused as refused:
                place, root = line.place.position, line.change.root_id
                log.error("publisher.parked", root=root, position=place, error=refused.message)
                await self._park([line], refused.message)
                parked.add(key_of(line))

    async def _park(self, lines: Sequence[LoggedChange], why: str | None) -> None:
        async with self._store.across() as tx:
            for line in lines:
                await park(tx, NAME, line, why)

    async def _send(self, lines: Sequence[LoggedChange], held: Holding) -> None:
        held.check()
        records = [record_of(line, self._prefix) for line in lines]
        started, watch = self._clock.now(), self._clock.monotonic()
        await self._outlet.send(records)
        reached("p2")
        took = int((self._clock.monotonic() - watch) * 1000)
        for line, record in zip(lines, records, strict=True):
            if line.change.origin is Origin.LIVE:
                self._recorder.record(
                    Hop(
                        id=mint(),
                        tenant=line.tenant,
                        correlation_id=line.change.correlation_id,
                        kind=HopKind.PUBLISH,
                        system=SystemKind.HUB,
                        operation=record.topic,
                        outcome=HopOutcome.OK,
                        started_at=started,
                        duration_ms=took,
                        roots=(line.change.root_id,),
                    )
                )
