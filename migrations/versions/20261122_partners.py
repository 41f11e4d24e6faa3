"""Webhooks out and notices: whom the hub calls of its own accord, what it has to tell them, what they agreed to.

expand: four new tables.

Revision ID: 20261122_partners
Revises: 20261122_remains
"""
# fmt: off

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "20261122_partners"
down_revision = "20261122_remains"
branch_labels = None
depends_on = None

TEXT, INSTANT, NUMBER = sa.Text(), sa.DateTime(timezone=True), sa.Integer()
TEXTS = sa.ARRAY(TEXT)
NOW = "clock_timestamp()"
TABLES = ("webhook_endpoint", "webhook_delivery", "notice", "notice_choice")


def c(name: str, kind: Any, *, null: bool = False, default: str | None = None) -> sa.Column[Any]:  # Any: alembic's own
    given = None if default is None else sa.text(default)
    return sa.Column(name, kind, nullable=null, server_default=given, autoincrement=False)


def upgrade() -> None:
    op.create_table(
        "webhook_endpoint",
        c("tenant", TEXT), c("id", TEXT), c("name", TEXT), c("url", TEXT), c("kinds", TEXTS), c("events", TEXTS),
        c("customer_id", TEXT, null=True), c("document", TEXT, null=True), c("actor", TEXT),
        c("account", TEXT, null=True), c("secret", TEXT), c("former_secret", TEXT, null=True),
        c("former_until", INSTANT, null=True), c("state", TEXT, default="'ACTIVE'"),
        c("failing_since", INSTANT, null=True), c("disabled_because", TEXT, null=True),
        c("version", NUMBER, default="1"),
        c("created_at", INSTANT, default=NOW), c("updated_at", INSTANT, default=NOW),
        sa.PrimaryKeyConstraint("tenant", "id", name="webhook_endpoint_pkey"),
        sa.UniqueConstraint("tenant", "name", name="webhook_endpoint_tenant_name_key"),
        comment="where a partner wants to hear of changes, and of which",
    )
    op.create_table(
        "webhook_delivery",
        c("tenant", TEXT), c("id", TEXT), c("endpoint_id", TEXT), c("root_id", TEXT), c("position", sa.BigInteger()),
        c("event_id", TEXT), c("event", TEXT), c("seen_as", TEXT), c("change", JSONB()),
        c("state", TEXT, default="'PENDING'"),
        c("attempts", NUMBER, default="0"), c("status_code", NUMBER, null=True), c("error", TEXT, null=True),
        c("log", JSONB(), default="'[]'::jsonb"), c("next_attempt_at", INSTANT, default=NOW),
        c("claimed_until", INSTANT, null=True), c("settled_at", INSTANT, null=True),
        c("created_at", INSTANT, default=NOW),
        sa.PrimaryKeyConstraint("tenant", "id", name="webhook_delivery_pkey"),
        sa.UniqueConstraint("tenant", "endpoint_id", "event_id",
                            name="webhook_delivery_tenant_endpoint_id_event_id_key"),
        comment="one change on its way to one endpoint",
    )
    waiting, lane = sa.text("state = 'PENDING'"), sa.text("state in ('PENDING','DEAD')")
    op.create_index("webhook_delivery_waiting", "webhook_delivery", ["tenant", "endpoint_id", "position"],
                    postgresql_where=waiting)
    op.create_index("webhook_delivery_lane", "webhook_delivery", ["tenant", "endpoint_id", "root_id", "position"],
                    postgresql_where=lane)
    op.create_index("webhook_delivery_listed", "webhook_delivery", ["tenant", "endpoint_id", "position", "id"])
    op.create_index("webhook_delivery_settled", "webhook_delivery", ["settled_at"],
                    postgresql_where=sa.text("settled_at is not null"))
    op.create_table(
        "notice",
        c("tenant", TEXT), c("id", TEXT), c("milestone", TEXT), c("kind", TEXT), c("entity_id", TEXT),
        c("root_id", TEXT), c("channel", TEXT), c("customer_id", TEXT, null=True),
        c("state", TEXT, default="'PENDING'"), c("attempts", NUMBER, default="0"), c("error", TEXT, null=True),
        c("next_attempt_at", INSTANT, default=NOW), c("claimed_until", INSTANT, null=True),
        c("settled_at", INSTANT, null=True), c("correlation_id", TEXT), c("created_at", INSTANT, default=NOW),
        sa.PrimaryKeyConstraint("tenant", "id", name="notice_pkey"),
        sa.UniqueConstraint("tenant", "milestone", "entity_id", "channel",
                            name="notice_tenant_milestone_entity_id_channel_key"),
        comment="one milestone told to one customer by one channel, once",
    )
    op.create_index("notice_open", "notice", ["next_attempt_at"],
                    postgresql_where=sa.text("state in ('PENDING','HANDED')"))
    op.create_index("notice_tenant_root_id", "notice", ["tenant", "root_id"])
    op.create_table(
        "notice_choice",
        c("tenant", TEXT), c("customer_id", TEXT), c("channel", TEXT), c("wants", TEXTS, null=True),
        c("language", TEXT, null=True), c("actor", TEXT), c("decided_at", INSTANT, default=NOW),
        sa.PrimaryKeyConstraint("tenant", "customer_id", "channel", name="notice_choice_pkey"),
        comment="what a customer wants to be told, by channel; wants: milestones, none where nothing",
    )
    for table in TABLES:
        _guard(table)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _guard(table: str) -> None:
    """Row security as on every table with a tenant; callers only read."""
    op.execute(f"alter table {table} enable row level security")
    op.execute(
        f"create policy serve on {table} to hub_serve"
        " using (tenant = current_setting('hub.tenant', true))"
        " with check (tenant = current_setting('hub.tenant', true))"
    )
    op.execute(f"create policy work on {table} to hub_work using (true) with check (true)")
    op.execute(f"grant select, insert, update, delete on {table} to hub_work")
    op.execute(f"grant select on {table} to hub_serve")
