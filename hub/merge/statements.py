"""From records to what each source says of an order: its claim on the whole, its counters row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from hub.flow.cycle.created import left_out
from hub.flow.facts import KeptRecord
from hub.merge.authority import muted, places, roles, speaking
from hub.merge.counters import IMPLIES, Statement, summed, told_of
from hub.merge.ground import Ground
from hub.merge.lines import MEETING_ORDER, Row
from hub.merge.loads import Load
from hub.model.effects import CreateOrder
from hub.model.order import OrderStatus
from hub.model.vocabulary import FieldGroup, Kind, SystemKind

_BELOW: Mapping[Kind, frozenset[str]] = {
    Kind.SHIPMENT: frozenset({*IMPLIES, "released", "short_picked", "allocated", "backordered"}),
    Kind.INVOICE: frozenset({"invoiced"}),
    Kind.CREDIT_MEMO: frozenset({"credited"}),
    Kind.RETURN: frozenset({"return_requested", "returned"}),
}
"""Counters for which a source's documents below the order speak before its order document: read for themselves."""
_COME_BACK: Mapping[str, FieldGroup] = {
    "return_requested": FieldGroup.RETURNS,
    "returned": FieldGroup.FULFILLMENT,
}
"""Counters that returns add to, and the group whose owner speaks for each."""


def statements_of(
    ground: Ground, records: Sequence[KeptRecord], rows: Sequence[Row], loads: Sequence[Load]
) -> tuple[Statement, ...]:
    """One statement per source that has the order or a document below it.

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


def with_left_out(
    ground: Ground, statements: Sequence[Statement], rows: Sequence[Row], numbers: Sequence[int]
) -> tuple[Statement, ...]:
    """The statements, units that the hub never ordered at a source counted there as ordered and called off."""
    if not any(isinstance(one.content, CreateOrder) for one in ground.facts.deliveries):
        return tuple(statements)
    asked = [
        max((one.line.quantities.ordered or Decimal(0) for one in row.members), default=Decimal(0)) for row in rows
    ]
    return tuple(
        replace(
            said,
            rows={
                at: _with(told, left_out(ground.facts.deliveries, said.source, numbers[at], asked[at]))
                for at, told in said.rows.items()
            },
        )
        for said in statements
    )


def _with(told: Mapping[str, Decimal], more: Decimal) -> Mapping[str, Decimal]:
    if more == 0 or "ordered" not in told:
        return told
    return {**told, "ordered": told["ordered"] + more, "cancelled": told.get("cancelled", Decimal(0)) + more}


def heads_of(ground: Ground, records: Sequence[KeptRecord]) -> tuple[KeptRecord, ...]:
    """The order document of each source that may speak, in a fixed order; the hub's own if nobody else has one."""
    orders = [record for record in records if record.kind is Kind.ORDER]
    outside = [record for record in orders if ground.system(record.source) is not SystemKind.HUB]
    chosen = speaking(outside or orders, MEETING_ORDER, ground.landscape)
    twice = muted(orders, ground.landscape)
    chosen = [record for record in chosen if record.source not in twice] or chosen
    return tuple([record for record in chosen if record.lives] or chosen)


def claim_of(status: str | None) -> OrderStatus | None:
    """A source's word on the whole order; UNKNOWN for one that is no status of the hub."""
    if status is None:
        return None
    return OrderStatus(status) if status in OrderStatus.__members__ else OrderStatus.UNKNOWN


def _rows_of(source: str, rows: Sequence[Row], loads: Sequence[Load]) -> Mapping[int, Mapping[str, Decimal]]:
    told: dict[int, dict[str, Decimal]] = {}
    for at, row in enumerate(rows):
        document = summed([told_of(line.quantities) for line in row.of(source)])
        below = _BELOW if loads else ()
        moved = {name: value for kind in below for name, value in _moved(source, at, kind, loads).items()}
        if document or moved:
            told[at] = {**document, **moved}
    return told


def _moved(source: str, at: int, kind: Kind, loads: Sequence[Load]) -> dict[str, Decimal]:
    """What documents of a kind add to a row by a source's word; one that has it from its own only counts those."""
    if kind is Kind.RETURN:
        return _back(source, at, [load for load in loads if load.kind is kind])
    mine = [load for load in loads if load.kind is kind and load.source == source]
    if kind is Kind.SHIPMENT:
        mine = _chief(source, at, loads) or mine
    counters = summed([told for load in mine for _, row, told in load.lines if row == at])
    return {name: value for name, value in counters.items() if name in _BELOW[kind]}


def _back(source: str, at: int, loads: Sequence[Load]) -> dict[str, Decimal]:
    """What returns add to a row, all of them, if *source* is the one that speaks for a counter; else nothing.

    A return may be known to one system and not yet to the next: of each the best word counts.
    """
    found = {}
    for counter, group in _COME_BACK.items():
        place = places(roles(group, Kind.RETURN))
        telling = [(load, units) for load in loads if (units := _told_in(load, at, counter)) is not None]
        telling.sort(key=lambda one: (place[one[0].system], one[0].source))
        if telling and telling[0][0].source == source:
            best = {load.entity: Decimal(0) for load, _ in telling}
            for load, units in telling:
                if counter == "return_requested":
                    best[load.entity] = max(best[load.entity], units)
                else:
                    best[load.entity] = best[load.entity] or units
            found[counter] = sum(best.values(), Decimal(0))
    return found


def _told_in(load: Load, at: int, counter: str) -> Decimal | None:
    units = [told[counter] for _, row, told in load.lines if row == at and counter in told]
    return sum(units, Decimal(0)) if units else None


def _chief(source: str, at: int, loads: Sequence[Load]) -> list[Load]:
    """Every shipment that counts for a row, if *source* is the one that speaks for them; else nothing.

    Shipments of the same goods in several systems are one entity or, where nothing joins them, the higher system's
    count alone; but what a lower system sends from a warehouse that no shipment of the higher one names counts too.
    """
    place = places(roles(FieldGroup.FULFILLMENT, Kind.SHIPMENT))
    leading = [load for load in loads if load.kind is Kind.SHIPMENT and load.leads]
    carrying = [load for load in leading if any(row == at for _, row, _ in load.lines)]
    top = min((place[load.system] for load in carrying), default=None)
    highest = [load for load in carrying if place[load.system] == top]
    if top is None or min(load.source for load in highest) != source:
        return []
    served = {load.warehouse for load in leading if place[load.system] == top}
    return highest + [
        load
        for load in carrying
        if load not in highest and load.warehouse is not None and None not in served and load.warehouse not in served
    ]
