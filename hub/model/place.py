"""Warehouses and the locations in them (domain.md 2.2.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hub.model.values import Address, Identifier, Speaker, group, internal
from hub.model.vocabulary import FieldGroup


class WarehouseType(StrEnum):
    """What sort of place it is."""

    DC = "DC"
    STORE = "STORE"
    THIRD_PARTY = "THIRD_PARTY"
    DROPSHIP_VENDOR = "DROPSHIP_VENDOR"
    RETURN_CENTER = "RETURN_CENTER"
    VIRTUAL = "VIRTUAL"
    TRANSIT = "TRANSIT"
    UNKNOWN = "UNKNOWN"


class WarehouseStatus(StrEnum):
    """Whether it works."""

    ACTIVE = "ACTIVE"
    PAUSED = "PAUSED"
    CLOSED = "CLOSED"
    UNKNOWN = "UNKNOWN"


class WarehouseCapability(StrEnum):
    """What it can do."""

    HAZMAT = "HAZMAT"
    COLD = "COLD"
    SERIAL = "SERIAL"
    GIFT_WRAP = "GIFT_WRAP"
    CARTON_LABEL = "CARTON_LABEL"
    ASN = "ASN"
    RETURNS = "RETURNS"
    OTHER = "OTHER"


class LocationType(StrEnum):
    """What a location is for."""

    BULK = "BULK"
    PICK = "PICK"
    STAGING = "STAGING"
    QC = "QC"
    DAMAGED = "DAMAGED"
    RETURNS = "RETURNS"
    DOCK = "DOCK"
    OTHER = "OTHER"


class FeedMode(StrEnum):
    """How its stock figures come."""

    EVENT = "EVENT"
    POLL = "POLL"
    FILE = "FILE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A place inside a warehouse."""

    id: str
    """Stable within the warehouse, opaque."""
    code: str
    """As painted on the shelf."""
    zone: str | None = None
    """Part of the building."""
    type: LocationType = LocationType.OTHER
    """What it is for."""
    is_pickable: bool | None = None
    """Whether orders are picked from it."""
    is_sellable: bool | None = None
    """Whether what lies there may be promised."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CarrierCutoff:
    """Until when an order of the day leaves on the same day."""

    carrier_service: str
    """The carrier's service."""
    time: str
    """`HH:MM`, in the warehouse's time zone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WarehouseProfile:
    """What and where it is: owned by the ERP."""

    name: str | None = None
    """For people."""
    type: WarehouseType | None = None
    """What sort of place it is."""
    status: WarehouseStatus | None = None
    """Whether it works."""
    is_own: bool | None = None
    """Ours, or a partner's."""
    address: Address | None = None
    """Where it is."""
    timezone: str | None = None
    """IANA name."""
    serves_regions: tuple[str, ...] = ()
    """Regions it ships to."""
    priority: int | None = None
    """Which is asked first; the least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WarehouseWork:
    """What it can do in a day: owned by the warehouse system."""

    capabilities: tuple[WarehouseCapability, ...] = ()
    """What it can do."""
    cutoffs: tuple[CarrierCutoff, ...] = ()
    """Last times of the day."""
    orders_per_day: int | None = None
    """Most orders it ships in a day."""
    backlog: int | None = None
    """Orders that wait there."""
    supports_partial_release: bool | None = None
    """Whether it takes part of an order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WarehouseFeed:
    """How its stock figures come."""

    feed_mode: FeedMode | None = None
    """Events, polling or files."""
    last_event_at: datetime | None = None
    """When the last figure came."""
    expected_interval_seconds: int | None = None
    """How often figures should come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WarehouseGroups:
    """What a source can tell about a warehouse."""

    profile: WarehouseProfile | None = group(FieldGroup.OTHER)
    """What and where it is."""
    work: WarehouseWork | None = group(FieldGroup.FULFILLMENT)
    """What it can do in a day."""
    feed: WarehouseFeed | None = group(FieldGroup.INVENTORY)
    """How its stock figures come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Warehouse:
    """A place that holds and ships goods."""

    id: str
    """Stable, opaque."""
    version: int
    """Moves whenever the warehouse moves."""
    code: str
    """The code that the systems share."""
    groups: WarehouseGroups = WarehouseGroups()
    """The head, group by group."""
    locations: tuple[Location, ...] = ()
    """Places inside it, as far as a source lists them."""
    identifiers: tuple[Identifier, ...] = ()
    """Everything a caller may read out for it."""
    speakers: tuple[Speaker, ...] = internal(())
    """Which record each group was taken from: provenance."""
