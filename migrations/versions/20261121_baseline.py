"""Whether a root came with a first load and has not changed since: it opens no case by age (D8).

expand: a column with a default; older hubs go on writing without it.

Revision ID: 20261121_baseline
"""

import sqlalchemy as sa
from alembic import op

revision = "20261121_baseline"
down_revision = "20261121_lists"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("root", sa.Column("is_baseline", sa.Boolean(), nullable=False, server_default="false"))


def downgrade() -> None:
    op.drop_column("root", "is_baseline")
