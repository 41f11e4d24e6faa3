"""The relay under load: writers at full speed, rival relays, the leader killed over and over (issue 5, figure 4).

Judged: nothing lost, nothing told twice, no root's events out of order, positions without a gap.
"""

from __future__ import annotations

import asyncio
import random
import signal
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import asyncpg

from hub.clock import SystemClock
from hub.codec import encode
from hub.model.changes import Change, ChangeKind
from hub.model.vocabulary import Kind
from tests.crash.child import Order
from tests.crash.lane import Database, lane
from tests.crash.processes import Process, Zygote
from tests.crash.quiet import until

WRITERS, ROOTS, RIVALS = 6, 40, 3
MOST_EVENTS = 8  # of one transaction
ROLLED_BACK = 0.1  # of the transactions
SLOW = 0.1  # of the transactions stay open for a while after their rows are written
BETWEEN = (0.8, 2.0)  # seconds from one leadership that moves rows to its end
PATIENCE = 60.0  # seconds
LEASE = 1.0

_BUMP = "update hub.root set version = version + $2 where tenant = 'acme' and id = $1 returning version"
_PUT = """
insert into hub.outbox (tenant, root_id, event_id, aggregatetype, aggregateid, type, entity_version, headers, payload)
select 'acme', $1, e.id, 'order', $1, 'order.updated', v, '{}',
  $4::jsonb || jsonb_build_object('event_id', e.id, 'entity_id', $1::text, 'root_id', $1::text, 'version', v)
from generate_series($2::int, $3::int) v cross join lateral (select gen_random_uuid() as id, v as of) e
"""
_ROOTS = (
    "insert into hub.root (tenant, id, kind) select 'acme', 'root-' || n, 'ORDER' from generate_series(1, $1::int) n"
)
_LEADER = "select split_part(split_part(holder, ' ', 1), '-', -1)::int from hub.sequencer"
_LAST = "select last from hub.sequencer"
_LEFT = "select count(*) from hub.outbox"
_LOG = "select position, aggregateid, entity_version, event_id::text from hub.change_log order by position"
_DONE = "select id, version from hub.root where id like 'root-%'"


@dataclass(slots=True, kw_only=True)
class Proof:
    """What was seen."""

    committed: int = 0
    rolled_back: int = 0
    killed: int = 0
    terms: int = 0
    logged: int = 0
    lost: int = 0
    repeated: int = 0
    inverted: int = 0
    gaps: int = 0
    writing: float = 0.0
    """Seconds in which writers wrote."""
    draining: float = 0.0
    """Seconds from the last write until the last event was logged."""
    away: list[float] = field(default_factory=list)
    """Seconds without any event logged, after each kill."""
    backlog: int = 0
    """Events that waited when the writers stopped."""

    @property
    def holds(self) -> bool:
        """Whether the log is what it must be."""
        return not (self.lost or self.repeated or self.inverted or self.gaps) and self.logged == self.committed

    def lines(self) -> Sequence[str]:
        """A table."""
        rate = self.logged / max(0.001, self.writing + self.draining)
        drained = f", {self.backlog} of them in the last {self.draining:.1f} s" if self.backlog else ""
        return [
            f"{WRITERS} writers on {ROOTS} roots: {self.committed} events committed in {self.writing:.0f} s "
            f"({self.committed / max(0.001, self.writing):.0f}/s), {self.rolled_back} rolled back",
            f"{RIVALS} rival relays, the leader killed by signal 9 {self.killed} times, {self.terms} leaderships",
            f"{self.logged} events sequenced, {rate:.0f}/s with all kills{drained}",
            f"without any event after a kill: {_spread(self.away)} s (a leadership lasts {LEASE:g} s unrenewed)",
            f"lost {self.lost}, repeated {self.repeated}, inverted within a root {self.inverted}, gaps of positions "
            f"{self.gaps}: {'HOLDS' if self.holds else 'DOES NOT HOLD'}",
        ]


async def prove(kills: int, home: Path) -> Proof:
    """Kill the leader so many times under load."""
    async with lane() as where, where.database() as database, _rivals(where.zygote, database, home) as rivals:
        proof, over = Proof(), asyncio.Event()
        admin = await asyncpg.connect(database.admin)
        await admin.execute(_ROOTS, ROOTS)
        began = time.monotonic()
        async with asyncio.TaskGroup() as group:
            for number in range(WRITERS):
                group.create_task(_write(database, random.Random(number), proof, over))
            await _kill(admin, rivals, kills, proof)
            over.set()
        proof.writing = time.monotonic() - began
        await _drain(admin, proof)
        await _judge(admin, proof)
        await admin.close()
        return proof


