"""Cursors of sweeps, read back strictly: what is none of ours begins anew instead of leaving a hole (C6)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar

import msgspec

from hub.errors import CursorExpired
from sources.kit.values import instant

C = TypeVar("C")

AHEAD = timedelta(minutes=10)
"""A cursor further ahead of the source's clock than this is not one of ours."""


def cursor_of(given: Mapping[str, Any], kind: type[C]) -> C:
    """A *kind* out of what was kept. Raises CursorExpired where it is none."""
    try:
        return msgspec.convert(dict(given), type=kind)
    except msgspec.ValidationError as wrong:
        message = f"the cursor is not one of this adapter: {wrong}"
        raise CursorExpired(message) from wrong


def moment(text: str) -> datetime:
    """The instant that a cursor holds, aware, UTC. Raises CursorExpired where there is none."""
    try:
        return instant(text)
    except (ValueError, OverflowError) as wrong:
        message = "the cursor holds no instant"
        raise CursorExpired(message) from wrong


def refuse_ahead(seen: datetime, clock: datetime | None, whose: str) -> None:
    """Raise CursorExpired for an instant well ahead of the source's own *clock*, where that is known."""
    if clock is not None and seen > clock + AHEAD:
        message = f"the cursor lies in {whose} future"
        raise CursorExpired(message)
