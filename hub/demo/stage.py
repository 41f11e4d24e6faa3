"""The demo from curtain to curtain: shops, database, hub, first load, traffic, what to try; Ctrl-C ends all."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from hub.asking import Where, ask, found_by_cli
from hub.clock import Clock, SystemClock
from hub.demo import cast, control
from hub.demo.playbill import playbill
from hub.demo.scene import scenery
from hub.demo.tabs import documents
from hub.processes import for_ever, listening, looping, serving, until_told
from hub.settings import Secret, Settings
from hub.store.access import running_shard
from hub.store.migrate import downgrade, upgrade
from hub.telemetry import configure
from hub.wiring import open_hub
from hub.work import BOTH
from sources.kit.serve import serving as serving_shop
from sources.vendure.rehearsal.hooks import Listener
from sources.vendure.rehearsal.stand import Stand, controls, make_stand

ACME_EVERY = 3.0  # seconds between moves of an order of ACME
OTHERS_EVERY = 1.0  # seconds between moves of any order
LOOK_EVERY = 0.2  # seconds between looks at the first load
EMPTY = "base"  # the revision before the first

_LOADED = "query Loaded { sources { source sweeps { kind initialLoadPercent } } }"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """A rehearsed shop and where it is."""

    part: cast.Part
    stand: Stand
    url: str
    control_url: str


async def run(port: int, orders: int, out: Console) -> None:
    """Play until Ctrl-C, with so many *orders* to begin with. A taken *port* is replaced by a free one.

    Every run begins with the same scene.
    """
    await until_told(_played(port, orders, out))


async def _played(port: int, orders: int, out: Console) -> None:
    clock = SystemClock()
    began = clock.monotonic()
    async with AsyncExitStack() as stack:
        token = control.new_token()
        shops = [await stack.enter_async_context(_opened(part, token, clock)) for part in cast.shops(orders)]
        settings = cast.settings({shop.part.source: shop.url for shop in shops}, _free(port))
        configure(settings.log, clock, sys.stderr)
        there = scenery(shops[0].stand)
        url = await stack.enter_async_context(_hub(settings, documents(there), out))
        _introduce(shops, url)
        stack.enter_context(control.directed({shop.part.source: shop.control_url for shop in shops}, token))
        stack.enter_context(found_by_cli(url, "demo-rep"))
        await _first_load(Where(url=url, key="demo-rep"), out)
        await stack.enter_async_context(_traffic(shops))
        text = playbill(url, there, clock.monotonic() - began)
        out.print(text, markup=False, highlight=False, soft_wrap=True)
        stack.callback(out.print, "Ending.")
        await for_ever()


@asynccontextmanager
async def _opened(part: cast.Part, token: Secret, clock: Clock) -> AsyncIterator[Shop]:
    stand = make_stand(clock, user=cast.USER, password=cast.PASSWORD, seed=part.seed)
    stand.scene.seed(part.orders)
    try:
        async with serving_shop(stand.app) as url, serving_shop(controls(stand, token)) as control_url:
            yield Shop(part=part, stand=stand, url=url, control_url=control_url)
    finally:
        await stand.close()


@asynccontextmanager
async def _hub(settings: Settings, tabs: str, out: Console) -> AsyncIterator[str]:
    """The hub over an emptied database, so that nothing of an earlier run is replayed; its URL."""
    out.print("Starting PostgreSQL ...")
    async with running_shard(settings.store) as urls:
        await downgrade(urls, EMPTY)
        await upgrade(urls)
        async with AsyncExitStack() as stack:
            hub = await stack.enter_async_context(open_hub(settings, urls, tabs=tabs))
            await stack.enter_async_context(looping(hub, BOTH))
            yield await stack.enter_async_context(serving(hub, listening(settings)))


def _introduce(shops: Sequence[Shop], url: str) -> None:
    for shop in shops:
        listener = Listener(url=f"{url}/hooks/{cast.hook_of(shop.part)}", secret=cast.HOOK_SECRET)
        shop.stand.hooks.listeners.append(listener)


async def _first_load(hub: Where, out: Console) -> None:
    """Show the first load as a bar, told by the graph itself."""
    columns = (TextColumn("First load"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=out) as progress:
        bar = progress.add_task("load", total=100)
        while not progress.finished:
            sources = (await ask(hub, _LOADED, {}))["sources"]
            percents = [sweep["initialLoadPercent"] or 0 for source in sources for sweep in source["sweeps"]]
            progress.update(bar, completed=min(percents, default=0))
            await asyncio.sleep(LOOK_EVERY)


@asynccontextmanager
async def _traffic(shops: Sequence[Shop]) -> AsyncIterator[None]:
    """Orders move while the block runs."""

    async def move_acme(stand: Stand) -> None:
        while True:
            await asyncio.sleep(ACME_EVERY)
            stand.scene.step_of("ACME")

    async def move_others(stand: Stand) -> None:
        while True:
            await asyncio.sleep(OTHERS_EVERY)
            stand.scene.step()

    busy = [shop.stand for shop in shops if shop.part.is_busy]
    tasks = [asyncio.create_task(move(stand)) for stand in busy for move in (move_acme, move_others)]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _free(port: int) -> int:
    """*port*, or any free one where it is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return 0
    return port
