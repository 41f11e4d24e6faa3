"""What people wrote differently in what a delivery carries, beside the delivery.

expand: a column that may be null.

Revision ID: 20261121_edited
Revises: 20261121_attempts
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "20261121_edited"
down_revision = "20261121_attempts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("delivery", sa.Column("edited", JSONB()))


def downgrade() -> None:
    op.drop_column("delivery", "edited")
