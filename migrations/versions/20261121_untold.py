"""Since when a source posts nothing of what changes there.

expand: a column that may be null, and an index.

Revision ID: 20261121_untold
"""

import sqlalchemy as sa
from alembic import op

revision = "20261121_untold"
down_revision = "20261121_staged"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("source_state", sa.Column("untold_at", sa.DateTime(timezone=True)))
    op.create_index("inbox_tenant_source_received_at", "inbox", ["tenant", "source", "received_at"])


def downgrade() -> None:
    op.drop_index("inbox_tenant_source_received_at", "inbox")
    op.drop_column("source_state", "untold_at")
