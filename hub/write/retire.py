"""The end of a source (design D16): it is neither read nor called, and what was on its way is left to a person."""

from __future__ import annotations

from hub.call import worker_call
from hub.errors import HubFault, StoreBusy
from hub.gate.crew import Crew
from hub.gate.owner import Held
from hub.merge.intents import why_left
from hub.merge.work import Settlement, Work
from hub.merge.writer import Writer
from hub.model.intents import DeliveryState
from hub.store.claims import OpenDelivery, Owned, left_open
from hub.store.store import Store
from hub.telemetry import logger

log = logger(__name__)

IDLE = 5.0  # seconds between looks: a command may still have named the source
BATCH = 100


class Retirement:
    """The one duty at a retired source: its open deliveries go to REVIEW. `store` is of role WORK.

    It is held under a new epoch first, so that a worker with older settings settles and sends nothing any more.
    """

    size = 1

    def __init__(self, store: Store, writer: Writer) -> None:
        self._store = store
        self._writer = writer
        self._stuck: set[str] = set()

    async def begin(self, held: Held) -> None:
        """Nothing is doubted: everything goes to a person."""
        self._stuck.clear()

    async def turn(self, held: Held, crew: Crew) -> float:
        """Leave to a person what is open; seconds until the next look."""
        owned = Owned(tenant=held.call.tenant, source=held.source, epoch=held.epoch)
        async with self._store.glance(held.call) as tx:
            rows = await left_open(tx, owned, BATCH + len(self._stuck))
        rows = tuple(row for row in rows if row.id not in self._stuck)
        for row in rows:
            await self._leave(held, row)
        return 0.0 if len(rows) >= BATCH else IDLE

    async def _leave(self, held: Held, row: OpenDelivery) -> None:
        call = worker_call(held.call.tenant, correlation=row.correlation_id, parent=row.traceparent)
        try:
            await self._writer.write(call, Work(settlements=(_to_review(held, row),)))
        except StoreBusy:
            raise
        except HubFault as fault:  # one root that cannot be applied must not keep the others from a person
            log.exception("retire.not_settled", delivery=row.id, error=fault.message)
            self._stuck.add(row.id)


def _to_review(held: Held, row: OpenDelivery) -> Settlement:
    return Settlement(
        delivery_id=row.id,
        epoch=held.epoch,
        attempt=row.attempts,
        was=(row.state,),
        state=DeliveryState.REVIEW,
        error=why_left(held.source, row.attempts),
        error_class="AUTH",
        has_begun=row.has_begun,
    )
