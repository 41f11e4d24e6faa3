"""What warehouses should be asked to ship: one request per shipment that the ERP has planned (systems.md 3.5). Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from hub.errors import OutcomeCause
from hub.flow.cycle.amended import is_let_go
from hub.flow.cycle.scene import CALLED_OFF, ENDED, LEFT, ZERO, Scene, reference_of
from hub.flow.cycle.shown import is_asked
from hub.flow.facts import KeptRecord
from hub.model.effects import REQUEST_FULFILMENT, CreateOrder, RequestFulfilment
from hub.model.intents import DeliveryState, IntentOf
from hub.model.order import OrderLine, OrderStatus, PartialPolicy
from hub.model.schemes import FULFILMENT_REQUEST, WAREHOUSE_CODE
from hub.model.shipment import FulfillmentOrder, FulfillmentRequestStatus
from hub.model.vocabulary import Kind, SystemKind

ACK_WITHIN = timedelta(minutes=15)
"""How long a warehouse may take to say yes or no (domain.md 2.4.2)."""
AHEAD = timedelta(days=7)
"""How long before the day that the customer asked for the warehouse begins."""
PLANNED = frozenset({FulfillmentRequestStatus.SUBMITTED.value, FulfillmentRequestStatus.ACCEPTED.value})
"""An ERP's own shipment that a warehouse should know of."""
NOT_IN_HAND = frozenset(
    {
        FulfillmentRequestStatus.UNSUBMITTED.value,
        FulfillmentRequestStatus.SUBMITTED.value,
        FulfillmentRequestStatus.REJECTED.value,
        FulfillmentRequestStatus.CANCEL_ACCEPTED.value,
    }
)
"""What a warehouse says of a request that it has not begun with, or will not carry out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Goods that should leave together, as whoever plans shipments says."""

    number: str
    """What keys name it by: the ERP's id of its shipment; the hub's own count where no ERP plans."""
    reference: str
    """`CODE/NUMBER`."""
    warehouse: str
    """Code."""
    units: Mapping[int, Decimal]
    """By line of the order."""
    ship_by: datetime | None = None
    entity: str | None = None
    """The request's entity, where an ERP has planned it."""
    source: str | None = None
    """The warehouse system that runs the warehouse; None: the only one there is."""


def requests_wanted(scene: Scene) -> Iterator[IntentOf[RequestFulfilment]]:
    """A request at the warehouse for each planned shipment that none has answered; none while something holds it."""
    if scene.order.status in ENDED or keeps_from_warehouse(scene) is not None:
        return
    left = {line.line_no: max(units - taken(scene, line.line_no), ZERO) for line, units in scene.lines()}
    for plan in plans_of(scene):
        units = {number: min(asked, left.get(number, ZERO)) for number, asked in plan.units.items()}
        left |= {number: left[number] - mine for number, mine in units.items() if mine > 0}
        if any(units.values()) and not is_asked(answers(scene, plan)):
            yield from _wanted(scene, plan, units)


def keeps_from_warehouse(scene: Scene) -> str | None:
    """Why the warehouse is not asked now, in words."""
    hold = scene.held_from(OrderStatus.RELEASED)
    if hold is not None:
        return f"held for {hold.type.lower().replace('_', ' ')}"
    if is_let_go(scene.facts):
        return None
    begins = begins_at(scene)
    if begins is not None and begins > scene.facts.now:
        return f"the customer wants it later: the warehouse begins on {begins.date().isoformat()}"
    shipping = scene.order.groups.shipping
    whole = shipping is not None and shipping.partial_policy not in (None, PartialPolicy.ALLOW)
    if whole and any(line.quantities.backordered > 0 for line in scene.order.lines):
        return "the customer wants it all at once, and some of it waits for supply"
    return None


