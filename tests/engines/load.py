"""Load at a steady pace, whatever becomes of it: deliveries of a carrier and commands of a rep, each timed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

import httpx

from sources.kit.postbox import Letter
from sources.tracking.rehearsal.sender import letter
from tests.engines.settings import CARRIER_HOOK, CARRIER_SECRET
from tests.systems.cancelling import CANCEL
from tests.systems.hub import RunningHub

EACH = 5
"""Deliveries for every command."""
PARCELS = 200
STEPS = ("LABEL_CREATED", "PICKED_UP", "IN_TRANSIT", "OUT_FOR_DELIVERY", "DELIVERED")
THEN = datetime(2026, 11, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """One accept."""

    phase: str
    what: str
    seconds: float
    ok: bool


@dataclass(slots=True, kw_only=True)
class Load:
    """Drives one hub; `orders` are those still to be cancelled."""

    hub: RunningHub
    orders: list[str]
    per_second: int
    """Deliveries."""
    timed: list[Timed] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=count)

    async def run(self, phase: str, seconds: float) -> None:
        """Send for so long, then wait for what is under way."""
        async with asyncio.TaskGroup() as group:
            began = time.monotonic()
            for number in range(int(seconds * self.per_second)):
                await asyncio.sleep(max(0.0, began + number / self.per_second - time.monotonic()))
                group.create_task(self._deliver(phase))
                if number % EACH == 0 and self.orders:
                    group.create_task(self._cancel(phase, self.orders.pop()))

    async def _deliver(self, phase: str) -> None:
        sent = event(next(self._numbers))
        url = f"{self.hub.url}/hooks/{CARRIER_HOOK}"
        await self._timed(phase, "delivery", httpx.Request("POST", url, headers=sent.headers, content=sent.body))

    async def _cancel(self, phase: str, order: str) -> None:
        given = {"order": {"identifier": order}, "reason": "CUSTOMER"}
        headers = {"authorization": "Bearer rep", "idempotency-key": f"cancel-{order}"}
        body = {"query": CANCEL, "variables": {"input": given}}
        await self._timed(
            phase, "command", httpx.Request("POST", f"{self.hub.url}/graphql", headers=headers, json=body)
        )

    async def _timed(self, phase: str, what: str, request: httpx.Request) -> None:
        began = time.monotonic()
        try:
            answer = await self.hub.http.send(request)
            ok = answer.is_success and '"errors"' not in answer.text
        except httpx.TransportError:
            ok = False
        self.timed.append(Timed(phase=phase, what=what, seconds=time.monotonic() - began, ok=ok))


def event(number: int) -> Letter:
    """The next event of some parcel."""
    parcel, step = number % PARCELS, number // PARCELS
    return letter(
        CARRIER_SECRET,
        trackingNumber=f"1Z{parcel:08}",
        milestone=STEPS[step % len(STEPS)],
        occurredAt=(THEN + timedelta(minutes=step)).isoformat(),
        eventId=f"event-{number}",
    )
