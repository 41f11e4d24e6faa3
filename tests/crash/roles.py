"""What the zygote's children run: the product's own processes, on settings from a file."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from importlib import import_module
from pathlib import Path

from hub import processes
from hub.clock import SystemClock
from hub.landscape import refuse_misset
from hub.settings import Settings, load
from hub.store.access import found_shard
from hub.store.migrate import shipped
from hub.telemetry import configure
from hub.wiring import open_hub
from sources.kit.http import Origin

PREPARED = tuple(
    import_module(name)
    for name in (
        "hub.cli",
        "anyio._backends._asyncio",
        "uvicorn.lifespan.on",
        "uvicorn.protocols.http.auto",
        "uvicorn.protocols.websockets.auto",
        "tests.crash.hasty.adapter",
        "tests.crash.hasty_erp.adapter",
        "tests.crash.hasty_wms.adapter",
    )
)
"""Imported once, before the forks, with all that a process of the hub ever imports."""
Origin("http://127.0.0.1", source="none", clock=SystemClock())  # reads certificates, once
shipped()  # reads all revisions


def prepare(file: Path) -> None:
    """Work out what every process of the hub works out of such settings at its start: the forks know it then."""
    refuse_misset(load({}, file))


def serve(file: Path) -> None:
    """`opshub serve`."""
    _run(file, processes.serve)


def work(file: Path) -> None:
    """`opshub work`."""
    _run(file, processes.work)


def relay(file: Path) -> None:
    """A worker that does nothing but relay."""
    _run(file, _relay)


async def _relay(settings: Settings) -> None:
    async with open_hub(settings, found_shard(settings.store)) as hub, asyncio.TaskGroup() as group:
        group.create_task(hub.recorder.run())
        await hub.relay.run()


def _run(file: Path, process: Callable[[Settings], Awaitable[None]]) -> None:
    async def run() -> None:
        settings = load({}, file)
        configure(settings.log, SystemClock(), sys.stderr)
        await process(settings)

    asyncio.run(run())
