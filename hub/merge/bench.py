"""What one application of a work has in hand, from the first look to the last write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hub.call import Call
from hub.flow.facts import CaseWanted
from hub.merge.forget import Forgotten
from hub.merge.join import Joined
from hub.merge.keys import SlotKey
from hub.merge.locks import Reach
from hub.merge.observe import Observed
from hub.merge.shelf import Shelf
from hub.merge.stock_ground import Counting
from hub.merge.telling import Cause
from hub.merge.work import Work
from hub.model.approval import NamedRule
from hub.model.cases import CaseQueue, ExceptionCode, RootCause, Severity
from hub.model.command import Consequence
from hub.model.manifest import Landscape
from hub.model.policy import NamedReturns
from hub.store.hints import HintRow, HintServed

DOUBT_PRIORITY = 4
TOLD_PRIORITY = 3
SETTLED_PRIORITY = 2


@dataclass(slots=True, kw_only=True)
class Bench:
    """The work, both shelves, and what the steps found."""

    call: Call
    work: Work
    landscape: Landscape
    reach: Reach
    before: Shelf
    shelf: Shelf
    observed: Observed = field(default_factory=Observed)
    joined: Joined = field(default_factory=Joined)
    stock: Counting | None = None
    """Where some of the observations are of stock."""
    forgotten: Forgotten = field(default_factory=Forgotten)
    refused: tuple[str, ...] = ()
    consequences: tuple[Consequence, ...] = ()
    rules: tuple[NamedRule, ...] = ()
    """Which commands somebody must approve: read where the work has one."""
    returns: tuple[NamedReturns, ...] = ()
    """What may come back: read where the work has a command about that."""
    cases: dict[str, list[CaseWanted]] = field(default_factory=dict)
    """By root: what happened, beside what assemble and flow find to be so."""

    def roots_of(self, slot: SlotKey) -> set[str]:
        """Roots of the entities that records of a slot belong to."""
        return {
            self.shelf.entities[row.entity_id].root_id
            for key, row in self.shelf.records.items()
            if key.slot == slot and row.entity_id in self.shelf.entities
        }


def causes(bench: Bench) -> dict[str, Cause]:
    """Why each root was looked at: the last observation of something under it."""
    found = {}
    entities = {key: row.entity_id for key, row in bench.shelf.records.items()}
    by_slot: dict[SlotKey, set[str]] = {}
    for key, entity in entities.items():
        by_slot.setdefault(key.slot, set()).add(entity)
    for slot, seen in bench.observed.slots.items():
        mine = seen.correlation_id in ("", bench.call.correlation_id)
        cause = Cause(
            correlation_id=seen.correlation_id or bench.call.correlation_id,
            traceparent=bench.call.traceparent if mine else None,
            causation_id=f"{slot.source}/{slot.kind.value}/{slot.source_id}",
        )
        for entity in by_slot.get(slot, ()):
            if entity in bench.shelf.entities:
                found[bench.shelf.entities[entity].root_id] = cause
    return found


def cause_of(bench: Bench) -> Cause:
    """Why the work as a whole is done."""
    what = None
    if bench.work.commands:
        what = bench.work.commands[0].id
    elif bench.work.settlements:
        what = bench.work.settlements[0].delivery_id
    return Cause(correlation_id=bench.call.correlation_id, causation_id=what, traceparent=bench.call.traceparent)


def happened(bench: Bench) -> dict[str, list[CaseWanted]]:
    """Cases of what was noticed in steps 2 and 3, by root; they only grow."""
    found: dict[str, list[CaseWanted]] = {}

    def add(root: str, case: CaseWanted) -> None:
        found.setdefault(root, []).append(case)

    for slot, code in sorted(bench.observed.suspicions):
        for root in bench.roots_of(slot):
            add(root, suspicion(slot, code))
    for record in sorted(bench.observed.reborn):
        entity = bench.shelf.entities.get(bench.shelf.records[record].entity_id)
        if entity is not None:
            add(entity.root_id, _rebirth(record.slot, record.birth))
    for record, home in bench.joined.departures:
        for root in bench.roots_of(record.slot) | ({home} & bench.shelf.roots.keys()):
            add(root, _departure(record.slot))
    for survivor, kept, other in bench.joined.doubled:
        words = (
            f"{kept.key} may have been carried out twice: {kept.reference or kept.id} and {other.reference or other.id}"
        )
        add(survivor, _case(ExceptionCode.DUPLICATE_ORDER, f"DELIVERY:{kept.key}", words, severity=Severity.S1))
    return found


def hints(bench: Bench, settled: Mapping[SlotKey, float]) -> tuple[HintRow, ...]:
    """What to read again, each object once, in a fixed order: asked for, told by a body without version, in doubt.

    *settled*: objects that a delivery has just changed, and how many seconds their source's reads may lag (Own-1).
    """
    found = {slot: _hint(bench, slot, "settled", SETTLED_PRIORITY, wait) for slot, wait in settled.items()}
    asked = [
        *((SlotKey(one.source, one.kind, one.source_id), one.reason, one.priority) for one in bench.work.hints),
        *((slot, "webhook", TOLD_PRIORITY) for slot in bench.observed.told),
        *((slot, "doubt", DOUBT_PRIORITY) for slot in bench.observed.doubts),
    ]
    for slot, reason, priority in asked:
        known = found.get(slot)
        if known is None or (slot not in settled and priority < known.priority):
            found[slot] = _hint(bench, slot, reason, priority)
    return tuple(found[slot] for slot in sorted(found))


def served(bench: Bench) -> tuple[HintServed, ...]:
    """Hints that the observations serve."""
    return tuple(
        HintServed(source=one.source, kind=one.kind, source_id=one.source_id, counter=one.counter)
        for one in bench.work.served
    )


def _hint(bench: Bench, slot: SlotKey, reason: str, priority: int, wait: float = 0.0) -> HintRow:
    seen = bench.observed.slots.get(slot)
    return HintRow(
        source=slot.source,
        kind=slot.kind,
        source_id=slot.source_id,
        reason=reason,
        priority=priority,
        wait_seconds=wait,
        correlation_id=(seen.correlation_id if seen else "") or bench.call.correlation_id,
    )


_SUSPICIONS = {
    ExceptionCode.SOURCE_WENT_BACK: "answered with an older version than before: was it restored from a backup?",
    ExceptionCode.VERSION_REPEATED: "used one version number for two contents",
}


def suspicion(slot: SlotKey, code: ExceptionCode) -> CaseWanted:
    """The case of a source whose versions lie."""
    name = f"{slot.source} {slot.kind.value} {slot.source_id}"
    return _case(
        code, f"{slot.source}/{slot.kind.value}/{slot.source_id}", f"{name}: the source {_SUSPICIONS[code]}", slot
    )


def _rebirth(slot: SlotKey, birth: str) -> CaseWanted:
    words = f"{slot.source} uses the id {slot.source_id} again, for another {slot.kind.value}"
    key = f"REBORN:{slot.source}/{slot.kind.value}/{slot.source_id}/{birth}"
    return _case(ExceptionCode.OTHER, key, words, slot, severity=Severity.S4)


def _departure(slot: SlotKey) -> CaseWanted:
    words = f"{slot.source} {slot.kind.value} {slot.source_id} no longer belongs to this order: its reference changed"
    key = f"LEFT:{slot.source}/{slot.kind.value}/{slot.source_id}"
    return _case(ExceptionCode.ORDER_CONFLICT, key, words, slot)


def _case(
    code: ExceptionCode, key: str, title: str, slot: SlotKey | None = None, *, severity: Severity = Severity.S2
) -> CaseWanted:
    return CaseWanted(
        code=code,
        dedup_key=f"{code.value}:{key}",
        title=title,
        severity=severity,
        queue=CaseQueue.CS if slot is None else CaseQueue.INTEGRATION,
        root_cause=RootCause.CONCURRENCY if slot is None else RootCause.DATA_QUALITY,
        source=None if slot is None else slot.source,
        grows_only=True,
    )
