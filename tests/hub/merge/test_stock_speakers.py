"""Whose figure counts: warehouses for what lies there, the ERP for what is to come, shops never."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from hub.merge.stock_speakers import asked_of, claim_of, counted, holder, speaking
from hub.model.inventory import QuantityName
from hub.store.stock import ReservationRow, StockRow
from tests.kit.merging import ERP, SHOP, START, WMS, at, landscape
from tests.kit.stock import MUG, WH, kept, stock_of

N = QuantityName
HERE = landscape()


def row(source: str, name: QuantityName, value: int = 1) -> StockRow:
    return StockRow(root_id="p", sku=MUG, warehouse=WH, source=source, name=name, value=Decimal(value))


def claim(quantity: int, acknowledged: float | None = None) -> ReservationRow:
    then = None if acknowledged is None else at(acknowledged)
    return ReservationRow(
        id="r", root_id="o", line="1", sku=MUG, warehouse=WH, quantity=Decimal(quantity), acknowledged_at=then
    )


def who(*rows: StockRow) -> dict[QuantityName, str]:
    return {name: told.source for name, told in speaking(rows, HERE).items()}


@pytest.mark.parametrize("name", [N.ON_HAND, N.DAMAGED, N.PICKED, N.ALLOCATED, N.QUALITY_HOLD])
def test_the_warehouse_speaks_for_what_lies_there_and_the_erp_where_it_is_silent(name: QuantityName) -> None:
    assert who(row(ERP, name), row(WMS, name), row(SHOP, name)) == {name: WMS}
    assert who(row(SHOP, name), row(ERP, name)) == {name: ERP}


@pytest.mark.parametrize("name", [N.ON_ORDER, N.IN_TRANSIT_IN, N.SAFETY_STOCK])
def test_the_erp_speaks_for_what_is_planned(name: QuantityName) -> None:
    assert who(row(WMS, name), row(ERP, name)) == {name: ERP}


@pytest.mark.parametrize("name", list(QuantityName))
def test_a_shop_and_a_source_that_is_not_configured_never_speak(name: QuantityName) -> None:
    assert who(row(SHOP, name), row("retired", name)) == {}


def test_nobody_speaks_for_what_another_system_calls_available() -> None:
    assert who(row(WMS, N.AVAILABLE), row(ERP, N.AVAILABLE)) == {}


def test_who_tells_what_is_allocated_holds_what_was_acknowledged() -> None:
    assert holder(speaking([row(WMS, N.ON_HAND), row(ERP, N.ALLOCATED)], HERE)) == ERP
    assert holder(speaking([row(WMS, N.ON_HAND), row(ERP, N.ON_HAND)], HERE)) == WMS
    assert holder({}) is None


@pytest.mark.parametrize(
    ("asked", "since"),
    [((0.0, 5.0), at(0)), ((5.0, None), None), ((), None)],
)
def test_figures_were_asked_for_when_the_oldest_of_them_was(
    asked: tuple[float | None, ...], since: datetime | None
) -> None:
    told = [kept(WMS, stock_of(on_hand=1), str(place), started) for place, started in enumerate(asked)]
    others = [kept(ERP, stock_of(on_hand=1), started=-9)]
    assert asked_of([*told, *others], WMS) == since


def test_what_is_in_flight_comes_on_top_of_what_is_told_to_be_reserved() -> None:
    told = speaking([row(WMS, N.ON_HAND, 10), row(WMS, N.RESERVED, 2)], HERE)
    claims = [claim(3), claim(4, acknowledged=5)]
    assert counted(told, claims, at(0), START) == {N.ON_HAND: 10, N.RESERVED: 9}
    assert counted(told, claims, at(6), START) == {N.ON_HAND: 10, N.RESERVED: 5}
    assert counted(told, [], None, START) == {N.ON_HAND: 10, N.RESERVED: 2}
    assert claim_of(claims[1]).acknowledged_at == at(5)
