"""The stories that documents name: as the surface tells them, whatever the crowd around them."""

from __future__ import annotations

from decimal import Decimal

from hub.demo import pinned
from hub.demo.director import Play
from hub.demo.scene import Scene
from sources.tryton_wms.rehearsal.state import OUT, PACKAGE


def play(scene: Scene, number: str) -> Play:
    """The order behind a number of the ERP."""
    return next(cue.play for cue in scene.cues if cue.play.sale is not None and cue.play.sale.number == number)


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
