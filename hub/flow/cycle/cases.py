"""What people must look at in the life of a managed order; each case ends by itself when what it says does. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from hub.errors import OutcomeCause
from hub.flow.cycle.amended import is_readdressed
from hub.flow.cycle.requesting import answers, plans_of
from hub.flow.cycle.scene import ENDED, LEFT, ZERO, Scene
from hub.flow.cycle.shown import is_asked, named
from hub.flow.facts import CaseWanted, KeptDelivery, KeptRecord
from hub.model.cases import CaseQueue, ExceptionCode, RootCause, Severity
from hub.model.effects import CREATE_ORDER, REQUEST_FULFILMENT, CreateOrder, RequestFulfilment
from hub.model.intents import DeliveryState
from hub.model.shipment import FulfillmentRequestStatus, ShipmentMilestone
from hub.model.vocabulary import Kind, SystemKind

PICKED = LEFT | {
    ShipmentMilestone.PICKED.value,
    ShipmentMilestone.PACKED.value,
    ShipmentMilestone.LABELED.value,
    ShipmentMilestone.MANIFESTED.value,
    ShipmentMilestone.READY_FOR_PICKUP.value,
}
"""A warehouse that says so has picked all it will."""
QUEUES = {
    OutcomeCause.STOCK.value: CaseQueue.WAREHOUSE,
    OutcomeCause.SKU.value: CaseQueue.MASTER_DATA,
    OutcomeCause.ADDRESS.value: CaseQueue.CS,
}
"""Who looks after what a warehouse refuses, by its cause (domain.md 4.2)."""


def cycle_cases(scene: Scene) -> Iterator[CaseWanted]:
    """Everything that stands in the order's way now."""
    if scene.order.status in ENDED:
        return
    for row in scene.facts.deliveries:
        if isinstance(row.content, CreateOrder):
            yield from _of_create(scene, row, row.content)
        if isinstance(row.content, RequestFulfilment):
            yield from _of_request(scene, row, row.content)
    yield from _rejected_by_record(scene)


def _of_create(scene: Scene, row: KeptDelivery, content: CreateOrder) -> Iterator[CaseWanted]:
    if row.state is DeliveryState.REFUSED and not scene.documents_at(row.source) and _is_last(scene, row):
        yield CaseWanted(
            code=ExceptionCode.ERP_REJECTED,
            dedup_key=f"{ExceptionCode.ERP_REJECTED}|{scene.order.id}|{row.source}",
            title=f"{row.source} refuses order {scene.order.number}: {row.error or 'no reason'}",
            severity=Severity.S2,
            queue=CaseQueue.FINANCE,
            root_cause=RootCause.DATA_QUALITY,
            source=row.source,
            suggested=("orderAmend", "orderCancel"),
        )
    if row.state is DeliveryState.DONE and _has_vanished(scene, row, content.reference):
        yield _vanished(scene, row, f"order {scene.order.number}")
    elif row.state is DeliveryState.DONE:
        yield from _edited(scene, row, content)


def _edited(scene: Scene, row: KeptDelivery, content: CreateOrder) -> Iterator[CaseWanted]:
    """What the channel says that is other than what was handed on: where it goes, and lines that came later."""
    if scene.facts.landscape.role(row.source) is not SystemKind.ERP:
        return
    known = {line.line_no for line in content.lines}
    for record in scene.told(Kind.ORDER, scene.order.id, SystemKind.COMMERCE):
        parties = record.content.order.parties if record.content.order is not None else None
        changed = [
            f"line {line.line_no} ({line.sku})"
            for line, _ in scene.lines()
            if line.line_no not in known and any(one.source == record.source for one in line.origins)
        ]
        moved = parties is not None and parties.ship_to is not None and parties.ship_to != content.ship_to
        if moved and not is_readdressed(scene.facts):
            changed.append("the address")
        if changed:
            yield CaseWanted(
                code=ExceptionCode.ORDER_CONFLICT,
                dedup_key=f"{ExceptionCode.ORDER_CONFLICT}|{scene.order.id}|edited|{record.source}",
                title=f"{record.source} changed {' and '.join(changed)} of order {scene.order.number} after "
                f"{row.source} had it",
                severity=Severity.S2,
                queue=CaseQueue.CS,
                root_cause=RootCause.HUMAN,
                source=record.source,
                suggested=("orderAmend", "orderCancel"),
            )


def _of_request(scene: Scene, row: KeptDelivery, content: RequestFulfilment) -> Iterator[CaseWanted]:
    stands = is_asked(list(named(row, scene.facts, content.reference)))
    if row.state is DeliveryState.REFUSED and not stands and _is_last_of(scene, row, content):
        yield _refused(scene, row.source, content.reference, (row.error, row.error_class))
    if row.state is DeliveryState.DONE and _has_vanished(scene, row, content.reference):
        yield _vanished(scene, row, f"the request {content.reference}")
    elif not stands and _is_unanswered(scene, row):
        yield CaseWanted(
            code=ExceptionCode.WMS_ACK_TIMEOUT,
            dedup_key=f"{ExceptionCode.WMS_ACK_TIMEOUT}|{scene.order.id}|{content.reference}",
            title=f"{row.source} has not said yes to {content.reference} of order {scene.order.number} in time",
            severity=Severity.S2,
            queue=CaseQueue.WAREHOUSE,
            root_cause=RootCause.WMS_ACK,
            source=row.source,
        )
    yield from _short(scene, row, content)


