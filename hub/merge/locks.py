"""Step 1 of the one writer: what to lock, and what to do where it turns out to be too little.

Order: lease rows are shared by owners' fences, keys (advisory, sorted, one statement), roots (sorted), deliveries.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from hub.merge import load
from hub.merge.forget import slots_of
from hub.merge.keys import RecordKey, SlotKey, lock_name
from hub.merge.signs import lock_names
from hub.merge.work import Work
from hub.model.command import SubmitCommand
from hub.model.observation import Content, NaturalKey
from hub.model.schemes import POINTING
from hub.model.vocabulary import Kind
from hub.store import circle
from hub.store.circle import KeyAsked, SlotAsked
from hub.store.deliveries import whereabouts
from hub.store.records import RecordRow
from hub.store.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Wider:
    """What a first try learned must be locked too."""

    roots: frozenset[str] = frozenset()
    keys: frozenset[tuple[NaturalKey, Kind]] = frozenset()
    skus: frozenset[str] = frozenset()
    """Items of which orders want to hold something back."""

    def and_also(self, other: Wider) -> Wider:
        """Both."""
        return Wider(roots=self.roots | other.roots, keys=self.keys | other.keys, skus=self.skus | other.skus)


class Widened(Exception):
    """The locks do not suffice: roll back and start again with the wider set. Never leaves `hub.merge`."""

    def __init__(self, wider: Wider) -> None:
        super().__init__("the locks do not suffice")
        self.wider = wider


@dataclass(slots=True, kw_only=True)
class Reach:
    """What a work touches, as far as can be told before anything is locked."""

    slots: set[SlotKey] = field(default_factory=set)
    records: Mapping[RecordKey, RecordRow] = field(default_factory=dict)
    """Of the slots, as they stood before the locks."""
    bears: dict[NaturalKey, Kind] = field(default_factory=dict)
    refers: dict[NaturalKey, Kind] = field(default_factory=dict)
    changed: set[NaturalKey] = field(default_factory=set)
    """Keys whose bearer may be another afterwards."""
    signs: set[str] = field(default_factory=set)
    """Names of what others may look like it by: held, so that of two at once the later one sees the other."""
    roots: set[str] = field(default_factory=set)
    named: str | None = None
    """The order that a command or a decision is about, after merges."""
    sources: Mapping[str, str] = field(default_factory=dict)
    """Delivery that is settled -> its source."""
    woken: frozenset[SlotKey] = frozenset()
    """Slots of roots that are looked at again without any observation, and those that are to be forgotten."""


async def reach_of(tx: Tx, tenant: str, work: Work, wider: Wider) -> Reach:
    """Look, without locks, at what *work* bears, refers to and settles."""
    reach = Reach(slots={SlotKey(one.source, one.seen.kind, one.seen.source_id) for one in work.observations})
    reach.roots |= set(work.wake) | wider.roots
    named = [one.delivery_id for one in work.settlements] + [one.delivery_id for one in work.by_hand]
    settled = await whereabouts(tx, tenant, tuple(named))
    reach.roots |= {one.root_id for one in settled.values()}
    reach.roots |= {one.root_id for one in work.casework}
    reach.sources = {name: one.source for name, one in settled.items()}
    for order in _orders_named(work):
        reach.named = await circle.current(tx, tenant, Kind.ORDER, order)
        reach.roots |= set() if reach.named is None else {reach.named}
    woken = load.records(await circle.records_under(tx, tenant, sorted(work.wake)))
    reach.woken = frozenset(key.slot for key in woken) | slots_of(work)
    reach.slots |= reach.woken
    reach.records = load.records(await circle.records_of(tx, tenant, _asked(reach.slots)))
    note_keys(reach, work)
    for key, kind in wider.keys:
        reach.bears[key] = kind
        reach.changed.add(key)
    return reach


def note_keys(reach: Reach, work: Work) -> None:
    """Which keys the records at hand and *work*'s observations bear and refer to, and which of them may move."""
    known: dict[SlotKey, list[RecordKey]] = {}
    for record, row in reach.records.items():
        known.setdefault(record.slot, []).append(record)
        reach.bears |= dict.fromkeys((record.slot.own, *row.content.bears), record.kind)
        reach.refers |= dict.fromkeys(row.content.refers, record.kind)
        reach.signs |= set(lock_names(row.content))
        reach.bears |= dict.fromkeys(_pointers(row.content), record.kind)
        if record.slot in reach.woken:
            reach.changed |= {record.slot.own, *row.content.bears}
    for one in work.observations:
        slot = SlotKey(one.source, one.seen.kind, one.seen.source_id)
        reach.bears[slot.own] = slot.kind
        if one.seen.content is None:
            continue
        reach.bears |= dict.fromkeys(one.seen.content.bears, slot.kind)
        reach.refers |= dict.fromkeys(one.seen.content.refers, slot.kind)
        reach.signs |= set(lock_names(one.seen.content))
        reach.bears |= dict.fromkeys(_pointers(one.seen.content), slot.kind)
        new = {*one.seen.content.bears, *_pointers(one.seen.content)}
        births = known.get(slot, [])
        if RecordKey(*slot, one.seen.birth) not in births:
            reach.changed |= new | {slot.own}
        for record in births:
            old = reach.records[record].content
            reach.changed |= new ^ {*old.bears, *_pointers(old)}


async def lock(tx: Tx, tenant: str, reach: Reach) -> circle.Asked:
    """Lock the keys, then find the roots that they lead to; what to ask for once those are locked too."""
    question = load.asked(
        sorted(reach.slots),
        [
            KeyAsked(scheme=key.scheme, value=key.value, kind=kind, borne=borne, changed=borne and key in reach.changed)
            for borne, keys in ((True, reach.bears), (False, reach.refers))
            for key, kind in sorted(keys.items())
        ],
    )
    owned = frozenset(lock_name(key) for key in reach.bears) | reach.signs
    await circle.lock_keys(tx, tenant, owned, frozenset(lock_name(key) for key in reach.refers) - owned)
    reach.roots |= await circle.roots_around(tx, tenant, question)
    return question


def unmoved(reach: Reach, records: Mapping[RecordKey, RecordRow]) -> None:
    """Raise Widened where a record of the slots was replaced between looking and locking: its keys are others."""
    now = {key: row.hash for key, row in records.items() if key.slot in reach.slots}
    if now != {key: row.hash for key, row in reach.records.items()}:
        raise Widened(Wider())


def demand(locked: Iterable[str], reach: Reach, wanted: Wider) -> None:
    """Raise Widened where a root in *wanted* is not locked, or a key in it was not asked for as one that may move."""
    roots = wanted.roots - set(locked)
    keys = frozenset((key, kind) for key, kind in wanted.keys if key not in reach.changed)
    if roots or keys:
        raise Widened(Wider(roots=roots, keys=keys))


def _orders_named(work: Work) -> Iterable[str]:
    """Ids of the orders that a command or a decision is about."""
    if work.command is not None and not isinstance(work.command.command, SubmitCommand):
        yield work.command.command.order_id
    if work.holding is not None:
        yield work.holding.order_id
    if work.approving is not None:
        yield work.approving.order_id


def _pointers(content: Content) -> list[NaturalKey]:
    """References that are held as if they were borne: whom they lead to hangs on all who point at it."""
    return [key for key in content.refers if key.scheme in POINTING]


def _asked(slots: Iterable[SlotKey]) -> list[SlotAsked]:
    return [SlotAsked(source=slot.source, kind=slot.kind, source_id=slot.source_id) for slot in sorted(slots)]
