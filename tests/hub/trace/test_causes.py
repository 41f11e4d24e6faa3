"""Why a story stands still, by rule (domain.md 4.2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from hub.model.cases import RootCause
from hub.model.vocabulary import SystemKind
from hub.store.stories import StoryRows
from hub.trace.causes import blocker_of
from tests.hub.trace.test_story import START, at, delivery, rows

SYSTEMS = {"shop": SystemKind.COMMERCE, "erp": SystemKind.ERP, "wms": SystemKind.WMS}
LATER = START + timedelta(minutes=5)


def room(source: str, **said: Any) -> dict[str, Any]:
    lists: dict[str, list[str]] = {"unanswered": [], "unseen": []}
    well = {"breaker": "CLOSED", "is_paused": False, "last_error": None, "throttled": False, "line": 4, **lists}
    return {"source": source, **well, **said}


def sent(source: str = "erp", **said: Any) -> dict[str, Any]:
    waiting = {"state": "PENDING", "attempts": 0, "claimed_at": None, "source": source, "action": "order.create"}
    return delivery(**{**waiting, **said})


def stopped(*deliveries: dict[str, Any], **said: Any) -> StoryRows:
    known: dict[str, Any] = {"now": LATER, **said}
    return replace(rows(deliveries=list(deliveries)), **known)


POSTING = {"action": "invoice.post"}
ASKING = {"action": "fulfillment.create"}
FAILED: dict[str, Any] = {"attempts": 3, "error": "no"}


@pytest.mark.parametrize(
    ("row", "how", "cause"),
    [
        (sent(**FAILED, error_class="THROTTLED"), room("erp"), RootCause.API_THROTTLING),
        (sent(**FAILED, error_class="THROTTLED", state="UNKNOWN"), room("erp"), RootCause.API_THROTTLING),
        (sent(**FAILED, error_class="THROTTLED", state="CLAIMED"), room("erp"), RootCause.API_THROTTLING),
        (sent(), room("erp", throttled=True), RootCause.API_THROTTLING),
        (sent(), room("erp", last_error="the source asks for fewer calls"), RootCause.API_THROTTLING),
        (sent(**FAILED, error_class="TRANSIENT"), room("erp"), RootCause.SOURCE_OUTAGE),
        (sent(), room("erp", breaker="OPEN"), RootCause.SOURCE_OUTAGE),
        (sent(), room("erp", is_paused=True), RootCause.SOURCE_OUTAGE),
        (sent(**FAILED, error_class="AUTH"), room("erp"), RootCause.SOURCE_OUTAGE),
        (sent(), room("erp", throttled=True, breaker="OPEN"), RootCause.SOURCE_OUTAGE),
        (sent(**FAILED, error_class="MAPPING"), room("erp"), RootCause.MAPPING),
        (sent(**FAILED, error_class="VALIDATION"), room("erp"), RootCause.DATA_QUALITY),
        (sent(**FAILED, error_class="SKU"), room("erp"), RootCause.DATA_QUALITY),
        (sent(**FAILED, error_class="CONFLICT"), room("erp"), RootCause.CONCURRENCY),
        (sent(**FAILED, error_class="REJECTED_BY_TARGET", state="DEAD"), room("erp"), RootCause.PARTNER_ERROR),
        (sent(**FAILED, error_class="BUG", state="DEAD"), room("erp"), RootCause.CODE_DEFECT),
        (sent(), room("erp"), RootCause.BACKLOG),
        (sent(**POSTING), room("erp"), RootCause.BACKLOG),
        (sent(**POSTING), room("erp", unseen=["invoice.post"]), RootCause.ERP_POSTING_LATENCY),
        (sent(), room("erp", unanswered=["invoice.post"]), RootCause.ERP_POSTING_LATENCY),
        (sent(), room("erp", unanswered=["return.create"]), RootCause.BACKLOG),
        (sent(), room("erp", unanswered=["invoice.post"], breaker="OPEN"), RootCause.SOURCE_OUTAGE),
        (sent(**POSTING, state="CLAIMED", attempts=1), room("erp"), RootCause.ERP_POSTING_LATENCY),
        (sent(**POSTING, **FAILED, error_class="TRANSIENT", state="UNKNOWN"), room("erp"),
         RootCause.ERP_POSTING_LATENCY),
        (sent(**POSTING, **FAILED, error_class="TRANSIENT", state="UNKNOWN"), room("erp", breaker="OPEN"),
         RootCause.SOURCE_OUTAGE),
        (sent(**FAILED, error_class="TRANSIENT", state="UNKNOWN"), room("erp", last_error="the source failed"),
         RootCause.SOURCE_OUTAGE),
        (sent(**FAILED, error_class="TRANSIENT", state="CLAIMED"), room("erp", last_error="the source failed"),
         RootCause.SOURCE_OUTAGE),
        (sent("wms", **ASKING, state="ACCEPTED", attempts=1), room("wms"), RootCause.WMS_ACK),
        (sent(state="ACCEPTED", attempts=1, action="order.cancel"), room("erp"), RootCause.UNKNOWN),
        (sent(state="CLAIMED", attempts=1), room("erp"), RootCause.ERP_POSTING_LATENCY),
        (sent(**FAILED, error_class="OF_A_LATER_RELEASE"), room("erp"), RootCause.UNKNOWN),
    ],
)  # fmt: skip
def test_a_delivery_that_stands_still_says_why(row: dict[str, Any], how: dict[str, Any], cause: RootCause) -> None:
    found = blocker_of(stopped(row, sources=[how]), SYSTEMS)
    assert found is not None
    assert (found.root_cause, found.source) == (cause, how["source"])


def test_what_has_only_begun_to_wait_blocks_nothing() -> None:
    fresh = sent(created_at=LATER.isoformat(), next_attempt_at=LATER.isoformat())
    assert blocker_of(stopped(fresh, sources=[room("erp")]), SYSTEMS) is None
    planned = sent(next_attempt_at=(LATER + timedelta(hours=1)).isoformat())
    assert blocker_of(stopped(planned, sources=[room("erp")]), SYSTEMS) is None
    assert blocker_of(stopped(sent(state="DONE")), SYSTEMS) is None
    assert blocker_of(stopped(sent(), now=None), SYSTEMS) is None


def test_a_backlog_says_how_long_the_line_is_and_when_it_may_be_sent() -> None:
    found = blocker_of(stopped(sent(), sources=[room("erp")]), SYSTEMS)
    assert found is not None
    assert found.text == "order.create at erp: stands in line with 3 others"
    assert found.next_attempt_at == START + timedelta(seconds=5)


def case(code: str, cause: str = "UNKNOWN", **said: Any) -> dict[str, Any]:
    known = {
        "id": code, "version": 1, "code": code, "severity": "S2", "status": "NEW", "queue": "CS", "title": code,
        "root_cause": cause, "occurrences": 1, "first_seen_at": at(0), "source": None,
    }  # fmt: skip
    return {**known, **said}


@pytest.mark.parametrize(
    ("told", "cause"),
    [
        (case("SKU_MAPPING_MISSING"), RootCause.MAPPING),
        (case("WMS_ACK_TIMEOUT"), RootCause.WMS_ACK),
        (case("ORDER_STUCK", "HUMAN"), RootCause.HUMAN),
        (case("DEAD_LETTER", source="erp"), RootCause.PARTNER_ERROR),
        (case("DEAD_LETTER", source="wms"), RootCause.UNKNOWN),
        (case("ORDER_STUCK"), RootCause.PARTNER_ERROR),
    ],
)
def test_a_case_says_why_or_what_stands_still_where_it_points(told: dict[str, Any], cause: RootCause) -> None:
    dead = sent(state="DEAD", **FAILED, error_class="REJECTED_BY_TARGET")
    found = blocker_of(stopped(dead, cases=[told]), SYSTEMS)
    assert found is not None
    assert (found.root_cause, found.text) == (cause, told["title"])


def test_of_several_cases_the_one_whose_cause_is_known_is_told_first() -> None:
    found = blocker_of(stopped(cases=[case("ORDER_STUCK", severity="S1"), case("SKU_MAPPING_MISSING")]), SYSTEMS)
    assert found is not None
    assert found.root_cause is RootCause.MAPPING


@pytest.mark.parametrize(("sort", "cause"), [("APPROVAL", RootCause.HUMAN), ("ADDRESS", RootCause.DATA_QUALITY)])
def test_a_hold_blocks_where_nothing_else_does(sort: str, cause: RootCause) -> None:
    hold = {"type": sort, "placed_at": at(0), "reason": None}
    found = blocker_of(stopped(holds=[hold]), SYSTEMS)
    assert found is not None
    assert (found.root_cause, found.text) == (cause, f"held: {sort}")
