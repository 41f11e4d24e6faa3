"""At a take-over: what the last owner had claimed and not settled is in doubt (D7, D8)."""

from __future__ import annotations

from datetime import timedelta

from hub.call import worker_call
from hub.errors import HubFault, StoreBusy
from hub.failpoint import reached
from hub.gate.owner import Held
from hub.merge.work import Settlement, Work
from hub.merge.writer import Writer
from hub.model.intents import DeliveryState
from hub.store.claims import OpenDelivery, Owned, orphans
from hub.store.store import Store
from hub.telemetry import logger
from hub.write.carry import Carrier

log = logger(__name__)


async def recover(store: Store, writer: Writer, carrier: Carrier, held: Held) -> int:
    """Turn CLAIMED rows of older epochs into UNKNOWN; how many. Raises StoreBusy, and may then be asked again.

    The last moment their request may have been written is the end of the lease they were claimed under; `lanes_from`
    is that end plus the longest call.
    """
    reached("r1")
    owned = Owned(tenant=held.call.tenant, source=held.source, epoch=held.epoch)
    async with store.glance(held.call) as tx:
        rows = await orphans(tx, owned)
    for row in rows:
        reached("r2")
        await _doubt(writer, held, row, carrier.declared(row).settle)
        reached("r3")
    return len(rows)


async def _doubt(writer: Writer, held: Held, row: OpenDelivery, settle: timedelta) -> None:
    made = Settlement(
        delivery_id=row.id,
        epoch=held.epoch,
        attempt=row.attempts,
        was=(DeliveryState.CLAIMED,),
        state=DeliveryState.UNKNOWN,
        error="the worker that called was lost before it knew the outcome",
        error_class="TRANSIENT",
        has_begun=row.has_begun,
        hold_until=held.lanes_from + settle,
    )
    call = worker_call(held.call.tenant, correlation=row.correlation_id, parent=row.traceparent)
    try:
        await writer.write(call, Work(settlements=(made,)))
    except StoreBusy:
        raise
    except HubFault as fault:  # one root that cannot be applied must not keep the source closed; its lane stands
        log.exception("delivery.not_settled", delivery=row.id, error=fault.message)
