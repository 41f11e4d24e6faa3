"""Vendure's words into the hub's: pure functions of the wire types (design D10)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import msgspec

from hub.model.cases import HoldType
from hub.model.observation import Content, MilestoneClaim, NaturalKey, Seen, SourceLine, SourceQuantities, line_key
from hub.model.order import OrderCommercial, OrderGroups, OrderParties, OrderPayment, OrderShipping, OrderStatus
from hub.model.party import CustomerGroups, CustomerProfile
from hub.model.schemes import FULFILMENT_SHIPMENT, ORDER_CODE, PARCEL
from hub.model.shipment import Package, ShipmentExecution, ShipmentGroups, ShipmentMilestone, ShipmentTracking
from hub.model.values import Address, Identifier, Money
from hub.model.vocabulary import IdentifierScheme, Kind
from sources.kit.values import instant, minor
from sources.vendure.charges import charges_of
from sources.vendure.manifest import STATUSES
from sources.vendure.parcels import CANCELLED, carrier_of, mark_of, numbers_of
from sources.vendure.payment import state_of
from sources.vendure.wire import (
    VendureAddress,
    VendureCustomer,
    VendureGroup,
    VendureLine,
    VendureOrder,
    VendureParcel,
    VendurePayment,
)

PARCELS: Mapping[str, ShipmentMilestone] = {
    "Created": ShipmentMilestone.CREATED,
    "Pending": ShipmentMilestone.PACKED,
    "Shipped": ShipmentMilestone.SHIPPED,
    "Delivered": ShipmentMilestone.DELIVERED,
    "Cancelled": ShipmentMilestone.CANCELLED,
}
_GONE_OUT = ("Shipped", "Delivered")
_PACKED = ("Pending", *_GONE_OUT)
_ALLOCATED_FROM = frozenset(state for state, status in STATUSES.items() if status is not OrderStatus.PENDING_ACCEPTANCE)


HOLDS: Mapping[str, tuple[HoldType, ...]] = {
    "Modifying": (HoldType.APPROVAL,),
    "ArrangingAdditionalPayment": (HoldType.PAYMENT_PENDING,),
}
"""States in which the shop lets nothing leave (domain.md 2.4.4)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the mapping must know beside the wire: who says it, and how many digits its minor units have."""

    source: str
    digits: int = 2
    console: str | None = None
    """Address of the shop's own console, for links."""


def own_id(source: str, kind: Kind, value: str) -> NaturalKey:
    """The key of an object of this source by its own id."""
    return NaturalKey(scheme=f"{source}.{kind.value}.id", value=value)


def seen_of(order: VendureOrder, reading: Reading) -> tuple[Seen, ...]:
    """The order itself, then its parcels, its customer, its payments; only the order's id if it is not placed."""
    if order.order_placed_at is None:
        return (Seen(kind=Kind.ORDER, source_id=order.id, content=None),)
    parcels = [
        Seen(
            kind=Kind.SHIPMENT,
            source_id=parcel.id,
            content=_parcel(parcel, order, reading),
            raw={"order": {"id": order.id, "code": order.code}, "fulfillment": msgspec.to_builtins(parcel)},
        )
        for parcel in sorted(order.fulfillments or (), key=_by_age)
    ]
    buyer = order.customer
    customers = (
        []
        if buyer is None
        else [
            Seen(
                kind=Kind.CUSTOMER,
                source_id=buyer.id,
                content=_customer(buyer, reading),
                raw=msgspec.to_builtins(buyer),
            )
        ]
    )
    head = Seen(kind=Kind.ORDER, source_id=order.id, content=_order(order, reading), raw=msgspec.to_builtins(order))
    common = Content(refers=(own_id(reading.source, Kind.ORDER, order.id),), account=account_of(buyer))
    return (head, *parcels, *customers, *charges_of(order, common, reading.digits))


def account_of(customer: VendureCustomer | None) -> str | None:
    """The account a customer belongs to: the name of its first group, in lower case."""
    if customer is None or not customer.groups:
        return None
    return min(customer.groups, key=_by_age).name.strip().lower() or None


def _by_age(one: VendureLine | VendureParcel | VendurePayment | VendureGroup) -> tuple[int, str]:
    return len(one.id), one.id


def _order(order: VendureOrder, reading: Reading) -> Content:
    refers = (own_id(reading.source, Kind.CUSTOMER, order.customer.id),) if order.customer else ()
    return Content(
        order=OrderGroups(
            commercial=_commercial(order, reading),
            parties=_parties(order),
            shipping=OrderShipping(shipping_service=order.shipping_service) if order.shipping_lines else None,
            payment=OrderPayment(
                state=state_of(order.payments or (), order.total_with_tax),
                paid=_money(sum(p.amount for p in order.payments or () if p.state == "Settled"), order, reading),
                refunded=_money(
                    sum(r.total for p in order.payments or () for r in p.refunds if r.state == "Settled"),
                    order,
                    reading,
                ),
            ),
        ),
        number=order.code,
        raw_status=order.state,
        holds=HOLDS.get(order.state, ()),
        status=_status(order).value,
        bears=(NaturalKey(scheme=ORDER_CODE, value=order.code),),
        refers=(*_creators_reference(order), *refers),
        identifiers=_identifiers(order, reading),
        lines=tuple(_line(line, quantities, reading, order) for line, quantities in quantities_of(order)),
        account=account_of(order.customer),
        url=f"{reading.console.rstrip('/')}/orders/{order.id}" if reading.console else None,
    )


