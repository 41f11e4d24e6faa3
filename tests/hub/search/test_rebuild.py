"""A rebuild makes everything anew beside what readers see, then swaps; nothing that changes meanwhile is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hub.changes.relay import Relay
from hub.errors import Conflict, SearchAway
from hub.search.rebuild import NAME, Rebuild
from hub.store.changelog import end_of_log
from hub.store.followers import place_of, save_follower, take_follower
from hub.store.roles import Role, RoleUrls
from hub.store.store import Store, open_store
from tests.kit.changes import make_change, put_outbox
from tests.kit.engine import ListEngine
from tests.kit.indexing import PREFIX, keep_hops, make_hop, means_over
from tests.kit.recorder import ListRecorder
from tests.kit.searched import keep_things


async def logged(store: Store, database: RoleUrls, *entities: str) -> None:
    async with open_store(database, Role.WORK, size=1) as own:
        async with store.across() as tx:
            await put_outbox(tx, *(make_change(entity_id=one, root_id=one) for one in entities))
        await Relay(own, "one", ListRecorder()).turn()


async def test_it_ends_equal_and_leaves_one_generation(store: Store) -> None:
    engine = ListEngine()
    told: list[int] = []
    await keep_things(store)
    await keep_hops(store, [make_hop(60 + n, n) for n in range(3)])
    for _ in range(2):
        work = Rebuild(means_over(engine, store), told.append)
        assert await work.total() == 8
        report = await work.run(restart=False)
        assert (report.entities, report.hops, report.set_aside) == (5, 3, 0)
        assert report.comparison.is_equal
        assert report.comparison.stored == {
            "acme CUSTOMER": 1, "acme ORDER": 2, "acme SHIPMENT": 1, "beta ORDER": 1, "acme hops": 3,
        }  # fmt: skip
        assert report.comparison.sampled == 8
        await work.tidy()
    assert sum(told) == 16
    assert len({name.rsplit("-", 1)[1] for name in engine.indices if name != f"{PREFIX}place"}) == 1


async def test_the_indexer_goes_on_from_where_the_rebuild_had_caught_up(store: Store, database: RoleUrls) -> None:
    engine = ListEngine()
    await keep_things(store)
    await logged(store, database, "order-SO-10051", "order-SO-20099")
    async with store.across() as tx:
        epoch = await take_follower(tx, NAME, "one", timedelta(seconds=30))
        place = await end_of_log(tx)
        assert epoch is not None
        assert place is not None
        await save_follower(tx, NAME, epoch, place)
    await logged(store, database, "order-SO-10051")
    await Rebuild(means_over(engine, store)).run(restart=False)
    async with store.across() as tx:
        assert await place_of(tx, NAME) == await end_of_log(tx)
        assert not await save_follower(tx, NAME, epoch, place)  # who wrote into what is gone now keeps no place


async def test_one_that_was_broken_off_is_dropped_only_when_told(store: Store) -> None:
    engine = ListEngine(failures=[SearchAway("no answer")])
    await keep_things(store)
    with pytest.raises(SearchAway):
        await Rebuild(means_over(engine, store)).run(restart=False)
    with pytest.raises(Conflict, match="--restart"):
        await Rebuild(means_over(engine, store)).run(restart=False)
    report = await Rebuild(means_over(engine, store)).run(restart=True)
    assert report.comparison.is_equal
    assert sum(name.startswith(f"{PREFIX}entity-") for name in engine.indices) == 1
