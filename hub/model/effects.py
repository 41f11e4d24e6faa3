"""What deliveries carry: how one source should stand afterwards, as targets and never as deltas (design Flow-1).

Every quantity is in the hub's units; `factor` says how many of them make one of the source's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from hub.model.order import OrderType
from hub.model.returns import Disposition, ExchangeLine, ReturnReason
from hub.model.values import Address, Money

CANCEL_ORDER = "order.cancel"
"""Take units of an order, or of a parcel that has not left, back: `CancelOrder`."""
CREATE_ORDER = "order.create"
"""Bring an order into the source, and far enough that it is binding there: `CreateOrder`."""
REQUEST_FULFILMENT = "fulfillment.create"
"""Ask a warehouse to pick, pack and ship goods: `RequestFulfilment`."""
SHIP_GOODS = "shipment.ship"
"""Tell the source that goods have left, with their tracking: `ShipGoods`."""
POST_INVOICE = "invoice.post"
"""Post the draft invoice of what has left, or the draft credit memo of what has come back: `PostInvoice`."""
PUBLISH_STOCK = "stock.publish"
"""Let a channel sell so many units of one item: `PublishStock`, always LATEST."""
CREATE_RETURN = "return.create"
"""Have the source expect goods back: `CreateReturn`."""
RECEIVE_RETURN = "return.receive"
"""Tell the source what has come back: `ReceiveReturn`."""
INSPECT_RETURN = "return.inspect"
"""Tell the source what becomes of what has come back: `InspectReturn`."""
TAKE_BACK = "order.return"
"""Tell a channel which units of its order have come back: `TakeBack`."""
REFUND = "refund.create"
"""Give the customer money back, by the way it was paid: `Refund`."""

SEND_OUT = "return.send"
"""Have an order of the hub's own go out instead of what comes back: `SendOut`. The hub itself carries it out."""
CALL_BACK = "return.call_back"
"""Cancel that order, as the return came to nothing: `CallBack`. The hub itself carries it out."""


