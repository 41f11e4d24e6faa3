"""What has left a warehouse, told to the ERP that planned it and to the shop that sold it (domain.md 2.4.3). Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from hub.flow.cycle.requesting import line_for
from hub.flow.cycle.scene import CALLED_OFF, LEFT, ZERO, Scene, reference_of
from hub.flow.cycle.sharing import Consolidated, consolidated
from hub.flow.facts import KeptRecord
from hub.model.effects import SHIP_GOODS, GoodsLine, ShipGoods
from hub.model.intents import IntentOf
from hub.model.manifest import SourceBinding
from hub.model.order import OrderLine, OrderStatus
from hub.model.schemes import FULFILMENT_SHIPMENT, WAREHOUSE_CODE
from hub.model.shipment import Shipment
from hub.model.vocabulary import Kind, SystemKind

TOLD_WITHIN = timedelta(minutes=15)
"""How long a system may take to show what has left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """Goods that have left, by the word of the warehouse that had them."""

    entity: str
    record: KeptRecord
    reference: str
    units: Mapping[int, Decimal]
    """By line of the order."""

    @property
    def tracking(self) -> tuple[str, ...]:
        """The carriers' numbers, in the order of the packages."""
        numbers = (one.tracking_number for one in self.record.content.packages)
        return tuple(dict.fromkeys(number for number in numbers if number))

    @property
    def carrier(self) -> str | None:
        """As the warehouse wrote it."""
        told = self.record.content.shipment
        return told.execution.carrier if told is not None and told.execution is not None else None

    @property
    def shipped_at(self) -> datetime | None:
        """When, by the warehouse's clock."""
        told = self.record.content.shipment
        return told.execution.shipped_at if told is not None and told.execution is not None else None

    @property
    def warehouse(self) -> str | None:
        """Code of the warehouse."""
        return next((key.value for key in self.record.content.refers if key.scheme == WAREHOUSE_CODE), None)


def shipments_told(scene: Scene) -> Iterator[IntentOf[ShipGoods]]:
    """Every parcel that has left, to everybody who does not show it; a closed order's mirrors hear of it still."""
    if scene.order.status in (OrderStatus.CANCELLED, OrderStatus.REJECTED):
        return
    alone, common = gone_of(scene), tuple(consolidated(scene))
    for one in alone:
        yield from _at_erp(scene, one)
    for parcel, acts in common:
        if acts:
            yield from _at_erp_for_all(scene, parcel)
    gone = (*alone, *(_share(scene, parcel) for parcel, _ in common))
    for shop in scene.offering(SystemKind.COMMERCE, SHIP_GOODS):
        for document in scene.documents_at(shop.source):
            for one in gone:
                yield from _at_shop(scene, shop, document, (one, gone))


def gone_of(scene: Scene) -> tuple[Gone, ...]:
    """Every shipment of this order alone that a warehouse says has left, by entity."""
    return tuple(
        _gone(scene, document, record)
        for _, document in sorted(scene.documents.items())
        if isinstance(document, Shipment) and document.order_ids == (scene.order.id,)
        for record in scene.told(Kind.SHIPMENT, document.id, SystemKind.WMS)[:1]
        if record.content.status in LEFT
    )


def _gone(scene: Scene, document: Shipment, record: KeptRecord) -> Gone:
    numbers = {line.id: line.line_no for line in scene.order.lines}
    placed = {one.line: numbers.get(one.order_line_id or "") for one in document.lines}
    units: dict[int, Decimal] = {}
    for line in record.content.lines:
        number = placed.get(line.id)
        if number is None:
            target = line_for(scene, record.source, None, line.sku)
            number = None if target is None else target.line_no
        if number is not None:
            told = line.quantities
            left = told.shipped if told.shipped is not None else told.ordered or ZERO
            units[number] = units.get(number, ZERO) + left
    return Gone(entity=document.id, record=record, reference=_reference(scene, document.id, record), units=units)


def _share(scene: Scene, parcel: Consolidated) -> Gone:
    """This order's part of a parcel that it shares with others."""
    name = _reference(scene, parcel.entity, parcel.left)
    return Gone(entity=parcel.entity, record=parcel.left, reference=name, units=parcel.mine(scene))


def _reference(scene: Scene, entity: str, record: KeptRecord) -> str:
    planned = [key for one in scene.told(Kind.SHIPMENT, entity, SystemKind.ERP) for key in one.content.bears]
    named = [key.value for key in (*record.content.refers, *planned) if key.scheme == FULFILMENT_SHIPMENT]
    code = reference_of(scene.order, scene.facts) or scene.order.number
    return named[0] if named else f"{code}/{record.content.number or record.source_id}"


