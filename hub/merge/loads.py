"""What documents below an order add to its lines: parcels, invoices, credit memos, returns (Id-5, domain.md 2.4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from hub.flow.facts import KeptRecord
from hub.merge.authority import holds_parcels
from hub.merge.counters import carried, told_of
from hub.merge.ground import Ground
from hub.merge.heads import claim, spoken, target_told
from hub.merge.lines import Row, match
from hub.merge.milestones import RANKS
from hub.merge.parcels import own_status, parcelled
from hub.model.billing import CreditMemoStatus, InvoiceStatus
from hub.model.observation import SourceLine
from hub.model.returns import ReturnStatus
from hub.model.shipment import FulfillmentRequestStatus, ShipmentMilestone
from hub.model.vocabulary import FieldGroup, Kind, SystemKind

ZERO = Decimal(0)
BILLED = frozenset(
    {
        InvoiceStatus.POSTED,
        InvoiceStatus.SENT,
        InvoiceStatus.PARTIALLY_PAID,
        InvoiceStatus.PAID,
        InvoiceStatus.OVERDUE,
        InvoiceStatus.DISPUTED,
    }
)
"""An invoice that counts: posted, and not taken back."""
CREDITED = frozenset({CreditMemoStatus.POSTED, CreditMemoStatus.APPLIED, CreditMemoStatus.REFUNDED})
"""A credit memo that counts."""
NO_RETURN = frozenset({ReturnStatus.DECLINED, ReturnStatus.CANCELLED, ReturnStatus.EXPIRED})
"""A return that came to nothing."""
ACKNOWLEDGED = frozenset(
    {
        FulfillmentRequestStatus.ACCEPTED,
        FulfillmentRequestStatus.CANCEL_REQUESTED,
        FulfillmentRequestStatus.CANCEL_REJECTED,
        FulfillmentRequestStatus.CLOSED,
    }
)
"""A request that the warehouse has said yes to."""

SPEAKS_AS: Mapping[Kind, FieldGroup] = {
    Kind.SHIPMENT: FieldGroup.FULFILLMENT,
    Kind.FULFILLMENT_ORDER: FieldGroup.FULFILLMENT,
    Kind.INVOICE: FieldGroup.INVOICING,
    Kind.CREDIT_MEMO: FieldGroup.INVOICING,
    Kind.RETURN: FieldGroup.RETURNS,
}
"""The group whose owner's lines a document is made of."""
_SHIPPED = RANKS[ShipmentMilestone.SHIPPED]


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What one source's part of one document adds to an order: per matched line the row and the counters."""

    entity: str
    kind: Kind
    source: str
    system: SystemKind
    lines: tuple[tuple[str, int, dict[str, Decimal]], ...]
    """(the document's line, row, counters)."""
    leads: bool = True
    """Whether its source speaks for the document's lines; the others' word is only compared."""
    warehouse: str | None = None
    unclear: bool = False
    """Whether equal items in unequal numbers left the matching open (Id-5)."""


def loads_of(ground: Ground, order: str, rows: Sequence[Row]) -> tuple[Load, ...]:
    """What every document below an order adds to its rows, kind by kind, lowest entity first, its speaker first.

    A shipment that is gone counts only if it had left: goods do not come back because a system forgot them.
    """
    return tuple(
        load
        for kind in SPEAKS_AS
        for entity in ground.linked(order, kind)
        for load in _loads(ground, order, entity, rows)
    )


def tellers(ground: Ground, entity: str) -> list[list[KeptRecord]]:
    """Records that tell a document's lines, one list per source, the one that speaks first.

    A source that holds parcels has a record for each; of any other one record counts (Id-3).
    """
    records = [record for record in ground.records[entity] if record.content.lines]
    if not records:
        return []
    found = spoken(ground, records, SPEAKS_AS[records[0].kind])
    return [
        [one for one in records if one.source == record.source and one.lives is record.lives]
        if holds_parcels(record, ground.landscape)
        else [record]
        for record in found
    ]


def lines_told(ground: Ground, entity: str) -> list[SourceLine]:
    """The lines of a document as its speaker tells them."""
    told = tellers(ground, entity)
    return [line for record in told[0] for line in record.content.lines] if told else []


