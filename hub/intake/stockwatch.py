"""Stock that has moved wakes its products, so that channels are told what they may sell now (design section 5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hub.changes.follow import Following, Holding, follow
from hub.flow.publication import publishers
from hub.model.manifest import Landscape
from hub.model.vocabulary import Kind
from hub.store.changelog import LoggedChange
from hub.store.waking import products_of, rouse

NAME = "stock"
"""Of the follower."""


class StockWatch:
    """Follows the change log for the tenants whose channels are told; one process of a shard does."""

    def __init__(self, following: Following, landscapes: Mapping[str, Landscape]) -> None:
        self._following = following
        self._tenants = told_tenants(landscapes)

    async def run(self) -> None:
        """Watch until cancelled."""
        await follow(self._following, self.wake)

    async def wake(self, page: Sequence[LoggedChange], held: Holding) -> None:
        """Let the products of every position in *page* be looked at. Raises StoreBusy, Overtaken."""
        held.check()
        moved: dict[str, set[str]] = {}
        for line in page:
            if line.change.kind is Kind.INVENTORY and line.tenant in self._tenants and line.change.sku is not None:
                moved.setdefault(line.tenant, set()).add(line.change.sku)
        for tenant, skus in sorted(moved.items()):
            async with self._following.store.across() as tx:
                await rouse(tx, tenant, await products_of(tx, tenant, skus))


def told_tenants(landscapes: Mapping[str, Landscape]) -> frozenset[str]:
    """The tenants of which any channel is told what it may sell."""
    return frozenset(tenant for tenant, landscape in landscapes.items() if publishers(landscape))
