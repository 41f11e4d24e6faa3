"""How many orders a second can be taken in for good: `python -m bench.accepts [ORDERS]`, beside one bare statement.

An embedded PostgreSQL on a real disk, fsync on, with a backlog of orders and statistics of it: a hub that has lived for
a while, as its planner sees it, for plans that were made for next to nothing scan whole tables soon after. Orders of
three lines come to the desks of the hub's processes, each under a key of its own, and are answered once they are
durable; beside that one statement writes the same rows (every row that an accept leaves) to the same tables, each by
itself in a transaction of its own. Both are done by as many processes, callers and connections. They take turns, so
that both meet the same machine. First by one process, then by as many as a hub on this machine would have.
At the end: orders that enter and are carried to an ERP that answers at once, until each delivery is done.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

import asyncpg

from bench.kit.sides import Doings, lap, sides
from bench.one_writer import batch
from hub.call import Call
from hub.clock import SystemClock
from hub.gate.gate import Gate, GateRules, Surroundings
from hub.gate.lease import Lease
from hub.gate.lookout import Lookout
from hub.gate.owner import Owner
from hub.gate.tend import Tending
from hub.merge.work import Applied
from hub.merge.writer import Writer
from hub.model.command import LineWanted, SubmitCommand
from hub.model.effects import CREATE_ORDER
from hub.model.ids import mint, spoken_number
from hub.model.manifest import Landscape
from hub.settings import StoreSettings
from hub.store.cluster import Cluster
from hub.store.leases import Claimant
from hub.store.roles import Role, RoleUrls
from hub.store.store import Store, open_store
from hub.write.carry import Carrier
from hub.write.delivery import Deliveries
from hub.write.desk import Asking
from hub.write.settle import Settler
from tests.kit.entering import REP, booking, desk_of, opened, submission
from tests.kit.merging import ERP, Looking
from tests.kit.pg import fresh_database, running_cluster
from tests.kit.recorder import ListRecorder
from tests.kit.scripted_shop import ScriptedAdapter, ScriptedShop
from tests.kit.wait import until_so

ROUNDS = 8
PROCESSES = 2
"""Of a hub that has the whole machine of the goals (design section 12): one for each core."""
CONNECTIONS = StoreSettings().pool_size
"""Of each process, on each side."""
AT_ONCE = 64
"""Callers of each process that wait for an answer at any moment, on each side."""
MOST_CARRIED = 200
BACKLOG, PAGE = 2000, 100
"""Orders that are there already, each with a shipment, read page by page."""
MUST, AIM = 0.5, 1.0
TABLES = ("root", "entity", "identifier", "record", "identity", "link", "command", "delivery", "outbox")
"""What taking an order in writes."""


class Bare:
    """The rows of one order, written again and again in one statement, other ids in them each time."""

    def __init__(self, rows: dict[str, list[dict[str, Any]]], named: tuple[str, ...]) -> None:
        """*rows*: by table; *named*: order, command, number and key, which are others each time."""
        tables = [table for table in TABLES if rows[table]]
        self._said = [json.dumps(rows[table]) for table in tables]
        self._named = named
        self._events = [row["event_id"] for row in rows["outbox"]]
        self._deliveries = [row["id"] for row in rows["delivery"]]
        parts = [_insert(table, rows[table], at) for at, table in enumerate(tables, start=1)]
        self._sql = f"with {', '.join(parts)} select 1"

    async def write(self, pool: asyncpg.Pool) -> None:
        """Once, durable when it returns."""
        others = (mint(), mint(), spoken_number(), mint(), *(mint() for _ in self._deliveries))
        others = (*others, *(str(uuid.uuid4()) for _ in self._events))
        said = self._said
        for old, new in zip((*self._named, *self._deliveries, *self._events), others, strict=True):
            said = [text.replace(old, new) for text in said]
        await pool.execute(self._sql, *said)


def _insert(table: str, rows: list[dict[str, Any]], at: int) -> str:
    columns = ", ".join(f'"{name}"' for name in rows[0])
    source = f"json_populate_recordset(null::hub.{table}, cast(${at}::text as json))"
    return f"t{at} as (insert into hub.{table} ({columns}) select {columns} from {source})"  # noqa: S608  our own names


async def rows_of(hub: Looking, order: str, command: str) -> dict[str, list[dict[str, Any]]]:
    """Every row that taking an order in has written, by table."""
    whose = dict.fromkeys(("record", "identity", "link", "identifier"), "entity_id")
    whose |= dict.fromkeys(("command", "root", "entity"), "id") | dict.fromkeys(("delivery", "outbox"), "root_id")
    found = {}
    for table in TABLES:
        named = command if table == "command" else order
        rows = await hub.rows(f"select to_jsonb(t) from {table} t where {whose[table]} = :named", named=named)  # noqa: S608  our own names
        found[table] = [{k: v for k, v in row[0].items() if (table, k) != ("outbox", "id")} for row in rows]
    return found


def wish(command: SubmitCommand, name: str) -> SubmitCommand:
    """An order of three lines."""
    line = LineWanted(line_ref="1", sku="MUG", quantity=Decimal(2))
    return replace(
        command,
        po_number=f"PO-{name}",
        lines=(line, replace(line, line_ref="2", quantity=Decimal(3)), replace(line, line_ref="3", sku="FLOUR")),
    )


class Accepts:
    """Orders that come to the desk of one process, each under a name that no other bears."""

    def __init__(self, hub: Looking, command: SubmitCommand) -> None:
        self._desk, self._command, self._whose, self._number = desk_of(hub), command, mint(), 0

    @property
    def name(self) -> str:
        """The newest one's."""
        return f"{self._whose}-{self._number:08}"

    async def one(self) -> Applied:
        """Taken in for good."""
        self._number += 1
        name = self.name
        call = Call(actor=REP.actor, tenant=REP.tenant, scopes=REP.scopes, correlation_id=name)
        applied = await self._desk.submit(call, wish(self._command, name), Asking(key=name))
        assert not applied.user_errors, applied.user_errors
        assert not applied.replayed
        return applied


