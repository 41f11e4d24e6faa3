"""Stock, moves and shipments by Tryton's rules."""

import pytest

from sources.tryton_erp.rehearsal.erp import Erp
from sources.tryton_erp.rehearsal.records import Sale
from sources.tryton_erp.rehearsal.refusal import Refusal
from tests.kit.clock import StoppedClock


def laptops(erp: Erp, units: int) -> Sale:
    return erp.process(erp.sell("CODE", [("LAPTOP", units, "899.00")]))


def free(erp: Erp, sku: str = "LAPTOP") -> tuple[float, float]:
    places = [erp.warehouses["WH"]]
    return erp.goods.quantity(erp.products[sku], places), erp.goods.forecast(erp.products[sku], places)


def test_what_is_assigned_is_not_free_any_more_and_what_is_promised_may_be_less_than_nothing(erp: Erp) -> None:
    assert free(erp) == (3.0, 3.0)
    sale = laptops(erp, 5)
    assert free(erp) == (3.0, -2.0)
    erp.goods.assign_try(sale.shipments[0])
    assert free(erp) == (0.0, -2.0)


def test_too_little_stock_splits_moves_and_leaves_the_header_alone(erp: Erp, clock: StoppedClock) -> None:
    shipment = laptops(erp, 5).shipments[0]
    stamp = shipment.write_date
    clock.move(60)
    erp.goods.assign_try(shipment)
    assert (shipment.state, shipment.partially_assigned, shipment.write_date) == ("waiting", True, stamp)
    assert [(move.quantity, move.state) for move in shipment.inventory_moves] == [(3.0, "assigned"), (2.0, "draft")]


def test_what_was_dropped_becomes_a_back_order_by_itself(erp: Erp) -> None:
    sale = laptops(erp, 5)
    erp.send(sale.shipments[0], "3SBPT1")
    assert sale.shipment_state == "partially shipped"
    assert [(one.state, sum(move.quantity for move in one.outgoing_moves)) for one in sale.shipments] == [
        ("done", 3.0), ("waiting", 2.0),
    ]  # fmt: skip
    assert [package.shipping_reference for package in sale.shipments[0].packages] == ["3SBPT1"]
    assert sale.shipments[0].packages[0].moves == sale.shipments[0].outgoing_moves


def test_a_line_without_any_stock_moves_to_a_shipment_of_its_own(erp: Erp) -> None:
    erp.stock("LAPTOP", "WH", 0)
    sale = erp.process(erp.sell("CODE", [("MUG", 1, "7.50"), ("LAPTOP", 1, "899.00")]))
    erp.send(sale.shipments[0])
    assert [[move.product.code for move in one.outgoing_moves] for one in sale.shipments] == [["MUG"], ["LAPTOP"]]


def test_shipped_is_not_done_and_cancelled_goods_lie_on_the_shelf_again(erp: Erp) -> None:
    sale = laptops(erp, 2)
    shipment = sale.shipments[0]
    goods = erp.goods
    goods.assign_try(shipment)
    goods.pick(shipment)
    goods.pack(shipment)
    goods.ship(shipment)
    assert ([move.state for move in shipment.outgoing_moves], sale.shipment_state) == (["assigned"], "waiting")
    goods.do(shipment)
    assert (sale.shipment_state, free(erp)) == ("sent", (1.0, 1.0))
    with pytest.raises(Refusal, match=r'can not call "cancel" on ".*" of "Stock Shipment Out"'):
        goods.cancel(shipment)
    other = laptops(erp, 1)
    goods.assign_try(other.shipments[0])
    goods.cancel(other.shipments[0])
    assert (other.shipment_state, free(erp)[0]) == ("exception", 1.0)


def test_what_comes_back_lands_at_the_door_and_is_then_put_away(erp: Erp) -> None:
    sale = laptops(erp, 2)
    erp.send(sale.shipments[0])
    back = erp.take_back(sale, "CODE-R1", [("LAPTOP", 1)])
    (shipment,) = back.shipment_returns
    assert (shipment.state, len(shipment.incoming_moves)) == ("draft", 1)
    erp.goods.receive(shipment)
    assert (shipment.state, [move.state for move in shipment.moves]) == ("received", ["done", "draft"])
    erp.goods.do(shipment)
    assert (shipment.state, back.shipment_state, free(erp)[0]) == ("done", "sent", 2.0)


def test_a_transfer_goes_through_transit(erp: Erp) -> None:
    transfer = erp.transfer("WH", "WH-EAST", [("LAPTOP", 2)])
    states = []
    while transfer.state != "done":
        states.append(transfer.state)
        erp.goods.step_transfer(transfer)
    assert states == ["request", "draft", "waiting", "assigned", "packed", "shipped"]
    assert [move.state for move in transfer.moves] == ["done", "done"]
    assert erp.goods.quantity(erp.products["LAPTOP"], [erp.warehouses["WH-EAST"]]) == 4.0
    with pytest.raises(Refusal):
        erp.goods.step_transfer(transfer)


def test_a_place_without_parts_cannot_ship(erp: Erp) -> None:
    sale = erp.sell("CODE", [("MUG", 1, "7.50")])
    sale.warehouse.output_location = None
    erp.selling.quote(sale)
    with pytest.raises(Refusal, match="no output location"):
        erp.selling.confirm(sale)


def test_more_that_comes_back_than_was_agreed_is_not_sent_out_again(erp: Erp) -> None:
    back = erp.process(erp.sell("CODE-R1", [("MUG", -2, "7.50")]))
    (shipment,) = back.shipment_returns
    shipment.incoming_moves[0].quantity = 3.0
    erp.goods.receive(shipment)
    erp.selling.process(back)
    assert (back.shipments, len(back.shipment_returns)) == ([], 1)
