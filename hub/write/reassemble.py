"""Assembling what is kept anew (design D1): after an upgrade, or a changed policy, every root is looked at once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from hub.call import Call
from hub.merge.work import Work
from hub.merge.writer import Writer
from hub.model.vocabulary import Kind
from hub.store.store import Store
from hub.store.waking import count_roots, roots_after

BATCH = 50  # roots in one transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Reassembly:
    """Looks at roots again, from the kept records; what comes out the same is not written. `store` is of role WORK."""

    store: Store
    writer: Writer
    call: Call
    kind: Kind | None = None
    """Only roots of this kind."""
    source: str | None = None
    """Only roots of which this source tells."""

    async def count(self) -> int:
        """How many roots there are to be looked at."""
        async with self.store.glance(self.call) as tx:
            return await count_roots(tx, self.call.tenant, self.kind, self.source)

    async def run(self) -> AsyncIterator[tuple[int, int]]:
        """(roots looked at, roots that moved) by each transaction. Stopped and run again, it begins anew."""
        after = ""
        while True:
            async with self.store.glance(self.call) as tx:
                roots = await roots_after(tx, self.call.tenant, (self.kind, self.source), after, BATCH)
            if not roots:
                return
            applied = await self.writer.write(self.call, Work(wake=roots))
            after = roots[-1]
            yield len(roots), len(applied.roots)
