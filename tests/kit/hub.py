"""A whole hub in this process: two tenants' rehearsed shops, real PostgreSQL, loops, and the graph on a free port."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from sqlalchemy import text

from hub.clock import SystemClock
from hub.guard.keys import hash_of
from hub.processes import listening, looping, serving
from hub.settings import HttpSettings, KeySettings, Secret, Settings, SourceSettings
from hub.store.cluster import Cluster
from hub.store.roles import Role, RoleUrls
from hub.store.store import Store, open_store
from hub.wiring import Hub, open_hub
from hub.work import BOTH
from sources.kit.rehearsal.faults import Fault, Trouble
from sources.kit.serve import serving as serving_shop
from sources.vendure.manifest import MANIFEST
from sources.vendure.rehearsal.hands import Hands
from sources.vendure.rehearsal.hooks import Listener
from sources.vendure.rehearsal.stand import Stand, make_stand
from sources.vendure.rehearsal.state import Order
from tests.kit.caller import PATIENCE, Caller
from tests.kit.pg import fresh_database
from tests.kit.wait import until_so

USER, PASSWORD = "hub@shop.example", Secret("the rehearsal admits this")
HOOK_SECRET = Secret("the rehearsal signs with this")
_OFFERED = [sweep for sweeps in MANIFEST.sweeps.values() for sweep in sweeps]
SWEEPS = 2 * len(_OFFERED)  # of both shops
COVERING = 2 * sum(sweep.covers for sweep in _OFFERED)
READS = frozenset({"orders:read", "traces:read", "sources:read"})
ALL = READS | {"orders:write"}
KEYS: Mapping[str, KeySettings] = {
    "rep": KeySettings(hash=hash_of("rep"), tenant="acme", scopes=ALL),
    "clerk": KeySettings(hash=hash_of("clerk"), tenant="acme", scopes=READS),
    "portal": KeySettings(hash=hash_of("portal"), tenant="acme", scopes=READS, account="acme"),
    "neighbour": KeySettings(hash=hash_of("neighbour"), tenant="acme", scopes=READS, account="gamma"),
    "stranger": KeySettings(hash=hash_of("stranger"), tenant="beta", scopes=ALL),
}
"""Two of the tenant, two confined to accounts of its customers, one of another tenant; each key is its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """A rehearsed shop of one tenant."""

    source: str
    tenant: str
    stand: Stand
    url: str
    hands: Hands

    @property
    def orders(self) -> list[Order]:
        """Every placed order, in the order of their ids."""
        return [order for order in self.stand.shop.orders.values() if order.placed_at]

    def order(self, code: str) -> Order:
        """The order of a code."""
        return next(order for order in self.orders if order.code == code)

    def some(self, state: str, *, group: str | None = None) -> Order:
        """The newest order in a state, of a customer group where one is named."""
        fits = [order for order in self.orders if order.state == state and (group is None or _group(order) == group)]
        return fits[-1]

    async def place(self, *units: int) -> Order:
        """A guest checks out, one line for each number of units."""
        return self.stand.shop.orders[int(await self.hands.place(units))]

    def suffer(self, trouble: Trouble, *, holding: str = "", times: int | None = None, seconds: float = 2.0) -> None:
        """Go wrong from now on, at requests whose body holds *holding*."""
        self.stand.faults.add(Fault(trouble=trouble, holding=holding, times=times, seconds=seconds))

    def heal(self) -> None:
        """All is well again."""
        self.stand.faults.heal()


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """The hub, its shops and its callers."""

    hub: Hub
    url: str
    shop: Shop
    """Of tenant `acme`."""
    other: Shop
    """Of tenant `beta`."""
    urls: RoleUrls
    """Of the database."""
    store: Store
    """The tables as workers see them: for what only time would do."""
    rep: Caller
    clerk: Caller
    portal: Caller
    neighbour: Caller
    stranger: Caller

    async def seen(self, order: Order, *, by: Caller | None = None) -> dict[str, Any]:  # Any: JSON
        """Id, version, status and lines of an order, as soon as the hub shows it."""
        found: list[dict[str, Any]] = []
        document = """query Seen($code: String!) { order(by: {identifier: $code}) {
            id number version status lines { lineNo sku quantities { ordered cancelled shipped } } } }"""
        caller = by or self.rep

        async def is_there() -> bool:
            found[:] = [(await caller.data(document, code=order.code))["order"]]
            return found[0] is not None

        await until_so(is_there)
        return found[0]

    async def rows(self, sql: str, **terms: object) -> list[Any]:  # Any: rows
        """Rows of the tables, tenants crossed."""
        async with self.store.across() as tx:
            return list((await tx.execute(text(sql), terms)).all())

    async def do(self, sql: str, **terms: object) -> None:
        """Change tables as time would: a wait is over, an observation has aged."""
        async with self.store.across() as tx:
            await tx.execute(text(sql), terms)

    async def is_loaded(self) -> bool:
        """Whether every sweep of both shops has ended once, and it has been said that all was seen."""
        ((loaded, covered),) = await self.rows(
            "select (select count(*) from cursor where is_loaded), (select count(*) from coverage)"
        )
        return bool(loaded == SWEEPS and covered == COVERING)

    async def sweep(self) -> None:
        """Let every sweep be due."""
        await self.do("update cursor set updated_at = updated_at - interval '1 hour'")

    async def hurry(self) -> None:
        """Let every back-off and every hold of a delivery be over."""
        await self.do("update delivery set next_attempt_at = clock_timestamp() where state = 'PENDING'")
        await self.do("update delivery set hold_until = clock_timestamp() where hold_until is not null")
        await self.do("update lease set lanes_from = least(lanes_from, clock_timestamp())")


