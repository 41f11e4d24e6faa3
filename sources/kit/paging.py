"""Paging that ends: a source that hands out the same page for ever is noticed."""

from __future__ import annotations

from collections.abc import Hashable

from hub.errors import SourceGarbled

MOST_PAGES = 100_000
"""Pages of one sweep; a source with more is asked by a narrower sweep."""


class LoopGuard:
    """Remembers the page positions of one sweep."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._seen: set[Hashable] = set()

    def pass_by(self, position: Hashable) -> None:
        """Note that the sweep stands at *position*. Raises SourceGarbled where it stood there before, or never ends."""
        if position in self._seen:
            message = "the source pages in a circle"
            raise SourceGarbled(message, source=self._source, position=str(position))
        if len(self._seen) >= MOST_PAGES:
            message = f"the sweep has more than {MOST_PAGES} pages"
            raise SourceGarbled(message, source=self._source)
        self._seen.add(position)
