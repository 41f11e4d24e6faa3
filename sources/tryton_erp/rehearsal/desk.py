"""What can be asked of the rehearsed ERP by REST: which models are created, which buttons are pressed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sources.tryton_erp.rehearsal.erp import Erp
from sources.tryton_erp.rehearsal.records import (
    Address,
    Carrier,
    Country,
    Currency,
    Invoice,
    Location,
    Move,
    Party,
    Product,
    Record,
    Sale,
    ShipmentOut,
    ShipmentReturn,
    Term,
    Unit,
)
from sources.tryton_erp.rehearsal.refusal import Refusal

Data = Mapping[str, Any]  # Any: JSON, decoded
PRICE_DIGITS = 4
_HEAD: Mapping[str, type[Record]] = {
    "party": Party,
    "warehouse": Location,
    "invoice_address": Address,
    "shipment_address": Address,
    "payment_term": Term,
    "carrier": Carrier,
}


class Desk:
    """Creates and acts, with Tryton's refusals."""

    def __init__(self, erp: Erp) -> None:
        self._erp = erp
        goods, money, selling = erp.goods, erp.money, erp.selling
        self._buttons: dict[tuple[str, str], Callable[[Any], object]] = {  # Any: a record of the model
            (Sale.model, "quote"): selling.quote,
            (Sale.model, "confirm"): self._confirm,
            (Sale.model, "process"): selling.process,
            (Sale.model, "draft"): selling.draft,
            (Sale.model, "cancel"): selling.cancel,
            (ShipmentOut.model, "wait"): goods.wait,
            (ShipmentOut.model, "assign_try"): goods.assign_try,
            (ShipmentOut.model, "assign_force"): goods.assign_force,
            (ShipmentOut.model, "pick"): goods.pick,
            (ShipmentOut.model, "pack"): goods.pack,
            (ShipmentOut.model, "ship"): goods.ship,
            (ShipmentOut.model, "do"): goods.do,
            (ShipmentOut.model, "cancel"): goods.cancel,
            (ShipmentReturn.model, "receive"): goods.receive,
            (ShipmentReturn.model, "do"): goods.do,
            (ShipmentReturn.model, "cancel"): goods.cancel,
            (Invoice.model, "post"): money.post,
            (Invoice.model, "cancel"): money.cancel,
        }

    def offers(self, model: str, action: str) -> bool:
        """Whether the model has the button."""
        return (model, action) in self._buttons

    def act(self, model: str, action: str, one: int, *, is_sure: bool = True) -> None:
        """Press a button; who is not sure is stopped by a warning, which REST tells as a refusal."""
        if not is_sure and (model, action) == (ShipmentReturn.model, "receive"):
            self._erp.goods.doubt(self._erp.books.tables[model][one])
        self._buttons[model, action](self._erp.books.tables[model][one])

    def write(self, model: str, one: int, data: Data) -> None:
        """Put new values into a record: a draft, what is planned to move, the carriers' numbers of a shipment."""
        record = self._erp.books.tables[model][one]
        if isinstance(record, Sale):
            self._rewrite(record, data)
            return
        for name, value in data.items():
            if isinstance(record, Move) and name == "quantity":
                self._digits(record.unit, float(value))
                self._erp.goods.plan(record, float(value))
            elif isinstance(record, Move) and name == "to_location" and isinstance(record.shipment, ShipmentReturn):
                place = self._record(Location, value)
                if isinstance(place, Location):
                    self._erp.goods.put_elsewhere(record.shipment, record, place)
            elif isinstance(record, ShipmentReturn) and name == "inventory_moves":
                self._put_away(record, value)
            elif isinstance(record, ShipmentOut) and name == "shipping_reference":
                record.shipping_reference = value
                self._erp.books.wrote(record)
            else:
                message = f'You are not allowed to modify the field "{name}" in record "{one}" of "{model}".'
                raise Refusal(message)

    def create(self, model: str, data: Data) -> Record:
        """Make a sale, or an address of a party; nothing else is made by REST here."""
        if model == Address.model:
            return self._address(data)
        if model != Sale.model:
            message = f"You are not allowed to create records of {model}."
            raise Refusal(message)
        return self._sale(data)

    def _address(self, data: Data) -> Address:
        party, country = self._record(Party, data.get("party")), self._record(Country, data.get("country"))
        if not isinstance(party, Party):
            message = 'A value is required for field "Party" in "Address".'
            raise Refusal(message)
        made = self._erp.books.add(
            Address,
            party=party,
            country=country,
            street=data.get("street_unstructured") or "",
            **{name: data.get(name) for name in ("party_name", "postal_code", "city")},
            delivery=bool(data.get("delivery")),
            invoice=bool(data.get("invoice")),
        )
        party.addresses.append(made)
        return made

    def _put_away(self, shipment: ShipmentReturn, given: Sequence[Any]) -> None:  # Any: JSON
        """Moves to the shelf, written and made."""
        for verb, *what in given:
            for one in what[0] if verb == "write" else ():
                self.write(Move.model, one, what[1])
            for values in what[0] if verb == "create" else ():
                self._erp.goods.part(shipment, self._move(values))

    def _move(self, values: Data) -> dict[str, Any]:  # Any: fields of a move
        unit, quantity = self._record(Unit, values.get("unit")), float(values["quantity"])
        if isinstance(unit, Unit):
            self._digits(unit, quantity)
        _, _, one = str(values.get("origin") or "").partition(",")
        return {
            "product": self._record(Product, values.get("product")),
            "quantity": quantity,
            "origin": self._record(Move, int(one)) if one else None,
            **{name: self._record(Location, values.get(name)) for name in ("from_location", "to_location")},
        }

    def _sale(self, data: Data) -> Sale:
        return self._erp.selling.add(self._head(data), self._lines(data))

    def _rewrite(self, sale: Sale, data: Data) -> None:
        if sale.state != "draft":
            message = f'To delete a line you must cancel or reset to draft sale "{sale.number} [{sale.reference}]".'
            raise Refusal(message)
        head, lines = self._head(data), self._lines(data)
        gone = {one for verb, many in data.get("lines") or [] if verb == "delete" for one in many}
        self._erp.selling.rewrite(sale, head, (gone, lines))

    def _head(self, data: Data) -> dict[str, Any]:  # Any: fields of a sale
        head: dict[str, Any] = {name: self._record(kind, data.get(name)) for name, kind in _HEAD.items()}
        if head["party"] is None or head["warehouse"] is None:
            message = 'A value is required for field "Party" or "Warehouse" in "Sale".'
            raise Refusal(message)
        return head | {
            "currency": self._record(Currency, data.get("currency")) or self._erp.currency,
            "reference": data.get("reference"),
            "description": data.get("description"),
            "comment": data.get("comment"),
            "shipment_cost_method": data.get("shipment_cost_method"),
            "invoice_method": data.get("invoice_method") or "order",
            "origin": self._origin(data.get("origin")),
        }

    def _lines(self, data: Data) -> list[dict[str, object]]:
        made = [values for verb, many in data.get("lines") or [] if verb == "create" for values in many]
        return [self._line(values) for values in made]

    def _confirm(self, sale: Sale) -> None:
        self._erp.selling.confirm(sale)

    def _line(self, values: Data) -> dict[str, object]:
        unit, quantity = self._record(Unit, values.get("unit")), float(values["quantity"])
        if isinstance(unit, Unit):
            self._digits(unit, quantity)
        price = Decimal(values["unit_price"])
        if round(price, PRICE_DIGITS) != price:
            message = f'The number of digits in the value "{price}" for field "Unit Price" exceeds the limit.'
            raise Refusal(message)
        product = self._record(Product, values.get("product"))
        return {
            "product": product,
            "description": values.get("description") or (product.name if isinstance(product, Product) else None),
            "quantity": quantity,
            "unit": unit,
            "unit_price": price,
        }

    def _digits(self, unit: Unit, quantity: float) -> None:
        if round(quantity, unit.digits) != quantity:
            message = f'The number of digits in the value "{quantity}" for field "Quantity" exceeds the limit.'
            raise Refusal(message)

    def _record(self, kind: type[Record], one: object) -> Record | None:
        if one is None:
            return None
        found: Record | None = self._erp.books.tables[kind.model].get(int(str(one)))
        if found is None:
            message = f'The value "{one}" for field "{kind.__name__}" does not exist.'
            raise Refusal(message)
        return found

    def _origin(self, text: object) -> Record | None:
        if not isinstance(text, str):
            return None
        model, _, one = text.partition(",")
        return self._record(Sale, int(one)) if model == Sale.model else None
