"""The first tables, their row security and who may do what.

expand: there is nothing before it.

Revision ID: 20261121_first_tables
"""
# fmt: off

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261121_first_tables"
down_revision = None
branch_labels = None
depends_on = None

TEXT, INT, BIG, FLAG = sa.Text(), sa.Integer(), sa.BigInteger(), sa.Boolean()
INSTANT, UUID, BYTES = sa.DateTime(timezone=True), sa.Uuid(), sa.LargeBinary()
JSON, TEXTS = postgresql.JSONB(), sa.ARRAY(sa.Text())

TENANT_TABLES = (
    "record", "absence", "raw_answer", "milestone", "identity", "identifier", "link", "root", "entity", "coverage",
    "cursor", "hint", "inbox", "command", "delivery", "hold", "exception_case", "outbox", "change_log", "hop",
    "hop_root", "lease", "source_state",
)
SHARED_TABLES = (
    "sequencer", "sequencer_term", "follower",
)
SERVE_READS = ("lease", "source_state", "change_log")  # written by workers alone
TAIL_READS = ("change_log", "sequencer", "sequencer_term")


def c(name: str, kind: Any, *parts: Any, null: bool = False, **also: Any) -> sa.Column[Any]:  # Any: alembic's own
    default = sa.text(also.pop("default")) if "default" in also else None
    return sa.Column(name, kind, *parts, nullable=null, server_default=default, autoincrement=bool(parts), **also)


def upgrade() -> None:
    _what_sources_said()
    _sameness()
    _entities()
    _intake()
    _work()
    _changes()
    _hops_and_owners()
    op.execute("insert into sequencer default values")
    op.execute("alter table outbox set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000)")
    _row_security()
    _grants()


def downgrade() -> None:
    for table in reversed((*TENANT_TABLES, *SHARED_TABLES)):
        op.drop_table(table)


def _row_security() -> None:
    """One policy per role, each a plain predicate, so that the tenant stays an index condition (threat S8)."""
    for table in TENANT_TABLES:
        op.execute(f"alter table {table} enable row level security")
        op.execute(
            f"create policy serve on {table} to hub_serve"
            " using (tenant = current_setting('hub.tenant', true))"
            " with check (tenant = current_setting('hub.tenant', true))"
        )
        op.execute(f"create policy work on {table} to hub_work using (true) with check (true)")
    op.execute("create policy tail on change_log for select to hub_tail using (true)")


def _grants() -> None:
    op.execute("grant usage on schema hub to hub_serve, hub_work, hub_tail")
    for table in (*TENANT_TABLES, *SHARED_TABLES):
        op.execute(f"grant select, insert, update, delete on {table} to hub_work")
    for table in TENANT_TABLES:
        rights = "select" if table in SERVE_READS else "select, insert, update, delete"
        op.execute(f"grant {rights} on {table} to hub_serve")
    op.execute(f"grant select on {', '.join(TAIL_READS)} to hub_tail")
    op.execute("grant select on alembic_version to hub_serve, hub_work, hub_tail")


def _what_sources_said() -> None:
    op.create_table(
        "record",
        c("tenant", TEXT), c("source", TEXT), c("kind", TEXT), c("source_id", TEXT), c("birth", TEXT, default="''"),
        c("entity_id", TEXT), c("content", JSON), c("hash", TEXT), c("raw_ref", TEXT, null=True),
        c("mapping_version", INT, default="'1'"), c("source_version", BIG, null=True),
        c("pushed", FLAG, default="'false'", comment="never read since: its start is minus infinity"),
        c("started", INSTANT), c("finished", INSTANT), c("gone_at", INSTANT, null=True), c("rival", JSON, null=True),
        c("in_doubt", FLAG, default="'false'", comment="overlapping answers differ: stale until read again (Obs-2)"),
        c("correlation_id", TEXT, default="''"), c("first_seen_at", INSTANT, default="clock_timestamp()"),
        sa.PrimaryKeyConstraint("tenant", "source", "kind", "source_id", "birth", name="record_pkey"),
        comment="what each source last said",
    )
    op.create_index("record_tenant_entity_id", "record", ["tenant", "entity_id"])
    op.create_table(
        "absence",
        c("tenant", TEXT), c("source", TEXT), c("kind", TEXT), c("source_id", TEXT), c("started", INSTANT),
        c("finished", INSTANT),
        sa.PrimaryKeyConstraint("tenant", "source", "kind", "source_id", name="absence_pkey"),
        comment="not found: belongs to the source id, kept even where nothing was ever seen (Obs-3)",
    )
    op.create_table(
        "raw_answer",
        c("tenant", TEXT), c("ref", TEXT), c("body", JSON), c("seen_at", INSTANT, default="clock_timestamp()"),
        sa.PrimaryKeyConstraint("tenant", "ref", name="raw_answer_pkey"),
        comment="raw answers, for opshub reassemble",
    )
    op.create_table(
        "milestone",
        c("tenant", TEXT), c("source", TEXT), c("kind", TEXT), c("source_id", TEXT), c("birth", TEXT, default="''"),
        c("part", TEXT, default="''"), c("milestone", TEXT), c("occurred_at", INSTANT, default="'-infinity'"),
        c("reverses", FLAG, default="'false'"), c("entity_id", TEXT), c("started", INSTANT), c("finished", INSTANT),
        c("first_seen_at", INSTANT, default="clock_timestamp()"), c("source_version", BIG, null=True),
        sa.PrimaryKeyConstraint(
            "tenant", "source", "kind", "source_id", "birth", "part", "milestone", "occurred_at", "reverses",
            name="milestone_pkey",
        ),
        comment="history: grow-only (Mark-1)",
    )
    op.create_index("milestone_tenant_entity_id", "milestone", ["tenant", "entity_id"])


