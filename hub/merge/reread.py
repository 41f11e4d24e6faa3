"""The short way of a source that tells again what is known: only intervals move, and a sweep's mark (Obs-2, D3).

The long way (`hub.merge.apply`) would load and turn the root, find that nothing differs, and write the same. It is gone
once for each record and content in each process, whose settings and release may be new; and wherever something is open
that hangs on when the record was read (`hub.store.rereads`).
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Sequence
from dataclasses import replace

from hub.call import Call
from hub.codec import digest
from hub.failpoint import reached
from hub.merge.keys import BELOW_ORDERS, RecordKey, lock_name
from hub.merge.stocktake import position_of
from hub.merge.work import Work
from hub.model.changes import Origin
from hub.model.ids import place_of_position
from hub.model.manifest import Landscape
from hub.model.observation import Observation
from hub.model.vocabulary import Kind
from hub.store.circle import lock_keys
from hub.store.cursors import mark
from hub.store.faults import StoreContended
from hub.store.hints import CLOSE_HINTS, HintServed
from hub.store.leases import fence
from hub.store.rereads import FIND_STILL, LOCK_ROOTS, MOVE_STILL, Reread
from hub.store.store import Store
from hub.store.tx import Tx

KNOWN = 20_000
"""Records of which it is remembered what they said when the long way was gone; the latest ones."""


class _Disturbed(Exception):
    """Something has moved between looking and locking: nothing is written."""


class Rereads:
    """What this process has applied, and the short way for what is told again. `store` is of role WORK."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._applied: OrderedDict[tuple[str, RecordKey], str] = OrderedDict()

    async def move(self, call: Call, work: Work, landscape: Landscape) -> Work | None:
        """Do of *work* what needs no turn; what is left, None where that is nothing.

        Raises Overtaken where its fence fell, and what the store raises.
        """
        if not _only_reads(work):
            return work
        known = self._known(call.tenant, work, landscape)
        if work.observations and not known:
            return work
        async with self._store.glance(call) as tx:
            found = {int(at) for at in await FIND_STILL.ask(tx, call.tenant, known)}
        still = [one for one in known if one.at in found]
        if work.observations and not still:
            return work
        rest = tuple(one for at, one in enumerate(work.observations) if at not in found)
        try:
            await self._write(call, still, replace(work, served=(), marks=()) if rest else work)
        except (_Disturbed, StoreContended):
            return work
        return replace(work, observations=rest) if rest else None

    def remember(self, tenant: str, work: Work) -> None:
        """The long way was gone for *work*; what a first load told goes it once more: much was not known yet."""
        if work.origin is Origin.BASELINE:
            return
        for one in work.observations:
            if one.seen.content is not None and not one.pushed:
                at = (tenant, _record(one))
                self._applied[at] = digest(one.seen.content)
                self._applied.move_to_end(at)
        while len(self._applied) > KNOWN:
            self._applied.popitem(last=False)

    def _known(self, tenant: str, work: Work, landscape: Landscape) -> list[Reread]:
        """Of what is told once, what was applied before as it is."""
        times = Counter(_record(one).slot for one in work.observations)
        found = []
        for at, one in enumerate(work.observations):
            record = _record(one)
            if one.pushed or one.seen.content is None or times[record.slot] > 1:
                continue
            if (tenant, record) not in self._applied or not _may_repeat(one, landscape):
                continue
            if self._applied[tenant, record] == (said := digest(one.seen.content)):
                found.append(_reread(at, one, said, landscape))
        return found

    async def _write(self, call: Call, still: Sequence[Reread], work: Work) -> None:
        tenant = call.tenant
        async with self._store.shard(call) as tx:
            await lock_keys(tx, tenant, frozenset(map(_lock, still)), frozenset())
            await LOCK_ROOTS.ask(tx, tenant, still)
            if work.fence is not None:
                await fence(tx, tenant, work.fence.source, work.fence.epoch)
            if len(await MOVE_STILL.ask(tx, tenant, still)) != len(still):
                raise _Disturbed
            await _close(tx, tenant, work)
        if still:
            reached("w5")


def _only_reads(work: Work) -> bool:
    """Whether a source was asked, and nothing else happens."""
    bare = replace(work, observations=(), served=(), marks=(), fence=None, origin=Work().origin)
    return bare == Work() and (work.observations != () or work.marks != ())


def _may_repeat(one: Observation, landscape: Landscape) -> bool:
    """Whether a source is asked at all: what only ever came unasked has no interval."""
    binding = landscape.sources.get(one.source)
    return binding is not None and not binding.manifest.pushes_only


def _reread(at: int, one: Observation, said: str, landscape: Landscape) -> Reread:
    content = one.seen.content
    is_stock = one.seen.kind is Kind.INVENTORY and content is not None
    position = position_of(content) if is_stock and content is not None else None
    sku, warehouse = (place_of_position(position) if position else None) or (None, None)
    return Reread(
        at=at, source=one.source, kind=one.seen.kind, source_id=one.seen.source_id, birth=one.seen.birth, hash=said,
        version=one.seen.version if landscape.sources[one.source].manifest.versions else None,
        started=one.started, finished=one.finished, sku=sku, warehouse=warehouse, below=one.seen.kind in BELOW_ORDERS,
    )  # fmt: skip


def _record(one: Observation) -> RecordKey:
    return RecordKey(one.source, one.seen.kind, one.seen.source_id, one.seen.birth)


def _lock(one: Reread) -> str:
    """What the long way locks of it as well: all stock of a source, else the object's own id."""
    if one.kind is Kind.INVENTORY:
        return f"{one.source}\x1f{Kind.INVENTORY.value}"
    return lock_name(RecordKey(one.source, one.kind, one.source_id, one.birth).slot.own)


async def _close(tx: Tx, tenant: str, work: Work) -> None:
    """The marks and hints that end with what was read."""
    for made in work.marks:
        await mark(tx, tenant, made)
    served = [HintServed(source=s.source, kind=s.kind, source_id=s.source_id, counter=s.counter) for s in work.served]
    await CLOSE_HINTS.write(tx, tenant, served)
