"""What is still to come of a command beside its deliveries (D4).

expand: a column that may be empty; older hubs go on writing without it, and orders say it anew as they move.

Revision ID: 20261122_remains
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_remains"
down_revision = "20261121_edited"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("command", sa.Column("remains", sa.Text()))


def downgrade() -> None:
    op.drop_column("command", "remains")
