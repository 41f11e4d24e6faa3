"""What is told again as it is moves intervals alone, and ends in the same rows as the long way."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import text

from hub.call import Call
from hub.errors import Overtaken
from hub.merge.apply import apply
from hub.merge.locks import Wider
from hub.merge.work import Applied, Fence, ServedHint, Work
from hub.merge.writer import Writer
from hub.model.manifest import Landscape
from hub.model.observation import Observation
from hub.model.sweeping import SweepMark
from hub.model.vocabulary import Kind
from hub.store.cursors import begin_run
from hub.store.leases import Claimant, take_lease
from hub.store.store import Store
from hub.store.tx import Tx
from tests.hub.merge.test_apply_properties import Run
from tests.kit.merging import CALL, ERP, SHOP, TENANT, Looking, at, landscape, order, seen
from tests.kit.scripted import REST, WISHES, fixed_set
from tests.kit.scripted_below import make_trio

S0 = (SHOP, Kind.ORDER, "s0")
_STANDS = """
select source, kind, source_id, birth, hash, started, finished, gone_at, rival is null, in_doubt
from record where tenant = :tenant order by 1, 2, 3, 4
"""
_TOLD = "select aggregatetype, type, count(*) from outbox where tenant = :tenant group by 1, 2 order by 1, 2"
_HINTS = "select source, kind, source_id, counter, is_open from hint where tenant = :tenant order by 1, 2, 3"
_CASES = "select code, status, occurrences from exception_case where tenant = :tenant order by 1, 2, 3"
_ROOTS = "select kind, version, wake_at is null from root where tenant = :tenant order by 1, 2, 3"


class Long:
    """The one writer; counts what goes the long way."""

    def __init__(self) -> None:
        self.took: list[int] = []

    async def __call__(self, tx: Tx, call: Call, work: Work, sources: Landscape, wider: Wider) -> Applied:
        self.took.append(len(work.observations))
        return await apply(tx, call, work, sources, wider)


class Both:
    """A writer that remembers, or one that is new each time, and questions to what they wrote."""

    def __init__(self, run: Run, *, is_new: bool) -> None:
        self.run, self.is_new, self.long = run, is_new, Long()
        self.run.writer = self._made()

    def _made(self) -> Writer:
        return Writer(self.run.store, self.run.writer.landscapes, self.long)

    async def apply(self, *observations: Observation) -> None:
        if self.is_new:
            self.run.writer = self._made()
        await self.run.apply(*observations)

    async def stands(self) -> dict[str, Any]:
        """Every row that may differ, up to ids."""
        asked = {"records": _STANDS, "told": _TOLD, "hints": _HINTS, "cases": _CASES, "roots": _ROOTS}
        return {name: await self.run.ask(sql) for name, sql in asked.items()} | await self.run.end()


@pytest.mark.parametrize("seed", range(3))
async def test_the_short_way_ends_in_the_same_rows_as_the_long_one(store: Store, seed: int) -> None:
    rnd = Random(seed)
    world = make_trio(rnd, WISHES[seed % len(WISHES)])
    answers = fixed_set(rnd, world)
    rnd.shuffle(answers)
    short, long = (Both(Run(store, world, f"again-{seed}-{new}"), is_new=new) for new in (False, True))
    told: list[Observation] = []
    for number in range(12):
        told += (new := [answers.pop() for _ in range(min(3, len(answers)))])
        later = at(REST + 10 * number)
        again = {(one.source, one.seen.kind, one.seen.source_id): one for one in rnd.sample(told, min(8, len(told)))}
        part = [*new, *(replace(one, started=later, finished=later) for one in again.values())]
        for way in (short, long):
            await way.apply(*part)
    for what, rows in (await long.stands()).items():
        assert (await short.stands())[what] == rows, what
    assert sum(short.long.took) < sum(long.long.took)


class Desk:
    """One writer over one store."""

    def __init__(self, store: Store) -> None:
        self.looking, self.long, self.store = Looking(store), Long(), store
        self.writer = self.looking.writer = Writer(store, {TENANT: landscape()}, self.long)

    async def change(self, sql: str) -> None:
        async with self.store.shard(CALL) as tx:
            await tx.execute(text(sql), {"tenant": TENANT})

    async def span(self) -> tuple[float, float]:
        """The interval of the one record, in seconds after the start of these stories."""
        ((started, finished),) = await self.looking.rows("select started, finished from record where source = 'shop'")
        return (started - at(0)).total_seconds(), (finished - at(0)).total_seconds()


@pytest.fixture
async def desk(store: Store) -> Desk:
    made = Desk(store)
    await made.looking.write(seen(S0, order(), 0))
    return made


async def test_an_unchanged_object_moves_its_interval_alone(desk: Desk) -> None:
    told = await desk.looking.count("outbox")
    applied = await desk.looking.write(seen(S0, order(), 10))
    assert (applied, await desk.span(), desk.long.took) == (Applied(), (10.0, 11.0), [1])
    await desk.looking.write(seen(S0, order(), 5, 20))  # an older answer moves each end to the later of the two
    assert (await desk.span(), await desk.looking.count("outbox"), desk.long.took) == ((10.0, 20.0), told, [1])


async def test_of_a_page_only_what_changed_goes_the_long_way(desk: Desk) -> None:
    other = (SHOP, Kind.ORDER, "s1")
    applied = await desk.looking.write(seen(S0, order(), 10), seen(other, order("C1"), 10))
    assert (applied.kept, desk.long.took) == (1, [1, 1])
    assert await desk.looking.count("record") == 2


async def test_another_process_goes_the_long_way_once(desk: Desk) -> None:
    desk.looking.writer = Writer(desk.store, {TENANT: landscape()}, desk.long)
    for second in (10, 20, 30):
        await desk.looking.write(seen(S0, order(), second))
    assert desk.long.took == [1, 1]


@pytest.mark.parametrize(
    "sql",
    [
        "update root set wake_at = clock_timestamp() where tenant = :tenant",
        "update record set in_doubt = true where tenant = :tenant",
        "update record set hash = 'another' where tenant = :tenant",
        "update record set source_version = 3 where tenant = :tenant",
        """insert into absence (tenant, source, kind, source_id, started, finished)
        select tenant, source, kind, source_id, started - interval '9 s', started - interval '8 s' from record""",
    ],
)
async def test_what_is_disturbed_goes_the_long_way(desk: Desk, sql: str) -> None:
    await desk.change(sql)
    await desk.looking.write(seen(S0, order(), 10))
    assert desk.long.took == [1, 1]


SETTLED = """
insert into delivery (tenant, id, root_id, source, kind, source_id, action, key, mode, state, content, hash,
  correlation_id, settled_at) select tenant, 'd', id, 'shop', 'ORDER', 's0', 'order.cancel', 'k', 'ONCE', 'WITHDRAWN',
  '{{"lines": [], "reason": "CUSTOMER"}}', 'h', 'c', {} from root where kind = 'ORDER'"""


@pytest.mark.parametrize(("second", "took"), [(-1, [1]), (0, [1, 1]), (5, [1, 1])])  # the last read began at 0
async def test_who_has_not_been_read_since_a_delivery_settled_goes_the_long_way(
    desk: Desk, second: int, took: list[int]
) -> None:
    await desk.change(SETTLED.format(f"'{at(second).isoformat()}'"))
    await desk.looking.write(seen(S0, order(), 10))
    assert desk.long.took == took
    await desk.looking.write(seen(S0, order(), 20))  # that read was after it
    assert desk.long.took == took


async def test_a_hint_that_was_served_is_closed_unless_its_counter_has_moved(desk: Desk) -> None:
    await desk.change("""insert into hint (tenant, source, kind, source_id, counter, is_open, reason, priority)
        values (:tenant, 'shop', 'ORDER', 's0', 7, true, 'webhook', 3)""")
    for counter, is_open in ((6, True), (7, False)):
        served = ServedHint(source=SHOP, kind=Kind.ORDER, source_id="s0", counter=counter)
        await desk.looking.write(seen(S0, order(), 10), served=(served,))
        assert await desk.looking.rows("select is_open from hint") == [(is_open,)]
    assert desk.long.took == [1]


MARK = SweepMark(source=ERP, kind=Kind.ORDER, sweep="changes", cursor={"at": 1}, covered_through=at(3), ends=True)


async def test_a_page_without_news_moves_the_mark_under_the_fence(desk: Desk) -> None:
    async with desk.store.shard(CALL) as tx:
        await begin_run(tx, TENANT, (ERP, Kind.ORDER, "changes"), restart=False)
        claimant = Claimant(tenant=TENANT, source=ERP, holder="me", length=timedelta(hours=1), longest=timedelta())
        taken = await take_lease(tx, claimant)
    assert taken is not None
    with pytest.raises(Overtaken):
        await desk.looking.write(marks=(MARK,), fence=Fence(source=ERP, epoch=taken.epoch + 1))
    assert await desk.looking.rows("select through from coverage") == []
    await desk.looking.write(marks=(MARK,), fence=Fence(source=ERP, epoch=taken.epoch))
    assert await desk.looking.rows("select through from coverage") == [(at(3),)]
    assert desk.long.took == [1]
