"""What can be asked of the rehearsed ERP by REST: which models are created, which buttons are pressed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from sources.tryton_erp.rehearsal.erp import Erp
from sources.tryton_erp.rehearsal.records import (
    Address,
    Carrier,
    Invoice,
    Location,
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
            (ShipmentOut.model, "pick"): goods.pick,
            (ShipmentOut.model, "pack"): goods.pack,
            (ShipmentOut.model, "ship"): goods.ship,
            (ShipmentOut.model, "do"): goods.do,
            (ShipmentOut.model, "cancel"): goods.cancel,
            (ShipmentReturn.model, "receive"): goods.receive,
            (ShipmentReturn.model, "do"): goods.do,
            (Invoice.model, "post"): money.post,
        }

    def offers(self, model: str, action: str) -> bool:
        """Whether the model has the button."""
        return (model, action) in self._buttons

    def act(self, model: str, action: str, one: int) -> Any:  # Any: JSON
        """Press a button. A record is shown where the button itself says nothing."""
        record = self._erp.books.tables[model][one]
        said = self._buttons[model, action](record)
        return said if isinstance(said, bool) else None

    def create(self, model: str, data: Data) -> Record:
        """Make a sale; nothing else is made by REST here."""
        if model != Sale.model:
            message = f"You are not allowed to create records of {model}."
            raise Refusal(message)
        head: dict[str, Any] = {name: self._record(kind, data.get(name)) for name, kind in _HEAD.items()}
        if head["party"] is None or head["warehouse"] is None:
            message = 'A value is required for field "Party" or "Warehouse" in "Sale".'
            raise Refusal(message)
        head |= {
            "currency": self._erp.currency,
            "reference": data.get("reference"),
            "description": data.get("description"),
            "shipment_cost_method": data.get("shipment_cost_method"),
            "origin": self._origin(data.get("origin")),
        }
        lines = [values for verb, many in data.get("lines") or [] if verb == "create" for values in many]
        return self._erp.selling.add(head, [self._line(values) for values in lines])

    def _confirm(self, sale: Sale) -> None:
        self._erp.selling.confirm(sale)

    def _line(self, values: Data) -> dict[str, object]:
        unit, quantity = self._record(Unit, values.get("unit")), float(values["quantity"])
        if isinstance(unit, Unit) and round(quantity, unit.digits) != quantity:
            message = f'The number of digits in the value "{quantity}" for field "Quantity" exceeds the limit.'
            raise Refusal(message)
        product = self._record(Product, values.get("product"))
        return {
            "product": product,
            "description": values.get("description") or (product.name if isinstance(product, Product) else None),
            "quantity": quantity,
            "unit": unit,
            "unit_price": Decimal(values["unit_price"]),
        }

    def _record(self, kind: type[Record], one: object) -> Record | None:
        if one is None:
            return None
        found: Record | None = self._erp.books.tables[kind.model].get(int(str(one)))
        if found is None:
            message = f"The value {one} of {kind.model} does not exist."
            raise Refusal(message)
        return found

    def _origin(self, text: object) -> Record | None:
        if not isinstance(text, str):
            return None
        model, _, one = text.partition(",")
        return self._record(Sale, int(one)) if model == Sale.model else None
