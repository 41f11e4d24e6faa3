"""Spans tell of a request, its statements and every hop; those of one correlation id are one trace."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode
from sqlalchemy import text

from hub.errors import HubError
from hub.model.trace import HopKind, HopOutcome
from hub.model.vocabulary import SystemKind
from hub.ports import Hop
from hub.spans import DerivedIds, make_spans, operation, span_of, tell_hop, trace_of
from hub.store.store import Store

DELIVERY = Hop(
    id="h1",
    tenant="acme",
    correlation_id="c1",
    kind=HopKind.DELIVERY,
    system=SystemKind.ERP,
    source="erp",
    operation="order.create",
    outcome=HopOutcome.OK,
    started_at=datetime(2026, 11, 22, 12, tzinfo=UTC),
    duration_ms=250,
    roots=("r1", "r2"),
)
CALL = replace(
    DELIVERY, id="h2", kind=HopKind.SOURCE_CALL, parent_id="h1", outcome=HopOutcome.FAILED, error="no", roots=()
)


@pytest.fixture
def made() -> Iterator[InMemorySpanExporter]:
    """Where spans of this process go meanwhile."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider(id_generator=DerivedIds(), shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    make_spans(provider)
    yield exporter
    make_spans(None)


def test_a_hop_is_a_span_of_the_trace_of_its_correlation_id(made: InMemorySpanExporter) -> None:
    tell_hop(DELIVERY)
    (span,) = made.get_finished_spans()
    assert span.context is not None
    assert (span.name, span.context.trace_id, span.context.span_id, span.parent) == (
        "delivery order.create", trace_of("c1"), span_of("h1"), None,
    )  # fmt: skip
    assert (span.start_time, span.end_time) == (1_795_348_800_000_000_000, 1_795_348_800_250_000_000)
    assert dict(span.attributes or {}) == {
        "opshub.correlation_id": "c1",
        "opshub.tenant": "acme",
        "opshub.system": "ERP",
        "opshub.source": "erp",
        "opshub.outcome": "OK",
        "opshub.waiting_ms": 0,
        "opshub.roots": "r1 r2",
    }


def test_a_hop_within_another_is_its_child_and_says_that_it_failed(made: InMemorySpanExporter) -> None:
    tell_hop(CALL)
    (span,) = made.get_finished_spans()
    assert span.parent is not None
    assert (span.parent.trace_id, span.parent.span_id, span.kind) == (trace_of("c1"), span_of("h1"), SpanKind.CLIENT)
    assert (span.status.status_code, span.status.description) == (StatusCode.ERROR, "no")


async def test_statements_of_a_request_are_its_children_and_hold_no_values(
    made: InMemorySpanExporter, store: Store
) -> None:
    with operation("query Order360", "c1"):
        async with store.across() as tx:
            await tx.execute(text("select  :secret as found"), {"secret": "joe@example.org"})
    spans = {span.name: span for span in made.get_finished_spans()}
    request, statement = spans["graphql query Order360"], spans["select"]
    assert request.context is not None
    assert statement.parent is not None
    assert (request.context.trace_id, request.parent) == (trace_of("c1"), None)
    assert statement.parent.span_id == request.context.span_id
    assert "joe" not in str(statement.to_json())


async def test_a_statement_that_fails_says_so(made: InMemorySpanExporter, store: Store) -> None:
    with operation("query Broken", "c1"), pytest.raises(HubError):
        async with store.across() as tx:
            await tx.execute(text("select 1/0"))
    failed = [span.name for span in made.get_finished_spans() if span.status.status_code is StatusCode.ERROR]
    assert "select" in failed


async def test_statements_of_nobody_make_no_spans(made: InMemorySpanExporter, store: Store) -> None:
    async with store.across() as tx:
        await tx.execute(text("select 1"))
    assert made.get_finished_spans() == ()


async def test_without_an_exporter_nothing_is_made(store: Store) -> None:
    tell_hop(DELIVERY)
    with operation("query Order360", "c1"):
        async with store.across() as tx:
            assert await tx.scalar(text("select 1")) == 1
