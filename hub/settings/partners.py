"""`[webhooks]`, `[smtp]`, `[notices.NAME]`: how partners are called, and what customers are told."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta

from hub.settings.secret import Secret

Name = Annotated[str, Meta(min_length=1, max_length=200)]
Milestone = Literal["ORDER_ACCEPTED", "SHIPPED", "DELAYED", "DELIVERED", "RETURN_AUTHORIZED", "REFUNDED"]
MILESTONES: tuple[Milestone, ...] = (
    "ORDER_ACCEPTED", "SHIPPED", "DELAYED", "DELIVERED", "RETURN_AUTHORIZED", "REFUNDED",
)  # fmt: skip
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


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSettings:
    """The mail server that notices leave by."""

    host: Name | None = None
    """Without it, and without `folder`, no mail is sent."""
    port: Annotated[int, Meta(ge=1, le=65535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: Name | None = None
    password: Secret | None = None
    timeout_seconds: Annotated[float, Meta(gt=0, le=60)] = 15.0
    """How long each step of a conversation may take."""
    sender: Name = "opshub@localhost"
    """Whom mails are from."""
    folder: Path | None = None
    """Put each mail into this folder instead, for looking at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeSettings:
    """What the customers of one tenant are told."""

    tenant: Name
    channels: tuple[Literal["EMAIL", "WEBHOOK"], ...] = ("EMAIL",)
    milestones: tuple[Milestone, ...] = MILESTONES
    """What of, where the customer has not said otherwise."""
    consent: Literal["assumed", "needed"] = "assumed"
    """`needed`: only customers who said so are told anything."""
    language: Name = "en"
    """Where the customer has not said otherwise."""
    templates: Path | None = None
    """A folder of `TENANT/LANGUAGE/milestone.txt`; what it lacks is built in, in English."""
    url: Name | None = None
    """Where the provider of channel WEBHOOK is called."""
    secret: Secret | None = None
    """What those calls are signed with."""
    max_age_hours: Annotated[float, Meta(gt=0)] = 24.0
    """What happened longer ago is not told any more."""
    retry_seconds: tuple[Seconds, ...] = (60.0, 600.0, 3600.0, 14400.0)
    """Waits between attempts that certainly failed."""
