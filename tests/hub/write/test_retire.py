"""A retired source is called no more, and what was on its way waits for a person (design D16)."""

from __future__ import annotations

from hub.errors import OutcomeUnknown
from hub.store.store import Store
from hub.write.retire import Retirement
from tests.kit.gates import ACME
from tests.kit.rows import end_lease
from tests.kit.scripted_shop import Fault, ScriptedShop
from tests.kit.station import Station

LOST = OutcomeUnknown("the answer was lost", source="shop")


async def accepted(store: Store, *numbers: str) -> Station:
    """A worker that has seen orders and accepted a cancel of each."""
    at = Station(store=store, shop=ScriptedShop())
    for number in numbers:
        at.shop.place(number)
    await at.take()
    await at.see(*numbers)
    for number in numbers:
        await at.cancel(number)
    return at


async def retired(at: Station) -> Station:
    """Another worker, whose settings say that the source is retired, has taken it over."""
    await end_lease(at.store, ACME, "shop")
    successor = Station(store=at.store, shop=at.shop, name="w2")
    held = await successor.owner.take()
    assert held is not None
    successor.held = held
    at.shop.requests.clear()
    await successor.turn(Retirement(successor.store, successor.writer))
    return successor


async def told(at: Station) -> dict[str, tuple[str, str]]:
    rows = await at.rows("select source_id, state, error from delivery")
    return {row[0]: (row[1], row[2]) for row in rows}


async def test_what_was_never_sent_and_what_is_in_doubt_go_to_a_person_and_nobody_is_called(store: Store) -> None:
    at = await accepted(store, "o1", "o2")
    at.shop.fail(Fault(verb="execute", error=LOST))
    await at.turn(at.deliveries)
    successor = await retired(at)
    said = await told(successor)
    assert {state for state, _ in said.values()} <= {"REVIEW", "DONE"}
    assert ("REVIEW", "shop is retired: what became of it is not known") in said.values()
    assert at.shop.requests == []


async def test_a_delivery_that_was_never_tried_is_said_to_be_unsent_and_opens_a_case(store: Store) -> None:
    at = await accepted(store, "o1")
    successor = await retired(at)
    assert await told(successor) == {"o1": ("REVIEW", "shop is retired: it was never sent")}
    cases = await successor.rows("select code, closed_at from exception_case")
    assert cases == [("DEAD_LETTER", None)]


async def test_a_worker_with_older_settings_settles_and_sends_nothing_any_more(store: Store) -> None:
    at = await accepted(store, "o1")
    await retired(at)
    assert at.held is not None
    assert not await at.owner.renew(at.held)


async def test_a_second_turn_moves_nothing(store: Store) -> None:
    successor = await retired(await accepted(store, "o1"))
    before = await successor.rows("select version from root order by id")
    await successor.turn(Retirement(successor.store, successor.writer))
    assert await successor.rows("select version from root order by id") == before
