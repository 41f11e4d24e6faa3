"""The sorts of column are what they say."""

from __future__ import annotations

from sqlalchemy import DateTime, Integer, Text
from sqlalchemy.dialects.postgresql import JSONB

from hub.store.tables.columns import count_column, instant, json_column, text_column


def test_a_text_is_never_null_unless_said() -> None:
    assert isinstance(text_column("tenant", key=True).type, Text)
    assert not text_column("tenant").nullable
    assert text_column("error", nullable=True).nullable


def test_an_instant_has_a_zone_and_may_default_to_the_databases_clock() -> None:
    moment = instant("seen_at", nullable=False, now=True)
    assert isinstance(moment.type, DateTime)
    assert moment.type.timezone
    assert moment.server_default is not None
    assert instant("gone_at").server_default is None


def test_a_count_begins_at_nought() -> None:
    count = count_column("attempts")
    assert isinstance(count.type, Integer)
    assert not count.nullable
    assert count.server_default is not None
    assert count_column("version", None).server_default is None


def test_json_is_binary_json() -> None:
    assert isinstance(json_column("doc").type, JSONB)
    assert json_column("grants", nullable=False, default="[]").server_default is not None
