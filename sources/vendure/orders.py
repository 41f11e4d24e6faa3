"""Orders as the effects read them: one by its id, or by the reference that its creator stored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hub.errors import SourceBusy, SourceGarbled, SourceMisset, SourceRefused
from hub.ports import SourceCall
from sources.vendure import sweeps
from sources.vendure.client import VendureClient
from sources.vendure.mapping import Reading
from sources.vendure.shelf import Shelf, shelve
from sources.vendure.wire import VendureOrder

UNREADABLE = (SourceBusy, SourceMisset, SourceGarbled)
"""Why a look after an effect may fail; the effect stands all the same."""


class Orders:
    """Looks at the orders of one shop."""

    def __init__(self, client: VendureClient, reading: Reading) -> None:
        self._client, self._reading = client, reading
        self.source = reading.source

    async def fetch(self, call: SourceCall, ids: Sequence[str]) -> Shelf:
        """The orders with these ids, one request."""
        return await self._shelf(call, sweeps.by_ids(ids))

    async def placed(self, call: SourceCall, order_id: str) -> VendureOrder:
        """One placed order. Raises SourceRefused where there is none, SourceGarbled where it cannot be read."""
        order = _one(await self.fetch(call, [order_id]), self.source)
        if order is None or order.order_placed_at is None:
            message = "the shop has no such order"
            raise SourceRefused(message, source=self.source, source_id=order_id)
        return order

    async def by_reference(self, call: SourceCall, reference: str) -> VendureOrder | None:
        """The one order, draft or not, that bears a reference: the shop lets no second one bear it."""
        options = {"take": 2, "skip": 0, "filter": {"hubRequestId": {"eq": reference}}}
        return _one(await self._shelf(call, options), self.source)

    async def _shelf(self, call: SourceCall, options: dict[str, Any]) -> Shelf:  # Any: GraphQL input
        answered = await self._client.orders(call, options)
        return shelve(answered.items, self._reading)


def _one(shelf: Shelf, source: str) -> VendureOrder | None:
    for reason in shelf.failed.values():
        raise SourceGarbled(reason, source=source)
    return next(iter(shelf.orders.values()), None)
