"""Where systems disagree after everything in flight has settled (rule Own-1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
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
from hub.model.vocabulary import FieldGroup

SETTLED = frozenset({DeliveryState.DONE, DeliveryState.REFUSED, DeliveryState.WITHDRAWN})
"""A delivery in any other state is still on its way: the owner's value is shown and nothing is a conflict."""

_COMPARED = ("ordered", "cancelled")


def conflicts_of(
    ground: Ground,
    records: Sequence[KeptRecord],
    statements: Sequence[Statement],
    rows: Sequence[tuple[int, Row]],
    *,
    accepted: bool,
) -> tuple[FieldConflict, ...]:
    """Every field about which sources differ, by path; *rows* come with their `lineNo`."""
    asked = {record.source: record for record in heads_of(ground, records)}
    may = {source for source, record in asked.items() if asked_since_settled(record, ground.facts.deliveries)}
    commercial = in_order(statements, FieldGroup.COMMERCIAL, accepted=accepted)
    found: list[FieldConflict] = []
    for at, (number, row) in enumerate(rows):
        for counter in _COMPARED:
            said = [(s.source, s.tells(at, counter)) for s in commercial if s.source in asked]
            values = _with_hub(ground, counter, row, said, may)
            conflict = _conflict(f"lines.{number}.quantities.{counter}", values, may, asked)
            if conflict:
                found.append(conflict)
    status = _status_conflict(statements, asked, may, accepted=accepted)
    known = ground.facts.documents.get(records[0].entity_id) if records else None
    return tuple(_since(one, known) for one in (*found, *([status] if status else [])))


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


def conflict_cases(order: str, conflicts: Iterable[FieldConflict]) -> tuple[CaseWanted, ...]:
    """A case for each disagreement: somebody must say which system is right."""
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
    )


def command_of(line: SourceLine) -> str:
    """The command that put a line into the hub's own record: its id is `command:lineNo`."""
    return line.id.rpartition(":")[0]


def _with_hub(
    ground: Ground, counter: str, row: Row, said: list[tuple[str, Decimal | None]], may: set[str]
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
    path: str, said: Sequence[tuple[str, Decimal | None]], may: set[str], asked: dict[str, KeptRecord]
) -> FieldConflict | None:
    told = [(source, value) for source, value in said if value is not None]
    if len(told) < 2 or told[0][0] not in may:
        return None
    chosen, value = told[0]
    others = [
        (source, other)
        for source, other in told[1:]
        if other != value and (source == HUB or (source in may and seen_at(asked[source]) > seen_at(asked[chosen])))
    ]
    if not others:
        return None
    return FieldConflict(
        path=path,
        group=FieldGroup.COMMERCIAL,
        chosen=chosen,
        values=tuple(
            ConflictValue(source=source, value=_text(number), observed_at=seen_at(asked.get(source, asked[chosen])))
            for source, number in [(chosen, value), *others]
        ),
    )


def _status_conflict(
    statements: Sequence[Statement], asked: dict[str, KeptRecord], may: set[str], *, accepted: bool
) -> FieldConflict | None:
    """Another source says that the order is ended, its owner says it goes on, or the other way round."""
    said = [
        (s.source, s.claim)
        for s in in_order(statements, FieldGroup.LIFECYCLE, accepted=accepted)
        if s.source in asked and s.claim not in (None, OrderStatus.UNKNOWN)
    ]
    if len(said) < 2:
        return None
    chosen, word = said[0]
    others = [
        (source, other)
        for source, other in said[1:]
        if (other in RANK) != (word in RANK)
        and {source, chosen} <= may
        and seen_at(asked[source]) > seen_at(asked[chosen])
    ]
    if not others:
        return None
    return FieldConflict(
        path="status",
        group=FieldGroup.LIFECYCLE,
        chosen=chosen,
        values=tuple(
            ConflictValue(source=source, value=claim, observed_at=seen_at(asked[source]))
            for source, claim in [(chosen, word), *others]
        ),
    )


def _text(value: Decimal) -> str:
    return format(value.normalize(), "f")
