"""Operations as a list: where each command stands, since when, and whether somebody must approve it.

expand: columns with defaults, one that may be null, one index. What stands already is told from its deliveries as
closely as they tell; the next look at its order says it exactly.

Revision ID: 20261121_operations
Revises: 20261121_letters
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "20261121_operations"
down_revision = "20261121_letters"
branch_labels = None
depends_on = None

_BACKFILL = """
update command c set moved_at = c.accepted_at, state = s.state, is_done = s.state in ('APPLIED', 'REJECTED')
from (
  select k.tenant, k.id, case
    when bool_or(d.state in ('PENDING', 'CLAIMED', 'DEAD')) then 'QUEUED'
    when bool_or(d.state in ('UNKNOWN', 'REVIEW')) then 'UNKNOWN'
    when bool_or(d.state = 'ACCEPTED') then 'ACCEPTED'
    when bool_or(d.state in ('REFUSED', 'WITHDRAWN')) and not bool_or(d.state = 'DONE') then 'REJECTED'
    else 'APPLIED' end as state
  from command k left join delivery d on d.tenant = k.tenant and d.command_id = k.id group by k.tenant, k.id
) s where s.tenant = c.tenant and s.id = c.id
"""


def upgrade() -> None:
    now = sa.text("clock_timestamp()")
    op.add_column("command", sa.Column("state", sa.Text(), nullable=False, server_default="QUEUED"))
    op.add_column("command", sa.Column("is_done", sa.Boolean(), nullable=False, server_default=sa.text("false")))
    op.add_column("command", sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False, server_default=now))
    op.add_column("command", sa.Column("approval", JSONB()))
    op.execute(_BACKFILL)
    op.create_index("command_accepted", "command", ["tenant", "accepted_at", "id"])


def downgrade() -> None:
    op.drop_index("command_accepted", "command")
    for name in ("approval", "moved_at", "is_done", "state"):
        op.drop_column("command", name)
