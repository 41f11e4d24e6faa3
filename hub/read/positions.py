"""One stock position as a caller sees it: whose figures count, how old they are, why it is not counted. Pure.

A warehouse whose figures are too old stays listed and is not counted; it says why (domain.md 2.6.3).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from hub.codec import decode
from hub.flow.availability import ATP, INPUTS, NOTHING, Due, Site, atp_now, reserved
from hub.flow.facts import HUB, KeptRecord
from hub.flow.staleness import target_of
from hub.merge.stock_speakers import Told, asked_of, claim_of, counted, holder, speaking
from hub.model.inventory import (
    InventoryGroups,
    InventoryPosition,
    NamedQuantity,
    QuantityName,
    StockFigures,
    StockSupply,
)
from hub.model.manifest import Landscape
from hub.model.place import Warehouse, WarehouseStatus
from hub.model.values import Identifier
from hub.model.vocabulary import FieldGroup, Freshness, IdentifierScheme, Kind, SystemKind
from hub.read.age import as_of, freshness_of, is_stale, seconds
from hub.read.evidence import Sighting
from hub.read.presence import doubt_text
from hub.read.whole import Shared
from hub.store.positions import ClaimRead, FigureRead
from hub.store.reading import Answered

PIECE = "C62"
NEITHER_WAY = frozenset({WarehouseStatus.PAUSED, WarehouseStatus.CLOSED})
"""A warehouse of which nothing can be promised, whatever lies there."""
WITHHELD = (QuantityName.SAFETY_STOCK, QuantityName.CHANNEL_BUFFER)
SPEAK = (SystemKind.WMS, SystemKind.ERP)
"""Roles whose figures may be counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stored:
    id: str
    sku: str
    warehouse: str
    version: int
    base_unit: str | None = None
    figures: tuple[FigureRead, ...] = ()
    records: tuple[KeptRecord, ...] = ()
    claims: tuple[ClaimRead, ...] = ()
    place: Warehouse | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One position, and its part in a promise."""

    position: InventoryPosition
    warehouse: str
    site: Site
    unsourced: Decimal
    """Claims on the item that name no warehouse."""
    as_of: datetime | None
    """The least instant of the figures behind it; None: nobody who may speak tells any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What one statement answered about positions."""

    now: datetime
    is_whole: bool
    """Whether everything was seen, lately, at every source that may speak."""
    positions: tuple[Judged, ...] = ()


def judged(answer: Answered, landscape: Landscape) -> Judgement:
    """The positions of *answer*, in its order. Raises HubFault where what is stored is not readable."""
    shared = decode(answer.shared, Shared)
    coverage = {(one.source, one.kind): one.through for one in shared.coverage}
    states = {one.source: one for one in shared.states}
    found = []
    for said in answer.parts:
        stored = decode(said, _Stored)
        known = Sighting(now=shared.now, landscape=landscape, coverage=coverage, states=states, records=stored.records)
        found.append(_judged(stored, known))
    return Judgement(now=shared.now, is_whole=_is_whole(shared, landscape, coverage), positions=tuple(found))


def _judged(stored: _Stored, known: Sighting) -> Judged:
    told = speaking(stored.figures, known.landscape)
    claims = [one for one in stored.claims if one.warehouse]
    asked = asked_of(stored.records, holder(told))
    figures = counted(told, claims, asked, known.now)
    flying = reserved(map(claim_of, claims), asked, known.now)
    behind = _behind(told, stored.records)
    excluded = _excluded(told, behind, stored.place, known)
    supply = _supply(stored.records, known)
    instants = [as_of(known, record) for record in behind]
    oldest = min(instants, default=None)
    site = Site(
        atp=atp_now(figures),
        safety=_withheld(figures, supply),
        receipts=_receipts(supply, known.now.date()),
        is_counted=excluded is None,
    )
    position = InventoryPosition(
        id=stored.id,
        version=stored.version,
        sku=stored.sku,
        warehouse=stored.place or unknown_place(stored.warehouse),
        unit=next((row.unit for row in stored.figures if row.unit), stored.base_unit or PIECE),
        atp=site.atp,
        formula_id=ATP,
        quantities=_quantities(stored.figures, flying),
        freshness=freshness_of(known, behind, FieldGroup.INVENTORY),
        age_seconds=0 if oldest is None else seconds(oldest, known.now),
        is_counted=site.is_counted,
        excluded_because=excluded,
        groups=InventoryGroups(figures=_dates(told, stored.records), supply=supply),
        identifiers=(Identifier(scheme=IdentifierScheme.SKU, value=stored.sku),),
    )
    network = [claim_of(one) for one in stored.claims if not one.warehouse]
    return Judged(
        position=position,
        warehouse=stored.warehouse,
        site=site,
        unsourced=reserved(network, None, known.now),
        as_of=oldest,
    )


def unknown_place(code: str) -> Warehouse:
    """A warehouse that no system has described yet: its code is all that is known."""
    return Warehouse(id=f"code:{code}", version=0, code=code)


def _behind(told: Mapping[QuantityName, Told], records: Sequence[KeptRecord]) -> list[KeptRecord]:
    """The records whose figures the formula reads."""
    sources = {told[name].source for name in INPUTS if name in told}
    return [record for record in records if record.source in sources]


def _excluded(
    told: Mapping[QuantityName, Told], behind: Sequence[KeptRecord], place: Warehouse | None, known: Sighting
) -> str | None:
    """Why promises must not count on a position, as a sentence; None where they may."""
    profile = None if place is None else place.groups.profile
    if profile is not None and profile.status in NEITHER_WAY:
        return f"the warehouse is {profile.status.value.lower()}"
    if QuantityName.ON_HAND not in told:
        return "no warehouse system or ERP tells what is on hand: a shop's stock is a copy"
    for record in sorted(behind, key=lambda one: as_of(known, one)):
        if is_stale(known, record, FieldGroup.INVENTORY):
            binding = known.landscape.sources[record.source]
            why = doubt_text(known, binding, record, Freshness.STALE)
            return f"the figures of {record.source} are too old: {why}"
    return None


def _supply(records: Iterable[KeptRecord], known: Sighting) -> StockSupply | None:
    """What the ERP, else the warehouse, tells of stock to come; what is too old is no promise."""
    order = (SystemKind.ERP, SystemKind.WMS)
    said = [
        (order.index(role), record.source, part)
        for record in records
        if (role := known.landscape.role(record.source)) in order
        and record.content.inventory is not None
        and (part := record.content.inventory.supply) is not None
        and not is_stale(known, record, FieldGroup.INVENTORY)
    ]
    return min(said, key=lambda one: one[:2])[2] if said else None


def _receipts(supply: StockSupply | None, today: date) -> tuple[Due, ...]:
    """What will come on a known day; what is overdue has none."""
    return tuple(
        Due(on=one.eta, quantity=one.quantity, confidence=one.confidence)
        for one in (() if supply is None else supply.supply)
        if one.eta is not None and one.eta >= today
    )


def _withheld(figures: Mapping[QuantityName, Decimal], supply: StockSupply | None) -> Decimal:
    held = sum((figures.get(name, NOTHING) for name in WITHHELD), NOTHING)
    if QuantityName.SAFETY_STOCK not in figures and supply is not None and supply.safety_stock is not None:
        return held + supply.safety_stock
    return held


def _quantities(rows: Iterable[FigureRead], flying: Decimal) -> tuple[NamedQuantity, ...]:
    """Every figure by name, then by who tells it; what the hub holds back itself among them."""
    told = [NamedQuantity(name=row.name, value=row.value, source=row.source) for row in rows]
    if flying:
        told.append(NamedQuantity(name=QuantityName.RESERVED, value=flying, source=HUB))
    order = list(QuantityName)
    return tuple(sorted(told, key=lambda one: (order.index(one.name), one.source)))


def _dates(told: Mapping[QuantityName, Told], records: Iterable[KeptRecord]) -> StockFigures | None:
    row = told.get(QuantityName.ON_HAND)
    said = [
        record.content.inventory.figures
        for record in records
        if row is not None and record.source == row.source and record.content.inventory is not None
    ]
    return next((one for one in said if one is not None), None)


def _is_whole(shared: Shared, landscape: Landscape, coverage: Mapping[tuple[str, Kind], datetime]) -> bool:
    """Whether every source that may speak of stock was seen whole, lately; never where there is none."""
    bindings = [
        one
        for one in landscape.sources.values()
        if one.system in SPEAK and Kind.INVENTORY in one.manifest.reads and not one.is_retired
    ]
    seen = [(one, coverage.get((one.source, Kind.INVENTORY))) for one in bindings]
    return bool(seen) and all(
        at is not None and shared.now - at <= target_of(one, FieldGroup.INVENTORY) for one, at in seen
    )
