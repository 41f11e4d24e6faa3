from __future__ import annotations

import asyncio

import pytest

from resolvers.endpoint.frames import CloseSocketError
from resolvers.endpoint.outbox import Outbox
from resolvers.endpoint.ports import Limits


async def test_messages_leave_in_the_order_they_came() -> None:
    outbox = Outbox(Limits())
    for message in "abc":
        await outbox.put(message)
    assert [await outbox.get() for _ in "abc"] == ["a", "b", "c"]


@pytest.mark.parametrize(
    "limits",
    [Limits(queued_messages=2, patience=0.01), Limits(queued_bytes=10, patience=0.01)],
    ids=["messages", "bytes"],
)
async def test_a_reader_that_makes_no_room_is_let_go_with_4008(limits: Limits) -> None:
    outbox = Outbox(limits)
    await outbox.put("12345")
    await outbox.put("12345")
    with pytest.raises(CloseSocketError) as closed:
        await outbox.put("1")
    assert (closed.value.code, closed.value.reason.split(":")[0]) == (4008, "SUBSCRIPTION_LAGGED")


async def test_a_writer_goes_on_as_soon_as_there_is_room() -> None:
    outbox = Outbox(Limits(queued_messages=1))
    await outbox.put("a")
    waiting = asyncio.create_task(outbox.put("b"))
    assert await outbox.get() == "a"
    await waiting
    assert await outbox.get() == "b"


async def test_one_message_larger_than_the_queue_passes_an_empty_queue() -> None:
    outbox = Outbox(Limits(queued_bytes=10))
    await outbox.put("x" * 100)
    assert await outbox.get() == "x" * 100
