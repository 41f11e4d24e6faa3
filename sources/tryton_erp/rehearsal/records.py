"""What the rehearsed ERP holds: records with the very field names that Tryton's models have."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar

ZERO = Decimal(0)


@dataclass(slots=True, kw_only=True, eq=False)
class Record:
    """A row: `write_date` is null until the first update, and the start of the transaction that wrote it (trap 2)."""

    model: ClassVar[str] = ""
    id: int
    create_date: datetime
    write_date: datetime | None = None

    @property
    def reference_value(self) -> str:
        """How a Reference field names it."""
        return f"{self.model},{self.id}"


@dataclass(slots=True, kw_only=True, eq=False)
class Named(Record):
    """A row that is little more than a name."""

    name: str = ""
    code: str = ""
    active: bool = True


class Currency(Named):
    """currency.currency."""

    model: ClassVar[str] = "currency.currency"


@dataclass(slots=True, kw_only=True, eq=False)
class Company(Named):
    """company.company."""

    model: ClassVar[str] = "company.company"
    currency: Currency
    timezone: str = "Europe/Brussels"


class Country(Named):
    """country.country."""

    model: ClassVar[str] = "country.country"


class Term(Named):
    """account.invoice.payment_term."""

    model: ClassVar[str] = "account.invoice.payment_term"


class PriceList(Named):
    """product.price_list."""

    model: ClassVar[str] = "product.price_list"


class Tax(Named):
    """account.tax."""

    model: ClassVar[str] = "account.tax"


@dataclass(slots=True, kw_only=True, eq=False)
class Category(Named):
    """product.category, for accounting."""

    model: ClassVar[str] = "product.category"
    customer_taxes_used: list[Tax] = field(default_factory=list)


@dataclass(slots=True, kw_only=True, eq=False)
class Unit(Named):
    """product.uom."""

    model: ClassVar[str] = "product.uom"
    symbol: str = ""
    digits: int = 0


@dataclass(slots=True, kw_only=True, eq=False)
class Address(Record):
    """party.address."""

    model: ClassVar[str] = "party.address"
    party: Party
    party_name: str | None = None
    street: str = ""
    postal_code: str | None = None
    city: str | None = None
    country: Country | None = None
    delivery: bool = True
    invoice: bool = True


@dataclass(slots=True, kw_only=True, eq=False)
class Contact(Record):
    """party.contact_mechanism."""

    model: ClassVar[str] = "party.contact_mechanism"
    party: Party
    type: str
    value: str


@dataclass(slots=True, kw_only=True, eq=False)
class Party(Record):
    """party.party."""

    model: ClassVar[str] = "party.party"
    code: str
    name: str
    active: bool = True
    addresses: list[Address] = field(default_factory=list)
    contact_mechanisms: list[Contact] = field(default_factory=list)
    customer_payment_term: Term | None = None
    sale_price_list: PriceList | None = None
    credit_limit_amount: Decimal | None = None
    credit_amount: Decimal = ZERO
    """What it owes: posted and not paid."""


@dataclass(slots=True, kw_only=True, eq=False)
class Template(Record):
    """product.template."""

    model: ClassVar[str] = "product.template"
    code: str
    account_category: Category | None = None


@dataclass(slots=True, kw_only=True, eq=False)
class Product(Record):
    """product.product, its template's fields among its own as Tryton shows them."""

    model: ClassVar[str] = "product.product"
    code: str
    name: str
    type: str
    template: Template
    default_uom: Unit
    sale_uom: Unit
    list_price: Decimal
    active: bool = True
    salable: bool = True


@dataclass(slots=True, kw_only=True, eq=False)
class Location(Record):
    """stock.location."""

    model: ClassVar[str] = "stock.location"
    code: str
    name: str
    type: str
    active: bool = True
    parent: Location | None = None
    address: Address | None = None
    input_location: Location | None = None
    output_location: Location | None = None
    storage_location: Location | None = None
    waste_locations: list[Location] = field(default_factory=list)

    @property
    def warehouse(self) -> Location | None:
        """The warehouse it lies in, itself for a warehouse."""
        place: Location | None = self
        while place is not None and place.type != "warehouse":
            place = place.parent
        return place


