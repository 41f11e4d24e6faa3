"""Facts waiting, facts in order, who has read how far, boundary crossings."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    Table,
    Uuid,
)

from hub.store.tables.columns import count_column, instant, json_column, metadata, text_column

outbox = Table(
    "outbox",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    text_column("tenant"),
    text_column("root_id"),
    text_column("account", nullable=True),
    Column("event_id", Uuid(as_uuid=False), nullable=False),
    text_column("aggregatetype"),
    text_column("aggregateid"),
    text_column("type"),
    count_column("entity_version", None),
    json_column("headers", nullable=False),
    json_column("payload", nullable=False),
    instant("created_at", nullable=False, now=True),
    comment="facts waiting for the relay",
)

change_log = Table(
    "change_log",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    text_column("tenant"),
    text_column("root_id"),
    text_column("account", nullable=True),
    Column("event_id", Uuid(as_uuid=False), nullable=False, unique=True),
    text_column("aggregatetype"),
    text_column("aggregateid"),
    text_column("type"),
    count_column("entity_version", None),
    json_column("headers", nullable=False),
    json_column("payload", nullable=False),
    instant("created_at", nullable=False),
    instant("logged_at", nullable=False, now=True),
    Index(None, "tenant", "root_id", "position"),
    comment="facts in order",
)

sequencer = Table(
    "sequencer",
    metadata,
    Column("one", Boolean, CheckConstraint("one", name="single"), primary_key=True, server_default="true"),
    text_column("holder", nullable=True),
    Column("term", Uuid(as_uuid=False), nullable=True),
    instant("until"),
    Column("last", BigInteger, nullable=False, server_default="0"),
    Column("floor", BigInteger, nullable=False, server_default="1", comment="lowest position still kept"),
    comment="leadership of the relay and the last position given",
)

sequencer_term = Table(
    "sequencer_term",
    metadata,
    Column("number", BigInteger, Identity(always=True), primary_key=True),
    Column("term", Uuid(as_uuid=False), nullable=False, unique=True),
    Column("first_position", BigInteger, nullable=False),
    instant("taken_at", nullable=False, now=True),
    comment="terms in order: a cursor of an older one at or past the next first position has expired",
)

follower = Table(
    "follower",
    metadata,
    text_column("name", key=True),
    Column("term", Uuid(as_uuid=False), nullable=True),
    Column("position", BigInteger, nullable=False, server_default="0"),
    text_column("holder", nullable=True),
    Column("epoch", BigInteger, nullable=False, server_default="0"),
    instant("until"),
    text_column("error", nullable=True),
    comment="readers' positions, who reads by lease and epoch, and why one stands still",
)

parked = Table(
    "parked",
    metadata,
    text_column("tenant", key=True),
    text_column("follower", key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    text_column("root_id"),
    Column("event_id", Uuid(as_uuid=False), nullable=False),
    text_column("type"),
    text_column("error", nullable=True),
    instant("parked_at", nullable=False, now=True),
    Index(None, "follower", "tenant", "root_id"),
    comment="changes that a follower could never hand on, and what follows them under the same root",
)

hop = Table(
    "hop",
    metadata,
    text_column("tenant", key=True),
    text_column("id", key=True),
    text_column("correlation_id"),
    text_column("parent_id", nullable=True),
    text_column("kind"),
    text_column("system"),
    text_column("source", nullable=True),
    text_column("operation"),
    text_column("outcome"),
    Column("attempt", Integer, nullable=True),
    instant("started_at", nullable=False),
    Column("duration_ms", Integer, nullable=True),
    count_column("waiting_ms"),
    text_column("error", nullable=True),
    Index(None, "tenant", "correlation_id", "started_at"),
    Index(None, "started_at"),
    comment="boundary crossings",
)

hop_root = Table(
    "hop_root",
    metadata,
    text_column("tenant", key=True),
    text_column("root_id", key=True),
    text_column("hop_id", key=True),
    ForeignKeyConstraint(["tenant", "hop_id"], ["hop.tenant", "hop.id"], ondelete="CASCADE"),
    Index(None, "tenant", "hop_id"),
    comment="which roots a hop concerns",
)
