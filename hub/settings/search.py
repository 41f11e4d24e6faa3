"""`[search]`: the engine that widens searches, beside PostgreSQL, which answers whatever becomes of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from msgspec import Meta

from hub.settings.secret import Secret

Url = Annotated[str, Meta(pattern=r"^https?://[^\s/@]+/?$")]
IndexPrefix = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_.-]{0,80}-$")]
UserName = Annotated[str, Meta(min_length=1, max_length=80)]


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchSettings:
    """Which OpenSearch, and how it is spoken to. Without `url` there is none and PostgreSQL alone answers."""

    url: Url | None = None
    """Where a node, or what stands before several of them, answers."""
    prefix: IndexPrefix = "hub-"
    """What the names of the hub's own indices begin with; it touches no other."""
    user: UserName | None = None
    """Who the hub is there."""
    password: Secret | None = None
    """Of `user`."""
    authorities: Path | None = None
    """PEM file of the certificate authorities of the nodes; without it the system's."""
    retention_days: Annotated[int, Meta(ge=1, le=3650)] = 90
    """How long hops can be found by their words; months that are wholly older are deleted. PostgreSQL keeps its own."""
    shards: Annotated[int, Meta(ge=1, le=64)] = 1
    """Of each index; one bears 30 GB well."""
    replicas: Annotated[int, Meta(ge=0, le=9)] = 1
    """Copies of each shard beside the first."""
    patience_ms: Annotated[int, Meta(ge=50, le=10_000)] = 1_000
    """How long a search may wait for the engine before PostgreSQL answers alone."""


def contradictions(search: SearchSettings) -> Iterator[str]:
    """What cannot be so, in words."""
    for name, mine, other in (("password", search.password, search.user), ("user", search.user, search.password)):
        if mine is None and other is not None:
            yield f"search.{name} is missing (HUB__SEARCH__{name.upper()})"
    if search.authorities is not None:
        if not (search.url or "").startswith("https://"):
            yield "search.authorities needs a search.url that begins with https://"
        elif not search.authorities.is_file():
            yield f"search.authorities: {search.authorities} is not a file"
