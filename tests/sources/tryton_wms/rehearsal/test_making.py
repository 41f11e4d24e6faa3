"""What can be created, and Tryton's own words where it cannot."""

from typing import Any

import pytest

from sources.tryton_wms.rehearsal.state import ADDRESS, LOCATION, OUT, PARTY, PRODUCT, UOM, Address, Party
from tests.sources.tryton_wms.conftest import House
from tests.sources.tryton_wms.made import Json


def asked(house: House, *, move: Json | None = None, **changes: Any) -> Json:
    """A request as the API takes it, changed; None leaves a field out."""
    depot = house.stand.depot
    web = depot.by_code(PARTY, "WEB")
    usual: Json = {
        "product": depot.by_code(PRODUCT, "MUG"), "quantity": 2.0, "uom": 1, "unit_price": 0,
        "from_location": depot.by_code(LOCATION, "OUT"), "to_location": depot.by_code(LOCATION, "CUS"),
    }  # fmt: skip
    moves = [{name: value for name, value in {**usual, **(move or {})}.items() if value is not None}]
    values = {
        "customer": web, "delivery_address": depot.get(PARTY, web, Party).addresses[0],
        "warehouse": depot.by_code(LOCATION, "WH"), "reference": "C/1", "outgoing_moves": [["create", moves]],
    }  # fmt: skip
    return {name: value for name, value in {**values, **changes}.items() if value is not None}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"customer": None}, 'A value is required for field "Customer" in "Customer Shipment".'),
        ({"customer": 999}, 'The value "999" for field "Customer" in "Customer Shipment" does not exist.'),
        ({"warehouse": None}, 'A value is required for field "Warehouse" in "Customer Shipment".'),
        (
            {"delivery_address": 1},
            'The value for field "Delivery Address" in "Customer Shipment" is not valid according to its domain.',
        ),
        (
            {"move": {"product": 999}},
            'You are trying to read records "999" of "Product Variant" that don\'t exist anymore.',
        ),
        (
            {"move": {"quantity": 1.5}},
            'The number of digits in the value "1.5" for field "Quantity" in "Stock Move" exceeds the limit of "0".',
        ),
        ({"move": {"quantity": -1.0}}, "Internal move quantity must be positive."),
        ({"move": {"unit_price": None}}, 'A value is required for field "Unit Price" in "Stock Move".'),
        ({"move": {"to_location": None}}, 'A value is required for field "To Location" in "Stock Move".'),
    ],
)
async def test_what_cannot_be_is_refused_in_words_and_leaves_nothing(house: House, change: Json, words: str) -> None:
    said = await house.said(f"{OUT}.create", [asked(house, **change)])
    assert said["error"] == ["UserError", [words, "", None]]
    assert house.stand.scene.counts()[OUT] == 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"nope": 1}, "'nope'"),
        ({"warehouse": 2}, "'NoneType' object has no attribute 'id'"),
        ({"move": {"uom": None}}, "'uom'"),
        ({"move": {"uom": 2}}, "cannot convert between units without a factor or rate"),
    ],
)
async def test_what_breaks_the_server_is_an_error_without_words_for_people(
    house: House, change: Json, words: str
) -> None:
    said = await house.said(f"{OUT}.create", [asked(house, **change)])
    assert said["error"] == [words, ""]
    assert house.stand.scene.counts()[OUT] == 0


async def test_a_reference_is_not_unique_and_nothing_need_be_asked_for(house: House) -> None:
    many = [asked(house), asked(house), asked(house, outgoing_moves=[]), asked(house, move={"quantity": 0.0})]
    assert await house.ask(f"{OUT}.create", many) == [1, 2, 3, 4]
    assert [one.id for one in house.stand.scene.bearing("C/1")] == [1, 2, 3, 4]
    rows = await house.ask(f"{OUT}.read", [1, 3], ["state", "outgoing_moves", "inventory_moves"])
    assert [(row["state"], len(row["outgoing_moves"]), row["inventory_moves"]) for row in rows] == [
        ("draft", 1, []), ("draft", 0, []),
    ]  # fmt: skip


async def test_weights_have_the_digits_of_their_unit(house: House) -> None:
    flour = house.stand.depot.by_code(PRODUCT, "FLOUR")
    kilogram = next(one.id for one in house.stand.depot.tables.rows(UOM) if getattr(one, "symbol", "") == "kg")
    move = {"product": flour, "uom": kilogram, "quantity": 0.25}
    assert await house.ask(f"{OUT}.create", [asked(house, move=move)]) == [1]
    said = await house.said(f"{OUT}.create", [asked(house, move={**move, "quantity": 0.255})])
    assert said["error"][0] == "UserError"


async def test_an_address_belongs_to_its_party(house: House) -> None:
    web = house.stand.depot.by_code(PARTY, "WEB")
    values = {"party": web, "party_name": "An", "street": "Rue 1", "postal_code": "1000", "city": "Brussels",
              "country": 1, "delivery": True}  # fmt: skip
    (one,) = await house.ask(f"{ADDRESS}.create", [values])
    assert house.stand.depot.get(ADDRESS, one, Address).street == "Rue 1"
    assert one in house.stand.depot.get(PARTY, web, Party).addresses
    assert await house.ask(f"{OUT}.create", [asked(house, delivery_address=one)]) == [1]
