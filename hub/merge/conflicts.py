"""Where systems disagree after everything in flight has settled (rule Own-1): what each keeps saying, in no order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from hub.flow.facts import HUB, CaseWanted, Document, KeptDelivery, KeptRecord
from hub.merge.counters import RANK, Statement, in_order
from hub.merge.ground import Ground
from hub.merge.lines import Row
from hub.merge.statements import heads_of
from hub.model.cases import CaseQueue, ExceptionCode, RootCause, Severity
from hub.model.intents import DeliveryState
from hub.model.observation import SourceLine
from hub.model.order import Order, OrderStatus
from hub.model.values import ConflictValue, FieldConflict
from hub.model.vocabulary import FieldGroup, Kind

SETTLED = frozenset({DeliveryState.DONE, DeliveryState.REFUSED, DeliveryState.WITHDRAWN})
"""A delivery in any other state is still on its way: the owner's value is shown and nothing is a conflict."""

PERSISTS = timedelta(minutes=2)
"""How long systems must have disagreed before somebody has to look: a mirror follows its owner some time later."""

_COMPARED = ("ordered", "cancelled")
_EXCEEDED = ("shipped",)
"""Counters in which a mirror is behind as a rule; being ahead of the owner is the disagreement."""


def conflicts_of(
    ground: Ground,
    records: Sequence[KeptRecord],
    statements: Sequence[Statement],
    rows: Sequence[tuple[int, Row]],
    *,
    accepted: bool,
) -> tuple[FieldConflict, ...]:
    """Every field about which sources differ, by path; *rows* come with their `lineNo`.

    Whichever was read last: what both go on saying is the disagreement.
    """
    if len(statements) < 2 and not any(row.asserted for _, row in rows):
        return ()  # one who is alone differs from nobody, unless from what commands have asserted
    order = records[0].entity_id if records else ""
    asked = {record.source: record for record in heads_of(ground, records)}
    sides = _Sides(asked=asked, may=_may(ground, asked))
    commercial = in_order(statements, FieldGroup.COMMERCIAL, accepted=accepted)
    found: list[FieldConflict | None] = []
    for at, (number, row) in enumerate(rows):
        for counter in _COMPARED:
            said = [(s.source, s.tells(at, counter)) for s in commercial if s.source in asked]
            values = _with_hub(ground, counter, row, said, sides.may)
            found.append(_conflict(f"lines.{number}.quantities.{counter}", FieldGroup.COMMERCIAL, values, sides))
    shipped = in_order(statements, FieldGroup.FULFILLMENT, accepted=accepted)
    found += _exceeded(_shippers(ground, order, asked), shipped, rows)
    found.append(_status_conflict(statements, sides, accepted=accepted))
    known = ground.facts.documents.get(order)
    return tuple(_since(one, known) for one in found if one is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sides:
    """Who may disagree: the record by which each source was asked, and whose answers count by now."""

    asked: Mapping[str, KeptRecord]
    may: frozenset[str]


def _may(ground: Ground, asked: Mapping[str, KeptRecord]) -> frozenset[str]:
    deliveries = ground.facts.deliveries
    return frozenset(source for source, record in asked.items() if asked_since_settled(record, deliveries))


def _shippers(ground: Ground, order: str, heads: Mapping[str, KeptRecord]) -> _Sides:
    """The sides about what left: a source that has no order is asked by its shipments."""
    shipments = [r for one in ground.linked(order, Kind.SHIPMENT) for r in ground.records[one] if r.lives]
    asked = {record.source: record for record in sorted(shipments, key=seen_at)} | dict(heads)
    return _Sides(asked=asked, may=_may(ground, asked))


def _exceeded(
    sides: _Sides, spoken: Sequence[Statement], rows: Sequence[tuple[int, Row]]
) -> list[FieldConflict | None]:
    """Where somebody says that more left than the warehouse does (domain.md 2.3)."""
    found = []
    for at, (number, _) in enumerate(rows):
        for counter in _EXCEEDED:
            words = [(s.source, s.tells(at, counter)) for s in spoken if s.source in sides.asked]
            told = [(source, value) for source, value in words if value is not None]
            ahead = [(source, value) for source, value in told[1:] if value > told[0][1]]
            path = f"lines.{number}.quantities.{counter}"
            found.append(_conflict(path, FieldGroup.FULFILLMENT, [*told[:1], *ahead], sides))
    return found


def _since(conflict: FieldConflict, known: Document | None) -> FieldConflict:
    """What was said before keeps its instant: reading it again is no news (step 7 writes what differs)."""
    before = {
        (one.path, value.source, value.value): value.observed_at
        for one in (known.conflicts if isinstance(known, Order) else ())
        for value in one.values
    }
    values = tuple(
        replace(value, observed_at=before.get((conflict.path, value.source, value.value), value.observed_at))
        for value in conflict.values
    )
    return replace(conflict, values=values)


def asked_since_settled(record: KeptRecord, deliveries: Iterable[KeptDelivery]) -> bool:
    """Whether a record was asked for after the last delivery to its source settled, and none is on its way."""
    mine = [delivery for delivery in deliveries if delivery.source == record.source]
    if any(delivery.state not in SETTLED for delivery in mine):
        return False
    last = max((delivery.settled_at for delivery in mine if delivery.settled_at is not None), default=None)
    return last is None or (record.started is not None and record.started > last)


def seen_at(record: KeptRecord) -> datetime:
    """What a record says was true at this instant or later."""
    return record.started or record.finished


def conflict_cases(order: str, conflicts: Iterable[FieldConflict], now: datetime) -> tuple[CaseWanted, ...]:
    """A case for each disagreement that persists: somebody must say which system is right."""
    return tuple(
        CaseWanted(
            code=ExceptionCode.ORDER_CONFLICT,
            dedup_key=f"{ExceptionCode.ORDER_CONFLICT}|{order}|{conflict.path}",
            title=f"{conflict.path}: " + ", ".join(f"{v.source} says {v.value}" for v in conflict.values),
            severity=Severity.S2,
            queue=CaseQueue.CS,
            root_cause=RootCause.DATA_QUALITY,
            source=conflict.chosen,
        )
        for conflict in conflicts
        if _persists_at(conflict) <= now
    )


def decide_at(conflicts: Iterable[FieldConflict], now: datetime) -> datetime | None:
    """When the next disagreement will have persisted."""
    return min((at for one in conflicts if (at := _persists_at(one)) > now), default=None)


def _persists_at(conflict: FieldConflict) -> datetime:
    """A source that does not show what it said it had done is believed at once."""
    begun = max(value.observed_at for value in conflict.values)
    return begun if any(value.source == HUB for value in conflict.values) else begun + PERSISTS


def command_of(line: SourceLine) -> str:
    """The command that put a line into the hub's own record: its id is `command:lineNo`."""
    return line.id.rpartition(":")[0]


def _with_hub(
    ground: Ground, counter: str, row: Row, said: list[tuple[str, Decimal | None]], may: frozenset[str]
) -> list[tuple[str, Decimal | None]]:
    """The hub's own assertion beside the rest: only what a source said it had done, and then does not show."""
    if counter != "cancelled":
        return said
    done = {d.command_id for d in ground.facts.deliveries if d.state is DeliveryState.DONE and d.source in may}
    asserted = [line.quantities.cancelled for line in row.asserted if command_of(line) in done]
    highest = max((value for value in asserted if value is not None), default=None)
    shown = [value for source, value in said if source in may and value is not None]
    if highest is None or not shown or min(shown) >= highest:
        return said
    return [*said, (HUB, highest)]


def _conflict(
    path: str, group: FieldGroup, said: Sequence[tuple[str, Decimal | None]], sides: _Sides
) -> FieldConflict | None:
    told = [(source, value) for source, value in said if value is not None]
    if len(told) < 2 or told[0][0] not in sides.may:
        return None
    chosen, value = told[0]
    others = [(one, other) for one, other in told[1:] if other != value and (one == HUB or one in sides.may)]
    if not others:
        return None
    asked = sides.asked
    return FieldConflict(
        path=path,
        group=group,
        chosen=chosen,
        values=tuple(
            ConflictValue(source=source, value=_text(number), observed_at=seen_at(asked.get(source, asked[chosen])))
            for source, number in [(chosen, value), *others]
        ),
    )


def _status_conflict(statements: Sequence[Statement], sides: _Sides, *, accepted: bool) -> FieldConflict | None:
    """Another source says that the order is ended, its owner says it goes on, or the other way round."""
    said = [
        (s.source, s.claim)
        for s in in_order(statements, FieldGroup.LIFECYCLE, accepted=accepted)
        if s.source in sides.asked and s.claim not in (None, OrderStatus.UNKNOWN)
    ]
    if len(said) < 2:
        return None
    chosen, word = said[0]
    others = [
        (source, other)
        for source, other in said[1:]
        if (other in RANK) != (word in RANK) and {source, chosen} <= sides.may
    ]
    if not others:
        return None
    return FieldConflict(
        path="status",
        group=FieldGroup.LIFECYCLE,
        chosen=chosen,
        values=tuple(
            ConflictValue(source=source, value=claim, observed_at=seen_at(sides.asked[source]))
            for source, claim in [(chosen, word), *others]
        ),
    )


def _text(value: Decimal) -> str:
    return format(value.normalize(), "f")
