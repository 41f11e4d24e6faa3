"""A carrier's parcel belongs to the shipment that names its number, as long as one alone does (Id-2, domain.md 2.5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from hub.merge.pointing import named, parcels_of
from hub.merge.work import Work
from hub.model.manifest import Tells, WebhookTrust
from hub.model.observation import Content, NaturalKey, Observation
from hub.model.schemes import PARCEL, tracking_key
from hub.model.shipment import Package
from hub.model.vocabulary import FieldGroup, Kind
from hub.store.store import Store
from sources.tracking.mapping import seen_of
from sources.tracking.wire import TrackingEvent
from tests.kit.merging import CARRIER, ERP, SHOP, WMS, Looking, at, landscape, manifest, order, own, seen, shipment

NUMBER = "1Z999AA10123456784"
ORDER = own(SHOP, Kind.ORDER, "o1")


@pytest.fixture
def looking(store: Store) -> Looking:
    feed = manifest(CARRIER, pushes_only=True, tells=Tells.EVENTS, webhook=WebhookTrust.BODY)
    feed = replace(feed, groups={Kind.SHIPMENT: (FieldGroup.TRACKING,)})
    plain = {name: manifest(name) for name in (SHOP, ERP, WMS)}
    return Looking(store, landscape({**plain, CARRIER: feed}))


def scan(milestone: str, hours: float, number: str = NUMBER, **said: Any) -> Observation:  # Any: fields of the event
    """An event as it comes in, so many hours after the start."""
    moment = at(3600 * hours)
    event = TrackingEvent(tracking_number=number, milestone=milestone, occurred_at=moment.isoformat(), **said)
    arrived = moment + timedelta(seconds=30)
    return Observation(source=CARRIER, seen=seen_of(event, CARRIER), started=arrived, finished=arrived, pushed=True)


def parcel(code: str = "C0", *, refers: NaturalKey = ORDER, number: str = NUMBER) -> Content:
    """What shop and warehouse say of one parcel."""
    return shipment(
        refers,
        bears=(NaturalKey(scheme=PARCEL, value=f"{code}/{number}"),),
        packages=(Package(id="p1", tracking_number=number),),
    )


def shop_order(number: str = "C0", name: str = "o1") -> Observation:
    return seen((SHOP, Kind.ORDER, name), order(number))


async def shipments(looking: Looking) -> list[tuple[str, int]]:
    """Status of each shipment, and how many records it is made of."""
    return [
        tuple(row)
        for row in await looking.rows("""
            select e.status, count(*) from entity e join record r on r.entity_id = e.id
            where e.kind = 'SHIPMENT' and e.redirect_to is null group by e.id, e.status order by 2 desc, 1""")
    ]


STORY = (
    shop_order(),
    seen((SHOP, Kind.SHIPMENT, "f1"), parcel()),
    seen((WMS, Kind.SHIPMENT, "w1"), parcel()),
    scan("OUT_FOR_DELIVERY", 1),
    scan("DELIVERED", 2),
)


@pytest.mark.parametrize("arrival", list(permutations(range(len(STORY))))[::11])
async def test_shop_warehouse_and_carrier_meet_whoever_speaks_first(looking: Looking, arrival: tuple[int, ...]) -> None:
    await looking.each(*(STORY[place] for place in arrival))
    assert await shipments(looking) == [("DELIVERED", 3)]
    ((root,),) = await looking.rows("select root_id from entity where kind = 'SHIPMENT' and redirect_to is null")
    assert [(root,)] == await looking.rows("select id from entity where kind = 'ORDER' and redirect_to is null")


async def test_an_event_that_no_shipment_names_waits(looking: Looking) -> None:
    await looking.each(shop_order(), seen((WMS, Kind.SHIPMENT, "w1"), parcel(number="OTHER")), scan("DELIVERED", 1))
    assert await shipments(looking) == [("DELIVERED", 1), ("SHIPPED", 1)]
    await looking.write(seen((WMS, Kind.SHIPMENT, "w1"), parcel(), started=60))
    assert await shipments(looking) == [("DELIVERED", 2)]


TWO = (
    shop_order(),
    shop_order("C1", "o2"),
    seen((WMS, Kind.SHIPMENT, "w1"), parcel()),
    seen((WMS, Kind.SHIPMENT, "w2"), parcel("C1", refers=own(SHOP, Kind.ORDER, "o2"))),
    scan("DELIVERED", 1),
)


@pytest.mark.parametrize("arrival", [(0, 1, 2, 3, 4), (4, 0, 2, 1, 3), (0, 2, 4, 1, 3), (3, 1, 4, 2, 0)])
async def test_a_number_that_two_shipments_bear_says_of_neither_that_it_was_delivered(
    looking: Looking, arrival: tuple[int, ...]
) -> None:
    await looking.each(*(TWO[place] for place in arrival))
    assert await shipments(looking) == [("DELIVERED", 1), ("SHIPPED", 1), ("SHIPPED", 1)]
    await looking.write(seen((WMS, Kind.SHIPMENT, "w2"), None, started=60))
    await looking.write(seen((WMS, Kind.SHIPMENT, "w2"), parcel("C1", number="OTHER"), started=120))
    assert await shipments(looking) == [("DELIVERED", 2), ("SHIPPED", 1)]


async def test_a_corrected_number_takes_the_right_parcel_and_leaves_the_other(looking: Looking) -> None:
    await looking.each(shop_order(), seen((WMS, Kind.SHIPMENT, "w1"), parcel(number="WRONG")))
    await looking.each(scan("DELIVERED", 1, "WRONG"), scan("IN_TRANSIT", 1))
    assert await shipments(looking) == [("DELIVERED", 2), ("IN_TRANSIT", 1)]
    ((before,),) = await looking.rows("select entity_id from record where source = 'wms'")
    await looking.write(seen((WMS, Kind.SHIPMENT, "w1"), parcel(), started=60))
    assert await shipments(looking) == [("IN_TRANSIT", 2), ("DELIVERED", 1)]
    ((after,),) = await looking.rows("select entity_id from record where source = 'wms'")
    now = await looking.rows("select coalesce(redirect_to, id) from entity where id = :id", id=before)
    assert [(after,)] == now


async def test_two_parcels_of_one_shipment_each_have_their_carrier(looking: Looking) -> None:
    both = replace(
        parcel(), packages=(Package(id="p1", tracking_number="ONE"), Package(id="p2", tracking_number="TWO"))
    )
    await looking.each(shop_order(), seen((WMS, Kind.SHIPMENT, "w1"), both))
    await looking.each(scan("DELIVERED", 1, "ONE"), scan("IN_TRANSIT", 1, "TWO"))
    assert await shipments(looking) == [("IN_TRANSIT", 3)]
    ((partial,),) = await looking.rows("select doc ->> 'is_partial' from entity where kind = 'SHIPMENT'")
    assert partial == "true"
    await looking.write(scan("DELIVERED", 2, "TWO"))
    assert await shipments(looking) == [("DELIVERED", 3)]


async def test_exceptions_clear_when_the_parcel_goes_on_and_a_reversal_takes_back(looking: Looking) -> None:
    await looking.each(shop_order(), seen((WMS, Kind.SHIPMENT, "w1"), parcel()), scan("OUT_FOR_DELIVERY", 1))
    await looking.write(scan("DELIVERY_ATTEMPTED", 2))

    async def said() -> tuple[str, bool]:
        """Status, and whether an attempt to deliver stands; the scans are long ago, so silence stands as well."""
        ((status, wrong),) = await looking.rows(
            "select status, doc ->> 'exceptions' from entity where kind = 'SHIPMENT'"
        )
        return status, "DELIVERY_ATTEMPTED" in wrong

    assert await said() == ("OUT_FOR_DELIVERY", True)
    await looking.write(scan("DELIVERED", 3))
    assert await said() == ("DELIVERED", False)
    await looking.write(scan("DELIVERED", 4, reversal=True))
    assert await said() == ("OUT_FOR_DELIVERY", False)
    await looking.write(scan("IN_TRANSIT", 0.5))
    assert await said() == ("OUT_FOR_DELIVERY", False)


async def test_an_event_that_comes_twice_or_late_moves_nothing(looking: Looking) -> None:
    await looking.each(shop_order(), seen((WMS, Kind.SHIPMENT, "w1"), parcel()), scan("DELIVERED", 2))
    before = await looking.rows("select id, version from root order by id")
    await looking.each(scan("DELIVERED", 2), scan("DELIVERED", 2))
    assert await looking.rows("select id, version from root order by id") == before
    await looking.write(scan("SHIPPED", 1))
    assert await shipments(looking) == [("DELIVERED", 2)]
    assert await looking.rows("select 1 from exception_case where code = 'VERSION_REPEATED'") == []


def test_a_shipment_points_at_each_of_its_numbers_once_and_a_parcel_not_at_itself() -> None:
    content = parcel(number=" 1z 9 ")
    assert parcels_of(content) == (tracking_key("1Z9"),)
    assert parcels_of(replace(content, bears=(tracking_key("1Z9"),))) == ()
    assert parcels_of(replace(content, packages=(Package(id="p"), Package(id="q", tracking_number=" ")))) == ()
    work = named(Work(observations=(seen((WMS, Kind.SHIPMENT, "w1"), content), shop_order())))
    told = work.observations[0].seen.content
    assert told is not None
    assert told.refers == (ORDER, tracking_key("1Z9"))
    assert named(work) is work
