"""The measures of a process that serves no graph, for Prometheus to fetch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import start_http_server

from hub.errors import Misconfigured
from hub.settings import MetricsSettings
from hub.telemetry import logger

log = logger(__name__)


@contextmanager
def exposed(settings: MetricsSettings) -> Iterator[int | None]:
    """Answer on the configured port while the block runs; the port, None where none is configured.

    Raises Misconfigured where the port is taken.
    """
    if settings.port is None:
        yield None
        return
    try:
        server, thread = start_http_server(settings.port, settings.host)
    except OSError as taken:
        message = f"metrics.port: {settings.host}:{settings.port}: {taken.strerror or taken}"
        raise Misconfigured(message) from taken
    port = server.server_port
    log.info("metrics.exposed", host=settings.host, port=port)
    try:
        yield port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
