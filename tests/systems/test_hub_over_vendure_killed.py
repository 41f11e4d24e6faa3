"""The hub is killed by SIGKILL again and again while a real Vendure lives on: nothing is lost, nothing done twice."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass

import pytest

from hub.model.ids import global_id
from tests.kit.caller import Json
from tests.systems.cancelling import applied, cancel, seen
from tests.systems.hub import TENANT, RunningHub
from tests.systems.patience import eventually
from tests.systems.subscriber import Subscriber, Told, subscribed
from tests.systems.traffic import Traffic, flowing
from tests.systems.vendure.desk import Desk, Placed

LOGGED = """
select position, payload->>'entity_id' as entity, entity_version as version from hub.change_log
where tenant = $1 and aggregatetype = 'order' and coalesce(payload->>'origin', 'LIVE') = 'LIVE' and position > $2
order by position
"""
ACCEPTED = "select 1 from hub.command where tenant = $1 and key = $2"
WAITING = "select 1 from hub.outbox limit 1"
CARRIED = """
select delivery.state, delivery.attempts from hub.delivery join hub.command on command.tenant = delivery.tenant
  and command.id = delivery.command_id where command.tenant = $1 and command.key = $2
"""
TRACE = "query Trace($code: String!) { trace(by: {identifier: $code}) { hops { kind correlationId } } }"
MOVES = 4  # changes of the shop before each kill, and again while the hub is down
UNITS = (4, 2)
PART = {"lines": [{"lineNo": 1, "quantity": "3"}]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Victim:
    """An order of which a cancel is accepted just before a kill."""

    order: Placed
    moment: str
    part: bool

    @property
    def more(self) -> Json:
        """What its cancel says beside the order."""
        return PART if self.part else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Survived:
    """A cancel that was accepted, and a kill."""

    victim: Victim
    payload: Json
    found: str
    """State of its delivery when the hub was back."""


async def as_soon_as_the_shop_shows_it(hub: RunningHub, desk: Desk, victim: Victim) -> asyncio.Task[Json]:
    """The effect is there; whether the hub knows is left to chance."""
    asking = asyncio.create_task(cancel(hub, victim.order, victim.moment, **victim.more))
    await eventually(lambda: is_cancelled(desk, victim.order), "the shop shows the cancel", growth=1)
    return asking


async def as_soon_as_it_is_answered(hub: RunningHub, _: Desk, victim: Victim) -> asyncio.Task[Json]:
    """The client knows; what the source knows is left to chance."""
    asking = asyncio.create_task(cancel(hub, victim.order, victim.moment, **victim.more))
    await asking
    return asking


async def as_soon_as_it_is_committed(hub: RunningHub, _: Desk, victim: Victim) -> asyncio.Task[Json]:
    """The hub knows; whether the client was told is left to chance."""
    asking = asyncio.create_task(cancel(hub, victim.order, victim.moment, **victim.more))

    async def is_kept() -> bool:
        return bool(await hub.rows(ACCEPTED, TENANT, victim.moment))

    await eventually(is_kept, "the cancel is committed", growth=1)
    return asking


Moment = Callable[[RunningHub, Desk, Victim], Awaitable["asyncio.Task[Json]"]]
MOMENTS: tuple[Moment, ...] = (
    as_soon_as_the_shop_shows_it,
    as_soon_as_it_is_answered,
    as_soon_as_it_is_committed,
    as_soon_as_it_is_answered,
)


async def test_kills_cost_a_subscriber_no_change_and_an_accepted_cancel_neither_its_effect_nor_a_second_one(
    hub: RunningHub, desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    victims = [
        Victim(order=await desk.place(*UNITS), moment=f"{number}: {moment.__name__}", part=number % 2 == 0)
        for number, moment in enumerate(MOMENTS, 1)
    ]
    for victim in victims:
        await seen(hub, victim.order)
    async with AsyncExitStack() as stack:
        listeners = [await stack.enter_async_context(subscribed(hub.rep, way)) for way in ("ws", "sse")]
        async with flowing(desk) as traffic:
            survived = [
                await killed(hub, traffic, await moment(hub, desk, victim), victim)
                for moment, victim in zip(MOMENTS, victims, strict=True)
            ]
        for one in survived:
            assert (await applied(hub, one.payload))["done"]
            await carried_out_once(desk, one.victim)
            assert await traced(hub, one) >= {"API_IN", "DELIVERY", "CHANGE"}
        moved = [*(victim.order for victim in victims), *traffic.orders]
        await eventually(lambda: agree(hub, desk, moved), "the graph agrees with the shop on every order")
        lists = [await complete(hub, listener) for listener in listeners]
    with capsys.disabled():
        await tell(hub, traffic, survived, lists)
    for listener, (came, logged) in zip(listeners, lists, strict=True):
        assert (listener.errors, came) == ([], logged)
        assert len({(one.order, one.version) for one in came}) == len({one.position for one in came}) == len(came)
        assert {victim.order.code for victim in victims} <= {one["order"]["number"] for one in listener.changes}
    assert hub.faults == []
    assert [(kill.moment, kill.signal) for kill in hub.kills] == [(victim.moment, 9) for victim in victims]


async def killed(hub: RunningHub, traffic: Traffic, asking: asyncio.Task[Json], victim: Victim) -> Survived:
    """Kill the hub now and start it again once the shop has moved on."""
    hub.kill(victim.moment)
    await traffic.moved(MOVES)
    await hub.start()
    payload = await asking
    ((found, _),) = await hub.rows(CARRIED, TENANT, victim.moment)
    await traffic.moved(MOVES)
    return Survived(victim=victim, payload=payload, found=found)


async def is_cancelled(desk: Desk, order: Placed) -> bool:
    """Whether the shop has taken off anything."""
    return bool(await desk.cancellations(order))


async def carried_out_once(desk: Desk, victim: Victim) -> None:
    """Exactly what was asked for, by exactly one cancellation in the shop's own history."""
    (cancellation,) = await desk.cancellations(victim.order)
    taken_off = [line["quantity"] for line in sorted(cancellation["lines"], key=lambda line: int(line["orderLineId"]))]
    state, lines = await desk.units(victim.order)
    if victim.part:
        assert (state, lines, taken_off) == ("PaymentSettled", [(1, 4), (2, 2)], [3])
    else:
        assert (state, lines, taken_off) == ("Cancelled", [(0, 4), (0, 2)], [4, 2])


