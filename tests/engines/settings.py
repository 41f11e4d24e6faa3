"""Hubs whose changes leave by a real Kafka, over a rehearsed shop and a carrier that pushes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from hub.clock import SystemClock
from sources.kit.serve import serving
from sources.vendure.rehearsal.hands import Hands
from sources.vendure.rehearsal.hooks import Listener
from sources.vendure.rehearsal.stand import make_stand
from tests.engines.kafka.start import Kafka
from tests.kit.hub import HOOK_SECRET, PASSWORD, USER
from tests.systems.hub import RunningHub, running_hub
from tests.systems.plugs import HOOK, SHOP, TENANT, Plug

CARRIER, CARRIER_HOOK, CARRIER_SECRET = "carrier", "a-carriers-unguessable-name", "between carrier and hub"
UNITS = (2,)


@asynccontextmanager
async def hub_over(kafka: Kafka, prefix: str, *, orders: int, topic: str | None = None) -> AsyncIterator[RunningHub]:
    """A hub as a process of its own, publishing under *prefix*; its shop has so many orders that may be cancelled.

    The carrier posts its events, and publishes to *topic* as well where there is one.
    """
    bus = {"kafka": {"servers": [kafka.bootstrap], "prefix": prefix, "replicas": 1}}
    async with hub_with(bus, orders=orders, topic=topic) as hub:
        yield hub


@asynccontextmanager
async def hub_with(
    more: Mapping[str, Mapping[str, object]], *, orders: int, topic: str | None = None
) -> AsyncIterator[RunningHub]:
    """The same with any sections more."""
    stand = make_stand(SystemClock(), user=USER, password=PASSWORD, seed=5)
    async with serving(stand.app) as url:
        hands = Hands(url, user=USER, password=PASSWORD)
        try:
            for _ in range(orders):
                await hands.place(UNITS)
            plugs = {SHOP: _shop(url), CARRIER: _carrier(topic)}
            async with running_hub(plugs, more) as hub:
                stand.hooks.listeners.append(Listener(url=hub.hook, secret=HOOK_SECRET))
                yield hub
        finally:
            await hands.close()
            await stand.close()


def _shop(url: str) -> Plug:
    return {
        "tenant": TENANT, "adapter": "vendure", "system": "COMMERCE", "url": url, "hook": HOOK, "user": USER,
        "password": PASSWORD.reveal(), "webhook_secret": HOOK_SECRET.reveal(), "console": f"{url}/dashboard",
    }  # fmt: skip


def _carrier(topic: str | None) -> Plug:
    said: Mapping[str, object] = {} if topic is None else {"topic": topic}
    return {
        "tenant": TENANT, "adapter": "tracking", "system": "CARRIER", "hook": CARRIER_HOOK, "secret": CARRIER_SECRET,
        **said,
    }  # fmt: skip
