"""Units of a return as each system should have them."""

from __future__ import annotations

from dataclasses import replace

from hub.flow.facts import ItemCode
from hub.flow.returns.goods import (
    allowed_goods,
    back_in_all,
    came_goods,
    disposed_goods,
    received_units,
    units_by_item,
)
from hub.model.returns import Disposition
from tests.kit.facts import ERP, WMS, d
from tests.kit.flows import order_of
from tests.kit.returned import after, allowed, came, looked, returned


def test_each_system_has_its_own_lines_and_items() -> None:
    known = after(came(3), looked(2), looked(1, Disposition.RESTOCK), known=allowed())
    found, order = returned(known), order_of(known)
    coded = replace(known, codes={(WMS, "MUG"): ItemCode(code="M-1", factor=d(1), unit="EA")})
    (line,) = allowed_goods(found, order, coded, WMS)
    assert (line.sku, line.unit, line.line, line.quantity) == ("M-1", "EA", None, d(3))
    (line,) = allowed_goods(found, order, known, ERP)
    assert (line.sku, line.line, line.unit_price is not None) == ("MUG", "70", True)
    there = next(one for one in known.records if one.source == WMS)
    assert [(one.line, one.quantity) for one in came_goods(found, order, known, there)] == [("wmsMUG", d(3))]
    told = [(one.disposition, one.quantity) for one in disposed_goods(found, known, there)]
    assert told == [(Disposition.SCRAP, d(2)), (Disposition.RESTOCK, d(1))]
    shop = next(one for one in known.records if one.source == "shop" and one.kind.value == "ORDER")
    assert [(one.line, one.quantity) for one in back_in_all(order, known.documents, known, shop)] == [("a", d(3))]


def test_units_are_counted_item_by_item() -> None:
    assert units_by_item([("A", d(1)), ("A", d(2)), (None, None)]) == {"A": d(3), "": d(0)}
    assert dict(received_units(returned(after(came(2), known=allowed())))) == {"MUG": d(2)}