def _status(order: VendureOrder) -> OrderStatus:
    """The shop calls what came back as a whole Cancelled; it had left all the same."""
    status = STATUSES.get(order.state, OrderStatus.UNKNOWN)
    is_back = status is OrderStatus.CANCELLED and any(_sums(order, _GONE_OUT).values())
    return OrderStatus.SHIPPED if is_back else status


def _creators_reference(order: VendureOrder) -> tuple[NaturalKey, ...]:
    """What whoever made the order calls it: an order of the hub's is joined to its copy here by it (Id-2)."""
    reference = order.custom_fields.hub_request_id if order.custom_fields else None
    is_other = bool(reference) and reference != order.code
    return (NaturalKey(scheme=ORDER_CODE, value=reference),) if reference and is_other else ()


def _commercial(order: VendureOrder, reading: Reading) -> OrderCommercial:
    return OrderCommercial(
        placed_at=instant(order.order_placed_at) if order.order_placed_at else None,
        currency_code=order.currency_code,
        total=_money(order.total_with_tax, order, reading),
        net=_money(order.total, order, reading),
        tax=_money(order.total_with_tax - order.total, order, reading),
    )


def _parties(order: VendureOrder) -> OrderParties:
    buyer = order.customer
    return OrderParties(
        customer_name=_name(buyer) if buyer else None,
        customer_email=buyer.email_address.lower() if buyer else None,
        ship_to=_address(order.shipping_address),
        bill_to=_address(order.billing_address),
    )


def _identifiers(order: VendureOrder, reading: Reading) -> tuple[Identifier, ...]:
    found = [(IdentifierScheme.ORDER_NUMBER, order.code)]
    if order.customer is not None:
        found.append((IdentifierScheme.EMAIL, order.customer.email_address))
    if order.shipping_address is not None and order.shipping_address.phone_number:
        found.append((IdentifierScheme.PHONE, order.shipping_address.phone_number))
    payments = sorted(order.payments or (), key=_by_age)
    found.extend((IdentifierScheme.PAYMENT_REF, one.transaction_id) for one in payments if one.transaction_id)
    return _identified(found, reading)


def quantities_of(order: VendureOrder) -> list[tuple[VendureLine, SourceQuantities]]:
    """Each line with its cumulative quantities.

    Vendure only shrinks `quantity`: what was taken off before it left is cancelled, what went later is returned.
    """
    packed, shipped, delivered = (_sums(order, states) for states in (_PACKED, _GONE_OUT, ("Delivered",)))
    allocated = order.state in _ALLOCATED_FROM
    lines = []
    for line in sorted(order.lines, key=_by_age):  # the shop lists them in any order, another one each time
        ordered = max(line.order_placed_quantity, line.quantity)
        taken_off = ordered - line.quantity
        returned = min(taken_off, max(0, shipped[line.id] - line.quantity))
        cancelled = taken_off - returned
        quantities = SourceQuantities(
            ordered=Decimal(ordered),
            cancelled=Decimal(cancelled),
            allocated=Decimal(ordered - cancelled) if allocated else None,
            packed=Decimal(packed[line.id]),
            shipped=Decimal(shipped[line.id]),
            delivered=Decimal(delivered[line.id]),
            returned=Decimal(returned),
        )
        lines.append((line, quantities))
    return lines


def _sums(order: VendureOrder, states: tuple[str, ...]) -> defaultdict[str, int]:
    sums: defaultdict[str, int] = defaultdict(int)
    for parcel in order.fulfillments or ():
        if parcel.state in states:
            for part in parcel.lines:
                sums[part.order_line_id] += part.quantity
    return sums


def _line(line: VendureLine, quantities: SourceQuantities, reading: Reading, order: VendureOrder) -> SourceLine:
    return SourceLine(
        id=line.id,
        sku=line.product_variant.sku,
        description=line.product_variant.name,
        quantities=quantities,
        unit_price=_money(line.prorated_unit_price, order, reading),
    )