async def traced(hub: RunningHub, one: Survived) -> set[str]:
    """Which boundaries the trace shows of a cancel that a kill came after."""
    hops = (await hub.rep.data(TRACE, code=one.victim.order.code))["trace"]["hops"]
    return {hop["kind"] for hop in hops if hop["correlationId"] == one.payload["correlationId"]}


async def agree(hub: RunningHub, desk: Desk, orders: list[Placed]) -> bool:
    """Whether the graph shows every order as the shop does."""
    for order in orders:
        truth, here = await desk.truth(order), await seen(hub, order)
        cancelled = [line["orderPlacedQuantity"] - line["quantity"] for line in truth["lines"]]
        if here["systems"][0]["rawStatus"] != truth["state"]:
            return False
        if [int(line["quantities"]["cancelled"]) for line in here["lines"]] != cancelled:
            return False
    return True


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


async def tell(
    hub: RunningHub, traffic: Traffic, survived: list[Survived], lists: list[tuple[list[Told], list[Told]]]
) -> None:
    """Print the figures."""
    print("\nkills of the hub over a real Vendure:")
    for kill, seconds, one in zip(hub.kills, hub.seconds[1:], survived, strict=True):
        ((_, attempts),) = await hub.rows(CARRIED, TENANT, one.victim.moment)
        print(
            f"  pid {kill.pid} by signal {kill.signal}, ready again in {seconds:.1f} s; {kill.moment}: delivery found "
            f"{one.found}, applied once by {attempts} attempt(s)"
        )
    print(f"  the shop meanwhile: {len(traffic.orders)} orders, {traffic.moves} changes")
    for way, (came, logged) in zip(("socket", "event stream"), lists, strict=True):
        gaps, twice = len(set(logged) - set(came)), len(came) - len(set(came))
        print(f"  {way}: {len(came)} of {len(logged)} changes heard, {gaps} gaps, {twice} duplicates")
