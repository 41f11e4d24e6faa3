"""Many orders at once for the last units: exactly those are allocated, and whoever comes too late waits."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal

import anyio

from hub.errors import StoreBusy
from hub.model.command import SubmitCommand
from hub.model.manifest import Landscape, SourceBinding
from hub.model.vocabulary import SystemKind
from hub.store.store import Store
from hub.write.desk import Asking, Desk
from tests.kit.entering import REP, desk_of, opened, sources, submission, wanted
from tests.kit.merging import WMS, Looking, manifest
from tests.kit.routed import PLAIN, Routed, lying


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What came of them."""

    orders: int
    units: int
    accepted: int
    allocated: int
    """Units held back in a warehouse."""
    promised: int
    """Units that the orders' documents say are allocated."""
    complete: int
    """Orders that are allocated whole."""
    waiting: int
    """Units that wait for supply."""
    seconds: float
    slowest: float
    """Of the answers, seconds."""

    @property
    def holds(self) -> bool:
        """Whether every order was accepted and exactly what there is was given."""
        given = min(self.units, self.orders)
        told = (self.accepted, self.allocated, self.promised, self.complete, self.waiting)
        return told == (self.orders, given, given, given, self.orders - given)


def _with_warehouse() -> Landscape:
    known = sources()
    wms = SourceBinding(source=WMS, tenant=known.tenant, system=SystemKind.WMS, manifest=manifest(WMS))
    return replace(known, sources={**known.sources, WMS: wms})


async def contest(stores: Sequence[Store], orders: int, units: int) -> Tally:
    """Let *orders* be submitted at once through a desk at each of *stores*, which are one database."""
    await opened(stores[0])
    there = Routed(stores[0], _with_warehouse())
    await there.by(PLAIN)
    await there.write(lying(units))
    desks = [desk_of(Looking(store, there.landscape)) for store in stores]
    command = await submission(there, lines=(wanted("1"),))
    waits: list[float] = []
    began = time.perf_counter()
    async with anyio.create_task_group() as tasks:
        for number in range(orders):
            tasks.start_soon(_submit, desks[number % len(desks)], command, number, waits)
    seconds = time.perf_counter() - began
    return await _tally(there, (orders, units), seconds, max(waits))


async def _submit(desk: Desk, command: SubmitCommand, number: int, waits: list[float]) -> None:
    """As a client does: told that the hub is busy, it comes again with the same key."""
    began = time.perf_counter()
    while True:
        with suppress(StoreBusy):
            await desk.submit(REP, command, Asking(key=f"order-{number}"))
            break
        await anyio.sleep(0.2)
    waits.append(time.perf_counter() - began)


async def _tally(there: Routed, asked: tuple[int, int], seconds: float, slowest: float) -> Tally:
    held = {
        bool(row[0]): int(row[1])
        for row in await there.rows(
            "select warehouse <> '', sum(quantity) from reservation where state = 'ACTIVE' group by 1"
        )
    }
    documents = await there.rows(
        "select doc #>> '{lines,0,quantities,allocated}', status from entity where kind = 'ORDER'"
    )
    return Tally(
        orders=asked[0],
        units=asked[1],
        accepted=len(documents),
        allocated=held.get(True, 0),
        promised=int(sum(Decimal(row[0]) for row in documents)),
        complete=sum(row[1] == "ALLOCATED" for row in documents),
        waiting=held.get(False, 0),
        seconds=seconds,
        slowest=slowest,
    )
