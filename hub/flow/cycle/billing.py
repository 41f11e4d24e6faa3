"""Drafts of the ERP that should be posted: those of which everything billed has left (domain.md 2.4.3). Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import timedelta
from decimal import Decimal

from hub.flow.cycle.scene import ZERO, Scene
from hub.flow.cycle.sharing import left_by_target, own_line, shared
from hub.flow.facts import KeptRecord
from hub.model.billing import Invoice, InvoiceFacts, InvoiceStatus
from hub.model.effects import POST_INVOICE, PostInvoice
from hub.model.intents import IntentOf
from hub.model.observation import NaturalKey
from hub.model.order import OrderStatus
from hub.model.vocabulary import Kind, SystemKind

POSTED_WITHIN = timedelta(minutes=15)
"""How long an ERP may take to post an invoice before somebody looks."""


def invoices_wanted(scene: Scene) -> Iterator[IntentOf[PostInvoice]]:
    """Each draft, once what it bills has left, oldest first; one of several orders by one of these."""
    if scene.order.status in (OrderStatus.CANCELLED, OrderStatus.REJECTED):
        return
    offering = {one.source for one in scene.offering(SystemKind.ERP, POST_INVOICE)}
    free = {line.id: line.quantities.shipped - line.quantities.invoiced for line in scene.order.lines}
    for _, document in sorted(scene.documents.items()):
        if not isinstance(document, Invoice) or document.order_ids != (scene.order.id,):
            continue
        billed = billed_on(document)
        if not _has_left(scene, billed, free):
            continue
        for record in scene.told(Kind.INVOICE, document.id, SystemKind.ERP):
            if record.source in offering and record.content.status == InvoiceStatus.DRAFT.value:
                free |= {line: free.get(line, ZERO) - units for line, units in billed.items()}
                yield _intent(scene, record, document.groups.facts)
    yield from _summaries(scene, offering)


def _summaries(scene: Scene, offering: Collection[str]) -> Iterator[IntentOf[PostInvoice]]:
    """Drafts that bill this order and others, of which this one acts on, once everything on them has left."""
    mine = [entity for entity, acts in shared(scene, Kind.INVOICE) if acts]
    left = left_by_target(scene) if mine else {}
    for entity in mine:
        for record in scene.told(Kind.INVOICE, entity, SystemKind.ERP)[:1]:
            is_draft = record.source in offering and record.content.status == InvoiceStatus.DRAFT.value
            if is_draft and _have_left(scene, record, left):
                yield _intent(scene, record, record.content.invoice.facts if record.content.invoice else None)


def _have_left(scene: Scene, record: KeptRecord, left: Mapping[NaturalKey, Decimal]) -> bool:
    """Whether every line of goods has left, in a parcel that they share, or, of the order's own, by its counters."""
    billed: dict[NaturalKey, Decimal] = {}
    for line in record.content.lines:
        if line.target is not None:
            billed[line.target] = billed.get(line.target, ZERO) + (line.quantities.ordered or ZERO)
    own = {key: of.quantities for key in billed if (of := own_line(scene, key)) is not None}
    gone = {key: max(own[key].shipped if key in own else ZERO, left.get(key, ZERO)) for key in billed}
    free = {key: units - (own[key].invoiced if key in own else ZERO) for key, units in gone.items()}
    return bool(own) and all(units <= free[key] for key, units in billed.items())


def billed_on(document: Invoice) -> dict[str, Decimal]:
    """Units that an invoice bills, by order line; charges bill none."""
    found: dict[str, Decimal] = {}
    for line in document.lines:
        if line.order_line_id is not None and line.quantity is not None:
            found[line.order_line_id] = found.get(line.order_line_id, ZERO) + line.quantity
    return found


def _has_left(scene: Scene, billed: Mapping[str, Decimal], free: Mapping[str, Decimal]) -> bool:
    """Whether everything billed has left and is on no other invoice; of charges alone, whether everything has."""
    if billed:
        return all(free.get(line, ZERO) >= units for line, units in billed.items())
    lines = [(line.quantities.shipped, units) for line, units in scene.lines()]
    return bool(lines) and all(shipped >= units for shipped, units in lines)


def _intent(scene: Scene, record: KeptRecord, facts: InvoiceFacts | None) -> IntentOf[PostInvoice]:
    key = f"{record.source}/invoice:{record.source_id}"
    return IntentOf(
        source=record.source,
        kind=Kind.INVOICE,
        source_id=record.source_id,
        action=POST_INVOICE,
        key=key,
        content=PostInvoice(total=facts.total if facts is not None else None),
        priority=5,
        confirm_by=scene.due(key, POSTED_WITHIN),
    )
