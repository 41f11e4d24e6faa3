"""Wanted intents beside the rows that carry them out: the difference is what is written (Flow-1). Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from hub.codec import digest, plain
from hub.model.editing import applied
from hub.model.intents import DeliveryState, Intent, Mode
from hub.store.deliveries import DeliveryRow, effect_in

_UNCLAIMED = (DeliveryState.PENDING, DeliveryState.DEAD)
_IN_FLIGHT = (DeliveryState.CLAIMED, DeliveryState.UNKNOWN, DeliveryState.ACCEPTED, DeliveryState.REVIEW)
NO_LONGER = "no longer wanted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What new rows are made from."""

    root_id: str
    correlation_id: str
    traceparent: str | None = None
    now: datetime
    mint: Callable[[], str]
    retired: frozenset[str] = frozenset()
    """Sources that are called no more: what was to be sent there is left to a person (D16)."""


def differing(
    wanted: Sequence[Intent], rows: Iterable[DeliveryRow], unwanted: Mapping[str, str], ground: Ground
) -> list[DeliveryRow]:
    """Rows to insert and rows that change: what is missing is inserted, what is unclaimed and no longer wanted is
    withdrawn, WITHDRAWN keys that are wanted again return to PENDING, claimed and finished ones stay.

    *unwanted* tells, by key, why something is no longer wanted. A row that has begun is never withdrawn (D7), nor one
    that waits at a retired source: it goes to REVIEW.
    """
    known = {row.key: row for row in rows}
    found = [_beside(intent, known.get(intent.key), ground) for intent in wanted]
    keys = {intent.key for intent in wanted}
    found += [
        _given_up(row, unwanted, ground)
        for row in known.values()
        if row.key not in keys and row.state in _UNCLAIMED and not row.has_begun
    ]
    return [row for row in found if row is not None]


def why_left(source: str, attempts: int) -> str:
    """What a person reads who must see to a delivery that its source can take no more."""
    return f"{source} is retired: " + ("it was never sent" if attempts == 0 else "what became of it is not known")


def _given_up(row: DeliveryRow, unwanted: Mapping[str, str], ground: Ground) -> DeliveryRow:
    if row.state is DeliveryState.PENDING and row.source in ground.retired:
        error = why_left(row.source, row.attempts)
        return replace(row, state=DeliveryState.REVIEW, error=error, error_class="AUTH", updated_at=ground.now)
    return replace(
        row,
        state=DeliveryState.WITHDRAWN,
        withdrawn_because=unwanted.get(row.key, NO_LONGER),
        settled_at=ground.now,
        updated_at=ground.now,
    )


def _beside(intent: Intent, row: DeliveryRow | None, ground: Ground) -> DeliveryRow | None:
    if row is None:
        return _new(intent, ground)
    content = _hash_wanted(intent, row)
    reopens = row.state is DeliveryState.WITHDRAWN
    if row.mode is Mode.LATEST and content != row.hash:
        reopens = row.state not in (*_IN_FLIGHT, DeliveryState.PENDING)
    anew = content != row.hash and row.state in _UNCLAIMED and not row.has_begun
    if not (reopens or anew):
        return None
    state = DeliveryState.PENDING if reopens else row.state
    return replace(
        row,
        state=state,
        content=plain(intent.content) if row.edited is None else applied(plain(intent.content), row.edited),
        hash=content,
        confirm_by=intent.confirm_by,
        next_attempt_at=ground.now if reopens else row.next_attempt_at,
        attempts_before=row.attempts if reopens else row.attempts_before,
        has_begun=row.has_begun and not reopens,
        withdrawn_because=None,
        settled_at=None if reopens else row.settled_at,
        error=None if reopens else row.error,
        error_class=None if reopens else row.error_class,
        updated_at=ground.now,
    )


def _hash_wanted(intent: Intent, row: DeliveryRow) -> str:
    """The hash of what the row should carry: what flow wants, but for what a person wrote differently."""
    if row.edited is None:
        return digest(intent.content)
    return digest(effect_in(row.action, applied(plain(intent.content), row.edited)))


def _new(intent: Intent, ground: Ground) -> DeliveryRow:
    return DeliveryRow(
        id=ground.mint(),
        root_id=ground.root_id,
        source=intent.source,
        kind=intent.kind,
        source_id=intent.source_id,
        action=intent.action,
        key=intent.key,
        mode=intent.mode,
        priority=intent.priority,
        state=DeliveryState.PENDING,
        content=plain(intent.content),
        hash=digest(intent.content),
        epoch=0,
        attempts=0,
        has_begun=False,
        claimed_at=None,
        next_attempt_at=ground.now,
        hold_until=None,
        confirm_by=intent.confirm_by,
        settled_at=None,
        reference=None,
        grants=(),
        error=None,
        error_class=None,
        withdrawn_because=None,
        command_id=intent.command_id,
        correlation_id=ground.correlation_id,
        traceparent=ground.traceparent,
        created_at=ground.now,
        updated_at=ground.now,
    )
