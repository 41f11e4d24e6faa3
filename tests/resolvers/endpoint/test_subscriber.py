"""A shared subscription on a socket: one execution for all, prepared bytes to each."""

from __future__ import annotations

import asyncio

from hub.errors import CursorExpired
from resolvers.endpoint.ports import Limits
from subscriptions.member import WAITING
from tests.kit.wait import until
from tests.resolvers.endpoint.sample import World
from tests.resolvers.endpoint.scripted import Line, session, tell


async def entered(world: World, count: int = 1) -> None:
    await until(lambda: world.feed.subscribers == count)


async def test_two_operations_are_told_by_one_execution() -> None:
    world = World()
    async with session(world) as line:
        line.subscribe("a")
        line.subscribe("b")
        await entered(world, 2)
        ran = len(world.contexts)
        tell(world, 1, 2)
        await until(lambda: line.values("b") == [1, 2])
        assert line.values("a") == [1, 2]
        assert len(world.contexts) - ran == 2


async def test_no_task_waits_for_an_idle_subscription() -> None:
    world = World()
    async with session(world) as line:
        await until(lambda: len(line.heard) == 1)
        before = len(asyncio.all_tasks())
        for name in "abc":
            line.subscribe(name)
        await entered(world, 3)
        await until(lambda: len(asyncio.all_tasks()) == before)


async def test_a_cursor_resumes_and_a_forged_one_is_refused() -> None:
    world = World()
    async with session(world) as line:
        line.subscribe("a")
        await entered(world)
        tell(world, 1, 2, 3)
        await until(lambda: line.values("a") == [1, 2, 3])
        cursor = line.heard[1]["payload"]["data"]["shared"]["cursor"]
        line.subscribe("b", after=cursor)
        await until(lambda: line.values("b") == [2, 3])
        line.subscribe("c", after=cursor[:-2] + "AA")
        await until(lambda: line.heard[-1]["type"] == "error")
        assert line.heard[-1]["payload"][0]["extensions"]["code"] == "CURSOR_INVALID"
        assert world.feed.subscribers == 2


async def test_complete_leaves_and_the_name_is_free() -> None:
    world = World()
    async with session(world) as line:
        line.subscribe("a")
        await entered(world)
        line.say(id="a", type="complete")
        await entered(world, 0)
        line.subscribe("a")
        await entered(world)
        tell(world, 1)
        await until(lambda: line.values("a") == [1])
    assert [served.events for served in world.served] == [0, 1]


async def test_who_does_not_read_is_closed_with_his_last_cursor_and_the_others_hear_all() -> None:
    world = World()
    async with session(world) as slow, session(world) as quick:
        for line in (slow, quick):
            line.subscribe("a")
        await entered(world, 2)
        tell(world, 1)
        await until(lambda: slow.values("a") == [1])
        slow.is_writable = False
        for version in range(2, WAITING + 3):
            tell(world, version)
            await until(lambda version=version: quick.values("a")[-1] == version)  # type: ignore[misc]  # bound early
        await until(lambda: slow.ended is not None)
        assert closed(slow) == (4008, "SUBSCRIPTION_LAGGED")
        assert slow.heard[-1]["payload"]["data"]["shared"]["value"] == 0  # a checkpoint
        quick.subscribe("again", after=slow.heard[-1]["payload"]["data"]["shared"]["cursor"])
        await until(lambda: len(quick.values("again")) == WAITING + 1)
        assert quick.values("again") == list(range(2, WAITING + 3))
        assert quick.values("a") == list(range(1, WAITING + 3))


async def test_who_reads_on_in_time_gets_what_waited() -> None:
    world = World()
    async with session(world) as line:
        line.subscribe("a")
        await entered(world)
        line.is_writable = False
        tell(world, 1, 2, 3)
        await asyncio.sleep(0.05)
        assert line.values("a") == []
        line.read_on()
        assert line.values("a") == [1, 2, 3]


async def test_a_log_that_was_replaced_ends_the_operation_with_an_error() -> None:
    world = World()
    async with session(world) as line:
        line.subscribe("a")
        await entered(world)
        world.feed.expire(CursorExpired("begin again"))
        assert line.heard[-1]["payload"][0]["extensions"]["code"] == "CURSOR_EXPIRED"
        assert (line.heard[-1]["type"], line.ended) == ("error", None)


async def test_a_revoked_key_closes_the_socket_soon() -> None:
    world = World()
    async with session(world, Limits(ping=0.4)) as line:
        line.subscribe("a")
        await entered(world)
        world.revoked.add("rep")
        await until(lambda: line.ended is not None)
        assert closed(line) == (4403, "SUBSCRIPTION_AUTH_EXPIRED")
        assert world.feed.subscribers == 0


def closed(line: Line) -> tuple[int, str]:
    """Code and reason."""
    assert line.ended is not None
    return line.ended.code, line.ended.reason.split(":")[0]
