"""A whole hub to be measured: its serving process beside the peers that answer the same questions of the same rows."""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from sqlalchemy import text
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bench.kit import peers
from hub.app import create
from hub.call import worker_call
from hub.processes import settle_memory
from hub.store.roles import Role, RoleUrls
from hub.store.store import open_store
from hub.wiring import open_hub
from sources.kit.serve import serving
from tests.kit.hub import settings

CLIENTS = 8

Shops = dict[tuple[str, str], str]
"""URLs by tenant and source."""


def serve(shops: Shops, urls: RoleUrls, told: Connection) -> None:
    """The serving process: the hub without loops, the peers and `/bare` beside it. Says its URL, then serves until
    killed."""

    async def run() -> None:
        async with open_hub(settings(shops), urls) as hub, open_store(urls, Role.SERVE, size=CLIENTS) as store:
            call = worker_call("acme")

            async def bare(_: Request) -> Response:
                async with store.glance(call) as tx:
                    return JSONResponse({"data": await tx.scalar(text("select 1"))})

            routes = [*create(hub).routes, *peers.routes(store, call), Route("/bare", bare, methods=["POST"])]
            async with serving(Starlette(routes=routes)) as url:
                settle_memory()
                told.send(url)
                await asyncio.Event().wait()

    asyncio.run(run())


@asynccontextmanager
async def server(shops: Shops, urls: RoleUrls) -> AsyncIterator[tuple[str, BaseProcess]]:
    """The serving process and its URL while the block runs."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=serve, args=(shops, urls, theirs))
    process.start()
    try:
        yield await asyncio.to_thread(ours.recv), process
    finally:
        process.kill()
        process.join()
