"""Orders are submitted to two tenants in turn, one's ERP alive, the other's dead; then that one comes back."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import text

from hub.store.roles import Role, RoleUrls
from hub.store.store import Store, open_store
from tests.crash.child import Order
from tests.crash.processes import zygote
from tests.erp_dead.door import Way
from tests.erp_dead.site import BUYER, DEAD, GOODS, TENANTS, Erp, Site

AT_ONCE = 4  # submits under way, of each tenant
LOOK = 0.25  # seconds between looks
BEGIN = 180.0  # seconds for the first load
DRAIN, DRAIN_EACH = 300.0, 0.5  # seconds for everything to be at the ERPs, and for each order
PATIENCE = 60.0
WAYS = (Way.REFUSED, Way.HALF_OPEN)
"""How the dead ERP is dead: half of the submits each."""

MOVING = frozenset({"PENDING", "CLAIMED", "UNKNOWN", "ACCEPTED"})
"""States of a delivery in which something more happens by itself."""

SUBMIT = """
mutation ($input: OrderSubmitInput!) { orderSubmit(input: $input) { userErrors { code message } order { number } } }
"""
_LOADED = "select count(*) filter (where is_loaded) = count(*) and count(*) > 0 from cursor"
_STATES = "select state, count(*) from delivery where tenant = :tenant and action = 'order.create' group by state"


@dataclass(slots=True, kw_only=True)
class Side:
    """What was seen of one tenant."""

    tenant: str
    seconds: list[float] = field(default_factory=list)
    """Of each accept, by its caller's clock."""
    numbers: list[str] = field(default_factory=list)
    """Of the orders that were accepted."""
    failed: list[str] = field(default_factory=list)
    backlog: int = 0
    """Creates that were waiting when the last submit had been answered."""
    states: dict[str, int] = field(default_factory=dict)
    documents: Counter[int] = field(default_factory=Counter)
    """How many of the accepted orders have so many sales in the ERP."""
    rested: float = 0.0
    """Seconds from the ERP's return until the first create of the backlog was there: the breaker was open."""
    drained: float = 0.0
    """Seconds from the ERP's return until the last one was there."""
    most_at_once: int = 0
    requests: int = 0
    """Requests that the ERP was asked from its return on."""

    def p(self, share: float) -> float:
        """A quantile of the accepts, in milliseconds."""
        ordered = sorted(self.seconds)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0

    @property
    def holds(self) -> bool:
        """All accepted, each exactly once at the ERP."""
        once = self.documents == {1: len(self.numbers)} and len(self.numbers) > 0
        return not self.failed and once and set(self.states) == {"DONE"}

    @property
    def pace(self) -> float:
        """Orders a second, once the ERP was asked again."""
        return (self.backlog - 1) / (self.drained - self.rested) if self.drained > self.rested else 0.0


async def prove(site: Site, urls: RoleUrls, room: Path, size: int) -> dict[str, Side]:
    """Submit *size* orders to each tenant while one's ERP is dead; bring it back; count what is on the books."""
    sides = {tenant: Side(tenant=tenant) for tenant in TENANTS}
    dead = site.erps[DEAD]
    async with open_store(urls, Role.WORK, size=2) as store, _hub(site, urls, room):
        await _until(lambda: _is_loaded(store), BEGIN)
        async with httpx.AsyncClient(base_url=site.url, timeout=PATIENCE, trust_env=False) as http:
            for tenant in TENANTS:
                await _warmed(http, tenant)
            await _until(lambda: _is_drained(store, 1), BEGIN)
            for number, way in enumerate(WAYS):
                await dead.door.turn(way)
                share = (size + number) // len(WAYS)
                await asyncio.gather(*(_submit(http, side, way.value, share) for side in sides.values()))
        for side in sides.values():
            side.backlog = size - (await _states(store, side.tenant)).get("DONE", 0) + 1
            site.erps[side.tenant].forget()
        began = time.monotonic()
        await dead.door.turn(Way.OPEN)
        with suppress(TimeoutError):  # then the table says what has not come to its end
            async with asyncio.timeout(DRAIN + DRAIN_EACH * size):
                await asyncio.gather(*(_drained(store, side, size, began) for side in sides.values()))
        for side in sides.values():
            await _count(store, side, site.erps[side.tenant])
    return sides


