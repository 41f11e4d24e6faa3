"""What comes in and what to read again (design section 8)."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from hub.store.tables.columns import count_column, instant, json_column, metadata, text_column

coverage = Table(
    "coverage",
    metadata,
    text_column("tenant", key=True),
    text_column("source", key=True),
    text_column("kind", key=True),
    text_column("sweep", key=True),
    instant("through", nullable=False),
    comment="the instant through which everything was seen (D3)",
)

cursor = Table(
    "cursor",
    metadata,
    text_column("tenant", key=True),
    text_column("source", key=True),
    text_column("kind", key=True),
    text_column("sweep", key=True),
    json_column("cursor", nullable=False),
    Column("is_loaded", Boolean, nullable=False, server_default="false"),
    count_column("seen"),
    Column("total", Integer, nullable=True),
    instant("run_started_at"),
    instant("updated_at", nullable=False, now=True),
    instant("read_at"),
    comment="sweep positions and the first load's bar",
)

staged = Table(
    "staged",
    metadata,
    text_column("tenant", key=True),
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    text_column("source"),
    text_column("kind"),
    text_column("body"),
    Column("keys", ARRAY(BigInteger), nullable=False),
    instant("started", nullable=False),
    instant("finished", nullable=False),
    count_column("mapping_version", None),
    text_column("correlation_id"),
    instant("ripe_at", nullable=False),
    Index(None, "tenant", "ripe_at"),
    Index(None, "tenant", "source", "kind"),
    comment="read by a first load, not yet applied",
)

staged_key = Table(
    "staged_key",
    metadata,
    text_column("tenant", key=True),
    Column("key", BigInteger, primary_key=True, autoincrement=False),
    Column("staged_id", BigInteger, primary_key=True, autoincrement=False),
    comment="what ties staged objects together: numbers of the keys they bear or refer to",
)

hint = Table(
    "hint",
    metadata,
    text_column("tenant", key=True),
    text_column("source", key=True),
    text_column("kind", key=True),
    text_column("source_id", key=True),
    Column("counter", BigInteger, nullable=False, server_default="0"),
    Column("is_open", Boolean, nullable=False, server_default="true"),
    count_column("priority", 5),
    text_column("reason"),
    count_column("attempts"),
    text_column("error", nullable=True),
    instant("due_at", nullable=False, now=True),
    text_column("correlation_id", default=""),
    instant("raised_at", nullable=False, now=True),
    Index(
        "hint_unread", "tenant", "source", "kind", "source_id", postgresql_where=text("is_open and error is not null")
    ),
    Index("hint_open", "tenant", "source", "priority", "due_at", postgresql_where=text("is_open")),
    comment="what to read again: at most one open per object; the counter never restarts (Obs-2)",
)

inbox = Table(
    "inbox",
    metadata,
    text_column("tenant", key=True),
    text_column("id", key=True),
    text_column("source"),
    text_column("delivery_id"),
    json_column("headers", nullable=False),
    Column("body", LargeBinary, nullable=False),
    text_column("state", default="PENDING"),
    count_column("attempts"),
    instant("next_attempt_at", nullable=False, now=True),
    text_column("error", nullable=True),
    text_column("error_class", nullable=True),
    text_column("correlation_id"),
    instant("received_at", nullable=False, now=True),
    UniqueConstraint("tenant", "source", "delivery_id"),
    Index(None, "tenant", "source", "received_at"),
    Index("inbox_dead", "tenant", "source", postgresql_where=text("state = 'DEAD'")),
    Index("inbox_pending", "next_attempt_at", postgresql_where=text("state = 'PENDING'")),
    comment="raw deliveries, deduped",
)

bus_place = Table(
    "bus_place",
    metadata,
    text_column("tenant", key=True),
    text_column("source", key=True),
    text_column("topic", key=True),
    Column("partition", Integer, primary_key=True, autoincrement=False),
    Column("next", BigInteger, nullable=False),
    Column("end", BigInteger, nullable=False, server_default="0"),
    instant("moved_at", nullable=False, now=True),
    comment="how far a source's topic was taken into the inbox; kept with the rows themselves",
)

source_state = Table(
    "source_state",
    metadata,
    text_column("tenant", key=True),
    text_column("source", key=True),
    text_column("breaker", default="CLOSED"),
    instant("breaker_since"),
    instant("last_success_at"),
    instant("last_failure_at"),
    text_column("last_error", nullable=True),
    Column("is_paused", Boolean, nullable=False, server_default="false"),
    instant("untold_at"),
    instant("updated_at", nullable=False, now=True),
    comment="breaker, lag and last words of a source, published by its owner",
)

lease = Table(
    "lease",
    metadata,
    text_column("tenant", key=True),
    text_column("source", key=True),
    text_column("holder", nullable=True),
    Column("epoch", BigInteger, nullable=False, server_default="0"),
    instant("until"),
    instant("lanes_from", nullable=True),
    comment="who owns a source; lanes_from: the end of the last owner's lease plus the longest call (D8)",
)
