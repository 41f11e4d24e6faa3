"""What people do in the warehouse and how things stand there, through Tryton's own JSON-RPC alone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

from hub.settings import Secret
from sources.tryton_wms.rehearsal.hands import Hands
from tests.systems.tryton_wms.start import TrytonWms

Json: TypeAlias = dict[str, Any]  # Any: JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """The people of the warehouse."""

    hands: Hands

    async def take_in(self, reference: str, units: Sequence[int]) -> str:
        """A shipment that waits, one line for each number of units; its id."""
        return await self.hands.place(units, reference)

    async def assign(self, shipment: str) -> None:
        """What it needs is there and promised to it."""
        await self.hands.assign(shipment)

    async def send(self, shipment: str, tracking: str) -> None:
        """Pick, pack into one parcel that bears a number, and let it leave."""
        await self.hands.step(shipment, "pick")
        await self.hands.parcel(shipment, tracking)
        await self.hands.step(shipment, "pack")
        await self.hands.step(shipment, "done")

    async def truth(self, shipment: str) -> Json:
        """A shipment as JSON-RPC shows it."""
        found: Json = await self.hands.shipment(shipment)
        return found


@asynccontextmanager
async def floor_of(server: TrytonWms) -> AsyncIterator[Floor]:
    """The people of a running warehouse."""
    hands = Hands(server.url, database=server.database, user=server.user, password=Secret(server.password))
    try:
        yield Floor(hands=hands)
    finally:
        await hands.close()
