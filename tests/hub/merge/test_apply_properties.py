"""Properties of the one writer on PostgreSQL (design, end of section 5), with scripted sources.

Each run has a tenant of its own. The shares of overlapping answers and of contents that came back are printed.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from random import Random
from typing import Any

from anyio import create_task_group
from sqlalchemy import text

from hub.call import worker_call
from hub.codec import digest
from hub.merge.work import ServedHint, Work
from hub.merge.writer import Writer
from hub.model.manifest import Landscape
from hub.model.observation import Content, Observation
from hub.model.vocabulary import Kind
from hub.store.store import Store
from tests.kit.merging import at, landscape
from tests.kit.scripted import REST, WISHES, Shares, Slot, World, fixed_set, stamp
from tests.kit.scripted_below import make_trio

SEEDS = range(len(WISHES))  # one of each sort
VOLATILE = {"id", "version", "line_no", "status_since", "observed_at"}
HISTORY = frozenset({"milestones"})
"""What a fresh load does not know: what was before."""
NUMBERED = re.compile(r"lines\.\d+|(?<=>/)\d+$")
IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")


class Run:
    """One way through a world: a tenant of its own in a shared database."""

    def __init__(self, store: Store, world: World, tenant: str) -> None:
        made = landscape(world.manifests)
        self.store, self.world, self.call = store, world, worker_call(tenant)
        self.writer = Writer(store, {tenant: Landscape(tenant=tenant, sources=made.sources)})

    async def apply(self, *observations: Observation, served: tuple[ServedHint, ...] = ()) -> None:
        await self.writer.write(self.call, Work(observations=observations, served=served))

    async def ask(self, sql: str) -> list[Any]:  # Any: rows
        async with self.store.glance(self.call) as tx:
            return list((await tx.execute(text(sql), {"tenant": self.call.tenant})).all())

    async def open_hints(self) -> list[ServedHint]:
        """What asks to be read again, with the counter as it stands before the read."""
        rows = await self.ask(
            "select source, kind, source_id, counter from hint where tenant = :tenant and is_open order by 1, 2, 3"
        )
        return [ServedHint(source=r[0], kind=Kind(r[1]), source_id=r[2], counter=r[3]) for r in rows]

    async def serve(self) -> None:
        """Serve hints from sources at rest until none is open."""
        now = REST
        while hints := await self.open_hints():
            now += 2
            assert now < 3 * REST, f"hints stay open: {hints}"
            reads = [self.world.read((h.source, h.kind, h.source_id), now, now, now) for h in hints]
            await self.apply(*reads, served=tuple(hints))

    async def end(self, but: frozenset[str] = frozenset()) -> dict[str, Any]:  # Any: JSON
        """What stands, with every id replaced by the records that are the entity; without the fields *but*."""
        records = await self.ask(
            """select entity_id, source, kind, source_id, birth, gone_at is null, hash from record
            where tenant = :tenant order by 2, 3, 4, 5"""
        )
        names: dict[str, str] = {}
        for row in records:
            names[row[0]] = f"{names.get(row[0], '')}<{'/'.join(row[1:5])}>"
        docs = await self.ask(
            "select id, kind, doc, root_id from entity where tenant = :tenant and redirect_to is null"
        )
        return {
            "records": [(names[row[0]], *row[1:]) for row in records],
            "entities": sorted((names[row[0]], row[1], str(normal(row[2], names, but)), names[row[3]]) for row in docs),
            "links": sorted(
                (*row[:6], names.get(row[6] or "", "nowhere"))
                for row in await self.ask(
                    "select source, kind, source_id, birth, scheme, value, target_id from link where tenant = :tenant"
                )
            ),
            "identity": sorted(
                (*row[:4], names[row[4]])
                for row in await self.ask(
                    "select scheme, source, value, birth, entity_id from identity where tenant = :tenant"
                )
            ),
        }


def normal(doc: Any, names: dict[str, str], but: frozenset[str]) -> Any:  # Any: JSON
    """A document up to ids, versions and line numbers; lists whose order follows from them are sorted."""
    if isinstance(doc, dict):
        return {key: normal(value, names, but) for key, value in sorted(doc.items()) if key not in VOLATILE | but}
    if isinstance(doc, list):
        return sorted((normal(value, names, but) for value in doc), key=str)
    if isinstance(doc, str):
        return NUMBERED.sub("lines.N", IDS.sub(lambda found: names.get(found.group(), "?"), doc))
    return doc


async def test_any_order_and_any_repetition_end_in_the_same_entities(store: Store) -> None:
    shares = Shares()
    for seed in SEEDS:
        rnd = Random(seed)
        world = make_trio(rnd, WISHES[seed % len(WISHES)])
        answers = fixed_set(rnd, world)
        shares.count(world, answers)
        ends = []
        for way in range(2):
            run = Run(store, world, f"order-{seed}-{way}")
            order = answers + rnd.sample(answers, len(answers) // 3)
            rnd.shuffle(order)
            while order:
                size = rnd.choice([1, 1, 3, 8])
                await run.apply(*order[:size])
                order = order[size:]
            await run.serve()
            ends.append(await run.end())
        for what, end in ends[0].items():
            assert end == ends[1][what], f"seed {seed}: {what} depend on the order"
    print(f"\n{shares}")


class Play:
    """Time goes on, and whatever may happen next is drawn: reads that overlap, webhooks, hints, two workers at once."""

    def __init__(self, run: Run, rnd: Random) -> None:
        self.run, self.rnd, self.now = run, rnd, 0
        self.reading: list[tuple[Slot, int, ServedHint | None]] = []
        self.ready: list[tuple[Observation, ServedHint | None]] = []
        self.post = run.world.messages()

    async def go(self, steps: int) -> None:
        for _ in range(steps):
            self.now += self.rnd.choice([0, 1, 1, 2])
            await self.rnd.choice(
                [self.start, self.start, self.finish, self.finish, self.take, self.serve, self.deliver]
            )()
        self.now = max(self.now, REST - 1)
        for slot in self.run.world.readable():
            self.reading.append((slot, self.now, None))
        while self.reading:
            await self.finish()
        while self.ready:
            await self.take()
        for _, message in self.post:
            await self.run.apply(self.came(message))
        await self.run.serve()

    async def start(self) -> None:
        self.reading.append((self.rnd.choice(self.run.world.readable()), self.now, None))

    async def serve(self) -> None:
        for hint in (await self.run.open_hints())[:2]:
            self.reading.append(((hint.source, hint.kind, hint.source_id), self.now, hint))

    async def finish(self) -> None:
        if self.reading:
            slot, started, hint = self.reading.pop(self.rnd.randrange(len(self.reading)))
            instant = self.rnd.choice([started, self.now, self.rnd.randint(started, self.now)])
            self.ready.append((self.run.world.read(slot, started, instant, self.now), hint))

    async def take(self) -> None:
        """Two workers take an answer each, at once, on connections of their own."""
        self.rnd.shuffle(self.ready)
        taken, self.ready = self.ready[:2], self.ready[2:]
        async with create_task_group() as workers:
            for answer, hint in taken:
                served = () if hint is None else (hint,)
                workers.start_soon(partial(self.run.apply, answer, served=served))
        if taken and self.rnd.random() < 0.3:
            facts = await self.run.ask("select count(*) from outbox where tenant = :tenant")
            await self.run.apply(taken[-1][0])
            again = await self.run.ask("select count(*) from outbox where tenant = :tenant")
            assert facts == again, f"applied twice, told twice: {taken[-1][0]}"

    async def deliver(self) -> None:
        """A message whose change has happened; it may come again."""
        due = [message for message in self.post if message[0] <= self.now]
        if due:
            message = self.rnd.choice(due)
            if self.rnd.random() < 0.8:
                self.post.remove(message)
            await self.run.apply(self.came(message[1]))

    def came(self, message: Observation) -> Observation:
        return replace(message, started=at(self.now), finished=at(self.now))


async def fresh_load(store: Store, world: World, tenant: str) -> Run:
    """What a first load of the final truth gives; what was only pushed is replayed in its sequence."""
    run = Run(store, world, tenant)
    reads = [world.read(slot, REST, REST, REST) for slot in world.readable()]
    pushed = [message for _, message in world.messages() if world.manifests[message.source].pushes_only]
    await run.apply(*reads, *pushed)
    return run


async def test_interleaved_reads_webhooks_and_workers_end_in_what_a_fresh_load_gives(store: Store) -> None:
    for seed in SEEDS:
        rnd = Random(1000 + seed)
        wish = WISHES[seed % len(WISHES)]
        world = make_trio(rnd, wish)
        run = Run(store, world, f"play-{seed}")
        await Play(run, rnd).go(rnd.choice([10, 25]))
        await check_truth(run)
        await check_identity(run)
        await check_versions(run)
        if not wish.gone:
            loaded = await fresh_load(store, world, f"load-{seed}")
            played, loads = await run.end(HISTORY), await loaded.end(HISTORY)
            for what, end in played.items():
                assert end == loads[what], f"seed {seed}: {what}"


async def check_truth(run: Run) -> None:
    """What is held of each object is what its source says now."""
    held = {
        tuple(row[:3]): (row[3], row[4])
        for row in await run.ask(
            "select source, kind, source_id, birth, hash from record where tenant = :tenant and gone_at is null"
        )
    }
    for slot in run.world.readable():
        birth, _, content = run.world.truth(slot, 9 * REST)
        expected = None if content is None else (stamp(birth, content), digest(content))
        assert held.get((slot[0], slot[1].value, slot[2])) == expected, f"not the truth: {slot}"


async def check_identity(run: Run) -> None:
    """Orders that live are one entity exactly where they are truly one."""
    truly = {(*thing.slot, stamp(thing.birth, Content())): thing.orders for thing in run.world.things}
    gone = any(content is None for thing in run.world.things for _, content in thing.history)
    rows = await run.ask(
        """select source, kind, source_id, birth, entity_id from record
        where tenant = :tenant and gone_at is null and kind = 'ORDER'"""
    )
    for one in rows:
        for other in rows:
            same = truly[one[0], Kind.ORDER, *one[2:4]] == truly[other[0], Kind.ORDER, *other[2:4]]
            assert same or one[4] != other[4], f"two orders joined: {one} {other}"
            assert gone or not same or one[4] == other[4], f"one order twice: {one} {other}"


async def check_versions(run: Run) -> None:
    """For whoever watches an entity under a root the version only rises, and the last one told is the one stored."""
    last: dict[tuple[str, str], int] = {}
    for root, entity, version in await run.ask(
        "select root_id, aggregateid, entity_version from outbox where tenant = :tenant order by id"
    ):
        assert version > last.get((root, entity), 0), f"version of {entity} went to {version}"
        last[root, entity] = version
    for entity, version in await run.ask(
        "select id, version from entity where tenant = :tenant and redirect_to is null"
    ):
        assert max(told for (_, one), told in last.items() if one == entity) == version
