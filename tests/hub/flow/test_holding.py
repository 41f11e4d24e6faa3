"""Whether an order can be held and let go by hand."""

from __future__ import annotations

from dataclasses import replace

from hub.flow.holding import blocks_of, refusal_of_version, refusal_to_hold, refusal_to_release
from hub.model.cases import Hold, HoldType
from hub.model.order import OrderStatus
from tests.kit.merging import at
from tests.kit.orders import make_order

MINE = Hold(id="1", type=HoldType.MANUAL_CS, placed_by="rep", placed_at=at(0))
THEIRS = replace(MINE, id="2", placed_by="hub")


def test_a_hold_blocks_what_its_type_says() -> None:
    assert blocks_of(HoldType.CREDIT) == (OrderStatus.ALLOCATED, OrderStatus.RELEASED)
    assert blocks_of(HoldType.MANUAL_CS) == (OrderStatus.RELEASED,)


def test_what_has_ended_cannot_be_held() -> None:
    assert refusal_to_hold(make_order(status=OrderStatus.ACCEPTED)) is None
    assert refusal_to_hold(make_order(status=OrderStatus.COMPLETED)) is not None


def test_only_what_people_placed_is_released_by_people() -> None:
    assert refusal_to_release([MINE, THEIRS]) is None
    assert refusal_to_release([MINE, THEIRS], ["1"]) is None
    for holds, ids in (([THEIRS], None), ([], None), ([MINE, THEIRS], ["1", "2"]), ([MINE], ["3"])):
        assert refusal_to_release(holds, ids) is not None


def test_another_version_than_was_seen_is_a_conflict() -> None:
    order = make_order(version=3)
    assert refusal_of_version(order, None) is refusal_of_version(order, 3) is None
    refused = refusal_of_version(order, 2)
    assert refused is not None
    assert refused.retryable
