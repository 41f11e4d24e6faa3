"""The one door: again with wider locks, in halves, after others were in the way; two workers at once."""

from __future__ import annotations

from functools import partial

import pytest
from anyio import create_task_group

from hub.call import Call
from hub.errors import CommitUnknown, HubFault
from hub.merge.apply import apply
from hub.merge.locks import Widened, Wider
from hub.merge.work import AcceptedCommand, Applied, Work
from hub.merge.writer import HALVED_AFTER, MOST_TRIES, Writer
from hub.model.command import CancelCommand
from hub.model.effects import CancelReason
from hub.model.ids import mint
from hub.model.manifest import Landscape
from hub.model.vocabulary import Kind
from hub.store.faults import StoreContended, StoreTaken
from hub.store.store import Store
from hub.store.tx import Tx
from tests.kit.merging import CALL, SHOP, TENANT, Looking, landscape, order, own, seen, shipment

S0 = (SHOP, Kind.ORDER, "s0")


class Scripted:
    """The one writer, after failing as it is told to; remembers what it was asked."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.asked: list[tuple[int, Wider]] = []

    async def __call__(self, tx: Tx, call: Call, work: Work, sources: Landscape, wider: Wider) -> Applied:
        self.asked.append((len(work.observations), wider))
        if self.errors:
            raise self.errors.pop(0)
        return await apply(tx, call, work, sources, wider)


def writer(store: Store, scripted: Scripted) -> Writer:
    return Writer(store, {TENANT: landscape()}, scripted)


def accepted() -> AcceptedCommand:
    command = CancelCommand(order_id=mint(), reason=CancelReason.CUSTOMER)
    return AcceptedCommand(id="c1", client="rep", operation="orderCancel", key="k", hash="h", command=command)


async def test_what_a_first_try_learned_is_locked_by_the_next(store: Store) -> None:
    scripted = Scripted(Widened(Wider(roots=frozenset({"r1"}))))
    await writer(store, scripted).write(CALL, Work(observations=(seen(S0, order()),)))
    assert [wider.roots for _, wider in scripted.asked] == [frozenset(), frozenset({"r1"})]


async def test_a_batch_that_widens_twice_is_halved_and_nothing_of_it_is_lost(store: Store) -> None:
    scripted = Scripted(*[Widened(Wider())] * HALVED_AFTER)
    batch = tuple(seen((SHOP, Kind.ORDER, f"s{i}"), order(f"C{i}")) for i in range(5))
    applied = await writer(store, scripted).write(CALL, Work(observations=batch))
    assert [size for size, _ in scripted.asked] == [5, 5, 2, 3]
    assert (applied.kept, len(applied.roots)) == (5, 5)


@pytest.mark.parametrize(
    ("kinds", "sizes"),
    [
        ("OC", [2, 2, 2]),  # an order and its customer stay together
        ("OCOC", [4, 4, 2, 2]),
        ("OSCOO", [5, 5, 3, 2]),
        ("OOSSSSSC", [8, 8, 1, 7]),
        ("OSSSSSSSSSC", [11, 11, 5, 6]),  # so many are not of one object
    ],
)
async def test_what_comes_with_an_object_is_not_parted_from_it(store: Store, kinds: str, sizes: list[int]) -> None:
    named = {"O": Kind.ORDER, "S": Kind.SHIPMENT, "C": Kind.CUSTOMER}
    scripted = Scripted(*[Widened(Wider())] * HALVED_AFTER)
    batch = tuple(seen((SHOP, named[kind], f"s{at}"), None) for at, kind in enumerate(kinds))
    await writer(store, scripted).write(CALL, Work(observations=batch))
    assert [size for size, _ in scripted.asked] == sizes


async def test_a_single_work_that_always_widens_gives_up(store: Store) -> None:
    scripted = Scripted(*[Widened(Wider())] * MOST_TRIES)
    with pytest.raises(StoreContended):
        await writer(store, scripted).write(CALL, Work(observations=(seen(S0, order()),)))


async def test_others_in_the_way_are_waited_for(store: Store) -> None:
    scripted = Scripted(StoreContended("deadlock"), StoreContended("lock time-out"))
    applied = await writer(store, scripted).write(CALL, Work(observations=(seen(S0, order()),)))
    assert applied.kept == 1


async def test_a_key_taken_by_another_row_is_a_fault_unless_a_command_may_find_it_claimed(store: Store) -> None:
    with pytest.raises(StoreTaken):
        await writer(store, Scripted(StoreTaken("taken"))).write(CALL, Work(observations=(seen(S0, order()),)))
    scripted = Scripted(StoreTaken("taken"))
    await writer(store, scripted).write(CALL, Work(command=accepted()))
    assert len(scripted.asked) == 2


async def test_after_a_commit_of_unknown_outcome_a_command_is_looked_up_and_other_work_is_not_repeated(
    store: Store,
) -> None:
    scripted = Scripted(CommitUnknown("lost"))
    await writer(store, scripted).write(CALL, Work(command=accepted()))
    assert len(scripted.asked) == 2
    with pytest.raises(CommitUnknown):
        await writer(store, Scripted(CommitUnknown("lost"))).write(CALL, Work(observations=(seen(S0, order()),)))


async def test_a_tenant_that_is_not_configured_is_refused(store: Store) -> None:
    with pytest.raises(HubFault, match="tenant"):
        await Writer(store, {}).write(CALL, Work())


async def test_two_workers_with_overlapping_reads_never_end_with_the_older_answer(store: Store) -> None:
    """Real connections: the later read's answer stands whichever worker commits first."""
    hub = Looking(store)
    for turn in range(12):
        slot = (SHOP, Kind.ORDER, f"s{turn}")
        older = seen(slot, order(f"C{turn}", raw_status="older"), 0, 4)
        newer = seen(slot, order(f"C{turn}", raw_status="newer"), 5, 9)
        async with create_task_group() as workers:
            for answer in (older, newer) if turn % 2 else (newer, older):
                workers.start_soon(partial(hub.write, answer))
    assert await hub.rows("select content ->> 'raw_status', count(*) from record group by 1") == [("newer", 12)]
    assert await hub.rows("select count(*) from entity") == [(12,)]


async def test_many_workers_on_one_order_lose_no_version(store: Store) -> None:
    hub = Looking(store)
    async with create_task_group() as workers:
        for turn in range(8):
            answer = seen((SHOP, Kind.SHIPMENT, f"f{turn}"), shipment(own(SHOP, Kind.ORDER, "s0")), turn)
            workers.start_soon(partial(hub.write, seen(S0, order(raw_status=str(turn)), 10 * turn), answer))
    versions = [
        row[0] for row in await hub.rows("select entity_version from outbox where aggregatetype = 'order' order by id")
    ]
    assert versions == list(range(1, len(versions) + 1))
    assert await hub.rows("select version from entity where kind = 'ORDER'") == [(len(versions),)]
