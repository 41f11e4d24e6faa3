"""The stage on which the contract suite judges the adapter, as far as a source that only pushes can be judged."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from itertools import count

from hub.clock import Clock, SystemClock
from hub.model.vocabulary import Kind
from hub.ports import Adapter, SourceCall
from hub.settings import Secret
from sources.kit.chaos import Chaos
from sources.kit.postbox import Letter
from sources.kit.stage import Canaries, Stage, Truth
from sources.tracking.adapter import TrackingSettings, connect
from sources.tracking.manifest import EXCEPTIONS, MILESTONES
from sources.tracking.rehearsal.sender import letter

UNSET = "nobody signs with this"
CANARIES = Canaries(secrets=("hook-secret-now",), personal=("Canary Street",))
NOWHERE = "http://127.0.0.1:9"


@dataclass(slots=True, kw_only=True)
class TrackingStage:
    """A sender and its parcels."""

    proxy: Chaos
    clock: Clock = field(default_factory=SystemClock)
    source: str = "carrier"
    kind: Kind = Kind.SHIPMENT
    canaries: Canaries = CANARIES
    effect: bytes = b"-"
    reading: bytes = b"-"
    login: bytes = b"-"
    envelope: bytes = b'"trackingNumber"'
    nothing: bytes = b'"trackingNumber":null'
    parcels: dict[str, str] = field(default_factory=dict)
    """Tracking number -> milestone it reached last."""
    _numbers: count[int] = field(default_factory=lambda: count(1))

    def connect(self, *, page: int | None = None, secrets: Sequence[str] = (), skew: float = 0) -> Adapter:
        """A fresh adapter."""
        keys = [Secret(one) for one in secrets] + [Secret(UNSET), None]
        settings = TrackingSettings(secret=keys[0] or Secret(UNSET), secret_before=keys[1])
        return connect(settings, url=NOWHERE, source=self.source, clock=self.clock)

    def call(self, *, patience: float = 20.0) -> SourceCall:
        """A call that nobody makes."""
        return SourceCall(tenant="check", source=self.source, correlation_id="contract-suite", patience=patience)

    async def place(self, *units: int) -> str:
        """A parcel with a label."""
        number = f"1ZREHEARSAL{next(self._numbers):07}"
        self.parcels[number] = "LABELED"
        return number

    async def unfinished(self) -> str | None:
        """There is no such thing."""
        return None

    async def ship(self, order_id: str) -> None:
        """It is picked up."""
        self.parcels[order_id] = "SHIPPED"

    async def deliver(self, order_id: str) -> None:
        """It arrives."""
        self.parcels[order_id] = "DELIVERED"

    async def take_off(self, order_id: str, line: str, units: int) -> None:
        """Nothing can be cancelled at a carrier's feed."""

    async def truth(self, order_id: str) -> Truth:
        """How the parcel stands."""
        return Truth(
            number=order_id, status=self.parcels[order_id], lines={}, parcels={order_id: self.parcels[order_id]}
        )

    async def revoke(self) -> None:
        """There is no credential."""

    async def statuses(self) -> Sequence[str]:
        """Every word that the wire format knows."""
        return (*MILESTONES, *EXCEPTIONS)

    async def fault_of(self, request: bytes) -> str | None:
        """Whatever is asked is wrong: nobody may be asked."""
        return "a feed is never called"

    def broken(self) -> Sequence[bytes]:
        """No request is right."""
        return ()

    async def send(self, request: bytes) -> bool:
        """There is nobody to send it to."""
        return False

    async def letter(self, order_id: str, secret: str) -> Letter:
        """The parcel is picked up, and the sender says so."""
        await self.ship(order_id)
        return letter(
            secret,
            trackingNumber=order_id,
            milestone=self.parcels[order_id],
            occurredAt="2026-11-02T08:15:00.250+01:00",
            eventId=f"evt-{order_id}",
            location="Canary Street",
        )

    def respelled(self, body: bytes, status: str, new: str) -> bytes:
        """The event with another word."""
        return body.replace(f'"{status}"'.encode(), f'"{new}"'.encode())


@contextlib.asynccontextmanager
async def stage() -> AsyncIterator[Stage]:
    """The stage around a rehearsed sender."""
    async with Chaos(NOWHERE).standing() as proxy:
        yield TrackingStage(proxy=proxy)
