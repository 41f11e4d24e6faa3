"""One position as a caller sees it: whose figures count, how old they are, and why it is not counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from hub.codec import encode
from hub.model.ids import position_id
from hub.model.inventory import QuantityName, StockSupply, SupplyEvent, SupplyKind
from hub.model.manifest import Landscape, Read
from hub.model.place import Warehouse, WarehouseGroups, WarehouseProfile, WarehouseStatus
from hub.model.vocabulary import FieldGroup, Freshness, Kind
from hub.read.positions import Judged, judged, unknown_place
from hub.store.stock import ReservationRow
from tests.kit.merging import ERP, SHOP, WMS, at, landscape, manifest
from tests.kit.stock import MUG, WH, position, record, row, stock_of, told

N = QuantityName
POSITION = position_id(MUG, WH)
NOW = at(60)
HERE = landscape()
ON_HAND = row(WMS, N.ON_HAND, 10)
SEEN = record(WMS, stock_of(on_hand=10), 30)


def one(*rows: Any, here: Landscape = HERE, **also: Any) -> Judged:  # Any: rows, what the store tells
    said = {"records": [SEEN]} | also
    (found,) = judged(told(NOW, position(POSITION, *rows, **said)), here).positions
    return found


def claim(quantity: int, **also: Any) -> ReservationRow:  # Any: fields of the row
    made = ReservationRow(id="r", root_id="o", line="1", sku=MUG, warehouse=WH, quantity=Decimal(quantity))
    return replace(made, **also)


def place(status: WarehouseStatus) -> Warehouse:
    return Warehouse(id="w", version=1, code=WH, groups=WarehouseGroups(profile=WarehouseProfile(status=status)))


def test_a_position_shows_every_figure_and_counts_those_of_the_warehouse_system() -> None:
    rows = (row(SHOP, N.ON_HAND, 99), row(ERP, N.ON_HAND, 8), row(ERP, N.ON_ORDER, 5), ON_HAND, row(WMS, N.DAMAGED, 1))
    found = one(*rows).position
    assert (found.atp, found.formula_id, found.version) == (Decimal(9), "atp-now.v1", 3)
    assert [(told.name, told.source, int(told.value)) for told in found.quantities] == [
        (N.ON_HAND, ERP, 8), (N.ON_HAND, SHOP, 99), (N.ON_HAND, WMS, 10), (N.DAMAGED, WMS, 1), (N.ON_ORDER, ERP, 5),
    ]  # fmt: skip
    assert (found.is_counted, found.excluded_because, found.freshness, found.age_seconds) == (
        True, None, Freshness.FRESH, 30,
    )  # fmt: skip


def test_what_is_allocated_counts_against_it_whoever_tells_it() -> None:
    both = [SEEN, record(ERP, stock_of(allocated=4), 40)]
    assert one(ON_HAND, row(ERP, N.ALLOCATED, 4), records=both).site.atp == 6
    assert one(ON_HAND, row(WMS, N.ALLOCATED, 3), row(ERP, N.ALLOCATED, 4), records=both).site.atp == 7


def test_reservations_in_flight_are_shown_as_the_hubs_and_count() -> None:
    found = one(ON_HAND, claims=[claim(3), claim(2, acknowledged_at=at(10))])
    assert found.site.atp == 7
    assert [(told.source, int(told.value)) for told in found.position.quantities if told.name is N.RESERVED] == [
        ("hub", 3)
    ]


def test_a_claim_that_names_no_warehouse_weighs_on_the_network_alone() -> None:
    found = one(ON_HAND, claims=[claim(3, warehouse="")])
    assert (found.site.atp, found.unsourced) == (Decimal(10), Decimal(3))


def test_figures_that_are_too_old_are_shown_and_not_counted_and_say_why() -> None:
    old = record(WMS, stock_of(on_hand=10), -1800)
    found = one(ON_HAND, records=[old])
    assert (found.site.is_counted, found.position.freshness, found.position.atp) == (
        False,
        Freshness.STALE,
        Decimal(10),
    )
    assert found.position.excluded_because == (
        "the figures of wms are too old: last confirmed 31 min ago, expected every 15 min"
    )


def test_coverage_keeps_an_unchanged_position_fresh() -> None:
    old = record(WMS, stock_of(on_hand=10), -1800)
    said = told(NOW, position(POSITION, ON_HAND, records=[old]), wms=5)
    (found,) = judged(said, HERE).positions
    assert (found.site.is_counted, found.position.age_seconds, found.as_of) == (True, 5, NOW - timedelta(seconds=5))


def test_the_targets_of_the_manifest_decide_what_is_old() -> None:
    slow = replace(manifest(WMS), staleness={FieldGroup.INVENTORY: timedelta(hours=2)})
    old = record(WMS, stock_of(on_hand=10), -1800)
    assert one(ON_HAND, records=[old], here=landscape({WMS: slow})).site.is_counted


def test_figures_in_doubt_are_not_counted() -> None:
    found = one(ON_HAND, records=[replace(SEEN, in_doubt=True)])
    assert found.position.excluded_because == (
        "the figures of wms are too old: its last answers differ or cannot be read: being read again"
    )


def test_a_dead_erp_that_only_tells_what_is_on_order_excludes_nothing() -> None:
    old = record(ERP, stock_of(on_order=5), -86_400)
    found = one(ON_HAND, row(ERP, N.ON_ORDER, 5), records=[SEEN, old])
    assert (found.site.is_counted, found.position.freshness) == (True, Freshness.FRESH)


def test_a_dead_erp_whose_allocations_are_needed_excludes_the_position() -> None:
    old = record(ERP, stock_of(allocated=4), -86_400)
    found = one(ON_HAND, row(ERP, N.ALLOCATED, 4), records=[SEEN, old])
    assert found.position.excluded_because is not None
    assert found.position.excluded_because.startswith("the figures of erp are too old")


def test_the_copy_of_a_shop_is_shown_and_never_counted() -> None:
    found = one(row(SHOP, N.ON_HAND, 99), records=[record(SHOP, stock_of(on_hand=99), 30)])
    assert (found.site.is_counted, found.as_of, found.position.freshness) == (False, None, Freshness.UNAVAILABLE)
    assert found.position.excluded_because == (
        "no warehouse system or ERP tells what is on hand: a shop's stock is a copy"
    )


@pytest.mark.parametrize("status", [WarehouseStatus.PAUSED, WarehouseStatus.CLOSED])
def test_a_warehouse_that_does_not_work_promises_nothing(status: WarehouseStatus) -> None:
    found = one(ON_HAND, place=place(status))
    assert found.position.excluded_because == f"the warehouse is {status.value.lower()}"
    assert one(ON_HAND, place=place(WarehouseStatus.ACTIVE)).site.is_counted


def test_a_warehouse_that_nobody_has_described_is_its_code() -> None:
    assert one(ON_HAND).position.warehouse == unknown_place(WH)
    assert one(ON_HAND, place=place(WarehouseStatus.ACTIVE)).position.warehouse.id == "w"


def test_the_unit_is_the_figures_else_the_items_else_a_piece() -> None:
    assert one(row(WMS, N.ON_HAND, 1, unit="KGM"), base_unit="MTR").position.unit == "KGM"
    assert one(ON_HAND, base_unit="MTR").position.unit == "MTR"
    assert one(ON_HAND).position.unit == "C62"


def supplied(started: float, **also: Any) -> Judged:  # Any: fields of the supply
    coming = (
        SupplyEvent(kind=SupplyKind.PO, quantity=Decimal(5), eta=date(2026, 11, 9), confidence=Decimal("0.9")),
        SupplyEvent(kind=SupplyKind.PO, quantity=Decimal(6), eta=date(2026, 10, 9)),
        SupplyEvent(kind=SupplyKind.PO, quantity=Decimal(7)),
    )
    content = stock_of(supply=StockSupply(supply=coming, **also))
    return one(ON_HAND, records=[SEEN, record(ERP, content, started)])


def test_supply_counts_on_the_day_that_it_is_due_and_what_is_overdue_has_none() -> None:
    found = supplied(30, safety_stock=Decimal(2))
    assert [(due.on, due.quantity, due.confidence) for due in found.site.receipts] == [
        (date(2026, 11, 9), Decimal(5), Decimal("0.9"))
    ]
    assert found.site.safety == 2
    assert found.position.groups.supply is not None
    assert len(found.position.groups.supply.supply) == 3


def test_supply_that_was_told_too_long_ago_is_no_promise() -> None:
    assert supplied(-86_400).site.receipts == ()


def test_safety_stock_and_channel_buffer_are_withheld() -> None:
    rows = (ON_HAND, row(ERP, N.SAFETY_STOCK, 2), row(ERP, N.CHANNEL_BUFFER, 1))
    assert one(*rows).site.safety == 3


def test_everything_was_seen_only_where_every_source_that_may_speak_was_swept_lately() -> None:
    reads = replace(manifest(WMS), reads={Kind.INVENTORY: Read(batch=100)})
    here = landscape({WMS: reads})
    assert judged(told(NOW, wms=5), here).is_whole
    assert not judged(told(NOW, wms=5_000), here).is_whole
    assert not judged(told(NOW), here).is_whole
    assert not judged(told(NOW, wms=5), landscape({SHOP: manifest(SHOP)})).is_whole


def test_what_the_store_tells_is_read_in_its_order() -> None:
    names = [position_id(MUG, code) for code in ("B", "A")]
    answer = told(NOW, *(position(name, records=[]) for name in names))
    assert [found.position.id for found in judged(answer, HERE).positions] == names
    assert encode(judged(answer, HERE).positions[0].position).startswith(b"{")
