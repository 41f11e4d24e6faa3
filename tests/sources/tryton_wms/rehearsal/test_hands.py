"""Hands act through the API as people do."""

import pytest

from sources.kit.stage import Stage
from sources.tryton_wms.rehearsal.hands import Hands, HandsFailed
from sources.tryton_wms.rehearsal.stage import TrytonWmsStage


@pytest.fixture
def hands(wms: Stage) -> Hands:
    assert isinstance(wms, TrytonWmsStage)
    return wms.hands


async def test_a_shipment_goes_out_in_a_parcel(hands: Hands) -> None:
    one = await hands.place((2, 3), "C/77")
    await hands.ship(one)
    row = await hands.shipment(one)
    assert (row["state"], [move["quantity"] for move in row["moves"]]) == ("done", [2.0, 3.0])
    assert [parcel["shipping_reference"] for parcel in row["parcels"]] == [f"TRACK{one}"]
    await hands.relabel(one)
    assert [parcel["shipping_reference"] for parcel in (await hands.shipment(one))["parcels"]] == [f"TRACK{one}R"]


async def test_more_than_there_is_is_promised_by_force(hands: Hands) -> None:
    one = await hands.place((10_000,))
    await hands.assign(one)
    assert (await hands.shipment(one))["state"] == "assigned"


async def test_less_than_was_asked_for_is_brought(hands: Hands) -> None:
    one = await hands.place((5, 2), "C/78")
    await hands.pick_short(one, {"TSHIRT-M": 3})
    row = await hands.shipment(one)
    assert (row["state"], [move["quantity"] for move in row["moves"]]) == ("picked", [3.0, 2.0])


async def test_all_that_bear_a_reference_are_told_oldest_first(hands: Hands) -> None:
    two = [await hands.place((1,), "C/79"), await hands.place((2,), "C/79")]
    assert [str(row["id"]) for row in await hands.bearing("C/79")] == two


async def test_what_the_server_refuses_is_said_in_its_words(hands: Hands) -> None:
    with pytest.raises(HandsFailed, match="nope"):
        await hands.rows("stock.shipment.out", [["nope", "=", 1]], ["id"])
    with pytest.raises(HandsFailed, match="status 403"):
        await hands.rpc("model.stock.shipment.out.dance", [1])
    assert await hands.fields("stock.nope") is None
    assert "state" in (await hands.fields("stock.shipment.out") or {})
