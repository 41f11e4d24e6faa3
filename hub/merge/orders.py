"""The document of one order, from its records and what lies below it (design section 5, steps 4 and 5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from hub.flow.facts import CaseWanted, KeptRecord
from hub.merge.authority import by_authority, is_accepted, roles, speaking
from hub.merge.conflicts import conflict_cases, conflicts_of, decide_at
from hub.merge.derive import Derived, DerivedLine, derive, inputs_of
from hub.merge.ground import Ground
from hub.merge.groups import assembled_groups, identifiers_of, speaker, speakers_of
from hub.merge.heads import target_told
from hub.merge.keys import BELOW_ORDERS
from hub.merge.lines import Row, Rows, numbered, order_rows
from hub.merge.loads import SPEAKS_AS, Load, loads_of
from hub.merge.presence import born_in
from hub.merge.promised import taken_by, with_the_hubs
from hub.merge.shipments import shipment_identifiers
from hub.merge.statements import heads_of, statements_of, with_left_out
from hub.model.cases import CaseQueue, ExceptionCode, RootCause, Severity
from hub.model.order import LineOrigin, Order, OrderGroups, OrderLine, PaymentState
from hub.model.values import Identifier, Money, Speaker, SystemTotal
from hub.model.vocabulary import FieldGroup, IdentifierScheme, Kind

CENT = Decimal("0.01")
"""Gross amounts may differ by so much a line: one system rounds per line, another per document (systems.md 5.19)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssembledOrder:
    """An order's document and what else follows from its records."""

    order: Order
    line_numbers: Mapping[str, int]
    """Every number ever given under the root, these included."""
    line_ids: Mapping[tuple[str, str], str]
    """(document below it, its line) -> id of the order line it is about."""
    cases: tuple[CaseWanted, ...]
    decide_at: datetime | None = None
    """When a disagreement will have persisted."""
    taken: Mapping[tuple[str, int, str], Decimal] = field(default_factory=dict)
    """(order, lineNo, source) -> units that the source says it has taken from its stock."""


def assembled_order(ground: Ground, entity: str, known: Mapping[str, int]) -> AssembledOrder:
    """The order as its records and what lies below it tell it now; *known*: line numbers ever given."""
    records = [record for record in ground.records[entity] if record.kind is Kind.ORDER]
    accepted = is_accepted(records, ground.landscape)
    rows = order_rows(records, ground.landscape)
    loads = loads_of(ground, entity, rows.rows)
    numbers, remembered = numbered(rows.rows, known)
    told = with_left_out(ground, statements_of(ground, records, rows.rows, loads), rows.rows, numbers)
    statements = with_the_hubs(told, ground, entity, numbers)
    groups = _as_born(assembled_groups(ground, records, OrderGroups, accepted=accepted), born_in(ground, records))
    state = groups.payment.state if groups.payment else PaymentState.UNKNOWN
    derived = derive(statements, len(rows.rows), accepted=accepted, payment=state)
    rowed = list(zip(numbers, rows.rows, strict=True))
    conflicts = conflicts_of(ground, records, told, rowed, accepted=accepted)
    head = _head(ground, entity, records, derived)
    order = replace(
        head,
        groups=groups,
        lines=_lines(
            entity,
            _owner(ground, records, accepted=accepted),
            zip(numbers, rows.rows, derived.lines, _shipping(ground, records, numbers, loads), strict=True),
        ),
        totals_by_system=totals_of(ground, records, len(rows.rows), accepted=accepted),
        identifiers=order_identifiers(ground, entity, records, head.number),
        conflicts=conflicts,
        routing_decision=ground.facts.decision if entity == ground.facts.root_id else None,
        earlier_decisions=ground.facts.earlier_decisions if entity == ground.facts.root_id else (),
        customer_id=_customer(ground, records, accepted=accepted),
        speakers=_speakers(
            ground,
            records,
            loads,
            inputs_of(statements, derived, accepted=accepted),
            accepted=accepted,
        ),
    )
    return AssembledOrder(
        order=order,
        line_numbers=remembered,
        line_ids={
            (load.entity, line): line_id(entity, numbers[at])
            for load in loads
            if load.leads  # the document has its lines; another source's ids are its own, and may be the same numbers
            for line, at, _ in load.lines
        },
        cases=(
            *_unclear(entity, rows, loads),
            *conflict_cases(entity, conflicts, ground.facts.now),
        ),
        decide_at=decide_at(conflicts, ground.facts.now),
        taken=taken_by(told, entity, numbers) if ground.facts.decision is not None else {},
    )


