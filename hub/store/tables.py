"""Every table of a shard (design section 8). SQLAlchemy Core, PostgreSQL only, tenant first in every key."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

metadata = MetaData(
    naming_convention={
        "ix": "%(table_name)s_%(column_0_N_name)s",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ck": "%(table_name)s_%(constraint_name)s_check",
        "pk": "%(table_name)s_pkey",
    }
)


def _text(name: str, *, nullable: bool = False, key: bool = False, default: str | None = None) -> Column[str]:
    return Column(name, Text, primary_key=key, nullable=nullable, server_default=default)


def _instant(name: str, *, nullable: bool = True, now: bool = False) -> Column[object]:
    return Column(
        name, DateTime(timezone=True), nullable=nullable, server_default=func.clock_timestamp() if now else None
    )


def _count(name: str, default: int | None = 0) -> Column[int]:
    return Column(name, Integer, nullable=False, server_default=None if default is None else str(default))


def _json(name: str, *, nullable: bool = True, default: str | None = None) -> Column[object]:
    return Column(
        name, JSONB, nullable=nullable, server_default=None if default is None else text(f"'{default}'::jsonb")
    )


record = Table(
    "record",
    metadata,
    _text("tenant", key=True),
    _text("source", key=True),
    _text("kind", key=True),
    _text("source_id", key=True),
    _text("birth", key=True, default=""),
    _text("entity_id"),
    _json("content", nullable=False),
    _text("hash"),
    _text("raw_ref", nullable=True),
    _count("mapping_version", 1),
    Column("source_version", BigInteger, nullable=True),
    Column(
        "pushed",
        Boolean,
        nullable=False,
        server_default="false",
        comment="never read since: its start is minus infinity",
    ),
    _instant("started", nullable=False),
    _instant("finished", nullable=False),
    _instant("gone_at"),
    _json("rival"),
    _text("correlation_id", default=""),
    _instant("first_seen_at", nullable=False, now=True),
    Index(None, "tenant", "entity_id"),
    comment="what each source last said",
)

absence = Table(
    "absence",
    metadata,
    _text("tenant", key=True),
    _text("source", key=True),
    _text("kind", key=True),
    _text("source_id", key=True),
    _instant("started", nullable=False),
    _instant("finished", nullable=False),
    comment="not found: belongs to the source id, kept even where nothing was ever seen (Obs-3)",
)

raw_answer = Table(
    "raw_answer",
    metadata,
    _text("tenant", key=True),
    _text("ref", key=True),
    _json("body", nullable=False),
    _instant("seen_at", nullable=False, now=True),
    comment="raw answers, for opshub reassemble",
)

identity = Table(
    "identity",
    metadata,
    _text("tenant", key=True),
    _text("scheme", key=True),
    _text("source", key=True),
    _text("value", key=True),
    _text("birth", key=True, default=""),
    _text("kind"),
    _text("entity_id"),
    Index(None, "tenant", "entity_id"),
    comment="sameness (Id-1)",
)

identifier = Table(
    "identifier",
    metadata,
    _text("tenant", key=True),
    _text("kind", key=True),
    _text("entity_id", key=True),
    _text("scheme", key=True),
    _text("source", key=True, default=""),
    _text("value", key=True),
    _text("normalised"),
    _text("root_id"),
    _text("account", nullable=True),
    Index(None, "tenant", "value"),
    Index(None, "tenant", "normalised"),
    comment="finding: not unique",
)

link = Table(
    "link",
    metadata,
    _text("tenant", key=True),
    _text("source", key=True),
    _text("kind", key=True),
    _text("source_id", key=True),
    _text("birth", key=True, default=""),
    _text("scheme", key=True),
    _text("value", key=True),
    _text("entity_id"),
    _text("target_id", nullable=True),
    Index(None, "tenant", "scheme", "value"),
    Index(None, "tenant", "target_id"),
    comment="what a record refers to; target_id null: not seen yet, joins nothing (Id-2)",
)

entity = Table(
    "entity",
    metadata,
    _text("tenant", key=True),
    _text("kind", key=True),
    _text("id", key=True),
    _text("root_id"),
    _count("version", 1),
    _count("root_version", 1),
    _text("account", nullable=True),
    _text("redirect_to", nullable=True),
    _json("doc", nullable=False),
    _text("number", nullable=True),
    _text("status", nullable=True),
    _instant("status_since"),
    _instant("placed_at"),
    _instant("promised_ship_at"),
    _instant("updated_at", nullable=False, now=True),
    Column("total", Numeric(20, 6), nullable=True),
    _text("channel", nullable=True),
    _text("customer_id", nullable=True),
    Column("is_partial", Boolean, nullable=False, server_default="false"),
    Column("missing_in", ARRAY(Text), nullable=False, server_default="{}"),
    Column("skus", ARRAY(Text), nullable=False, server_default="{}"),
    Index(None, "tenant", "root_id"),
    Index(None, "tenant", "kind", "placed_at", "id"),
    Index(None, "tenant", "kind", "updated_at", "id"),
    Index(None, "tenant", "kind", "status", "status_since", "id"),
    Index(None, "tenant", "customer_id"),
    comment="assembled documents; a column only where a query filters or sorts",
)

root = Table(
    "root",
    metadata,
    _text("tenant", key=True),
    _text("id", key=True),
    _text("kind"),
    _count("version", 0),
    _count("flow_version", 1),
    _text("managed_by", default="EXTERNAL"),
    _instant("wake_at"),
    _json("line_numbers", nullable=False, default="{}"),
    Index(None, "wake_at", postgresql_where=text("wake_at is not null")),
    comment="lock, version, flow_version, wake_at; line numbers ever given (Id-5)",
)

milestone = Table(
    "milestone",
    metadata,
    _text("tenant", key=True),
    _text("source", key=True),
    _text("kind", key=True),
    _text("source_id", key=True),
    _text("birth", key=True, default=""),
    _text("part", key=True, default=""),
    _text("milestone", key=True),
    Column("occurred_at", DateTime(timezone=True), primary_key=True, nullable=False, server_default="-infinity"),
    Column("reverses", Boolean, primary_key=True, nullable=False, server_default="false"),
    _text("entity_id"),
    _instant("started", nullable=False),
    _instant("finished", nullable=False),
    _instant("first_seen_at", nullable=False, now=True),
    Column("source_version", BigInteger, nullable=True),
    Index(None, "tenant", "entity_id"),
    comment="history: grow-only (Mark-1)",
)

coverage = Table(
    "coverage",
    metadata,
    _text("tenant", key=True),
    _text("source", key=True),
    _text("kind", key=True),
    _text("sweep", key=True),
    _instant("through", nullable=False),
    comment="the instant through which everything was seen (D3)",
)

cursor = Table(
    "cursor",
    metadata,
    _text("tenant", key=True),
    _text("source", key=True),
    _text("kind", key=True),
    _text("sweep", key=True),
    _json("cursor", nullable=False),
    Column("is_loaded", Boolean, nullable=False, server_default="false"),
    _count("seen"),
    Column("total", Integer, nullable=True),
    _instant("run_started_at"),
    _instant("updated_at", nullable=False, now=True),
    comment="sweep positions and the first load's bar",
)

hint = Table(
    "hint",
    metadata,
    _text("tenant", key=True),
    _text("source", key=True),
    _text("kind", key=True),
    _text("source_id", key=True),
    Column("counter", BigInteger, nullable=False, server_default="0"),
    Column("is_open", Boolean, nullable=False, server_default="true"),
    _count("priority", 5),
    _text("reason"),
    _count("attempts"),
    _instant("due_at", nullable=False, now=True),
    _text("correlation_id", default=""),
    _instant("raised_at", nullable=False, now=True),
    Index("hint_open", "tenant", "source", "priority", "due_at", postgresql_where=text("is_open")),
    comment="what to read again: at most one open per object; the counter never restarts (Obs-2)",
)

inbox = Table(
    "inbox",
    metadata,
    _text("id", key=True),
    _text("tenant"),
    _text("source"),
    _text("delivery_id"),
    _json("headers", nullable=False),
    Column("body", LargeBinary, nullable=False),
    _text("state", default="PENDING"),
    _count("attempts"),
    _instant("next_attempt_at", nullable=False, now=True),
    _text("error", nullable=True),
    _text("error_class", nullable=True),
    _text("correlation_id"),
    _instant("received_at", nullable=False, now=True),
    UniqueConstraint("tenant", "source", "delivery_id"),
    Index("inbox_pending", "next_attempt_at", postgresql_where=text("state = 'PENDING'")),
    comment="raw deliveries, deduped",
)

command = Table(
    "command",
    metadata,
    _text("tenant", key=True),
    _text("id", key=True),
    _text("client"),
    _text("operation"),
    _text("key"),
    _text("hash"),
    _json("input", nullable=False),
    _text("root_id"),
    _text("correlation_id"),
    _json("outcome"),
    _json("consequences", nullable=False, default="[]"),
    _count("version", 1),
    _instant("accepted_at", nullable=False, now=True),
    UniqueConstraint("tenant", "client", "operation", "key"),
    Index(None, "tenant", "root_id"),
    comment="idempotency claim, actor, input, outcome",
)

delivery = Table(
    "delivery",
    metadata,
    _text("tenant", key=True),
    _text("id", key=True),
    _text("root_id"),
    _text("source"),
    _text("kind"),
    _text("source_id", nullable=True),
    _text("action"),
    _text("key"),
    _text("mode", default="ONCE"),
    _count("priority", 5),
    _text("state", default="PENDING"),
    _json("content", nullable=False),
    _text("hash"),
    Column("epoch", BigInteger, nullable=False, server_default="0"),
    _count("attempts"),
    Column("has_begun", Boolean, nullable=False, server_default="false"),
    _instant("claimed_at"),
    _instant("next_attempt_at", nullable=False, now=True),
    _instant("hold_until"),
    _instant("confirm_by"),
    _instant("settled_at"),
    _text("reference", nullable=True),
    _json("grants", nullable=False, default="[]"),
    _text("error", nullable=True),
    _text("error_class", nullable=True),
    _text("withdrawn_because", nullable=True),
    _text("command_id", nullable=True),
    _text("correlation_id"),
    _instant("created_at", nullable=False, now=True),
    _instant("updated_at", nullable=False, now=True),
    UniqueConstraint("tenant", "root_id", "key"),
    Index("delivery_open", "tenant", "source", "priority", "next_attempt_at",
          postgresql_where=text("state in ('PENDING','CLAIMED','UNKNOWN','ACCEPTED')")),
    Index(None, "tenant", "command_id"),
    comment="one intent on its way to one source (D7)",
)  # fmt: skip

hold = Table(
    "hold",
    metadata,
    _text("tenant", key=True),
    _text("id", key=True),
    _text("root_id"),
    _text("dedup_key"),
    _json("doc", nullable=False),
    _instant("released_at"),
    UniqueConstraint("tenant", "root_id", "dedup_key"),
    comment="what must not go on",
)

exception_case = Table(
    "exception_case",
    metadata,
    _text("tenant", key=True),
    _text("id", key=True),
    _text("root_id"),
    _text("code"),
    _text("dedup_key"),
    _text("status", default="NEW"),
    _text("severity"),
    _text("queue"),
    _text("title"),
    _text("root_cause", default="UNKNOWN"),
    _text("source", nullable=True),
    _text("assignee", nullable=True),
    Column("suggested", ARRAY(Text), nullable=False, server_default="{}"),
    _json("evidence", nullable=False, default="{}"),
    _count("version", 1),
    _count("occurrences", 1),
    _instant("first_seen_at", nullable=False, now=True),
    _instant("last_seen_at", nullable=False, now=True),
    _instant("sla_due_at"),
    _instant("closed_at"),
    UniqueConstraint("tenant", "root_id", "dedup_key"),
    Index("exception_case_open", "tenant", "queue", "sla_due_at", postgresql_where=text("closed_at is null")),
    comment="what a person must look at",
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    _text("tenant"),
    _text("root_id"),
    _text("account", nullable=True),
    Column("event_id", Uuid(as_uuid=False), nullable=False),
    _text("aggregatetype"),
    _text("aggregateid"),
    _text("type"),
    _count("entity_version", None),
    _json("headers", nullable=False),
    _json("payload", nullable=False),
    _instant("created_at", nullable=False, now=True),
    comment="facts waiting for the relay",
)

change_log = Table(
    "change_log",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    _text("tenant"),
    _text("root_id"),
    _text("account", nullable=True),
    Column("event_id", Uuid(as_uuid=False), nullable=False, unique=True),
    _text("aggregatetype"),
    _text("aggregateid"),
    _text("type"),
    _count("entity_version", None),
    _json("headers", nullable=False),
    _json("payload", nullable=False),
    _instant("created_at", nullable=False),
    _instant("logged_at", nullable=False, now=True),
    Index(None, "tenant", "root_id", "position"),
    comment="facts in order",
)

sequencer = Table(
    "sequencer",
    metadata,
    Column("one", Boolean, CheckConstraint("one", name="single"), primary_key=True, server_default="true"),
    _text("holder", nullable=True),
    Column("term", Uuid(as_uuid=False), nullable=True),
    _instant("until"),
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
    _instant("taken_at", nullable=False, now=True),
    comment="terms in order: a cursor of an older one at or past the next first position has expired",
)

follower = Table(
    "follower",
    metadata,
    _text("name", key=True),
    Column("term", Uuid(as_uuid=False), nullable=True),
    Column("position", BigInteger, nullable=False, server_default="0"),
    comment="readers' positions",
)

hop = Table(
    "hop",
    metadata,
    _text("tenant", key=True),
    _text("id", key=True),
    _text("correlation_id"),
    _text("parent_id", nullable=True),
    _text("kind"),
    _text("system"),
    _text("source", nullable=True),
    _text("operation"),
    _text("outcome"),
    Column("attempt", Integer, nullable=True),
    _instant("started_at", nullable=False),
    Column("duration_ms", Integer, nullable=True),
    _count("waiting_ms"),
    _text("error", nullable=True),
    Index(None, "tenant", "correlation_id", "started_at"),
    Index(None, "started_at"),
    comment="boundary crossings",
)

hop_root = Table(
    "hop_root",
    metadata,
    _text("tenant", key=True),
    _text("root_id", key=True),
    _text("hop_id", key=True),
    ForeignKeyConstraint(["tenant", "hop_id"], ["hop.tenant", "hop.id"], ondelete="CASCADE"),
    Index(None, "tenant", "hop_id"),
    comment="which roots a hop concerns",
)

lease = Table(
    "lease",
    metadata,
    _text("tenant", key=True),
    _text("source", key=True),
    _text("holder", nullable=True),
    Column("epoch", BigInteger, nullable=False, server_default="0"),
    _instant("until"),
    _instant("lanes_from", nullable=True),
    comment="who owns a source; lanes_from: the end of the last owner's lease plus the longest call (D8)",
)

source_state = Table(
    "source_state",
    metadata,
    _text("tenant", key=True),
    _text("source", key=True),
    _text("breaker", default="CLOSED"),
    _instant("breaker_since"),
    _instant("last_success_at"),
    _instant("last_failure_at"),
    _text("last_error", nullable=True),
    Column("is_paused", Boolean, nullable=False, server_default="false"),
    _instant("updated_at", nullable=False, now=True),
    comment="breaker, lag and last words of a source, published by its owner",
)

TENANT_TABLES: tuple[Table, ...] = tuple(table for table in metadata.sorted_tables if "tenant" in table.c)
"""Tables under row security, each by its `tenant` column."""
