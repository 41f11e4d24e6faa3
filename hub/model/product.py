"""Products: what is sold, counted and shipped, by stock-keeping unit (domain.md 2.2.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from hub.model.values import Identifier, Speaker, group, internal
from hub.model.vocabulary import FieldGroup


class ProductStatus(StrEnum):
    """Where an item stands in its life; whether a channel sells it is said by its listings."""

    DRAFT = "DRAFT"
    ACTIVE = "ACTIVE"
    DISCONTINUED = "DISCONTINUED"
    BLOCKED = "BLOCKED"
    ARCHIVED = "ARCHIVED"
    UNKNOWN = "UNKNOWN"


class ProductType(StrEnum):
    """What sort of item it is."""

    GOODS = "GOODS"
    KIT = "KIT"
    ASSEMBLY = "ASSEMBLY"
    SERVICE = "SERVICE"
    DIGITAL = "DIGITAL"
    GIFT_CARD = "GIFT_CARD"
    PACKAGING = "PACKAGING"
    UNKNOWN = "UNKNOWN"


class StockTracking(StrEnum):
    """Which units are told apart."""

    NONE = "NONE"
    LOT = "LOT"
    SERIAL = "SERIAL"
    LOT_SERIAL = "LOT_SERIAL"


class ListingState(StrEnum):
    """Whether a channel shows the item."""

    LISTED = "LISTED"
    UNLISTED = "UNLISTED"
    SUPPRESSED = "SUPPRESSED"
    ERROR = "ERROR"
    UNKNOWN = "UNKNOWN"


class MappingState(StrEnum):
    """Whether a source's item code leads to exactly one item."""

    MAPPED = "MAPPED"
    MISSING = "MISSING"
    AMBIGUOUS = "AMBIGUOUS"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitConversion:
    """Another unit the item is handled in."""

    unit: str
    """Unit code, such as a case."""
    factor: Decimal
    """Base units in one of it."""
    gtin: str | None = None
    """Its own trade item number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelListing:
    """How one channel shows the item."""

    channel: str
    """The channel."""
    listing_id: str
    """Its own id of the listing."""
    state: ListingState
    """Whether it is shown."""
    last_published_at: datetime | None = None
    """When it was last sent there."""
    last_error: str | None = None
    """The channel's words, where it refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SkuMapping:
    """What one source calls the item."""

    source: str
    """The source."""
    external_sku: str
    """Its own item code."""
    state: MappingState
    """Whether it leads here and only here."""
    unit: str | None = None
    """The unit it means."""
    pack_factor: Decimal = Decimal(1)
    """Base units in one of the source's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductItem:
    """The item as it is sold and counted: owned by the ERP."""

    name: str | None = None
    """As the owner names it."""
    product_key: str | None = None
    """Style that groups variants."""
    status: ProductStatus | None = None
    """Where it stands in its life."""
    type: ProductType | None = None
    """What sort of item it is."""
    base_unit: str | None = None
    """UN/ECE unit it is counted in."""
    units: tuple[UnitConversion, ...] = ()
    """Other units it is handled in."""
    tracking: StockTracking | None = None
    """Which units are told apart."""
    tax_category: str | None = None
    """As the ERP names it."""
    hs_code: str | None = None
    """Customs tariff number."""
    origin_country: str | None = None
    """ISO 3166-1 alpha-2."""
    lead_time_days: int | None = None
    """Days until more is there."""
    order_multiple: Decimal | None = None
    """Sold only in multiples of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductContent:
    """What buyers read of it: owned by the content system, else by the channel."""

    title: str | None = None
    """Heading for buyers."""
    description: str | None = None
    """Text for buyers."""
    image_url: str | None = None
    """A picture of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductHandling:
    """How it is stored and carried: measured by the warehouse, else told by the ERP."""

    weight_kg: Decimal | None = None
    """Of one base unit, packed."""
    length_cm: Decimal | None = None
    """Of one base unit, packed."""
    width_cm: Decimal | None = None
    """Of one base unit, packed."""
    height_cm: Decimal | None = None
    """Of one base unit, packed."""
    is_hazmat: bool | None = None
    """Whether it is dangerous goods."""
    un_number: str | None = None
    """Number of dangerous goods."""
    temperature_class: str | None = None
    """How cold it must be kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductGroups:
    """What a source can tell about a product."""

    item: ProductItem | None = group(FieldGroup.COMMERCIAL)
    """The item as it is sold and counted."""
    content: ProductContent | None = group(FieldGroup.OTHER)
    """What buyers read of it."""
    handling: ProductHandling | None = group(FieldGroup.FULFILLMENT)
    """How it is stored and carried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """An item that is sold and stocked; one stock-keeping unit."""

    id: str
    """Stable, opaque."""
    version: int
    """Moves whenever the product moves."""
    sku: str
    """The tenant's own item code; unique."""
    groups: ProductGroups = ProductGroups()
    """The head, group by group."""
    identifiers: tuple[Identifier, ...] = ()
    """Everything a caller may read out for it, trade item numbers among them."""
    channel_listings: tuple[ChannelListing, ...] = ()
    """How channels show it."""
    mappings: tuple[SkuMapping, ...] = ()
    """What sources call it."""
    speakers: tuple[Speaker, ...] = internal(())
    """Which record each group was taken from: provenance."""