def line_id(order: str, number: int) -> str:
    """Id of an order line: stable, because a line number is never used again."""
    return f"{order}/{number}"


def totals_of(ground: Ground, records: Sequence[KeptRecord], lines: int, *, accepted: bool) -> tuple[SystemTotal, ...]:
    """What each system says the order costs, the one that speaks first; `differs` beside that one."""
    spoken = speaking(records, roles(FieldGroup.COMMERCIAL, accepted=accepted), ground.landscape)
    found: list[SystemTotal] = []
    for record in spoken:
        told = record.content.order.commercial if record.content.order else None
        if told is None or not record.lives or (told.total, told.net, told.tax) == (None, None, None):
            continue
        total = SystemTotal(
            system=ground.system(record.source), source=record.source, net=told.net, tax=told.tax, gross=told.total
        )
        found.append(replace(total, differs=bool(found) and _differs(found[0], total, CENT * max(1, lines))))
    return tuple(found)


def order_identifiers(
    ground: Ground, entity: str, records: Sequence[KeptRecord], number: str
) -> tuple[Identifier, ...]:
    """Everything a caller may read out for an order: numbers, purchase orders, e-mails, and those of its shipments."""
    found = [Identifier(scheme=IdentifierScheme.ORDER_NUMBER, value=number, source=_bearer(ground, records, number))]
    found += identifiers_of(ground, records)
    for record in records:
        groups = record.content.order
        if groups and groups.commercial and groups.commercial.po_number:
            value = groups.commercial.po_number
            found.append(Identifier(scheme=IdentifierScheme.PO_NUMBER, value=value, source=record.source))
        if groups and groups.parties and groups.parties.customer_email:
            email = Identifier(scheme=IdentifierScheme.EMAIL, value=groups.parties.customer_email, source=record.source)
            found += [] if any(_is_same_text(email, one) for one in found) else [email]
    for shipment in ground.linked(entity, Kind.SHIPMENT):
        found += shipment_identifiers(ground, shipment)
    for kind in sorted(BELOW_ORDERS - {Kind.SHIPMENT}):
        for below in ground.linked(entity, kind):
            found += identifiers_of(ground, ground.records[below])
    return tuple(dict.fromkeys(found))


def _as_born(groups: OrderGroups, born: KeptRecord | None) -> OrderGroups:
    """An order was placed once, where it was born: what its mirrors say of that is when they heard of it."""
    told = born.content.order.commercial if born is not None and born.content.order is not None else None
    if groups.commercial is None or told is None or told.placed_at is None:
        return groups
    return replace(groups, commercial=replace(groups.commercial, placed_at=told.placed_at))


def _head(ground: Ground, entity: str, records: Sequence[KeptRecord], derived: Derived) -> Order:
    stored = ground.facts.documents.get(entity)
    before = stored if isinstance(stored, Order) else None
    born = born_in(ground, records)
    return Order(
        id=entity,
        version=before.version if before else 0,
        number=(born.content.number or born.source_id) if born else entity,
        status=derived.status,
        is_partial=derived.is_partial,
        facets=derived.facets,
        status_since=before.status_since if before and before.status is derived.status else ground.facts.now,
    )


def _owner(ground: Ground, records: Sequence[KeptRecord], *, accepted: bool) -> list[str]:
    """Sources in the order in which they speak for what was agreed."""
    order = roles(FieldGroup.COMMERCIAL, accepted=accepted)
    heads = heads_of(ground, records)
    return [record.source for record in speaking(heads, order, ground.landscape)]


def _lines(
    entity: str, owners: list[str], rowed: Iterable[tuple[int, Row, DerivedLine, str | None]]
) -> tuple[OrderLine, ...]:
    """The lines in the order of `lineNo`, each described by the source that speaks; extra where that one lacks it."""
    found = []
    for number, row, derived, warehouse in rowed:
        lines = [line for source in owners for line in row.of(source)] or [row.first]
        found.append(
            OrderLine(
                id=line_id(entity, number),
                line_no=number,
                sku=lines[0].sku,
                description=next((line.description for line in lines if line.description), None),
                unit=lines[0].unit,
                unit_price=next((line.unit_price for line in lines if line.unit_price), None),
                status=derived.status,
                quantities=derived.quantities,
                warehouse_id=warehouse,
                origins=tuple(
                    LineOrigin(
                        source=member.source, document=member.document, line=member.line.id, factor=member.factor
                    )
                    for member in row.members
                ),
                is_extra=bool(owners) and not row.of(owners[0]),
            )
        )
    return tuple(sorted(found, key=lambda line: line.line_no))


