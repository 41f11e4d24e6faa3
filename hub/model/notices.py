"""What customers are told of their orders, by which channel, and what they agreed to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class NoticeMilestone(StrEnum):
    """What a customer may be told of."""

    ORDER_ACCEPTED = "ORDER_ACCEPTED"
    """The order was taken."""
    SHIPPED = "SHIPPED"
    """A shipment has left."""
    DELAYED = "DELAYED"
    """A shipment comes later than promised."""
    DELIVERED = "DELIVERED"
    """A shipment has arrived."""
    RETURN_AUTHORIZED = "RETURN_AUTHORIZED"
    """Goods may be sent back."""
    REFUNDED = "REFUNDED"
    """Money was given back."""


class NoticeChannel(StrEnum):
    """How it is told."""

    EMAIL = "EMAIL"
    """By mail to the address of the order."""
    WEBHOOK = "WEBHOOK"
    """By a signed call of the tenant's own provider (Standard Webhooks)."""


class NoticeState(StrEnum):
    """How far it is."""

    PENDING = "PENDING"
    """On its way."""
    HANDED = "HANDED"
    """Being handed to the mail server at this moment."""
    SENT = "SENT"
    """The mail server, or the provider, has it."""
    SKIPPED = "SKIPPED"
    """Not to be told: not wanted, or nobody to tell."""
    UNKNOWN = "UNKNOWN"
    """Nobody knows whether the mail server has it; it is not sent a second time but by `noticeResend`."""
    FAILED = "FAILED"
    """Not taken in any attempt, or refused for good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One milestone told by one channel, once."""

    id: str
    """Stable, opaque."""
    milestone: NoticeMilestone
    """What of."""
    channel: NoticeChannel
    """How."""
    state: NoticeState
    """How far it is."""
    attempts: int
    """How often it was tried."""
    error: str | None = None
    """Why it was not sent, in words."""
    created_at: datetime
    """Since when it was to be told."""
    settled_at: datetime | None = None
    """When it came to its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticePreference:
    """What a customer wants to be told by one channel."""

    channel: NoticeChannel
    """Which."""
    wants: tuple[NoticeMilestone, ...]
    """What of; empty for nothing."""
    language: str | None = None
    """In which language, such as `de`."""
    actor: str
    """Who said so."""
    decided_at: datetime
    """When."""
