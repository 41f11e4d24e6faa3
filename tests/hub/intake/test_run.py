"""One run of a sweep: transactions of bearable length, spoilt objects set aside (design D8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from hub.call import Call
from hub.errors import HubFault, SourceGarbled
from hub.intake.plan import Planned
from hub.intake.run import HEARD, Route, Run
from hub.merge.work import Applied, Work
from hub.merge.writer import Writer
from hub.model.observation import Content, Seen
from hub.model.vocabulary import Kind
from hub.store.cursors import SweepStand, sweep_stands
from hub.store.store import Store
from tests.kit.scripted_shop import OPEN, ScriptedShop, scripted_manifest
from tests.kit.station import CALL, Station


class Choosy(Writer):
    """A writer that notes its works and cannot apply some objects."""

    def __init__(self, station: Station, spoilt: Sequence[str] = ()) -> None:
        super().__init__(station.store, station.writer.landscapes)
        self.spoilt = set(spoilt)
        self.works: list[Work] = []

    async def write(self, call: Call, work: Work) -> Applied:
        ids = {one.seen.source_id for one in work.observations}
        if ids & self.spoilt:
            message = "cannot"
            raise HubFault(message)
        self.works.append(work)
        return await super().write(call, work)


@pytest.fixture
async def at(store: Store) -> Station:
    station = Station(store=store, shop=ScriptedShop())
    for number in range(1, 6):
        station.shop.place(f"o{number}")
    await station.take()
    return station


def run(at: Station, writer: Writer, *, size: int = 50) -> Run:
    route = Route(store=at.store, writer=writer, gate=at.gate, clock=at.route.clock)
    route.batches[Kind.ORDER].size = size
    (sweep,) = (one for one in at.manifest.sweeps[Kind.ORDER] if one.name == OPEN)
    assert at.held is not None
    planned = Planned(kind=Kind.ORDER, sweep=sweep, stand=None)
    return Run(route=route, held=at.held, call=CALL, planned=planned, is_over=lambda: False)


async def test_a_page_is_applied_in_transactions_of_bearable_size_and_the_cursor_moves_last(at: Station) -> None:
    writer = Choosy(at)
    made = run(at, writer, size=1)
    made.route.batches[Kind.ORDER].took(1, 10.0)  # one object is as much as a tenth of a second bears
    await made.go()
    assert [(len(work.observations), len(work.marks)) for work in writer.works[:2]] == [(1, 0), (1, 1)]
    assert [work.marks[0].cursor for work in writer.works if work.marks] == [
        {"after": "o2"}, {"after": "o4"}, {"after": 0},
    ]  # fmt: skip
    assert all(work.fence is not None and work.fence.epoch == 1 for work in writer.works)


async def test_an_object_that_cannot_be_applied_is_hinted_and_the_sweep_goes_on(at: Station) -> None:
    await run(at, Choosy(at, ["o3"])).go()
    assert await at.rows("select number from entity order by 1") == [("o1",), ("o2",), ("o4",), ("o5",)]
    assert await at.rows("select source_id, reason, priority, is_open from hint") == [("o3", "dirty", 8, True)]
    assert await at.rows("select is_loaded from cursor") == [(True,)]


async def test_an_object_that_is_listed_but_cannot_be_read_is_hinted_and_the_sweep_goes_on(at: Station) -> None:
    at.shop.place("broken-1")
    await run(at, Choosy(at)).go()
    assert await at.rows("select count(*) from entity") == [(5,)]
    assert await at.rows("select kind, source_id, reason, priority from hint") == [("ORDER", "broken-1", "dirty", 8)]
    assert await at.rows("select is_loaded from cursor") == [(True,)]


async def test_a_sweep_that_ends_without_its_last_page_covers_nothing(at: Station) -> None:
    at.shop.truncates = True
    with pytest.raises(SourceGarbled, match="last page"):
        await run(at, Choosy(at)).go()
    assert await at.rows("select is_loaded, run_started_at is not null from cursor") == [(False, True)]
    assert await at.rows("select 1 from coverage") == []


@pytest.mark.parametrize(("pushes", "untold"), [(frozenset({Kind.ORDER}), True), (frozenset(), False)])
async def test_a_change_that_a_webhook_should_have_told_is_noted_but_never_of_a_first_load(
    store: Store, pushes: frozenset[Kind], *, untold: bool
) -> None:
    at = Station(store=store, shop=ScriptedShop(), manifest=replace(scripted_manifest(), pushes=pushes))
    at.shop.place("o1")
    await at.take()
    noted = "select untold_at is not null from source_state"
    await run(at, at.writer).go()
    live = replace(run(at, at.writer).planned, stand=await stand(at))
    assert await at.rows(noted) == []
    await replace(run(at, at.writer), planned=live).go()
    assert await at.rows(noted) == []  # nothing had changed
    at.shop.change("o1", cancelled=1)
    await replace(run(at, at.writer), planned=live).go()
    assert await at.rows(noted) == [(True,)] * untold


async def stand(at: Station) -> SweepStand:
    async with at.store.glance(CALL) as tx:
        return (await sweep_stands(tx, "acme", "shop"))[Kind.ORDER, OPEN]


async def test_what_comes_with_every_order_is_news_once_until_it_changes(at: Station) -> None:
    route = at.route
    customer = Seen(kind=Kind.CUSTOMER, source_id="1", content=Content(number="C1"))
    assert [route.is_news(one) for one in (customer, customer)] == [True, False]
    assert route.is_news(replace(customer, content=Content(number="C2")))
    for number in range(HEARD):
        route.is_news(replace(customer, source_id=f"other {number}"))
    assert len(route.heard) == HEARD
    assert route.is_news(replace(customer, content=Content(number="C2")))
