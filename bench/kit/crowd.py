"""Three rehearsed systems with as many orders as wanted, in a process of their own."""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import random
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from multiprocessing.connection import Connection

from hub.clock import SystemClock
from hub.demo.cast import PARTS, ROLES, Part
from hub.demo.director import Director, Play
from hub.demo.masters import furnish
from hub.demo.plot import CART, STAGES, Cue, Plot, Stage, carry
from hub.demo.trio import Trio, make_trio
from sources.kit.serve import serving

HISTORY: Mapping[str, tuple[int, tuple[float, float]]] = {
    "entered": (5, (0.2, 6)),
    "released": (8, (1, 20)),
    "allocated": (6, (2, 24)),
    "picked": (5, (3, 24)),
    "packed": (6, (4, 30)),
    "shipped": (10, (10, 72)),
    "invoiced": (15, (20, 120)),
    "short": (5, (10, 100)),
    "coming back": (5, (100, 600)),
    "delivered": (150, (200, 9000)),
    "closed": (660, (400, 9000)),
    "cancelled": (30, (5, 9000)),
    "called off": (30, (10, 9000)),
    "returned": (65, (400, 9000)),
}
"""Of a thousand orders how many stand where, and how many hours ago they began: a year, of which the last days move."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An order as the systems hold it."""

    reference: str
    """The shop's code, or the purchase order of one that was typed into the ERP."""
    began: datetime
    systems: frozenset[str]
    """Sources that hold it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """The systems on the air."""

    part: Part
    urls: Mapping[str, str]
    orders: Sequence[Known]
    pid: int
    seconds: float
    """How long it took to live through them."""


def stages() -> tuple[Stage, ...]:
    """The demo's stages, mostly of the past."""
    named = {one.name: one for one in STAGES}
    return tuple(replace(named[name], share=share, hours=hours) for name, (share, hours) in HISTORY.items())


def rehearse(part: Part, told: Connection) -> None:
    """Make the systems, serve them, say what they hold; until killed."""
    trio, orders = _lived(part)
    gc.collect()
    gc.freeze()
    apps = {"shop": trio.shop.app, "erp": trio.erp.app, "wms": trio.wms.app}

    async def run() -> None:
        async with AsyncExitStack() as stack:
            urls = {part.source(role): await stack.enter_async_context(serving(apps[role])) for role in ROLES}
            told.send((urls, orders))
            await asyncio.Event().wait()

    asyncio.run(run())


def _lived(part: Part) -> tuple[Trio, list[Known]]:
    clock = SystemClock()
    trio = make_trio(clock, part.seed)
    masters = furnish(trio, customers=part.customers, products=part.products, seed=part.seed)
    director, plot = Director(trio), Plot(masters, random.Random(part.seed), clock.now())
    orders = []
    for cue in plot.crowd(part.orders, stages()):
        carry(director, cue)
        orders += [_known(cue)] if cue.stage is not CART else []
    return trio, orders


def _known(cue: Cue) -> Known:
    return Known(reference=cue.play.reference, began=cue.at, systems=frozenset(_systems(cue.play)))


def _systems(play: Play) -> list[str]:
    held = {"shop": play.order, "erp": play.sale, "wms": play.legs}
    return [name for name, there in held.items() if there]


@asynccontextmanager
async def crowd(orders: int) -> AsyncIterator[Crowd]:
    """The systems with *orders*, while the block runs."""
    part = replace(PARTS[0], orders=orders)
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=rehearse, args=(part, theirs))
    began = time.monotonic()
    process.start()
    try:
        urls, known = await asyncio.to_thread(ours.recv)
        yield Crowd(part=part, urls=urls, orders=known, pid=process.pid or 0, seconds=time.monotonic() - began)
    finally:
        process.kill()
        process.join()