def _parcel(parcel: VendureParcel, order: VendureOrder, reading: Reading) -> Content:
    milestone = PARCELS.get(parcel.state, ShipmentMilestone.UNKNOWN)
    moved_at = instant(parcel.updated_at)
    numbers = numbers_of(parcel.tracking_code)
    bears, shipment = _keys(parcel, order)
    return Content(
        shipment=ShipmentGroups(
            execution=ShipmentExecution(
                carrier=carrier_of(parcel.method),
                shipped_at=moved_at if milestone is ShipmentMilestone.SHIPPED else None,
                ship_to=_address(order.shipping_address),
            ),
            tracking=ShipmentTracking(delivered_at=moved_at if milestone is ShipmentMilestone.DELIVERED else None),
        ),
        raw_status=parcel.state,
        status=milestone.value,
        bears=bears,
        refers=(*shipment, own_id(reading.source, Kind.ORDER, order.id)),
        identifiers=_identified([(IdentifierScheme.TRACKING, number) for number in numbers], reading),
        lines=_parcel_lines(parcel, order, reading.source),
        packages=_packages(parcel, numbers, milestone),
        milestones=_milestones(parcel, milestone),
        account=account_of(order.customer),
    )


def _keys(parcel: VendureParcel, order: VendureOrder) -> tuple[tuple[NaturalKey, ...], tuple[NaturalKey, ...]]:
    """By what others know the parcel: its carrier's numbers under every code of the order, and the planned shipment.

    A cancelled one that another stands in for has no name any more.
    """
    numbers, mark = numbers_of(parcel.tracking_code), mark_of(parcel.method)
    if parcel.state == CANCELLED and any(
        one.state != CANCELLED and (mark_of(one.method) == mark or set(numbers) & set(numbers_of(one.tracking_code)))
        for one in order.fulfillments or ()
    ):
        return (), ()
    codes = [order.code, *(key.value for key in _creators_reference(order))]
    bears = tuple(NaturalKey(scheme=PARCEL, value=f"{code}/{number}") for code in codes for number in numbers)
    return bears, (NaturalKey(scheme=FULFILMENT_SHIPMENT, value=mark),) if mark else ()


def _packages(parcel: VendureParcel, numbers: Sequence[str], milestone: ShipmentMilestone) -> tuple[Package, ...]:
    """One package for each of the carrier's numbers; one without where there is none."""
    first, *more = numbers or (None,)
    told = [(parcel.id, first), *((f"{parcel.id}/{place}", number) for place, number in enumerate(more, start=2))]
    return tuple(Package(id=number, tracking_number=tracking, status=milestone) for number, tracking in told)


def _milestones(parcel: VendureParcel, reached: ShipmentMilestone) -> tuple[MilestoneClaim, ...]:
    made_as = ShipmentMilestone.CREATED if parcel.state == "Created" else ShipmentMilestone.PACKED
    made = MilestoneClaim(milestone=made_as, occurred_at=instant(parcel.created_at))
    if reached in (made_as, ShipmentMilestone.UNKNOWN):
        return (made,)
    return (made, MilestoneClaim(milestone=reached, occurred_at=instant(parcel.updated_at)))


def _parcel_lines(parcel: VendureParcel, order: VendureOrder, source: str) -> tuple[SourceLine, ...]:
    skus = {line.id: line.product_variant.sku for line in order.lines}
    return tuple(
        SourceLine(
            id=part.order_line_id,
            sku=skus.get(part.order_line_id, ""),
            quantities=_parcel_quantities(parcel.state, Decimal(part.quantity)),
            target=line_key(source, Kind.ORDER, part.order_line_id),
        )
        for part in sorted(parcel.lines, key=lambda one: (len(one.order_line_id), one.order_line_id))
    )


def _parcel_quantities(state: str, units: Decimal) -> SourceQuantities:
    return SourceQuantities(
        ordered=units,
        packed=units if state in _PACKED else None,
        shipped=units if state in _GONE_OUT else None,
        delivered=units if state == "Delivered" else None,
    )


def _customer(customer: VendureCustomer, reading: Reading) -> Content:
    found = [(IdentifierScheme.EMAIL, customer.email_address)]
    if customer.phone_number:
        found.append((IdentifierScheme.PHONE, customer.phone_number))
    return Content(
        customer=CustomerGroups(
            profile=CustomerProfile(
                name=_name(customer), email=customer.email_address.lower(), phone=customer.phone_number or None
            )
        ),
        number=customer.id,
        identifiers=_identified(found, reading),
        account=account_of(customer),
    )


def _identified(found: Sequence[tuple[IdentifierScheme, str]], reading: Reading) -> tuple[Identifier, ...]:
    return tuple(Identifier(scheme=scheme, value=value, source=reading.source) for scheme, value in found)


def _name(customer: VendureCustomer) -> str | None:
    return f"{customer.first_name} {customer.last_name}".strip() or None


def _address(address: VendureAddress | None) -> Address | None:
    if address is None:
        return None
    name = ", ".join(part for part in (address.company, address.full_name) if part)
    made = Address(
        name=name or None,
        lines=tuple(line for line in (address.street_line1, address.street_line2) if line),
        city=address.city or None,
        postcode=address.postal_code or None,
        region=address.province or None,
        country=address.country_code or "ZZ",
    )
    return None if made == Address() else made


def _money(amount: int, order: VendureOrder, reading: Reading) -> Money:
    return minor(amount, order.currency_code, digits=reading.digits)
