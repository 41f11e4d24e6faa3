"""What each list can be narrowed by. The names are those of the listing's terms in `hub.store.lists`."""

from __future__ import annotations

from hub.model.billing import CreditMemoStatus, InvoiceStatus, PaymentKind, PaymentStatus, PriceSource, PriceStatus
from hub.model.cases import ExceptionCode, HoldType
from hub.model.command import OperationState
from hub.model.party import CustomerStatus, CustomerType
from hub.model.place import WarehouseStatus, WarehouseType
from hub.model.product import ProductStatus, ProductType
from hub.model.returns import ReturnFinancialState, ReturnPhysicalState, ReturnStatus
from hub.model.shipment import FulfillmentRequestStatus, ShipmentExceptionKind, ShipmentMilestone
from hub.model.transfer import TransferStatus
from hub.model.vocabulary import SystemKind
from resolvers.derive import input_type
from resolvers.inputs import (
    DateFilterInput,
    DateTimeFilterInput,
    DecimalFilterInput,
    LookupInput,
    OrderStatusFilterInput,
    StringFilterInput,
)


@input_type
class MilestoneFilterInput:
    """Milestones that fit."""

    eq: ShipmentMilestone | None = None
    """Exactly this."""
    in_: list[ShipmentMilestone] | None = None
    """One of these."""


@input_type
class OrderFilterInput:
    """Which orders; everything given must hold."""

    status: OrderStatusFilterInput | None = None
    """By status."""
    is_late: bool | None = None
    """Promised to leave before now, and still here."""
    is_partial: bool | None = None
    """Whether some units are further than the status says."""
    is_stuck: bool | None = None
    """Whether something about it failed for good or has not moved for too long."""
    hold: HoldType | None = None
    """Held for this reason now."""
    exception_code: ExceptionCode | None = None
    """With an open case of this code."""
    missing_in: list[SystemKind] | None = None
    """Expected in one of these systems and, as far as was seen, not there."""
    channel: StringFilterInput | None = None
    """By the channel it was placed through."""
    customer: LookupInput | None = None
    """Of this customer."""
    warehouse: StringFilterInput | None = None
    """With a line that ships from a warehouse of this code."""
    sku: StringFilterInput | None = None
    """With a line of this item."""
    placed_at: DateTimeFilterInput | None = None
    """By when it was placed."""
    total: DecimalFilterInput | None = None
    """By what it costs; currencies are not converted."""


@input_type
class ShipmentFilterInput:
    """Which shipments; everything given must hold."""

    status: MilestoneFilterInput | None = None
    """By milestone."""
    is_partial: bool | None = None
    """Whether its packages differ."""
    exception: ShipmentExceptionKind | None = None
    """With this wrong on the way."""
    carrier: StringFilterInput | None = None
    """By carrier, as written."""
    tracking_number: StringFilterInput | None = None
    """With a package of this tracking number."""
    warehouse: StringFilterInput | None = None
    """That leave a warehouse of this code."""
    sku: StringFilterInput | None = None
    """With this item in it."""
    order: LookupInput | None = None
    """That serve this order."""
    customer: LookupInput | None = None
    """That serve an order of this customer."""
    shipped_at: DateTimeFilterInput | None = None
    """By when it was handed to the carrier."""


@input_type
class RequestStatusFilterInput:
    """Statuses of a request that fit."""

    eq: FulfillmentRequestStatus | None = None
    """Exactly this."""
    in_: list[FulfillmentRequestStatus] | None = None
    """One of these."""
    not_in: list[FulfillmentRequestStatus] | None = None
    """None of these."""


@input_type
class FulfillmentOrderFilterInput:
    """Which requests to warehouses; everything given must hold."""

    request_status: RequestStatusFilterInput | None = None
    """By where the handshake stands."""
    warehouse: StringFilterInput | None = None
    """To a warehouse of this code."""
    order: LookupInput | None = None
    """For this order."""
    customer: LookupInput | None = None
    """For an order of this customer."""


@input_type
class ReturnStatusFilterInput:
    """Statuses of a return that fit."""

    eq: ReturnStatus | None = None
    """Exactly this."""
    in_: list[ReturnStatus] | None = None
    """One of these."""
    not_in: list[ReturnStatus] | None = None
    """None of these."""


@input_type
class ReturnFilterInput:
    """Which returns; everything given must hold."""

    status: ReturnStatusFilterInput | None = None
    """By status."""
    physical_state: ReturnPhysicalState | None = None
    """By where the goods are."""
    financial_state: ReturnFinancialState | None = None
    """By how far the money is."""
    warehouse: StringFilterInput | None = None
    """Received by a warehouse of this code."""
    sku: StringFilterInput | None = None
    """With this item in it."""
    order: LookupInput | None = None
    """Of this order."""
    customer: LookupInput | None = None
    """Of an order of this customer."""
    requested_at: DateTimeFilterInput | None = None
    """By when it was asked for."""


@input_type
class InvoiceStatusFilterInput:
    """Statuses of an invoice that fit."""

    eq: InvoiceStatus | None = None
    """Exactly this."""
    in_: list[InvoiceStatus] | None = None
    """One of these."""
    not_in: list[InvoiceStatus] | None = None
    """None of these."""


@input_type
class InvoiceFilterInput:
    """Which invoices; everything given must hold."""

    status: InvoiceStatusFilterInput | None = None
    """By status."""
    order: LookupInput | None = None
    """That bill this order."""
    customer: LookupInput | None = None
    """Of this customer."""
    issue_date: DateFilterInput | None = None
    """By when it was issued."""
    due_date: DateFilterInput | None = None
    """By when it must be paid."""
    total: DecimalFilterInput | None = None
    """By what it comes to; currencies are not converted."""
    outstanding: DecimalFilterInput | None = None
    """By what is still owed."""


