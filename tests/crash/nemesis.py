"""Carries out the faults of a plan that come by the clock; those at points and at the shops arm themselves."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from tests.crash.admin import Admin
from tests.crash.fleet import Fleet
from tests.crash.history import History
from tests.crash.joint import Recorder
from tests.crash.lane import Lane
from tests.crash.listener import Listener
from tests.crash.plan import Drop, Fault, FeedKill, Kill, Outage, Pause, Plan, SourceKill, Stall, StoreKill
from tests.crash.shops import Incident

ENTITIES = "hub.entity"


@dataclass(slots=True, kw_only=True)
class Nemesis:
    """Whoever breaks things."""

    plan: Plan
    lane: Lane
    fleet: Fleet
    history: History
    listeners: Mapping[str, Listener]
    beside: Mapping[str, Recorder]
    """ERP and warehouse, by role."""
    stalling: Admin
    """A connection of its own: it waits with a lock."""
    store_kills: int = 0
    is_healed: bool = False

    async def run(self) -> None:
        """Everything that comes by the clock; returns when all of it is over."""
        async with asyncio.TaskGroup() as group:
            for fault in self.plan.faults:
                if isinstance(fault, Kill | Pause | StoreKill | Stall | Outage | Drop):
                    group.create_task(self._at(fault.at, fault))

    def incident(self, incident: Incident) -> None:
        """A shop has just carried out a cancel, its answer not sent (d4)."""
        wanted = SourceKill(tenant=incident.tenant, nth=incident.number)
        if wanted in self.plan.faults and incident.pid is not None:
            self.fleet.kill_pid(incident.pid, "d4")

    def listen(self) -> None:
        """Kill where a subscriber has just kept a cursor (p4)."""
        for fault in self.plan.faults:
            if isinstance(fault, FeedKill):
                self.listeners[fault.tenant].at[fault.nth] = self._cursor_kept

    def _cursor_kept(self) -> None:
        if not self.is_healed:
            self.fleet.kill_server("p4")

    async def _at(self, at: float, fault: Fault) -> None:
        await asyncio.sleep(at)
        match fault:
            case Kill():
                self.history.note("nemesis", "kill", whom=fault.process)
                await self.fleet.kill(fault.process)
            case Pause():
                self.history.note("nemesis", "pause", whom=fault.process, seconds=fault.seconds)
                await self.fleet.pause(fault.process, fault.seconds)
                await asyncio.sleep(fault.seconds)
            case StoreKill():
                pid = self.lane.kill_store()
                self.store_kills += pid is not None
                self.history.note("nemesis", "kill-store", pid=pid, signal=9)
            case Stall():
                self.history.note("nemesis", "stall", seconds=fault.seconds)
                await self.stalling.hold(ENTITIES, fault.seconds)
            case Outage():
                self.history.note("nemesis", "outage", role=fault.role, seconds=fault.seconds)
                self.beside[fault.role].is_out = True
                await asyncio.sleep(fault.seconds)
                self.beside[fault.role].is_out = False
            case Drop():
                self.history.note("nemesis", "drop", tenant=fault.tenant)
                self.listeners[fault.tenant].drop()
            case _:
                return
