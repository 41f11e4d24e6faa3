"""What every list has in common: page info, and how much may be asked for at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hub.errors import InvalidInput

MOST = 100
"""Rows of one page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageInfo:
    """Where a page lies in its list."""

    has_next_page: bool
    """Whether more follows."""
    has_previous_page: bool
    """Whether something stands before."""
    start_cursor: str | None = None
    """Cursor of the first row."""
    end_cursor: str | None = None
    """Cursor of the last row: give it as `after` for the next page."""


def info_of(cursors: Sequence[str], *, has_more: bool, has_before: bool) -> PageInfo:
    """Where a page lies whose rows have these cursors; of them only the first and the last count."""
    start, end = (cursors[0], cursors[-1]) if cursors else (None, None)
    return PageInfo(has_next_page=has_more, has_previous_page=has_before, start_cursor=start, end_cursor=end)


def given(size: int | None, usual: int) -> int:
    """The page size asked for; null means the usual one."""
    return usual if size is None else size


def checked(size: int) -> int:
    """*size* if a page may have it. Raises InvalidInput."""
    if not 0 <= size <= MOST:
        message = f"ask for at most {MOST} rows at once"
        raise InvalidInput(message)
    return size
