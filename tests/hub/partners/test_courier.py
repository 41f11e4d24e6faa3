"""Each change reaches its endpoint: in order per root, several roots at once, whatever the endpoint does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

from hub.call import Call
from hub.model.trace import HopKind, HopOutcome
from hub.partners.courier import Courier
from hub.partners.payload import Rendered
from hub.partners.signing import signature
from hub.store.store import Store
from hub.store.webhook_queue import TOO_OLD, Chosen, send_again
from hub.store.webhooks import disable_endpoint, enable_endpoint
from tests.kit.changes import make_line
from tests.kit.partners import LOCAL, LONG_AGO, SECRET, courier_of, queued, rows, set_up, until_settled
from tests.kit.receiver import HANG, Receiver, receiving
from tests.kit.recorder import ListRecorder
from tests.kit.wait import until, until_so


@asynccontextmanager
async def running(courier: Courier) -> AsyncIterator[None]:
    task = asyncio.create_task(courier.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_a_change_is_told_signed_with_what_its_document_says(store: Store) -> None:
    receiver, recorder = Receiver(), ListRecorder()
    async with receiving(receiver) as url:
        await set_up(store, url, document="query")
        line = make_line(1, event="order.shipped")
        await queued(store, line)
        async with running(courier_of(store, recorder=recorder)):
            await until_settled(store)
    (came,) = receiver.came
    assert came.id == line.change.event_id
    assert came.headers["webhook-signature"] == signature(
        SECRET, came.id, int(came.headers["webhook-timestamp"]), came.body
    )
    assert came.said["type"] == "order.shipped"
    assert came.said["data"]["node"] == {"actor": "portal", "id": came.said["data"]["id"]}
    assert [(hop.kind, hop.operation, hop.outcome) for hop in recorder.hops] == [
        (HopKind.PUSH, "webhook mine", HopOutcome.OK)
    ]
    ((status, log),) = await rows(store, "select status_code, log from webhook_delivery")
    assert (status, [(one["number"], one["status_code"]) for one in log]) == (204, [(1, 204)])


async def test_what_follows_under_a_root_waits_for_what_fails_and_other_roots_do_not(store: Store) -> None:
    failing: list[str] = []
    receiver = Receiver(lambda number, event_id: 500 if event_id in failing and number < 3 else 200)
    async with receiving(receiver) as url:
        await set_up(store, url)
        lines = [make_line(number, root_id="ab"[number % 2]) for number in range(1, 9)]
        failing.append(lines[0].change.event_id)
        await queued(store, *lines)
        async with running(courier_of(store)):
            await until_settled(store)
    by_root = {line.change.event_id: line.change.root_id for line in lines}
    for root in "ab":
        expected = [line.change.event_id for line in lines if line.change.root_id == root]
        assert [one.id for one in receiver.taken if by_root[one.id] == root] == expected


async def test_what_is_never_taken_is_dead_and_holds_up_its_root_alone(store: Store) -> None:
    lines = [make_line(1, root_id="a"), make_line(2, root_id="a"), make_line(3, root_id="b")]
    receiver = Receiver(lambda number, event_id: 500 if event_id == lines[0].change.event_id else 200)
    async with receiving(receiver) as url:
        await set_up(store, url)
        await queued(store, *lines)

        async with running(courier_of(store)):

            async def is_dead() -> bool:
                return await rows(store) == [
                    (lines[0].change.event_id, "DEAD"),
                    (lines[1].change.event_id, "PENDING"),
                    (lines[2].change.event_id, "DONE"),
                ]

            await until_so(is_dead)
    assert await rows(store, "select attempts from webhook_delivery where state = 'DEAD'") == [(4,)]


async def test_a_hanging_endpoint_keeps_nobody_else_waiting(store: Store) -> None:
    hanging, quick = Receiver(lambda number, event_id: HANG), Receiver()
    async with receiving(hanging) as there, receiving(quick) as here:
        await set_up(store, there, id="e1", name="slow")
        await set_up(store, here, id="e2", name="quick")
        await queued(store, *(make_line(number, root_id=f"r{number}") for number in range(1, 41)))
        async with running(courier_of(store, replace(LOCAL, at_once=8, at_once_each=4, timeout_seconds=600.0))):
            await until(lambda: (len(quick.taken), len(hanging.came)) == (40, 4))
        assert len(hanging.came) == 4


async def test_an_endpoint_that_takes_nothing_for_long_is_disabled_and_what_waits_stays(store: Store) -> None:
    async with receiving(Receiver(lambda number, event_id: 500)) as url:
        await set_up(store, url)
        async with store.across() as tx:
            await queued(store, make_line(1))
            del tx
        async with running(courier_of(store, replace(LOCAL, disable_after_hours=1e-9))):
            await until_disabled(store)
    assert await rows(store, "select state, disabled_because from webhook_endpoint") == [
        ("DISABLED", "it has taken nothing for 1e-09 hours")
    ]
    assert [state for _, state in await rows(store)] == ["PENDING"]


async def until_disabled(store: Store, count: int = 1) -> None:
    async def is_so() -> bool:
        return len(await rows(store, "select 1 from webhook_endpoint where state = 'DISABLED'")) == count

    await until_so(is_so)


async def test_an_endpoint_that_is_gone_or_whose_key_is_gone_is_disabled_at_once(store: Store) -> None:
    async with receiving(Receiver(lambda number, event_id: 410)) as url:
        await set_up(store, url, id="e1", name="a")
        await set_up(store, url, id="e2", name="b", actor="gone")
        await queued(store, make_line(1))
        async with running(courier_of(store)):
            await until_disabled(store, 2)
    assert await rows(store, "select name, disabled_because from webhook_endpoint order by name") == [
        ("a", "it answered 410: it wants to hear no more"),
        ("b", "the key that set this endpoint is no longer valid"),
    ]


async def test_what_waits_too_long_for_a_disabled_endpoint_is_given_up_and_may_be_sent_again(store: Store) -> None:
    old = "update webhook_delivery set created_at = created_at - interval '15 days' where position <= 2 returning 1"
    receiver, lines = Receiver(), [make_line(1), make_line(2), make_line(3)]
    async with receiving(receiver) as url:
        disabled = await set_up(store, url)
        await set_up(store, url, id="e2", name="called", kinds=("SHIPMENT",))
        await queued(store, *lines)
        async with store.across() as tx:
            await disable_endpoint(tx, "acme", disabled.id, "it moves")
        assert len(await rows(store, old)) == 2
        courier = courier_of(store)
        await courier.turn()
        assert [state for _, state in await rows(store)] == ["WITHDRAWN", "WITHDRAWN", "PENDING"]
        assert await rows(store, "select distinct error from webhook_delivery where state = 'WITHDRAWN'") == [
            (TOO_OLD,)
        ]
        async with store.across() as tx:
            await enable_endpoint(tx, "acme", disabled.id)
            assert await send_again(tx, "acme", disabled.id, Chosen(since=LONG_AGO)) == 2
        async with running(courier):
            await until_settled(store)
    assert [one.id for one in receiver.taken] == [line.change.event_id for line in lines]


async def test_a_document_that_is_not_answered_is_not_sent(store: Store) -> None:
    async def failing(call: Call, document: str, entity_id: str) -> Rendered:
        return Rendered(error="FORBIDDEN")

    receiver = Receiver()
    async with receiving(receiver) as url:
        await set_up(store, url, document="query")
        await queued(store, make_line(1))
        async with running(courier_of(store, render=failing)):
            await until_settled(store)
    assert receiver.came == []
    assert await rows(store, "select state, error from webhook_delivery") == [
        ("DEAD", "its document was not answered: FORBIDDEN")
    ]
