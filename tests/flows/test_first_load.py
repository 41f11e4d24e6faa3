"""The first load of a real worker, killed in the middle, goes on where it was (design D8, C5)."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from hub.clock import SystemClock
from hub.settings import Secret
from hub.store.roles import RoleUrls
from hub.store.store import Store
from sources.kit.chaos import Chaos, Order, Trouble
from sources.kit.serve import serving
from sources.vendure.rehearsal.stand import Stand, make_stand
from tests.kit.commands import Folder
from tests.kit.wait import until_so

USER, PASSWORD = "hub@shop.example", "the rehearsal admits this"
ORDERS, PAGE = 60, 3
MIDWAY = 8
"""Pages of the newest-first list that are answered; the next one is not, until the worker is dead."""
READING, NEWEST_FIRST = b"HubOrders(", b'"DESC"'
ENVIRON = {
    "HUB__SOURCES__SHOP__TENANT": "acme",
    "HUB__SOURCES__SHOP__ADAPTER": "vendure",
    "HUB__SOURCES__SHOP__SYSTEM": "COMMERCE",
    "HUB__SOURCES__SHOP__USER": USER,
    "HUB__SOURCES__SHOP__PASSWORD": PASSWORD,
    "HUB__SOURCES__SHOP__PAGE": str(PAGE),
    "HUB__WORK__LEASE_SECONDS": "2",
    "HUB__LOG__LEVEL": "error",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A shop behind a proxy, a folder to work in, and the tables."""

    stand: Stand
    proxy: Chaos
    folder: Folder
    store: Store

    async def row(self, sql: str) -> Any:  # Any: a row
        async with self.store.across() as tx:
            return (await tx.execute(text(sql))).one()

    async def seen(self, sweep: str) -> int:
        return int((await self.row(f"select coalesce(sum(seen), 0) from cursor where sweep = '{sweep}'"))[0])  # noqa: S608 (a name of ours)

    def pages(self) -> list[dict[str, Any]]:
        """What was asked of the newest-first list, page by page."""
        asked = [json.loads(one.body)["variables"]["options"] for one in self.proxy.exchanges if READING in one.body]
        return [options for options in asked if options.get("sort") == {"orderPlacedAt": "DESC"}]


@pytest.fixture
async def world(tmp_path: Path, database: RoleUrls, store: Store) -> AsyncIterator[World]:
    stand = make_stand(SystemClock(), user=USER, password=Secret(PASSWORD), seed=3)
    stand.scene.seed(ORDERS)
    async with serving(stand.app) as upstream, Chaos(upstream).standing() as proxy:
        folder = Folder(path=tmp_path, environ=ENVIRON | {"HUB__SOURCES__SHOP__URL": proxy.url})
        folder.finds(database)
        yield World(stand=stand, proxy=proxy, folder=folder, store=store)
    await stand.close()


async def test_a_first_load_that_was_killed_goes_on_and_says_that_all_was_seen_only_at_its_end(world: World) -> None:
    world.proxy.order(Order(trouble=Trouble.HANG, holding=NEWEST_FIRST, times=10_000, skip=MIDWAY))

    async def is_midway() -> bool:
        return await world.seen("placed") >= MIDWAY * PAGE

    async with world.folder.running("work") as working:
        await until_so(is_midway)
        working.kill()
        await working.wait()
    world.proxy.heal()
    assert not (await world.row("select is_loaded from cursor where sweep = 'placed'"))[0]
    assert (await world.row("select read_at is not null from cursor where sweep = 'open'"))[0], (
        "what is open comes first"
    )
    assert (await world.row("select count(*) from coverage where kind = 'ORDER'"))[0] == 0

    async def is_covered() -> bool:
        return bool((await world.row("select count(*) = 1 from coverage where kind = 'ORDER'"))[0])

    async with world.folder.running("work"):
        await until_so(is_covered)
    orders, origins = await world.row(
        "select (select count(*) from entity where kind = 'ORDER'), (select array_agg(distinct o) from ("
        " select payload ->> 'origin' o from outbox where lower(aggregatetype) = 'order'"
        " union select payload ->> 'origin' from change_log where lower(aggregatetype) = 'order') x)"
    )
    assert orders == sum(order.placed_at is not None for order in world.stand.shop.orders.values())
    pages = [json.dumps(page, sort_keys=True) for page in world.pages()]
    (takeovers,) = await world.row("select epoch - 1 from lease")
    assert len(pages) - len(set(pages)) <= takeovers, "at most the page under way was asked for again by who took over"
    assert origins == ["BASELINE"]
