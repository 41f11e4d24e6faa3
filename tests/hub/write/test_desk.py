"""One governed write: refused before anything, or accepted durably once per key (a1-a9, D4)."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal

import pytest

from hub.call import Call
from hub.clock import SystemClock
from hub.errors import Denied, HubError, InvalidInput, KeyRequired, KeyReused
from hub.model.command import CancelCommand, LineQuantity, UserErrorCode
from hub.model.effects import CancelReason
from hub.model.vocabulary import SystemKind
from hub.store.store import Store
from hub.write.desk import LONGEST_KEY, Asking, Desk, WaitFor
from tests.kit.scripted_shop import ScriptedShop
from tests.kit.station import Station
from tests.kit.wait import until_so

REP = Call(actor="rep", tenant="acme", scopes=frozenset({"orders:write"}), correlation_id="correlation-rep")
SHOP = frozenset({SystemKind.COMMERCE})


class Hasty(SystemClock):
    """A clock for which every look takes three seconds."""

    def __init__(self) -> None:
        self.looks = 0

    def monotonic(self) -> float:
        self.looks += 1
        return self.looks * 3.0


@pytest.fixture
async def station(store: Store) -> Station:
    """A worker that saw an order with three units."""
    station = Station(store=store, shop=ScriptedShop())
    station.shop.place("o1")
    await station.take()
    await station.see("o1")
    return station


@pytest.fixture
def desk(station: Station) -> Desk:
    return Desk(station.store, station.writer, SystemClock())


async def command(station: Station, units: int | None = None) -> CancelCommand:
    lines = None if units is None else (LineQuantity(line_no=1, quantity=Decimal(units)),)
    return CancelCommand(order_id=await station.order("o1"), reason=CancelReason.CUSTOMER, lines=lines)


async def written(station: Station) -> tuple[int, int, int]:
    """Rows of commands and deliveries, and events that tell of them."""
    ((commands, deliveries, events),) = await station.rows(
        "select (select count(*) from command), (select count(*) from delivery), (select count(*) from outbox)"
    )
    return commands, deliveries, events


@pytest.mark.parametrize(
    ("call", "asking", "error"),
    [
        (replace(REP, scopes=frozenset()), Asking(key="k"), Denied("this key lacks the scope orders:write")),
        (replace(REP, scopes=frozenset()), Asking(key=None, dry_run=True), Denied("this key lacks the scope")),
        (REP, Asking(key=None), KeyRequired("a mutation needs @idempotent")),
        (REP, Asking(key=""), InvalidInput("an idempotency key has 1 to 255 characters")),
        (REP, Asking(key="k" * (LONGEST_KEY + 1)), InvalidInput("an idempotency key has 1 to 255 characters")),
    ],
)
async def test_a_refused_command_leaves_nothing(
    station: Station, desk: Desk, call: Call, asking: Asking, error: HubError
) -> None:
    before = await written(station)
    with pytest.raises(type(error), match=error.message):
        await desk.cancel(call, await command(station), asking)
    assert await written(station) == before


async def test_a_dry_run_says_what_would_happen_and_writes_nothing_even_with_a_key(
    station: Station, desk: Desk
) -> None:
    before = await written(station)
    for key in (None, "k"):
        applied = await desk.cancel(REP, await command(station), Asking(key=key, dry_run=True))
        assert [(one.system, one.source) for one in applied.consequences] == [(SystemKind.COMMERCE, "shop")]
        assert (applied.command_id, applied.user_errors, applied.replayed) == (None, (), False)
    assert await written(station) == before
    assert (await desk.cancel(REP, await command(station), Asking(key="k"))).command_id is not None


async def test_an_accepted_command_is_kept_with_its_delivery_before_it_is_answered(
    station: Station, desk: Desk
) -> None:
    applied = await desk.cancel(REP, await command(station), Asking(key="k" * LONGEST_KEY))
    assert applied.roots == (await station.order("o1"),)
    kept = await station.rows("select id, client, operation, key, correlation_id from command")
    assert kept == [(applied.command_id, "rep", "orderCancel", "k" * LONGEST_KEY, "correlation-rep")]
    delivery = await station.delivery()
    assert (delivery["state"], delivery["command_id"]) == ("PENDING", applied.command_id)
    assert station.shop.effects == []


async def test_the_same_key_answers_what_the_first_one_did_and_another_input_is_refused(
    station: Station, desk: Desk
) -> None:
    first = await desk.cancel(REP, await command(station, 1), Asking(key="k"))
    before = await written(station)
    again = await desk.cancel(
        REP, await command(station, 1), Asking(key="k", wait_for=WaitFor(systems=SHOP, seconds=0))
    )
    assert (again.replayed, again.command_id) == (True, first.command_id)
    with pytest.raises(KeyReused):
        await desk.cancel(REP, await command(station, 2), Asking(key="k"))
    assert await written(station) == before


async def test_a_key_belongs_to_its_client(station: Station, desk: Desk) -> None:
    first = await desk.cancel(REP, await command(station, 1), Asking(key="k"))
    other = await desk.cancel(replace(REP, actor="clerk"), await command(station, 1), Asking(key="k"))
    assert not other.replayed
    assert other.command_id not in (None, first.command_id)


async def test_what_the_caller_can_fix_is_an_answer_and_keeps_no_key(station: Station, desk: Desk) -> None:
    applied = await desk.cancel(REP, await command(station, 9), Asking(key="k"))
    assert [error.code for error in applied.user_errors] == [UserErrorCode.QUANTITY_INVALID]
    assert applied.command_id is None
    assert not (await desk.cancel(REP, await command(station, 1), Asking(key="k"))).replayed


async def test_an_answer_is_held_back_until_the_systems_named_have_settled(station: Station, desk: Desk) -> None:
    asking = Asking(key="k", wait_for=WaitFor(systems=SHOP, seconds=60))
    waiting = asyncio.create_task(desk.cancel(REP, await command(station), asking))

    async def is_accepted() -> bool:
        return bool(await station.rows("select 1 from delivery"))

    await until_so(is_accepted)
    assert not waiting.done()
    await station.turn(station.deliveries)
    await waiting
    assert (await station.delivery())["state"] == "DONE"


async def test_systems_that_have_nothing_to_do_are_not_waited_for(station: Station, desk: Desk) -> None:
    wait = WaitFor(systems=frozenset({SystemKind.WMS}), seconds=60)
    await desk.cancel(REP, await command(station), Asking(key="k", wait_for=wait))
    assert (await station.delivery())["state"] == "PENDING"


async def test_nobody_waits_longer_than_eight_seconds(station: Station) -> None:
    clock = Hasty()
    wait = WaitFor(systems=SHOP, seconds=3600)
    desk = Desk(station.store, station.writer, clock)
    await desk.cancel(REP, await command(station), Asking(key="k", wait_for=wait))
    assert (await station.delivery())["state"] == "PENDING"
    assert clock.looks == 4, "at 3 s it begins, looks at 6 and 9, and goes at 12"
