"""`[metrics]` and `[otlp]`: where a worker tells what it does, and where spans go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from msgspec import Meta

from hub.settings.secret import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricsSettings:
    """Where `opshub work`, which serves no graph, answers Prometheus; what serves has `/metrics` anyway."""

    host: Annotated[str, Meta(min_length=1, max_length=80)] = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65535)] | None = None
    """Without it a worker does not answer; 0 takes any free port and logs it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OtlpSettings:
    """Which collector takes OpenTelemetry spans, by OTLP over HTTP (extra `otlp`). Without `endpoint` none are made."""

    endpoint: Annotated[str, Meta(pattern=r"^https?://\S+$")] | None = None
    """Such as `http://127.0.0.1:4318/v1/traces`."""
    headers: Mapping[str, Secret] = field(default_factory=dict)
    """Sent with each export, such as an API key."""
    share: Annotated[float, Meta(ge=0, le=1)] = 1.0
    """Of the requests that bear no sampling decision of their caller's, how many are sampled."""
    service: Annotated[str, Meta(min_length=1, max_length=80)] = "opshub"
    """What the process calls itself."""
