"""Ids of hops bear the millisecond in which they were minted: what lies between two moments is a range of ids. Pure."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

_VERSION = 7
_EPOCH_SHIFT = 80


def floor_of(millisecond: int) -> str:
    """The least id that can be minted in that millisecond; less than every id for 0."""
    return str(UUID(int=max(0, millisecond) << _EPOCH_SHIFT))


def minted_at(hop_id: str) -> int:
    """The millisecond of an id; 0 for one that bears none."""
    try:
        value = UUID(hop_id)
    except ValueError:
        return 0
    return value.int >> _EPOCH_SHIFT if value.version == _VERSION else 0


def millisecond_of(moment: datetime) -> int:
    """Of an instant."""
    return int(moment.timestamp() * 1000)
