"""OpenTelemetry spans: a request and its statements as they happen, every other crossing by the hop that tells of it.

Spans of one correlation id share one trace: its id is derived from the correlation id, and a hop's span id from the
hop's, so that spans made by different processes, weeks apart, fit together without being told of each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from functools import lru_cache

from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.id_generator import IdGenerator, RandomIdGenerator
from opentelemetry.trace import NonRecordingSpan, Span, SpanContext, SpanKind, Status, StatusCode, TraceFlags, Tracer

from hub.call import span_id, trace_id
from hub.model.trace import HopKind, HopOutcome
from hub.ports import Hop

EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
LONGEST = 400  # characters of a statement that are told
KINDS = {
    HopKind.API_IN: SpanKind.SERVER,
    HopKind.WEBHOOK_IN: SpanKind.SERVER,
    HopKind.SOURCE_CALL: SpanKind.CLIENT,
    HopKind.NOTIFICATION: SpanKind.CLIENT,
    HopKind.PUBLISH: SpanKind.PRODUCER,
    HopKind.PUSH: SpanKind.PRODUCER,
}

_wanted: ContextVar[tuple[int, int] | None] = ContextVar("_wanted", default=None)


class _Process:
    """Who makes the spans of this process: nobody, until an exporter is there."""

    tracer: Tracer = trace.NoOpTracer()
    is_on: bool = False


def make_spans(provider: TracerProvider | None) -> None:
    """From now on spans of this process go to *provider*; None: no more are made."""
    _Process.tracer = trace.NoOpTracer() if provider is None else provider.get_tracer("opshub")
    _Process.is_on = provider is not None


class DerivedIds(IdGenerator):
    """Ids that are asked for, else random ones."""

    def __init__(self) -> None:
        self._random = RandomIdGenerator()

    def generate_trace_id(self) -> int:
        """128 bits."""
        wanted = _wanted.get()
        return self._random.generate_trace_id() if wanted is None else wanted[0]

    def generate_span_id(self) -> int:
        """64 bits."""
        wanted = _wanted.get()
        return self._random.generate_span_id() if wanted is None or not wanted[1] else wanted[1]


def trace_of(correlation_id: str) -> int:
    """The trace of a correlation id: always the same, never 0, and what the hub's `traceparent` names."""
    return int(trace_id(correlation_id), 16)


def span_of(hop_id: str) -> int:
    """The span of a hop: always the same, never 0, and what the hub's `traceparent` names."""
    return int(span_id(hop_id), 16)


@contextmanager
def operation(name: str, correlation_id: str) -> Iterator[None]:
    """The span of one operation of the graph while the block runs; statements in it become its children."""
    if not _Process.is_on:
        yield
        return
    wanted = _wanted.set((trace_of(correlation_id), 0))
    try:
        span = _Process.tracer.start_span(
            f"graphql {name}", kind=SpanKind.SERVER, attributes={"opshub.correlation_id": correlation_id}
        )
    finally:
        _wanted.reset(wanted)
    with trace.use_span(span, end_on_exit=True):
        yield


def begin_statement(sql: str) -> Span | None:
    """The span of a statement, where something is under way that has one; to be ended by `end_statement`."""
    if not trace.get_current_span().is_recording():
        return None
    name, attributes = _told(sql)
    return _Process.tracer.start_span(name, kind=SpanKind.CLIENT, attributes=attributes)


@lru_cache(maxsize=1_000)
def _told(sql: str) -> tuple[str, Mapping[str, str]]:
    """What a statement does, and how it is told; the hub has a few hundred of them, some of thousands of characters."""
    told = " ".join(sql.split())[:LONGEST]
    return told.partition(" ")[0].lower(), {"db.system.name": "postgresql", "db.query.text": told}


def end_statement(span: Span | None, error: BaseException | None = None) -> None:
    """The statement has been answered, or has failed with *error*, of which only the class is told."""
    if span is None:
        return
    if error is not None:
        span.set_status(Status(StatusCode.ERROR, type(error).__name__))
    span.end()


def tell_hop(hop: Hop) -> None:
    """Make the span of a hop that has ended; nothing where no spans are made."""
    if not _Process.is_on:
        return
    started = _nanoseconds(hop.started_at)
    wanted = _wanted.set((trace_of(hop.correlation_id), span_of(hop.id)))
    try:
        span = _Process.tracer.start_span(
            f"{hop.kind.value.lower()} {hop.operation}",
            context=trace.set_span_in_context(_parent(hop)),
            kind=KINDS.get(hop.kind, SpanKind.INTERNAL),
            attributes=_attributes(hop),
            start_time=started,
        )
    finally:
        _wanted.reset(wanted)
    if hop.outcome is not HopOutcome.OK:
        code = StatusCode.ERROR if hop.outcome in {HopOutcome.FAILED, HopOutcome.UNKNOWN} else StatusCode.UNSET
        span.set_status(Status(code, hop.error if code is StatusCode.ERROR else None))
    span.end(started + (hop.duration_ms or 0) * 1_000_000)


def _parent(hop: Hop) -> Span:
    if hop.parent_id is None:
        return trace.INVALID_SPAN
    return NonRecordingSpan(
        SpanContext(
            trace_id=trace_of(hop.correlation_id),
            span_id=span_of(hop.parent_id),
            is_remote=True,
            trace_flags=TraceFlags(TraceFlags.SAMPLED),
        )
    )


def _attributes(hop: Hop) -> dict[str, str | int]:
    told: dict[str, str | int | None] = {
        "opshub.correlation_id": hop.correlation_id,
        "opshub.tenant": hop.tenant,
        "opshub.system": hop.system.value,
        "opshub.source": hop.source,
        "opshub.outcome": hop.outcome.value,
        "opshub.attempt": hop.attempt,
        "opshub.waiting_ms": hop.waiting_ms,
        "opshub.roots": " ".join(hop.roots) or None,
    }
    return {name: value for name, value in told.items() if value is not None}


def _nanoseconds(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1) * 1_000
