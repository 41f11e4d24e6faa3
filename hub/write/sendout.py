"""Orders that go out for returns: entered and called back by the hub itself, each exactly once.

An order is a root of its own, so the return's transaction only says that it is wanted: a delivery to the source `hub`.
This loop enters the order under a number made of the return's, which no second one can bear, and settles the delivery
in another transaction. Killed between the two, or run by several workers at once, it finds the order by its number.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from hub.call import Call, worker_call
from hub.clock import Clock
from hub.codec import digest
from hub.errors import Denied, HubError, Overtaken, StoreBusy
from hub.flow.facts import HUB
from hub.merge.entering import NumberTaken
from hub.merge.work import AcceptedCommand, Settlement, Work
from hub.merge.writer import Writer
from hub.model.command import CancelCommand, LineWanted, SubmitCommand, UserError
from hub.model.effects import CallBack, CancelReason, SendOut
from hub.model.ids import mint
from hub.model.intents import DeliveryState
from hub.model.observation import Content, NaturalKey
from hub.model.order import OrderCommercial, OrderGroups, OrderStatus
from hub.model.schemes import ORDER_CODE
from hub.store.hub_work import HubWork, numbered_by_hub, waiting_work
from hub.store.store import Store
from hub.telemetry import logger
from hub.write.entering import Submitted, entries_of

log = logger(__name__)

BATCH = 50
BUSY = 0.05  # seconds between looks while there is something to do
IDLE = 0.5  # seconds between looks when there is nothing
LATER = 5.0  # seconds until what failed is tried again


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ended:
    """What became of one delivery."""

    state: DeliveryState
    order_id: str | None = None
    error: str | None = None


class SendingOut:
    """Carries out what returns want of the hub. `store` is of role WORK."""

    def __init__(self, store: Store, writer: Writer, clock: Clock) -> None:
        self._store = store
        self._writer = writer
        self._clock = clock
        self._put_off: dict[str, float] = {}

    async def run(self) -> None:
        """Carry out what is due, until cancelled."""
        while True:
            done = await self.turn()
            await asyncio.sleep(BUSY if done else IDLE)

    async def turn(self) -> int:
        """Carry out what is due now; how much that was. Raises StoreBusy."""
        async with self._store.survey() as tx:
            due = await waiting_work(tx, self._writer.landscapes, BATCH)
        now = self._clock.monotonic()
        self._put_off = {name: until for name, until in self._put_off.items() if until > now}
        awake = [row for row in due if row.id not in self._put_off]
        for row in awake:
            await self._carry(row)
        return len(awake)

    async def _carry(self, row: HubWork) -> None:
        call = worker_call(row.tenant, correlation=row.correlation_id)
        try:
            ended = await self._ended(call, row)
        except (StoreBusy, Overtaken) as passed:
            log.info("sendout.passed", delivery=row.id, error=passed.message)
        except HubError as failed:
            log.warning("sendout.failed", delivery=row.id, error=failed.message)
            self._put_off[row.id] = self._clock.monotonic() + LATER
        else:
            await self._settle(call, row, ended)

    async def _ended(self, call: Call, row: HubWork) -> _Ended:
        match row.content:
            case SendOut() as content:
                return await self._enter(call, row, content)
            case CallBack() as content:
                return await self._call_back(call, row, content)
        return _Ended(state=DeliveryState.DEAD, error=f"the hub does not carry out {type(row.content).__name__}")

    async def _enter(self, call: Call, row: HubWork, content: SendOut) -> _Ended:
        submitted = Submitted(call=call, command=command_of(content), key=content.number)
        (entry,) = await entries_of(self._store, self._writer.landscapes[row.tenant], [submitted])
        if entry.refusals:
            known = await self._known(call, content.number)
            return _stopped(entry.refusals) if known is None else _done(known[0])
        work = replace(_numbered(entry.work(call), content), standing=row.id)
        try:
            applied = await self._writer.write(call, work)
        except NumberTaken:
            known = await self._known(call, content.number)
            return _done(None if known is None else known[0])
        except Denied as denied:
            return _Ended(state=DeliveryState.DEAD, error=denied.message)
        return _stopped(applied.user_errors) if applied.user_errors else _done(applied.order_id)

    async def _call_back(self, call: Call, row: HubWork, content: CallBack) -> _Ended:
        known = await self._known(call, content.number)
        if known is None or known[1] == OrderStatus.CANCELLED:
            return _done(None)
        command = CancelCommand(order_id=known[0], reason=CancelReason.CUSTOMER, note=content.note, refund=False)
        asked = AcceptedCommand(
            id=mint(),
            client=HUB,
            operation="orderCancel",
            key=content.number,
            hash=digest(content.number),
            command=command,
        )
        applied = await self._writer.write(call, Work(command=asked, standing=row.id))
        if not applied.user_errors:
            return _done(None)
        return _Ended(state=DeliveryState.REFUSED, error=_words(applied.user_errors))

    async def _known(self, call: Call, number: str) -> tuple[str, str] | None:
        async with self._store.glance(call) as tx:
            return await numbered_by_hub(tx, call.tenant, number)

    async def _settle(self, call: Call, row: HubWork, ended: _Ended) -> None:
        """Say in the return's root what became of it; lost, it is found out again by the next turn."""
        made = Settlement(
            delivery_id=row.id,
            epoch=0,
            attempt=row.attempts,
            was=(DeliveryState.PENDING,),
            state=ended.state,
            reference=row.content.number if isinstance(row.content, SendOut | CallBack) else None,
            source_id=ended.order_id,
            error=ended.error,
            error_class=None if ended.error is None else "VALIDATION",
        )
        await self._writer.write(call, Work(settlements=(made,)))


def command_of(content: SendOut) -> SubmitCommand:
    """The order as if somebody had submitted it."""
    return SubmitCommand(
        order_id="",
        channel=content.channel,
        customer_id=content.customer,
        currency_code=content.currency_code,
        lines=tuple(
            LineWanted(line_ref=str(at), sku=one.sku, quantity=one.quantity, unit=one.unit, unit_price=one.unit_price)
            for at, one in enumerate(content.lines, start=1)
        ),
        ship_to=content.ship_to,
        bill_to=content.bill_to,
        shipping_service=content.shipping_service,
        note=content.note,
    )


def _numbered(work: Work, content: SendOut) -> Work:
    """The same, under the number that only this order can bear, and with the return that it is for."""
    (told,) = work.observations
    seen, command = told.seen, work.command
    if seen.content is None or command is None:
        return work
    seen = replace(seen, content=_said(seen.content, content))
    command = replace(command, client=HUB, key=content.number, hash=digest(content.number))
    return replace(work, observations=(replace(told, seen=seen),), command=command)


def _said(told: Content, content: SendOut) -> Content:
    groups = told.order or OrderGroups()
    head = replace(
        groups.commercial or OrderCommercial(),
        type=content.type,
        replaces_id=content.order_id,
        replaces_return_id=content.return_id,
    )
    return replace(
        told,
        number=content.number,
        bears=(NaturalKey(scheme=ORDER_CODE, value=content.number),),
        order=replace(groups, commercial=head),
    )


def _done(order_id: str | None) -> _Ended:
    return _Ended(state=DeliveryState.DONE, order_id=order_id)


def _stopped(errors: Sequence[UserError]) -> _Ended:
    """Nothing happened: a person sees to it, and lets it be tried again."""
    return _Ended(state=DeliveryState.DEAD, error=_words(errors))


def _words(errors: Sequence[UserError]) -> str:
    return "; ".join(one.message for one in errors)
