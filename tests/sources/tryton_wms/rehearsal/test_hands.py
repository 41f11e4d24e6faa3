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


async def test_less_is_asked_for(hands: Hands) -> None:
    one = await hands.place((5,))
    (move,) = (await hands.shipment(one))["moves"]
    await hands.shrink(one, str(move["id"]), 2)
    row = await hands.shipment(one)
    assert (row["state"], row["moves"][0]["quantity"]) == ("waiting", 3.0)


async def test_what_the_server_refuses_is_said_in_its_words(hands: Hands) -> None:
    with pytest.raises(HandsFailed, match="nope"):
        await hands.rows("stock.shipment.out", [["nope", "=", 1]], ["id"])
    with pytest.raises(HandsFailed, match="status 403"):
        await hands.rpc("model.stock.shipment.out.dance", [1])
    assert await hands.fields("stock.nope") is None
    assert "state" in (await hands.fields("stock.shipment.out") or {})
