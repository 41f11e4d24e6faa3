"""What sources said, what it means, where it leads (design section 5)."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Index, Numeric, Table, Text, text
from sqlalchemy.dialects.postgresql import ARRAY

from hub.store.tables.columns import count_column, instant, json_column, metadata, text_column

record = Table(
    "record",
    metadata,
    text_column("tenant", key=True),
    text_column("source", key=True),
    text_column("kind", key=True),
    text_column("source_id", key=True),
    text_column("birth", key=True, default=""),
    text_column("entity_id"),
    json_column("content", nullable=False),
    text_column("hash"),
    text_column("raw_ref", nullable=True),
    count_column("mapping_version", 1),
    Column("source_version", BigInteger, nullable=True),
    Column(
        "pushed",
        Boolean,
        nullable=False,
        server_default="false",
        comment="never read since: its start is minus infinity",
    ),
    instant("started", nullable=False),
    instant("finished", nullable=False),
    instant("gone_at"),
    json_column("rival"),
    Column(
        "in_doubt",
        Boolean,
        nullable=False,
        server_default="false",
        comment="overlapping answers differ: stale until read again (Obs-2)",
    ),
    text_column("correlation_id", default=""),
    instant("first_seen_at", nullable=False, now=True),
    Index(None, "tenant", "entity_id"),
    comment="what each source last said",
)

absence = Table(
    "absence",
    metadata,
    text_column("tenant", key=True),
    text_column("source", key=True),
    text_column("kind", key=True),
    text_column("source_id", key=True),
    instant("started", nullable=False),
    instant("finished", nullable=False),
    comment="not found: belongs to the source id, kept even where nothing was ever seen (Obs-3)",
)

raw_answer = Table(
    "raw_answer",
    metadata,
    text_column("tenant", key=True),
    text_column("ref", key=True),
    json_column("body", nullable=False),
    instant("seen_at", nullable=False, now=True),
    comment="raw answers, for opshub reassemble",
)

identity = Table(
    "identity",
    metadata,
    text_column("tenant", key=True),
    text_column("scheme", key=True),
    text_column("source", key=True),
    text_column("value", key=True),
    text_column("birth", key=True, default=""),
    text_column("kind"),
    text_column("entity_id"),
    Index(None, "tenant", "entity_id"),
    Index(None, "tenant", "scheme", "value"),
    comment="sameness (Id-1)",
)

identifier = Table(
    "identifier",
    metadata,
    text_column("tenant", key=True),
    text_column("kind", key=True),
    text_column("entity_id", key=True),
    text_column("scheme", key=True),
    text_column("source", key=True, default=""),
    text_column("value", key=True),
    text_column("normalised"),
    text_column("root_id"),
    text_column("account", nullable=True),
    Index(None, "tenant", "value"),
    Index(None, "tenant", "normalised"),
    comment="finding: not unique",
)

link = Table(
    "link",
    metadata,
    text_column("tenant", key=True),
    text_column("source", key=True),
    text_column("kind", key=True),
    text_column("source_id", key=True),
    text_column("birth", key=True, default=""),
    text_column("scheme", key=True),
    text_column("value", key=True),
    text_column("entity_id"),
    text_column("target_id", nullable=True),
    Index(None, "tenant", "scheme", "value"),
    Index(None, "tenant", "target_id"),
    comment="what a record refers to; target_id null: not seen yet, joins nothing (Id-2)",
)

entity = Table(
    "entity",
    metadata,
    text_column("tenant", key=True),
    text_column("kind", key=True),
    text_column("id", key=True),
    text_column("root_id"),
    count_column("version", 1),
    count_column("root_version", 1),
    text_column("account", nullable=True),
    text_column("redirect_to", nullable=True),
    json_column("doc", nullable=False),
    text_column("number", nullable=True),
    text_column("status", nullable=True),
    instant("status_since"),
    instant("placed_at"),
    instant("promised_ship_at"),
    instant("updated_at", nullable=False, now=True),
    Column("total", Numeric(20, 6), nullable=True),
    text_column("channel", nullable=True),
    text_column("customer_id", nullable=True),
    Column("is_partial", Boolean, nullable=False, server_default="false"),
    Column("missing_in", ARRAY(Text), nullable=False, server_default="{}"),
    Column("skus", ARRAY(Text), nullable=False, server_default="{}"),
    Column("warehouse_ids", ARRAY(Text), nullable=False, server_default="{}"),
    Index(None, "tenant", "root_id"),
    Index(None, "tenant", "kind", "placed_at", "id"),
    Index(None, "tenant", "kind", "updated_at", "id"),
    Index(None, "tenant", "kind", "status", "status_since", "id"),
    Index(None, "tenant", "customer_id"),
    Index(
        "entity_missing_status_since_id",
        "tenant",
        "kind",
        "status_since",
        "id",
        postgresql_where=text("missing_in <> '{}'::text[]"),
    ),
    comment="assembled documents; a column only where a query filters or sorts",
)

root = Table(
    "root",
    metadata,
    text_column("tenant", key=True),
    text_column("id", key=True),
    text_column("kind"),
    count_column("version", 0),
    count_column("flow_version", 1),
    text_column("managed_by", default="EXTERNAL"),
    instant("wake_at"),
    json_column("line_numbers", nullable=False, default="{}"),
    Index(None, "wake_at", postgresql_where=text("wake_at is not null")),
    comment="lock, version, flow_version, wake_at; line numbers ever given (Id-5)",
)

milestone = Table(
    "milestone",
    metadata,
    text_column("tenant", key=True),
    text_column("source", key=True),
    text_column("kind", key=True),
    text_column("source_id", key=True),
    text_column("birth", key=True, default=""),
    text_column("part", key=True, default=""),
    text_column("milestone", key=True),
    Column("occurred_at", DateTime(timezone=True), primary_key=True, nullable=False, server_default="-infinity"),
    Column("reverses", Boolean, primary_key=True, nullable=False, server_default="false"),
    text_column("entity_id"),
    instant("started", nullable=False),
    instant("finished", nullable=False),
    instant("first_seen_at", nullable=False, now=True),
    Column("source_version", BigInteger, nullable=True),
    Index(None, "tenant", "entity_id"),
    comment="history: grow-only (Mark-1)",
)
