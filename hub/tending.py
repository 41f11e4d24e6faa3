"""All sources of a worker: each tended by its own loop, taken when no other worker holds it (design D8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from hub.call import Call
from hub.changes.bus import Bus
from hub.clock import Clock
from hub.gate.gate import Gate, GateRules, Surroundings
from hub.gate.lease import Lease
from hub.gate.lookout import Lookout
from hub.gate.owner import Owner
from hub.gate.tend import Duty, Tending
from hub.intake.bulletin import Bulletin, Judge, Judged
from hub.intake.entrance import Entrance, Entry
from hub.intake.hints import Hints
from hub.intake.muster import Muster
from hub.intake.run import Route
from hub.intake.sweep import Sweeps
from hub.merge.writer import Writer
from hub.model.manifest import Landscape, SourceBinding
from hub.ports import Adapter, Recorder
from hub.read.sources import health_of, sources_of, unread_of
from hub.store.health import health_of_sources
from hub.store.leases import Claimant
from hub.store.store import Store
from hub.write.carry import Carrier
from hub.write.delivery import Deliveries
from hub.write.retire import Retirement
from hub.write.settle import Settler

LONGEST_CALL = timedelta(seconds=30)
"""Of a source that declares no write: its reads are given up by then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What every source's loop works with. `store` is of role WORK; `holder` names this process."""

    store: Store
    writer: Writer
    recorder: Recorder
    clock: Clock
    holder: str
    lease: timedelta
    rules: GateRules = field(default_factory=GateRules)
    """How patient every source's gate is."""
    bus: Bus | None = None
    """Where sources publish, if anywhere."""
    entries: Mapping[tuple[str, str], Entry] = field(default_factory=dict)
    """By tenant and source: those that publish to a topic."""


class Sources:
    """The tending of every configured source."""

    def __init__(self, tools: Tools, sources: Sequence[tuple[SourceBinding, Adapter]]) -> None:
        self.lookout = Lookout(tools.store, tools.clock, [(one.tenant, one.source) for one, _ in sources])
        """Over all of them."""
        self.tendings: Mapping[str, Tending] = {
            f"{binding.tenant}/{binding.source}": _tending(tools, self.lookout, binding, adapter)
            for binding, adapter in sources
        }
        """By tenant and source. Each runs in a loop of its own: one that fails takes no other with it."""

    def stop(self) -> None:
        """Begin nothing new at any source; each `run` returns once what is under way has ended."""
        for tending in self.tendings.values():
            tending.stop()


def judging(store: Store, landscapes: Mapping[str, Landscape]) -> Judge:
    """Judge sources as the graph does."""

    async def judge(call: Call, source: str) -> Judged:
        async with store.shard(call) as tx:
            health = health_of(await health_of_sources(tx, call.tenant))
        states = {one.source: one.state.value for one in sources_of(health, landscapes[call.tenant])}
        return Judged(state=states[source], unread=unread_of(health, source))

    return judge


def _tending(tools: Tools, lookout: Lookout, binding: SourceBinding, adapter: Adapter) -> Tending:
    lease = Lease(tools.clock, binding.source)
    gate = Gate(binding, adapter, lease, Surroundings(recorder=tools.recorder, clock=tools.clock, rules=tools.rules))
    owner = Owner(tools.store, _claimant(tools, binding), lease, tools.clock)
    carrier = Carrier(gate=gate, recorder=tools.recorder, clock=tools.clock)
    route = Route(store=tools.store, writer=tools.writer, gate=gate, clock=tools.clock, stages=True)
    if binding.is_retired:
        return Tending(owner, gate, (Retirement(tools.store, tools.writer),))
    duties: tuple[Duty, ...] = (
        Deliveries(tools.store, carrier, Settler(store=tools.store, writer=tools.writer), lookout),
        Hints(tools.store, tools.writer, gate, lookout),
        Sweeps(route, tools.recorder),
        Muster(tools.store, tools.writer),
        Bulletin(tools.store, tools.writer, gate, judging(tools.store, tools.writer.landscapes)),
    )
    entry = tools.entries.get((binding.tenant, binding.source))
    if tools.bus is not None and entry is not None:
        duties = (*duties, Entrance(tools.store, tools.bus, entry, tools.recorder, tools.clock))
    return Tending(owner, gate, duties)


def _claimant(tools: Tools, binding: SourceBinding) -> Claimant:
    longest = max((write.longest_call for write in binding.manifest.writes.values()), default=LONGEST_CALL)
    return Claimant(
        tenant=binding.tenant, source=binding.source, holder=tools.holder, length=tools.lease, longest=longest
    )
