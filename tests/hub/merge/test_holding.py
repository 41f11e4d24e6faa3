"""Holds of people as rows."""

from __future__ import annotations

from hub.merge.holding import held
from hub.merge.work import HoldMove, HoldWanted
from hub.model.cases import HoldType
from hub.model.command import UserErrorCode
from tests.kit.merging import SHOP
from tests.kit.shelves import record, shelf_of

PLACE = HoldMove(order_id="a", place=HoldWanted(type=HoldType.MANUAL_CS, placed_by="rep"))


def test_what_is_no_order_cannot_be_held() -> None:
    shelf = shelf_of(record(SHOP, "s0", entity="a"))
    for root in (None, "nothing", "a"):
        refused = held(PLACE, root, shelf, lambda: "h").refusal
        assert refused is not None
        assert refused.code is UserErrorCode.NOT_FOUND
