"""A story is told in order, as a tree, and stays whole when a process died with its hops (I8)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hub.codec import plain
from hub.model.cases import RootCause
from hub.model.trace import HopKind, TraceState
from hub.model.vocabulary import SystemKind
from hub.store.stories import StoryRows
from hub.trace.story import tell
from tests.kit.changes import make_change

START = datetime(2026, 11, 21, 12, tzinfo=UTC)
SYSTEMS = {"shop": SystemKind.COMMERCE}


def at(seconds: float) -> str:
    return (START + timedelta(seconds=seconds)).isoformat()


def hop(name: str, kind: HopKind, seconds: float, **said: Any) -> dict[str, Any]:
    usual = {
        "id": name,
        "parent_id": None,
        "kind": kind.value,
        "system": "HUB",
        "source": None,
        "operation": name,
        "outcome": "OK",
        "attempt": None,
        "started_at": at(seconds),
        "duration_ms": 10,
        "waiting_ms": 0,
        "error": None,
        "correlation_id": "correlation-1",
    }
    return usual | said


def command() -> dict[str, Any]:
    return {"id": "command-1", "operation": "orderCancel", "accepted_at": at(0), "correlation_id": "correlation-1"}


def delivery(**said: Any) -> dict[str, Any]:
    usual = {
        "id": "delivery-1",
        "source": "shop",
        "action": "order.cancel",
        "state": "DONE",
        "attempts": 1,
        "error": None,
        "error_class": None,
        "created_at": at(0),
        "claimed_at": at(1),
        "next_attempt_at": at(5),
        "correlation_id": "correlation-1",
    }
    return usual | said


def rows(**said: list[dict[str, Any]]) -> StoryRows:
    nothing: dict[str, Any] = {
        "hops": [],
        "commands": [],
        "deliveries": [],
        "changes": [],
        "cases": [],
    }
    return StoryRows(**(nothing | said))


def test_hops_stand_in_start_order_each_under_what_caused_it() -> None:
    change = make_change(recorded_at=START + timedelta(seconds=3))
    told = tell(
        rows(
            hops=[
                hop("push", HopKind.PUSH, 4),
                hop(change.event_id, HopKind.CHANGE, 3),
                hop("call", HopKind.SOURCE_CALL, 2, source="shop", system="COMMERCE"),
                hop("deliver", HopKind.DELIVERY, 1, source="shop", system="COMMERCE"),
                hop("api", HopKind.API_IN, 0),
            ],
            commands=[command()],
            deliveries=[delivery()],
            changes=[plain(change)],
        ),
        SYSTEMS,
        (),
    )
    assert [(one.kind, one.depth) for one in told.hops] == [
        (HopKind.API_IN, 0),
        (HopKind.DELIVERY, 1),
        (HopKind.SOURCE_CALL, 2),
        (HopKind.CHANGE, 3),
        (HopKind.PUSH, 4),
    ]
    assert (told.missing, told.state, told.degraded) == ((), TraceState.DONE, False)
    assert told.duration_ms == 4_010


def test_a_hop_is_not_put_under_another_correlation_id() -> None:
    told = tell(
        rows(hops=[hop("api", HopKind.API_IN, 0), hop("call", HopKind.SOURCE_CALL, 1, correlation_id="other")]), {}, ()
    )
    assert [one.depth for one in told.hops] == [0, 0]
    assert told.correlation_ids == ("correlation-1", "other")


def test_what_a_killed_process_did_is_told_from_what_it_wrote() -> None:
    change = make_change(recorded_at=START + timedelta(seconds=3))
    told = tell(rows(commands=[command()], deliveries=[delivery()], changes=[plain(change)]), SYSTEMS, ())
    assert [(one.kind, one.system) for one in told.hops] == [
        (HopKind.API_IN, SystemKind.HUB),
        (HopKind.DELIVERY, SystemKind.COMMERCE),
        (HopKind.CHANGE, SystemKind.HUB),
    ]
    assert told.missing == ("API_IN orderCancel", "DELIVERY order.cancel", "CHANGE order.updated")


def test_a_delivery_that_waits_for_a_dead_source_blocks_with_its_next_attempt() -> None:
    told = tell(
        rows(deliveries=[delivery(state="PENDING", attempts=3, error="no answer", error_class="TRANSIENT")]),
        SYSTEMS,
        (),
    )
    assert told.state is TraceState.WAITING
    assert told.blocker is not None
    assert told.blocker.root_cause is RootCause.SOURCE_OUTAGE
    assert told.blocker.text == "order.cancel at shop: no answer (attempt 3)"
    assert told.blocker.next_attempt_at == START + timedelta(seconds=5)


def test_a_dead_delivery_waits_for_a_person() -> None:
    told = tell(rows(deliveries=[delivery(state="DEAD", error="gone", error_class="BUG")]), SYSTEMS, ())
    assert told.state is TraceState.BLOCKED
    assert told.blocker is not None
    assert told.blocker.next_attempt_at is None


def test_an_open_case_is_the_blocker() -> None:
    case = {
        "id": "case-1",
        "version": 1,
        "code": "DEAD_LETTER",
        "severity": "S2",
        "status": "NEW",
        "queue": "INTEGRATION",
        "title": "order.cancel at shop is dead",
        "root_cause": "SOURCE_OUTAGE",
        "occurrences": 1,
        "first_seen_at": at(0),
        "sla_due_at": None,
        "assignee": None,
        "suggested": [],
        "root_id": "order-1",
        "source": "shop",
    }
    told = tell(rows(cases=[case]), SYSTEMS, ())
    assert told.state is TraceState.BLOCKED
    assert told.blocker is not None
    assert told.blocker.exception_case is not None
    assert (told.blocker.text, told.blocker.source) == ("order.cancel at shop is dead", "shop")


def test_an_empty_story_is_done() -> None:
    told = tell(rows(), {}, ())
    assert (told.hops, told.state, told.duration_ms, told.slowest) == ((), TraceState.DONE, 0, None)


def test_waits_are_told_apart_from_work_and_those_that_overlap_count_once() -> None:
    told = tell(
        rows(
            hops=[
                hop("api", HopKind.API_IN, 0, duration_ms=1_000),
                hop("one", HopKind.DELIVERY, 11, waiting_ms=11_000, duration_ms=1_000),
                hop("two", HopKind.DELIVERY, 13, waiting_ms=9_000, duration_ms=2_000),
                hop("log", HopKind.CHANGE, 15, waiting_ms=3_000, duration_ms=3_000),
            ]
        ),
        SYSTEMS,
        (),
    )
    assert (told.duration_ms, told.waiting_ms) == (18_000, 14_000)  # 1 to 11, 12 to 13, 15 to 18; the rest is work
    assert told.slowest is not None
    assert told.slowest.id == "two"
