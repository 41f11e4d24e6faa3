"""Where a shipment and its packages stand, from everybody who speaks of them (Mark-1, domain.md 2.5.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from hub.flow.facts import KeptRecord
from hub.merge.authority import holds_parcels, muted, roles
from hub.merge.ground import Ground
from hub.merge.milestones import RANKS, Voice, lowest, stands_at, tracking_stale_at
from hub.model.shipment import Package, ShipmentMilestone
from hub.model.vocabulary import FieldGroup, Kind, SystemKind

_ON_THE_WAY = range(RANKS[ShipmentMilestone.SHIPPED], RANKS[ShipmentMilestone.DELIVERED])


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcelled:
    """A shipment's status and packages, before its document."""

    status: ShipmentMilestone
    packages: tuple[Package, ...]
    is_partial: bool


def voices_of(ground: Ground, entity: str) -> tuple[Voice, ...]:
    """Everybody who speaks of a shipment: its own records and the parcels that refer to it.

    A source that has it twice does not, while another one can (Id-3).
    """
    parcels = [other for other in sorted(ground.records) if entity in ground.targets(other, Kind.SHIPMENT)]
    found = [
        record for one in (entity, *parcels) for record in ground.records.get(one, ()) if record.kind is Kind.SHIPMENT
    ]
    twice = muted((record for record in found if record.entity_id == entity), ground.landscape)
    clear = [record for record in found if record.source not in twice]
    return tuple(_voice(ground, record) for record in clear or found)


def own_status(ground: Ground, record: KeptRecord) -> ShipmentMilestone:
    """Where one record alone says that its shipment stands; UNKNOWN where it does not say."""
    return _voice(ground, record).says() or ShipmentMilestone.UNKNOWN


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


def _voice(ground: Ground, record: KeptRecord) -> Voice:
    return Voice(
        record=record,
        system=ground.system(record.source),
        tells=ground.tells(record.source),
        events=ground.told_by(record),
        tracks=FieldGroup.TRACKING in ground.declares(record.source, Kind.SHIPMENT),
        is_parcel=holds_parcels(record, ground.landscape),
    )


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
