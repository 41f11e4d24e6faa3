"""Time enters here: roots whose `wake_at` has passed are applied with no observation (Flow-2)."""

from __future__ import annotations

import asyncio
from collections import defaultdict

from hub.call import worker_call
from hub.merge.work import Work
from hub.merge.writer import Writer
from hub.store.store import Store
from hub.store.waking import due_roots

BATCH = 200
BUSY = 0.05  # seconds between looks while roots are due
IDLE = 0.5  # seconds between looks when none is


class Wake:
    """Wakes the roots of every tenant that is configured. `store` is of role WORK."""

    def __init__(self, store: Store, writer: Writer) -> None:
        self._store = store
        self._writer = writer

    async def run(self) -> None:
        """Wake what is due, until cancelled."""
        while True:
            woken = await self.turn()
            await asyncio.sleep(BUSY if woken else IDLE)

    async def turn(self) -> int:
        """Wake one batch; how many roots it had."""
        async with self._store.survey() as tx:
            due = await due_roots(tx, self._writer.landscapes, BATCH)
        by_tenant: defaultdict[str, list[str]] = defaultdict(list)
        for tenant, root in due:
            by_tenant[tenant].append(root)
        for tenant, roots in by_tenant.items():
            await self._writer.write(worker_call(tenant), Work(wake=tuple(roots)))
        return len(due)