def _sameness() -> None:
    op.create_table(
        "identity",
        c("tenant", TEXT), c("scheme", TEXT), c("source", TEXT), c("value", TEXT), c("birth", TEXT, default="''"),
        c("kind", TEXT), c("entity_id", TEXT),
        sa.PrimaryKeyConstraint("tenant", "scheme", "source", "value", "birth", name="identity_pkey"),
        comment="sameness (Id-1)",
    )
    op.create_index("identity_tenant_entity_id", "identity", ["tenant", "entity_id"])
    op.create_index("identity_tenant_scheme_value", "identity", ["tenant", "scheme", "value"])
    op.create_table(
        "identifier",
        c("tenant", TEXT), c("kind", TEXT), c("entity_id", TEXT), c("scheme", TEXT), c("source", TEXT, default="''"),
        c("value", TEXT), c("normalised", TEXT), c("root_id", TEXT), c("account", TEXT, null=True),
        sa.PrimaryKeyConstraint("tenant", "kind", "entity_id", "scheme", "source", "value", name="identifier_pkey"),
        comment="finding: not unique",
    )
    op.create_index("identifier_tenant_normalised", "identifier", ["tenant", "normalised"])
    op.create_index("identifier_tenant_value", "identifier", ["tenant", "value"])
    op.create_table(
        "link",
        c("tenant", TEXT), c("source", TEXT), c("kind", TEXT), c("source_id", TEXT), c("birth", TEXT, default="''"),
        c("scheme", TEXT), c("value", TEXT), c("entity_id", TEXT), c("target_id", TEXT, null=True),
        sa.PrimaryKeyConstraint("tenant", "source", "kind", "source_id", "birth", "scheme", "value", name="link_pkey"),
        comment="what a record refers to; target_id null: not seen yet, joins nothing (Id-2)",
    )
    op.create_index("link_tenant_scheme_value", "link", ["tenant", "scheme", "value"])
    op.create_index("link_tenant_target_id", "link", ["tenant", "target_id"])