@input_type
class CreditMemoStatusFilterInput:
    """Statuses of a credit memo that fit."""

    eq: CreditMemoStatus | None = None
    """Exactly this."""
    in_: list[CreditMemoStatus] | None = None
    """One of these."""
    not_in: list[CreditMemoStatus] | None = None
    """None of these."""


@input_type
class CreditMemoFilterInput:
    """Which credit memos; everything given must hold."""

    status: CreditMemoStatusFilterInput | None = None
    """By status."""
    order: LookupInput | None = None
    """That concern this order."""
    customer: LookupInput | None = None
    """That concern an order of this customer."""
    issue_date: DateFilterInput | None = None
    """By when it was issued."""
    total: DecimalFilterInput | None = None
    """By what it comes to; currencies are not converted."""


@input_type
class PaymentStatusFilterInput:
    """Statuses of a payment that fit."""

    eq: PaymentStatus | None = None
    """Exactly this."""
    in_: list[PaymentStatus] | None = None
    """One of these."""
    not_in: list[PaymentStatus] | None = None
    """None of these."""


@input_type
class PaymentFilterInput:
    """Which payments; everything given must hold."""

    status: PaymentStatusFilterInput | None = None
    """By status."""
    kind: PaymentKind | None = None
    """By what it does."""
    order: LookupInput | None = None
    """That pay this order."""
    customer: LookupInput | None = None
    """That pay an order of this customer."""
    occurred_at: DateTimeFilterInput | None = None
    """By when the money moved."""
    amount: DecimalFilterInput | None = None
    """By how much; currencies are not converted."""


@input_type
class CustomerStatusFilterInput:
    """Statuses of a customer that fit."""

    eq: CustomerStatus | None = None
    """Exactly this."""
    in_: list[CustomerStatus] | None = None
    """One of these."""
    not_in: list[CustomerStatus] | None = None
    """None of these."""


@input_type
class CustomerFilterInput:
    """Which customers; everything given must hold."""

    status: CustomerStatusFilterInput | None = None
    """By whether one may sell to it."""
    type: CustomerType | None = None
    """By what sort of buyer it is."""
    number: StringFilterInput | None = None
    """By number."""
    name: StringFilterInput | None = None
    """By name, as written; `search` finds what is written otherwise."""
    segment: StringFilterInput | None = None
    """Counted to one of these segments."""


@input_type
class ProductStatusFilterInput:
    """Statuses of a product that fit."""

    eq: ProductStatus | None = None
    """Exactly this."""
    in_: list[ProductStatus] | None = None
    """One of these."""
    not_in: list[ProductStatus] | None = None
    """None of these."""


@input_type
class ProductFilterInput:
    """Which products; everything given must hold."""

    status: ProductStatusFilterInput | None = None
    """By where it stands in its life."""
    type: ProductType | None = None
    """By what sort of item it is."""
    sku: StringFilterInput | None = None
    """By item code."""


@input_type
class WarehouseStatusFilterInput:
    """Statuses of a warehouse that fit."""

    eq: WarehouseStatus | None = None
    """Exactly this."""
    in_: list[WarehouseStatus] | None = None
    """One of these."""
    not_in: list[WarehouseStatus] | None = None
    """None of these."""


@input_type
class WarehouseFilterInput:
    """Which warehouses; everything given must hold."""

    status: WarehouseStatusFilterInput | None = None
    """By whether it works."""
    type: WarehouseType | None = None
    """By what sort of place it is."""
    code: StringFilterInput | None = None
    """By code."""


@input_type
class TransferStatusFilterInput:
    """Statuses of a transfer that fit."""

    eq: TransferStatus | None = None
    """Exactly this."""
    in_: list[TransferStatus] | None = None
    """One of these."""
    not_in: list[TransferStatus] | None = None
    """None of these."""


@input_type
class TransferFilterInput:
    """Which transfers; everything given must hold."""

    status: TransferStatusFilterInput | None = None
    """By status."""
    from_warehouse: StringFilterInput | None = None
    """That leave a warehouse of this code."""
    to_warehouse: StringFilterInput | None = None
    """That arrive at a warehouse of this code."""
    sku: StringFilterInput | None = None
    """With this item in it."""
    requested_at: DateTimeFilterInput | None = None
    """By when it was asked for."""
    expected_at: DateTimeFilterInput | None = None
    """By when it should arrive."""


@input_type
class PriceStatusFilterInput:
    """Statuses of a price that fit."""

    eq: PriceStatus | None = None
    """Exactly this."""
    in_: list[PriceStatus] | None = None
    """One of these."""
    not_in: list[PriceStatus] | None = None
    """None of these."""


@input_type
class PriceReferenceFilterInput:
    """Which prices; everything given must hold."""

    status: PriceStatusFilterInput | None = None
    """By whether it holds now."""
    sku: StringFilterInput | None = None
    """Of this item."""
    customer: LookupInput | None = None
    """For this customer."""
    price_source: PriceSource | None = None
    """By where it comes from."""


@input_type
class OperationStateFilterInput:
    """States of an operation that fit."""

    eq: OperationState | None = None
    """Exactly this."""
    in_: list[OperationState] | None = None
    """One of these."""
    not_in: list[OperationState] | None = None
    """None of these."""


@input_type
class OperationFilterInput:
    """Which operations; everything given must hold."""

    state: OperationStateFilterInput | None = None
    """By how far they are."""
    done: bool | None = None
    """Whether nothing more will happen by itself."""
    action: StringFilterInput | None = None
    """By the mutation's name."""
    actor: StringFilterInput | None = None
    """That one of these has asked for."""
    order: LookupInput | None = None
    """That act on this order."""
    accepted_at: DateTimeFilterInput | None = None
    """By when they were asked for."""
