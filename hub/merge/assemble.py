"""Step 4 and 5 of the one writer: everything a root's facts mean, as documents (design section 5). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from hub.flow.facts import CaseWanted, Document, KeptRecord, Picture, RootFacts
from hub.merge.authority import is_accepted, roles, speaking
from hub.merge.ground import Ground, ground_of
from hub.merge.groups import account_of, assembled_groups, identifiers_of, speakers_of
from hub.merge.orders import AssembledOrder, assembled_order
from hub.merge.presence import Absence, absence_of
from hub.merge.shipments import assembled_shipment, stale_at
from hub.model.cases import CaseQueue, ExceptionCode, RootCause, Severity
from hub.model.order import OrderStatus
from hub.model.party import Customer, CustomerGroups
from hub.model.values import Identifier
from hub.model.vocabulary import FieldGroup, IdentifierScheme, Kind


def assemble(facts: RootFacts) -> Picture:
    """The documents of every entity under the root, its line numbers, accounts, absences and cases.

    A function of the kept records and the history alone: the order in which they came leaves no trace but `lineNo`,
    `statusSince` and versions.
    """
    ground = ground_of(facts)
    numbers: Mapping[str, int] = facts.line_numbers
    orders: dict[str, AssembledOrder] = {}
    for entity in ground.wanted(Kind.ORDER):
        orders[entity] = assembled_order(ground, entity, numbers)
        numbers = orders[entity].line_numbers
    line_ids = {key: line for one in orders.values() for key, line in one.line_ids.items()}
    documents: dict[str, Document] = {entity: one.order for entity, one in orders.items()}
    for entity in ground.wanted(Kind.SHIPMENT):
        documents[entity] = assembled_shipment(ground, entity, line_ids)
    for entity in ground.wanted(Kind.CUSTOMER):
        documents[entity] = assembled_customer(ground, entity)
    absences = {
        entity: absence_of(
            ground, entity, one.order.groups.commercial.placed_at if one.order.groups.commercial else None
        )
        for entity, one in orders.items()
    }
    return Picture(
        documents=documents,
        line_numbers=numbers,
        cases=(*(case for one in orders.values() for case in one.cases), *unmapped_cases(ground)),
        accounts={entity: _account(ground, entity) for entity in documents},
        missing_in={entity: absence.missing for entity, absence in absences.items()},
        decide_at=min((at for at in (*_looks(absences.values()), *_silences(ground)) if at is not None), default=None),
    )


def assembled_customer(ground: Ground, entity: str) -> Customer:
    """The document of one customer."""
    records = ground.records[entity]
    stored = ground.facts.documents.get(entity)
    born = speaking(records, roles(FieldGroup.COMMERCIAL, Kind.CUSTOMER), ground.landscape)
    groups = assembled_groups(ground, records, CustomerGroups)
    accounts = [
        Identifier(scheme=IdentifierScheme.ACCOUNT, value=record.content.account, source=record.source)
        for record in records
        if record.content.account
    ]
    return Customer(
        id=entity,
        version=stored.version if stored is not None else 0,
        number=next((r.content.number for r in born if r.content.number), records[0].source_id),
        groups=groups,
        identifiers=tuple(dict.fromkeys((*identifiers_of(ground, records), *accounts))),
        speakers=speakers_of(ground, records, CustomerGroups),
    )


def unmapped_cases(ground: Ground) -> tuple[CaseWanted, ...]:
    """A case for each status that a source tells and the hub does not know; the entity goes on as UNKNOWN (D6)."""
    found: dict[str, CaseWanted] = {}
    members = ground.facts.members
    for entity, records in ground.records.items():
        for record in records:
            if (members is None or entity in members) and record.lives and record.content.status == OrderStatus.UNKNOWN:
                raw = record.content.raw_status or ""
                key = f"{ExceptionCode.STATUS_UNMAPPED}|{record.source}|{record.kind}|{raw}"
                found[key] = CaseWanted(
                    code=ExceptionCode.STATUS_UNMAPPED,
                    dedup_key=key,
                    title=f"{record.source} says {raw!r} of {record.kind.lower()} {_name(record)}: not mapped",
                    severity=Severity.S3,
                    queue=CaseQueue.INTEGRATION,
                    root_cause=RootCause.MAPPING,
                    source=record.source,
                )
    return tuple(found.values())


def _looks(absences: Iterable[Absence]) -> Iterator[datetime | None]:
    yield from (absence.look_at for absence in absences)


def _silences(ground: Ground) -> Iterator[datetime | None]:
    """When parcels on their way will have been silent for too long, as far as that lies ahead."""
    for entity in ground.wanted(Kind.SHIPMENT):
        silent = stale_at(ground, entity)
        yield silent if silent is not None and silent > ground.facts.now else None


def _name(record: KeptRecord) -> str:
    return record.content.number or record.source_id


def _account(ground: Ground, entity: str) -> str | None:
    """Its own records' account, else that of the order it belongs to."""
    for one in (entity, *ground.orders_of(entity)):
        records = ground.records.get(one, ())
        found = account_of(ground, records, accepted=is_accepted(records, ground.landscape))
        if found is not None:
            return found
    return None