def _entities() -> None:
    op.create_table(
        "root",
        c("tenant", TEXT), c("id", TEXT), c("kind", TEXT), c("version", INT, default="'0'"),
        c("flow_version", INT, default="'1'"), c("managed_by", TEXT, default="'EXTERNAL'"),
        c("wake_at", INSTANT, null=True), c("line_numbers", JSON, default="'{}'::jsonb"),
        sa.PrimaryKeyConstraint("tenant", "id", name="root_pkey"),
        comment="lock, version, flow_version, wake_at; line numbers ever given (Id-5)",
    )
    op.create_index("root_wake_at", "root", ["wake_at"], postgresql_where=sa.text("wake_at is not null"))
    op.create_table(
        "entity",
        c("tenant", TEXT), c("kind", TEXT), c("id", TEXT), c("root_id", TEXT), c("version", INT, default="'1'"),
        c("root_version", INT, default="'1'"), c("account", TEXT, null=True), c("redirect_to", TEXT, null=True),
        c("doc", JSON), c("number", TEXT, null=True), c("status", TEXT, null=True),
        c("status_since", INSTANT, null=True), c("placed_at", INSTANT, null=True),
        c("promised_ship_at", INSTANT, null=True), c("updated_at", INSTANT, default="clock_timestamp()"),
        c("total", sa.Numeric(20, 6), null=True), c("channel", TEXT, null=True), c("customer_id", TEXT, null=True),
        c("is_partial", FLAG, default="'false'"), c("missing_in", TEXTS, default="'{}'"),
        c("skus", TEXTS, default="'{}'"),
        sa.PrimaryKeyConstraint("tenant", "kind", "id", name="entity_pkey"),
        comment="assembled documents; a column only where a query filters or sorts",
    )
    op.create_index("entity_tenant_customer_id", "entity", ["tenant", "customer_id"])
    op.create_index("entity_tenant_kind_placed_at_id", "entity", ["tenant", "kind", "placed_at", "id"])
    op.create_index(
        "entity_tenant_kind_status_status_since_id", "entity", ["tenant", "kind", "status", "status_since", "id"],
    )
    op.create_index("entity_tenant_kind_updated_at_id", "entity", ["tenant", "kind", "updated_at", "id"])
    op.create_index("entity_tenant_root_id", "entity", ["tenant", "root_id"])


def _intake() -> None:
    op.create_table(
        "coverage",
        c("tenant", TEXT), c("source", TEXT), c("kind", TEXT), c("sweep", TEXT), c("through", INSTANT),
        sa.PrimaryKeyConstraint("tenant", "source", "kind", "sweep", name="coverage_pkey"),
        comment="the instant through which everything was seen (D3)",
    )
    op.create_table(
        "cursor",
        c("tenant", TEXT), c("source", TEXT), c("kind", TEXT), c("sweep", TEXT), c("cursor", JSON),
        c("is_loaded", FLAG, default="'false'"), c("seen", INT, default="'0'"), c("total", INT, null=True),
        c("run_started_at", INSTANT, null=True), c("updated_at", INSTANT, default="clock_timestamp()"),
        sa.PrimaryKeyConstraint("tenant", "source", "kind", "sweep", name="cursor_pkey"),
        comment="sweep positions and the first load's bar",
    )
    op.create_table(
        "hint",
        c("tenant", TEXT), c("source", TEXT), c("kind", TEXT), c("source_id", TEXT), c("counter", BIG, default="'0'"),
        c("is_open", FLAG, default="'true'"), c("priority", INT, default="'5'"), c("reason", TEXT),
        c("attempts", INT, default="'0'"), c("due_at", INSTANT, default="clock_timestamp()"),
        c("correlation_id", TEXT, default="''"), c("raised_at", INSTANT, default="clock_timestamp()"),
        sa.PrimaryKeyConstraint("tenant", "source", "kind", "source_id", name="hint_pkey"),
        comment="what to read again: at most one open per object; the counter never restarts (Obs-2)",
    )
    op.create_index(
        "hint_open", "hint", ["tenant", "source", "priority", "due_at"],
        postgresql_where=sa.text("is_open"),
    )
    op.create_table(
        "inbox",
        c("tenant", TEXT), c("id", TEXT), c("source", TEXT), c("delivery_id", TEXT), c("headers", JSON),
        c("body", BYTES), c("state", TEXT, default="'PENDING'"), c("attempts", INT, default="'0'"),
        c("next_attempt_at", INSTANT, default="clock_timestamp()"), c("error", TEXT, null=True),
        c("error_class", TEXT, null=True), c("correlation_id", TEXT),
        c("received_at", INSTANT, default="clock_timestamp()"),
        sa.PrimaryKeyConstraint("tenant", "id", name="inbox_pkey"),
        sa.UniqueConstraint("tenant", "source", "delivery_id", name="inbox_tenant_source_delivery_id_key"),
        comment="raw deliveries, deduped",
    )
    op.create_index("inbox_pending", "inbox", ["next_attempt_at"], postgresql_where=sa.text("state = 'PENDING'"))


