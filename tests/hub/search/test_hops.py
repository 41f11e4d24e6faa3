"""Hops reach the index whatever the order in which they appear, and a replay writes nothing twice."""

from __future__ import annotations

from datetime import timedelta

from hub.search.generations import Generations
from hub.search.hops import OFTEN, Hops
from hub.search.layout import MONTH, Layout, generation_at
from hub.search.means import Means
from hub.store.store import Store
from tests.kit.clock import StoppedClock
from tests.kit.engine import ListEngine
from tests.kit.indexing import NOW, PREFIX, id_at, keep_hops, make_hop, means_over

NAME = generation_at(NOW)


async def opened(engine: ListEngine, store: Store) -> tuple[Means, StoppedClock]:
    clock = StoppedClock(NOW)
    generations = Generations(engine, Layout(prefix=PREFIX))
    await generations.prepare()
    await generations.begin(NAME)
    await generations.publish(NAME)
    return means_over(engine, store, clock=clock), clock


def indexed(engine: ListEngine) -> set[str]:
    return {key.partition(":")[2] for key in engine.documents(f"{PREFIX}hop")}


def written(engine: ListEngine) -> int:
    return sum(line == "POST /_bulk" for line in engine.asked)


async def test_all_are_written_once_and_a_month_is_made_as_it_begins(store: Store) -> None:
    engine = ListEngine()
    means, _ = await opened(engine, store)
    mine = [make_hop(60 - n, n) for n in range(3)]
    await keep_hops(store, [*mine, make_hop(5, 9, tenant="beta")])
    hops = Hops(means)
    assert await hops.turn(NAME) == 4
    assert indexed(engine) == {one.id for one in mine} | {id_at(NOW - timedelta(seconds=5), 9)}
    assert f"{PREFIX}hop-{mine[0].started_at.strftime(MONTH)}" in engine.aliases
    before = written(engine)
    assert await hops.turn(NAME) == 0
    assert written(engine) == before


async def test_one_that_appears_late_under_a_lower_id_is_found(store: Store) -> None:
    engine = ListEngine()
    means, clock = await opened(engine, store)
    hops = Hops(means)
    await keep_hops(store, [make_hop(1)])
    await hops.turn(NAME)
    near, far = make_hop(8), make_hop(300)
    await keep_hops(store, [near, far])
    assert await hops.turn(NAME) == 1
    assert near.id in indexed(engine)
    clock.move(OFTEN)
    assert await hops.turn(NAME) == 1
    assert far.id in indexed(engine)


async def test_another_process_goes_on_where_this_one_was(store: Store) -> None:
    engine = ListEngine()
    means, _ = await opened(engine, store)
    await keep_hops(store, [make_hop(5_000), make_hop(1)])
    await Hops(means).turn(NAME)
    await keep_hops(store, [make_hop(0)])
    assert await Hops(means).turn(NAME) == 2  # the one that is near is written again: the same document
    assert len(indexed(engine)) == 3


async def test_what_is_older_than_is_kept_is_not_indexed(store: Store) -> None:
    engine = ListEngine()
    means, _ = await opened(engine, store)
    await keep_hops(store, [make_hop(130 * 86_400), make_hop(1)])
    await Hops(means).turn(NAME)
    assert indexed(engine) == {make_hop(1).id}
