"""Whom the hub calls of its own accord, and what it has to tell them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY

from hub.store.tables.columns import count_column, instant, json_column, metadata, text_column

webhook_endpoint = Table(
    "webhook_endpoint",
    metadata,
    text_column("tenant", key=True),
    text_column("id", key=True),
    text_column("name"),
    text_column("url"),
    Column("kinds", ARRAY(Text), nullable=False),
    Column("events", ARRAY(Text), nullable=False),
    text_column("customer_id", nullable=True),
    text_column("document", nullable=True),
    text_column("actor"),
    text_column("account", nullable=True),
    text_column("secret"),
    text_column("former_secret", nullable=True),
    instant("former_until"),
    text_column("state", default="ACTIVE"),
    instant("failing_since"),
    text_column("disabled_because", nullable=True),
    count_column("version", 1),
    instant("created_at", nullable=False, now=True),
    instant("updated_at", nullable=False, now=True),
    UniqueConstraint("tenant", "name"),
    comment="where a partner wants to hear of changes, and of which",
)

webhook_delivery = Table(
    "webhook_delivery",
    metadata,
    text_column("tenant", key=True),
    text_column("id", key=True),
    text_column("endpoint_id"),
    text_column("root_id"),
    Column("position", BigInteger, nullable=False),
    text_column("event_id"),
    text_column("event"),
    text_column("seen_as"),
    json_column("change", nullable=False),
    text_column("state", default="PENDING"),
    count_column("attempts"),
    Column("status_code", Integer),
    text_column("error", nullable=True),
    json_column("log", nullable=False, default="[]"),
    instant("next_attempt_at", nullable=False, now=True),
    instant("claimed_until"),
    instant("settled_at"),
    instant("created_at", nullable=False, now=True),
    UniqueConstraint("tenant", "endpoint_id", "event_id"),
    Index("webhook_delivery_waiting", "tenant", "endpoint_id", "position", postgresql_where=text("state = 'PENDING'")),
    Index("webhook_delivery_lane", "tenant", "endpoint_id", "root_id", "position",
          postgresql_where=text("state in ('PENDING','DEAD')")),
    Index("webhook_delivery_listed", "tenant", "endpoint_id", "position", "id"),
    Index("webhook_delivery_settled", "settled_at", postgresql_where=text("settled_at is not null")),
    comment="one change on its way to one endpoint",
)  # fmt: skip

notice = Table(
    "notice",
    metadata,
    text_column("tenant", key=True),
    text_column("id", key=True),
    text_column("milestone"),
    text_column("kind"),
    text_column("entity_id"),
    text_column("root_id"),
    text_column("channel"),
    text_column("customer_id", nullable=True),
    text_column("state", default="PENDING"),
    count_column("attempts"),
    text_column("error", nullable=True),
    instant("next_attempt_at", nullable=False, now=True),
    instant("claimed_until"),
    instant("settled_at"),
    text_column("correlation_id"),
    instant("created_at", nullable=False, now=True),
    UniqueConstraint("tenant", "milestone", "entity_id", "channel"),
    Index("notice_open", "next_attempt_at", postgresql_where=text("state in ('PENDING','HANDED')")),
    Index(None, "tenant", "root_id"),
    comment="one milestone told to one customer by one channel, once",
)

notice_choice = Table(
    "notice_choice",
    metadata,
    text_column("tenant", key=True),
    text_column("customer_id", key=True),
    text_column("channel", key=True),
    Column("wants", ARRAY(Text)),
    text_column("language", nullable=True),
    text_column("actor"),
    instant("decided_at", nullable=False, now=True),
    comment="what a customer wants to be told, by channel; wants: milestones, none where nothing",
)
