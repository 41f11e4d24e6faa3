"""What became of deliveries: compare-and-set by epoch, attempt and state, or by what a record shows (D7, D8). Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from hub.flow.facts import HUB
from hub.merge.work import Settlement
from hub.model.intents import DeliveryState
from hub.store.deliveries import DeliveryRow

FINISHED = (DeliveryState.DONE, DeliveryState.REFUSED)
IN_FLIGHT = (DeliveryState.CLAIMED, DeliveryState.UNKNOWN)
"""A merge waits for these (Id-3)."""
_TO_BE_READ = (*FINISHED, DeliveryState.ACCEPTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """Rows that a settlement changed, and settlements that came too late."""

    rows: Mapping[str, DeliveryRow] = field(default_factory=dict)
    refused: tuple[str, ...] = ()


def settle(
    settlements: Sequence[Settlement], rows: Mapping[str, DeliveryRow], owners: Mapping[tuple[str, int], bool],
    now: datetime,
) -> Settled:  # fmt: skip
    """Each settlement by compare-and-set. *owners*: whether (source, epoch) owns the source now; the hub is its own."""
    changed: dict[str, DeliveryRow] = {}
    refused = []
    for one in settlements:
        row = changed.get(one.delivery_id, rows.get(one.delivery_id))
        if row is None or not _stands(one, row) or not (row.source == HUB or owners.get((row.source, one.epoch))):
            refused.append(one.delivery_id)
        else:
            changed[row.id] = _after(one, row, now)
    return Settled(rows=changed, refused=tuple(refused))


def shown(row: DeliveryRow, now: datetime) -> DeliveryRow:
    """The row, DONE: a record asked after its claim shows the whole effect. Its lane waits as before."""
    return replace(
        row,
        state=DeliveryState.DONE,
        settled_at=now,
        updated_at=now,
        error=None,
        error_class=None,
    )


def asks_for_reading(before: DeliveryRow | None, after: DeliveryRow) -> bool:
    """Own-1: a delivery that just finished raises a hint, so that the record comes from the source, not from belief."""
    return after.state in _TO_BE_READ and (before is None or before.state is not after.state)


def _stands(one: Settlement, row: DeliveryRow) -> bool:
    return row.attempts == one.attempt and row.state in one.was


def _after(one: Settlement, row: DeliveryRow, now: datetime) -> DeliveryRow:
    return replace(
        row,
        state=one.state,
        reference=one.reference or row.reference,
        source_id=row.source_id or one.source_id,
        grants=one.grants or row.grants,
        error=one.error,
        error_class=one.error_class,
        has_begun=row.has_begun or one.has_begun,
        next_attempt_at=one.next_attempt_at or row.next_attempt_at,
        hold_until=one.hold_until or row.hold_until,
        confirm_by=one.confirm_by or row.confirm_by,
        settled_at=now if one.state in FINISHED else row.settled_at,
        updated_at=now,
    )
