"""What people did about dead letters, and the way to those that are open.

expand: a column that may be null, two indexes.

Revision ID: 20261121_letters
Revises: 20261121_policy
"""

import sqlalchemy as sa
from alembic import op

revision = "20261121_letters"
down_revision = "20261121_policy"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("delivery", sa.Column("letter", sa.Text()))
    over = sa.text("state in ('DEAD','REVIEW')")
    op.create_index("delivery_dead", "delivery", ["tenant", "source"], postgresql_where=over)
    op.create_index("inbox_dead", "inbox", ["tenant", "source"], postgresql_where=sa.text("state = 'DEAD'"))


def downgrade() -> None:
    op.drop_index("inbox_dead", "inbox")
    op.drop_index("delivery_dead", "delivery")
    op.drop_column("delivery", "letter")
