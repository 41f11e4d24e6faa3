"""Policies as versioned rows (D13), and the way from what is one case to all who have it.

expand: one new table and one index.

Revision ID: 20261121_policy
Revises: 20261121_untold
"""
# fmt: off

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "20261121_policy"
down_revision = "20261121_untold"
branch_labels = None
depends_on = None

TEXT = sa.Text()


def c(name: str, kind: Any, *, default: str | None = None) -> sa.Column[Any]:  # Any: alembic's own
    given = None if default is None else sa.text(default)
    return sa.Column(name, kind, nullable=False, server_default=given, autoincrement=False)


def upgrade() -> None:
    op.create_table(
        "policy",
        c("tenant", TEXT), c("kind", TEXT), c("name", TEXT), c("version", sa.Integer()),
        c("state", TEXT, default="'ACTIVE'"), c("doc", JSONB()), c("actor", TEXT),
        c("created_at", sa.DateTime(timezone=True), default="clock_timestamp()"),
        sa.PrimaryKeyConstraint("tenant", "kind", "name", "version", name="policy_pkey"),
        comment="what people decided, in versions: one of each name is active (D13)",
    )
    active = sa.text("state = 'ACTIVE'")
    op.create_index("policy_active", "policy", ["tenant", "kind", "name"], unique=True, postgresql_where=active)
    op.create_index("exception_case_tenant_dedup_key", "exception_case", ["tenant", "dedup_key"])
    _guard("policy")


def downgrade() -> None:
    op.drop_index("exception_case_tenant_dedup_key", "exception_case")
    op.drop_table("policy")


def _guard(table: str) -> None:
    op.execute(f"alter table {table} enable row level security")
    op.execute(
        f"create policy serve on {table} to hub_serve"
        " using (tenant = current_setting('hub.tenant', true))"
        " with check (tenant = current_setting('hub.tenant', true))"
    )
    op.execute(f"create policy work on {table} to hub_work using (true) with check (true)")
    op.execute(f"grant select, insert, update, delete on {table} to hub_work")
    op.execute(f"grant select on {table} to hub_serve")
