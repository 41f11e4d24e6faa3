"""A hub over a real shop, killed by SIGKILL at chosen moments while the shop lives on; and what is left afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from tests.kit.caller import Json
from tests.systems.cancelling import cancel, seen
from tests.systems.hub import RunningHub
from tests.systems.patience import eventually
from tests.systems.plugs import TENANT
from tests.systems.subscriber import Subscriber, subscribed
from tests.systems.traffic import Traffic, flowing
from tests.systems.vendure.desk import Desk, Placed

ACCEPTED = "select 1 from hub.command where tenant = $1 and key = $2"
CARRIED = """
select delivery.state, delivery.attempts from hub.delivery join hub.command on command.tenant = delivery.tenant
  and command.id = delivery.command_id where command.tenant = $1 and command.key = $2
"""
MOVES = 3  # changes of the shop while the hub is down, and again before the next kill
UNITS = (4, 2)
PART = {"lines": [{"lineNo": 1, "quantity": "3"}]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Victim:
    """An order of which a cancel is accepted just before a kill."""

    order: Placed
    moment: str
    """Also the key of the cancel."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Aftermath:
    """The hub is back for good; the subscribers of before still listen."""

    survived: list[Survived]
    listeners: list[Subscriber]
    traffic: Traffic


async def as_soon_as_the_shop_shows_it(hub: RunningHub, desk: Desk, victim: Victim) -> asyncio.Task[Json]:
    """The effect is there; whether the hub knows is left to chance."""
    asking = _asking(hub, victim)

    async def is_there() -> bool:
        return bool(await desk.cancellations(victim.order))

    await eventually(is_there, "the shop shows the cancel", growth=1)
    return asking


async def as_soon_as_it_is_answered(hub: RunningHub, _: Desk, victim: Victim) -> asyncio.Task[Json]:
    """The client knows; what the source knows is left to chance."""
    asking = _asking(hub, victim)
    await asking
    return asking


async def as_soon_as_it_is_committed(hub: RunningHub, _: Desk, victim: Victim) -> asyncio.Task[Json]:
    """The hub knows; whether the client was told is left to chance."""
    asking = _asking(hub, victim)

    async def is_kept() -> bool:
        return bool(await hub.rows(ACCEPTED, TENANT, victim.moment))

    await eventually(is_kept, "the cancel is committed", growth=1)
    return asking


Moment = Callable[[RunningHub, Desk, Victim], Awaitable["asyncio.Task[Json]"]]
MOMENTS: tuple[Moment, ...] = (as_soon_as_the_shop_shows_it, as_soon_as_it_is_answered, as_soon_as_it_is_committed)


@asynccontextmanager
async def aftermath_of_kills(hub: RunningHub, desk: Desk) -> AsyncIterator[Aftermath]:
    """Kill the hub once at each of MOMENTS while orders move in the shop and two subscribers listen."""
    victims = [
        Victim(order=await desk.place(*UNITS), moment=moment.__name__, part=number == 1)
        for number, moment in enumerate(MOMENTS)
    ]
    for victim in victims:
        await seen(hub, victim.order)
    async with AsyncExitStack() as stack:
        listeners = [await stack.enter_async_context(subscribed(hub.rep, way)) for way in ("ws", "sse")]
        async with flowing(desk) as traffic:
            await traffic.moved(MOVES)
            survived = [
                await _killed(hub, traffic, await moment(hub, desk, victim), victim)
                for moment, victim in zip(MOMENTS, victims, strict=True)
            ]
        yield Aftermath(survived=survived, listeners=listeners, traffic=traffic)


def _asking(hub: RunningHub, victim: Victim) -> asyncio.Task[Json]:
    return asyncio.create_task(cancel(hub, victim.order, victim.moment, **victim.more))


async def _killed(hub: RunningHub, traffic: Traffic, asking: asyncio.Task[Json], victim: Victim) -> Survived:
    """Kill the hub now and start it again once the shop has moved on."""
    hub.kill(victim.moment)
    await traffic.moved(MOVES)
    await hub.start()
    payload = await asking
    ((found, _),) = await hub.rows(CARRIED, TENANT, victim.moment)
    await traffic.moved(MOVES)
    return Survived(victim=victim, payload=payload, found=found)
