"""What first loads have read is applied order by order: each with all that any source told of it, in one transaction.

Sources tell of one order in many places - an order here, a sale there, its shipments, its invoice - and each of them
applied by itself would assemble the order anew. So a page of a load is put aside (`hub.store.staged`) and comes out
together with what its keys lead to. What was put aside counts as not loaded yet.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from functools import lru_cache

from hub.call import Call, worker_call
from hub.gate.crew import Crew
from hub.gate.owner import Held
from hub.intake.applying import apply_each, spoilt_hint, write_seen
from hub.merge.keys import FAMILY, SlotKey, kind_named, lock_name
from hub.merge.work import Work
from hub.merge.writer import Writer
from hub.model.changes import Origin
from hub.model.manifest import Delta, Landscape
from hub.model.observation import NaturalKey, Observation
from hub.model.schemes import POINTING
from hub.model.vocabulary import Kind
from hub.store.staged import Patience, Staged, Wanted, read_sweeps, ripe
from hub.store.store import Store
from hub.store.tx import lock_number

STAGED = FAMILY
"""Kinds that a load puts aside: orders and what lies below them."""
PATIENCE = Patience(least=timedelta(seconds=3), most=timedelta(minutes=10), share=2.0)
ORDERS, MOST = 40, 500
"""Things to begin with, and objects in one transaction: these are locked by nobody who is in a hurry."""
LANES = 2
"""Transactions at a time: while one waits for the database, the other is worked on."""
IDLE = 0.5  # seconds between looks when nothing waits


class Muster:
    """Applies what the first loads of a tenant have put aside; of its sources the first that is in use does so."""

    size = LANES

    def __init__(self, store: Store, writer: Writer) -> None:
        self._store, self._writer = store, writer
        self._taken: dict[str, frozenset[int]] = {}

    async def begin(self, held: Held) -> None:
        """Nothing: what waits is in the store."""

    async def turn(self, held: Held, crew: Crew) -> float:
        """Send out some of what waits; no time at all until the next turn where there was some and there is room."""
        tenant = held.call.tenant
        landscape = self._writer.landscapes[tenant]
        if held.source != leader(landscape) or not crew.room:
            return IDLE
        self._taken = {name: ids for name, ids in self._taken.items() if name in crew.out}
        taken = frozenset[int]().union(*self._taken.values())
        async with self._store.glance(held.call) as tx:
            is_all = loads(landscape) <= await read_sweeps(tx, tenant)
            found = await ripe(tx, tenant, Wanted(seeds=ORDERS, size=MOST, is_all=is_all, taken=taken))
        if not found:
            return IDLE
        name = f"staged {found[0].id}"
        self._taken[name] = frozenset(one.id for one in found)
        crew.send(self._apply(found, worker_call(tenant)), name)
        return 0.0

    async def _apply(self, found: Sequence[Staged], call: Call) -> None:
        async def write(part: Sequence[Staged]) -> None:
            await write_seen(self._writer, call, _work(part))

        for one in await apply_each(found, write):
            seen = one.observation.seen
            hint = spoilt_hint(one.observation.source, seen.kind, seen.source_id)
            await self._writer.write(call, Work(hints=(hint,), staged=(one.id,)))


def leader(landscape: Landscape) -> str | None:
    """The source whose owner musters for the tenant."""
    return min((name for name, one in landscape.sources.items() if not one.is_retired), default=None)


def loads(landscape: Landscape) -> frozenset[tuple[str, Kind, str]]:
    """The sweeps, by source, kind and name, whose first runs put aside what they read."""
    return frozenset(
        (name, kind, sweep.name)
        for name, binding in landscape.sources.items()
        if not binding.is_retired
        for kind, sweeps in binding.manifest.sweeps.items()
        if kind in STAGED
        for sweep in sweeps
        if sweep.strategy is not Delta.HINT
    )


def ties(tenant: str, seen: Observation) -> Collection[int]:
    """Numbers of the keys by which an object may belong to an order, or an order to it."""
    keys = [SlotKey(seen.source, seen.seen.kind, seen.seen.source_id).own]
    if seen.seen.content is not None:
        keys += [key for key in (*seen.seen.content.bears, *seen.seen.content.refers) if _ties(key.scheme)]
    return {lock_number(tenant, lock_name(key)) for key in keys}


@lru_cache(maxsize=1024)
def _ties(scheme: str) -> bool:
    kind = kind_named(NaturalKey(scheme=scheme, value=""))
    return scheme not in POINTING and (kind is None or kind in FAMILY)


def _work(part: Sequence[Staged]) -> Work:
    return Work(
        observations=tuple(one.observation for one in part),
        staged=tuple(one.id for one in part),
        origin=Origin.BASELINE,
    )