def _loads(ground: Ground, order: str, entity: str, rows: Sequence[Row]) -> Iterator[Load]:
    for place, records in enumerate(tellers(ground, entity)):
        lines: list[tuple[str, int, dict[str, Decimal]]] = []
        unclear, counts = False, False
        for record in records:
            how = _counting(ground, entity, record, leads=place == 0)
            if how is not None:
                pairs, open_ = match(_mine(ground, order, entity, record, rows), rows)
                lines += [(line.id, at, how.of(line)) for line, at in pairs if at is not None]
                unclear, counts = unclear or open_, True
        if counts:
            yield Load(
                entity=entity,
                kind=records[0].kind,
                source=records[0].source,
                system=ground.system(records[0].source),
                lines=tuple(lines),
                leads=place == 0,
                warehouse=_warehouse(ground, entity),
                unclear=unclear and place == 0,
            )


def _warehouse(ground: Ground, entity: str) -> str | None:
    return target_told(ground, ground.records[entity], SPEAKS_AS[ground.kinds[entity]], Kind.WAREHOUSE)


def _mine(ground: Ground, order: str, entity: str, record: KeptRecord, rows: Sequence[Row]) -> list[SourceLine]:
    """The lines of a document that are about this order: by the document they name, else if it serves no other."""
    keys, alone = ground.keys_of(order), ground.order_references(entity) == 1
    return [
        line
        for line in record.content.lines
        if (line.document in keys if line.document is not None else alone or _targets(line, rows))
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Counting:
    """How the lines of one record count."""

    kind: Kind
    milestone: ShipmentMilestone = ShipmentMilestone.UNKNOWN
    releases: bool = False
    tracks: bool = False
    counts: bool = True

    def of(self, line: SourceLine) -> dict[str, Decimal]:
        """The counters that a line adds."""
        if self.kind is Kind.SHIPMENT:
            told = carried(line.quantities, self.milestone, releases=self.releases)
            is_silent = not self.tracks and not told.get("delivered")
            return {name: units for name, units in told.items() if name != "delivered" or not is_silent}
        units = units_in(line) if self.counts else ZERO
        if self.kind is Kind.INVOICE:
            return {"invoiced": units}
        if self.kind is Kind.CREDIT_MEMO:
            return {"credited": units}
        if self.kind is Kind.RETURN:
            asked = {"return_requested": requested_in(line) if self.counts else ZERO}
            return asked if line.quantities.returned is None else asked | {"returned": returned_in(line)}
        return {}


def _counting(ground: Ground, entity: str, record: KeptRecord, *, leads: bool) -> _Counting | None:
    """How a record's lines count; None where they do not."""
    if record.kind is Kind.SHIPMENT:
        return _shipping(ground, entity, record, leads=leads)
    if not record.lives:
        return None
    if record.kind is Kind.INVOICE:
        return _Counting(kind=record.kind, counts=claim(record, InvoiceStatus) in BILLED)
    if record.kind is Kind.CREDIT_MEMO:
        return _Counting(kind=record.kind, counts=claim(record, CreditMemoStatus) in CREDITED)
    if record.kind is Kind.RETURN:
        return _Counting(kind=record.kind, counts=claim(record, ReturnStatus) not in NO_RETURN)
    return _Counting(kind=record.kind)


def _shipping(ground: Ground, entity: str, record: KeptRecord, *, leads: bool) -> _Counting | None:
    status = parcelled(ground, entity).status if leads else own_status(ground, record)
    if not record.lives and RANKS.get(status, -1) < _SHIPPED:
        return None
    releases = ground.system(record.source) is SystemKind.WMS
    return _Counting(
        kind=record.kind,
        milestone=status,
        releases=releases and _is_acknowledged(ground, record),
        tracks=FieldGroup.TRACKING in ground.declares(record.source, Kind.SHIPMENT),
    )


def _is_acknowledged(ground: Ground, record: KeptRecord) -> bool:
    """Whether the warehouse has said yes to the request that this shipment of its own answers."""
    for one in ground.facts.records:
        if (one.kind, one.source, one.source_id) == (Kind.FULFILLMENT_ORDER, record.source, record.source_id):
            return claim(one, FulfillmentRequestStatus) in ACKNOWLEDGED
    return True


def units_in(line: SourceLine) -> Decimal:
    """How many units a document's line is about."""
    told = told_of(line.quantities)
    return told.get("ordered", max(told.values(), default=ZERO))


def requested_in(line: SourceLine) -> Decimal:
    """How many units of a return's line were asked to come back."""
    told = line.quantities
    if told.return_requested is not None:
        return told.return_requested
    return told.ordered if told.ordered is not None else returned_in(line)


def returned_in(line: SourceLine) -> Decimal:
    """How many units of a return's line have come back."""
    return line.quantities.returned or ZERO


def _targets(line: SourceLine, rows: Sequence[Row]) -> bool:
    return line.target is not None and any(member.target == line.target for row in rows for member in row.members)
