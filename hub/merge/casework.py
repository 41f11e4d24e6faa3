"""Cases and holds that should be open now, beside those that are: the difference is what is written. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from hub.flow.facts import CaseWanted
from hub.model.cases import CaseStatus, Hold, helping, patience_of
from hub.store.casework import CaseRow, HoldRow

GROWS = "grows_only"
BY_RULE = "hub"
"""Who places the holds that flow wants; others are placed and released by people."""
_BY_A_PERSON = (CaseStatus.CLOSED, CaseStatus.SUPPRESSED)


def differing_cases(
    root: str, wanted: Iterable[CaseWanted], rows: Iterable[CaseRow], now: datetime, mint: Callable[[], str]
) -> list[CaseRow]:
    """Cases to open, to open again and to resolve.

    What a person closed stays closed until its facts change, or it went away and came back. What only grows is never
    resolved here.
    """
    known = {row.dedup_key: row for row in rows if row.root_id == root}
    found: list[CaseRow | None] = []
    keys = set()
    for one in wanted:
        if one.dedup_key not in keys:
            keys.add(one.dedup_key)
            row = known.get(one.dedup_key)
            found.append(_open(root, one, now, mint) if row is None else _still(one, row, now))
    found += [gone(row, now) for key, row in sorted(known.items()) if key not in keys]
    return [row for row in found if row is not None]


def differing_holds(
    root: str, wanted: Sequence[Hold], rows: Iterable[HoldRow], now: datetime, mint: Callable[[], str]
) -> list[HoldRow]:
    """Holds to place and to release; those that a person placed are not flow's to release."""
    known = {row.dedup_key: row for row in rows if row.root_id == root}
    found = []
    keys = {hold_key(one) for one in wanted}
    for one in wanted:
        row = known.get(hold_key(one))
        if row is None:
            named = mint()
            placed = replace(one, id=named)
            found.append(HoldRow(id=named, root_id=root, dedup_key=hold_key(one), doc=placed, released_at=None))
        elif row.released_at is not None:
            found.append(replace(row, released_at=None, doc=replace(one, id=row.id)))
    found += [
        replace(row, released_at=now)
        for key, row in sorted(known.items())
        if key not in keys and row.released_at is None and row.doc.placed_by == BY_RULE
    ]
    return found


def opened(
    root: str, one: CaseWanted, rows: Iterable[CaseRow], now: datetime, mint: Callable[[], str]
) -> CaseRow | None:
    """The row of one case that should be open, if it differs from what stands."""
    row = next((row for row in rows if (row.root_id, row.dedup_key) == (root, one.dedup_key)), None)
    return _open(root, one, now, mint) if row is None else _still(one, row, now)


def hold_key(hold: Hold) -> str:
    """Equal keys are one hold."""
    return f"{hold.type.value}:{hold.placed_by}"


def _open(root: str, one: CaseWanted, now: datetime, mint: Callable[[], str]) -> CaseRow:
    return CaseRow(
        id=mint(),
        root_id=root,
        code=one.code,
        dedup_key=one.dedup_key,
        status=CaseStatus.NEW,
        severity=one.severity,
        queue=one.queue,
        title=one.title,
        root_cause=one.root_cause,
        source=one.source,
        suggested=one.suggested or helping(one.code),
        evidence={GROWS: True} if one.grows_only else {},
        version=1,
        occurrences=1,
        first_seen_at=now,
        last_seen_at=now,
        closed_at=None,
        sla_due_at=now + patience_of(one.code),
    )


def _still(one: CaseWanted, row: CaseRow, now: datetime) -> CaseRow | None:
    if row.closed_at is None:
        if (row.severity, row.title) == (one.severity, one.title):
            return None
        return replace(row, severity=one.severity, title=one.title, version=row.version + 1)
    by_a_person = row.status in _BY_A_PERSON
    if one.grows_only or (by_a_person and (row.severity, row.title) == (one.severity, one.title)):
        return None
    return replace(
        row,
        status=CaseStatus.REOPENED,
        severity=one.severity,
        title=one.title,
        version=row.version + 1,
        occurrences=row.occurrences + 1,
        last_seen_at=now,
        closed_at=None,
        sla_due_at=now + patience_of(one.code),
    )


def gone(row: CaseRow, now: datetime) -> CaseRow | None:
    """The row of a case that is no longer so, if it differs from what stands."""
    if row.evidence.get(GROWS):
        return None
    if row.closed_at is None:
        return replace(row, status=CaseStatus.RESOLVED, version=row.version + 1, closed_at=now)
    if row.status is CaseStatus.CLOSED:
        return replace(row, status=CaseStatus.RESOLVED, version=row.version + 1)
    return None
