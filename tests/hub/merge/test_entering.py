"""Under the lock: a number is given once, and an order of a channel comes in once (Id-1)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.merge.entering import NumberTaken
from hub.merge.work import Work
from hub.model.ids import mint
from hub.store.store import Store
from hub.write.entering import Submitted, entries_of
from tests.kit.entering import REP, opened, submission
from tests.kit.merging import Looking


@pytest.fixture
async def hub(store: Store) -> Looking:
    return await opened(store)


async def work(hub: Looking, key: str) -> Work:
    submitted = Submitted(call=REP, command=await submission(hub), key=key)
    (entry,) = await entries_of(hub.store, hub.landscape, [submitted])
    return entry.work(REP)


def numbered(work: Work, number: str) -> Work:
    one = work.observations[0]
    assert one.seen.content is not None
    bears = tuple(replace(key, value=number) for key in one.seen.content.bears)
    content = replace(one.seen.content, bears=bears, number=number)
    return replace(work, observations=(replace(one, seen=replace(one.seen, content=content)),))


async def test_two_orders_never_bear_one_number(hub: Looking) -> None:
    await hub.writer.write(REP, numbered(await work(hub, "a"), "H00000001"))
    with pytest.raises(NumberTaken):
        await hub.writer.write(REP, numbered(await work(hub, "b"), "H00000001"))
    assert await hub.rows("select count(*) from entity where kind = 'ORDER'") == [(1,)]


async def test_the_hub_manages_what_entered_through_it_under_the_id_it_was_given(hub: Looking) -> None:
    asked = await work(hub, mint())
    applied = await hub.writer.write(REP, asked)
    assert asked.command is not None
    assert applied.order_id == asked.command.command.order_id
    assert await hub.rows("select managed_by from root where id = :id", id=applied.order_id) == [("HUB",)]
