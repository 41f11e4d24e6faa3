"""What becomes of a delivery after a call: pure decisions (design D7, reliability.md 3.3, domain.md 4.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from hub.errors import (
    HubError,
    NotOffered,
    OutcomeUnknown,
    Overtaken,
    SourceBusy,
    SourceGarbled,
    SourceMisset,
    SourceRefused,
)
from hub.merge.work import Settlement
from hub.model.intents import DeliveryState, LineGrant, Outcome, OutcomeState
from hub.model.manifest import Idempotency, Write
from hub.store.claims import OpenDelivery

ATTEMPTS = 8
FIRST_WAIT = 1.0  # seconds; doubled with each attempt
LONGEST_WAIT = 300.0
UNDECLARED = Write(idempotency=Idempotency.NONE, longest_call=timedelta())
"""Of an action that the manifest no longer offers: nothing is sent, nothing can be asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The state a delivery enters, and why. Times count from the moment it is written."""

    state: DeliveryState
    reference: str | None = None
    source_id: str | None = None
    """Of a create: what stands at the source now, which is read next."""
    grants: tuple[LineGrant, ...] = ()
    error: str | None = None
    error_class: str | None = None
    has_begun: bool = False
    wait: float = 0.0
    """Of PENDING: the longest time until the next attempt, before jitter."""
    hold: timedelta | None = None
    """Of UNKNOWN: `resolve` asks no earlier."""
    confirm: timedelta | None = None
    """Of ACCEPTED: asked for where nothing shows it by then."""


def after_call(row: OpenDelivery, write: Write, answer: Outcome | HubError) -> Verdict:
    """What an attempt to carry out means. DEAD only after an answer that nothing happened."""
    return after_answer(row, write, answer) if isinstance(answer, Outcome) else _after_error(row, write, answer)


def after_answer(row: OpenDelivery, write: Write, answer: Outcome) -> Verdict:
    """What the source said; a look also says ABSENT (try again) or PARTIAL (go on from there)."""
    if answer.state is OutcomeState.DONE:
        return Verdict(
            state=DeliveryState.DONE, reference=answer.reference, source_id=answer.source_id, grants=answer.grants
        )
    if answer.state is OutcomeState.ACCEPTED:
        return Verdict(
            state=DeliveryState.ACCEPTED, reference=answer.reference, source_id=answer.source_id, confirm=write.confirm
        )
    if answer.state is OutcomeState.REFUSED:
        return Verdict(
            state=DeliveryState.REFUSED, reference=answer.reference, grants=answer.grants, error=answer.words,
            error_class=answer.cause or "REJECTED_BY_TARGET",
        )  # fmt: skip
    if answer.state is OutcomeState.ABSENT:
        return _again(row, "the source shows nothing of it", "TRANSIENT")
    if spent(row.tries):
        return must_review("part of it is done, and it did not end after many attempts")
    return Verdict(state=DeliveryState.PENDING, has_begun=True, wait=waits(row.tries))


def doubtful(error: HubError, write: Write) -> Verdict:
    """Something may have been written up to now: ask once it has arrived and the source's reads show it."""
    is_throttled = isinstance(error, OutcomeUnknown) and error.throttled
    return Verdict(
        state=DeliveryState.UNKNOWN,
        error=error.message,
        error_class="THROTTLED" if is_throttled else "TRANSIENT",
        hold=write.longest_call + write.settle,
    )


def must_review(words: str) -> Verdict:
    """Nobody but a person can know."""
    return Verdict(state=DeliveryState.REVIEW, error=words, error_class="TRANSIENT")


def may_repeat(write: Write) -> bool:
    """Whether the source itself refuses the second effect of one key, so that asking again is no blind retry."""
    return write.idempotency in (Idempotency.KEY, Idempotency.UNIQUE)


def can_be_known(write: Write) -> bool:
    """Whether the outcome can be found out at all."""
    return write.idempotency is not Idempotency.NONE


def waits(tries: int) -> float:
    """Longest seconds until the attempt after *tries*: 1, 2, 4 ... at most five minutes."""
    return min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(tries - 1, 16))


def spent(tries: int) -> bool:
    """Whether this was the last attempt of what its row carries. A person who has it sent again gives it as many
    more; so does new content.
    """
    return tries > 0 and tries % ATTEMPTS == 0


def settlement(row: OpenDelivery, epoch: int, verdict: Verdict, now: datetime, *, share: float) -> Settlement:
    """The verdict as the one writer takes it, at *now* by the database's clock, waiting *share* of the longest wait."""
    return Settlement(
        delivery_id=row.id,
        epoch=epoch,
        attempt=row.attempts,
        was=leaves(row, verdict),
        state=verdict.state,
        reference=verdict.reference,
        source_id=verdict.source_id,
        grants=verdict.grants,
        error=verdict.error,
        error_class=verdict.error_class,
        has_begun=row.has_begun or verdict.has_begun,
        next_attempt_at=now + timedelta(seconds=verdict.wait * share) if _is_pending(verdict) else None,
        hold_until=None if verdict.hold is None else now + verdict.hold,
        confirm_by=None if verdict.confirm is None else now + verdict.confirm,
    )


def leaves(row: OpenDelivery, verdict: Verdict) -> tuple[DeliveryState, ...]:
    """The states it may leave: an answer that the effect is there settles a row that was taken for UNKNOWN, too."""
    if row.state is DeliveryState.CLAIMED and verdict.state is DeliveryState.DONE:
        return (DeliveryState.CLAIMED, DeliveryState.UNKNOWN)
    return (row.state,)


def _is_pending(verdict: Verdict) -> bool:
    return verdict.state is DeliveryState.PENDING


def _after_error(row: OpenDelivery, write: Write, error: HubError) -> Verdict:
    if isinstance(error, SourceRefused | NotOffered):
        return _refused(error)
    if isinstance(error, SourceBusy) and not error.facts.get("unasked"):
        return _again(row, error.message, "THROTTLED" if error.throttled else "TRANSIENT")
    if isinstance(error, SourceBusy | SourceMisset):  # not an answer of the source, or not about this delivery
        return Verdict(
            state=DeliveryState.PENDING, error=error.message, error_class=_class_of(error), wait=waits(row.tries)
        )
    if isinstance(error, Overtaken):
        return Verdict(state=DeliveryState.PENDING, error=error.message, error_class="TRANSIENT")
    if isinstance(error, SourceGarbled):
        return _ended(row, error.message, "BUG" if error.facts.get("bug") else "MAPPING")
    return doubtful(error, write)


def _class_of(error: SourceBusy | SourceMisset) -> str:
    if isinstance(error, SourceMisset):
        return "AUTH"
    return "THROTTLED" if error.throttled else "TRANSIENT"


def _refused(answer: SourceRefused | NotOffered) -> Verdict:
    named = answer.cause if isinstance(answer, SourceRefused) else "VALIDATION"
    return Verdict(state=DeliveryState.REFUSED, error=answer.message, error_class=named or "REJECTED_BY_TARGET")


def _again(row: OpenDelivery, words: str, error_class: str) -> Verdict:
    if spent(row.tries):
        return _ended(row, words, error_class)
    return Verdict(state=DeliveryState.PENDING, error=words, error_class=error_class, wait=waits(row.tries))


def _ended(row: OpenDelivery, words: str, error_class: str) -> Verdict:
    """Nothing happened in this attempt, and there is no further one. What has begun is never given up silently."""
    state = DeliveryState.REVIEW if row.has_begun else DeliveryState.DEAD
    return Verdict(state=state, error=words, error_class=error_class)