@dataclass(slots=True, kw_only=True, eq=False)
class Move(Record):
    """stock.move."""

    model: ClassVar[str] = "stock.move"
    product: Product
    quantity: float
    unit: Unit
    from_location: Location
    to_location: Location
    state: str = "draft"
    shipment: Shipment | None = None
    origin: Record | None = None
    package: Package | None = None
    unit_price: Decimal | None = None
    planned_date: date | None = None
    effective_date: date | None = None

    @property
    def internal_quantity(self) -> float:
        """In the item's own unit."""
        return self.quantity

    @property
    def sale(self) -> Sale | None:
        """The sale it serves."""
        return self.origin.sale if isinstance(self.origin, SaleLine) else None


@dataclass(slots=True, kw_only=True, eq=False)
class Package(Record):
    """stock.package."""

    model: ClassVar[str] = "stock.package"
    number: str
    shipment: Shipment
    shipping_reference: str | None = None
    moves: list[Move] = field(default_factory=list)


@dataclass(slots=True, kw_only=True, eq=False)
class Shipment(Record):
    """What the three shipments have in common."""

    model: ClassVar[str] = "stock.shipment"
    number: str | None = None
    reference: str | None = None
    state: str = "draft"
    planned_date: date | None = None
    effective_date: date | None = None
    warehouse: Location
    moves: list[Move] = field(default_factory=list)
    packages: list[Package] = field(default_factory=list)


@dataclass(slots=True, kw_only=True, eq=False)
class ShipmentOut(Shipment):
    """stock.shipment.out: goods to a customer; several per sale where stock was short (trap 15)."""

    model: ClassVar[str] = "stock.shipment.out"
    customer: Party
    delivery_address: Address | None = None
    shipping_reference: str | None = None
    carrier: Carrier | None = None

    @property
    def outgoing_moves(self) -> list[Move]:
        """Out of the building."""
        return [move for move in self.moves if move.to_location.type == "customer"]

    @property
    def inventory_moves(self) -> list[Move]:
        """From the shelf to the door."""
        return [move for move in self.moves if move.to_location.type != "customer"]

    @property
    def partially_assigned(self) -> bool:
        """Some of it waits for stock; the header does not move with it (trap 3)."""
        return self.state == "waiting" and any(move.state == "assigned" for move in self.inventory_moves)


@dataclass(slots=True, kw_only=True, eq=False)
class ShipmentReturn(Shipment):
    """stock.shipment.out.return: goods that come back."""

    model: ClassVar[str] = "stock.shipment.out.return"
    customer: Party

    @property
    def incoming_moves(self) -> list[Move]:
        """Into the building."""
        return [move for move in self.moves if move.from_location.type == "customer"]

    @property
    def inventory_moves(self) -> list[Move]:
        """From the door to the shelf, or to where waste goes."""
        return [move for move in self.moves if move.from_location.type != "customer"]


@dataclass(slots=True, kw_only=True, eq=False)
class ShipmentInternal(Shipment):
    """stock.shipment.internal: from one place of ours to another."""

    model: ClassVar[str] = "stock.shipment.internal"
    from_location: Location
    to_location: Location
    to_warehouse: Location
    effective_start_date: date | None = None
    planned_start_date: date | None = None

    @property
    def outgoing_moves(self) -> list[Move]:
        """Out of the first place, into transit."""
        return [move for move in self.moves if move.to_location.code == "TRANSIT"]

    @property
    def incoming_moves(self) -> list[Move]:
        """Out of transit, into the second place."""
        return [move for move in self.moves if move.from_location.code == "TRANSIT"]


@dataclass(slots=True, kw_only=True, eq=False)
class Carrier(Record):
    """carrier."""

    model: ClassVar[str] = "carrier"
    party: Party


