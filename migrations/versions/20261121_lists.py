"""What lists of every kind filter by: the warehouses of an entity, and an index for orders that a system lacks.

expand: a column with a default and an index; older hubs go on writing without it.

Revision ID: 20261121_lists
"""

import sqlalchemy as sa
from alembic import op

revision = "20261121_lists"
down_revision = "20261121_stock"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("entity", sa.Column("warehouse_ids", sa.ARRAY(sa.Text()), nullable=False, server_default="{}"))
    op.create_index(
        "entity_missing_status_since_id",
        "entity",
        ["tenant", "kind", "status_since", "id"],
        postgresql_where=sa.text("missing_in <> '{}'::text[]"),
    )


def downgrade() -> None:
    op.drop_index("entity_missing_status_since_id", table_name="entity")
    op.drop_column("entity", "warehouse_ids")