def _work() -> None:
    op.create_table(
        "command",
        c("tenant", TEXT), c("id", TEXT), c("client", TEXT), c("operation", TEXT), c("key", TEXT), c("hash", TEXT),
        c("input", JSON), c("root_id", TEXT), c("correlation_id", TEXT), c("outcome", JSON, null=True),
        c("consequences", JSON, default="'[]'::jsonb"), c("version", INT, default="'1'"),
        c("accepted_at", INSTANT, default="clock_timestamp()"),
        sa.PrimaryKeyConstraint("tenant", "id", name="command_pkey"),
        sa.UniqueConstraint("tenant", "client", "operation", "key", name="command_tenant_client_operation_key_key"),
        comment="idempotency claim, actor, input, outcome",
    )
    op.create_index("command_tenant_root_id", "command", ["tenant", "root_id"])
    op.create_table(
        "delivery",
        c("tenant", TEXT), c("id", TEXT), c("root_id", TEXT), c("source", TEXT), c("kind", TEXT),
        c("source_id", TEXT, null=True), c("action", TEXT), c("key", TEXT), c("mode", TEXT, default="'ONCE'"),
        c("priority", INT, default="'5'"), c("state", TEXT, default="'PENDING'"), c("content", JSON), c("hash", TEXT),
        c("epoch", BIG, default="'0'"), c("attempts", INT, default="'0'"), c("has_begun", FLAG, default="'false'"),
        c("claimed_at", INSTANT, null=True), c("next_attempt_at", INSTANT, default="clock_timestamp()"),
        c("hold_until", INSTANT, null=True), c("confirm_by", INSTANT, null=True), c("settled_at", INSTANT, null=True),
        c("reference", TEXT, null=True), c("grants", JSON, default="'[]'::jsonb"), c("error", TEXT, null=True),
        c("error_class", TEXT, null=True), c("withdrawn_because", TEXT, null=True), c("command_id", TEXT, null=True),
        c("correlation_id", TEXT), c("created_at", INSTANT, default="clock_timestamp()"),
        c("updated_at", INSTANT, default="clock_timestamp()"),
        sa.PrimaryKeyConstraint("tenant", "id", name="delivery_pkey"),
        sa.UniqueConstraint("tenant", "root_id", "key", name="delivery_tenant_root_id_key_key"),
        comment="one intent on its way to one source (D7)",
    )
    op.create_index(
        "delivery_open", "delivery", ["tenant", "source", "priority", "next_attempt_at"],
        postgresql_where=sa.text("state in ('PENDING','CLAIMED','UNKNOWN','ACCEPTED')"),
    )
    op.create_index("delivery_tenant_command_id", "delivery", ["tenant", "command_id"])
    op.create_table(
        "hold",
        c("tenant", TEXT), c("id", TEXT), c("root_id", TEXT), c("dedup_key", TEXT), c("doc", JSON),
        c("released_at", INSTANT, null=True),
        sa.PrimaryKeyConstraint("tenant", "id", name="hold_pkey"),
        sa.UniqueConstraint("tenant", "root_id", "dedup_key", name="hold_tenant_root_id_dedup_key_key"),
        comment="what must not go on",
    )
    op.create_table(
        "exception_case",
        c("tenant", TEXT), c("id", TEXT), c("root_id", TEXT), c("code", TEXT), c("dedup_key", TEXT),
        c("status", TEXT, default="'NEW'"), c("severity", TEXT), c("queue", TEXT), c("title", TEXT),
        c("root_cause", TEXT, default="'UNKNOWN'"), c("source", TEXT, null=True), c("assignee", TEXT, null=True),
        c("suggested", TEXTS, default="'{}'"), c("evidence", JSON, default="'{}'::jsonb"),
        c("version", INT, default="'1'"), c("occurrences", INT, default="'1'"),
        c("first_seen_at", INSTANT, default="clock_timestamp()"),
        c("last_seen_at", INSTANT, default="clock_timestamp()"), c("sla_due_at", INSTANT, null=True),
        c("closed_at", INSTANT, null=True),
        sa.PrimaryKeyConstraint("tenant", "id", name="exception_case_pkey"),
        sa.UniqueConstraint("tenant", "root_id", "dedup_key", name="exception_case_tenant_root_id_dedup_key_key"),
        comment="what a person must look at",
    )
    op.create_index(
        "exception_case_open", "exception_case", ["tenant", "queue", "sla_due_at"],
        postgresql_where=sa.text("closed_at is null"),
    )