def begins_at(scene: Scene) -> datetime | None:
    """When the warehouse begins with an order that the customer wants on a certain day.

    An ERP that speaks for what was agreed may not tell the day: what it was asked for holds.
    """
    head = scene.order.groups.commercial
    asked = [head.requested_delivery_at] if head is not None else []
    asked += [
        one.content.requested_delivery_at for one in scene.facts.deliveries if isinstance(one.content, CreateOrder)
    ]
    wanted = next((day for day in asked if day is not None), None)
    return None if wanted is None else wanted - AHEAD


def plans_of(scene: Scene) -> tuple[Plan, ...]:
    """Every shipment that is planned and has not left: by the ERP, else as routing has placed the goods."""
    if any(not one.is_retired for one in scene.facts.landscape.of(SystemKind.ERP)):
        return tuple(plan for document in _documents(scene) for plan in _planned(scene, document))
    return tuple(_own_plans(scene))


def taken(scene: Scene, line_no: int) -> Decimal:
    """Units of a line that warehouses have in their hands: asked for, or gone where the request is closed."""
    numbers = {line.id: line.line_no for line in scene.order.lines}
    return sum(
        (
            one.filled if document.request_status is FulfillmentRequestStatus.CLOSED else one.requested
            for document in _documents(scene)
            if _is_in_hand(scene, document)
            for one in document.lines
            if numbers.get(one.order_line_id or "") == line_no
        ),
        ZERO,
    )


def _is_in_hand(scene: Scene, document: FulfillmentOrder) -> bool:
    told = scene.told(Kind.FULFILLMENT_ORDER, document.id, SystemKind.WMS)
    return any(record.content.status not in NOT_IN_HAND for record in told)


def answers(scene: Scene, plan: Plan) -> list[KeptRecord]:
    """What warehouses say of a planned shipment: requests and shipments of theirs that name it."""
    names = {plan.reference}
    return [
        record
        for record in scene.facts.records
        if record.lives
        and record.kind in (Kind.FULFILLMENT_ORDER, Kind.SHIPMENT)
        and scene.facts.landscape.role(record.source) is SystemKind.WMS
        and (record.entity_id == plan.entity or not names.isdisjoint(key.value for key in record.content.refers))
    ]


def _documents(scene: Scene) -> list[FulfillmentOrder]:
    """Requests that serve this order alone, by id."""
    return [
        document
        for _, document in sorted(scene.documents.items())
        if isinstance(document, FulfillmentOrder) and document.order_ids == (scene.order.id,)
    ]


def _planned(scene: Scene, document: FulfillmentOrder) -> Iterator[Plan]:
    for record in scene.told(Kind.FULFILLMENT_ORDER, document.id, SystemKind.ERP):
        names = sorted(key.value for key in record.content.bears if key.scheme == FULFILMENT_REQUEST)
        places = sorted(key.value for key in record.content.refers if key.scheme == WAREHOUSE_CODE)
        if record.content.status not in PLANNED or not names or not places or _is_over(scene, record):
            continue
        handshake = record.content.fulfillment_order.handshake if record.content.fulfillment_order else None
        yield Plan(
            number=record.source_id,
            reference=_own_name(scene, names),
            warehouse=places[0],
            units=_units(scene, record),
            ship_by=handshake.fulfill_by if handshake is not None else None,
            entity=document.id,
        )


def _own_name(scene: Scene, names: list[str]) -> str:
    code = reference_of(scene.order, scene.facts)
    return next((name for name in names if code is not None and name.startswith(f"{code}/")), names[0])


def _is_over(scene: Scene, record: KeptRecord) -> bool:
    """Whether the ERP's shipment has left or was called off, by the ERP's own word."""
    return any(
        one.content.status in LEFT | CALLED_OFF
        for one in scene.facts.records
        if (one.kind, one.source, one.source_id) == (Kind.SHIPMENT, record.source, record.source_id)
    )


