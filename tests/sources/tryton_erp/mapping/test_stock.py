"""Stock figures and transfers."""

from decimal import Decimal

import pytest

from hub.model.inventory import QuantityName
from hub.model.observation import NaturalKey, SourceQuantities
from hub.model.vocabulary import Kind
from sources.tryton_erp.mapping.stock import (
    TRANSFERS,
    Figures,
    position_id,
    position_of,
    seen_of_figures,
    seen_of_transfer,
)
from sources.tryton_erp.rehearsal.rpc import SELECTIONS
from sources.tryton_erp.wire import Coded, Row, TrytonStock, TrytonTransfer, TrytonTransferMove, TrytonUnit
from tests.sources.tryton_erp.made import DAY, DAY_AT, MADE, MADE_AT, READING, goods


def test_a_position_is_a_warehouse_and_an_item() -> None:
    assert position_of(position_id(5, 3)) == (5, 3)
    assert [position_of(strange) for strange in ("5", "5-", "-3", "a-b", "1-2-3", "²-3")] == [None] * 6


def test_what_is_assigned_still_lies_there() -> None:
    row = TrytonStock(id=3, code="FLOUR", default_uom=TrytonUnit(id=2, symbol="kg"), quantity=Decimal("260.25"))
    seen = seen_of_figures(Figures(warehouse=5, code="WH", row=row, assigned=Decimal("10.0")), READING)
    assert (seen.kind, seen.source_id) == (Kind.INVENTORY, "5-3")
    assert seen.content is not None
    assert seen.content.inventory is not None
    figures = seen.content.inventory.figures
    assert figures is not None
    assert {one.name: str(one.value) for one in figures.told} == {
        QuantityName.ON_HAND: "260.25", QuantityName.ALLOCATED: "10", QuantityName.AVAILABLE: "250.25",
    }  # fmt: skip
    assert figures.unit == "KGM"
    assert seen.content.refers == (
        NaturalKey(scheme="product.sku", value="FLOUR"), NaturalKey(scheme="warehouse.code", value="WH"),
    )  # fmt: skip


def moved(one: int, state: str) -> TrytonTransferMove:
    return TrytonTransferMove(
        id=one,
        create_date=MADE,
        state=state,
        product=goods(),
        quantity=Decimal("4.0"),
        unit=TrytonUnit(id=1, symbol="u"),
    )


def transfer(state: str, out: str, come: str | None) -> TrytonTransfer:
    moves = [moved(1, out), *([moved(2, come)] if come else [])]
    return TrytonTransfer(
        id=6, create_date=MADE, number="8", state=state, planned_date=DAY, effective_start_date=DAY, effective_date=DAY,
        warehouse=Coded(id=5, code="WH"), to_warehouse=Coded(id=9, code="WH-EAST"), moves=moves,
        outgoing_moves=[Row(id=1)], incoming_moves=[Row(id=2 if come else 1)],
    )  # fmt: skip


@pytest.mark.parametrize("state", SELECTIONS["stock.shipment.internal", "state"])
def test_every_state_of_a_transfer_is_mapped(state: str) -> None:
    content = seen_of_transfer(transfer(state, "draft", "draft"), READING)[0].content
    assert content is not None
    assert (content.raw_status, content.status) == (state, TRANSFERS[state].value)


def test_a_transfer_tells_from_where_to_where_and_what_is_on_the_way() -> None:
    (seen,) = seen_of_transfer(transfer("shipped", "done", "draft"), READING)
    content = seen.content
    assert content is not None
    assert content.transfer is not None
    request, execution = content.transfer.request, content.transfer.execution
    assert request is not None
    assert execution is not None
    assert (request.from_warehouse, request.to_warehouse) == ("WH", "WH-EAST")
    assert (request.requested_at, request.expected_at) == (MADE_AT, DAY_AT)
    assert (execution.shipped_at, execution.received_at) == (DAY_AT, None)
    assert [line.quantities for line in content.lines] == [
        SourceQuantities(ordered=Decimal(4), shipped=Decimal(4), delivered=Decimal(0))
    ]
    assert [key.value for key in content.refers] == ["WH", "WH-EAST"]


def test_without_a_way_between_one_move_leaves_and_arrives() -> None:
    content = seen_of_transfer(transfer("done", "done", None), READING)[0].content
    assert content is not None
    assert [line.quantities for line in content.lines] == [
        SourceQuantities(ordered=Decimal(4), shipped=Decimal(4), delivered=Decimal(4))
    ]


def test_a_strange_state_is_unknown_and_what_was_cancelled_is_left_out() -> None:
    given = transfer("lost", "cancelled", "draft")
    content = seen_of_transfer(given, READING)[0].content
    assert content is not None
    assert (content.status, [line.quantities.ordered for line in content.lines]) == ("UNKNOWN", [Decimal(4)])
