"""Traffic: orders move one step at a time through all three systems, and the pinned ones stand still."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from hub.clock import SystemClock
from hub.demo.cast import PARTS
from hub.demo.director import Play
from hub.demo.plot import RUNGS
from hub.demo.scene import Scene, make_scene

STEPS = 150


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    made = make_scene(replace(PARTS[0], orders=60, customers=150, products=20), SystemClock())
    yield made
    await made.trio.close()


def stand(play: Play) -> tuple[object, ...]:
    """Where an order stands, told by whoever holds it."""
    sale = play.sale and (play.sale.state, play.sale.shipment_state, play.sale.invoice_state)
    return play.order and play.order.state, sale, [leg.done.state for leg in play.legs]


async def test_one_order_moves_at_a_time_and_the_pinned_ones_never(scene: Scene) -> None:
    still = [cue.play for cue in scene.cues if cue.stage.name in ("pinned", "blocked")]
    before = [stand(play) for play in still]
    orders = scene.trio.shop.shop.orders
    known = len(orders)
    moved = {scene.traffic.step() for _ in range(STEPS)}
    assert [stand(play) for play in still] == before
    assert moved.isdisjoint({play.reference for play in still})
    assert known < len(orders) < known + STEPS


async def test_an_order_of_one_company_goes_all_the_way_and_then_a_new_one_begins(scene: Scene) -> None:
    acme = [cue.play for cue in scene.cues if cue.play.buyer.party == "ACME" and cue.stage.is_moving]
    most = (len(acme) + 1) * len(RUNGS)
    moved = [scene.traffic.step_of("ACME") for _ in range(most)]
    assert set(moved) >= {play.reference for play in acme}
    assert len(set(moved)) > len(acme)
    for play in acme:
        assert play.sale is not None
        assert (play.sale.state, {leg.done.state for leg in play.legs}) == ("done", {"done"})
        assert play.order is None or play.order.state == "Delivered"
