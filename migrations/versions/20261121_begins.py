"""Identifiers by what they begin with, whatever the database's collation: the same index serves equality.

expand: an index takes the place of another; older hubs find by it as well.

Revision ID: 20261121_begins
"""

from alembic import op

revision = "20261121_begins"
down_revision = "20261121_baseline"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "identifier_begins", "identifier", ["tenant", "normalised"], postgresql_ops={"normalised": "text_pattern_ops"}
    )
    op.drop_index("identifier_tenant_normalised", table_name="identifier")


def downgrade() -> None:
    op.create_index("identifier_tenant_normalised", "identifier", ["tenant", "normalised"])
    op.drop_index("identifier_begins", table_name="identifier")
