"""The scene: one story told by three systems that know nothing of each other, the same at each start."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from hub.clock import SystemClock
from hub.demo.cast import PARTS
from hub.demo.plot import CART, STAGES, Cue
from hub.demo.scene import Scene, make_scene
from tests.hub.demo.conftest import SMALL


def placed(scene: Scene) -> list[Cue]:
    """The orders, carts left out."""
    return [cue for cue in scene.cues if cue.stage is not CART]


async def test_there_are_as_many_orders_as_were_asked_for_in_every_stage(scene: Scene) -> None:
    assert len(placed(scene)) == SMALL.orders
    assert {cue.stage.name for cue in scene.cues} >= {stage.name for stage in STAGES} | {"pinned", "blocked"}


async def test_whatever_three_systems_hold_of_an_order_is_joined_by_references(scene: Scene) -> None:
    for cue in placed(scene):
        one = cue.play
        if one.sale is not None:
            assert one.sale.reference == (one.order.code if one.order else one.po)
        for leg in one.legs:
            assert leg.done.reference == f"{one.reference}/{leg.asked.number}"
            assert (leg.parcel.tracking if leg.parcel else leg.tracking) == leg.tracking


async def test_totals_of_shop_and_erp_are_equal_before_tax(scene: Scene) -> None:
    both = [
        (one.order.total, one.sale.untaxed_amount)
        for one in (cue.play for cue in scene.cues if cue.stage.name in ("entered", "closed", "short"))
        if one.order is not None and one.sale is not None
    ]
    assert both
    assert all(Decimal(cents) / 100 == euros for cents, euros in both)


async def test_history_lies_in_the_past(scene: Scene) -> None:
    now = scene.trio.clock.now()
    moments = [order.placed_at for order in scene.trio.shop.shop.orders.values() if order.placed_at]
    assert now - timedelta(days=31) < min(moments) < max(moments) < now


async def test_the_same_seed_makes_the_same_scene(scene: Scene) -> None:
    again = make_scene(SMALL, SystemClock())
    assert [told(cue) for cue in again.cues] == [told(cue) for cue in scene.cues]
    await again.trio.close()


def told(cue: Cue) -> tuple[object, ...]:
    """What a start must repeat of an order."""
    one = cue.play
    legs = [(leg.asked.number, leg.done.number, leg.tracking, leg.done.state) for leg in one.legs]
    return cue.stage.name, one.buyer.email, one.lines, one.order and one.order.code, one.sale and one.sale.number, legs


async def test_the_other_tenant_has_no_pinned_stories() -> None:
    made = make_scene(PARTS[1], SystemClock())
    assert len(placed(made)) == 40
    assert not {cue.stage.name for cue in made.cues} & {"pinned", "blocked"}
    await made.trio.close()
