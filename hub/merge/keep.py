"""Step 2 of the one writer: keep or drop what a source said about one object (Obs-1 to Obs-3). Pure.

Everything here is about one slot: one source id of one source and kind, with all its births. Instants are the
database's; None stands for minus infinity, the start of what was pushed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from hub.model.cases import ExceptionCode

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Verdict(StrEnum):
    """What an answer is beside the one that is kept."""

    NEWER = "NEWER"
    SAME = "SAME"
    OLDER = "OLDER"
    UNCLEAR = "UNCLEAR"


class Moved(StrEnum):
    """What an observation moved. MORE: presence or doubt, so the entities must be looked at again."""

    CONTENT = "CONTENT"
    MORE = "MORE"
    INTERVAL = "INTERVAL"
    NOTHING = "NOTHING"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """When a source was asked. `started` None: it was pushed, so true at some time before it came."""

    started: datetime | None
    finished: datetime

    def is_after(self, finished: datetime) -> bool:
        """Whether all of it lies after *finished*."""
        return self.started is not None and self.started > finished

    def meets(self, other: Span) -> bool:
        """Whether the two overlap."""
        return not self.is_after(other.finished) and not other.is_after(self.finished)

    def later_ends(self, other: Span) -> Span:
        """One content seen twice: something in it was true, and nothing newer is hidden by it."""
        if other.started is None:
            return self
        started = other.started if self.started is None else max(self.started, other.started)
        moved = Span(started=started, finished=max(self.finished, other.finished))
        return self if moved == self else moved


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer about one birth. `content` is opaque here: `hash` decides equality and ties."""

    content: Any = field(compare=False)  # Any: opaque here
    hash: str
    span: Span
    version: int | None = None
    mapping_version: int = 1
    correlation_id: str = field(default="", compare=False)
    raw_ref: str | None = field(default=None, compare=False)

    @property
    def rank(self) -> tuple[datetime, str]:
        """The order that settles what intervals leave open: the later start, then the greater hash."""
        return self.span.started or _LONG_AGO, self.hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The answer the hub keeps for one birth, and of the dropped ones that overlap it the one that ranks last."""

    answer: Answer
    rival: Answer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """All that is held about one source id."""

    births: Mapping[str, Held] = field(default_factory=dict)
    absence: Span | None = None
    """Asked, and not found: belongs to the id, kept even where nothing was ever seen."""

    def against(self, birth: str) -> list[Span]:
        """When the id was asked and the answer was not this birth."""
        others = [held.answer.span for key, held in sorted(self.births.items()) if key != birth]
        return others if self.absence is None else [self.absence, *others]

    def gone_at(self, birth: str) -> datetime | None:
        """None while the birth lives; else the end of the first answer without it that began after its last one."""
        held = self.births[birth]
        last = max([held.answer.span.finished] + ([held.rival.span.finished] if held.rival else []))
        return min((span.finished for span in self.against(birth) if span.is_after(last)), default=None)

    def is_in_doubt(self, birth: str) -> bool:
        """Whether answers that overlap say something else: stale until the object is read again."""
        held = self.births[birth]
        if self.gone_at(birth) is not None:
            return False
        rivals = [held.rival.span] if held.rival else []
        return any(span.meets(held.answer.span) for span in [*rivals, *self.against(birth)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """What the manifest says of a source's answers."""

    versions: bool = False
    pushes_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What became of one observation."""

    slot: Slot
    moved: Moved = Moved.NOTHING
    doubt: bool = False
    """Ask the source again: raise a hint."""
    cases: tuple[ExceptionCode, ...] = ()


def take(slot: Slot, birth: str, answer: Answer, habits: Habits) -> Kept:
    """What is held once *answer* about *birth* is kept or dropped (Obs-2)."""
    if answer.version is not None and not (habits.versions or habits.pushes_only):
        answer = replace(answer, version=None)
    held = slot.births.get(birth)
    verdict = Verdict.NEWER if held is None else compare(answer, held.answer)
    cases = () if held is None else _distrusted(answer, held.answer)
    after = _with(slot, birth, _merged(held, answer, verdict))
    doubted = verdict is Verdict.UNCLEAR or _meets_others(after, birth)
    after = _bury(after)
    return Kept(slot=after, moved=_moved(slot, after, birth), doubt=doubted and not habits.pushes_only, cases=cases)


def take_absence(slot: Slot, span: Span, habits: Habits) -> Kept:
    """What is held once the source said that it knows no such object (Obs-3)."""
    absence = span if slot.absence is None else slot.absence.later_ends(span)
    after = replace(slot, absence=absence)
    doubted = any(_meets_others(after, birth) for birth in after.births)
    after = _bury(after)
    moved = Moved.NOTHING if after == slot else Moved.MORE
    return Kept(slot=after, moved=moved, doubt=doubted and not habits.pushes_only)


def compare(answer: Answer, kept: Answer) -> Verdict:
    """Versions decide where both carry one that differs, else the intervals."""
    if answer.version is not None and kept.version is not None and answer.version != kept.version:
        return Verdict.NEWER if answer.version > kept.version else Verdict.OLDER
    if answer.hash == kept.hash:
        return Verdict.SAME
    if answer.version is not None and answer.version == kept.version and answer.span.started is None:
        return Verdict.NEWER if answer.hash > kept.hash else Verdict.OLDER
    if answer.span.is_after(kept.span.finished):
        return Verdict.NEWER
    return Verdict.OLDER if kept.span.is_after(answer.span.finished) else Verdict.UNCLEAR


def _merged(held: Held | None, answer: Answer, verdict: Verdict) -> Held:
    if held is None or verdict is Verdict.NEWER:
        return Held(answer=answer)
    if verdict is Verdict.SAME:
        span = held.answer.span.later_ends(answer.span)
        return held if span is held.answer.span else replace(held, answer=replace(held.answer, span=span))
    if verdict is Verdict.UNCLEAR and (held.rival is None or answer.rank > held.rival.rank):
        return replace(held, rival=answer)
    return held


def _distrusted(answer: Answer, kept: Answer) -> tuple[ExceptionCode, ...]:
    """A source that was restored from a backup, or whose versions lie, is a case and never silent."""
    if answer.version is None or kept.version is None:
        return ()
    if answer.version == kept.version:
        return (ExceptionCode.VERSION_REPEATED,) if answer.hash != kept.hash else ()
    fell = answer.version < kept.version and answer.span.is_after(kept.span.finished)
    rose = answer.version > kept.version and kept.span.is_after(answer.span.finished)
    return (ExceptionCode.SOURCE_WENT_BACK,) if fell or rose else ()


def _meets_others(slot: Slot, birth: str) -> bool:
    """Whether it was found and not found in overlapping intervals."""
    own = slot.births[birth].answer.span
    return any(span.meets(own) for span in slot.against(birth))


def _bury(slot: Slot) -> Slot:
    """No further read can decide between overlapping answers about what is gone: the one that ranks last stands."""
    for birth, held in sorted(slot.births.items()):
        if held.rival is not None and slot.gone_at(birth) is not None and held.rival.rank > held.answer.rank:
            slot = _with(slot, birth, Held(answer=held.rival))
    return slot


def _with(slot: Slot, birth: str, held: Held) -> Slot:
    return slot if slot.births.get(birth) is held else replace(slot, births={**slot.births, birth: held})


def _moved(before: Slot, after: Slot, birth: str) -> Moved:
    if after is before or after == before:
        return Moved.NOTHING
    was, now = before.births.get(birth), after.births[birth]
    if was is None or was.answer.hash != now.answer.hash:
        return Moved.CONTENT
    others = {key for key in after.births if key != birth and after.births[key] != before.births[key]}
    presence = {key: (after.gone_at(key), after.is_in_doubt(key)) for key in before.births}
    if others or presence != {key: (before.gone_at(key), before.is_in_doubt(key)) for key in before.births}:
        return Moved.MORE
    return Moved.INTERVAL
