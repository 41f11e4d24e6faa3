"""Shipments: one document each, and what they carry of an order's lines (Mark-1, domain.md 2.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from hub.flow.facts import KeptRecord
from hub.merge.authority import roles, speaking
from hub.merge.counters import carried, told_of
from hub.merge.ground import Ground
from hub.merge.groups import assembled_groups, identifiers_of, speaker, speakers_of
from hub.merge.lines import Row, match
from hub.merge.milestones import RANKS, TURNS, Voice, history, lowest, stands_at, tracking_stale_at
from hub.model.observation import SourceLine
from hub.model.shipment import (
    Package,
    Shipment,
    ShipmentExceptionKind,
    ShipmentGroups,
    ShipmentLine,
    ShipmentMilestone,
)
from hub.model.values import Identifier
from hub.model.vocabulary import FieldGroup, IdentifierScheme, Kind, SystemKind

_SHIPPED = RANKS[ShipmentMilestone.SHIPPED]
_ON_THE_WAY = range(_SHIPPED, RANKS[ShipmentMilestone.DELIVERED])


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What one shipment carries of an order: per matched line the row it fulfils and the counters it adds."""

    shipment: str
    source: str
    system: SystemKind
    lines: tuple[tuple[str, int, dict[str, Decimal]], ...]
    """(the shipment's line, row, counters)."""
    unclear: bool = False
    """Whether equal items in unequal numbers left the matching open (Id-5)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcelled:
    """A shipment's status and packages, before its document."""

    status: ShipmentMilestone
    packages: tuple[Package, ...]
    is_partial: bool


def voices_of(ground: Ground, entity: str) -> tuple[Voice, ...]:
    """Everybody who speaks of a shipment: its own records and the parcels that refer to it."""
    parcels = [other for other in sorted(ground.records) if entity in ground.targets(other, Kind.SHIPMENT)]
    records = [record for one in (entity, *parcels) for record in ground.records.get(one, ())]
    return tuple(
        Voice(
            record=record,
            system=ground.system(record.source),
            tells=ground.tells(record.source),
            events=ground.told_by(record),
        )
        for record in records
        if record.kind is Kind.SHIPMENT
    )


def parcelled(ground: Ground, entity: str) -> Parcelled:
    """Where a shipment stands: the lowest of its packages, partial if they differ."""
    voices = voices_of(ground, entity)
    whole = stands_at(voices)
    packages = tuple(
        replace(package, status=stands_at(voices, (package.id, package.tracking_number or package.id)))
        for package in _packages(voices)
    )
    statuses = [package.status for package in packages]
    if not statuses:
        return Parcelled(status=whole, packages=(), is_partial=False)
    return Parcelled(status=lowest(statuses), packages=packages, is_partial=len(set(statuses)) > 1)


def loads_of(ground: Ground, order: str, rows: Sequence[Row]) -> tuple[Load, ...]:
    """What every shipment of an order carries of its rows, lowest shipment first (Id-5).

    A shipment that is gone counts only if it had left: goods do not come back because a system forgot them.
    """
    found = (_load(ground, order, entity, rows) for entity in ground.linked(order, Kind.SHIPMENT))
    return tuple(load for load in found if load is not None)


def assembled_shipment(ground: Ground, entity: str, line_ids: Mapping[tuple[str, str], str]) -> Shipment:
    """The document of one shipment; *line_ids*: (shipment, its line) -> id of the order line it fulfils."""
    records = [record for record in ground.records[entity] if record.kind is Kind.SHIPMENT]
    stored = ground.facts.documents.get(entity)
    state, voices = parcelled(ground, entity), voices_of(ground, entity)
    told = [event for voice in voices for event in voice.events]
    packer = speaking(records, roles(FieldGroup.FULFILLMENT, Kind.SHIPMENT), ground.landscape)[0]
    carrier = _carrier(ground, entity)
    return Shipment(
        id=entity,
        version=stored.version if stored is not None else 0,
        status=state.status,
        number=next((r.content.number for r in (packer, *records) if r.content.number), None),
        is_partial=state.is_partial,
        exceptions=_exceptions(ground, voices, state.status),
        groups=assembled_groups(ground, records, ShipmentGroups),
        packages=state.packages,
        lines=tuple(
            ShipmentLine(
                sku=line.sku, quantity=units_in(line), order_line_id=line_ids.get((entity, line.id)), line=line.id
            )
            for line in (carrier.content.lines if carrier else ())
        ),
        milestones=history(told, state.status, packer.source),
        identifiers=shipment_identifiers(ground, entity),
        order_ids=ground.orders_of(entity),
        speakers=(
            *speakers_of(ground, records, ShipmentGroups),
            *(speaker(FieldGroup.LIFECYCLE, voice.record) for voice in voices),
        ),
    )


