"""What a search is asked and answers, whichever engine does it (design section 4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from hub.call import Call
from hub.model.vocabulary import Kind
from hub.store.finding import FoundIdentifier


class SearchFacetField(StrEnum):
    """What hits are counted by."""

    KIND = "KIND"
    """What they are."""
    STATUS = "STATUS"
    """In which status they stand; counted only where a search engine is configured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchFacet:
    """How many of everything that fits have one value."""

    field: SearchFacetField
    """What is counted by."""
    value: str
    """The value."""
    count: int
    """How many have it: of all that fit where a search engine answered, else of those that were looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What was typed."""

    text: str
    kinds: tuple[Kind, ...] | None = None
    """Only these."""
    size: int = 10
    """So many things at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What fits, and what may be missing."""

    found: Sequence[FoundIdentifier]
    """Visible to the caller, by what the store says."""
    facets: tuple[SearchFacet, ...] = ()
    degraded: bool = False
    """The engine did not answer: only what fits as typed, or so begins, was found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stories:
    """Whose story bears the words that were asked for."""

    roots: tuple[str, ...] | None
    """The latest first; None where only the store can say, which looks for the text as written."""
    degraded: bool = False
    """The engine did not answer."""


class Search(Protocol):
    """A search for callers: whatever it gives, the store has said that this caller may see it."""

    async def find(self, call: Call, wanted: Wanted) -> Findings:
        """Everything that the text may mean, identifiers that fit before what is merely alike. Raises StoreBusy."""
        ...

    async def stories(self, call: Call, text: str) -> Stories:
        """The roots of which a crossing bears the words, in its operation or its error. Raises StoreBusy.

        What the caller is shown of them, the store says.
        """
        ...
