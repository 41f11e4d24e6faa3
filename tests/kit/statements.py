"""Counts what this task and those it starts send to PostgreSQL, whatever loops run beside it.

The tenant's setting goes through the driver and is not counted: it is apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

_COUNTING: ContextVar[list[str] | None] = ContextVar("counting", default=None)


def _note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:  # Any: SQLAlchemy's own
    sent = _COUNTING.get()
    if sent is not None:
        sent.append(statement)


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements sent while the block runs, in order."""
    sent: list[str] = []
    event.listen(Engine, "before_cursor_execute", _note)
    before = _COUNTING.set(sent)
    try:
        yield sent
    finally:
        _COUNTING.reset(before)
        event.remove(Engine, "before_cursor_execute", _note)
