"""Step 4 and 5 of the one writer: everything a root's facts mean, as documents (design section 5). Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields
from datetime import datetime

from hub.flow.facts import HUB, CaseWanted, Document, KeptRecord, Picture, RootFacts
from hub.merge.authority import is_accepted
from hub.merge.billing import LineIds, assembled_credit_memo, assembled_invoice, assembled_payment
from hub.merge.crosswalk import look_again, unknown_cases, unknown_items
from hub.merge.doubles import double_cases
from hub.merge.ground import Ground, ground_of
from hub.merge.groups import account_of
from hub.merge.heads import STATUSES
from hub.merge.masters import (
    assembled_customer,
    assembled_price,
    assembled_product,
    assembled_transfer,
    assembled_warehouse,
)
from hub.merge.orders import AssembledOrder, assembled_order
from hub.merge.parcels import stale_at
from hub.merge.presence import Absence, absence_of
from hub.merge.receipts import NUMBERED
from hub.merge.requests import assembled_request
from hub.merge.returns import AssembledReturn, PaidFor, assembled_return
from hub.merge.shipments import assembled_shipment
from hub.model.billing import CreditMemo, Payment
from hub.model.cases import CaseQueue, ExceptionCode, RootCause, Severity
from hub.model.order import Order
from hub.model.vocabulary import Kind

UNKNOWN = "UNKNOWN"

_PAPERS: Mapping[Kind, Callable[[Ground, str, LineIds], Document]] = {
    Kind.FULFILLMENT_ORDER: assembled_request,
    Kind.SHIPMENT: assembled_shipment,
    Kind.INVOICE: assembled_invoice,
    Kind.CREDIT_MEMO: assembled_credit_memo,
}
"""Documents whose lines are about lines of orders."""
_MASTERS: Mapping[Kind, Callable[[Ground, str], Document]] = {
    Kind.PAYMENT: assembled_payment,
    Kind.CUSTOMER: assembled_customer,
    Kind.PRODUCT: assembled_product,
    Kind.WAREHOUSE: assembled_warehouse,
    Kind.TRANSFER: assembled_transfer,
    Kind.PRICE_REFERENCE: assembled_price,
}
"""Documents that say all by themselves."""


_STILL = tuple(spec.name for spec in fields(RootFacts) if spec.name not in ("deliveries", "line_numbers"))


def assemble(facts: RootFacts) -> Picture:
    """The documents of every entity under the root, its line numbers, accounts, absences and cases.

    A function of the kept records and the history alone: the order in which they came leaves no trace but `lineNo`,
    `statusSince` and versions.
    """
    ground = ground_of(facts)
    numbers = {key: number for key, number in facts.line_numbers.items() if not key.startswith(NUMBERED)}
    orders: dict[str, AssembledOrder] = {}
    for entity in ground.wanted(Kind.ORDER):
        orders[entity] = assembled_order(ground, entity, numbers)
        numbers = dict(orders[entity].line_numbers)
    line_ids = {key: line for one in orders.values() for key, line in one.line_ids.items()}
    below = _below(ground, line_ids)
    returns = _returns(ground, line_ids, below, [one.order for one in orders.values()])
    documents: dict[str, Document] = {entity: one.order for entity, one in orders.items()}
    documents |= below | {entity: one.return_ for entity, one in returns.items()}
    absences = {entity: absence_of(ground, one.order) for entity, one in orders.items()}
    heads = [one.order for one in orders.values()]
    unknown = unknown_items(ground, heads)
    looks = (*_looks(absences.values()), *_silences(ground), *(one.decide_at for one in orders.values()))
    cases = [case for order in orders.values() for case in order.cases]
    cases += [case for one in returns.values() for case in one.cases]
    return Picture(
        documents={entity: documents[entity] for entity in sorted(documents)},
        line_numbers=numbers | _return_numbers(facts, returns),
        cases=(*double_cases(ground), *cases, *unmapped_cases(ground), *unknown_cases(unknown)),
        accounts={entity: _account(ground, entity) for entity in documents},
        missing_in={entity: absence.missing for entity, absence in absences.items()},
        unknown_items=unknown,
        taken={key: units for one in orders.values() for key, units in one.taken.items()},
        decide_at=min((at for at in (*looks, look_again(ground, heads)) if at is not None), default=None),
    )


def holds_still(seen: RootFacts, picture: Picture, facts: RootFacts) -> bool:
    """Whether *picture*, made of what was *seen*, is that of *facts* too: nothing moved but deliveries, and nobody but
    the hub says anything: what is on its way to a source only bears upon what that source says.
    """
    if facts.line_numbers != picture.line_numbers or any(record.source != HUB for record in facts.records):
        return False
    return all(getattr(facts, name) == getattr(seen, name) for name in _STILL)


def _below(ground: Ground, line_ids: LineIds) -> dict[str, Document]:
    """The documents of everything but orders and returns."""
    found: dict[str, Document] = {}
    for kind, make in _PAPERS.items():
        found |= {entity: make(ground, entity, line_ids) for entity in ground.wanted(kind)}
    for kind, describe in _MASTERS.items():
        found |= {entity: describe(ground, entity) for entity in ground.wanted(kind)}
    return found


def _returns(
    ground: Ground, line_ids: LineIds, below: Mapping[str, Document], orders: Iterable[Order]
) -> dict[str, AssembledReturn]:
    paid = PaidFor(
        orders=tuple(orders),
        memos=tuple(one for _, one in sorted(below.items()) if isinstance(one, CreditMemo)),
        payments=tuple(one for _, one in sorted(below.items()) if isinstance(one, Payment)),
    )
    known = ground.facts.line_numbers
    return {entity: assembled_return(ground, entity, line_ids, known, paid) for entity in ground.wanted(Kind.RETURN)}


def _return_numbers(facts: RootFacts, returns: Mapping[str, AssembledReturn]) -> dict[str, int]:
    known = {key: number for key, number in facts.line_numbers.items() if key.startswith(NUMBERED)}
    return known | {key: number for one in returns.values() for key, number in one.line_numbers.items()}


def unmapped_cases(ground: Ground) -> tuple[CaseWanted, ...]:
    """A case for each status that a source tells and the hub does not know; the entity goes on as UNKNOWN (D6)."""
    found: dict[str, CaseWanted] = {}
    members = ground.facts.members
    for entity, records in ground.records.items():
        for record in records:
            if (members is None or entity in members) and record.lives and _is_unmapped(record):
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


def _is_unmapped(record: KeptRecord) -> bool:
    """Whether a record's claim is none of the words of its kind."""
    said, words = record.content.status, STATUSES.get(record.kind)
    return said == UNKNOWN or (said is not None and words is not None and said not in words.__members__)


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
