"""From kept records to narrow rows and the ledger between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from hub.merge.stocktake import Figure, Ledger, figures_of, movements, position_of, supplies_of
from hub.model.ids import position_id
from hub.model.inventory import MovementType, QuantityName, StockSupply
from hub.store.stock import StockRow
from tests.kit.merging import ERP, START, WMS, at
from tests.kit.stock import EAST, MUG, WH, kept, stock_of

POSITION = position_id(MUG, WH)
N = QuantityName
values = st.decimals(min_value=-1000, max_value=1000, places=3)
told = st.dictionaries(
    st.builds(Figure, st.sampled_from([ERP, WMS]), st.sampled_from(QuantityName)), values, max_size=6
)


def ledger() -> Ledger:
    numbers: Iterator[int] = count(1)
    return Ledger(correlation_id="c", at=START, mint=lambda: str(next(numbers)))


def rows(said: dict[Figure, Decimal]) -> dict[Figure, StockRow]:
    return {
        key: StockRow(root_id=POSITION, sku=MUG, warehouse=WH, source=key.source, name=key.name, value=value)
        for key, value in said.items()
    }


def test_a_content_is_about_the_item_and_the_warehouse_that_it_names() -> None:
    assert position_of(stock_of(MUG, EAST)) == position_id(MUG, EAST)
    assert position_of(replace(stock_of(), refers=stock_of().refers[:1])) is None


def test_figures_are_those_of_live_records_and_parts_are_added_up() -> None:
    said = [
        kept(WMS, stock_of(on_hand=3), source_id="bin-1"),
        kept(WMS, stock_of(on_hand="4.25", damaged=1), source_id="bin-2"),
        kept(WMS, stock_of(on_hand=9), source_id="bin-3", gone_at=at(5)),
        kept(ERP, stock_of(on_hand=8)),
    ]
    found = figures_of(POSITION, said)
    assert {key: row.value for key, row in found.items()} == {
        (WMS, N.ON_HAND): Decimal("7.25"),
        (WMS, N.DAMAGED): 1,
        (ERP, N.ON_HAND): 8,
    }
    assert {(row.root_id, row.sku, row.warehouse) for row in found.values()} == {(POSITION, MUG, WH)}


def test_what_names_no_position_has_no_figures() -> None:
    assert figures_of("source:erp", [kept(WMS, stock_of(on_hand=3))]) == {}


def test_supplies_are_those_of_live_records_by_source() -> None:
    coming = StockSupply(safety_stock=Decimal(2))
    said = [
        kept(ERP, stock_of(supply=coming)),
        kept(WMS, stock_of(supply=coming), gone_at=at(5)),
        kept(WMS, stock_of()),
    ]
    assert supplies_of(said) == {ERP: [coming]}


def test_the_first_figure_is_a_count_and_later_ones_say_as_much_as_figures_can() -> None:
    first = movements({}, rows({Figure(WMS, N.ON_HAND): Decimal(0)}), ledger())
    assert [(one.type, int(one.delta), int(one.quantity_after)) for one in first] == [(MovementType.COUNT, 0, 0)]
    before = rows({Figure(WMS, name): Decimal(5) for name in (N.ALLOCATED, N.ON_HAND, N.DAMAGED, N.ON_ORDER)})
    after = rows({Figure(WMS, N.ALLOCATED): Decimal(6), Figure(WMS, N.DAMAGED): Decimal(7)})
    said = {one.name: (one.type, int(one.delta), int(one.quantity_after)) for one in movements(before, after, ledger())}
    assert said == {
        N.ALLOCATED: (MovementType.ALLOCATE, 1, 6),
        N.DAMAGED: (MovementType.STATUS_CHANGE, 2, 7),
        N.ON_HAND: (MovementType.ADJUST, -5, 0),
        N.ON_ORDER: (MovementType.OTHER, -5, 0),
    }


@given(st.lists(told, max_size=5))
def test_the_ledger_adds_up_to_every_figure_whatever_was_told(history: list[dict[Figure, Decimal]]) -> None:
    sums: dict[Figure, Decimal] = {}
    before: dict[Figure, StockRow] = {}
    for said in history:
        after = rows(said)
        for line in movements(before, after, ledger()):
            key = Figure(line.source, line.name)
            sums[key] = sums.get(key, Decimal(0)) + line.delta
            assert sums[key] == line.quantity_after
        before = after
    assert {key: value for key, value in sums.items() if value} == {
        key: row.value for key, row in before.items() if row.value
    }
