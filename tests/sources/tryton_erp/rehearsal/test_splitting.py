"""A shipment divided over two warehouses."""

from __future__ import annotations

import pytest

from sources.tryton_erp.rehearsal.refusal import Refusal
from sources.tryton_erp.rehearsal.splitting import split_off
from sources.tryton_erp.rehearsal.stand import Stand


def test_part_of_a_shipment_leaves_another_warehouse(stand: Stand) -> None:
    erp = stand.erp
    sale = stand.scene.take_over("CODE", [("MUG", 5, "7.50"), ("TSHIRT-M", 3, "19.90")])
    (first,) = sale.shipments
    second = split_off(erp, sale, first, {"TSHIRT-M"}, "WH-EAST")
    told = [
        (one.warehouse.code, one.state, [(move.product.code, move.quantity) for move in one.outgoing_moves])
        for one in sale.shipments
    ]
    assert told == [("WH", "waiting", [("MUG", 5.0)]), ("WH-EAST", "waiting", [("TSHIRT-M", 3.0)])]
    assert second.number != first.number
    assert [move.from_location.warehouse for move in second.inventory_moves] == [erp.warehouses["WH-EAST"]]
    erp.send(first)
    assert (sale.shipment_state, second.state) == ("partially shipped", "waiting")
    erp.send(second)
    assert sale.shipment_state == "sent"


def test_what_has_left_is_not_divided(stand: Stand) -> None:
    sale = stand.scene.take_over("CODE", [("MUG", 5, "7.50")])
    stand.erp.send(sale.shipments[0])
    with pytest.raises(Refusal, match="can not split"):
        split_off(stand.erp, sale, sale.shipments[0], {"MUG"}, "WH-EAST")
