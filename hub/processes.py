"""What a process of the hub does from start to end: open, run, drain, close."""

from __future__ import annotations

import asyncio
import gc
import signal
import socket
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, closing, contextmanager

import uvicorn

from hub.app import create
from hub.asking import found_by_cli
from hub.errors import Misconfigured
from hub.landscape import refuse_misset
from hub.measures.exporting import exporting
from hub.measures.exposed import exposed
from hub.settings import Settings
from hub.store.access import found_shard, running_shard
from hub.store.roles import RoleUrls
from hub.telemetry import logger
from hub.wiring import Hub, open_hub
from hub.work import BOTH, Part, run_loops, sources_of, table_of
from resolvers.endpoint.direct import DirectSocket

log = logger(__name__)

STEP = 0.01  # seconds between looks whether the server takes connections
BACKLOG = 1024  # connections that may wait to be accepted; the kernel may allow fewer
SEND_BUFFER = 256 * 1024  # bytes the kernel holds for a reader that does not read, before the hub notices
COLLECT = (50_000, 20, 100)  # objects, then generations, between collections
DRAIN = 10.0  # seconds in which sockets are told to resume elsewhere
KEEP_ALIVE = 75  # seconds; longer than clients and proxies keep a connection: none is closed as it is used again
FINISH = 5.0  # seconds in which calls of sources that are under way may end


async def up(settings: Settings) -> None:
    """Everything on this machine. What settings or the port refuse is refused before a database starts."""
    refuse_misset(settings)
    with closing(listening(settings)) as listener:
        await until_told(_up(settings, listener))


async def serve(settings: Settings) -> None:
    """The graph, deliveries and streams, until told to end: then drained, so that clients resume elsewhere."""
    urls = found_shard(settings.store)
    with closing(listening(settings)) as listener:
        await until_told(_serve(settings, urls, listener, frozenset({Part.SERVE})))


async def work(settings: Settings) -> None:
    """The background loops, until told to end."""
    await until_told(_work(settings, found_shard(settings.store)))


async def until_told(process: Coroutine[None, None, None]) -> None:
    """Run *process* until SIGTERM or SIGINT; wherever it is then, it is cancelled and ends in order."""
    async with signalled() as told:
        running, ending = asyncio.create_task(process), asyncio.create_task(told.wait())
        try:
            await asyncio.wait({running, ending}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            running.cancel()
            ending.cancel()
            (ended,) = await asyncio.gather(running, return_exceptions=True)
    if isinstance(ended, Exception):
        raise ended


async def for_ever() -> None:
    """Return only by being cancelled."""
    await asyncio.Event().wait()


async def _up(settings: Settings, listener: socket.socket) -> None:
    async with running_shard(settings.store) as urls:
        await _serve(settings, urls, listener, BOTH)


async def _serve(settings: Settings, urls: RoleUrls, listener: socket.socket, parts: frozenset[Part]) -> None:
    with exporting(settings.otlp):
        async with open_hub(settings, urls) as hub, looping(hub, parts), serving(hub, listener) as url:
            with found_by_cli(url):
                await for_ever()


async def _work(settings: Settings, urls: RoleUrls) -> None:
    with exposed(settings.metrics), exporting(settings.otlp):
        async with open_hub(settings, urls) as hub, looping(hub, frozenset({Part.WORK})):
            settle_memory()
            await for_ever()


class _Server(uvicorn.Server):
    """Leaves signals to the process, which drains first."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def serving(hub: Hub, listener: socket.socket) -> AsyncIterator[str]:
    """Serve on *listener* while the block runs; the URL. Drained at the end."""
    config = uvicorn.Config(
        create(hub),
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=int(DRAIN),
        ws=DirectSocket,
        ws_max_size=2 * hub.limits.frame,  # ours is the smaller one: it closes with a code and a reason
        ws_per_message_deflate=False,  # the same bytes for all, and no compressor's memory for each
        ws_ping_interval=None,  # sessions ping, in the protocol's own words
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE,
    )
    server = _Server(config)
    host, port = listener.getsockname()[:2]
    task = asyncio.create_task(server.serve([listener]), name="server")
    try:
        await _started(server, task)
        settle_memory()
        log.info("serving", host=host, port=port)
        yield f"http://{host}:{port}"
    finally:
        await hub.endpoint.drain(DRAIN)
        server.should_exit = True
        await task


def settle_memory() -> None:
    """What was loaded stays, and what sockets or batches hold is looked at seldom: no full collection amid a push."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT)


async def _started(server: uvicorn.Server, task: asyncio.Task[None]) -> None:
    while not server.started:
        if task.done():
            await task
            message = "the server stopped while it started"
            raise Misconfigured(message)
        await asyncio.sleep(STEP)


def listening(settings: Settings) -> socket.socket:
    """A socket at the configured place; who connects before the hub serves waits. Raises Misconfigured where taken."""
    listener = socket.socket(proto=socket.IPPROTO_TCP)  # asyncio turns Nagle off only where TCP is named
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)  # inherited by every connection
        listener.bind((settings.http.host, settings.http.port))
        listener.listen(BACKLOG)
    except OSError as taken:
        listener.close()
        message = f"{settings.http.host}:{settings.http.port} cannot be listened to: {taken.strerror}"
        raise Misconfigured(message) from taken
    return listener


@asynccontextmanager
async def looping(hub: Hub, parts: frozenset[Part]) -> AsyncIterator[None]:
    """Run the loops of *parts* while the block runs; then let what is under way at the sources end, for a while."""
    table = asyncio.create_task(run_loops(hub.clock, table_of(hub, parts)), name="table")
    sources = asyncio.create_task(run_loops(hub.clock, sources_of(hub, parts)), name="sources")
    try:
        yield
    finally:
        hub.sources.stop()
        await asyncio.wait({sources}, timeout=FINISH)
        for task in (sources, table):
            task.cancel()
        await asyncio.gather(sources, table, return_exceptions=True)


@asynccontextmanager
async def signalled() -> AsyncIterator[asyncio.Event]:
    """An event that SIGTERM and SIGINT set, while the block runs."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    try:
        yield told
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
