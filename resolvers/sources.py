"""Sources: how each connected system does."""

from __future__ import annotations

from hub.read.sources import Source
from resolvers.context import Info


async def sources(info: Info) -> tuple[Source, ...] | None:
    """Every connected system: whether it answers, how far behind the hub is, and what to do about it."""
    return await info.context.sources()