@dataclass(slots=True, kw_only=True, eq=False)
class SaleLine(Record):
    """sale.line; quantities are floats."""

    model: ClassVar[str] = "sale.line"
    sale: Sale
    type: str = "line"
    product: Product | None = None
    description: str | None = None
    quantity: float | None = None
    unit: Unit | None = None
    unit_price: Decimal | None = None
    shipment_cost: Decimal | None = None
    moves: list[Move] = field(default_factory=list)
    moves_ignored: list[Move] = field(default_factory=list)
    moves_recreated: list[Move] = field(default_factory=list)

    @property
    def amount(self) -> Decimal:
        """Net, at the currency's digits."""
        return cents(Decimal(str(self.quantity or 0)) * (self.unit_price or ZERO))


@dataclass(slots=True, kw_only=True, eq=False)
class Sale(Record):
    """sale.sale: three axes of state (trap 13)."""

    model: ClassVar[str] = "sale.sale"
    number: str | None = None
    reference: str | None = None
    description: str | None = None
    comment: str | None = None
    state: str = "draft"
    shipment_state: str = "none"
    invoice_state: str = "none"
    party: Party
    invoice_address: Address | None = None
    shipment_address: Address | None = None
    warehouse: Location
    currency: Currency
    payment_term: Term | None = None
    carrier: Carrier | None = None
    shipment_cost_method: str | None = None
    invoice_method: str = "order"
    sale_date: date | None = None
    quotation_date: date | None = None
    shipping_date: date | None = None
    origin: Record | None = None
    lines: list[SaleLine] = field(default_factory=list)
    shipments: list[ShipmentOut] = field(default_factory=list)
    shipment_returns: list[ShipmentReturn] = field(default_factory=list)
    invoices: list[Invoice] = field(default_factory=list)
    invoices_ignored: list[Invoice] = field(default_factory=list)
    invoices_recreated: list[Invoice] = field(default_factory=list)

    @property
    def untaxed_amount(self) -> Decimal:
        """Sum of the lines."""
        return sum((line.amount for line in self.lines), ZERO)

    @property
    def tax_amount(self) -> Decimal:
        """Rounded once per document (trap 19)."""
        return cents(self.untaxed_amount * TAX)

    @property
    def total_amount(self) -> Decimal:
        """With tax."""
        return self.untaxed_amount + self.tax_amount


@dataclass(slots=True, kw_only=True, eq=False)
class InvoiceLine(Record):
    """account.invoice.line; its origin is a sale line, or the line it credits."""

    model: ClassVar[str] = "account.invoice.line"
    invoice: Invoice
    type: str = "line"
    product: Product | None = None
    description: str | None = None
    quantity: float | None = None
    unit: Unit | None = None
    unit_price: Decimal | None = None
    origin: Record | None = None

    @property
    def amount(self) -> Decimal:
        """Net."""
        return cents(Decimal(str(self.quantity or 0)) * (self.unit_price or ZERO))


@dataclass(slots=True, kw_only=True, eq=False)
class Invoice(Record):
    """account.invoice; a credit note is one with a negative total."""

    model: ClassVar[str] = "account.invoice"
    type: str = "out"
    number: str | None = None
    reference: str | None = None
    state: str = "draft"
    party: Party
    invoice_address: Address | None = None
    currency: Currency
    payment_term: Term | None = None
    invoice_date: date | None = None
    lines: list[InvoiceLine] = field(default_factory=list)
    sales: list[Sale] = field(default_factory=list)
    origin_invoices: list[Invoice] = field(default_factory=list)
    paid: Decimal = ZERO

    @property
    def untaxed_amount(self) -> Decimal:
        """Sum of the lines."""
        return sum((line.amount for line in self.lines), ZERO)

    @property
    def tax_amount(self) -> Decimal:
        """Rounded once per document."""
        return cents(self.untaxed_amount * TAX)

    @property
    def total_amount(self) -> Decimal:
        """With tax; negative for a credit note."""
        return self.untaxed_amount + self.tax_amount

    @property
    def amount_to_pay(self) -> Decimal:
        """What is still owed; nothing before it is posted."""
        return self.total_amount - self.paid if self.state == "posted" else ZERO


TAX = Decimal("0.21")


def cents(amount: Decimal) -> Decimal:
    """At the digits of the currency, half to even as Tryton rounds."""
    return amount.quantize(Decimal("0.01"))
