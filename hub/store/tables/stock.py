"""Inventory: narrow rows, not documents (design section 8)."""

from __future__ import annotations

from sqlalchemy import Column, Index, Numeric, Table, UniqueConstraint, text

from hub.store.tables.columns import instant, metadata, text_column

stock = Table(
    "stock",
    metadata,
    text_column("tenant", key=True),
    text_column("sku", key=True),
    text_column("warehouse", key=True),
    text_column("source", key=True),
    text_column("name", key=True),
    text_column("root_id"),
    Column("value", Numeric(20, 6), nullable=False),
    text_column("unit", nullable=True),
    instant("updated_at", nullable=False, now=True),
    Index(None, "tenant", "root_id"),
    comment="what each source says lies there, by quantity name; warehouse: the code that systems share",
)

movement = Table(
    "movement",
    metadata,
    text_column("tenant", key=True),
    text_column("id", key=True),
    text_column("root_id"),
    text_column("source"),
    text_column("name"),
    text_column("type"),
    Column("delta", Numeric(20, 6), nullable=False),
    Column("quantity_after", Numeric(20, 6), nullable=False),
    text_column("correlation_id", default=""),
    instant("recorded_at", nullable=False, now=True),
    Index(None, "tenant", "root_id", "recorded_at"),
    comment="append-only: the sum of a figure's deltas is the figure",
)

reservation = Table(
    "reservation",
    metadata,
    text_column("tenant", key=True),
    text_column("id", key=True),
    text_column("root_id"),
    text_column("line"),
    text_column("kind"),
    text_column("sku"),
    text_column("warehouse", default=""),
    Column("quantity", Numeric(20, 6), nullable=False),
    text_column("state", default="ACTIVE"),
    instant("acknowledged_at"),
    instant("expires_at"),
    instant("created_at", nullable=False, now=True),
    UniqueConstraint("tenant", "root_id", "line", "warehouse"),
    Index("reservation_active", "tenant", "sku", postgresql_where=text("state = 'ACTIVE'")),
    comment="soft claims until the warehouse's figures contain them; warehouse empty: none is meant yet",
)
