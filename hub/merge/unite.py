"""What becomes of deliveries, cases and holds when two roots turn out to be one (Id-3). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from hub.model.cases import CaseStatus
from hub.model.intents import DeliveryState
from hub.store.casework import CaseRow, HoldRow
from hub.store.deliveries import DeliveryRow

_FURTHER = {DeliveryState.DONE: 3, DeliveryState.ACCEPTED: 2, DeliveryState.REVIEW: 1}
_NOTHING_HAPPENED = (DeliveryState.PENDING, DeliveryState.DEAD)
MERGED = "its order was merged with another that has the same"


@dataclass(frozen=True, slots=True, kw_only=True)
class United:
    """The rows of both roots, all under the survivor."""

    deliveries: Mapping[str, DeliveryRow]
    doubled: tuple[tuple[DeliveryRow, DeliveryRow], ...]
    """Deliveries of one key that may both have had their effect: a person must look."""


def unite_deliveries(survivor: str, loser: str, rows: Iterable[DeliveryRow], now: datetime) -> United:
    """Of two deliveries with one key the one further along keeps it; the other is withdrawn if nothing can have
    happened, else kept as `key@loser`."""
    kept = {row.key: row for row in rows if row.root_id == survivor}
    changed: dict[str, DeliveryRow] = {}
    doubled: list[tuple[DeliveryRow, DeliveryRow]] = []
    for row in sorted((row for row in rows if row.root_id == loser), key=lambda row: row.id):
        moved = replace(row, root_id=survivor, updated_at=now)
        rival = kept.get(row.key)
        if rival is None:
            changed[row.id] = moved
            continue
        if _FURTHER.get(row.state, 0) > _FURTHER.get(rival.state, 0):
            changed[row.id], changed[rival.id] = moved, _aside(rival, loser, now)
        else:
            changed[row.id] = _aside(moved, loser, now)
        if row.state in _FURTHER and rival.state in _FURTHER:
            doubled.append((rival, row))
    return United(deliveries=changed, doubled=tuple(doubled))


def unite_cases(survivor: str, loser: str, rows: Iterable[CaseRow], now: datetime) -> dict[str, CaseRow]:
    """The loser's cases move; one that the survivor has too is counted there and closed."""
    known = {row.dedup_key: row for row in rows if row.root_id == survivor}
    changed: dict[str, CaseRow] = {}
    for row in sorted((row for row in rows if row.root_id == loser), key=lambda row: row.id):
        same = known.get(row.dedup_key)
        if same is None:
            changed[row.id] = replace(row, root_id=survivor, version=row.version + 1)
            continue
        same = changed.get(same.id, same)
        changed[same.id] = replace(
            same, occurrences=same.occurrences + row.occurrences, version=same.version + 1, last_seen_at=now
        )
        changed[row.id] = replace(
            row,
            root_id=survivor,
            dedup_key=f"{row.dedup_key}@{loser}",
            status=CaseStatus.CLOSED,
            version=row.version + 1,
            closed_at=row.closed_at or now,
        )
    return changed


def unite_holds(survivor: str, loser: str, rows: Iterable[HoldRow], now: datetime) -> dict[str, HoldRow]:
    """The loser's holds move; one that the survivor has too is released."""
    known = {row.dedup_key for row in rows if row.root_id == survivor}
    changed = {}
    for row in rows:
        if row.root_id == loser and row.dedup_key in known:
            key = f"{row.dedup_key}@{loser}"
            changed[row.id] = replace(row, root_id=survivor, dedup_key=key, released_at=row.released_at or now)
        elif row.root_id == loser:
            changed[row.id] = replace(row, root_id=survivor)
    return changed


def _aside(row: DeliveryRow, loser: str, now: datetime) -> DeliveryRow:
    """The row that does not keep its key."""
    row = replace(row, key=f"{row.key}@{loser}", updated_at=now)
    if row.state in _NOTHING_HAPPENED and not row.has_begun:
        return replace(row, state=DeliveryState.WITHDRAWN, withdrawn_because=MERGED, settled_at=now)
    return row
