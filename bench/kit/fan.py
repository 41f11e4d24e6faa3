"""The servers of the fan-out: a hub that is handed lines of the log, and the npm peer, each in its own process."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO

from bench.kit.server import Shops
from hub.clock import SystemClock
from hub.guard.keys import hash_of
from hub.model.changes import Change, ChangeKind
from hub.model.ids import mint
from hub.model.vocabulary import Kind
from hub.processes import listening, serving
from hub.settings import HttpSettings, KeySettings, Settings
from hub.store.changelog import LoggedChange, Place
from hub.store.roles import RoleUrls
from hub.wiring import open_hub
from tests.kit.hub import settings

NODE = Path(__file__).parent.parent / "node"
KEYS = 100  # credentials: each may open fifty sockets
READS = frozenset({"orders:read"})
PUBLISHED = 1_000_000  # positions of lines that were never in the log


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One event to publish."""

    version: int
    order_id: str
    number: str
    status: str


def keys(count: int) -> list[str]:
    """A credential for each of *count* subscribers."""
    return [f"bench-{number % KEYS}" for number in range(count)]


def crowded(shops: Shops) -> Settings:
    """Settings of a hub with the credentials of the bench."""
    given = {name: KeySettings(hash=hash_of(name), tenant="acme", scopes=READS) for name in keys(KEYS)}
    return replace(settings(shops), keys=given, http=HttpSettings(port=0))


def serve(shops: Shops, urls: RoleUrls, told: Connection) -> None:
    """The hub's process: the graph and the feed, no other loop. Says its port, then publishes what it is told."""

    async def run() -> None:
        wanted = crowded(shops)
        listener = listening(wanted)
        async with open_hub(wanted, urls) as hub, serving(hub, listener):
            feed = asyncio.create_task(hub.feed.run())

            def take() -> None:
                hub.feed.push([_line(told.recv())])

            asyncio.get_running_loop().add_reader(told.fileno(), take)
            told.send(listener.getsockname()[1])
            await feed

    asyncio.run(run())


def _line(one: Happening) -> LoggedChange:
    now = SystemClock().now()
    change = Change(
        event_id=mint(),
        event="order.updated",
        change=ChangeKind.UPDATED,
        kind=Kind.ORDER,
        entity_id=one.order_id,
        root_id=one.order_id,
        version=one.version,
        root_version=one.version,
        changed_fields=("status",),
        occurred_at=now,
        recorded_at=now,
        correlation_id="bench-correlation",
        status=one.status,
    )
    place = Place(term="00000000-0000-4000-8000-000000000001", position=PUBLISHED + one.version)
    return LoggedChange(place=place, tenant="acme", change=change)


@dataclass(frozen=True, slots=True, kw_only=True)
class HubServer:
    """The hub, seen from the bench."""

    port: int
    pid: int
    told: Connection

    def publish(self, one: Happening) -> None:
        """Let it happen."""
        self.told.send(one)


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeServer:
    """graphql-ws, seen from the bench."""

    port: int
    pid: int
    told: IO[str]

    def publish(self, one: Happening) -> None:
        """Let it happen; the cursor is as long as the hub's."""
        said = {
            "version": one.version,
            "orderId": one.order_id,
            "number": one.number,
            "status": one.status,
            "padding": "c" * 150,
        }
        self.told.write(json.dumps(said) + "\n")
        self.told.flush()


@asynccontextmanager
async def hub_server(shops: Shops, urls: RoleUrls) -> AsyncIterator[HubServer]:
    """The hub's process while the block runs."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=serve, args=(shops, urls, theirs))
    process.start()
    try:
        port = await asyncio.to_thread(ours.recv)
        yield HubServer(port=port, pid=process.pid or 0, told=ours)
    finally:
        process.kill()
        process.join()


@contextmanager
def node_server() -> Iterator[NodeServer | None]:
    """The peer's process while the block runs; None where there is no Node."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        yield None
        return
    if not (NODE / "node_modules").is_dir():
        subprocess.run([npm, "ci", "--silent", "--no-fund", "--no-audit"], cwd=NODE, check=True)
    process = subprocess.Popen([node, "server.mjs"], cwd=NODE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield NodeServer(port=int(process.stdout.readline()), pid=process.pid, told=process.stdin)
    finally:
        process.kill()
        process.wait()
