"""Spans reach a collector by OTLP, with what it asks for; one that is away costs spans and nothing else."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from hub.measures.exporting import exporting
from hub.settings import OtlpSettings, Secret
from hub.spans import operation


class Collector(BaseHTTPRequestHandler):
    """Keeps what it is sent."""

    told: list[tuple[str | None, bytes]] = []  # noqa: RUF012  emptied by the fixture

    def do_POST(self) -> None:
        """One export."""
        body = self.rfile.read(int(self.headers["content-length"]))
        packed = self.headers.get("content-encoding") == "gzip"
        self.told.append((self.headers.get("x-key"), gzip.decompress(body) if packed else body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def endpoint() -> Iterator[str]:
    """Of a collector that runs."""
    Collector.told.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1/traces"
    server.shutdown()
    server.server_close()
    thread.join()


def told_by(settings: OtlpSettings) -> list[str]:
    """Names of the spans that a collector was told of two operations."""
    with exporting(settings):
        for name in ("query One", "mutation Two"):
            with operation(name, "c1"):
                pass
    requests = [ExportTraceServiceRequest.FromString(body) for _, body in Collector.told]
    scopes = [scope for one in requests for resource in one.resource_spans for scope in resource.scope_spans]
    return [span.name for scope in scopes for span in scope.spans]


def test_spans_are_sent_at_the_latest_when_the_process_ends(endpoint: str) -> None:
    settings = OtlpSettings(endpoint=endpoint, headers={"x-key": Secret("k")})
    assert told_by(settings) == ["graphql query One", "graphql mutation Two"]
    assert {key for key, _ in Collector.told} == {"k"}


def test_of_a_share_of_none_nothing_is_sent(endpoint: str) -> None:
    assert told_by(OtlpSettings(endpoint=endpoint, share=0)) == []


def test_without_a_collector_nothing_is_made(endpoint: str) -> None:
    assert told_by(OtlpSettings()) == []
