"""The end of what a retired source said (design D16): forgotten batch by batch through the one writer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from hub.call import Call
from hub.errors import HubFault, InvalidInput
from hub.merge.work import Forget, Work
from hub.merge.writer import Writer
from hub.model.ids import mint, source_root
from hub.model.manifest import SourceBinding
from hub.model.trace import HopKind, HopOutcome
from hub.ports import Hop
from hub.store.bus_places import forget_places
from hub.store.holdings import Held, forget_staged, held_of, next_slots
from hub.store.hops import put_hops
from hub.store.store import Store
from hub.telemetry import logger

log = logger(__name__)

BATCH = 50  # objects in one transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Purge:
    """Forgets one source. What was forgotten when it is stopped stays so; run again, it goes on with the rest.

    `store` is of role WORK.
    """

    store: Store
    writer: Writer
    call: Call
    binding: SourceBinding

    async def look(self) -> Held:
        """What there is to be forgotten.

        Raises InvalidInput, with what to do, for a source that is not retired or has open deliveries.
        """
        name = self.binding.source
        if not self.binding.is_retired:
            message = f"{name} is in use: set sources.{name}.retired = true and restart the hub; then purge it"
            raise InvalidInput(message)
        async with self.store.glance(self.call) as tx:
            held = await held_of(tx, self.call.tenant, name)
        if held.deliveries:
            message = (
                f"{held.deliveries} deliveries to {name} are open. `opshub work` leaves them to a person (REVIEW, with"
                " a case each): settle those cases, then purge"
            )
            raise InvalidInput(message)
        return held

    async def run(self, reason: str) -> AsyncIterator[int]:
        """Forget everything, and how many objects each transaction forgot; the last thing is a hop with the reason.

        Raises HubFault where the source goes on telling: then some process still has it in use.
        """
        async with self.store.shard(self.call) as tx:
            began = await tx.now()
            await forget_staged(tx, self.call.tenant, self.binding.source)
            await forget_places(tx, self.call.tenant, self.binding.source)
        async for count in self._forgotten():
            yield count
        name = self.binding.source
        await self.writer.write(self.call, Work(forget_sources=(name,)))
        async with self.store.shard(self.call) as tx:
            await put_hops(tx, [self._hop(reason, began, await tx.now())])
        log.info("purge.done", source=name, reason=reason)

    async def _forgotten(self) -> AsyncIterator[int]:
        """Root by root first, so that what belongs together goes together; then what lies under none."""
        after: str | None = ""
        last: tuple[Forget, ...] = ()
        while True:
            async with self.store.glance(self.call) as tx:
                slots, reached = await next_slots(tx, self.call.tenant, self.binding.source, after, BATCH)
            batch = tuple(Forget(source=self.binding.source, kind=kind, source_id=name) for kind, name in slots)
            if not batch and after is None:
                return
            if batch and batch == last:
                message = f"{self.binding.source} is still told of: stop what has older settings, then purge again"
                raise HubFault(message)
            after, last = (reached, batch) if batch and after is not None else (None, batch)
            if batch:
                await self.writer.write(self.call, Work(forget=batch))
                yield len(batch)

    def _hop(self, reason: str, began: datetime, ended: datetime) -> Hop:
        return Hop(
            id=mint(),
            tenant=self.call.tenant,
            correlation_id=self.call.correlation_id,
            kind=HopKind.CHANGE,
            system=self.binding.system,
            source=self.binding.source,
            operation=f"source.purged by {self.call.actor}: {reason}",
            outcome=HopOutcome.OK,
            started_at=began,
            duration_ms=int((ended - began).total_seconds() * 1000),
            roots=(source_root(self.binding.source),),
        )
