"""A graph whose streams run: what is written is sequenced and pushed when the test says so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from hub.call import Call
from hub.changes.relay import Relay
from hub.merge.work import Applied
from hub.model.observation import Observation
from tests.kit.graph import REP, Graph
from tests.kit.merging import Looking

PORTAL = replace(REP, actor="portal", account="acme")


async def take(events: AsyncIterator[Any], count: int) -> list[Any]:
    """The next *count* events."""
    return [await anext(events) for _ in range(count)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """The graph, who writes, and who gives positions."""

    graph: Graph
    looking: Looking
    relay: Relay

    async def write(self, *observations: Observation, **also: Any) -> Applied:  # Any: fields of Work
        """Apply observations one by one, or one work, and sequence what is told."""
        if also:
            return await self.looking.write(*observations, **also)
        for one in observations[:-1]:
            await self.looking.write(one)
        applied = await self.looking.write(*observations[-1:])
        await self.relay.turn()
        return applied

    @asynccontextmanager
    async def tailed(self) -> AsyncGenerator[None]:
        """Let the graph's feed tail the log."""
        loop = asyncio.create_task(self.graph.doors.feed.run())
        try:
            yield
        finally:
            loop.cancel()
            await asyncio.gather(loop, return_exceptions=True)

    @asynccontextmanager
    async def to(self, document: str, call: Call = REP, **variables: Any) -> AsyncGenerator[AsyncIterator[Any]]:
        """The events of a subscription while the feed tails the log."""
        async with self.tailed(), self.graph.listening(document, call, variables=variables) as events:
            yield events
