"""Orders that come at the same moment: taken in by one transaction, each answered for itself."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import anyio
import pytest

from hub.call import Call
from hub.errors import Denied, HubError, KeyReused
from hub.merge.work import Applied, Work
from hub.merge.writer import Writer
from hub.model.approval import APPROVAL, ApprovalRule, Ruling
from hub.model.command import UserErrorCode
from hub.store.policies import decide
from hub.store.store import Store
from hub.write.crowd import Crowd
from hub.write.entering import Submitted
from tests.kit.entering import REP, opened, submission, wanted
from tests.kit.merging import Looking


class Slow(Writer):
    """A writer that takes the first order of a crowd only once it is let to, and notes who went together."""

    def __init__(self, hub: Looking) -> None:
        super().__init__(hub.store, {REP.tenant: hub.landscape})
        self.groups: list[int] = []
        self.gone: asyncio.Queue[int] = asyncio.Queue()
        self.may_go = anyio.Event()

    async def enter(self, works: Sequence[tuple[Call, Work]]) -> list[Applied | HubError]:
        self.groups.append(len(works))
        self.gone.put_nowait(len(works))
        if len(self.groups) <= 2:  # both transactions that may be under way
            await self.may_go.wait()
        return await super().enter(works)


class Scene:
    """A crowd whose first two keep the others waiting."""

    def __init__(self, hub: Looking) -> None:
        self.hub = hub
        self.writer = Slow(hub)
        self.crowd = Crowd(hub.store, self.writer)

    async def told(self, asked: Sequence[Submitted]) -> list[Applied | BaseException]:
        """The answers to *asked*, who all wait behind two orders that are under way."""
        first = [await self.asked(f"first-{number}") for number in range(2)]
        ahead = []
        for one in first:
            ahead.append(asyncio.create_task(self.crowd.enter(one)))
            await self.writer.gone.get()
        others = [asyncio.create_task(self.crowd.enter(one)) for one in asked]
        await asyncio.sleep(0)
        self.writer.may_go.set()
        await asyncio.gather(*ahead)
        return await asyncio.gather(*others, return_exceptions=True)

    async def asked(self, key: str, call: Call = REP, **more: Any) -> Submitted:  # Any: its fields
        """An order under a key of its own."""
        return Submitted(call=call, command=await submission(self.hub, **more), key=key)


@pytest.fixture
async def scene(store: Store) -> Scene:
    return Scene(await opened(store))


async def test_those_who_wait_go_together_and_each_has_an_order_of_its_own(scene: Scene) -> None:
    calls = [replace(REP, correlation_id=f"correlation-{number}") for number in range(5)]
    asked = [await scene.asked(f"key-{number}", call) for number, call in enumerate(calls)]
    told = await scene.told(asked)
    assert scene.writer.groups == [1, 1, 5]
    assert len({one.order_id for one in told if isinstance(one, Applied)}) == 5
    rows = await scene.hub.rows("select key, correlation_id from command where key like 'key-%' order by key")
    assert rows == [(f"key-{number}", f"correlation-{number}") for number in range(5)]
    said = "select distinct headers ->> 'x-correlation-id' from outbox where root_id = :id"
    for one, call in zip(told, calls, strict=True):
        assert isinstance(one, Applied)
        assert await scene.hub.rows(said, id=one.order_id) == [(call.correlation_id,)]


async def test_no_more_lines_go_together_than_are_thought_out_in_a_moment(scene: Scene) -> None:
    long = tuple(replace(wanted(), line_ref=str(number)) for number in range(90))
    asked = [await scene.asked(f"long-{number}", lines=long) for number in range(3)]
    told = await scene.told(asked)
    assert scene.writer.groups == [1, 1, 2, 1]
    assert [one.user_errors for one in told if isinstance(one, Applied)] == [(), (), ()]


async def test_one_key_ten_times_at_once_is_one_order_and_nine_replays(scene: Scene) -> None:
    told = await scene.told([await scene.asked("key") for _ in range(10)])
    assert sorted(one.replayed for one in told if isinstance(one, Applied)) == [False] + [True] * 9
    assert len({one.order_id for one in told if isinstance(one, Applied)}) == 1
    assert scene.writer.groups == [1, 1, 1, 9]


async def test_of_one_order_of_a_channel_twice_at_once_the_second_is_refused(scene: Scene) -> None:
    told = await scene.told([await scene.asked(key, channel_order_id="C1") for key in ("a", "b", "c")])
    codes = [one.user_errors[0].code if isinstance(one, Applied) and one.user_errors else None for one in told]
    assert codes == [None, UserErrorCode.DUPLICATE_ORDER, UserErrorCode.DUPLICATE_ORDER]
    assert await scene.hub.rows("select count(*) from entity where kind = 'ORDER'") == [(3,)]


async def test_who_is_refused_takes_nobody_with_it(scene: Scene) -> None:
    known = await scene.asked("first-0", lines=(wanted("24"),))
    lines = (wanted("0"),)
    told = await scene.told([known, await scene.asked("b", lines=lines), await scene.asked("c")])
    assert isinstance(told[0], KeyReused)
    assert isinstance(told[1], Applied)
    assert told[1].user_errors[0].code is UserErrorCode.QUANTITY_INVALID
    assert isinstance(told[2], Applied)
    assert not told[2].user_errors


async def test_where_one_cannot_be_done_the_others_are_done_without_it(scene: Scene) -> None:
    nobody = ApprovalRule(action="orderSubmit", ruling=Ruling.DENY, actor="mallory")
    async with scene.hub.store.shard(REP) as tx:
        await decide(tx, REP.tenant, (APPROVAL, "never"), nobody, "owner")
    mallory = replace(REP, actor="mallory")
    told = await scene.told([await scene.asked("a", mallory), await scene.asked("b"), await scene.asked("c")])
    assert isinstance(told[0], Denied)
    assert [one.user_errors for one in told[1:] if isinstance(one, Applied)] == [(), ()]
    assert await scene.hub.rows("select count(*) from command") == [(4,)]


async def test_who_leads_and_leaves_leaves_the_others_to_the_next(scene: Scene) -> None:
    leader = asyncio.create_task(scene.crowd.enter(await scene.asked("a")))
    await scene.writer.gone.get()
    scene.writer.groups.append(0)  # only the leader is held up
    others = [await scene.asked(name) for name in ("b", "c")]
    tasks = [asyncio.create_task(scene.crowd.enter(one)) for one in others]
    leader.cancel()
    told = await asyncio.gather(leader, *tasks, return_exceptions=True)
    assert isinstance(told[0], asyncio.CancelledError)
    assert await scene.hub.rows("select key from command order by key") == [("b",), ("c",)]


class Unheard(Slow):
    """A writer whose first answer never arrives, though everything is done."""

    async def enter(self, works: Sequence[tuple[Call, Work]]) -> list[Applied | HubError]:
        told = await Writer.enter(self, works)
        self.groups.append(len(works))
        if len(self.groups) == 1:
            self.gone.put_nowait(len(works))
            await self.may_go.wait()
        return told


async def test_what_is_done_and_was_not_heard_of_is_found_again_and_is_no_replay(scene: Scene) -> None:
    writer = Unheard(scene.hub)
    crowd = Crowd(scene.hub.store, writer)
    asked = [await scene.asked(name) for name in ("a", "b")]
    tasks = [asyncio.create_task(crowd.enter(one)) for one in asked]
    assert await writer.gone.get() == 2
    tasks[0].cancel()
    told = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(told[0], asyncio.CancelledError)
    assert isinstance(told[1], Applied)
    ((order, command),) = await scene.hub.rows("select root_id, id from command where key = 'b'")
    assert (told[1].order_id, told[1].command_id, told[1].replayed) == (order, command, False)
    assert await scene.hub.rows("select count(*) from entity where kind = 'ORDER'") == [(2,)]
