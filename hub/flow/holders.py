"""Who holds an order and what of it a cancel would change there, in the order in which they must be asked (Own-1)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from hub.flow.cycle.created import left_out
from hub.flow.facts import HUB, Document, KeptDelivery, KeptRecord, RootFacts
from hub.model.observation import SourceLine
from hub.model.order import Order, OrderLine, OrderStatus
from hub.model.shipment import Shipment, ShipmentMilestone
from hub.model.vocabulary import FieldGroup, Kind, SystemKind

CANCEL = "order.cancel"
"""The action, as manifests name it."""

ZERO = Decimal(0)
_VOID = frozenset({OrderStatus.CANCELLED.value, ShipmentMilestone.VOIDED.value})

IN_THE_WAREHOUSE = frozenset(
    {
        ShipmentMilestone.CREATED,
        ShipmentMilestone.PICK_STARTED,
        ShipmentMilestone.PICKED,
        ShipmentMilestone.PACKED,
        ShipmentMilestone.LABELED,
        ShipmentMilestone.MANIFESTED,
        ShipmentMilestone.READY_FOR_PICKUP,
    }
)
"""A shipment that has not left yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldLine:
    """One line of a holder's document."""

    line: str
    """The source's own line id."""
    line_no: int
    """The hub's line it belongs to."""
    ordered: Decimal
    cancelled: Decimal
    """As the document says now."""
    factor: Decimal = Decimal(1)
    """Units of the hub's in one of the source's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A document that stands for the order, or for goods of it, at one source."""

    source: str
    system: SystemKind
    kind: Kind
    source_id: str
    stage: int
    """0: the warehouse, asked before all others. 1: who speaks for what was agreed. 2: mirrors."""
    offers: bool
    """Whether the source's manifest offers `order.cancel`."""
    lines: tuple[HeldLine, ...]
    left_out: Mapping[int, Decimal] = field(default_factory=dict)
    """Units by line that the document never had, because they were called off before the hub made it."""

    def cancelled(self, line_no: int) -> Decimal:
        """Units of a line of the order that the document says are cancelled, or never had."""
        told = sum((held.cancelled for held in self.lines if held.line_no == line_no), ZERO)
        return told + self.left_out.get(line_no, ZERO)

    def holds(self, line_no: int) -> bool:
        """Whether the document has that line."""
        return any(held.line_no == line_no for held in self.lines)


def holders_of(order: Order, facts: RootFacts, documents: Mapping[str, Document]) -> tuple[Holder, ...]:
    """Every live document of the order and every parcel of it still in a warehouse, warehouses first, mirrors last."""
    owner = next((one.source for one in order.speakers if one.group is FieldGroup.COMMERCIAL), None)
    owner = owner or next((one.source for one in order.speakers if one.kind is Kind.ORDER), None)
    found = [
        _document(order, record, facts, stage=1 if record.source == owner else 2)
        for record in facts.records
        if record.kind is Kind.ORDER and record.lives and record.entity_id == order.id and record.source != HUB
    ]
    found += [
        _parcel(order, shipment, record, facts)
        for shipment in _waiting(order, documents)
        for record in facts.records
        if record.entity_id == shipment.id and record.lives and facts.landscape.role(record.source) is SystemKind.WMS
    ]
    return tuple(sorted(found, key=lambda holder: (holder.stage, holder.source, holder.source_id)))


def record_for(delivery: KeptDelivery, facts: RootFacts) -> KeptRecord | None:
    """The record of the object that a delivery acts on, of its latest birth."""
    named = (delivery.source, delivery.kind, delivery.source_id)
    found = [record for record in facts.records if (record.source, record.kind, record.source_id) == named]
    return max(found, key=lambda record: (record.lives, record.birth), default=None)


def units_cancelled(delivery: KeptDelivery, lines: Collection[str], facts: RootFacts) -> Decimal:
    """Units of some lines that the object of a delivery shows as cancelled; none where nothing is known of it."""
    record = record_for(delivery, facts)
    if record is None:
        return ZERO
    return sum((cancelled_on(line, record) for line in record.content.lines if line.id in lines), ZERO)


def cancelled_on(line: SourceLine, record: KeptRecord) -> Decimal:
    """Units that a source's line says are cancelled; all of them where the whole document is."""
    told = line.quantities.cancelled or ZERO
    return max(told, line.quantities.ordered or ZERO) if record.content.status in _VOID else told


def _document(order: Order, record: KeptRecord, facts: RootFacts, *, stage: int) -> Holder:
    lines = {line.id: line for line in record.content.lines}
    held = [
        _held(lines[origin.line], record, line)
        for line in order.lines
        for origin in line.origins
        if (origin.source, origin.document) == (record.source, record.document) and origin.line in lines
    ]
    missing = {
        line.line_no: left_out(facts.deliveries, record.source, line.line_no, line.quantities.ordered)
        for line in order.lines
    }
    return replace(_holder(record, facts, stage, held), left_out=missing)


def _parcel(order: Order, shipment: Shipment, record: KeptRecord, facts: RootFacts) -> Holder:
    numbers = {line.id: line for line in order.lines}
    matched = {part.line: numbers[part.order_line_id] for part in shipment.lines if part.order_line_id in numbers}
    held = [_held(line, record, matched[line.id]) for line in record.content.lines if line.id in matched]
    return _holder(record, facts, 0, held)


def _holder(record: KeptRecord, facts: RootFacts, stage: int, held: Iterable[HeldLine]) -> Holder:
    binding = facts.landscape.sources.get(record.source)
    return Holder(
        source=record.source,
        system=facts.landscape.role(record.source),
        kind=record.kind,
        source_id=record.source_id,
        stage=stage,
        offers=binding is not None and not binding.is_retired and CANCEL in binding.manifest.writes,
        lines=tuple(held),
    )


def _held(line: SourceLine, record: KeptRecord, of: OrderLine) -> HeldLine:
    told = line.quantities
    ordered = told.ordered if told.ordered is not None else of.quantities.ordered
    return HeldLine(
        line=line.id,
        line_no=of.line_no,
        ordered=ordered,
        cancelled=cancelled_on(line, record),
        factor=record.factor(line.id),
    )


def _waiting(order: Order, documents: Mapping[str, Document]) -> list[Shipment]:
    return [
        document
        for _, document in sorted(documents.items())
        if isinstance(document, Shipment) and order.id in document.order_ids and document.status in IN_THE_WAREHOUSE
    ]
