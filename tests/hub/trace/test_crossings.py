"""What must have been crossed, by what is kept: a hop that is not there is named."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hub.model.trace import HopKind, HopOutcome
from hub.model.vocabulary import SystemKind
from hub.store.stories import MOST, StoryRows
from hub.trace.story import tell
from tests.hub.trace.test_story import at, delivery, hop, rows

SYSTEMS = {"shop": SystemKind.COMMERCE, "erp": SystemKind.ERP, "wms": SystemKind.WMS}
RECORD = {"source": "shop", "kind": "ORDER", "source_id": "7", "correlation_id": "correlation-1"}


def told(*hops: dict[str, Any], **said: Any) -> StoryRows:
    return replace(rows(hops=list(hops)), **said)


def missing(*hops: dict[str, Any], **said: Any) -> tuple[str, ...]:
    return tell(told(*hops, **said), SYSTEMS, ()).missing


@pytest.mark.parametrize("kind", [HopKind.WEBHOOK_IN, HopKind.SWEEP, HopKind.SOURCE_CALL, HopKind.API_IN])
def test_what_a_source_told_came_in_by_some_crossing(kind: HopKind) -> None:
    assert missing(hop("in", kind, 0), records=[RECORD]) == ()
    assert missing(hop("in", kind, 0, correlation_id="another"), records=[RECORD]) == ("entrance of ORDER 7 from shop",)


def test_the_hubs_own_record_comes_from_nowhere() -> None:
    assert missing(records=[RECORD | {"source": "hub"}]) == ()


def test_what_was_carried_out_was_called() -> None:
    carried = hop("deliver", HopKind.DELIVERY, 0, source="erp", operation="order.create")
    call = hop("call", HopKind.SOURCE_CALL, 0, source="erp")
    assert missing(carried) == ("SOURCE_CALL order.create",)
    assert missing(carried, call) == ()
    assert missing(carried | {"outcome": "RETRY"}) == ()


def test_a_notice_that_was_sent_is_told() -> None:
    notice = {
        "id": "n", "milestone": "SHIPPED", "channel": "EMAIL", "correlation_id": "correlation-1", "attempts": 1,
        "state": "SENT", "settled_at": at(1), "created_at": at(0), "error": None,
    }  # fmt: skip
    assert missing(notices=[notice]) == ("NOTIFICATION SHIPPED by EMAIL",)
    assert missing(hop("n", HopKind.NOTIFICATION, 1, operation="SHIPPED by EMAIL"), notices=[notice]) == ()


def test_what_is_under_way_is_not_missing_yet() -> None:
    running = delivery(source="erp", state="CLAIMED")
    assert missing(deliveries=[running]) == ()
    assert [one.outcome for one in tell(told(deliveries=[running]), SYSTEMS, ()).hops] == [HopOutcome.RUNNING]
    assert missing(deliveries=[running | {"state": "PENDING"}]) == ("DELIVERY order.cancel",)


def test_an_order_that_the_hub_carries_has_come_to_each_system_by_its_stage() -> None:
    shipped = {"id": "o", "status": "SHIPPED", "managed_by": "HUB"}
    assert missing(orders=[shipped]) == (
        "ERP for an order that is SHIPPED", "WMS for an order that is SHIPPED", "COMMERCE for an order that is SHIPPED",
    )  # fmt: skip
    there = [hop(one, HopKind.SOURCE_CALL, 0, source=one, system=SYSTEMS[one].value) for one in SYSTEMS]
    assert missing(*there, orders=[shipped]) == ()
    assert missing(orders=[shipped | {"managed_by": "EXTERNAL"}, shipped | {"status": "ALLOCATED"}]) == ()


def test_of_a_story_that_is_too_long_nobody_says_what_its_beginning_lacks() -> None:
    many = [hop(str(number), HopKind.PUSH, 10) for number in range(MOST)]
    early = {"id": "c", "operation": "orderCancel", "accepted_at": at(0), "correlation_id": "another"}
    late = early | {"id": "d", "operation": "orderAmend", "accepted_at": at(20)}
    assert missing(*many, commands=[early, late], records=[RECORD]) == ("API_IN orderAmend",)
