"""Drafts of the ERP that should be posted: those of which everything billed has left (domain.md 2.4.3). Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal

from hub.flow.cycle.scene import ZERO, Scene
from hub.model.billing import Invoice, InvoiceStatus
from hub.model.effects import POST_INVOICE, PostInvoice
from hub.model.intents import IntentOf
from hub.model.order import OrderStatus
from hub.model.vocabulary import Kind, SystemKind

POSTED_WITHIN = timedelta(minutes=15)
"""How long an ERP may take to post an invoice before somebody looks."""


def invoices_wanted(scene: Scene) -> Iterator[IntentOf[PostInvoice]]:
    """Each draft of this order alone, once what it bills has left, oldest first."""
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
                yield _intent(scene, record.source, record.source_id, document)


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


def _intent(scene: Scene, source: str, name: str, document: Invoice) -> IntentOf[PostInvoice]:
    key = f"{source}/invoice:{name}"
    facts = document.groups.facts
    return IntentOf(
        source=source,
        kind=Kind.INVOICE,
        source_id=name,
        action=POST_INVOICE,
        key=key,
        content=PostInvoice(total=facts.total if facts is not None else None),
        priority=5,
        confirm_by=scene.due(key, POSTED_WITHIN),
    )