def _at_erp(scene: Scene, gone: Gone) -> Iterator[IntentOf[ShipGoods]]:
    offering = {one.source for one in scene.offering(SystemKind.ERP, SHIP_GOODS)}
    for record in scene.told(Kind.SHIPMENT, gone.entity, SystemKind.ERP):
        if record.source in offering and record.content.status not in LEFT | CALLED_OFF:
            lines = tuple(_planned_lines(scene, record, gone))
            if lines:
                key = f"{record.source}/ship:{record.source_id}"
                yield _intent(scene, key, (record.source, Kind.SHIPMENT, record.source_id), _content(gone, lines))


def _at_erp_for_all(scene: Scene, parcel: Consolidated) -> Iterator[IntentOf[ShipGoods]]:
    """The ERP's shipment of several orders, with the goods of all of them."""
    offering = {one.source for one in scene.offering(SystemKind.ERP, SHIP_GOODS)}
    record, lines = parcel.planned, parcel.goods(scene)
    if record.source in offering and record.content.status not in LEFT | CALLED_OFF and lines:
        key = f"{record.source}/ship:{record.source_id}"
        content = _content(_share(scene, parcel), lines)
        yield _intent(scene, key, (record.source, Kind.SHIPMENT, record.source_id), content)


def _at_shop(
    scene: Scene, shop: SourceBinding, document: KeptRecord, parcels: tuple[Gone, tuple[Gone, ...]]
) -> Iterator[IntentOf[ShipGoods]]:
    gone, every = parcels
    if _is_shown(scene, shop.source, document, gone, every):
        return
    lines = tuple(
        _goods(scene, shop.source, line, gone.units[line.line_no], (origin.line, origin.factor))
        for line in scene.order.lines
        if gone.units.get(line.line_no, ZERO) > 0
        for origin in [one for one in line.origins if one.source == shop.source][:1]
    )
    if lines:
        key = _shop_key(scene, shop.source, gone)
        yield _intent(scene, key, (shop.source, Kind.ORDER, document.source_id), _content(gone, lines))


def _shop_key(scene: Scene, source: str, gone: Gone) -> str:
    """By the shipment's entity; what was asked under the same reference keeps its key, whatever merged since."""
    for row in scene.rows(source, SHIP_GOODS):
        if isinstance(row.content, ShipGoods) and row.content.reference == gone.reference:
            return row.key
    return f"{source}/ship:{gone.entity}"


def _is_shown(scene: Scene, source: str, document: KeptRecord, gone: Gone, every: tuple[Gone, ...]) -> bool:
    """Whether the shop has the parcel, or has by itself noted that as much has left as the warehouses say in all."""
    if any(one.source == source and one.content.status in LEFT for one in scene.told(Kind.SHIPMENT, gone.entity)):
        return True
    left = {line.id: line.quantities.shipped or ZERO for line in document.content.lines}
    for line in scene.order.lines:
        shown = sum((left.get(one.line, ZERO) for one in line.origins if one.source == source), ZERO)
        if gone.units.get(line.line_no, ZERO) > 0 and shown < _in_all(every, line.line_no):
            return False
    return True


def _in_all(every: tuple[Gone, ...], line_no: int) -> Decimal:
    return sum((one.units.get(line_no, ZERO) for one in every), ZERO)


def _planned_lines(scene: Scene, record: KeptRecord, gone: Gone) -> Iterator[GoodsLine]:
    """What has left, over the lines that the ERP has planned it in; never more on one than it has."""
    left = dict(gone.units)
    for line in record.content.lines:
        of = line_for(scene, record.source, line.target.value if line.target else None, line.sku)
        if of is None:
            continue
        units = min(left.get(of.line_no, ZERO), line.quantities.ordered or ZERO)
        left[of.line_no] = left.get(of.line_no, ZERO) - units
        if units > 0:
            yield _goods(scene, record.source, of, units, (line.id, record.factor(line.id)))


def _goods(scene: Scene, source: str, line: OrderLine, units: Decimal, there: tuple[str, Decimal]) -> GoodsLine:
    """Units of a line, on a line of the source's: (its id, units of the hub's in one of the source's)."""
    named, (name, factor) = scene.code(source, line.sku), there
    return GoodsLine(
        line_no=line.line_no, sku=named.code, quantity=units, unit=named.unit or line.unit, line=name, factor=factor
    )


def _content(gone: Gone, lines: tuple[GoodsLine, ...]) -> ShipGoods:
    return ShipGoods(
        lines=lines,
        reference=gone.reference,
        tracking=gone.tracking,
        carrier=gone.carrier,
        shipped_at=gone.shipped_at,
        warehouse=gone.warehouse,
    )


def _intent(scene: Scene, key: str, at: tuple[str, Kind, str], content: ShipGoods) -> IntentOf[ShipGoods]:
    source, kind, source_id = at
    return IntentOf(
        source=source,
        kind=kind,
        source_id=source_id,
        action=SHIP_GOODS,
        key=key,
        content=content,
        priority=4,
        confirm_by=scene.due(key, TOLD_WITHIN),
    )
