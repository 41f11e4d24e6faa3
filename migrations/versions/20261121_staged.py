"""First loads: what was read and waits to be applied with all that belongs to it.

expand: two new tables and a column that may be null.

Revision ID: 20261121_staged
Revises: 20261121_bus
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "20261121_staged"
down_revision = "20261121_bus"
branch_labels = None
depends_on = None

TEXT, INSTANT, NUMBER = sa.Text(), sa.DateTime(timezone=True), sa.BigInteger()
TABLES = ("staged", "staged_key")


def c(name: str, kind: Any, *, null: bool = False, default: str | None = None) -> sa.Column[Any]:  # Any: alembic's own
    given = None if default is None else sa.text(default)
    return sa.Column(name, kind, nullable=null, server_default=given, autoincrement=False)


def upgrade() -> None:
    op.create_table(
        "staged",
        c("tenant", TEXT),
        sa.Column("id", NUMBER, sa.Identity(always=True), nullable=False),
        c("source", TEXT),
        c("kind", TEXT),
        c("body", TEXT),
        c("keys", sa.ARRAY(NUMBER)),
        c("started", INSTANT),
        c("finished", INSTANT),
        c("mapping_version", sa.Integer()),
        c("correlation_id", TEXT),
        c("ripe_at", INSTANT),
        sa.PrimaryKeyConstraint("tenant", "id", name="staged_pkey"),
        comment="read by a first load, not yet applied",
    )
    op.create_index("staged_tenant_ripe_at", "staged", ["tenant", "ripe_at"])
    op.create_index("staged_tenant_source_kind", "staged", ["tenant", "source", "kind"])
    op.create_table(
        "staged_key",
        c("tenant", TEXT),
        c("key", NUMBER),
        c("staged_id", NUMBER),
        sa.PrimaryKeyConstraint("tenant", "key", "staged_id", name="staged_key_pkey"),
        comment="what ties staged objects together: numbers of the keys they bear or refer to",
    )
    op.add_column("cursor", c("read_at", INSTANT, null=True))
    for table in TABLES:
        _guard(table)


def downgrade() -> None:
    op.drop_column("cursor", "read_at")
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
    op.execute(f"grant select, insert, delete on {table} to hub_work")
    op.execute(f"grant select on {table} to hub_serve")
