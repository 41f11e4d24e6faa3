"""One running hub for all flows: each acts on orders of its own and heals what it broke."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from hub.store.cluster import Cluster
from tests.kit.hub import Running, Shop, running_hub

ORDERS = 100
"""Of each shop: some in every stage."""


@pytest.fixture(scope="package")
async def running(cluster: Cluster) -> AsyncIterator[Running]:
    """The hub over two shops full of life."""
    async with running_hub(cluster, orders=ORDERS) as found:
        yield found


@pytest.fixture
def shop(running: Running) -> Iterator[Shop]:
    """The shop of tenant `acme`, healed afterwards."""
    yield running.shop
    running.shop.heal()


@pytest.fixture
def deaf(shop: Shop) -> Iterator[Shop]:
    """The shop, whose webhooks get lost meanwhile."""
    listeners, shop.stand.hooks.listeners[:] = list(shop.stand.hooks.listeners), []
    yield shop
    shop.stand.hooks.listeners[:] = listeners
