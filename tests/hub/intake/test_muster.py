"""A first load is put aside and applied order by order; it ends when all of it is applied (design D8)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from hub.call import Call
from hub.errors import HubFault
from hub.intake.muster import ORDERS, Muster, leader, loads, ties
from hub.intake.sweep import Sweeps
from hub.merge.keys import SlotKey, lock_name
from hub.merge.work import Applied, Work
from hub.merge.writer import Writer
from hub.model.manifest import Landscape
from hub.model.observation import Content, NaturalKey
from hub.model.schemes import tracking_key
from hub.model.vocabulary import Kind
from hub.store.store import Store
from hub.store.tx import lock_number
from tests.kit.merging import SHOP, seen
from tests.kit.pg import Superuser
from tests.kit.scripted_shop import CHANGED, OPEN, ScriptedShop, scripted_binding
from tests.kit.station import Station

APPLIED = "select count(*) from entity"
STOOD = "select sweep, is_loaded, read_at is not null from cursor order by 1"


@pytest.fixture
async def at(store: Store) -> Station:
    return await station(store, ScriptedShop())


async def station(store: Store, shop: ScriptedShop, name: str = "w1") -> Station:
    """A worker whose loads put aside what they read, and five orders."""
    made = Station(store=store, shop=shop, name=name)
    for number in range(1, 6):
        shop.place(f"o{number}")
    made.route = replace(made.route, stages=True)
    made.sweeps = Sweeps(made.route, made.recorder, first_wait=60.0)
    await made.take()
    return made


def muster(at: Station) -> Muster:
    return Muster(at.store, at.writer)


async def test_what_a_load_reads_waits_until_every_load_was_read(at: Station) -> None:
    await at.turn(at.sweeps)
    assert await at.rows(STOOD) == [(OPEN, False, True)]
    await at.turn(muster(at))
    assert await at.rows(APPLIED) == [(0,)]
    await at.turn(at.sweeps)
    assert await at.rows(STOOD) == [(CHANGED, False, True), (OPEN, False, True)]
    await at.turn(muster(at))
    assert await at.rows(APPLIED) == [(5,)]
    assert await at.rows("select distinct payload ->> 'origin' from outbox") == [("BASELINE",)]
    assert await at.rows("select (select count(*) from staged), (select count(*) from staged_key)") == [(0, 0)]


async def test_what_a_load_lists_and_cannot_read_is_read_again(at: Station) -> None:
    at.shop.place("broken-1")
    for _ in range(2):
        await at.turn(at.sweeps)
    assert await at.rows("select kind, source_id, is_open from hint") == [("ORDER", "broken-1", True)]
    await at.turn(muster(at))
    assert await at.rows(APPLIED) == [(5,)]


async def test_a_load_ends_and_covers_once_all_of_it_is_applied(at: Station) -> None:
    for _ in range(3):
        await at.turn(at.sweeps)
    assert await at.rows("select bool_or(is_loaded) from cursor") == [(False,)]
    await at.turn(muster(at))
    await at.turn(at.sweeps)
    assert await at.rows(STOOD) == [(CHANGED, True, False), (OPEN, True, False)]
    await at.turn(at.sweeps)  # the one that covers says so in its first regular run
    rows = await at.rows(
        "select c.through <= r.finished from coverage c, (select min(finished) finished from record) r"
    )
    assert len(rows) == 1


async def test_what_has_waited_long_enough_comes_before_the_end_of_the_loads(at: Station, superuser: Superuser) -> None:
    await at.turn(at.sweeps)
    await superuser.execute("update hub.staged set ripe_at = clock_timestamp()")
    await at.turn(muster(at))
    assert await at.rows(APPLIED) == [(5,)]


async def test_a_worker_that_dies_leaves_what_waits_to_the_next(at: Station) -> None:
    await at.turn(at.sweeps)
    await at.turn(at.sweeps)
    other = Station(store=at.store, shop=at.shop, name="w2")
    other.held = at.held
    await other.turn(muster(other))
    assert await at.rows(APPLIED) == [(5,)]
    await other.turn(other.sweeps)
    assert await at.rows(STOOD) == [(CHANGED, True, False), (OPEN, True, False)]


class Together(Writer):
    """A writer that begins once two works are there."""

    def __init__(self, store: Store, landscapes: Mapping[str, Landscape]) -> None:
        super().__init__(store, landscapes)
        self.met = asyncio.Barrier(2)
        self.counts: list[int] = []

    async def write(self, call: Call, work: Work) -> Applied:
        self.counts.append(len(work.observations))
        async with asyncio.timeout(30):
            await self.met.wait()
        return await super().write(call, work)


async def test_two_transactions_at_a_time_are_of_different_orders(at: Station) -> None:
    for number in range(6, ORDERS + 3):
        at.shop.place(f"o{number}")
    for _ in range(2):
        await at.turn(at.sweeps)
    writer = Together(at.store, at.writer.landscapes)
    one = Muster(at.store, writer)
    assert at.held is not None
    async with at.turning(one) as crew:
        assert await one.turn(at.held, crew) == 0.0
        assert await one.turn(at.held, crew) > 0.0, "there is room for two"
    assert sorted(writer.counts) == [4, 2 * ORDERS], "each order was read twice"
    assert await at.rows(APPLIED) == [(ORDERS + 2,)]


class Choosy(Writer):
    """A writer that cannot apply one object."""

    async def write(self, call: Call, work: Work) -> Applied:
        if "o3" in {one.seen.source_id for one in work.observations}:
            message = "cannot"
            raise HubFault(message)
        return await super().write(call, work)


async def test_an_object_that_cannot_be_applied_is_hinted_and_waits_no_longer(at: Station) -> None:
    await at.turn(at.sweeps)
    await at.turn(at.sweeps)
    await at.turn(Muster(at.store, Choosy(at.store, at.writer.landscapes)))
    assert await at.rows("select number from entity order by 1") == [("o1",), ("o2",), ("o4",), ("o5",)]
    assert await at.rows("select source_id, reason, is_open from hint") == [("o3", "dirty", True)]
    assert await at.rows("select count(*) from staged") == [(0,)]


def test_the_first_source_in_use_leads_and_only_loads_of_orders_count() -> None:
    shop = scripted_binding()
    retired = replace(shop, source="a", is_retired=True)
    where = Landscape(tenant="acme", sources={"a": retired, "shop": shop, "z": replace(shop, source="z")})
    assert leader(where) == "shop"
    assert {(source, kind) for source, kind, _ in loads(where)} == {("shop", Kind.ORDER), ("z", Kind.ORDER)}
    assert leader(Landscape(tenant="acme", sources={})) is None


def test_an_object_is_tied_by_its_own_id_and_by_the_orders_and_papers_it_names() -> None:
    code, customer = NaturalKey(scheme="order.code", value="A"), NaturalKey(scheme="shop.CUSTOMER.id", value="7")
    one = seen((SHOP, Kind.ORDER, "1"), Content(bears=(code,), refers=(customer, tracking_key("1Z"))))
    own = SlotKey(SHOP, Kind.ORDER, "1").own
    assert set(ties("acme", one)) == {lock_number("acme", lock_name(key)) for key in (own, code)}
    gone = replace(one, seen=replace(one.seen, content=None), finished=one.finished + timedelta(seconds=1))
    assert set(ties("acme", gone)) == {lock_number("acme", lock_name(own))}
