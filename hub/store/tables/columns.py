"""The few sorts of column that the tables are made of."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, Integer, MetaData, Text, func, text
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData(
    naming_convention={
        "ix": "%(table_name)s_%(column_0_N_name)s",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ck": "%(table_name)s_%(constraint_name)s_check",
        "pk": "%(table_name)s_pkey",
    }
)


def text_column(name: str, *, nullable: bool = False, key: bool = False, default: str | None = None) -> Column[str]:
    """A text column."""
    return Column(name, Text, primary_key=key, nullable=nullable, server_default=default)


def instant(name: str, *, nullable: bool = True, now: bool = False) -> Column[object]:
    """An instant with zone; `now` defaults to the database's clock."""
    return Column(
        name, DateTime(timezone=True), nullable=nullable, server_default=func.clock_timestamp() if now else None
    )


def count_column(name: str, default: int | None = 0) -> Column[int]:
    """A whole number, never null."""
    return Column(name, Integer, nullable=False, server_default=None if default is None else str(default))


def json_column(name: str, *, nullable: bool = True, default: str | None = None) -> Column[object]:
    """A JSONB column."""
    return Column(
        name, JSONB, nullable=nullable, server_default=None if default is None else text(f"'{default}'::jsonb")
    )