def stale_at(ground: Ground, entity: str) -> datetime | None:
    """When a parcel on its way becomes TRACKING_STALE unless it is scanned; None where no carrier speaks of it."""
    scans = [
        event.occurred_at or event.first_seen_at
        for voice in voices_of(ground, entity)
        if voice.system is SystemKind.CARRIER
        for event in voice.events
    ]
    on_the_way = RANKS.get(parcelled(ground, entity).status, -1) in _ON_THE_WAY
    return tracking_stale_at(max(scans)) if scans and on_the_way else None


def _load(ground: Ground, order: str, entity: str, rows: Sequence[Row]) -> Load | None:
    record = _carrier(ground, entity)
    status = parcelled(ground, entity).status
    if record is None or (not record.lives and RANKS.get(status, -1) < _SHIPPED):
        return None
    keys, alone = ground.keys_of(order), ground.order_references(entity) == 1
    mine = [
        line
        for line in record.content.lines
        if (line.document in keys if line.document is not None else alone or _targets(line, rows))
    ]
    pairs, unclear = match(mine, rows)
    system = ground.system(record.source)
    lines = tuple(
        (line.id, at, carried(line.quantities, status, releases=system is SystemKind.WMS))
        for line, at in pairs
        if at is not None
    )
    return Load(shipment=entity, source=record.source, system=system, lines=lines, unclear=unclear)


def _exceptions(
    ground: Ground, voices: Sequence[Voice], status: ShipmentMilestone
) -> tuple[ShipmentExceptionKind, ...]:
    """What its sources say is wrong now, and silence of the carrier; nothing once it is delivered or void."""
    if RANKS.get(status, 100) >= RANKS[ShipmentMilestone.DELIVERED] and status not in TURNS:
        return ()
    told = {kind for voice in voices if voice.record.lives for kind in voice.record.content.exceptions}
    silent = stale_at(ground, voices[0].record.entity_id) if voices else None
    if silent is not None and silent <= ground.facts.now:
        told.add(ShipmentExceptionKind.TRACKING_STALE)
    return tuple(kind for kind in ShipmentExceptionKind if kind in told)


def shipment_identifiers(ground: Ground, entity: str) -> tuple[Identifier, ...]:
    """What a caller may read out for a shipment: numbers, tracking numbers, packages; of its parcels too."""
    records = [voice.record for voice in voices_of(ground, entity)]
    tracking = (
        Identifier(scheme=IdentifierScheme.TRACKING, value=package.tracking_number, source=record.source)
        for record in records
        for package in record.content.packages
        if package.tracking_number
    )
    return tuple(dict.fromkeys((*identifiers_of(ground, records), *tracking)))


def _packages(voices: Sequence[Voice]) -> tuple[Package, ...]:
    """Packages of every record, one per tracking number, else per id; and those that only history still names.

    Merged, never replaced: a package goes by a void alone (domain.md 2.5.1 rule 4).
    """
    order = roles(FieldGroup.FULFILLMENT, Kind.SHIPMENT)
    place = {role: at for at, role in enumerate(order)}
    ranked = sorted(voices, key=lambda v: (not v.record.lives, place[v.system], v.record.source, v.record.source_id))
    found: dict[str, Package] = {}
    names: set[str] = set()
    for voice in ranked:
        for package in voice.record.content.packages:
            found.setdefault(package.tracking_number or package.id, package)
            names |= {package.id, package.tracking_number or package.id}
    for voice in ranked:
        for part in sorted({event.part for event in voice.events if event.part} - names):
            found.setdefault(part, Package(id=part))
    return tuple(found[name] for name in sorted(found))


def _carrier(ground: Ground, entity: str) -> KeptRecord | None:
    """The record of a shipment that tells what it carries."""
    records = [r for r in ground.records[entity] if r.kind is Kind.SHIPMENT and r.content.lines]
    spoken = speaking(records, roles(FieldGroup.FULFILLMENT, Kind.SHIPMENT), ground.landscape)
    return spoken[0] if spoken else None


def _targets(line: SourceLine, rows: Sequence[Row]) -> bool:
    return line.target is not None and any(member.target == line.target for row in rows for member in row.members)


def units_in(line: SourceLine) -> Decimal:
    """How many units a shipment's line is about."""
    told = told_of(line.quantities)
    return told.get("ordered", max(told.values(), default=Decimal(0)))