def _units(scene: Scene, record: KeptRecord) -> dict[int, Decimal]:
    """Units by line of the order: by the line that each of the document's lines names, else by its item."""
    found: dict[int, Decimal] = {}
    for line in record.content.lines:
        target = line_for(scene, record.source, line.target.value if line.target else None, line.sku)
        if target is not None:
            found[target.line_no] = found.get(target.line_no, ZERO) + (line.quantities.ordered or ZERO)
    return found


def line_for(scene: Scene, source: str, target: str | None, sku: str) -> OrderLine | None:
    """The order's line that a line of a source's document is about: the one it names, else the only one of its item."""
    for line in scene.order.lines:
        if target is not None and any((one.source, one.line) == (source, target) for one in line.origins):
            return line
    same = [line for line in scene.order.lines if line.sku == sku]
    return same[0] if len(same) == 1 else None


def _own_plans(scene: Scene) -> Iterator[Plan]:
    """One shipment per warehouse, numbered by the hub, where no ERP plans any."""
    code, placed = reference_of(scene.order, scene.facts), scene.facts.allocation
    if code is None or placed is None or placed.waits_because is not None:
        return
    places = dict.fromkeys((one.warehouse, one.source) for one in placed.placed)
    for number, (warehouse, source) in enumerate(places, 1):
        units: dict[int, Decimal] = {}
        for one in placed.placed:
            if (one.warehouse, one.source) == (warehouse, source):
                units[one.line_no] = units.get(one.line_no, ZERO) + one.quantity
        yield Plan(number=str(number), reference=f"{code}/{number}", warehouse=warehouse, units=units, source=source)


def _wanted(scene: Scene, plan: Plan, units: Mapping[int, Decimal]) -> Iterator[IntentOf[RequestFulfilment]]:
    offering = scene.offering(SystemKind.WMS, REQUEST_FULFILMENT)
    chosen = next((one.source for one in offering if plan.source in (None, one.source)), None)
    if chosen is None:
        return
    routed = _routed(scene, chosen, plan)
    if routed is None:
        return
    key, warehouse = routed
    yield IntentOf(
        source=chosen,
        kind=Kind.SHIPMENT,
        source_id=None,
        action=REQUEST_FULFILMENT,
        key=key,
        content=_content(scene, chosen, plan, (warehouse, units)),
        priority=3,
        confirm_by=scene.due(key, ACK_WITHIN),
    )


def _routed(scene: Scene, source: str, plan: Plan) -> tuple[str, str] | None:
    """(key, warehouse) to ask now. A warehouse that refused for want of stock is not asked again: the next one is,
    until none is left (the loop guard); any other refusal is left to a person.
    """
    key, tried = f"{source}/fulfil:{plan.number}", set()
    warehouse = plan.warehouse
    while (row := scene.row(key)) is not None and row.state is DeliveryState.REFUSED:
        tried.add(row.content.warehouse if isinstance(row.content, RequestFulfilment) else warehouse)
        if row.error_class != OutcomeCause.STOCK:
            return None
        others = scene.facts.allocation.others if scene.facts.allocation is not None else ()
        following = next((code for code in others if code not in tried), None)
        if following is None:
            return None
        warehouse, key = following, f"{source}/fulfil:{plan.number}@{following}"
    return key, warehouse


def _content(scene: Scene, source: str, plan: Plan, asked: tuple[str, Mapping[int, Decimal]]) -> RequestFulfilment:
    warehouse, units = asked
    parties = scene.order.groups.parties
    head, shipping = scene.order.groups.commercial, scene.order.groups.shipping
    return RequestFulfilment(
        reference=plan.reference,
        warehouse=warehouse,
        lines=tuple(
            scene.goods(source, line, units[line.line_no])
            for line in scene.order.lines
            if units.get(line.line_no, ZERO) > 0
        ),
        customer=scene.customer_at(source),
        customer_name=parties.customer_name if parties else None,
        ship_to=parties.ship_to if parties else None,
        currency_code=head.currency_code if head else None,
        ship_by=plan.ship_by,
        note=shipping.shipping_instructions if shipping else None,
    )
