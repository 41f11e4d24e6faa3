"""How many orders a second can be taken in for good: `python -m bench.accepts [ORDERS]`, beside one bare statement.

An embedded PostgreSQL, fsync on. Orders of three lines come to the desk over as many connections as a serving process
has, each under a key of its own, and are answered once they are durable; beside that one statement writes the same rows
to the same tables over as many connections, each by itself. Both take turns, so that both meet the same machine.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import asyncpg

from hub.call import Call
from hub.model.command import LineWanted, SubmitCommand
from hub.model.effects import CREATE_ORDER
from hub.model.ids import mint, spoken_number
from hub.model.manifest import Idempotency, Landscape, Write
from hub.settings import StoreSettings
from hub.store.cluster import Cluster
from hub.store.roles import Role, RoleUrls
from hub.store.store import open_store
from hub.write.desk import Asking, Desk
from tests.kit.entering import REP, desk_of, opened, sources, submission
from tests.kit.merging import ERP, Looking
from tests.kit.pg import fresh_database, running_cluster

ROUNDS = 8
AT_ONCE = StoreSettings().pool_size
"""Callers that wait for an answer at any moment: as many as a process has connections."""
MUST, AIM = 0.5, 1.0
TABLES = ("root", "entity", "identifier", "record", "identity", "link", "command", "delivery", "outbox")
"""What taking an order in writes."""


async def rate(many: int, one: Callable[[int], Awaitable[object]]) -> float:
    """How many a second, so many at once."""
    waiting = iter(range(many))

    async def caller() -> None:
        for number in waiting:
            await one(number)

    begun = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(AT_ONCE)))
    return many / (time.perf_counter() - begun)


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


def wish(command: SubmitCommand, number: int) -> SubmitCommand:
    """An order of three lines."""
    line = LineWanted(line_ref="1", sku="MUG", quantity=Decimal(2))
    return replace(
        command,
        po_number=f"PO-{number}",
        lines=(line, replace(line, line_ref="2", quantity=Decimal(3)), replace(line, line_ref="3", sku="FLOUR")),
    )


def landscape() -> Landscape:
    """An ERP that takes orders, so that each accept leaves a delivery behind."""
    takes = Write(idempotency=Idempotency.LOOKUP, longest_call=timedelta(seconds=30))
    known = sources()
    erp = known.sources[ERP]
    writes = {**erp.manifest.writes, CREATE_ORDER: takes}
    return replace(known, sources={**known.sources, ERP: replace(erp, manifest=replace(erp.manifest, writes=writes))})


class Accepts:
    """Orders that come to the desk."""

    def __init__(self, desk: Desk, command: SubmitCommand) -> None:
        self._desk, self._command, self._number = desk, command, 0

    async def one(self, _number: int) -> Any:
        """Taken in for good."""
        self._number += 1
        number = self._number
        call = Call(actor=REP.actor, tenant=REP.tenant, scopes=REP.scopes, correlation_id=f"bench-{number:08}")
        applied = await self._desk.submit(call, wish(self._command, number), Asking(key=f"key-{number}"))
        assert not applied.user_errors, applied.user_errors
        return applied


async def measure(urls: RoleUrls, many: int) -> float:
    """The median ratio of accepts to bare statements."""
    size = AT_ONCE
    pool = await asyncpg.create_pool(urls.work, min_size=size, max_size=size)
    async with open_store(urls, Role.WORK, size=size) as store, pool:
        hub = await opened(store, landscape())
        accepts = Accepts(desk_of(hub), await submission(hub))
        first = await accepts.one(0)
        ((number,),) = await hub.rows("select number from entity where id = :id", id=first.order_id)
        rows = await rows_of(hub, first.order_id, first.command_id)
        bare = Bare(rows, (first.order_id, first.command_id, number, "key-1"))
        print(f"{size} connections, {AT_ONCE} callers, {sum(map(len, rows.values()))} rows an order, {many} a round")
        print("round  accepts/s  bare/s  ratio")
        ratios = []
        for turn in range(ROUNDS):
            mine = await rate(many, accepts.one)
            theirs = await rate(many, lambda _: bare.write(pool))
            ratios.append(mine / theirs)
            print(f"{turn + 1:5}  {mine:9.0f}  {theirs:6.0f}  {mine / theirs:5.2f}", flush=True)
        return statistics.median(ratios)


async def main(cluster: Cluster, many: int) -> int:
    """0 if the budget was kept."""
    async with fresh_database(cluster) as urls:
        ratio = await measure(urls, many)
    print(f"median ratio {ratio:.2f}; must be {MUST}, should be {AIM}")
    return int(ratio < MUST)


if __name__ == "__main__":
    with running_cluster() as made:
        sys.exit(asyncio.run(main(made, int(sys.argv[1]) if len(sys.argv) > 1 else 400)))
