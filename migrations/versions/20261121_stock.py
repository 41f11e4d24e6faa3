"""Inventory: stock, movement, reservation.

expand: three new tables, nothing else is touched.

Revision ID: 20261121_stock
Revises: 20261121_first_tables
"""
# fmt: off

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "20261121_stock"
down_revision = "20261121_first_tables"
branch_labels = None
depends_on = None

TEXT, INSTANT, NUMBER = sa.Text(), sa.DateTime(timezone=True), sa.Numeric(20, 6)
TABLES = ("stock", "movement", "reservation")


def c(name: str, kind: Any, *, null: bool = False, default: str | None = None) -> sa.Column[Any]:  # Any: alembic's own
    given = None if default is None else sa.text(default)
    return sa.Column(name, kind, nullable=null, server_default=given, autoincrement=False)


def upgrade() -> None:
    op.create_table(
        "stock",
        c("tenant", TEXT), c("sku", TEXT), c("warehouse", TEXT), c("source", TEXT), c("name", TEXT), c("root_id", TEXT),
        c("value", NUMBER), c("unit", TEXT, null=True), c("updated_at", INSTANT, default="clock_timestamp()"),
        sa.PrimaryKeyConstraint("tenant", "sku", "warehouse", "source", "name", name="stock_pkey"),
        comment="what each source says lies there, by quantity name; warehouse: the code that systems share",
    )
    op.create_index("stock_tenant_root_id", "stock", ["tenant", "root_id"])
    op.create_table(
        "movement",
        c("tenant", TEXT), c("id", TEXT), c("root_id", TEXT), c("source", TEXT), c("name", TEXT), c("type", TEXT),
        c("delta", NUMBER), c("quantity_after", NUMBER), c("correlation_id", TEXT, default="''"),
        c("recorded_at", INSTANT, default="clock_timestamp()"),
        sa.PrimaryKeyConstraint("tenant", "id", name="movement_pkey"),
        comment="append-only: the sum of a figure's deltas is the figure",
    )
    op.create_index("movement_tenant_root_id_recorded_at", "movement", ["tenant", "root_id", "recorded_at"])
    op.create_table(
        "reservation",
        c("tenant", TEXT), c("id", TEXT), c("root_id", TEXT), c("line", TEXT), c("kind", TEXT), c("sku", TEXT),
        c("warehouse", TEXT, default="''"), c("quantity", NUMBER), c("state", TEXT, default="'ACTIVE'"),
        c("acknowledged_at", INSTANT, null=True), c("expires_at", INSTANT, null=True),
        c("created_at", INSTANT, default="clock_timestamp()"),
        sa.PrimaryKeyConstraint("tenant", "id", name="reservation_pkey"),
        sa.UniqueConstraint("tenant", "root_id", "line", "warehouse",
                            name="reservation_tenant_root_id_line_warehouse_key"),
        comment="soft claims until the warehouse's figures contain them; warehouse empty: none is meant yet",
    )
    active = sa.text("state = 'ACTIVE'")
    op.create_index("reservation_active", "reservation", ["tenant", "sku"], postgresql_where=active)
    for table in TABLES:
        _guard(table)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _guard(table: str) -> None:
    """Row security as on every table with a tenant; callers only read stock."""
    op.execute(f"alter table {table} enable row level security")
    op.execute(
        f"create policy serve on {table} to hub_serve"
        " using (tenant = current_setting('hub.tenant', true))"
        " with check (tenant = current_setting('hub.tenant', true))"
    )
    op.execute(f"create policy work on {table} to hub_work using (true) with check (true)")
    rights = "select, insert" if table == "movement" else "select, insert, update, delete"
    op.execute(f"grant {rights} on {table} to hub_work")
    op.execute(f"grant select on {table} to hub_serve")
