"""What comes with a first load is not late: it opens no case by age until it changes (D8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from hub.merge.work import Work
from hub.model.changes import Origin
from hub.model.observation import Observation
from hub.model.vocabulary import Kind, SystemKind
from hub.store.store import Store
from tests.kit.merging import CALL, ERP, SHOP, Looking, landscape, order, seen

MISSING = [("ORDER_STUCK",)]


@pytest.fixture
async def looking(store: Store) -> Looking:
    """A shop whose orders are expected in the ERP, and an ERP of which everything was seen a while ago."""
    there = landscape()
    shop = replace(there.sources[SHOP], expects=(SystemKind.ERP,))
    async with store.shard(CALL) as tx:
        await tx.execute(
            text("insert into coverage values ('acme', :erp, 'ORDER', 'all', clock_timestamp() + interval '1 day')"),
            {"erp": ERP},
        )
    return Looking(store, replace(there, sources={**there.sources, SHOP: shop}))


def placed(number: str = "C0", *, started: float = 0, status: str = "ACCEPTED") -> Observation:
    return seen((SHOP, Kind.ORDER, number), order(number, status=status), started=started)


async def cases(looking: Looking) -> list[tuple[str]]:
    return [tuple(row) for row in await looking.rows("select code from exception_case where closed_at is null")]


async def baseline(looking: Looking) -> list[bool]:
    return [row[0] for row in await looking.rows("select is_baseline from root where kind = 'ORDER'")]


async def test_a_mirrored_order_whose_twin_is_missing_is_a_case(looking: Looking) -> None:
    await looking.write(placed())
    assert (await cases(looking), await baseline(looking)) == (MISSING, [False])


async def test_one_that_was_first_loaded_is_none_and_yet_shown_as_missing(looking: Looking) -> None:
    await looking.write(placed(), origin=Origin.BASELINE)
    assert (await cases(looking), await baseline(looking)) == ([], [True])
    assert await looking.rows("select missing_in from entity where kind = 'ORDER'") == [(["ERP"],)]


async def test_seen_again_as_it_was_or_woken_it_stays_so_and_its_next_change_ends_it(looking: Looking) -> None:
    await looking.write(placed(), origin=Origin.BASELINE)
    await looking.write(placed(started=60))
    ((root,),) = await looking.rows("select id from root where kind = 'ORDER'")
    await looking.writer.write(CALL, Work(wake=(root,)))
    assert (await cases(looking), await baseline(looking)) == ([], [True])
    await looking.write(placed(started=120, status="ALLOCATED"))
    assert (await cases(looking), await baseline(looking)) == (MISSING, [False])
    await looking.write(placed(started=180, status="SHIPPED"), origin=Origin.BASELINE)
    assert await baseline(looking) == [False]


async def test_what_is_not_decided_yet_is_looked_at_seldom(looking: Looking) -> None:
    async with looking.store.shard(CALL) as tx:
        await tx.execute(text("delete from coverage"))
    await looking.write(placed("C0"), origin=Origin.BASELINE)
    await looking.write(placed("C1"))
    waits = await looking.rows("""
        select r.wake_at - clock_timestamp() from root r join entity e on e.id = r.id
        where r.kind = 'ORDER' order by e.number""")
    assert timedelta(minutes=25) < waits[0][0] <= timedelta(minutes=30)
    assert waits[1][0] <= timedelta(minutes=1)
