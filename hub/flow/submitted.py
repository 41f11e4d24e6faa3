"""An order that entered through the hub: what the hub's own record says of it, and what follows elsewhere. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time
from decimal import Decimal

from hub.flow.entering import Entrance
from hub.model.command import Consequence, LineWanted, SubmitCommand
from hub.model.effects import CREATE_ORDER, REQUEST_FULFILMENT
from hub.model.manifest import SourceBinding
from hub.model.observation import Content, NaturalKey, SourceLine, SourceQuantities
from hub.model.order import OrderCommercial, OrderGroups, OrderParties, OrderShipping, OrderStatus, OrderType
from hub.model.schemes import CHANNEL_ORDER, ORDER_CODE
from hub.model.values import Identifier, Money
from hub.model.vocabulary import IdentifierScheme, SystemKind


def content_of(command: SubmitCommand, known: Entrance, number: str) -> Content:
    """The hub's own record of the order: all that was ordered, borne under the number that the hub gives it."""
    profile = known.customer.groups.profile if known.customer is not None else None
    lines = tuple(line_of(one, known) for one in command.lines)
    net = net_of(lines, command.currency_code)
    return Content(
        order=OrderGroups(
            commercial=OrderCommercial(
                channel=command.channel,
                po_number=command.po_number or None,
                placed_at=known.now,
                type=OrderType.SALES,
                requested_delivery_at=None
                if command.requested_delivery_on is None
                else datetime.combine(command.requested_delivery_on, time(), UTC),
                currency_code=command.currency_code,
                total=net,
                net=net,
            ),
            parties=OrderParties(
                customer_name=profile.name if profile is not None else None,
                customer_email=profile.email if profile is not None else None,
                ship_to=command.ship_to,
                bill_to=command.bill_to,
            ),
            shipping=OrderShipping(
                shipping_service=command.shipping_service or None, partial_policy=command.partial_policy
            ),
        ),
        number=number,
        status=OrderStatus.ACCEPTED.value,
        bears=(NaturalKey(scheme=ORDER_CODE, value=number), *channel_keys(command)),
        refers=(*_code_elsewhere(command, known), *known.customer_keys),
        identifiers=_identifiers(command),
        lines=lines,
        account=known.account,
    )


def line_of(wanted: LineWanted, known: Entrance) -> SourceLine:
    """A line as the hub keeps it: counted in the unit of the item."""
    factor = known.factor(wanted.sku, wanted.unit) or Decimal(1)
    product = known.products.get(wanted.sku)
    quantity, price = wanted.quantity * factor, wanted.unit_price
    each = None if price is None else Money(amount=price.amount / factor, currency_code=price.currency_code)
    return SourceLine(
        id=wanted.line_ref,
        sku=wanted.sku,
        description=product.groups.item.name if product is not None and product.groups.item is not None else None,
        unit=known.unit_of(wanted.sku) if product is not None else wanted.unit or known.unit_of(wanted.sku),
        unit_price=each,
        total=None
        if price is None
        else Money(amount=price.amount * wanted.quantity, currency_code=price.currency_code),
        quantities=SourceQuantities(ordered=quantity),
    )


def consequences_of(command: SubmitCommand, known: Entrance) -> Iterator[Consequence]:
    """What the order does elsewhere, in the order in which it happens."""
    erps = [one for one in known.landscape.of(SystemKind.ERP) if not one.is_retired]
    for erp in erps:
        takes = CREATE_ORDER in erp.manifest.writes
        text = (
            f"{erp.source} gets the order." if takes else f"{erp.source} takes no orders: somebody must enter it there."
        )
        yield _consequence(erp, text, CREATE_ORDER)
    for wms in known.landscape.of(SystemKind.WMS):
        if not wms.is_retired and REQUEST_FULFILMENT in wms.manifest.writes:
            text = f"{wms.source} is asked to ship once {'the ERP has planned it' if erps else 'it is allocated'}."
            yield _consequence(wms, text, REQUEST_FULFILMENT)
    rules = known.landscape.channels.get(command.channel)
    shop = known.landscape.sources.get((rules.source if rules else "") or command.channel)
    if shop is not None and shop.system is SystemKind.COMMERCE and CREATE_ORDER in shop.manifest.writes:
        yield _consequence(shop, f"{shop.source} shows the order.", CREATE_ORDER)


def net_of(lines: Sequence[SourceLine], currency: str | None) -> Money | None:
    """What the order comes to before tax, where every line has a price."""
    totals = [line.total.amount for line in lines if line.total is not None]
    if currency is None or len(totals) != len(lines):
        return None
    return Money(amount=sum(totals, Decimal(0)), currency_code=currency)


def channel_keys(command: SubmitCommand) -> tuple[NaturalKey, ...]:
    """The key by which the same order of the same channel is known again."""
    if command.channel_order_id is None:
        return ()
    return (NaturalKey(scheme=CHANNEL_ORDER, value=f"{command.channel}/{command.channel_order_id.strip()}"),)


def _code_elsewhere(command: SubmitCommand, known: Entrance) -> tuple[NaturalKey, ...]:
    """The code that the channel's own order bears, where the channel is a system that the hub reads."""
    if command.channel_order_id is None or command.channel not in known.landscape.sources:
        return ()
    return (NaturalKey(scheme=ORDER_CODE, value=command.channel_order_id.strip()),)


def _identifiers(command: SubmitCommand) -> tuple[Identifier, ...]:
    if command.channel_order_id is None:
        return ()
    return (Identifier(scheme=IdentifierScheme.CHANNEL_ORDER, value=command.channel_order_id, source=command.channel),)


def _consequence(binding: SourceBinding, text: str, action: str) -> Consequence:
    write = binding.manifest.writes.get(action)
    return Consequence(
        system=binding.system,
        source=binding.source,
        text=text,
        reversible=write is not None and write.reversible,
    )
