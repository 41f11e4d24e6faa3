"""What REST makes and presses."""

from typing import Any

import pytest

from sources.tryton_erp.rehearsal.desk import Desk
from sources.tryton_erp.rehearsal.erp import Erp
from sources.tryton_erp.rehearsal.records import Sale
from sources.tryton_erp.rehearsal.refusal import Refusal


def data(erp: Erp, **more: Any) -> dict[str, Any]:  # Any: JSON
    web, mug = erp.parties["WEB"], erp.products["MUG"]
    line = {"product": mug.id, "quantity": 2.0, "unit": mug.sale_uom.id, "unit_price": "7.50"}
    return {
        "party": web.id, "warehouse": erp.warehouses["WH"].id, "invoice_address": web.addresses[0].id,
        "lines": [["create", [line]]], **more,
    }  # fmt: skip


def test_a_sale_is_made_with_its_lines_and_its_origin(erp: Erp) -> None:
    desk = Desk(erp)
    first = desk.create("sale.sale", data(erp, reference="CODE"))
    back = desk.create("sale.sale", data(erp, origin=f"sale.sale,{first.id}"))
    assert isinstance(first, Sale)
    assert isinstance(back, Sale)
    assert (first.reference, len(first.lines), back.origin) == ("CODE", 1, first)


@pytest.mark.parametrize(
    ("changed", "words"),
    [({"party": None}, "A value is required"), ({"party": 999}, "does not exist"), ({"warehouse": None}, "required")],
)
def test_what_is_missing_or_strange_is_refused(erp: Erp, changed: dict[str, Any], words: str) -> None:
    with pytest.raises(Refusal, match=words):
        Desk(erp).create("sale.sale", data(erp, **changed))


def test_units_have_digits_and_other_models_are_not_made(erp: Erp) -> None:
    half = data(erp)
    half["lines"][0][1][0]["quantity"] = 1.5
    with pytest.raises(Refusal, match="number of digits"):
        Desk(erp).create("sale.sale", half)
    with pytest.raises(Refusal, match="not allowed"):
        Desk(erp).create("party.party", {})


def test_buttons_are_those_of_the_model(erp: Erp) -> None:
    desk, sale = Desk(erp), erp.sell("CODE", [("LAPTOP", 5, "899")])
    assert (desk.offers("sale.sale", "quote"), desk.offers("sale.sale", "annul")) == (True, False)
    for button in ("quote", "confirm"):
        desk.act("sale.sale", button, sale.id)
    desk.act("stock.shipment.out", "assign_try", sale.shipments[0].id)
    assert (sale.state, sale.shipments[0].state) == ("processing", "waiting")