@asynccontextmanager
async def running_hub(cluster: Cluster, *, orders: int = 0, rests: bool = False) -> AsyncIterator[Running]:
    """A hub over two fresh shops, first load done, webhooks introduced, a caller per key.

    The first has so many *orders*, the other, which is there to be kept apart, a tenth of them. One that *rests* has
    ended its loops after the load: it only answers.
    """
    async with AsyncExitStack() as stack:
        shop = await stack.enter_async_context(_shop("shop", "acme", orders, seed=7))
        other = await stack.enter_async_context(_shop("beta-shop", "beta", orders // 10, seed=8))
        urls = await stack.enter_async_context(fresh_database(cluster))
        store = await stack.enter_async_context(open_store(urls, Role.WORK, size=2))
        wanted = settings({(one.tenant, one.source): one.url for one in (shop, other)})
        hub = await stack.enter_async_context(open_hub(wanted, urls))
        loops = await stack.enter_async_context(AsyncExitStack())
        await loops.enter_async_context(looping(hub, BOTH))
        url = await stack.enter_async_context(serving(hub, listening(wanted)))
        http = await stack.enter_async_context(httpx.AsyncClient(timeout=PATIENCE, trust_env=False))
        callers = {key: Caller(url=url, key=key, http=http) for key in KEYS}
        running = Running(hub=hub, url=url, shop=shop, other=other, urls=urls, store=store, **callers)
        await until_so(running.is_loaded)
        if rests:
            await loops.aclose()
        for one in (shop, other):
            listener = Listener(url=f"{url}/hooks/{hook_of(one.source)}", secret=HOOK_SECRET)
            one.stand.hooks.listeners.append(listener)
        yield running


def settings(shops: Mapping[tuple[str, str], str]) -> Settings:
    """Settings of a hub over shops: their URLs by tenant and source."""
    sources = {source: _source(tenant, source, url) for (tenant, source), url in shops.items()}
    return Settings(http=HttpSettings(port=0), keys=KEYS, sources=sources)


def hook_of(source: str) -> str:
    """The name in `/hooks/{name}`."""
    return f"unguessable-{source}"


def _source(tenant: str, source: str, url: str) -> SourceSettings:
    return SourceSettings(
        tenant=tenant,
        adapter="vendure",
        system="COMMERCE",
        url=url,
        hook=Secret(hook_of(source)),
        options={
            "user": USER,
            "password": PASSWORD.reveal(),
            "webhook_secret": HOOK_SECRET.reveal(),
            "console": f"{url}/dashboard",
        },
    )


@asynccontextmanager
async def _shop(source: str, tenant: str, orders: int, *, seed: int) -> AsyncIterator[Shop]:
    stand = make_stand(SystemClock(), user=USER, password=PASSWORD, seed=seed)
    stand.scene.seed(orders)
    async with serving_shop(stand.app) as url:
        hands = Hands(url, user=USER, password=PASSWORD)
        try:
            yield Shop(source=source, tenant=tenant, stand=stand, url=url, hands=hands)
        finally:
            await hands.close()
            await stand.close()


def _group(order: Order) -> str | None:
    return order.customer.group if order.customer else None