async def _drained(store: Store, side: Side, size: int, began: float) -> None:
    """Return once every create of a tenant has come to an end; note when the first one did, and the last."""
    there = (await _states(store, side.tenant)).get("DONE", 0)
    while True:
        states, passed = await _states(store, side.tenant), time.monotonic() - began
        if not side.rested and states.get("DONE", 0) > there:
            side.rested = passed
        if sum(states.values()) > size and not MOVING & set(states):
            side.drained = passed
            return
        await asyncio.sleep(LOOK)


async def _warmed(http: httpx.AsyncClient, tenant: str) -> None:
    """One order, as soon as one is accepted: what was loaded first may have to be digested yet."""
    async with asyncio.timeout(BEGIN):
        for number in count():
            side = Side(tenant=tenant)
            await _one(http, side, f"{tenant}-warm-{number}")
            if side.numbers:
                return
            await asyncio.sleep(LOOK)


async def _submit(http: httpx.AsyncClient, side: Side, name: str, size: int) -> None:
    """So many orders, a few at once."""
    numbers = iter(range(size))

    async def clerk() -> None:
        for number in numbers:
            await _one(http, side, f"{side.tenant}-{name}-{number}")

    await asyncio.gather(*(clerk() for _ in range(AT_ONCE)))


async def _one(http: httpx.AsyncClient, side: Side, name: str) -> None:
    headers = {"authorization": f"Bearer {side.tenant}", "idempotency-key": name}
    began = time.perf_counter()
    answer = await http.post(
        "/graphql", json={"query": SUBMIT, "variables": {"input": _order(side.tenant, name)}}, headers=headers
    )
    took = time.perf_counter() - began
    payload = (answer.json().get("data") or {}).get("orderSubmit") if answer.status_code == httpx.codes.OK else None
    if not payload or payload["userErrors"] or payload["order"] is None:
        side.failed.append(answer.text[:300])
        return
    side.seconds.append(took)
    side.numbers.append(payload["order"]["number"])


def _order(tenant: str, name: str) -> dict[str, Any]:  # Any: JSON
    return {
        "channel": f"desk-{tenant}",
        "channelOrderId": name,
        "customer": {"identifier": BUYER},
        "currencyCode": "EUR",
        "lines": [
            {"lineRef": sku, "sku": sku, "quantity": "2", "unitPrice": {"amount": price, "currencyCode": "EUR"}}
            for sku, price in GOODS
        ],
        "shipTo": {"name": "Ann", "lines": ["Rue de la Loi 16"], "city": "Brussels", "country": "BE"},
    }


@asynccontextmanager
async def _hub(site: Site, urls: RoleUrls, room: Path) -> AsyncIterator[None]:
    """`serve` and `work`, each a process of its own."""
    settings = room / "opshub.toml"
    site.write(settings, urls)
    async with zygote() as forks:
        for role in ("serve", "work"):
            at = room / role
            order = Order(name=role, role=role, settings=str(settings), log=f"{at}.log", hits=f"{at}.hits", strikes=[])
            await forks.fork(order)
        yield


async def _until(holds: Callable[[], Awaitable[bool]], seconds: float) -> None:
    """Return as soon as it holds. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while True:
            if await holds():
                return
            await asyncio.sleep(LOOK)


async def _is_loaded(store: Store) -> bool:
    async with store.across() as tx:
        return bool((await tx.execute(text(_LOADED))).scalar())


async def _states(store: Store, tenant: str) -> dict[str, int]:
    async with store.across() as tx:
        return dict(tuple(row) for row in (await tx.execute(text(_STATES), {"tenant": tenant})).all())


async def _is_drained(store: Store, size: int) -> bool:
    """Whether *size* creates of every tenant have come to an end."""
    states = [await _states(store, tenant) for tenant in TENANTS]
    return all(sum(one.values()) >= size and not MOVING & set(one) for one in states)


async def _count(store: Store, side: Side, erp: Erp) -> None:
    sales = erp.sales()
    side.states = await _states(store, side.tenant)
    side.documents = Counter(sales[number] for number in side.numbers)
    side.most_at_once, side.requests = erp.most_at_once, erp.requests
