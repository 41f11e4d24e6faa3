"""The calls that Tryton answers, and errors as data."""

import json
from datetime import date, datetime
from decimal import Decimal

import pytest

from sources.tryton_wms.rehearsal.rpc import decoded, encoded
from sources.tryton_wms.rehearsal.state import Party, Shipment
from tests.sources.tryton_wms.conftest import House
from tests.sources.tryton_wms.made import Json, stamp

OUT = "stock.shipment.out"


async def made(house: House, reference: str = "C/1", units: float = 2.0) -> int:
    """A shipment that waits, made by the API."""
    depot = house.stand.depot
    places = {code: depot.by_code("stock.location", code) for code in ("WH", "OUT", "CUS")}
    web = depot.by_code("party.party", "WEB")
    move = {"product": depot.by_code("product.product", "MUG"), "quantity": units, "uom": 1,
            "from_location": places["OUT"], "to_location": places["CUS"], "unit_price": 0}  # fmt: skip
    values = {
        "customer": web, "delivery_address": depot.get("party.party", web, Party).addresses[0],
        "warehouse": places["WH"], "reference": reference, "outgoing_moves": [["create", [move]]],
    }  # fmt: skip
    (one,) = await house.ask(f"{OUT}.create", [values])
    await house.ask(f"{OUT}.wait", [one])
    return int(one)


def test_typed_values_travel_both_ways() -> None:
    moment = datetime(2026, 11, 20, 9, 5, 0, 123456)  # noqa: DTZ001 - Tryton's are naive
    assert decoded(stamp(5)) == moment
    assert encoded(moment) == stamp(5)
    assert decoded({"__class__": "date", "year": 2026, "month": 1, "day": 2}) == date(2026, 1, 2)
    assert encoded(date(2026, 1, 2)) == {"__class__": "date", "year": 2026, "month": 1, "day": 2}
    assert decoded({"__class__": "Decimal", "decimal": "1.20"}) == Decimal("1.20")
    assert decoded({"a": 1}) == {"a": 1}
    assert encoded({"quantity": Decimal("2.50"), "shipment": (OUT, 7), "moves": [1]}) == {
        "quantity": 2.5, "shipment": f"{OUT},7", "moves": [1],
    }  # fmt: skip


async def test_a_shipment_goes_its_way_through_the_api(house: House) -> None:
    one = await made(house)
    assert await house.ask(f"{OUT}.assign_try", [one]) is True
    assert await house.ask(f"{OUT}.pick", [one]) is None
    (row,) = await house.ask(
        f"{OUT}.search_read", [["id", "=", one]], 0, 1, None, ["state", "outgoing_moves", "number"]
    )
    assert (row["state"], row["number"]) == ("picked", "1")
    values = {
        "type": 1,
        "shipment": f"{OUT},{one}",
        "shipping_reference": "T1",
        "moves": [["add", row["outgoing_moves"]]],
    }
    assert await house.ask("stock.package.create", [values]) == [1]
    for step in ("pack", "done"):
        while "error" in (said := await house.said(f"{OUT}.{step}", [one])):
            kind, (name, words, _) = said["error"]
            assert (kind, bool(words)) == ("UserWarning", True)
            await house.ask("res.user.warning.create", [{"user": 1, "name": name, "always": False}])
    assert await house.ask(f"{OUT}.search_count", [["state", "=", "done"]]) == 1
    assert house.stand.depot.tables.of("res.user.warning").ids == []


async def test_a_yes_for_always_is_not_used_up(house: House) -> None:
    one = await made(house)
    house.stand.scene.carry(house.stand.depot.get(OUT, one, Shipment), "picked")
    for _ in range(2):
        said = await house.said(f"{OUT}.pack", [one])
        await house.ask("res.user.warning.create", [{"user": 1, "name": said["error"][1][0], "always": True}])
    await house.ask(f"{OUT}.pack", [one])
    assert len(house.stand.depot.tables.of("res.user.warning").ids) == 2


@pytest.mark.parametrize(
    ("method", "params", "error"),
    [
        ("stock.nope.search", [[], 0, 1, None], ["'stock.nope'", ""]),
        (f"{OUT}.search_read", [[], 0, "x", None, ["id"]], None),
        (f"{OUT}.search_read", [[], 0, 1, None, ["id"], 7], None),
        (f"{OUT}.search", [[], 0, 1, None, 7, 8], None),
        (f"{OUT}.search_read", [[["nope", "=", 1]], 0, 1, None, ["id"]], None),
        (f"{OUT}.read", [[1]], None),
        (f"{OUT}.wait", [[424242]], None),
        ("product.product.create", [[{"code": "X"}]], "UserError"),
        ("product.product.delete", [[1]], "UserError"),
        ("product.product.write", [[1], {"code": "X"}], "UserError"),
        (f"{OUT}.read", [[424242], ["number"]], "UserError"),
    ],
)
async def test_errors_are_answers(house: House, method: str, params: list[object], error: object) -> None:
    said = await house.said(method, *params)
    assert set(said) == {"id", "error"}
    if isinstance(error, str):
        assert said["error"][0] == error
    elif error is not None:
        assert said["error"] == error


async def test_one_missing_id_fails_a_read_for_all_and_is_left_out_of_a_search(house: House) -> None:
    one = await made(house)
    said = await house.said(f"{OUT}.read", [one, 999], ["number"])
    assert said["error"][0] == "UserError"
    found = await house.ask(f"{OUT}.search_read", [["id", "in", [one, 999]]], 0, 2, None, ["number"])
    assert found == [{"id": one, "number": "1"}]


