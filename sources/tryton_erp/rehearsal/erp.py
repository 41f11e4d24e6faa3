"""The rehearsed company: master data, and one verb for each thing that people do at an ERP."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from hub.clock import Clock
from sources.tryton_erp.rehearsal.books import Books, Sequences
from sources.tryton_erp.rehearsal.goods import Goods
from sources.tryton_erp.rehearsal.money import Money
from sources.tryton_erp.rehearsal.records import (
    Address,
    Carrier,
    Category,
    Company,
    Contact,
    Country,
    Currency,
    Invoice,
    Location,
    Party,
    PriceList,
    Product,
    Sale,
    SaleLine,
    ShipmentInternal,
    ShipmentOut,
    Tax,
    Template,
    Term,
    Unit,
)
from sources.tryton_erp.rehearsal.selling import Selling

Wanted = Sequence[tuple[str, float, Decimal | str]]
"""(sku, units, net price of one)."""


class Erp:
    """One company and its books. Everything is found by the codes that people use."""

    def __init__(self, clock: Clock, sequences: Sequences | None = None) -> None:
        """An empty company."""
        self.books = Books(clock, sequences or Sequences())
        self.goods, self.money = Goods(self.books), Money(books=self.books)
        self.selling = Selling(self.books, self.goods, self.money)
        self.parties: dict[str, Party] = {}
        self.products: dict[str, Product] = {}
        self.warehouses: dict[str, Location] = {}
        self.currency = self.books.add(Currency, code="EUR", name="Euro")
        self.company = self.books.add(Company, name="Hub Test Company", currency=self.currency)
        self.country = self.books.add(Country, code="BE", name="Belgium")
        self.term = self.books.add(Term, name="Immediate")
        self.tax = self.books.add(Tax, name="VAT 21%")
        self.category = self.books.add(Category, name="Goods", customer_taxes_used=[self.tax])
        self.units = {
            "u": self.books.add(Unit, symbol="u", name="Unit"),
            "kg": self.books.add(Unit, symbol="kg", name="Kilogram", digits=2),
        }
        self.goods.customers = self.books.add(Location, code="CUS", name="Customer", type="customer")
        self.lost = self.books.add(Location, code="LOST", name="Lost and Found", type="lost_found")
        self.goods.transit = self.books.add(Location, code="TRANSIT", name="Transit", type="storage")
        self.carrier = self.books.add(Carrier, party=self.party("CARRIER", "Test Carrier"))

    # ------------------------------------------------------------------ master data

    def party(
        self, code: str | None, name: str, *, email: str | None = None, credit_limit: Decimal | None = None
    ) -> Party:
        """A customer with one address; without *code* it gets the next number."""
        books = self.books
        party = books.add(Party, code=code or books.sequences.party.take(), name=name, credit_limit_amount=credit_limit)
        party.customer_payment_term = self.term
        party.addresses.append(
            books.add(
                Address,
                party=party,
                party_name=name,
                street="Rue de la Loi 16",
                postal_code="1000",
                city="Brussels",
                country=self.country,
            )
        )
        if email is not None:
            party.contact_mechanisms.append(books.add(Contact, party=party, type="email", value=email))
        books.index(party, "code", party.code)
        self.parties[party.code] = party
        return party

    def price_list(self, party: Party, name: str) -> None:
        """Give a customer prices of its own."""
        party.sale_price_list = self.books.add(PriceList, name=name)
        self.books.wrote(party)

    def product(self, code: str, name: str, price: Decimal | str, *, unit: str = "u", type_: str = "goods") -> Product:
        """Something to sell."""
        template = self.books.add(Template, code=code, account_category=self.category)
        product = self.books.add(
            Product,
            code=code,
            name=name,
            type=type_,
            template=template,
            default_uom=self.units[unit],
            sale_uom=self.units[unit],
            list_price=Decimal(price),
        )
        self.books.index(product, "code", code)
        self.products[code] = product
        return product

    def warehouse(self, code: str, name: str) -> Location:
        """A warehouse with its three places."""
        books = self.books
        made = books.add(Location, code=code, name=name, type="warehouse")
        made.input_location = books.add(Location, code=f"{code}-IN", name="Input", type="storage", parent=made)
        made.output_location = books.add(Location, code=f"{code}-OUT", name="Output", type="storage", parent=made)
        made.storage_location = books.add(Location, code=f"{code}-STO", name="Storage", type="storage", parent=made)
        made.waste_locations.append(self.lost)
        self.warehouses[code] = made
        return made

    def stock(self, sku: str, warehouse: str, units: float) -> None:
        """Count: so much lies there now."""
        storage = self.warehouses[warehouse].storage_location
        if storage is not None:
            self.goods.stand_in(self.products[sku], storage, float(units))

    # ------------------------------------------------------------------ selling

    def sell(
        self,
        reference: str | None,
        lines: Wanted,
        *,
        party: str = "WEB",
        warehouse: str = "WH",
        carrier_cost: bool = False,
    ) -> Sale:
        """A draft for a shop's order code, or for whatever somebody typed as the reference."""
        buyer = self.parties[party]
        head = {
            "reference": reference,
            "party": buyer,
            "invoice_address": buyer.addresses[0],
            "shipment_address": buyer.addresses[0],
            "warehouse": self.warehouses[warehouse],
            "currency": self.currency,
            "payment_term": buyer.customer_payment_term,
            "carrier": self.carrier,
            "shipment_cost_method": "order" if carrier_cost else None,
        }
        return self.selling.add(head, [self._line(*line) for line in lines])

    def process(self, sale: Sale) -> Sale:
        """Quote, confirm and process it."""
        self.selling.quote(sale)
        self.selling.confirm(sale)
        return sale

    def open_shipment(self, sale: Sale) -> ShipmentOut | None:
        """The first shipment of a sale that has not left."""
        waiting = [one for one in sale.shipments if one.state not in ("shipped", "done", "cancelled")]
        return waiting[0] if waiting else None

    def send(self, shipment: ShipmentOut, tracking: str | None = None) -> None:
        """Everything from assigning to done; what is not there becomes a back-order."""
        goods = self.goods
        goods.assign_try(shipment)
        if shipment.state == "waiting":
            goods.assign_ignore(shipment)
        for state, step in (("assigned", goods.pick), ("picked", None), ("packed", goods.ship), ("shipped", goods.do)):
            if shipment.state != state:
                continue
            if step is None:
                goods.pack(shipment, tracking)
            else:
                step(shipment)

    def bill(self, sale: Sale, *, paid: bool = False) -> Invoice:
        """Post the sale's draft invoice, and pay it if *paid*."""
        invoice = sale.invoices[0]
        if invoice.state == "draft":
            self.money.post(invoice)
        if paid and invoice.state == "posted":
            self.money.pay(invoice)
        return invoice

    def take_back(
        self, sale: Sale, reference: str, units: Sequence[tuple[str, float]], *, billed_by: str = "order"
    ) -> Sale:
        """A return: a sale with negative quantities whose origin is the first one, confirmed and processed.

        *billed_by*: `order`, its credit note is drafted at once, or `fulfillment`, by what comes back.
        """
        prices = {line.product.code: line.unit_price for line in sale.lines if line.product is not None}
        lines = [(sku, -number, prices[sku] or Decimal(0)) for sku, number in units]
        back = self.sell(reference, lines, party=sale.party.code, warehouse=sale.warehouse.code)
        back.origin, back.invoice_method = sale, billed_by
        return self.process(back)

    def receive(self, back: Sale) -> None:
        """The goods of a return come in and are put away, and its credit note is posted."""
        for shipment in back.shipment_returns:
            if shipment.state == "draft":
                self.goods.receive(shipment)
            if shipment.state == "received":
                self.goods.do(shipment)
        for invoice in back.invoices:
            if invoice.state == "draft":
                self.money.post(invoice)

    def cancel(self, sale: Sale) -> None:
        """Cancel it however far it is: past processing it ends `done`, never `cancelled` (trap 13)."""
        if sale.state in ("draft", "quotation"):
            self.selling.cancel(sale)
            return
        for shipment in list(sale.shipments):
            if shipment.state not in ("done", "cancelled"):
                self.goods.cancel(shipment)
        self.selling.ignore_moves(sale)
        for invoice in list(sale.invoices):
            if invoice.state == "draft":
                self.money.post(invoice)
            if invoice.state == "posted":
                self.money.credit(invoice)

    def transfer(self, source: str, target: str, units: Sequence[tuple[str, float]]) -> ShipmentInternal:
        """Ask for goods to go from one warehouse to another."""
        wanted = [(self.products[sku], float(number)) for sku, number in units]
        return self.goods.transfer(self.warehouses[source], self.warehouses[target], wanted)

    # ------------------------------------------------------------------ beneath

    def _line(self, sku: str, units: float, price: Decimal | str) -> dict[str, object]:
        product = self.products[sku]
        return {
            "product": product,
            "description": product.name,
            "quantity": float(units),
            "unit": product.sale_uom,
            "unit_price": Decimal(price),
        }


def lines_of(sale: Sale) -> list[SaleLine]:
    """The lines of a sale that are goods."""
    return [line for line in sale.lines if line.product is not None and line.product.type == "goods"]
