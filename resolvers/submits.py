"""`orderSubmit`: an order that enters through the hub."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from hub.merge.work import Applied
from hub.model.command import LineWanted, SubmitCommand, UserError
from hub.model.order import Order, PartialPolicy
from hub.model.values import Address, Money
from hub.model.vocabulary import Kind
from resolvers.context import Info
from resolvers.derive import input_type
from resolvers.inputs import LookupInput
from resolvers.scalars import CountryCode, CurrencyCode, UnitCode
from resolvers.writes import MutationPayload, WaitForInput, asking_with, entity_named, key_for, payload_parts


@input_type
class MoneyInput:
    """An amount in one currency."""

    amount: Decimal
    """Exact."""
    currency_code: CurrencyCode
    """ISO 4217."""


@input_type
class AddressInput:
    """A postal address."""

    name: str
    """Person or company."""
    lines: list[str]
    """Street lines in order."""
    city: str
    """Town."""
    postcode: str | None = None
    """Postal code as written."""
    region: str | None = None
    """State or province."""
    country: CountryCode
    """ISO 3166-1 alpha-2."""


@input_type
class OrderLineInput:
    """A line that is wanted."""

    line_ref: str
    """The caller's own name of the line, unique in the order."""
    sku: str
    """The tenant's own item code."""
    quantity: Decimal
    """In `unit`, greater than zero."""
    unit: UnitCode | None = None
    """Left out: the item's own unit."""
    unit_price: MoneyInput | None = None
    """Net price agreed for one unit; left out: whatever the ERP says it is."""


@input_type
class OrderSubmitInput:
    """An order that enters through the hub, which then carries it on."""

    channel: str
    """Where it was placed: the name of a channel, or of a source."""
    channel_order_id: str | None = None
    """What the channel calls it: the same one again comes to the same order."""
    po_number: str | None = None
    """The customer's own purchase order number; never decides sameness."""
    customer: LookupInput
    """Who buys."""
    currency_code: CurrencyCode
    """That of the customer."""
    lines: list[OrderLineInput]
    """At least one, at most 500."""
    ship_to: AddressInput
    """Where it goes."""
    bill_to: AddressInput | None = None
    """Who is billed; left out: as `shipTo`."""
    shipping_service: str | None = None
    """Service the customer chose."""
    requested_delivery_date: date | None = None
    """When the customer wants it."""
    partial_policy: PartialPolicy | None = PartialPolicy.ALLOW
    """What to do when not everything is there."""
    note: str | None = None
    """For the people who read it later."""
    wait_for: WaitForInput | None = None
    """Hold the answer back until these systems have spoken. Not part of what the key stands for."""
    dry_run: bool | None = False
    """Only say what would happen; claims no key, so the real run with the same key works afterwards."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSubmitArguments:
    """Arguments of `orderSubmit`."""

    input: OrderSubmitInput
    """What is ordered, by whom, and where it goes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSubmitPayload(MutationPayload):
    """What became of an order that was submitted."""

    order: Order | None = None
    """The order as it stands now; null on a dry run. With DUPLICATE_ORDER the one that it is already."""


async def order_submit(info: Info, asked: OrderSubmitArguments) -> OrderSubmitPayload | None:
    """Submit an order. Accepted durably under a number of the hub's own, then carried out in every system."""
    context, given = info.context, asked.input
    is_dry = bool(given.dry_run)
    key = key_for(info, is_dry=is_dry)
    found = await entity_named(context, given.customer, Kind.CUSTOMER)
    if isinstance(found, UserError):
        return OrderSubmitPayload(**payload_parts(context, Applied(user_errors=(found,)), None, is_dry=is_dry))
    asking = asking_with(given.wait_for, key, is_dry=is_dry)
    applied = await context.doors.desk.submit(context.call, submission_of(given, found), asking)
    whole = None
    if applied.order_id is not None:
        context.asked.concerned.append(applied.order_id)
        whole = (await context.reader.wholes(context.call, [applied.order_id])).get(applied.order_id)
    if whole is not None:
        context.keep(whole)
    return OrderSubmitPayload(**payload_parts(context, applied, whole, is_dry=is_dry))


def submission_of(given: OrderSubmitInput, customer_id: str) -> SubmitCommand:
    """The command that an input asks for. What was left out or null is the default."""
    return SubmitCommand(
        order_id="",
        channel=given.channel,
        customer_id=customer_id,
        currency_code=given.currency_code,
        lines=tuple(line_of(one) for one in given.lines),
        ship_to=address_of(given.ship_to),
        channel_order_id=given.channel_order_id,
        po_number=given.po_number,
        bill_to=None if given.bill_to is None else address_of(given.bill_to),
        shipping_service=given.shipping_service,
        requested_delivery_on=given.requested_delivery_date,
        partial_policy=given.partial_policy or PartialPolicy.ALLOW,
        note=given.note,
    )


def address_of(given: AddressInput) -> Address:
    """The address that an input says."""
    return Address(
        name=given.name,
        lines=tuple(given.lines),
        city=given.city,
        postcode=given.postcode,
        region=given.region,
        country=given.country,
    )


def line_of(given: OrderLineInput) -> LineWanted:
    """The line that an input says."""
    price = given.unit_price
    return LineWanted(
        line_ref=given.line_ref,
        sku=given.sku,
        quantity=given.quantity,
        unit=given.unit,
        unit_price=None if price is None else Money(amount=price.amount, currency_code=price.currency_code),
    )
