"""Partners whom the hub calls when something changes, and each change on its way to one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hub.model.vocabulary import Kind


class WebhookEndpointState(StrEnum):
    """Whether an endpoint is called."""

    ACTIVE = "ACTIVE"
    """It is."""
    DISABLED = "DISABLED"
    """It is not; what it asked for waits for it, no longer than deliveries are kept, and is given up then."""


class WebhookDeliveryState(StrEnum):
    """How far a delivery is."""

    PENDING = "PENDING"
    """It is on its way, or waits for its turn."""
    DONE = "DONE"
    """The endpoint took it."""
    DEAD = "DEAD"
    """The endpoint did not take it in any attempt; what follows of the same order waits until somebody decides."""
    WITHDRAWN = "WITHDRAWN"
    """It was given up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookAttempt:
    """One call of an endpoint."""

    number: int
    """Which one, from 1."""
    at: datetime
    """When it began."""
    duration_ms: int
    """How long it took."""
    status_code: int | None = None
    """HTTP status of the answer; null where there was none."""
    error: str | None = None
    """Why it does not count as taken, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookEndpoint:
    """Where a partner wants to hear of changes, of which, and in which shape."""

    id: str
    """Stable, opaque."""
    name: str
    """Unique in the tenant."""
    url: str
    """Where it is called."""
    state: WebhookEndpointState
    """Whether it is called."""
    kinds: tuple[Kind, ...]
    """Kinds of entity it hears of."""
    events: tuple[str, ...]
    """Only these events, such as `order.shipped`; empty for all of the kinds."""
    customer_id: str | None = None
    """Only what belongs to this customer."""
    document: str | None = None
    """The query whose answer goes along, asked with the rights of the key that set the endpoint."""
    actor: str
    """The key that set it."""
    account: str | None = None
    """The account that it hears of; null for the whole tenant."""
    failing_since: datetime | None = None
    """Since when it takes nothing."""
    disabled_because: str | None = None
    """Why it is not called, in words."""
    version: int
    """Moves when it is set otherwise."""
    created_at: datetime
    """Since when it hears of changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookDelivery:
    """One change on its way to one endpoint."""

    id: str
    """Stable, opaque."""
    event_id: str
    """What the endpoint gets as `webhook-id`: the same in every attempt, for telling repeats."""
    event: str
    """What happened."""
    state: WebhookDeliveryState
    """How far it is."""
    attempts: int
    """Calls so far, of this round."""
    status_code: int | None = None
    """HTTP status of the last answer."""
    next_attempt_at: datetime | None = None
    """When it is tried next, at the earliest."""
    error: str | None = None
    """Why the last attempt does not count as taken, in words."""
    log: tuple[WebhookAttempt, ...] = ()
    """The last attempts, oldest first."""
    created_at: datetime
    """Since when it waits."""
    settled_at: datetime | None = None
    """When it came to its end."""
