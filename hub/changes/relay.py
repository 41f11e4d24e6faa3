"""The relay: one leader moves visible outbox rows into the change log, in order, positions gap-free (design D5)."""

from __future__ import annotations

import asyncio
import uuid
from datetime import UTC, timedelta

from hub.errors import StoreBusy
from hub.failpoint import reached
from hub.model.trace import HopKind, HopOutcome
from hub.model.vocabulary import SystemKind
from hub.ports import Hop, Recorder
from hub.store.changelog import LoggedLine, resign, sequence, take_lead
from hub.store.store import Store
from hub.telemetry import logger

log = logger(__name__)

LEASE = timedelta(seconds=10)
BATCH = 500
BUSY = 0.02  # seconds between looks while there is work
IDLE = 0.25  # seconds between looks when there is none


class Relay:
    """Rival for the leadership of one shard, on a store of one connection: leadership lives on one session.

    `holder` is one word that names this process; `recorder` gets a CHANGE hop for every change that is logged. A leader
    that dies is succeeded once *lease* is over.
    """

    def __init__(self, store: Store, holder: str, recorder: Recorder, lease: timedelta = LEASE) -> None:
        self._store = store
        self._lease = lease
        self._holder = holder
        self._recorder = recorder
        self._term: str | None = None

    async def run(self) -> None:
        """Lead, or wait to lead, until cancelled; resigns at the end so that a successor need not wait."""
        try:
            while True:
                moved = await self.turn()
                await asyncio.sleep(BUSY if moved else IDLE)
        finally:
            await self._resign()

    async def turn(self) -> int:
        """Move one batch; how many changes were logged. 0 as well where another process leads or the store is away."""
        try:
            if self._term is None and not await self._lead():
                return 0
            return await self._move()
        except StoreBusy as away:
            self._term = None  # a lost session loses its leadership (section 11 rule 4)
            log.warning("relay.store_away", error=away.message)
            return 0

    async def _lead(self) -> bool:
        term = str(uuid.uuid4())
        async with self._store.across() as tx:
            led = await take_lead(tx, self._holder, term, self._lease)
        self._term = term if led else None
        if led:
            reached("q4")
            log.info("relay.leads", term=term, holder=self._holder)
        return led

    async def _move(self) -> int:
        assert self._term is not None  # noqa: S101  for the type checker: turn() has just led
        async with self._store.across() as tx:
            reached("q1")
            lines = await sequence(tx, self._term, BATCH, self._lease)
            reached("q2")
        if lines is None:
            log.info("relay.overtaken", term=self._term)
            self._term = None
            return 0
        if lines:
            reached("q3")
        for line in lines:
            self._recorder.record(_hop(line))
        return len(lines)

    async def _resign(self) -> None:
        if self._term is None:
            return
        term, self._term = self._term, None
        try:
            async with self._store.across() as tx:
                await resign(tx, term)
        except StoreBusy as away:
            log.warning("relay.store_away", error=away.message)


def _hop(line: LoggedLine) -> Hop:
    change = line.change
    waited = int(line.waited / timedelta(milliseconds=1))
    return Hop(
        id=change.event_id,
        tenant=line.tenant,
        correlation_id=change.correlation_id,
        kind=HopKind.CHANGE,
        system=SystemKind.HUB,
        operation=change.event,
        outcome=HopOutcome.OK,
        started_at=change.recorded_at.astimezone(UTC),
        duration_ms=waited,
        waiting_ms=waited,
        roots=(change.root_id,),
    )
