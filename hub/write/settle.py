"""Writing down what became of a delivery, through the one writer, until it is written (D7)."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from hub.call import Call, worker_call
from hub.errors import HubFault, StoreBusy
from hub.failpoint import reached
from hub.gate.owner import Held
from hub.merge.work import Work
from hub.merge.writer import Writer
from hub.store.claims import OpenDelivery
from hub.store.store import Store
from hub.telemetry import logger
from hub.write.verdict import Verdict, settlement

log = logger(__name__)


def full_jitter() -> float:
    """A part of the longest wait, so that what failed together does not come back together."""
    return random.random()  # noqa: S311 (no secret: it spreads load)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settler:
    """Settles deliveries of any source. `store` is of role WORK."""

    store: Store
    writer: Writer
    jitter: Callable[[], float] = field(default=full_jitter)
    again: float = 0.5
    """Seconds until a database that was away is asked again."""
    later: float = 5.0
    """Seconds until a settlement that met a fault of ours is tried again."""

    async def settle(self, held: Held, row: OpenDelivery, verdict: Verdict) -> bool:
        """Write the verdict; False where it came too late: another owner, attempt or observation had the row first.

        Nothing else gives up: the database may be away for long, and an answer that was read must not be lost. Written
        twice after a lost COMMIT it changes nothing, because state and attempt are compared.
        """
        call = worker_call(held.call.tenant, correlation=row.correlation_id, parent=row.traceparent)
        while True:
            try:
                return await self._once(call, held, row, verdict)
            except StoreBusy as away:
                log.warning("delivery.store_away", delivery=row.id, error=away.message)
                await asyncio.sleep(self.again)
            except HubFault as fault:
                log.exception("delivery.not_settled", delivery=row.id, error=fault.message)
                await asyncio.sleep(self.later)

    async def _once(self, call: Call, held: Held, row: OpenDelivery, verdict: Verdict) -> bool:
        async with self.store.glance(call) as tx:
            now = await tx.now()
        made = settlement(row, held.epoch, verdict, now, share=self.jitter())
        reached("d6")
        applied = await self.writer.write(call, Work(settlements=(made,)))
        reached("d7")
        return row.id not in applied.refused_settlements
