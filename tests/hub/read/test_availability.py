"""What can be promised, in one word and a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from hub.flow.availability import Due, Site
from hub.model.ids import position_id
from hub.model.inventory import Availability, AvailabilityAnswer, InventoryPosition
from hub.model.manifest import ChannelRules
from hub.read.availability import Wanted, availability
from hub.read.positions import Judged, Judgement, unknown_place
from tests.kit.merging import at
from tests.kit.stock import EAST, MUG, WH

NOW = at(60)
TODAY = NOW.date()
A = AvailabilityAnswer


def site(atp: int, warehouse: str = WH, unsourced: int = 0, **also: object) -> Judged:
    made = InventoryPosition(
        id=position_id(MUG, warehouse), version=1, sku=MUG, warehouse=unknown_place(warehouse), unit="KGM"
    )
    return Judged(
        position=made,
        warehouse=warehouse,
        site=replace(Site(atp=Decimal(atp)), **also),  # type: ignore[arg-type]  # fields of a site
        unsourced=Decimal(unsourced),
        as_of=at(10 if warehouse == WH else 20),
    )


def asked(*sites: Judged, quantity: int = 5, by: date | None = None, whole: bool = True) -> tuple[A, date | None]:
    judgement = Judgement(now=NOW, is_whole=whole, positions=sites)
    found = availability(Wanted(sku=MUG, quantity=Decimal(quantity), required_by=by), None, judgement)
    return found.answer, found.promise_date


def due(days: int, quantity: int) -> tuple[Due, ...]:
    return (Due(on=TODAY + timedelta(days=days), quantity=Decimal(quantity)),)


def test_enough_in_all_warehouses_together_is_in_stock_today() -> None:
    assert asked(site(3), site(2, EAST)) == (A.IN_STOCK, TODAY)


def test_part_of_it_is_limited_and_says_when_the_rest_comes() -> None:
    assert asked(site(3)) == (A.LIMITED, None)
    assert asked(site(3, receipts=due(4, 9))) == (A.LIMITED, TODAY + timedelta(days=4))


def test_none_now_and_enough_later_is_a_backorder() -> None:
    assert asked(site(0, receipts=due(4, 9))) == (A.BACKORDER, TODAY + timedelta(days=4))
    assert asked(site(0, receipts=due(4, 4))) == (A.UNAVAILABLE, None)


@pytest.mark.parametrize(("days", "answer"), [(3, A.UNAVAILABLE), (4, A.BACKORDER)])
def test_what_comes_too_late_is_no_backorder(days: int, answer: A) -> None:
    found = asked(site(0, receipts=due(4, 9)), by=TODAY + timedelta(days=days))
    assert found == (answer, TODAY + timedelta(days=4))


def test_nothing_is_said_for_certain_while_a_warehouse_is_not_counted() -> None:
    assert asked(site(0), site(9, EAST, is_counted=False)) == (A.UNKNOWN, None)
    assert asked(site(9, is_counted=False)) == (A.UNKNOWN, None)
    assert asked(site(2), site(9, EAST, is_counted=False))[0] is A.LIMITED
    assert asked(site(5), site(9, EAST, is_counted=False))[0] is A.IN_STOCK


def test_an_item_that_lies_nowhere_is_unavailable_only_where_everything_was_seen() -> None:
    assert asked(whole=True) == (A.UNAVAILABLE, None)
    assert asked(whole=False) == (A.UNKNOWN, None)


def test_demand_that_no_warehouse_holds_yet_is_taken_off_once() -> None:
    found = availability(
        Wanted(sku=MUG), None, Judgement(now=NOW, is_whole=True, positions=(site(5, WH, 3), site(4, EAST, 3)))
    )
    assert found.ats == 6


def test_the_answer_says_formula_unit_and_the_age_of_what_was_counted() -> None:
    counted, left_out = site(5, EAST), site(5, is_counted=False)
    found = availability(Wanted(sku=MUG), "MTR", Judgement(now=NOW, is_whole=True, positions=(left_out, counted)))
    assert (found.sku, found.unit, found.formula_id, found.ats) == (MUG, "KGM", "ats.v1", Decimal(5))
    assert found.as_of == at(20)
    assert [one.id for one in found.warehouses] == [left_out.position.id, counted.position.id]


def sold(*sites: Judged, **rules: object) -> Availability:
    judgement = Judgement(now=NOW, is_whole=True, positions=sites)
    channel = ChannelRules(**rules)  # type: ignore[arg-type]  # its fields
    return availability(Wanted(sku=MUG, quantity=Decimal(5), channel="web"), None, judgement, channel)


def test_a_warehouse_that_does_not_serve_the_channel_stays_listed_and_leaves_nothing_uncertain() -> None:
    found = sold(site(3), site(9, EAST), warehouses=(WH,))
    assert (found.answer, found.ats, found.as_of) == (A.LIMITED, Decimal(3), at(10))
    assert [(one.is_counted, one.excluded_because) for one in found.warehouses] == [
        (True, None),
        (False, f"{EAST} does not serve the channel web"),
    ]
    assert sold(site(0), site(9, EAST, is_counted=False), warehouses=(WH,)).answer is A.UNAVAILABLE
    alone = sold(site(9, EAST), warehouses=(WH,))
    assert (alone.answer, alone.ats, alone.as_of, alone.unit) == (A.UNAVAILABLE, Decimal(0), at(20), "KGM")


@pytest.mark.parametrize(
    ("rules", "ats"),
    [
        ({}, 45),
        ({"buffer": Decimal(10)}, 30),  # 55 - 10 - 10, nothing of the five
        ({"threshold": Decimal(5)}, 40),
        ({"buffer": Decimal(10), "threshold": Decimal(5), "sell_ahead": Decimal(2)}, 27),
        ({"threshold": Decimal(60), "sell_ahead": Decimal(3)}, 3),
        ({"warehouses": (EAST,), "buffer": Decimal(2)}, 3),
    ],
)
def test_what_is_withheld_from_a_channel_is_taken_off(rules: dict[str, object], ats: int) -> None:
    found = sold(site(55, safety=Decimal(15)), site(5, EAST), **rules)
    assert found.ats == ats


def test_demand_of_a_warehouse_beyond_the_channel_counts_for_the_item() -> None:
    assert sold(site(5), site(5, EAST, 3), warehouses=(WH,)).ats == 2


def test_no_figure_is_shown_where_none_could_be_counted() -> None:
    found = availability(Wanted(sku=MUG), "MTR", Judgement(now=NOW, is_whole=False, positions=()))
    assert (found.ats, found.unit, found.as_of) == (None, "MTR", NOW)
    hidden = availability(
        Wanted(sku=MUG), None, Judgement(now=NOW, is_whole=True, positions=(site(5, is_counted=False),))
    )
    assert (hidden.ats, hidden.as_of) == (None, at(10))