@dataclass(slots=True, kw_only=True)
class Rivals:
    """Processes that relay; each is replaced as soon as it is gone."""

    zygote: Zygote
    home: Path
    settings: Path
    processes: dict[int, Process] = field(default_factory=dict)
    _count: int = 0

    async def start(self) -> None:
        """One more."""
        self._count += 1
        name = f"relay-{self._count}"
        place = self.home / name
        order = Order(
            name=name, role="relay", settings=str(self.settings), log=f"{place}.log", hits=f"{place}.hits", strikes=[]
        )
        process = await self.zygote.fork(order)
        self.processes[process.pid] = process

    async def kill(self, pid: int) -> bool:
        """SIGKILL of one of them; another takes its place."""
        process = self.processes.pop(pid, None)
        if process is None or not process.send(signal.SIGKILL):
            return False
        await process.ended.wait()
        await self.start()
        return True


@asynccontextmanager
async def _rivals(zygote: Zygote, database: Database, home: Path) -> AsyncIterator[Rivals]:
    settings, urls = home / "opshub.toml", database.urls
    lines = ["[store]", f'url = "{urls.owner}"', f'serve_url = "{urls.serve}"', f'work_url = "{urls.work}"']
    lines += [f'tail_url = "{urls.tail}"', "[work]", f"lease_seconds = {LEASE}", "[log]", 'level = "info"']
    settings.write_text("\n".join(lines) + "\n", encoding="utf-8")
    rivals = Rivals(zygote=zygote, home=home, settings=settings)
    for _ in range(RIVALS):
        await rivals.start()
    try:
        yield rivals
    finally:
        for process in rivals.processes.values():
            process.send(signal.SIGKILL)
            await process.ended.wait()


async def _write(database: Database, dice: random.Random, proof: Proof, over: asyncio.Event) -> None:
    """Transactions as the one writer's: the root's lock first, the outbox last."""
    template = encode(_change()).decode()
    connection = await asyncpg.connect(database.admin)
    while not over.is_set():
        root, count = f"root-{dice.randint(1, ROOTS)}", dice.randint(1, MOST_EVENTS)
        transaction = connection.transaction()
        await transaction.start()
        version = await connection.fetchval(_BUMP, root, count)
        await connection.execute(_PUT, root, version - count + 1, version, template)
        if dice.random() < SLOW:
            await asyncio.sleep(dice.uniform(0.0, 0.02))
        if dice.random() < ROLLED_BACK:
            await transaction.rollback()
            proof.rolled_back += count
        else:
            await transaction.commit()
            proof.committed += count
    await connection.close()


def _change() -> Change:
    now = SystemClock().now()
    return Change(
        event_id="", event="order.updated", change=ChangeKind.UPDATED, kind=Kind.ORDER, entity_id="", root_id="",
        version=0, root_version=0, changed_fields=("status",), occurred_at=now, recorded_at=now, correlation_id="load",
    )  # fmt: skip


async def _kill(admin: asyncpg.Connection, rivals: Rivals, kills: int, proof: Proof) -> None:
    """The leader, each time after it has led for a while."""
    dice = random.Random(kills)
    while proof.killed < kills:
        await _moves(admin)
        await asyncio.sleep(dice.uniform(*BETWEEN))
        leader = await admin.fetchval(_LEADER)
        if leader is None or not await rivals.kill(leader):
            continue
        proof.killed += 1
        began = time.monotonic()
        await _moves(admin)
        proof.away.append(time.monotonic() - began)


async def _moves(admin: asyncpg.Connection) -> None:
    """Return once another event has been logged."""
    before = await admin.fetchval(_LAST)

    async def has_moved() -> bool:
        return bool(await admin.fetchval(_LAST) != before)

    async with asyncio.timeout(PATIENCE):
        await until(has_moved, 0.01)


async def _drain(admin: asyncpg.Connection, proof: Proof) -> None:
    began = time.monotonic()
    proof.backlog = await admin.fetchval(_LEFT)

    async def is_empty() -> bool:
        return not await admin.fetchval(_LEFT)

    async with asyncio.timeout(PATIENCE):
        await until(is_empty, 0.01)
    proof.draining = time.monotonic() - began


async def _judge(admin: asyncpg.Connection, proof: Proof) -> None:
    log = await admin.fetch(_LOG)
    told: defaultdict[str, list[int]] = defaultdict(list)
    for row in log:
        told[row["aggregateid"]].append(row["entity_version"])
    proof.logged = len(log)
    proof.gaps = sum(row["position"] != at for at, row in enumerate(log, 1))
    proof.repeated = sum(count - 1 for count in Counter(row["event_id"] for row in log).values())
    proof.inverted = sum(a >= b for versions in told.values() for a, b in pairwise(versions))
    for row in await admin.fetch(_DONE):
        proof.lost += len(set(range(1, row["version"] + 1)) - set(told[row["id"]]))
    proof.terms = await admin.fetchval("select count(*) from hub.sequencer_term")


def _spread(seconds: Sequence[float]) -> str:
    if not seconds:
        return "-"
    ranked = sorted(seconds)
    return f"{ranked[0]:.2f} least, {ranked[len(ranked) // 2]:.2f} median, {ranked[-1]:.2f} most"
