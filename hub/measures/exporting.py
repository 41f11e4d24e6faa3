"""Spans on their way to a collector, by OTLP over HTTP (extra `otlp`)."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.sampling import TraceIdRatioBased

from hub.errors import Misconfigured
from hub.settings import OtlpSettings
from hub.spans import DerivedIds, make_spans

EXPORTER = "opentelemetry.exporter.otlp.proto.http"
PATIENCE = 2.0  # seconds for one export, its repeats included: so long a process may take longer to end


@contextmanager
def exporting(settings: OtlpSettings) -> Iterator[None]:
    """Send spans to the configured collector while the block runs; what waits is sent at its end, within seconds.

    A collector that is away costs spans, nothing else. Raises Misconfigured where the extra is not installed.
    """
    if settings.endpoint is None:
        yield
        return
    provider = TracerProvider(
        sampler=TraceIdRatioBased(settings.share),
        resource=Resource.create({"service.name": settings.service}),
        id_generator=DerivedIds(),
        shutdown_on_exit=False,
    )
    provider.add_span_processor(BatchSpanProcessor(_exporter(settings, settings.endpoint)))
    make_spans(provider)
    try:
        yield
    finally:
        make_spans(None)
        provider.shutdown()


def _exporter(settings: OtlpSettings, endpoint: str) -> SpanExporter:
    if find_spec("opentelemetry.exporter") is None or find_spec(EXPORTER) is None:
        message = "otlp.endpoint needs the extra `otlp`: pip install 'opshub[otlp]'"
        raise Misconfigured(message)
    module = importlib.import_module(f"{EXPORTER}.trace_exporter")
    headers = {name: secret.reveal() for name, secret in settings.headers.items()}
    exporter: SpanExporter = module.OTLPSpanExporter(endpoint=endpoint, headers=headers, timeout=PATIENCE)
    return exporter
