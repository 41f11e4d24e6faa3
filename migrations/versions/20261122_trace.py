"""The W3C trace that a delivery goes on with, and what has merged into an order, found from the order.

expand: a column that may be empty, which older hubs leave empty, and an index of the few rows that redirect.

Revision ID: 20261122_trace
Revises: 20261122_partners
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_trace"
down_revision = "20261122_partners"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("delivery", sa.Column("traceparent", sa.Text()))
    op.create_index(
        "entity_redirected", "entity", ["tenant", "redirect_to"], postgresql_where=sa.text("redirect_to <> ''")
    )


def downgrade() -> None:
    op.drop_index("entity_redirected", "entity")
    op.drop_column("delivery", "traceparent")
