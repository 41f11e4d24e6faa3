"""History belongs to whoever its record belongs to (Mark-1, Id-3)."""

from __future__ import annotations

import pytest

from hub.model.observation import Content, NaturalKey
from hub.model.schemes import PARCEL
from hub.model.shipment import ShipmentMilestone
from hub.model.vocabulary import Kind
from hub.store.store import Store
from tests.kit.merging import SHOP, WMS, Looking, landscape, seen, shipment

SHARED = (NaturalKey(scheme=PARCEL, value="C1/1Z999"),)


@pytest.fixture
def hub(store: Store) -> Looking:
    return Looking(store, landscape())


def parcel(milestone: ShipmentMilestone, *, bears: tuple[NaturalKey, ...] = ()) -> Content:
    return shipment(milestone=milestone, bears=bears)


async def test_what_was_told_of_a_shipment_that_was_merged_away_stays_with_the_survivor(hub: Looking) -> None:
    await hub.each(
        seen((WMS, Kind.SHIPMENT, "w1"), parcel(ShipmentMilestone.PICKED)),
        seen((SHOP, Kind.SHIPMENT, "f1"), parcel(ShipmentMilestone.PACKED), started=2),
        seen((WMS, Kind.SHIPMENT, "w1"), parcel(ShipmentMilestone.PICKED, bears=SHARED), started=4),
        seen((SHOP, Kind.SHIPMENT, "f1"), parcel(ShipmentMilestone.SHIPPED, bears=SHARED), started=6),
    )
    ((survivor, version),) = await hub.rows("select id, version from entity where redirect_to is null")
    assert {tuple(row) for row in await hub.rows("select source, milestone, entity_id from milestone")} == {
        (WMS, "PICKED", survivor),
        (SHOP, "PACKED", survivor),
        (SHOP, "SHIPPED", survivor),
    }
    await hub.write(wake=(survivor,))
    assert [tuple(row) for row in await hub.rows("select version from entity where redirect_to is null")] == [
        (version,)
    ]