def _short(scene: Scene, row: KeptDelivery, content: RequestFulfilment) -> Iterator[CaseWanted]:
    """A warehouse that picked less than it was asked for, until the rest is planned anew, called off or has left."""
    picked = [one for one in named(row, scene.facts, content.reference) if one.content.status in PICKED]
    shipment = next((one for one in picked if one.kind is Kind.SHIPMENT), None)
    if shipment is None or row.state is DeliveryState.REFUSED:
        return
    for line in content.lines:
        missing = line.quantity - _picked(shipment, line.sku, content)
        rest = min(missing, _open(scene, line.line_no))
        if rest > 0 and not any(plan.units.get(line.line_no) for plan in plans_of(scene) if not answers(scene, plan)):
            yield CaseWanted(
                code=ExceptionCode.PARTIAL_PICK,
                dedup_key=f"{ExceptionCode.PARTIAL_PICK}|{scene.order.id}|{content.reference}|{line.line_no}",
                title=f"{row.source} picked {_text(line.quantity - missing)} of {_text(line.quantity)} {line.sku} "
                f"for order {scene.order.number}",
                severity=Severity.S2,
                queue=CaseQueue.WAREHOUSE,
                source=row.source,
                suggested=("orderCancel",),
            )


def _picked(shipment: KeptRecord, sku: str, content: RequestFulfilment) -> Decimal:
    """Units of an item in the warehouse's parcel, as far as they can be for the one line that asks for it."""
    asking = [line for line in content.lines if line.sku == sku]
    told = sum((line.quantities.ordered or ZERO for line in shipment.content.lines if line.sku == sku), ZERO)
    return told if len(asking) == 1 else min(told, sum((line.quantity for line in asking), ZERO))


def _open(scene: Scene, line_no: int) -> Decimal:
    """Units of a line that are wanted and that no warehouse has picked."""
    return next((units - line.quantities.picked for line, units in scene.lines() if line.line_no == line_no), ZERO)


def _is_last(scene: Scene, row: KeptDelivery) -> bool:
    return scene.rows(row.source, CREATE_ORDER)[-1].key == row.key


def _is_last_of(scene: Scene, row: KeptDelivery, content: RequestFulfilment) -> bool:
    """Whether nobody else was asked for the same goods since."""
    same = [
        one
        for one in scene.facts.deliveries
        if one.action == REQUEST_FULFILMENT
        and isinstance(one.content, RequestFulfilment)
        and one.content.reference == content.reference
    ]
    return same[-1].key == row.key


def _has_vanished(scene: Scene, row: KeptDelivery, reference: str) -> bool:
    """Whether the source had what the delivery made, and has nothing of it now."""
    kinds = (Kind.ORDER,) if isinstance(row.content, CreateOrder) else (Kind.FULFILLMENT_ORDER, Kind.SHIPMENT)
    told = [
        record
        for record in scene.facts.records
        if record.source == row.source
        and record.kind in kinds
        and any(key.value == reference for key in (*record.content.bears, *record.content.refers))
    ]
    return bool(told) and not any(record.lives for record in told)


def _is_unanswered(scene: Scene, row: KeptDelivery) -> bool:
    over = row.state in (DeliveryState.REFUSED, DeliveryState.WITHDRAWN, DeliveryState.DEAD)
    return not over and row.confirm_by is not None and row.confirm_by <= scene.facts.now


def _rejected_by_record(scene: Scene) -> Iterator[CaseWanted]:
    for plan in plans_of(scene):
        for record in answers(scene, plan):
            if record.content.status == FulfillmentRequestStatus.REJECTED.value:
                yield _refused(scene, record.source, plan.reference, (record.content.raw_status, None))


def _refused(scene: Scene, source: str, reference: str, told: tuple[str | None, str | None]) -> CaseWanted:
    """*told*: its words, and the cause where the adapter knows it."""
    words, cause = told
    queue = QUEUES.get(cause or "")
    return CaseWanted(
        code=ExceptionCode.FO_REJECTED,
        dedup_key=f"{ExceptionCode.FO_REJECTED}|{scene.order.id}|{reference}",
        title=f"{source} refuses {reference} of order {scene.order.number}: {words or 'no reason'}",
        severity=Severity.S2,
        queue=queue or CaseQueue.CS,
        root_cause=RootCause.DATA_QUALITY if queue else RootCause.UNKNOWN,
        source=source,
        suggested=("orderCancel",),
    )


def _vanished(scene: Scene, row: KeptDelivery, what: str) -> CaseWanted:
    role = scene.facts.landscape.role(row.source)
    return CaseWanted(
        code=ExceptionCode.ORDER_CONFLICT,
        dedup_key=f"{ExceptionCode.ORDER_CONFLICT}|{scene.order.id}|vanished|{row.key}",
        title=f"{row.source} had {what} and has it no more: the hub makes no second one",
        severity=Severity.S2,
        queue=CaseQueue.FINANCE if role is SystemKind.ERP else CaseQueue.WAREHOUSE,
        source=row.source,
    )


def _text(value: Decimal) -> str:
    return format(value.normalize(), "f")
