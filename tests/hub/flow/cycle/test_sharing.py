"""One ERP shipment and one invoice for two managed orders: told once in all, whichever order is looked at first."""

from __future__ import annotations

from dataclasses import replace

from hub.flow.facts import KeptRecord, RootFacts
from hub.model.effects import ShipGoods
from hub.model.intents import Intent
from hub.model.observation import line_key
from hub.model.vocabulary import Kind
from tests.kit.facts import ERP, at, d, line, link
from tests.kit.flows import flowing
from tests.kit.managed import (
    ERP_SHIP,
    INVOICE,
    SHOP_SHIP,
    erp_shipment,
    invoice,
    managed,
    sale,
    shop_order,
    units_of,
    wms_shipment,
)

BOTH = (link("o1", Kind.ORDER), link("o2", Kind.ORDER))


def common(record: KeptRecord, *units: int, lines: tuple[str, str] = ("80", "81")) -> KeptRecord:
    """A document of the ERP's, or of the warehouse's, that serves both orders: a line for each."""
    parts = tuple(
        replace(line(name, many), target=line_key(ERP, Kind.ORDER, sold))
        for name, many, sold in zip(lines, units, ("70", "71"), strict=True)
    )
    return replace(record, links=BOTH, content=replace(record.content, lines=parts))


def seen_by(order: str, *documents: KeptRecord) -> RootFacts:
    """The facts of one of the two orders, of two units and of three; what they share is under neither."""
    units, name, sold = {"o1": (2, "a", "70"), "o2": (3, "b", "71")}[order]
    own = [replace(one, entity_id=order, source_id=order) for one in (shop_order(units), sale(units))]
    ids = zip(own, (name, sold), strict=True)
    own = [
        replace(one, content=replace(one.content, lines=(replace(one.content.lines[0], id=at_),))) for one, at_ in ids
    ]
    entities = {order: Kind.ORDER}
    known = managed(*own, *documents, entities=entities, members=frozenset(entities), now=at(500))
    return replace(known, root_id=order)


def left(first: int = 2, second: int = 3) -> tuple[KeptRecord, KeptRecord]:
    """The ERP's shipment of both, and the warehouse's, which has left."""
    gone = wms_shipment(first + second, status="SHIPPED")
    return common(erp_shipment(), 2, 3), replace(gone, links=())


def asked(order: str, *documents: KeptRecord) -> dict[str, Intent]:
    return {one.key: one for one in flowing(seen_by(order, *documents)).intents if "/fulfil:" not in one.key}


def test_the_erp_hears_of_a_consolidated_shipment_once_with_the_goods_of_all_and_each_shop_order_of_its_own() -> None:
    first, second = asked("o1", *left()), asked("o2", *left())
    assert (sorted(first), sorted(second)) == ([ERP_SHIP, SHOP_SHIP], [SHOP_SHIP])
    told = first[ERP_SHIP].content
    assert isinstance(told, ShipGoods)
    assert units_of(*told.lines) == [("80", d(2)), ("81", d(3))]
    assert [one.line_no for one in told.lines] == [1, 0]
    for intents, units in ((first, [("a", d(2))]), (second, [("b", d(3))])):
        part = intents[SHOP_SHIP].content
        assert isinstance(part, ShipGoods)
        assert units_of(*part.lines) == units
    assert first[SHOP_SHIP].source_id != second[SHOP_SHIP].source_id


def test_what_left_short_is_told_as_it_left_the_first_planned_first() -> None:
    told = asked("o1", *left(2, 1))[ERP_SHIP].content
    assert isinstance(told, ShipGoods)
    assert units_of(*told.lines) == [("80", d(2)), ("81", d(1))]


def test_nothing_is_told_of_what_has_not_left_or_has_been_told() -> None:
    planned, gone = left()
    waits = replace(gone, content=replace(gone.content, status="PACKED"))
    shown = replace(planned, content=replace(planned.content, status="SHIPPED"))
    assert asked("o1", planned, waits) == {}
    assert ERP_SHIP not in asked("o1", shown, gone)


def test_a_summary_invoice_is_posted_once_when_the_goods_of_all_have_left() -> None:
    bill = common(invoice(), 2, 3, lines=("60", "61"))
    first, second = asked("o1", *left(), bill), asked("o2", *left(), bill)
    assert (INVOICE in first, INVOICE in second) == (True, False)
    assert INVOICE not in asked("o1", *left(2, 1), bill)
    posted = replace(bill, content=replace(bill.content, status="POSTED"))
    assert INVOICE not in asked("o1", *left(), posted)
