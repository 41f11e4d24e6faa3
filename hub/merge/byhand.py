"""What people decide about deliveries and cases, as it changes their rows. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from hub.codec import digest
from hub.merge.work import ByHand, CaseMove
from hub.model.cases import CaseStatus
from hub.model.editing import applied, united
from hub.model.intents import DeliveryState
from hub.store.casework import CaseRow
from hub.store.deliveries import DeliveryRow, effect_in

_FINAL = (DeliveryState.DONE, DeliveryState.REFUSED)
ENDED_BY_HAND = (CaseStatus.CLOSED, CaseStatus.SUPPRESSED)


def settled_by_hand(moves: Iterable[ByHand], rows: Mapping[str, DeliveryRow], now: datetime) -> dict[str, DeliveryRow]:
    """The rows that people settle, each only where it stands as they saw it."""
    found = {}
    for one in moves:
        row = rows.get(one.delivery_id)
        if row is not None and (row.state, row.attempts) == (one.was, one.attempt):
            found[row.id] = _settled(one, row, now)
    return found


def moved_cases(moves: Iterable[CaseMove], rows: Mapping[str, CaseRow]) -> dict[str, CaseRow]:
    """The cases that people work on; what differs nothing is left as it is."""
    found = {}
    for one in moves:
        row = rows.get(one.case_id)
        if row is None:
            continue
        made = replace(
            row,
            status=one.status or row.status,
            assignee=one.assignee if one.assignee is not None else row.assignee,
            closed_at=one.closed_at or row.closed_at,
            evidence=row.evidence if one.note is None else {**row.evidence, "notes": [*_notes(row), one.note]},
        )
        if made != row:
            found[row.id] = replace(made, version=row.version + 1)
    return found


def _notes(row: CaseRow) -> list[object]:
    known = row.evidence.get("notes", [])
    return list(known) if isinstance(known, list) else []


def _settled(one: ByHand, row: DeliveryRow, now: datetime) -> DeliveryRow:
    if one.edit is not None:
        edit = united(row.edited, one.edit)
        content = applied(row.content, one.edit)
        row = replace(row, edited=edit, content=content, hash=digest(effect_in(row.action, content)))
    doubted, sent = one.state is DeliveryState.UNKNOWN, one.state is DeliveryState.PENDING
    return replace(
        row,
        state=one.state,
        letter=one.letter or row.letter,
        error=one.words if one.words is not None else row.error,
        error_class=None if one.state is DeliveryState.DONE else row.error_class,
        next_attempt_at=now if sent else row.next_attempt_at,
        attempts_before=row.attempts if sent else row.attempts_before,
        hold_until=now if doubted else row.hold_until,
        settled_at=now if one.state in _FINAL else None,
        updated_at=now,
    )
