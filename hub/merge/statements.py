"""From records to what each source says of an order: its claim on the whole, its counters row by row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from hub.flow.facts import KeptRecord
from hub.merge.authority import muted, speaking
from hub.merge.counters import IMPLIES, Statement, summed, told_of
from hub.merge.ground import Ground
from hub.merge.lines import MEETING_ORDER, Row
from hub.merge.shipments import Load
from hub.model.order import OrderStatus
from hub.model.vocabulary import Kind, SystemKind

_FROM_SHIPMENTS = frozenset({*IMPLIES, "released", "short_picked"})
"""Counters for which a source's shipments speak before its order document: they are read for themselves."""


def statements_of(
    ground: Ground, records: Sequence[KeptRecord], rows: Sequence[Row], loads: Sequence[Load]
) -> tuple[Statement, ...]:
    """One statement per source that has a document or a shipment of the order.

    Of a source with two live documents nothing is taken while another source can speak (Id-3); of a gone document
    nothing while one lives.
    """
    heads = heads_of(ground, records)
    documents = tuple(
        Statement(
            source=record.source,
            system=ground.system(record.source),
            claim=claim_of(record.content.status),
            repeats=record.content.repeats,
            declares=ground.declares(record.source, Kind.ORDER),
            rows=_rows_of(record.source, rows, loads),
        )
        for record in heads
    )
    without = sorted({load.source for load in loads} - {record.source for record in heads})
    return documents + tuple(
        Statement(source=source, system=ground.system(source), rows=_rows_of(source, rows, loads)) for source in without
    )


def heads_of(ground: Ground, records: Sequence[KeptRecord]) -> tuple[KeptRecord, ...]:
    """The order document of each source that may speak, in a fixed order; the hub's own if nobody else has one."""
    orders = [record for record in records if record.kind is Kind.ORDER]
    outside = [record for record in orders if ground.system(record.source) is not SystemKind.HUB]
    chosen = speaking(outside or orders, MEETING_ORDER, ground.landscape)
    twice = muted(orders)
    chosen = [record for record in chosen if record.source not in twice] or chosen
    return tuple([record for record in chosen if record.lives] or chosen)


def claim_of(status: str | None) -> OrderStatus | None:
    """A source's word on the whole order; UNKNOWN for one that is no status of the hub."""
    if status is None:
        return None
    return OrderStatus(status) if status in OrderStatus.__members__ else OrderStatus.UNKNOWN


def _rows_of(source: str, rows: Sequence[Row], loads: Iterable[Load]) -> Mapping[int, Mapping[str, Decimal]]:
    carried: dict[int, list[dict[str, Decimal]]] = {}
    for load in loads:
        if load.source == source:
            for _, at, counters in load.lines:
                carried.setdefault(at, []).append(counters)
    told: dict[int, dict[str, Decimal]] = {}
    for at, row in enumerate(rows):
        document = summed([told_of(line.quantities) for line in row.of(source)])
        moved = {name: value for name, value in summed(carried.get(at, [])).items() if name in _FROM_SHIPMENTS}
        if document or moved:
            told[at] = {**document, **moved}
    return told
