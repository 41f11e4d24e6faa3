"""Documents of master data: customers, products, warehouses, prices; and of transfers between warehouses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hub.flow.facts import KeptRecord
from hub.merge.authority import muted
from hub.merge.ground import Ground
from hub.merge.groups import assembled_groups, identifiers_of, speakers_of
from hub.merge.heads import number_told, spoken, status_told, target_told, version_of
from hub.merge.loads import units_in
from hub.model.billing import PriceGroups, PriceReference, PriceStatus
from hub.model.observation import SourceLine
from hub.model.party import Customer, CustomerGroups
from hub.model.place import Location, Warehouse, WarehouseGroups
from hub.model.product import ChannelListing, ListingState, MappingState, Product, ProductGroups, SkuMapping
from hub.model.schemes import PRODUCT_SKU, WAREHOUSE_CODE
from hub.model.transfer import ZERO, Transfer, TransferGroups, TransferLine, TransferStatus
from hub.model.values import Identifier
from hub.model.vocabulary import FieldGroup, IdentifierScheme, Kind, SystemKind


def assembled_customer(ground: Ground, entity: str) -> Customer:
    """The document of one customer."""
    records = ground.records[entity]
    accounts = [
        Identifier(scheme=IdentifierScheme.ACCOUNT, value=record.content.account, source=record.source)
        for record in records
        if record.content.account
    ]
    return Customer(
        id=entity,
        version=version_of(ground, entity),
        number=number_told(ground, records, FieldGroup.COMMERCIAL) or records[0].source_id,
        groups=assembled_groups(ground, records, CustomerGroups),
        identifiers=tuple(dict.fromkeys((*identifiers_of(ground, records), *accounts))),
        parent_id=target_told(ground, records, FieldGroup.COMMERCIAL, Kind.CUSTOMER),
        speakers=speakers_of(ground, records, CustomerGroups),
    )


def assembled_product(ground: Ground, entity: str) -> Product:
    """The document of one item, with what every source calls it and how channels show it."""
    records = ground.records[entity]
    sku = named(ground, records, PRODUCT_SKU)
    codes = [_code(record, PRODUCT_SKU) for record in records]
    return Product(
        id=entity,
        version=version_of(ground, entity),
        sku=sku,
        groups=assembled_groups(ground, records, ProductGroups),
        identifiers=tuple(
            dict.fromkeys(
                (
                    *(
                        Identifier(scheme=IdentifierScheme.SKU, value=code, source=record.source)
                        for record, code in zip(records, codes, strict=True)
                        if code
                    ),
                    *identifiers_of(ground, records),
                )
            )
        ),
        channel_listings=tuple(_listing(one) for one in records if ground.system(one.source) is SystemKind.COMMERCE),
        mappings=tuple(_mappings(ground, records)),
        speakers=speakers_of(ground, records, ProductGroups),
    )


def assembled_warehouse(ground: Ground, entity: str) -> Warehouse:
    """The document of one warehouse, with the places inside it as the warehouse's own system lists them."""
    records = ground.records[entity]
    return Warehouse(
        id=entity,
        version=version_of(ground, entity),
        code=named(ground, records, WAREHOUSE_CODE),
        groups=assembled_groups(ground, records, WarehouseGroups),
        locations=_locations(spoken(ground, records, FieldGroup.FULFILLMENT)),
        identifiers=identifiers_of(ground, records),
        speakers=speakers_of(ground, records, WarehouseGroups),
    )


def assembled_transfer(ground: Ground, entity: str) -> Transfer:
    """The document of one transfer: asked for by the ERP, carried out by the warehouses."""
    records = ground.records[entity]
    groups = assembled_groups(ground, records, TransferGroups)
    ways = (groups.request.from_warehouse, groups.request.to_warehouse) if groups.request else (None, None)
    told = next((one.content.lines for one in spoken(ground, records, FieldGroup.FULFILLMENT) if one.content.lines), ())
    return Transfer(
        id=entity,
        version=version_of(ground, entity),
        status=status_told(ground, records, FieldGroup.FULFILLMENT, TransferStatus),
        number=number_told(ground, records, FieldGroup.COMMERCIAL),
        groups=groups,
        lines=tuple(_moved(line) for line in told),
        identifiers=identifiers_of(ground, records),
        from_warehouse_id=_place(records, ways[0]),
        to_warehouse_id=_place(records, ways[1]),
        speakers=speakers_of(ground, records, TransferGroups),
    )


def assembled_price(ground: Ground, entity: str) -> PriceReference:
    """The document of one price that another system computed."""
    records = ground.records[entity]
    groups = assembled_groups(ground, records, PriceGroups)
    amount = (groups.facts.net_price or groups.facts.list_price) if groups.facts else None
    named_by = (link.key.value for record in records for link in record.links if link.key.scheme == PRODUCT_SKU)
    return PriceReference(
        id=entity,
        version=version_of(ground, entity),
        sku=next(named_by, number_told(ground, records, FieldGroup.COMMERCIAL) or records[0].source_id),
        status=status_told(ground, records, FieldGroup.COMMERCIAL, PriceStatus),
        currency_code=amount.currency_code if amount else None,
        groups=groups,
        identifiers=identifiers_of(ground, records),
        customer_id=target_told(ground, records, FieldGroup.COMMERCIAL, Kind.CUSTOMER),
        speakers=speakers_of(ground, records, PriceGroups),
    )


def named(ground: Ground, records: Sequence[KeptRecord], scheme: str) -> str:
    """The code that systems share, by whoever speaks first and bears one; else a number, else an id."""
    told = (_code(record, scheme) for record in spoken(ground, records, FieldGroup.COMMERCIAL))
    code = next((one for one in told if one), None)
    return code or number_told(ground, records, FieldGroup.COMMERCIAL) or records[0].source_id


def _code(record: KeptRecord, scheme: str) -> str | None:
    return next((key.value for key in record.content.bears if key.scheme == scheme), None)


def _listing(record: KeptRecord) -> ChannelListing:
    said = record.content.status
    state = ListingState(said) if said and said in ListingState.__members__ else ListingState.UNKNOWN
    return ChannelListing(
        channel=record.source,
        listing_id=record.source_id,
        state=state if record.lives else ListingState.UNLISTED,
    )


def _mappings(ground: Ground, records: Sequence[KeptRecord]) -> Iterable[SkuMapping]:
    """What every source calls the item; a source that has it twice does not say which one it means."""
    twice = muted(records, ground.landscape)
    for record in records:
        yield SkuMapping(
            source=record.source,
            external_sku=_code(record, PRODUCT_SKU) or record.content.number or record.source_id,
            state=MappingState.AMBIGUOUS if record.source in twice else MappingState.MAPPED,
        )


def _locations(records: Iterable[KeptRecord]) -> tuple[Location, ...]:
    return next((record.content.locations for record in records if record.content.locations), ())


def _moved(line: SourceLine) -> TransferLine:
    told = line.quantities
    rejected = told.rejected or ZERO
    received = told.delivered or ZERO
    return TransferLine(
        sku=line.sku,
        unit=line.unit,
        requested=units_in(line),
        shipped=told.shipped or ZERO,
        received=received,
        accepted=max(received - rejected, ZERO),
        rejected=rejected,
    )


def _place(records: Sequence[KeptRecord], code: str | None) -> str | None:
    """The warehouse of a code, as the records' references lead to it."""
    for record in records:
        for link in record.links:
            if code is not None and (link.key.scheme, link.key.value) == (WAREHOUSE_CODE, code) and link.entity_id:
                return link.entity_id
    return None
