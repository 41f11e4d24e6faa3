"""Serving hints: read again what may have changed, the most urgent first (Obs-2). A duty of `hub.gate.tend`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from hub.call import Call, worker_call
from hub.errors import HubError, NotOffered, Overtaken, SourceGarbled
from hub.failpoint import reached
from hub.gate.crew import Crew
from hub.gate.errand import Errand, Urgency
from hub.gate.gate import Gate
from hub.gate.health import Side
from hub.gate.lookout import Lookout
from hub.gate.owner import Held
from hub.intake.applying import apply_each, write_seen
from hub.merge.work import Fence, HintRaise, ServedHint, Work
from hub.merge.writer import Writer
from hub.model.finding import asked_for
from hub.model.observation import Observation, Seen
from hub.model.vocabulary import Kind
from hub.ports import Failed, Found, Missing, Question
from hub.store.open_hints import OpenHint, back_off, open_hints
from hub.store.store import Store
from hub.telemetry import logger

log = logger(__name__)

IDLE = 0.1  # seconds between looks
RESTING = 1.0  # seconds between looks while the source is left alone
BATCHES = 2  # reads under way at once
NOT_APPLIED = "the hub cannot apply what it says: see its log"
ALONE_FROM = 2  # failed reads after which an object is read by itself: it may be what spoils the others' answer


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answered:
    """A hint and what the source said; `seen` empty: nothing, because it is not there."""

    hint: OpenHint
    seen: tuple[Seen, ...]
    started: datetime
    finished: datetime


class Hints:
    """Serves the hints of one source while this worker holds it. `store` is of role WORK."""

    def __init__(self, store: Store, writer: Writer, gate: Gate, lookout: Lookout) -> None:
        self._store = store
        self._lookout = lookout
        self._writer = writer
        self._gate = gate
        self.size = BATCHES * max((read.batch for read in gate.binding.manifest.reads.values()), default=1)
        """Hints under way at once."""

    async def begin(self, held: Held) -> None:
        """Nothing: a hint that was not served is still open."""

    async def turn(self, held: Held, crew: Crew) -> float:
        """Send out reads for the most urgent hints; seconds until the next look."""
        rests = self._gate.rests(Side.READ)
        if rests > 0:
            return min(rests, RESTING)
        if crew.room and _where(held) in (await self._lookout.due()).hinted:
            async with self._store.glance(held.call) as tx:
                hints = await open_hints(tx, _where(held), crew.room, list(crew.out))
            for batch in self._batches(hints):
                crew.send(self._serve(held, batch), *(hint.name for hint in batch))
        return IDLE

    def _batches(self, hints: Sequence[OpenHint]) -> Iterable[tuple[OpenHint, ...]]:
        """Hints of one kind, first tries apart from retries, at most as many as one read takes."""
        may_retry = self._gate.may_retry
        for (kind, tries), found in groupby(sorted(hints, key=_group), key=_group):
            if tries and not may_retry:
                continue
            read = self._gate.binding.manifest.reads.get(kind)
            size = 1 if read is None or tries >= ALONE_FROM else read.batch
            everything = list(found)
            wanted = [hint for hint in everything if asked_for(hint.source_id) is None]
            yield from ((hint,) for hint in everything if asked_for(hint.source_id) is not None)
            yield from (tuple(wanted[start : start + size]) for start in range(0, len(wanted), size))

    async def _serve(self, held: Held, batch: tuple[OpenHint, ...]) -> None:
        # The counters were noted when the hints were taken, before this read starts.
        identifier = asked_for(batch[0].source_id)
        if identifier is not None:
            return await self._find(held, batch[0], identifier)
        kind, ids = batch[0].kind, [hint.source_id for hint in batch]
        if kind not in self._gate.binding.manifest.reads:
            return await self._close(held, batch, f"{kind.value} is not read at this source")
        started = await self._now(held)
        try:
            answers = await self._gate.read(_errand(held, batch), kind, ids)
        except NotOffered as never:
            return await self._close(held, batch, never.message)
        except Overtaken:
            raise
        except HubError as error:
            log.info("hints.read_failed", source=held.source, kind=kind.value, count=len(ids), error=error.message)
            # where the source was not even asked, nothing failed: they go out again as soon as it may be
            if error.facts.get("unasked"):
                return None
            why = error.message if len(ids) == 1 and isinstance(error, SourceGarbled) else None
            return await self._later(held, kind, dict.fromkeys(ids, why))
        finished = await self._now(held)
        reached("w4")
        told = [
            _Answered(hint=hint, seen=seen, started=started, finished=finished)
            for hint in batch
            if (seen := _seen(hint, answers)) is not None
        ]
        known = {one.hint.source_id for one in told}
        unread = {one: _why(answers.get(one)) for one in ids if one not in known}
        if told:
            spoilt = await apply_each(told, lambda part: self._apply(held, part))
            unread |= {one.hint.source_id: NOT_APPLIED for one in spoilt}
        if unread:
            log.info("hints.unread", source=held.source, kind=kind.value, count=len(unread), error=min(unread.values()))
        await self._later(held, kind, unread)
        return None

    async def _find(self, held: Held, hint: OpenHint, identifier: str) -> None:
        """Ask what an identifier names that nobody knew, and for a read of each. Asked once: somebody waits for it."""
        question = Question(name="order.find", facts={"identifier": identifier})
        try:
            answer = await self._gate.ask(_errand(held, (hint,)), question)
        except Overtaken:
            raise
        except HubError as error:
            return await self._close(held, (hint,), error.message)
        hints = tuple(
            HintRaise(source=held.source, kind=hint.kind, source_id=one, reason="freshness", priority=hint.priority)
            for one in answer.ids
        )
        fence = Fence(source=held.source, epoch=held.epoch)
        work = Work(hints=hints, served=(_served(held, hint),), fence=fence)
        await self._writer.write(_call(held, (hint,)), work)
        return None

    async def _apply(self, held: Held, part: Sequence[_Answered]) -> None:
        version = self._gate.binding.manifest.mapping_version
        work = Work(
            observations=tuple(
                Observation(
                    source=held.source,
                    seen=seen,
                    started=one.started,
                    finished=one.finished,
                    mapping_version=version,
                    correlation_id=one.hint.correlation_id,
                )
                for one in part
                for seen in one.seen
            ),
            served=tuple(_served(held, one.hint) for one in part),
            fence=Fence(source=held.source, epoch=held.epoch),
        )
        await write_seen(self._writer, _call(held, [one.hint for one in part]), work)

    async def _close(self, held: Held, batch: Sequence[OpenHint], words: str) -> None:
        log.warning("hints.never_served", source=held.source, kind=batch[0].kind.value, count=len(batch), reason=words)
        work = Work(served=tuple(_served(held, hint) for hint in batch))
        await self._writer.write(held.call, work)

    async def _later(self, held: Held, kind: Kind, failed: Mapping[str, str | None]) -> None:
        if failed:
            async with self._store.shard(held.call) as tx:
                await back_off(tx, _where(held), kind, failed)

    async def _now(self, held: Held) -> datetime:
        async with self._store.glance(held.call) as tx:
            return await tx.now()


def _seen(hint: OpenHint, answers: Mapping[str, Found | Missing | Failed]) -> tuple[Seen, ...] | None:
    """What the answer shows; None where there is none for this object."""
    answer = answers.get(hint.source_id)
    if isinstance(answer, Found):
        return answer.seen
    if isinstance(answer, Missing):
        return (Seen(kind=hint.kind, source_id=hint.source_id, content=None),)
    return None


def _why(answer: Found | Missing | Failed | None) -> str:
    return answer.reason if isinstance(answer, Failed) else "the source's answer leaves it out"


def _served(held: Held, hint: OpenHint) -> ServedHint:
    return ServedHint(source=held.source, kind=hint.kind, source_id=hint.source_id, counter=hint.counter)


def _errand(held: Held, batch: Sequence[OpenHint]) -> Errand:
    return Errand(
        call=_call(held, batch),
        urgency=Urgency.HINT,
        epoch=held.epoch,
        attempt=1 + batch[0].attempts,
        also=tuple(hint.correlation_id for hint in batch if hint.correlation_id),
    )


def _call(held: Held, batch: Sequence[OpenHint]) -> Call:
    return worker_call(held.call.tenant, correlation=batch[0].correlation_id or None)


def _group(hint: OpenHint) -> tuple[Kind, int]:
    return hint.kind, min(hint.attempts, ALONE_FROM)


def _where(held: Held) -> tuple[str, str]:
    return held.call.tenant, held.source
