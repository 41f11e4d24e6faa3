"""Every boundary crossed and every operation answered is counted, by the hop and by the answer that tell of it."""

from __future__ import annotations

from datetime import UTC, datetime

from prometheus_client import REGISTRY

from hub.measures.crossings import Measured, count_request
from hub.model.trace import HopKind, HopOutcome
from hub.model.vocabulary import SystemKind
from hub.ports import Hop
from tests.kit.recorder import ListRecorder

CALL = Hop(
    id="h1",
    tenant="measured",
    correlation_id="c1",
    kind=HopKind.SOURCE_CALL,
    system=SystemKind.ERP,
    source="erp",
    operation="order.create",
    outcome=HopOutcome.RETRY,
    started_at=datetime(2026, 11, 22, tzinfo=UTC),
    duration_ms=250,
    waiting_ms=2_000,
)


def sample(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(name, labels)


def test_a_hop_is_kept_and_counted_with_how_long_it_took_and_waited() -> None:
    kept = ListRecorder()
    Measured(kept).record(CALL)
    assert kept.hops == [CALL]
    where = {"kind": "SOURCE_CALL", "tenant": "measured", "source": "erp"}
    assert sample("opshub_crossing_seconds_sum", **where, outcome="RETRY") == 0.25
    assert sample("opshub_crossing_seconds_count", **where, outcome="RETRY") == 1
    assert sample("opshub_crossing_waited_seconds_sum", **where) == 2.0


def test_an_answer_is_counted_and_so_is_each_of_its_errors() -> None:
    count_request(("measured", "query"), 0.02, ())
    count_request(("measured", "query"), 0.03, ("MEASURED_A", "MEASURED_B"))
    assert sample("opshub_request_seconds_count", transport="measured", kind="query", outcome="ok") == 1
    assert sample("opshub_request_seconds_count", transport="measured", kind="query", outcome="error") == 1
    assert [sample("opshub_request_errors_total", code=code) for code in ("MEASURED_A", "MEASURED_B")] == [1, 1]
