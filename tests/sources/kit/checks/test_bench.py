"""What every check works with."""

import asyncio

import pytest

from hub.errors import SourceBusy, SourceMisset
from sources.kit.checks.bench import Bench, Sessions, everything_in, expect, in_time, raised, refused
from sources.registry import stage


async def answer() -> int:
    return 7


async def fail() -> int:
    message = "no"
    raise SourceBusy(message, source="shop")


def test_what_does_not_hold_is_said_in_words() -> None:
    expect(1, "never said")
    with pytest.raises(AssertionError, match="it should"):
        expect(0, "it should")


async def test_only_the_right_error_will_do() -> None:
    assert (await raised(fail(), SourceBusy, "here")).message == "no"
    with pytest.raises(AssertionError, match=r"here: an answer \(7\) where SourceBusy is right"):
        await raised(answer(), SourceBusy, "here")
    with pytest.raises(AssertionError, match=r"here: SourceBusy \(no\) where SourceMisset is right"):
        await raised(fail(), SourceMisset, "here")


def test_a_call_that_is_not_refused_is_a_failure() -> None:
    with pytest.raises(AssertionError, match="there: accepted where KeyError is right"):
        refused(lambda: 1, KeyError, "there")
    assert isinstance(refused(lambda: int("x"), ValueError, "there"), ValueError)


async def test_what_takes_too_long_is_a_failure() -> None:
    assert await in_time(answer(), 5, "it") == 7
    with pytest.raises(AssertionError, match=r"it: took longer than 0\.01 s"):
        await in_time(asyncio.sleep(9), 0.01, "it")


def test_all_that_an_error_could_show_is_looked_at() -> None:
    try:
        try:
            raise KeyError("hidden cause")  # noqa: EM101 - planted
        except KeyError as cause:
            message = "outside"
            raise SourceBusy(message, token="hidden fact") from cause
    except SourceBusy as error:
        text = everything_in(error)
    assert all(word in text for word in ("outside", "hidden fact", "hidden cause"))


async def test_one_login_serves_everybody_and_other_troubles_pass() -> None:
    async with stage("vendure") as made:
        bench = Bench(made)
        adapter = made.connect()
        sessions = Sessions(bench, adapter)
        order = await made.place(1)
        reads = [sessions.through(lambda: bench.content(adapter, order)) for _ in range(5)]
        assert len({content.number for content in await asyncio.gather(*reads)}) == 1
        assert bench.requests(made.login) == 1
        with pytest.raises(SourceBusy):
            await sessions.through(fail)
        await adapter.close()


async def test_a_bench_begins_with_a_healed_proxy() -> None:
    async with stage("vendure") as made:
        order = await made.place(2, 3)
        bench = Bench(made)
        async with bench.adapter() as adapter:
            intent = await bench.cancel(adapter, order, 1)
            assert [target.cancelled for target in intent.content.lines] == [1]
            assert await bench.cancelled(order) == [0, 0]
            pages, _ = await bench.walk(adapter, "placed")
            assert pages[-1].is_last
        assert Bench(made).stage.proxy.exchanges == []
