"""Load at a steady pace, whatever becomes of it: deliveries of a carrier and commands of a rep, each timed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
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
TRY_AGAIN = "try again"
"""What a hub says whose machine is too busy to lend a connection; carriers and clients do as they are told."""
TIMES, PAUSE = 8, 1.0  # seconds between
STEPS = ("LABEL_CREATED", "PICKED_UP", "IN_TRANSIT", "OUT_FOR_DELIVERY", "DELIVERED")
THEN = datetime(2026, 11, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """One accept."""

    phase: str
    what: str
    seconds: float
    why: str = ""
    """Of one that failed: what was said instead."""
    again: int = 0
    """How often it was told to try again, and did; its seconds are all of it."""

    @property
    def ok(self) -> bool:
        """Whether it was accepted."""
        return not self.why


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
        began, again = time.monotonic(), 0
        while (why := await self._refused(request)) and TRY_AGAIN in why and again < TIMES:
            again += 1
            await asyncio.sleep(PAUSE)
        self.timed.append(Timed(phase=phase, what=what, seconds=time.monotonic() - began, why=why, again=again))

    async def _refused(self, request: httpx.Request) -> str:
        """What is said where it is not accepted."""
        try:
            answer = await self.hub.http.send(request)
        except httpx.TransportError as wrong:
            return f"{type(wrong).__name__} {wrong}"
        is_accepted = answer.is_success and '"errors"' not in answer.text
        return "" if is_accepted else f"{answer.status_code} {answer.text[:200]}"


def said_again(timed: Sequence[Timed]) -> str:
    """How many were told to try again: by a hub that is too busy for its machine, never because an engine is away."""
    return f"told to try again, and taken then: {sum(one.again > 0 and one.ok for one in timed)} of {len(timed)}"


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
