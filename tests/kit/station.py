"""One worker at one scripted source on a real store: taken, tended by hand, turn by turn."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from hub.call import worker_call
from hub.clock import SystemClock
from hub.gate.crew import Crew
from hub.gate.gate import Gate, GateRules, Surroundings
from hub.gate.lease import Lease
from hub.gate.lookout import Lookout
from hub.gate.owner import Held, Owner
from hub.gate.tend import Duty, Tending
from hub.intake.bulletin import Bulletin
from hub.intake.hints import Hints
from hub.intake.run import Route
from hub.intake.sweep import Sweeps
from hub.merge.work import AcceptedCommand, Applied, HintRaise, Work
from hub.merge.writer import Writer
from hub.model.command import CancelCommand
from hub.model.effects import CancelReason
from hub.model.ids import mint
from hub.model.manifest import Landscape, Manifest
from hub.model.vocabulary import Kind
from hub.ports import Adapter
from hub.store.leases import Claimant
from hub.store.store import Store
from hub.tending import judging
from hub.write.carry import Carrier
from hub.write.delivery import Deliveries
from hub.write.settle import Settler
from tests.kit.recorder import ListRecorder
from tests.kit.scripted_shop import ScriptedAdapter, ScriptedShop, scripted_binding, scripted_manifest

CALL = worker_call("acme", correlation="correlation-1")
LENGTH = timedelta(seconds=30)


@dataclass(slots=True, kw_only=True)
class Station:
    """A worker and its view of the world. Several stations may share a shop and a store, as rival workers do."""

    store: Store
    shop: ScriptedShop
    manifest: Manifest = field(default_factory=scripted_manifest)
    name: str = "w1"
    length: timedelta = LENGTH
    """How long a lease holds."""
    rules: GateRules = field(default_factory=GateRules)
    recorder: ListRecorder = field(default_factory=ListRecorder)
    adapter: Adapter | None = None
    """Who speaks to the source; None: whoever speaks to the scripted shop."""
    beside: Landscape = field(default_factory=lambda: Landscape(tenant="acme", sources={}))
    """What else there is, besides the source."""
    held: Held | None = None
    writer: Writer = field(init=False)
    gate: Gate = field(init=False)
    owner: Owner = field(init=False)
    carrier: Carrier = field(init=False)
    deliveries: Deliveries = field(init=False)
    hints: Hints = field(init=False)
    route: Route = field(init=False)
    sweeps: Sweeps = field(init=False)

    def __post_init__(self) -> None:
        clock = SystemClock()
        binding = scripted_binding(self.manifest)
        around_it = replace(self.beside, sources={**self.beside.sources, "shop": binding})
        self.writer = Writer(self.store, {"acme": around_it})
        lease = Lease(clock, "shop")
        around = Surroundings(recorder=self.recorder, clock=clock, rules=self.rules)
        self.gate = Gate(binding, self.adapter or ScriptedAdapter(self.shop, self.manifest), lease, around)
        longest = max(write.longest_call for write in self.manifest.writes.values())
        claimant = Claimant(tenant="acme", source="shop", holder=self.name, length=self.length, longest=longest)
        self.owner = Owner(self.store, claimant, lease, clock)
        self.carrier = Carrier(gate=self.gate, recorder=self.recorder, clock=clock)
        settler = Settler(store=self.store, writer=self.writer, jitter=lambda: 0.0)
        lookout = Lookout(self.store, clock, [("acme", "shop")], fresh=0.0)
        self.deliveries = Deliveries(self.store, self.carrier, settler, lookout)
        self.hints = Hints(self.store, self.writer, self.gate, lookout)
        self.route = Route(store=self.store, writer=self.writer, gate=self.gate, clock=clock)
        self.sweeps = Sweeps(self.route, self.recorder, first_wait=60.0)

    def bulletin(self) -> Bulletin:
        """A duty that says how the source does."""
        return Bulletin(self.store, self.writer, self.gate, judging(self.store, self.writer.landscapes))

    def tending(self, *duties: Duty) -> Tending:
        """This worker's life at the source, with all duties where none are named."""
        return Tending(self.owner, self.gate, duties or (self.deliveries, self.hints, self.sweeps, self.bulletin()))

    async def take(self) -> Held:
        """Take the source, as after everything an older owner sent has arrived, and recover."""
        held = await self.owner.take()
        assert held is not None
        self.held = held
        for duty in (self.deliveries, self.hints, self.sweeps):
            await duty.begin(held)
        return held

    async def turn(self, duty: Duty) -> None:
        """One turn of a duty, and the end of everything it sent out."""
        async with self.turning(duty):
            pass

    @asynccontextmanager
    async def turning(self, duty: Duty) -> AsyncIterator[Crew]:
        """One turn of a duty; what it sent out ends with the block."""
        assert self.held is not None
        async with asyncio.TaskGroup() as group:
            crew = Crew(group, duty.size)
            await duty.turn(self.held, crew)
            yield crew

    async def see(self, *order_ids: str) -> None:
        """Let the hub read orders of the shop."""
        raises = tuple(HintRaise(source="shop", kind=Kind.ORDER, source_id=one, reason="webhook") for one in order_ids)
        await self.writer.write(CALL, Work(hints=raises))
        await self.turn(self.hints)

    async def order(self, number: str) -> str:
        """The hub's id of an order."""
        ((found,),) = await self.rows("select id from entity where kind = 'ORDER' and number = :number", number=number)
        return str(found)

    async def cancel(self, number: str, *, key: str = "key-1") -> Applied:
        """Accept a command to cancel a whole order, as the desk does."""
        command = CancelCommand(order_id=await self.order(number), reason=CancelReason.CUSTOMER)
        accepted = AcceptedCommand(
            id=mint(), client="rep", operation="orderCancel", key=f"{key}-{number}", hash=number, command=command
        )
        applied = await self.writer.write(CALL, Work(command=accepted))
        assert applied.user_errors == ()
        return applied

    async def delivery(self, number: str = "o1") -> dict[str, Any]:
        """The delivery to the shop of an order."""
        async with self.store.glance(CALL) as tx:
            found = await tx.execute(
                text("select * from delivery where source_id = :id order by created_at desc limit 1"), {"id": number}
            )
            return dict(found.mappings().one())

    async def now_or_never(self) -> None:
        """Let every wait of a delivery be over: back-off, hold, lanes."""
        async with self.store.shard(CALL) as tx:
            await tx.execute(text("update delivery set next_attempt_at = clock_timestamp() - interval '1 second'"))
            await tx.execute(text("update delivery set hold_until = clock_timestamp() where hold_until is not null"))
            await tx.execute(text("update lease set lanes_from = clock_timestamp()"))
            await tx.execute(text("update hint set due_at = clock_timestamp()"))

    async def rows(self, sql: str, **named: object) -> list[Any]:  # Any: rows
        """The rows of a question."""
        async with self.store.glance(CALL) as tx:
            return list((await tx.execute(text(sql), named)).all())