class CancelReason(StrEnum):
    """Why an order or a line is cancelled."""

    CUSTOMER = "CUSTOMER"
    INVENTORY = "INVENTORY"
    FRAUD = "FRAUD"
    PAYMENT_DECLINED = "PAYMENT_DECLINED"
    PRICE_ERROR = "PRICE_ERROR"
    DUPLICATE = "DUPLICATE"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelTarget:
    """One source line and the total that should be cancelled on it: a target, never a delta."""

    line: str
    """The source's own line id."""
    line_no: int
    """The hub's line."""
    cancelled: Decimal
    """Cancelled in all, once done, in the hub's units."""
    factor: Decimal = Decimal(1)
    """Units of the hub's in one of the source's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelOrder:
    """Content of the intent `order.cancel`: how the order's lines should stand afterwards."""

    lines: tuple[CancelTarget, ...]
    reason: CancelReason
    note: str | None = None
    whole: bool = False
    """All that is open, shipping costs included."""
    refund: bool = True
    notify_customer: bool = True

    def total(self, line_no: int) -> Decimal:
        """Units of one line of the order that should be cancelled in all."""
        return sum((target.cancelled for target in self.lines if target.line_no == line_no), Decimal(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsLine:
    """Units of one line of the order, as one source should have them."""

    line_no: int
    """The hub's line."""
    sku: str
    """The source's own item code."""
    quantity: Decimal
    """In all, in the hub's units."""
    unit: str
    """UN/ECE code of the source's unit."""
    line: str | None = None
    """The source's own line id, where it has the line already."""
    unit_price: Money | None = None
    """Net, of one of the hub's units."""
    description: str | None = None
    factor: Decimal = Decimal(1)
    """Units of the hub's in one of the source's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateOrder:
    """Content of `order.create`: an order of this reference stands at the source, binding, with these lines.

    The reference is all that makes a second one recognised: it is what the source stores and what joins the order that
    comes back (Id-1). It is registered before the call.
    """

    reference: str
    """Unique per order: the code of the channel it was born in, else the hub's own number."""
    lines: tuple[GoodsLine, ...]
    currency_code: str
    customer: str | None = None
    """The source's own id of the customer; None: whom the source's settings name for buyers it does not know."""
    customer_name: str | None = None
    customer_email: str | None = None
    ship_to: Address | None = None
    bill_to: Address | None = None
    warehouse: str | None = None
    """Code of the warehouse that the goods leave from; None: as the source decides."""
    shipping_service: str | None = None
    po_number: str | None = None
    placed_at: datetime | None = None
    requested_delivery_at: datetime | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFulfilment:
    """Content of `fulfillment.create`: a request of this reference stands at the warehouse, with these lines."""

    reference: str
    """`CODE/NUMBER`: the order's code and the number of the planned shipment (systems.md 3.5)."""
    warehouse: str
    """Code of the warehouse that should ship."""
    lines: tuple[GoodsLine, ...]
    customer: str | None = None
    """The warehouse system's own id of the customer; None: whom its settings name."""
    customer_name: str | None = None
    ship_to: Address | None = None
    currency_code: str | None = None
    ship_by: datetime | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipGoods:
    """Content of `shipment.ship`: these units have left in one parcel or more, as the warehouse says.

    At an ERP the intent acts on its own planned shipment (`source_id`), at a channel on its order.
    """

    lines: tuple[GoodsLine, ...]
    reference: str
    """The shipment's key (`CODE/NUMBER`): by it or by its tracking the source is asked whether it has it."""
    tracking: tuple[str, ...] = ()
    """Carriers' numbers, in order; may be none."""
    carrier: str | None = None
    service: str | None = None
    shipped_at: datetime | None = None
    warehouse: str | None = None
    """Code of the warehouse it left from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostInvoice:
    """Content of `invoice.post`: the draft (`source_id` of the intent) is posted."""

    total: Money | None = None
    """What it should come to with tax, where known: another total is refused by the hub, not posted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishStock:
    """Content of `stock.publish`: so many units of one item may be sold from one place."""

    sku: str
    """The channel's own item code."""
    location: str
    """Code of the warehouse, as the channel knows it."""
    quantity: Decimal
    """What may be sold now, never negative, in the hub's units."""
    factor: Decimal = Decimal(1)
    """Units of the hub's in one of the source's: rounded down to whole ones."""
    instead_of: Decimal | None = None
    """Told once more: the greater quantity that the channel came to by itself, as where it took a return back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateReturn:
    """Content of `return.create`: a return of this reference stands at the source, authorised, with these lines.

    The source makes its own documents of it: the ERP a sale of negative quantities, a warehouse system a receipt that
    it waits for. The reference joins them (systems.md 3.5) and makes a second one recognised.
    """

    reference: str
    """`CODE-R1`, the next one of the same order `CODE-R2`."""
    order: str | None
    """The source's own id of the order that the goods come from, where it knows it."""
    lines: tuple[GoodsLine, ...]
    """What is authorised to come back; `line` is the source's own line of that order, where it knows it."""
    currency_code: str
    customer: str | None = None
    """The source's own id of the customer; None: whom its settings name."""
    customer_name: str | None = None
    warehouse: str | None = None
    """Code of the warehouse that the goods go to."""
    reason: ReturnReason | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveReturn:
    """Content of `return.receive`: so many units have come back in all, by line. Acts on the source's own return."""

    reference: str
    lines: tuple[GoodsLine, ...]
    """Come back in all; a line that nothing came of has quantity 0."""
    warehouse: str | None = None
    received_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Disposed:
    """Units of one line of a return and what becomes of them."""

    line_no: int
    """The return's line, in the hub's numbers."""
    sku: str
    """The source's own item code."""
    quantity: Decimal
    """In all, in the hub's units."""
    disposition: Disposition
    line: str | None = None
    """The source's own line id, where it has the line."""
    factor: Decimal = Decimal(1)
    """Units of the hub's in one of the source's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectReturn:
    """Content of `return.inspect`: what becomes of every unit that has come back. Acts on the source's own return."""

    reference: str
    lines: tuple[Disposed, ...]
    warehouse: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeBack:
    """Content of `order.return`: so many units of a channel's order have come back in all, by line."""

    reference: str
    """The return's."""
    lines: tuple[GoodsLine, ...]
    """Come back in all over every return of the order; `line` is the channel's own."""
    reason: ReturnReason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """Content of `refund.create`: this much has been given back under this reference, once. Acts on the order."""

    reference: str
    """The hub's own key of the refund: the source stores it, so that a second one is recognised."""
    amount: Money
    """With tax, greater than zero."""
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SendOut:
    """Content of `return.send`: an order of this number stands in the hub, with these lines.

    The number is all that makes a second one recognised.
    """

    reference: str
    """The return's."""
    number: str
    """`CODE-R1-X`: the order's own, made of the return's reference."""
    return_id: str
    order_id: str
    """The order whose goods come back."""
    type: OrderType
    channel: str
    currency_code: str
    lines: tuple[ExchangeLine, ...]
    customer: str
    """The customer entity."""
    ship_to: Address
    bill_to: Address | None = None
    shipping_service: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBack:
    """Content of `return.call_back`: nothing of the order of this number goes out any more, as far as it has not."""

    reference: str
    """The return's."""
    number: str
    note: str | None = None


def cancel_in(content: Effect) -> CancelOrder:
    """The content as a cancel. Raises TypeError where it is another effect."""
    if isinstance(content, CancelOrder):
        return content
    message = f"a {type(content).__name__} is no cancel"
    raise TypeError(message)


Effect = (
    CancelOrder
    | CreateOrder
    | RequestFulfilment
    | ShipGoods
    | PostInvoice
    | PublishStock
    | CreateReturn
    | ReceiveReturn
    | InspectReturn
    | TakeBack
    | Refund
    | SendOut
    | CallBack
)
"""What a delivery may carry."""

EFFECT_OF: dict[str, type[Effect]] = {
    CANCEL_ORDER: CancelOrder,
    CREATE_ORDER: CreateOrder,
    REQUEST_FULFILMENT: RequestFulfilment,
    SHIP_GOODS: ShipGoods,
    POST_INVOICE: PostInvoice,
    PUBLISH_STOCK: PublishStock,
    CREATE_RETURN: CreateReturn,
    RECEIVE_RETURN: ReceiveReturn,
    INSPECT_RETURN: InspectReturn,
    TAKE_BACK: TakeBack,
    REFUND: Refund,
    SEND_OUT: SendOut,
    CALL_BACK: CallBack,
}
"""Type of each action's content, for reading a delivery back."""
