"""Step 2 over a batch: every observation beside what is held of its object, slot by slot (Obs-1 to Obs-3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from hub.codec import digest
from hub.merge import keep
from hub.merge.keep import Answer, Habits, Held, Slot, Span
from hub.merge.keys import RecordKey, SlotKey
from hub.merge.shelf import MilestoneKey, Shelf
from hub.model.cases import ExceptionCode
from hub.model.manifest import Landscape, Manifest
from hub.model.observation import Content, MilestoneClaim, Observation
from hub.model.vocabulary import Kind
from hub.store.milestones import MilestoneRow
from hub.store.records import AbsenceRow, RecordRow, Rival


@dataclass(slots=True, kw_only=True)
class Observed:
    """What step 2 found beside the rows it changed."""

    slots: dict[SlotKey, Observation] = field(default_factory=dict)
    """Every slot that was looked at, and the last observation of it."""
    kept: int = 0
    kinds: set[Kind] = field(default_factory=set)
    """Of what was kept."""
    doubts: set[SlotKey] = field(default_factory=set)
    """Read them again."""
    told: set[SlotKey] = field(default_factory=set)
    """A body that is worth no more than a hint."""
    suspicions: set[tuple[SlotKey, ExceptionCode]] = field(default_factory=set)
    reborn: set[RecordKey] = field(default_factory=set)
    """New births of ids that were known by another."""
    raws: dict[str, Any] = field(default_factory=dict)  # Any: the vendor's own JSON

    def join(self, other: Observed) -> None:
        """Remember what *other* found of other slots, but for what is written with its own rows."""
        self.slots |= other.slots
        self.kept += other.kept
        self.kinds |= other.kinds
        self.doubts |= other.doubts
        self.told |= other.told


def slot_of(shelf: Shelf, key: SlotKey, births: Sequence[RecordKey]) -> Slot:
    """What is held of a slot, of which *births* are known, as `keep` sees it."""
    absence = shelf.absences.get(key)
    return Slot(
        births={record.birth: _held(shelf.records[record]) for record in births},
        absence=None if absence is None else Span(started=absence.started, finished=absence.finished),
    )


def observe(shelf: Shelf, observations: tuple[Observation, ...], landscape: Landscape) -> Observed:
    """Keep or drop *observations* on *shelf*. Records that are new have no entity yet: it is the empty text."""
    found = Observed()
    births = shelf.births()
    by_slot: dict[SlotKey, list[Observation]] = {}
    for seen in observations:
        by_slot.setdefault(SlotKey(seen.source, seen.seen.kind, seen.seen.source_id), []).append(seen)
    for key, seens in by_slot.items():
        manifest = _manifest(landscape, key.source)
        found.slots[key] = seens[-1]
        before = after = slot_of(shelf, key, births.get(key, ()))
        for seen in seens:
            if counts(seen, manifest):
                after = _take(after, seen, manifest, found)
                note_milestones(shelf, seen)
            else:
                found.told.add(key)
        found.reborn |= {
            RecordKey(*key, birth) for birth in after.births if before.births and birth not in before.births
        }
        _put_back(shelf, key, before, after)
    return found


def counts(seen: Observation, manifest: Manifest | None) -> bool:
    """Whether an observation is more than a hint: it was asked for, or it was pushed with a version that decides."""
    if not seen.pushed or manifest is None:
        return not seen.pushed
    return manifest.pushes_only or (manifest.versions and seen.seen.version is not None)


def _manifest(landscape: Landscape, source: str) -> Manifest | None:
    binding = landscape.sources.get(source)
    return None if binding is None else binding.manifest


def _take(slot: Slot, seen: Observation, manifest: Manifest | None, found: Observed) -> Slot:
    key = SlotKey(seen.source, seen.seen.kind, seen.seen.source_id)
    habits = Habits() if manifest is None else Habits(versions=manifest.versions, pushes_only=manifest.pushes_only)
    span = Span(started=None if seen.pushed else seen.started, finished=seen.finished)
    if seen.seen.content is None:
        kept = keep.take_absence(slot, span, habits)
    else:
        answer = _answer(seen, span)
        kept = keep.take(slot, seen.seen.birth, answer, habits)
        if kept.moved is keep.Moved.CONTENT:
            found.kept += 1
            found.kinds.add(seen.seen.kind)
            _note_raw(kept.slot.births[seen.seen.birth].answer, answer, seen, found)
    if kept.doubt:
        found.doubts.add(key)
    found.suspicions |= {(key, code) for code in kept.cases}
    return kept.slot


def _answer(seen: Observation, span: Span) -> Answer:
    one = seen.seen
    ref = None if one.raw is None else f"{seen.source}/{one.kind.value}/{one.source_id}/{one.birth}"
    return Answer(
        content=one.content,
        hash=digest(one.content),
        span=span,
        version=one.version,
        mapping_version=seen.mapping_version,
        correlation_id=seen.correlation_id,
        raw_ref=ref,
    )


def _note_raw(held: Answer, answer: Answer, seen: Observation, found: Observed) -> None:
    if held.hash == answer.hash and answer.raw_ref is not None:
        found.raws[answer.raw_ref] = seen.seen.raw


def _held(row: RecordRow) -> Held:
    rival = row.rival
    return Held(
        answer=Answer(
            content=row.content,
            hash=row.hash,
            span=Span(started=row.started, finished=row.finished),
            version=row.version,
            mapping_version=row.mapping_version,
            correlation_id=row.correlation_id,
            raw_ref=row.raw_ref,
        ),
        rival=None
        if rival is None
        else Answer(
            content=rival.content,
            hash=rival.hash,
            span=Span(started=rival.started, finished=rival.finished),
            version=rival.version,
            mapping_version=rival.mapping_version,
        ),
    )


def _put_back(shelf: Shelf, key: SlotKey, before: Slot, after: Slot) -> None:
    if after is before:
        return
    if after.absence is not None and after.absence != before.absence and after.absence.started is not None:
        shelf.absences[key] = AbsenceRow(
            source=key.source,
            kind=key.kind,
            source_id=key.source_id,
            started=after.absence.started,
            finished=after.absence.finished,
        )
    for birth in after.births:
        record = RecordKey(*key, birth)
        row = _row(record, after, shelf.records.get(record), shelf)
        if row != shelf.records.get(record):
            shelf.records[record] = row


def _row(record: RecordKey, slot: Slot, was: RecordRow | None, shelf: Shelf) -> RecordRow:
    held = slot.births[record.birth]
    gone_at = slot.gone_at(record.birth)
    if gone_at is not None and was is not None and was.gone_at is not None:
        gone_at = was.gone_at
    return RecordRow(
        source=record.source,
        kind=record.kind,
        source_id=record.source_id,
        birth=record.birth,
        entity_id="" if was is None else was.entity_id,
        content=_content(held.answer),
        hash=held.answer.hash,
        started=held.answer.span.started,
        finished=held.answer.span.finished,
        version=held.answer.version,
        mapping_version=held.answer.mapping_version,
        raw_ref=held.answer.raw_ref,
        correlation_id=held.answer.correlation_id,
        rival=None if held.rival is None else _rival(held.rival),
        gone_at=gone_at,
        in_doubt=slot.is_in_doubt(record.birth),
        first_seen_at=shelf.now if was is None else was.first_seen_at,
    )


def _content(answer: Answer) -> Content:
    content: Content = answer.content
    return content


def _rival(answer: Answer) -> Rival:
    return Rival(
        content=_content(answer),
        hash=answer.hash,
        started=answer.span.started,
        finished=answer.span.finished,
        version=answer.version,
        mapping_version=answer.mapping_version,
    )


def note_milestones(shelf: Shelf, seen: Observation) -> None:
    """Mark-1: every observation tells its milestones, kept or dropped; what was told once is not told again."""
    if seen.seen.content is None:
        return
    record = RecordKey(seen.source, seen.seen.kind, seen.seen.source_id, seen.seen.birth)
    for claim in seen.seen.content.milestones:
        key = MilestoneKey(record, claim.part, claim.milestone, claim.occurred_at, claim.reverses)
        if key not in shelf.milestones:
            shelf.milestones[key] = _milestone(record, claim, seen, shelf)


def _milestone(record: RecordKey, claim: MilestoneClaim, seen: Observation, shelf: Shelf) -> MilestoneRow:
    return MilestoneRow(
        source=record.source,
        kind=record.kind,
        source_id=record.source_id,
        birth=record.birth,
        part=claim.part,
        milestone=claim.milestone,
        occurred_at=claim.occurred_at,
        reverses=claim.reverses,
        entity_id="",
        started=None if seen.pushed else seen.started,
        finished=seen.finished,
        version=seen.seen.version,
        first_seen_at=shelf.now,
    )
