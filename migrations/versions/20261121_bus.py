"""The bus: who reads the log for it, what could not be published, how far topics of sources were taken in.

expand: two tables, and columns with defaults; older hubs read on as they did.

Revision ID: 20261121_bus
"""

import sqlalchemy as sa
from alembic import op

revision = "20261121_bus"
down_revision = "20261121_begins"
branch_labels = None
depends_on = None

TEXT, BIG, INSTANT = sa.Text(), sa.BigInteger(), sa.DateTime(timezone=True)
NOW = sa.text("clock_timestamp()")
TABLES = ("parked", "bus_place")


def upgrade() -> None:
    op.add_column("follower", sa.Column("holder", TEXT))
    op.add_column("follower", sa.Column("epoch", BIG, nullable=False, server_default="0"))
    op.add_column("follower", sa.Column("until", INSTANT))
    op.add_column("follower", sa.Column("error", TEXT))
    op.create_table_comment("follower", "readers' positions, who reads by lease and epoch, and why one stands still")
    op.create_table(
        "parked",
        sa.Column("tenant", TEXT, nullable=False),
        sa.Column("follower", TEXT, nullable=False),
        sa.Column("position", BIG, nullable=False, autoincrement=False),
        sa.Column("root_id", TEXT, nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("type", TEXT, nullable=False),
        sa.Column("error", TEXT),
        sa.Column("parked_at", INSTANT, nullable=False, server_default=NOW),
        sa.PrimaryKeyConstraint("tenant", "follower", "position", name="parked_pkey"),
        comment="changes that a follower could never hand on, and what follows them under the same root",
    )
    op.create_index("parked_follower_tenant_root_id", "parked", ["follower", "tenant", "root_id"])
    op.create_table(
        "bus_place",
        sa.Column("tenant", TEXT, nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("topic", TEXT, nullable=False),
        sa.Column("partition", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("next", BIG, nullable=False),
        sa.Column("end", BIG, nullable=False, server_default="0"),
        sa.Column("moved_at", INSTANT, nullable=False, server_default=NOW),
        sa.PrimaryKeyConstraint("tenant", "source", "topic", "partition", name="bus_place_pkey"),
        comment="how far a source's topic was taken into the inbox; kept with the rows themselves",
    )
    for table in TABLES:
        _guard(table)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    for column in ("error", "until", "epoch", "holder"):
        op.drop_column("follower", column)


def _guard(table: str) -> None:
    """Row security as on every table with a tenant; callers only read these."""
    op.execute(f"alter table {table} enable row level security")
    op.execute(
        f"create policy serve on {table} to hub_serve"
        " using (tenant = current_setting('hub.tenant', true))"
        " with check (tenant = current_setting('hub.tenant', true))"
    )
    op.execute(f"create policy work on {table} to hub_work using (true) with check (true)")
    op.execute(f"grant select, insert, update, delete on {table} to hub_work")
    op.execute(f"grant select on {table} to hub_serve")
