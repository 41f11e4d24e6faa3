"""Clients that ask as fast as they are answered, and what that costs the processes that answer."""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import cycle
from pathlib import Path
from urllib.parse import urlsplit

from bench.kit.server import CLIENTS

SECONDS = 5.0
WARM = 1.0  # seconds of each load that are not counted
TICKS = os.sysconf("SC_CLK_TCK")
OK = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Requests of one kind, one after the other for ever."""

    name: str
    path: str
    bodies: Callable[[], Iterator[bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a load took."""

    per_second: float
    median: float
    """Milliseconds."""
    p99: float
    size: int
    """Bytes of an answer."""
    hub: float
    """Milliseconds of CPU per request."""
    database: float


async def measured(url: str, load: Load, hub: int, core: int) -> Figures:
    """Eight clients send *load* for a while; the process *hub* and the database share *core*."""
    where = urlsplit(url)
    taken: list[float] = []
    sizes: list[int] = []
    began = time.perf_counter()
    counted_from, end = began + WARM, began + WARM + SECONDS

    async def client(number: int) -> None:
        bodies = load.bodies()
        for _ in range(number):
            next(bodies)
        reader, writer = await asyncio.open_connection(where.hostname, where.port)
        while (sent := time.perf_counter()) < end:
            body = next(bodies)
            head = (
                f"POST {load.path} HTTP/1.1\r\nhost: {where.netloc}\r\nauthorization: Bearer rep\r\n"
                f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
            )
            writer.write(head.encode() + body)
            said = await reader.readuntil(b"\r\n\r\n")
            length = int(said.lower().partition(b"content-length: ")[2].partition(b"\r")[0])
            answer = await reader.readexactly(length)
            assert int(said.split()[1]) == OK, answer[:500]
            assert b'"errors"' not in answer, answer[:500]
            if sent >= counted_from:
                taken.append(time.perf_counter() - sent)
                sizes.append(length)
        writer.close()

    clients = [asyncio.create_task(client(number)) for number in range(CLIENTS)]
    await asyncio.sleep(WARM)
    pin([hub, *postgres()], core)  # by now every connection is open
    before = cpu(hub), cpu_of_database()
    await asyncio.gather(*clients)
    after = cpu(hub), cpu_of_database()
    return Figures(
        per_second=len(taken) / SECONDS,
        median=statistics.median(taken) * 1000,
        p99=statistics.quantiles(taken, n=100)[98] * 1000,
        size=round(statistics.mean(sizes)),
        hub=(after[0] - before[0]) / len(taken) * 1000,
        database=(after[1] - before[1]) / len(taken) * 1000,
    )


def pin(pids: Sequence[int], core: int) -> None:
    """Let processes run on one core alone; one that has ended meanwhile, as some of the database do, is passed over."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.sched_setaffinity(pid, {core})


def cpu(pid: int) -> float:
    """Seconds of CPU that a process has used, with those of its own that have ended."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / TICKS


def cpu_of_database() -> float:
    """Seconds of CPU of every process of `postgres`, ended or not."""
    used = 0.0
    for pid in postgres():
        with suppress(FileNotFoundError, ProcessLookupError):  # ended meanwhile: counted with the one that began it
            used += cpu(pid)
    return used


def postgres() -> list[int]:
    """Every process of the database that this process has started."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = stat.read_text().partition("(")[2].rpartition(")")
        except OSError:  # it has ended meanwhile
            continue
        if name == "postgres":
            parents[int(stat.parent.name)] = int(rest.split()[1])
    masters = {pid for pid, parent in parents.items() if parent == os.getpid()}
    return [*(pid for pid, parent in parents.items() if parent in masters), *masters]


def asked(document: str, name: str, values: Sequence[object]) -> Callable[[], Iterator[bytes]]:
    """Bodies that ask *document* for each of *values* in turn."""
    bodies = [json.dumps({"query": document, "variables": {name: value}}).encode() for value in values]
    return partial(cycle, bodies)
