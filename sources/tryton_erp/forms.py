"""Tryton's records as they are read before something is written: no more of each than the decision needs."""

from __future__ import annotations

from decimal import Decimal

from sources.tryton_erp.wire import Coded, Row, TrytonDecimal, TrytonGoods, TrytonUnit, Worded


class FoundLine(Row, kw_only=True):
    """sale.line of a sale that bears a reference."""

    type: str
    product: TrytonGoods | None = None
    quantity: Decimal | None = None
    unit_price: TrytonDecimal | None = None


class FoundSale(Row, kw_only=True):
    """sale.sale, found by its reference."""

    number: str | None = None
    state: str
    party: Coded
    warehouse: Coded | None = None
    lines: list[FoundLine]


class BuyingParty(Row, kw_only=True):
    """party.party that is going to buy."""

    code: str | None = None
    name: str | None = None
    customer_payment_term: Worded | None = None
    sale_price_list: Worded | None = None


class TaxedCategory(Row, kw_only=True):
    """product.category for accounting: whoever inherits taxes says them too."""

    customer_taxes_used: list[int]


class TaxedTemplate(Row, kw_only=True):
    """product.template."""

    account_category: TaxedCategory | None = None


class SoldProduct(Row, kw_only=True):
    """product.product that is going to be sold."""

    code: str
    default_uom: TrytonUnit
    sale_uom: TrytonUnit | None = None
    list_price: TrytonDecimal | None = None
    template: TaxedTemplate


class Paper(Row, kw_only=True):
    """Whatever has a state under a sale: stock.shipment.out, or stock.move under one of its lines."""

    state: str


class OpenBill(Paper, kw_only=True):
    """account.invoice under a sale, with what is still owed on it."""

    number: str | None = None
    total_amount: TrytonDecimal
    amount_to_pay: TrytonDecimal | None = None


class ToldLine(Row, kw_only=True):
    """sale.line with what people have said about its moves that were cancelled."""

    moves: list[Paper]
    moves_ignored: list[Row]
    moves_recreated: list[Row]


class SaleStand(Row, kw_only=True):
    """How far the papers of a sale are."""

    shipments: list[Paper]
    invoices: list[OpenBill]
    invoices_ignored: list[Row]
    invoices_recreated: list[Row]
    lines: list[ToldLine]


class DraftBill(Row, kw_only=True):
    """account.invoice that should be posted."""

    number: str | None = None
    type: str
    state: str
    currency: Coded
    total_amount: TrytonDecimal


class Door(Row, kw_only=True):
    """stock.location that goods come back to: where they lie, and where they go that are worth nothing any more."""

    code: str | None = None
    storage_location: Row
    waste_locations: list[Row]


class BackMove(Row, kw_only=True):
    """stock.move that brings goods back."""

    state: str
    quantity: Decimal
    product: TrytonGoods
    unit: Row


class AwayMove(BackMove, kw_only=True):
    """stock.move that puts goods away which have come back."""

    origin: str | None = None
    from_location: Row
    to_location: Row


class BackShipment(Row, kw_only=True):
    """stock.shipment.out.return of a return."""

    number: str | None = None
    state: str
    warehouse: Door
    incoming_moves: list[BackMove]
    inventory_moves: list[AwayMove]


class FoundReturn(Row, kw_only=True):
    """sale.sale that is a return, with what people have said about its moves that were cancelled."""

    number: str | None = None
    state: str
    lines: list[ToldLine]
