"""The hub is killed by SIGKILL again and again while a real Vendure lives on: nothing is lost, nothing done twice."""

from __future__ import annotations

import statistics
from collections.abc import AsyncIterator
from time import monotonic

import pytest

from hub.model.ids import global_id
from tests.systems.aftermath import CARRIED, MOMENTS, Aftermath, Survived, aftermath_of_kills
from tests.systems.cancelling import applied, seen
from tests.systems.hub import RunningHub
from tests.systems.patience import eventually
from tests.systems.plugs import TENANT
from tests.systems.subscriber import Subscriber, Told, heard
from tests.systems.vendure.desk import Desk, Placed

LOGGED = """
select position, payload->>'entity_id' as entity, entity_version as version from hub.change_log
where tenant = $1 and aggregatetype = 'order' and coalesce(payload->>'origin', 'LIVE') = 'LIVE' and position > $2
order by position
"""
WAITING = "select 1 from hub.outbox limit 1"
TRACE = "query Trace($code: String!) { trace(by: {identifier: $code}) { hops { kind correlationId } } }"
ROUNDS = 10  # each places and ships one order: 20 changes


@pytest.fixture(scope="module")
async def aftermath(hub: RunningHub, desk: Desk) -> AsyncIterator[Aftermath]:
    async with aftermath_of_kills(hub, desk) as found:
        yield found


async def test_every_kill_was_one_and_the_hub_tells_of_no_fault(hub: RunningHub, aftermath: Aftermath) -> None:
    assert [(kill.moment, kill.signal) for kill in hub.kills] == [(moment.__name__, 9) for moment in MOMENTS]
    assert len({kill.pid for kill in hub.kills}) == len(MOMENTS)
    assert hub.faults == []


async def test_seconds_from_the_shops_reply_to_the_push_are_printed(
    hub: RunningHub, desk: Desk, aftermath: Aftermath, capsys: pytest.CaptureFixture[str]
) -> None:
    """By those who have resumed, while the source's lanes still rest after the last kill."""
    subscriber, taken = aftermath.listeners[0], list[float]()
    for _ in range(ROUNDS):
        order, replied = await desk.placed_at(2)
        taken.append(await heard(subscriber, order, status="ALLOCATED") - replied)
        await desk.ship(order)
        replied = monotonic()
        taken.append(await heard(subscriber, order, status="SHIPPED") - replied)
    with capsys.disabled():
        print(
            f"\nVendure's reply to the first push that shows it, {len(taken)} changes: median "
            f"{statistics.median(taken):.3f} s, at most {max(taken):.3f} s, at least {min(taken):.3f} s"
        )
    assert len(taken) == 2 * ROUNDS


async def test_what_was_accepted_before_a_kill_is_carried_out_exactly_once(
    hub: RunningHub, desk: Desk, aftermath: Aftermath, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = ["\nkills of the hub over a real Vendure:"]
    for kill, seconds, one in zip(hub.kills, hub.seconds[1:], aftermath.survived, strict=True):
        assert (await applied(hub, one.payload))["done"]
        (cancellation,) = await desk.cancellations(one.victim.order)
        parts = sorted(cancellation["lines"], key=lambda part: int(part["orderLineId"]))
        expected = ("PaymentSettled", [(1, 4), (2, 2)], [3])
        if not one.victim.part:
            expected = ("Cancelled", [(0, 4), (0, 2)], [4, 2])
        assert (*await desk.units(one.victim.order), [part["quantity"] for part in parts]) == expected
        ((_, attempts),) = await hub.rows(CARRIED, TENANT, one.victim.moment)
        lines.append(
            f"  pid {kill.pid} by signal {kill.signal} {kill.moment}; ready again in {seconds:.1f} s, delivery found "
            f"{one.found}, carried out once by {attempts} attempt(s)"
        )
    with capsys.disabled():
        print("\n".join(lines))


async def test_what_was_accepted_before_a_kill_can_be_traced(hub: RunningHub, aftermath: Aftermath) -> None:
    told = [await traced(hub, one) for one in aftermath.survived]
    assert all(kinds >= {"API_IN", "DELIVERY", "CHANGE"} for kinds in told), told


async def test_what_moved_while_the_hub_was_down_is_made_good(
    hub: RunningHub, desk: Desk, aftermath: Aftermath
) -> None:
    moved = [*(one.victim.order for one in aftermath.survived), *aftermath.traffic.orders]

    async def all_agree() -> bool:
        while moved and await agrees(hub, desk, moved[-1]):
            moved.pop()
        return not moved

    await eventually(all_agree, "the graph agrees with the shop on every order")


async def test_a_subscriber_who_resumes_hears_what_the_change_log_holds_without_gap_or_repetition(
    hub: RunningHub, aftermath: Aftermath, capsys: pytest.CaptureFixture[str]
) -> None:
    lists = [await complete(hub, listener) for listener in aftermath.listeners]
    with capsys.disabled():
        traffic = aftermath.traffic
        print(f"\nduring {len(hub.kills)} kills: {len(traffic.orders)} orders, {traffic.moves} changes in the shop")
        for listener, (came, logged) in zip(aftermath.listeners, lists, strict=True):
            gaps, twice = len(set(logged) - set(came)), len(came) - len(set(came))
            print(
                f"  by {listener.way}, {len(listener.streams)} streams: {len(came)} of {len(logged)} changes heard, "
                f"{gaps} gaps, {twice} duplicates"
            )
    for listener, (came, logged) in zip(aftermath.listeners, lists, strict=True):
        assert (listener.errors, came) == ([], logged)
        assert len({(one.order, one.version) for one in came}) == len({one.position for one in came}) == len(came)
        assert len(listener.streams) > len(hub.kills)
        told = {one["order"]["number"] for one in listener.changes}
        assert told >= {one.victim.order.code for one in aftermath.survived}


async def traced(hub: RunningHub, one: Survived) -> set[str]:
    """Which boundaries the trace shows of a cancel that a kill came after."""
    hops = (await hub.rep.data(TRACE, code=one.victim.order.code))["trace"]["hops"]
    return {hop["kind"] for hop in hops if hop["correlationId"] == one.payload["correlationId"]}


async def agrees(hub: RunningHub, desk: Desk, order: Placed) -> bool:
    """Whether the graph shows an order as the shop does."""
    truth, here = await desk.truth(order), await seen(hub, order)
    cancelled = [line["orderPlacedQuantity"] - line["quantity"] for line in truth["lines"]]
    return (
        here["systems"][0]["rawStatus"] == truth["state"]
        and [int(line["quantities"]["cancelled"]) for line in here["lines"]] == cancelled
    )


async def complete(hub: RunningHub, listener: Subscriber) -> tuple[list[Told], list[Told]]:
    """What came, and what the change log holds for the same interval: from the snapshot's end to the log's."""
    logged: list[Told] = []

    async def is_at_the_end() -> bool:
        if await hub.rows(WAITING):
            return False
        rows = await hub.rows(LOGGED, TENANT, listener.begins, role="tail")
        everything = [
            Told(position=row["position"], order=global_id("Order", row["entity"]), version=row["version"])
            for row in rows
        ]
        logged[:] = [one for one in everything if one.version > listener.held.get(one.order, 0)]
        return bool(listener.list) and listener.list[-1].position >= logged[-1].position

    await eventually(is_at_the_end, "a subscriber has heard the last change")
    return [one for one in listener.list if one.position <= logged[-1].position], logged
