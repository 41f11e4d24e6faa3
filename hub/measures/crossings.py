"""What this process does, as measures: requests answered, and every boundary crossed, by the hop that tells of it."""

from __future__ import annotations

from prometheus_client import Counter, Histogram

from hub.ports import Hop, Recorder
from hub.spans import tell_hop

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

REQUESTS = Histogram(
    "opshub_request_seconds", "Operations of the graph answered", ["transport", "kind", "outcome"], buckets=SECONDS
)
ERRORS = Counter("opshub_request_errors", "Errors in answers of the graph, by code", ["code"])
CROSSINGS = Histogram(
    "opshub_crossing_seconds",
    "Boundaries crossed: webhooks, sweeps, changes, deliveries, calls of sources, pushes and notices",
    ["kind", "tenant", "source", "outcome"],
    buckets=SECONDS,
)
WAITED = Histogram(
    "opshub_crossing_waited_seconds",
    "How long a crossing stood in line first",
    ["kind", "tenant", "source"],
    buckets=SECONDS,
)


class Measured:
    """A Recorder that counts each hop, and makes its span, before it is kept."""

    def __init__(self, kept: Recorder) -> None:
        self._kept = kept

    def record(self, hop: Hop) -> None:
        """Count the hop, tell its span, and keep it."""
        where = (hop.kind.value, hop.tenant, hop.source or "")
        CROSSINGS.labels(*where, hop.outcome.value).observe((hop.duration_ms or 0) / 1000)
        if hop.waiting_ms:
            WAITED.labels(*where).observe(hop.waiting_ms / 1000)
        tell_hop(hop)
        self._kept.record(hop)


def count_request(labels: tuple[str, str], seconds: float, codes: tuple[str, ...]) -> None:
    """An operation was answered. *labels*: transport and kind; *codes*: of its errors."""
    REQUESTS.labels(*labels, "error" if codes else "ok").observe(seconds)
    for code in codes:
        ERRORS.labels(code).inc()
