"""Finds the rows of a story and has it told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hub.call import Call
from hub.model.manifest import Landscape
from hub.model.trace import Trace
from hub.model.values import Identifier
from hub.store.store import Store
from hub.store.stories import roots_of, story_rows
from hub.trace.story import tell


class Storyteller:
    """Traces for callers. `store` is of role SERVE: row security confines every story to the caller's tenant."""

    def __init__(self, store: Store, landscapes: Mapping[str, Landscape]) -> None:
        self._store = store
        self._landscapes = landscapes

    async def of_roots(
        self, call: Call, roots: Sequence[str], identifiers: Sequence[Identifier], correlations: Sequence[str] = ()
    ) -> Trace:
        """The story of *roots* and of whatever the correlation ids did besides."""
        landscape = self._landscapes.get(call.tenant)
        systems = {name: binding.system for name, binding in landscape.sources.items()} if landscape else {}
        async with self._store.glance(call) as tx:
            rows = await story_rows(tx, call.tenant, roots, correlations)
        return tell(rows, systems, identifiers)

    async def roots(self, call: Call, technical_id: str) -> Sequence[str]:
        """The roots that a correlation id, operation id, delivery id or idempotency key leads to."""
        async with self._store.glance(call) as tx:
            return await roots_of(tx, call.tenant, technical_id)
