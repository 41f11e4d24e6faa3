from __future__ import annotations

import json
from contextlib import aclosing
from typing import Any

import pytest

from hub.call import Call
from hub.errors import Denied
from resolvers.endpoint.answer import Answer
from resolvers.endpoint.body import Request
from resolvers.endpoint.ports import Limits
from resolvers.endpoint.refusal import RefusedError
from resolvers.endpoint.run import Begun, Manner, Runner
from tests.resolvers.endpoint.sample import World, ports_of

CALL = Call(actor="rep", tenant="acme", correlation_id="corr-1234")
WS = Manner(transport="ws")


def _runner(world: World, limits: Limits | None = None, **given: Any) -> Runner:
    return Runner(ports_of(world, limits, **given))


async def _all(runner: Runner, text: str) -> list[Any]:
    work = runner.prepare(Request(query=text), CALL, WS)
    begun = await runner.begin(work)
    if isinstance(begun, Answer):
        return [(json.loads(begun.body), begun.is_last)]
    async with aclosing(runner.events(begun)) as answers:
        return [(json.loads(answer.body), answer.is_last) async for answer in answers]


async def test_an_operation_runs_with_a_deadline_and_its_subscription_without_one() -> None:
    world = World()
    runner = _runner(world)
    await runner.once(runner.prepare(Request(query="{ hello }"), CALL, WS))
    assert world.contexts[0].call.deadline is not None
    await _all(runner, "subscription { count(to: 2) { value } }")
    assert [context.call.deadline is None for context in world.contexts[1:]] == [True, False, False]
    assert {context.call.correlation_id for context in world.contexts} == {"corr-1234"}


async def test_closing_a_stream_early_closes_its_source() -> None:
    world = World()
    runner = _runner(world)
    work = runner.prepare(Request(query="subscription Feed { count(to: 9) { value } }"), CALL, WS)
    begun = await runner.begin(work)
    assert isinstance(begun, Begun)
    async with aclosing(runner.events(begun)) as answers:
        await anext(answers)
        await anext(answers)
        assert world.open_feeds == 1
    assert world.open_feeds == 0


async def test_an_event_that_takes_too_long_ends_the_stream() -> None:
    world = World()
    runner = _runner(world, Limits(execution=0.02))
    heard = await _all(runner, "subscription { count { late } }")
    assert [is_last for _, is_last in heard] == [True]
    assert heard[0][0]["errors"][0]["extensions"]["code"] == "COST_LIMIT_EXCEEDED"


async def test_a_context_that_is_refused_refuses_the_operation() -> None:
    def denied(*_: object) -> object:
        message = "not you"
        raise Denied(message)

    runner = _runner(World(), context_for=denied)
    answer = await runner.once(runner.prepare(Request(query="{ hello }"), CALL, WS))
    assert (answer.codes, answer.refusal is not None) == (("FORBIDDEN",), True)
    assert (await _all(runner, "subscription { count { value } }"))[0][1] is True


def test_a_key_in_the_header_is_only_for_one_mutation() -> None:
    runner = _runner(World())
    one = runner.prepare(Request(query="mutation { bump }"), CALL, Manner(transport="http", idempotency_key="k"))
    assert one.asked.idempotency_key == "k"
    read = runner.prepare(Request(query="{ hello }"), CALL, Manner(transport="http", idempotency_key=""))
    assert read.asked.idempotency_key is None
    with pytest.raises(RefusedError, match="1-255"):
        runner.prepare(Request(query="mutation { bump }"), CALL, Manner(transport="http", idempotency_key=""))
