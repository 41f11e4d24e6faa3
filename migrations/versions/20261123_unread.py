"""Why an object that is hinted at cannot be read.

expand: a column that may be empty, which older hubs leave empty, and an index of the few rows in which it is not.

Revision ID: 20261123_unread
Revises: 20261122_trace
"""

import sqlalchemy as sa
from alembic import op

revision = "20261123_unread"
down_revision = "20261122_trace"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("hint", sa.Column("error", sa.Text()))
    op.create_index(
        "hint_unread",
        "hint",
        ["tenant", "source", "kind", "source_id"],
        postgresql_where=sa.text("is_open and error is not null"),
    )


def downgrade() -> None:
    op.drop_index("hint_unread", "hint")
    op.drop_column("hint", "error")
