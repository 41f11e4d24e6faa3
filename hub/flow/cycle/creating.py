"""Orders that an ERP should have, and shops that should show one born in the hub (domain.md 2.4.3, row 4). Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from hub.flow.allocation import channel_of
from hub.flow.cycle.amended import is_unapproved
from hub.flow.cycle.checks import Check, failed
from hub.flow.cycle.scene import ZERO, Scene, reference_of
from hub.flow.facts import HUB, KeptRecord, RootFacts
from hub.model.command import SubmitCommand
from hub.model.effects import CREATE_ORDER, CreateOrder
from hub.model.intents import DeliveryState, IntentOf
from hub.model.manifest import SourceBinding
from hub.model.order import Order, OrderStatus
from hub.model.vocabulary import Kind, SystemKind

CONFIRM_WITHIN = timedelta(minutes=15)
"""How long an ERP may take to have an order on its books before somebody looks."""
BEGINS = (OrderStatus.VALIDATED, OrderStatus.ALLOCATED)
"""What an order reaches by being on an ERP's books, where it is binding and shipments are planned for it."""
AT_MOST = 5
"""How often an order that was refused is offered anew once it has changed."""


def orders_wanted(scene: Scene, checks: tuple[Check, ...]) -> Iterator[IntentOf[CreateOrder]]:
    """A document at the ERP, and a mirror in the shop where one is expected; none while a check fails."""
    reference = reference_of(scene.order, scene.facts)
    if reference is None or failed(checks) is not None or not any(True for _ in scene.lines()):
        return
    if (target := _erp(scene)) is not None:
        yield from _wanted(scene, target, reference)
    for shop in mirrors_wanted(scene):
        yield from _wanted(scene, shop, reference)


def keeps_from_erp(scene: Scene, checks: tuple[Check, ...]) -> str | None:
    """Why an order is not asked of an ERP now, in words."""
    if (check := failed(checks)) is not None:
        return check.words
    if is_unapproved(scene.facts):
        return "somebody must approve it first"
    if (hold := scene.held_from(*BEGINS)) is not None:
        return f"held for {hold.type.lower().replace('_', ' ')}"
    plan = scene.facts.allocation
    return None if plan is None else plan.waits_because


def key_of(source: str, refused: int) -> str:
    """The natural key of an order at a source; one more for each refusal of what has changed since."""
    return f"{source}/order.create" if refused == 0 else f"{source}/order.create:{refused + 1}"


def submitted_by(facts: RootFacts) -> str | None:
    """The command by which the order entered: it is done once the systems have the order."""
    return next((one.id for one in facts.commands if isinstance(one.command, SubmitCommand)), None)


def _erp(scene: Scene) -> SourceBinding | None:
    """Who should have it: the one ERP that does, or is asked already, else the first."""
    if keeps_from_erp(scene, ()) is not None:
        return None
    offering = scene.offering(SystemKind.ERP, CREATE_ORDER)
    if any(scene.documents_at(one.source) for one in scene.facts.landscape.of(SystemKind.ERP)):
        return None
    asked = (one for one in offering if scene.rows(one.source, CREATE_ORDER))
    return next(asked, offering[0] if offering else None)


def mirrors_wanted(scene: Scene) -> Iterator[SourceBinding]:
    """The shop that an order was sold for, where the hub itself bore it: the channel, or the channel's source."""
    own = _own_record(scene)
    head = own.content.order.commercial if own is not None and own.content.order is not None else None
    if head is None or head.channel is None:
        return
    channel = scene.facts.landscape.channels.get(head.channel)
    named = {head.channel, channel.source} if channel is not None else {head.channel}
    for shop in scene.offering(SystemKind.COMMERCE, CREATE_ORDER):
        if shop.source in named and not scene.documents_at(shop.source):
            yield shop


def _own_record(scene: Scene) -> KeptRecord | None:
    """The hub's own record of an order that it bore: one with a number."""
    mine = [one for one in scene.facts.records if one.kind is Kind.ORDER and one.entity_id == scene.order.id]
    return next((one for one in mine if one.source == HUB and one.content.number), None)


def _wanted(scene: Scene, target: SourceBinding, reference: str) -> Iterator[IntentOf[CreateOrder]]:
    content = content_for(scene, target.source, reference)
    rows = scene.rows(target.source, CREATE_ORDER)
    refused = [row for row in rows if row.state is DeliveryState.REFUSED]
    if len(refused) >= AT_MOST or any(row.content == content for row in refused):
        return
    key = key_of(target.source, len(refused))
    yield IntentOf(
        source=target.source,
        kind=Kind.ORDER,
        source_id=None,
        action=CREATE_ORDER,
        key=key,
        content=content,
        priority=3,
        command_id=submitted_by(scene.facts),
        confirm_by=scene.due(key, CONFIRM_WITHIN),
    )


def content_for(scene: Scene, source: str, reference: str) -> CreateOrder:
    """The order as one source should have it."""
    order = scene.order
    head, parties, shipping = order.groups.commercial, order.groups.parties, order.groups.shipping
    return CreateOrder(
        reference=reference,
        lines=tuple(scene.goods(source, line, units) for line, units in scene.lines()),
        currency_code=_currency(order),
        customer=scene.customer_at(source),
        customer_name=parties.customer_name if parties else None,
        customer_email=parties.customer_email if parties else None,
        ship_to=parties.ship_to if parties else None,
        bill_to=parties.bill_to if parties else None,
        warehouse=_warehouse(scene),
        shipping_service=shipping.shipping_service if shipping else None,
        po_number=head.po_number if head else None,
        placed_at=head.placed_at if head else None,
        requested_delivery_at=head.requested_delivery_at if head else None,
        note=shipping.shipping_instructions if shipping else None,
    )


def _currency(order: Order) -> str:
    head = order.groups.commercial
    priced = (line.unit_price.currency_code for line in order.lines if line.unit_price is not None)
    return (head.currency_code if head is not None else None) or next(priced, "")


def _warehouse(scene: Scene) -> str | None:
    """Where most of it leaves from, as routing says; where it says nothing, the first that serves the channel."""
    plan = scene.facts.allocation
    if plan is None:
        _, rules = channel_of(scene.order, scene.facts)
        return next(iter(rules.warehouses), None)
    units: dict[str, Decimal] = {}
    for one in plan.placed:
        units[one.warehouse] = units.get(one.warehouse, ZERO) + one.quantity
    return min(units, key=lambda code: (-units[code], code), default=None)
