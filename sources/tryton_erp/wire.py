"""Tryton's own records, its spelling kept. What a type holds is what is asked for: `paths` makes the `f` of a query."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, get_args, get_type_hints

import msgspec


class TrytonDecimal(msgspec.Struct, frozen=True, tag_field="__class__", tag="Decimal"):
    """A Numeric: exact, as text."""

    decimal: str


class TrytonDay(msgspec.Struct, frozen=True, tag_field="__class__", tag="date"):
    """A date in the company's zone."""

    year: int
    month: int
    day: int

    def meant(self) -> date:
        """The day."""
        return date(self.year, self.month, self.day)


class TrytonMoment(msgspec.Struct, frozen=True, tag_field="__class__", tag="datetime"):
    """An instant: naive, and always UTC (trap 21)."""

    year: int
    month: int
    day: int
    hour: int
    minute: int
    second: int
    microsecond: int = 0

    def meant(self) -> datetime:
        """The instant, its zone said."""
        return datetime(
            self.year, self.month, self.day, self.hour, self.minute, self.second, self.microsecond, tzinfo=UTC
        )


_VALUES = (TrytonDecimal, TrytonDay, TrytonMoment)


class Row(msgspec.Struct, kw_only=True):
    """Any record."""

    id: int


class Stamped(Row, kw_only=True):
    """A record with its times: `write_date` is null until the first update."""

    create_date: TrytonMoment
    write_date: TrytonMoment | None = None

    def touched(self) -> datetime:
        """When it was last written."""
        return (self.write_date or self.create_date).meant()


class Coded(Row, kw_only=True):
    """A record that is pointed at by its code."""

    code: str | None = None


class Worded(Row, kw_only=True):
    """A record that is pointed at by its name."""

    name: str | None = None


class TrytonUnit(Row, kw_only=True):
    """product.uom."""

    symbol: str


class TrytonGoods(Row, kw_only=True):
    """product.product, as lines point at it."""

    code: str | None = None
    type: str


class TrytonParty(Row, kw_only=True):
    """party.party, as documents point at it."""

    code: str | None = None
    name: str | None = None


class TrytonAddress(Row, kw_only=True):
    """party.address."""

    party_name: str | None = None
    street: str | None = None
    postal_code: str | None = None
    city: str | None = None
    country: Coded | None = None


class TrytonDoneMove(Stamped, kw_only=True):
    """stock.move under a sale line."""

    state: str
    quantity: Decimal


class TrytonIgnoredMove(Row, kw_only=True):
    """stock.move that was cancelled, and a person said: let it be."""

    quantity: Decimal


class TrytonSaleLine(Stamped, kw_only=True):
    """sale.line: quantities are floats with the digits of their unit."""

    type: str
    product: TrytonGoods | None = None
    description: str | None = None
    quantity: Decimal | None = None
    unit: TrytonUnit | None = None
    unit_price: TrytonDecimal | None = None
    moves: list[TrytonDoneMove] = []
    moves_ignored: list[TrytonIgnoredMove] = []


class TrytonReceipt(Row, kw_only=True):
    """stock.shipment.out.return under a sale."""

    number: str | None = None
    state: str
    effective_date: TrytonDay | None = None


class TrytonBill(Row, kw_only=True):
    """account.invoice under a sale."""

    number: str | None = None
    state: str


class TrytonSale(Stamped, kw_only=True):
    """sale.sale, an order or, with negative quantities, a return. `number` is null until it is quoted."""

    number: str | None = None
    reference: str | None = None
    state: str
    shipment_state: str
    invoice_state: str
    shipping_date: TrytonDay | None = None
    currency: Coded
    untaxed_amount: TrytonDecimal | None = None
    tax_amount: TrytonDecimal | None = None
    total_amount: TrytonDecimal | None = None
    party: TrytonParty
    invoice_address: TrytonAddress | None = None
    shipment_address: TrytonAddress | None = None
    warehouse: Coded | None = None
    origin: str | None = None
    lines: list[TrytonSaleLine] = []
    shipment_returns: list[TrytonReceipt] = []
    invoices: list[TrytonBill] = []


class TrytonSaleBehind(Row, kw_only=True):
    """The sale behind a move or an invoice."""

    number: str | None = None
    reference: str | None = None
    origin: str | None = None


class TrytonMove(Stamped, kw_only=True):
    """stock.move of a shipment."""

    state: str
    product: TrytonGoods
    quantity: Decimal
    unit: TrytonUnit
    origin: str | None = None
    sale: TrytonSaleBehind | None = None


class TrytonPackage(Stamped, kw_only=True):
    """stock.package."""

    number: str | None = None
    shipping_reference: str | None = None


class TrytonCarrier(Row, kw_only=True):
    """carrier."""

    party: Worded


class TrytonShipment(Stamped, kw_only=True):
    """stock.shipment.out. Its header does not move when its moves are split or assigned."""

    number: str | None = None
    reference: str | None = None
    state: str
    planned_date: TrytonDay | None = None
    effective_date: TrytonDay | None = None
    customer: TrytonParty
    delivery_address: TrytonAddress | None = None
    warehouse: Coded
    outgoing_moves: list[TrytonMove] = []
    inventory_moves: list[TrytonMove] = []
    packages: list[TrytonPackage] = []
    shipping_reference: str | None = None
    carrier: TrytonCarrier | None = None


