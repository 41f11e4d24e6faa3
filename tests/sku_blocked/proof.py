"""Orders of one unmapped item wait, in no system but the shop; one `skuMappingSet` lets each of them go on, once."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from hub.demo import cast
from hub.store.cluster import Cluster
from sources.vendure.rehearsal.state import Order
from tests.kit.demo import capturing, playing
from tests.kit.house import House
from tests.kit.wait import until_so

PART = replace(cast.PARTS[1], tenant="demo", prefix="", orders=4, customers=20, products=10)
UNKNOWN, KNOWN = "MUG-BLUE", "MUG"
"""What the shop calls it, and what everybody else does."""
PRICE, THERE = 750, (900, 900, 900, 900, 900)
SET = """mutation Map($input: SkuMappingSetInput!) { skuMappingSet(input: $input) {
  userErrors { code message } scheduled } }"""
CASES = "select count(*) from exception_case where code = 'SKU_MAPPING_MISSING' and closed_at is null"
HELD = "select count(*) from hold where released_at is null"
WRITTEN = """select d.state, count(*) from delivery d join root r on r.tenant = d.tenant and r.id = d.root_id
  where r.managed_by = 'HUB' and d.action <> 'stock.publish' group by d.state"""
MANAGED = "select count(*) from root where kind = 'ORDER' and managed_by = 'HUB'"
MOVING = f"select count(*) from ({WRITTEN}) as s where state not in ('DONE', 'DEAD', 'REVIEW', 'REFUSED')"  # noqa: S608 (our own)
LETTERS = "select count(*) from delivery where state in ('DEAD', 'REVIEW', 'REFUSED')"


@dataclass(slots=True, kw_only=True)
class Findings:
    """What was seen before the mapping, and after it."""

    orders: int
    blocked: int = 0
    """Of them, at no system but the shop when the mapping was set."""
    cases_before: int = 0
    """Open cases of the missing mapping: one for each order."""
    scheduled: int = 0
    """What the mutation says it lets go on."""
    sales: Counter[int] = field(default_factory=Counter)
    """How many orders have so many documents in the ERP."""
    requests: Counter[int] = field(default_factory=Counter)
    """How many orders have so many requests at the warehouse."""
    cases: int = 0
    holds: int = 0
    letters: int = 0
    """Deliveries that a person must see to."""
    states: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    """From the mapping until the last request waited in the warehouse."""

    @property
    def holds_true(self) -> bool:
        """All of them waited, for one reason, and each went on once."""
        waited = self.blocked == self.orders == self.scheduled == self.cases_before
        once = {1: self.orders}
        clear = self.cases == self.holds == self.letters == 0 and set(self.states) == {"DONE"}
        return waited and self.sales == once and self.requests == once and clear


async def block(cluster: Cluster, orders: int) -> Findings:
    """Sell the item *orders* times; say once what it is."""
    found = Findings(orders=orders)
    async with playing(cluster, PART, carries=capturing) as hub:
        house = House(hub=hub)
        hub.demo.scene.trio.shop.shop.offer(UNKNOWN, "Blue mug", PRICE, THERE)
        placed = [house.place((UNKNOWN, 1), ("TSHIRT-M", 1)) for _ in range(orders)]
        await until_so(lambda: _is(house, MANAGED, orders))
        await until_so(lambda: _is(house, CASES, orders))
        found.cases_before = await _number(house, CASES)
        found.blocked = sum(not house.sales(one) for one in placed)
        began = time.monotonic()
        found.scheduled = await _mapped(house)
        with suppress(AssertionError):  # then the table says what has not come to its end
            await _wait(house, placed)
        found.seconds = time.monotonic() - began
        await _count(house, placed, found)
    return found


async def _mapped(house: House) -> int:
    """Say what the item is; how many orders the hub says go on."""
    given = {"source": "shop", "externalSku": UNKNOWN, "sku": KNOWN, "packFactor": "1", "replayBlocked": True}
    ops = house.hub.callers["demo-ops"]
    said = (await ops.ask(SET, headers={"idempotency-key": "map"}, input=given)).data["skuMappingSet"]
    assert said["userErrors"] == [], said
    return int(said["scheduled"])


async def _wait(house: House, placed: Sequence[Order]) -> None:
    """Return once every order waits in the warehouse and nothing of them is under way."""

    async def is_over() -> bool:
        return all(_waits(house, one) for one in placed) and await _number(house, MOVING) == 0

    await house.until_so(is_over)


def _waits(house: House, order: Order) -> bool:
    return [one.state for one in house.requests(order)] == ["waiting"]


async def _count(house: House, placed: Sequence[Order], found: Findings) -> None:
    found.sales = Counter(len(house.sales(one)) for one in placed)
    found.requests = Counter(len(house.requests(one)) for one in placed)
    found.cases, found.holds, found.letters = [await _number(house, sql) for sql in (CASES, HELD, LETTERS)]
    found.states = {row[0]: row[1] for row in await house.rows(WRITTEN)}


async def _is(house: House, sql: str, number: int) -> bool:
    return await _number(house, sql) == number


async def _number(house: House, sql: str) -> int:
    ((found,),) = await house.rows(sql)
    return int(found)
