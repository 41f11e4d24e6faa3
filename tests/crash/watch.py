"""Looks at the database beside the hub: connections, what subscribers should have heard, how far sweeps have seen."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from tests.crash.admin import Admin
from tests.crash.hasty.manifest import MANIFEST as SHOP_MANIFEST
from tests.crash.hasty_erp.manifest import BACK as ERP_BACK
from tests.crash.hasty_erp.manifest import MANIFEST as ERP_MANIFEST
from tests.crash.hasty_wms.manifest import BACK as WMS_BACK
from tests.crash.hasty_wms.manifest import MANIFEST as WMS_MANIFEST
from tests.crash.judge.evidence import Written
from tests.crash.judge.reserving import most_of
from tests.crash.plan import ERP, SHOP, WMS
from tests.crash.quiet import stand

EVERY = 0.2  # seconds
SWEEPS = {
    role: sum(len(sweeps) for sweeps in manifest.sweeps.values())
    for role, manifest in ((SHOP, SHOP_MANIFEST), (ERP, ERP_MANIFEST), (WMS, WMS_MANIFEST))
}
RETURNS = {ERP: len(ERP_BACK), WMS: len(WMS_BACK)}
"""More sweeps where goods come back."""
GRACE = 0.05  # seconds in which an object may have been written and not be seen by who asks

_CONNECTIONS = "select count(*) from pg_stat_activity where datname = current_database() and usename like 'hub%'"
_LOADED = "select count(*) from hub.cursor where is_loaded"
_EXPECTED = """
select tenant, count(*) as events from hub.change_log
where aggregatetype = 'order' and coalesce(payload ->> 'origin', 'LIVE') = 'LIVE' group by tenant
"""
_SWEPT = "select min(through) > $1 from hub.coverage where split_part(source, '-', 1) = any($2)"
_SEEN = """
select c.source, c.kind, extract(epoch from max(c.through))::float8 as through,
  (select coalesce(array_agg(source_id), '{}') from hub.record r
   where (r.tenant, r.source, r.kind) = (c.tenant, c.source, c.kind)) as ids
from hub.coverage c group by c.tenant, c.source, c.kind
"""
_HELD = "select source, kind, source_id, hash from hub.record where gone_at is null and source <> 'hub'"
_STANDING = """
select tenant, sku, warehouse, sum(quantity) as units from hub.reservation
where state in ('ACTIVE', 'CONSUMED') and warehouse <> '' group by tenant, sku, warehouse
"""
_NOT_STATES = ("INVENTORY",)  # figures may well come back to what they were
_NOW = "select clock_timestamp()"
_HASTEN = "update hub.cursor set updated_at = updated_at - interval '1 hour' where split_part(source, '-', 1) = any($1)"


@dataclass(slots=True)
class Watch:
    """Beside the hub, as superuser."""

    admin: Admin
    written: Sequence[Written] = ()
    """Grows while it watches."""
    connections: int = 0
    """The most there were at once."""
    reverted: set[str] = field(default_factory=set)
    """Records that went back to what they had said before: no object of a seed does."""
    _held: dict[tuple[str, str, str], list[str]] = field(default_factory=dict)
    uncovered: set[str] = field(default_factory=set)
    """Objects that were said to be seen while they were not."""
    most: dict[tuple[str, str, str], Decimal] = field(default_factory=dict)
    """(tenant, sku, warehouse) -> the most units that orders had there at once."""
    _healed_at: object = None

    async def run(self) -> None:
        """Count connections until cancelled."""
        while True:
            await asyncio.sleep(EVERY)
            self.connections = max(self.connections, await self.admin.value(_CONNECTIONS) or 0)
            for row in await self.admin.rows(_SEEN) or ():
                self._look(row["source"], row["kind"], row["through"], set(row["ids"]))
            for row in await self.admin.rows(_HELD) or ():
                self._follow((row["source"], row["kind"], row["source_id"]), row["hash"])
            await self.weigh()

    async def weigh(self) -> None:
        """Look at what is held back."""
        rows = await self.admin.rows(_STANDING) or ()
        most_of(self.most, {(row["tenant"], row["sku"], row["warehouse"]): row["units"] for row in rows})

    def _follow(self, record: tuple[str, str, str], said: str) -> None:
        known = self._held.setdefault(record, [said])
        if said in known[:-1] and record[1] not in _NOT_STATES:
            self.reverted.add(f"{' '.join(record)} went back to what it had said before")
        if said != known[-1]:
            known.append(said)

    def _look(self, source: str, kind: str, through: float, known: set[str]) -> None:
        for one in self.written:
            is_meant = (f"{one.role}-{one.tenant}", one.kind) == (source, kind)
            if is_meant and one.at + GRACE < through and one.source_id not in known:
                self.uncovered.add(f"{source} was seen through the writing of {kind} {one.source_id}, and it was not")

    async def loaded(self, roles: Sequence[str], *, returns: bool = False) -> bool:
        """Whether the first load of sources of these *roles* is over: what comes now is news."""
        more = sum(RETURNS.get(role, 0) for role in roles) if returns else 0
        return (await self.admin.value(_LOADED) or 0) >= sum(SWEEPS[role] for role in roles) + more

    async def caught_up(self, heard: Mapping[str, int], swept: Sequence[str]) -> bool:
        """Whether subscribers have heard as many events as there are, and sweeps of these roles have seen all since the
        first ask; they are due at once then."""
        if self._healed_at is None:
            self._healed_at = await self.admin.value(_NOW)
            await self.admin.rows(_HASTEN, list(swept))
        if self._healed_at is None or not await self.admin.value(_SWEPT, self._healed_at, list(swept)):
            return False
        rows = await self.admin.rows(_EXPECTED)
        return rows is not None and all(
            row["tenant"] not in heard or heard[row["tenant"]] >= row["events"] for row in rows
        )

    async def waiting(self) -> Mapping[str, int]:
        """What is open."""
        found = await stand(self.admin)
        return {} if found is None else found.open
