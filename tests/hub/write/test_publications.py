"""What a shop may sell, told by the worker: the newest only, each number at most once, whoever dies meanwhile (D7)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from decimal import Decimal

import pytest

from hub.merge.work import Work
from hub.model.manifest import ChannelRules
from hub.model.vocabulary import Kind
from hub.ports import Adapter
from hub.store.store import Store
from sources.kit.chaos import Order, Trouble
from sources.kit.stage import Stage
from sources.registry import stage
from tests.kit.entering import item
from tests.kit.gates import ACME
from tests.kit.merging import SHOP, landscape, seen
from tests.kit.routed import lying
from tests.kit.rows import end_lease
from tests.kit.scripted_shop import ScriptedShop
from tests.kit.station import CALL, Station
from tests.kit.stock import counted, lately, stock_of
from tests.kit.wait import until_so
from tests.sources.vendure.wanted import vendure

SKU = "CABLE-2M"
BUFFER = 5
WRITES = b"updateProductVariant("
SHELF = 'query{productVariants(options:{filter:{sku:{eq:"%s"}}}){items{id stockLevels{stockOnHand stockLocation{id}}}}}'
COUNT = "mutation($i:UpdateProductVariantInput!){updateProductVariant(input:$i){id}}"
LEVELS = 'query{productVariants(options:{filter:{sku:{eq:"%s"}}}){items{stockLevels{stockOnHand stockAllocated}}}}'


@dataclass(slots=True, kw_only=True)
class House:
    """A rehearsed shop, and workers that tell it what the warehouse has."""

    store: Store
    shop: Stage
    adapters: list[Adapter] = field(default_factory=list)

    async def worker(self, name: str) -> Station:
        """One that holds the source."""
        adapter = self.shop.connect()
        self.adapters.append(adapter)
        await adapter.login(self.shop.call())
        rules = ChannelRules(source=SHOP, publishes=True, buffer=Decimal(BUFFER))
        found = Station(
            store=self.store, shop=ScriptedShop(), manifest=adapter.describe(), name=name, adapter=adapter,
            beside=replace(landscape(), channels={"web": rules}),
        )  # fmt: skip
        await found.take()
        return found

    async def sells(self) -> int:
        """Units that the shop would sell from the warehouse now."""
        found = await vendure(self.shop).hands.admin(LEVELS % SKU)
        level = found["items"][0]["stockLevels"][0]
        return int(level["stockOnHand"]) - int(level["stockAllocated"])

    async def shelve(self, units: int) -> None:
        """More lie there by the shop's own doing, as after it took a return back."""
        hands = vendure(self.shop).hands
        good = (await hands.admin(SHELF % SKU))["items"][0]
        first = good["stockLevels"][0]
        there = {"stockLocationId": first["stockLocation"]["id"], "stockOnHand": first["stockOnHand"] + units}
        await hands.admin(COUNT, i={"id": good["id"], "stockLevels": [there]})

    def written(self) -> int:
        """Requests that wrote a number, since they were counted last."""
        found = sum(WRITES in one.said for one in self.shop.proxy.exchanges)
        self.shop.proxy.forget()
        return found


@pytest.fixture
async def house(store: Store) -> AsyncIterator[House]:
    async with stage("vendure") as made:
        found = House(store=store, shop=made)
        yield found
        for adapter in found.adapters:
            await adapter.close()


async def counts(at: Station, units: int) -> None:
    """The warehouse has so many, and the product is looked at."""
    await at.writer.write(CALL, Work(observations=(lying(units, sku=SKU),)))
    roots = await at.rows("select id from root where kind = 'PRODUCT'")
    await at.writer.write(CALL, Work(wake=tuple(row[0] for row in roots)))


async def listed(at: Station, units: int = 2) -> None:
    """The shop has the item, and shows so many of it."""
    shown = lately(counted(SHOP, stock_of(SKU, on_hand=units), source_id="7/1"))
    await at.writer.write(CALL, Work(observations=(seen((SHOP, Kind.PRODUCT, "7"), item(SKU)), shown)))


async def told(at: Station) -> list[tuple[str, str, int]]:
    """(state, units, attempts) of every publication."""
    rows = await at.rows("select state, content ->> 'quantity', attempts from delivery where action = 'stock.publish'")
    return [(row[0], row[1], row[2]) for row in rows]


async def test_of_several_numbers_only_the_newest_is_told_less_what_is_withheld(house: House) -> None:
    at = await house.worker("w1")
    await listed(at)
    for units in (40, 30, 27):
        await counts(at, units)
    assert await told(at) == [("PENDING", "22", 0)]
    await at.turn(at.deliveries)
    assert (await told(at), await house.sells(), house.written()) == ([("DONE", "22", 1)], 22, 1)
    await counts(at, 27)
    await at.turn(at.deliveries)
    assert (await told(at), house.written()) == ([("DONE", "22", 1)], 0)
    await counts(at, 3)
    await at.turn(at.deliveries)
    assert (await told(at), await house.sells()) == ([("DONE", "0", 2)], 0)


async def test_a_shop_that_came_to_more_by_itself_is_told_the_same_once_more(house: House) -> None:
    """It put on its shelf what came back as scrap; what is withheld from it stays withheld."""
    at = await house.worker("w1")
    await listed(at)
    await counts(at, 27)
    await at.turn(at.deliveries)
    await house.shelve(1)
    assert (await house.sells(), house.written()) == (23, 1)
    for shown, units in ((23, 22), (22, 22)):
        await listed(at, shown)
        await counts(at, 27)
        await at.turn(at.deliveries)
        assert (await told(at))[0][:2] == ("DONE", "22")
        assert await house.sells() == units
    assert house.written() == 1


async def test_a_worker_that_dies_while_it_tells_is_followed_by_one_that_looks_and_then_tells_the_newest(
    house: House,
) -> None:
    first = await house.worker("w1")
    await listed(first)
    await counts(first, 40)
    house.shop.proxy.order(Order(trouble=Trouble.SLOW, holding=WRITES, seconds=60))
    dying = asyncio.ensure_future(first.turn(first.deliveries))

    async def is_there() -> bool:
        return await house.sells() == 35

    await until_so(is_there)
    await counts(first, 20)
    assert await told(first) == [("CLAIMED", "35", 1)]
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    await end_lease(house.store, ACME, "shop")
    house.shop.proxy.forget()
    second = await house.worker("w2")
    assert await told(second) == [("UNKNOWN", "35", 1)]
    await second.now_or_never()
    await second.turn(second.deliveries)
    assert (await told(second), house.written()) == ([("PENDING", "15", 1)], 0)
    await second.now_or_never()
    await second.turn(second.deliveries)
    assert (await told(second), await house.sells(), house.written()) == ([("DONE", "15", 2)], 15, 1)
