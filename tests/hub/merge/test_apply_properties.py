"""Properties of the one writer on PostgreSQL (design, end of section 5), with scripted sources.

Each run has a tenant of its own. The shares of overlapping answers and of contents that came back are printed.
"""

from __future__ import annotations

import re
from random import Random
from typing import Any

from sqlalchemy import text

from hub.call import worker_call
from hub.merge.work import ServedHint, Work
from hub.merge.writer import Writer
from hub.model.manifest import Landscape
from hub.model.observation import Observation
from hub.model.vocabulary import Kind
from hub.store.store import Store
from tests.kit.merging import landscape
from tests.kit.scripted import REST, WISHES, Shares, World, fixed_set, make_world

SEEDS = range(12)
VOLATILE = {"id", "version", "line_no", "status_since", "observed_at"}
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

    async def serve(self) -> None:
        """Serve hints from sources at rest until none is open."""
        now = REST
        while rows := await self.ask(
            "select source, kind, source_id, counter from hint where tenant = :tenant and is_open order by 1, 2, 3"
        ):
            now += 2
            assert now < 3 * REST, f"hints stay open: {rows}"
            hints = [ServedHint(source=r[0], kind=Kind(r[1]), source_id=r[2], counter=r[3]) for r in rows]
            reads = [self.world.read((h.source, h.kind, h.source_id), now, now, now) for h in hints]
            await self.apply(*reads, served=tuple(hints))

    async def end(self) -> dict[str, Any]:  # Any: JSON
        """What stands, with every id replaced by the records that are the entity."""
        records = await self.ask(
            """select entity_id, source, kind, source_id, birth, gone_at is null, hash from record
            where tenant = :tenant order by 2, 3, 4, 5"""
        )
        names: dict[str, str] = {}
        for row in records:
            names[row[0]] = f"{names.get(row[0], '')}<{'/'.join(row[1:5])}>"
        docs = await self.ask("select id, kind, doc, root_id from entity where tenant = :tenant and redirect_to is null")
        return {
            "records": [(names[row[0]], *row[1:]) for row in records],
            "entities": sorted(
                (names[row[0]], row[1], str(normal(row[2], names)), names[row[3]]) for row in docs
            ),
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


def normal(doc: Any, names: dict[str, str]) -> Any:  # Any: JSON
    """A document up to ids, versions and line numbers; lists whose order follows from them are sorted."""
    if isinstance(doc, dict):
        return {name: normal(value, names) for name, value in sorted(doc.items()) if name not in VOLATILE}
    if isinstance(doc, list):
        return sorted((normal(value, names) for value in doc), key=str)
    if isinstance(doc, str):
        return NUMBERED.sub("lines.N", IDS.sub(lambda found: names.get(found.group(), "?"), doc))
    return doc


async def test_any_order_and_any_repetition_end_in_the_same_entities(store: Store) -> None:
    shares = Shares()
    for seed in SEEDS:
        rnd = Random(seed)
        world = make_world(rnd, WISHES[seed % len(WISHES)])
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
