"""`[webhooks]`: how partners are called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from hub.settings.secret import Secret

Seconds = Annotated[float, Meta(gt=0, le=7 * 86400)]
Some = Annotated[int, Meta(ge=1, le=1000)]

RETRIES = (5.0, 300.0, 1800.0, 7200.0, 18000.0, 36000.0, 50400.0, 72000.0, 86400.0)
"""Seconds between attempts, as Standard Webhooks suggests: some three days in all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSettings:
    """How partners are called."""

    key: Secret | None = None
    """What the secrets of endpoints are sealed with; without it, something made of the store's own password."""
    allow: tuple[str, ...] = ()
    """Networks that may be called although they are not public, such as `10.1.0.0/16`."""
    plain_http: bool = False
    """Whether URLs may begin with http:// as well."""
    timeout_seconds: Annotated[float, Meta(gt=0, le=60)] = 15.0
    """How long one call may take."""
    retry_seconds: tuple[Seconds, ...] = RETRIES
    """Waits between attempts; after the last one a delivery is dead."""
    at_once: Some = 64
    """Calls under way of one process."""
    at_once_each: Some = 16
    """Calls under way at one endpoint."""
    disable_after_hours: Annotated[float, Meta(gt=0)] = 120.0
    """An endpoint that has taken nothing for so long is called no more."""
    keep_days: Annotated[float, Meta(gt=0)] = 14.0
    """How long the log keeps what has ended."""
