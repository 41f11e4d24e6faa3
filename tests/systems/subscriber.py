"""A subscriber who never gives up: whenever a stream breaks, it goes on behind the last cursor it was given."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field

import httpx
from websockets.exceptions import WebSocketException

from tests.kit.caller import Caller, Heard, Json
from tests.kit.cursors import position_of
from tests.systems.patience import eventually
from tests.systems.vendure.desk import Placed

FEED = """subscription Feed($after: String) {
  orderChanged(after: $after, includeInitial: true) {
    cursor kind event version changedFields orderId correlationId
    order {
      number status
      lines { lineNo quantities { ordered cancelled shipped delivered } }
      shipments { status packages { trackingNumber } } } } }"""
STEP = 0.05  # seconds until it knocks again
BROKEN_OFF = (OSError, EOFError, httpx.TransportError, WebSocketException)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One change as a subscriber keeps it."""

    position: int
    order: str
    version: int


@dataclass(slots=True, kw_only=True)
class Subscriber:
    """Whoever listens to all orders of a tenant, by socket (`ws`) or event stream (`sse`)."""

    caller: Caller
    way: str
    streams: list[Heard] = field(default_factory=list)
    """One after the other."""

    @property
    def events(self) -> list[Json]:
        """All that came, over all streams."""
        return [one for heard in self.streams for one in heard.events]

    @property
    def changes(self) -> list[Json]:
        """Without snapshots and checkpoints."""
        return [one for heard in self.streams for one in heard.changes]

    @property
    def errors(self) -> list[Json]:
        """What any stream was refused."""
        return [one for heard in self.streams for one in heard.errors]

    @property
    def list(self) -> list[Told]:
        """Its list of changes, in the order in which they came."""
        return [told(one) for one in self.changes]

    @property
    def begins(self) -> int:
        """The position behind which its list begins: that of the end of its snapshot."""
        return next(position_of(one["cursor"]) for one in self.events if one["kind"] == "SNAPSHOT_END")

    @property
    def held(self) -> dict[str, int]:
        """Versions that its snapshot showed: of those and older ones it is not told again."""
        return {one["orderId"]: one["version"] for one in self.events if one["kind"] == "SNAPSHOT"}

    async def hears(self, holds: Callable[[Json], bool], what: str) -> float:
        """When the first event came of which *holds*, by the monotonic clock, as soon as there is one."""
        found: list[float] = []

        async def is_there() -> bool:
            assert self.errors == []
            found[:] = [
                at
                for heard in self.streams
                for one, at in zip(heard.events, heard.times, strict=True)
                if one["kind"] != "SNAPSHOT" and holds(one)
            ]
            return bool(found)

        await eventually(is_there, f"a subscriber hears {what}")
        return found[0]

    async def listen(self) -> None:
        """Listen until cancelled or refused."""
        while not self.errors:
            with suppress(*BROKEN_OFF):
                async with self._stream() as heard:
                    self.streams.append(heard)
                    await heard.over()
            await asyncio.sleep(STEP)

    def _stream(self) -> AbstractAsyncContextManager[Heard]:
        came = self.events
        last = came[-1]["cursor"] if came else None
        return self.caller.sse(FEED, last=last) if self.way == "sse" else self.caller.ws(FEED, after=last)


@asynccontextmanager
async def subscribed(caller: Caller, way: str = "ws") -> AsyncIterator[Subscriber]:
    """A subscriber while the block runs, past its snapshot."""
    subscriber = Subscriber(caller=caller, way=way)
    listening = asyncio.create_task(subscriber.listen())
    try:
        await subscriber.hears(lambda one: bool(one["kind"] == "SNAPSHOT_END"), "the end of its snapshot")
        yield subscriber
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


async def heard(subscriber: Subscriber, order: Placed, *, status: str) -> float:
    """When the first push came that shows the order in a status; where that is SHIPPED, its parcel and number too."""

    def shows(event: Json) -> bool:
        whole = event["order"]
        if whole is None or (whole["number"], whole["status"]) != (order.code, status):
            return False
        left = [line["quantities"]["shipped"] == line["quantities"]["ordered"] for line in whole["lines"]]
        parcels = [(one["status"], one["packages"][0]["trackingNumber"]) for one in whole["shipments"]]
        if status == "SHIPPED":
            return all(left) and parcels == [(status, order.tracking)]
        return not any(left) and parcels == []

    return await subscriber.hears(shows, f"that {order.code} is {status}")


def told(event: Json) -> Told:
    """What a subscriber keeps of a change."""
    return Told(position=position_of(event["cursor"]), order=event["orderId"], version=event["version"])