async def test_only_some_fields_can_be_written_and_a_move_only_while_it_is_a_draft(house: House) -> None:
    one = await made(house)
    await house.ask(f"{OUT}.write", [one], {"reference": "C/9"})
    (row,) = await house.ask(f"{OUT}.read", [one], ["reference", "outgoing_moves", "inventory_moves"])
    assert row["reference"] == "C/9"
    await house.ask("stock.move.write", row["outgoing_moves"], {"quantity": 1.0})
    await house.ask(f"{OUT}.assign_try", [one])
    said = await house.said("stock.move.write", row["inventory_moves"], {"quantity": 1.0})
    assert said["error"][0] == "UserError"


async def test_what_has_left_cannot_be_deleted_and_what_has_not_leaves_no_trace(house: House) -> None:
    one, two = await made(house, "C/1"), await made(house, "C/2")
    house.stand.scene.carry(house.stand.depot.get(OUT, one, Shipment), "done")
    said = await house.said(f"{OUT}.delete", [one])
    assert said["error"][0] == "UserError"
    await house.ask(f"{OUT}.delete", [two])
    assert await house.ask(f"{OUT}.search", [], 0, 10, None) == [one]
    assert await house.ask("stock.move.search_count", [["shipment", "=", f"{OUT},{two}"]]) == 0


async def test_all_goods_of_a_shipment_lie_in_packages_or_none(house: House) -> None:
    one = await made(house)
    depot = house.stand.depot
    scene = house.stand.scene
    other = scene.take_in("C/2", [("MUG", 1), ("TSHIRT-M", 1)])
    scene.carry(other, "picked")
    house.stand.work.package(other, [house.stand.work.outgoing(other)[0].id], "T")
    for name in (f"{OUT},{other.id}.done", f"shipment_out_no_carrier_{OUT},{other.id}"):
        await house.ask("res.user.warning.create", [{"user": 1, "name": name, "always": True}])
    said = await house.said(f"{OUT}.pack", [other.id])
    assert said["error"][0] == "UserError"
    assert one in depot.tables.of(OUT).ids


async def test_returns_and_transfers_are_made_through_the_api_too(house: House) -> None:
    depot = house.stand.depot
    place = {code: depot.by_code("stock.location", code) for code in ("WH", "IN", "CUS", "STO", "EAST-STO")}
    move: Json = {"product": depot.by_code("product.product", "MUG"), "quantity": 1.0, "uom": 1}
    way = {
        "from_location": place["CUS"],
        "to_location": place["IN"],
        "unit_price": {"__class__": "Decimal", "decimal": "0"},
    }
    party = depot.by_code("party.party", "WEB")
    (address,) = depot.get("party.party", party, Party).addresses
    back = {"customer": party, "delivery_address": address, "warehouse": place["WH"], "reference": "C-R1",
            "incoming_moves": [["create", [{**move, **way}]]]}  # fmt: skip
    (one,) = await house.ask("stock.shipment.out.return.create", [back])
    doubt = await house.said("stock.shipment.out.return.receive", [one])
    assert doubt["error"][0] == "UserWarning"
    yes = {"user": 1, "name": doubt["error"][1][0], "always": False}
    await house.ask("res.user.warning.create", [yes])
    for step, state in (("receive", "received"), ("done", "done")):
        await house.ask(f"stock.shipment.out.return.{step}", [one])
        (row,) = await house.ask("stock.shipment.out.return.read", [one], ["state"])
        assert row["state"] == state
    road = {"from_location": place["STO"], "to_location": place["EAST-STO"], "moves": [["create", [move]]]}
    (two,) = await house.ask("stock.shipment.internal.create", [road])
    for step, state in (("wait", "waiting"), ("assign_try", "assigned"), ("done", "done")):
        await house.ask(f"stock.shipment.internal.{step}", [two])
        (row,) = await house.ask("stock.shipment.internal.read", [two], ["state"])
        assert row["state"] == state


async def test_fields_are_described_and_preferences_told(house: House) -> None:
    assert set(await house.ask(f"{OUT}.fields_get", ["state"])) == {"state"}
    assert (await house.ask("res.user.get_preferences", *[True]))["company"] == 1
    assert json.dumps(await house.ask(f"{OUT}.fields_get", None))


async def test_nothing_is_done_to_a_row_that_was_written_since_its_mark_was_read(house: House) -> None:
    one = await made(house)
    name = f"{OUT},{one}"

    async def mark() -> str:
        (row,) = await house.ask(f"{OUT}.search_read", [["id", "=", one]], 0, 1, None, ["_timestamp"])
        return str(row["_timestamp"])

    before = await mark()
    await house.ask(f"{OUT}.assign_try", [one])
    said = await house.said(f"{OUT}.cancel", [one], context={"_timestamp": {name: before}})
    assert said["error"] == ["ConcurrencyException", "Records were modified in the meanwhile"]
    assert await house.ask(f"{OUT}.cancel", [one], context={"_timestamp": {name: await mark()}}) is None
    assert await house.ask(f"{OUT}.pick", [one], context={"_timestamp": {name: before}}) is None
    assert house.stand.depot.get(OUT, one, Shipment).state == "cancelled"
