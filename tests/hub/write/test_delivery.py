"""Deliveries from claim to settlement on a real store and a scripted source (design D4, D7, D8; F2, F19-F23, F35)."""

from __future__ import annotations

import pytest

from hub.errors import OutcomeUnknown, SourceBusy, SourceGarbled, SourceMisset, SourceRefused
from hub.model.trace import HopKind, HopOutcome
from hub.store.store import Store
from tests.kit.scripted_shop import Fault, ScriptedShop
from tests.kit.station import Station

BUSY = SourceBusy("the source failed", source="shop")
LOST = OutcomeUnknown("the answer was lost", source="shop")


@pytest.fixture
async def at(store: Store) -> Station:
    shop = ScriptedShop()
    shop.place("o1")
    station = Station(store=store, shop=shop)
    await station.take()
    await station.see("o1")
    await station.cancel("o1")
    shop.requests.clear()
    return station


async def state(at: Station) -> tuple[str, int]:
    row = await at.delivery()
    return row["state"], row["attempts"]


async def test_a_cancel_is_carried_out_settled_and_read_back(at: Station) -> None:
    assert await state(at) == ("PENDING", 0)
    await at.turn(at.deliveries)
    row = await at.delivery()
    assert (row["state"], row["attempts"], row["epoch"], row["reference"]) == ("DONE", 1, 1, "o1")
    assert row["grants"] == [{"line_no": 1, "cancelled": "3"}]
    await at.now_or_never()
    await at.turn(at.hints)
    assert at.shop.effects == [row["key"]]
    assert at.shop.requests == ["execute", "read"]
    assert await at.rows("select status from entity where kind = 'ORDER'") == [("CANCELLED",)]
    await at.turn(at.deliveries)
    assert at.shop.requests == ["execute", "read"]


async def test_every_attempt_leaves_a_hop_of_the_delivery_and_of_the_call(at: Station) -> None:
    at.shop.fail(Fault(verb="execute", error=BUSY))
    at.recorder.hops.clear()
    await at.turn(at.deliveries)
    await at.now_or_never()
    await at.turn(at.deliveries)
    told = [(hop.kind, hop.outcome, hop.attempt, hop.correlation_id) for hop in at.recorder.hops]
    assert told == [
        (HopKind.SOURCE_CALL, HopOutcome.RETRY, 1, "correlation-1"),
        (HopKind.DELIVERY, HopOutcome.RETRY, 1, "correlation-1"),
        (HopKind.SOURCE_CALL, HopOutcome.OK, 2, "correlation-1"),
        (HopKind.DELIVERY, HopOutcome.OK, 2, "correlation-1"),
    ]
    call, delivery = at.recorder.hops[:2]
    assert call.parent_id == delivery.id
    assert call.roots == delivery.roots == (await at.order("o1"),)


@pytest.mark.parametrize(
    ("error", "becomes", "error_class"),
    [
        (BUSY, "PENDING", "TRANSIENT"),
        (SourceBusy("429", throttled=True), "PENDING", "THROTTLED"),
        (SourceMisset("no permission"), "PENDING", "AUTH"),
        (SourceRefused("it is shipped"), "REFUSED", "REJECTED_BY_TARGET"),
        (LOST, "UNKNOWN", "TRANSIENT"),
        (SourceGarbled("no JSON"), "UNKNOWN", "TRANSIENT"),
        (KeyError("a bug"), "UNKNOWN", "TRANSIENT"),
    ],
)
async def test_each_way_to_fail_has_its_state(at: Station, error: Exception, becomes: str, error_class: str) -> None:
    at.shop.fail(Fault(verb="execute", error=error))
    await at.turn(at.deliveries)
    row = await at.delivery()
    assert (row["state"], row["error_class"], row["attempts"]) == (becomes, error_class, 1)
    assert row["error"]
    assert at.shop.effects == []


