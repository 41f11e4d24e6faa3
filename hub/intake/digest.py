"""Inbox rows become hints or observations: parsed, then handed to the one writer, which ends the row with them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from hub.call import TRACEPARENT, Call, traceparent, worker_call
from hub.errors import HubError, HubFault, NotOffered, SourceGarbled, StoreBusy
from hub.failpoint import reached
from hub.gate.lookout import Lookout
from hub.merge.work import HintRaise, Work
from hub.merge.writer import Writer
from hub.model.observation import Observation, Seen
from hub.ports import Adapter, HintSeen, WebhookDelivery
from hub.store.inbox import Arrival, bury_arrival, retry_arrival, take_arrivals
from hub.store.store import Store
from hub.telemetry import logger

log = logger(__name__)

BATCH = 100
BUSY = 0.01  # seconds between looks while deliveries come in
IDLE = 0.05  # seconds between looks when none does
INVISIBLE = timedelta(seconds=30)
ATTEMPTS = 8
LONGEST_WAIT = timedelta(minutes=5)
WEBHOOK_PRIORITY = 3


class Digest:
    """Works off the inbox of every tenant whose sources this process knows. `store` is of role WORK.

    Rows that a worker has taken are left to it for *invisible*: one that dies is succeeded after that.
    """

    def __init__(
        self,
        store: Store,
        writer: Writer,
        adapters: Mapping[tuple[str, str], Adapter],
        lookout: Lookout,
        invisible: timedelta = INVISIBLE,
    ) -> None:
        self._store = store
        self._writer = writer
        self._adapters = adapters
        self._lookout = lookout
        self._invisible = invisible

    async def run(self) -> None:
        """Digest what is due, until cancelled."""
        while True:
            taken = await self.turn() if (await self._lookout.due()).arrivals else 0
            await asyncio.sleep(BUSY if taken else IDLE)

    async def turn(self) -> int:
        """Digest what is due; how many rows were taken."""
        async with self._store.across() as tx:
            arrivals = await take_arrivals(tx, BATCH, self._invisible)
            now = await tx.now()
        for arrival in arrivals:
            await self._digest(arrival, now)
        return len(arrivals)

    async def _digest(self, arrival: Arrival, now: datetime) -> None:
        try:
            _refuse_deadly(arrival)
            work = self._parse(arrival, now)
            reached("w4")
            await self._writer.write(_call(arrival), work)
        except StoreBusy:
            raise
        except HubError as wrong:
            await self._failed(arrival, wrong)

    def _parse(self, arrival: Arrival, now: datetime) -> Work:
        adapter = self._adapters.get((arrival.tenant, arrival.source))
        if adapter is None:
            message = "no such source is configured"
            raise NotOffered(message, source=arrival.source)
        parsed = adapter.parse(WebhookDelivery(headers=arrival.headers, body=arrival.body))
        version = adapter.describe().mapping_version
        return Work(
            hints=_hints(arrival, parsed),
            observations=tuple(
                Observation(
                    source=arrival.source,
                    seen=one,
                    started=now,
                    finished=now,
                    pushed=True,
                    mapping_version=version,
                    correlation_id=arrival.correlation_id,
                )
                for one in parsed
                if isinstance(one, Seen)
            ),
            digested=(arrival.id,),
        )

    async def _failed(self, arrival: Arrival, wrong: HubError) -> None:
        """What cannot be read is dead at once; what else fails is tried again, then dead. Other rows go on."""
        hopeless = isinstance(wrong, SourceGarbled | NotOffered) or arrival.attempts >= ATTEMPTS
        kind = "MAPPING" if isinstance(wrong, SourceGarbled) else "BUG"
        log.warning("digest.failed", source=arrival.source, error=wrong.message, attempt=arrival.attempts)
        async with self._store.across() as tx:
            if hopeless:
                await bury_arrival(tx, arrival.id, wrong.message, kind)
            else:
                wait = min(LONGEST_WAIT, timedelta(seconds=2**arrival.attempts))
                await retry_arrival(tx, arrival.id, wait, wrong.message, kind)


def _refuse_deadly(arrival: Arrival) -> None:
    """Raise HubFault for a row that took its digester with it each time: a process that died told nobody why."""
    if arrival.attempts > ATTEMPTS:
        message = f"it was taken {ATTEMPTS} times and whoever took it never came back"
        raise HubFault(message)


def _hints(arrival: Arrival, parsed: Sequence[HintSeen | Seen]) -> tuple[HintRaise, ...]:
    return tuple(
        HintRaise(
            source=arrival.source,
            kind=one.kind,
            source_id=one.source_id,
            reason="webhook",
            priority=WEBHOOK_PRIORITY,
        )
        for one in parsed
        if isinstance(one, HintSeen)
    )


def _call(arrival: Arrival) -> Call:
    parent = traceparent(arrival.headers.get(TRACEPARENT))
    return worker_call(arrival.tenant, correlation=arrival.correlation_id, parent=parent)
