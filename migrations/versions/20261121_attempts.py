"""Attempts at what a delivery carried before.

expand: a column with a default.

Revision ID: 20261121_attempts
"""

import sqlalchemy as sa
from alembic import op

revision = "20261121_attempts"
down_revision = "20261121_operations"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("delivery", sa.Column("attempts_before", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    op.drop_column("delivery", "attempts_before")
