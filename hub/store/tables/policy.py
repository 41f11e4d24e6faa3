"""What people decided, in versions (design D13)."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Table, text

from hub.store.tables.columns import instant, json_column, metadata, text_column

policy = Table(
    "policy",
    metadata,
    text_column("tenant", key=True),
    text_column("kind", key=True),
    text_column("name", key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    text_column("state", default="ACTIVE"),
    json_column("doc", nullable=False),
    text_column("actor"),
    instant("created_at", nullable=False, now=True),
    Index("policy_active", "tenant", "kind", "name", unique=True, postgresql_where=text("state = 'ACTIVE'")),
    comment="what people decided, in versions: one of each name is active (D13)",
)