def _changes() -> None:
    op.create_table(
        "outbox",
        c("id", BIG, sa.Identity(always=True)), c("tenant", TEXT), c("root_id", TEXT), c("account", TEXT, null=True),
        c("event_id", UUID), c("aggregatetype", TEXT), c("aggregateid", TEXT), c("type", TEXT),
        c("entity_version", INT), c("headers", JSON), c("payload", JSON),
        c("created_at", INSTANT, default="clock_timestamp()"),
        sa.PrimaryKeyConstraint("id", name="outbox_pkey"),
        comment="facts waiting for the relay",
    )
    op.create_table(
        "change_log",
        c("position", BIG), c("tenant", TEXT), c("root_id", TEXT), c("account", TEXT, null=True), c("event_id", UUID),
        c("aggregatetype", TEXT), c("aggregateid", TEXT), c("type", TEXT), c("entity_version", INT), c("headers", JSON),
        c("payload", JSON), c("created_at", INSTANT), c("logged_at", INSTANT, default="clock_timestamp()"),
        sa.PrimaryKeyConstraint("position", name="change_log_pkey"),
        sa.UniqueConstraint("event_id", name="change_log_event_id_key"),
        comment="facts in order",
    )
    op.create_index("change_log_tenant_root_id_position", "change_log", ["tenant", "root_id", "position"])
    op.create_table(
        "sequencer",
        c("one", FLAG, default="'true'"), c("holder", TEXT, null=True), c("term", UUID, null=True),
        c("until", INSTANT, null=True), c("last", BIG, default="'0'"),
        c("floor", BIG, default="'1'", comment="lowest position still kept"),
        sa.PrimaryKeyConstraint("one", name="sequencer_pkey"),
        comment="leadership of the relay and the last position given",
    )
    op.create_table(
        "sequencer_term",
        c("number", BIG, sa.Identity(always=True)), c("term", UUID), c("first_position", BIG),
        c("taken_at", INSTANT, default="clock_timestamp()"),
        sa.PrimaryKeyConstraint("number", name="sequencer_term_pkey"),
        sa.UniqueConstraint("term", name="sequencer_term_term_key"),
        comment="terms in order: a cursor of an older one at or past the next first position has expired",
    )
    op.create_table(
        "follower",
        c("name", TEXT), c("term", UUID, null=True), c("position", BIG, default="'0'"),
        sa.PrimaryKeyConstraint("name", name="follower_pkey"),
        comment="readers' positions",
    )


def _hops_and_owners() -> None:
    op.create_table(
        "hop",
        c("tenant", TEXT), c("id", TEXT), c("correlation_id", TEXT), c("parent_id", TEXT, null=True), c("kind", TEXT),
        c("system", TEXT), c("source", TEXT, null=True), c("operation", TEXT), c("outcome", TEXT),
        c("attempt", INT, null=True), c("started_at", INSTANT), c("duration_ms", INT, null=True),
        c("waiting_ms", INT, default="'0'"), c("error", TEXT, null=True),
        sa.PrimaryKeyConstraint("tenant", "id", name="hop_pkey"),
        comment="boundary crossings",
    )
    op.create_index("hop_started_at", "hop", ["started_at"])
    op.create_index("hop_tenant_correlation_id_started_at", "hop", ["tenant", "correlation_id", "started_at"])
    op.create_table(
        "hop_root",
        c("tenant", TEXT), c("root_id", TEXT), c("hop_id", TEXT),
        sa.PrimaryKeyConstraint("tenant", "root_id", "hop_id", name="hop_root_pkey"),
        sa.ForeignKeyConstraint(["tenant", "hop_id"], ["hop.tenant", "hop.id"], ondelete="CASCADE"),
        comment="which roots a hop concerns",
    )
    op.create_index("hop_root_tenant_hop_id", "hop_root", ["tenant", "hop_id"])
    op.create_table(
        "lease",
        c("tenant", TEXT), c("source", TEXT), c("holder", TEXT, null=True), c("epoch", BIG, default="'0'"),
        c("until", INSTANT, null=True), c("lanes_from", INSTANT, null=True),
        sa.PrimaryKeyConstraint("tenant", "source", name="lease_pkey"),
        comment="who owns a source; lanes_from: the end of the last owner's lease plus the longest call (D8)",
    )
    op.create_table(
        "source_state",
        c("tenant", TEXT), c("source", TEXT), c("breaker", TEXT, default="'CLOSED'"),
        c("breaker_since", INSTANT, null=True), c("last_success_at", INSTANT, null=True),
        c("last_failure_at", INSTANT, null=True), c("last_error", TEXT, null=True),
        c("is_paused", FLAG, default="'false'"), c("updated_at", INSTANT, default="clock_timestamp()"),
        sa.PrimaryKeyConstraint("tenant", "source", name="source_state_pkey"),
        comment="breaker, lag and last words of a source, published by its owner",
    )
