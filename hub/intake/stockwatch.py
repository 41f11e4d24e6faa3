"""Stock that has moved wakes its products, so that channels are told what they may sell now, and who waits for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hub.changes.follow import Following, Holding, follow
from hub.flow.publication import publishers
from hub.merge.stock_ground import free_of
from hub.model.manifest import Landscape
from hub.model.vocabulary import Kind
from hub.store.changelog import LoggedChange
from hub.store.routing import first_in_queue, queued_for
from hub.store.tx import Tx
from hub.store.waking import products_of, rouse

NAME = "stock"
"""Of the follower."""


class StockWatch:
    """Follows the change log; one process of a shard does."""

    def __init__(self, following: Following, landscapes: Mapping[str, Landscape]) -> None:
        self._following = following
        self._landscapes = landscapes
        self._told = told_tenants(landscapes)

    async def run(self) -> None:
        """Watch until cancelled."""
        await follow(self._following, self.wake)

    async def wake(self, page: Sequence[LoggedChange], held: Holding) -> None:
        """Let the products of every position in *page* be looked at, and the oldest orders that wait for what is free.

        Raises StoreBusy, Overtaken.
        """
        held.check()
        moved: dict[str, set[str]] = {}
        for line in page:
            if line.change.kind is Kind.INVENTORY and line.tenant in self._landscapes and line.change.sku is not None:
                moved.setdefault(line.tenant, set()).add(line.change.sku)
        for tenant, skus in sorted(moved.items()):
            async with self._following.store.across() as tx:
                products = await products_of(tx, tenant, skus) if tenant in self._told else set()
                await rouse(tx, tenant, products | await self._waiting(tx, tenant, skus))

    async def _waiting(self, tx: Tx, tenant: str, skus: set[str]) -> set[str]:
        queued = await queued_for(tx, tenant, skus)
        if not queued:
            return set()
        return await first_in_queue(tx, tenant, await free_of(tx, tenant, queued, self._landscapes[tenant]))


def told_tenants(landscapes: Mapping[str, Landscape]) -> frozenset[str]:
    """The tenants of which any channel is told what it may sell."""
    return frozenset(tenant for tenant, landscape in landscapes.items() if publishers(landscape))