class TrytonBilledLine(Stamped, kw_only=True):
    """account.invoice.line; `origin` is `sale.line,N`, or `account.invoice.line,N` where it credits."""

    type: str
    product: TrytonGoods | None = None
    description: str | None = None
    quantity: Decimal | None = None
    unit: TrytonUnit | None = None
    unit_price: TrytonDecimal | None = None
    origin: str | None = None


class TrytonTurnedRound(Row, kw_only=True):
    """account.invoice that a credit note turns round."""

    sales: list[TrytonSaleBehind] = []


class TrytonInvoice(Stamped, kw_only=True):
    """account.invoice of type `out`; a credit note is one with a negative total."""

    number: str | None = None
    reference: str | None = None
    state: str
    invoice_date: TrytonDay | None = None
    currency: Coded
    untaxed_amount: TrytonDecimal
    tax_amount: TrytonDecimal
    total_amount: TrytonDecimal
    amount_to_pay: TrytonDecimal | None = None
    payment_term: Worded | None = None
    party: TrytonParty
    invoice_address: TrytonAddress | None = None
    sales: list[TrytonSaleBehind] = []
    origin_invoices: list[TrytonTurnedRound] = []
    lines: list[TrytonBilledLine] = []


class TrytonContact(Stamped, kw_only=True):
    """party.contact_mechanism."""

    type: str
    value: str | None = None


class TrytonPartyAddress(TrytonAddress, kw_only=True):
    """party.address in the address book."""

    create_date: TrytonMoment
    write_date: TrytonMoment | None = None
    delivery: bool = False
    invoice: bool = False


class TrytonCustomer(Stamped, kw_only=True):
    """party.party. What belongs to a company reads null where the context names none."""

    code: str | None = None
    name: str | None = None
    active: bool = True
    addresses: list[TrytonPartyAddress] = []
    contact_mechanisms: list[TrytonContact] = []
    customer_payment_term: Worded | None = None
    sale_price_list: Worded | None = None
    credit_limit_amount: TrytonDecimal | None = None
    credit_amount: TrytonDecimal | None = None


class TrytonTemplate(Stamped, kw_only=True):
    """product.template."""


class TrytonProduct(Stamped, kw_only=True):
    """product.product, its template's fields among its own."""

    code: str | None = None
    name: str | None = None
    type: str
    active: bool = True
    default_uom: TrytonUnit
    list_price: TrytonDecimal | None = None
    template: TrytonTemplate


class TrytonWarehouse(Stamped, kw_only=True):
    """stock.location of type `warehouse`."""

    code: str | None = None
    name: str
    active: bool = True
    address: TrytonAddress | None = None


class TrytonTransferMove(Stamped, kw_only=True):
    """stock.move of a transfer."""

    state: str
    product: TrytonGoods
    quantity: Decimal
    unit: TrytonUnit


class TrytonTransfer(Stamped, kw_only=True):
    """stock.shipment.internal."""

    number: str | None = None
    reference: str | None = None
    state: str
    planned_date: TrytonDay | None = None
    effective_date: TrytonDay | None = None
    effective_start_date: TrytonDay | None = None
    warehouse: Coded | None = None
    to_warehouse: Coded | None = None
    moves: list[TrytonTransferMove] = []
    outgoing_moves: list[Row] = []
    incoming_moves: list[Row] = []


class TrytonStock(Row, kw_only=True):
    """product.product with its quantity in the places of the context: what is done, assigned or not (trap 22)."""

    code: str | None = None
    default_uom: TrytonUnit
    quantity: Decimal | None = None


class TrytonAssigned(Row, kw_only=True):
    """stock.move in state `assigned`."""

    product: int
    internal_quantity: Decimal


class TrytonMoved(Stamped, kw_only=True):
    """stock.move, for whoever only wants to know which item moved."""

    product: int


class TrytonRefusal(msgspec.Struct, kw_only=True):
    """What REST answers with 400: words for people, no code."""

    message: str = ""
    description: str | None = None


class TrytonAnswer(msgspec.Struct, kw_only=True):
    """What JSON-RPC answers."""

    result: msgspec.Raw = msgspec.Raw(b"")
    error: list[Any] | None = None


@cache
def paths(kind: type[msgspec.Struct], without: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """Every field of *kind*, dotted, but those whose first part is in *without*. Ids come by themselves."""
    hints = get_type_hints(kind)
    found: list[str] = []
    for name in kind.__struct_fields__:
        if name == "id" or name in without:
            continue
        inner = _struct_in(hints[name])
        beneath = () if inner is None else paths(inner)
        found.extend([f"{name}.{path}" for path in beneath] or [f"{name}.id" if inner else name])
    return tuple(found)


def _struct_in(hint: Any) -> type[msgspec.Struct] | None:  # Any: a type
    for one in (hint, *get_args(hint)):
        if isinstance(one, type) and issubclass(one, msgspec.Struct):
            return None if one in _VALUES else one
    return None
