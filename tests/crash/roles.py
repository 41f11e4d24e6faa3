"""What the zygote's children run: the product's own processes, on settings from a file."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import anyio._backends._asyncio
import httpx
import uvicorn.lifespan.on
import uvicorn.protocols.http.auto
import uvicorn.protocols.websockets.auto

import hub.cli  # imported once, before the forks, with all that a process of the hub ever imports
from hub import processes
from hub.clock import SystemClock
from hub.settings import Settings, load
from hub.telemetry import configure
from tests.crash.hasty import adapter

PREPARED = (hub.cli, adapter, anyio._backends._asyncio, uvicorn.lifespan.on, uvicorn.protocols)
httpx.AsyncClient(trust_env=False)  # imports what it needs


def serve(file: Path) -> None:
    """`opshub serve`."""
    _run(file, processes.serve)


def work(file: Path) -> None:
    """`opshub work`."""
    _run(file, processes.work)


def _run(file: Path, process: Callable[[Settings], Awaitable[None]]) -> None:
    async def run() -> None:
        settings = load({}, file)
        configure(settings.log, SystemClock(), sys.stderr)
        await process(settings)

    asyncio.run(run())
