"""The demo from curtain to curtain: systems, database, hub, first load, traffic, what to try; Ctrl-C ends all."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from hub.asking import Where, ask, found_by_cli
from hub.clock import SystemClock
from hub.demo import cast, control
from hub.demo.hands import Hands
from hub.demo.playbill import playbill
from hub.demo.systems import Systems, on_the_air
from hub.demo.tabs import documents
from hub.demo.traffic import Traffic
from hub.processes import for_ever, listening, looping, serving, until_told
from hub.settings import Settings
from hub.store.access import running_shard
from hub.store.migrate import downgrade, upgrade
from hub.telemetry import configure
from hub.wiring import open_hub
from hub.work import BOTH

ACME_EVERY = 3.0  # seconds between moves of an order of ACME
OTHERS_EVERY = 1.0  # seconds between moves of any order
WORK_EVERY = 2.0  # seconds between steps of what the hub asks of a warehouse
LOOK_EVERY = 0.5  # seconds between looks at the first load
EMPTY = "base"  # the revision before the first

_LOADED = "query Loaded { sources { source sweeps { kind initialLoadPercent } } }"


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
        parts = cast.parts(orders)
        tenants = [await stack.enter_async_context(on_the_air(part, token, clock)) for part in parts]
        settings = cast.settings(parts, _merged(one.urls for one in tenants), _free(port))
        configure(settings.log, clock, sys.stderr)
        url = await stack.enter_async_context(_hub(settings, documents(), out))
        for one in tenants:
            one.introduce(url)
        stack.enter_context(control.directed(_merged(one.controls for one in tenants), token))
        stack.enter_context(found_by_cli(url, "demo-rep", data_dir=settings.store.data_dir))
        text = playbill(url, clock.monotonic() - began)
        out.print(text, markup=False, highlight=False, soft_wrap=True)
        stack.callback(out.print, "Ending.")
        await _first_load([Where(url=url, key=key) for key in ("demo-rep", "demo-beta")], out)
        await stack.enter_async_context(_traffic(tenants))
        out.print(f"Everything is loaded, orders move: {clock.monotonic() - began:.0f} s from the start.")
        await for_ever()


def _merged(many: Iterable[Mapping[str, str]]) -> dict[str, str]:
    return {name: url for one in many for name, url in one.items()}


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


async def _first_load(tenants: Sequence[Where], out: Console) -> None:
    """Show the first load as a bar, told by the graph itself."""
    columns = (TextColumn("First load"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=out) as progress:
        bar = progress.add_task("load", total=100)
        while not progress.finished:
            answers = [(await ask(hub, _LOADED, {}))["sources"] for hub in tenants]
            percents = [
                sweep["initialLoadPercent"] or 0
                for sources in answers
                for source in sources
                for sweep in source["sweeps"]
            ]
            done = min(percents, default=0) == 100
            progress.update(bar, completed=100 if done else min(99, sum(percents) / max(1, len(percents))))
            await asyncio.sleep(LOOK_EVERY)


@asynccontextmanager
async def _traffic(tenants: Sequence[Systems]) -> AsyncIterator[None]:
    """Orders move while the block runs."""

    async def move_acme(traffic: Traffic) -> None:
        while True:
            await asyncio.sleep(ACME_EVERY)
            traffic.step_of("ACME")

    async def move_others(traffic: Traffic) -> None:
        while True:
            await asyncio.sleep(OTHERS_EVERY)
            traffic.step()

    async def work(hands: Hands) -> None:
        while True:
            await asyncio.sleep(WORK_EVERY)
            hands.step()

    busy = [one.scene.traffic for one in tenants if one.part.is_busy]
    tasks = [asyncio.create_task(move(traffic)) for traffic in busy for move in (move_acme, move_others)]
    tasks += [asyncio.create_task(work(one.scene.hands)) for one in tenants]
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
