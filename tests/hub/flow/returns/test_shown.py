"""When a record settles what a system was told of a return."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.flow.returns.shown import is_later, is_shown_of_return
from hub.model.intents import DeliveryState
from hub.model.returns import Disposition
from tests.kit.facts import ERP, WMS, at, d, delivery, order_record
from tests.kit.flows import delivery_of, moved
from tests.kit.returned import REFERENCE, SHOP_RETURN, WMS_INSPECT, WMS_RECEIVE, after, allowed, at_source, came, looked


@pytest.mark.parametrize(
    ("key", "status", "shown"),
    [
        (WMS_RECEIVE, "AUTHORIZED", False),
        (WMS_RECEIVE, "RECEIVED", True),
        (WMS_RECEIVE, "CANCELLED", False),
        (WMS_INSPECT, "RECEIVED", False),
        (WMS_INSPECT, "INSPECTED", True),
    ],
)
def test_a_record_asked_for_later_shows_how_far_the_warehouse_is(key: str, status: str, *, shown: bool) -> None:
    known = moved(after(came(2), looked(2, Disposition.RESTOCK), known=allowed()), WMS_RECEIVE, DeliveryState.DONE)
    row = replace(delivery_of(known, key), claimed_at=at(4100))
    later = at_source(WMS, status, {"MUG": (3, 2)}, seen=(4200, 4201))
    others = [one for one in known.records if (one.source, one.source_id) != (WMS, later.source_id)]
    assert is_shown_of_return(row, replace(known, records=(*others, later))) is shown


@pytest.mark.parametrize(
    ("state", "shown"),
    [(DeliveryState.CLAIMED, False), (DeliveryState.UNKNOWN, False), (DeliveryState.ACCEPTED, True)],
)
def test_that_goods_are_put_away_does_not_show_that_scrap_was_taken_out(state: DeliveryState, *, shown: bool) -> None:
    known = moved(after(came(2), looked(2, Disposition.SCRAP), known=allowed()), WMS_RECEIVE, DeliveryState.DONE)
    row = replace(delivery_of(known, WMS_INSPECT), claimed_at=at(4100), state=state)
    later = at_source(WMS, "INSPECTED", {"MUG": (3, 2)}, seen=(4200, 4201))
    others = [one for one in known.records if (one.source, one.source_id) != (WMS, later.source_id)]
    assert is_shown_of_return(row, replace(known, records=(*others, later))) is shown


def test_a_shop_that_shows_the_units_back_has_taken_them_back() -> None:
    known = after(came(2), looked(2), known=allowed())
    row = replace(delivery_of(known, SHOP_RETURN), claimed_at=at(4100))
    shop = next(one for one in known.records if one.source == "shop" and one.kind.value == "ORDER")
    (line,) = shop.content.lines
    back = replace(line, quantities=replace(line.quantities, returned=d(2)))
    told = replace(shop, started=at(4200), content=replace(shop.content, lines=(back,)))
    assert not is_shown_of_return(row, known)
    assert is_shown_of_return(row, replace(known, records=(*(r for r in known.records if r is not shop), told)))


def test_what_is_no_effect_on_a_return_is_not_shown_here() -> None:
    row = delivery(ERP, DeliveryState.UNKNOWN, [("1", 1, 1)])
    assert not is_shown_of_return(row, allowed())
    assert not is_later(replace(order_record(ERP, allowed().records[0].content), started=None), row)
    assert REFERENCE == "T4D7-R1"
