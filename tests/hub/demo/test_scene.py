"""The scene: one story told by three systems that know nothing of each other, the same at each start."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from hub.clock import SystemClock
from hub.demo import pinned
from hub.demo.cast import PARTS
from hub.demo.director import Play
from hub.demo.plot import CART, STAGES, Cue
from hub.demo.scene import Scene, make_scene
from sources.tryton_erp.rehearsal.records import Sale
from sources.tryton_wms.rehearsal.state import OUT, PACKAGE

SMALL = replace(PARTS[0], orders=160, customers=150, products=20)


@pytest.fixture(scope="module")
async def scene() -> AsyncIterator[Scene]:
    """A small one, read only."""
    made = make_scene(SMALL, SystemClock())
    yield made
    await made.trio.close()


def sale(scene: Scene, number: str) -> Sale:
    """The ERP's sale of a number."""
    found: Sale = next(one for one in scene.trio.erp.erp.books.tables[Sale.model].values() if one.number == number)
    return found


def play(scene: Scene, number: str) -> Play:
    """The order behind a number of the ERP."""
    return next(cue.play for cue in scene.cues if cue.play.sale is not None and cue.play.sale.number == number)


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


async def test_a_typed_purchase_order_is_split_over_two_warehouses_and_short(scene: Scene) -> None:
    one = play(scene, "SO-10042")
    assert (one.order, one.po) == (None, pinned.PO)
    first, second = one.legs
    assert (first.done.state, first.asked.state, first.tracking) == ("done", "done", pinned.TRACKING)
    assert (second.done.state, second.asked.state, second.asked.warehouse.code) == ("waiting", "waiting", "WH-EAST")
    wms = scene.trio.wms
    assigned = [move.quantity for move in wms.work.inventory(second.done) if move.state == "assigned"]
    assert assigned == [Decimal(2)]
    assert one.sale is not None
    assert one.sale.shipment_state == "partially shipped"


async def test_a_return_is_authorised_for_three_and_has_not_come(scene: Scene) -> None:
    one = play(scene, pinned.RETURNED)
    assert one.back is not None
    assert (one.back.reference, one.back.origin) == (pinned.RMA, one.sale)
    assert [(line.product.code, line.quantity) for line in one.back.lines if line.product] == [("MUG", -3.0)]
    assert [shipment.state for shipment in one.back.shipment_returns] == ["draft"]
    assert scene.trio.wms.scene.find(pinned.RMA).state == "draft"


async def test_one_order_is_released_one_only_quoted_and_one_invoiced(scene: Scene) -> None:
    released, quoted, invoiced = (play(scene, one) for one in (pinned.RELEASED, pinned.CANCELLABLE, pinned.INVOICED))
    assert [leg.done.state for leg in released.legs] == ["waiting"]
    assert quoted.sale is not None
    assert (quoted.sale.state, quoted.legs) == ("quotation", [])
    assert invoiced.sale is not None
    assert [(one.number, one.state) for one in invoiced.sale.invoices] == [(pinned.INVOICE, "posted")]


async def test_thirty_seven_orders_want_what_nobody_has_mapped(scene: Scene) -> None:
    wanting = [cue.play for cue in scene.cues if any(sku == "FLOUR-25KG" for sku, _ in cue.play.lines)]
    assert len(wanting) == pinned.BLOCKED == 37
    assert {(one.sale, one.order and one.order.state) for one in wanting} == {(None, "PaymentSettled")}
    assert "FLOUR-25KG" not in scene.trio.erp.erp.products


async def test_317_is_a_shipment_a_party_and_a_package(scene: Scene) -> None:
    tables = scene.trio.wms.depot.tables
    numbers = [getattr(row, "number", "") for row in tables.rows(OUT)]
    codes = [getattr(row, "code", "") for row in tables.rows(PACKAGE)]
    assert (numbers.count("317"), codes.count("317"), "317" in scene.trio.erp.erp.parties) == (1, 1, True)
    assert [leg.done.number for leg in play(scene, "SO-10042").legs] == ["317", "318"]


async def test_the_other_tenant_has_no_pinned_stories() -> None:
    made = make_scene(PARTS[1], SystemClock())
    assert len(placed(made)) == 40
    assert not {cue.stage.name for cue in made.cues} & {"pinned", "blocked"}
    await made.trio.close()
