"""The document of one shipment, from everybody who speaks of it (domain.md 2.2.6, 2.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hub.merge.ground import Ground
from hub.merge.groups import assembled_groups, identifiers_of, speaker, speakers_of
from hub.merge.heads import number_told, spoken, target_told, version_of
from hub.merge.loads import lines_told, units_in
from hub.merge.milestones import RANKS, TURNS, Voice, deciding, history
from hub.merge.parcels import parcelled, stale_at, voices_of
from hub.model.shipment import Shipment, ShipmentExceptionKind, ShipmentGroups, ShipmentLine, ShipmentMilestone
from hub.model.values import Identifier
from hub.model.vocabulary import FieldGroup, IdentifierScheme, Kind


def assembled_shipment(ground: Ground, entity: str, line_ids: Mapping[tuple[str, str], str]) -> Shipment:
    """The document of one shipment; *line_ids*: (shipment, its line) -> id of the order line it fulfils."""
    records = [record for record in ground.records[entity] if record.kind is Kind.SHIPMENT]
    state, voices = parcelled(ground, entity), voices_of(ground, entity)
    told = [event for voice in voices for event in voice.events]
    return Shipment(
        id=entity,
        version=version_of(ground, entity),
        status=state.status,
        number=number_told(ground, records, FieldGroup.FULFILLMENT),
        is_partial=state.is_partial,
        exceptions=_exceptions(ground, entity, voices, state.status),
        groups=assembled_groups(ground, records, ShipmentGroups),
        packages=state.packages,
        lines=tuple(
            ShipmentLine(
                sku=line.sku, quantity=units_in(line), order_line_id=line_ids.get((entity, line.id)), line=line.id
            )
            for line in lines_told(ground, entity)
        ),
        milestones=history(told, state.status, spoken(ground, records, FieldGroup.FULFILLMENT)[0].source),
        identifiers=shipment_identifiers(ground, entity),
        order_ids=ground.orders_of(entity),
        warehouse_id=target_told(ground, records, FieldGroup.FULFILLMENT, Kind.WAREHOUSE),
        speakers=(
            *speakers_of(ground, records, ShipmentGroups),
            *(speaker(FieldGroup.LIFECYCLE, record) for record in deciding(voices)),
        ),
    )


def _exceptions(
    ground: Ground, entity: str, voices: Sequence[Voice], status: ShipmentMilestone
) -> tuple[ShipmentExceptionKind, ...]:
    """What its sources say is wrong now, and silence of the carrier; nothing once it is delivered or void."""
    if RANKS.get(status, 100) >= RANKS[ShipmentMilestone.DELIVERED] and status not in TURNS:
        return ()
    told = {kind for voice in voices if voice.record.lives for kind in voice.record.content.exceptions}
    silent = stale_at(ground, entity)
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