async def test_eight_answers_that_nothing_happened_make_a_dead_letter(at: Station) -> None:
    at.shop.fail(*(Fault(verb="execute", error=BUSY) for _ in range(8)))
    for attempt in range(1, 9):
        await at.now_or_never()
        await at.turn(at.deliveries)
        assert await state(at) == ("DEAD" if attempt == 8 else "PENDING", attempt)
    await at.now_or_never()
    await at.turn(at.deliveries)
    assert await state(at) == ("DEAD", 8)
    assert len(at.shop.requests) == 8


async def test_a_lost_answer_is_asked_for_after_its_time_and_never_sent_again(at: Station) -> None:
    at.shop.fail(Fault(verb="execute", error=LOST, has_effect=True))
    await at.turn(at.deliveries)
    row = await at.delivery()
    assert row["state"] == "UNKNOWN"
    assert row["hold_until"] > row["updated_at"]
    await at.turn(at.deliveries)
    assert at.shop.requests == ["execute"]
    await at.now_or_never()
    await at.turn(at.deliveries)
    assert await state(at) == ("DONE", 1)
    assert at.shop.requests == ["execute", "resolve"]
    assert len(at.shop.effects) == 1


async def test_a_request_that_was_lost_on_its_way_is_sent_again_after_a_look(at: Station) -> None:
    at.shop.fail(Fault(verb="execute", error=LOST))
    await at.turn(at.deliveries)
    await at.now_or_never()
    await at.turn(at.deliveries)
    assert await state(at) == ("PENDING", 1)
    await at.now_or_never()
    await at.turn(at.deliveries)
    assert await state(at) == ("DONE", 2)
    assert at.shop.requests == ["execute", "resolve", "execute"]
    assert len(at.shop.effects) == 1


async def test_while_the_source_cannot_be_asked_the_row_stays_unknown(at: Station) -> None:
    at.shop.fail(Fault(verb="execute", error=LOST), Fault(verb="resolve", error=BUSY))
    await at.turn(at.deliveries)
    await at.now_or_never()
    await at.turn(at.deliveries)
    assert await state(at) == ("UNKNOWN", 1)
    await at.turn(at.deliveries)
    assert await state(at) == ("PENDING", 1)


async def test_a_look_that_is_never_understood_goes_to_a_person(at: Station) -> None:
    at.shop.fail(Fault(verb="execute", error=LOST))
    at.shop.fail(*(Fault(verb="resolve", error=SourceGarbled("html")) for _ in range(8)))
    await at.turn(at.deliveries)
    for _ in range(8):
        assert await state(at) == ("UNKNOWN", 1)
        await at.now_or_never()
        await at.turn(at.deliveries)
    assert await state(at) == ("REVIEW", 1)


async def test_half_an_effect_is_finished_and_never_withdrawn(at: Station) -> None:
    at.shop.fail(Fault(verb="execute", error=LOST))
    await at.turn(at.deliveries)
    at.shop.change("o1", cancelled=1)
    await at.now_or_never()
    await at.turn(at.deliveries)
    row = await at.delivery()
    assert (row["state"], row["has_begun"]) == ("PENDING", True)
    await at.now_or_never()
    await at.turn(at.deliveries)
    row = await at.delivery()
    assert (row["state"], row["has_begun"], at.shop.orders["o1"].cancelled) == ("DONE", True, 3)


async def test_an_open_breaker_costs_no_attempt(at: Station) -> None:
    at.shop.fail(*(Fault(verb="read", error=BUSY) for _ in range(10)))
    for number in range(10):
        await at.see(f"x{number}")
    assert at.gate.state.breaker == "OPEN"
    at.shop.requests.clear()
    await at.turn(at.deliveries)
    assert await state(at) == ("PENDING", 0)
    assert at.shop.requests == []


async def test_an_inbound_record_that_shows_the_whole_effect_settles_the_row(at: Station) -> None:
    at.shop.fail(Fault(verb="execute", error=LOST, has_effect=True))
    await at.turn(at.deliveries)
    assert await state(at) == ("UNKNOWN", 1)
    await at.see("o1")
    assert await state(at) == ("DONE", 1)
    await at.now_or_never()
    await at.turn(at.deliveries)
    assert at.shop.requests == ["execute", "read"]
