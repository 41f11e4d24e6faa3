"""Looks at the database beside the hub: connections, what subscribers should have heard, how far sweeps have seen."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from tests.crash.admin import Admin
from tests.crash.hasty.manifest import MANIFEST
from tests.crash.quiet import stand

EVERY = 0.5  # seconds
SWEEPS = sum(len(sweeps) for sweeps in MANIFEST.sweeps.values())  # of a shop

_CONNECTIONS = "select count(*) from pg_stat_activity where datname = current_database() and usename like 'hub%'"
_LOADED = "select count(*) from hub.cursor where is_loaded"
_EXPECTED = """
select tenant, count(*) as events from hub.change_log
where aggregatetype = 'order' and coalesce(payload ->> 'origin', 'LIVE') = 'LIVE' group by tenant
"""
_SWEPT = "select min(through) > $1 from hub.coverage"
_NOW = "select clock_timestamp()"


@dataclass(slots=True)
class Watch:
    """Beside the hub, as superuser."""

    admin: Admin
    connections: int = 0
    """The most there were at once."""
    _healed_at: object = None

    async def run(self) -> None:
        """Count connections until cancelled."""
        while True:
            await asyncio.sleep(EVERY)
            self.connections = max(self.connections, await self.admin.value(_CONNECTIONS) or 0)

    async def loaded(self, sources: int) -> bool:
        """Whether the first load of every source is over: what comes now is news."""
        return (await self.admin.value(_LOADED) or 0) >= SWEEPS * sources

    async def caught_up(self, heard: Mapping[str, int], *, swept: bool) -> bool:
        """Whether subscribers have heard as many events as there are, and sweeps have seen all since the first ask."""
        if swept:
            self._healed_at = self._healed_at or await self.admin.value(_NOW)
            if self._healed_at is None or not await self.admin.value(_SWEPT, self._healed_at):
                return False
        rows = await self.admin.rows(_EXPECTED)
        return rows is not None and all(
            row["tenant"] not in heard or heard[row["tenant"]] >= row["events"] for row in rows
        )

    async def waiting(self) -> Mapping[str, int]:
        """What is open."""
        found = await stand(self.admin)
        return {} if found is None else found.open