@asynccontextmanager
async def process(urls: RoleUrls, bare: Bare) -> AsyncIterator[Doings]:
    """What a process can do: take orders in, or write their rows."""
    pool = await asyncpg.create_pool(urls.work, min_size=CONNECTIONS, max_size=CONNECTIONS)
    async with open_store(urls, Role.WORK, size=CONNECTIONS) as store, pool:
        hub = Looking(store, booking())
        accepts = Accepts(hub, await submission(hub))
        yield {"accepts": accepts.one, "bare": lambda: bare.write(pool)}


async def lived(urls: RoleUrls, hub: Looking) -> None:
    """Let the hub have a backlog, and its database know how much of what there is."""
    for first in range(0, BACKLOG, PAGE):
        await hub.write(*batch(first, PAGE))
    owner = await asyncpg.connect(urls.owner)
    await owner.execute("analyze")
    await owner.close()


async def prepared(urls: RoleUrls) -> Bare:
    """A hub with a backlog, and the bare statement of what one order leaves in it."""
    async with open_store(urls, Role.WORK, size=CONNECTIONS) as store:
        hub = await opened(store, booking())
        await lived(urls, hub)
        accepts = Accepts(hub, await submission(hub))
        first = await accepts.one()
        ((number,),) = await hub.rows("select number from entity where id = :id", id=first.order_id)
        rows = await rows_of(hub, first.order_id or "", first.command_id or "")
        many = sum(map(len, rows.values()))
        print(f"{CONNECTIONS} connections and {AT_ONCE} callers a process, {many} rows an order")
        return Bare(rows, (first.order_id or "", first.command_id or "", number, accepts.name))


def measure(urls: RoleUrls, bare: Bare, processes: int, many: int) -> float:
    """The median ratio of accepts to bare statements; *many* of each in a round."""
    with sides(partial(process, urls, bare), processes) as running:
        print(f"processes: {processes}\nround  accepts/s  cpu ms    bare/s  cpu ms   ratio")
        ratios = []
        for turn in range(ROUNDS):
            mine = running.pace("accepts", many // processes, AT_ONCE)
            theirs = running.pace("bare", many // processes, AT_ONCE)
            ratios.append(mine.rate / theirs.rate)
            print(
                f"{turn + 1:5}  {mine.rate:9.0f}  {mine.cpu:6.2f}  {theirs.rate:8.0f}  {theirs.cpu:6.2f}"
                f"  {ratios[-1]:6.2f}",
                flush=True,
            )
    return statistics.median(ratios)


@asynccontextmanager
async def carrying(store: Store, known: Landscape) -> AsyncIterator[None]:
    """A worker that carries to the ERP whatever is to go there."""
    clock, recorder, binding = SystemClock(), ListRecorder(), known.sources[ERP]
    lease = Lease(clock, ERP)
    around = Surroundings(recorder=recorder, clock=clock, rules=GateRules())
    gate = Gate(binding, ScriptedAdapter(ScriptedShop(), binding.manifest), lease, around)
    longest = binding.manifest.writes[CREATE_ORDER].longest_call
    claimant = Claimant(tenant=known.tenant, source=ERP, holder="bench", length=longest, longest=longest)
    settler = Settler(store=store, writer=Writer(store, {known.tenant: known}), jitter=lambda: 0.0)
    carrier = Carrier(gate=gate, recorder=recorder, clock=clock)
    lookout = Lookout(store, clock, [(known.tenant, ERP)], fresh=0.0)
    tending = Tending(Owner(store, claimant, lease, clock), gate, (Deliveries(store, carrier, settler, lookout),))
    running = asyncio.create_task(tending.run())
    yield
    tending.stop()
    await running


async def delivered(urls: RoleUrls, many: int) -> float:
    """Orders a second from the desk to the end of their deliveries, carried by a worker beside."""
    known = booking()
    async with open_store(urls, Role.WORK, size=CONNECTIONS) as store:
        hub = await opened(store, known)
        await lived(urls, hub)
        accepts = Accepts(hub, await submission(hub))
        async with carrying(store, known):
            begun = time.perf_counter()
            await lap(many, AT_ONCE, accepts.one)
            await until_so(lambda: _is_done(hub))
            return many / (time.perf_counter() - begun)


async def _is_done(hub: Looking) -> bool:
    return not await hub.rows("select 1 from delivery where state <> 'DONE' limit 1")


async def main(cluster: Cluster, many: int) -> int:
    """0 if the budget was kept."""
    async with fresh_database(cluster) as urls:
        bare = await prepared(urls)
        ratios = {some: await asyncio.to_thread(measure, urls, bare, some, many) for some in (1, PROCESSES)}
    async with fresh_database(cluster) as urls:
        carried = await delivered(urls, min(many, MOST_CARRIED))
    print(f"accept to delivered: {carried:.0f} orders a second, desk and worker in one process")
    said = ", ".join(f"{ratio:.2f} ({processes})" for processes, ratio in ratios.items())
    print(f"median ratio (processes): {said}; the best must be {MUST}, should be {AIM}")
    return int(max(ratios.values()) < MUST)


if __name__ == "__main__":
    with running_cluster(within=tempfile.gettempdir()) as made:  # a disk: in memory fsync would cost nothing
        sys.exit(asyncio.run(main(made, int(sys.argv[1]) if len(sys.argv) > 1 else 800)))
