"""Operations of a socket by name: what is left to a task, and that each ends with its socket."""

from __future__ import annotations

from tests.kit.wait import until
from tests.resolvers.endpoint.sample import World
from tests.resolvers.endpoint.scripted import session

SILENCE = "subscription { silence { value } }"


async def test_a_source_of_its_own_is_followed_by_a_task_and_stopped_with_its_name() -> None:
    world = World()
    async with session(world) as line:
        line.subscribe("a", SILENCE)
        await until(lambda: world.open_feeds == 1)
        line.say(id="a", type="complete")
        await until(lambda: world.open_feeds == 0)
        line.say(id="none", type="complete")
        line.subscribe("a", "{ hello }")
        await until(lambda: line.heard[-1] == {"id": "a", "type": "complete"})


async def test_everything_ends_with_the_socket() -> None:
    world = World()
    async with session(world) as line:
        line.subscribe("own", SILENCE)
        line.subscribe("shared")
        await until(lambda: (world.open_feeds, world.feed.subscribers) == (1, 1))
        line.say(type="connection_init")
        await until(lambda: line.ended is not None)
        assert (world.open_feeds, world.feed.subscribers) == (0, 0)
        assert {served.asked.fields for served in world.served} == {("silence",), ("shared",)}