def _warehouses(ground: Ground, records: Sequence[KeptRecord], rows: int, loads: Sequence[Load]) -> list[str | None]:
    """Per row the warehouse that ships most of it, by its shipments, else by the requests, else the order's own."""
    own = target_told(ground, records, FieldGroup.ALLOCATION, Kind.WAREHOUSE)
    found: list[str | None] = []
    for at in range(rows):
        units: dict[str, Decimal] = {}
        for kind in (Kind.SHIPMENT, Kind.FULFILLMENT_ORDER):
            for load in loads if not units else ():
                if load.kind is kind and load.leads and load.warehouse is not None:
                    for _, row, told in load.lines:
                        if row == at:
                            units[load.warehouse] = units.get(load.warehouse, Decimal(0)) + max(
                                told.values(), default=Decimal(0)
                            )
        found.append(min(units, key=lambda one: (-units[one], one), default=own))
    return found


def _shipping(
    ground: Ground, records: Sequence[KeptRecord], numbers: Sequence[int], loads: Sequence[Load]
) -> list[str | None]:
    """Per row the warehouse that ships it: as systems say, else as the hub has decided."""
    decided = (
        {}
        if ground.facts.decision is None
        else {one.line_no: one.warehouse_id for one in reversed(ground.facts.decision.chosen)}
    )
    told = _warehouses(ground, records, len(numbers), loads)
    return [known or decided.get(number) for known, number in zip(told, numbers, strict=True)]


def _speakers(
    ground: Ground, records: Sequence[KeptRecord], loads: Sequence[Load], inputs: frozenset[str], *, accepted: bool
) -> tuple[Speaker, ...]:
    """Who speaks for each group, for what lies below it too; for the derived status whose word went into it (D3)."""
    own = speakers_of(ground, records, OrderGroups, accepted=accepted)
    below = [
        (SPEAKS_AS[load.kind], record)
        for load in loads
        for record in ground.records[load.entity]
        if record.source == load.source and load.leads
    ]
    heads = [record for record in heads_of(ground, records) if record.source in inputs]
    status = (*heads, *(record for _, record in below if record.source in inputs))
    told = (*(speaker(group, record) for group, record in below), *(speaker(FieldGroup.LIFECYCLE, r) for r in status))
    return tuple(dict.fromkeys((*own, *told)))


def _customer(ground: Ground, records: Sequence[KeptRecord], *, accepted: bool) -> str | None:
    order = roles(FieldGroup.CUSTOMER, accepted=accepted)
    for record in by_authority(records, order, ground.landscape):
        for link in record.links:
            if link.entity_id is not None and ground.kinds.get(link.entity_id) is Kind.CUSTOMER:
                return link.entity_id
    return None


def _bearer(ground: Ground, records: Sequence[KeptRecord], number: str) -> str | None:
    born = born_in(ground, records)
    return born.source if born and born.content.number == number else None


def _is_same_text(one: Identifier, other: Identifier) -> bool:
    return (one.scheme, one.source, one.value.lower()) == (other.scheme, other.source, other.value.lower())


def _differs(speaks: SystemTotal, other: SystemTotal, rounding: Decimal) -> bool:
    if speaks.net is not None and other.net is not None and speaks.net != other.net:
        return True
    return speaks.gross is not None and other.gross is not None and _apart(speaks.gross, other.gross, rounding)


def _apart(one: Money, other: Money, rounding: Decimal) -> bool:
    return one.currency_code != other.currency_code or abs(one.amount - other.amount) > rounding


def _unclear(entity: str, rows: Rows, loads: Sequence[Load]) -> tuple[CaseWanted, ...]:
    """Lines that could be matched in several ways (Id-5)."""
    places = [*rows.ambiguous, *(f"{load.source}|{load.entity}" for load in loads if load.unclear)]
    return tuple(
        CaseWanted(
            code=ExceptionCode.ORDER_CONFLICT,
            dedup_key=f"{ExceptionCode.ORDER_CONFLICT}|{entity}|lines|{place}",
            title=f"equal lines in unequal numbers: those of {place.replace('|', ' ')} cannot be told apart",
            severity=Severity.S3,
            queue=CaseQueue.INTEGRATION,
            root_cause=RootCause.DATA_QUALITY,
            source=place.partition("|")[0],
        )
        for place in dict.fromkeys(places)
    )
