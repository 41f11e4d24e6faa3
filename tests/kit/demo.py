"""The demo in this process: a tenant's systems, a hub over them on a fresh database, a caller for each printed key."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from sqlalchemy import text

from hub.clock import SystemClock
from hub.demo import cast
from hub.demo.control import new_token
from hub.demo.systems import Systems, on_the_air
from hub.processes import listening, looping, serving
from hub.settings import RoutingSettings, Settings
from hub.store.cluster import Cluster
from hub.store.faults import StoreContended
from hub.store.roles import Role, RoleUrls
from hub.store.store import Store, open_store
from hub.wiring import open_hub
from hub.work import BOTH
from tests.kit.caller import PATIENCE, Caller
from tests.kit.pg import fresh_database

LOOK = 0.3  # seconds between looks at the first load
_SWEEPS = """select count(*) filter (where is_loaded), count(*) from cursor"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Playing:
    """A hub over the demo's systems."""

    demo: Systems
    store: Store
    """The tables as workers see them."""
    callers: Mapping[str, Caller]
    urls: RoleUrls
    sweeps: int
    """How many there are, of all sources."""

    @property
    def rep(self) -> Caller:
        """Who answers the telephone."""
        return self.callers["demo-rep"]

    async def do(self, sql: str, **terms: object) -> None:
        """Change tables as time would; again where what the hub writes meanwhile is in the way."""
        is_done = False
        while not is_done:
            with suppress(StoreContended):
                async with self.store.across() as tx:
                    await tx.execute(text(sql), terms)
                is_done = True

    async def is_up(self) -> bool:
        """Whether the first load is done and the graph says so."""
        said = (await self.rep.data("{ sources { state } }"))["sources"]
        return await self._is_loaded() and {one["state"] for one in said} == {"UP"}

    async def _is_loaded(self) -> bool:
        async with self.store.across() as tx:
            told: Any = (await tx.execute(text(_SWEEPS))).one()  # Any: a row
        return tuple(told) == (self.sweeps, self.sweeps)


SMALL = replace(cast.PARTS[0], orders=64, customers=150, products=20)
"""The busy tenant as its stories need it, with some of every stage around them."""


@asynccontextmanager
async def playing(
    cluster: Cluster,
    part: cast.Part,
    *,
    patience: float = 120.0,
    carries: Callable[[Settings, datetime], Settings] | None = None,
    systems: AbstractAsyncContextManager[Systems] | None = None,
) -> AsyncIterator[Playing]:
    """The hub, first load done within *patience* seconds, over one tenant's *systems*. Nothing moves by itself.

    *carries* makes its settings those of a hub that carries on what the shop sells from now on: it hears of it at once.
    Its mails to customers go with it.
    """
    async with AsyncExitStack() as stack:
        demo = await stack.enter_async_context(systems or on_the_air(part, new_token(), SystemClock()))
        mailbox = Path(stack.enter_context(TemporaryDirectory(prefix="mailbox-")))
        wanted = cast.settings((part,), demo.urls, 0)
        wanted = replace(wanted, smtp=replace(wanted.smtp, folder=mailbox))
        if carries is not None:
            wanted = carries(wanted, demo.scene.trio.clock.now())
        urls = await stack.enter_async_context(fresh_database(cluster))
        store = await stack.enter_async_context(open_store(urls, Role.WORK, size=2))
        hub = await stack.enter_async_context(open_hub(wanted, urls))
        await stack.enter_async_context(looping(hub, BOTH))
        url = await stack.enter_async_context(serving(hub, listening(wanted)))
        http = await stack.enter_async_context(httpx.AsyncClient(timeout=PATIENCE, trust_env=False))
        sweeps = sum(len(many) for one in hub.adapters.values() for many in one.describe().sweeps.values())
        found = Playing(
            demo=demo,
            store=store,
            callers={key: Caller(url=url, key=key, http=http) for key in cast.KEYS},
            urls=urls,
            sweeps=sweeps,
        )
        async with asyncio.timeout(patience):
            while True:
                if await found.is_up():
                    break
                await asyncio.sleep(LOOK)
        if carries is not None:
            demo.introduce(url)
        yield found


def capturing(wanted: Settings, since: datetime) -> Settings:
    """The settings, every shop's orders captured from an instant on, and routed."""
    channels = {
        name: replace(one, capture="hub", baseline_at=since, warehouses=("WH",), publish_stock=True)
        if one.source
        else one
        for name, one in wanted.channels.items()
    }
    tenants = {one.tenant for one in channels.values()}
    return replace(
        wanted, channels=channels, routing={tenant: RoutingSettings(tenant=tenant) for tenant in sorted(tenants)}
    )
