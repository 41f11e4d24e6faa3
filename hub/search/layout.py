"""Names of the hub's indices, and what they are made from. Pure.

A generation is everything that one rebuild made; aliases say which one readers and writers use. Entities stand in one
index of a generation, hops in one for each month in which they began, so that months can be deleted whole and a replay
meets the same index again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hub.search.documents import ENTITY_FIELDS, HOP_FIELDS, PLACE_FIELDS, Fields
from hub.settings import SearchSettings

MONTH = "%Y.%m"
_GENERATION = re.compile(r"^(?:entity|hop-(?P<month>\d{4}\.\d{2}))-(?P<generation>\d{8}t\d{12})$")
_WORDS = {
    "analyzer": {"words": {"type": "custom", "tokenizer": "parts", "filter": ["lowercase", "asciifolding"]}},
    "tokenizer": {"parts": {"type": "pattern", "pattern": "[^\\p{L}\\p{N}]+"}},
}

Body = Mapping[str, Any]  # Any: JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The names under one prefix."""

    prefix: str
    shards: int = 1
    replicas: int = 1

    @property
    def entities(self) -> str:
        """Alias of the entities."""
        return f"{self.prefix}entity"

    @property
    def hops(self) -> str:
        """Alias of the hops of all months."""
        return f"{self.prefix}hop"

    @property
    def places(self) -> str:
        """How far the hops were read, by generation."""
        return f"{self.prefix}place"

    @property
    def all(self) -> str:
        """Everything that is the hub's."""
        return f"{self.prefix}*"

    def hops_of(self, month: str) -> str:
        """Alias of the hops of one month."""
        return f"{self.prefix}hop-{month}"

    def entity_index(self, generation: str) -> str:
        """Where a generation keeps entities."""
        return f"{self.prefix}entity-{generation}"

    def hop_index(self, month: str, generation: str) -> str:
        """Where a generation keeps the hops of a month."""
        return f"{self.prefix}hop-{month}-{generation}"

    def generation_of(self, index: str) -> str | None:
        """The generation of an index; None for what is none of the hub's."""
        found = _GENERATION.match(index.removeprefix(self.prefix)) if index.startswith(self.prefix) else None
        return found["generation"] if found else None

    def month_of(self, index: str) -> str | None:
        """The month of an index of hops."""
        found = _GENERATION.match(index.removeprefix(self.prefix)) if index.startswith(self.prefix) else None
        return found["month"] if found else None

    def aliases_of(self, index: str) -> tuple[str, ...]:
        """By what names an index of the current generation is found."""
        month = self.month_of(index)
        return (self.entities,) if month is None else (self.hops, self.hops_of(month))

    def templates(self) -> Mapping[str, Body]:
        """Templates by name."""
        return {
            f"{self.prefix}entity": self._template("entity-*", ENTITY_FIELDS),
            f"{self.prefix}hop": self._template("hop-*", HOP_FIELDS),
            f"{self.prefix}place": self._template("place", PLACE_FIELDS),
        }

    def swap(self, old: Iterable[str], new: Sequence[str]) -> Body:
        """One step after which readers and writers find *new* and not *old*."""
        steps = [("remove", index) for index in old] + [("add", index) for index in new]
        return {
            "actions": [
                {step: {"index": index, "alias": alias}} for step, index in steps for alias in self.aliases_of(index)
            ]
        }

    def expired(self, indices: Iterable[str], before: datetime) -> list[str]:
        """Months that ended before then."""
        oldest = before.strftime(MONTH)
        return [index for index in indices if (month := self.month_of(index)) is not None and month < oldest]

    def _template(self, pattern: str, fields: Fields) -> Body:
        index = {"number_of_shards": self.shards, "number_of_replicas": self.replicas, "refresh_interval": "1s"}
        return {
            "index_patterns": [f"{self.prefix}{pattern}"],
            "priority": 500,
            "template": {
                "settings": {"index": index, "analysis": _WORDS},
                "mappings": {"dynamic": "strict", "properties": fields},
            },
        }


def layout_of(settings: SearchSettings) -> Layout:
    """As the operator wants it."""
    return Layout(prefix=settings.prefix, shards=settings.shards, replicas=settings.replicas)


def generation_at(now: datetime) -> str:
    """The name of a generation that begins *now*; later ones sort behind it."""
    return now.strftime("%Y%m%dt%H%M%S%f")
